"""The avatar's outline as a camera sees it: posed, turned, projected, and drawn row by row.

The outermost mesh edges of trunk, arms and legs give the runs of the mask that the body would make;
each run is paired with the one that is seen there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fitting.body import marks
from fitting.body.model import load
from fitting.body.silhouette_camera import ASSUMED_PITCH, occupied_rows, solve
from fitting.body.silhouette_features import ANKLES, ELBOWS, HEELS, KNEES, TOES, WRISTS, runs
from fitting.records import FloatArray, IntArray, Silhouette

ROWS = 110  # drawn from head to foot, 1.6 cm apart
CLOSED_GAP = 2.0  # [px], gaps that a mask closes
ROW_SPAN = 1e6  # [px], wider than any picture: sorts crossings by row, then from left to right

# What a view has of its own, with mean and standard deviation: angles [rad] from the A pose as in
# `motions`, lengths [m]. The arms are held off the body in front view and hang in side view.
POSE = ("turn", "lower.L", "lower.R", "forward.L", "forward.R", "elbow", "apart", "lean", "nod")
CAMERA = ("distance", "height", "pitch", "shift")
_DEG = np.pi / 180
POSE_MEAN = {
    "front": _DEG * np.array([0, 6, 6, -5, -5, -3, -1.5, 0, 0]),
    "side": _DEG * np.array([0, 33, 33, -11, -11, -3, -3, 0, 0]),
}
POSE_SIGMA = _DEG * np.array([3, 10, 10, 9, 9, 8, 3, 2, 5])
CAMERA_SIGMA = np.array([1.0, 0.3, 2.3 * _DEG, 0.3])

# The bones that turn in a pose, parents before children.
TURNING = (
    "spine04",
    "neck01",
    "upperarm01.L",
    "upperarm01.R",
    "lowerarm01.L",
    "lowerarm01.R",
    "upperleg01.L",
    "upperleg01.R",
    "foot.L",
    "foot.R",
)


@dataclass(frozen=True, eq=False)
class Outline:
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
def outline() -> Outline:
    """The parts of the body model's mesh."""
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
    return Outline(
        weights=weights,
        heads=np.array([model.bone(name) for name in TURNING], np.int32),
        parents=tuple(parents[name] for name in TURNING),
        parts=tuple(edges[of[edges].any(axis=1)] for of in member),
        crotch=np.array(marks.CROTCH, np.int32),
    )


class View:
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
        self.seen = _padded(
            [runs(silhouette.mask[int(row)]).astype(np.float64) for row in self.levels]
        )
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
        for bone, pair in (
            ("lowerarm01", ELBOWS),
            ("wrist", WRISTS),
            ("lowerleg01", KNEES),
            ("foot", ANKLES),
        ):
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


def motions(pose: FloatArray, points: FloatArray) -> FloatArray:
    """Rotation and offset of the root and of each turning bone, shape (1 + turning, 12).

    Args:
        pose: Angles in the order of `POSE`.
        points: All points at rest, of which the turning bones' heads are used.
    """
    _, lower_l, lower_r, forward_l, forward_r, elbow, apart, lean, nod = pose
    own = (
        _about_x(lean),
        _about_x(nod),
        _about_z(-lower_l) @ _about_x(-forward_l),
        _about_z(lower_r) @ _about_x(-forward_r),
        _about_x(-elbow),
        _about_x(-elbow),
        _about_z(apart),
        _about_z(-apart),
        _about_z(-apart),
        _about_z(apart),
    )
    body = outline()
    rotations, offsets = [np.eye(3)], [np.zeros(3)]
    for turn, head, parent in zip(own, points[body.heads], body.parents, strict=True):
        place = rotations[parent] @ head + offsets[parent]
        rotations.append(rotations[parent] @ turn)
        offsets.append(place - rotations[-1] @ head)
    return np.concatenate([np.array(rotations).reshape(-1, 9), np.array(offsets)], axis=1)


@dataclass(frozen=True, eq=False)
class Placed:
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


def place(
    rest: FloatArray,
    every: FloatArray,
    weights: FloatArray,
    vector: FloatArray,
    lens: float,
    view: View,
    low: int,
) -> Placed:
    """Poses, turns and projects points, of which `low` is the lowest."""
    rotation, offset = _posture(every, weights, vector)
    posed = (rotation @ rest[:, :, None])[:, :, 0] + offset
    local, axes = _before_camera(posed - [0.0, posed[low, 1], 0.0], vector)
    focal, depth = view.focal * np.exp(lens), -local[:, 2]
    slope = np.zeros((len(rest), 2, 3))
    slope[:, 0, 0] = focal / depth
    slope[:, 0, 2] = focal * local[:, 0] / depth**2
    slope[:, 1, 1] = -focal / depth
    slope[:, 1, 2] = -focal * local[:, 1] / depth**2
    by_posed = slope @ axes
    return Placed(_pixels(local, focal, view), by_posed @ rotation, by_posed[:, :, 1], low)


def seen_points(
    rest: FloatArray, weights: FloatArray, vector: FloatArray, lens: float, view: View
) -> tuple[FloatArray, int]:
    """Pixels of all points, and which of them stands on the floor."""
    rotation, offset = _posture(rest, weights, vector)
    posed = np.einsum("nij,nj->ni", rotation, rest) + offset
    low = int(np.argmin(posed[:, 1]))
    local, _ = _before_camera(posed - [0.0, posed[low, 1], 0.0], vector)
    return _pixels(local, view.focal * np.exp(lens), view), low


def pixels(
    rest: FloatArray,
    every: FloatArray,
    weights: FloatArray,
    vector: FloatArray,
    lens: float,
    view: View,
    low: int,
) -> FloatArray:
    """The pixels that `place` gives, without their slopes."""
    rotation, offset = _posture(every, weights, vector)
    posed = (rotation @ rest[:, :, None])[:, :, 0] + offset
    local, _ = _before_camera(posed - [0.0, posed[low, 1], 0.0], vector)
    return _pixels(local, view.focal * np.exp(lens), view)


def _posture(
    every: FloatArray, weights: FloatArray, vector: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Rotation (n, 3, 3) and offset (n, 3) of each point."""
    blended = weights @ motions(vector[: len(POSE)], every)
    return blended[:, :9].reshape(-1, 3, 3), blended[:, 9:]


def _before_camera(posed: FloatArray, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points in the camera's axes, and those axes by the person's, shape (3, 3)."""
    turn = vector[0]
    distance, height, pitch, shift = vector[len(POSE) :]
    c, s = np.cos(turn), np.sin(turn)
    spin = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    c, s = np.cos(pitch), np.sin(pitch)
    tilt = np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])  # columns: the camera's axes
    return (posed @ spin.T + [shift, -height, -distance]) @ tilt, tilt.T @ spin


def _pixels(local: FloatArray, focal: float, view: View) -> FloatArray:
    depth = -local[:, 2]
    return np.stack(
        [
            view.centre[0] + focal * local[:, 0] / depth,
            view.centre[1] - focal * local[:, 1] / depth,
        ],
        axis=1,
    )


@dataclass(frozen=True, eq=False)
class Ends:
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
    pixels: FloatArray, edges: IntArray, view: View
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
    order = np.argsort(row * (4.0 * ROW_SPAN) + np.clip(x, -ROW_SPAN, ROW_SPAN))
    row, x, which = row[order], x[order], which[order]
    start = np.flatnonzero(np.diff(row, prepend=-1))
    end = np.append(start[1:], len(row)) - 1
    return row[start], x[start], which[start], x[end], which[end]


def ends_of(pixels: FloatArray, view: View) -> Ends:
    """Draws the runs of every row and pairs them with the seen ones."""
    parts = outline().parts
    left, right = np.full((ROWS, len(parts)), np.inf), np.full((ROWS, len(parts)), -np.inf)
    first = np.zeros((ROWS, len(parts), 2), np.int32)
    last = first.copy()
    for part, edges in enumerate(parts):
        row, x0, e0, x1, e1 = _extents(pixels, edges, view)
        left[row, part], right[row, part] = x0, x1
        first[row, part], last[row, part] = edges[e0], edges[e1]
    order = np.argsort(left, axis=1, kind="stable")
    left, right = (np.take_along_axis(of, order, 1) for of in (left, right))
    # What reaches into the parts before it, or nearly, goes on with their run.
    reach = np.maximum.accumulate(right, axis=1)
    before = np.concatenate([np.full((ROWS, 1), -np.inf), reach[:, :-1]], axis=1)
    drawn = np.isfinite(left)
    begins = drawn & ~(left - before < CLOSED_GAP)
    final = np.concatenate([begins[:, 1:] | ~drawn[:, 1:], np.ones((ROWS, 1), bool)], axis=1)
    farthest = np.where(right > before, np.arange(len(parts)), 0)
    farthest = np.maximum.accumulate(farthest, axis=1)
    row, start = np.nonzero(begins)
    row_end, end = np.nonzero(drawn & final)
    x0, x1 = left[row, start], reach[row_end, end]
    found, paired = _partners(x0, x1, view.seen[row])
    edge = np.stack(
        [first[row, order[row, start]], last[row, order[row, farthest[row_end, end]]]], axis=1
    )
    return Ends(
        edge[paired].reshape(-1, 2),
        np.repeat(view.levels[row[paired]], 2),
        found[paired].reshape(-1),
        2 * int((~paired).sum()),
    )


def _partners(
    x0: FloatArray, x1: FloatArray, seen: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The seen run that overlaps most, and whether by more than 40 % of both together."""
    shared = np.minimum(seen[..., 1], x1[:, None]) - np.maximum(seen[..., 0], x0[:, None])
    best = np.argmax(shared, axis=1)
    rows = np.arange(len(best))
    found = seen[rows, best]
    whole = np.maximum(found[:, 1], x1) - np.minimum(found[:, 0], x0)
    return found, shared[rows, best] > 0.4 * whole


def _padded(rows: list[FloatArray]) -> FloatArray:
    """Runs of all rows, shape (rows, most, 2), filled up with ones that are nowhere."""
    out = np.full((len(rows), max(1, *(len(row) for row in rows)), 2), ROW_SPAN)
    for row, own in zip(out, rows, strict=True):
        row[: len(own)] = own
    return out
