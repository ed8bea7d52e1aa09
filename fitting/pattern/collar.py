"""Collars that fall over a stand or a neckline.

A collar is drawn as it is worn: its seam at y = 0 and above, its body hanging down outside, right
side outwards. The seam that joins it to the stand meets right side to wrong side, because the
stand's outside turns into the collar's underside at the fold.
"""

from __future__ import annotations

import math

from fitting.pattern.outline import TIGHT, Point, Stretch, arc, line


def falling(
    seam: float, fall: float, *, angle: float = 0.30, point: float = 0.012, drop: float = 0.014
) -> list[Stretch]:
    """A collar that falls down outside a stand.

    Args:
        seam: Length of the seam [m].
        fall: Depth at the centre back [m].
        angle: By which it is bent: the outer edge is longer by angle times fall [rad].
        point: How far the tips reach forward [m].
        drop: How much longer the tips are than the fall [m].
    Returns:
        ``edge`` from left to right, ``end.right``, ``seam`` from right to left, ``end.left``.
    """
    radius = seam / angle
    right, left = _on(radius, radius, angle / 2), _on(radius, radius, -angle / 2)
    tip = _tip(radius, fall, angle / 2, point, drop)
    other: Point = (-tip[0], tip[1])
    chord = 2 * tip[0]
    # The outer edge is an arc through the fall's depth at the centre back.
    sagitta = tip[1] + fall
    if abs(sagitta) < 1e-4:
        edge = line(other, tip, "edge", TIGHT)
    else:
        outer = (chord**2 / 4 + sagitta**2) / (2 * abs(sagitta))
        edge = arc(other, tip, outer, "edge", left=sagitta > 0, allowance=TIGHT)
    return [
        edge,
        line(tip, right, "end.right", TIGHT),
        arc(right, left, radius, "seam", left=False, allowance=TIGHT),
        line(left, other, "end.left", TIGHT),
    ]


def _on(centre: float, radius: float, angle: float) -> Point:
    return radius * math.sin(angle), centre - radius * math.cos(angle)


def _tip(radius: float, fall: float, angle: float, point: float, drop: float) -> Point:
    x, y = _on(radius, radius + fall + drop, angle)
    return x + point * math.cos(angle), y + point * math.sin(angle)
