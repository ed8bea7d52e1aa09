"""Every body measurement, taken on the avatar as a tape would take it.

Definitions are those of docs/measurements.md. Girths are level unless they say otherwise; limbs are
measured on the left, as the avatar is symmetric. Everything is taken in the rest pose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fitting.body import marks, tape
from fitting.body.gauge import Gauge, gauge
from fitting.body.model import GENDER, load
from fitting.body.tape import Reading
from fitting.errors import BadMesh, UnknownName
from fitting.records import Body, FloatArray, Sex

# The measurements of measurements.json, in the order that a tailor writes them.
NAMES = (
    "height",
    "bust_girth",
    "underbust_girth",
    "waist_girth",
    "hip_girth",
    "neck_girth",
    "neck_base_girth",
    "shoulder_width",
    "shoulder_length",
    "back_width",
    "across_chest_width",
    "back_waist_length",
    "front_waist_length",
    "arm_length",
    "upper_arm_girth",
    "elbow_girth",
    "wrist_girth",
    "thigh_girth",
    "knee_girth",
    "calf_girth",
    "ankle_girth",
    "inside_leg_length",
    "waist_height",
    "hip_height",
    "crotch_length",
    "knee_height",
    "bust_height",
    "bust_point_distance",
)
# Further ones: ANSUR's own waist and shoulder, and what foreign pattern systems ask for.
EXTRA = (
    "navel_waist_girth",
    "navel_height",
    "biacromial_breadth",
    "nape_height",
    "head_girth",
    "forearm_girth",
    "lower_thigh_girth",
    "front_neck_waist_length",
    "neck_side_waist_length",
)
ALL = NAMES + EXTRA
THIGH_DROP = 0.025  # [m] below the crotch; ANSUR II: just below the gluteal fold


class Session:
    """One body under the tape: levels are found once and shared by the measurements.

    Args:
        points: Gauge points of the body, shape (G, 3) [m].
    """

    def __init__(self, points: FloatArray) -> None:
        self.points = points
        self.gauge: Gauge = gauge()
        self._known: dict[str, Reading] = {}

    def reading(self, name: str) -> Reading:
        """A measurement with its gradient by the gauge points."""
        if name not in self._known:
            self._known[name] = _HOW[name](self)
        return self._known[name]

    # Levels are heights in the mesh's own frame; `above_floor` makes them measurements.

    def level(self, name: str) -> Reading:
        key = f"level {name}"
        if key not in self._known:
            self._known[key] = self._level(name)
        return self._known[key]

    def _level(self, name: str) -> Reading:
        p, groups = self.points, self.gauge.groups
        if name == "floor":
            return tape.extreme(p, groups["soles"], -1)
        if name == "crown":
            return tape.extreme(p, groups["crown"], 1)
        if name == "hip":
            return tape.prominence_level(p, groups["seat"])
        if name == "crotch":
            return tape.extreme(p, groups["crotch"], -1)
        if name == "thigh":
            crotch = self.level("crotch")
            return Reading(crotch.value - THIGH_DROP, crotch.at, crotch.slope)
        return tape.height(p, np.array([self.gauge.marks[m] for m in marks.LEVELS[name]], np.int32))

    def between(self, upper: str, lower: str, fraction: float) -> Reading:
        """The level at a fraction of the way down from one bone's head to another's."""
        at = np.array([self.gauge.marks[upper], self.gauge.marks[lower]], np.int32)
        a, b = (tape.height(self.points, at[i : i + 1]) for i in (0, 1))
        return a * (1 - fraction) + b * fraction

    def above_floor(self, level: str) -> Reading:
        return self.level(level) - self.level("floor")

    def girth(self, region: str, level: Reading) -> Reading:
        return tape.level_girth(self.points, self.gauge.tapes[region], level)

    def limb(self, region: str, start: str, end: str, fraction: float) -> Reading:
        """Girth square to the line from one bone's head to another's."""
        m = self.gauge.marks
        return tape.bone_girth(self.points, self.gauge.tapes[region], m[start], m[end], fraction)

    def line(self, name: str) -> Reading:
        return tape.chain_length(self.points, self.gauge.chains[name])

    def straight(self, *names: str) -> Reading:
        """Length of straight pieces from mark to mark."""
        chain = np.array([self.gauge.marks[n] for n in names], np.int32)
        return tape.chain_length(self.points, chain)


def _largest(readings: Sequence[Reading]) -> Reading:
    return max(readings, key=lambda r: r.value)


def _smallest(readings: Sequence[Reading]) -> Reading:
    return min(readings, key=lambda r: r.value)


def _calf(s: Session) -> Reading:
    """Largest girth over the upper half of the lower leg."""
    fractions = (0.20, 0.26, 0.32, 0.38, 0.44)
    return _largest([s.girth("calf", s.between("lowerleg01.L", "foot.L", f)) for f in fractions])


def _ankle(s: Session) -> Reading:
    """Smallest girth above the ankle bones."""
    fractions = (0.80, 0.86, 0.92)
    return _smallest([s.girth("calf", s.between("lowerleg01.L", "foot.L", f)) for f in fractions])


def _neck(s: Session) -> Reading:
    """Smallest girth square to the neck."""
    return _smallest([s.limb("neck", "neck01", "neck03", f) for f in (0.2, 0.4, 0.6)])


def _upper_arm(s: Session) -> Reading:
    """Girth half way from shoulder to elbow; the larger of two tapes, as muscles bulge there."""
    return _largest([s.limb("arm", "upperarm01.L", "lowerarm01.L", f) for f in (0.5, 0.6)])


def _wrist(s: Session) -> Reading:
    """Smallest girth over the wrist bone."""
    return _smallest([s.limb("wrist", "lowerarm02.L", "wrist.L", f) for f in (0.85, 1.0)])


def _forearm(s: Session) -> Reading:
    """Largest girth of the forearm."""
    return _largest([s.limb("arm", "lowerarm01.L", "wrist.L", f) for f in (0.15, 0.25)])


def _crotch_length(s: Session) -> Reading:
    """Front waist down the middle, under the crotch, up to the back waist."""
    front = tape.chain_length(s.points, s.gauge.chains["front_middle"])
    back = tape.chain_length(s.points, s.gauge.chains["back_middle"])
    front_ends, back_ends = s.gauge.chains["front_middle"][-1], s.gauge.chains["back_middle"][-1]
    under = tape.chain_length(s.points, np.array([front_ends, back_ends], np.int32))
    above = _to_waist(s, "front_middle") + _to_waist(s, "back_middle")
    return front + back + under - above


def _to_waist(s: Session, chain: str) -> Reading:
    """Length down a drawn line to the waist level."""
    return tape.chain_to_level(s.points, s.gauge.chains[chain], s.level("waist"))


def _front_waist(s: Session) -> Reading:
    """Neck side over the bust point, then straight down to the waist level."""
    chain = s.gauge.chains["below_bust"]
    return s.line("over_bust") + tape.chain_to_level(s.points, chain, s.level("waist"), taut=True)


_HOW: dict[str, Callable[[Session], Reading]] = {
    "height": lambda s: s.above_floor("crown"),
    "bust_girth": lambda s: s.girth("bust", s.level("bust")),
    "underbust_girth": lambda s: s.girth("bust", s.level("underbust")),
    "waist_girth": lambda s: s.girth("waist", s.level("waist")),
    "hip_girth": lambda s: s.girth("hip", s.level("hip")),
    "neck_girth": _neck,
    "neck_base_girth": lambda s: (s.line("collar_back") + s.line("collar_front")) * 2,
    "shoulder_width": lambda s: s.line("back_to_shoulder") * 2,
    "shoulder_length": lambda s: s.line("shoulder"),
    "back_width": lambda s: s.line("across_back"),
    "across_chest_width": lambda s: s.line("across_chest"),
    "back_waist_length": lambda s: _to_waist(s, "back_middle"),
    "front_waist_length": _front_waist,
    "arm_length": lambda s: s.straight("acromion.L", "lowerarm01.L", "wrist.L"),
    "upper_arm_girth": _upper_arm,
    "elbow_girth": lambda s: s.limb("arm", "upperarm01.L", "lowerarm01.L", 1.0),
    "wrist_girth": _wrist,
    "thigh_girth": lambda s: s.girth("thigh", s.level("thigh")),
    "knee_girth": lambda s: s.girth("knee", s.level("knee")),
    "calf_girth": _calf,
    "ankle_girth": _ankle,
    "inside_leg_length": lambda s: s.above_floor("crotch"),
    "waist_height": lambda s: s.above_floor("waist"),
    "hip_height": lambda s: s.above_floor("hip"),
    "crotch_length": _crotch_length,
    "knee_height": lambda s: s.above_floor("knee"),
    "bust_height": lambda s: s.above_floor("bust"),
    "bust_point_distance": lambda s: s.straight("nipple.L", "nipple.R"),
    "navel_waist_girth": lambda s: s.girth("waist", s.level("navel")),
    "navel_height": lambda s: s.above_floor("navel"),
    "biacromial_breadth": lambda s: s.straight("acromion.L", "acromion.R"),
    "nape_height": lambda s: s.above_floor("nape"),
    "head_girth": lambda s: tape.tilted_girth(
        s.points, s.gauge.tapes["head"], s.gauge.marks["back_of_head"], s.gauge.marks["brow"]
    ),
    "forearm_girth": _forearm,
    "lower_thigh_girth": lambda s: s.girth("knee", s.between("lowerleg01.L", "upperleg01.L", 0.06)),
    "front_neck_waist_length": lambda s: _to_waist(s, "front_middle"),
    "neck_side_waist_length": lambda s: _to_waist(s, "over_blade"),
}


def measure_points(points: FloatArray, names: Sequence[str] = ALL) -> dict[str, float]:
    """Measurements [m] of one body from its vertices and bone heads, shape (points, 3) [m].

    Raises:
        UnknownName: There is no such measurement.
        BadMesh: The shape is too degenerate to be measured.
    """
    session = Session(gauge().gather(points))
    return {name: _checked(session, name).value for name in names}


def _checked(session: Session, name: str) -> Reading:
    if name not in _HOW:
        raise UnknownName(f"no measurement {name!r}; there are: {', '.join(ALL)}")
    return session.reading(name)


def measure_parameters(
    parameters: FloatArray, sex: Sex, names: Sequence[str] = ALL
) -> dict[str, FloatArray]:
    """Measurements of many bodies at once.

    Args:
        parameters: shape (bodies, parameters).
        sex: Of all of them.
        names: Which measurements.
    Returns:
        Name -> values, shape (bodies,) [m].
    """
    model, g = load(), gauge()
    rows = model.checked(np.atleast_2d(parameters))
    sessions = [Session(g.points(GENDER[sex], row)) for row in rows]
    return {n: np.array([_checked(s, n).value for s in sessions]) for n in names}


def read(gender: float, parameters: FloatArray, names: Sequence[str]) -> list[Reading]:
    """Measurements of one body with their gradients by the gauge points."""
    session = Session(gauge().points(gender, parameters))
    return [_checked(session, n) for n in names]


def by_parameters(readings: Sequence[Reading], gender: float, parameters: FloatArray) -> FloatArray:
    """Derivative of readings by the parameters, shape (readings, parameters) [m]."""
    used, where = np.unique(np.concatenate([r.at for r in readings]), return_inverse=True)
    rows = np.repeat(np.arange(len(readings)), [len(r.at) for r in readings])
    gradient = np.zeros((len(readings), len(used), 3), np.float32)
    np.add.at(gradient, (rows, where), np.concatenate([r.slope for r in readings]))
    points = (3 * used[:, None] + np.arange(3)).ravel()
    by_shape = gradient.reshape(len(readings), -1) @ gauge().deltas_by_point[points]
    return np.asarray(by_shape @ load().coefficient_jacobian(gender, parameters), float)


def jacobian(
    gender: float, parameters: FloatArray, names: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Measurements and their derivative by the parameters, exact up to kinks of the tape.

    Args:
        gender: 0 man .. 1 woman.
        parameters: shape (parameters,).
        names: Which measurements.
    Returns:
        Values (names,) [m] and derivative (names, parameters) [m].
    """
    readings = read(gender, parameters, names)
    slope = by_parameters(readings, gender, parameters)
    return np.array([r.value for r in readings]), slope


def measure_body(body: Body) -> dict[str, float]:
    """Every measurement of an avatar [m], taken in its rest pose whatever its pose is.

    Raises:
        BadMesh: The body was read from a file and has no parameters.
    """
    if body.parameters is None:
        raise BadMesh("a body read from a file has no parameters to measure; fit one first")
    gender, parameters = float(body.parameters[0]), np.asarray(body.parameters[1:])
    session = Session(gauge().points(gender, parameters))
    return {name: session.reading(name).value for name in ALL}


def volume(vertices: FloatArray) -> float:
    """Volume enclosed by the skin [m³], by the divergence theorem.

    Args:
        vertices: shape (N, 3) [m], of the body model's mesh.
    """
    a, b, c = (vertices[load().faces[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)
