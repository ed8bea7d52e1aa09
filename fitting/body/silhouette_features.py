"""What a silhouette shows, as numbers: widths, depths and levels as shares of the stature.

All lengths are read in the axis plane of `fitting.body.silhouette_camera` and divided by the stated
stature. What cannot be read (an arm that touches the body, say) is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitting.body.silhouette_camera import Viewpoint, solve
from fitting.records import FloatArray, Silhouette

Mask = NDArray[np.bool_]

NOSE, EARS, MOUTH = 0, (7, 8), (9, 10)
SHOULDERS, ELBOWS, WRISTS = (11, 12), (13, 14), (15, 16)
HIPS, KNEES, ANKLES, HEELS, TOES = (23, 24), (25, 26), (27, 28), (29, 30), (31, 32)

# Levels as shares of the stature.
TORSO_LEVELS = np.linspace(0.44, 0.86, 43)
LEG_LEVELS = np.linspace(0.04, 0.46, 29)
SIDE_LEVELS = np.linspace(0.03, 0.88, 86)
UPPER_ARM = (0.35, 0.45, 0.55, 0.65, 0.75)
FOREARM = (0.1, 0.2, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 1.0)
CALF = tuple(np.linspace(0.05, 0.95, 19))  # shares of the way from knee to ankle
NECK = tuple(np.linspace(0.25, 0.75, 6))  # shares of the way from shoulders to ears
GAP = (0.004, 0.008, 0.012, 0.018, 0.025, 0.04, 0.06)  # under the crotch [share of stature]
ARM_REACH = 0.05  # [share of stature], more than half an arm's thickness
NECK_REACH = 0.09  # [share of stature], more than half a neck's thickness


def features(silhouette: Silhouette, stature: float) -> FloatArray:
    """The features of one view, shape (n,); n depends on the view only."""
    view = solve(silhouette, stature)
    return (
        _front(silhouette, view, stature)
        if silhouette.view == "front"
        else _side(silhouette, view, stature)
    )


def _front(silhouette: Silhouette, view: Viewpoint, stature: float) -> FloatArray:
    mask, points = silhouette.mask, silhouette.landmarks.points
    flat = view.flat(points) / stature
    middle = (_mean(flat, SHOULDERS), _mean(flat, HIPS))
    parts = [
        _torso_widths(mask, view, stature, middle),
        _leg_widths(mask, view, stature, flat),
        _between_legs(mask, view, stature, flat),
        _lower_legs(mask, view, stature, flat),
        _neck_and_head(mask, view, stature, flat),
        _neck_widths(mask, points, view, stature),
        _arm_widths(mask, points, view, stature),
        _joints(flat),
        [view.distance / stature, view.height / stature, view.height / view.distance],
    ]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def _side(silhouette: Silhouette, view: Viewpoint, stature: float) -> FloatArray:
    mask = silhouette.mask
    flat = view.flat(silhouette.landmarks.points) / stature
    facing = 1.0 if _mean(flat, TOES)[0] >= _mean(flat, HEELS)[0] else -1.0
    middle = (_mean(flat, SHOULDERS), _mean(flat, HIPS))
    edges = np.array([_edges_at(mask, view, stature, level, middle) for level in SIDE_LEVELS])
    if facing < 0:
        edges = -edges[:, ::-1]
    turned = flat * np.array([facing, 1.0])
    # The line from mid-knee to mid-neck is where the person stands; edges are told from it.
    line = _axis(edges)
    joints = turned[[*SHOULDERS, *ELBOWS, *WRISTS, *HIPS, *KNEES, *ANKLES, NOSE, *EARS, *TOES]]
    pairs = turned[:, 0] - np.interp(turned[:, 1], SIDE_LEVELS, line)
    chosen = [_pair(pairs, pair) for pair in (SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES)]
    parts = [
        edges[:, 0] - line,
        edges[:, 1] - line,
        edges[:, 1] - edges[:, 0],
        _lower_legs(mask, view, stature, flat),
        _neck_and_head(mask, view, stature, flat),
        _neck_widths(mask, silhouette.landmarks.points, view, stature),
        chosen,
        [_mean(turned, pair)[1] for pair in (SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES, EARS)],
        [abs(joints[0, 0] - joints[1, 0]), abs(joints[6, 0] - joints[7, 0])],
        [view.distance / stature, view.height / stature, view.height / view.distance],
    ]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def _mean(flat: FloatArray, pair: tuple[int, int]) -> FloatArray:
    return np.asarray((flat[pair[0]] + flat[pair[1]]) / 2)


def _pair(values: FloatArray, pair: tuple[int, int]) -> float:
    return float(values[pair[0]] + values[pair[1]]) / 2


def _axis(edges: FloatArray) -> FloatArray:
    """The line through the middle of the person at knee and neck, x at each side level."""
    centre = edges.mean(axis=1)
    low = np.nanmean(centre[(SIDE_LEVELS > 0.2) & (SIDE_LEVELS < 0.3)])
    high = np.nanmean(centre[(SIDE_LEVELS > 0.82) & (SIDE_LEVELS < 0.86)])
    return np.asarray(low + (high - low) * (SIDE_LEVELS - 0.25) / (0.84 - 0.25))


def runs(line: Mask) -> NDArray[np.intp]:
    """Starts and ends (exclusive) of the runs of true pixels, shape (n, 2)."""
    steps = np.diff(np.concatenate([[0], line.astype(np.int8), [0]]))
    return np.stack([np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)], axis=1)


def _runs_at(mask: Mask, view: Viewpoint, stature: float, level: float) -> FloatArray:
    """Runs at a level as x [shares of stature], shape (n, 2)."""
    metres: FloatArray = np.array(level * stature)
    row = int(np.clip(np.floor(float(view.row(metres))), 0, mask.shape[0] - 1))
    found = runs(mask[row]).astype(np.float64)
    return np.asarray((found - view.centre[0]) * view.scale(metres) / stature)


def _edges_at(
    mask: Mask,
    view: Viewpoint,
    stature: float,
    level: float,
    middle: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """The run of the trunk at a level, or the nearest one, shape (2,); NaN without any."""
    found = _runs_at(mask, view, stature, level)
    if len(found) == 0:
        return np.full(2, np.nan)
    high, low = middle
    share = np.clip((level - low[1]) / (high[1] - low[1] + 1e-9), -2.0, 1.5)
    centre = low[0] + share * (high[0] - low[0]) if share > 0 else low[0]
    gap = np.maximum(np.maximum(found[:, 0] - centre, centre - found[:, 1]), 0.0)
    return np.asarray(found[int(np.argmin(gap))])


def _torso_widths(
    mask: Mask, view: Viewpoint, stature: float, middle: tuple[FloatArray, FloatArray]
) -> FloatArray:
    edges = [_edges_at(mask, view, stature, level, middle) for level in TORSO_LEVELS]
    return np.array([edge[1] - edge[0] for edge in edges])


def _leg_widths(mask: Mask, view: Viewpoint, stature: float, flat: FloatArray) -> FloatArray:
    """Mean width of the two legs by level; half the common run where they touch."""
    widths = []
    for level in LEG_LEVELS:
        found = _runs_at(mask, view, stature, level)
        if len(found) == 0:
            widths.append(np.nan)
            continue
        chosen = []
        for side in (0, 1):
            chain = flat[[HIPS[side], KNEES[side], ANKLES[side]]]
            x = np.interp(-level, -chain[:, 1], chain[:, 0])
            gap = np.maximum(np.maximum(found[:, 0] - x, x - found[:, 1]), 0.0)
            chosen.append(int(np.argmin(gap)))
        width = found[chosen, 1] - found[chosen, 0]
        widths.append(float(width.mean() / (2 if chosen[0] == chosen[1] else 1)))
    return np.array(widths)


def _between_legs(mask: Mask, view: Viewpoint, stature: float, flat: FloatArray) -> list[float]:
    """Level of the crotch, and how wide the gap between the thighs is at some way below it."""
    crotch, middle = _crotch(mask, view, stature, flat), _mean(flat, HIPS)[0]
    gaps = []
    for drop in GAP:
        found = _runs_at(mask, view, stature, crotch - drop)
        inner = (found[1:, 0] + found[:-1, 1]) / 2
        near = np.abs(inner - middle) < 0.06
        gaps.append(float((found[1:, 0] - found[:-1, 1])[near].sum()))
    return [crotch, *gaps]


def _lower_legs(mask: Mask, view: Viewpoint, stature: float, flat: FloatArray) -> list[float]:
    """Widths from knee to ankle at shares of its length, the largest, its place, the least.

    From the front the mean of two legs; from the side the legs together where one hides the other.
    """
    both = []
    for side in (0, 1):
        knee, ankle = flat[KNEES[side]], flat[ANKLES[side]]
        widths = []
        for share in CALF:
            x, level = knee + share * (ankle - knee)
            found = _runs_at(mask, view, stature, float(level))
            if len(found) == 0:
                widths.append(np.nan)
                continue
            gap = np.maximum(np.maximum(found[:, 0] - x, x - found[:, 1]), 0.0)
            run = found[int(np.argmin(gap))]
            widths.append(float(run[1] - run[0]))
        both.append(widths)
    mean = np.array(both).mean(axis=0)
    if not np.isfinite(mean).all():
        return [*mean, np.nan, np.nan, np.nan]
    return [*mean, float(mean[:12].max()), CALF[int(mean[:12].argmax())], float(mean[10:].min())]


def _neck_widths(mask: Mask, points: FloatArray, view: Viewpoint, stature: float) -> list[float]:
    """Thickness of the neck square to the line from shoulders to ears, and the least."""
    low, high = _mean(points, SHOULDERS), _mean(points, EARS)
    wide = [_across(mask, low, high, f, view, stature, NECK_REACH) for f in NECK]
    return [*wide, float(np.nanmin(wide)) if np.isfinite(wide).any() else float("nan")]


def _crotch(mask: Mask, view: Viewpoint, stature: float, flat: FloatArray) -> float:
    """Level of the highest background between the legs."""
    hip, knee = _mean(flat, HIPS), _mean(flat, KNEES)
    levels = np.linspace(knee[1], hip[1], 120)
    best = float(knee[1])
    for level in levels:
        found = _runs_at(mask, view, stature, float(level))
        inner = (found[1:, 0] + found[:-1, 1]) / 2
        if ((np.abs(inner - hip[0]) < 0.05) & (found[1:, 0] - found[:-1, 1] > 0.002)).any():
            best = float(level)
    return best


def _neck_and_head(mask: Mask, view: Viewpoint, stature: float, flat: FloatArray) -> list[float]:
    """Least width between chin and shoulders and its level; greatest width of the head."""
    mouth, shoulder = _mean(flat, MOUTH), _mean(flat, SHOULDERS)
    middle = (mouth, shoulder)
    levels = np.linspace(shoulder[1] + 0.005, mouth[1], 40)
    edges = np.array([_edges_at(mask, view, stature, float(v), middle) for v in levels])
    widths = edges[:, 1] - edges[:, 0]
    above = np.linspace(mouth[1], 0.99, 24)
    skull = np.array([_edges_at(mask, view, stature, float(v), middle) for v in above])
    narrow = float(np.nanmin(widths)) if np.isfinite(widths).any() else np.nan
    at = float(levels[int(np.nanargmin(widths))]) if np.isfinite(widths).any() else np.nan
    near = float(np.nanmean(np.sort(widths)[:8])) if np.isfinite(widths).any() else np.nan
    return [narrow, near, at, float(np.nanmax(skull[:, 1] - skull[:, 0]))]


def _arm_widths(mask: Mask, points: FloatArray, view: Viewpoint, stature: float) -> FloatArray:
    """Thickness of upper arm and forearm square to the bone, mean of both sides."""
    both = []
    for side in (0, 1):
        joints = [points[pair[side]] for pair in (SHOULDERS, ELBOWS, WRISTS)]
        upper = [_across(mask, joints[0], joints[1], f, view, stature) for f in UPPER_ARM]
        lower = [_across(mask, joints[1], joints[2], f, view, stature) for f in FOREARM]
        both.append(upper + lower)
    seen: FloatArray = np.array(both)
    count = np.isfinite(seen).sum(axis=0)
    return np.where(count > 0, np.nansum(seen, axis=0) / np.maximum(count, 1), np.nan)


def _across(
    mask: Mask,
    start: FloatArray,
    end: FloatArray,
    share: float,
    view: Viewpoint,
    stature: float,
    most: float = ARM_REACH,
) -> float:
    """The mask's extent square to a bone through the point at a share of its length."""
    along = end - start
    length = float(np.hypot(*along))
    if length < 4:
        return float("nan")
    at = start + share * along
    normal = np.array([-along[1], along[0]]) / length
    metre = float(view.scale(view.level(at[1:2]))[0])
    reach = most * stature / metre
    offsets = np.arange(-reach, reach, 0.25)
    spots = np.floor(at + offsets[:, None] * normal).astype(int)
    inside = ((spots >= 0) & (spots < mask.shape[::-1])).all(axis=1)
    line = np.zeros(len(offsets), dtype=bool)
    line[inside] = mask[spots[inside, 1], spots[inside, 0]]
    found = runs(line)
    if len(found) == 0:
        return float("nan")
    middle = len(offsets) / 2
    gap = np.maximum(np.maximum(found[:, 0] - middle, middle - found[:, 1]), 0)
    run = found[int(np.argmin(gap))]
    if run[0] == 0 or run[1] == len(line):
        return float("nan")
    return float((run[1] - run[0]) * 0.25 * metre / stature)


def _joints(flat: FloatArray) -> list[float]:
    """Levels of the joints and lengths between them."""
    levels = [
        float(_mean(flat, pair)[1])
        for pair in (EARS, MOUTH, SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES, HEELS, TOES)
    ]
    pairs = (SHOULDERS, HIPS, KNEES, ANKLES, WRISTS)
    wide = [float(abs(flat[a, 0] - flat[b, 0])) for a, b in pairs]
    limbs = [
        sum(float(np.hypot(*(flat[a[side]] - flat[b[side]]))) for side in (0, 1)) / 2
        for a, b in ((SHOULDERS, ELBOWS), (ELBOWS, WRISTS), (HIPS, KNEES), (KNEES, ANKLES))
    ]
    return levels + wide + limbs
