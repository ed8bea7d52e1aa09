"""Set-in sleeves whose cap is fitted to the armhole.

The cap is drawn from the underarm to its top as an S curve with level ends, hollower in front
than behind. Its height follows from the armhole; its two halves are solved so that each equals
its half of the armhole plus the declared ease, as every sleeve draft asks for (FreeSewing's Brian
steps a factor for the same end; here the equations are solved).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fitting.errors import BadOption
from fitting.pattern.outline import Point, Stretch, curve, line, total

_FRONT = (0.52, 0.46)  # shares of the half width: reach of the controls at underarm and top
_BACK = (0.42, 0.52)
_FLATTEST = 0.25  # of the wanted cap height: flatter caps lift the arm; chosen
_TOLERANCE = 1e-10  # [m], well under the lattice of the drawing


@dataclass(frozen=True)
class Cap:
    """A sleeve cap, its top at the origin.

    Attributes:
        height: Top down to the underarm line [m].
        front, back: Half widths on the underarm line [m].
    """

    height: float
    front: float
    back: float

    @property
    def width(self) -> float:
        """Sleeve width on the underarm line [m]."""
        return self.front + self.back


def _half(width: float, height: float, reach: tuple[float, float], name: str) -> Stretch:
    """From the underarm at (width, -height) up to the top."""
    low, high = reach
    return curve(
        (width, -height), (width * (1.0 - low), -height), (width * high, 0.0), (0.0, 0.0), name
    )


def half_width(length: float, height: float, reach: tuple[float, float]) -> float:
    """The half width at which half a cap of that height has that length [m].

    The length grows with the width and is convex in it, so that secants started on the long side
    approach from there; the S is longer than its chord, whose width is such a start.

    Raises:
        BadOption: The cap is higher than its seam is long.
    """
    if length <= height * 1.001:
        raise BadOption(
            f"a sleeve cap {height * 100:.1f} cm high cannot have a seam of {length * 100:.1f} cm; "
            "lower cap_height"
        )

    def longer(width: float) -> float:
        return _half(width, height, reach, "").length - length

    before = math.sqrt(length**2 - height**2)
    at_before = longer(before)
    at = before - at_before
    for _ in range(40):
        excess = longer(at)
        if abs(excess) < _TOLERANCE or excess == at_before:
            break
        before, at, at_before = at, at - excess * (at - before) / (excess - at_before), excess
    return at


def fit_cap(front: float, back: float, height: float, least_width: float) -> Cap | None:
    """A cap for the two halves of an armhole.

    Args:
        front, back: Wanted lengths of the halves, ease included [m].
        height: Wanted height [m]; lowered where the sleeve would be too narrow.
        least_width: Least sleeve width on the underarm line [m].
    Returns:
        The cap, or None where the armhole is too small for that width at any height.
    """

    def cap(h: float) -> Cap:
        return Cap(h, half_width(front, h, _FRONT), half_width(back, h, _BACK))

    high, low = cap(height), cap(_FLATTEST * height)
    if high.width >= least_width:
        return high
    if low.width < least_width:
        return None
    while high.height - low.height > 1e-6:  # a micrometre of height is no width to speak of
        t = (least_width - low.width) / (high.width - low.width)
        middle = cap(low.height + min(0.9, max(0.1, t)) * (high.height - low.height))
        if abs(middle.width - least_width) < 1e-6:
            return middle
        if middle.width < least_width:
            high = middle
        else:
            low = middle
    return low


@dataclass(frozen=True)
class Armhole:
    """Lengths of the armhole's pieces [m], from the underarm up to the shoulder."""

    front_lower: float
    front_upper: float
    back_lower: float
    back_upper: float

    @property
    def length(self) -> float:
        """The whole armhole [m]."""
        return self.front_lower + self.front_upper + self.back_lower + self.back_upper


def outline(
    cap: Cap, armhole: Armhole, *, length: float, hem_width: float, hem: float
) -> list[Stretch]:
    """The left sleeve as seen from outside: the front at -x.

    Args:
        cap: The fitted cap.
        armhole: What it is sewn into; places the notches.
        length: Top of the cap to the hem [m].
        hem_width: [m].
        hem: Hem allowance [m].
    Returns:
        Stretches ``hem, underarm.back, cap.back.lower, cap.back.upper, cap.front.upper,
        cap.front.lower, underarm.front``. Below the notches cap and armhole are equal; the ease
        lies above them.
    """
    narrow = (cap.width - hem_width) / 2
    left: Point = (-cap.front + narrow, -length)
    right: Point = (cap.back - narrow, -length)
    back = _half(cap.back, cap.height, _BACK, "cap.back")
    front = _half(cap.front, cap.height, _FRONT, "cap.front").mirrored()
    back_pair = back.split(armhole.back_lower / back.length, "cap.back.lower", "cap.back.upper")
    front_pair = front.split(
        1.0 - armhole.front_lower / front.length, "cap.front.upper", "cap.front.lower"
    )
    return [
        line(left, right, "hem", hem),
        line(right, (cap.back, -cap.height), "underarm.back"),
        *back_pair,
        *front_pair,
        line((-cap.front, -cap.height), left, "underarm.front"),
    ]


def cap_length(outline_: list[Stretch]) -> float:
    """Length of the cap's seam [m]."""
    return total(s for s in outline_ if s.name.startswith("cap"))
