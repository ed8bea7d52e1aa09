"""Bands hang from their upper edge: how far down and how far around is read off the sewn band."""

import numpy as np
import pytest

from fitting.cloth.cut import cut_pattern
from fitting.cloth.hung import Rim, band, components, free_rim, hang
from fitting.cloth.tube import ANGLES, Tube

from .shapes import panel, pattern, rectangle, seam


def post(radius):
    """A round tube upwards from the floor to 1.5 m."""
    t = np.arange(0.0, 1.5, 0.01)
    rows = (len(t), 1)
    return Tube(
        t, np.column_stack([0 * t, t, 0 * t]), np.tile([0.0, 0.0, 1.0], rows),
        np.tile([1.0, 0.0, 0.0], rows), np.full((len(t), len(ANGLES)), radius),
    )  # fmt: skip


def sleeve_of(width, height):
    """Two rectangles sewn into a ring."""
    panels = [rectangle("front", width, height), rectangle("back", width, height)]
    return pattern(panels, [seam("front", 1, "back", 3), seam("front", 3, "back", 1)])


def sector(name, inner, outer):
    """Half of a full circle skirt: a half ring."""
    angle = np.linspace(np.pi, 2 * np.pi, 25)
    arc = np.column_stack([np.cos(angle), np.sin(angle)])
    return panel(name, np.vstack([outer * arc, inner * arc[::-1]]))


def test_a_straight_ring_hangs_as_a_cylinder_whose_seams_are_closed():
    cut = cut_pattern(sleeve_of(0.5, 0.3), 0.04, 0.04)
    made = band(cut, [0, 1])
    placed = np.vstack([np.column_stack([p.points, np.full(len(p.points), z)])
                        for p, z in zip(cut.pieces, (0.2, -0.2), strict=True)])  # fmt: skip
    rim = free_rim(made, placed)
    start = hang(made, rim, post(0.1), 0.005, -1.0)
    radius = np.hypot(start[:, 0], start[:, 2])
    assert radius == pytest.approx(1.0 / (2 * np.pi), abs=0.003)
    assert np.ptp(start[:, 1]) == pytest.approx(0.3, abs=0.005)
    gap = start[cut.pairs[:, 0]] - start[cut.pairs[:, 1]]
    assert np.abs(gap).max() < 1e-9


def test_a_full_circle_skirt_starts_in_folds_that_do_not_cross():
    drawn = pattern(
        [sector("front", 0.11, 0.6), sector("back", 0.11, 0.6)],
        [seam("front", 24, "back", 49), seam("front", 49, "back", 24)],
    )
    cut = cut_pattern(drawn, 0.04, 0.04)
    made = band(cut, [0, 1])
    mine = np.flatnonzero(np.hypot(*np.vstack([p.points for p in cut.pieces]).T) < 0.1101)
    turn = np.arctan2(*np.vstack([p.points for p in cut.pieces])[mine].T) + np.pi / 2
    turn[mine >= cut.offsets[1]] += np.pi
    node, first = np.unique(made.node[mine], return_index=True)
    rim = Rim(node, np.full(len(node), 1.0), turn[first])
    start = hang(made, rim, post(0.11), 0.005, -1.0)
    assert start[:, 1].max() == pytest.approx(1.0, abs=0.003)
    assert start[:, 1].min() == pytest.approx(1.0 - 0.49, abs=0.03)


def test_pieces_that_are_not_a_ring_make_no_band():
    flap = pattern([rectangle("flap", 0.3, 0.3), rectangle("other", 0.3, 0.3)])
    cut = cut_pattern(flap, 0.1, 0.1)
    assert band(cut, [0]) is None
    assert components(cut, [0, 1]) == [[0], [1]]


def test_a_tube_tells_where_its_own_points_lie():
    tube = post(0.2)
    t, share = np.array([0.3, 0.905, 1.2]), np.array([0.1, 0.5, 0.93])
    found = tube.located(tube.point(t, share * tube.girth[0], out=0.05))
    assert found[0] == pytest.approx(t)
    assert found[1] == pytest.approx(share, abs=1e-3)
