"""Whether the wearer can sit, raise the arms and take a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from fitting.assess.girths import Measured
from fitting.assess.levels import Figure
from fitting.assess.style import style
from fitting.assess.words import movement_words, zone_of
from fitting.records import MobilityFit

Held = Literal["free", "held", "blocked"]

# So little stretch is not felt: half a per cent, or a quarter of what the cloth is worn at; chosen.
_FREE, _FREE_SHARE = 0.005, 0.25


def mobility(who: Figure, measured: Sequence[Measured]) -> tuple[MobilityFit, ...]:
    """The movements that the garment's zones take part in.

    A girth that grows when the wearer moves must be given by the ease, or else by stretch. The
    figure is for the zone that is held most, over its limit.
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
    step = _step(who, measured)
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


def _step(who: Figure, measured: Sequence[Measured]) -> MobilityFit | None:
    """A walking step in a skirt: the hem must go around two legs apart.

    The legs turn about the hips, so at the hem's height they are apart by the step's length times
    the hem's drop below the hips over the hips' height. A tape around two legs of girth g whose
    middles are d apart is ``g + 2 d`` long.
    """
    hem = next((m for m in measured if m.row.level == "hem_girth"), None)
    joints = who.body.joints
    crotch = who.body.landmarks.get("crotch")
    if hem is None or crotch is None or "hip.L" not in joints or "hip.R" not in joints:
        return None
    hips = (joints["hip.L"] + joints["hip.R"]) / 2
    hip, low = float(who.height(hips)), float(who.height(hem.level.point))
    if low >= float(who.height(crotch)):
        return None
    stature = float(np.ptp(who.body.vertices @ who.up))
    along = style()["step_length_share"] * stature * (hip - low) / hip
    aside = float((joints["hip.L"] - joints["hip.R"]) @ who.left)
    # Standing, the tape around both legs at the hem is g + 2 aside, if they are as far apart there.
    leg = max(hem.row.body - 2 * aside, 0.0)
    girth = leg + 2 * float(np.hypot(along, aside))
    return _tightest("step", [("hem", girth, hem)])
