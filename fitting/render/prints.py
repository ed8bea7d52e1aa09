"""Stripes, checks, dots and pictures that repeat over the cloth, in centimetres of fabric.

A repeat lies along the panel's grain: its height runs with the warp, its width with the weft, from
the panel's own origin, so that panels drafted from one origin match at their seams.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadOption
from fitting.render.finish import Colour, Print
from fitting.units import CM

# Longest side of an uploaded print that is kept [px]; a larger one is reduced to it.
_SIDE = 2048
# Pixels of an uploaded file that are decoded at most.
_MOST = 40_000_000
# A drawn edge is sampled this finely [m], well under the 1.3 mm of a pixel in a whole figure.
_FINE = 0.00025


def stripes(
    bands: Sequence[tuple[Colour | None, float]], *, turn: float = 0.0, along: str = "weft"
) -> Print:
    """Stripes across or along the garment.

    Args:
        bands: Colour and width [cm] of each band of the repeat, upwards or to the right; None
            shows the cloth's own colour.
        turn: Counter-clockwise on the cloth [rad].
        along: ``weft`` for stripes around the body, ``warp`` for upright ones.

    Raises:
        BadOption: No bands, or one that is not 0.05 to 100 cm wide.
    """
    if along not in ("weft", "warp"):
        raise BadOption(f"stripes run along the weft or the warp, not {along!r}")
    profile = _profile(bands)
    length = sum(width for _, width in bands) * CM
    if along == "weft":
        return Print(np.ascontiguousarray(profile[::-1, None]), length, length, turn, through=True)
    return Print(np.ascontiguousarray(profile[None]), length, length, turn, through=True)


def checks(
    bands: Sequence[tuple[Colour | None, float]],
    *,
    ground: Colour = (1.0, 1.0, 1.0),
    turn: float = 0.0,
) -> Print:
    """Bands woven both ways: where two cross, warp and weft each show half.

    Args:
        bands: Colour and width [cm] of each band of the repeat, the same both ways; None is the
            ground.
        ground: Colour between the bands.
        turn: Counter-clockwise on the cloth [rad].

    Raises:
        BadOption: No bands, or one that is not 0.05 to 100 cm wide.
    """
    row = _profile([(colour or ground, width) for colour, width in bands])[:, :3].astype(float)
    both = (row[None] + row[::-1, None]) / 2
    pixels = np.concatenate([np.round(both), np.full((*both.shape[:2], 1), 255.0)], axis=2)
    length = sum(width for _, width in bands) * CM
    return Print(pixels.astype(np.uint8), length, length, turn, through=True)


def dots(colour: Colour, *, diameter_cm: float, spacing_cm: float) -> Print:
    """Round dots on a diagonal grid.

    Args:
        colour: Of the dots.
        diameter_cm: Of one dot.
        spacing_cm: Between the middles of dots in a row.

    Raises:
        BadOption: Dots that touch, or are too small to see.
    """
    if not 0.05 <= diameter_cm <= 0.7 * spacing_cm:
        raise BadOption(
            f"dots of {diameter_cm:g} cm at {spacing_cm:g} cm cannot be drawn; the diameter is "
            "0.05 cm to 0.7 of the spacing"
        )
    side = int(np.clip(round(spacing_cm * CM / _FINE), 32, 512))
    axis = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(axis, axis)
    away = np.full_like(x, np.inf)
    for u, v in ((0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)):
        away = np.minimum(away, np.hypot(x - u, y - v))
    edge = (diameter_cm / spacing_cm / 2 - away) * side
    pixels = np.empty((side, side, 4), np.uint8)
    pixels[..., :3] = np.round(np.array(colour) * 255)
    pixels[..., 3] = np.round(np.clip(edge + 0.5, 0, 1) * 255)
    return Print(pixels, spacing_cm * CM, spacing_cm * CM)


def picture(
    data: bytes, *, width_cm: float, turn: float = 0.0, offset_cm: tuple[float, float] = (0.0, 0.0)
) -> Print:
    """An uploaded picture, repeated at a size.

    Args:
        data: Bytes of a PNG, JPEG or WebP.
        width_cm: Width of one repeat on the cloth; the height follows the picture's shape.
        turn: Counter-clockwise on the cloth [rad].
        offset_cm: Of the repeat's lower left corner from the panel's origin.

    Raises:
        BadOption: Not a picture that can be read, too large, or a size out of bounds.
    """
    pixels = _decoded(data)
    height, width = pixels.shape[:2]
    size = width_cm * CM
    return Print(pixels, size, size * height / width, turn, (offset_cm[0] * CM, offset_cm[1] * CM))


def _decoded(data: bytes) -> NDArray[np.uint8]:
    """Upright sRGB with alpha, shape (h, w, 4)."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata, which is dropped anyway
            opened = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
            if opened.width * opened.height > _MOST:
                raise BadOption(
                    f"the print has {opened.width} x {opened.height} pixels; the most is "
                    f"{_MOST / 1e6:.0f} million: reduce it"
                )
            opened.draft("RGB", (_SIDE, _SIDE))
            image = ImageOps.exif_transpose(opened).convert("RGBA")
            image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    except UnidentifiedImageError:
        raise BadOption("the print is not a PNG, JPEG or WebP; save it again as one") from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise BadOption(
            f"the print is not a PNG, JPEG or WebP that can be read ({error}); save it again"
        ) from None
    return np.array(image)


def _profile(bands: Sequence[tuple[Colour | None, float]]) -> NDArray[np.uint8]:
    """One repeat as a row of pixels, each band a whole number of them where that can be."""
    if not bands:
        raise BadOption("stripes need at least one band, for example ((0.1, 0.1, 0.4), 2.0)")
    for _, width in bands:
        if not 0.05 <= width <= 100:
            raise BadOption(f"a band of {width:g} cm is outside 0.05 cm to 100 cm")
    ends = np.cumsum([width for _, width in bands])
    count = int(np.clip(np.ceil(ends[-1] * CM / _FINE), 16, 4096))
    middles = (np.arange(count) + 0.5) / count * ends[-1]
    which = np.searchsorted(ends, middles)
    table = [
        (*(round(255 * part) for part in colour), 255) if colour is not None else (0, 0, 0, 0)
        for colour, _ in bands
    ]
    row: NDArray[np.uint8] = np.array(table, np.uint8)[which]
    return row
