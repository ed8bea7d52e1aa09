"""Where on the body the girths of a garment are taken.

A level is a plane across one part of the body. Trunk and legs are cut level, arms square to the
bone, the neck square to its axis, as a tape is laid. Levels follow the definitions of the body's
own measurements (docs/measurements.md), so that garment and body are compared at the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fitting.assess.section import section, tape_centre, tape_girth
from fitting.records import Body, FloatArray, IntArray
from fitting.units import CM, MM

UP = np.array([0.0, 1.0, 0.0])
UP.flags.writeable = False

TRUNK = ("torso", "neck", "leg.L", "leg.R")
# Landmarks whose mean height is the level; the first set that the body has is taken.
_TRUNK_MARKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "bust_girth": (("bust",), ("nipple.L", "nipple.R")),
    "waist_girth": (("waist",), ("waist_front", "waist_side.L", "waist_side.R")),
    "hip_girth": (("hip",),),
}
_TRUNK_HEIGHTS = {
    "bust_girth": "bust_height",
    "waist_girth": "waist_height",
    "hip_girth": "hip_height",
}
_SEAT_BLUR = 2 * MM  # depth over which vertices share the seat's greatest prominence; the body's
_ARMHOLE_DROP = 8 * CM  # armholes of large sizes on small people end that far below the bust
_WAIST_NEAR = 4 * CM  # height of a waistband: it holds the waist though the level lies below it
_THIGH_DROP = 2.5 * CM  # below the crotch; ANSUR II: just below the gluteal fold
# Where along a bone the tape lies. Upper arm midway (ISO 8559-1, 5.3.16), elbow at the joint,
# wrist over its bone, calf at its fullest, ankle at its slimmest.
_ARM = {
    "upper_arm_girth": ("shoulder", "elbow", 0.5),
    "elbow_girth": ("shoulder", "elbow", 1.0),
    "wrist_girth": ("elbow", "wrist", 0.97),
}
_CALF = (0.20, 0.26, 0.32, 0.38, 0.44)
_ANKLE = (0.80, 0.86, 0.92)


@dataclass(frozen=True, eq=False)
class Level:
    """A plane across one part of the body.

    Attributes:
        name: As the measurement: ``bust_girth``.
        side: ``L``, ``R`` or empty.
        point, normal: Of the plane [m].
        regions: Parts of the body that the tape goes around.
        apart: Parts that the garment must not surround together with these, or it has no girth
            here: the other leg, the trunk for an arm.
        drop: How far down the level may be moved until the garment closes around the part [m]:
            trousers part below the crotch of the body, armholes may end below the bust.
        tape_stays: The body is measured at the level itself even where the garment is measured
            lower, as a chest is laid flat under the armhole.
        near: How far above and below the narrowest cut of the garment counts [m].
    """

    name: str
    side: str
    point: FloatArray
    normal: FloatArray
    regions: tuple[str, ...]
    apart: tuple[tuple[str, ...], ...] = ()
    drop: float = 0.0
    tape_stays: bool = False
    near: float = 0.0

    def lowered(self, by: float) -> Level:
        """The same level, moved against its normal [m]."""
        return replace(self, point=self.point - by * self.normal)


@dataclass(frozen=True, eq=False)
class Figure:
    """A body with the directions and parts that fitting speaks of.

    Attributes:
        body: Of whom.
        up, left, front: Unit vectors.
        middle: A point of the plane of symmetry [m].
    """

    body: Body
    up: FloatArray
    left: FloatArray
    front: FloatArray
    middle: FloatArray
    _parts: dict[tuple[tuple[str, ...], str], IntArray] = field(default_factory=dict, repr=False)

    def height(self, point: FloatArray) -> FloatArray:
        """Heights of points [m] above the lowest point of the body."""
        floor = float((self.body.vertices @ self.up).min())
        heights: FloatArray = np.asarray(point) @ self.up - floor
        return heights

    def faces(self, regions: tuple[str, ...], side: str = "") -> IntArray:
        """Triangles that touch one of the parts; with a side, only those wholly on it."""
        key = (regions, side)
        if key not in self._parts:
            self._parts[key] = self._faces(regions, side)
        return self._parts[key]

    def _faces(self, regions: tuple[str, ...], side: str) -> IntArray:
        inside = np.zeros(len(self.body.vertices), bool)
        for region in regions:
            if region in self.body.regions:
                inside[self.body.regions[region]] = True
        chosen: NDArray[np.bool_] = inside[self.body.faces].any(1)
        if side:
            toward = (self.body.vertices - self.middle) @ self.left * (1 if side == "L" else -1)
            chosen &= (toward > -1e-6)[self.body.faces].all(1)
        found: IntArray = self.body.faces[chosen]
        return found

    def skin(self, level: Level) -> FloatArray:
        """Segments of the skin at a level, shape (K, 2, 3) [m]."""
        # Legs meet above the crotch: there only the side's own half counts.
        side = level.side if any(r.startswith("leg") for r in level.regions) else ""
        return section(
            self.body.vertices, self.faces(level.regions, side), level.point, level.normal
        ).points

    def tape(self, level: Level) -> float:
        """Length of a tape around the body [m]; 0 where the part is not there."""
        return tape_girth(self.skin(level), level.normal)

    def centre(self, level: Level) -> FloatArray | None:
        """The middle of the part at a level [m]."""
        return tape_centre(self.skin(level), level.normal)


def figure(body: Body, up: FloatArray = UP) -> Figure:
    """The body with its directions; left and right are told from its paired points."""
    up = np.asarray(up, float) / np.linalg.norm(up)
    pairs = [
        (points[name], points[f"{name[:-2]}.R"])
        for points in (body.landmarks, body.joints)
        for name in points
        if name.endswith(".L") and f"{name[:-2]}.R" in points
    ]
    ends = np.array(pairs, float) if pairs else np.array([[[0.5, 0, 0], [-0.5, 0, 0]]])
    left = (ends[:, 0] - ends[:, 1]).sum(0)
    left = left - up * (left @ up)
    if np.linalg.norm(left) < 1e-9:  # paired points that coincide tell no side
        left = np.array([1.0, 0.0, 0.0]) - up * up[0]
    left = left / np.linalg.norm(left)
    middle = ends.mean((0, 1))
    return Figure(body, up, left, np.cross(left, up), middle)


def levels(who: Figure) -> list[Level]:
    """The levels that the body's landmarks, joints and regions allow, from the neck down."""
    found = [_neck(who), *_trunk(who), *_arms(who), *_legs(who)]
    return [level for level in found if level is not None]


def _mean(points: Mapping[str, FloatArray], names: Sequence[str]) -> FloatArray | None:
    if not all(name in points for name in names):
        return None
    mean: FloatArray = np.mean([points[name] for name in names], axis=0)
    return mean


def _neck(who: Figure) -> Level | None:
    joints = who.body.joints
    if "neck" not in joints or "head" not in joints or "neck" not in who.body.regions:
        return None
    axis = joints["head"] - joints["neck"]
    point = joints["neck"] + 0.4 * axis  # the slimmest third of the neck
    return Level("neck_girth", "", point, axis / np.linalg.norm(axis), ("neck",))


def _trunk(who: Figure) -> list[Level]:
    if "torso" not in who.body.regions:
        return []
    found = []
    arms = (("arm.L",), ("arm.R",))
    for name in _TRUNK_MARKS:
        point = trunk_point(who, name)
        if point is not None:
            apart = () if name == "hip_girth" else arms
            drop = _ARMHOLE_DROP if name == "bust_girth" else 0.0
            near = _WAIST_NEAR if name == "waist_girth" else 0.0
            stays = name in ("bust_girth", "waist_girth")
            found.append(Level(name, "", point, who.up, TRUNK, apart, drop, stays, near))
    return found


def trunk_point(who: Figure, name: str) -> FloatArray | None:
    """A point at the height of bust, waist or hip [m]; None where the body does not tell."""
    for names in _TRUNK_MARKS[name]:
        point = _mean(who.body.landmarks, names)
        if point is not None:
            return point
    if name == "hip_girth":
        seat = _seat(who)
        if seat is not None:
            return seat
    stated = who.body.measurements
    height = _TRUNK_HEIGHTS[name]
    if stated is None or height not in stated.values:
        return None
    floor = float((who.body.vertices @ who.up).min())
    here: FloatArray = who.middle + who.up * (stated[height] + floor - who.middle @ who.up)
    return here


def _seat(who: Figure) -> FloatArray | None:
    """Where the seat stands out farthest to the back, between crotch and waist."""
    marks, regions = who.body.landmarks, who.body.regions
    waist = trunk_point(who, "waist_girth")
    if "crotch" not in marks or waist is None:
        return None
    parts = [regions[r] for r in ("torso", "leg.L", "leg.R") if r in regions]
    points = who.body.vertices[np.concatenate(parts)]
    heights, low = points @ who.up, float(marks["crotch"] @ who.up)
    high = float(waist @ who.up)
    points = points[(heights > low - 2 * CM) & (heights < low + 0.75 * (high - low))]
    if len(points) == 0:
        return None
    back = -points @ who.front
    share = np.exp((back - back.max()) / _SEAT_BLUR)
    seat: FloatArray = share @ points / share.sum()
    return seat


def _arms(who: Figure) -> list[Level]:
    joints, found = who.body.joints, []
    for side in "LR":
        if f"arm.{side}" not in who.body.regions:
            continue
        for name, (start, end, share) in _ARM.items():
            a, b = joints.get(f"{start}.{side}"), joints.get(f"{end}.{side}")
            if a is None or b is None:
                continue
            axis = (b - a) / np.linalg.norm(b - a)
            parts = (f"arm.{side}", f"hand.{side}")
            found.append(Level(name, side, a + share * (b - a), axis, parts, (("torso",),)))
    return found


def _legs(who: Figure) -> list[Level]:
    marks, joints, found = who.body.landmarks, who.body.joints, []
    for side, other in ("LR", "RL"):
        if f"leg.{side}" not in who.body.regions:
            continue
        thigh = (f"leg.{side}", "torso")
        leg = (f"leg.{side}", f"foot.{side}")
        apart = ((f"leg.{other}",),)
        hip, knee, ankle = (joints.get(f"{j}.{side}") for j in ("hip", "knee", "ankle"))
        if "crotch" in marks and hip is not None:
            under = float((marks["crotch"] - hip) @ who.up) - _THIGH_DROP
            found.append(
                Level("thigh_girth", side, hip + under * who.up, who.up, thigh, apart, 8 * CM)
            )
        kneecap = _mean(marks, (f"knee_above.{side}", f"knee_below.{side}"))
        point = kneecap if kneecap is not None else knee
        if point is not None:
            found.append(Level("knee_girth", side, point, who.up, leg, apart))
        if knee is None or ankle is None:
            continue
        for name, shares, pick in (("calf_girth", _CALF, max), ("ankle_girth", _ANKLE, min)):
            tried = [
                Level(name, side, knee + s * (ankle - knee), who.up, leg, apart) for s in shares
            ]
            found.append(pick(tried, key=who.tape))
    return found
