"""Conversions at the edges. Inside, everything is metres, kilograms, seconds and radians."""

from __future__ import annotations

CM = 0.01
MM = 0.001
INCH = 0.0254
GRAVITY = 9.80665  # [m/s²], standard gravity, CGPM 1901


def to_cm(metres: float, digits: int = 2) -> float:
    """Metres to centimetres, rounded for people."""
    return round(metres / CM, digits)


def to_mm(metres: float, digits: int = 2) -> float:
    """Metres to millimetres, rounded for people."""
    return round(metres / MM, digits)
