"""Measurements from silhouettes: camera, outline, observations and their cautions."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from fitting.assets import asset
from fitting.body import infer
from fitting.body.silhouette import measure_silhouettes, settled
from fitting.body.silhouette_camera import FOOT_FORWARD, solve
from fitting.body.silhouette_features import features, runs
from fitting.errors import BadMeasurement
from fitting.photo import detect
from fitting.records import Landmarks, Measurement, Photo, Silhouette

HEIGHT = 1.70


@pytest.fixture(scope="module")
def pair(front: Photo, side: Photo) -> tuple[Silhouette, Silhouette]:
    return detect(front, "front"), detect(side, "side")


@pytest.fixture(scope="module")
def truth() -> dict[str, float]:
    """What the sample customer measures [m]."""
    stored = json.loads(asset("samples", "truth.json").read_text(encoding="utf-8"))
    return {k.removesuffix("_cm"): v / 100 for k, v in stored.items() if k.endswith("_cm")}


def stated(metres: float, sigma: float = 0.01) -> Measurement:
    return Measurement(metres, sigma, "stated")


def board(distance: float, height: float, pitch: float, focal: float) -> Silhouette:
    """A flat board as tall as HEIGHT, seen by a pinhole camera; its foot reaches forward."""
    mask = np.zeros((1280, 720), bool)
    forward = FOOT_FORWARD["front"] * HEIGHT
    top = 640 + focal * np.tan(np.arctan((height - HEIGHT) / distance) - pitch)
    foot = 640 + focal * np.tan(np.arctan(height / (distance - forward)) - pitch)
    mask[round(top) : round(foot), 300:420] = True
    marks = Landmarks(np.full((33, 2), 360.0), np.ones(33), np.zeros(33))
    focal_35mm = focal * 43.267 / np.hypot(1280, 720)
    return Silhouette(mask=mask, landmarks=marks, view="front", focal_35mm=focal_35mm)


@pytest.mark.parametrize("distance", [2.0, 2.6, 3.5])
@pytest.mark.parametrize("height", [1.0, 1.5])
def test_the_camera_is_solved_from_head_feet_and_stature(distance: float, height: float) -> None:
    view = solve(board(distance, height, pitch=np.radians(2.0), focal=850.0), HEIGHT)
    assert view.distance == pytest.approx(distance, abs=0.01)
    assert view.height == pytest.approx(height, abs=0.01)


def test_levels_and_rows_are_inverse() -> None:
    view = solve(board(2.6, 1.2, np.radians(2.0), 850.0), HEIGHT)
    levels = np.linspace(0.1, 1.6, 7)
    assert view.level(view.row(levels)) == pytest.approx(levels)


def test_runs_are_starts_and_ends() -> None:
    line = np.array([1, 1, 0, 0, 1, 0, 1], bool)
    assert runs(line).tolist() == [[0, 2], [4, 5], [6, 7]]


def test_features_do_not_change_with_the_stated_stature(
    pair: tuple[Silhouette, Silhouette],
) -> None:
    for view in pair:
        assert features(view, 1.6) == pytest.approx(features(view, 1.9), nan_ok=True)


def test_the_sample_customer_is_measured(
    pair: tuple[Silhouette, Silhouette], truth: dict[str, float]
) -> None:
    observed, cautions = measure_silhouettes(
        *pair, stated_height=stated(truth["height"]), sex="female"
    )
    for name in ("bust_girth", "waist_girth", "hip_girth", "thigh_girth", "inside_leg_length"):
        seen = observed[name]
        assert abs(seen.value - truth[name]) < 3.5 * seen.sigma, name
        assert seen.value == pytest.approx(truth[name], rel=0.08), name
        assert seen.source == "photo"
    assert {c.code for c in cautions} <= {"M02"}


def test_without_the_side_everything_is_less_sure(pair: tuple[Silhouette, Silhouette]) -> None:
    both, _ = measure_silhouettes(*pair, stated_height=stated(1.69), sex="female")
    front, cautions = measure_silhouettes(pair[0], stated_height=stated(1.69), sex="female")
    assert "M01" in {c.code for c in cautions}
    for name in ("bust_girth", "waist_girth", "hip_girth"):
        assert front[name].sigma > both[name].sigma, name


def test_a_side_mask_that_followed_the_room_is_trusted_less(
    pair: tuple[Silhouette, Silhouette], truth: dict[str, float]
) -> None:
    front, side = pair
    rows = np.flatnonzero(side.mask.any(axis=1))
    waist, tall = int(rows[0] + 0.4 * len(rows)), len(rows)
    spoilt = side.mask.copy()
    behind = int(np.flatnonzero(side.mask[waist]).mean())
    spoilt[waist - tall // 8 : waist + tall // 8, behind : behind + tall // 3] = True
    known = {"stated_height": stated(truth["height"]), "sex": "female"}
    clean, _ = measure_silhouettes(front, side, **known)
    found, _ = measure_silhouettes(front, replace(side, mask=spoilt), **known)
    for name in ("waist_girth", "hip_girth"):
        assert found[name].sigma > 1.5 * clean[name].sigma, name
        assert found[name].value == pytest.approx(truth[name], rel=0.06), name


def test_an_unsure_height_widens_every_sigma(pair: tuple[Silhouette, Silhouette]) -> None:
    sure, _ = measure_silhouettes(*pair, stated_height=stated(1.69), sex="female")
    unsure, _ = measure_silhouettes(*pair, stated_height=stated(1.69, 0.05), sex="female")
    assert all(unsure[name].sigma > sure[name].sigma for name in sure)


def test_lengths_grow_with_the_stated_height(pair: tuple[Silhouette, Silhouette]) -> None:
    low, _ = measure_silhouettes(*pair, stated_height=stated(1.66), sex="female")
    high, _ = measure_silhouettes(*pair, stated_height=stated(1.72), sex="female")
    for name in ("bust_girth", "waist_girth", "hip_girth", "inside_leg_length"):
        assert high[name].value > low[name].value, name


def test_the_same_silhouettes_give_the_same_numbers(pair: tuple[Silhouette, Silhouette]) -> None:
    once = measure_silhouettes(*pair, stated_height=stated(1.69), sex="female")
    assert once == measure_silhouettes(*pair, stated_height=stated(1.69), sex="female")


def test_a_tape_value_mends_its_neighbours_and_is_still_shown_as_seen(
    pair: tuple[Silhouette, Silhouette],
) -> None:
    alone, _ = measure_silhouettes(*pair, stated_height=stated(1.69), sex="female")
    tape = {"waist_girth": stated(alone["waist_girth"].value + 0.02, 0.003)}
    helped, _ = measure_silhouettes(*pair, stated_height=stated(1.69), sex="female", stated=tape)
    assert helped["waist_girth"] == alone["waist_girth"]
    assert helped["navel_waist_girth"].value > alone["navel_waist_girth"].value
    assert helped["navel_waist_girth"].sigma < alone["navel_waist_girth"].sigma


def test_settled_values_are_the_photos_own(pair: tuple[Silhouette, Silhouette]) -> None:
    told = {"height": stated(1.69), "hip_girth": stated(1.0, 0.005)}
    observed, _ = measure_silhouettes(
        *pair, stated_height=told["height"], sex="female", stated=told
    )
    person = settled(infer(told, sex="female", observed=observed), observed)
    assert person.values["bust_girth"] == observed["bust_girth"]
    assert person.values["hip_girth"] == told["hip_girth"]


def test_a_weight_narrows_the_girths(pair: tuple[Silhouette, Silhouette]) -> None:
    alone, _ = measure_silhouettes(pair[0], stated_height=stated(1.69), sex="female")
    weighed, _ = measure_silhouettes(
        pair[0],
        stated_height=stated(1.69),
        sex="female",
        weight_kg=Measurement(60.0, 0.5, "stated"),
    )
    assert weighed["navel_waist_girth"].sigma < alone["navel_waist_girth"].sigma


def test_r15_a_silhouette_that_is_no_standing_person(pair: tuple[Silhouette, Silhouette]) -> None:
    mask = pair[0].mask.copy()
    rows = np.flatnonzero(mask.any(axis=1))
    middle = int(np.flatnonzero(mask.any(axis=0)).mean())
    mask[rows[0] + 150 : rows[-1] - 120, middle - 190 : middle + 190] = True  # a poncho
    odd = replace(pair[0], mask=mask)
    _, cautions = measure_silhouettes(odd, pair[1], stated_height=stated(1.69), sex="female")
    assert "R15" in {c.code for c in cautions}


def test_r16_loose_clothes_fall_back_to_height_and_weight(
    pair: tuple[Silhouette, Silhouette],
) -> None:
    observed, cautions = measure_silhouettes(
        *pair,
        stated_height=stated(1.69),
        sex="female",
        weight_kg=Measurement(43.0, 1.0, "stated"),
    )
    assert observed == {}
    assert "R16" in {c.code for c in cautions}


def test_a_fitting_weight_does_not_raise_the_suspicion_of_loose_clothes(
    pair: tuple[Silhouette, Silhouette],
) -> None:
    _, cautions = measure_silhouettes(
        *pair,
        stated_height=stated(1.69),
        sex="female",
        weight_kg=Measurement(60.0, 1.0, "stated"),
    )
    assert "R16" not in {c.code for c in cautions}


def test_swapped_views_are_refused(pair: tuple[Silhouette, Silhouette]) -> None:
    with pytest.raises(BadMeasurement, match="front"):
        measure_silhouettes(pair[1], pair[0], stated_height=stated(1.69), sex="female")
