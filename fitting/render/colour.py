"""Colours between the screen's sRGB and linear light."""

from __future__ import annotations

import numpy as np

from fitting.records import FloatArray


def linear(colour: tuple[float, float, float] | FloatArray) -> FloatArray:
    """sRGB 0..1 to linear light, IEC 61966-2-1."""
    c = np.asarray(colour, float)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def encoded(light: FloatArray) -> FloatArray:
    """Linear light 0..1 to sRGB, IEC 61966-2-1."""
    c = np.clip(light, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)
