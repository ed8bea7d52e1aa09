"""Keeping the start out of the body."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from fitting.records import Body, FloatArray

# Points further than this from every vertex of the body are left alone [m].
_NEAR = 0.05
_ROUNDS = 3


class Skin:
    """The body's skin, asked how far out a point is."""

    def __init__(self, body: Body) -> None:
        self._vertices = body.vertices
        self._normals = vertex_normals(body)
        self._tree = cKDTree(body.vertices)

    def push_out(self, points: FloatArray, nearest: float) -> FloatArray:
        """Points moved along the skin's normal until they are clear of the nearest skin [m]."""
        out = points.copy()
        for _ in range(_ROUNDS):
            distance, vertex = self._tree.query(out, distance_upper_bound=_NEAR)
            found = np.nonzero(np.isfinite(distance))[0]
            v = vertex[found]
            height = ((out[found] - self._vertices[v]) * self._normals[v]).sum(axis=1)
            low = height < nearest
            if not low.any():
                break
            out[found[low]] += (nearest - height[low])[:, None] * self._normals[v[low]]
        return out


def vertex_normals(body: Body) -> FloatArray:
    """Outward unit normals of the body's vertices, area-weighted, shape (N, 3)."""
    p = body.vertices[body.faces]
    normal = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    out = np.zeros_like(body.vertices)
    for k in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(body.faces[:, k], normal[:, axis], len(out))
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1), 1e-12)[:, None])
