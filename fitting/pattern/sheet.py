"""A drawing of pieces in millimetres, before it becomes SVG or PDF.

x runs to the right and y **up**; writers whose y runs down turn it over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from shapely.geometry import Polygon

from fitting import curves
from fitting.pattern.allowance import cut_outline, doubled, edge_on_fold, runs_clockwise
from fitting.pattern.words import Language, panel_title, word
from fitting.records import FloatArray, Panel, Pattern
from fitting.units import MM

Layer = Literal["cut", "sew", "notch", "mark"]
LAYERS: tuple[Layer, ...] = ("cut", "sew", "notch", "mark")

_NOTCH_GAP = 3.0  # [mm] between the strokes of a double notch
_NOTCH = 5.0  # [mm] stroke across the allowance where there is none
_GAP = 20.0  # [mm] between pieces
_SMALLEST = 3.0  # [mm] captions that would be smaller beside the grain line are centred on it
_ARC_STEP = math.radians(30)  # longest turn drawn as one Bézier: off by 2e-6 of the radius

Command = tuple[str, tuple[float, ...]]  # "M", "L", "C", "Z" with coordinates [mm]


@dataclass(frozen=True)
class Path:
    """A line in a layer.

    Attributes:
        layer: Where it belongs.
        commands: Move, line, cubic and close, as in SVG, coordinates in mm.
        dashed: Fold and centre lines.
        piece: The panel it belongs to.
    """

    layer: Layer
    commands: tuple[Command, ...]
    dashed: bool = False
    piece: str = ""


@dataclass(frozen=True)
class Text:
    """Words at a place; size is the height of capitals [mm], turn counter-clockwise [deg]."""

    layer: Layer
    x: float
    y: float
    size: float
    text: str
    turn: float = 0.0


@dataclass(frozen=True)
class Sheet:
    """Everything on one drawing, with its size [mm]."""

    width: float
    height: float
    paths: tuple[Path, ...]
    texts: tuple[Text, ...]
    title: str = ""
    placed: tuple[tuple[str, float, float], ...] = field(default=())  # panel, dx, dy [mm]


def draw(pattern: Pattern, *, language: Language = "en", width_mm: float = 1500.0) -> Sheet:
    """All pieces of a pattern laid out in rows.

    Args:
        pattern: What to draw.
        language: Of the words.
        width_mm: Of the sheet; wider where a piece is.
    """
    pieces = [_piece(panel, pattern, language) for panel in pattern.panels]
    boxes = [_box(paths) for paths, _ in pieces]
    widest = max((x1 - x0 for x0, _, x1, _ in boxes), default=0.0)
    limit = max(width_mm, widest + 2 * _GAP)
    paths: list[Path] = []
    texts: list[Text] = []
    placed = []
    x = y = _GAP
    row = used = 0.0
    order = sorted(range(len(pieces)), key=lambda i: -(boxes[i][3] - boxes[i][1]))
    for i in order:
        x0, y0, x1, y1 = boxes[i]
        if x > _GAP and x + (x1 - x0) + _GAP > limit:
            x, y, row = _GAP, y + row + _GAP, 0.0
        dx, dy = x - x0, y - y0
        paths += [_shifted(p, dx, dy) for p in pieces[i][0]]
        texts += [Text(t.layer, t.x + dx, t.y + dy, t.size, t.text, t.turn) for t in pieces[i][1]]
        placed.append((pattern.panels[i].name, dx, dy))
        x += x1 - x0 + _GAP
        used, row = max(used, x), max(row, y1 - y0)
    return Sheet(used, y + row + _GAP, tuple(paths), tuple(texts), pattern.name, tuple(placed))


def outline_commands(panel: Panel) -> tuple[Command, ...]:
    """The sewn outline as move, line, cubic and close commands [mm]."""
    out: list[Command] = []
    first = panel.vertices[panel.edges[0].start] / MM
    out.append(("M", (float(first[0]), float(first[1]))))
    for edge in panel.edges:
        out += edge_commands(panel.vertices[edge.start], panel.vertices[edge.end], edge.shape)
    return (*out, ("Z", ()))


def edge_commands(start: FloatArray, end: FloatArray, shape: curves.Shape) -> list[Command]:
    """One edge as lines and cubics [mm], from its start on."""
    s, e = start / MM, end / MM
    if shape.kind == "line":
        return [("L", (float(e[0]), float(e[1])))]
    if shape.kind == "arc":
        return _arc_commands(start, end, shape)
    if shape.kind == "quadratic":
        c = np.array(shape.controls[0]) / MM
        controls = [s + 2 / 3 * (c - s), e + 2 / 3 * (c - e)]
    else:
        controls = [np.array(c) / MM for c in shape.controls]
    return [("C", tuple(float(v) for p in (*controls, e) for v in p))]


def _arc_commands(start: FloatArray, end: FloatArray, shape: curves.Shape) -> list[Command]:
    centre, radius, first, sweep = curves.arc_geometry(start, end, shape)
    count = max(1, math.ceil(abs(sweep) / _ARC_STEP))
    step = sweep / count
    k = 4 / 3 * math.tan(step / 4)
    out: list[Command] = []
    for i in range(count):
        a, b = first + i * step, first + (i + 1) * step
        (ca, sa), (cb, sb) = (math.cos(a), math.sin(a)), (math.cos(b), math.sin(b))
        at = [
            centre + radius * np.array([ca - k * sa, sa + k * ca]),
            centre + radius * np.array([cb + k * sb, sb - k * cb]),
            centre + radius * np.array([cb, sb]) if i < count - 1 else end,
        ]
        out.append(("C", tuple(float(v) / MM for p in at for v in p)))
    return out


def polyline(points: FloatArray, closed: bool = True) -> tuple[Command, ...]:
    """Straight commands through points given in mm."""
    out: list[Command] = [("M", (float(points[0][0]), float(points[0][1])))]
    out += [("L", (float(x), float(y))) for x, y in points[1:]]
    return (*out, ("Z", ())) if closed else tuple(out)


# ---- one piece -----------------------------------------------------------------------------------


def _piece(panel: Panel, pattern: Pattern, language: Language) -> tuple[list[Path], list[Text]]:
    """Lines and words of a panel in its own coordinates [mm]."""
    name = panel.name
    ring = cut_outline(panel, pattern)
    fold = edge_on_fold(panel)
    paths = []
    if fold is not None:
        edge = panel.edges[fold]
        a, b = panel.vertices[edge.start], panel.vertices[edge.end]
        ring = doubled(ring, a, b)
        axis = polyline(np.array([a, b]) / MM, closed=False)
        paths.append(Path("mark", axis, True, name))
    paths.insert(0, Path("cut", polyline(ring / MM), False, name))
    paths.append(Path("sew", outline_commands(panel), False, name))
    paths += [Path("notch", c, False, name) for c in notch_strokes(panel)]
    for line in panel.lines:
        dashed = line.name.startswith(("centre", "fold"))
        paths.append(Path("mark", polyline(np.array(line.points) / MM, False), dashed, name))
    for x, y in panel.drills:
        paths += _cross(x / MM, y / MM, name)
    arrow, texts = _grain_and_words(panel, pattern, ring / MM, language)
    return [*paths, *arrow], texts


def notch_strokes(panel: Panel) -> list[tuple[Command, ...]]:
    """Strokes from the seam line outwards across the allowance [mm]."""
    out = []
    sign = -1.0 if runs_clockwise(panel) else 1.0
    for notch in panel.notches:
        edge = panel.edges[notch.edge]
        length = panel.edge_length(notch.edge)
        shifts = (-0.5, 0.5) if notch.double else (0.0,)
        for shift in shifts:
            gap = shift * _NOTCH_GAP * MM / max(length, 1e-9)
            # A double notch at the end of an edge keeps both strokes on it.
            f = min(1.0, max(0.0, notch.fraction))
            f += gap + (abs(gap) if f < 0.01 else -abs(gap) if f > 0.99 else 0.0)
            lo, hi = max(0.0, f - 1e-4), min(1.0, f + 1e-4)
            p, a, b = panel.edge_points(notch.edge, np.array([f, lo, hi]))
            step = b - a
            outward = sign * np.array([step[1], -step[0]]) / (np.hypot(*step) or 1.0)
            reach = edge.allowance / MM if edge.allowance > 0 else _NOTCH
            ends = np.array([p / MM, p / MM + outward * reach])
            out.append(polyline(ends, closed=False))
    return out


def _cross(x: float, y: float, piece: str) -> list[Path]:
    arm = 3.0
    return [
        Path("mark", polyline(np.array([[x - arm, y], [x + arm, y]]), False), False, piece),
        Path("mark", polyline(np.array([[x, y - arm], [x, y + arm]]), False), False, piece),
    ]


def _grain_and_words(
    panel: Panel, pattern: Pattern, ring: FloatArray, language: Language
) -> tuple[list[Path], list[Text]]:
    """The grain arrow through a roomy place of the piece, and its caption beside it."""
    shape = Polygon(ring)
    middle = shape.representative_point() if not shape.contains(shape.centroid) else shape.centroid
    at = np.array([middle.x, middle.y])
    grain = np.array(panel.grain)
    span = float(np.ptp(ring @ grain))
    half = 0.3 * span * grain
    low, high = at - half, at + half
    side = np.array([-grain[1], grain[0]])
    barb = min(8.0, 0.1 * span)
    paths = [Path("mark", polyline(np.array([low, high]), False), False, panel.name)]
    for tip, back in ((low, grain), (high, -grain)):
        head = np.array([tip + barb * (back + 0.5 * side), tip, tip + barb * (back - 0.5 * side)])
        paths.append(Path("mark", polyline(head, False), False, panel.name))
    lines = captions(panel, pattern, language)
    x0, y0, x1, y1 = shape.bounds
    widest = max(len(line) for line in lines)
    # Letters are about 0.85 of a capital's height wide; the caption stays on the piece.
    size = min(7.0, 0.9 * (x1 - at[0]) / (0.85 * widest), 0.16 * (y1 - y0))
    start = at[0] + 2.0
    if size < _SMALLEST:
        size = max(2.0, min(_SMALLEST, 0.9 * (x1 - x0) / (0.85 * widest)))
        start = at[0] - 0.42 * widest * size
    texts = [
        Text("mark", start, at[1] - i * 1.6 * size, size, line) for i, line in enumerate(lines)
    ]
    return paths, texts


def captions(panel: Panel, pattern: Pattern, language: Language) -> list[str]:
    """What is written on a piece."""
    quantity = f"{word('cut', language)} {panel.cut}"
    if panel.fold:
        quantity += f", {word('on the fold', language)}"
    size = pattern.size or word("made to measure", language)
    return [
        f"{pattern.name.replace('_', ' ')}: {panel_title(panel.name, language)}",
        f"{quantity}, {word(panel.material, language)}",
        size,
    ]


# ---- boxes ---------------------------------------------------------------------------------------


def _box(paths: Sequence[Path]) -> tuple[float, float, float, float]:
    numbers = np.array(
        [v for p in paths for _, c in p.commands for v in c], dtype=np.float64
    ).reshape(-1, 2)
    (x0, y0), (x1, y1) = numbers.min(axis=0), numbers.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _shifted(path: Path, dx: float, dy: float) -> Path:
    moved = tuple(
        (verb, tuple(v + (dy if k % 2 else dx) for k, v in enumerate(numbers)))
        for verb, numbers in path.commands
    )
    return Path(path.layer, moved, path.dashed, path.piece)
