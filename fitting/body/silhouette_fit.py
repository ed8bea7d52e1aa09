"""The avatar fitted to masks: shape, poses and cameras that explain what is seen.

Each view is drawn as the avatar's outline, row by row: the outermost mesh edges of trunk, arms and
legs give the runs of the mask that the body would make. Where a run is also seen, its two ends are
compared. Gauss-Newton steps with robust weights move shape, pose and camera until they agree, under
the prior over shapes and the stated stature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fitting.body import marks
from fitting.body.measure import ALL, jacobian, measure_parameters
from fitting.body.model import GENDER, PHENOTYPES, BodyModel, load
from fitting.body.shape import CHANGE_LIMIT, PHENOTYPE_LIMIT, ShapePrior
from fitting.body.silhouette_camera import ASSUMED_PITCH, occupied_rows, solve
from fitting.body.silhouette_features import (
    ANKLES,
    ELBOWS,
    HEELS,
    KNEES,
    TOES,
    WRISTS,
    runs,
)
from fitting.records import FloatArray, IntArray, Sex, Silhouette

ROWS = 110
EDGE_SIGMA = 0.007  # [m], of a run's end; rows are 1.6 cm apart and their errors go together
JOINT_SIGMA = 0.03  # [m], of the landmarks of elbows, wrists, knees and ankles
CLOSED_GAP = 2.0  # [px], gaps that a mask closes
OUTLIER = 2.5  # sigmas from which a residual loses weight
UNMATCHED = 4.0  # sigmas that a drawn end without a seen one counts
ROUNDS = 9
PROGRESS = 1e-3  # relative fall of the cost below which the fit has settled

# What a view has of its own, with mean and standard deviation. Angles in radians, as in `_turns`.
POSE = ("turn", "lower.L", "lower.R", "forward.L", "forward.R", "elbow", "apart", "lean", "nod")
CAMERA = ("distance", "height", "pitch", "shift")
_DEG = np.pi / 180
POSE_MEAN = {
    "front": _DEG * np.array([0, 6, 6, -5, -5, -3, -1.5, 0, 0]),
    "side": _DEG * np.array([0, 33, 33, -11, -11, -3, -3, 0, 0]),
}
POSE_SIGMA = _DEG * np.array([3, 10, 10, 9, 9, 8, 3, 2, 5])
CAMERA_SIGMA = np.array([1.0, 0.3, 2.3 * _DEG, 0.3])
LENS_SIGMA = {True: 0.01, False: 0.10}  # of the logarithm of the focal length, told or assumed


# The bones that turn in a pose, parents before children.
TURNING = ("spine04", "neck01", "upperarm01.L", "upperarm01.R", "lowerarm01.L", "lowerarm01.R",
           "upperleg01.L", "upperleg01.R", "foot.L", "foot.R")


@dataclass(frozen=True, eq=False)
class _Outline:
    """Static parts of the avatar's mesh: what each point hangs on, and edges by part.

    Attributes:
        weights: Share of each point in the unturned root and the turning bones, shape
            (points, 1 + turning); bone heads hang on their own bone.
        heads: Points that the turning bones turn about, shape (turning,).
        parents: Index among root and turning bones of each turning bone's nearest one above.
        parts: Mesh edges (E, 2) of trunk, arms and legs.
        crotch: Vertices of which the lowest is the crotch.
    """

    weights: FloatArray
    heads: IntArray
    parents: tuple[int, ...]
    parts: tuple[IntArray, ...]
    crotch: IntArray


@lru_cache(maxsize=1)
def _outline() -> _Outline:
    model = load()
    holder = np.zeros(len(model.bones), int)  # the nearest turning bone at or above each bone
    parents = {}
    for bone, name in enumerate(model.bones):
        above = int(model.parents[bone])
        holder[bone] = holder[above] if above >= 0 else 0
        if name in TURNING:
            parents[name] = int(holder[bone])
            holder[bone] = 1 + TURNING.index(name)
    weights = np.zeros((model.vertex_count + len(model.bones), 1 + len(TURNING)))
    for column in range(model.bone_indices.shape[1]):
        held = holder[model.bone_indices[:, column]]
        np.add.at(weights, (np.arange(model.vertex_count), held), model.bone_weights[:, column])
    weights[model.vertex_count + np.arange(len(model.bones)), holder] = 1.0
    member = [np.ones(model.vertex_count, bool)]
    for names in (("arm", "hand"), ("leg", "foot")):
        for side in "LR":
            share = sum(marks.part_weights(model, part, side) for part in names)
            member.append(np.asarray(share) > 0.5)
    member[0] = ~np.any(member[1:], axis=0)
    sides = np.sort(model.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges = np.unique(sides, axis=0).astype(np.int32)
    return _Outline(
        weights=weights,
        heads=np.array([model.bone(name) for name in TURNING], np.int32),
        parents=tuple(parents[name] for name in TURNING),
        parts=tuple(edges[of[edges].any(axis=1)] for of in member),
        crotch=np.array(marks.CROTCH, np.int32),
    )


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


class _View:
    """One silhouette and what is known of it before the fit."""

    def __init__(self, silhouette: Silhouette, stature: float) -> None:
        self.silhouette = silhouette
        start = solve(silhouette, stature)
        self.focal, self.centre = start.focal, start.centre
        rows = occupied_rows(silhouette.mask)
        self.top, self.bottom = float(rows[0]), float(rows[-1]) + 1.0
        self.step = (self.bottom - self.top) / ROWS
        self.first = self.top + self.step / 2
        self.levels = self.first + self.step * np.arange(ROWS)
        self.seen = [runs(silhouette.mask[int(row)]).astype(np.float64) for row in self.levels]
        points = silhouette.landmarks.points
        facing = points[list(TOES), 0].mean() - points[list(HEELS), 0].mean()
        pose = POSE_MEAN[silhouette.view].copy()
        if silhouette.view == "side":
            pose[0] = np.pi / 2 if facing >= 0 else -np.pi / 2
        cols = np.flatnonzero(silhouette.mask[int(self.top + 0.3 * (self.bottom - self.top))])
        middle = float(cols.mean()) if len(cols) else start.centre[0]
        shift = (middle - start.centre[0]) * start.distance / start.focal
        camera = np.array([start.distance, start.height, ASSUMED_PITCH, shift])
        self.mean = np.concatenate([pose, camera])
        self.sigma = np.concatenate([POSE_SIGMA, CAMERA_SIGMA])

    def joints(self) -> tuple[list[str], FloatArray]:
        """Bones whose heads the landmarks show, and where [px]."""
        names, where = [], []
        for bone, pair in (("lowerarm01", ELBOWS), ("wrist", WRISTS), ("lowerleg01", KNEES),
                           ("foot", ANKLES)):
            for side, index in zip("LR", pair, strict=True):
                if self.silhouette.landmarks.visibility[index] > 0.5:
                    names.append(f"{bone}.{side}")
                    where.append(self.silhouette.landmarks.points[index])
        return names, np.array(where).reshape(-1, 2)


def _about_x(angle: float) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _about_z(angle: float) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _motions(pose: FloatArray, points: FloatArray) -> FloatArray:
    """Rotation and offset of the root and of each turning bone, shape (1 + turning, 12).

    Args:
        pose: Angles in the order of `POSE`.
        points: All points at rest, of which the turning bones' heads are used.
    """
    _, lower_l, lower_r, forward_l, forward_r, elbow, apart, lean, nod = pose
    own = (
        _about_x(lean), _about_x(nod),
        _about_z(-lower_l) @ _about_x(-forward_l), _about_z(lower_r) @ _about_x(-forward_r),
        _about_x(-elbow), _about_x(-elbow), _about_z(apart), _about_z(-apart),
        _about_z(-apart), _about_z(apart),
    )
    outline = _outline()
    rotations, offsets = [np.eye(3)], [np.zeros(3)]
    for turn, head, parent in zip(own, points[outline.heads], outline.parents, strict=True):
        place = rotations[parent] @ head + offsets[parent]
        rotations.append(rotations[parent] @ turn)
        offsets.append(place - rotations[-1] @ head)
    return np.concatenate([np.array(rotations).reshape(-1, 9), np.array(offsets)], axis=1)


@dataclass(frozen=True, eq=False)
class _Placed:
    """The avatar in front of a camera: pixels, and how they follow points at rest.

    Attributes:
        pixels: shape (n, 2).
        by_rest: d pixel / d point at rest, shape (n, 2, 3).
        by_floor: d pixel / d height of the lowest vertex, shape (n, 2).
    """

    pixels: FloatArray
    by_rest: FloatArray
    by_floor: FloatArray
    low: int


def _place(
    rest: FloatArray, every: FloatArray, weights: FloatArray, vector: FloatArray, lens: float,
    view: _View, low: int | None,
) -> _Placed:
    """Poses, turns and projects points; `low` names the lowest one, or it is looked for."""
    blended = weights @ _motions(vector[: len(POSE)], every)
    rotation = blended[:, :9].reshape(-1, 3, 3)
    posed = (rotation @ rest[:, :, None])[:, :, 0] + blended[:, 9:]
    lowest = int(np.argmin(posed[:, 1])) if low is None else low
    posed = posed - [0.0, posed[lowest, 1], 0.0]
    turn = vector[0]
    distance, height, pitch, shift = vector[len(POSE) :]
    c, s = np.cos(turn), np.sin(turn)
    spin = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    c, s = np.cos(pitch), np.sin(pitch)
    tilt = np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])  # columns: the camera's axes
    local = (posed @ spin.T + [shift, -height, -distance]) @ tilt
    focal = view.focal * np.exp(lens)
    depth = -local[:, 2]
    pixels = np.stack(
        [view.centre[0] + focal * local[:, 0] / depth,
         view.centre[1] - focal * local[:, 1] / depth], axis=1)
    slope = np.zeros((len(rest), 2, 3))
    slope[:, 0, 0] = focal / depth
    slope[:, 0, 2] = focal * local[:, 0] / depth**2
    slope[:, 1, 1] = -focal / depth
    slope[:, 1, 2] = -focal * local[:, 1] / depth**2
    by_posed = slope @ (tilt.T @ spin)
    return _Placed(pixels, by_posed @ rotation, by_posed[:, :, 1], lowest)


@dataclass(frozen=True, eq=False)
class _Ends:
    """Ends of runs that are both drawn and seen.

    Attributes:
        edge: Mesh edge of each end, shape (n, 2).
        level: Its row [px], shape (n,).
        seen: Where the mask ends, shape (n,) [px].
        unmatched: How many drawn ends have nothing seen.
    """

    edge: IntArray
    level: FloatArray
    seen: FloatArray
    unmatched: int


def _extents(
    pixels: FloatArray, edges: IntArray, view: _View
) -> tuple[IntArray, FloatArray, IntArray, FloatArray, IntArray]:
    """By row the outermost crossings: row, left x and edge, right x and edge."""
    a, b = pixels[edges[:, 0]], pixels[edges[:, 1]]
    ya, yb = (a[:, 1] - view.first) / view.step, (b[:, 1] - view.first) / view.step
    low = np.ceil(np.minimum(ya, yb)).clip(0, ROWS).astype(int)
    high = np.floor(np.maximum(ya, yb)).clip(-1, ROWS - 1).astype(int)
    spans = np.maximum(high - low + 1, 0)
    which = np.repeat(np.arange(len(edges)), spans)
    row = np.arange(spans.sum()) - np.repeat(np.cumsum(spans) - spans, spans) + low[which]
    t = (row - ya[which]) / (yb - ya)[which]
    x = a[which, 0] + t * (b[which, 0] - a[which, 0])
    order = np.lexsort((x, row))
    row, x, which = row[order], x[order], which[order]
    start = np.flatnonzero(np.diff(row, prepend=-1))
    end = np.append(start[1:], len(row)) - 1
    return row[start], x[start], which[start], x[end], which[end]


def _ends(pixels: FloatArray, view: _View) -> _Ends:
    """Draws the runs of every row and pairs them with the seen ones."""
    intervals: list[list[tuple[float, float, int, int, int]]] = [[] for _ in range(ROWS)]
    parts = _outline().parts
    for part, edges in enumerate(parts):
        for row, x0, e0, x1, e1 in zip(*_extents(pixels, edges, view), strict=True):
            intervals[int(row)].append((float(x0), float(x1), int(e0), int(e1), part))
    edge, level, seen, unmatched = [], [], [], 0
    for row in range(ROWS):
        for drawn in _merged(intervals[row]):
            found = _partner(drawn[0], drawn[2], view.seen[row])
            if found is None:
                unmatched += 2
                continue
            edge += [parts[drawn[1][0]][drawn[1][1]], parts[drawn[3][0]][drawn[3][1]]]
            level += [view.levels[row]] * 2
            seen += [found[0], found[1]]
    return _Ends(
        np.array(edge, np.int32).reshape(-1, 2), np.array(level), np.array(seen), unmatched
    )


def _merged(
    intervals: list[tuple[float, float, int, int, int]]
) -> list[tuple[float, tuple[int, int], float, tuple[int, int]]]:
    """Runs of a row as left x, (part, edge), right x, (part, edge)."""
    out: list[tuple[float, tuple[int, int], float, tuple[int, int]]] = []
    for x0, x1, e0, e1, part in sorted(intervals):
        if out and x0 - out[-1][2] < CLOSED_GAP:
            if x1 > out[-1][2]:
                out[-1] = (out[-1][0], out[-1][1], x1, (part, e1))
        else:
            out.append((x0, (part, e0), x1, (part, e1)))
    return out


def _partner(x0: float, x1: float, seen: FloatArray) -> FloatArray | None:
    """The seen run that overlaps most, if by more than 40 % of both together."""
    if len(seen) == 0:
        return None
    shared = np.minimum(seen[:, 1], x1) - np.maximum(seen[:, 0], x0)
    best = int(np.argmax(shared))
    whole = max(seen[best, 1], x1) - min(seen[best, 0], x0)
    return np.asarray(seen[best]) if shared[best] > 0.4 * whole else None


def fit_silhouettes(
    silhouettes: Sequence[Silhouette], stature: float, sex: Sex, prior: ShapePrior, *,
    start: FloatArray | None = None, stature_sigma: float = 0.01,
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
        lens=float(now.at[shapes]), residual=now.residual, missed=now.missed,
    )


def seen_by(fit: Fit, stature: float, sex: Sex) -> FloatArray:
    """A fit as numbers for a regression to correct.

    Returns:
        Logarithms of all measurements over the stated stature in the order of
        `fitting.body.measure.ALL`; then the lens, and for each view residual and missed share,
        pitch and leaning of arms and legs.
    """
    measured = measure_parameters(fit.parameters[None], sex)
    logs = [float(np.log(measured[name][0] / stature)) for name in ALL]
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
        self, silhouettes: Sequence[Silhouette], stature: float, sigma: float, sex: Sex,
        prior: ShapePrior,
    ) -> None:
        self.model, self.prior, self.gender = load(), prior, GENDER[sex]
        self.spread = np.linalg.inv(self.prior.whitener)
        self.limit = np.full(len(self.model.names), CHANGE_LIMIT)
        self.limit[: len(PHENOTYPES)] = PHENOTYPE_LIMIT
        self.views = [_View(s, stature) for s in silhouettes]
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
        rows = [_stature_row(self.gender, parameters, self.stature, self.stature_sigma,
                             self.spread, len(own))]
        away = at - self.centre
        cost = float(self.precision @ away**2 + rows[0][1] @ rows[0][1])
        found = []
        for index, view in enumerate(self.views):
            start = 1 + index * each
            seen = _view_rows(self.model, self.gender, parameters, view,
                              own[start : start + each], float(own[0]), self.spread)
            slope = np.zeros((len(seen.left), len(at)))
            slope[:, : self.shapes] = seen.by_shape
            slope[:, self.shapes] = seen.by_lens
            slope[:, self.shapes + start : self.shapes + start + each] = seen.by_own
            rows.append((slope, seen.left))
            cost += seen.cost
            found.append(seen)
        return _Linear(
            at=at, cost=cost, slope=np.concatenate([row[0] for row in rows]),
            left=np.concatenate([row[1] for row in rows]),
            residual=tuple(seen.residual for seen in found),
            missed=tuple(seen.missed for seen in found),
        )


def _stature_row(
    gender: float, parameters: FloatArray, stature: float, sigma: float, spread: FloatArray,
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
    model: BodyModel, gender: float, parameters: FloatArray, view: _View, own: FloatArray,
    lens: float, spread: FloatArray,
) -> _Rows:
    rest = model.points(gender, parameters)
    outline = _outline()
    placed = _place(rest, rest, outline.weights, own, lens, view, None)
    ends = _ends(placed.pixels[: model.vertex_count], view)
    joints, where = view.joints()
    skin = placed.pixels[: model.vertex_count, 1]
    crotch = int(outline.crotch[np.argmax(skin[outline.crotch])])
    single = np.array([int(np.argmin(skin)), int(np.argmax(skin)), crotch])
    bones = np.array([model.bone(name) for name in joints], int)
    used, place = np.unique(
        np.concatenate([ends.edge.ravel(), single, bones, [placed.low]]), return_inverse=True
    )
    edge = place[: ends.edge.size].reshape(-1, 2)
    single_at = place[ends.edge.size :][:3]
    bone_at = place[ends.edge.size + 3 : -1]

    weights = outline.weights[used]

    def some(vector: FloatArray, scale: float) -> _Placed:
        return _place(rest[used], rest, weights, vector, scale, view, int(place[-1]))

    base = some(own, lens)
    by_shape = _by_shape(model, gender, parameters, base, used.astype(np.int32), spread)
    columns = [(some(own, lens + 1e-3).pixels - base.pixels) / 1e-3]
    for index in range(len(own)):
        moved = own.copy()
        moved[index] += 1e-3
        columns.append((some(moved, lens).pixels - base.pixels) / 1e-3)
    slopes = np.concatenate([by_shape, np.stack(columns, axis=2)], axis=2)

    pixels = base.pixels
    a, b = pixels[edge[:, 0]], pixels[edge[:, 1]]
    t = (ends.level - a[:, 1]) / (b[:, 1] - a[:, 1])
    lean = (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    at = (1 - t)[:, None, None] * slopes[edge[:, 0]] + t[:, None, None] * slopes[edge[:, 1]]
    drawn = a[:, 0] + t * (b[:, 0] - a[:, 0])
    metre = own[len(POSE)] / (view.focal * np.exp(lens))  # of a pixel at the person
    left = [(ends.seen - drawn) * metre / EDGE_SIGMA]
    slope = [(at[:, 0] - lean[:, None] * at[:, 1]) * metre / EDGE_SIGMA]
    weight = [_robust(left[0])]
    goal = np.array([view.top, view.bottom, _seen_crotch(view, pixels[single_at[2]])])
    scale = metre / np.array([0.004, 0.004, 0.012])
    left.append((goal - pixels[single_at, 1]) * scale)
    slope.append(slopes[single_at, 1] * scale[:, None])
    weight.append(_robust(left[1]))
    if len(joints):
        factor = metre / JOINT_SIGMA
        left.append(((where - pixels[bone_at]) * factor).ravel())
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
        left=np.concatenate(left) * every[:, 0], by_shape=jacobian_rows[:, :shapes],
        by_lens=jacobian_rows[:, shapes], by_own=jacobian_rows[:, shapes + 1 :],
        residual=float(np.sqrt(np.mean(left[0][kept] ** 2)) * EDGE_SIGMA) if kept.any() else 1.0,
        missed=lost,
    )


def _by_shape(
    model: BodyModel, gender: float, parameters: FloatArray, base: _Placed, used: IntArray,
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


def _seen_crotch(view: _View, near: FloatArray) -> float:
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
