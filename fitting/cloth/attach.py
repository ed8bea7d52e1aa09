"""Bands and collars: placed along the seam that they are sewn to."""

from __future__ import annotations

import numpy as np

from fitting.cloth.cut import Cut
from fitting.errors import BadPattern
from fitting.records import FloatArray, Pattern

# A neckband leans inwards by this much from upright [rad]; chosen between the slope of the
# shoulders and that of the neck.
_LEAN = 0.15
# It starts this far above the seam [m].
_SEAM_GAP = 0.006


def along_seam(
    pattern: Pattern, cut: Cut, piece: int, start: FloatArray, axis: FloatArray
) -> FloatArray:
    """Stand a band on the edge it is sewn to.

    Args:
        piece: Which piece of the cut is the band; its y is 0 on the seam and grows upwards.
        start: Positions of all points [m], shape (V, 3); those of the other panels are used.
        axis: A point on the axis that the band leans towards [m], shape (3,).
    Returns:
        Positions of the band's points [m], shape (P, 3).
    Raises:
        BadPattern: It is not sewn to anything that has a place.
    """
    mine, other = cut.seams_out_of([piece])
    if len(mine) < 2:
        name = pattern.panels[cut.pieces[piece].outline.panel].name
        raise BadPattern(f"panel {name!r} is not sewn to a panel that has a place on the body")
    points = cut.pieces[piece].points
    x, index, count = np.unique(
        points[mine - cut.rows(piece).start, 0], return_inverse=True, return_counts=True
    )
    edge = [np.bincount(index, start[other, k]) / count for k in range(3)]
    # Where the band's ends meet, they start a little apart.
    inset = x[0] + _SEAM_GAP + (points[:, 0] - x[0]) * (1 - 2 * _SEAM_GAP / (x[-1] - x[0]))
    base = np.column_stack([np.interp(inset, x, edge[k]) for k in range(3)])
    inwards = (axis - base) * [1.0, 0.0, 1.0]
    inwards /= np.maximum(np.linalg.norm(inwards, axis=1), 1e-6)[:, None]
    up = np.cos(_LEAN) * np.array([0.0, 1.0, 0.0]) + np.sin(_LEAN) * inwards
    return np.asarray(base + up * (points[:, 1:] + _SEAM_GAP))
