"""Darts of the upper body: the bust dart at the side, waist darts, and how the waist is taken in.

The bust dart opens the front at bust level, so that its side is as long as the back's once the
dart is sewn and its centre longer. Its angle grows with the difference of bust and under-bust
girth: a B cup of 14 cm at a bust of 90 cm gets about 14 degrees, which is close to Aldrich's 7 cm
shoulder dart for that size. Dart points stop short of the bust point, as every textbook asks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fitting.pattern import bodice
from fitting.pattern.bodice import Block
from fitting.pattern.figure import Figure
from fitting.pattern.outline import Point, Stretch, curve, distance, line, turn

_CUP = math.radians(110)  # per share of the bust girth that it exceeds the under-bust girth
_FLAT = math.radians(3)  # what ease takes up of it
_LEAST, _MOST = math.radians(2.5), math.radians(26)
_SHORT_OF_BUST = 0.013  # of the height: dart point to bust point, 2 cm
_UNDER_BUST_DART = 0.008  # of the height: a waist dart's tip stays that far below; chosen
LEAST_DART = 0.004  # of the height: narrower darts are taken at the side
SIDE_SHARE = 0.35  # of what the waist is taken in; the rest goes into darts; common practice
MEASUREMENTS = ("underbust_girth", "bust_height", "bust_point_distance")


@dataclass(frozen=True)
class SideDart:
    """The side of a front with a bust dart, and the side of the back it is sewn to.

    Attributes:
        front: ``side.lower, bust dart.lower, bust dart.upper, side.upper`` from the hem up;
            without a dart the two sides alone.
        back: ``side.lower, side.upper``.
        drop: How much lower the front hangs at the hem, in y [m].
        inwards: How far its hem is moved in x [m].
    """

    front: tuple[Stretch, ...]
    back: tuple[Stretch, Stretch]
    drop: float
    inwards: float


def bust_level(figure: Figure) -> float:
    """Height of the bust points over the waist on a front panel [m].

    Heights on the body are scaled to the length of the cloth over it.
    """
    body = figure.side_neck_height - figure["waist_height"]
    share = (figure["bust_height"] - figure["waist_height"]) / body
    return bodice.neck_level(figure) * min(0.75, max(0.2, share))


def bust_angle(figure: Figure) -> float:
    """Opening of the bust dart [rad]; 0 where none is needed."""
    bust = figure["bust_girth"]
    cup = (bust - figure["underbust_girth"]) / bust
    angle = min(_MOST, _CUP * cup - _FLAT)
    return angle if angle >= _LEAST else 0.0


def side_dart(figure: Figure, side: Stretch) -> SideDart:
    """Cut a bust dart into a side seam.

    Args:
        figure: Whose.
        side: The back's side from the hem up to the underarm.
    """
    underarm = side.end
    level = min(0.86 * underarm[1], max(0.30 * underarm[1], bust_level(figure)))
    above = _length_from_top(side, level)
    lower, upper = side.split(1.0 - above / side.length, "side.lower", "side.upper")
    mouth = upper.start
    half = figure["bust_point_distance"] / 2
    tip_x = min(half + _SHORT_OF_BUST * figure.height, 0.70 * mouth[0])
    tip: Point = (tip_x, level)
    reach = distance(tip, mouth)
    room = 0.7 * (mouth[1] - 0.10 * underarm[1])
    angle = min(bust_angle(figure), math.asin(min(0.9, max(0.0, room / reach))))
    if angle < _LEAST:
        return SideDart((lower, upper), (lower, upper), 0.0, 0.0)
    low_mouth = turn(mouth, -angle, tip)
    dx, dy = low_mouth[0] - mouth[0], low_mouth[1] - mouth[1]
    front = (
        lower.moved(dx, dy),
        line(low_mouth, tip, "bust dart.lower"),
        line(tip, mouth, "bust dart.upper"),
        upper,
    )
    return SideDart(front, (lower, upper), -dy, -dx)


def below(figure: Figure, cut: SideDart, x: float) -> float:
    """How high a waist dart's tip may reach under the bust dart [m].

    Args:
        figure: Whose.
        cut: The side with the bust dart.
        x: Of the waist dart's tip, its half width added [m].
    """
    leg = next((s for s in cut.front if s.name == "bust dart.lower"), None)
    if leg is None or x <= leg.end[0]:
        return math.inf
    mouth, tip = leg.start, leg.end
    share = (x - tip[0]) / (mouth[0] - tip[0])
    return tip[1] + share * (mouth[1] - tip[1]) - _UNDER_BUST_DART * figure.height


def _length_from_top(side: Stretch, level: float) -> float:
    """Length of a side from its top down to a height [m]."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if side.at(middle)[1] < level:
            low = middle
        else:
            high = middle
    return (1.0 - low) * side.length


def sides(figure: Figure, block: Block, waist: float, other: float) -> tuple[float, float, float]:
    """How a quarter is taken in from the underarm to the waist.

    Args:
        figure: Whose.
        block: Front or back; its underarm gives the quarter at the bust.
        waist, other: Sewn waist of the front and of the back quarter [m].
    Returns:
        Taken in at the side, front dart and back dart [m]; a negative first figure flares.
    """
    quarter = block.underarm[0]
    taken = quarter - (waist + other) / 2
    least = LEAST_DART * figure.height
    if taken <= 2 * least:
        side = quarter - max(waist, other)
    else:
        side = min(SIDE_SHARE * taken, quarter - max(waist, other))
    return side, max(0.0, quarter - side - waist), max(0.0, quarter - side - other)


def pieces(total: float, count: int, first: float) -> list[float]:
    """A waist quarter divided by its darts.

    Args:
        total: Sewn length [m].
        count: Number of darts.
        first: Centre to the first dart [m].
    """
    if count == 0:
        return [total]
    first = min(first, 0.62 * total)
    if count == 1:
        return [first, total - first]
    rest = total - first
    return [first, 0.42 * rest, 0.58 * rest]


def waist_line(
    start: Point, end: Point, lengths: Sequence[float], width: float, depths: Sequence[float]
) -> list[Stretch]:
    """A waist edge with V darts pointing to the left of its direction.

    Args:
        start, end: Of the edge; its length is the sum of the lengths plus the darts.
        lengths: Of the pieces between the darts, from the start [m].
        width: Of each dart [m]; 0 leaves the pieces side by side.
        depths: Of each dart [m].
    Returns:
        ``waist.1, dart.1.a, dart.1.b, waist.2 ...`` from start to end.
    """
    run = distance(start, end)
    u = ((end[0] - start[0]) / run, (end[1] - start[1]) / run)
    left = (-u[1], u[0])

    def at(along: float, across: float = 0.0) -> Point:
        return (
            start[0] + along * u[0] + across * left[0],
            start[1] + along * u[1] + across * left[1],
        )

    out: list[Stretch] = []
    place = 0.0
    for i, length in enumerate(lengths):
        last = i == len(lengths) - 1
        stop = end if last else at(place + length)
        out.append(line(at(place) if i else start, stop, f"waist.{i + 1}"))
        place += length
        if not last and width > 0:
            tip = at(place + width / 2, depths[i])
            out.append(line(stop, tip, f"dart.{i + 1}.a"))
            out.append(line(tip, at(place + width), f"dart.{i + 1}.b"))
            place += width
    return out


def hem_dart(
    x: float, low: float, waist: float, tip: float, width: float, at_hem: float
) -> list[Stretch]:
    """A long dart that runs out into the hem: widest at the waist.

    Args:
        x: Of its middle line [m].
        low, waist, tip: Heights of hem, waist and dart point [m].
        width, at_hem: At the waist and at the hem [m].
    Returns:
        ``hem dart.a`` up to the point and ``hem dart.b`` down again.
    """
    t = (waist - low) / (tip - low)
    reach = (width / 2 - at_hem / 2 * (1 - t) ** 3) / (3 * t * (1 - t))
    y1, y2 = low + (tip - low) / 3, low + 2 * (tip - low) / 3

    def leg(sign: float, name: str) -> Stretch:
        return curve(
            (x + sign * at_hem / 2, low),
            (x + sign * reach, y1),
            (x + sign * reach, y2),
            (x, tip),
            name,
        )

    return [leg(-1.0, "hem dart.a"), leg(+1.0, "hem dart.b").reversed()]
