"""How a person stands in a photo, and how well the photo shows it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fitting.records import FloatArray, Silhouette

# MediaPipe's numbering of the pose landmarks, left before right.
SHOULDERS, ELBOWS, WRISTS = (11, 12), (13, 14), (15, 16)
HIPS, KNEES, ANKLES = (23, 24), (25, 26), (27, 28)

UPRIGHT = np.radians(20.0)  # chosen: the torso leans no further from the vertical
STRAIGHT = np.radians(150.0)  # chosen: least angle at the knee

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Stance:
    """A person's posture in one photo.

    Attributes:
        top, bottom, left, right: The mask's box [px].
        shoulder_ratio: Shoulder width over torso length, both as seen.
        levels: Height of hips, knees over the lowest point, as shares of the person's height (2,).
        lying: The torso is nearer the horizontal than the vertical.
        bent: Leaning, sitting or with bent knees.
        ankles_seen: At least one ankle is visible and both lie in the picture.
        arms_touch: No background between an arm and the waist.
        legs_touch: No background between the lower legs.
    """

    top: int
    bottom: int
    left: int
    right: int
    shoulder_ratio: float
    levels: FloatArray
    lying: bool
    bent: bool
    ankles_seen: bool
    arms_touch: bool
    legs_touch: bool

    @staticmethod
    def of(silhouette: Silhouette) -> Stance:
        """The stance that landmarks and mask show."""
        points, mask = silhouette.landmarks.points, silhouette.mask
        rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        middle = {pair: points[list(pair)].mean(axis=0) for pair in (SHOULDERS, HIPS, KNEES)}
        torso = middle[HIPS] - middle[SHOULDERS]
        length = float(np.hypot(*torso)) + 1e-9
        lean = float(np.arctan2(np.hypot(torso[0], 0.0), torso[1]))
        across = float(abs(points[SHOULDERS[0], 0] - points[SHOULDERS[1], 0]))
        levels = [(bottom - middle[pair][1]) / (bottom - top) for pair in (HIPS, KNEES)]
        return Stance(
            top=top,
            bottom=bottom,
            left=int(cols[0]),
            right=int(cols[-1]) + 1,
            shoulder_ratio=across / length,
            levels=np.array(levels),
            lying=lean > np.pi / 4,
            bent=lean > UPRIGHT or _least_knee_angle(points) < STRAIGHT,
            ankles_seen=_ankles_seen(silhouette),
            arms_touch=_arms_touch(mask, points),
            legs_touch=_legs_touch(mask, points),
        )


def _ankles_seen(silhouette: Silhouette) -> bool:
    marks = silhouette.landmarks
    high, wide = silhouette.mask.shape
    points = marks.points[list(ANKLES)]
    inside = ((points >= 0) & (points < (wide, high))).all()
    return bool(inside and marks.visibility[list(ANKLES)].max() > 0.5)


def _least_knee_angle(points: FloatArray) -> float:
    """The smaller angle at the knees [rad]; pi is a straight leg."""
    angles = []
    for hip, knee, ankle in zip(HIPS, KNEES, ANKLES, strict=True):
        up, down = points[hip] - points[knee], points[ankle] - points[knee]
        cosine = up @ down / (np.hypot(*up) * np.hypot(*down) + 1e-9)
        angles.append(float(np.arccos(np.clip(cosine, -1.0, 1.0))))
    return min(angles)


def _arms_touch(mask: Mask, points: FloatArray) -> bool:
    """An arm lies on the torso's run of pixels in most rows between mid-torso and hip."""
    shoulder, hip = points[list(SHOULDERS)].mean(0), points[list(HIPS)].mean(0)
    rows = np.linspace(shoulder[1] + 0.5 * (hip[1] - shoulder[1]), hip[1], 24)
    for side in (0, 1):
        chain = points[[SHOULDERS[side], ELBOWS[side], WRISTS[side]]]
        joined = seen = 0
        for row in rows:
            arm = _at_row(chain, row)
            if arm is None or not 0 <= row < mask.shape[0]:
                continue
            seen += 1
            ends = sorted((int(arm), int(hip[0])))
            line = mask[int(row), max(ends[0], 0) : ends[1] + 1]
            joined += bool(line.size == 0 or line.all())
        if seen >= 6 and joined > 0.7 * seen:
            return True
    return False


def _at_row(chain: FloatArray, row: float) -> float | None:
    """Where a chain of joints crosses a row, as x [px]; None where it does not."""
    for start, end in pairwise(chain):
        low, high = sorted((start[1], end[1]))
        if low <= row <= high and high > low:
            share = (row - start[1]) / (end[1] - start[1])
            return float(start[0] + share * (end[0] - start[0]))
    return None


def _legs_touch(mask: Mask, points: FloatArray) -> bool:
    """No background between the legs in most rows from the middle of the thighs to the ankles.

    Thighs that meet higher up are a matter of build, not of stance.
    """
    joined = seen = 0
    thighs = [(points[hip] + points[knee]) / 2 for hip, knee in zip(HIPS, KNEES, strict=True)]
    legs = [np.stack([thighs[i], points[KNEES[i]], points[ANKLES[i]]]) for i in (0, 1)]
    for share in np.linspace(0.0, 1.9, 30):
        piece = min(int(share), 1)
        a, b = (leg[piece] + (share - piece) * (leg[piece + 1] - leg[piece]) for leg in legs)
        row = int((a[1] + b[1]) / 2)
        ends = sorted((int(a[0]), int(b[0])))
        if not 0 <= row < mask.shape[0]:
            continue
        seen += 1
        joined += bool(mask[row, max(ends[0], 0) : ends[1] + 1].all())
    return seen > 0 and joined > 0.5 * seen


def dark(pixels: Pixels, mask: Mask) -> bool:
    """Whether the person cannot be told from the dark: hardly any light in the whole picture.

    Dark clothes before a bright wall are no reason; the brightest tenth decides.
    """
    luma = pixels @ np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709
    return bool(np.percentile(luma, 90) < 60.0 and np.percentile(luma[mask], 90) < 60.0)


def blur_effect(pixels: Pixels, mask: Mask) -> float:
    """How blurred the picture is around the person: 0 sharp, 1 nothing but blur.

    The picture is blurred once more; in a sharp picture neighbouring pixels lose much of their
    difference by that, in a blurred one little.

    Reference:
        Crété-Roffet, Dolmiere, Ladet, Nicolas: The blur effect, Proc. SPIE 6492, 2007,
        doi:10.1117/12.702790.
    """
    from scipy.ndimage import uniform_filter1d

    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = pixels[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    luma = box @ np.array([0.2126, 0.7152, 0.0722])
    worst = 0.0
    for axis in (0, 1):
        before = np.abs(np.diff(luma, axis=axis))
        after = np.abs(np.diff(uniform_filter1d(luma, 11, axis=axis), axis=axis))
        lost = np.maximum(before - after, 0.0).sum()
        worst = max(worst, 1.0 - float(lost) / (float(before.sum()) + 1e-9))
    return worst
