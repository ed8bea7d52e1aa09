"""The drape test of textile laboratories, on fabrics of the library."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting.drape.cusick import SAMPLE, SUPPORT, CusickTest, bending_length, cusick, sample
from fitting.fabrics import fabric

FIVE = ("cotton_jersey", "wool_suiting", "polyester_satin", "poplin", "twill")

# Drape coefficients of cotton plain weaves, of cotton and cotton-polyester twills and of satins:
# Analysis of a fabric drape profile, Vlákna a textil (Fibres and Textiles) 1/2018.
PUBLISHED = {
    "poplin": (0.4806, 0.7187),
    "twill": (0.5807, 0.8515),
    "polyester_satin": (0.43, 0.697),
}


@pytest.fixture(scope="module")
def hung() -> dict[str, CusickTest]:
    return {name: cusick(fabric(name), edge_m=0.0075) for name in FIVE}


def test_five_fabrics_drape_in_the_order_of_rigidity_over_weight(
    hung: dict[str, CusickTest],
) -> None:
    lengths = [bending_length(fabric(name)) for name in FIVE]
    assert lengths == sorted(lengths)
    drapes = [hung[name].coefficient for name in FIVE]
    assert np.diff(drapes).min() > 0.04
    assert all(hung[name].at_rest for name in FIVE)
    assert all(4 <= hung[name].folds <= 12 for name in FIVE)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_drape_coefficient_is_within_the_published_range(
    hung: dict[str, CusickTest], name: str
) -> None:
    least, most = PUBLISHED[name]
    assert least < hung[name].coefficient < most


def test_a_board_throws_its_whole_shadow() -> None:
    board = replace(fabric("poplin"), bend_warp=0.01, bend_weft=0.01)
    assert cusick(board, edge_m=0.01).coefficient == pytest.approx(1.0, abs=0.01)


def test_the_sample_is_a_disc_with_a_ring_on_the_edge_of_its_support() -> None:
    points, faces = sample(0.006)
    corners = points[faces]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = 0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    assert area.min() > 0.0
    assert area.sum() == pytest.approx(np.pi * SAMPLE**2, rel=0.001)
    radius = np.hypot(*points.T)
    assert (np.abs(radius - SUPPORT) < 1e-9).sum() > 80
    assert not ((radius > SUPPORT + 1e-6) & (radius < SUPPORT + 0.003)).any()
