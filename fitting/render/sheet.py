"""Pictures side by side, with words above and below and one legend for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fitting.errors import BadOption
from fitting.render.maps import Scale, legend
from fitting.render.pictures import Picture, font

_INK, _GOOD = "#333333", "#0b6623"
_TITLE, _HEAD, _LEFT, _LEGEND, _SCALE = 34, 26, 86, 215, 335  # [px]
_FOOT, _LINE = 26, 18  # below the pictures, and each line of the longest words there [px]
_GAP = 10  # between pictures that are cut off at the arms [px]


@dataclass(frozen=True, eq=False)
class Cell:
    """One picture of a sheet.

    Attributes:
        picture: sRGB, shape (h, w, 3); all of a sheet are of one size.
        caption: Below it; lines are broken where it is too long.
        chosen: Whether it is the one that is advised.
    """

    picture: Picture
    caption: str = ""
    chosen: bool = False


def sheet(
    rows: Sequence[Sequence[Cell]],
    *,
    columns: Sequence[str],
    names: Sequence[str] = (),
    title: str = "",
    scale: Scale | None = None,
) -> Picture:
    """Rows of pictures on white.

    Args:
        rows: Pictures from left to right, all rows of one length.
        columns: What stands above each column.
        names: What stands left of each row; none if empty.
        title: Above all.
        scale: Of the map that the pictures show; its legend is drawn at the right.
    Raises:
        BadOption: No pictures, or they are not of one size and number.
    """
    from PIL import Image, ImageDraw

    shapes = {cell.picture.shape for row in rows for cell in row}
    if len(shapes) != 1 or any(len(row) != len(columns) for row in rows):
        raise BadOption("a sheet needs rows of one length, of pictures of one size")
    high, wide = shapes.pop()[:2]
    large, small = font(17), font(14)
    ruler = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    words = [
        [
            _broken(cell.caption, wide - 16, lambda text: ruler.textlength(text, small))
            for cell in row
        ]
        for row in rows
    ]
    foot = _FOOT + _LINE * max(len(lines) for row in words for lines in row)
    left = _LEFT if names else 0
    top = _TITLE + _HEAD
    width = left + wide * len(columns) + _GAP * (len(columns) - 1) + (_LEGEND if scale else 0)
    image = Image.new("RGB", (width, top + (high + foot) * len(rows)), "white")
    draw = ImageDraw.Draw(image)
    draw.text((left + 8, _TITLE / 2), title, fill=_INK, font=large, anchor="lm")
    for k, head in enumerate(columns):
        middle = left + (k + 0.5) * wide + k * _GAP
        draw.text((middle, top - 8), head, fill=_INK, font=large, anchor="mb")
    for r, row in enumerate(rows):
        y = top + r * (high + foot)
        if names:
            draw.text((left / 2, y + high / 2), names[r], fill=_INK, font=large, anchor="mm")
        for k, cell in enumerate(row):
            image.paste(Image.fromarray(cell.picture[..., :3]), (left + k * (wide + _GAP), y))
            ink = _GOOD if cell.chosen else _INK
            draw.multiline_text(
                (left + (k + 0.5) * wide + k * _GAP, y + high + 5), "\n".join(words[r][k]),
                fill=ink, font=small, anchor="ma", align="center", spacing=2,
            )  # fmt: skip
    if scale is not None:
        # The legend stands in the lower left corner of a picture, in proportion to its height.
        blank = np.full((1000, _LEGEND, 3), 255, np.uint8)
        drawn = legend(blank, scale)[-_SCALE:]
        image.paste(Image.fromarray(drawn), (width - _LEGEND, top))
    return np.array(image)


def _broken(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """Words in lines no longer than that."""
    lines: list[str] = []
    for word in text.split():
        if lines and length(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
