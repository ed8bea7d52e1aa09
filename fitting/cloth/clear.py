"""Keeping the start out of the body, and collars out of what they fall over."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from fitting.records import FloatArray, IntArray

# Points further than this from every vertex of the surface are left alone [m].
_NEAR = 0.05
_ROUNDS = 3


class Surface:
    """A surface, asked how far outside it points are."""

    def __init__(self, vertices: FloatArray, faces: IntArray) -> None:
        self._vertices = vertices
        self._normals = vertex_normals(vertices, faces)
        self._tree = cKDTree(vertices)

    def push_out(self, points: FloatArray, nearest: float) -> FloatArray:
        """Points moved along the normal of the nearest vertex until they are this far out [m]."""
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


def vertex_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Unit normals of vertices on the faces' right side, area-weighted, shape (N, 3)."""
    p = vertices[faces]
    normal = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    out = np.zeros_like(vertices)
    for k in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(faces[:, k], normal[:, axis], len(out))
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1), 1e-12)[:, None])
