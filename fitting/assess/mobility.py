"""Whether the wearer can sit, raise the arms and take a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from fitting.assess.girths import Measured
from fitting.assess.levels import Figure
from fitting.assess.style import style
from fitting.assess.words import movement_words, step_words, zone_of
from fitting.records import MobilityFit
from fitting.units import CM

Held = Literal["free", "held", "blocked"]

# So little stretch is not felt: half a per cent, or a quarter of what the cloth is worn at; chosen.
_FREE, _FREE_SHARE = 0.005, 0.25
# Thighs swing further than straight legs would: in a step of 0.67 m by 28 degrees forward and 18
# back (the pose ``step`` of the avatar, as in normal gait), hips at 0.90 m.
_BENT = 0.15
_FINE = 1 * CM  # steps are told this finely


def mobility(
    who: Figure, measured: Sequence[Measured], slit: Measured | None = None
) -> tuple[MobilityFit, ...]:
    """The movements that the garment's zones take part in.

    A girth that grows when the wearer moves must be given by the ease, or else by stretch. The
    figure is for the zone that is held most, over its limit.

    Args:
        who: The wearer.
        measured: The garment's girths.
        slit: Its girth where a slit ends that opens at the hem, if it has one.
    """
    found = []
    for movement, growth in style()["movement_share"].items():
        if movement == "source":
            continue
        needs = [
            (zone_of(m.row.level), (1 + growth[m.row.level]) * m.row.body, m)
            for m in measured
            if m.row.level in growth
        ]
        fit = _tightest(movement, needs)
        if fit is not None:
            found.append(fit)
    step = _step(who, measured, slit)
    return tuple(found) if step is None else (*found, step)


def _tightest(movement: str, needs: Sequence[tuple[str, float, Measured]]) -> MobilityFit | None:
    """The movement at the zone whose stretch is most over its limit."""
    rated = []
    for zone, girth, one in needs:
        rest = one.row.rest or one.row.garment
        stretch = max(0.0, girth / rest - 1)
        limit = one.row.limit
        rated.append((stretch - (limit or 0.0), zone, stretch, limit))
    if not rated:
        return None
    _, zone, stretch, limit = max(rated, key=lambda r: r[0])
    verdict: Held | None = None
    if stretch <= max(_FREE, _FREE_SHARE * (limit or 0.0)):
        verdict = "free"
    elif limit is not None:
        verdict = "held" if stretch <= limit else "blocked"
    words = movement_words(movement, verdict, zone, stretch, limit)
    return MobilityFit(movement, verdict, zone, stretch, limit, *words)


def _step(who: Figure, measured: Sequence[Measured], slit: Measured | None) -> MobilityFit | None:
    """A walking step in a skirt: the hem must go around two legs apart.

    A slit opens below its end: there the legs are held, higher up and so less far apart. A skirt
    that lets its wearer walk in shorter steps holds her; without even a short one it blocks.
    """
    hem = next((m for m in measured if m.row.level == "hem_girth"), None)
    if hem is not None and slit is not None:
        hem = slit
    joints = who.body.joints
    crotch = who.body.landmarks.get("crotch")
    if hem is None or crotch is None or "hip.L" not in joints or "hip.R" not in joints:
        return None
    if float(who.height(hem.level.point)) >= float(who.height(crotch)):
        return None
    stature = float(np.ptp(who.body.vertices @ who.up))
    full, short = (style()[f"{name}_length_share"] * stature for name in ("step", "short_step"))
    rest, limit = hem.row.rest or hem.row.garment, hem.row.limit
    found = _tightest("step", [("hem", _around_step(who, hem, full), hem)])
    if found is None or limit is None or found.verdict == "free":
        return found
    steps = np.arange(0.0, full + _FINE, _FINE)
    can = [s for s in steps if _around_step(who, hem, s) <= (1 + limit) * rest]
    reach = float(max(can, default=0.0))
    verdict: Held = "held" if reach >= short else "blocked"
    words = step_words(verdict, min(reach, full), found.stretch, limit)
    return MobilityFit("step", verdict, "hem", found.stretch, limit, *words, min(reach, full))


def _around_step(who: Figure, hem: Measured, step: float) -> float:
    """Length of a tape around both legs at a hem in a step of a length from heel to heel [m].

    The legs turn about the hips, so at the hem's height they are apart by the step's length times
    the hem's drop below the hips over the hips' height, and a little more as knees bend. A tape
    around two legs of girth g whose middles are d apart is ``g + 2 d`` long. Cut level, a leaning
    leg is deeper by the cosine.
    """
    joints = who.body.joints
    hips = (joints["hip.L"] + joints["hip.R"]) / 2
    hip, low = float(who.height(hips)), float(who.height(hem.level.point))
    share = (hip - low) / hip
    along = step * share * (1 + _BENT * (1 - share))
    aside = float((joints["hip.L"] - joints["hip.R"]) @ who.left)
    # Standing, the tape around both legs at the hem is g + 2 aside, if they are as far apart there.
    leg = max(hem.row.body - 2 * aside, 0.0)
    deeper = (1 + float(np.hypot(1.0, step / 2 / hip))) / 2
    return leg * deeper + 2 * float(np.hypot(along, aside))
