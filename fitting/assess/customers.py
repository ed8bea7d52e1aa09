"""What a customer may truly measure, given what was measured and what people are like."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from fitting.assets import asset
from fitting.records import FloatArray, Measurements

DRAWS = 4096
_EXACT = 1e-5  # relative noise of a value told without error; keeps the matrices regular


@lru_cache(maxsize=2)
def _survey(sex: str) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Names, mean and covariance of the logarithms of the survey's measurements [m, kg]."""
    with np.load(asset("anthropometry", "prior.npz")) as z:
        names = tuple(str(name) for name in z["names"])
        return names, z[f"{sex}_mean"].astype(float), z[f"{sex}_covariance"].astype(float)


def belief(
    measurements: Measurements, names: Sequence[str], *, survey: bool
) -> tuple[FloatArray, FloatArray]:
    """Mean [m] and covariance [m²] of what a customer truly measures.

    A tape reading is the truth with an error, and a large error is likelier than an odd body: so
    stated values are fused with the survey's people, as Bayes' rule has it. Values that come from
    photos or were inferred have been fused already and are taken as they are; of the survey they
    take only how they go together.

    Args:
        measurements: Of the customer.
        names: Which are asked for; all are in `measurements`.
        survey: False takes all values as they are, with independent errors.
    """
    values = np.array([measurements.values[name].value for name in names])
    sigmas = np.array([measurements.values[name].sigma for name in names])
    known, mean, covariance = _survey(measurements.sex)
    if not survey or any(name not in known for name in names):
        return values, np.diag(sigmas**2)
    told = [(n, m.value, m.sigma) for n, m in measurements.values.items()
            if m.source == "stated" and n in known]  # fmt: skip
    weight = measurements.weight_kg
    if weight is not None and weight.source == "stated" and "weight" in known:
        told.append(("weight", weight.value, weight.sigma))
    if told:
        at = [known.index(n) for n, _, _ in told]
        value = np.array([v for _, v, _ in told])
        noise = np.maximum(np.array([s for _, _, s in told]) / value, _EXACT)
        seen = covariance[np.ix_(at, at)] + np.diag(noise**2)
        gain = np.linalg.solve(seen, covariance[at]).T
        mean = mean + gain @ (np.log(value) - mean[at])
        covariance = covariance - gain @ covariance[at]
    where = [known.index(name) for name in names]
    middle = np.exp(mean[where])
    spread = np.sqrt(np.maximum(np.diag(covariance)[where], 1e-18))
    together = covariance[np.ix_(where, where)] / np.outer(spread, spread)
    sigma = middle * spread
    for k, name in enumerate(names):
        if measurements.values[name].source != "stated":
            middle[k], sigma[k] = values[k], sigmas[k]
    both: FloatArray = together * np.outer(sigma, sigma)
    return middle, both


def draws(mean: FloatArray, covariance: FloatArray) -> FloatArray:
    """Evenly spread customers [m], shape (names, DRAWS): the same ones every time."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    drawn: FloatArray = mean[:, None] + root @ _even(len(mean))
    return drawn


@lru_cache(maxsize=16)
def _even(dimensions: int) -> FloatArray:
    """Evenly spread standard normal draws, shape (dimensions, DRAWS).

    Reference:
        M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018: an additive
        recurrence on powers of the generalised golden ratio.
    """
    ratio = 2.0
    for _ in range(64):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    uniform = (0.5 + steps[:, None] * np.arange(1, DRAWS + 1)) % 1.0
    normal: FloatArray = ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))
    normal.flags.writeable = False
    return normal
