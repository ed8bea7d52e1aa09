"""Tape lengths on shapes whose girths are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fitting.body import tape
from fitting.body.tape import Reading
from fitting.errors import BadMesh
from fitting.records import FloatArray, IntArray


def tube(
    radius_x: float, radius_z: float, around: int = 180, height: float = 1.0
) -> tuple[FloatArray, IntArray]:
    """Points and upright edges of an elliptic tube along y."""
    angle = np.arange(around) * 2 * np.pi / around
    ring = np.column_stack([radius_x * np.cos(angle), 0 * angle, radius_z * np.sin(angle)])
    top = ring + np.array([0, height, 0])
    low = np.arange(around, dtype=np.int32)
    return np.vstack([ring, top]), np.column_stack([low, low + around])


def level(y: float) -> Reading:
    return Reading(y, np.zeros(0, np.int32), np.zeros((0, 3)))


def assert_gradient(read: Callable[[FloatArray], Reading], points: FloatArray) -> None:
    """The reading's slope equals finite differences of its value."""
    reading = read(points)
    dense = np.zeros_like(points)
    np.add.at(dense, reading.at, reading.slope)
    step = 1e-6
    for i in np.random.default_rng(0).choice(len(points), min(12, len(points)), replace=False):
        for axis in range(3):
            more, less = points.copy(), points.copy()
            more[i, axis] += step
            less[i, axis] -= step
            numeric = (read(more).value - read(less).value) / (2 * step)
            assert_allclose(dense[i, axis], numeric, atol=2e-5)


def test_a_round_tube_measures_two_pi_r() -> None:
    points, edges = tube(0.15, 0.15)
    assert_allclose(tape.level_girth(points, edges, level(0.4)).value, 2 * np.pi * 0.15, rtol=1e-3)


def test_an_elliptic_tube_measures_the_ellipse_integral() -> None:
    points, edges = tube(0.18, 0.12, around=720)
    t = np.linspace(0, 2 * np.pi, 100_001)
    speed = np.hypot(0.18 * np.sin(t), 0.12 * np.cos(t))
    girth = np.trapezoid(speed, t) if hasattr(np, "trapezoid") else np.trapz(speed, t)
    assert_allclose(tape.level_girth(points, edges, level(0.5)).value, girth, rtol=1e-3)


def test_a_tape_bridges_a_hollow() -> None:
    points, edges = tube(0.15, 0.15)
    whole = tape.level_girth(points, edges, level(0.5)).value
    dent = points.copy()
    inside = abs(np.arctan2(points[:, 2], points[:, 0])) < 0.2
    dent[inside] *= [0.8, 1, 0.8]
    across = 2 * 0.15 * np.sin(0.2)
    assert tape.level_girth(dent, edges, level(0.5)).value < whole
    assert_allclose(
        tape.level_girth(dent, edges, level(0.5)).value, whole - 0.06 + across, atol=2e-3
    )


def test_a_tilted_cut_is_longer_by_the_tilt() -> None:
    points, edges = tube(0.15, 0.15, around=720)
    points = np.vstack([points, [0, 0.5 - 0.15, -0.15], [0, 0.5 + 0.15, 0.15]])
    cut = tape.tilted_girth(points, edges, len(points) - 2, len(points) - 1)
    t = np.linspace(0, 2 * np.pi, 100_001)
    speed = np.hypot(0.15 * np.sin(t), 0.15 * np.sqrt(2) * np.cos(t))
    assert_allclose(cut.value, np.mean(speed) * 2 * np.pi, rtol=1e-3)


def test_a_girth_square_to_a_bone_does_not_change_with_the_bones_direction() -> None:
    points, edges = tube(0.05, 0.05, around=360)
    points = np.vstack([points, [0, 0.1, 0], [0, 0.9, 0]])
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    start, end = len(points) - 2, len(points) - 1
    straight = tape.bone_girth(points, edges, start, end, 0.3).value
    turned = tape.bone_girth(points @ turn.T, edges, start, end, 0.3).value
    assert_allclose([straight, turned], 2 * np.pi * 0.05, rtol=1e-3)


@pytest.mark.parametrize("kind", ["level", "bone", "tilted"])
def test_the_gradient_of_a_girth_equals_finite_differences(kind: str) -> None:
    rng = np.random.default_rng(5)
    points, edges = tube(0.18, 0.12, around=60)
    points = points + rng.normal(0, 0.004, points.shape)
    points = np.vstack([points, [0.01, 0.15, -0.1], [-0.02, 0.8, 0.12], [0, 0.47, 0]])
    a, b, c = (len(points) - k for k in (3, 2, 1))
    reads: dict[str, Callable[[FloatArray], Reading]] = {
        "level": lambda p: tape.level_girth(p, edges, tape.height(p, np.array([c], np.int32))),
        "bone": lambda p: tape.bone_girth(p, edges, a, b, 0.4),
        "tilted": lambda p: tape.tilted_girth(p, edges, a, b),
    }
    assert_gradient(reads[kind], points)


def bulging_line() -> FloatArray:
    """A line going down over a breast: out by 5 cm at the top, then in and down."""
    y = np.linspace(1.3, 0.9, 41)
    z = 0.1 + 0.05 * np.exp(-(((y - 1.28) / 0.04) ** 2))
    return np.column_stack([np.zeros(41), y, z])


def test_a_line_down_to_a_level_ends_there() -> None:
    line = np.column_stack([np.zeros(11), np.linspace(1, 0, 11), np.zeros(11)])
    found = tape.chain_to_level(line, np.arange(11, dtype=np.int32), level(0.33))
    assert_allclose(found.value, 0.67)


def test_a_taut_line_is_no_longer_than_the_skin_and_no_shorter_than_the_straight_way() -> None:
    line = bulging_line()
    chain = np.arange(len(line), dtype=np.int32)
    loose = tape.chain_to_level(line, chain, level(1.0)).value
    taut = tape.chain_to_level(line, chain, level(1.0), taut=True).value
    assert 0.3 < taut < loose


@pytest.mark.parametrize("taut", [False, True])
def test_the_gradient_of_a_line_to_a_level_equals_finite_differences(taut: bool) -> None:
    line = np.vstack([bulging_line(), [0, 1.003, 0]])
    chain = np.arange(len(line) - 1, dtype=np.int32)
    last = np.array([len(line) - 1], np.int32)
    assert_gradient(lambda p: tape.chain_to_level(p, chain, tape.height(p, last), taut=taut), line)


def test_the_level_of_the_seat_is_that_of_its_farthest_back_point() -> None:
    y = np.linspace(0.7, 1.0, 61)
    points = np.column_stack([np.zeros(61), y, -0.1 + 2 * (y - 0.83) ** 2])
    at = np.arange(61, dtype=np.int32)
    assert_allclose(tape.prominence_level(points, at).value, 0.83, atol=2e-3)
    assert_gradient(lambda p: tape.prominence_level(p, at), points)


def test_front_and_back_arcs_of_a_round_tube_are_its_halves() -> None:
    points, edges = tube(0.15, 0.15, around=360)
    front, back, breadth = tape.arcs(points, edges, 0.5)
    assert_allclose([front, back], np.pi * 0.15, rtol=1e-3)
    assert_allclose(breadth, 0.30, rtol=1e-3)


def test_a_level_beside_the_body_is_refused() -> None:
    points, edges = tube(0.15, 0.15)
    with pytest.raises(BadMesh, match="not there"):
        tape.level_girth(points, edges, level(2.0))
    with pytest.raises(BadMesh, match="not there"):
        tape.arcs(points, edges, 2.0)
    with pytest.raises(BadMesh, match="no crossing"):
        tape.chain_to_level(bulging_line(), np.arange(41, dtype=np.int32), level(0.2))
