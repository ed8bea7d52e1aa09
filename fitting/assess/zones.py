"""A verdict for each zone of the body, and for the garment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fitting.assess.girths import Measured
from fitting.assess.levels import Figure
from fitting.assess.strain import quantile
from fitting.assess.style import Band, band, step, style
from fitting.assess.words import zone_of, zone_words
from fitting.records import Drape, FloatArray, GirthFit, Verdict, ZoneFit

# From best to worst; on a par the tight one is told first, as it cannot be worn.
SEVERITY: dict[Verdict, int] = {
    "as_designed": 0, "loose": 1, "snug": 2, "too_loose": 3, "too_tight": 4,
}  # fmt: skip


def zone_fits(
    drape: Drape,
    who: Figure,
    measured: Sequence[Measured],
    pressure: FloatArray | None,
    *,
    judged: bool,
    under: Sequence[Drape] = (),
) -> tuple[ZoneFit, ...]:
    """The zones where a style can ask for an ease.

    Args:
        drape: The garment.
        who: On whom.
        measured: Its girths.
        pressure: On the body at the nodes [Pa], shape (nodes,); None if not known.
        judged: False where the drape is not at rest: then no verdict is given.
        under: What is worn under it.
    """
    found = []
    for one in measured:
        row = one.row
        border = row.level in ("hem_girth", "top_girth")
        if step(row.level) is None or (border and row.design_ease is None):
            continue
        near = None if pressure is None else _near(drape, one, pressure)
        verdict = _verdict(who, one, near, under) if judged else None
        zone = zone_of(row.level)
        text, text_ru = zone_words(
            zone, row.side, verdict, row.ease, row.design_ease, row.stretch, row.limit,
            near, style()["pressure_pa"]["discomfort"], over=bool(under),
        )  # fmt: skip
        fit = ZoneFit(
            zone, row.side, verdict, row.ease, row.design_ease, row.stretch, row.limit,
            near, text, text_ru,
        )  # fmt: skip
        found.append(fit)
    return tuple(found)


def _near(drape: Drape, one: Measured, pressure: FloatArray) -> float:
    """Pressure along a line of the cloth: 95 % of it lies below [Pa]."""
    faces = drape.cloth.node_faces[one.triangles]
    lengths = np.linalg.norm(one.line[:, 1] - one.line[:, 0], axis=1)
    return quantile(pressure[faces].mean(1), lengths, 0.95)


def _verdict(
    who: Figure, one: Measured, pressure: float | None, under: Sequence[Drape]
) -> Verdict | None:
    row = one.row
    around = zone_band(row)
    if row.limit is not None and row.stretch > row.limit:
        return "too_tight"
    if pressure is not None and pressure >= style()["pressure_pa"]["discomfort"]:
        return "too_tight"
    verdict = around.verdict(row.ease)
    if verdict == "too_tight" and under:
        # What is worn underneath gives way until it lies flat on the body.
        flat = who.tape(one.level) + 2 * np.pi * sum(layer.fabric.thickness for layer in under)
        pressed = row.ease + row.body - flat
        if around.least is None or pressed >= around.least:
            return "snug"
    return verdict


def zone_band(row: GirthFit) -> Band:
    """The bounds of the ease of a girth."""
    return band(row.level, row.body, row.design_ease, row.limit)


def worst(zones: Sequence[ZoneFit]) -> Verdict | None:
    """The verdict of the garment: that of its worst zone.

    Zones that ask for nothing (no style ease is known, and the cloth is wider than the body) are
    left out. None where another zone has no verdict, unless one is too tight in any case.
    """
    asked = [z for z in zones if z.verdict or z.design_ease is not None or z.ease < 0]
    known = [z.verdict for z in asked if z.verdict is not None]
    if not known or (len(known) < len(asked) and "too_tight" not in known):
        return None
    return max(known, key=lambda v: SEVERITY[v])
