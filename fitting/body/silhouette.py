"""What one or two silhouettes say of a body, each figure with its uncertainty.

Nothing is kept: masks and landmarks live only as long as the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fitting.body import silhouette_model
from fitting.body.silhouette_features import features
from fitting.errors import BadMeasurement
from fitting.records import Caution, FloatArray, Measurement, Sex, Silhouette

TRAINED_HEIGHT_SIGMA = 0.01  # [m], error of the stated heights in training
LOOSE = 2.5  # standard deviations of a waist over what height and weight say
STRANGE = 1.6  # times the usual strangeness; chosen: no rendered person reaches it

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
    "M01", "There is no side photo: depths are guessed and girths are less sure.",
    "Нет фото сбоку: глубина тела не видна, обхваты менее надёжны.",
)
NO_FOCAL = Caution(
    "M02", "The photo does not tell the lens: a usual phone lens is assumed.",
    "В файле нет данных об объективе: принят обычный объектив телефона.",
)


@dataclass(frozen=True)
class _Reading:
    """Logarithms of measurement over stature with standard deviations; how strange it looked."""

    names: tuple[str, ...]
    value: FloatArray
    sigma: FloatArray
    strangeness: float


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
    """Reads measurements off the silhouettes.

    Args:
        front, side: What the photos show; the side may be missing.
        stated_height: Stature [m] with its sigma; it gives the scale.
        sex: Which people the silhouette is compared with.
        weight_kg: Stated mass [kg]; used to notice loose clothes only, as the survey's
            distribution brings weight in when observations are fused.
        age_years: Not used yet by the silhouettes; accepted so that callers pass all they know.
        stated: Tape measurements; what is stated is not observed again.
    Returns:
        Observations by name, free of the survey's influence, and cautions. Empty where the
        clothes are loose.
    Raises:
        BadMeasurement: The first silhouette is not a front view, or the second not a side view.
    """
    del age_years
    if front.view != "front" or (side is not None and side.view != "side"):
        raise BadMeasurement(
            "the first silhouette must show the front and the second the side; pass them so"
        )
    reading = _read(front, side, stated_height.value, sex)
    cautions = [NO_SIDE] if side is None else []
    if front.focal_35mm is None:
        cautions.append(NO_FOCAL)
    if reading.strangeness > STRANGE:
        cautions.append(POOR_FIT)
    observed = _observations(reading, stated_height)
    if weight_kg is not None and _loose(observed, stated_height, weight_kg, sex):
        return {}, (*cautions, LOOSE_CLOTHES)
    return {k: v for k, v in observed.items() if k not in (stated or {})}, tuple(cautions)


def _read(front: Silhouette, side: Silhouette | None, stature: float, sex: Sex) -> _Reading:
    coefficients = silhouette_model.load()
    model = coefficients.front if side is None else coefficients.pair
    standardised, strangeness = model.completed(inputs(front, side, stature, sex))
    told = front.focal_35mm is not None
    value, sigma = model.observe(standardised, sex, told)
    return _Reading(model.names, value, sigma, strangeness / model.usual)


def inputs(
    front: Silhouette, side: Silhouette | None, stature: float, sex: Sex
) -> FloatArray:
    """The regression's inputs: features of the views, sex, stature, and whether a lens was told."""
    seen = [features(front, stature)]
    if side is not None:
        seen.append(features(side, stature))
    told = float(front.focal_35mm is not None)
    return np.concatenate([*seen, [float(sex == "female"), stature, told]])


def _observations(reading: _Reading, height: Measurement) -> dict[str, Measurement]:
    """Lengths with sigmas: wider for a strange silhouette and for an unsure stature."""
    widen = max(1.0, reading.strangeness) ** 2
    beyond = max(height.sigma**2 - TRAINED_HEIGHT_SIGMA**2, 0.0) / height.value**2
    out = {}
    for name, value, sigma in zip(reading.names, reading.value, reading.sigma, strict=True):
        length = height.value * float(np.exp(value))
        relative = float(np.hypot(sigma * widen, np.sqrt(beyond)))
        out[name] = Measurement(value=length, sigma=length * relative, source="photo")
    return out


def _loose(
    observed: Mapping[str, Measurement], height: Measurement, weight: Measurement, sex: Sex
) -> bool:
    """Whether chest, waist and hip are all far larger than people of this height and weight have.

    A large waist alone is a build; clothes that hang loose widen all three.
    """
    coefficients = silhouette_model.load()
    row = silhouette_model.SEXES.index(sex)
    known = np.array([1.0, np.log(height.value), np.log(weight.value)])
    scores = {}
    for index, name in enumerate(coefficients.girth_names):
        seen = observed[name]
        over = np.log(seen.value) - known @ coefficients.girth_line[row, index]
        spread = np.hypot(coefficients.girth_sigma[row, index], seen.sigma / seen.value)
        scores[name] = float(over / spread)
    return scores["navel_waist_girth"] > LOOSE or float(np.mean(list(scores.values()))) > LOOSE
