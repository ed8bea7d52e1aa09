"""People to draft for."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from fitting.records import Measurement, Measurements

# Tape measurements of a woman of size M and a man of size M [cm], made up within common charts.
WOMAN = {
    "height": 165, "bust_girth": 92, "underbust_girth": 78, "waist_girth": 76, "hip_girth": 100,
    "neck_girth": 33, "neck_base_girth": 37, "shoulder_width": 39, "shoulder_length": 12.8,
    "back_width": 36, "across_chest_width": 33.5, "back_waist_length": 41,
    "front_waist_length": 43, "arm_length": 56, "upper_arm_girth": 29, "elbow_girth": 25,
    "wrist_girth": 15.7, "thigh_girth": 58, "knee_girth": 37, "calf_girth": 36, "ankle_girth": 22,
    "inside_leg_length": 76, "waist_height": 104, "hip_height": 84, "crotch_length": 69,
    "knee_height": 46, "bust_height": 118, "bust_point_distance": 18.5,
}  # fmt: skip
MAN = {
    "height": 177, "bust_girth": 102, "underbust_girth": 95, "waist_girth": 88, "hip_girth": 100,
    "neck_girth": 38.5, "neck_base_girth": 42, "shoulder_width": 45, "shoulder_length": 15,
    "back_width": 41, "across_chest_width": 37, "back_waist_length": 45, "front_waist_length": 46,
    "arm_length": 60.5, "upper_arm_girth": 33, "elbow_girth": 28, "wrist_girth": 17.5,
    "thigh_girth": 59, "knee_girth": 38.5, "calf_girth": 38, "ankle_girth": 23,
    "inside_leg_length": 82, "waist_height": 110, "hip_height": 89, "crotch_length": 72,
    "knee_height": 50, "bust_height": 128, "bust_point_distance": 21,
}  # fmt: skip

Person = Callable[..., Measurements]


def person(sex: str = "female", scale: float = 1.0, **changed_cm: float) -> Measurements:
    """A woman or man of size M, scaled, with some measurements changed [cm]."""
    cm = {**(WOMAN if sex == "female" else MAN), **changed_cm}
    values = {n: Measurement(v / 100 * scale, 0.005, "stated") for n, v in cm.items()}
    return Measurements(values, "female" if sex == "female" else "male")


@pytest.fixture(scope="session")
def woman() -> Measurements:
    return person("female")


@pytest.fixture(scope="session")
def man() -> Measurements:
    return person("male")


@pytest.fixture(scope="session")
def survey_people(shared: Path) -> list[Measurements]:
    """Random people of the open survey; CYBERATELIER_SURVEY_PEOPLE says how many."""
    from fitting.body import infer
    from fitting.body.survey import measurements

    count = int(os.environ.get("CYBERATELIER_SURVEY_PEOPLE", "8"))
    with (shared / "anthropometry" / "ansur2_open.csv").open(encoding="utf-8") as handle:
        rows = random.Random(2012).sample(list(csv.DictReader(handle)), count)
    return [
        infer(
            {n: Measurement(v, 0.002, "stated") for n, v in measurements(row).items()},
            sex="male" if row["sex"] == "male" else "female",
        )
        for row in rows
    ]
