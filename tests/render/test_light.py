"""Ambient light against shapes whose openness is known."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitting.render.light import AmbientLight
from fitting.render.rays import Occluders

from . import dressed


def test_a_wall_at_a_right_angle_hides_half_of_the_sky_beside_it() -> None:
    wall = np.array([[0, -50, -50], [0, 50, -50], [0, 50, 50], [0, -50, 50]], float)
    around = Occluders(wall, np.array([[0, 1, 2], [0, 2, 3]], np.int32))
    # Just beside the wall, facing along it: the cosine-weighted half behind it is closed.
    seen = around.openness(np.array([[0.001, 0, 0]]), np.array([[0, 1.0, 0]]), rays=4096, reach=1e3)
    assert seen[0, 3] == pytest.approx(0.5, abs=0.01)
    # Its free directions lean away from the wall: the mean of a half of the lobe is (2/3π) a side.
    assert seen[0, 0] == pytest.approx(2 / (3 * np.pi), abs=0.01)


def test_an_open_point_sees_everything_and_a_closed_one_nothing() -> None:
    ball = trimesh.creation.icosphere(radius=0.05)
    around = Occluders(ball.vertices, ball.faces)
    points, up = np.array([[0, 0.2, 0], [0, 0, 0]]), np.array([[0, 1.0, 0], [0, 1.0, 0]])
    seen = around.openness(points, up, rays=64, reach=10)
    assert seen[0, 3] == pytest.approx(1, abs=1e-6)
    assert seen[1, 3] == pytest.approx(0, abs=1e-3)


def test_clearance_is_the_distance_to_the_first_surface() -> None:
    ball = trimesh.creation.icosphere(subdivisions=4, radius=0.5)
    around = Occluders(ball.vertices, ball.faces)
    points = np.array([[0, 0, -2.0], [0, 3.0, 0]])
    gap = around.clearance(points, np.array([[0, 0, 1.0], [0, 0, 1.0]]), reach=5)
    assert gap[0] == pytest.approx(1.5, abs=0.002)
    assert np.isinf(gap[1])


def test_skin_right_under_cloth_counts_as_covered_and_bare_skin_does_not() -> None:
    body = dressed.pillar(radius=0.13)
    light = AmbientLight(body, [dressed.tube(body, radius=0.14, folds=0.0)], rays=8)
    y = body.vertices[:, 1]
    assert light.covered[(y > 0.7) & (y < 1.25)].min() == 1
    assert light.covered[(y < 0.5) | (y > 1.4)].max() == 0
