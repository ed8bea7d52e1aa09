"""Patches of neighbouring triangles, to tell flat cloth from cloth that may touch itself.

Looking for near features at every vertex is the dearest part of a step, and most cloth is flat.
Cloth whose normals all lie on one side of a plane cannot meet itself, so a patch is left out when
it has such normals together with each of the patches within reach, all those are around it, and
it is not at an edge of the cloth or near one that it is turned over at.

Reference:
    P. Volino, N. Magnenat-Thalmann, Efficient self-collision detection on smoothly discretized
    surface animations using geometrical shape regularity, Computer Graphics Forum 13 (1994)
    155-166, doi 10.1111/1467-8659.1330155.
"""

from __future__ import annotations

import numpy as np
import warp as wp
from scipy import sparse

from fitting.drape.kernels import patches
from fitting.drape.topology import FloatArray, IntArray, edge_keys

_TRIANGLES = 8  # a patch; larger ones on a sleeve span too many directions to be flat


def split(centres: FloatArray, size: int) -> IntArray:
    """Numbers groups of at most `size` near points, by halving along the longest side.

    Args:
        centres: Points, shape (T, 3).
        size: Most points in a group.
    Returns:
        Group of each point, shape (T,), 0..groups-1.
    """
    count = len(centres)
    group = np.zeros(count, np.int64)
    for _ in range(max(0, int(np.ceil(np.log2(max(count, 1) / size))))):
        order = np.argsort(group, kind="stable")
        first = np.flatnonzero(np.diff(group[order], prepend=-1))
        low = np.minimum.reduceat(centres[order], first, axis=0)
        high = np.maximum.reduceat(centres[order], first, axis=0)
        axis = (high - low).argmax(axis=1)[group]
        key = centres[np.arange(count), axis]
        order = np.lexsort((key, group))
        sizes = np.bincount(group)
        rank = np.empty(count, np.int64)
        rank[order] = np.arange(count) - np.repeat(first, sizes)
        halves = 2 * group + (2 * rank >= sizes[group])
        group = np.unique(halves, return_inverse=True)[1].astype(np.int64)
    return group.astype(np.int32)


def connected(faces: IntArray, group: IntArray) -> IntArray:
    """Splits groups of triangles that do not hang together: two layers are never one patch."""
    corner = np.repeat(np.arange(len(faces)), 3)
    touch = sparse.csr_matrix((np.ones(len(corner), np.int8), (corner, faces.ravel())))
    pairs = (touch @ touch.T).tocoo()
    same = group[pairs.row] == group[pairs.col]
    graph = sparse.coo_matrix(
        (np.ones(int(same.sum()), np.int8), (pairs.row[same], pairs.col[same])),
        shape=(len(faces), len(faces)),
    )
    return np.asarray(sparse.csgraph.connected_components(graph, directed=False)[1], np.int32)


class Patches:
    """Groups of triangles and which of them are next to which.

    Args:
        faces: Vertex triangles, shape (T, 3).
        kind: Kind of each vertex; patches that share a kind are neighbours, shape (N,).
        start: Positions that the grouping goes by [m], shape (N, 3).
        device: As Warp names it.
    """

    def __init__(self, faces: IntArray, kind: IntArray, start: FloatArray, device: str) -> None:
        self.device = device
        group = connected(faces, split(np.asarray(start)[faces].mean(axis=1), _TRIANGLES))
        self.count = int(group.max()) + 1 if len(group) else 0
        order = np.argsort(group, kind="stable").astype(np.int32)
        first = np.searchsorted(group[order], np.arange(self.count + 1)).astype(np.int32)
        near = self._neighbours(kind[faces], group)
        border = self._borders(kind[faces], group)
        border |= (near @ self._turned(kind[faces], group) > 0).astype(np.int32)
        self._border = wp.array(border, dtype=wp.int32, device=device)
        self._order = wp.array(order, dtype=wp.int32, device=device)
        self._first = wp.array(first, dtype=wp.int32, device=device)
        self._near_first = wp.array(near.indptr.astype(np.int32), dtype=wp.int32, device=device)
        self._near = wp.array(near.indices.astype(np.int32), dtype=wp.int32, device=device)
        self._low = wp.zeros(self.count, dtype=wp.vec3, device=device)
        self._high = wp.zeros(self.count, dtype=wp.vec3, device=device)
        self._axis = wp.zeros(self.count, dtype=wp.vec4, device=device)
        self._tree: wp.Bvh | None = None

    def _neighbours(self, kinds: IntArray, group: IntArray) -> sparse.csr_matrix:
        """Patches within three steps of each other over shared vertices."""
        of = sparse.csr_matrix(
            (np.ones(kinds.size, np.int32), (np.repeat(group, 3), kinds.ravel())),
            shape=(self.count, int(kinds.max()) + 1 if kinds.size else 1),
        )
        one = of @ of.T
        one.data[:] = 1
        three = (one @ one @ one).tocsr()
        three.sort_indices()
        return three

    def _borders(self, kinds: IntArray, group: IntArray) -> IntArray:
        """1 for patches with an edge of the cloth, which may slide over the next without a fold."""
        _, index, times = np.unique(edge_keys(kinds), return_inverse=True, return_counts=True)
        border = np.zeros(self.count, np.int32)
        border[np.repeat(group, 3)[times[index.ravel()] == 1]] = 1
        return border

    def _turned(self, kinds: IntArray, group: IntArray) -> IntArray:
        """1 for patches at an edge over which the cloth shows its other side, as under a collar.

        There two layers that lie on one another have the same normals, as if they were flat.
        """
        ends = kinds[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).astype(np.int64)
        _, index, times = np.unique(
            ends @ [int(kinds.max()) + 1, 1], return_inverse=True, return_counts=True
        )
        turned = np.zeros(self.count, np.int32)
        turned[np.repeat(group, 3)[times[index.ravel()] > 1]] = 1
        return turned

    def mark_folded(self, x: wp.array, faces: wp.array, reach: float, folded: wp.array) -> None:
        """Sets `folded` to 1 at the vertices of patches that may come near themselves or others.

        Args:
            x: Vertex positions in single precision.
            faces: Vertex triangles.
            reach: How near [m].
            folded: Of each vertex, cleared here.
        """
        folded.zero_()
        members = [self._order, self._first]
        bounds = [self._low, self._high, self._axis]
        self._launch(patches.measure_patches, [x, faces, *members, *bounds])
        if self._tree is None:
            self._tree = wp.Bvh(self._low, self._high)
        else:
            self._tree.refit()
        near = [self._near_first, self._near]
        self._launch(
            patches.mark_patches,
            [self._tree.id, *bounds, self._border, *near, reach, faces, *members, folded],
        )

    def _launch(self, kernel: wp.Kernel, arguments: list[object]) -> None:
        wp.launch(kernel, self.count, arguments, device=self.device, record_tape=False)
