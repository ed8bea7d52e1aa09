"""Where flat panels start around the body: the contract with whoever sews and wraps them.

All our panels are drawn counter-clockwise with the fabric's right side towards the panel's +z.
A point (x, y) of a panel starts at ``rotation @ (x, y, 0) + translation`` in the world frame
(metres, +y up, +z to the wearer's front, +x to the wearer's left); then the flat panel is bent
around the part of the body that `Placement.wrap` names.

``torso``, ``hips``
    x = 0 lies on the centre front or centre back; y + translation.y is the height above the floor
    at which that point is worn. Fronts stand at z = +0.25 m unturned. Backs stand at z = -0.25 m
    turned half round about y, so that their right side faces backwards and their +x is the
    wearer's right. One-sided panels (``front.L``) keep x = 0 on the centre line. Pieces that fall
    over another (lapels) stand `LAYER` further out.
``leg.L``, ``leg.R``
    As ``hips``, with x = 0 on the panel's crease line; the line stands over the middle of the leg
    at x = translation.x.
``arm.L``, ``arm.R``
    The origin is the top of the sleeve cap, which meets the shoulder point; -y runs along the arm
    to the wrist and x around the arm. Turned by +-90 degrees about y so that the right side faces
    away from the body: on the left sleeve -x is the edge towards the front, on the right sleeve
    +x. The translation is the shoulder point moved outwards.
``neck``
    Neckbands, collars and stands: x runs around the neck, 0 at the centre back, growing towards
    the wearer's right, the front and the left as seen from outside; the extent of the panel's x
    is about one turn. y is up; y = 0 is the neckline seam. translation.y is the height of the
    nape. A collar that falls is drawn hanging (y < 0) and lies outside what it is sewn to; its
    seam is ``right_wrong``.
``head``
    Hood halves: as ``torso``, standing at the side of the head, x = 0 at the neckline's end.
"""

from __future__ import annotations

from typing import Literal

from fitting.records import Placement

Side = Literal["L", "R"]
Rotation = tuple[tuple[float, float, float], ...]

LAYER = 0.01  # [m] further out: a piece that lies over another, such as a lapel
STAND_OFF = 0.25  # [m] before and behind the body's middle; chosen to clear a large bust or belly

UNTURNED: Rotation = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
TO_BACK: Rotation = ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
TO_LEFT: Rotation = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
TO_RIGHT: Rotation = ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


def _at(x: float, y: float, z: float) -> tuple[float, float, float]:
    return round(x, 9), round(y, 9), round(z, 9)


def front(height: float, wrap: str = "torso", x: float = 0.0) -> Placement:
    """Before the body, the panel's y = 0 at a height above the floor [m]."""
    return Placement(_at(x, height, STAND_OFF), UNTURNED, wrap)


def back(height: float, wrap: str = "torso", x: float = 0.0) -> Placement:
    """Behind the body, right side backwards."""
    return Placement(_at(x, height, -STAND_OFF), TO_BACK, wrap)


def sleeve(side: Side, half_breadth: float, shoulder_height: float, drop: float = 0.0) -> Placement:
    """Beside the shoulder.

    Args:
        side: Wearer's.
        half_breadth: From the body's middle to the shoulder point [m].
        shoulder_height: Of the shoulder point above the floor [m].
        drop: How far down the arm the panel's origin lies [m], for cuffs.
    """
    x = half_breadth + 0.08
    if side == "L":
        return Placement(_at(x, shoulder_height - drop, 0.0), TO_LEFT, "arm.L")
    return Placement(_at(-x, shoulder_height - drop, 0.0), TO_RIGHT, "arm.R")


def neck(nape_height: float) -> Placement:
    """Around the neck, seam line at the height of the nape [m]."""
    return Placement(_at(0.0, nape_height, 0.0), UNTURNED, "neck")


def head(side: Side, nape_height: float) -> Placement:
    """Beside the head, right side outwards."""
    if side == "L":
        return Placement(_at(STAND_OFF, nape_height, 0.0), TO_LEFT, "head")
    return Placement(_at(-STAND_OFF, nape_height, 0.0), TO_RIGHT, "head")
