"""Everything from something: one Gaussian per sex over the logarithms of all measurements.

Conditioning it on what is known, each value with its sigma, gives every other measurement with its
own sigma. Stated values stand as they were told; what photos saw is fused with them and with the
survey. The means and covariances are those of ANSUR II (assets/anthropometry/SOURCE.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fitting.assets import asset
from fitting.body.measure import ALL
from fitting.body.plausible import check_photos, check_single, check_together
from fitting.errors import BadMeasurement, UnknownName
from fitting.records import (
    Caution,
    FloatArray,
    Measurement,
    Measurements,
    Sex,
    Source,
)

WEIGHT, AGE = "weight", "age"
AGE_SIGMA = 0.5  # [years] a stated age is rounded down
AGES = (16.0, 65.0)  # [years] beyond the survey's 17-58 an age says no more than its edge


@dataclass(frozen=True, eq=False)
class Population:
    """Logarithms of the measurements [m], of body mass [kg] and of age [years] in one sex.

    Attributes:
        names: Measurement names, ``weight`` and ``age``.
        mean: shape (names,).
        covariance: shape (names, names).
    """

    names: tuple[str, ...]
    mean: FloatArray
    covariance: FloatArray

    def index(self, name: str) -> int:
        return self.names.index(name)


@dataclass(frozen=True)
class Observation:
    """A known value: name, value in its own unit, sigma in the same unit."""

    name: str
    value: float
    sigma: float


@lru_cache(maxsize=2)
def population(sex: Sex) -> Population:
    """The survey's people of one sex.

    Raises:
        BadMeasurement: The sex is neither ``female`` nor ``male``.
    """
    if sex not in ("female", "male"):
        raise BadMeasurement(f"sex is {sex!r}; give female or male: the survey knows these two")
    with np.load(asset("anthropometry", "prior.npz")) as z:
        names = tuple(str(n) for n in z["names"])
        mean, covariance = z[f"{sex}_mean"].astype(float), z[f"{sex}_covariance"].astype(float)
    return Population(names, mean, covariance)


def condition(people: Population, known: list[Observation]) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of the logarithms once some values are known.

    Args:
        people: Before.
        known: A name may stand more than once; each is a measurement of its own.
    Returns:
        Mean, shape (names,), and covariance, shape (names, names), after.
    """
    if not known:
        return people.mean, people.covariance
    at = np.array([people.index(k.name) for k in known])
    value = np.array([k.value for k in known])
    noise = np.array([k.sigma for k in known]) / value
    seen = people.covariance[np.ix_(at, at)] + np.diag(np.maximum(noise, 1e-5) ** 2)
    gain = np.linalg.solve(seen, people.covariance[at]).T
    mean = people.mean + gain @ (np.log(value) - people.mean[at])
    return mean, people.covariance - gain @ people.covariance[at]


def infer(
    stated: Mapping[str, Measurement],
    *,
    sex: Sex,
    weight_kg: Measurement | None = None,
    age_years: float | None = None,
    observed: Mapping[str, Measurement] | None = None,
) -> Measurements:
    """All measurements of a person from those that are known.

    Args:
        stated: Told by the person or taken with a tape, by name [m]; kept as they are.
        sex: Which survey population to compare with.
        weight_kg: Stated body mass with its sigma [kg].
        age_years: Stated age.
        observed: Seen in photos, with their sigmas [m].
    Returns:
        Every measurement of `fitting.body.measure.ALL` with value, sigma and source; body mass;
        cautions where stated values contradict each other or the survey.
    Raises:
        BadMeasurement: A value no human has, or values that cannot be one person's, with a hint.
        UnknownName: There is no such measurement.
    """
    people = population(sex)
    observed = dict(observed or {})
    for name in (*stated, *observed):
        if name not in people.names or name in (WEIGHT, AGE):
            raise UnknownName(f"no measurement {name!r}; there are: {', '.join(ALL)}")
    for name, m in stated.items():
        check_single(name, m.value)
    told = [Observation(n, m.value, m.sigma) for n, m in stated.items()]
    if weight_kg is not None:
        check_single(WEIGHT, weight_kg.value)
        told.append(Observation(WEIGHT, weight_kg.value, weight_kg.sigma))
    if age_years is not None:
        told.append(_age(age_years))
    warnings = [*check_together(people, told, condition), *check_photos(stated, observed)]
    seen = [Observation(n, m.value, m.sigma) for n, m in observed.items() if n not in stated]
    mean, covariance = condition(people, told + seen)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))

    def after(name: str, source: Source) -> Measurement:
        i = people.index(name)
        value = float(np.exp(mean[i]))
        return Measurement(value, value * float(spread[i]), source)

    values = {
        name: stated[name] if name in stated else after(name, _source(name, observed))
        for name in ALL
    }
    mass = weight_kg if weight_kg is not None else after(WEIGHT, "inferred")
    return Measurements(values, sex, mass, age_years, tuple(warnings) + _wide(stated, weight_kg))


def _source(name: str, observed: Mapping[str, Measurement]) -> Source:
    return "photo" if name in observed else "inferred"


def _age(years: float) -> Observation:
    if not (np.isfinite(years) and 0 < years < 130):
        raise BadMeasurement(f"an age of {years} years; give the age in whole years, 18 or more")
    if years < 16:
        raise BadMeasurement(f"an age of {years:g} years; the body model knows adults, from 16")
    return Observation(AGE, float(np.clip(years, *AGES)), AGE_SIGMA)


def _wide(stated: Mapping[str, Measurement], weight_kg: Measurement | None) -> tuple[Caution, ...]:
    """A caution where so little is known that the numbers are the survey's average person."""
    if "height" in stated and (weight_kg is not None or len(stated) > 1):
        return ()
    return (
        Caution(
            "measure.little_known",
            "little is known of this person: give height and weight, or a tape measurement, for "
            "narrower sigmas",
            "о человеке известно мало: укажите рост и вес или мерку лентой, и погрешности станут "
            "меньше",
        ),
    )
