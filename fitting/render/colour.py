"""Colours between the screen's sRGB and linear light."""

from __future__ import annotations

import numpy as np

from fitting.errors import BadOption
from fitting.records import FloatArray


def linear(colour: tuple[float, float, float] | FloatArray) -> FloatArray:
    """sRGB 0..1 to linear light, IEC 61966-2-1."""
    c = np.asarray(colour, float)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def encoded(light: FloatArray) -> FloatArray:
    """Linear light 0..1 to sRGB, IEC 61966-2-1."""
    c = np.clip(light, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def from_hex(text: str) -> tuple[float, float, float]:
    """sRGB 0..1 from ``#rrggbb``.

    Raises:
        BadOption: It is not written so.
    """
    digits = text.strip().removeprefix("#")
    try:
        if len(digits) != 6 or not text.strip().startswith("#"):
            raise ValueError(text)
        red, green, blue = (int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4))
    except ValueError:
        raise BadOption(f"{text!r} is not a colour; write it like #2a4d69") from None
    return red, green, blue
