"""How knife pleats are cut and sewn: nodes and lines of triangles along their folds.

At the waist only the layer that is seen is sewn to what the panel hangs from; the two halves of
the intake are sewn to one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from fitting.pleats import ON_LINE, Pleats, pleats_of
from fitting.records import EdgeRef, FloatArray, IntArray, Panel, Pattern

EdgeKey = tuple[str, int]


@dataclass(frozen=True)
class Folding:
    """How pleated panels, and what they are sewn to, are cut.

    Attributes:
        shares: Fractions of an edge's length at which its nodes lie, shape (n + 1,).
        sewn: Which of an edge's nodes are sewn to the other edge, in its direction.
        mirrored: For an edge pairs of (edge, node) that are sewn to one another.
        lines: Points inside a panel along which it is folded, ends on the outline, shape (k, 2).
    """

    shares: dict[EdgeKey, FloatArray] = field(default_factory=dict)
    sewn: dict[EdgeKey, IntArray] = field(default_factory=dict)
    mirrored: list[tuple[EdgeKey, int, EdgeKey, int]] = field(default_factory=list)
    lines: dict[str, list[FloatArray]] = field(default_factory=dict)


def folding(pattern: Pattern, lengths: Mapping[str, float]) -> Folding:
    """How the pleated panels of a pattern are cut.

    Args:
        pattern: Some or no panels are pleated.
        lengths: Edge length of the triangles of each draped panel [m].
    """
    found = Folding()
    for panel in pattern.panels:
        pleats = pleats_of(panel) if panel.draped else None
        if pleats is None:
            continue
        length = lengths[panel.name]
        low, high = pleats.heights[[0, -1]]
        rows = max(2, round(float(high - low) / length))
        levels = np.linspace(low, high, rows + 1)
        found.lines[panel.name] = [
            np.column_stack([np.interp(levels, pleats.heights, x), levels]) for x in pleats.lines()
        ]
        at: dict[float, tuple[EdgeKey, int]] = {}
        for index in range(len(panel.edges)):
            ends = _ends(panel, index)
            level = next((v for v in (low, high) if np.abs(ends[:, 1] - v).max() < ON_LINE), None)
            if level is None:
                continue
            key = panel.name, index
            x = _divided(pleats, ends, float(level), length)
            found.shares[key] = np.abs((x - x[0]) / (x[-1] - x[0]))
            if level == high:
                _sew_edge(pattern, pleats, key, x, found)
                at |= {round(float(v), 7): (key, i) for i, v in enumerate(x)}
        for fold, inner in zip(pleats.folds[:, -1], pleats.inner[:, -1], strict=True):
            hidden = [v for v in at if fold - ON_LINE < v < inner - ON_LINE]
            for v in hidden:
                other = min(at, key=lambda w: abs(w - (2 * inner - v)))
                found.mirrored.append((*at[v], *at[other]))
    return found


def _ends(panel: Panel, index: int) -> FloatArray:
    edge = panel.edges[index]
    return np.asarray(panel.vertices[[edge.start, edge.end]], float)


def _divided(pleats: Pleats, ends: FloatArray, level: float, length: float) -> FloatArray:
    """x of the nodes of an edge across the pleats [m], in the edge's direction."""
    left, right = np.sort(ends[:, 0])
    stops = np.concatenate(pleats.at(np.array([level])))[:, 0]
    stops = stops[(stops > left + ON_LINE) & (stops < right - ON_LINE)]
    stops = np.concatenate([[left], np.sort(stops), [right]])
    rows = [np.linspace(a, b, max(1, round((b - a) / length)) + 1)[:-1] for a, b in pairwise(stops)]
    x = np.append(np.concatenate(rows), right)
    return x if ends[0, 0] < ends[1, 0] else x[::-1]


def _sew_edge(
    pattern: Pattern, pleats: Pleats, key: EdgeKey, x: FloatArray, found: Folding
) -> None:
    """Which nodes of a pleated edge are seen, and where on the other edge they are sewn."""
    points = np.column_stack([x, np.full(len(x), pleats.heights[-1])])
    fold, _, meet = pleats.at(points[:, 1])
    seen = ~((x > fold + ON_LINE) & (x < meet - ON_LINE)).any(axis=0)
    place = pleats.folded(points)[:, 0]
    kept = np.flatnonzero(seen)
    apart = np.abs(np.diff(place[kept])) > ON_LINE  # not so a fold and where it meets
    kept = kept[np.concatenate([[True], apart])]
    share = np.abs((place[kept] - place[kept[0]]) / (place[kept[-1]] - place[kept[0]]))
    found.sewn[key] = kept.astype(np.int32)
    for seam in pattern.seams:
        for mine, other in ((seam.a, seam.b), (seam.b, seam.a)):
            if _key(mine) == key and _key(other) != key:
                there = share if seam.right_wrong else 1 - share[::-1]
                found.shares[_key(other)] = there
                found.sewn[_key(other)] = np.arange(len(there), dtype=np.int32)


def _key(ref: EdgeRef) -> EdgeKey:
    return ref.panel, ref.edge
