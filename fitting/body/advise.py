"""Which one tape measurement would tell most about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fitting.body.measure import ALL, NAMES
from fitting.body.prior import AGE, WEIGHT, Observation, condition, population
from fitting.errors import BadMeasurement, UnknownName
from fitting.records import FloatArray, Measurements

TAPE_SIGMA = 0.005  # [m] a careful person with a tape, chosen
# What a person can measure alone or with a friend; heights of levels are a tailor's work.
TAPEABLE = (
    "bust_girth",
    "underbust_girth",
    "waist_girth",
    "hip_girth",
    "neck_girth",
    "shoulder_width",
    "back_waist_length",
    "arm_length",
    "upper_arm_girth",
    "wrist_girth",
    "thigh_girth",
    "knee_girth",
    "calf_girth",
    "ankle_girth",
    "inside_leg_length",
    "head_girth",
)


@dataclass(frozen=True)
class Advice:
    """The measurement worth taking next.

    Attributes:
        name: Which.
        share: Part of the weighted uncertainty (variance) that it would remove, 0..1.
        before, after: Weighted root mean square sigma of the measurements asked about [m].
        ranking: Every candidate with its share, best first.
    """

    name: str
    share: float
    before: float
    after: float
    ranking: tuple[tuple[str, float], ...]


def advise(measurements: Measurements, weights: Mapping[str, float] | None = None) -> Advice:
    """The tape measurement that removes most uncertainty.

    Args:
        measurements: What is known, as `infer` gave it.
        weights: How much each measurement matters, e.g. the ones a garment is drafted from with 1
            each; all of measurements.json alike if not given.
    Returns:
        The best candidate among `TAPEABLE` that was not stated yet.
    Raises:
        UnknownName: A weight is of no measurement.
        BadMeasurement: No weight is positive, or everything that a tape could add is stated.
    """
    wanted = dict(weights) if weights else dict.fromkeys(NAMES, 1.0)
    for name in wanted:
        if name not in ALL:
            raise UnknownName(f"no measurement {name!r}; there are: {', '.join(ALL)}")
    if min(wanted.values()) < 0 or max(wanted.values()) <= 0:
        raise BadMeasurement("the weights must be 0 or more and at least one above 0")
    people = population(measurements.sex)
    known = _known(measurements)
    mean, covariance = condition(people, known)
    at = np.array([people.index(n) for n in wanted])
    weight = np.array(list(wanted.values())) / sum(wanted.values())
    scale = np.exp(mean[at])
    stated = {n for n, m in measurements.values.items() if m.source == "stated"}
    candidates = [n for n in TAPEABLE if n not in stated]
    if not candidates:
        raise BadMeasurement("everything that a tape can add is stated already")

    def uncertainty(spread: FloatArray) -> float:
        return float(weight @ (spread * scale**2))

    now = uncertainty(covariance[at, at])
    ranking = []
    for name in candidates:
        i = people.index(name)
        noise = (TAPE_SIGMA / np.exp(mean[i])) ** 2
        left = covariance[at, at] - covariance[at, i] ** 2 / (covariance[i, i] + noise)
        ranking.append((name, 1 - uncertainty(left) / now))
    ranking.sort(key=lambda pair: -pair[1])
    name, share = ranking[0]
    return Advice(name, share, now**0.5, (now * (1 - share)) ** 0.5, tuple(ranking))


def _known(measurements: Measurements) -> list[Observation]:
    """What was told or seen, as observations; what was inferred adds nothing."""
    known = [
        Observation(n, m.value, m.sigma)
        for n, m in measurements.values.items()
        if m.source != "inferred"
    ]
    mass = measurements.weight_kg
    if mass is not None and mass.source != "inferred":
        known.append(Observation(WEIGHT, mass.value, mass.sigma))
    if measurements.age_years is not None:
        known.append(Observation(AGE, float(np.clip(measurements.age_years, 16, 65)), 0.5))
    return known
