"""Where the grain line and the caption of a piece go, so that they hide nothing.

All in the panel's own coordinates [m].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely.geometry import LineString, Point, Polygon, box
from shapely.ops import unary_union
from shapely.prepared import prep

from fitting import curves
from fitting.records import FloatArray, Panel

_LENGTHS = (0.6, 0.45, 0.3, 0.2)  # of the piece along its grain: lengths tried for the arrow
_BESIDE = (0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4)  # of its breadth: where it is tried
_CLEAR = 0.006  # [m] between the grain line and another line that runs beside it
_SIZES = (0.007, 0.006, 0.005, 0.004, 0.0033, 0.0027, 0.0022)  # [m] heights of capitals tried
SMALLEST = 0.0018  # [m] where nothing fits the caption is that small in the middle
LETTER = 0.85  # width of a letter in heights of a capital; DejaVu Sans has 0.82 on average
LEADING = 1.6  # of a line, in heights of a capital
_MARGIN, _AROUND = 0.002, 0.0025  # [m] from the caption to the outline, and to lines inside
_STEPS = 12  # places tried across and along the piece


def outline(panel: Panel, chords: int = 16) -> FloatArray:
    """Points along the sewn line, counter-clockwise or not as the panel is, shape (N, 2)."""
    parts = []
    for edge in panel.edges:
        count = 1 if edge.shape.kind == "line" else chords
        start, end = panel.vertices[edge.start], panel.vertices[edge.end]
        parts.append(curves.points(start, end, edge.shape, np.arange(count) / count))
    return np.vstack(parts)


def grain_line(panel: Panel) -> tuple[FloatArray, FloatArray]:
    """A line along the grain that lies on the piece, from its foot to its head.

    It lies on the crease of a trouser leg, and elsewhere beside fold and centre lines.
    """
    shape = _shape(outline(panel))
    grain = np.array(panel.grain, float)
    across = np.array([grain[1], -grain[0]])
    creases = [np.array(line.points) for line in panel.lines if line.name == "crease"]
    if creases:
        middle = creases[0].mean(axis=0)
        # As long as elsewhere, but over the piece's middle, where a caption finds room beside it.
        span = shape.bounds[3] - shape.bounds[1]
        middle = np.array([middle[0], (shape.bounds[1] + shape.bounds[3]) / 2])
        half = 0.3 * span * grain
        return middle - half, middle + half
    ring = np.array(shape.exterior.coords) if not shape.is_empty else panel.vertices
    here = np.array(shape.centroid.coords[0]) if not shape.is_empty else ring.mean(axis=0)
    along, wide = ring @ grain, ring @ across
    span, breadth = float(np.ptp(along)), float(np.ptp(wide))
    beside = [_line(line.points) for line in panel.lines if len(line.points) == 2]
    inside = prep(shape)
    for share in _LENGTHS:
        half = share / 2 * span * grain
        for aside in _BESIDE:
            at = here + aside * breadth * across
            arrow = LineString([at - half, at + half])
            if inside.contains(arrow) and all(_apart(arrow, other) for other in beside):
                return at - half, at + half
    point = np.array(shape.representative_point().coords[0]) if not shape.is_empty else here
    half = 0.1 * span * grain
    return point - half, point + half


def _shape(ring: FloatArray) -> Any:
    """What a ring encloses; of one that crosses itself the largest part."""
    whole = Polygon(ring).buffer(0)
    parts = getattr(whole, "geoms", None)
    return whole if not parts else max(parts, key=lambda part: part.area)


def _line(points: Sequence[tuple[float, float]]) -> LineString:
    return LineString(points)


def _apart(arrow: LineString, other: LineString) -> bool:
    """Is the arrow clear of a line that runs beside it; crossing one squarely does not matter."""
    a, b = (np.diff(np.array(line.coords), axis=0)[0] for line in (arrow, other))
    sine = abs(float(a[0] * b[1] - a[1] * b[0]))
    if sine > 0.2 * float(np.hypot(*a) * np.hypot(*b)):
        return True
    return bool(arrow.distance(other) > _CLEAR)


@dataclass(frozen=True)
class Caption:
    """Where words go: foot of the first line's first letter, height of capitals, turn [deg]."""

    x: float
    y: float
    size: float
    turn: float


def caption(panel: Panel, ring: FloatArray, lines: Sequence[str]) -> Caption:
    """The roomiest place for lines of words on a piece.

    Args:
        panel: The piece, with marks that must stay legible.
        ring: The line it is cut along.
        lines: What is to be written, one under another.
    """
    shape = _shape(ring)
    sewn = _shape(outline(panel))
    free = shape.buffer(-_MARGIN).difference(_obstacles(panel, sewn))
    widest = max(len(line) for line in lines)
    inside = prep(free)
    for size in _SIZES:
        wide, high = LETTER * size * widest, size * (LEADING * (len(lines) - 1) + 1.0)
        for turn in (0.0, 90.0):
            w, h = (wide, high) if turn == 0.0 else (high, wide)
            for x, y in _places(shape, sewn, w, h):
                if inside.contains(box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)):
                    if turn == 0.0:
                        return Caption(x - w / 2, y + h / 2 - size, size, turn)
                    return Caption(x - w / 2 + size, y - h / 2, size, turn)
    point = shape.representative_point()
    return Caption(point.x - LETTER * SMALLEST * widest / 2, point.y, SMALLEST, 0.0)


def _places(shape: Any, sewn: Any, w: float, h: float) -> Iterator[tuple[float, float]]:
    """Middles of a box on a grid over the piece, those near the piece's middle first."""
    x0, y0, x1, y1 = shape.bounds
    if w > x1 - x0 or h > y1 - y0:
        return
    middle = sewn.centroid if not sewn.is_empty else shape.centroid
    xs = np.linspace(x0 + w / 2, x1 - w / 2, _STEPS)
    ys = np.linspace(y0 + h / 2, y1 - h / 2, 2 * _STEPS)
    found = [(float(x), float(y)) for x in xs for y in ys]
    yield from sorted(found, key=lambda p: (p[0] - middle.x) ** 2 + (p[1] - middle.y) ** 2)


def _obstacles(panel: Panel, sewn: Any) -> Any:
    """Everything drawn on the piece that words must not lie over."""
    low, high = grain_line(panel)
    lines: list[Any] = [LineString([low, high]).buffer(0.006, cap_style="square")]
    lines.append(sewn.exterior.buffer(_AROUND) if not sewn.is_empty else Point(low))
    lines += [_line(line.points).buffer(_AROUND) for line in panel.lines if len(line.points) > 1]
    lines += [Point(at).buffer(0.004) for at in panel.drills]
    return unary_union(lines)
