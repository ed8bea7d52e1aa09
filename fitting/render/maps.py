"""Figures of the fit as colours on the cloth: strain, pressure, gap, with their legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadOption, UnknownName
from fitting.records import FloatArray
from fitting.render.colour import linear
from fitting.render.pictures import font
from fitting.units import MM

MapName = Literal["none", "strain", "pressure", "gap"]

# Lightness falls steadily from stop to stop, so that the maps read without colour vision too.
_WARM = ("#eef1f2", "#f7e08a", "#f3a447", "#d9512c", "#8c1c3f", "#3d0f3a")
_COOL = ("#173f5f", "#1f7a8c", "#63b7a3", "#c6dfb0", "#f6f1d5")
_UNKNOWN = "#9a9a9a"


@dataclass(frozen=True)
class Scale:
    """How a figure is coloured.

    Attributes:
        title, unit: For the legend.
        low, high: Values at the ends [SI].
        shown: SI value of one unit of the legend.
        stops: Colours from low to high.
    """

    title: str
    unit: str
    low: float
    high: float
    shown: float
    stops: tuple[str, ...]


SCALES: dict[str, Scale] = {
    # A cut-and-sewn knit is worn at up to about 30 % [chosen]; below 0 the cloth is slack.
    "strain": Scale("Stretch", "%", 0.0, 0.30, 0.01, _WARM),
    # Discomfort begins at 5.9 kPa: M. J. Denton, Fit, stretch and comfort, 1972.
    "pressure": Scale("Pressure", "kPa", 0.0, 6000.0, 1000.0, _WARM),
    "gap": Scale("Distance to the body", "mm", 0.0, 0.06, MM, _COOL),
}


def scale(name: str) -> Scale:
    """The scale of that name.

    Raises:
        UnknownName: There is none.
    """
    try:
        return SCALES[name]
    except KeyError:
        raise UnknownName(
            f"there is no map {name!r}; choose one of: none, {', '.join(SCALES)}"
        ) from None


def _rgb(code: str) -> tuple[float, float, float]:
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255)


def shades(of: Scale, values: FloatArray) -> FloatArray:
    """sRGB 0..1 for values, shape (N, 3); grey where a value is not finite."""
    stops = np.array([_rgb(code) for code in of.stops])
    at = np.clip((values - of.low) / (of.high - of.low), 0, 1) * (len(stops) - 1)
    known = np.isfinite(at)
    at = np.where(known, at, 0.0)
    out = np.column_stack([np.interp(at, np.arange(len(stops)), stops[:, k]) for k in range(3)])
    out[~known] = _rgb(_UNKNOWN)
    return out


def heat(name: str, values: FloatArray, vertices: int) -> FloatArray:
    """Linear colours of a map on a cloth's vertices, shape (V, 3).

    Args:
        name: ``strain``, ``pressure`` or ``gap``.
        values: One a vertex, as a ratio, [Pa] or [m].
        vertices: How many vertices the cloth has.

    Raises:
        UnknownName: No such map.
        BadOption: Not one value a vertex.
    """
    rows = np.asarray(values, float)
    if rows.shape != (vertices,):
        raise BadOption(
            f"the {name} map has values of shape {rows.shape}; the garment has {vertices} vertices "
            "and needs one value each"
        )
    return linear(shades(scale(name), rows))


def legend(picture: NDArray[np.uint8], of: Scale) -> NDArray[np.uint8]:
    """The picture with the map's scale drawn into its left lower corner."""
    from PIL import Image, ImageDraw

    height, width = picture.shape[:2]
    unit = max(height, width) / 1365
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    left, tall, wide = round(40 * unit), round(300 * unit), max(2, round(22 * unit))
    top = height - round(70 * unit) - tall
    steps = np.linspace(of.high, of.low, tall)
    bar = np.round(shades(of, steps) * 255).astype(np.uint8)
    image.paste(Image.fromarray(np.repeat(bar[:, None], wide, axis=1)), (left, top))
    ink = (60, 60, 62) if picture.shape[2] == 3 else (60, 60, 62, 255)
    draw.rectangle((left, top, left + wide, top + tall), outline=ink, width=max(1, round(unit)))
    if picture.shape[2] == 4:
        # The bar's pixels came in transparent: make them opaque.
        alpha = np.array(image)
        alpha[top : top + tall + 1, left : left + wide + 1, 3] = 255
        image = Image.fromarray(alpha)
        draw = ImageDraw.Draw(image)
    face = font(max(9.0, 18 * unit))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + tall * (1 - share)
        value = (of.low + share * (of.high - of.low)) / of.shown
        draw.line((left + wide, y, left + wide + 6 * unit, y), fill=ink, width=max(1, round(unit)))
        text = f"{value:g}" + (" +" if share == 1 else "")
        draw.text((left + wide + 12 * unit, y), text, fill=ink, font=face, anchor="lm")
    draw.text((left, top - 14 * unit), f"{of.title}, {of.unit}", fill=ink, font=face, anchor="lb")
    return np.array(image)
