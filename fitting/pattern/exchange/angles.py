"""Rotation matrices and the x, y, z angles of pattern files: R = Rz Ry Rx about fixed axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fitting.pattern.placement import Rotation

_CLEAN = 1e-12  # entries this near to -1, 0 or 1 are meant to be that


def _clean(value: float) -> float:
    nearest = round(value)
    return float(nearest) + 0.0 if abs(value - nearest) < _CLEAN else value


def matrix_of(degrees: Sequence[float]) -> Rotation:
    """The matrix of three angles [deg]: first about x, then y, then z.

    Raises:
        ValueError: Not three angles.
    """
    a, b, c = (math.radians(float(d)) for d in degrees)
    ca, sa, cb, sb, cc, sc = *_cs(a), *_cs(b), *_cs(c)
    return (
        (cc * cb, cc * sb * sa - sc * ca, cc * sb * ca + sc * sa),
        (sc * cb, sc * sb * sa + cc * ca, sc * sb * ca - cc * sa),
        (-sb, cb * sa, cb * ca),
    )


def _cs(angle: float) -> tuple[float, float]:
    return _clean(math.cos(angle)), _clean(math.sin(angle))


def degrees_of(rotation: Rotation) -> tuple[float, float, float]:
    """Three angles [deg] of a matrix; the x angle is 0 where the middle one is upright."""
    r = rotation
    sine = max(-1.0, min(1.0, -r[2][0]))
    b = math.asin(sine)
    if abs(sine) < 1.0 - 1e-12:
        a = math.atan2(r[2][1], r[2][2])
        c = math.atan2(r[1][0], r[0][0])
        if abs(abs(a) - math.pi) < 1e-12 and abs(abs(c) - math.pi) < 1e-12:
            a, b, c = 0.0, math.copysign(math.pi, b if b else 1.0) - b, 0.0  # plainly about y
    else:
        a, c = 0.0, math.atan2(-r[0][1], r[1][1])
    return tuple(_clean(round(math.degrees(v), 10)) for v in (a, b, c))  # type: ignore[return-value]
