"""Measurements of the avatar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fitting.body import evaluate, measure, measure_body, model, pose_body
from fitting.body.gauge import gauge
from fitting.body.volume import log_volume
from fitting.errors import BadMesh, UnknownName
from fitting.records import Body

MODEL = model.load()
MIDDLE = np.zeros(len(MODEL.names))


def points_of(parameters: np.ndarray, gender: float) -> np.ndarray:
    return np.concatenate(evaluate(parameters, gender))


@pytest.mark.parametrize("gender", [0.0, 1.0])
def test_the_derivative_of_every_measurement_equals_finite_differences(gender: float) -> None:
    """But for kinks, where the tape's outermost corner or its level changes: under 0.5 %."""
    parameters = np.random.default_rng(1).uniform(-0.5, 0.5, len(MODEL.names))
    _, slope = measure.jacobian(gender, parameters, measure.ALL)
    off = []
    for k in range(len(parameters)):
        step = np.zeros(len(parameters))
        step[k] = 1e-4
        more, less = (
            np.array([r.value for r in measure.read(gender, parameters + s * step, measure.ALL)])
            for s in (1, -1)
        )
        off.append(abs(slope[:, k] - (more - less) / 2e-4))
    assert np.mean(np.array(off) > 2e-3) < 0.005
    assert np.median(off) < 1e-4


def test_measurements_do_not_change_when_the_body_is_moved_or_turned_about_the_vertical() -> None:
    points = points_of(MIDDLE, 1.0)
    angle = 0.7
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    plain = measure.measure_points(points)
    moved = measure.measure_points(points + np.array([0.3, 0.5, -0.2]))
    names = [n for n in measure.ALL if n not in ("hip_girth", "hip_height", "head_girth")]
    turned = measure.measure_points(points @ turn.T, names)  # the seat faces -z by definition
    assert moved == pytest.approx(plain, abs=1e-6)
    straight = {n for n in names if n not in ("front_waist_length",)}
    for name in straight:
        assert turned[name] == pytest.approx(plain[name], abs=2e-3), name


def test_a_body_ten_percent_larger_measures_ten_percent_more() -> None:
    points = points_of(MIDDLE, 0.0)
    plain = measure.measure_points(points)
    large = measure.measure_points(1.1 * points)
    for name in measure.ALL:
        # The thigh is taken a fixed distance below the crotch; the seat's blur is fixed too.
        assert large[name] / plain[name] == pytest.approx(1.1, abs=5e-3), name


def test_measurements_move_smoothly_with_the_shape() -> None:
    """A hundredth of a parameter's range never moves a girth by more than 4 mm."""
    rng = np.random.default_rng(4)
    parameters = rng.uniform(-0.4, 0.4, len(MODEL.names))
    direction = rng.normal(size=len(MODEL.names))
    direction /= abs(direction).max()
    path = [parameters + 0.02 * k * direction for k in range(20)]
    values = measure.measure_parameters(np.array(path), "female")
    for name, value in values.items():
        assert abs(np.diff(value)).max() < 0.008, name


def test_many_bodies_at_once_equal_one_by_one() -> None:
    rows = np.random.default_rng(0).uniform(-0.3, 0.3, (3, len(MODEL.names)))
    together = measure.measure_parameters(rows, "male")
    alone = measure.measure_points(points_of(rows[1], 0.0))
    assert {n: v[1] for n, v in together.items()} == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize("who", ["her", "him"])
def test_heights_stand_in_the_order_of_a_human_body(
    who: str, request: pytest.FixtureRequest
) -> None:
    m = measure_body(request.getfixturevalue(who))
    order = [
        "knee_height",
        "inside_leg_length",
        "hip_height",
        "navel_height",
        "waist_height",
        "bust_height",
        "nape_height",
        "height",
    ]
    heights = [m[name] for name in order]
    assert heights == sorted(heights)
    assert m["waist_girth"] < m["navel_waist_girth"]
    assert m["underbust_girth"] < m["bust_girth"]
    assert m["biacromial_breadth"] < m["shoulder_width"]
    assert m["wrist_girth"] < m["elbow_girth"] < m["knee_girth"] < m["thigh_girth"]


def test_a_posed_body_measures_as_it_does_at_rest(her: Body) -> None:
    assert measure_body(pose_body(her, "arms-down")) == pytest.approx(measure_body(her))


def test_the_shipped_names_are_those_of_the_measurements_file() -> None:
    assert len(measure.NAMES) == 28
    assert len(set(measure.ALL)) == len(measure.ALL)


def test_volume_is_that_of_the_closed_mesh() -> None:
    vertices, _ = evaluate(MIDDLE, 1.0)
    assert_allclose(measure.volume(2 * vertices), 8 * measure.volume(vertices))
    assert 0.03 < measure.volume(vertices) < 0.12


def test_the_derivative_of_the_volume_equals_finite_differences() -> None:
    parameters = np.random.default_rng(6).uniform(-0.5, 0.5, len(MODEL.names))
    _, slope = log_volume(1.0, parameters, slope=True)
    assert slope is not None
    for k in range(0, len(parameters), 5):
        step = np.zeros(len(parameters))
        step[k] = 1e-3
        more, _ = log_volume(1.0, parameters + step, slope=False)
        less, _ = log_volume(1.0, parameters - step, slope=False)
        assert_allclose(slope[k], (more - less) / 2e-3, atol=1e-3)


def test_an_unknown_measurement_is_refused() -> None:
    with pytest.raises(UnknownName, match="nose_length"):
        measure.measure_points(points_of(MIDDLE, 1.0), ["nose_length"])


def test_a_body_without_parameters_is_refused(her: Body) -> None:
    with pytest.raises(BadMesh, match="no parameters"):
        measure_body(replace(her, parameters=None))


def test_a_flattened_body_is_refused() -> None:
    points = points_of(MIDDLE, 1.0) * [1, 0.001, 1]
    points[gauge().first, 1] = 0
    with pytest.raises(BadMesh):
        measure.measure_points(points)
