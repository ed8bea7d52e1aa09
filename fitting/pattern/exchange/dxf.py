"""DXF-AAMA / ASTM D6673: how cutting rooms and pattern systems exchange pieces.

A block for each piece, named ``PIECE_SIZE``, with numbered layers for what a line means. The
format knows neither seams nor three dimensions: those travel in a JSON file beside it
(`sidecar`). The text is written here rather than by a drawing library, because the layout blocks
that such libraries add break the import of one vendor's system.

Reference: ASTM D6673-10, Standard Practice for Sewn Products Pattern Data Interchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fitting import curves
from fitting.errors import UnknownName
from fitting.pattern.allowance import cut_outline, edge_on_fold, runs_clockwise
from fitting.pattern.exchange import json
from fitting.pattern.grading import GradeRules
from fitting.pattern.marks import grain_line
from fitting.records import FloatArray, Panel, Pattern
from fitting.units import INCH, MM

BOUNDARY, TURN, CURVE, NOTCH, FOLD, GRAIN, INTERNAL = "1", "2", "3", "4", "6", "7", "8"
DRILL, SEW, TEXT, DOUBLE_NOTCH = "13", "14", "15", "81"

_CURVE_STEP = 0.004  # [m] between curve points: their polyline is off by under 0.02 mm
_LEAST_CHORDS = 12
_NOTCH_DEPTH = 0.005  # [m]


@dataclass(frozen=True)
class Dialect:
    """How one family of programs writes the format.

    Attributes:
        name: Identifier.
        unit: Length of one unit [m].
        units: What ``Units`` says.
        version: The line that names the standard.
        boundary: Is layer 1 the line that is cut, or the line that is sewn.
        upper: Keys in capitals.
        digits: Decimals.
    """

    name: str
    unit: float
    units: str
    version: str
    boundary: str = "cut"
    upper: bool = False
    digits: int = 3


DIALECTS: Mapping[str, Dialect] = {
    d.name: d
    for d in (
        Dialect("astm", MM, "METRIC", "ASTM/D13Proposal 1 Version:D6673-10"),
        Dialect("aama", MM, "METRIC", "ANSI/AAMA-292 Version:1993", upper=True),
        Dialect("astm-sew", MM, "METRIC", "ASTM/D13Proposal 1 Version:D6673-10", boundary="sew"),
        Dialect("inch", INCH, "ENGLISH", "ASTM/D13Proposal 1 Version:D6673-10", digits=4),
    )
}


def write(pattern: Pattern, *, dialect: str = "astm", rules: GradeRules | None = None) -> bytes:
    """The pieces of a pattern as DXF.

    Args:
        pattern: What to write.
        dialect: One of `DIALECTS`.
        rules: Grade rules of the pattern as sample size; their numbers are put on its points.
    Raises:
        UnknownName: No such dialect.
    """
    return write_nest({size_of(pattern): pattern}, size_of(pattern), dialect=dialect, rules=rules)


def write_nest(
    nest: Mapping[str, Pattern],
    sample: str,
    *,
    dialect: str = "astm",
    rules: GradeRules | None = None,
) -> bytes:
    """The pieces of a pattern in several sizes: a block for each piece and size.

    Args:
        nest: Patterns by size label, smallest first.
        sample: Label of the sample size, whose pieces come first and carry the grade rules.
        dialect, rules: As for `write`.
    Raises:
        UnknownName: No such dialect.
    """
    if dialect not in DIALECTS:
        raise UnknownName(f"there is no dialect {dialect!r} (there are: {', '.join(DIALECTS)})")
    return _Writer(nest, sample, DIALECTS[dialect], rules).file()


def sidecar(pattern: Pattern) -> bytes:
    """What the format has no word for, as a pattern.json: seams, ease, placement, openings."""
    return json.write(pattern)


def block_name(panel: str, size: str) -> str:
    """A block's name: capitals, digits and underscores, as the oldest readers need."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "_" for c in panel)
    mark = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "_" for c in size)
    return f"{plain}_{mark}".upper()


def _unused(name: str, taken: Sequence[str]) -> str:
    """A block's name, numbered where names that differ in other letters have become one."""
    used, number = set(taken), 2
    plain = name
    while name in used:
        name, number = f"{plain}_{number}", number + 1
    return name


def escaped(text: str) -> str:
    """Text with letters beyond ASCII as DXF writes them, ``\\U+0434``."""
    return "".join(c if c.isascii() else f"\\U+{ord(c):04X}" for c in text)


def size_of(pattern: Pattern) -> str:
    """The size's label, without its chart."""
    return pattern.size.rpartition(":")[2] or "M2M"


class _Writer:
    """Group codes of one file."""

    def __init__(
        self, nest: Mapping[str, Pattern], sample: str, dialect: Dialect, rules: GradeRules | None
    ) -> None:
        others = {label: pattern for label, pattern in nest.items() if label != sample}
        self._nest = {sample: nest[sample], **others}
        self._sample = sample
        self._dialect = dialect
        self._rules = rules
        self._lines: list[str] = []

    def file(self) -> bytes:
        self._add((0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009"), (0, "ENDSEC"))
        self._add((0, "SECTION"), (2, "BLOCKS"))
        names: list[str] = []
        for size, pattern in self._nest.items():
            for panel in pattern.panels:
                names.append(_unused(block_name(panel.name, size), names))
                self._add((0, "BLOCK"), (8, BOUNDARY), (2, names[-1]), (70, 0))
                self._add(*self._at(np.zeros(2)))
                self._piece(panel, pattern, size)
                self._add((0, "ENDBLK"), (8, BOUNDARY))
        self._add((0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES"))
        for name in names:
            self._add((0, "INSERT"), (8, BOUNDARY), (2, name), *self._at(np.zeros(2)))
        style = self._nest[self._sample].name
        for line in (
            f"Style Name: {style}",
            "Author: cyberatelier",
            f"Sample Size: {self._sample}",
            f"Grade Rule Table: {f'{style}.RUL' if self._rules else ''}",
            f"Units: {self._dialect.units}",
            self._dialect.version,
        ):
            self._text(self._key(line), BOUNDARY, np.zeros(2))
        self._add((0, "ENDSEC"), (0, "EOF"))
        return "\r\n".join([*self._lines, ""]).encode("ascii", "replace")

    # ---- group codes

    def _add(self, *pairs: tuple[int, object]) -> None:
        for code, value in pairs:
            self._lines += [f"{code:3d}", str(value)]

    def _number(self, metres: float) -> str:
        value = round(metres / self._dialect.unit, self._dialect.digits) + 0.0
        return f"{value:.{self._dialect.digits}f}"

    def _at(self, point: FloatArray) -> tuple[tuple[int, object], tuple[int, object]]:
        return (10, self._number(float(point[0]))), (20, self._number(float(point[1])))

    def _key(self, line: str) -> str:
        key, colon, rest = line.partition(":")
        return f"{key.upper()}{colon}{rest}" if self._dialect.upper and colon else line

    def _text(self, text: str, layer: str, at: FloatArray) -> None:
        height = self._number(0.006)
        self._add((0, "TEXT"), (8, layer), *self._at(at), (40, height), (1, escaped(text)))

    def _point(self, layer: str, at: FloatArray, *more: tuple[int, object]) -> None:
        self._add((0, "POINT"), (8, layer), *self._at(at), *more)

    def _polyline(self, layer: str, points: Iterable[FloatArray], *, closed: bool) -> None:
        self._add((0, "POLYLINE"), (8, layer), (66, 1), (70, int(closed)))
        for point in points:
            self._add((0, "VERTEX"), (8, layer), *self._at(point))
        self._add((0, "SEQEND"), (8, layer))

    # ---- a piece

    def _piece(self, panel: Panel, pattern: Pattern, size: str) -> None:
        sides = [_edge_points(panel, i) for i in range(len(panel.edges))]
        sewn = np.vstack([s[:-1] for s in sides])
        cut = cut_outline(panel, pattern)
        if self._dialect.boundary == "cut":
            self._polyline(BOUNDARY, cut, closed=True)
            self._polyline(SEW, sewn, closed=True)
        else:
            self._polyline(BOUNDARY, sewn, closed=True)
            self._polyline(INTERNAL, cut, closed=True)
        rules = self._rules if size == self._sample else None
        numbers = rules.numbers.get(panel.name) if rules else None
        for i, side in enumerate(sides):
            self._point(TURN, side[0])
            if numbers:
                self._text(f"# {numbers[panel.edges[i].start]}", TURN, side[0])
            for point in side[1:-1]:
                self._point(CURVE, point)
        self._marks(panel)
        middle = sewn.mean(axis=0)
        for line in (
            f"Piece Name: {panel.name}",
            f"Size: {size}",
            f"Quantity: {panel.cut}",
            f"Material: {panel.material}",
            *([f"Fold: {panel.fold}"] if panel.fold and edge_on_fold(panel) is None else ()),
        ):
            self._text(self._key(line), BOUNDARY, middle)

    def _marks(self, panel: Panel) -> None:
        sign = -1.0 if runs_clockwise(panel) else 1.0
        for notch in panel.notches:
            edge, f = panel.edges[notch.edge], notch.fraction
            near = np.array([f, max(0.0, f - 1e-4), min(1.0, f + 1e-4)])
            at, a, b = panel.edge_points(notch.edge, near)
            along = (b - a) / (np.hypot(*(b - a)) or 1.0)
            out = sign * np.array([along[1], -along[0]])
            if self._dialect.boundary == "cut":
                at = at + edge.allowance * out
            angle = float(np.degrees(np.arctan2(-out[1], -out[0])))
            layer = DOUBLE_NOTCH if notch.double else NOTCH
            self._point(layer, at, (30, self._number(_NOTCH_DEPTH)), (50, f"{angle:.3f}"))
        fold = edge_on_fold(panel)
        if fold is not None:
            edge = panel.edges[fold]
            ends = panel.vertices[[edge.start, edge.end]]
            self._add((0, "LINE"), (8, FOLD), *self._at(ends[0]), *self._end(ends[1]))
        low, high = grain_line(panel)
        self._add((0, "LINE"), (8, GRAIN), *self._at(low), *self._end(high))
        for line in panel.lines:
            points = np.array(line.points)
            self._polyline(INTERNAL, points, closed=False)
            self._text(f"Line: {line.name}", TEXT, points[0])
        for drill in panel.drills:
            self._point(DRILL, np.array(drill))

    def _end(self, point: FloatArray) -> tuple[tuple[int, object], tuple[int, object]]:
        return (11, self._number(float(point[0]))), (21, self._number(float(point[1])))


def _edge_points(panel: Panel, index: int) -> FloatArray:
    """Points along an edge, its ends exactly, shape (n, 2) [m]."""
    edge = panel.edges[index]
    start, end = panel.vertices[edge.start], panel.vertices[edge.end]
    if edge.shape.kind == "line":
        return np.array([start, end])
    count = max(_LEAST_CHORDS, int(np.ceil(panel.edge_length(index) / _CURVE_STEP)))
    points = curves.points(start, end, edge.shape, np.linspace(0, 1, count + 1))
    points[0], points[-1] = start, end
    return points
