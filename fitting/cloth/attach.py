"""Bands, collars and hoods: placed along the seam that they are sewn to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from fitting.cloth.cut import Cut
from fitting.errors import BadPattern
from fitting.records import FloatArray, IntArray, Pattern

# A neckband leans inwards by this much from upright [rad]; chosen between the slope of the
# shoulders and that of the neck.
_LEAN = 0.15
# A collar that falls leans outwards by this much from hanging [rad], and lies this far out [m].
_FALL_LEAN = 0.8
_FALL_OUT = 0.008
# Pieces start this far from the seam and from each other [m].
_SEAM_GAP = 0.006
# A hood stands off the head's middle by the head's half width and this [m], and comes together
# over this length of cloth from its crown seam [m].
_HOOD_EASE = 0.02
_HOOD_TURN = 0.12


@dataclass(frozen=True)
class Joint:
    """Points of a piece that are sewn to pieces which have a place already.

    Attributes:
        flat: In the piece's plane [m], shape (n, 2), x rising.
        there: Where they are to come [m], shape (n, 3).
        falls: The piece hangs down outside what it is sewn to.
    """

    flat: FloatArray
    there: FloatArray
    falls: bool


def joint(pattern: Pattern, cut: Cut, piece: int, placed: set[int], start: FloatArray) -> Joint:
    """Where a piece is sewn to pieces that have a place.

    Raises:
        BadPattern: Nowhere.
    """
    name = pattern.panels[cut.pieces[piece].outline.panel].name
    index = {pattern.panels[p.outline.panel].name: i for i, p in enumerate(cut.pieces)}
    rows: list[tuple[bool, IntArray, IntArray]] = []
    for seam in pattern.seams:
        for mine, other in ((seam.a, seam.b), (seam.b, seam.a)):
            if mine.panel == name and index.get(other.panel) in placed:
                own = cut.pieces[piece].outline.edge_nodes(mine.edge)
                far = cut.pieces[index[other.panel]].outline.edge_nodes(other.edge)
                far = far + cut.offsets[index[other.panel]]
                rows.append((seam.right_wrong, own, far if seam.right_wrong else far[::-1]))
    if not rows:
        raise BadPattern(f"panel {name!r} is not sewn to a panel that has a place on the body")
    falls = any(crossed for crossed, _, _ in rows)
    chosen = [(own, far) for crossed, own, far in rows if crossed == falls]
    own, far = (np.concatenate(part) for part in zip(*chosen, strict=True))
    flat = cut.pieces[piece].points[own]
    x, group, count = np.unique(flat[:, 0], return_inverse=True, return_counts=True)
    values = np.column_stack([flat[:, 1], start[far]])
    mean = [np.bincount(group, values[:, k]) / count for k in range(4)]
    return Joint(np.column_stack([x, mean[0]]), np.column_stack(mean[1:]), falls)


def along_seam(points: FloatArray, seam: Joint, axis: FloatArray) -> FloatArray:
    """Stand a band on the edge it is sewn to, or hang a collar from it.

    Args:
        points: In the piece's plane [m], shape (P, 2).
        seam: Its joint.
        axis: A point on the axis that a band leans towards [m], shape (3,).
    Returns:
        Positions [m], shape (P, 3).
    """
    x = seam.flat[:, 0]
    span = max(float(np.ptp(x)), 1e-6)
    # Where the band's ends meet, they start a little apart.
    inset = x[0] + _SEAM_GAP + (points[:, 0] - x[0]) * (1 - min(2 * _SEAM_GAP / span, 0.5))
    base = np.column_stack([np.interp(inset, x, seam.there[:, k]) for k in range(3)])
    height = (points[:, 1] - np.interp(points[:, 0], x, seam.flat[:, 1]))[:, None]
    inwards = (np.asarray(axis) - base) * [1.0, 0.0, 1.0]
    inwards /= np.maximum(np.linalg.norm(inwards, axis=1), 1e-6)[:, None]
    up = np.array([0.0, 1.0, 0.0])
    if seam.falls:
        lean = np.cos(_FALL_LEAN) * up + np.sin(_FALL_LEAN) * inwards
        return np.asarray(base - _FALL_OUT * inwards + lean * height)
    lean = np.cos(_LEAN) * up + np.sin(_LEAN) * inwards
    return np.asarray(base + lean * (height + _SEAM_GAP))


def beside_head(
    start: FloatArray, crown: IntArray, seam: Joint, here: FloatArray, half_width: float
) -> FloatArray:
    """Stand half of a hood beside the head, curving in towards its crown seam.

    Args:
        start: The flat half beside the head [m], shape (P, 3).
        crown: Its points along the seam to the other half, shape (n,).
        seam: Where it is sewn to the neckline.
        here: Where the points of that joint lie in `start` [m], shape (n, 3).
        half_width: Of the head [m].
    Returns:
        Positions [m], shape (P, 3).
    """
    step = seam.there - here
    out = start + np.array([0.0, step[:, 1].max() + _SEAM_GAP, step[:, 2].mean()])
    side = np.sign(start[:, 0].mean())
    away = np.full(len(out), _HOOD_TURN)
    if len(crown):
        away, _ = cKDTree(start[crown][:, 1:]).query(start[:, 1:])
    turn = np.clip(away / _HOOD_TURN, 0.0, 1.0)
    out[:, 0] = side * (_SEAM_GAP + (half_width + _HOOD_EASE) * np.sqrt(1 - (1 - turn) ** 2))
    return np.asarray(out)
