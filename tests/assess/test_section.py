"""Cuts and girths against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitting.assess.section import cloth_girth, cut, tape_girth

UP = np.array([0.0, 1.0, 0.0])


def test_a_cylinders_girth_is_that_of_its_polygon() -> None:
    ring = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    low = np.column_stack([0.1 * np.cos(ring), 0 * ring, 0.1 * np.sin(ring)])
    n = np.arange(400)
    m = (n + 1) % 400
    faces = np.vstack([np.column_stack([n, m, n + 400]), np.column_stack([m, m + 400, n + 400])])
    vertices = np.vstack([low, low + UP])
    segments = cut(vertices, faces.astype(np.int32), 0.3 * UP, UP)
    assert cloth_girth(segments) == pytest.approx(0.2 * np.pi, rel=2e-5)
    assert tape_girth(segments, UP) == pytest.approx(0.2 * np.pi, rel=2e-5)


@pytest.mark.parametrize("height", [0.0, 0.05, -0.08])
def test_a_spheres_girth_is_that_of_its_circle_at_any_height(height: float) -> None:
    ball = trimesh.creation.icosphere(subdivisions=5, radius=0.1)
    segments = cut(ball.vertices, ball.faces.astype(np.int32), height * UP, UP)
    exact = 2 * np.pi * np.sqrt(0.01 - height**2)
    assert cloth_girth(segments) == pytest.approx(exact, rel=2e-3)


def test_a_tape_bridges_a_hollow_that_cloth_follows() -> None:
    # A five-pointed star: its tape is the pentagon of its points.
    angle = np.linspace(0, 2 * np.pi, 11)
    radius = np.where(np.arange(11) % 2 == 0, 1.0, 0.4)
    points = np.column_stack([radius * np.cos(angle), 0 * angle, radius * np.sin(angle)])
    segments = np.stack([points[:-1], points[1:]], axis=1)
    assert tape_girth(segments, UP) == pytest.approx(10 * np.sin(np.pi / 5))
    assert cloth_girth(segments) > tape_girth(segments, UP)


def test_a_plane_that_misses_cuts_nothing() -> None:
    ball = trimesh.creation.icosphere(subdivisions=1, radius=0.1)
    segments = cut(ball.vertices, ball.faces.astype(np.int32), UP, UP)
    assert segments.shape == (0, 2, 3)
    assert tape_girth(segments, UP) == 0


def test_girths_do_not_change_under_a_rigid_motion() -> None:
    rng = np.random.default_rng(4)
    ball = trimesh.creation.icosphere(subdivisions=3, radius=0.1)
    turn = trimesh.transformations.random_rotation_matrix(rng.random(3))[:3, :3]
    shift = rng.random(3)
    point = np.array([0.0, 0.03, 0.0])
    here = cut(ball.vertices, ball.faces.astype(np.int32), point, UP)
    moved = ball.vertices @ turn.T + shift
    there = cut(moved, ball.faces.astype(np.int32), turn @ point + shift, turn @ UP)
    assert tape_girth(there, turn @ UP) == pytest.approx(tape_girth(here, UP), rel=1e-9)
