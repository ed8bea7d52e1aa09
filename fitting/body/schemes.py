"""Our measurements in the words of FreeSewing, Seamly2D and GarmentCode, and back.

Their programs ask for more than a tape list holds: arcs, slopes and heights between levels. Those
are read off the avatar. Units are theirs: FreeSewing millimetres, Seamly2D and GarmentCode
centimetres; angles in degrees.

References:
    FreeSewing, https://freesewing.eu/docs/measurements (names and definitions, MIT).
    Seamly2D, known measurements (names and codes A01 to Q04).
    M. Korosteleva, O. Sorkine-Hornung, "GarmentCode: Programming Parametric Sewing Patterns",
    ACM TOG 42(6), 2023, and its body YAML files (MIT).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from fitting.body import tape
from fitting.body.fit import fit_body
from fitting.body.gauge import gauge
from fitting.body.measure import Session, measure_body
from fitting.body.names import FREESEWING, SEAMLY
from fitting.errors import BadMeasurement, UnknownName
from fitting.records import Body, Measurements

Scheme = Literal["freesewing", "seamly", "garmentcode"]
SCHEMES: tuple[Scheme, ...] = ("freesewing", "seamly", "garmentcode")
# One unit of each program in metres.
_UNIT = {"freesewing": 0.001, "seamly": 0.01, "garmentcode": 0.01}
# Shares of stature: some hand-written GarmentCode bodies count the hand in, and go around it.
LONGEST_ARM, LARGEST_WRIST = 0.42, 0.12


def written(measurements: Measurements, scheme: Scheme) -> dict[str, float]:
    """All that a program asks for, in its names and units.

    Args:
        measurements: As `infer` gives them; an avatar is fitted for what is not among them.
        scheme: ``freesewing``, ``seamly`` or ``garmentcode``.
    Raises:
        UnknownName: There is no such scheme.
    """
    if scheme not in SCHEMES:
        raise UnknownName(f"no names of {scheme!r}; there are: {', '.join(SCHEMES)}")
    body = fit_body(measurements)
    known = measure_body(body) | {n: m.value for n, m in measurements.values.items()}
    avatar = _avatar_figures(body)
    lengths, angles = {
        "freesewing": _freesewing,
        "seamly": _seamly,
        "garmentcode": _garmentcode,
    }[scheme](known, avatar)
    unit = _UNIT[scheme]
    found = {name: round(value / unit, 4) for name, value in lengths.items()}
    return found | {name: round(float(np.rad2deg(value)), 2) for name, value in angles.items()}


def garmentcode_yaml(measurements: Measurements) -> str:
    """A body file that GarmentCode's programs read."""
    rows = sorted(written(measurements, "garmentcode").items())
    return "body:\n" + "".join(f"  {name}: {value:g}\n" for name, value in rows)


def read(values: Mapping[str, float], scheme: Scheme) -> dict[str, float]:
    """Our measurements [m] from a program's, as far as they say them.

    Args:
        values: In the program's names and units; names that are none of ours are passed over.
        scheme: Whose they are.
    Raises:
        UnknownName: There is no such scheme.
        BadMeasurement: A value is not a positive number, or no name is known.
    """
    if scheme not in SCHEMES:
        raise UnknownName(f"no names of {scheme!r}; there are: {', '.join(SCHEMES)}")
    metres = {}
    for name, value in values.items():
        if not np.isfinite(value):
            raise BadMeasurement(f"{name} is {value}; give a number")
        metres[name] = float(value) * _UNIT[scheme]
    if scheme == "garmentcode":
        found = _from_garmentcode(metres)
    else:
        table = FREESEWING if scheme == "freesewing" else SEAMLY
        found = {table[name]: value for name, value in metres.items() if name in table}
    bad = {name: value for name, value in found.items() if value <= 0}
    if bad or not found:
        what = f"{next(iter(bad))} is not positive" if bad else "no known name among the values"
        raise BadMeasurement(f"{what}; give the measurements of {scheme} in its own units")
    return found


def _from_garmentcode(m: Mapping[str, float]) -> dict[str, float]:
    """GarmentCode counts heights down from the crown along these lengths.

    Its ``waist_over_bust_line`` is left out: it is 3 to 6 cm shorter than a tape from the side of
    the neck on bodies of the same girths.
    """
    direct = {
        "height": "height",
        "bust": "bust_girth",
        "underbust": "underbust_girth",
        "waist": "waist_girth",
        "hips": "hip_girth",
        "leg_circ": "thigh_girth",
        "waist_line": "back_waist_length",
        "bust_points": "bust_point_distance",
        "shoulder_w": "biacromial_breadth",
    }
    found = {ours: m[name] for name, ours in direct.items() if name in m}
    if {"height", "wrist"} <= m.keys() and m["wrist"] < LARGEST_WRIST * m["height"]:
        found["wrist_girth"] = m["wrist"]
    if {"height", "arm_length"} <= m.keys() and m["arm_length"] < LONGEST_ARM * m["height"]:
        found["arm_length"] = m["arm_length"]
    if {"height", "head_l"} <= m.keys():
        nape = m["height"] - m["head_l"]
        found["nape_height"] = nape
        if "vert_bust_line" in m:
            found["bust_height"] = nape - m["vert_bust_line"]
        if {"waist_line", "hips_line", "crotch_hip_diff"} <= m.keys():
            found["waist_height"] = nape - m["waist_line"]
            found["hip_height"] = found["waist_height"] - m["hips_line"]
            found["inside_leg_length"] = found["hip_height"] - m["crotch_hip_diff"]
    return found


# ---- figures of the avatar -----------------------------------------------------------------------


def _avatar_figures(body: Body) -> dict[str, float]:
    """Arcs, distances and angles [m, rad] that are on no tape list."""
    assert body.parameters is not None
    points = gauge().points(float(body.parameters[0]), np.asarray(body.parameters[1:]))
    s = Session(points)
    at = {name: points[i] for name, i in s.gauge.marks.items()}
    figures: dict[str, float] = {}
    high = tape.height(points, np.array([s.gauge.marks["armpit.L"]], np.int32))
    levels = {"bust": s.level("bust"), "waist": s.level("waist"), "hip": s.level("hip")}
    for name, region, level in (
        *((n, n, level) for n, level in levels.items()),
        ("high_bust", "bust", high),
    ):
        front, back, width = tape.arcs(points, s.gauge.tapes[region], level.value)
        figures |= {f"{name}_front": front, f"{name}_back": back, f"{name}_breadth": width}
    floor = s.level("floor").value
    shoulder = at["acromion.L"] - at["neck_side.L"]
    seat = points[s.gauge.groups["seat"]]
    left = seat[seat[:, 0] > 0]
    upper, lower = at["lowerarm01.L"] - at["upperarm01.L"], levels["hip"].value - floor
    figures |= {
        "neck_width": float(at["neck_side.L"][0] - at["neck_side.R"][0]),
        "neck_side_height": float(at["neck_side.L"][1]) - floor,
        "shoulder_slope": float(np.arctan2(-shoulder[1], shoulder[0])),
        "armpit_height": high.value - floor,
        "neck_side_to_bust": s.line("over_bust").value,
        "underbust_height": s.above_floor("underbust").value,
        "shoulder_to_elbow": s.straight("acromion.L", "lowerarm01.L").value,
        "seat_points": 2 * float(left[left[:, 2].argmin(), 0]),
        "arm_drop": float(np.arctan2(-upper[1], upper[0])),
        "crotch_front": _crotch_front(s),
        "hip_slope": float(
            np.arctan2(
                (figures["hip_breadth"] - figures["waist_breadth"]) / 2,
                s.above_floor("waist").value - lower,
            )
        ),
    }
    return figures


def _crotch_front(s: Session) -> float:
    """Front waist to the crotch point along the skin."""
    whole = s.line("front_middle").value
    chain = s.gauge.chains["front_middle"]
    return whole - tape.chain_to_level(s.points, chain, s.level("waist")).value


_Figures = tuple[dict[str, float], dict[str, float]]


def _freesewing(m: Mapping[str, float], a: Mapping[str, float]) -> _Figures:
    waist = m["waist_height"]
    lengths = {theirs: m[ours] for theirs, ours in FREESEWING.items()}
    lengths |= {
        "bustFront": a["bust_front"],
        "bustPointToUnderbust": m["bust_height"] - a["underbust_height"],
        "crossSeamFront": a["crotch_front"],
        "crotchDepth": waist - m["inside_leg_length"],
        "highBust": a["high_bust_front"] + a["high_bust_back"],
        "highBustFront": a["high_bust_front"],
        "hpsToBust": a["neck_side_to_bust"],
        "seatBack": a["hip_back"],
        "shoulderToElbow": a["shoulder_to_elbow"],
        "waistBack": a["waist_back"],
        "waistToArmpit": a["armpit_height"] - waist,
        "waistToKnee": waist - m["knee_height"],
        "waistToSeat": waist - m["hip_height"],
        "waistToUnderbust": a["underbust_height"] - waist,
        "waistToUpperLeg": waist - m["inside_leg_length"],
    }
    return lengths, {"shoulderSlope": a["shoulder_slope"]}


def _seamly(m: Mapping[str, float], a: Mapping[str, float]) -> _Figures:
    lengths = {theirs: m[ours] for theirs, ours in SEAMLY.items()}
    lengths |= {
        "bust_arc_f": a["bust_front"],
        "bust_arc_b": a["bust_back"],
        "waist_arc_f": a["waist_front"],
        "waist_arc_b": a["waist_back"],
        "hip_arc_f": a["hip_front"],
        "hip_arc_b": a["hip_back"],
        "height_neck_side": a["neck_side_height"],
        "height_armpit": a["armpit_height"],
        "bustpoint_to_neck_side": a["neck_side_to_bust"],
        "arm_shoulder_tip_to_elbow": a["shoulder_to_elbow"],
        "leg_waist_side_to_knee": m["waist_height"] - m["knee_height"],
        "leg_waist_side_to_hip": m["waist_height"] - m["hip_height"],
    }
    return lengths, {"shoulder_incline": a["shoulder_slope"]}


def _garmentcode(m: Mapping[str, float], a: Mapping[str, float]) -> _Figures:
    lengths = {
        "height": m["height"],
        "head_l": m["height"] - m["nape_height"],
        "neck_w": a["neck_width"],
        "shoulder_w": m["biacromial_breadth"],
        "armscye_depth": m["nape_height"] - a["armpit_height"],
        "arm_length": m["arm_length"],
        "wrist": m["wrist_girth"],
        "bust": m["bust_girth"],
        "underbust": m["underbust_girth"],
        "bust_points": m["bust_point_distance"],
        "bust_line": a["neck_side_to_bust"],
        "vert_bust_line": m["nape_height"] - m["bust_height"],
        "back_width": a["bust_back"] * m["bust_girth"] / (a["bust_back"] + a["bust_front"]),
        "waist": m["waist_girth"],
        "waist_line": m["back_waist_length"],
        "waist_over_bust_line": m["front_waist_length"],
        "waist_back_width": a["waist_back"]
        * m["waist_girth"]
        / (a["waist_back"] + a["waist_front"]),
        "hips": m["hip_girth"],
        "hips_line": m["waist_height"] - m["hip_height"],
        "hip_back_width": a["hip_back"] * m["hip_girth"] / (a["hip_back"] + a["hip_front"]),
        "crotch_hip_diff": m["hip_height"] - m["inside_leg_length"],
        "bum_points": a["seat_points"],
        "leg_circ": m["thigh_girth"],
    }
    return lengths, {
        "arm_pose_angle": a["arm_drop"],
        "shoulder_incl": a["shoulder_slope"],
        "hip_inclination": a["hip_slope"],
    }
