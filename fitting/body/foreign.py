"""People from the measurement files of other pattern programs.

FreeSewing, Seamly2D and GarmentCode say nothing of a person's sex, so the likelier of the two
populations is taken; all that the file leaves open comes from that one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fitting.body.names import FREESEWING, SEAMLY
from fitting.body.prior import infer, population
from fitting.body.schemes import Scheme, read
from fitting.errors import BadMeasurement
from fitting.records import Measurement, Measurements, Sex

FILE_SIGMA = 0.005  # [m] of a value in such a file; chosen: a careful tape
SEXES: tuple[Sex, Sex] = ("female", "male")
GARMENTCODE_ONLY = ("hips", "waist_line", "leg_circ", "shoulder_w", "bum_points", "head_l")


def scheme_of(values: Mapping[str, object]) -> Scheme:
    """Which program's names these mostly are.

    Raises:
        BadMeasurement: None of them is any program's.
    """
    known: dict[Scheme, int] = {
        "freesewing": sum(name in FREESEWING for name in values),
        "seamly": sum(name in SEAMLY for name in values),
        "garmentcode": sum(name in GARMENTCODE_ONLY for name in values),
    }
    best = max(known, key=lambda scheme: known[scheme])
    if known[best] == 0:
        raise BadMeasurement(
            "no name in the file is of a measurement; see docs/measurements.md for those of "
            "FreeSewing, Seamly2D and GarmentCode"
        )
    return best


def likelier_sex(lengths: Mapping[str, float]) -> Sex:
    """The sex whose population shows such lengths [m] more often."""
    scores = {}
    for sex in SEXES:
        people = population(sex)
        at = [people.index(name) for name in lengths]
        spread = people.covariance[np.ix_(at, at)]
        spread = spread + np.diag((FILE_SIGMA / np.array(list(lengths.values()))) ** 2)
        off = np.log(list(lengths.values())) - people.mean[at]
        scores[sex] = -off @ np.linalg.solve(spread, off) - np.linalg.slogdet(spread)[1]
    return max(SEXES, key=lambda sex: scores[sex])


def person_of(values: Mapping[str, object], sex: Sex | None = None) -> Measurements:
    """A complete person from another program's measurements.

    Args:
        values: Names and numbers in the program's own units; other entries are passed over.
        sex: The likelier one if not given.
    Raises:
        BadMeasurement: No name is known, or the values are no person's.
    """
    scheme = scheme_of(values)
    numbers = {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    lengths = read(numbers, scheme)
    stated = {name: Measurement(v, FILE_SIGMA, "stated") for name, v in lengths.items()}
    return infer(stated, sex=sex or likelier_sex(lengths))
