"""Each reason for another photo fires on the picture that has it and not on the good pair."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fitting.errors import RetakeNeeded
from fitting.photo import detect, judge
from fitting.photo.retake import ALL, pair_reasons, reasons
from fitting.records import Photo, Silhouette


def codes(photo: Photo, view: str = "front") -> set[str]:
    """Codes of all reasons found in a picture, whether they stop or not."""
    try:
        return {reason.code for reason in reasons(photo, detect(photo, view))}
    except RetakeNeeded as refusal:
        return {refusal.code}


@pytest.fixture(scope="session")
def pair(front: Photo, side: Photo) -> tuple[Silhouette, Silhouette]:
    return detect(front, "front"), detect(side, "side")


def test_the_sample_pair_gives_no_reason(
    front: Photo, side: Photo, pair: tuple[Silhouette, Silhouette]
) -> None:
    assert judge(front, pair[0]) == ()
    assert judge(side, pair[1], beside=pair[0]) == ()


def test_r01_an_empty_room() -> None:
    assert codes(Photo(np.full((640, 360, 3), 180, np.uint8))) == {"R01"}


def test_r02_two_people(front: Photo) -> None:
    middle = front.pixels[:, 130:590]
    assert "R02" in codes(Photo(np.concatenate([middle, middle[:, ::-1]], axis=1)))


def test_r03_the_head_is_cut_off(front: Photo, pair: tuple[Silhouette, Silhouette]) -> None:
    top = int(np.flatnonzero(pair[0].mask.any(axis=1))[0])
    assert "R03" in codes(Photo(front.pixels[top + 40 :]))


def test_r04_the_feet_are_cut_off(front: Photo, pair: tuple[Silhouette, Silhouette]) -> None:
    bottom = int(np.flatnonzero(pair[0].mask.any(axis=1))[-1])
    assert "R04" in codes(Photo(front.pixels[: bottom - 60]))


def test_r05_the_ankles_are_outside(front: Photo, pair: tuple[Silhouette, Silhouette]) -> None:
    knee = int(pair[0].landmarks.points[25, 1])
    assert "R05" in codes(Photo(front.pixels[: knee + 40]))


def test_r06_the_arms_touch_the_body(shoot: Callable[..., Photo]) -> None:
    assert "R06" in codes(shoot(lowered=44, forward=-8))


def test_r07_the_legs_touch(shoot: Callable[..., Photo]) -> None:
    assert "R07" in codes(shoot(apart=-12.5))


def test_r08_the_side_photo_shows_the_front(front: Photo) -> None:
    assert "R08" in codes(front, "side")


def test_r08_the_side_photo_is_half_turned(shoot: Callable[..., Photo]) -> None:
    assert "R08" in codes(shoot(turn=50), "side")


def test_r09_the_front_photo_shows_the_side(side: Photo) -> None:
    assert "R09" in codes(side)


def test_r10_leaning_over(shoot: Callable[..., Photo]) -> None:
    assert "R10" in codes(shoot(lean=45, turn=90), "side")


def test_r11_far_away(front: Photo) -> None:
    small = np.full((640, 640, 3), front.pixels[5, 5], np.uint8)
    small[200:520, 230:410] = front.pixels[::4, ::4]
    assert "R11" in codes(Photo(small))


def test_r12_too_dark(front: Photo) -> None:
    assert "R12" in codes(Photo((front.pixels * 0.16).astype(np.uint8)))


def test_r13_blurred(front: Photo) -> None:
    import cv2

    assert "R13" in codes(Photo(cv2.GaussianBlur(front.pixels, (0, 0), 7)))


def test_r14_front_and_side_of_different_people(pair: tuple[Silhouette, Silhouette]) -> None:
    points = pair[1].landmarks.points.copy()
    rows = np.flatnonzero(pair[1].mask.any(axis=1))
    points[[23, 24, 25, 26], 1] += 0.10 * (rows[-1] - rows[0])
    other = replace(pair[1], landmarks=replace(pair[1].landmarks, points=points))
    assert {reason.code for reason in pair_reasons(pair[0], other)} == {"R14"}


def test_r17_the_picture_lies_on_its_side(front: Photo) -> None:
    assert "R17" in codes(Photo(np.rot90(front.pixels)))


def test_r18_an_arm_is_cut_off(front: Photo, pair: tuple[Silhouette, Silhouette]) -> None:
    left = int(np.flatnonzero(pair[0].mask.any(axis=0))[0])
    assert "R18" in codes(Photo(front.pixels[:, left + 15 :]))


def test_a_fatal_reason_stops_with_its_code(front: Photo) -> None:
    with pytest.raises(RetakeNeeded, match="R08") as caught:
        judge(front, detect(front, "side"))
    assert caught.value.code == "R08"


def test_a_usable_photo_gives_cautions_in_two_languages(shoot: Callable[..., Photo]) -> None:
    photo = shoot(apart=-12.5)
    cautions = judge(photo, detect(photo, "front"))
    assert any(c.code == "R07" and c.text and c.text_ru for c in cautions)


def test_codes_are_unique_and_every_reason_speaks_russian() -> None:
    assert len({reason.code for reason in ALL}) == len(ALL)
    for reason in ALL:
        assert re.fullmatch(r"R\d\d", reason.code)
        assert re.search("[а-я]", reason.text_ru)
        assert not re.search("[а-я]", reason.text)
