"""Body vertices that push the insides of triangles, and those that must not."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitting.drape.collider import Collider
from fitting.drape.settings import StepSettings

from . import shapes


@pytest.mark.parametrize(("height", "pushed"), [(0.0065, False), (0.002, True)])
def test_cloth_in_the_hollow_under_a_bump_is_left_alone(height: float, pushed: bool) -> None:
    """A ball of 4 mm over a sheet, and one that pokes out of a triangle of 14 mm."""
    ball = trimesh.creation.icosphere(subdivisions=2, radius=0.004)
    ball.apply_translation((0.004, height, 0.0))
    body = Collider(np.asarray(ball.vertices), np.asarray(ball.faces))
    points, faces = shapes.sheet(0.1, 0.1, 0.014)
    start = shapes.level(points)
    solver = shapes.cloth(points, faces, start, collider=body)
    step = StepSettings(gravity=0.0, friction=0.0, bump_reach=0.012, offset=0.001)
    for _ in range(3):
        solver.step(step)
    moved = np.abs(solver.positions - start).max()
    assert (moved > 1e-4) == pushed
