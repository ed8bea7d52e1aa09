"""What a tailor would change, at which seams, by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from fitting.assess.girths import Measured
from fitting.assess.levels import Figure
from fitting.assess.pieces import SeamLine, seam_lines
from fitting.assess.style import style
from fitting.assess.words import alteration_words, zone_of
from fitting.records import Alteration, Drape, Pattern, ZoneFit
from fitting.units import CM

# Seams at which width is changed first, by how their names start.
_PREFERRED = ("side", "outseam", "underarm", "inseam", "princess", "centre", "center", "waist")
_NEVER = ("armhole", "shoulder", "hem", "neck", "crotch")
# Seams of trunk and legs that a wide sleeve's line may come near to.
_NOT_ARM = ("side", "outseam", "inseam", "centre", "center", "waist")
_ARM = ("upper_arm", "elbow", "wrist")
# A waistband has no side seams: it is altered with those that end at it, so far below [m].
_BELOW = (0.0, 3 * CM, 6 * CM)
# Drafting options that set the width or length of a zone, the first that the garment has, and
# the measure of the body that the option is a share of.
_OPTIONS = {
    "bust": (("ease", "bust_girth"),),
    "waist": (("waist_ease", "waist_girth"), ("ease", "waist_girth")),
    "top": (("waist_ease", "waist_girth"), ("ease", "waist_girth")),
    "hip": (("hip_ease", "hip_girth"), ("ease", "hip_girth")),
    "hem": (("hip_ease", "hip_girth"),),
    "upper_arm": (("sleeve_ease", "upper_arm_girth"),),
    "thigh": (("thigh_ease", "thigh_girth"), ("ease", "thigh_girth")),
    "knee": (("knee_ease", "knee_girth"), ("ease", "knee_girth")),
    "calf": (("ease", "calf_girth"),),
    "wrist": (("cuff_ease", "wrist_girth"),),
    "sleeve_length": (("sleeve_length", "arm_length"),),
    "inside_leg_length": (("inseam", "inside_leg_length"), ("length", "waist_height")),
}
_WORTH = 0.5 * CM  # a tailor does not open a seam for less; chosen


def alterations(
    drape: Drape, who: Figure, measured: Sequence[Measured], zones: Sequence[ZoneFit]
) -> tuple[Alteration, ...]:
    """Alterations that would bring each zone to the ease the style asks for."""
    lines = seam_lines(drape.cloth)
    found, done = [], set()
    by_zone = {(zone_of(m.row.level), m.row.side): m for m in measured}
    for zone in zones:
        off = None if zone.design_ease is None else zone.design_ease - zone.ease
        if off is None or zone.verdict in (None, "as_designed") or abs(off) < _WORTH:
            continue
        one = by_zone[zone.zone, zone.side]
        below = _BELOW if zone.zone in ("waist", "top") else (0.0,)
        across = [at for d in below if (at := crossing(drape, one, lines, d))]
        seams = min(across, key=lambda at: _rank(at[0].name), default=[])
        # Waist and waistband are altered as one.
        place = "waist" if zone.zone == "top" else zone.zone
        if seams and (place, seams[0].name) not in done:
            done.add((place, seams[0].name))
            found.append(_width(drape.cloth.pattern, zone, seams, off))
    return (*found, *_lengths(drape.cloth.pattern, who))


def crossing(
    drape: Drape, one: Measured, lines: Sequence[SeamLine], lower: float = 0.0
) -> list[SeamLine]:
    """Seams of the preferred kind that a girth's line goes across, moved down by so much [m]."""
    reach = 2 * drape.cloth.edge_m
    down = lower * one.level.normal
    points = one.line.reshape(-1, 3) - down
    never = _NEVER + (_NOT_ARM if zone_of(one.row.level) in _ARM else ())
    across: dict[str, list[SeamLine]] = {}
    for line in lines:
        if line.seam.kind not in ("seam", "ease") or line.name.lower().startswith(never):
            continue
        nodes = drape.positions[line.nodes]
        if one.level.name == "hem_girth":
            if np.linalg.norm(nodes[:, None] - points[None], axis=2).min() < reach:
                across.setdefault(line.name, []).append(line)
            continue
        side = (nodes - one.level.point + down) @ one.level.normal
        turn = np.flatnonzero(side[:-1] * side[1:] <= 0)
        near = [k for k in turn if np.linalg.norm(points - nodes[k], axis=1).min() < reach]
        if near:
            across.setdefault(line.name, []).append(line)

    return across[min(across, key=_rank)] if across else []


def _rank(name: str) -> int:
    """How soon a seam is opened."""
    starts = [i for i, p in enumerate(_PREFERRED) if name.lower().startswith(p)]
    return starts[0] if starts else len(_PREFERRED)


def _width(pattern: Pattern, zone: ZoneFit, seams: Sequence[SeamLine], off: float) -> Alteration:
    action: Literal["let_out", "take_in"] = "let_out" if off > 0 else "take_in"
    total = abs(off)
    each = total / (2 * len(seams))
    spare = _allowance(pattern, seams) if action == "let_out" else None
    words = alteration_words(action, seams[0].name, zone.zone, total, each, spare)
    options = _options(pattern, zone.zone, off)
    return Alteration(action, seams[0].name, zone.zone, total, each, options, *words)


def _allowance(pattern: Pattern, seams: Sequence[SeamLine]) -> float:
    """The least allowance along some seams [m]."""
    refs = [ref for line in seams for ref in (line.seam.a, line.seam.b)]
    return min(pattern.panel(ref.panel).edges[ref.edge].allowance for ref in refs)


def _options(pattern: Pattern, zone: str, off: float) -> dict[str, float]:
    """The drafting option that would change a zone by so much, with its new value."""
    for name, share_of in _OPTIONS.get(zone, ()):
        value, measure = pattern.options.get(name), pattern.measurements.get(share_of)
        if measure and isinstance(value, float | int) and not isinstance(value, bool):
            return {name: round(float(value) + off / measure, 4)}
    return {}


def _lengths(pattern: Pattern, who: Figure) -> list[Alteration]:
    """Sleeves and legs drafted for a limb of another length."""
    found: list[Alteration] = []
    stated = who.body.measurements
    for length, rule in style()["lengths"].items():
        if length == "lengths_source" or stated is None:
            continue
        measure = rule["measurement"]
        finished, drafted = pattern.finished.get(length), pattern.measurements.get(measure)
        if not finished or not drafted or measure not in stated.values:
            continue
        share = finished / drafted
        off = share * (stated[measure] - drafted)
        if share < rule["from_share"] or abs(off) <= rule["tolerance_cm"] * CM:
            continue
        total = abs(off)
        action: Literal["lengthen", "shorten"] = "lengthen" if off > 0 else "shorten"
        words = alteration_words(action, "hem", length, total, total)
        options = _options(pattern, length, off)
        found.append(Alteration(action, "hem", length, total, total, options, *words))
    return found


def altered_options(
    pattern: Pattern, made: Sequence[Alteration]
) -> Mapping[str, float | str | bool]:
    """The options a garment was drafted with, changed so that drafting it again alters it."""
    options = dict(pattern.options)
    for alteration in made:
        options.update(alteration.options)
    return options


def altered_body(pattern: Pattern, made: Sequence[Alteration]) -> Mapping[str, float]:
    """The body that a garment suits once it is altered [m], by measurement.

    A garment taken in by 4 cm is as its style asks on a body 4 cm slimmer there.
    """
    body = dict(pattern.measurements)
    for alteration in made:
        grows = alteration.action in ("let_out", "lengthen")
        for option, measure in _OPTIONS.get(alteration.zone, ()):
            if option in alteration.options:
                off = alteration.total if grows else -alteration.total
                body[measure] = pattern.measurements[measure] + off
    return body
