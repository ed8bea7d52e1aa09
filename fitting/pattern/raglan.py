"""Raglan sleeves: a set-in draft whose shoulder corners move from the body to the sleeve.

As taught for flat cutting (Aldrich, raglan adaptations; FreeSewing's Hugo): the corner of front
and back between the neckline and the armhole is cut off and laid on the sleeve cap at the
shoulder point; what is left open over the shoulder becomes a dart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fitting.pattern.bodice import Block
from fitting.pattern.outline import Point, Stretch, curve, distance, line, toward
from fitting.pattern.upper import Fitted

_LEAST_DART = math.radians(3)  # of each shoulder line from upright; chosen
_INWARDS = 0.12  # the raglan line's pitch point towards the neckline; chosen
NECK_SHARE_FRONT, NECK_SHARE_BACK = 0.22, 0.36  # of the neckline go with the sleeve; chosen


@dataclass(frozen=True)
class Corner:
    """Half of a front or back with its shoulder corner cut off.

    Attributes:
        lower, upper: The raglan seam from the underarm over the pitch point to the neckline.
        neckline: What is left of it on the body.
        moved: The neckline that goes with the sleeve, from the side neck point on.
    """

    lower: Stretch
    upper: Stretch
    neckline: Stretch
    moved: Stretch


def cut_corner(block: Block, neckline: Stretch, share: float) -> Corner:
    """Cut the shoulder corner off along a raglan line.

    The line leaves the underarm level, runs through a point a little inside the pitch point of
    the set-in armhole and ends on the neckline at a share of its length.
    """
    moved, left = neckline.split(share, "neck", "neckline")
    end, (ux, uy) = left.start, block.underarm
    pitch = toward(block.pitch, end, _INWARDS)
    rise = distance(pitch, end)
    # Through the pitch point in the direction halfway between upright and the neckline's end.
    towards = math.atan2(end[1] - pitch[1], end[0] - pitch[0])
    angle = (math.pi / 2 + towards) / 2
    dx, dy = math.cos(angle), math.sin(angle)
    below = 0.55 * (pitch[1] - uy)
    lower = curve(
        block.underarm,
        (ux - 0.55 * (ux - pitch[0]), uy),
        (pitch[0] - below * dx, pitch[1] - below * dy),
        pitch,
        "raglan.lower",
    )
    upper = curve(
        pitch,
        (pitch[0] + 0.3 * rise * dx, pitch[1] + 0.3 * rise * dy),
        toward(end, pitch, 0.3),
        end,
        "raglan.upper",
    )
    return Corner(lower, upper, left, moved)


def sleeve_outline(
    fit: Fitted, front: Corner, back: Corner, set_in: list[Stretch]
) -> list[Stretch]:
    """The left raglan sleeve from the set-in one it replaces.

    Args:
        fit: Blocks and cap.
        front, back: What was cut off.
        set_in: Outline of the set-in sleeve, as `upper.sleeve_outline` gives it.
    Returns:
        ``hem, underarm.back, raglan.back.lower, raglan.back.upper, neck.back, dart.back,
        dart.front, neck.front, raglan.front.upper, raglan.front.lower, underarm.front``.
    """
    by_name = {s.name: s for s in set_in}
    half_back = _half(fit.back, back, by_name["cap.back.lower"].end, fit.cap.height, "back", +1)
    half_front = _half(fit.front, front, by_name["cap.front.lower"].start, fit.cap.height, "front",
                       -1)  # fmt: skip
    hem = by_name["hem"]
    middle, width = (hem.start[0] + hem.end[0]) / 2, hem.length
    out, into = half_back[0].start[0], half_front[-1].end[0]
    # The underarms must be as long as one another: the hem's middle follows the sleeve's.
    middle = (out + into) / 2
    width = min(width, out - into)
    low = hem.start[1]
    left: Point = (middle - width / 2, low)
    right: Point = (middle + width / 2, low)
    return [
        line(left, right, "hem", hem.allowance),
        line(right, half_back[0].start, "underarm.back"),
        *half_back,
        *half_front,
        line(half_front[-1].end, left, "underarm.front"),
    ]


def _half(
    block: Block, corner: Corner, notch: Point, height: float, name: str, side: int
) -> list[Stretch]:
    """Back half (side +1) from the underarm to the shoulder point, or front half back down.

    The body's corner is laid with its shoulder point on the top of the cap, turned so that its
    pitch point lies in the direction of the cap's notch.
    """
    tip, pitch = block.tip, corner.lower.end
    if side > 0:  # seen from outside, the back of the left sleeve is the mirror image
        tip, pitch = (-tip[0], tip[1]), (-pitch[0], pitch[1])
    towards = math.atan2(notch[1], notch[0])
    away = math.atan2(pitch[1] - tip[1], pitch[0] - tip[0])
    angle = towards - away
    # The shoulder lines must part over the cap, or there is no dart between them.
    neck_at = corner.moved.start
    rising = math.atan2(neck_at[1] - block.tip[1], side * -(neck_at[0] - block.tip[0]))
    lean = (rising + angle) % (2 * math.pi) - math.pi / 2
    if side > 0:
        angle -= max(0.0, lean + _LEAST_DART)
    else:
        angle += max(0.0, _LEAST_DART - lean)

    def laid(s: Stretch) -> Stretch:
        image = s.mirrored().reversed() if side > 0 else s
        return image.moved(-tip[0], -tip[1]).turned(angle, (0.0, 0.0))

    upper, neck = laid(corner.upper), laid(corner.moved)
    at = upper.start
    lower = _lower(at, upper.shape.controls[0], corner.lower.length, height, side)
    shoulder = line(neck.start, (0.0, 0.0), f"dart.{name}")
    parts = [
        lower.renamed(f"raglan.{name}.lower"),
        upper.renamed(f"raglan.{name}.upper"),
        neck.reversed().renamed(f"neck.{name}"),
        shoulder,
    ]
    return parts if side > 0 else [s.reversed() for s in reversed(parts)]


def _lower(at: Point, onwards: Point, length: float, height: float, side: int) -> Stretch:
    """From the underarm line, level there, up to a point, with a given length.

    Args:
        at: The point.
        onwards: First control of what follows it, so that the two run on smoothly.
        length: Wanted [m].
        height: Depth of the underarm line [m].
        side: +1 for the back, at x > 0 on a left sleeve.
    """
    rise = at[1] + height
    dx, dy = onwards[0] - at[0], onwards[1] - at[1]
    run = math.hypot(dx, dy)

    def drawn(reach: float) -> Stretch:
        x = at[0] + side * reach
        back = 0.45 * math.hypot(reach, rise)
        return curve(
            (x, -height),
            (x - side * 0.45 * reach, -height),
            (at[0] - back * dx / run, at[1] - back * dy / run),
            at,
            "",
        )

    low, high = 0.0, length
    for _ in range(60):
        middle = (low + high) / 2
        if drawn(middle).length < length:
            low = middle
        else:
            high = middle
        if high - low < 1e-11:
            break
    return drawn((low + high) / 2)
