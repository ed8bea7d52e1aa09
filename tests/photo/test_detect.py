"""Finding a person: mask, landmarks, repeatability."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.errors import RetakeNeeded
from fitting.photo import detect
from fitting.photo.detect import guessed
from fitting.records import Photo


def test_the_sample_customer_is_found_whole(front: Photo) -> None:
    seen = detect(front, "front")
    rows = np.flatnonzero(seen.mask.any(axis=1))
    assert seen.people == 1
    assert seen.refined
    assert (rows[-1] - rows[0]) / front.height == pytest.approx(0.7, abs=0.08)
    shoulders = seen.landmarks.points[[11, 12]]
    assert shoulders[0, 0] > shoulders[1, 0]  # the wearer's left is on the picture's right


def test_the_same_picture_gives_the_same_result(front: Photo, side: Photo) -> None:
    first = detect(front, "front")
    detect(side, "side")
    again = detect(front, "front")
    assert (first.mask == again.mask).all()
    assert (first.landmarks.points == again.landmarks.points).all()


def test_aguessedd_mask_lies_closer_to_the_truth(shoot) -> None:
    from customers import Stance, rest_body, stand
    from studio import Camera, Studio

    from fitting.body.model import load

    photo = shoot(turn=3.0)
    rest = rest_body(np.zeros(len(load().names)), "male")
    studio = Studio()
    truth = studio.mask(stand(rest, Stance(turn=3.0)), Camera(width=540, rows=960))
    seen = detect(photo, "front").mask
    assert (seen & truth).sum() / (seen | truth).sum() > 0.96


def test_aguessedment_that_leaves_the_segmenter_is_not_trusted() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 200, 3), np.uint8)
    soft = np.zeros((300, 200))
    soft[40:260, 98:103] = 1.0
    mask, refined = guessed(noise, soft)
    assert not refined
    assert (mask == (soft > 0.5)).all()


def test_a_border_that_the_network_moves_far_away_stays_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import importlib

    module = importlib.import_module("fitting.photo.detect")  # the package exports its function
    mask = np.zeros((200, 120), bool)
    mask[20:180, 40:80] = True
    far, near = np.roll(mask, 10, axis=1), np.roll(mask, 1, axis=1)
    photo = np.zeros((200, 120, 3), np.uint8)
    for moved, expected in ((far, mask), (near, near)):
        monkeypatch.setattr(module, "sharpened", lambda *_, there=moved: there)
        assert (module._sharpened(photo, mask.astype(float), mask) == expected).all()


def test_nobody_is_said_with_a_code() -> None:
    with pytest.raises(RetakeNeeded) as caught:
        detect(Photo(np.full((600, 400, 3), 190, np.uint8)), "front")
    assert caught.value.code == "R01"


def test_the_segmenter_says_nothing_on_the_terminal(
    front: Photo, capfd: pytest.CaptureFixture[str]
) -> None:
    detect(front, "front")
    assert capfd.readouterr().err == ""
