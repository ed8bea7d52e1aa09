"""Pattern curves against closed forms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fitting import curves
from fitting.curves import LINE, Shape

A = np.array([0.0, 0.0])
B = np.array([0.3, 0.4])


def test_a_line_is_as_long_as_its_chord() -> None:
    assert curves.length(A, B, LINE) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize(
    ("large", "turn"),
    [(False, 2 * np.arcsin(0.25 / 0.3)), (True, 2 * np.pi - 2 * np.arcsin(0.25 / 0.3))],
)
@pytest.mark.parametrize("left", [True, False])
def test_an_arc_is_radius_times_turn_and_stays_on_its_circle(
    large: bool, turn: float, left: bool
) -> None:
    arc = Shape("arc", (), 0.3, large, left)
    assert curves.length(A, B, arc) == pytest.approx(0.3 * turn, rel=1e-12)
    centre, radius, _, signed = curves.arc_geometry(A, B, arc)
    on = curves.points(A, B, arc, np.linspace(0, 1, 9))
    assert np.linalg.norm(on - centre, axis=1) == pytest.approx(np.full(9, radius))
    assert on[[0, -1]] == pytest.approx(np.stack([A, B]))
    assert (signed > 0) == left


def test_a_left_turning_arc_bulges_to_the_right_of_its_chord() -> None:
    middle = curves.points(A, np.array([1.0, 0]), Shape("arc", (), 0.6), np.array([0.5]))[0]
    assert middle[1] < 0


def test_an_arc_smaller_than_its_chord_becomes_a_half_circle() -> None:
    assert curves.length(A, B, Shape("arc", (), 0.01)) == pytest.approx(np.pi * 0.25)


def test_a_cubic_that_is_straight_has_its_chords_length() -> None:
    straight = Shape("cubic", ((0.1, 0.4 / 3), (0.2, 0.8 / 3)))
    assert curves.length(A, B, straight) == pytest.approx(0.5, rel=1e-12)


def test_a_quadratics_length_agrees_with_its_closed_form() -> None:
    # y = x² from 0 to 1 has the length √5/2 + asinh(2)/4.
    parabola = Shape("quadratic", ((0.5, 0.0),))
    exact = np.sqrt(5) / 2 + np.arcsinh(2) / 4
    assert curves.length(A, np.array([1.0, 1.0]), parabola) == pytest.approx(exact, rel=1e-9)


def test_points_at_equal_fractions_are_equally_far_apart_along_the_curve() -> None:
    bow = Shape("cubic", ((0.0, 0.6), (0.9, -0.5)))
    fractions = np.linspace(0, 1, 5)
    t = curves.parameter_at(A, B, bow, fractions)
    quarters = [
        np.linalg.norm(np.diff(curves.points(A, B, bow, np.linspace(s, e, 4000)), axis=0), axis=1)
        .sum()
        for s, e in itertools.pairwise(t)
    ]  # fmt: skip
    assert quarters == pytest.approx([curves.length(A, B, bow) / 4] * 4, rel=1e-5)


@pytest.mark.parametrize(
    "shape",
    [
        LINE,
        Shape("quadratic", ((0.1, 0.5),)),
        Shape("cubic", ((0.0, 0.6), (0.9, -0.5))),
        Shape("arc", (), 0.4, False, True),
        Shape("arc", (), 0.4, True, False),
    ],
    ids=["line", "quadratic", "cubic", "small arc", "large arc"],
)
def test_the_two_pieces_of_a_split_curve_are_the_curve(shape: Shape) -> None:
    at, before, after = curves.split(A, B, shape, 0.3)
    whole = curves.length(A, B, shape)
    assert curves.length(A, at, before) == pytest.approx(0.3 * whole, rel=1e-5)
    assert curves.length(at, B, after) == pytest.approx(0.7 * whole, rel=1e-5)
    on_piece = curves.divide(A, at, before, np.array([0.5]))[0]
    assert on_piece == pytest.approx(curves.divide(A, B, shape, np.array([0.15]))[0], abs=1e-5)


def test_a_reversed_curve_passes_the_same_points() -> None:
    bow = Shape("arc", (), 0.4, True, False)
    there = curves.divide(A, B, bow, np.linspace(0, 1, 7))
    back = curves.divide(B, A, curves.reversed_shape(bow), np.linspace(0, 1, 7))
    assert back[::-1] == pytest.approx(there)


def test_a_shape_with_the_wrong_number_of_control_points_is_refused() -> None:
    with pytest.raises(ValueError, match="2 control points, not 1"):
        Shape("cubic", ((0.0, 0.0),))


def test_an_arc_without_a_radius_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Shape("arc")
