"""Where on cloth and body a girth is taken when folds, cuffs and waistbands make it doubtful."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting.assess import assess, measure
from fitting.assess.borders import worn_at
from fitting.assess.levels import UP, Level, figure

from .cylinders import CROTCH, TORSO, TURN, WAIST, cylinder_body, jersey, tube


def row(report, level):
    return next(r for r in report.girths if r.level == level)


def test_cloth_that_blouses_at_the_waist_is_measured_beside_the_folds() -> None:
    def blouse(points: np.ndarray) -> np.ndarray:
        turn = np.arctan2(points[:, 2], points[:, 0])
        near = np.exp(-(((points[:, 1] - WAIST) / 0.02) ** 2))
        return points + 0.01 * (near * np.sin(6 * turn))[:, None] * UP

    flat = TURN * 0.17
    plain, bloused = (
        row(assess(tube(cylinder_body(), radius=0.17, edge=0.01, **warp)), "waist_girth")
        for warp in ({}, {"warp": blouse})
    )
    assert plain.rest == pytest.approx(flat, abs=1e-3)
    assert bloused.rest == pytest.approx(flat, abs=1e-3)


def test_a_cuff_over_the_hand_is_held_against_the_wrist() -> None:
    who = figure(cylinder_body())
    elbow, wrist = (who.body.joints[f"{name}.L"] for name in ("elbow", "wrist"))
    axis = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    for share, taken in ((0.5, 0.5), (0.97, 0.97), (1.3, 0.97)):
        level = Level("cuff_girth", "L", elbow + share * (wrist - elbow), axis, ("arm.L",))
        assert worn_at(who, level).point == pytest.approx(elbow + taken * (wrist - elbow))


def test_a_waistband_on_a_widening_hip_is_held_by_its_lower_edge() -> None:
    body = cylinder_body()
    points = body.vertices.copy()
    torso = body.regions["torso"]
    below = np.clip(WAIST - points[torso, 1], 0, None)
    points[torso] *= np.column_stack([1 + below, np.ones(len(torso)), 1 + below])
    flared = replace(body, vertices=points)
    skirt = tube(flared, radius=0.20, start=(0, CROTCH + 0.02, 0), end=(0, 1.0, 0))
    top = row(assess(skirt), "top_girth")
    assert top.body == pytest.approx(TURN * TORSO * (1 + WAIST - 0.96), abs=2e-3)


def test_the_stretch_of_a_girth_is_that_of_its_yarns_where_they_climb() -> None:
    def askew(points: np.ndarray) -> np.ndarray:
        turn = np.arctan2(points[:, 2], points[:, 0])
        return points + 0.02 * np.sin(turn)[:, None] * UP

    drape = tube(cylinder_body(), radius=0.17, warp=askew, fabric=jersey())
    straight = tube(cylinder_body(), radius=0.17, fabric=jersey())
    sheared, level = (row(assess(d), "waist_girth").stretch for d in (drape, straight))
    # A weft that climbs by 2 cm over a quarter of 107 cm is longer by (2 / 17)² / 4.
    assert sheared - level == pytest.approx((0.02 / 0.17) ** 2 / 4, rel=0.1)


def test_a_scooped_neckline_is_still_a_neckline() -> None:
    body = cylinder_body()
    yoke = tube(body, radius=0.23, start=(0, 1.2, 0), end=(0, 1.42, 0))
    assert {b.name for b in measure(yoke).borders} == {"neckline_girth", "hem_girth"}
