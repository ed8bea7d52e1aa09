"""The compiled body model."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from numpy.testing import assert_allclose

from fitting.assets import asset
from fitting.body import evaluate, marks, model
from fitting.errors import BadMeasurement

MODEL = model.load()
MIDDLE = np.zeros(len(MODEL.names))


def test_our_evaluation_equals_annys_own_forward_pass_to_a_tenth_of_a_millimetre() -> None:
    """The expectations were stored by scripts/compile_body.py, every 40th vertex and every bone."""
    with np.load(asset("body", "anny.npz")) as z:
        cases = zip(z["check_gender"], z["check_parameters"], z["check_points"], strict=True)
        for gender, parameters, expected in cases:
            points = MODEL.points(float(gender), parameters.astype(float))
            count = MODEL.vertex_count
            ours = np.concatenate([points[:count:40], points[count:]])
            assert_allclose(ours, expected, atol=1e-4)


@pytest.mark.parametrize("gender", [0.0, 0.3, 1.0])
def test_the_jacobian_equals_finite_differences_away_from_kinks(gender: float) -> None:
    parameters = np.random.default_rng(2).uniform(-0.9, 0.9, len(MODEL.names))
    at = np.arange(0, MODEL.vertex_count, 211, dtype=np.int32)
    slope = MODEL.jacobian(gender, parameters, at)
    for k in range(len(parameters)):
        step = np.zeros(len(parameters))
        step[k] = 1e-3
        more = MODEL.points(gender, parameters + step)[at]
        less = MODEL.points(gender, parameters - step)[at]
        assert_allclose(slope[:, :, k], (more - less) / 2e-3, atol=5e-4)


@pytest.mark.parametrize("gender", [0.0, 1.0])
def test_the_skin_is_closed_and_faces_outward(gender: float) -> None:
    vertices, _ = evaluate(MIDDLE, gender)
    mesh = trimesh.Trimesh(vertices, MODEL.faces, process=False)
    shells = mesh.split(only_watertight=False)
    assert mesh.is_watertight
    assert len(shells) == 3  # skin and two eyes
    assert all(shell.volume > 0 for shell in shells)


def test_the_body_stands_on_the_floor_looks_to_plus_z_and_has_its_left_at_plus_x() -> None:
    vertices, heads = evaluate(MIDDLE, 1.0)
    at = marks.landmarks()
    assert vertices[:, 1].min() == 0
    assert vertices[at["nipple.L"], 2] > vertices[at["nape"], 2]
    assert vertices[at["acromion.L"], 0] > 0 > vertices[at["acromion.R"], 0]
    assert heads[MODEL.bones.index("head"), 1] > heads[MODEL.bones.index("root"), 1]


def test_the_body_is_its_own_mirror_image() -> None:
    vertices, _ = evaluate(np.full(len(MODEL.names), 0.4), 1.0)
    assert_allclose(vertices[marks.mirror()], vertices * [-1, 1, 1], atol=2e-4)


def test_regions_part_the_skin_and_weights_sum_to_one() -> None:
    everyone = np.concatenate(list(marks.regions().values()))
    assert sorted(everyone.tolist()) == list(range(MODEL.vertex_count))
    assert_allclose(MODEL.bone_weights.sum(axis=1), 1)


def test_many_bodies_at_once_equal_one_by_one() -> None:
    rows = np.random.default_rng(0).uniform(-0.5, 0.5, (3, len(MODEL.names)))
    together, heads = evaluate(rows, np.array([0.0, 1.0, 1.0]))
    alone, alone_heads = evaluate(rows[2], 1.0)
    assert_allclose(together[2], alone)
    assert_allclose(heads[2], alone_heads)


def test_wrong_parameters_are_refused() -> None:
    with pytest.raises(BadMeasurement, match="must be finite"):
        evaluate(np.zeros(3), 1.0)
    with pytest.raises(BadMeasurement, match="must be finite"):
        evaluate(np.full(len(MODEL.names), np.nan), 1.0)
