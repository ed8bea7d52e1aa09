"""The mask's border moved to where the person ends, told by a small network.

A band on both sides of a rough border is unwrapped into a strip: one column for each step along
the border, one row for each step across it. A convolutional network tells for each sample of the
strip whether it lies on the person; the band is then wrapped back. Working along the border makes
all limbs look alike, whichever way they point and however large the picture is.

The weights are those of ``scripts/train_border.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.assets import asset
from fitting.records import FloatArray

Mask = NDArray[np.bool_]
Strip = NDArray[np.float32]

STEP = 0.002  # [share of the person's height in the picture], between samples
ACROSS = 15  # samples on each side of the border: 5 cm of a person
OFFSETS = np.arange(-ACROSS, ACROSS + 1)  # [steps], outwards
SMOOTH = 2.0  # [steps], of the border before it is unwrapped
SHORTEST = 24  # [steps], a border as short as this is left as it is
NEAR = 12  # [steps] along the border in which colours are compared
DEEP = 6  # [steps] from the border, where colours are taken to be those of either side
BINS = 16  # of each colour, for how common it is on the person and around
ROOM = 1.0  # least variance of a colour [(grey levels / 16)²]
CHANNELS = 9
DILATIONS = ((1, 1), (2, 2), (4, 4), (8, 4))  # of the layers, along and across


@dataclass(frozen=True, eq=False)
class Band:
    """An unwrapped border.

    Attributes:
        points: On the border [px], shape (n, 2).
        normals: Outwards, shape (n, 2).
        inputs: What the network sees, shape (n, 2 ACROSS + 1, CHANNELS).
    """

    points: FloatArray
    normals: FloatArray
    inputs: Strip


def sharpened(pixels: NDArray[np.uint8], soft: FloatArray, mask: Mask) -> Mask:
    """The mask with its border where the network sees the person end.

    Args:
        pixels: sRGB, shape (h, w, 3).
        soft: The segmenter's mask 0..1, shape (h, w).
        mask: One piece, about right to 5 cm.
    """
    step = step_of(mask)
    bands = unwrap(pixels, soft, mask)
    if not bands:
        return mask
    inside = [likelihood(band.inputs) for band in bands]
    return wrapped(mask, bands, inside, step)


def step_of(mask: Mask) -> float:
    """Length of a step [px]."""
    rows = np.flatnonzero(mask.any(axis=1))
    return max(0.5, STEP * float(rows[-1] + 1 - rows[0]))


def spots(points: FloatArray, normals: FloatArray, step: float) -> Strip:
    """Pixels of a strip's samples, shape (n, 2 ACROSS + 1, 2)."""
    return np.asarray(
        points[:, None] + step * OFFSETS[:, None] * normals[:, None], dtype=np.float32
    )


def unwrap(pixels: NDArray[np.uint8], soft: FloatArray, mask: Mask) -> list[Band]:
    """Bands around the borders of a mask, the inner ones as well."""
    import cv2

    step = step_of(mask)
    colour: Strip = cv2.GaussianBlur(pixels, (0, 0), max(0.5, 0.45 * step)).astype(np.float32) / 16
    hard = mask.astype(np.float32)
    common = _commonness(pixels, mask, step)
    pictures: tuple[Strip, ...] = (colour, soft.astype(np.float32), hard, common)
    bands = []
    for points, normals in _borders(mask, step):
        at = spots(points, normals, step)
        bands.append(Band(points, normals, _inputs(*(read(picture, at) for picture in pictures))))
    return bands


def read(picture: Strip, at: Strip) -> Strip:
    """What a picture shows at some pixels, shape (n, m, ...), between its pixels as well."""
    import cv2

    return np.asarray(
        cv2.remap(
            picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    )


def _borders(mask: Mask, step: float) -> list[tuple[FloatArray, FloatArray]]:
    """Points a step apart on each border and their outward normals."""
    import cv2

    found, kinds = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    out = []
    for line, kind in zip(found, kinds[0] if kinds is not None else (), strict=True):
        path = line[:, 0].astype(np.float64)
        ends = np.concatenate([path, path[:1]])
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ends, axis=0).T))])
        count = int(along[-1] / step)
        if count < SHORTEST:
            continue
        at = along[-1] * np.arange(count) / count
        even = np.stack([np.interp(at, along, ends[:, axis]) for axis in (0, 1)], axis=1)
        points = _around(even, np.exp(-0.5 * (np.arange(-6, 7) / SMOOTH) ** 2))
        ahead = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
        ahead /= np.hypot(*ahead.T)[:, None] + 1e-9
        hole = kind[3] >= 0
        turn = 1.0 if (cv2.contourArea(line, oriented=True) > 0) != hole else -1.0
        out.append((points, turn * np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)))
    return out


def _around(values: NDArray[Any], weights: FloatArray) -> NDArray[Any]:
    """A weighted mean over neighbours along a closed border (axis 0)."""
    reach = len(weights) // 2
    shifted = (
        weight * np.roll(values, reach - k, axis=0)
        for k, weight in enumerate(weights / weights.sum())
    )
    return np.asarray(sum(shifted))


def _commonness(pixels: NDArray[np.uint8], mask: Mask, step: float) -> Strip:
    """Logarithm of how much commoner each pixel's colour is on the person than around."""
    import cv2

    side = max(3, int(2 * DEEP * step))
    whole = mask.astype(np.uint8)
    inner = cv2.erode(whole, np.ones((side, side), np.uint8)) > 0
    outer = cv2.dilate(whole, np.ones((side, side), np.uint8)) == 0
    index = (pixels >> 4).astype(np.int32)
    index = (index[..., 0] * BINS + index[..., 1]) * BINS + index[..., 2]
    counts = []
    for part in (inner, outer):
        cube = (
            np.bincount(index[part], minlength=BINS**3).reshape(BINS, BINS, BINS).astype(np.float32)
        )
        for axis in range(3):
            cube = cube + 0.5 * (np.roll(cube, 1, axis) + np.roll(cube, -1, axis))
        counts.append(cube.ravel() / max(1.0, float(cube.sum())) + 2e-5)
    return np.asarray(np.log(counts[0] / counts[1])[index], dtype=np.float32)


def _inputs(colour: Strip, soft: Strip, hard: Strip, common: Strip) -> Strip:
    """What the network sees of a strip; colours in 16 grey levels."""
    spread = colour.reshape(-1, 3).std(axis=0).mean() + 0.25
    plain = (colour - colour.reshape(-1, 3).mean(axis=0)) / spread
    likelier = np.zeros_like(soft)
    for part, sign in ((colour[:, OFFSETS >= DEEP], 1.0), (colour[:, OFFSETS <= -DEEP], -1.0)):
        mean, square = _near(part.mean(axis=1)), _near((part**2).mean(axis=1))
        variance = np.maximum(square - mean**2, 0) + ROOM
        away = (colour - mean[:, None]) ** 2 / variance[:, None] + np.log(variance)[:, None]
        likelier = likelier + sign * 0.5 * away.sum(axis=-1)
    change = np.zeros_like(soft)
    change[:, 1:-1] = np.sqrt(((colour[:, 2:] - colour[:, :-2]) ** 2).sum(axis=-1))
    across = np.broadcast_to((OFFSETS / ACROSS).astype(np.float32), soft.shape)
    rest = (
        4 * (soft - 0.5),
        2 * (hard - 0.5),
        np.clip(likelier, -10, 10) / 5,
        np.clip(common, -6, 6) / 3,
        np.minimum(change, 6) / 2,
        across,
    )
    return np.concatenate([plain, np.stack(rest, axis=-1)], axis=-1, dtype=np.float32)


def _near(values: Strip) -> Strip:
    """The mean of neighbours within `NEAR` along a closed border."""
    return np.asarray(_around(values, np.ones(2 * NEAR + 1)))


@lru_cache(maxsize=1)
def weights() -> tuple[tuple[Strip, Strip], ...]:
    """Kernels (along, across, in, out) and biases of the layers, read once a process."""
    with np.load(asset("photo", "border.npz")) as stored:
        count = len(stored.files) // 2
        return tuple(
            (stored[f"kernel{k}"].astype(np.float32), stored[f"bias{k}"].astype(np.float32))
            for k in range(count)
        )


def likelihood(inputs: Strip) -> Strip:
    """How likely each sample of a strip lies on the person, shape (n, 2 ACROSS + 1)."""
    *layers, (last, constant) = weights()
    values = inputs
    for (kernel, bias), (along, across) in zip(layers, DILATIONS, strict=True):
        values = np.maximum(_convolved(values, kernel, along, across) + bias, 0)
    score = values @ last[0, 0] + constant
    return np.asarray(1 / (1 + np.exp(-np.clip(score[..., 0], -30, 30))))


def _convolved(values: Strip, kernel: Strip, along: int, across: int) -> Strip:
    """A dilated convolution; the strip goes round along the border and is 0 beyond its sides."""
    count, wide, _ = values.shape
    padded = np.pad(values, ((0, 0), (across, across), (0, 0)))
    padded = np.take(padded, np.arange(-along, count + along) % count, axis=0)
    out = np.zeros((count, wide, kernel.shape[3]), np.float32)
    for a in range(3):
        for b in range(3):
            out += (
                padded[a * along : a * along + count, b * across : b * across + wide] @ kernel[a, b]
            )
    return out


def wrapped(mask: Mask, bands: list[Band], inside: list[Strip], step: float) -> Mask:
    """The mask with the band around its border as the strips say."""
    import cv2

    points = np.concatenate([band.points for band in bands])
    normals = np.concatenate([band.normals for band in bands])
    strip = np.concatenate(inside)
    high, wide = mask.shape
    cell = np.clip(np.round(points).astype(int), 0, [wide - 1, high - 1])
    free = np.ones(mask.shape, np.uint8)
    free[cell[:, 1], cell[:, 0]] = 0
    away, label = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    which = np.zeros(int(label.max()) + 1, int)
    which[label[cell[:, 1], cell[:, 0]]] = np.arange(len(points))
    y, x = np.nonzero(away < (ACROSS - 1) * step)
    nearest = which[label[y, x]]
    offset = ((np.stack([x, y], axis=1) - points[nearest]) * normals[nearest]).sum(axis=1) / step
    at = np.clip(offset + ACROSS, 0, 2 * ACROSS - 1e-6)
    low = at.astype(int)
    share = at - low
    likely = (1 - share) * strip[nearest, low] + share * strip[nearest, low + 1]
    out = mask.copy()
    out[y, x] = likely > 0.5
    return out
