"""Cloth against itself: nothing goes through, and what goes through is counted."""

from __future__ import annotations

import numpy as np
import pytest
import warp as wp

from fitting.drape.patches import split
from fitting.drape.quality import crossings, crossings_between, penetration
from fitting.drape.self_contact import SelfContact
from fitting.drape.settings import StepSettings
from fitting.drape.topology import find_edges

from . import shapes


def test_a_sheet_dropped_on_a_ball_folds_without_going_through_itself_or_the_ball() -> None:
    points, faces = shapes.sheet(0.5, 0.5, 0.02)
    body = shapes.ball(0.08)
    solver = shapes.cloth(points, faces, shapes.level(points, 0.085), collider=body)
    step = StepSettings(
        time_step=0.02, self_radius=0.009, self_thickness=0.003, max_move=0.0045, offset=0.003
    )
    for _ in range(150):
        solver.step(step)
    x = solver.positions
    assert x[:, 1].min() < -0.1
    assert len(crossings(x, faces)[0]) == 0
    assert penetration(x, faces, body) < 1e-3


def test_two_sheets_falling_on_one_another_stay_apart() -> None:
    points, faces = shapes.sheet(0.2, 0.2, 0.02)
    low, high = shapes.level(points, 0.003), shapes.level(points, 0.02) @ _quarter_turn()
    both = np.concatenate([points, points]), np.concatenate([faces, faces + len(points)])
    ground, _ = shapes.slope(0.0)
    solver = shapes.cloth(*both, np.concatenate([low, high]), collider=ground)
    step = StepSettings(self_radius=0.009, self_thickness=0.003, max_move=0.0045)
    for _ in range(80):
        state = solver.step(step)
    x = solver.positions
    assert state.speed_max < 0.025
    assert len(crossings(x, both[1])[0]) == 0
    middle = np.abs(level_distance(x, len(points)))
    assert 0.001 < middle < 0.005


def test_cloth_pressed_on_cloth_is_held_apart_by_a_force() -> None:
    """Pressed by 0.6 N a vertex, twice what pairs give without the harder zone."""
    wide, narrow = shapes.sheet(0.3, 0.3, 0.02), shapes.sheet(0.1, 0.1, 0.02)
    count = len(wide[0])
    high = shapes.level(narrow[0], 0.004) @ _quarter_turn()
    points = np.concatenate([wide[0], narrow[0]])
    faces = np.concatenate([wide[1], narrow[1] + count])
    start = np.concatenate([shapes.level(wide[0]), high])
    solver = shapes.cloth(points, faces, start, pinned=np.arange(count, dtype=np.int32))
    upper = np.arange(count, len(points), dtype=np.int32)
    solver.pull((upper, np.tile([0.0, -0.001, 0.0], (len(upper), 1)), 600.0))
    step = StepSettings(time_step=0.01, self_radius=0.009, self_thickness=0.003, max_move=0.0045)
    for _ in range(60):
        solver.step(step)
    x = solver.positions
    assert len(crossings(x, faces)[0]) == 0
    assert x[count:, 1].min() > 5e-4


def level_distance(x: np.ndarray, count: int) -> float:
    """How far the second sheet lies over the first."""
    return float(x[count:, 1].mean() - x[:count, 1].mean())


def _quarter_turn() -> np.ndarray:
    return np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])


def test_a_tube_pressed_flat_does_not_cross() -> None:
    """A sleeve falls together on the ground."""
    points, faces = shapes.sheet(0.2, 0.24, 0.015)
    angle = 2 * np.pi * points[:, 1] / 0.25
    radius = 0.25 / (2 * np.pi)
    start = np.stack(
        [radius * np.cos(angle), radius * np.sin(angle) + radius, points[:, 0]], axis=1
    )
    ground, _ = shapes.slope(0.0)
    start[:, 1] += 0.004
    solver = shapes.cloth(points, faces, start, bending=1e-6, collider=ground)
    step = StepSettings(self_radius=0.0065, self_thickness=0.0025, max_move=0.0032)
    for _ in range(150):
        solver.step(step)
    assert solver.positions[:, 1].max() < 0.03
    assert len(crossings(solver.positions, faces)[0]) == 0


def test_a_crossing_is_counted_once_for_each_edge_that_goes_through() -> None:
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
    needle = np.array([[0.2, 0.2, -1], [0.2, 0.2, 1], [5, 5, 1]], float)
    both = np.concatenate([triangle, needle])
    faces = np.array([[0, 1, 2], [3, 4, 5]], np.int32)
    edges, through = crossings(both, faces)
    assert sorted(map(tuple, edges.tolist())) == [(3, 4)] or len(edges) == 2
    assert crossings_between(triangle, faces[:1], needle, faces[:1]) == len(edges)
    assert 0 in through


def test_triangles_that_share_a_vertex_do_not_count_as_crossing() -> None:
    points, faces = shapes.sheet(0.1, 0.1, 0.02)
    assert len(crossings(shapes.level(points), faces)[0]) == 0


@pytest.mark.parametrize("count", [1, 7, 8, 9, 1000])
def test_patches_hold_near_points_and_at_most_as_many_as_asked(count: int) -> None:
    points = np.random.default_rng(1).random((count, 3))
    group = split(points, 8)
    sizes = np.bincount(group)
    assert sizes.max() <= 8
    assert sizes.min() >= 1
    if count == 1000:
        spread = [np.ptp(points[group == g], axis=0).max() for g in range(len(sizes))]
        assert np.mean(spread) < 0.35


def test_a_fold_sharper_than_its_neighbourhood_does_not_pass_through_itself() -> None:
    """Pairs of features joined by one edge count too: a crease is pulled past its hinge."""
    points, faces = shapes.sheet(0.12, 0.06, 0.02)
    start = shapes.level(points)
    left = np.flatnonzero(points[:, 0] < 0.03)
    solver = shapes.cloth(points, faces, start, bending=1e-7, pinned=left)
    # Gravity first one way and then the other whips the free half around its hinge.
    for turn in range(4):
        sign = 1.0 if turn % 2 == 0 else -1.0
        for _ in range(25):
            solver.step(
                StepSettings(
                    gravity=sign * 40.0, self_radius=0.009, self_thickness=0.003, max_move=0.0045
                )
            )
            assert len(crossings(solver.positions, faces)[0]) == 0


def test_looking_only_around_what_moved_finds_every_pair_again() -> None:
    """A corner of the upper of two sheets goes in, out and in again."""
    points, faces = shapes.sheet(0.3, 0.3, 0.02)
    count = len(points)
    upper = shapes.level(points, 0.012) @ _quarter_turn()
    both = np.concatenate([faces, faces + count])
    start = np.concatenate([shapes.level(points), upper])
    material = np.concatenate([points, points])
    edges = find_edges(both)
    step = StepSettings(self_radius=0.009, self_thickness=0.003)
    lengths = np.linalg.norm(np.diff(material[edges.ends], axis=1)[:, 0], axis=1)
    corner = np.flatnonzero(np.linalg.norm(start - start[count], axis=1) < 0.05)
    corner = corner[corner >= count]
    here = SelfContact(both, edges, len(start), lengths=lengths, start=start, locally=True)
    force = wp.zeros(len(start), dtype=wp.vec3)
    stiff = wp.zeros(len(start), dtype=wp.mat33)
    x = start.copy()
    for down in (0.0, 0.006, 0.010, 0.004, 0.009):
        x[corner, 1] = 0.012 - down
        at = wp.array(x, dtype=wp.vec3d)
        here.begin()
        here.repel(at, step, force, stiff)
        everywhere = SelfContact(both, edges, len(start), lengths=lengths, start=start)
        everywhere.repel(at, step, force, stiff)
        assert near_pairs(here) == near_pairs(everywhere)
    assert here.searches > 2


def near_pairs(contact: SelfContact) -> set[tuple[int, ...]]:
    """The active pairs, each edge pair the same way round."""
    found = contact.coupling()
    nodes = found.nodes.numpy()[: int(found.count.numpy()[0])]
    listed = [tuple(sorted(map(int, row))) for row in nodes]
    assert len(set(map(tuple, nodes.tolist()))) == len(listed), "a pair is listed twice"
    return set(listed)
