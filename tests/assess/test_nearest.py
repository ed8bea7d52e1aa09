"""Signed distances from a closed surface."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitting.assess.nearest import nearest


def test_distances_from_a_box_are_exact_on_faces_edges_and_corners() -> None:
    box = trimesh.creation.box((2, 2, 2))
    queries = np.array([[1.5, 0, 0.2], [1.3, 1.4, 0], [2, 2, 2], [0.9, 0, 0], [0, 0, 0]])
    found = nearest(box.vertices, box.faces, queries)
    exact = [0.5, 0.5, np.sqrt(3), -0.1, -1.0]
    assert found.distance == pytest.approx(exact)
    assert found.points[2] == pytest.approx([1, 1, 1])


def test_distances_from_a_ball_are_radius_differences_in_and_out() -> None:
    ball = trimesh.creation.icosphere(subdivisions=4, radius=0.1)
    rng = np.random.default_rng(0)
    way = rng.normal(size=(200, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    far = rng.uniform(0.02, 0.3, 200)
    found = nearest(ball.vertices, ball.faces.astype(np.int32), way * far[:, None])
    assert found.distance == pytest.approx(far - 0.1, abs=3e-4)


def test_a_few_long_triangles_among_many_small_ones_are_not_missed() -> None:
    long_ = np.array([[-5.0, 0, 0], [5, 0, 0], [0, 0, 8]])
    small = trimesh.creation.icosphere(subdivisions=2, radius=0.05)
    vertices = np.vstack([small.vertices + np.array([0.0, 0.4, 1.0]), long_])
    faces = np.vstack([small.faces, [[162, 163, 164]]]).astype(np.int32)
    found = nearest(vertices, faces, np.array([[0.0, 0.1, 1.0], [3.0, -0.2, 0.5]]))
    assert np.abs(found.distance) == pytest.approx([0.1, 0.2])
