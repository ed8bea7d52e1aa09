"""Plane curves of pattern edges: lines, quadratic and cubic Béziers, circular arcs.

A curve is given by its start and end points and a `Shape`. Points are float64 arrays [m] in the
panel's plane, x to the right and y up as drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Kind = Literal["line", "quadratic", "cubic", "arc"]

# Gauss-Legendre nodes and weights on 16 pieces of 0..1: exact to rounding for the smooth speeds of
# the Béziers in use.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)  # type: ignore[no-untyped-call]
_GAUSS_T = ((_NODES + 1) / 2 + np.arange(16)[:, None]).ravel() / 16
_GAUSS_W = np.tile(_WEIGHTS, 16) / 32

# Chords used where a length or an equal-length division is wanted; the error of a length is
# below 1e-7 of it for curves turning by less than a full circle (chord error is (turn/n)²/24).
_CHORDS = 2048


_u, _t = 1 - _GAUSS_T, _GAUSS_T
# Times the steps between control points: dP/dt at the nodes.
_GAUSS_SLOPES: dict[str, FloatArray] = {
    "quadratic": np.array([2 * _u, 2 * _t]).T,
    "cubic": np.array([3 * _u**2, 6 * _t * _u, 3 * _t**2]).T,
}
_CHORD_T = np.linspace(0, 1, _CHORDS + 1)


@dataclass(frozen=True)
class Shape:
    """How an edge runs between its end points.

    Attributes:
        kind: What curve it is.
        controls: Bézier control points [m], panel frame; none, one or two.
        radius: Arc radius [m]; enlarged to half the chord where smaller.
        large: The arc is the longer of the two.
        counterclockwise: The arc turns left on its way from start to end.
    """

    kind: Kind = "line"
    controls: tuple[tuple[float, float], ...] = ()
    radius: float = 0.0
    large: bool = False
    counterclockwise: bool = True

    def __post_init__(self) -> None:
        wanted = {"line": 0, "quadratic": 1, "cubic": 2, "arc": 0}[self.kind]
        if len(self.controls) != wanted:
            raise ValueError(f"a {self.kind} has {wanted} control points, not {len(self.controls)}")
        if self.kind == "arc" and not self.radius > 0:
            raise ValueError(f"an arc's radius must be above 0 m, not {self.radius}")


LINE = Shape()


def points(start: FloatArray, end: FloatArray, shape: Shape, t: FloatArray) -> FloatArray:
    """Points of the curve at parameters t in 0..1, shape (len(t), 2) [m]."""
    s = np.asarray(start, float)
    e = np.asarray(end, float)
    t = np.asarray(t, float)[:, None]
    if shape.kind in ("line", "quadratic", "cubic"):
        return _bezier(np.array([s, *shape.controls, e]), t)
    centre, radius, first, turn = arc_geometry(s, e, shape)
    angle = first + turn * t[:, 0]
    return centre + radius * np.column_stack([np.cos(angle), np.sin(angle)])


def _bezier(control: FloatArray, t: FloatArray) -> FloatArray:
    """Points of a Bézier of degree 1 to 3; t has shape (N, 1)."""
    return np.asarray(_bernstein(len(control) - 1, t) @ control, dtype=np.float64)


def _bernstein(degree: int, t: FloatArray) -> FloatArray:
    """Bernstein's polynomials of degree 1 to 3 at t of shape (N, 1), shape (N, degree + 1)."""
    u = 1 - t
    if degree == 1:
        weights = [u, t]
    elif degree == 2:
        weights = [u**2, 2 * t * u, t**2]
    else:
        weights = [u * u * u, 3 * t * u * u, 3 * t * t * u, t * t * t]
    return np.concatenate(weights, axis=1)


_CHORD_WEIGHTS = {
    kind: _bernstein(degree, _CHORD_T[:, None]) for kind, degree in (("quadratic", 2), ("cubic", 3))
}


def arc_geometry(
    start: FloatArray, end: FloatArray, shape: Shape
) -> tuple[FloatArray, float, float, float]:
    """Centre [m], radius [m], first angle [rad] and signed turn [rad] of an arc."""
    chord = end - start
    length = float(np.hypot(*chord))
    radius = max(shape.radius, length / 2)
    half = float(np.arcsin(min(1.0, length / (2 * radius)))) if length > 0 else 0.0
    turn = 2 * np.pi - 2 * half if shape.large else 2 * half
    # A left-turning small arc has its centre to the left of the chord; a large one to the right.
    left = np.array([-chord[1], chord[0]]) / (length or 1.0)
    height = np.sqrt(max(0.0, radius**2 - length**2 / 4))
    side = 1.0 if shape.counterclockwise != shape.large else -1.0
    centre = (start + end) / 2 + side * height * left
    first = float(np.arctan2(*(start - centre)[::-1]))
    return centre, radius, first, turn if shape.counterclockwise else -turn


def length(start: FloatArray, end: FloatArray, shape: Shape) -> float:
    """Length of the curve [m]."""
    s, e = np.asarray(start, float), np.asarray(end, float)
    if shape.kind == "line":
        return float(np.hypot(*(e - s)))
    if shape.kind == "arc":
        _, radius, _, turn = arc_geometry(s, e, shape)
        return float(radius * abs(turn))
    control = np.array([s, *shape.controls, e])
    # Drafting asks for thousands of lengths: Bernstein's polynomials stand ready at the nodes.
    slope = _GAUSS_SLOPES[shape.kind] @ (control[1:] - control[:-1])
    return float(np.sqrt(slope[:, 0] ** 2 + slope[:, 1] ** 2) @ _GAUSS_W)


def divide(start: FloatArray, end: FloatArray, shape: Shape, fractions: FloatArray) -> FloatArray:
    """Points at the given fractions 0..1 of the arc length, shape (len(fractions), 2) [m]."""
    fractions = np.asarray(fractions, float)
    if shape.kind in ("line", "arc"):
        return points(start, end, shape, fractions)
    return points(start, end, shape, parameter_at(start, end, shape, fractions))


def parameter_at(
    start: FloatArray, end: FloatArray, shape: Shape, fractions: FloatArray
) -> FloatArray:
    """Curve parameters at the given fractions 0..1 of the arc length, shape (len(fractions),)."""
    fractions = np.asarray(fractions, float)
    if shape.kind in ("line", "arc"):
        return fractions
    control = np.array([start, *shape.controls, end], float)
    along_it = _CHORD_WEIGHTS[shape.kind] @ control
    steps = along_it[1:] - along_it[:-1]
    chords = np.sqrt(steps[:, 0] ** 2 + steps[:, 1] ** 2)
    along = np.concatenate([[0.0], np.cumsum(chords)])
    if along[-1] == 0:
        return fractions
    return np.interp(fractions * along[-1], along, _CHORD_T)


def reversed_shape(shape: Shape) -> Shape:
    """The same curve walked from its end to its start."""
    return Shape(
        shape.kind,
        tuple(reversed(shape.controls)),
        shape.radius,
        shape.large,
        not shape.counterclockwise,
    )


def split(
    start: FloatArray, end: FloatArray, shape: Shape, fraction: float
) -> tuple[FloatArray, Shape, Shape]:
    """Cut the curve at a fraction of its length: the point, and the shapes before and after.

    Béziers are cut exactly by de Casteljau's construction.
    """
    s, e = np.asarray(start, float), np.asarray(end, float)
    at = divide(s, e, shape, np.array([fraction]))[0]
    if shape.kind == "line":
        return at, LINE, LINE
    if shape.kind == "arc":
        _, radius, _, turn = arc_geometry(s, e, shape)
        pieces = [
            Shape("arc", (), radius, abs(turn) * f > np.pi, shape.counterclockwise)
            for f in (fraction, 1 - fraction)
        ]
        return at, pieces[0], pieces[1]
    t = float(parameter_at(s, e, shape, np.array([fraction]))[0])
    level = np.vstack([s, *shape.controls, e])
    before, after = [level[0]], [level[-1]]
    while len(level) > 1:
        level = (1 - t) * level[:-1] + t * level[1:]
        before.append(level[0])
        after.append(level[-1])

    def shaped(row: list[FloatArray]) -> Shape:
        return Shape(shape.kind, tuple((float(p[0]), float(p[1])) for p in row[1:-1]))

    return at, shaped(before), shaped(after[::-1])
