"""How level and upright a garment hangs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fitting.assess.borders import Border
from fitting.assess.levels import Figure
from fitting.assess.pieces import SeamLine, internal_line, seam_lines, slit_nodes
from fitting.assess.words import balance_words
from fitting.records import Balance, Drape, FloatArray

_SIDE_NAMES = ("side", "outseam", "outer", "inset")
# Seams between a front and a back that rise steeper than this count as side seams where no seam
# is named so: cosine of 45 degrees.
_STEEP = 0.707
_QUARTER = 0.707  # half a right angle to either side is front, back, left or right


def balance(drape: Drape, who: Figure, borders: Sequence[Border]) -> Balance:
    """Hem level, side seams' lean and the centre lines' distance from the middle."""
    hem = next((b for b in borders if b.name == "hem_girth"), None)
    height, front, left, spread = (None,) * 4 if hem is None else _hem(drape, who, hem)
    found = Balance(
        hem_height=height,
        hem_front_rise=front,
        hem_left_rise=left,
        hem_spread=spread,
        side_lean_left=_lean(drape, who, "L"),
        side_lean_right=_lean(drape, who, "R"),
        centre_front=_centre(drape, who, "front"),
        centre_back=_centre(drape, who, "back"),
    )
    text, text_ru = balance_words(found)
    return replace(found, text=text, text_ru=text_ru)


def _hem(drape: Drape, who: Figure, hem: Border) -> tuple[float, float | None, float | None, float]:
    """Mean height, front over back, left over right, and spread of a hem [m]."""
    points = drape.positions[hem.nodes]
    heights = who.height(points)
    ahead = np.roll(points, -1, axis=0) - points
    # The edges of a slit are no part of the hem: they would raise it at the back.
    on = np.isin(hem.nodes, slit_nodes(drape.cloth))
    weight = np.where(on & np.roll(on, -1), 0.0, np.linalg.norm(ahead, axis=1))
    weight = (weight + np.roll(weight, 1)) / 2
    centre = (points * weight[:, None]).sum(0) / weight.sum()
    away = points - centre
    level = np.column_stack([away @ who.front, away @ who.left])
    level /= np.maximum(np.linalg.norm(level, axis=1), 1e-12)[:, None]

    def mean(on: FloatArray) -> float | None:
        held = weight * (on > _QUARTER)
        return None if held.sum() == 0 else float((heights * held).sum() / held.sum())

    def rise(toward: FloatArray) -> float | None:
        one, other = mean(toward), mean(-toward)
        return None if one is None or other is None else one - other

    return (
        float((heights * weight).sum() / weight.sum()),
        rise(level[:, 0]),
        rise(level[:, 1]),
        float(np.ptp(heights[weight > 0])),
    )


def _lean(drape: Drape, who: Figure, side: str) -> float | None:
    """Angle of a side seam from the vertical, positive forward at its lower end [rad]."""
    # A side seam may come in several pieces, above and below a dart.
    pieces = [drape.positions[line.nodes] for line in _side_seams(drape, who)]
    own = [p for p in pieces if (float((p.mean(0) - who.middle) @ who.left) > 0) == (side == "L")]
    if not own:
        return None
    points = np.vstack(own)
    up, front = points @ who.up, points @ who.front
    if np.ptp(up) <= 0:
        return None
    slope = float(np.polyfit(up - up.mean(), front - front.mean(), 1)[0])
    return float(np.arctan(-slope))


def _side_seams(drape: Drape, who: Figure) -> list[SeamLine]:
    lines = seam_lines(drape.cloth)
    named = [line for line in lines if line.seam.name.lower().startswith(_SIDE_NAMES)]
    if named:
        return named
    return [line for line in lines if _front_to_back(line) and _steep(drape, who, line)]


def _front_to_back(line: SeamLine) -> bool:
    names = (line.seam.a.panel.lower(), line.seam.b.panel.lower())
    return any("front" in n or "_f" in n for n in names) and any(
        "back" in n or "_b" in n for n in names
    )


def _steep(drape: Drape, who: Figure, line: SeamLine) -> bool:
    ends = drape.positions[line.nodes[[0, -1]]]
    way = ends[1] - ends[0]
    return bool(abs(way @ who.up) > _STEEP * np.linalg.norm(way))


def _centre(drape: Drape, who: Figure, which: str) -> float | None:
    """Mean distance of a centre line from the middle plane, to the wearer's left [m]."""
    name = f"centre {which}"
    found = [
        internal_line(drape, panel.name, name)
        for panel in drape.cloth.pattern.panels
        if panel.draped and any(line.name == name for line in panel.lines)
    ]
    points = np.vstack([*found, np.zeros((0, 3))])
    if len(points) == 0:
        return None
    return float(((points - who.middle) @ who.left).mean())
