"""What measurements are called: ISO 8559-1, and what other pattern programs call them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from fitting.body.measure import ALL
from fitting.errors import UnknownName

# Clauses of ISO 8559-1:2017 as its published list of contents and three implementers give them;
# names without a clause there are left out.
ISO_TERMS: Mapping[str, str] = {
    "height": "5.1.1 stature",
    "bust_girth": "5.3.4 bust girth",
    "underbust_girth": "5.3.8 under-bust girth",
    "waist_girth": "5.3.10 waist girth",
    "hip_girth": "5.3.13 hip girth",
    "neck_girth": "5.3.2 neck girth",
    "neck_base_girth": "5.3.3 neck base girth",
    "shoulder_width": "5.4.3 across back shoulder width",
    "shoulder_length": "5.4.1 shoulder length",
    "across_chest_width": "5.4.7 across front width",
    "back_waist_length": "5.4.5 back neck point to waist",
    "arm_length": "5.7.8 outer arm length",
    "upper_arm_girth": "5.3.16 upper-arm girth",
    "wrist_girth": "5.3.19 wrist girth",
    "thigh_girth": "5.3.20 thigh girth",
    "knee_girth": "5.3.22 knee girth",
    "calf_girth": "5.3.24 calf girth",
    "inside_leg_length": "5.1.15 inside leg",
    "waist_height": "5.1.10 waist height",
    "crotch_length": "5.4.18 total crotch length",
}

FREESEWING: Mapping[str, str] = {
    "chest": "bust_girth",
    "underbust": "underbust_girth",
    "waist": "waist_girth",
    "seat": "hip_girth",
    "neck": "neck_girth",
    "shoulderToShoulder": "shoulder_width",
    "shoulderToWrist": "arm_length",
    "biceps": "upper_arm_girth",
    "wrist": "wrist_girth",
    "upperLeg": "thigh_girth",
    "knee": "knee_girth",
    "ankle": "ankle_girth",
    "inseam": "inside_leg_length",
    "waistToFloor": "waist_height",
    "crossSeam": "crotch_length",
    "bustSpan": "bust_point_distance",
    "head": "head_girth",
    "hpsToWaistFront": "front_waist_length",
    "hpsToWaistBack": "neck_side_waist_length",
}
SEAMLY: Mapping[str, str] = {
    "bust_circ": "bust_girth",
    "lowbust_circ": "underbust_girth",
    "waist_circ": "waist_girth",
    "hip_circ": "hip_girth",
    "neck_mid_circ": "neck_girth",
    "neck_circ": "neck_base_girth",
    "shoulder_tip_to_shoulder_tip_b": "shoulder_width",
    "armfold_to_armfold_b": "back_width",
    "armfold_to_armfold_f": "across_chest_width",
    "neck_back_to_waist_b": "back_waist_length",
    "arm_shoulder_tip_to_wrist": "arm_length",
    "arm_upper_circ": "upper_arm_girth",
    "arm_elbow_circ": "elbow_girth",
    "arm_wrist_circ": "wrist_girth",
    "leg_thigh_upper_circ": "thigh_girth",
    "leg_knee_circ": "knee_girth",
    "leg_calf_circ": "calf_girth",
    "leg_ankle_high_circ": "ankle_girth",
    "leg_crotch_to_floor": "inside_leg_length",
    "height_waist_side": "waist_height",
    "height_hip": "hip_height",
    "height_knee": "knee_height",
    "height_bustpoint": "bust_height",
    "bustpoint_to_bustpoint": "bust_point_distance",
    "head_circ": "head_girth",
    "shoulder_length": "shoulder_length",
    "width_shoulder": "biacromial_breadth",
    "neck_side_to_waist_f": "front_waist_length",
    "neck_side_to_waist_b": "neck_side_waist_length",
    "neck_front_to_waist_f": "front_neck_waist_length",
    "height_neck_back": "nape_height",
    "crotch_length": "crotch_length",
    "height": "height",
}
GARMENTCODE: Mapping[str, str] = {
    "bust": "bust_girth",
    "underbust": "underbust_girth",
    "hips": "hip_girth",
    "waist_line": "back_waist_length",
    "leg_circ": "thigh_girth",
    "bust_points": "bust_point_distance",
    "shoulder_w": "biacromial_breadth",
}
_ALIASES: Mapping[str, str] = {**SEAMLY, **GARMENTCODE, **FREESEWING}


def canonical_name(name: str) -> str:
    """Our name of a measurement, from ours or another program's.

    Raises:
        UnknownName: Nobody calls a measurement that.
    """
    bare = name.removesuffix("_cm")
    if bare in ALL:
        return bare
    if bare in _ALIASES:
        return _ALIASES[bare]
    close = difflib.get_close_matches(bare, [*ALL, *_ALIASES], n=3)
    hint = f"did you mean {', '.join(close)}? " if close else ""
    raise UnknownName(f"there is no measurement {name!r}; {hint}see docs/measurements.md")
