"""The avatar fitted to masks: shape, poses and cameras that explain what is seen.

Each view is drawn as the avatar's outline, and where a run of pixels is both drawn and seen its two
ends are compared. Levenberg-Marquardt steps with robust weights move shape, pose and camera until
they agree, under the prior over shapes and the stated stature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitting.body.measure import jacobian, measure_parameters
from fitting.body.model import GENDER, PHENOTYPES, BodyModel, load
from fitting.body.shape import CHANGE_LIMIT, PHENOTYPE_LIMIT, ShapePrior
from fitting.body.silhouette_features import runs
from fitting.body.silhouette_outline import (
    CAMERA,
    POSE,
    Placed,
    View,
    ends_of,
    outline,
    pixels,
    place,
    seen_points,
)
from fitting.records import FloatArray, IntArray, Sex, Silhouette

EDGE_SIGMA = 0.007  # [m], of a run's end; rows are 1.6 cm apart and their errors go together
SINGLE_SIGMA = np.array([0.004, 0.004, 0.012])  # [m], of head top, soles and crotch
JOINT_SIGMA = 0.03  # [m], of the landmarks of elbows, wrists, knees and ankles
OUTLIER = 2.5  # sigmas from which a residual loses weight
UNMATCHED = 4.0  # sigmas that a drawn end without a seen one counts
FIRST_TRIALS, TRIALS = 5, 18  # steps tried from each start, and in all from the best
PROGRESS = 5e-4  # relative fall of the cost below which the fit has settled
STEP = 1e-3  # of pose, camera and lens, for derivatives
STUCK = 1e3  # damping beyond which no step helps
LENS_SIGMA = {True: 0.01, False: 0.10}  # of the logarithm of the focal length, told or assumed


@dataclass(frozen=True, eq=False)
class Fit:
    """What explains the photos.

    Attributes:
        parameters: Shape of the avatar.
        views: For each view turn .. nod and distance .. shift.
        lens: Logarithm of the true over the assumed focal length.
        residual: Root mean square of the runs' ends that are not outliers, by view [m].
        missed: Share of runs' ends that are outliers or unmatched, by view.
    """

    parameters: FloatArray
    views: tuple[FloatArray, ...]
    lens: float
    residual: tuple[float, ...]
    missed: tuple[float, ...]


def fit_silhouettes(
    silhouettes: Sequence[Silhouette],
    stature: float,
    sex: Sex,
    prior: ShapePrior,
    *,
    starts: Sequence[FloatArray] = (),
    stature_sigma: float = 0.01,
) -> Fit:
    """The likeliest avatar, poses and cameras behind one or two silhouettes.

    Args:
        silhouettes: Front, or front and side.
        stature: Stated [m].
        sex: Which base body.
        prior: Over its shapes.
        starts: Whitened shapes to start from; the middle of the prior if none is given. What a
            start leads to depends on which runs it pairs; the one that explains the masks best is
            followed.
        stature_sigma: [m].
    """
    problem = _Problem(silhouettes, stature, stature_sigma, sex, prior)
    begun = [
        problem.descend(
            _Descent(problem.state(np.concatenate([whitened, problem.mean]))), FIRST_TRIALS
        )
        for whitened in starts or (np.zeros(problem.shapes),)
    ]
    now = problem.descend(min(begun, key=lambda one: one.now.cost), TRIALS).now
    return Fit(
        parameters=now.parameters,
        views=tuple(problem.own(now.at)),
        lens=float(now.at[problem.shapes]),
        residual=tuple(look.residual for look in now.looks),
        missed=tuple(look.missed for look in now.looks),
    )


def seen_by(fit: Fit, stature: float, sex: Sex, names: Sequence[str]) -> FloatArray:
    """A fit as numbers for a regression to correct.

    Returns:
        Logarithms of the named measurements over the stated stature; then the lens, and for each
        view residual and missed share, pose and pitch.
    """
    measured = measure_parameters(fit.parameters[None], sex, names)
    logs = [float(np.log(measured[name][0] / stature)) for name in names]
    own = [
        [100 * residual, missed, *view[1:9], view[11]]
        for view, residual, missed in zip(fit.views, fit.residual, fit.missed, strict=True)
    ]
    return np.concatenate([logs, [fit.lens], *own])


@dataclass(frozen=True, eq=False)
class _Descent:
    """Where a descent has come to."""

    now: _State
    damping: float = 1e-2
    settled: bool = False


@dataclass(frozen=True, eq=False)
class _State:
    """A body before its cameras.

    Attributes:
        at: The unknowns.
        parameters: Shape of the avatar.
        rest: Its points at rest.
        looks: What each camera would see.
        cost: Twice the negative logarithm of the likelihood.
    """

    at: FloatArray
    parameters: FloatArray
    rest: FloatArray
    looks: tuple[_Look, ...]
    cost: float


class _Problem:
    """Unknowns: whitened shape, lens, then pose and camera of each view."""

    def __init__(
        self,
        silhouettes: Sequence[Silhouette],
        stature: float,
        sigma: float,
        sex: Sex,
        prior: ShapePrior,
    ) -> None:
        self.model, self.prior, self.gender = load(), prior, GENDER[sex]
        self.spread = np.linalg.inv(self.prior.whitener)
        self.limit = np.full(len(self.model.names), CHANGE_LIMIT)
        self.limit[: len(PHENOTYPES)] = PHENOTYPE_LIMIT
        self.views = [View(s, stature) for s in silhouettes]
        self.stature, self.stature_sigma = stature, sigma
        self.shapes = len(self.model.names)
        lens = LENS_SIGMA[silhouettes[0].focal_35mm is not None]
        self.mean = np.concatenate([[0.0], *(view.mean for view in self.views)])
        self.centre = np.concatenate([np.zeros(self.shapes), self.mean])
        spread = np.concatenate([[lens], *(view.sigma for view in self.views)])
        self.precision = np.concatenate([np.ones(self.shapes), spread**-2])

    def parameters(self, whitened: FloatArray) -> FloatArray:
        moved = self.prior.mean + self.spread @ whitened
        return np.asarray(np.clip(moved, -self.limit, self.limit))

    def state(self, at: FloatArray) -> _State:
        """The body of some unknowns, and how badly it explains the masks."""
        parameters = self.parameters(at[: self.shapes])
        rest = self.model.points(self.gender, parameters)
        lens, own = float(at[self.shapes]), self.own(at)
        looks = tuple(_look(rest, v, o, lens) for v, o in zip(self.views, own, strict=True))
        away = at - self.centre
        stature = float(np.ptp(rest[: self.model.vertex_count, 1]))
        short = (self.stature - stature) / self.stature_sigma
        cost = float(self.precision @ away**2 + short**2 + sum(look.cost for look in looks))
        return _State(at, parameters, rest, looks, cost)

    def own(self, at: FloatArray) -> list[FloatArray]:
        """Pose and camera of each view."""
        return np.split(at[self.shapes + 1 :], len(self.views))

    def descend(self, begun: _Descent, trials: int) -> _Descent:
        """Levenberg-Marquardt from a state, at most so many steps tried."""
        now, damping, settled = begun.now, begun.damping, begun.settled
        while trials > 0 and not settled:
            slope, left = self.linearised(now)
            system = slope.T @ slope + np.diag(self.precision)
            pull = slope.T @ left + self.precision * (self.centre - now.at)
            while trials > 0:
                trials -= 1
                step = np.linalg.solve(system + damping * np.diag(np.diag(system)), pull)
                there = self.state(now.at + step)
                if there.cost < now.cost:
                    settled = now.cost - there.cost < PROGRESS * now.cost
                    now, damping = there, damping / 5
                    break
                damping *= 10
                if damping > STUCK:
                    settled = True
                    break
        return _Descent(now, damping, settled)

    def linearised(self, state: _State) -> tuple[FloatArray, FloatArray]:
        """Derivative of the weighted residuals by the unknowns, and the residuals."""
        lens, own = float(state.at[self.shapes]), self.own(state.at)
        value, by = jacobian(self.gender, state.parameters, ["height"])
        slope = np.zeros((1, len(state.at)))
        slope[0, : self.shapes] = by[0] @ self.spread / self.stature_sigma
        slopes, left = [slope], [(self.stature - value) / self.stature_sigma]
        each = len(POSE) + len(CAMERA)
        for index, (view, look) in enumerate(zip(self.views, state.looks, strict=True)):
            seen = self._rows(state, look, view, own[index], lens)
            start = self.shapes + 1 + index * each
            slope = np.zeros((len(seen), len(state.at)))
            slope[:, : self.shapes + 1] = seen[:, : self.shapes + 1]
            slope[:, start : start + each] = seen[:, self.shapes + 1 :]
            weight = np.concatenate([_robust(part) for part in look.left])
            slopes.append(slope * weight[:, None])
            left.append(np.concatenate(look.left) * weight)
        return np.concatenate(slopes), np.concatenate(left)

    def _rows(
        self, state: _State, look: _Look, view: View, own: FloatArray, lens: float
    ) -> FloatArray:
        """Derivative of a view's residuals by shape, lens, pose and camera."""
        body, rest = outline(), state.rest
        used, index = np.unique(
            np.concatenate([look.edge.ravel(), look.single, look.bones, [look.low]]),
            return_inverse=True,
        )
        edge = index[: look.edge.size].reshape(-1, 2)
        single_at = index[look.edge.size :][:3]
        bone_at = index[look.edge.size + 3 : -1]
        low, near, weights = int(index[-1]), rest[used], body.weights[used]

        base = place(near, rest, weights, own, lens, view, low)
        by_shape = _by_shape(
            self.model, self.gender, state.parameters, base, used.astype(np.int32), self.spread
        )
        moves = [(own, lens + STEP)]
        moves += [(own + STEP * unit, lens) for unit in np.eye(len(own))]
        columns = [
            (pixels(near, rest, weights, vector, scale, view, low) - base.pixels) / STEP
            for vector, scale in moves
        ]
        slopes = np.concatenate([by_shape, np.stack(columns, axis=2)], axis=2)
        a, b = base.pixels[edge[:, 0]], base.pixels[edge[:, 1]]
        t = (look.level - a[:, 1]) / (b[:, 1] - a[:, 1])
        lean = (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
        at = (1 - t)[:, None, None] * slopes[edge[:, 0]] + t[:, None, None] * slopes[edge[:, 1]]
        rows = [
            (at[:, 0] - lean[:, None] * at[:, 1]) * look.metre / EDGE_SIGMA,
            slopes[single_at, 1] * (look.metre / SINGLE_SIGMA)[:, None],
            (slopes[bone_at] * look.metre / JOINT_SIGMA).reshape(-1, slopes.shape[2]),
        ]
        return np.concatenate(rows)


@dataclass(frozen=True, eq=False)
class _Look:
    """What a camera would see of a body, and what is wrong with that.

    Attributes:
        edge, level: Mesh edge and row of each run's end that is also seen.
        single: Vertices at the top, at the bottom and at the crotch.
        bones: Points whose landmarks are seen.
        low: The vertex that stands on the floor.
        metre: Of a pixel at the person.
        left: Weighted residuals of the ends, of `single` and of the joints.
        unmatched: How many drawn ends have nothing seen.
        cost: Of all of these.
    """

    edge: IntArray
    level: FloatArray
    single: IntArray
    bones: IntArray
    low: int
    metre: float
    left: tuple[FloatArray, FloatArray, FloatArray]
    unmatched: int
    cost: float

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which ends are not outliers."""
        return np.asarray(np.abs(self.left[0]) < OUTLIER)

    @property
    def residual(self) -> float:
        """Root mean square of the ends that are not outliers [m]."""
        kept = self.left[0][self.kept]
        return float(np.sqrt(np.mean(kept**2)) * EDGE_SIGMA) if len(kept) else 1.0

    @property
    def missed(self) -> float:
        """Share of the ends that are outliers or unmatched."""
        lost = self.unmatched + int((~self.kept).sum())
        return lost / max(1, len(self.left[0]) + self.unmatched)


def _look(rest: FloatArray, view: View, own: FloatArray, lens: float) -> _Look:
    model, body = load(), outline()
    at, low = seen_points(rest, body.weights, own, lens, view)
    skin = at[: model.vertex_count]
    ends = ends_of(skin, view)
    crotch = int(body.crotch[np.argmax(skin[body.crotch, 1])])
    single = np.array([int(np.argmin(skin[:, 1])), int(np.argmax(skin[:, 1])), crotch])
    joints, where = view.joints()
    bones = np.array([model.bone(name) for name in joints], int)
    a, b = at[ends.edge[:, 0]], at[ends.edge[:, 1]]
    t = (ends.level - a[:, 1]) / (b[:, 1] - a[:, 1])
    drawn = a[:, 0] + t * (b[:, 0] - a[:, 0])
    metre = float(own[len(POSE)] / (view.focal * np.exp(lens)))
    goal = np.array([view.top, view.bottom, _seen_crotch(view, at[crotch])])
    left = (
        (ends.seen - drawn) * metre / EDGE_SIGMA,
        (goal - at[single, 1]) * metre / SINGLE_SIGMA,
        ((where - at[bones]) * metre / JOINT_SIGMA).ravel(),
    )
    cost = _cost(np.concatenate(left)) + _cost(np.full(ends.unmatched, UNMATCHED))
    return _Look(ends.edge, ends.level, single, bones, low, metre, left, ends.unmatched, cost)


def _by_shape(
    model: BodyModel,
    gender: float,
    parameters: FloatArray,
    base: Placed,
    used: IntArray,
    spread: FloatArray,
) -> FloatArray:
    """d pixel / d whitened shape, shape (n, 2, shapes). Moves of the joints are left out."""
    rest = model.jacobian(gender, parameters, used) @ spread
    out = np.einsum("nij,njk->nik", base.by_rest, rest)
    floor = rest[base.low, 1]
    return np.asarray(out - base.by_floor[:, :, None] * floor)


def _robust(residuals: FloatArray) -> FloatArray:
    """Square roots of Cauchy weights."""
    return np.asarray(1 / np.sqrt(1 + (residuals / OUTLIER) ** 2))


def _cost(residuals: FloatArray) -> float:
    """Cauchy's cost, whose weights `_robust` gives."""
    return float((OUTLIER**2 * np.log1p((residuals / OUTLIER) ** 2)).sum())


def _seen_crotch(view: View, near: FloatArray) -> float:
    """Row of the highest background between the legs, or the drawn row where there is none."""
    if view.silhouette.view == "side":
        return float(near[1])
    span = view.bottom - view.top
    for row in range(int(near[1] - 0.06 * span), int(near[1] + 0.10 * span)):
        if not 0 <= row < view.silhouette.mask.shape[0]:
            continue
        found = runs(view.silhouette.mask[row])
        middle = (found[1:, 0] + found[:-1, 1]) / 2
        if (np.abs(middle - near[0]) < 0.03 * span).any():
            return float(row)
    return float(near[1])
