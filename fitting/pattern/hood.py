"""A hood of two halves, after the common flat draft: height and depth from the head girth."""

from __future__ import annotations

import math

from fitting.pattern.outline import HEM_KNIT, Point, Stretch, curve, line

HEIGHT, DEPTH = 0.60, 0.43  # of the head girth; 34 and 24.5 cm for 57 cm, the trade's usual hood
_FRONT_SLOPE, _BACK_SLOPE = math.radians(16), math.radians(6)  # of the neck edge; chosen


def left_half(front: float, back: float, head: float, ease: float) -> list[Stretch]:
    """The left half as seen from outside, the face at -x, the side neck point at the origin.

    Args:
        front, back: Lengths of the neckline it is sewn to [m].
        head: Head girth [m].
        ease: Share added to height and depth.
    Returns:
        ``neck.front, neck.back, crown, face``.
    """
    height, depth = HEIGHT * head * (1.0 + ease), DEPTH * head * (1.0 + ease)
    throat: Point = (-front * math.cos(_FRONT_SLOPE), -front * math.sin(_FRONT_SLOPE))
    nape: Point = (back * math.cos(_BACK_SLOPE), back * math.sin(_BACK_SLOPE))
    bulge = max(nape[0] + 0.10 * depth, throat[0] + depth)
    top: Point = (throat[0], 0.96 * height)
    return [
        line(throat, (0.0, 0.0), "neck.front"),
        line((0.0, 0.0), nape, "neck.back"),
        curve(
            nape,
            (bulge + 0.32 * depth, 0.42 * height),
            (bulge + 0.02 * depth, 1.10 * height),
            top,
            "crown",
        ),
        line(top, throat, "face", HEM_KNIT),
    ]
