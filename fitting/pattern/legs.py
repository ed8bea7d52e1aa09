"""Trouser legs: fronts and backs on the lines of waist, hip, crotch, knee and hem.

The net is the common trouser block (Aldrich; FreeSewing's Titan): quarters of the hip, forks of a
twentieth and a ninth of the hip girth, legs centred on the crease, the back's centre line slanted
and raised for sitting. The back is then fitted to the front, so that outseams and inseams are of
one length, and raised until the crotch seam is as long as the measured crotch length.

A leg is drawn as the wearer's left front: the outseam at +x, the inseam at -x, x = 0 on the
crease, y = 0 at the body's waist.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fitting.pattern import darts, placement, skirts
from fitting.pattern.figure import Figure
from fitting.pattern.outline import (
    HEM_TROUSERS,
    Point,
    Stretch,
    curve,
    line,
    opposite,
    panel,
    total,
)
from fitting.records import InternalLine, Panel

MEASUREMENTS = (
    "waist_girth",
    "hip_girth",
    "waist_height",
    "hip_height",
    "inside_leg_length",
    "crotch_length",
    "knee_height",
    "thigh_girth",
    "knee_girth",
    "calf_girth",
    "ankle_girth",
)
_FRONT_FORK, _BACK_FORK = 0.050, 0.110  # of the hip girth with its ease
_SHIFT = 0.004  # of the hip girth: the back is wider than the front by twice that at each quarter
_SLANT = math.radians(11)  # of the back's centre line; blocks have 10 to 13 degrees
_INWARDS = 0.006  # of the height: the front's centre line leans in at the waist, 1 cm
_LEAST_RAISE, _MOST_RAISE = 0.008, 0.036  # of the height: back waist over front waist


@dataclass(frozen=True)
class Levels:
    """Heights of the hip, crotch, knee and hem, from the body's waist, negative [m]."""

    hip: float
    crotch: float
    knee: float
    hem: float


@dataclass(frozen=True)
class Leg:
    """What a pair of legs is cut to [m], y from the body's waist.

    Attributes:
        waist_front, waist_back: Sewn waist quarters at the upper edge.
        top: Height of the upper edge, 0 or below.
        hip: Hip quarter with ease.
        y: Levels.
        knee, hem: Girths of the leg.
        fork: Widening of the forks for thick thighs.
        crotch: Wanted length of the crotch seam from edge to edge.
        pieces_front, pieces_back: Waist pieces to keep where a bodice is sewn on.
        front_share: The front's share of the knee.
        shaped: Darts; else the upper edge is as wide as the hip line lets it.
    """

    waist_front: float
    waist_back: float
    top: float
    hip: float
    y: Levels
    knee: float
    hem: float
    fork: float
    crotch: float
    pieces_front: tuple[float, ...] | None = None
    pieces_back: tuple[float, ...] | None = None
    front_share: float = 0.489  # a centimetre and more narrower than the back on a usual leg
    shaped: bool = True
    hem_allowance: float = HEM_TROUSERS

    @property
    def shift(self) -> float:
        """How much more of the leg's girth the back has than the front, at knee and hem [m]."""
        return (1.0 - 2.0 * self.front_share) * self.knee


def levels(figure: Figure, crotch_ease: float, length: float) -> Levels:
    """Hip, crotch, knee and hem below the waist.

    Args:
        figure: Whose.
        crotch_ease: Share added to the crotch depth.
        length: Waist to hem as a share of the waist's height.
    """
    hip = figure.waist_to_hip
    body = figure["waist_height"] - figure["inside_leg_length"]
    crotch = max(body * (1.0 + crotch_ease), hip + 0.015 * figure.height)
    hem = max(length * figure["waist_height"], crotch + 0.02 * figure.height)
    knee = max(figure["waist_height"] - figure["knee_height"], crotch + 0.05 * figure.height)
    return Levels(-hip, -crotch, -knee, -hem)


def hem_girth(figure: Figure, y: Levels, knee: float, share: float) -> float:
    """Girth of the leg's hem [m].

    Args:
        figure: Whose.
        y: Levels.
        knee: Girth of the leg at the knee [m].
        share: Hem of a full-length leg as a share of the knee; shorter legs keep the slope.
    """
    down = (y.knee - y.hem) / (0.94 * figure["knee_height"])
    hem = knee * (1.0 + (share - 1.0) * min(1.0, max(0.0, down)))
    return max(hem, 1.12 * figure["ankle_girth"]) if down > 0.5 else hem


def fork_for(figure: Figure, hip: float, thigh_ease: float) -> float:
    """How much wider the forks are cut, so that the thigh goes in [m]."""
    have = crotch_width(hip, 0.0)
    return max(0.0, figure["thigh_girth"] * (1.0 + thigh_ease) - 0.97 * have)


def crotch_width(hip: float, fork: float) -> float:
    """Width of front and back together at the crotch line [m].

    Args:
        hip: Hip quarter with ease [m].
        fork: Widening of the forks [m].
    """
    return 2 * hip + (_FRONT_FORK + _BACK_FORK) * 4 * hip + fork


# ---- fronts --------------------------------------------------------------------------------------


def front(figure: Figure, leg: Leg) -> list[Stretch]:
    """The left front.

    Returns:
        ``hem, outseam...``, the waist from the side, ``fly`` (straight) and ``crotch``, then
        ``inseam...`` down to the hem.
    """
    hip = leg.hip - _SHIFT * 4 * leg.hip
    fork = _FRONT_FORK * 4 * leg.hip + 0.35 * leg.fork
    middle = (hip - fork) / 2
    inwards = _INWARDS * figure.height if leg.shaped else 0.0
    corner: Point = (inwards - middle, leg.top)
    at_hip: Point = (-middle, leg.y.hip)
    tip: Point = (-fork - middle, leg.y.crotch)
    side: Point = (hip - middle, leg.y.hip)
    waist, into = leg.waist_front, 0.0
    if leg.shaped:
        into = max(0.0, skirts.FRONT_DART_SHARE * (hip - inwards - waist))
        into = into if into > darts.LEAST_DART * figure.height else 0.0
    quarter = skirts.quarter(figure, waist, into, back=False, pieces=leg.pieces_front)
    rise = skirts.SIDE_RISE * figure.height if leg.shaped else 0.0
    run = math.sqrt(max(1e-9, quarter.top**2 - rise**2))
    top: Point = (corner[0] + run, leg.top + rise)
    down = at_hip[1] - leg.y.crotch
    crotch = curve(
        at_hip,
        (at_hip[0], at_hip[1] - 0.62 * down),
        (tip[0] + 0.62 * fork, leg.y.crotch + 0.03 * down),
        tip,
        "crotch",
    )
    knee, hem = (leg.knee - leg.shift) / 4, (leg.hem - leg.shift) / 4
    return [
        *_outside(leg, side, top, knee, hem),
        *_waist(quarter, top, corner),
        line(corner, at_hip, "fly"),
        crotch,
        *_inside(leg, tip, knee, hem),
    ]


def _waist(quarter: skirts.Quarter, start: Point, end: Point) -> list[Stretch]:
    """The waist from the side to the centre."""
    count = len(quarter.lengths) - 1
    return darts.waist_line(
        start, end, quarter.lengths[::-1], quarter.width, quarter.depths[:count][::-1]
    )


def _outside(leg: Leg, side: Point, top: Point, knee: float, hem: float) -> list[Stretch]:
    """Hem and outseam: ``hem, outseam.leg, outseam.thigh, outseam.hip`` from the hem up."""
    foot: Point = (hem, leg.y.hem)
    bend = side[1] - leg.y.knee
    out = [line((-hem, leg.y.hem), foot, "hem", leg.hem_allowance)]
    if leg.y.hem < leg.y.knee - 0.01:
        at_knee: Point = (knee, leg.y.knee)
        out.append(line(foot, at_knee, "outseam.leg"))
        slope = (at_knee[0] - foot[0]) / (at_knee[1] - foot[1])
        first: Point = (at_knee[0] + 0.30 * bend * slope, at_knee[1] + 0.30 * bend)
        out.append(curve(at_knee, first, (side[0], side[1] - 0.45 * bend), side, "outseam.thigh"))
    else:
        rise = side[1] - leg.y.hem
        second: Point = (side[0], side[1] - 0.4 * rise)
        first = (foot[0] + 0.3 * (side[0] - foot[0]), foot[1] + 0.3 * rise)
        out.append(curve(foot, first, second, side, "outseam.thigh"))
    rise = top[1] - side[1]
    out.append(
        curve(
            side,
            (side[0], side[1] + 0.40 * rise),
            (top[0] + 0.22 * (side[0] - top[0]), top[1] - 0.40 * rise),
            top,
            "outseam.hip",
        )
    )
    return out


def _inside(leg: Leg, tip: Point, knee: float, hem: float) -> list[Stretch]:
    """The inseam from the fork down: ``inseam.thigh`` and, past the knee, ``inseam.leg``."""
    foot: Point = (-hem, leg.y.hem)
    if leg.y.hem < leg.y.knee - 0.01:
        at_knee: Point = (-knee, leg.y.knee)
        slope = (at_knee[0] - foot[0]) / (at_knee[1] - foot[1])
        bend = tip[1] - leg.y.knee
        second: Point = (at_knee[0] + 0.45 * bend * slope, at_knee[1] + 0.45 * bend)
        first = (tip[0] + 0.42 * (at_knee[0] - tip[0]), tip[1] - 0.26 * bend)
        return [
            curve(tip, first, second, at_knee, "inseam.thigh"),
            line(at_knee, foot, "inseam.leg"),
        ]
    fall = tip[1] - leg.y.hem
    first = (tip[0] + 0.42 * (foot[0] - tip[0]), tip[1] - 0.30 * fall)
    second = (foot[0] - 0.04 * fall, foot[1] + 0.35 * fall)
    return [curve(tip, first, second, foot, "inseam.thigh")]


# ---- backs ---------------------------------------------------------------------------------------


def back(figure: Figure, leg: Leg, front_: list[Stretch]) -> list[Stretch]:
    """The back that is sewn to a front, drawn like the left front: the outseam at +x.

    Returns:
        As `front`, with ``seat`` for the straight part of the centre line.
    """
    wanted = {
        part: total(s for s in front_ if s.name.startswith(part))
        for part in ("inseam", "outseam.thigh", "outseam.hip")
    }
    front_crotch = total(s for s in front_ if s.name in ("fly", "crotch"))

    def fitted(raise_: float) -> list[Stretch]:
        shifts = dict.fromkeys(wanted, 0.0)
        for _ in range(40):
            piece = _back(
                figure,
                leg,
                raise_,
                lower=shifts["inseam"],
                hip=shifts["outseam.thigh"],
                lift=shifts["outseam.hip"] + shifts["outseam.thigh"],
            )
            worst = 0.0
            for part, length in wanted.items():
                off = total(s for s in piece if s.name.startswith(part)) - length
                # The seams run nearly upright: a step of the error itself all but removes it.
                shifts[part] += off if part == "inseam" else -off
                worst = max(worst, abs(off))
            if worst < 1e-10:
                break
        return piece

    height = figure.height
    low, high = _LEAST_RAISE * height, _MOST_RAISE * height
    if not leg.shaped:
        low, high = 0.5 * low, 0.7 * high

    def short(raise_: float) -> float:
        own = total(s for s in fitted(raise_) if s.name in ("seat", "crotch"))
        return leg.crotch - front_crotch - own

    at_low, at_high = short(low), short(high)
    if at_low <= 0:
        return fitted(low)
    if at_high >= 0:
        return fitted(high)
    return fitted(low + (high - low) * at_low / (at_low - at_high))


def _back(
    figure: Figure, leg: Leg, raise_: float, *, lower: float, hip: float, lift: float
) -> list[Stretch]:
    """The back, fitted by some metres.

    Args:
        figure, leg: As for `back`.
        raise_: The centre back over the centre front at the waist.
        lower: The fork below the front's.
        hip: The side's hip point over the front's.
        lift: The side at the waist over the front's.
    """
    width = leg.hip + _SHIFT * 4 * leg.hip
    fork = _BACK_FORK * 4 * leg.hip + 0.65 * leg.fork
    middle = (width - fork) / 2
    at_hip: Point = (-middle, leg.y.hip)
    slant = _SLANT if leg.shaped else 0.6 * _SLANT
    up = leg.top + raise_ - leg.y.hip
    corner: Point = (at_hip[0] + math.tan(slant) * up, leg.top + raise_)
    tip: Point = (-fork - middle, leg.y.crotch - lower)
    side: Point = (width - middle, leg.y.hip + hip)
    room = side[0] - corner[0]
    waist, into = leg.waist_back, 0.0
    if leg.shaped:
        into = max(0.0, (1.0 - 0.5 * darts.SIDE_SHARE) * (room - waist))
        into = into if into > darts.LEAST_DART * figure.height else 0.0
    quarter = skirts.quarter(figure, waist, into, back=True, pieces=leg.pieces_back)
    rise = (skirts.SIDE_RISE * figure.height if leg.shaped else 0.0) + lift - raise_
    run = math.sqrt(max(1e-9, quarter.top**2 - rise**2))
    top: Point = (corner[0] + run, corner[1] + rise)
    down = at_hip[1] - tip[1]
    along = (math.sin(slant), math.cos(slant))
    crotch = curve(
        at_hip,
        (at_hip[0] - 0.60 * down * along[0], at_hip[1] - 0.60 * down * along[1]),
        (tip[0] + 0.55 * fork, tip[1] + 0.10 * down),
        tip,
        "crotch",
    )
    knee, hem = (leg.knee + leg.shift) / 4, (leg.hem + leg.shift) / 4
    return [
        *_outside(leg, side, top, knee, hem),
        *_waist(quarter, top, corner),
        line(corner, at_hip, "seat"),
        crotch,
        *_inside(leg, tip, knee, hem),
    ]


# ---- panels --------------------------------------------------------------------------------------


def panels(
    figure: Figure,
    front_: list[Stretch],
    back_: list[Stretch],
    *,
    level: float | None = None,
) -> list[Panel]:
    """The four panels: front.L, front.R, back.L, back.R.

    Args:
        figure: Whose.
        front_, back_: As drawn.
        level: Height of the waist as placed [m]; the body's if not given.
    """
    spread = 0.085 * figure["hip_girth"]  # middle of the thigh beside the body's middle; chosen
    height = figure["waist_height"] if level is None else level
    out = []
    for side, x in (("L", spread), ("R", -spread)):
        wrap = f"leg.{side}"
        crease = InternalLine("crease", ((0.0, front_[0].start[1]), (0.0, -0.3 * height)))
        shape = front_ if side == "L" else opposite(front_)
        place = placement.front(height, wrap, x)
        out.append(panel(f"front.{side}", shape, placement=place, lines=(crease,)))
        # A back panel stands turned round: the left one is the mirror image of the drawing.
        shape = opposite(back_) if side == "L" else back_
        place = placement.back(height, wrap, x)
        out.append(panel(f"back.{side}", shape, placement=place, lines=(crease,)))
    return out
