"""How far a finished garment may be off its measurements.

Figures of the trade: polo and undershirt specification sheets of brands for knits, the shirt and
jacket tolerances that Proper Cloth publishes for wovens. Half widths are doubled for girths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitting.records import Pattern

_KNIT: Mapping[str, float] = {
    "bust_girth": 0.020,
    "waist_girth": 0.020,
    "hip_girth": 0.020,
    "hem_girth": 0.020,
    "back_length": 0.010,
    "length": 0.010,
    "armhole_girth": 0.010,
    "upper_arm_girth": 0.010,
    "cuff_girth": 0.010,
    "sleeve_length": 0.010,
    "neckline_girth": 0.010,
}
_WOVEN: Mapping[str, float] = {
    "bust_girth": 0.0128,
    "waist_girth": 0.0128,
    "hip_girth": 0.0128,
    "hem_girth": 0.0128,
    "back_length": 0.0095,
    "length": 0.0095,
    "armhole_girth": 0.0064,
    "upper_arm_girth": 0.0096,
    "cuff_girth": 0.0064,
    "collar_girth": 0.0064,
    "sleeve_length": 0.0064,
    "neckline_girth": 0.0064,
    "shoulder_length": 0.0064,
}
_GENERAL = 0.010  # chest, waist and inseam in general 1-2 cm, trade practice
KNIT_STRETCH = 0.15  # wearable stretch from which a fabric is judged as a knit; chosen


def tolerance(name: str, *, knit: bool) -> float:
    """How far a finished measurement may be off, either way [m]."""
    return (_KNIT if knit else _WOVEN).get(name, _GENERAL)


@dataclass(frozen=True)
class Finished:
    """A finished measurement beside the body's.

    Attributes:
        name: E.g. ``bust_girth``.
        garment: As sewn [m].
        tolerance: Either way [m].
        body: The same on the body [m], where it was used.
    """

    name: str
    garment: float
    tolerance: float
    body: float | None

    @property
    def ease(self) -> float | None:
        """Garment less body [m]."""
        return None if self.body is None else self.garment - self.body


def finished(pattern: Pattern, *, knit: bool) -> tuple[Finished, ...]:
    """The finished measurements of a pattern with tolerances, beside the body's."""
    return tuple(
        Finished(name, value, tolerance(name, knit=knit), pattern.measurements.get(name))
        for name, value in pattern.finished.items()
    )
