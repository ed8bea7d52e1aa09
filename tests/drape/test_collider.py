"""What a body must be, and where it is sharp."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitting.drape.collider import Collider, checked, sharp_vertices
from fitting.drape.quality import distances, penetration
from fitting.errors import BadMesh

from . import shapes


def test_vertices_split_at_texture_seams_are_joined() -> None:
    box = trimesh.creation.box((1, 1, 1))
    split = np.asarray(box.vertices)[np.asarray(box.faces)].reshape(-1, 3)
    vertices, faces = checked(split, np.arange(36, dtype=np.int32).reshape(-1, 3))
    assert len(vertices) == 8
    assert len(faces) == 12


def test_a_hole_is_refused_with_the_number_of_open_edges() -> None:
    box = trimesh.creation.box((1, 1, 1))
    with pytest.raises(BadMesh, match="3 of its edges"):
        checked(np.asarray(box.vertices), np.asarray(box.faces)[1:])


def test_a_body_turned_inside_out_is_refused() -> None:
    box = trimesh.creation.box((1, 1, 1))
    with pytest.raises(BadMesh, match="inside out"):
        checked(np.asarray(box.vertices), np.asarray(box.faces)[:, ::-1])


def test_numbers_that_are_not_finite_are_refused() -> None:
    box = trimesh.creation.box((1, 1, 1))
    vertices = np.array(box.vertices)
    vertices[3, 1] = np.inf
    with pytest.raises(BadMesh, match="not finite"):
        checked(vertices, np.asarray(box.faces))


def test_a_body_of_nothing_is_refused() -> None:
    with pytest.raises(BadMesh, match="0 triangles"):
        checked(np.zeros((3, 3)), np.zeros((0, 3), np.int32))


def test_small_balls_are_bumps_and_large_ones_are_not() -> None:
    for radius, sharp in ((0.01, True), (0.02, True), (0.05, False), (0.2, False)):
        mesh = trimesh.creation.icosphere(subdivisions=3, radius=radius)
        found, normals = sharp_vertices(np.asarray(mesh.vertices), np.asarray(mesh.faces), 0.03)
        assert len(found) == (len(mesh.vertices) if sharp else 0)
        assert normals == pytest.approx(np.asarray(mesh.vertices) / radius, abs=0.02)


def test_distances_from_a_ball_are_its_radius_less() -> None:
    points = np.array([[0.25, 0, 0], [0, 0.18, 0], [0, 0, -0.21]])
    found = distances(points, shapes.ball(0.2))
    assert found == pytest.approx([0.05, -0.02, 0.01], abs=2e-3)


def test_penetration_is_found_inside_a_triangle_whose_corners_are_outside() -> None:
    """A cone pokes 5 mm through a triangle of 12 mm, where it is 3 mm wide."""
    pin = trimesh.creation.cone(radius=0.006, height=0.02)
    pin.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, (1, 0, 0)))
    body = Collider(np.asarray(pin.vertices), np.asarray(pin.faces))
    height = float(np.asarray(pin.vertices)[:, 1].max()) - 0.005
    triangle = np.array([[-6e-3, height, -3e-3], [6e-3, height, -3e-3], [0.0, height, 7e-3]])
    depth = penetration(triangle, np.array([[0, 1, 2]], np.int32), body)
    assert 0.0005 < depth < 0.0015
    above = triangle + np.array([0.0, 0.006, 0.0])
    assert penetration(above, np.array([[0, 1, 2]], np.int32), body) == 0.0
