"""The free borders of a sewn garment, and how wide they open."""

from __future__ import annotations

from fitting.records import EdgeRef, Opening, Pattern, Seam

Corner = tuple[str, int]  # panel name and vertex index


class Corners:
    """Which corners of panels are one point once the seams are sewn."""

    def __init__(self, pattern: Pattern, *, closures: bool = True) -> None:
        """Weld a pattern's corners; closures are left open if not asked for."""
        self._above: dict[Corner, Corner] = {}
        self._ends = {
            EdgeRef(panel.name, i): ((panel.name, e.start), (panel.name, e.end))
            for panel in pattern.panels
            for i, e in enumerate(panel.edges)
        }
        for seam in pattern.seams:
            if not closures and seam.kind == "closure":
                continue
            (a, b), (c, d) = self._ends[seam.a], self._ends[seam.b]
            if not seam.right_wrong:
                c, d = d, c
            self._join(a, c)
            self._join(b, d)

    def _find(self, corner: Corner) -> Corner:
        while self._above.get(corner, corner) != corner:
            corner = self._above[corner]
        return corner

    def _join(self, a: Corner, b: Corner) -> None:
        self._above[self._find(a)] = self._find(b)

    def ends(self, ref: EdgeRef) -> frozenset[Corner]:
        """The welded corners at the ends of an edge."""
        return frozenset(self._find(corner) for corner in self._ends[ref])


def lengths(pattern: Pattern) -> dict[EdgeRef, float]:
    """Length of every edge [m]."""
    return {
        EdgeRef(panel.name, i): panel.edge_length(i)
        for panel in pattern.panels
        for i in range(len(panel.edges))
    }


def free_edges(pattern: Pattern) -> list[EdgeRef]:
    """Edges of draped panels that no seam takes."""
    sewn = {ref for seam in pattern.seams for ref in (seam.a, seam.b)}
    return [
        EdgeRef(panel.name, i)
        for panel in pattern.panels
        if panel.draped
        for i in range(len(panel.edges))
        if EdgeRef(panel.name, i) not in sewn
    ]


def loops(pattern: Pattern) -> list[tuple[EdgeRef, ...]]:
    """The borders of the sewn garment: free edges grouped by the corners they share."""
    corners = Corners(pattern)
    groups: list[tuple[set[Corner], list[EdgeRef]]] = []
    for ref in free_edges(pattern):
        ends, edges = set(corners.ends(ref)), [ref]
        apart = []
        for group in groups:
            if group[0] & ends:
                ends |= group[0]
                edges = group[1] + edges
            else:
                apart.append(group)
        groups = [*apart, (ends, edges)]
    return [tuple(edges) for _, edges in groups]


def closures(pattern: Pattern, opening: Opening) -> tuple[Seam, ...]:
    """The closures that run out into an opening, and those that go on from them."""
    corners = Corners(pattern)
    reached = {corner for ref in opening.edges for corner in corners.ends(ref)}
    waiting = [seam for seam in pattern.seams if seam.kind == "closure"]
    found: list[Seam] = []
    grown = True
    while grown:
        grown = False
        for seam in list(waiting):
            ends = corners.ends(seam.a) | corners.ends(seam.b)
            if ends & reached:
                reached |= ends
                waiting.remove(seam)
                found.append(seam)
                grown = True
    return tuple(found)


def reach(pattern: Pattern, opening: Opening) -> float:
    """The girth that an opening lets through [m]: stretched, and both sides of its closures."""
    long = lengths(pattern)
    border = sum(long[ref] for ref in opening.edges)
    return border * opening.stretch + 2.0 * sum(long[s.a] for s in closures(pattern, opening))
