"""Panel outlines cut into boundary points: the same number on both sides of every seam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from shapely.geometry import Polygon

from fitting import curves
from fitting.errors import BadPattern
from fitting.records import EdgeRef, FloatArray, IntArray, Panel, Pattern

EdgeKey = tuple[str, int]

# An edge shorter than this is a drawing fault, not an edge [m]; the shortest real one seen in
# patterns drafted by program is 0.08 mm.
_SHORTEST_EDGE_M = 1e-6
# A panel smaller than this cannot be cut or sewn [m²]: a square of 1 mm.
_SMALLEST_AREA_M2 = 1e-6
# Triangles across a narrow panel.
_ROWS = 2.5
# How often the nodes on two edges may be doubled until their chords stop crossing.
_REFINEMENTS = 5
# Chords for judging the drawn outline itself: a quarter circle then strays 0.03 % of its radius.
_CHORDS = 32


@dataclass(frozen=True)
class Outline:
    """A panel's outline as a closed polygon.

    Attributes:
        panel: Index into the pattern's panels.
        points: Boundary points [m] in the panel's plane, shape (B, 2), along the loop.
        first: Index of each edge's first point, shape (edges + 1,); the last entry is B.
    """

    panel: int
    points: FloatArray
    first: IntArray

    def edge_nodes(self, edge: int) -> IntArray:
        """Points of an edge from its start to its end, both included, shape (n + 1,)."""
        nodes = np.arange(self.first[edge], self.first[edge + 1] + 1)
        return (nodes % len(self.points)).astype(np.int32)

    @property
    def counterclockwise(self) -> bool:
        """Whether the loop turns left, so that the right side faces the panel's +z."""
        return signed_area(self.points) > 0


def signed_area(points: FloatArray) -> float:
    """Area of a closed polygon [m²], positive where it is counter-clockwise."""
    x, y = points[:, 0], points[:, 1]
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def check_pattern(pattern: Pattern) -> None:
    """Refuse what cannot be sewn: open or crossing loops, missing panels, no size, NaN.

    Raises:
        BadPattern: With the panel and the edge.
    """
    draped = [p for p in pattern.panels if p.draped]
    if not draped:
        raise BadPattern(f"{pattern.name} has no panel to drape; mark at least one as draped")
    names = [p.name for p in pattern.panels]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise BadPattern(f"panel names must be unique; {sorted(twice)} occur twice")
    for panel in draped:
        _check_panel(panel)
    sizes = {p.name: len(p.edges) for p in pattern.panels}
    for seam in pattern.seams:
        for ref in (seam.a, seam.b):
            if not 0 <= ref.edge < sizes.get(ref.panel, 0):
                raise BadPattern(
                    f"seam {seam.name or ''} joins edge {ref.edge} of panel {ref.panel!r}, which "
                    "the pattern does not have; remove the seam or add the edge"
                )


def _check_panel(panel: Panel) -> None:
    numbers = [panel.vertices.ravel(), np.ravel(panel.placement.translation)]
    numbers += [np.ravel(panel.placement.rotation), np.ravel(panel.grain)]
    numbers += [np.ravel(e.shape.controls) for e in panel.edges if e.shape.controls]
    if not all(np.isfinite(n).all() for n in numbers):
        raise BadPattern(f"panel {panel.name!r} has coordinates that are not finite; draw it again")
    if np.hypot(*panel.grain) < 1e-9:
        raise BadPattern(f"panel {panel.name!r} has no grain direction; give a unit vector")
    for i, edge in enumerate(panel.edges):
        following = panel.edges[(i + 1) % len(panel.edges)]
        if edge.end != following.start:
            raise BadPattern(
                f"panel {panel.name!r} is not a closed loop: edge {i} ends at vertex {edge.end}, "
                f"the next starts at {following.start}; close the outline"
            )
        if not (0 <= edge.start < len(panel.vertices)):
            raise BadPattern(f"panel {panel.name!r}, edge {i}: there is no vertex {edge.start}")
        if panel.edge_length(i) < _SHORTEST_EDGE_M:
            raise BadPattern(
                f"panel {panel.name!r}, edge {i} is {panel.edge_length(i) * 1e3:.4f} mm long, "
                f"under {_SHORTEST_EDGE_M * 1e3} mm; remove it"
            )
    drawn = drawn_points(panel, _CHORDS)
    if abs(signed_area(drawn)) < _SMALLEST_AREA_M2:
        raise BadPattern(
            f"panel {panel.name!r} covers {abs(signed_area(drawn)) * 1e6:.3f} mm², under 1 mm²; "
            "draw it at its real size"
        )
    if not Polygon(drawn).is_valid:
        pairs = _crossing_edges(drawn, np.repeat(np.arange(len(panel.edges)), _CHORDS))
        raise BadPattern(
            f"panel {panel.name!r} crosses itself, edges {pairs[:3] or 'touching'}; redraw it so "
            "that its outline is one simple loop"
        )


def drawn_points(panel: Panel, chords: int) -> FloatArray:
    """The outline with a fixed number of chords an edge, straight ones too [m]."""
    t = np.arange(chords) / chords
    rows = [
        curves.points(panel.vertices[e.start], panel.vertices[e.end], e.shape, t)
        for e in panel.edges
    ]
    return np.vstack(rows)


def edge_lengths(pattern: Pattern, edge_m: float, finest_m: float) -> dict[str, float]:
    """Edge length of the triangles of each draped panel [m].

    Narrow panels, as collars and bands, are cut finer than the others, or nothing would keep two
    of them apart; but no finer than the finest cut.
    """
    lengths = {}
    for panel in pattern.panels:
        if panel.draped:
            around = sum(panel.edge_length(i) for i in range(len(panel.edges)))
            # A long strip's breadth is twice its area over its length around.
            breadth = 2 * abs(signed_area(drawn_points(panel, 8))) / around
            lengths[panel.name] = max(finest_m, min(edge_m, breadth / _ROWS))
    return lengths


def edge_counts(pattern: Pattern, lengths: Mapping[str, float]) -> dict[EdgeKey, int]:
    """Segments on each draped edge: the longer side of a seam decides for both.

    Fullness gathered into a shorter edge keeps its resolution that way.
    """
    counts = {
        (p.name, i): max(1, round(p.edge_length(i) / lengths[p.name]))
        for p in pattern.panels
        if p.draped
        for i in range(len(p.edges))
    }
    share_counts(pattern, counts)
    return counts


def share_counts(pattern: Pattern, counts: dict[EdgeKey, int]) -> None:
    """Raise counts in place until all edges sewn together, also in chains, have the same.

    An edge folded on itself gets an even number, so that its middle is a node.
    """
    changed = True
    while changed:
        changed = False
        for seam in pattern.seams:
            a, b = _key(seam.a), _key(seam.b)
            if a not in counts or b not in counts:
                continue
            most = max(counts[a], counts[b])
            if a == b and not seam.right_wrong:
                most += most % 2
            changed = changed or counts[a] != most or counts[b] != most
            counts[a] = counts[b] = most


def _key(ref: EdgeRef) -> EdgeKey:
    return ref.panel, ref.edge


def outlines(
    pattern: Pattern,
    counts: dict[EdgeKey, int],
    shares: Mapping[EdgeKey, FloatArray] = MappingProxyType({}),
) -> list[Outline]:
    """Boundary points of every draped panel, at equal fractions of each edge's length.

    Where the chords of two near edges cross though the drawn curves do not, as in thin lenses,
    both get twice the nodes; `counts` is raised in place. Edges in `shares` have their nodes at
    those fractions of their lengths, shape (n + 1,), instead.

    Raises:
        BadPattern: Chords still cross after five doublings: the panel is thinner than it can be
            cut.
    """
    for _ in range(_REFINEMENTS):
        found = [
            _outline(index, panel, counts, shares)
            for index, panel in enumerate(pattern.panels)
            if panel.draped
        ]
        crossed: set[EdgeKey] = set()
        for outline in found:
            if not Polygon(outline.points).is_valid:
                name = pattern.panels[outline.panel].name
                owner = np.repeat(np.arange(len(outline.first) - 1), np.diff(outline.first))
                for pair in _crossing_edges(outline.points, owner):
                    crossed |= {(name, edge) for edge in pair}
        if not crossed:
            return found
        for key in crossed:
            counts[key] *= 2
        share_counts(pattern, counts)
    raise BadPattern(
        f"panel edges {sorted(crossed)[:4]} lie so close together that the panel cannot be cut "
        "into triangles; move them apart"
    )


def _outline(
    index: int,
    panel: Panel,
    counts: Mapping[EdgeKey, int],
    shares: Mapping[EdgeKey, FloatArray],
) -> Outline:
    rows, first = [], [0]
    for i in range(len(panel.edges)):
        own = shares.get((panel.name, i))
        n = counts[panel.name, i] if own is None else len(own) - 1
        rows.append(panel.edge_points(i, np.arange(n) / n if own is None else own[:-1]))
        first.append(first[-1] + n)
    return Outline(index, np.vstack(rows), np.array(first, np.int32))


def _crossing_edges(points: FloatArray, owner: IntArray) -> list[tuple[int, int]]:
    """Pairs of panel edges whose chords cross or touch away from a shared end.

    Args:
        points: Closed polygon [m], shape (B, 2).
        owner: Panel edge of each chord, shape (B,).
    """
    count = len(points)
    ahead = np.roll(points, -1, axis=0)
    d = ahead - points
    i, j = np.triu_indices(count, 2)
    apart = ~((i == 0) & (j == count - 1))
    i, j = i[apart], j[apart]
    offset = points[j] - points[i]
    den = d[i, 0] * d[j, 1] - d[i, 1] * d[j, 0]
    safe = np.where(den == 0, 1.0, den)
    t = (offset[:, 0] * d[j, 1] - offset[:, 1] * d[j, 0]) / safe
    u = (offset[:, 0] * d[i, 1] - offset[:, 1] * d[i, 0]) / safe
    hit = (den != 0) & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    pairs = {(int(a), int(b)) for a, b in zip(owner[i[hit]], owner[j[hit]], strict=True)}
    return sorted(pairs)
