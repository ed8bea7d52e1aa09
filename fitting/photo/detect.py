"""Finding the person in a photo: 33 landmarks and a mask.

The one module that knows MediaPipe and OpenCV. Both are loaded when the first picture comes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.errors import RetakeNeeded
from fitting.photo.border import sharpened
from fitting.photo.retake import NOBODY, TURNED
from fitting.records import FloatArray, Landmarks, Photo, Silhouette, View

Mask = NDArray[np.bool_]

# Chosen from 20 rendered people: the true silhouette and the pose mask overlap by .95 to .98; a
# refined mask that leaves the pose mask further than this has followed the background.
TRUSTED_OVERLAP = 0.95
# A mask that the network changed further than this has lost the person; of 196 rendered views the
# others stay above .91.
SHARPENED_OVERLAP = 0.85
PASSES = 2  # of the network: what it finds is nearer to the border than where it began
# A second person counts when at least this much of the first one's height; chosen so that people
# far behind do not.
SECOND_PERSON = 0.5

_stderr_lock = threading.Lock()


def detect(photo: Photo, view: View) -> Silhouette:
    """The person's mask and landmarks; the same picture always gives the same result.

    Args:
        photo: As read by `fitting.photo.decode.read_photo`.
        view: Which side of the person the picture is said to show.
    Returns:
        Silhouette in the photo's pixels. The mask is refined at full resolution: by GrabCut where
        that agrees with the segmenter, then by a network that looks along the border.
    Raises:
        RetakeNeeded: Nobody is found, or only after turning the picture by 90°.
    """
    with _pose_graph() as graph:
        found = _run(graph, photo.pixels)
        if found is None:
            for turns in (1, 3):
                if _run(graph, np.ascontiguousarray(np.rot90(photo.pixels, turns))) is not None:
                    raise RetakeNeeded(TURNED.code, f"{TURNED.code}: {TURNED.text}")
            raise RetakeNeeded(NOBODY.code, f"{NOBODY.code}: {NOBODY.text}")
        landmarks, soft = found
        people = 1 + _someone_else(graph, photo.pixels, soft > 0.5)
    mask, refined = guessed(photo.pixels, soft)
    mask = _sharpened(photo.pixels, soft, mask)
    return Silhouette(
        mask=mask,
        landmarks=landmarks,
        view=view,
        focal_35mm=photo.focal_35mm,
        refined=refined,
        people=people,
    )


def segmented(pixels: NDArray[np.uint8]) -> tuple[FloatArray, Mask] | None:
    """The segmenter's soft mask and the one that GrabCut makes of it, for training.

    None where nobody is found.
    """
    with _pose_graph() as graph:
        found = _run(graph, pixels)
    return None if found is None else (found[1], guessed(pixels, found[1])[0])


@contextmanager
def _quiet() -> Iterator[None]:
    """Sends file descriptor 2 nowhere: TensorFlow Lite writes there past every logging switch."""
    with _stderr_lock:
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


@contextmanager
def _pose_graph() -> Iterator[Any]:
    """A fresh pose graph: 16 ms to make, and nothing of one customer can reach the next."""
    from mediapipe.python.solutions import pose

    with _quiet():
        graph = pose.Pose(static_image_mode=True, model_complexity=1, enable_segmentation=True)
    try:
        yield graph
    finally:
        with _quiet():
            graph.close()


def _run(graph: Any, pixels: NDArray[np.uint8]) -> tuple[Landmarks, FloatArray] | None:
    """Landmarks and soft mask 0..1 of the most prominent person, or None."""
    with _quiet():
        result = graph.process(pixels)
    if result.pose_landmarks is None or result.segmentation_mask is None:
        return None
    soft = np.asarray(result.segmentation_mask, dtype=np.float64)
    if not (soft > 0.5).any():
        return None
    height, width = pixels.shape[:2]
    raw: FloatArray = np.array(
        [[p.x, p.y, p.z, p.visibility] for p in result.pose_landmarks.landmark], dtype=np.float64
    )
    marks = Landmarks(
        points=raw[:, :2] * np.array([float(width), float(height)]),
        depth=raw[:, 2] * width,
        visibility=raw[:, 3],
    )
    return marks, soft


def _someone_else(graph: Any, pixels: NDArray[np.uint8], first: Mask) -> bool:
    """Whether a second person of about the same size is found once the first is painted over."""
    import cv2

    # The graph looks for people in a picture of 224 x 224; a small copy loses nothing.
    factor = min(1.0, 448 / max(first.shape))
    size = max(1, round(first.shape[1] * factor)), max(1, round(first.shape[0] * factor))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    own = cv2.resize(first.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    side = max(3, size[1] // 40)
    cover = cv2.dilate(own, np.ones((side, side), np.uint8)) > 0
    # Blurred background, weighted by what is background: no edge of the first person is left.
    keep = (~cover).astype(np.float32)
    spread = (0, 0), size[1] / 12
    weight = cv2.GaussianBlur(keep, *spread) + 1e-3
    ground = cv2.GaussianBlur(small.astype(np.float32) * keep[..., None], *spread)
    painted = np.where(cover[..., None], ground / weight[..., None], small)
    found = _run(graph, np.ascontiguousarray(np.clip(painted, 0, 255).astype(np.uint8)))
    if found is None:
        return False
    landmarks, soft = found
    second = (soft > 0.5) & ~cover
    if float((landmarks.visibility[[11, 12, 23, 24]]).min()) < 0.5 or not second.any():
        return False
    outside = float(second.sum()) / float((soft > 0.5).sum())
    return outside > 0.5 and _tall(second) > SECOND_PERSON * _tall(own > 0)


def _tall(mask: Mask) -> int:
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[-1] - rows[0] + 1)


def guessed(pixels: NDArray[np.uint8], soft: FloatArray) -> tuple[Mask, bool]:
    """The mask with its border moved to the picture's edges by GrabCut, if that can be trusted.

    Only a band around the segmenter's border is left free. See Rother, Kolmogorov, Blake: GrabCut,
    ACM TOG 23(3), 2004, doi:10.1145/1015706.1015720.
    """
    import cv2

    rough = _largest(soft > 0.5)
    high, wide = rough.shape
    ys, xs = np.flatnonzero(rough.any(1)), np.flatnonzero(rough.any(0))
    inner = max(3, int(0.010 * (ys[-1] - ys[0])))  # [px] about 1.7 cm of a person, chosen
    outer = 2 * inner
    rows = slice(max(0, ys[0] - 2 * outer), min(high, ys[-1] + 2 * outer))
    cols = slice(max(0, xs[0] - 2 * outer), min(wide, xs[-1] + 2 * outer))
    crop = rough[rows, cols].astype(np.uint8)
    trimap = np.where(crop > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    trimap[cv2.erode(crop, np.ones((inner, inner), np.uint8)) > 0] = cv2.GC_FGD
    trimap[cv2.dilate(crop, np.ones((outer, outer), np.uint8)) == 0] = cv2.GC_BGD
    if not (trimap == cv2.GC_BGD).any() or not (trimap == cv2.GC_FGD).any():
        return rough, False
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(pixels[rows, cols, ::-1]),
        trimap,
        None,
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        2,
        cv2.GC_INIT_WITH_MASK,
    )
    fine = np.zeros_like(rough)
    fine[rows, cols] = (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)
    fine = _largest(fine)
    overlap = float((fine & rough).sum()) / float((fine | rough).sum())
    return (fine, True) if overlap >= TRUSTED_OVERLAP else (rough, False)


def _sharpened(pixels: NDArray[np.uint8], soft: FloatArray, mask: Mask) -> Mask:
    """The mask with its border where the network sees it, if it stays near."""
    fine = mask
    for _ in range(PASSES):
        fine = _largest(sharpened(pixels, soft, fine))
    overlap = float((fine & mask).sum()) / float((fine | mask).sum())
    return fine if overlap >= SHARPENED_OVERLAP else mask


def _largest(mask: Mask) -> Mask:
    """The largest connected piece of a mask."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))
