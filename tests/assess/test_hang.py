"""How a garment hangs: level, upright, smooth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting.assess import assess
from fitting.assess.balance import balance
from fitting.assess.borders import borders
from fitting.assess.levels import figure
from fitting.assess.pieces import seam_lines
from fitting.assess.wrinkles import depth
from fitting.body import fit_body, infer
from fitting.cloth import sew
from fitting.pattern import draft
from fitting.records import Drape, InternalLine, Measurement, Panel

from .cylinders import TURN, cylinder_body, jersey, poplin, report, tube


def tilted(front: float, left: float):
    """Raises the hem by so much per metre forward and to the left; the top stays level."""

    def warp(points: np.ndarray) -> np.ndarray:
        share = (1.35 - points[:, 1:2]) / 0.5
        return points + share * np.outer(points[:, 2] * front + points[:, 0] * left, [0, 1.0, 0])

    return warp


def test_a_straight_tube_is_in_balance() -> None:
    found = assess(tube(cylinder_body(), radius=0.17)).balance
    assert found.hem_height == pytest.approx(0.85, abs=1e-3)
    for value in (found.hem_front_rise, found.hem_left_rise, found.hem_spread):
        assert value == pytest.approx(0, abs=1e-6)
    assert found.side_lean_left == pytest.approx(0, abs=1e-6)
    assert found.text == found.text_ru == ""


def test_the_edges_of_a_slit_do_not_raise_the_hem() -> None:
    who = fit_body(infer({"height": Measurement(1.66, 0.005, "stated")}, sex="female"))
    cloth = sew(draft("pencil_skirt", who.measurements), who, edge_m=0.04)
    nodes = np.zeros((cloth.nodes, 3))
    nodes[cloth.node] = cloth.start
    laid = Drape(cloth, who, poplin(), nodes, report())
    found = balance(laid, figure(who), borders(laid, figure(who)))
    assert abs(found.hem_front_rise) < 0.01
    assert found.hem_spread < 0.03


def test_a_hem_that_rises_in_front_is_told_in_centimetres() -> None:
    found = assess(tube(cylinder_body(), radius=0.17, warp=tilted(0.2, 0.0))).balance
    # The mean over the front quarter of a circle is sin(45°) / (π / 4) of its radius.
    assert found.hem_front_rise == pytest.approx(2 * 0.2 * 0.17 * 0.9003, abs=1e-3)
    assert found.hem_left_rise == pytest.approx(0, abs=1e-6)
    assert found.hem_spread == pytest.approx(2 * 0.2 * 0.17, abs=1e-3)
    assert "rises in front by 6.0 cm" in found.text
    assert "6,0 см" in found.text_ru


def test_a_hem_that_rises_on_the_left_is_told_so() -> None:
    found = assess(tube(cylinder_body(), radius=0.17, warp=tilted(0.0, 0.2))).balance
    assert found.hem_left_rise == pytest.approx(2 * 0.2 * 0.17 * 0.9003, abs=1e-3)
    assert "on the left" in found.text


def test_side_seams_that_swing_forward_lean_by_their_angle() -> None:
    def swing(points: np.ndarray) -> np.ndarray:
        return points + np.outer((1.35 - points[:, 1]) * np.tan(0.1), [0, 0, 1.0])

    found = assess(tube(cylinder_body(), radius=0.19, warp=swing)).balance
    assert found.side_lean_left == pytest.approx(0.1, abs=1e-3)
    assert found.side_lean_right == pytest.approx(0.1, abs=1e-3)
    assert "swings forward by 6°" in found.text


def test_a_centre_front_beside_the_middle_is_off_by_its_distance() -> None:
    drape = tube(cylinder_body(), radius=0.17, warp=lambda p: p + np.array([0.013, 0, 0]))
    half = np.pi * 0.17

    def with_line(panel: Panel) -> Panel:
        line = InternalLine(f"centre {panel.name}", ((half / 2, 0.0), (half / 2, 0.5)))
        return replace(panel, lines=(line,))

    pattern = drape.cloth.pattern
    lined = replace(pattern, panels=tuple(with_line(p) for p in pattern.panels))
    found = assess(replace(drape, cloth=replace(drape.cloth, pattern=lined))).balance
    assert found.centre_front == pytest.approx(0.013, abs=1e-4)
    assert found.centre_back == pytest.approx(0.013, abs=1e-4)
    assert "centre front is off to the left by 1.3 cm" in found.text


def test_seams_are_found_again_on_the_cloth_from_end_to_end() -> None:
    drape = tube(cylinder_body(), radius=0.17)
    lines = seam_lines(drape.cloth)
    assert [line.name for line in lines] == ["side", "side"]
    for line in lines:
        points = drape.positions[line.nodes]
        assert np.ptp(points[:, 1]) == pytest.approx(0.5)
        assert np.abs(np.abs(points[:, 0]) - 0.17).max() < 1e-9


# ---- wrinkles ------------------------------------------------------------------------------------


def fluted(amplitude: float, count: int):
    """Upright flutes: the radius swings `count` times around."""

    def warp(points: np.ndarray) -> np.ndarray:
        angle = np.arctan2(points[:, 2], points[:, 0])
        scale = 1 + amplitude * np.cos(count * angle) / 0.2
        return points * np.column_stack([scale, np.ones(len(points)), scale])

    return warp


def test_a_smooth_tube_has_no_wrinkles() -> None:
    drape = tube(cylinder_body(), radius=0.2)
    assert np.abs(depth(drape)).max() < 5e-4
    assert assess(drape).wrinkles == ()


def test_flutes_are_as_deep_as_they_are() -> None:
    # 24 flutes around a radius of 0.2 m are 52 mm long: well inside what counts as wrinkles.
    drape = tube(cylinder_body(), radius=0.2, edge=0.008, warp=fluted(0.006, 24))
    found = assess(drape).wrinkles
    assert max(w.depth for w in found) == pytest.approx(0.012, rel=0.15)


def test_slack_folds_collapse_and_stretched_ones_pull() -> None:
    body = cylinder_body()
    slack = tube(body, radius=0.2, flat=1.4 * TURN * 0.2, warp=fluted(0.006, 24), edge=0.008)
    tight = tube(
        body, radius=0.2, flat=0.8 * TURN * 0.2, warp=fluted(0.006, 24), edge=0.008, fabric=jersey()
    )
    assert {w.kind for w in assess(slack).wrinkles} == {"collapsing"}
    assert {w.kind for w in assess(tight).wrinkles} == {"pulling"}


def test_the_wide_form_of_a_garment_is_not_a_wrinkle() -> None:
    bell = tube(cylinder_body(), radius=0.2, warp=fluted(0.02, 2))
    assert assess(bell).wrinkles == ()
