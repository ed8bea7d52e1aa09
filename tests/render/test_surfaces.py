"""The drawn cloth: through the draped vertices, smooth, with its seams, hems and thickness."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.records import Body
from fitting.render.surfaces import border_strip, sheet, tangents, vertex_normals

from . import dressed


def test_the_drawn_cloth_goes_through_the_draped_vertices(body: Body) -> None:
    drape = dressed.tube(body)
    drawn = sheet(drape)
    own = drawn.parents[:, 0] == drawn.parents[:, 1]
    np.testing.assert_allclose(
        drawn.positions[own], drape.vertex_positions[drawn.parents[own, 0]], atol=1e-15
    )


def test_new_vertices_come_nearer_to_a_round_shape_than_chords_do(body: Body) -> None:
    drape = dressed.tube(body, radius=0.15, folds=0.0, edge=0.04)
    chord, curved = (
        np.abs(np.hypot(d.positions[d.faces].mean(1)[:, 0], d.positions[d.faces].mean(1)[:, 2]))
        for d in (sheet(drape, levels=0), sheet(drape, levels=1))
    )
    assert abs(curved.mean() - 0.15) < 0.4 * abs(chord.mean() - 0.15)


def test_normals_are_shared_across_a_seam(body: Body) -> None:
    drape = dressed.tube(body)
    drawn = sheet(drape)
    a, b = drape.cloth.seam_pairs.T
    np.testing.assert_allclose(drawn.normals[a], drawn.normals[b], atol=1e-12)


def test_distances_to_seam_and_hem_are_those_of_the_flat_panel(body: Body) -> None:
    drape = dressed.tube(body, radius=0.16, length=0.75)
    drawn = sheet(drape)
    u, v = drawn.uv.T
    half = np.pi * 0.16
    np.testing.assert_allclose(
        drawn.seam[:, 0], np.minimum(0.08, np.minimum(u, half - u)), atol=1e-9
    )
    np.testing.assert_allclose(
        drawn.hem[:, 0], np.minimum(0.08, np.minimum(v, 0.75 - v)), atol=1e-9
    )


def test_the_border_strip_closes_the_cloth_at_its_thickness(body: Body) -> None:
    drape = dressed.tube(body, folds=0.0, material=dressed.fabric(thickness=0.004))
    drawn = sheet(drape)
    place, normals, owner, faces = border_strip(drawn)
    gap = np.linalg.norm(place - drawn.positions[owner], axis=1)
    # The hem is turned up: two layers.
    np.testing.assert_allclose(gap, 0.004, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    outwards = (place - drawn.positions[owner])[:, 1] * np.where(drawn.uv[owner, 1] < 0.1, -1, 1)
    assert outwards.min() > -2e-5
    assert len(faces) == 4 * 2 * len(drawn.rim)


def test_the_front_faces_of_the_strip_look_outwards(body: Body) -> None:
    drawn = sheet(dressed.tube(body, folds=0.0))
    place, normals, _, faces = border_strip(drawn)
    a, b, c = (place[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    assert ((across * normals[faces].mean(1)).sum(1) > 0).all()


def test_tangents_run_along_the_weft(body: Body) -> None:
    drape = dressed.tube(body, folds=0.0)
    p = drape.vertex_positions
    n = vertex_normals(p, drape.cloth.faces, drape.cloth.node)
    t = tangents(p, n, drape.cloth.uv, drape.cloth.faces)
    weft = np.cross((0.0, 1.0, 0.0), p * (1, 0, 1))
    weft /= np.linalg.norm(weft, axis=1, keepdims=True)
    assert (t[:, :3] * weft).sum(1).min() > 0.99
    assert (t[:, 3] == 1).all()
    np.testing.assert_allclose((t[:, :3] * n).sum(1), 0, atol=1e-9)


def test_a_vertex_without_area_still_has_a_unit_normal() -> None:
    flat = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], float)
    n = vertex_normals(flat, np.array([[0, 1, 2]], np.int32))
    assert np.linalg.norm(n, axis=1) == pytest.approx(1)
