"""Tape lengths on a mesh, with their derivative by the points.

A reading is a length or height and its gradient: which points it depends on, and how. A tape
bridges hollows, so a girth is the length of the convex hull of a flat cut through the skin. By
Cauchy's formula that length is the integral of the cut's support function over all directions; 48
evenly spaced directions give it to 0.1 % on human sections, and the derivative needs only the two
edge ends behind each direction's outermost point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from fitting.errors import BadMesh
from fitting.records import FloatArray, IntArray

DIRECTIONS = 48
_ANGLES = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
_COMPASS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_STEP = 2 * np.pi / DIRECTIONS
UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, eq=False)
class Reading:
    """A quantity [m] and its gradient by the points it depends on.

    Attributes:
        value: [m].
        at: Point indices, shape (k,); an index may stand more than once.
        slope: d value / d point, shape (k, 3).
    """

    value: float
    at: IntArray
    slope: FloatArray

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            self.value + other.value,
            np.concatenate([self.at, other.at]),
            np.concatenate([self.slope, other.slope]),
        )

    def __mul__(self, factor: float) -> Reading:
        return Reading(self.value * factor, self.at, self.slope * factor)

    def __sub__(self, other: Reading) -> Reading:
        return self + other * -1.0


def height(points: FloatArray, at: IntArray) -> Reading:
    """Mean height of some points above y = 0."""
    slope = np.zeros((len(at), 3))
    slope[:, 1] = 1 / len(at)
    return Reading(float(points[at, 1].mean()), at, slope)


def extreme(points: FloatArray, at: IntArray, sign: float) -> Reading:
    """Height of the highest (sign 1) or lowest (sign -1) of some points."""
    best = at[np.argmax(sign * points[at, 1])]
    return Reading(float(points[best, 1]), np.array([best], np.int32), UP[None])


def prominence_level(points: FloatArray, at: IntArray, width: float = 0.002) -> Reading:
    """Height at which some points stand out farthest to the back, as a smooth maximum.

    Args:
        points: shape (P, 3) [m].
        at: The candidates.
        width: Depth over which points share the maximum [m]; chosen: about the bow of the seat
            between two rows of vertices.
    """
    y, back = points[at, 1], -points[at, 2]
    share = np.exp((back - back.max()) / width)
    share /= share.sum()
    level = float(share @ y)
    slope = np.zeros((len(at), 3))
    slope[:, 1] = share
    slope[:, 2] = -share * (y - level) / width
    return Reading(level, at, slope)


def chain_length(points: FloatArray, chain: IntArray) -> Reading:
    """Length of straight pieces from point to point."""
    steps = points[chain[1:]] - points[chain[:-1]]
    lengths = np.linalg.norm(steps, axis=1)
    unit = steps / np.maximum(lengths, 1e-9)[:, None]
    at = np.concatenate([chain[1:], chain[:-1]])
    return Reading(float(lengths.sum()), at, np.concatenate([unit, -unit]))


def chain_to_level(
    points: FloatArray, chain: IntArray, level: Reading, taut: bool = False
) -> Reading:
    """Length along a descending line on the skin until it crosses a level.

    Args:
        points: shape (P, 3) [m].
        chain: Points of the line from its top, shape (k,).
        level: Where to stop.
        taut: Bridge hollows as a pulled tape does, on the front of the body.
    Raises:
        BadMesh: The line does not reach the level.
    """
    y = points[chain, 1]
    below = np.flatnonzero((y[:-1] > level.value) & (y[1:] <= level.value))
    if not len(below):
        raise BadMesh(f"no crossing of the level {level.value:.3f} m on this line of the body")
    last = int(below[0])
    a, b = points[chain[last]], points[chain[last + 1]]
    piece, drop = b - a, float(a[1] - b[1])
    share = (a[1] - level.value) / drop
    end = a + share * piece
    held = np.arange(last + 1)
    if taut:
        held = _bulge(np.vstack([points[chain[: last + 1]], end]))[:-1]
    start = chain[held[-1]]
    step = end - points[start]
    length = float(np.linalg.norm(step))
    unit = step / max(length, 1e-9)
    slide = float(unit @ piece) / drop  # how the last piece grows as the crossing slides down
    by_a = (1 - share) * unit + slide * (1 - share) * UP
    by_b = share * unit + slide * share * UP
    ends = np.array([chain[last], chain[last + 1], start], np.int32)
    last_piece = Reading(
        length,
        np.concatenate([ends, level.at]).astype(np.int32),
        np.concatenate([[by_a, by_b, -unit], -slide * level.slope]),
    )
    return chain_length(points, chain[held]) + last_piece


def _bulge(line: FloatArray) -> IntArray:
    """Indices of the points of a descending line that a taut tape touches, first and last too."""
    held: list[int] = []
    for i in range(len(line)):
        while len(held) > 1:
            (y0, z0), (y1, z1), (y2, z2) = (line[k, 1:] for k in (held[-2], held[-1], i))
            # Seen from the wearer's side a tape going down turns only towards the back.
            if (y0 - y1) * (z2 - z1) - (z1 - z0) * (y1 - y2) < 0:
                break
            held.pop()
        held.append(i)
    return np.array(held, np.int32)


@dataclass(frozen=True, eq=False)
class _Cut:
    """A girth with its gradient by the edge ends, by the plane's anchor and by its normal."""

    value: float
    at: IntArray
    slope: FloatArray
    by_anchor: FloatArray
    by_normal: FloatArray


def _plane_axes(normal: FloatArray) -> FloatArray:
    """Two unit vectors that span a plane, right-handed with its normal, shape (2, 3)."""
    first = np.array([1.0, 0, 0]) if abs(normal[0]) < 0.9 else np.array([0, 0, 1.0])
    a = first - normal * (first @ normal)
    a /= np.sqrt(a @ a)
    (nx, ny, nz), (ax, ay, az) = normal, a
    return np.array([a, [ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax]])


def _cut(points: FloatArray, edges: IntArray, normal: FloatArray, anchor: FloatArray) -> _Cut:
    """Tape length around the cut of some edges by a plane through `anchor`."""
    side = (points @ normal - anchor @ normal)[edges]  # (E, 2) distances to the plane
    crossing = np.flatnonzero(side[:, 0] * side[:, 1] < 0)
    if len(crossing) < 3:
        raise BadMesh("the body is not there where a tape should lie; its shape is degenerate")
    side, ends = side[crossing], points[edges[crossing]] - anchor
    span = side[:, 0] - side[:, 1]
    t = side[:, 0] / span
    along = ends[:, 1] - ends[:, 0]
    cuts = ends[:, 0] + t[:, None] * along
    directions = _COMPASS @ _plane_axes(normal)  # (48, 3)
    reach = cuts @ directions.T
    outer = reach.argmax(axis=0)
    value = float(reach[outer, np.arange(DIRECTIONS)].sum()) * _STEP
    # Gradient: a cut moves with its edge's ends, and slides along the edge as the ends' distances
    # to the plane change. The turn of the directions with the plane has no effect, as the cuts lie
    # in the plane.
    u = directions * _STEP
    t_o, span_o, side_o, ends_o = t[outer], span[outer], side[outer], ends[outer]
    slide = (u * along[outer]).sum(axis=1) / span_o**2
    q0, q1 = -side_o[:, 1] * slide, side_o[:, 0] * slide
    slope0 = u * (1 - t_o)[:, None] + q0[:, None] * normal
    slope1 = u * t_o[:, None] + q1[:, None] * normal
    return _Cut(
        value,
        edges[crossing[outer]].T.ravel(),
        np.concatenate([slope0, slope1]),
        -(q0 + q1).sum() * normal,
        (q0[:, None] * ends_o[:, 0] + q1[:, None] * ends_o[:, 1]).sum(axis=0),
    )


def level_girth(points: FloatArray, edges: IntArray, level: Reading) -> Reading:
    """Tape length around a horizontal cut.

    Args:
        points: shape (P, 3) [m].
        edges: The mesh edges of the part of the body, shape (E, 2).
        level: Height of the cut.
    Raises:
        BadMesh: The part does not reach the level.
    """
    cut = _cut(points, edges, UP, np.array([0.0, level.value, 0.0]))
    at = np.concatenate([cut.at, level.at])
    return Reading(cut.value, at, np.concatenate([cut.slope, cut.by_anchor[1] * level.slope]))


def bone_girth(
    points: FloatArray, edges: IntArray, start: int, end: int, fraction: float
) -> Reading:
    """Tape length around a cut square to the line between two points, at a fraction of it."""
    a, b = points[start], points[end]
    length = float(np.linalg.norm(b - a))
    normal = (b - a) / length
    cut = _cut(points, edges, normal, a + fraction * (b - a))
    turn = (cut.by_normal - normal * (normal @ cut.by_normal)) / length
    by_b = fraction * cut.by_anchor + turn
    by_a = (1 - fraction) * cut.by_anchor - turn
    at = np.concatenate([cut.at, [start, end]]).astype(np.int32)
    return Reading(cut.value, at, np.concatenate([cut.slope, [by_a, by_b]]))


def tilted_girth(points: FloatArray, edges: IntArray, back: int, front: int) -> Reading:
    """Tape length around a cut through a point at the back and one in front, level sideways."""
    a, b = points[back], points[front]
    lean = b - a  # in the sagittal plane; the normal is square to it and to the x axis
    length = float(np.hypot(lean[1], lean[2]))
    normal = np.array([0.0, lean[2], -lean[1]]) / length
    cut = _cut(points, edges, normal, a)
    g = cut.by_normal - normal * (normal @ cut.by_normal)
    by_lean = np.array([0.0, -g[2], g[1]]) / length
    at = np.concatenate([cut.at, [back, front]]).astype(np.int32)
    return Reading(cut.value, at, np.concatenate([cut.slope, [cut.by_anchor - by_lean, by_lean]]))


def hull_of_cut(
    points: FloatArray, edges: IntArray, normal: FloatArray, anchor: FloatArray
) -> FloatArray:
    """Corners of the tape around a plane cut, in order, shape (k, 3) [m].

    Args:
        points: shape (P, 3) [m].
        edges: The mesh edges of the part of the body, shape (E, 2).
        normal: Unit normal of the plane; the corners run counter-clockwise seen against it.
        anchor: A point of the plane [m].
    Raises:
        BadMesh: The part does not reach the plane.
    """
    ends = points[edges]
    side = (ends - anchor) @ normal
    crossing = side[:, 0] * side[:, 1] < 0
    if crossing.sum() < 3:
        raise BadMesh("the body is not there where a tape should lie; its shape is degenerate")
    ends, side = ends[crossing], side[crossing]
    t = side[:, 0] / (side[:, 0] - side[:, 1])
    cut = ends[:, 0] + t[:, None] * (ends[:, 1] - ends[:, 0])
    flat = (cut - anchor) @ _plane_axes(normal).T
    return np.asarray(cut[ConvexHull(flat).vertices], float)


def arcs(points: FloatArray, edges: IntArray, level: float) -> tuple[float, float, float]:
    """Front and back part of a level girth, parted at the widest points, and the breadth between.

    Args:
        points: shape (P, 3) [m].
        edges: The mesh edges of the part of the body, shape (E, 2).
        level: Height of the cut in the frame of the points [m].
    Raises:
        BadMesh: The part does not reach the level.
    """
    # Seen from below, counter-clockwise runs from the left side over the front to the right.
    hull = hull_of_cut(points, edges, -UP, np.array([0.0, level, 0.0]))
    right, left = int(hull[:, 0].argmin()), int(hull[:, 0].argmax())
    ring = np.roll(hull, -left, axis=0)
    turn = (right - left) % len(hull)
    steps = np.linalg.norm(np.diff(np.vstack([ring, ring[:1]]), axis=0), axis=1)
    breadth = float(hull[left, 0] - hull[right, 0])
    return float(steps[:turn].sum()), float(steps[turn:].sum()), breadth
