"""Seam allowances: from the line that is sewn to the line that is cut.

Every edge has its own allowance. Corners are made as on paper:

* **mitre**: both cut lines run on until they meet;
* **butt**: where a mitre would run out into a long tip, it is cut off square;
* **hem**: beside a hem the cut line is mirrored in the hem's fold, so that the turned-up cloth
  lies flat on the piece.

The cloth inside a dart is not cut away: the dart's mouth is filled, with the roof that makes the
edge run on when the dart is folded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.polygon import orient
from shapely.ops import unary_union

from fitting import curves
from fitting.records import Edge, EdgeRef, FloatArray, Panel, Pattern

_CHORDS = 64  # per curved edge
_LONGEST_MITRE = 2.5  # of the wider allowance; longer tips are butted; chosen
_HAIR = 1e-9  # [m] pieces are joined with this overlap, so that no slits stay between them


@dataclass(frozen=True)
class Side:
    """One edge of the boundary as it is cut: points along it [m], allowance [m], is it a hem."""

    points: FloatArray
    width: float
    hem: bool


def cut_outline(panel: Panel, pattern: Pattern | None = None) -> FloatArray:
    """The line a piece is cut along, counter-clockwise, shape (N, 2) [m], not closed.

    Args:
        panel: The piece. Where an edge lies on the fold, only the drawn half is returned.
        pattern: What it belongs to; its dart seams tell which cloth is folded, not cut away.
    """
    sides = _boundary(panel, pattern)
    parts = [Polygon(np.vstack([s.points[:-1] for s in sides])).buffer(0)]
    for i, side in enumerate(sides):
        after = sides[(i + 1) % len(sides)]
        if side.width > 0:
            parts += _strip(side, *_hem_ends(sides[i - 1], side, after))
        parts += _corner(side, after)
    joined = unary_union([p.buffer(_HAIR, join_style="mitre") for p in parts if p.area > 0])
    return _ring(joined)


def _boundary(panel: Panel, pattern: Pattern | None) -> list[Side]:
    """The edges counter-clockwise, each dart's legs replaced by the roof over its mouth."""
    sides = [
        Side(points, edge.allowance, _turned_up(edge))
        for edge, points in zip(panel.edges, _points(panel), strict=True)
    ]
    count = len(sides)
    legs = [i for i, j in _dart_legs(panel, pattern).items() if j == (i + 1) % count]
    roofs: dict[int, list[Side]] = {}
    for i in legs:
        j = (i + 1) % count
        before, after = sides[i - 1], sides[(j + 1) % count]
        peak = _peak(before, sides[i], sides[j])
        roofs[i] = [Side(np.array([sides[i].points[0], peak]), before.width, before.hem)]
        roofs[j] = [Side(np.array([peak, sides[j].points[-1]]), after.width, after.hem)]
    out = [part for i, side in enumerate(sides) for part in roofs.get(i, [side])]
    if runs_clockwise(panel):
        out = [Side(s.points[::-1], s.width, s.hem) for s in reversed(out)]
    return out


def _turned_up(edge: Edge) -> bool:
    """Is the edge a straight hem."""
    return edge.name.split(".")[0] == "hem" and edge.shape.kind == "line" and edge.allowance > 0


def _points(panel: Panel) -> list[FloatArray]:
    """Points along each edge, its ends among them."""
    out = []
    for edge in panel.edges:
        count = 1 if edge.shape.kind == "line" else _CHORDS
        start, end = panel.vertices[edge.start], panel.vertices[edge.end]
        out.append(curves.points(start, end, edge.shape, np.linspace(0, 1, count + 1)))
    return out


def runs_clockwise(panel: Panel) -> bool:
    """Does the loop show the fabric's wrong side to the viewer."""
    ring = np.vstack([p[:-1] for p in _points(panel)])
    x, y = ring.T
    return bool((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0)


def _dart_legs(panel: Panel, pattern: Pattern | None) -> dict[int, int]:
    """Edges that are sewn as a dart in this panel, with their partner."""
    out: dict[int, int] = {}
    for seam in pattern.seams if pattern else ():
        if seam.kind == "dart" and seam.a.panel == seam.b.panel == panel.name:
            out[seam.a.edge], out[seam.b.edge] = seam.b.edge, seam.a.edge
    return out


def _peak(before: Side, into: Side, out: Side) -> FloatArray:
    """The top of the roof over a dart's mouth, on its fold line.

    Folded, the dart's cloth lies against the piece before it, and its fold must end where that
    piece's edge runs on.
    """
    tip, first, last = into.points[-1], into.points[0], out.points[-1]
    a, b = first - tip, last - tip
    la, lb = float(np.hypot(*a)), float(np.hypot(*b))
    half = 0.5 * math.acos(np.clip(a @ b / (la * lb), -1.0, 1.0))
    back = before.points[-2] - first
    corner = math.acos(np.clip(back @ -a / (np.hypot(*back) * la), -1.0, 1.0))
    reach = la * math.sin(corner) / max(0.2, math.sin(corner + half))
    middle = a / la + b / lb
    return np.asarray(tip + reach * middle / np.hypot(*middle), dtype=np.float64)


# ---- strips and corners --------------------------------------------------------------------------


def _unit(step: FloatArray) -> FloatArray:
    return np.asarray(step / (np.hypot(*step) or 1.0), dtype=np.float64)


def _normal(step: FloatArray) -> FloatArray:
    """Outward unit normal of a counter-clockwise step."""
    return _unit(np.array([step[1], -step[0]]))


def _strip(side: Side, start: FloatArray | None, end: FloatArray | None) -> list[Polygon]:
    """The band of cloth outside an edge, segment by segment.

    Args:
        side: The edge.
        start, end: Where the outer line begins and ends, if not square to the edge.
    """
    points = side.points
    steps = np.diff(points, axis=0)
    normals = np.array([_normal(s) for s in steps])
    joints = np.vstack([2 * normals[:1], normals[:-1] + normals[1:], 2 * normals[-1:]])
    # At a joint the mean normal is scaled so that both neighbouring bands keep their width.
    scale = np.maximum(0.6, np.einsum("ij,ij->i", joints, joints) / 2)
    outer = points + side.width * joints / scale[:, None]
    if start is not None:
        outer[0] = start
    if end is not None:
        outer[-1] = end
    quads = [Polygon([points[k], outer[k], outer[k + 1], points[k + 1]]) for k in range(len(steps))]
    return [q if q.is_valid else q.buffer(0) for q in quads]


def _hem_ends(before: Side, side: Side, after: Side) -> tuple[FloatArray | None, FloatArray | None]:
    """Outer ends of a hem's band: beside it the piece is mirrored in the hem."""
    if not side.hem:
        return None, None
    along = _unit(side.points[-1] - side.points[0])
    out = _normal(along)
    ends: list[FloatArray | None] = []
    for neighbour, at, inwards in (
        (before, side.points[0], before.points[-2] - side.points[0]),
        (after, side.points[-1], after.points[1] - side.points[-1]),
    ):
        rise = -float(inwards @ out)
        if neighbour.hem or rise <= 0:
            ends.append(None)
        else:
            lean = np.clip(float(inwards @ along) / rise, -1.0, 1.0)
            ends.append(np.asarray(at + side.width * (out + lean * along)))
    return ends[0], ends[1]


def _corner(before: Side, after: Side) -> list[Polygon]:
    """The cloth outside a corner that turns outwards."""
    d = _unit(before.points[-1] - before.points[-2])
    e = _unit(after.points[1] - after.points[0])
    at, a, b = before.points[-1], before.width, after.width
    sine = float(d[0] * e[1] - d[1] * e[0])
    if sine <= 1e-9 or (a == 0 and b == 0):
        return []
    if before.hem != after.hem:
        return _hem_corner(at, d, e, a, b, hem_first=before.hem)
    p, q = at + a * _normal(d), at + b * _normal(e)
    t = float((q - p)[0] * e[1] - (q - p)[1] * e[0]) / sine
    tip = p + t * d
    reach = float(np.hypot(*(tip - at)))
    limit = _LONGEST_MITRE * max(a, b)
    if reach <= limit:
        return [Polygon([at, p, tip, q]).buffer(0)]
    # Butt: the tip is cut off square to its own direction.
    axis = (tip - at) / reach
    cut_p = p + d * _run(p, d, at, axis, limit)
    cut_q = q - e * _run(q, -e, at, axis, limit)
    return [Polygon([at, p, cut_p, cut_q, q]).buffer(0)]


def _run(
    start: FloatArray, direction: FloatArray, at: FloatArray, axis: FloatArray, limit: float
) -> float:
    """How far along a line its distance from the corner, along the axis, reaches the limit [m]."""
    rate = float(direction @ axis)
    return max(0.0, (limit - float((start - at) @ axis)) / rate) if rate > 1e-9 else 0.0


def _hem_corner(
    at: FloatArray, d: FloatArray, e: FloatArray, a: float, b: float, *, hem_first: bool
) -> list[Polygon]:
    """Beside a hem: the side's allowance runs to the fold and is mirrored in it."""
    hem, up = (d, e) if hem_first else (e, -d)
    hem_width, side_width = (a, b) if hem_first else (b, a)
    out = _normal(hem)
    side_out = _normal(e) if hem_first else _normal(d)
    rise = float(-(up @ out))
    if rise <= 0.2 or side_width == 0:
        return []
    along = hem if hem_first else -hem
    # Where the side's cut line meets the fold, and its mirror image at the hem's cut line.
    on_fold = at + along * side_width / max(0.2, float(side_out @ along))
    lean = np.clip(float(up @ along) / rise, -1.0, 1.0)
    inner = at + hem_width * (out + lean * along)
    outer = on_fold + hem_width * (out + lean * along)
    return [
        Polygon([at, on_fold, outer, inner]).buffer(0),
        Polygon([at, at + side_width * side_out, on_fold]).buffer(0),
    ]


def edge_on_fold(panel: Panel) -> int | None:
    """The edge that lies on the fabric's fold, if the piece is half of what is cut."""
    return int(panel.fold) if panel.fold.isdigit() else None


def mirrored_in(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """The mirror image of points in the line through two points, shape (N, 2) [m]."""
    axis = (end - start) / np.hypot(*(end - start))
    off = points - start
    along = off @ axis
    return np.asarray(start + 2 * along[:, None] * axis - off, dtype=np.float64)


def doubled(ring: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """A piece cut on the fold, opened out: the outline and its image in the fold, (N, 2) [m]."""
    halves = [Polygon(ring), Polygon(mirrored_in(ring, start, end))]
    return _ring(unary_union([h.buffer(_HAIR, join_style="mitre") for h in halves]))


def _ring(shape: Any) -> FloatArray:
    """The outer line of what was joined, counter-clockwise, without its repeated last point."""
    if isinstance(shape, MultiPolygon):
        shape = max(shape.geoms, key=lambda g: g.area)
    outer: Any = orient(Polygon(shape.exterior)).simplify(2e-6)
    return np.array(outer.exterior.coords, dtype=np.float64)[:-1]


def areas(pattern: Pattern) -> dict[str, float]:
    """Cloth in the pieces with allowances by material, all cut quantities [m²].

    Offcuts are not counted.
    """
    total: dict[str, float] = {}
    for panel in pattern.panels:
        ring = cut_outline(panel, pattern)
        doubled = 2 if edge_on_fold(panel) is not None else 1
        area = abs(Polygon(ring).area) * panel.cut * doubled
        total[panel.material] = total.get(panel.material, 0.0) + area
    return total


def fabric_area(pattern: Pattern) -> float:
    """Shell cloth in the pieces with allowances [m²], without offcuts."""
    return areas(pattern).get("shell", 0.0)


def seam_length(pattern: Pattern) -> float:
    """Length of all seams [m], the longer side of each."""
    panels = {panel.name: panel for panel in pattern.panels}

    def length(ref: EdgeRef) -> float:
        return panels[ref.panel].edge_length(ref.edge)

    return sum(max(length(s.a), length(s.b)) for s in pattern.seams)
