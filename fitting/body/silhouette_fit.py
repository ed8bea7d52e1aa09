"""The avatar fitted to masks: shape, poses and cameras that explain what is seen.

Each view is drawn as the avatar's outline, and where a run of pixels is both drawn and seen its two
ends are compared. Levenberg-Marquardt steps with robust weights move shape, pose and camera until
they agree, under the prior over shapes and the stated stature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
)
from fitting.records import FloatArray, IntArray, Sex, Silhouette

EDGE_SIGMA = 0.007  # [m], of a run's end; rows are 1.6 cm apart and their errors go together
JOINT_SIGMA = 0.03  # [m], of the landmarks of elbows, wrists, knees and ankles
OUTLIER = 2.5  # sigmas from which a residual loses weight
UNMATCHED = 4.0  # sigmas that a drawn end without a seen one counts
ROUNDS = 9
PROGRESS = 1e-3  # relative fall of the cost below which the fit has settled
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
    start: FloatArray | None = None,
    stature_sigma: float = 0.01,
) -> Fit:
    """The likeliest avatar, poses and cameras behind one or two silhouettes.

    Args:
        silhouettes: Front, or front and side.
        stature: Stated [m].
        sex: Which base body.
        prior: Over its shapes.
        start: Where to start, as a whitened shape; the middle of the prior if not given.
        stature_sigma: [m].
    """
    problem = _Problem(silhouettes, stature, stature_sigma, sex, prior)
    shapes = problem.shapes
    whitened = np.zeros(shapes) if start is None else start
    now = problem.linearise(np.concatenate([whitened, problem.mean]))
    damping = 1e-2
    for _ in range(ROUNDS):
        system = now.slope.T @ now.slope + np.diag(problem.precision)
        pull = now.slope.T @ now.left + problem.precision * (problem.centre - now.at)
        step = np.linalg.solve(system + damping * np.diag(np.diag(system)), pull)
        there = problem.linearise(now.at + step)
        if there.cost >= now.cost:
            damping *= 10
            continue
        settled = now.cost - there.cost < PROGRESS * now.cost
        now, damping = there, damping / 5
        if settled:
            break
    return Fit(
        parameters=problem.parameters(now.at[:shapes]),
        views=tuple(np.split(now.at[shapes + 1 :], len(silhouettes))),
        lens=float(now.at[shapes]),
        residual=now.residual,
        missed=now.missed,
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
class _Linear:
    """Cost, weighted residuals and their derivatives at a point."""

    at: FloatArray
    cost: float
    left: FloatArray
    slope: FloatArray
    residual: tuple[float, ...]
    missed: tuple[float, ...]


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

    def linearise(self, at: FloatArray) -> _Linear:
        parameters = self.parameters(at[: self.shapes])
        own, each = at[self.shapes :], len(POSE) + len(CAMERA)
        rows = [
            _stature_row(
                self.gender, parameters, self.stature, self.stature_sigma, self.spread, len(own)
            )
        ]
        away = at - self.centre
        cost = float(self.precision @ away**2 + rows[0][1] @ rows[0][1])
        found = []
        for index, view in enumerate(self.views):
            start = 1 + index * each
            seen = _view_rows(
                self.model,
                self.gender,
                parameters,
                view,
                own[start : start + each],
                float(own[0]),
                self.spread,
            )
            slope = np.zeros((len(seen.left), len(at)))
            slope[:, : self.shapes] = seen.by_shape
            slope[:, self.shapes] = seen.by_lens
            slope[:, self.shapes + start : self.shapes + start + each] = seen.by_own
            rows.append((slope, seen.left))
            cost += seen.cost
            found.append(seen)
        return _Linear(
            at=at,
            cost=cost,
            slope=np.concatenate([row[0] for row in rows]),
            left=np.concatenate([row[1] for row in rows]),
            residual=tuple(seen.residual for seen in found),
            missed=tuple(seen.missed for seen in found),
        )


def _stature_row(
    gender: float,
    parameters: FloatArray,
    stature: float,
    sigma: float,
    spread: FloatArray,
    others: int,
) -> tuple[FloatArray, FloatArray]:
    value, slope = jacobian(gender, parameters, ["height"])
    row = np.concatenate([slope[0] @ spread, np.zeros(others)]) / sigma
    return row[None], (stature - value) / sigma


@dataclass(frozen=True, eq=False)
class _Rows:
    """Weighted residuals of a view and their derivatives."""

    left: FloatArray
    by_shape: FloatArray
    by_lens: FloatArray
    by_own: FloatArray
    cost: float
    residual: float
    missed: float


def _view_rows(
    model: BodyModel,
    gender: float,
    parameters: FloatArray,
    view: View,
    own: FloatArray,
    lens: float,
    spread: FloatArray,
) -> _Rows:
    rest = model.points(gender, parameters)
    body = outline()
    placed = place(rest, rest, body.weights, own, lens, view, None)
    ends = ends_of(placed.pixels[: model.vertex_count], view)
    joints, where = view.joints()
    skin = placed.pixels[: model.vertex_count, 1]
    crotch = int(body.crotch[np.argmax(skin[body.crotch])])
    single = np.array([int(np.argmin(skin)), int(np.argmax(skin)), crotch])
    bones = np.array([model.bone(name) for name in joints], int)
    used, index = np.unique(
        np.concatenate([ends.edge.ravel(), single, bones, [placed.low]]), return_inverse=True
    )
    edge = index[: ends.edge.size].reshape(-1, 2)
    single_at = index[ends.edge.size :][:3]
    bone_at = index[ends.edge.size + 3 : -1]

    weights = body.weights[used]

    low = int(index[-1])
    near = rest[used]

    def some(vector: FloatArray, scale: float) -> FloatArray:
        return pixels(near, rest, weights, vector, scale, view, low)

    base = place(near, rest, weights, own, lens, view, low)
    by_shape = _by_shape(model, gender, parameters, base, used.astype(np.int32), spread)
    columns = [(some(own, lens + 1e-3) - base.pixels) / 1e-3]
    for unknown in range(len(own)):
        moved = own.copy()
        moved[unknown] += 1e-3
        columns.append((some(moved, lens) - base.pixels) / 1e-3)
    slopes = np.concatenate([by_shape, np.stack(columns, axis=2)], axis=2)

    at_pixel = base.pixels
    a, b = at_pixel[edge[:, 0]], at_pixel[edge[:, 1]]
    t = (ends.level - a[:, 1]) / (b[:, 1] - a[:, 1])
    lean = (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    at = (1 - t)[:, None, None] * slopes[edge[:, 0]] + t[:, None, None] * slopes[edge[:, 1]]
    drawn = a[:, 0] + t * (b[:, 0] - a[:, 0])
    metre = own[len(POSE)] / (view.focal * np.exp(lens))  # of a pixel at the person
    left = [(ends.seen - drawn) * metre / EDGE_SIGMA]
    slope = [(at[:, 0] - lean[:, None] * at[:, 1]) * metre / EDGE_SIGMA]
    weight = [_robust(left[0])]
    goal = np.array([view.top, view.bottom, _seen_crotch(view, at_pixel[single_at[2]])])
    scale = metre / np.array([0.004, 0.004, 0.012])
    left.append((goal - at_pixel[single_at, 1]) * scale)
    slope.append(slopes[single_at, 1] * scale[:, None])
    weight.append(_robust(left[1]))
    if len(joints):
        factor = metre / JOINT_SIGMA
        left.append(((where - at_pixel[bone_at]) * factor).ravel())
        slope.append((slopes[bone_at] * factor).reshape(-1, slopes.shape[2]))
        weight.append(_robust(left[2]))
    every = np.concatenate(weight)[:, None]
    jacobian_rows = np.concatenate(slope) * every
    shapes = by_shape.shape[2]
    kept = np.abs(left[0]) < OUTLIER
    lost = (ends.unmatched + int((~kept).sum())) / max(1, len(kept) + ends.unmatched)
    cost = _cost(np.concatenate(left)) + _cost(np.full(ends.unmatched, UNMATCHED))
    return _Rows(
        cost=cost,
        left=np.concatenate(left) * every[:, 0],
        by_shape=jacobian_rows[:, :shapes],
        by_lens=jacobian_rows[:, shapes],
        by_own=jacobian_rows[:, shapes + 1 :],
        residual=float(np.sqrt(np.mean(left[0][kept] ** 2)) * EDGE_SIGMA) if kept.any() else 1.0,
        missed=lost,
    )


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
