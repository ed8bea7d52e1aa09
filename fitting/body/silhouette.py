"""What one or two silhouettes say of a body, each figure with its uncertainty.

Nothing is kept: masks and landmarks live only as long as the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from fitting.body import silhouette_model
from fitting.body.prior import WEIGHT, population
from fitting.body.silhouette_features import features
from fitting.body.silhouette_fit import Fit, fit_silhouettes, seen_by
from fitting.errors import BadMeasurement
from fitting.records import Caution, FloatArray, Measurement, Measurements, Sex, Silhouette

TRAINED_HEIGHT_SIGMA = 0.01  # [m], error of the stated heights in training
LOOSE = 2.5  # standard deviations of a waist over what height and weight say
HEAVIER = 3.0  # standard deviations of the mass that the body would have over the stated one
STRANGE = 1.6  # times the usual strangeness; chosen: no rendered person reaches it
WRONG = 3.0  # standard deviations of a sign of doubt from which a mask has followed the room
RESIDUAL = 0.015  # [m] between the outlines of fit and mask

POOR_FIT = Caution(
    "R15",
    "The photos do not look like a person in tight clothes standing straight; the measurements are "
    "less sure. Take them again in tight clothes before a plain wall.",
    "Фото не похожи на человека в облегающей одежде, стоящего прямо; мерки менее надёжны. Снимите "
    "ещё раз в облегающей одежде на ровном фоне.",
)
LOOSE_CLOTHES = Caution(
    "R16",
    "The clothes look loose: the measurements come from height and weight instead. For better ones "
    "take the photos in tight clothes.",
    "Одежда, похоже, свободная: мерки рассчитаны по росту и весу. Для точных мерок снимитесь в "
    "облегающей одежде.",
)
NO_SIDE = Caution(
    "M01",
    "There is no side photo: depths are guessed and girths are less sure.",
    "Нет фото сбоку: глубина тела не видна, обхваты менее надёжны.",
)
NO_FOCAL = Caution(
    "M02",
    "The photo does not tell the lens: a usual phone lens is assumed.",
    "В файле нет данных об объективе: принят обычный объектив телефона.",
)


@dataclass(frozen=True, eq=False)
class _Reading:
    """What the photos say: logarithms of lengths [m] with the covariance of their errors."""

    names: tuple[str, ...]
    mean: FloatArray
    covariance: FloatArray
    strangeness: float
    fit: Fit


def measure_silhouettes(
    front: Silhouette,
    side: Silhouette | None = None,
    *,
    stated_height: Measurement,
    sex: Sex,
    weight_kg: Measurement | None = None,
    age_years: float | None = None,
    stated: Mapping[str, Measurement] | None = None,
) -> tuple[dict[str, Measurement], tuple[Caution, ...]]:
    """Reads measurements off the silhouettes and brings stated weight and tape values in.

    The avatar is fitted to the masks; a regression learnt from people seen through the same
    segmenter corrects what the fit measures and knows how its errors go together, so that one
    tape value mends the others.

    Args:
        front, side: What the photos show; the side may be missing.
        stated_height: Stature [m] with its sigma; it gives the scale.
        sex: Which people the silhouette is compared with.
        weight_kg: Stated mass [kg].
        age_years: Not used by the silhouettes; accepted so that callers pass all they know.
        stated: Tape measurements.
    Returns:
        Observations by name, stature left out, and cautions. A name that is stated is given as the
        photos alone show it. Empty where the clothes are loose.
    Raises:
        BadMeasurement: The first silhouette is not a front view, or the second not a side view.
    """
    del age_years
    if front.view != "front" or (side is not None and side.view != "side"):
        raise BadMeasurement(
            "the first silhouette must show the front and the second the side; pass them so"
        )
    reading = _read(front, side, stated_height, sex)
    cautions = [NO_SIDE] if side is None else []
    if front.focal_35mm is None:
        cautions.append(NO_FOCAL)
    if reading.strangeness > STRANGE or max(reading.fit.residual) > RESIDUAL:
        cautions.append(POOR_FIT)
    if weight_kg is not None and _loose(reading, stated_height, weight_kg, sex):
        return {}, (*cautions, LOOSE_CLOTHES)
    seen = _lengths(reading)
    tape = {k: v for k, v in (stated or {}).items() if k in reading.names and k != "height"}
    known = _lengths(_told(reading, tape, weight_kg, sex))
    return {name: seen[name] if name in tape else known[name] for name in seen}, tuple(cautions)


def settled(person: Measurements, observed: Mapping[str, Measurement]) -> Measurements:
    """A person whose photo measurements stand as `measure_silhouettes` gave them.

    They already hold the stated weight and tape values and the people that the regression learnt
    from; fusing them with the survey once more would count both twice.

    Args:
        person: From `fitting.body.infer`, which fills in what the photos do not show.
        observed: From `measure_silhouettes`.
    """
    seen = {
        name: value
        for name, value in observed.items()
        if name in person.values and person.values[name].source != "stated"
    }
    return replace(person, values={**person.values, **seen})


def _read(front: Silhouette, side: Silhouette | None, height: Measurement, sex: Sex) -> _Reading:
    coefficients = silhouette_model.load()
    stature = height.value
    alone = _guess(coefficients.front, [front], stature, sex)
    names = coefficients.front.names
    # An unsure stature moves all lengths together.
    beyond = max(height.sigma**2 - TRAINED_HEIGHT_SIGMA**2, 0.0) / stature**2
    doubt, guess, signs, mean = coefficients.front_doubt, alone, alone.signs, alone.mean
    apart = np.zeros(len(names))
    sigma = doubt.sigma(sex, signs, apart)
    if side is not None:
        doubt = coefficients.both_doubt
        guess = _guess(coefficients.pair, [front, side], stature, sex)
        apart, signs = guess.mean - alone.mean, np.concatenate([guess.signs, alone.signs])
        share = coefficients.blend.share(sex, signs, apart)
        mean = alone.mean + share * apart
        # Where the front photo overrules both, the result is no surer than the front photo is,
        # unless both agree with it; a mask that plainly went wrong cannot vouch for it.
        wrong = coefficients.both_doubt.unusual(signs)[: len(guess.signs)].max() > WRONG
        floor = (1 - share) * (sigma if wrong else np.minimum(sigma, np.abs(apart)))
        sigma = np.maximum(doubt.sigma(sex, signs, apart), floor)
    return _Reading(
        names,
        mean + doubt.bias[silhouette_model.SEXES.index(sex)],
        doubt.covariance(sex, sigma) + beyond,
        guess.strangeness,
        guess.fit,
    )


@dataclass(frozen=True, eq=False)
class _Guess:
    """One regression's reading: logarithms of lengths [m], and the signs that it may be off."""

    mean: FloatArray
    signs: FloatArray
    strangeness: float
    fit: Fit


def _guess(
    model: silhouette_model.Regression, views: list[Silhouette], stature: float, sex: Sex
) -> _Guess:
    coefficients = silhouette_model.load()
    seen = [features(view, stature) for view in views]
    woman, told = float(sex == "female"), views[0].focal_35mm is not None
    starts = [coefficients.start_front.shape(np.concatenate([seen[0], [woman]]))]
    if len(views) > 1:
        starts.insert(0, coefficients.start_pair.shape(np.concatenate([*seen, [woman]])))
    fit = fit_silhouettes(views, stature, sex, coefficients.priors[sex], starts=starts)
    numbers = seen_by(fit, stature, sex, model.names)
    inputs = np.concatenate([numbers, *seen, [woman, stature, float(told)]])
    standardised, strangeness = model.completed(inputs)
    strangeness /= model.usual
    mean = np.log(stature) + numbers[: len(model.names)] + model.predict(standardised)
    signs = silhouette_model.signs_of(fit.residual, fit.missed, strangeness)
    return _Guess(mean, signs, strangeness, fit)


def _lengths(reading: _Reading) -> dict[str, Measurement]:
    spread = np.sqrt(np.maximum(np.diag(reading.covariance), 0.0))
    return {
        name: Measurement(float(np.exp(log)), float(np.exp(log) * sigma), "photo")
        for name, log, sigma in zip(reading.names, reading.mean, spread, strict=True)
        if name != "height"
    }


def _told(
    reading: _Reading, tape: Mapping[str, Measurement], weight: Measurement | None, sex: Sex
) -> _Reading:
    """The reading once tape values and weight are known, by conditioning its Gaussian."""
    rows = [np.eye(len(reading.names))[reading.names.index(name)] for name in tape]
    left = [
        np.log(m.value) - row @ reading.mean for row, m in zip(rows, tape.values(), strict=True)
    ]
    noise = [(m.sigma / m.value) ** 2 for m in tape.values()]
    if weight is not None:
        row, constant, spread = _mass_line(reading.names, sex)
        rows.append(row)
        left.append(np.log(weight.value) - constant - row @ reading.mean)
        noise.append(spread**2 + (weight.sigma / weight.value) ** 2)
    if not rows:
        return reading
    sees = np.array(rows)
    covariance = reading.covariance
    gain = np.linalg.solve(sees @ covariance @ sees.T + np.diag(noise), sees @ covariance).T
    return replace(
        reading,
        mean=reading.mean + gain @ np.array(left),
        covariance=covariance - gain @ sees @ covariance,
    )


# What body mass hangs on in the survey; more names add nothing.
MASS_NAMES = (
    "height",
    "bust_girth",
    "navel_waist_girth",
    "hip_girth",
    "thigh_girth",
    "calf_girth",
    "upper_arm_girth",
    "neck_girth",
)


def _mass_line(names: tuple[str, ...], sex: Sex) -> tuple[FloatArray, float, float]:
    """log mass = constant + row · log lengths, with the spread that people have about it."""
    people = population(sex)
    at = [people.index(name) for name in MASS_NAMES]
    mass = people.index(WEIGHT)
    inner = people.covariance[np.ix_(at, at)]
    slope = np.linalg.solve(inner, people.covariance[at, mass])
    row = np.zeros(len(names))
    row[[names.index(name) for name in MASS_NAMES]] = slope
    constant = float(people.mean[mass] - slope @ people.mean[at])
    variance = people.covariance[mass, mass] - slope @ people.covariance[at, mass]
    return row, constant, float(np.sqrt(max(variance, 1e-6)))


def _loose(reading: _Reading, height: Measurement, weight: Measurement, sex: Sex) -> bool:
    """Whether waist, or chest, waist and hip together, are far larger than height and weight say.

    Also whether the body in the photos would weigh far more than was stated.
    """
    coefficients = silhouette_model.load()
    number = silhouette_model.SEXES.index(sex)
    known = np.array([1.0, np.log(height.value), np.log(weight.value)])
    spread = np.sqrt(np.diag(reading.covariance))
    scores = {}
    for index, name in enumerate(coefficients.girth_names):
        at = reading.names.index(name)
        over = reading.mean[at] - known @ coefficients.girth_line[number, index]
        scores[name] = float(over / np.hypot(coefficients.girth_sigma[number, index], spread[at]))
    row, constant, scatter = _mass_line(reading.names, sex)
    heavier = constant + row @ reading.mean - np.log(weight.value)
    unsure = np.sqrt(
        scatter**2 + row @ reading.covariance @ row + (weight.sigma / weight.value) ** 2
    )
    return scores["navel_waist_girth"] > LOOSE or (
        heavier > HEAVIER * unsure and float(np.mean(list(scores.values()))) > 1.0
    )
