"""Tubes around the trunk, the arms and the legs of a body."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from fitting.cloth.clear import Surface
from fitting.cloth.segments import segmented
from fitting.cloth.tube import DIRECTIONS, Tube, cut_points, hull_radius
from fitting.cloth.weld import edges
from fitting.errors import BadMesh
from fitting.records import Body, FloatArray, IntArray

STEP = 0.01  # between stations [m]; chosen, an armhole has over a dozen
# A section of an arm is whole where no gap between its points is wider than this [rad].
_WIDEST_GAP = np.pi / 2
# Points further from a limb's axis than this belong to another part of the limb [m].
_LIMB_REACH = 0.16
# The root of the arm that a bodice goes past: this far beyond the shoulder point [m].
_ARM_ROOT = 0.02
# Over how much of the axis a bend at the elbow is spread [m].
_BEND = 0.05


class Parts:
    """The parts of a body that cloth is laid around, each worked out when first asked for."""

    def __init__(self, body: Body) -> None:
        self.bare = body
        self._arms: dict[str, tuple[Tube, float, float]] = {}
        self._legs: dict[str, Tube] = {}

    @cached_property
    def body(self) -> Body:
        """The body; a bare mesh is given regions and joints."""
        return segmented(self.bare)

    @cached_property
    def skin(self) -> Surface:
        """The body's surface."""
        return Surface(self.bare.vertices, self.bare.faces)

    @cached_property
    def trunk(self) -> Tube:
        """See `trunk`."""
        return trunk(self.body)

    def leg(self, side: str) -> Tube:
        """See `leg`."""
        if side not in self._legs:
            self._legs[side] = leg(self.body, side)
        return self._legs[side]

    def arm(self, side: str) -> tuple[Tube, float, float]:
        """See `arm`."""
        if side not in self._arms:
            self._arms[side] = arm(self.body, side)
        return self._arms[side]


def require(body: Body, joints: tuple[str, ...], regions: tuple[str, ...]) -> None:
    """Refuse a body without the joints and regions that the placement needs.

    Raises:
        BadMesh: With what is missing.
    """
    missing = [n for n in joints if n not in body.joints]
    missing += [n for n in regions if not len(body.regions.get(n, ()))]
    if missing:
        raise BadMesh(
            f"this body has no {', '.join(missing)}, which the garment is wrapped around; use an "
            "avatar made from measurements, or a pattern with its own placement"
        )


def region_edges(body: Body, *names: str) -> IntArray:
    """Mesh edges whose triangles lie wholly in the named regions, shape (E, 2)."""
    inside = np.zeros(len(body.vertices), bool)
    for name in names:
        inside[body.regions.get(name, np.zeros(0, np.int32))] = True
    return edges(body.faces[inside[body.faces].all(axis=1)])[0]


def trunk(body: Body) -> Tube:
    """Horizontal rings around torso, neck and both legs, arms and head left out.

    Stations are heights above the floor; ahead is the front, aside the wearer's left. Above the
    armpits the rings also hold the roots of the arms, and above the shoulder points these, so that
    cloth goes past the arms and spans from neck to shoulder.
    """
    require(body, ("shoulder.L", "shoulder.R", "neck"), ("torso",))
    parts = [n for n in body.regions if n.split(".")[0] in ("torso", "neck", "leg", "foot")]
    segments = region_edges(body, *parts)
    top = float(body.vertices[np.unique(segments)][:, 1].max())
    stations = np.arange(0.0, top, STEP)
    shoulders = np.array([_acromion(body, side) for side in ("L", "R")])
    limit = np.abs(shoulders[:, 0]).mean() + _ARM_ROOT
    armpit = _armpit(body)
    roots = region_edges(body, *parts, *(n for n in body.regions if n.startswith("arm")))
    up = np.array([0.0, 1.0, 0.0])
    sections = []
    for height in stations:
        raised = height > armpit - 2 * STEP
        points = cut_points(body.vertices, roots if raised else segments, up * height, up)
        if raised:
            points = points[np.abs(points[:, 0]) < limit]
        if height > shoulders[:, 1].min() - STEP:
            points = np.vstack([points, shoulders])
        sections.append(points)
    across = float(body.vertices[np.unique(segments)][:, 0].mean())
    centre = np.column_stack([np.full(len(stations), across), stations, 0 * stations])
    middle, radius = _rings([(p - c)[:, [2, 0]] for p, c in zip(sections, centre, strict=True)])
    centre[:, [2, 0]] += middle
    rows = (len(stations), 1)
    return Tube(
        stations, centre, np.tile([0.0, 0.0, 1.0], rows), np.tile([1.0, 0.0, 0.0], rows), radius
    )


def leg(body: Body, side: str) -> Tube:
    """Horizontal rings around a leg, from the floor to the crotch.

    Stations are heights above the floor; ahead is the front, aside the wearer's left.
    """
    require(body, (f"hip.{side}", f"ankle.{side}"), (f"leg.{side}", "torso"))
    parts = [n for n in body.regions if n.split(".")[0] in ("torso", "leg", "foot")]
    segments = region_edges(body, *parts)
    crotch = crotch_height(body)
    stations = np.arange(0.0, max(crotch, 10 * STEP), STEP)
    up = np.array([0.0, 1.0, 0.0])
    sign = 1.0 if side == "L" else -1.0
    sections = []
    for height in stations:
        points = cut_points(body.vertices, segments, up * height, up)
        sections.append(points[points[:, 0] * sign > 0])
    centre = np.column_stack([0 * stations, stations, 0 * stations])
    middle, radius = _rings([p[:, [2, 0]] for p in sections])
    centre[:, [2, 0]] += middle
    rows = (len(stations), 1)
    return Tube(
        stations, centre, np.tile([0.0, 0.0, 1.0], rows), np.tile([1.0, 0.0, 0.0], rows), radius
    )


def crotch_height(body: Body) -> float:
    """Height of the crotch [m]; where the body does not name it, under the hip joints."""
    if "crotch" in body.landmarks:
        return float(body.landmarks["crotch"][1])
    # The hip joint lies about 5 % of the stature above the crotch.
    return float(body.joints["hip.L"][1] - 0.05 * np.ptp(body.vertices[:, 1]))


def arm(body: Body, side: str) -> tuple[Tube, float, float]:
    """Rings around an arm, and the stations of the shoulder point and the wrist joint.

    Stations run from above the shoulder joint, 0 at the joint, to beyond the fingers. Ahead is the
    outer, upper side of the arm; aside is the back on the left arm and the front on the right.
    """
    names = tuple(f"{n}.{side}" for n in ("shoulder", "elbow", "wrist"))
    require(body, names, (f"arm.{side}",))
    shoulder, elbow, wrist = (np.asarray(body.joints[n], float) for n in names)
    upper, lower = elbow - shoulder, wrist - elbow
    lengths = np.linalg.norm(upper), np.linalg.norm(lower)
    upper, lower = upper / lengths[0], lower / lengths[1]
    stations = np.arange(-0.10, lengths[0] + lengths[1] + 0.25, STEP)
    bend = np.clip((stations - lengths[0]) / (2 * _BEND) + 0.5, 0, 1)[:, None]
    way = upper * (1 - bend) + lower * bend
    way /= np.linalg.norm(way, axis=1)[:, None]
    centre = np.where(
        (stations < lengths[0])[:, None],
        shoulder + upper * stations[:, None],
        elbow + lower * (stations - lengths[0])[:, None],
    )
    front = np.array([0.0, 0.0, 1.0])
    ahead = np.cross(front, way) * (1.0 if side == "L" else -1.0)
    ahead /= np.linalg.norm(ahead, axis=1)[:, None]
    aside = np.cross(ahead, way)
    segments = region_edges(body, f"arm.{side}", f"hand.{side}")
    sections: list[FloatArray] = []
    for i in range(len(stations)):
        points = cut_points(body.vertices, segments, centre[i], way[i]) - centre[i]
        flat = np.column_stack([points @ ahead[i], points @ aside[i]])
        flat = flat[np.hypot(*flat.T) < _LIMB_REACH]
        sections.append(flat if _surrounds(flat) else flat[:0])
    if not any(len(flat) for flat in sections):
        raise BadMesh(f"no section of arm.{side} goes round its axis; check the body's joints")
    middle, radius = _rings(sections)
    centre = centre + ahead * middle[:, :1] + aside * middle[:, 1:]
    tube = Tube(stations, centre, ahead, aside, radius)
    point = float((_acromion(body, side) - shoulder) @ upper)
    return tube, point, float(lengths[0] + lengths[1])


def _rings(sections: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Middles and hull radii of flat sections along an axis, gaps filled, smoothed along it.

    Args:
        sections: Points [m], shape (N, 2) each, N = 0 where there is no whole section.
    Returns:
        Middle of each section's box, shape (n, 2), and radius about it, shape (n, K) [m].
    """
    none = np.full(2, np.nan)
    boxes = [(p.min(axis=0) + p.max(axis=0)) / 2 if len(p) else none for p in sections]
    middle = _smooth(_filled(np.array(boxes)))
    radius = np.full((len(sections), DIRECTIONS), np.nan)
    for i, points in enumerate(sections):
        if len(points):
            radius[i] = hull_radius(points - middle[i])
    return middle, _smooth(_widest(_filled(radius)))


def _acromion(body: Body, side: str) -> FloatArray:
    """The shoulder point on the skin; above the joint where the body does not name it [m]."""
    name = f"acromion.{side}"
    if name in body.landmarks:
        return np.asarray(body.landmarks[name], float)
    # Skin over the joint: 3 % of the stature, as on the avatar of mean measurements.
    height = float(np.ptp(body.vertices[:, 1]))
    return np.asarray(body.joints[f"shoulder.{side}"] + np.array([0.0, 0.03 * height, 0.0]))


def _armpit(body: Body) -> float:
    """Height of the armpits [m]; where the body does not name them, of the arms' lowest root."""
    named = [body.landmarks[n][1] for n in ("armpit.L", "armpit.R") if n in body.landmarks]
    if named:
        return float(max(named))
    joint = np.zeros(len(body.vertices), np.int8)
    for name, rows in body.regions.items():
        joint[rows] = {"arm": 1, "torso": 2}.get(name.split(".")[0], 0)
    kind = joint[body.faces]
    both = (kind == 1).any(axis=1) & (kind == 2).any(axis=1)
    if not both.any():
        return float(body.joints["shoulder.L"][1])
    return float(body.vertices[body.faces[both]][:, :, 1].min())


def _surrounds(flat: FloatArray) -> bool:
    """Whether points lie all around the origin of their plane."""
    if len(flat) < 6:
        return False
    angle = np.sort(np.arctan2(flat[:, 1], flat[:, 0]))
    gap = np.diff(angle, append=angle[0] + 2 * np.pi)
    return bool(gap.max() < _WIDEST_GAP)


def _filled(rows: FloatArray) -> FloatArray:
    """Rows without a section take the nearest one's values, or run straight between two."""
    known = np.nonzero(~np.isnan(rows[:, 0]))[0]
    place = np.arange(len(rows))
    columns = [np.interp(place, known, rows[known, k]) for k in range(rows.shape[1])]
    return np.column_stack(columns)


def _smooth(rows: FloatArray) -> FloatArray:
    """Mean over five rows, the ends repeated."""
    padded = np.concatenate([rows[:1]] * 2 + [rows] + [rows[-1:]] * 2)
    return np.asarray(sum(padded[k : k + len(rows)] for k in range(5)) / 5)


def _widest(radius: FloatArray) -> FloatArray:
    """The largest of three neighbouring rings, so that nothing between two stations sticks out."""
    padded = np.concatenate([radius[:1], radius, radius[-1:]])
    return np.asarray(np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:]))
