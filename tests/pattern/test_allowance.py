"""From the sewn line to the cut line, and what is drawn on a piece."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import Polygon

from fitting.pattern import draft, garments
from fitting.pattern.allowance import cut_outline, doubled, fabric_area, mirrored_in
from fitting.pattern.outline import arc, line, panel
from fitting.records import EdgeRef, Measurements, Panel, Pattern, Seam


def polygon(corners: list[tuple[float, float]], widths: list[float], names: str = "") -> Panel:
    """A panel of straight edges with their allowances."""
    titles = names.split() or [f"e{i}" for i in range(len(corners))]
    ring = zip(corners, corners[1:] + corners[:1], titles, widths, strict=True)
    return panel("piece", [line(a, b, n, w) for a, b, n, w in ring])


def area(points: np.ndarray) -> float:
    return float(Polygon(points).area)


def test_a_square_with_a_centimetre_all_round_grows_by_two() -> None:
    square = polygon([(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1)], [0.01] * 4)
    assert area(cut_outline(square)) == pytest.approx(0.12**2, rel=1e-6)


def test_each_edge_has_its_own_allowance() -> None:
    square = polygon([(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1)], [0.02, 0.01, 0.0, 0.005])
    x, y = cut_outline(square).T
    assert (x.min(), x.max()) == pytest.approx((-0.005, 0.11), abs=1e-6)
    assert (y.min(), y.max()) == pytest.approx((-0.02, 0.10), abs=1e-6)


def test_an_inner_corner_is_cut_parallel_to_both_edges() -> None:
    corner = [(0, 0), (0.2, 0), (0.2, 0.1), (0.1, 0.1), (0.1, 0.2), (0, 0.2)]
    outline = cut_outline(polygon(corner, [0.01] * 6))
    # The L of 0.22 by 0.22 less the square of 0.1 by 0.1 in its corner.
    assert area(outline) == pytest.approx(0.22**2 - 0.1**2, rel=1e-6)


def test_a_sharp_tip_is_butted() -> None:
    needle = polygon([(0, 0), (0.3, 0.0), (0.3, 0.03)], [0.01] * 3)
    x = cut_outline(needle)[:, 0]
    mitre = 0.01 / math.sin(math.atan2(0.03, 0.3) / 2)
    assert mitre > 0.15
    assert x.min() == pytest.approx(-0.025, abs=2e-3)


def test_beside_a_hem_the_piece_is_mirrored_in_its_fold() -> None:
    # A leg that narrows downwards: turned up, its hem must be as wide as the leg above it.
    leg = polygon(
        [(0.05, 0), (0.15, 0), (0.2, 0.3), (0.0, 0.3)],
        [0.03, 0.01, 0.01, 0.01],
        "hem out top in",
    )
    outline = cut_outline(leg)
    low = outline[np.isclose(outline[:, 1], -0.03, atol=1e-6)][:, 0]
    lean = 0.05 / 0.3
    side = 0.01 * math.hypot(1, lean)
    assert low.min() == pytest.approx(0.05 - 0.03 * lean - side, abs=2e-4)
    assert low.max() == pytest.approx(0.15 + 0.03 * lean + side, abs=2e-4)


def test_the_cloth_inside_a_dart_is_not_cut_away_and_gets_a_roof() -> None:
    corners = [(0, 0), (0.2, 0), (0.2, 0.2), (0.11, 0.2), (0.1, 0.1), (0.09, 0.2), (0, 0.2)]
    piece = polygon(corners, [0.0] * 7)
    pattern = Pattern(
        "skirt", (piece,), (Seam(EdgeRef("piece", 3), EdgeRef("piece", 4), kind="dart"),)
    )
    assert area(cut_outline(piece)) == pytest.approx(0.04 - 0.001, rel=1e-6)
    whole = cut_outline(piece, pattern)
    assert area(whole) > 0.04
    half = math.atan2(0.01, 0.1)
    peak = 0.1 + math.hypot(0.01, 0.1) / math.cos(half) * 1.0
    corner = math.pi / 2 - half
    reach = math.hypot(0.01, 0.1) * math.sin(corner + 2 * half) / math.sin(corner + 3 * half)
    assert 0.2 < whole[:, 1].max() <= max(peak, 0.1 + reach) + 1e-3


def test_a_circle_is_offset_to_a_circle() -> None:
    r = 0.1
    ring = [
        arc((r, 0), (-r, 0), r, "upper", left=True),
        arc((-r, 0), (r, 0), r, "lower", left=True),
    ]
    outline = cut_outline(panel("disc", ring))
    assert np.hypot(*outline.T) == pytest.approx(r + 0.01, abs=5e-5)


def test_a_clockwise_panel_is_offset_outwards_too() -> None:
    square = polygon([(0, 0), (0, 0.1), (0.1, 0.1), (0.1, 0)], [0.01] * 4)
    assert area(cut_outline(square)) == pytest.approx(0.12**2, rel=1e-6)


def test_a_piece_on_the_fold_opens_out_to_twice_its_size() -> None:
    square = polygon([(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1)], [0.01, 0.01, 0.0, 0.01])
    ring = cut_outline(square)
    whole = doubled(ring, np.array([0.1, 0.1]), np.array([0.0, 0.1]))
    assert area(whole) == pytest.approx(2 * area(ring), rel=1e-6)
    assert whole[:, 1].max() == pytest.approx(0.21, abs=1e-6)


def test_mirroring_twice_gives_the_points_back() -> None:
    points = np.array([[0.1, 0.3], [0.2, -0.1]])
    a, b = np.array([0.0, 0.1]), np.array([0.3, 0.2])
    assert mirrored_in(mirrored_in(points, a, b), a, b) == pytest.approx(points)


@pytest.mark.parametrize("name", sorted(garments()))
def test_the_cut_line_holds_the_sewn_line_and_stays_near_it(name: str, woman: Measurements) -> None:
    pattern = draft(name, woman)
    for piece in pattern.panels:
        sewn = Polygon(
            np.vstack(
                [piece.edge_points(i, np.linspace(0, 1, 25))[:-1] for i in range(len(piece.edges))]
            )
        )
        cut = Polygon(cut_outline(piece, pattern))
        assert cut.is_valid
        assert cut.buffer(3e-4).contains(sewn)
        widest = max(e.allowance for e in piece.edges)
        assert sewn.buffer(2.6 * widest + 0.05).contains(cut)


def test_fabric_grows_with_the_allowances(woman: Measurements) -> None:
    tee = draft("tee", woman)
    bare = replace(
        tee,
        panels=tuple(
            replace(p, edges=tuple(replace(e, allowance=0.0) for e in p.edges)) for p in tee.panels
        ),
    )
    assert 0.6 < fabric_area(bare) < fabric_area(tee) < 1.6
