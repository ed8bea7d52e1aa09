"""Seams: which panel vertices are sewn together, and what surface comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fitting.cloth.outline import Outline
from fitting.records import IntArray, Pattern


def seam_pairs(
    pattern: Pattern,
    outlines: Mapping[str, Outline],
    offsets: Mapping[str, int],
    sewn: Mapping[tuple[str, int], IntArray] = MappingProxyType({}),
    more: Sequence[tuple[tuple[str, int], int, tuple[str, int], int]] = (),
) -> IntArray:
    """Vertices sewn together, shape (S, 2), each pair once, the lower index first.

    The start of a seam's edge `a` meets the end of `b`; with `right_wrong` start meets start. A
    dart's tip, which both its legs share, stays one vertex and needs no pair. Seams to panels that
    are not draped are left open.

    Args:
        outlines: By panel name.
        offsets: Cloth index of each panel's first vertex.
        sewn: Which of an edge's nodes a seam takes; all of them where it says nothing.
        more: Nodes of edges that are sewn together besides.
    """

    def along(panel: str, edge: int) -> IntArray:
        return outlines[panel].edge_nodes(edge) + offsets[panel]

    rows = [np.zeros((0, 2), np.int64)]
    for seam in pattern.seams:
        if seam.a.panel not in outlines or seam.b.panel not in outlines:
            continue
        a, b = along(seam.a.panel, seam.a.edge), along(seam.b.panel, seam.b.edge)
        a = a[sewn.get((seam.a.panel, seam.a.edge), slice(None))]
        b = b[sewn.get((seam.b.panel, seam.b.edge), slice(None))]
        rows.append(np.column_stack([a, b if seam.right_wrong else b[::-1]]))
    for one, i, other, k in more:
        rows.append(np.array([[along(*one)[i], along(*other)[k]]]))
    pairs = np.sort(np.vstack(rows), axis=1) if more else np.vstack(rows)
    stride = int(pairs.max()) + 1 if len(pairs) else 1
    key = np.unique(pair_keys(pairs[pairs[:, 0] != pairs[:, 1]], stride))
    return np.column_stack([key // stride, key % stride]).astype(np.int32)


def nodes(count: int, pairs: IntArray) -> IntArray:
    """Node of each vertex once the seams are sewn, shape (count,).

    Corners where several panels meet become one node. Nodes are numbered by their first vertex.
    """
    ones = np.ones(len(pairs), np.int8)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return rank[inverse]


def edges(faces: IntArray) -> tuple[IntArray, IntArray]:
    """Undirected edges of triangles, shape (E, 2), and how many triangles each has, shape (E,)."""
    half = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    stride = int(faces.max()) + 1 if len(faces) else 1
    key, count = np.unique(pair_keys(half, stride), return_counts=True)
    return np.column_stack([key // stride, key % stride]).astype(np.int32), count.astype(np.int32)


def pair_keys(pairs: IntArray, stride: int) -> NDArray[np.int64]:
    """One number for each unordered pair of indices below the stride, shape (len(pairs),)."""
    low, high = pairs.min(axis=1).astype(np.int64), pairs.max(axis=1)
    return np.asarray(low * stride + high)


def euler(faces: IntArray) -> int:
    """Euler characteristic, vertices - edges + faces: a tee's is -2, a skirt's 0, trousers' -1."""
    return len(np.unique(faces)) - len(edges(faces)[0]) + len(faces)


def borders(faces: IntArray) -> list[IntArray]:
    """Free borders of a surface, the longest by count first.

    Args:
        faces: Triangles, shape (T, 3); those of nodes give the openings of the sewn garment.
    Returns:
        For each closed loop its points in order, the first not repeated. Two loops that touch in
        one point come out as two.
    """
    unique, count = edges(faces)
    free = unique[count == 1]
    ways: dict[int, list[int]] = {}
    for index, (u, v) in enumerate(free.tolist()):
        ways.setdefault(u, []).append(index)
        ways.setdefault(v, []).append(index)
    used = np.zeros(len(free), bool)
    loops: list[IntArray] = []
    for first in range(len(free)):
        if used[first]:
            continue
        used[first] = True
        start, here = (int(q) for q in free[first])
        loop = [start]
        while here != start:
            loop.append(here)
            step = next((i for i in ways[here] if not used[i]), None)
            if step is None:
                break
            used[step] = True
            u, v = (int(q) for q in free[step])
            here = v if u == here else u
        loops.append(np.array(loop, np.int32))
    return sorted(loops, key=len, reverse=True)
