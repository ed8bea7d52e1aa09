"""Patterns on paper at 1:1: tiled pages, rolls, and one page for a projector.

Every document carries a square of 10 cm beside one of 4 inches, and the measurements and options
the pattern was drafted with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from fitting.assets import asset
from fitting.errors import UnknownName
from fitting.pattern.sheet import Layer, Path, Sheet, Text, draw, draw_nest, garment_title
from fitting.pattern.tolerances import finished
from fitting.pattern.wardrobe import garments
from fitting.pattern.words import Language, word
from fitting.records import Pattern

Paper = Literal["A4", "Letter", "A0", "projector"]
PAPERS: tuple[Paper, ...] = ("A4", "Letter", "A0", "projector")

PT = 72 / 25.4  # points in a millimetre
_SIZES: dict[str, tuple[float, float]] = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
_ROLL = 841.0  # [mm] width of an A0 roll
_MARGIN = 10.0  # [mm] that printers leave white
OVERLAP = 10.0  # [mm] that neighbouring tiles share, to glue them
_LONGEST = 5000.0  # [mm] readers refuse pages over 14,400 points
_HEAD = 150.0  # [mm] height of the block with scale boxes and tables on rolls and for projectors
_FONT = "AtelierSans"

_STROKES: dict[Layer, tuple[float, float, tuple[float, ...]]] = {  # [mm] width, grey, dashes
    "cut": (0.5, 0.0, ()),
    "sew": (0.3, 0.35, (4.0, 1.5)),
    "notch": (0.5, 0.0, ()),
    "mark": (0.25, 0.45, ()),
}
# Sizes drawn into one another are told apart by their dashes, as printers are often black only.
_SIZE_DASHES: tuple[tuple[float, ...], ...] = (
    (), (6.0, 2.0), (2.0, 1.5), (10.0, 2.0, 2.0, 2.0), (10.0, 2.0, 2.0, 2.0, 2.0, 2.0),
    (14.0, 3.0), (1.0, 3.0), (4.0, 4.0),
)  # fmt: skip


@dataclass(frozen=True)
class Tile:
    """A window of the sheet on one page: column, row and lower left corner on the sheet [mm]."""

    column: int
    row: int
    x: float
    y: float

    @property
    def name(self) -> str:
        """``A1``, ``B3``: column letter and row number."""
        letters, n = "", self.column
        while n >= 0:
            letters, n = chr(65 + n % 26) + letters, n // 26 - 1
        return f"{letters}{self.row + 1}"


@dataclass(frozen=True)
class _Work:
    """What is printed: a pattern, or several sizes in one another with the sample's tables."""

    pattern: Pattern
    nest: Mapping[str, Pattern]
    language: Language

    def sheet(self, width_mm: float) -> Sheet:
        """The drawing, of about that width."""
        if self.nest:
            sample = next(k for k, p in self.nest.items() if p is self.pattern)
            return draw_nest(self.nest, sample, language=self.language, width_mm=width_mm)
        return draw(self.pattern, language=self.language, width_mm=width_mm)

    @property
    def title(self) -> str:
        """Garment and size, or sizes."""
        name = garment_title(self.pattern.name, self.language)
        if self.nest:
            return f"{name} · {', '.join(self.nest)}"
        return f"{name} · {self.pattern.size or word('made to measure', self.language)}"


def pdf(pattern: Pattern, *, paper: Paper = "A4", language: Language = "en") -> bytes:
    """The pattern as a PDF: the same bytes for the same pattern.

    Raises:
        UnknownName: No such paper.
    """
    return _printed(_Work(pattern, {}, language), paper)


def nest_pdf(
    nest: Mapping[str, Pattern], sample: str, *, paper: Paper = "A4", language: Language = "en"
) -> bytes:
    """Several sizes drawn into one another, with the tables of the sample size.

    Raises:
        UnknownName: No such paper.
    """
    return _printed(_Work(nest[sample], nest, language), paper)


def _printed(work: _Work, paper: Paper) -> bytes:
    if paper not in PAPERS:
        raise UnknownName(f"there is no paper {paper!r} (there are: {', '.join(PAPERS)})")
    _use_font()
    out = BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(work.pattern.name)
    canvas.setCreator("cyberatelier")
    if paper in _SIZES:
        _tiled(canvas, work, paper)
    else:
        _one_page(canvas, work, paper)
    canvas.save()
    return out.getvalue()


def _use_font() -> None:
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_FONT, str(asset("fonts", "DejaVuSans-subset.ttf"))))


# ---- tiles ---------------------------------------------------------------------------------------


def window(paper: str) -> tuple[float, float]:
    """Width and height of a tile on the sheet, overlap included [mm]."""
    width, height = _SIZES[paper]
    return width - 2 * _MARGIN, height - 2 * _MARGIN


def tiles(sheet: Sheet, paper: str) -> list[Tile]:
    """The tiles that cover the sheet, row by row from its top left corner."""
    wide, high = window(paper)
    across, down = wide - OVERLAP, high - OVERLAP
    columns = max(1, math.ceil((sheet.width - OVERLAP) / across))
    rows = max(1, math.ceil((sheet.height - OVERLAP) / down))
    return [
        Tile(c, r, c * across, sheet.height - r * down - high)
        for r in range(rows)
        for c in range(columns)
    ]


def _tiled(canvas: Canvas, work: _Work, paper: str) -> None:
    wide, _ = window(paper)
    sheet = work.sheet(6 * (wide - OVERLAP) + OVERLAP)
    pages = tiles(sheet, paper)
    _form(canvas, sheet)
    used = [t for t in pages if _inked(sheet, t, window(paper))]
    _cover(canvas, work, sheet, pages, used, paper)
    width, height = _SIZES[paper]
    for tile in used:
        canvas.setPageSize((width * PT, height * PT))
        _tile_page(canvas, tile, paper, work.language, len(used), used.index(tile) + 1)
        canvas.showPage()


def _tile_page(
    canvas: Canvas, tile: Tile, paper: str, language: Language, count: int, number: int
) -> None:
    """One window of the sheet with its marks for gluing."""
    wide, high = window(paper)
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(_MARGIN * PT, _MARGIN * PT, wide * PT, high * PT)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.translate((_MARGIN - tile.x) * PT, (_MARGIN - tile.y) * PT)
    canvas.doForm("sheet")
    canvas.restoreState()
    canvas.setLineWidth(0.2 * PT)
    canvas.setStrokeGray(0.5)
    canvas.rect(_MARGIN * PT, _MARGIN * PT, wide * PT, high * PT)
    # The neighbour to the right and the one below are laid on these lines.
    canvas.setDash(2 * PT, 2 * PT)
    inner_x, inner_y = _MARGIN + wide - OVERLAP, _MARGIN + OVERLAP
    canvas.line(inner_x * PT, _MARGIN * PT, inner_x * PT, (_MARGIN + high) * PT)
    canvas.line(_MARGIN * PT, inner_y * PT, (_MARGIN + wide) * PT, inner_y * PT)
    canvas.setDash()
    for x in (_MARGIN + OVERLAP / 2, _MARGIN + wide - OVERLAP / 2):
        for y in (_MARGIN + OVERLAP / 2, _MARGIN + high - OVERLAP / 2):
            _target(canvas, x, y)
    canvas.setFillGray(0.5)
    canvas.setFont(_FONT, 26 * PT)
    canvas.drawString((_MARGIN + 6) * PT, (_MARGIN + high - 26) * PT, tile.name)
    canvas.setFont(_FONT, 3 * PT)
    text = f"{word('page', language)} {number}/{count}"
    canvas.drawString(_MARGIN * PT, (_MARGIN - 5) * PT, text)


def _target(canvas: Canvas, x: float, y: float) -> None:
    """A cross in a circle that neighbouring tiles share [mm]."""
    canvas.line((x - 3) * PT, y * PT, (x + 3) * PT, y * PT)
    canvas.line(x * PT, (y - 3) * PT, x * PT, (y + 3) * PT)
    canvas.circle(x * PT, y * PT, 1.5 * PT)


def _inked(sheet: Sheet, tile: Tile, size: tuple[float, float]) -> bool:
    """Does any line of the sheet cross the tile."""
    x0, y0, x1, y1 = tile.x, tile.y, tile.x + size[0], tile.y + size[1]
    for path in sheet.paths:
        for ax, ay, bx, by in _segments(path):
            if max(ax, bx) >= x0 and min(ax, bx) <= x1 and max(ay, by) >= y0 and min(ay, by) <= y1:
                return True
    return False


def _segments(path: Path) -> Iterator[tuple[float, float, float, float]]:
    """Boxes around a path's lines, curves by their control points [mm]."""
    x = y = first_x = first_y = 0.0
    for verb, numbers in path.commands:
        if verb == "M":
            x, y = first_x, first_y = numbers[0], numbers[1]
        elif verb == "Z":
            yield x, y, first_x, first_y
        else:
            xs, ys = (x, *numbers[0::2]), (y, *numbers[1::2])
            yield min(xs), min(ys), max(xs), max(ys)
            x, y = numbers[-2], numbers[-1]


# ---- one page ------------------------------------------------------------------------------------


def _one_page(canvas: Canvas, work: _Work, paper: Paper) -> None:
    """The whole sheet below a head with scale boxes and tables; rolls are as wide as the roll."""
    width = _ROLL - 2 * _MARGIN if paper == "A0" else 1500.0
    sheet = work.sheet(width)
    _form(canvas, sheet)
    page = max(_ROLL, sheet.width + 2 * _MARGIN) if paper == "A0" else max(sheet.width, 600.0)
    left = _MARGIN if paper == "A0" else 0.0
    parts = max(1, math.ceil(sheet.height / (_LONGEST - _HEAD)))
    share = sheet.height / parts
    for i in range(parts):
        head = _HEAD if i == 0 else 0.0
        high = share + head + 2 * _MARGIN
        canvas.setPageSize((page * PT, high * PT))
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(0, _MARGIN * PT, page * PT, share * PT)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.translate(left * PT, (_MARGIN - sheet.height + (i + 1) * share) * PT)
        canvas.doForm("sheet")
        canvas.restoreState()
        if i == 0:
            _head(canvas, work, 20.0, high - 15.0)
        canvas.showPage()


# ---- the sheet and its head ----------------------------------------------------------------------


def _form(canvas: Canvas, sheet: Sheet) -> None:
    """The sheet, drawn once and shown on every page."""
    canvas.beginForm("sheet", 0, 0, sheet.width * PT, sheet.height * PT)
    for path in sheet.paths:
        width, grey, dashes = _STROKES[path.layer]
        if path.dashed:
            dashes = (8.0, 3.0, 2.0, 3.0)
        elif path.size and path.layer == "cut":
            dashes = _SIZE_DASHES[path.stroke % len(_SIZE_DASHES)]
        canvas.setLineWidth(width * PT)
        canvas.setStrokeGray(grey)
        canvas.setDash([d * PT for d in dashes] if dashes else [])
        canvas.drawPath(_drawn(canvas, path))
    canvas.setFillGray(0.25)
    for text in sheet.texts:
        _write(canvas, text)
    canvas.endForm()


def _drawn(canvas: Canvas, path: Path) -> Any:
    out = canvas.beginPath()
    for verb, numbers in path.commands:
        points = [v * PT for v in numbers]
        if verb == "M":
            out.moveTo(*points)
        elif verb == "L":
            out.lineTo(*points)
        elif verb == "C":
            out.curveTo(*points)
        else:
            out.close()
    return out


def _write(canvas: Canvas, text: Text) -> None:
    canvas.saveState()
    canvas.translate(text.x * PT, text.y * PT)
    canvas.rotate(text.turn)
    canvas.setFont(_FONT, text.size / 0.73 * PT)  # capitals of the font are 0.73 em high
    canvas.drawString(0, 0, text.text)
    canvas.restoreState()


def _cover(
    canvas: Canvas, work: _Work, sheet: Sheet, pages: list[Tile], used: list[Tile], paper: str
) -> None:
    """The first page: scale boxes, tables and the map of the tiles."""
    width, height = _SIZES[paper]
    canvas.setPageSize((width * PT, height * PT))
    _head(canvas, work, 15.0, height - 15.0)
    columns = max(t.column for t in pages) + 1
    rows = max(t.row for t in pages) + 1
    wide, high = window(paper)
    scale = min((width - 30) / (columns * wide), 125.0 / (rows * high))
    x0, y0 = 15.0, 12.0
    canvas.setFont(_FONT, 3.5 * PT)
    canvas.setFillGray(0.0)
    title_y = y0 + rows * (high - OVERLAP) * scale + 4
    canvas.drawString(x0 * PT, title_y * PT, word("page map", work.language))
    canvas.setLineWidth(0.2 * PT)
    for tile in pages:
        x = x0 + tile.column * (wide - OVERLAP) * scale
        y = y0 + (rows - 1 - tile.row) * (high - OVERLAP) * scale
        canvas.setStrokeGray(0.0 if tile in used else 0.8)
        canvas.rect(x * PT, y * PT, (wide - OVERLAP) * scale * PT, (high - OVERLAP) * scale * PT)
        if tile in used:
            canvas.drawString((x + 1) * PT, (y + 1) * PT, tile.name)
    canvas.saveState()
    top = y0 + rows * (high - OVERLAP) * scale
    canvas.translate(x0 * PT, (top - sheet.height * scale) * PT)
    canvas.scale(scale, scale)
    canvas.doForm("sheet")
    canvas.restoreState()
    canvas.showPage()


def _head(canvas: Canvas, work: _Work, x: float, top: float) -> None:
    """Title, scale boxes, and the tables of measurements and options, from a corner down [mm]."""
    language = work.language
    canvas.setFillGray(0.0)
    canvas.setStrokeGray(0.0)
    canvas.setDash([])
    canvas.setFont(_FONT, 6 * PT)
    canvas.drawString(x * PT, (top - 5) * PT, work.title)
    canvas.setLineWidth(0.3 * PT)
    low = top - 12 - 101.6
    canvas.rect(x * PT, low * PT, 100 * PT, 100 * PT)
    canvas.setFont(_FONT, 3 * PT)
    canvas.drawString((x + 3) * PT, (low + 4) * PT, f"10 {word('cm', language)}")
    _ticks(canvas, x, low, 10.0, 10)
    # The 4 inch square shares the corner: its edges lie 1.6 mm outside.
    canvas.setDash([1.5 * PT, 1.5 * PT])
    canvas.rect(x * PT, low * PT, 4 * 72, 4 * 72)
    canvas.setDash([])
    canvas.drawRightString((x + 99) * PT, (low + 4) * PT, f"4 {word('in', language)}")
    for i, line in enumerate(("print at 100 %", "the square must measure 10 cm")):
        canvas.drawString((x + 3) * PT, (low + 14 - 5 * i) * PT, word(line, language))
    _tables(canvas, work.pattern, language, x, top - 14)


def _ticks(canvas: Canvas, x: float, y: float, step: float, count: int) -> None:
    for i in range(1, count):
        canvas.line((x + i * step) * PT, y * PT, (x + i * step) * PT, (y + 2) * PT)
        canvas.line(x * PT, (y + i * step) * PT, (x + 2) * PT, (y + i * step) * PT)


def _tables(canvas: Canvas, pattern: Pattern, language: Language, x: float, top: float) -> None:
    """Measurements of garment and body inside the square, options beside it [mm]."""
    rows = measurement_rows(pattern, language)
    step = min(3.6, 78.0 / max(1, len(rows)))
    _columns(canvas, rows, x + 4, (x + 66, x + 81, x + 96), top, step)
    options = [(word("options", language), "")]
    options += list(option_rows(pattern, language))
    if pattern.fabric:
        options.append((word("fabric", language), pattern.fabric))
    step = min(3.6, 96.0 / max(1, len(options)))
    _columns(canvas, options, x + 108, (x + 180,), top, step)


def measurement_rows(pattern: Pattern, language: Language) -> list[tuple[str, ...]]:
    """Finished measurements with tolerance, the body's and the ease; then what else was taken."""
    knit = any(panel.material == "rib" for panel in pattern.panels)
    unit = word("cm", language)
    rows: list[tuple[str, ...]] = [
        (
            f"{word('finished measurements', language)}, {unit}",
            "±",
            word("body", language),
            word("ease", language),
        )
    ]
    made = finished(pattern, knit=knit)
    for f in made:
        beside = ("", "") if f.body is None or f.ease is None else (
            f"{f.body * 100:.1f}", f"{f.ease * 100:+.1f}",
        )  # fmt: skip
        told = f"{f.garment * 100:.1f} ± {f.tolerance * 100:.1f}"
        rows.append((word(f.name, language), told, *beside))
    shown = {f.name for f in made}
    rows.append((f"{word('body', language)}, {unit}", "", "", ""))
    for name, value in pattern.measurements.items():
        if name not in shown:
            rows.append((word(name, language), "", f"{value * 100:.1f}", ""))
    return rows


def _columns(
    canvas: Canvas,
    rows: Sequence[tuple[str, ...]],
    x: float,
    rights: tuple[float, ...],
    top: float,
    step: float,
) -> None:
    """A name and columns of values, each ending at its right edge [mm]; long names are narrowed."""
    for i, (name, *values) in enumerate(rows):
        y, size = top - (i + 1) * step, 0.75 * step * PT
        taken = pdfmetrics.stringWidth(values[0], _FONT, size) if values else 0.0
        room = (rights[0] - x - 1.0) * PT - taken
        wide = pdfmetrics.stringWidth(name, _FONT, size)
        canvas.setFont(_FONT, size * min(1.0, room / max(wide, 1e-9)))
        canvas.drawString(x * PT, y * PT, name)
        canvas.setFont(_FONT, size)
        for value, right in zip(values, rights, strict=True):
            canvas.drawRightString(right * PT, y * PT, value)


def option_rows(pattern: Pattern, language: Language) -> Iterator[tuple[str, str]]:
    """Names and values of the options, in per cent, centimetres and degrees."""
    known = garments().get(pattern.name)
    for name, value in pattern.options.items():
        option = known.options.get(name) if known else None
        title = name.replace("_", " ")
        if option is not None and language == "ru" and option.description_ru:
            title = re.split(r"[,;:.]", option.description_ru)[0]
        yield title, _told(value, option.kind if option else "", language)


def _told(value: float | str | bool, kind: str, language: Language) -> str:
    if isinstance(value, bool):
        return word("yes" if value else "no", language)
    if isinstance(value, str):
        return word(value, language)
    if kind == "ratio":
        return f"{value * 100:.1f} %"
    if kind == "length":
        return f"{value * 100:.1f} {word('cm', language)}"
    return f"{value:.4g}"
