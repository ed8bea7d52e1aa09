"""Find the body that measures what is asked: damped least squares with a prior over shapes.

Three Gaussians meet here: one about each measurement asked for, one about the volume that a stated
mass implies, and one about the parameters of the body, learnt from bodies fitted to the people of a
survey (scripts/fit_prior.py). The last keeps the parts that nobody measured as they are on people,
and the surface smooth.

Reference:
    J. Nocedal, S. Wright, "Numerical Optimization", 2nd ed., chapter 10 (Levenberg-Marquardt).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fitting.assets import asset
from fitting.body.measure import by_parameters, read
from fitting.body.model import GENDER, PHENOTYPES, load
from fitting.body.tape import Reading
from fitting.body.volume import log_volume
from fitting.errors import NotSupported
from fitting.records import FloatArray, Sex

# Bounds of the parameters. The phenotypes end at 1; the changes of parts were sculpted for -1..1
# and stay smooth a little beyond (looked at on bodies of BMI 40).
PHENOTYPE_LIMIT, CHANGE_LIMIT = 1.0, 1.8
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
class Wishes:
    """What a body is to be like.

    Attributes:
        names: Measurements asked for.
        values: [m], shape (names,).
        sigmas: How exactly each is to be met [m], shape (names,).
        log_volume: Logarithm of the volume [m³] and its sigma; None where no mass was told.
    """

    names: Sequence[str]
    values: FloatArray
    sigmas: FloatArray
    log_volume: tuple[float, float] | None = None


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


def solve(wishes: Wishes, sex: Sex, *, prior: ShapePrior | None = None) -> Solution:
    """Parameters of the likeliest body given some wishes.

    Muscle and weight have kinks at their middle, so the search starts twice: from the prior's mean
    and from a stout body; the better end counts. The volume is slow to differentiate and joins at
    the end.

    Args:
        wishes: Measurements and volume.
        sex: Which of the two base bodies and priors.
        prior: Another prior than the shipped one.
    Raises:
        BadMesh: No tape could be laid on the body; the values are far from any human shape.
    """
    prior = prior or shape_prior(sex)
    stout = prior.mean.copy()
    stout[[PHENOTYPES.index("muscle"), PHENOTYPES.index("weight")]] = STOUT
    girths = Wishes(wishes.names, wishes.values, wishes.sigmas)
    ends = [_descend(girths, sex, prior, start) for start in (prior.mean, stout)]
    best = min(ends, key=lambda end: end.cost)
    return best if wishes.log_volume is None else _descend(wishes, sex, prior, best.parameters)


@dataclass(eq=False)
class _Look:
    """A body under the tape: distances from the wishes in sigmas, and their slope when asked."""

    wishes: Wishes
    gender: float
    parameters: FloatArray
    prior: ShapePrior
    readings: list[Reading] = field(init=False)
    away: FloatArray = field(init=False)
    cost: float = field(init=False)

    def __post_init__(self) -> None:
        w = self.wishes
        self.readings = read(self.gender, self.parameters, w.names)
        off = (np.array([r.value for r in self.readings]) - w.values) / w.sigmas
        if w.log_volume is not None:
            wanted, sigma = w.log_volume
            now, _ = log_volume(self.gender, self.parameters, slope=False)
            off = np.append(off, (now - wanted) / sigma)
        self.away = off
        odd = self.prior.whitener @ (self.parameters - self.prior.mean)
        self.cost = float(off @ off + odd @ odd)

    def slope(self) -> FloatArray:
        """d away / d parameters, shape (wishes, parameters)."""
        w = self.wishes
        rows = by_parameters(self.readings, self.gender, self.parameters) / w.sigmas[:, None]
        if w.log_volume is None:
            return np.asarray(rows, float)
        _, last = log_volume(self.gender, self.parameters, slope=True)
        assert last is not None
        return np.vstack([rows, last / w.log_volume[1]])


def _descend(wishes: Wishes, sex: Sex, prior: ShapePrior, start: FloatArray) -> Solution:
    """Levenberg-Marquardt steps from a start until the cost no longer falls."""
    gender = GENDER[sex]
    limit = np.full(len(prior.mean), CHANGE_LIMIT)
    limit[: len(PHENOTYPES)] = PHENOTYPE_LIMIT
    precision = prior.whitener.T @ prior.whitener
    look = _Look(wishes, gender, np.clip(start, -limit, limit), prior)
    damping, reason, rounds = 1e-3, "round_limit", 0
    while rounds < ROUNDS and reason == "round_limit":
        rounds += 1
        p, slope, before = look.parameters, look.slope(), look.cost
        gradient = slope.T @ look.away + precision @ (p - prior.mean)
        curvature = slope.T @ slope + precision
        free = ~(((p <= -limit) & (gradient > 0)) | ((p >= limit) & (gradient < 0)))
        for _ in range(7):
            step = _damped_step(curvature, gradient, free, damping)
            trial = _Look(wishes, gender, np.clip(p + step, -limit, limit), prior)
            if trial.cost < before:
                look, damping = trial, max(damping / 6, 1e-7)
                break
            damping *= 8
        if before - look.cost <= TOLERANCE * before:
            reason = "converged"
    measured = {n: r.value for n, r in zip(wishes.names, look.readings, strict=True)}
    return Solution(look.parameters, measured, reason, rounds, look.cost)


def _damped_step(
    curvature: FloatArray, gradient: FloatArray, free: NDArray[np.bool_], damping: float
) -> FloatArray:
    """A Levenberg-Marquardt step of the parameters that are not held at a bound."""
    inner = curvature[np.ix_(free, free)]
    step = np.zeros(len(gradient))
    step[free] = -np.linalg.solve(inner + damping * np.diag(np.diag(inner)), gradient[free])
    return step
