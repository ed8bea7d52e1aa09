"""A drawing of pieces in millimetres, before it becomes SVG or PDF.

x runs to the right and y **up**; writers whose y runs down turn it over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from fitting import curves
from fitting.pattern.allowance import cut_outline, doubled, edge_on_fold, runs_clockwise
from fitting.pattern.marks import LEADING, caption, grain_line
from fitting.pattern.wardrobe import garments
from fitting.pattern.words import Language, panel_title, word
from fitting.records import FloatArray, Panel, Pattern
from fitting.units import MM

Layer = Literal["cut", "sew", "notch", "mark"]
LAYERS: tuple[Layer, ...] = ("cut", "sew", "notch", "mark")

_NOTCH_GAP = 3.0  # [mm] between the strokes of a double notch
_NOTCH = 5.0  # [mm] stroke across the allowance where there is none
_GAP = 20.0  # [mm] between pieces
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
        size: Label of the size, where several are drawn into one another.
        stroke: Number of the size, which has a colour and dashes of its own.
    """

    layer: Layer
    commands: tuple[Command, ...]
    dashed: bool = False
    piece: str = ""
    size: str = ""
    stroke: int = 0


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
    pieces = [(panel.name, *_piece(panel, pattern, language)) for panel in pattern.panels]
    return _laid_out(pattern.name, pieces, width_mm)


def draw_nest(
    nest: Mapping[str, Pattern],
    sample: str,
    *,
    language: Language = "en",
    width_mm: float = 1500.0,
) -> Sheet:
    """Several sizes of a pattern drawn into one another, each with a stroke of its own.

    Pieces lie on the same centre line, waist or crown as they are drafted; grain, captions and
    marks are those of the sample size.

    Args:
        nest: Patterns by size label, smallest first.
        sample: Which of them carries the marks.
        language, width_mm: As for `draw`.
    """
    names = dict.fromkeys(panel.name for pattern in nest.values() for panel in pattern.panels)
    labels = " ".join(nest)
    pieces = []
    for name in names:
        own = {
            label: panel
            for label, pattern in nest.items()
            for panel in pattern.panels
            if panel.name == name
        }
        marked = sample if sample in own else next(iter(own))
        whole = replace(nest[marked], size=labels)
        marks, texts = _piece(own[marked], whole, language, marks_only=True)
        paths = []
        for number, label in enumerate(nest):
            if label in own:
                drawn = _lines(own[label], nest[label])
                paths += [replace(p, size=label, stroke=number) for p in drawn]
        pieces.append((name, [*paths, *marks], texts))
    pieces.append(("", *_legend(list(nest), language)))
    return _laid_out(nest[sample].name, pieces, width_mm)


def _legend(labels: Sequence[str], language: Language) -> tuple[list[Path], list[Text]]:
    """Which stroke is which size."""
    paths, texts = [], [Text("mark", 0.0, 4.0, 4.0, word("size", language))]
    for number, label in enumerate(labels):
        y = -8.0 * (number + 1)
        stroke = polyline(np.array([[0.0, y + 2.0], [40.0, y + 2.0]]), closed=False)
        paths.append(Path("cut", stroke, False, "", label, number))
        texts.append(Text("mark", 45.0, y, 4.0, label))
    return paths, texts


Piece = tuple[str, list[Path], list[Text]]


def _laid_out(title: str, pieces: Sequence[Piece], width_mm: float) -> Sheet:
    """Pieces beside and above one another: the tallest first, each where it lies lowest."""
    boxes = [_box(paths) for _, paths, _ in pieces]
    widest = max((x1 - x0 for x0, _, x1, _ in boxes), default=0.0)
    skyline = Skyline(max(width_mm, widest + 2 * _GAP) - _GAP)
    paths: list[Path] = []
    texts: list[Text] = []
    placed = []
    used = high = 0.0
    for i in sorted(range(len(pieces)), key=lambda i: -(boxes[i][3] - boxes[i][1])):
        name, own, words = pieces[i]
        x0, y0, x1, y1 = boxes[i]
        x, y = skyline.place(x1 - x0 + _GAP, y1 - y0 + _GAP)
        dx, dy = x + _GAP - x0, y + _GAP - y0
        paths += [_shifted(p, dx, dy) for p in own]
        texts += [Text(t.layer, t.x + dx, t.y + dy, t.size, t.text, t.turn) for t in words]
        if name:
            placed.append((name, dx, dy))
        used, high = max(used, x + x1 - x0), max(high, y + y1 - y0)
    size = (used + 2 * _GAP, high + 2 * _GAP)
    return Sheet(*size, tuple(paths), tuple(texts), title, tuple(placed))


class Skyline:
    """The upper edge of boxes laid on a strip of some width: steps of (x, height)."""

    def __init__(self, width: float) -> None:
        self._width = width
        self._steps: list[tuple[float, float]] = [(0.0, 0.0)]

    def place(self, width: float, height: float) -> tuple[float, float]:
        """Lay a box down where it lies lowest, farthest left; its lower left corner."""
        found = []
        for x, _ in self._steps:
            if x + width <= self._width + 1e-9 or x == 0.0:
                found.append((self._under(x, width), x))
        y, x = min(found)
        end = x + width
        at_end = self._height(end)
        kept = [s for s in self._steps if not x <= s[0] <= end]
        self._steps = sorted([*kept, (x, y + height), (end, at_end)])
        return x, y

    def _height(self, x: float) -> float:
        return next(h for at, h in reversed(self._steps) if at <= x + 1e-9)

    def _under(self, x: float, width: float) -> float:
        """The highest step below a box."""
        inside = [h for at, h in self._steps if x < at < x + width - 1e-9]
        return max([self._height(x), *inside])


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


def _piece(
    panel: Panel, pattern: Pattern, language: Language, *, marks_only: bool = False
) -> tuple[list[Path], list[Text]]:
    """Lines and words of a panel in its own coordinates [mm].

    Args:
        panel: The piece.
        pattern: What it belongs to.
        language: Of the words.
        marks_only: Without what differs by size: outlines and notches.
    """
    name = panel.name
    ring = _cut_ring(panel, pattern)
    paths = [] if marks_only else _lines(panel, pattern)
    fold = edge_on_fold(panel)
    if fold is not None:
        edge = panel.edges[fold]
        axis = panel.vertices[[edge.start, edge.end]] / MM
        paths.append(Path("mark", polyline(axis, closed=False), True, name))
    for line in panel.lines:
        dashed = line.name.startswith(("centre", "fold"))
        paths.append(Path("mark", polyline(np.array(line.points) / MM, False), dashed, name))
    for x, y in panel.drills:
        paths += _cross(x / MM, y / MM, name)
    low, high = grain_line(panel)
    return [*paths, *_arrow(low / MM, high / MM, name)], _words(panel, pattern, ring, language)


def _cut_ring(panel: Panel, pattern: Pattern) -> FloatArray:
    """The line a piece is cut along, opened out where an edge lies on the fold [m]."""
    ring = cut_outline(panel, pattern)
    fold = edge_on_fold(panel)
    if fold is None:
        return ring
    edge = panel.edges[fold]
    return doubled(ring, panel.vertices[edge.start], panel.vertices[edge.end])


def _lines(panel: Panel, pattern: Pattern) -> list[Path]:
    """Cut line, sewn line and notches of a panel."""
    name = panel.name
    return [
        Path("cut", polyline(_cut_ring(panel, pattern) / MM), False, name),
        Path("sew", outline_commands(panel), False, name),
        *(Path("notch", c, False, name) for c in notch_strokes(panel)),
    ]


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


def _arrow(low: FloatArray, high: FloatArray, piece: str) -> list[Path]:
    """The grain line with a head at either end [mm]."""
    span = float(np.hypot(*(high - low)))
    grain = (high - low) / (span or 1.0)
    side = np.array([-grain[1], grain[0]])
    barb = min(8.0, 0.15 * span)
    paths = [Path("mark", polyline(np.array([low, high]), False), False, piece)]
    for tip, back in ((low, grain), (high, -grain)):
        head = np.array([tip + barb * (back + 0.5 * side), tip, tip + barb * (back - 0.5 * side)])
        paths.append(Path("mark", polyline(head, False), False, piece))
    return paths


def _words(panel: Panel, pattern: Pattern, ring: FloatArray, language: Language) -> list[Text]:
    """The caption where it hides nothing."""
    lines = captions(panel, pattern, language)
    at = caption(panel, ring, lines)
    step = LEADING * at.size / MM
    turned = at.turn != 0.0
    return [
        Text(
            "mark",
            at.x / MM + (i * step if turned else 0.0),
            at.y / MM - (0.0 if turned else i * step),
            at.size / MM,
            line,
            at.turn,
        )
        for i, line in enumerate(lines)
    ]


def garment_title(name: str, language: Language) -> str:
    """What a garment is called."""
    known = garments().get(name)
    if language == "ru" and known is not None and known.title_ru:
        return known.title_ru
    return name.replace("_", " ")


def captions(panel: Panel, pattern: Pattern, language: Language) -> list[str]:
    """What is written on a piece."""
    quantity = f"{panel.cut} дет." if language == "ru" else f"cut {panel.cut}"
    if edge_on_fold(panel) is not None:
        quantity += f", {word('folded along the line', language)}"
    size = pattern.size or word("made to measure", language)
    return [
        f"{garment_title(pattern.name, language)}: {panel_title(panel.name, language)}",
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
    return replace(path, commands=moved)
