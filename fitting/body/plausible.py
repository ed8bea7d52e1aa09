"""Which values cannot be right, and what the person may have meant.

A single value is compared with the widest human range; values together with each other, each
against what the rest imply. Beyond 3 sigma is a caution; what no person shows is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fitting.errors import BadMeasurement
from fitting.records import Caution, FloatArray, Measurement

if TYPE_CHECKING:
    from fitting.body.prior import Observation, Population

DOUBT = 3.0  # sigmas beyond which a contradiction is reported
REFUSAL = 8.0  # sigmas beyond which it is refused; nobody of the survey is past 5
# A tailor's own error, so that many exact values do not cry over a centimetre [share of the value].
TAPE_ERROR = 0.01

# Least and most of adults, with room beyond the survey's 3,640 people [m], mass in kg.
RANGES: dict[str, tuple[float, float]] = {
    "height": (1.20, 2.40),
    "bust_girth": (0.60, 1.90),
    "underbust_girth": (0.50, 1.70),
    "waist_girth": (0.45, 1.90),
    "navel_waist_girth": (0.50, 2.00),
    "hip_girth": (0.60, 2.00),
    "neck_girth": (0.24, 0.65),
    "neck_base_girth": (0.27, 0.70),
    "shoulder_width": (0.28, 0.65),
    "biacromial_breadth": (0.26, 0.55),
    "shoulder_length": (0.07, 0.24),
    "back_width": (0.24, 0.65),
    "across_chest_width": (0.22, 0.65),
    "back_waist_length": (0.28, 0.60),
    "front_waist_length": (0.30, 0.70),
    "front_neck_waist_length": (0.22, 0.55),
    "neck_side_waist_length": (0.30, 0.70),
    "arm_length": (0.38, 0.85),
    "upper_arm_girth": (0.16, 0.65),
    "elbow_girth": (0.16, 0.50),
    "forearm_girth": (0.15, 0.50),
    "wrist_girth": (0.11, 0.28),
    "thigh_girth": (0.32, 1.10),
    "lower_thigh_girth": (0.26, 0.75),
    "knee_girth": (0.25, 0.70),
    "calf_girth": (0.22, 0.70),
    "ankle_girth": (0.15, 0.42),
    "inside_leg_length": (0.50, 1.20),
    "waist_height": (0.70, 1.60),
    "navel_height": (0.65, 1.55),
    "hip_height": (0.55, 1.35),
    "crotch_length": (0.45, 1.20),
    "knee_height": (0.30, 0.75),
    "bust_height": (0.80, 1.80),
    "nape_height": (1.00, 2.10),
    "head_girth": (0.48, 0.68),
    "bust_point_distance": (0.12, 0.36),
    "weight": (30.0, 260.0),
}
# What a person may have typed instead: factor to the meant value and the question.
_SLIPS = (
    (2.54, "were inches meant"),
    (10.0, "is a digit missing"),
    (0.1, "were millimetres meant"),
    (100.0, "were metres meant"),
)


def _shown(name: str, value: float) -> str:
    return f"{value:g} kg" if name == "weight" else f"{100 * value:.1f} cm"


def _hint(name: str, fits: Callable[[float], bool], value: float) -> str:
    """A guess at the slip, if one makes the value fit."""
    if name == "weight":
        return "were pounds meant?" if fits(value * 0.4536) else "give it in kilograms"
    for factor, slip in _SLIPS:
        if fits(value * factor):
            return f"{slip}? That would be {100 * value * factor:.1f} cm"
    return "measure it again"


def check_single(name: str, value: float) -> None:
    """Refuse a value that no adult has.

    Args:
        name: Measurement, or ``weight``.
        value: [m], or [kg].
    Raises:
        BadMeasurement: Outside the human range; the message guesses the slip.
    """
    least, most = RANGES[name]
    if not least <= value <= most:
        limits = f"{_shown(name, least)} to {_shown(name, most)}"
        hint = _hint(name, lambda v: least <= v <= most, value)
        raise BadMeasurement(f"{name} of {_shown(name, value)} is outside {limits}; {hint}")


def check_together(
    people: Population,
    told: Sequence[Observation],
    condition: Callable[[Population, list[Observation]], tuple[FloatArray, FloatArray]],
) -> list[Caution]:
    """Compare each stated value with what the others imply.

    Args:
        people: The survey's population.
        told: What was stated, with mass and age.
        condition: `fitting.body.prior.condition`.
    Returns:
        A caution for each value beyond 3 sigma.
    Raises:
        BadMeasurement: The worst value is so far off that the values cannot be one person's.
    """
    scores = []
    for i, this in enumerate(told):
        if this.name == "age":
            continue
        others = [*told[:i], *told[i + 1 :]]
        mean, covariance = condition(people, others)
        at = people.index(this.name)
        own = max(this.sigma / this.value, TAPE_ERROR)
        spread = float(np.sqrt(covariance[at, at] + own**2))
        expected = float(np.exp(mean[at]))
        scores.append(((np.log(this.value) - mean[at]) / spread, spread, expected, this))
    if not scores:
        return []
    score, spread, expected, this = max(scores, key=lambda s: abs(s[0]))
    if abs(score) > REFUSAL:

        def fits(value: float) -> bool:
            return bool(abs(np.log(value / expected)) < DOUBT * spread)

        hint = _hint(this.name, fits, this.value)
        raise BadMeasurement(
            f"{this.name} of {_shown(this.name, this.value)} cannot belong with the other values, "
            f"which imply {_shown(this.name, expected)}; {hint}"
        )
    return [_contradiction(s, o, e) for s, _, e, o in scores if abs(s) > DOUBT]


def _contradiction(score: float, this: Observation, expected: float) -> Caution:
    told, meant = _shown(this.name, this.value), _shown(this.name, expected)
    return Caution(
        "measure.contradiction",
        f"{this.name} of {told} is {abs(score):.1f} sigma from the {meant} that the other values "
        "imply; measure it again",
        f"{this.name}: {told} отличается на {abs(score):.1f} сигмы от {meant}, которые следуют из "
        "остальных значений; измерьте ещё раз",
    )


def check_photos(
    stated: Mapping[str, Measurement], observed: Mapping[str, Measurement]
) -> list[Caution]:
    """Compare what was stated with what the photos show of the same measurement.

    Returns:
        A caution for each pair more than 3 sigma apart; the stated value is kept.
    """
    found = []
    for name in sorted(stated.keys() & observed.keys()):
        told, seen = stated[name], observed[name]
        own = max(told.sigma, TAPE_ERROR * told.value)
        score = abs(told.value - seen.value) / float(np.hypot(own, seen.sigma))
        if score > DOUBT:
            a, b = _shown(name, told.value), _shown(name, seen.value)
            found.append(
                Caution(
                    "measure.photo_contradiction",
                    f"{name} of {a} was stated, but the photos show {b} ({score:.1f} sigma apart); "
                    "the stated value is used: measure it again if the clothes were tight",
                    f"{name}: указано {a}, а на фото {b} (разница {score:.1f} сигмы); взято "
                    "указанное: измерьте ещё раз, если одежда была облегающей",
                )
            )
    return found
