"""From a coarser cut of the same pattern to a finer one."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from fitting.records import FloatArray, IntArray

# Triangles looked at for each point, nearest centroids first, before all are.
_NEAREST = 12
# A point this far outside all triangles looked at [barycentric] gets the full search.
_OUTSIDE = -0.05


def holding_triangles(
    points: FloatArray, triangles: IntArray, finer: FloatArray
) -> tuple[IntArray, FloatArray]:
    """For points of one panel the triangle that holds each, and its barycentric weights there.

    A point just outside, between a chord and its curve, gets the triangle it is least outside of
    and one slightly negative weight, so that the prolongation of a flat panel is exact.

    Args:
        points: Panel coordinates of the coarser cut [m], shape (P, 2).
        triangles: shape (T, 3).
        finer: Points sought [m], shape (Q, 2).
    Returns:
        Triangle indices, shape (Q,), and weights that sum to 1, shape (Q, 3).
    """
    corners = points[triangles]
    tree = cKDTree(corners.mean(axis=1))
    k = min(_NEAREST, len(triangles))
    _, nearest = tree.query(finer, k=k)
    found, weights = _least_outside(corners, nearest.reshape(len(finer), k), finer)
    lost = np.nonzero(weights.min(axis=1) < _OUTSIDE)[0]
    if len(lost):
        everything = np.broadcast_to(np.arange(len(triangles)), (len(lost), len(triangles)))
        found[lost], weights[lost] = _least_outside(corners, everything, finer[lost])
    return found, weights


def _least_outside(
    corners: FloatArray, candidates: IntArray, points: FloatArray
) -> tuple[IntArray, FloatArray]:
    a = corners[candidates]  # (Q, k, 3, 2)
    one, two = a[:, :, 1] - a[:, :, 0], a[:, :, 2] - a[:, :, 0]
    r = points[:, None] - a[:, :, 0]
    area = one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]
    v = (r[..., 0] * two[..., 1] - r[..., 1] * two[..., 0]) / area
    w = (one[..., 0] * r[..., 1] - one[..., 1] * r[..., 0]) / area
    weights = np.stack([1 - v - w, v, w], axis=2)
    best = weights.min(axis=2).argmax(axis=1)
    rows = np.arange(len(points))
    return candidates[rows, best].astype(np.int32), weights[rows, best]


def along_boundary(
    triangles: IntArray, coarse_nodes: IntArray, fractions: FloatArray
) -> tuple[IntArray, FloatArray]:
    """The same for points on a panel's edge, at fractions of its length.

    They are placed on the coarse edge's chords, so that both sides of a seam land on the same
    spot.

    Args:
        triangles: Coarse panel triangles, shape (T, 3).
        coarse_nodes: Coarse points of the edge from start to end, shape (n + 1,).
        fractions: 0..1, shape (Q,).
    """
    segments = len(coarse_nodes) - 1
    position = np.asarray(fractions) * segments
    segment = np.minimum(position.astype(int), segments - 1)
    t = position - segment
    found = np.empty(len(t), np.int32)
    weights = np.zeros((len(t), 3))
    for s in np.unique(segment):
        u, v = coarse_nodes[s], coarse_nodes[s + 1]
        has = (triangles == u).any(axis=1) & (triangles == v).any(axis=1)
        triangle = int(np.nonzero(has)[0][0])
        rows = np.nonzero(segment == s)[0]
        found[rows] = triangle
        corner = triangles[triangle].tolist()
        weights[rows, corner.index(u)] = 1 - t[rows]
        weights[rows, corner.index(v)] = t[rows]
    return found, weights
