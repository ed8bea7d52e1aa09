"""Panels on a tube: which ring a point lies on, and how the panels are joined along and across it.

"Along" means along the tube's axis: side seams and underarm seams run along, waist seams and
shoulder seams run across.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from fitting.cloth.cut import Piece
from fitting.cloth.tube import Tube
from fitting.cloth.weld import nodes
from fitting.records import EdgeRef, FloatArray, Panel, Seam


@dataclass(frozen=True)
class Wrap:
    """How panels lie on a tube: a point (x, y) lies at station ``rise + run * y``, x round it.

    Attributes:
        tube: Around the part of the body.
        pieces, panels: The panels, cut and as drawn.
        seams: Those between these panels.
        rise: Station of each panel's y = 0 [m].
        run: For all panels +1 where the stations rise with y, -1 where they fall.
        behind: Whether x is counted from the direction opposite `ahead`.
        lift: How much further out each panel lies [m], for all its points or shape (P,).
        joined: Whether panels are laid edge to edge, to be joined where they lie.
    """

    tube: Tube
    pieces: tuple[Piece, ...]
    panels: tuple[Panel, ...]
    seams: tuple[Seam, ...]
    rise: tuple[float, ...]
    run: float
    behind: tuple[bool, ...]
    lift: tuple[float | FloatArray, ...]
    joined: bool = False

    def member(self, ref: EdgeRef) -> int:
        """Which of the panels an edge belongs to."""
        return next(i for i, p in enumerate(self.panels) if p.name == ref.panel)

    def stations(self, member: int, points: FloatArray) -> FloatArray:
        """Stations of a panel's points [m], shape (P,)."""
        return self.rise[member] + self.run * points[:, 1]

    def outline(self, member: int, *, darts: bool = True) -> FloatArray:
        """Station and x of a panel's outline [m], shape (B, 2); without darts they are bridged."""
        outline = self.pieces[member].outline
        whole = np.column_stack([self.stations(member, outline.points), outline.points[:, 0]])
        if darts:
            return whole
        inner = np.zeros(len(whole), bool)
        for seam in self.seams:
            if seam.a.panel == seam.b.panel == self.panels[member].name and self.tip(seam):
                for ref, other in ((seam.a, seam.b), (seam.b, seam.a)):
                    inner[outline.edge_nodes(ref.edge)[1:-1]] = True
                    ends = outline.edge_nodes(ref.edge)[[0, -1]]
                    inner[np.intersect1d(ends, outline.edge_nodes(other.edge))] = True
        return whole[~inner]

    def tip(self, seam: Seam) -> bool:
        """Whether the seam's edges share a point, as the legs of a dart do."""
        edges = self.panels[self.member(seam.a)].edges
        one, two = edges[seam.a.edge], edges[seam.b.edge]
        return seam.a.panel == seam.b.panel and bool({one.start, one.end} & {two.start, two.end})

    def edge(self, ref: EdgeRef) -> FloatArray:
        """Station and x of the points of an edge [m], shape (n, 2)."""
        member = self.member(ref)
        outline = self.pieces[member].outline
        points = outline.points[outline.edge_nodes(ref.edge)]
        return np.column_stack([self.stations(member, points), points[:, 0]])

    def edge_length(self, ref: EdgeRef) -> float:
        """Length of an edge [m]."""
        return self.panels[self.member(ref)].edge_length(ref.edge)

    def moved(self, by: float, members: Iterable[int] | None = None) -> Wrap:
        """The same with some of the panels, or all, further along the tube [m]."""
        those = set(range(len(self.panels)) if members is None else members)
        return replace(self, rise=tuple(r + by * (i in those) for i, r in enumerate(self.rise)))

    def front_to_back(self, seam: Seam) -> bool:
        """Whether a seam joins a panel before the body to one behind it."""
        return self.behind[self.member(seam.a)] != self.behind[self.member(seam.b)]

    def on_top(self, ref: EdgeRef) -> bool:
        """Whether an edge lies beyond the middle of its panel's stations."""
        outline = self.outline(self.member(ref))[:, 0]
        middle = (outline.min() + outline.max()) / 2
        return float(self.edge(ref)[:, 0].mean()) > float(middle)

    def runs_along(self, seam: Seam) -> bool:
        """Whether both edges of a seam rise more than they go sideways."""
        for ref in (seam.a, seam.b):
            along, across = np.abs(np.ptp(self.edge(ref)[[0, -1]], axis=0))
            if across >= along:
                return False
        return True

    def closes(self, seam: Seam) -> bool:
        """Whether a seam closes the cloth around: front to back, or a panel to its other side."""
        if not self.runs_along(seam):
            return False
        if seam.a.panel != seam.b.panel:
            return self.front_to_back(seam) or not any(self.behind)
        return not self.tip(seam)

    def tiers(self) -> list[list[int]]:
        """Panels that seams along the tube join into one ring, the most points first."""
        joined = (s for s in self.seams if self.runs_along(s) and not s.right_wrong)
        pairs = [(self.member(s.a), self.member(s.b)) for s in joined]
        label = nodes(len(self.panels), np.array(pairs, np.int32).reshape(-1, 2))
        found = [np.nonzero(label == k)[0].tolist() for k in range(int(label.max()) + 1)]
        return sorted(found, key=lambda t: -sum(len(self.pieces[i].points) for i in t))

    def span(self, members: Iterable[int]) -> tuple[float, float] | None:
        """Lowest and highest station of the seams that close some of the panels around [m]."""
        those = set(members)
        spans = [
            self.edge(ref)[:, 0]
            for seam in self.seams
            if self.closes(seam) and self.member(seam.a) in those
            for ref in (seam.a, seam.b)
        ]
        if not spans:
            return None
        every = np.concatenate(spans)
        return float(every.min()), float(every.max())


def extent(outline: FloatArray, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest x of a closed outline at stations [m], shape (len(at),) each.

    Args:
        outline: Station and x, shape (B, 2).
        at: Stations; where the outline does not reach, both are 0.
    """
    t, x = outline.T
    ahead_t, ahead_x = np.roll(t, -1), np.roll(x, -1)
    crosses = (t[:, None] <= at) != (ahead_t[:, None] <= at)
    rise = np.where(ahead_t == t, 1.0, ahead_t - t)
    crossing = x[:, None] + (at - t[:, None]) / rise[:, None] * (ahead_x - x)[:, None]
    low = np.where(crosses, crossing, np.inf).min(axis=0)
    high = np.where(crosses, crossing, -np.inf).max(axis=0)
    reached = crosses.any(axis=0)
    return np.where(reached, low, 0.0), np.where(reached, high, 0.0)


def smooth(values: FloatArray) -> FloatArray:
    """Mean over five values, the ends repeated."""
    padded = np.concatenate([values[:1]] * 2 + [values] + [values[-1:]] * 2)
    return np.convolve(padded, np.full(5, 0.2), mode="valid")
