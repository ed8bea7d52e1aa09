"""Putting panels together: seams, notches and openings by the names of edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from fitting.pattern.outline import Point, snapped
from fitting.records import EdgeRef, InternalLine, Notch, Opening, Panel, Pattern, Seam

SeamKind = Literal["seam", "ease", "gather", "stretch", "dart", "closure"]


class Assembly:
    """A pattern in the making.

    Edges are named ``panel/edge``, e.g. ``front/shoulder.L``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._panels: dict[str, Panel] = {}
        self._edges: dict[str, EdgeRef] = {}
        self._seams: list[Seam] = []
        self._openings: list[Opening] = []
        self._mates: dict[EdgeRef, EdgeRef] = {}
        self._crossed: set[EdgeRef] = set()

    def add(self, *panels: Panel) -> None:
        """Lay panels on the table."""
        for panel in panels:
            if panel.name in self._panels:
                raise ValueError(f"two panels are named {panel.name}")
            self._panels[panel.name] = panel
            for i, edge in enumerate(panel.edges):
                key = f"{panel.name}/{edge.name}"
                if key in self._edges:
                    raise ValueError(f"two edges are named {key}")
                self._edges[key] = EdgeRef(panel.name, i)

    def has(self, edge: str) -> bool:
        """Is there an edge of that name."""
        return edge in self._edges

    def length(self, *edges: str) -> float:
        """Length of edges together [m]."""
        refs = [self._edges[edge] for edge in edges]
        return sum(self._panels[r.panel].edge_length(r.edge) for r in refs)

    def point(self, edge: str, fraction: float) -> Point:
        """A place on an edge [m]."""
        return self.approach(edge, fraction)[1]

    def approach(self, edge: str, fraction: float) -> tuple[Point, Point]:
        """A point just before a place on an edge, and the place itself [m]."""
        ref = self._edges[edge]
        near, at = self._panels[ref.panel].edge_points(
            ref.edge, np.array([max(0.0, fraction - 0.02), fraction])
        )
        return (float(near[0]), float(near[1])), (float(at[0]), float(at[1]))

    def sew(
        self,
        a: str,
        b: str,
        *,
        ease: float = 0.0,
        kind: SeamKind = "seam",
        right_wrong: bool = False,
        name: str = "",
    ) -> None:
        """Sew the whole of `a` to the whole of `b`: the start of one meets the end of the other.

        Args:
            a, b: Edges.
            ease: Declared length(a) - length(b) [m].
            kind: What the difference means.
            right_wrong: Start meets start, right side on wrong side.
            name: What a tailor calls the seam; taken from `a` if empty.
        """
        ra, rb = self._edges[a], self._edges[b]
        label = name or a.split("/")[1].split(".")[0]
        self._seams.append(Seam(ra, rb, round(ease, 9) + 0.0, kind, right_wrong, label))
        self._mates[ra], self._mates[rb] = rb, ra
        if right_wrong:
            self._crossed |= {ra, rb}

    def notch(self, edge: str, fraction: float, *, double: bool = False) -> None:
        """Mark an edge and, where it is sewn, its mate across the seam."""
        ref = self._edges[edge]
        self._mark(ref, fraction, double)
        mate = self._mates.get(ref)
        if mate is not None:
            self._mark(mate, fraction if ref in self._crossed else 1.0 - fraction, double)

    def corner(self, first: str, second: str, *, double: bool = False) -> None:
        """Mark the corner that two edges of a panel share, on the first and on its mate."""
        a, b = self._edges[first], self._edges[second]
        edges = self._panels[a.panel].edges
        self.notch(first, 1.0 if edges[a.edge].end == edges[b.edge].start else 0.0, double=double)

    def _mark(self, ref: EdgeRef, fraction: float, double: bool) -> None:
        panel = self._panels[ref.panel]
        notch = Notch(ref.edge, round(fraction, 9) + 0.0, double)
        if not any(_same_place(panel, notch, other) for other in panel.notches):
            self._panels[ref.panel] = replace(panel, notches=(*panel.notches, notch))

    def mark(
        self,
        panel: str,
        *,
        lines: Sequence[InternalLine] = (),
        drills: Sequence[Point] = (),
    ) -> None:
        """Draw lines and drill holes on a panel [m]."""
        old = self._panels[panel]
        drawn = [InternalLine(li.name, tuple(map(snapped, li.points))) for li in lines]
        self._panels[panel] = replace(
            old, lines=(*old.lines, *drawn), drills=(*old.drills, *map(snapped, drills))
        )

    def fuse(self, *panels: str, both: bool = False) -> None:
        """Add what is fused to the wrong side of panels: cut without allowances, not draped.

        Of a band that is folded only the drawn half is fused, of a piece cut twice only one.

        Args:
            panels: Names.
            both: Of pieces cut as a pair both are fused.
        """
        for name in panels:
            piece = self._panels[name]
            self.add(
                replace(
                    piece,
                    name=f"{name} fusing",
                    edges=tuple(replace(edge, allowance=0.0) for edge in piece.edges),
                    cut=piece.cut if both else 1,
                    fold="",
                    notches=(),
                    lines=(),
                    drills=(),
                    draped=False,
                    material="fusing",
                )
            )

    def open(
        self, name: str, edges: Sequence[str], *, over: str = "", stretch: float = 1.0
    ) -> None:
        """Name a free border that the body goes through."""
        refs = tuple(self._edges[edge] for edge in edges)
        self._openings.append(Opening(name, refs, over, round(stretch, 6)))

    def finish(
        self,
        finished: Mapping[str, float],
        *,
        options: Mapping[str, float | str | bool] | None = None,
    ) -> Pattern:
        """The pattern.

        Args:
            finished: Finished garment measurements [m].
            options: What it was drafted with, where that differs from what was chosen.
        """
        return Pattern(
            self.name,
            tuple(self._panels.values()),
            tuple(self._seams),
            tuple(self._openings),
            options=dict(options or {}),
            finished={k: round(v, 9) for k, v in finished.items()},
        )


def _same_place(panel: Panel, a: Notch, b: Notch) -> bool:
    """Do two notches mark one place: the corner of two edges of one line is marked once."""
    if a.double != b.double:
        return False
    if a.edge == b.edge:
        return a.fraction == b.fraction
    if {a.fraction, b.fraction} != {0.0, 1.0}:
        return False
    first, second = (a, b) if a.fraction == 1.0 else (b, a)
    return panel.edges[first.edge].end == panel.edges[second.edge].start and _runs_on(
        panel, first.edge, second.edge
    )


def _runs_on(panel: Panel, before: int, after: int) -> bool:
    """Does an edge run on in the direction of the one before it."""
    near = panel.edge_points(before, np.array([0.98, 1.0]))
    far = panel.edge_points(after, np.array([0.0, 0.02]))
    d, e = near[1] - near[0], far[1] - far[0]
    return float(d @ e) > 0.9 * float(np.hypot(*d) * np.hypot(*e))
