"""Cutting: draped panels into triangles that still make one clean surface once they are sewn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fitting.cloth.outline import (
    EdgeKey,
    Outline,
    edge_counts,
    edge_lengths,
    outlines,
    share_counts,
)
from fitting.cloth.pleats import Folding, folding
from fitting.cloth.triangulate import triangulate
from fitting.cloth.weld import edges, nodes, pair_keys, seam_pairs
from fitting.records import FloatArray, IntArray, Pattern

# Rounds of refinement until no two edges of the sewn cloth fall together.
_ROUNDS = 6


@dataclass(frozen=True)
class Piece:
    """One panel cut into triangles, in the panel's own plane [m]."""

    outline: Outline
    points: FloatArray
    triangles: IntArray  # counter-clockwise

    @property
    def faces(self) -> IntArray:
        """The triangles turned so that the fabric's right side is the outside, shape (T, 3)."""
        return self.triangles if self.outline.counterclockwise else self.triangles[:, ::-1]


@dataclass(frozen=True)
class Cut:
    """A whole pattern cut at one edge length: pieces, where each starts, and the seams."""

    pieces: tuple[Piece, ...]
    offsets: IntArray
    pairs: IntArray
    node: IntArray

    def rows(self, piece: int) -> slice:
        """Where a piece's points stand among all points."""
        return slice(int(self.offsets[piece]), int(self.offsets[piece + 1]))

    @property
    def owner(self) -> IntArray:
        """Piece of each point, shape (V,)."""
        return np.repeat(np.arange(len(self.pieces), dtype=np.int32), np.diff(self.offsets))

    def sewn_to(self, piece: int) -> set[int]:
        """The other pieces that a piece is sewn to."""
        _, other = self.seams_out_of([piece])
        return set(self.owner[other].tolist())

    def seams_out_of(self, pieces: list[int]) -> tuple[IntArray, IntArray]:
        """Points of some pieces that are sewn to other pieces, and the points they are sewn to."""
        own = np.isin(self.owner, pieces)[self.pairs]
        out = self.pairs[own[:, 0] != own[:, 1]]
        first = own[own[:, 0] != own[:, 1], 0]
        mine, other = np.where(first, out[:, 0], out[:, 1]), np.where(first, out[:, 1], out[:, 0])
        return mine, other


def cut_pattern(pattern: Pattern, edge_m: float, finest_m: float) -> Cut:
    """Triangulate the draped panels and pair their seams.

    Args:
        pattern: What to cut.
        edge_m: Edge length [m].
        finest_m: Narrow panels may be cut finer, down to this edge length [m].

    Where sewing would lay two edges of the cloth on one another, as across a narrow corner whose
    both sides are sewn to the same neighbour, the nodes there are made denser until it does not.
    """
    lengths = edge_lengths(pattern, edge_m, finest_m)
    pleats = folding(pattern, lengths)
    counts = edge_counts(pattern, lengths)
    for _ in range(_ROUNDS):
        cut = _sewn(pattern, lengths, counts, pleats)
        crowded = _crowded_edges(pattern, cut) - set(pleats.shares)
        if not crowded:
            break
        for key in crowded:
            counts[key] += 1
        share_counts(pattern, counts)
    return _with_split_chords(pattern, cut, pleats)


def _sewn(
    pattern: Pattern, lengths: Mapping[str, float], counts: dict[EdgeKey, int], pleats: Folding
) -> Cut:
    pieces = []
    for outline in outlines(pattern, counts, pleats.shares):
        name = pattern.panels[outline.panel].name
        points, triangles = triangulate(outline.points, lengths[name], pleats.lines.get(name, ()))
        pieces.append(Piece(outline, points, triangles))
    return _joined(pattern, pieces, pleats)


def _joined(pattern: Pattern, pieces: list[Piece], pleats: Folding) -> Cut:
    offsets = np.cumsum([0] + [len(p.points) for p in pieces]).astype(np.int32)
    names = [pattern.panels[p.outline.panel].name for p in pieces]
    pairs = seam_pairs(
        pattern,
        {n: p.outline for n, p in zip(names, pieces, strict=True)},
        {n: int(o) for n, o in zip(names, offsets[:-1], strict=True)},
        pleats.sewn,
        pleats.mirrored,
    )
    return Cut(tuple(pieces), offsets, pairs, nodes(int(offsets[-1]), pairs))


def _crowded_edges(pattern: Pattern, cut: Cut) -> set[EdgeKey]:
    """Panel edges with a segment that sewing closes to a point or lays on one it is not sewn to."""
    keys = [
        (pattern.panels[p.outline.panel].name, edge)
        for p in cut.pieces
        for edge in range(len(p.outline.first) - 1)
    ]
    group = _seam_groups(pattern, keys)
    rows, owner = [], []
    place = 0
    for piece, offset in zip(cut.pieces, cut.offsets[:-1], strict=True):
        for edge in range(len(piece.outline.first) - 1):
            along = cut.node[piece.outline.edge_nodes(edge) + offset]
            rows.append(np.column_stack([along[:-1], along[1:]]))
            owner += [place] * (len(along) - 1)
            place += 1
    segments = np.vstack(rows)
    _, same, count = np.unique(
        pair_keys(segments, len(cut.node)), return_inverse=True, return_counts=True
    )
    # As many edges as the seam joins may share a segment, and no others.
    allowed = np.array([group[key][1] for key in keys])[owner]
    label = np.array([group[key][0] for key in keys])[owner]
    least, most = np.full(len(count), len(keys)), np.full(len(count), -1)
    np.minimum.at(least, same, label)
    np.maximum.at(most, same, label)
    bad = (segments[:, 0] == segments[:, 1]) | (least != most)[same] | (count[same] > allowed)
    return {keys[owner[i]] for i in np.nonzero(bad)[0]}


def _seam_groups(pattern: Pattern, keys: list[EdgeKey]) -> dict[EdgeKey, tuple[int, int]]:
    """For each edge the number of its group of edges sewn together, and the group's size.

    An edge folded on itself counts twice.
    """
    index = {key: i for i, key in enumerate(keys)}
    joins = [((s.a.panel, s.a.edge), (s.b.panel, s.b.edge)) for s in pattern.seams]
    pairs = np.array([(index[a], index[b]) for a, b in joins if a in index and b in index])
    label = nodes(len(keys), pairs.reshape(-1, 2).astype(np.int32))
    size = np.bincount(label)
    folded = {index[a] for a, b in joins if a == b and a in index}
    return {key: (int(label[i]), int(size[label[i]]) + (i in folded)) for i, key in enumerate(keys)}


def _with_split_chords(pattern: Pattern, cut: Cut, pleats: Folding) -> Cut:
    """Split inner edges whose two ends another edge joins too, or that sewing closes to a point."""
    for _ in range(_ROUNDS):
        faces = np.vstack(
            [p.triangles + o for p, o in zip(cut.pieces, cut.offsets[:-1], strict=True)]
        )
        ends, count = edges(faces)
        sewn = cut.node[ends]
        keys = pair_keys(sewn, len(cut.node))
        _, same, shared = np.unique(keys, return_inverse=True, return_counts=True)
        bad = (count == 2) & ((shared[same] > 1) | (sewn[:, 0] == sewn[:, 1]))
        if not bad.any():
            break
        pieces = []
        for piece, offset in zip(cut.pieces, cut.offsets[:-1], strict=True):
            own = (ends[:, 0] >= offset) & (ends[:, 0] < offset + len(piece.points)) & bad
            for u, v in ends[own] - offset:
                piece = _split(piece, int(u), int(v))
            pieces.append(piece)
        cut = _joined(pattern, pieces, pleats)
    return cut


def _split(piece: Piece, u: int, v: int) -> Piece:
    """Put a point in the middle of an inner edge: its two triangles become four."""
    t = piece.triangles
    middle = len(piece.points)
    points = np.vstack([piece.points, (piece.points[u] + piece.points[v])[None] / 2])
    has = (t == u).any(axis=1) & (t == v).any(axis=1)
    halves = [np.where(t[has] == end, middle, t[has]) for end in (u, v)]
    return Piece(piece.outline, points, np.vstack([t[~has], *halves]).astype(np.int32))
