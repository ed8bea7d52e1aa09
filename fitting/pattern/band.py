"""Bands: strips sewn to an edge, for necks, waists, cuffs and hems."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fitting.pattern.outline import ON_FOLD, SEAM, TIGHT, Point, Stretch, arc, line

Pieces = Sequence[tuple[str, float]]  # names and lengths [m] along the sewn edge


def strip(
    pieces: Pieces,
    height: float,
    *,
    start: float = 0.0,
    folded: bool = True,
    allowance: float = TIGHT,
    ends: float = SEAM,
) -> list[Stretch]:
    """A strip whose lower edge is divided into named pieces.

    Args:
        pieces: Of the lower edge from left to right.
        height: Finished height [m].
        start: x of the left end [m].
        folded: The upper edge lies on the fold: the piece is cut double.
        allowance: Along the seam [m].
        ends: Allowance of the ends [m].
    Returns:
        The pieces, ``end.right``, ``top``, ``end.left``.
    """
    out = []
    x = start
    for name, length in pieces:
        out.append(line((x, 0.0), (x + length, 0.0), name, allowance))
        x += length
    return [
        *out,
        line((x, 0.0), (x, height), "end.right", ends),
        line((x, height), (start, height), "top", ON_FOLD if folded else allowance),
        line((start, height), (start, 0.0), "end.left", ends),
    ]


def centred(pieces: Pieces, height: float, **cut: float | bool) -> list[Stretch]:
    """A strip with x = 0 in its middle."""
    half = sum(length for _, length in pieces) / 2
    return strip(pieces, height, start=-half, **cut)  # type: ignore[arg-type]


def hanging(outline: Sequence[Stretch]) -> list[Stretch]:
    """A strip turned half round about x = 0, y = 0: sewn along its upper edge, below it the rest.

    The pieces then run from right to left.
    """
    return [s.turned(math.pi, (0.0, 0.0)) for s in outline]


def mitred(pieces: Pieces, height: float, angle: float, *, start: float) -> list[Stretch]:
    """A folded strip whose ends are cut slanting to meet in the point of a V.

    Args:
        pieces, height, start: As for `strip`.
        angle: Between the neckline and the centre line at the point [rad].
    """
    slant = min(height / math.tan(angle), 0.4 * sum(length for _, length in pieces))
    straight = strip(pieces, height, start=start)
    end = straight[-3].start[0]
    return [
        *straight[:-3],
        line((end, 0.0), (end - slant, height), "end.right", TIGHT),
        line((end - slant, height), (start + slant, height), "top", ON_FOLD),
        line((start + slant, height), (start, 0.0), "end.left", TIGHT),
    ]


def curved(
    lower: Pieces, upper: Sequence[str], split: float, height: float, angle: float
) -> list[Stretch]:
    """A strip bent so that its ends rise and its upper edge is the shorter, x = 0 in its middle.

    Args:
        lower: Pieces of the lower edge from left to right.
        upper: One or two names for the upper edge, from right to left.
        split: Where two upper pieces meet, as a share from the right end.
        height: [m].
        angle: By which the strip turns from end to end [rad].
    Returns:
        The lower pieces, ``end.right``, the upper pieces, ``end.left``.
    """
    whole = sum(length for _, length in lower)
    radius = whole / angle
    out = []
    turned = -angle / 2
    for name, length in lower:
        onwards = turned + length / radius
        out.append(
            arc(
                _on(radius, radius, turned),
                _on(radius, radius, onwards),
                radius,
                name,
                left=True,
                allowance=TIGHT,
            )
        )
        turned = onwards
    inner = radius - height
    bounds = [angle / 2, -angle / 2]
    if len(upper) == 2:
        bounds.insert(1, angle / 2 - split * angle)
    tops = [_on(radius, inner, b) for b in bounds]
    return [
        *out,
        line(out[-1].end, tops[0], "end.right", TIGHT),
        *(
            arc(tops[i], tops[i + 1], inner, name, left=False, allowance=TIGHT)
            for i, name in enumerate(upper)
        ),
        line(tops[-1], out[0].start, "end.left", TIGHT),
    ]


def _on(centre: float, radius: float, angle: float) -> Point:
    """A point of a circle about (0, centre), at an angle from straight down [rad]."""
    return radius * math.sin(angle), centre - radius * math.cos(angle)
