"""Plane cuts through triangle meshes, the rings in them, and the girths they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import ConvexHull, QhullError

from fitting.records import FloatArray, IntArray

# How often a ring may run back and forth across a ray from its centre: folds of cloth do.
_TURNS = 3


@dataclass(frozen=True, eq=False)
class Section:
    """The segments in which a plane cuts a mesh.

    Attributes:
        points: shape (K, 2, 3) [m].
        ends: Which crossing of a mesh edge each end is, shape (K, 2): equal numbers meet.
        triangles: The triangle each segment lies in, shape (K,).
        corners: Its corners in the order in which the cut sees them, local 0..2, shape (K, 3).
        shares: Where the plane crosses the sides from the first corner, shape (K, 2).
    """

    points: FloatArray
    ends: IntArray
    triangles: IntArray
    corners: IntArray
    shares: FloatArray

    @property
    def lengths(self) -> FloatArray:
        """Length of each segment [m]."""
        lengths: FloatArray = np.linalg.norm(self.points[:, 1] - self.points[:, 0], axis=1)
        return lengths

    def of(self, values: FloatArray) -> FloatArray:
        """What a field given at the triangles' corners is at the ends of the segments.

        Args:
            values: shape (T, 3, d).
        Returns:
            shape (K, 2, d).
        """
        turned = values[self.triangles[:, None], self.corners]
        share = self.shares[:, :, None]
        there: FloatArray = turned[:, :1] + share * (turned[:, 1:] - turned[:, :1])
        return there


def section(
    vertices: FloatArray, faces: IntArray, point: FloatArray, normal: FloatArray
) -> Section:
    """The cut of a mesh by a plane.

    Args:
        vertices: shape (N, 3) [m].
        faces: shape (M, 3).
        point: A point of the plane [m].
        normal: Its normal, unit length.
    """
    return contour((vertices - point) @ normal, vertices, faces)


def contour(height: FloatArray, vertices: FloatArray, faces: IntArray) -> Section:
    """The line on a mesh where a field is 0.

    Args:
        height: The field at the vertices, shape (N,).
        vertices: shape (N, 3) [m].
        faces: shape (M, 3).
    """
    # A vertex exactly on the line counts as above it, so that no segment is found twice.
    above = np.greater_equal(height, 0)[faces]  # (M, 3)
    hit = np.flatnonzero(above.any(1) & ~above.all(1))
    side = above[hit]
    # Turn each triangle so that its first corner is alone on its side.
    alone = np.where(side.sum(1) == 1, side.argmax(1), (~side).argmax(1))
    local = (alone[:, None] + np.arange(3)) % 3
    turned = np.take_along_axis(faces[hit], local, axis=1)
    first, others = turned[:, :1], turned[:, 1:]
    share = height[first] / (height[first] - height[others])
    points = vertices[first] + share[:, :, None] * (vertices[others] - vertices[first])
    keys = np.minimum(first, others).astype(np.int64) * len(vertices) + np.maximum(first, others)
    ends = np.unique(keys, return_inverse=True)[1].reshape(-1, 2)
    return Section(points, ends.astype(np.int32), hit.astype(np.int32), local, share)


def cut(vertices: FloatArray, faces: IntArray, point: FloatArray, normal: FloatArray) -> FloatArray:
    """Segments in which a plane cuts a mesh, shape (K, 2, 3) [m]; K is 0 where it misses."""
    return section(vertices, faces, point, normal).points


def across(normal: FloatArray) -> FloatArray:
    """Two unit vectors that span the plane of a normal, right-handed with it, shape (2, 3)."""
    n = np.asarray(normal, float) / np.linalg.norm(normal)
    helper = np.eye(3)[np.argmin(np.abs(n))]
    e1 = helper - n * (n @ helper)
    e1 /= np.linalg.norm(e1)
    return np.stack([e1, np.cross(n, e1)])


def ring(found: Section, centre: FloatArray, normal: FloatArray) -> IntArray | None:
    """The shortest closed way along a cut that goes once around a centre.

    Cloth lies in folds, and pockets or plackets branch off it; the shortest way around is what
    holds the body. It is found as a shortest path in a covering of the cut, in which a step
    across a ray from the centre leads to the next sheet.

    Args:
        found: The cut.
        centre: A point of the cutting plane [m].
        normal: Of the plane.
    Returns:
        Indices of the segments on the way; None where nothing closes around the centre.
    """
    if len(found.ends) == 0:
        return None
    plane = (found.points - centre) @ across(normal).T  # (K, 2, 2)
    (x0, y0), (x1, y1) = plane[:, 0].T, plane[:, 1].T
    up = (y0 < 0) & (y1 >= 0)
    down = (y0 >= 0) & (y1 < 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        where = x0 - y0 * (x1 - x0) / (y1 - y0)
    step = np.where((up | down) & (where > 0), up.astype(int) - down, 0)
    crossing = np.flatnonzero(step)
    if len(crossing) == 0:
        return None
    return _around(found, step, crossing)


def _around(found: Section, step: IntArray, crossing: IntArray) -> IntArray | None:
    """The shortest path from a crossing of the ray to itself one sheet on."""
    count = int(found.ends.max()) + 1
    sheets = np.arange(-_TURNS, _TURNS + 1)
    a, b = found.ends.T
    # Of several segments between the same two ends the shortest is kept.
    order = np.lexsort([found.lengths, np.maximum(a, b), np.minimum(a, b)])
    pair = np.minimum(a, b)[order].astype(np.int64) * count + np.maximum(a, b)[order]
    kept = order[np.concatenate([[True], np.diff(pair) != 0])]
    kept = kept[a[kept] != b[kept]]
    target = sheets[:, None] + step[kept]
    inside = np.abs(target) <= _TURNS
    row = ((sheets[:, None] + _TURNS) * count + a[kept])[inside]
    column = ((target + _TURNS) * count + b[kept])[inside]
    # Sparse graphs take a length of 0 for no edge.
    weight = np.broadcast_to(np.maximum(found.lengths[kept], 1e-12), inside.shape)[inside]
    size = len(sheets) * count
    graph = coo_matrix((weight, (row, column)), (size, size)).tocsr()
    starts = np.unique(found.ends[crossing])
    starts_at = _TURNS * count + starts
    far, before = dijkstra(graph, directed=False, indices=starts_at, return_predecessors=True)
    goal = starts_at + count
    lengths = far[np.arange(len(starts)), goal]
    best = int(lengths.argmin())
    if not np.isfinite(lengths[best]):
        return None
    where = {(int(i) % count, int(j) % count): int(k) for k, (i, j) in
             zip(kept, found.ends[kept], strict=True)}  # fmt: skip
    way, at = [], int(goal[best])
    while at != starts_at[best]:
        previous = int(before[best, at])
        i, j = previous % count, at % count
        way.append(where.get((i, j), where.get((j, i), -1)))
        at = previous
    return np.array(way[::-1], np.int32)


def winds(points: FloatArray, centre: FloatArray, normal: FloatArray) -> bool:
    """Whether a closed chain of segments, shape (K, 2, 3), goes around another centre."""
    if len(points) == 0:
        return False
    plane = (points - centre) @ across(normal).T
    (x0, y0), (x1, y1) = plane[:, 0].T, plane[:, 1].T
    turned = (y0 < 0) != (y1 < 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        where = x0 - y0 * (x1 - x0) / (y1 - y0)
    return int((turned & (where > 0)).sum()) % 2 == 1


def cloth_girth(segments: FloatArray) -> float:
    """Length of cloth along a cut, folds included [m]."""
    return float(np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum())


def tape_girth(segments: FloatArray, normal: FloatArray) -> float:
    """Length of a tape pulled tight around a cut [m]: it bridges hollows; 0 where nothing is cut.

    Reference:
        ISO 8559-1: a girth is the length of a tape around the body.
    """
    hull = _hull(segments, normal)
    return 0.0 if hull is None else float(hull.area)  # in the plane, area is the perimeter


def tape_centre(segments: FloatArray, normal: FloatArray) -> FloatArray | None:
    """Centre of area of what the tape surrounds [m], shape (3,); None where nothing is cut."""
    hull = _hull(segments, normal)
    if hull is None:
        return None
    x, y = hull.points[hull.vertices].T
    twice = x * np.roll(y, -1) - np.roll(x, -1) * y
    middle = np.array([
        ((x + np.roll(x, -1)) * twice).sum(), ((y + np.roll(y, -1)) * twice).sum()
    ]) / (3 * twice.sum())  # fmt: skip
    unit = np.asarray(normal, float)
    off = float((segments.reshape(-1, 3) @ unit).mean())
    centre: FloatArray = middle @ across(unit) + off * unit
    return centre


def _hull(segments: FloatArray, normal: FloatArray) -> ConvexHull | None:
    points = segments.reshape(-1, 3)
    try:
        return ConvexHull(points @ across(normal).T)
    except (QhullError, ValueError):
        return None
