"""Patterns as SVG in millimetres, with a layer each for cut, sew, notch and mark."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from fitting.pattern.sheet import LAYERS, Layer, Path, Sheet, Text, draw, draw_nest
from fitting.pattern.words import Language
from fitting.records import Pattern

# Colour, width [mm] and what else of a layer's strokes.
_STYLE: dict[Layer, tuple[str, float, str]] = {
    "cut": ("#000", 0.6, ""),
    "sew": ("#1f5fbf", 0.35, ";stroke-dasharray:4 1.5"),
    "notch": ("#000", 0.5, ""),
    "mark": ("#777", 0.35, ""),
}


_COLOURS = (
    "#000", "#c1272d", "#1f5fbf", "#1a7f37", "#8a3ffc", "#b25e00", "#007d79", "#9f1853",
)  # fmt: skip


def svg(pattern: Pattern, *, language: Language = "en", weight: float = 1.0) -> str:
    """The pieces with allowances, notches and marks, at 1:1.

    Args:
        pattern: What to draw.
        language: Of the words.
        weight: Strokes are that many times as wide, for pictures that are shown small.
    """
    return sheet_svg(draw(pattern, language=language), weight=weight)


def nest_svg(
    nest: Mapping[str, Pattern], sample: str, *, language: Language = "en", weight: float = 1.0
) -> str:
    """Several sizes drawn into one another, each in a colour of its own."""
    return sheet_svg(draw_nest(nest, sample, language=language), weight=weight)


def sheet_svg(sheet: Sheet, *, weight: float = 1.0) -> str:
    """A sheet as an SVG document; one user unit is one millimetre."""
    w, h = _number(sheet.width), _number(sheet.height)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}">',
        f"<title>{escape(sheet.title)}</title>",
    ]
    for layer in LAYERS:
        colour, width, more = _STYLE[layer]
        style = f"fill:none;stroke-width:{weight * width:g}{more}"
        # The colour is an attribute of its own, so that a size's can stand in for it.
        parts.append(
            f'<g id="{layer}" inkscape:groupmode="layer" inkscape:label="{layer}" '
            f'stroke="{colour}" style="{style}">'
        )
        parts += [_path(p, sheet.height) for p in sheet.paths if p.layer == layer]
        parts += [_text(t, sheet.height) for t in sheet.texts if t.layer == layer]
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _number(value: float) -> str:
    """Four decimals of a millimetre, without the zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".").replace("-0", "0" if abs(value) < 5e-5 else "-0")


def _path(path: Path, height: float) -> str:
    words = []
    for verb, numbers in path.commands:
        turned = [height - v if k % 2 else v for k, v in enumerate(numbers)]
        words.append(verb + " ".join(_number(v) for v in turned))
    dashes = ' stroke-dasharray="8 3 2 3"' if path.dashed else ""
    piece = f" data-piece={quoteattr(path.piece)}" if path.piece else ""
    if path.size:
        colour = _COLOURS[path.stroke % len(_COLOURS)]
        piece += f' data-size={quoteattr(path.size)} stroke="{colour}"'
    return f'<path d="{" ".join(words)}"{dashes}{piece}/>'


def _text(text: Text, height: float) -> str:
    x, y = _number(text.x), _number(height - text.y)
    turn = f' transform="rotate({_number(-text.turn)} {x} {y})"' if text.turn else ""
    size = _number(text.size / 0.7)  # capitals are about 0.7 em high
    return (
        f'<text x="{x}" y="{y}" style="font-family:sans-serif;font-size:{size}px;fill:#333;'
        f'stroke:none"{turn}>{escape(text.text)}</text>'
    )
