"""The network that moves a mask's border to where the person ends."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.photo.border import ACROSS, OFFSETS, read, sharpened, spots, step_of, unwrap, wrapped

cv2 = pytest.importorskip("cv2")


def _figure(grow: int = 0) -> np.ndarray:
    """A trunk with two legs and a hole, shape (400, 240)."""
    mask = np.zeros((400, 240), np.uint8)
    cv2.ellipse(mask, (120, 130), (48 + grow, 100 + grow), 0, 0, 360, 1, -1)
    for x in (95, 145):
        cv2.rectangle(mask, (x - 16 - grow, 200), (x + 16 + grow, 380 + grow), 1, -1)
    cv2.circle(mask, (120, 120), 14 - grow, 0, -1)
    return mask > 0


def _picture(mask: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(3)
    picture = np.where(mask[..., None], (150, 110, 90), (80, 110, 150)).astype(float)
    return np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)


def _wrong(first: np.ndarray, second: np.ndarray) -> float:
    return float((first ^ second).sum() / second.sum())


def test_normals_point_outwards_at_outer_and_inner_borders() -> None:
    mask = _figure()
    bands = unwrap(_picture(mask), mask.astype(float), mask)
    assert len(bands) == 2
    for band in bands:
        at = spots(band.points, band.normals, step_of(mask))
        seen = read(mask.astype(np.float32), at)
        assert (seen[:, OFFSETS == -4] > seen[:, OFFSETS == 4]).mean() > 0.9


def test_a_strip_that_is_right_gives_the_right_mask() -> None:
    truth, start = _figure(), _figure(3)
    step = step_of(start)
    bands = unwrap(_picture(truth), start.astype(float), start)
    inside = [
        read(truth.astype(np.float32), spots(band.points, band.normals, step)) for band in bands
    ]
    assert inside[0].shape[1] == 2 * ACROSS + 1
    assert _wrong(wrapped(start, bands, inside, step), truth) < 0.1 * _wrong(start, truth)


@pytest.mark.parametrize("grow", [-3, 3])
def test_a_border_beside_the_person_is_moved_to_where_they_end(grow: int) -> None:
    truth, start = _figure(), _figure(grow)
    soft = cv2.GaussianBlur(start.astype(np.float64), (0, 0), 4)
    found = sharpened(_picture(truth), soft, start)
    assert _wrong(found, truth) < 0.4 * _wrong(start, truth)


def test_a_spot_without_a_border_to_speak_of_stays() -> None:
    mask = np.zeros((60, 60), bool)
    mask[30:33, 30:33] = True
    picture = np.zeros((60, 60, 3), np.uint8)
    assert (sharpened(picture, mask.astype(float), mask) == mask).all()
