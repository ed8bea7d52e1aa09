"""Which vertex acts on which: edges, hinges and the pattern of the system matrix.

Plain numpy over plain arrays, done once for a mesh. The system matrix has one 3×3 block for each
vertex and each ordered pair of neighbours, stored by rows (compressed sparse rows) without the
diagonal; bending also reaches the vertices opposite a hinge, with a scalar for a 3×3 block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
KeyArray = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Edges of a triangle mesh.

    Attributes:
        ends: Vertex pairs, the smaller index first, sorted, shape (E, 2).
        of_face: Edges (0, 1), (1, 2), (2, 0) of each triangle, shape (T, 3).
        owned: 1 where the triangle is the first that has the edge, shape (T, 3).
    """

    ends: IntArray
    of_face: IntArray
    owned: IntArray


def find_edges(faces: IntArray) -> Edges:
    """The edges of triangles, shape (T, 3)."""
    keys = edge_keys(faces)
    there, first, index = np.unique(keys, return_index=True, return_inverse=True)
    owned = np.zeros(len(keys), np.int32)
    owned[first] = 1
    return Edges(
        np.stack([there >> 32, there & 0xFFFFFFFF], axis=1).astype(np.int32),
        index.reshape(-1, 3).astype(np.int32),
        owned.reshape(-1, 3),
    )


def edge_keys(faces: IntArray) -> KeyArray:
    """One number for each triangle's edges (0, 1), (1, 2), (2, 0), whichever way they run: sorting
    numbers is ten times faster than sorting pairs. Shape (3 T,)."""
    halves = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1).astype(np.int64)
    return np.asarray((halves[:, 0] << 32) | halves[:, 1], np.int64)


@dataclass(frozen=True)
class Hinges:
    """Pairs of triangles that share an edge.

    Attributes:
        vertices: The edge's two ends and the two opposite vertices, shape (H, 4).
        faces: The two triangles, shape (H, 2).
        corners: For each of the two triangles the corners at the edge's first end, at its second
            end and opposite, shape (H, 2, 3).
    """

    vertices: IntArray
    faces: IntArray
    corners: IntArray

    def chosen(self, those: NDArray[np.bool_]) -> Hinges:
        """Some of the hinges, shape (H,)."""
        return Hinges(self.vertices[those], self.faces[those], self.corners[those])


def find_hinges(faces: IntArray, edges: Edges) -> Hinges:
    """Hinges of a mesh; an edge with three or more triangles gives one for each two in a row."""
    edge = edges.of_face.ravel()
    order = np.argsort(edge, kind="stable")
    same = edge[order][1:] == edge[order][:-1]
    halves = np.stack([order[:-1][same], order[1:][same]], axis=1)  # (H, 2)
    triangle, slot = halves // 3, halves % 3  # slot s joins the corners s and s + 1
    ends = edges.ends[edge[halves[:, 0]]]
    ahead = faces[triangle, slot] == ends[:, :1]
    first = np.where(ahead, slot, (slot + 1) % 3)
    second = np.where(ahead, (slot + 1) % 3, slot)
    opposite = (slot + 2) % 3
    return Hinges(
        np.concatenate([ends, faces[triangle, opposite]], axis=1).astype(np.int32),
        triangle.astype(np.int32),
        np.stack([first, second, opposite], axis=2).astype(np.int32),
    )


@dataclass(frozen=True)
class Rows:
    """The pattern of the off-diagonal part of a symmetric matrix, by rows.

    Attributes:
        start: Where each row begins, shape (n + 1,).
        middle: Where each row's columns pass the diagonal, shape (n,).
        column: Column of each entry, ascending within a row.
    """

    start: IntArray
    middle: IntArray
    column: IntArray

    @staticmethod
    def of(pairs: IntArray, count: int) -> tuple[Rows, KeyArray]:
        """Rows that hold the ordered pairs (k, 2), and the sorted keys ``i * count + j``."""
        keys = np.unique(pairs[:, 0].astype(np.int64) * count + pairs[:, 1])
        row, column = keys // count, keys % count
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=count))])
        lower = np.bincount(row[column < row], minlength=count)
        rows = Rows(
            start.astype(np.int32),
            (start[:-1] + lower).astype(np.int32),
            column.astype(np.int32),
        )
        return rows, keys


def slots(keys: KeyArray, first: IntArray, second: IntArray, count: int) -> IntArray:
    """Where the pairs (first, second) stand among the sorted keys."""
    found = np.searchsorted(keys, first.astype(np.int64) * count + second)
    return np.asarray(found, np.int32)


@dataclass(frozen=True)
class Shape:
    """The rest shape of each triangle.

    Attributes:
        gradient: ∂/∂u and ∂/∂v of the second and third corner's hat functions [1/m], as
            (u1, v1, u2, v2), shape (T, 4); the first corner's are minus their sums.
        area: [m²], shape (T,).
    """

    gradient: FloatArray
    area: FloatArray


def rest_shape(uv: FloatArray) -> Shape:
    """Rest shape of triangles with corners in material coordinates [m], shape (T, 3, 2)."""
    one, two = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    twice = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    # A triangle with no area has no stiffness and no weight; its neighbours hold its corners.
    inverse = np.where(np.abs(twice) > 1e-12, 1.0 / np.where(twice == 0.0, 1.0, twice), 0.0)
    gradient = np.stack([two[:, 1], -two[:, 0], -one[:, 1], one[:, 0]], axis=1) * inverse[:, None]
    return Shape(gradient, 0.5 * np.abs(twice) * (inverse != 0.0))


def vertex_masses(faces: IntArray, area: FloatArray, density: FloatArray, count: int) -> FloatArray:
    """A third of each triangle's mass at each of its corners [kg], shape (count,)."""
    third = np.repeat(area * density / 3.0, 3)
    return np.asarray(np.bincount(faces.ravel(), third, count), np.float64)


def adjacency(ends: IntArray, count: int) -> sparse.csr_matrix:
    """Neighbours by rows, symmetric, shape (count, count)."""
    both = np.concatenate([ends, ends[:, ::-1]])
    ones = np.ones(len(both), np.int8)
    return sparse.csr_matrix((ones, (both[:, 0], both[:, 1])), shape=(count, count))
