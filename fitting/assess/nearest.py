"""The nearest point of a closed surface, and whether a point is in or out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from fitting.records import FloatArray, IntArray

_FIRST, _MOST = 5, 1080  # triangles looked at for a point, at first and at most
_SIZES = (2.0, 8.0, np.inf)  # classes of triangles, by their size over the median's


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each query point the nearest point of the surface.

    Attributes:
        distance: [m], negative inside, shape (Q,).
        points: shape (Q, 3) [m].
        triangles: The triangle it lies on, shape (Q,).
    """

    distance: FloatArray
    points: FloatArray
    triangles: IntArray


def nearest(vertices: FloatArray, faces: IntArray, queries: FloatArray) -> Nearest:
    """Signed distance of points from a surface, positive on its outside.

    Candidates are the triangles whose centres are nearest; a point's answer is final once the
    farthest candidate's centre is farther than the best distance and the largest triangle
    together. Triangles are searched by size, so that a few large ones do not widen the search
    among many small ones. The side is told by the angle-weighted normals at the nearest point.

    Args:
        vertices: shape (N, 3) [m].
        faces: shape (M, 3), counter-clockwise seen from outside.
        queries: shape (Q, 3) [m].
    Reference:
        J. A. Bærentzen, H. Aanæs, Signed distance computation using the angle weighted
        pseudonormal, IEEE TVCG 11 (2005) 243-253, doi 10.1109/TVCG.2005.49.
    """
    corners = vertices[faces]
    centres = corners.mean(1)
    reach = np.linalg.norm(corners - centres[:, None], axis=2).max(1)
    best = np.full(len(queries), np.inf)
    where = np.zeros((len(queries), 3))
    which = np.zeros(len(queries), np.int32)
    smaller = -1.0
    for size in np.array(_SIZES) * np.median(reach):
        held = np.flatnonzero((reach > smaller) & (reach <= size))
        smaller = float(size)
        if len(held):
            _search(corners, centres, reach, held, queries, best, where, which)
    side = _side(vertices, faces, corners, queries, where, which)
    return Nearest(np.where(side < 0, -best, best), where, which)


def _search(
    corners: FloatArray,
    centres: FloatArray,
    reach: FloatArray,
    held: IntArray,
    queries: FloatArray,
    best: FloatArray,
    where: FloatArray,
    which: IntArray,
) -> None:
    """Betters the nearest points by some of the triangles, in place."""
    tree, widest = cKDTree(centres[held]), float(reach[held].max())
    open_ = np.arange(len(queries))
    count = min(_FIRST, len(held))
    while len(open_):
        far, at = tree.query(queries[open_], k=count)
        far, at = far.reshape(len(open_), -1), held[at.reshape(len(open_), -1)]
        if count == min(_FIRST, len(held)):
            asked = np.ones_like(far, bool)
        else:
            # No point of a triangle is nearer than its centre less its own reach.
            asked = far - reach[at] < best[open_][:, None]
        rows, columns = np.nonzero(asked)
        triangle, query = at[rows, columns], open_[rows]
        points = _on_triangles(corners[triangle], queries[query])
        apart = np.linalg.norm(points - queries[query], axis=1)
        order = np.lexsort([apart, query])
        first = order[np.unique(query[order], return_index=True)[1]]
        first = first[apart[first] < best[query[first]]]
        to = query[first]
        best[to], where[to], which[to] = apart[first], points[first], triangle[first]
        if count == len(held) or count >= _MOST:
            break
        open_ = open_[far[:, -1] < best[open_] + widest]
        count = min(6 * count, _MOST, len(held))


def _on_triangles(corners: FloatArray, points: FloatArray) -> FloatArray:
    """The nearest point of each triangle, corners (..., 3, 3) and points (..., 3) [m].

    Reference:
        C. Ericson, Real-Time Collision Detection, 2005, section 5.1.5: by Voronoi regions.
    """
    a, b, c = (corners[..., k, :] for k in range(3))
    ab, ac, ap = b - a, c - a, points - a
    d1, d2 = (ab * ap).sum(-1), (ac * ap).sum(-1)
    bp, cp = points - b, points - c
    d3, d4 = (ab * bp).sum(-1), (ac * bp).sum(-1)
    d5, d6 = (ab * cp).sum(-1), (ac * cp).sum(-1)
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    with np.errstate(divide="ignore", invalid="ignore"):
        total = va + vb + vc
        v, w = vb / total, vc / total
        on_ab, on_ac = d1 / (d1 - d3), d2 / (d2 - d6)
        on_bc = (d4 - d3) / ((d4 - d3) + (d5 - d6))
    cases = [
        ((d1 <= 0) & (d2 <= 0), 0.0, 0.0),
        ((d3 >= 0) & (d4 <= d3), 1.0, 0.0),
        ((d6 >= 0) & (d5 <= d6), 0.0, 1.0),
        ((vc <= 0) & (d1 >= 0) & (d3 <= 0), on_ab, 0.0),
        ((vb <= 0) & (d2 >= 0) & (d6 <= 0), 0.0, on_ac),
        ((va <= 0) & (d4 - d3 >= 0) & (d5 - d6 >= 0), 1 - on_bc, on_bc),
    ]
    done = np.zeros(v.shape, bool)
    for hit, new_v, new_w in cases:
        fresh = hit & ~done
        v, w = np.where(fresh, new_v, v), np.where(fresh, new_w, w)
        done |= hit
    v, w = np.nan_to_num(v), np.nan_to_num(w)  # slivers: their first corner
    nearest_points: FloatArray = a + v[..., None] * ab + w[..., None] * ac
    return nearest_points


def _side(
    vertices: FloatArray,
    faces: IntArray,
    corners: FloatArray,
    queries: FloatArray,
    where: FloatArray,
    which: IntArray,
) -> FloatArray:
    """Positive outside, negative inside; interpolated pseudonormals of the triangle's corners."""
    normals = pseudonormals(vertices, faces)
    weights = _barycentric(corners[which], where)
    # Near a corner or side the interpolated normal is that of the corner or side; inside a
    # triangle the plane itself decides.
    blend = (weights[:, :, None] * normals[faces[which]]).sum(1)
    plane = np.cross(corners[which, 1] - corners[which, 0], corners[which, 2] - corners[which, 0])
    inner = weights.min(1) > 1e-6
    side: FloatArray = ((queries - where) * np.where(inner[:, None], plane, blend)).sum(1)
    return side


def pseudonormals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Unit vertex normals weighted by the triangles' angles, shape (N, 3)."""
    corners = vertices[faces]
    out = np.zeros_like(vertices)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face /= np.maximum(np.linalg.norm(face, axis=1), 1e-30)[:, None]
    for k in range(3):
        one = corners[:, (k + 1) % 3] - corners[:, k]
        two = corners[:, (k + 2) % 3] - corners[:, k]
        cosine = (one * two).sum(1) / np.maximum(
            np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1), 1e-30
        )
        weight = np.arccos(np.clip(cosine, -1, 1))[:, None] * face
        for axis in range(3):
            out[:, axis] += np.bincount(faces[:, k], weight[:, axis], len(vertices))
    unit: FloatArray = out / np.maximum(np.linalg.norm(out, axis=1), 1e-30)[:, None]
    return unit


def _barycentric(corners: FloatArray, points: FloatArray) -> FloatArray:
    """Weights of the corners at points of their triangles, shape (Q, 3)."""
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    off = points - corners[:, 0]
    d00, d01, d11 = (one * one).sum(1), (one * two).sum(1), (two * two).sum(1)
    d20, d21 = (off * one).sum(1), (off * two).sum(1)
    scale = np.maximum(d00 * d11 - d01 * d01, 1e-30)
    v, w = (d11 * d20 - d01 * d21) / scale, (d00 * d21 - d01 * d20) / scale
    weights: FloatArray = np.column_stack([1 - v - w, v, w])
    return weights
