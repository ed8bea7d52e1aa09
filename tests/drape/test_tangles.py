"""Crossings are undone: the line along which cloth cuts itself grows shorter until it is gone."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.drape.quality import crossings
from fitting.drape.settings import StepSettings
from fitting.drape.tangles import Tangles, clear, faces_of_edges, pulls

from . import shapes

STEP = StepSettings(
    time_step=0.01, gravity=0.0, friction=0.0, self_radius=0.009, self_thickness=0.003,
    max_move=0.0045,
)  # fmt: skip


def crossed_sheets(overlap: float):
    """A level sheet, and one standing on it whose lower edge is `overlap` under it [m]."""
    points, faces = shapes.sheet(0.2, 0.12, 0.02)
    low = shapes.level(points, 0.0)
    # Off the level sheet's own rows, so that no vertex lies in a triangle's plane.
    standing = np.column_stack(
        [points[:, 0] - 0.0963, points[:, 1] - overlap, np.full(len(points), 0.0031)]
    )
    both = np.concatenate([points, points]), np.concatenate([faces, faces + len(points)])
    return shapes.cloth(*both, np.concatenate([low, standing])), both[1]


def test_an_edge_through_a_triangle_is_pulled_back_the_way_it_came() -> None:
    # A level triangle, and one standing whose lowest corner reaches 1 cm under it.
    x = np.array([[-1, 0, -1], [1, 0, -1], [0, 0, 1.5], [0, -0.01, 0], [0.2, 1, 0], [-0.2, 1, 0.0]])
    faces = np.array([[0, 2, 1], [3, 4, 5]], np.int32)
    ends = np.array([[3, 4], [3, 5]], np.int32)
    of_face = np.array([[0, 1, 1], [0, 1, 1]], np.int32)
    crossing = np.array([[0, 0], [1, 0]], np.int32)
    nodes, away = pulls(x, ends, faces, faces_of_edges(of_face[1:], 2) + 1, crossing)
    up = dict(zip(nodes.tolist(), away[:, 1], strict=True))
    assert up[3] > 0.1
    assert all(up[corner] < 0.0 for corner in (0, 1, 2))


def test_a_sheet_stuck_through_another_comes_out() -> None:
    solver, faces = crossed_sheets(0.015)
    before = len(crossings(solver.positions, faces)[0])
    counts = list(clear(solver, STEP, 0.02, 120))
    assert before > 5
    assert counts[0] == before
    assert len(crossings(solver.positions, faces)[0]) == 0
    # It was pulled on until it was far enough out to stay there.
    assert counts[-1] == 0
    for _ in range(5):
        solver.step(STEP)
    assert len(crossings(solver.positions, faces)[0]) == 0


def test_cloth_that_does_not_cross_itself_is_left_alone() -> None:
    solver, _ = crossed_sheets(-0.01)
    assert Tangles(solver, 0.02).look() == 0
    assert list(clear(solver, STEP, 0.02, 10)) == []


def test_each_edge_knows_its_triangles() -> None:
    of_face = np.array([[0, 1, 2], [2, 3, 4]], np.int32)
    found = faces_of_edges(of_face, 5)
    assert found.tolist() == [[0, 0], [0, 0], [0, 1], [1, 1], [1, 1]]


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_the_pull_is_shared_by_where_the_edge_is_cut(share: float) -> None:
    x = np.array(
        [[-1, 0, -1], [1, 0, -1], [0, 0, 1.5], [0, -share, 0], [0, 1 - share, 0], [0.5, 2, 0]],
        float,
    )
    faces = np.array([[0, 2, 1], [3, 4, 5]], np.int32)
    nodes, away = pulls(
        x, np.array([[3, 4]]), faces, np.array([[1, 1]]), np.array([[0, 0]], np.int32)
    )
    rows = dict(zip(nodes.tolist(), away, strict=True))
    # Towards the triangle's inside: the cut begins at the edge and leads to +x.
    assert rows[3][0] > 0
    assert rows[4][0] > 0
    assert rows[0][0] < 0
