"""Find the body that measures what is asked: damped least squares with a prior over shapes.

Two Gaussians meet here: one about each measurement asked for, one about the parameters of the body,
learnt from bodies fitted to the people of a survey (scripts/fit_prior.py). The second keeps the
parts that nobody measured as they are on people, and the surface smooth.

Reference:
    J. Nocedal, S. Wright, "Numerical Optimization", 2nd ed., chapter 10 (Levenberg-Marquardt).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fitting.assets import asset
from fitting.body.measure import jacobian
from fitting.body.model import GENDER, PHENOTYPES, load
from fitting.errors import NotSupported
from fitting.records import FloatArray, Sex

# Bounds of the parameters. The phenotypes end at 1; the changes of parts were sculpted for -1..1
# and stay smooth a little beyond (looked at on bodies of BMI 40).
PHENOTYPE_LIMIT, CHANGE_LIMIT = 1.0, 1.5
ROUNDS = 40
STOUT = (-0.6, 0.5)  # muscle and weight of the second start; chosen
TOLERANCE = 1e-3  # relative fall of the cost that counts as no progress


@dataclass(frozen=True, eq=False)
class ShapePrior:
    """A Gaussian over the parameters of one sex.

    Attributes:
        mean: shape (parameters,).
        whitener: W with W (p - mean) of unit covariance, shape (parameters, parameters).
    """

    mean: FloatArray
    whitener: FloatArray


@dataclass(frozen=True, eq=False)
class Solution:
    """A fitted body.

    Attributes:
        parameters: shape (parameters,).
        measured: What it measures, name -> [m].
        reason: ``converged`` or ``round_limit``.
        rounds: Steps taken.
        cost: Squared distances from the wishes and from the prior's mean, in sigmas.
    """

    parameters: FloatArray
    measured: Mapping[str, float]
    reason: str
    rounds: int
    cost: float


@lru_cache(maxsize=2)
def shape_prior(sex: Sex) -> ShapePrior:
    """The prior over shapes of assets/anthropometry/shapes.npz.

    Raises:
        NotSupported: The file does not belong to this body model.
    """
    with np.load(asset("anthropometry", "shapes.npz")) as z:
        if tuple(str(n) for n in z["names"]) != load().names:
            raise NotSupported(
                "assets/anthropometry/shapes.npz was made for other body parameters; run "
                "scripts/fit_prior.py again"
            )
        return ShapePrior(z[f"{sex}_mean"].astype(float), z[f"{sex}_whitener"].astype(float))


def solve(
    names: Sequence[str],
    values: FloatArray,
    sigmas: FloatArray,
    sex: Sex,
    *,
    prior: ShapePrior | None = None,
) -> Solution:
    """Parameters of the likeliest body given some measurements.

    Muscle and weight have kinks at their middle, so the search starts twice: from the prior's mean
    and from a stout body; the better end counts.

    Args:
        names: Measurements asked for.
        values: [m], shape (names,).
        sigmas: How exactly each is to be met [m], shape (names,).
        sex: Which of the two base bodies and priors.
        prior: Another prior than the shipped one.
    Raises:
        BadMesh: No tape could be laid on the body; the values are far from any human shape.
    """
    prior = prior or shape_prior(sex)
    stout = prior.mean.copy()
    stout[[PHENOTYPES.index("muscle"), PHENOTYPES.index("weight")]] = STOUT
    ends = [_descend(names, values, sigmas, sex, prior, start) for start in (prior.mean, stout)]
    return min(ends, key=lambda end: end.cost)


def _descend(
    names: Sequence[str],
    values: FloatArray,
    sigmas: FloatArray,
    sex: Sex,
    prior: ShapePrior,
    start: FloatArray,
) -> Solution:
    """Levenberg-Marquardt steps from a start until the cost no longer falls."""
    gender = GENDER[sex]
    limit = np.full(len(prior.mean), CHANGE_LIMIT)
    limit[: len(PHENOTYPES)] = PHENOTYPE_LIMIT
    p = np.clip(start, -limit, limit)
    measured, slope = jacobian(gender, p, names)

    def cost(m: FloatArray, q: FloatArray) -> float:
        away = prior.whitener @ (q - prior.mean)
        return float((((m - values) / sigmas) ** 2).sum() + away @ away)

    now, damping, reason, rounds = cost(measured, p), 1e-3, "round_limit", 0
    precision = prior.whitener.T @ prior.whitener
    while rounds < ROUNDS and reason == "round_limit":
        rounds += 1
        weighted = slope / sigmas[:, None]
        gradient = weighted.T @ ((measured - values) / sigmas) + precision @ (p - prior.mean)
        curvature = weighted.T @ weighted + precision
        free = ~(((p <= -limit) & (gradient > 0)) | ((p >= limit) & (gradient < 0)))
        before = now
        for _ in range(7):
            step = _damped_step(curvature, gradient, free, damping)
            trial = np.clip(p + step, -limit, limit)
            measured_trial, slope_trial = jacobian(gender, trial, names)
            after = cost(measured_trial, trial)
            if after < now:
                p, measured, slope, now = trial, measured_trial, slope_trial, after
                damping = max(damping / 6, 1e-7)
                break
            damping *= 8
        if before - now <= TOLERANCE * before:
            reason = "converged"
    return Solution(p, dict(zip(names, measured.tolist(), strict=True)), reason, rounds, now)


def _damped_step(
    curvature: FloatArray, gradient: FloatArray, free: FloatArray, damping: float
) -> FloatArray:
    """A Levenberg-Marquardt step of the parameters that are not held at a bound."""
    inner = curvature[np.ix_(free, free)]
    step = np.zeros(len(gradient))
    step[free] = -np.linalg.solve(inner + damping * np.diag(np.diag(inner)), gradient[free])
    return step
