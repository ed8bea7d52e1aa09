"""Cloth that was pressed into pleats."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.body import infer
from fitting.cloth import sew
from fitting.drape.pleats import rest_angles
from fitting.drape.settings import StepSettings
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.topology import find_edges, find_hinges
from fitting.pattern import draft
from fitting.records import Measurement

from . import shapes
from .conftest import Dressed


@pytest.mark.parametrize("turned", [False, True])
def test_pressed_cloth_without_weight_bends_to_the_curvature_it_was_pressed_at(
    turned: bool,
) -> None:
    """The angles are those of a cylinder of 10 cm radius around y."""
    points, faces = shapes.sheet(0.1, 0.04, 0.01)
    hinges = find_hinges(faces, find_edges(faces))
    ends = points[hinges.vertices[:, :2], 0]
    column = np.unique(points[:, 0].round(6))
    # Triangles between two columns lie in one plane; only the columns are hinges of the cylinder.
    angles = np.where(np.ptp(ends, axis=1) < 1e-6, 10.0 * (column[1] - column[0]), 0.0)
    angles *= -1.0 if turned else 1.0
    material = Material.uniform(
        len(faces), density=0.2, weft=800.0, warp=800.0, shear=80.0, bend_weft=1e-4, bend_warp=1e-4
    )
    flat = np.column_stack([points, np.zeros(len(points))])
    solver = ClothSolver(faces, points[faces], material, flat, angles=angles)
    for _ in range(150):
        solver.step(StepSettings(time_step=0.02, gravity=0.0, damping=5.0, self_contact=False))
    x = solver.positions[:, 2]
    middle = np.abs(points[:, 0] - 0.05) < 0.006
    rise = x[middle].mean() - x[(points[:, 0] < 0.001) | (points[:, 0] > 0.099)].mean()
    # The sagitta of 10 cm on a radius of 10 cm.
    assert rise == pytest.approx((-1 if turned else 1) * 0.1 * (1 - np.cos(0.5)), rel=0.1)


def test_a_pleated_skirt_is_pressed_and_a_tee_is_not(dressed: Dressed) -> None:
    person = infer({"height": Measurement(1.72, 0.01, "stated")}, sex="female")
    cloth = sew(draft("pleated_skirt", person), dressed.body, edge_m=0.016, levels=1)
    angles = rest_angles([cloth])
    assert angles is not None
    folds, inner = (np.abs(angles - half).min() < 1e-9 for half in (np.pi, -np.pi))
    assert folds
    assert inner
    assert (angles == 0.0).mean() > 0.7
    assert rest_angles([dressed.cloth]) is None
    # Joined with what is worn under it, the skirt keeps its folds.
    tee = find_hinges(dressed.cloth.node_faces, find_edges(dressed.cloth.node_faces))
    joined = rest_angles([dressed.cloth, cloth])
    assert joined is not None
    assert not joined[: len(tee.faces)].any()
    assert (joined[len(tee.faces) :] == angles).all()


def test_a_fold_that_rests_flat_closes_cloth_that_hangs_open_by_a_right_angle() -> None:
    """A strip of two squares, folded at its middle line, without weight."""
    points, faces = shapes.sheet(0.04, 0.04, 0.0115)
    hinges = find_hinges(faces, find_edges(faces))
    middle = (np.abs(points[hinges.vertices[:, :2], 0] - 0.02) < 1e-6).all(axis=1)
    angles = np.where(middle, np.pi, 0.0)
    x, y = points.T
    bent = np.column_stack([np.minimum(x, 0.02), y, np.minimum(0.02 - x, 0.0)])
    material = Material.uniform(
        len(faces), density=0.2, weft=800.0, warp=800.0, shear=80.0, bend_weft=1e-4, bend_warp=1e-4
    )
    solver = ClothSolver(faces, points[faces], material, bent, angles=angles)
    for _ in range(100):
        solver.step(StepSettings(time_step=0.02, gravity=0.0, damping=5.0))
    here = solver.positions
    near, far = here[x < 0.001].mean(axis=0), here[x > 0.039].mean(axis=0)
    assert np.linalg.norm(near - far) < 0.012  # 28 mm at a right angle
