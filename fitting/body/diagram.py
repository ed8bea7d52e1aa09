"""Where each measurement runs on the avatar, as lines to draw."""

from __future__ import annotations

import numpy as np

from fitting.body import tape
from fitting.body.gauge import gauge
from fitting.body.measure import Session
from fitting.errors import BadMesh
from fitting.records import Body, FloatArray

# Girths by level, and girths square to a bone: region, then level or bones and fraction.
_LEVEL = {
    "bust_girth": ("bust", "bust"),
    "underbust_girth": ("bust", "underbust"),
    "waist_girth": ("waist", "waist"),
    "navel_waist_girth": ("waist", "navel"),
    "hip_girth": ("hip", "hip"),
    "thigh_girth": ("thigh", "thigh"),
    "knee_girth": ("knee", "knee"),
}
_LEG = {"calf_girth": 0.32, "ankle_girth": 0.86}
_BONE = {
    "upper_arm_girth": ("arm", "upperarm01.L", "lowerarm01.L", 0.5),
    "elbow_girth": ("arm", "upperarm01.L", "lowerarm01.L", 1.0),
    "forearm_girth": ("arm", "lowerarm01.L", "wrist.L", 0.2),
    "wrist_girth": ("wrist", "lowerarm02.L", "wrist.L", 1.0),
    "neck_girth": ("neck", "neck01", "neck03", 0.4),
}
_CHAINS = {
    "shoulder_width": ("back_to_shoulder",),
    "shoulder_length": ("shoulder",),
    "neck_base_girth": ("collar_back", "collar_front"),
    "back_width": ("across_back",),
    "across_chest_width": ("across_chest",),
}
_TO_WAIST = {
    "back_waist_length": "back_middle",
    "front_neck_waist_length": "front_middle",
    "neck_side_waist_length": "over_blade",
}
_STRAIGHT = {
    "arm_length": ("acromion.L", "lowerarm01.L", "wrist.L"),
    "bust_point_distance": ("nipple.L", "nipple.R"),
    "biacromial_breadth": ("acromion.L", "acromion.R"),
}
_HEIGHTS = {
    "height": "crown",
    "nape_height": "nape",
    "bust_height": "bust",
    "waist_height": "waist",
    "navel_height": "navel",
    "hip_height": "hip",
    "inside_leg_length": "crotch",
    "knee_height": "knee",
}


def tape_lines(body: Body) -> dict[str, list[FloatArray]]:
    """Each measurement's lines on an avatar in its rest pose.

    Args:
        body: Made by `fit_body`.
    Returns:
        Name -> polylines, shape (k, 3) each [m], soles at y = 0. A height is an upright line at
        x = 0 from the floor to its level.
    Raises:
        BadMesh: The body was read from a file and has no parameters.
    """
    if body.parameters is None:
        raise BadMesh("a body read from a file has no tape lines; fit one first")
    g = gauge()
    raw = g.points(float(body.parameters[0]), np.asarray(body.parameters[1:]))
    session = Session(raw)
    floor = session.level("floor").value
    lines = _girths(session) | _lengths(session)
    for name, level in _HEIGHTS.items():
        top = session.level(level).value
        lines[name] = [np.array([[0.0, floor, 0.0], [0.0, top, 0.0]])]
    return {name: [line - [0, floor, 0] for line in found] for name, found in lines.items()}


def _girths(s: Session) -> dict[str, list[FloatArray]]:
    lines = {}
    leg = {name: ("calf", s.between("lowerleg01.L", "foot.L", f)) for name, f in _LEG.items()}
    leg["lower_thigh_girth"] = ("knee", s.between("lowerleg01.L", "upperleg01.L", 0.06))
    level = {name: (region, s.level(at)) for name, (region, at) in _LEVEL.items()}
    for name, (region, at) in (level | leg).items():
        anchor = np.array([0.0, at.value, 0.0])
        lines[name] = [_ring(tape.hull_of_cut(s.points, s.gauge.tapes[region], tape.UP, anchor))]
    for name, (region, start, end, fraction) in _BONE.items():
        a, b = (s.points[s.gauge.marks[m]] for m in (start, end))
        normal = (b - a) / np.linalg.norm(b - a)
        anchor = a + fraction * (b - a)
        lines[name] = [_ring(tape.hull_of_cut(s.points, s.gauge.tapes[region], normal, anchor))]
    back, brow = (s.points[s.gauge.marks[m]] for m in ("back_of_head", "brow"))
    lean = brow - back
    normal = np.array([0.0, lean[2], -lean[1]]) / np.hypot(lean[1], lean[2])
    lines["head_girth"] = [_ring(tape.hull_of_cut(s.points, s.gauge.tapes["head"], normal, back))]
    return lines


def _lengths(s: Session) -> dict[str, list[FloatArray]]:
    p, g = s.points, s.gauge
    lines = {name: [p[g.chains[c]] for c in chains] for name, chains in _CHAINS.items()}
    for name in ("shoulder_width", "neck_base_girth"):
        lines[name] += [line * [-1, 1, 1] for line in lines[name]]
    for name, chain in _TO_WAIST.items():
        lines[name] = [_above(p[g.chains[chain]], s.level("waist").value)]
    drop = _above(p[g.chains["below_bust"]], s.level("waist").value)
    lines["front_waist_length"] = [p[g.chains["over_bust"]], drop[[0, -1]]]
    front, back = (
        _below(p[g.chains[c]], s.level("waist").value) for c in ("front_middle", "back_middle")
    )
    lines["crotch_length"] = [np.vstack([front, back[::-1]])]
    lines |= {name: [p[[g.marks[m] for m in along]]] for name, along in _STRAIGHT.items()}
    return lines


def _ring(corners: FloatArray) -> FloatArray:
    return np.vstack([corners, corners[:1]])


def _above(line: FloatArray, level: float) -> FloatArray:
    return line[line[:, 1] >= level]


def _below(line: FloatArray, level: float) -> FloatArray:
    return line[line[:, 1] <= level]
