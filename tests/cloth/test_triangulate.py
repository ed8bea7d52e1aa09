"""Triangles inside one outline."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from fitting.cloth.outline import signed_area
from fitting.cloth.triangulate import triangulate
from fitting.cloth.weld import edges
from fitting.errors import BadPattern

from .shapes import area


def sampled(corners, h):
    """A polygon with its sides cut to about h."""
    corners = np.array(corners, float)
    rows = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        n = max(1, round(np.hypot(*(b - a)) / h))
        rows.append(a + (np.arange(n) / n)[:, None] * (b - a))
    return np.vstack(rows)


def check(outline, h):
    """Everything that must hold for any simple outline; returns points and triangles."""
    points, triangles = triangulate(outline, h)
    b = len(outline)
    np.testing.assert_array_equal(points[:b], outline)
    assert len(triangles) == 2 * len(points) - b - 2
    assert area(points, triangles).min() > 0
    assert area(points, triangles).sum() == pytest.approx(abs(signed_area(outline)), rel=1e-9)
    ends, count = edges(triangles)
    border = {tuple(e) for e in ends[count == 1].tolist()}
    assert border == {tuple(sorted((i, (i + 1) % b))) for i in range(b)}
    return points, triangles


def angles(points, triangles):
    """Angles of triangles in degrees."""
    out = []
    for k in range(3):
        a = points[triangles[:, (k + 1) % 3]] - points[triangles[:, k]]
        b = points[triangles[:, (k + 2) % 3]] - points[triangles[:, k]]
        out.append(np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1)))
    return np.degrees(np.array(out))


def test_rectangle_has_even_triangles():
    """A plain panel gets triangles of about the wanted edge and no small angle."""
    points, triangles = check(sampled([(0, 0), (0.5, 0), (0.5, 0.7), (0, 0.7)], 0.012), 0.012)
    ends, _ = edges(triangles)
    length = np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
    assert np.median(length) == pytest.approx(0.012, rel=0.03)
    assert length.max() < 0.018
    assert length.min() > 0.006
    assert angles(points, triangles).min() > 25


def test_clockwise_outline_keeps_its_order():
    """A clockwise outline comes back in its own order, with counter-clockwise triangles."""
    outline = sampled([(0, 0), (0, 0.2), (0.3, 0.2), (0.3, 0)], 0.012)
    assert signed_area(outline) < 0
    check(outline, 0.012)


def test_deep_concave_outline_is_not_bridged():
    """A comb's gaps stay empty: the area is the comb's own."""
    comb = [(0, 0), (0.2, 0)]
    for k in range(6, -1, -1):
        comb += [(0.02 * k + 0.06, 0.2), (0.02 * k + 0.05, 0.02)]
    check(sampled([*comb, (0, 0.02)], 0.012), 0.012)


@pytest.mark.parametrize("degrees", [5, 1, 0.1, 0.01])
def test_needle_corner(degrees):
    """A corner of any sharpness is triangulated to its tip."""
    reach = 0.3
    outline = sampled([(0, 0), (reach, 0), (reach, reach * np.tan(np.radians(degrees)))], 0.012)
    check(outline, 0.012)


@pytest.mark.parametrize("width", [1e-3, 1e-4, 8e-5, 1e-5])
def test_slit_and_tiny_edge(width):
    """A dart's slit of any width, with an edge of that width beside it, is kept as it is."""
    corners = [(0, 0), (0.1, 0), (0.1 + width / 2, 0.15), (0.1 + width, 0), (0.3, 0), (0.3, 0.2)]
    check(sampled([*corners, (0, 0.2), (0, width)], 0.012), 0.012)


def test_strip_thinner_than_the_edge_length():
    """A tape of 2 mm at 12 mm edges has no inner points and is still whole."""
    outline = sampled([(0, 0), (0.4, 0), (0.4, 0.002), (0, 0.002)], 0.012)
    points, _ = check(outline, 0.012)
    assert len(points) == len(outline)


def test_mirrored_outline_gets_mirrored_points():
    """A panel and its mirror image are cut alike."""
    outline = sampled([(0, 0), (0.3, 0.02), (0.24, 0.3), (0.05, 0.25)], 0.012)
    points, _ = triangulate(outline, 0.012)
    mirrored, _ = triangulate(outline * [-1, 1], 0.012)
    distance, _ = cKDTree(points).query(mirrored * [-1, 1])
    assert len(points) == len(mirrored)
    assert distance.max() < 1e-9


def test_crossing_outline_is_refused():
    """A figure of eight cannot be cut."""
    with pytest.raises(BadPattern, match="crosses or touches"):
        triangulate(sampled([(0, 0), (0.2, 0.2), (0.2, 0), (0, 0.2)], 0.03)[::-1], 0.03)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.03, 0.3), min_size=3, max_size=24),
    st.sampled_from([0.006, 0.012, 0.04]),
)
def test_any_star_shaped_outline(radii, h):
    """Random spiky outlines are filled whole."""
    angle = np.arange(len(radii)) * 2 * np.pi / len(radii)
    star = np.array(radii)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    check(sampled(star, h), h)
