"""People whom the body tests share."""

from __future__ import annotations

from fitting.body.survey import measurements
from fitting.records import Measurement


def told(**metres: float) -> dict[str, Measurement]:
    """Stated values [m] with a tape's sigma of half a centimetre."""
    return {name: Measurement(value, 0.005, "stated") for name, value in metres.items()}


# What the twelve tapes of a made-to-measure order say of a person.
TAPES = (
    "height",
    "bust_girth",
    "navel_waist_girth",
    "hip_girth",
    "thigh_girth",
    "neck_girth",
    "calf_girth",
    "upper_arm_girth",
    "wrist_girth",
    "ankle_girth",
    "inside_leg_length",
    "biacromial_breadth",
)


def tapes_of(row: dict[str, str]) -> dict[str, Measurement]:
    """The stated values of a person of the survey."""
    values = measurements(row)
    return told(**{name: values[name] for name in TAPES})
