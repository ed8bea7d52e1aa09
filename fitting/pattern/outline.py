"""Drawing the outline of a piece, stretch by stretch, the way it is drawn on paper.

A draft is made of named stretches that follow one another counter-clockwise. Points are pairs of
metres in the panel's plane, x to the right and y up, with the fabric's right side towards the
viewer. Coordinates are kept on a lattice of one nanometre, so that a pattern survives a file in
centimetres to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fitting import curves
from fitting.records import Edge, InternalLine, Panel, Placement

Point = tuple[float, float]

LATTICE_DIGITS = 9  # decimals of a metre

SEAM = 0.010  # most seams; Lo, Pattern Cutting (2011), p. 107
TIGHT = 0.006  # necklines, collars, cuffs, tight curves: a quarter of an inch, trade practice
HEM_KNIT = 0.020  # turned hem of a T-shirt, trade practice
HEM_SKIRT = 0.030
HEM_TROUSERS = 0.030  # three seam allowances, as FreeSewing's Titan block
HEM_COAT = 0.040
ON_FOLD = 0.0


@dataclass(frozen=True)
class Stretch:
    """One side of a piece, from a point to the next.

    Attributes:
        start, end: [m].
        name: What a tailor calls it.
        shape: How it runs between them; controls in the same plane [m].
        allowance: Seam allowance [m].
    """

    start: Point
    end: Point
    name: str
    shape: curves.Shape = curves.LINE
    allowance: float = SEAM

    @property
    def length(self) -> float:
        """Length along the stretch [m]."""
        return curves.length(np.array(self.start), np.array(self.end), self.shape)

    def at(self, fraction: float) -> Point:
        """The point at a fraction of the length [m]."""
        p = curves.divide(
            np.array(self.start), np.array(self.end), self.shape, np.array([fraction])
        )[0]
        return float(p[0]), float(p[1])

    def renamed(self, name: str) -> Stretch:
        """The same stretch under another name."""
        return replace(self, name=name)

    def reversed(self) -> Stretch:
        """The same line walked from its end."""
        return replace(
            self, start=self.end, end=self.start, shape=curves.reversed_shape(self.shape)
        )

    def mirrored(self) -> Stretch:
        """The mirror image in x = 0, walked the other way: a counter-clockwise loop stays one."""
        flipped = _mapped(self, lambda p: (-p[0], p[1]), mirror=True)
        return flipped.reversed()

    def moved(self, dx: float, dy: float) -> Stretch:
        """Shifted by (dx, dy) [m]."""
        return _mapped(self, lambda p: (p[0] + dx, p[1] + dy))

    def turned(self, angle: float, about: Point) -> Stretch:
        """Turned counter-clockwise by an angle [rad] about a point."""
        return _mapped(self, lambda p: turn(p, angle, about))

    def split(self, fraction: float, before: str, after: str) -> tuple[Stretch, Stretch]:
        """Cut at a fraction of the length into two stretches of those names."""
        at, first, second = curves.split(
            np.array(self.start), np.array(self.end), self.shape, fraction
        )
        point = (float(at[0]), float(at[1]))
        return (
            replace(self, end=point, shape=first, name=before),
            replace(self, start=point, shape=second, name=after),
        )


def _mapped(s: Stretch, to: Callable[[Point], Point], mirror: bool = False) -> Stretch:
    shape = replace(
        s.shape,
        controls=tuple(to(c) for c in s.shape.controls),
        counterclockwise=s.shape.counterclockwise != mirror,
    )
    return replace(s, start=to(s.start), end=to(s.end), shape=shape)


def line(start: Point, end: Point, name: str, allowance: float = SEAM) -> Stretch:
    """A straight stretch."""
    return Stretch(start, end, name, curves.LINE, allowance)


def curve(
    start: Point, first: Point, second: Point, end: Point, name: str, allowance: float = SEAM
) -> Stretch:
    """A cubic Bézier stretch with its two control points."""
    return Stretch(start, end, name, curves.Shape("cubic", (first, second)), allowance)


def arc(
    start: Point,
    end: Point,
    radius: float,
    name: str,
    *,
    left: bool,
    large: bool = False,
    allowance: float = SEAM,
) -> Stretch:
    """A circular stretch that turns left or right on its way."""
    return Stretch(start, end, name, curves.Shape("arc", (), radius, large, left), allowance)


def turn(point: Point, angle: float, about: Point = (0.0, 0.0)) -> Point:
    """The point turned counter-clockwise by an angle [rad] about another."""
    c, s = math.cos(angle), math.sin(angle)
    dx, dy = point[0] - about[0], point[1] - about[1]
    return about[0] + c * dx - s * dy, about[1] + s * dx + c * dy


def toward(start: Point, end: Point, fraction: float) -> Point:
    """The point a fraction of the way from start to end."""
    return start[0] + fraction * (end[0] - start[0]), start[1] + fraction * (end[1] - start[1])


def distance(a: Point, b: Point) -> float:
    """Straight distance [m]."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def total(stretches: Iterable[Stretch]) -> float:
    """Sum of the lengths [m]."""
    return sum(s.length for s in stretches)


def unfold(half: Sequence[Stretch], sides: tuple[str, str]) -> list[Stretch]:
    """A whole symmetric piece from the half at x >= 0, drawn from the fold's foot to its head.

    Args:
        half: Counter-clockwise from (0, low) to (0, high).
        sides: Suffixes for the half as drawn and for its mirror image, e.g. ("L", "R").
    """
    drawn = [s.renamed(f"{s.name}.{sides[0]}") for s in half]
    image = [s.mirrored().renamed(f"{s.name}.{sides[1]}") for s in reversed(half)]
    return drawn + image


def opposite(outline: Sequence[Stretch]) -> list[Stretch]:
    """The mirror image of a one-sided piece: the same pieces for the other side of the body.

    The stretches keep their order along the loop as seen from the mirrored start.
    """
    return [s.mirrored() for s in reversed(outline)]


def snapped(p: Point) -> Point:
    """The point on the lattice."""
    return round(p[0], LATTICE_DIGITS) + 0.0, round(p[1], LATTICE_DIGITS) + 0.0


def panel(
    name: str,
    outline: Sequence[Stretch],
    *,
    placement: Placement = Placement(),  # noqa: B008 (frozen)
    grain: Point = (0.0, 1.0),
    cut: int = 1,
    fold: str = "",
    lines: Sequence[InternalLine] = (),
    drills: Sequence[Point] = (),
    draped: bool = True,
    material: str = "shell",
) -> Panel:
    """A panel from a closed outline.

    Raises:
        ValueError: A stretch does not start where the one before it ends; a fault of the draft.
    """
    vertices, edges = [], []
    for i, s in enumerate(outline):
        before = outline[i - 1]
        if distance(before.end, s.start) > 1e-7:
            raise ValueError(f"{name}: {s.name} starts at {s.start}, {before.name} ends elsewhere")
        vertices.append(snapped(s.start))
        if s.shape.kind == "arc":
            shape = replace(s.shape, radius=round(s.shape.radius, LATTICE_DIGITS))
        else:
            shape = curves.Shape(s.shape.kind, tuple(map(snapped, s.shape.controls)))
        edges.append(Edge(i, (i + 1) % len(outline), shape, s.name, s.allowance))
    return Panel(
        name,
        np.array(vertices),
        tuple(edges),
        grain,
        placement,
        cut,
        fold,
        (),
        tuple(InternalLine(li.name, tuple(snapped(p) for p in li.points)) for li in lines),
        tuple(snapped(d) for d in drills),
        draped,
        material,
    )
