"""A tube of cloth on a cylinder of body: ease, strain, pressure and gap are known exactly."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fitting.assess import assess, maps, measure
from fitting.assess.girths import girths, stretch_along, stretch_around
from fitting.assess.levels import figure
from fitting.assess.strain import strain

from . import cylinders
from .cylinders import ARM, LEG, TORSO, TURN, cylinder_body, jersey, tube


def row(report, level, side=""):
    return next(r for r in report.girths if r.level == level and r.side == side)


@pytest.mark.parametrize("ease", [0.0, 0.03, 0.126, 0.4])
def test_the_ease_of_a_tube_on_a_cylinder_is_exact_to_a_millimetre(ease: float) -> None:
    worn = TORSO + ease / TURN + 0.0002
    report = assess(tube(cylinder_body(), radius=worn))
    for level in ("bust_girth", "waist_girth", "hip_girth", "hem_girth"):
        found = row(report, level)
        assert found.ease == pytest.approx(TURN * (worn - TORSO), abs=1e-3)
        assert found.ease == pytest.approx(TURN * (worn - TORSO), abs=1e-3)


def test_limbs_are_measured_square_to_the_bone_and_on_both_sides() -> None:
    body = cylinder_body()
    for side, sign in (("L", 1), ("R", -1)):
        sleeve = tube(body, radius=0.06, start=(sign * 0.60, 1.02, 0), end=(sign * 0.25, 1.37, 0))
        leg = tube(body, radius=0.1, start=(sign * 0.09, 0.10, 0), end=(sign * 0.09, 0.79, 0))
        for level in ("upper_arm_girth", "elbow_girth"):
            assert row(assess(sleeve), level, side).ease == pytest.approx(
                TURN * (0.06 - ARM), abs=1e-3
            )
        for level in ("thigh_girth", "knee_girth", "calf_girth"):
            assert row(assess(leg), level, side).ease == pytest.approx(TURN * (0.1 - LEG), abs=1e-3)


def test_levels_that_the_garment_does_not_cover_are_left_out() -> None:
    crop = assess(tube(cylinder_body(), radius=0.16, start=(0, 1.15, 0)))
    assert {r.level for r in crop.girths} == {"bust_girth", "hem_girth", "top_girth"}


def test_a_skirt_around_both_legs_has_no_thigh_girth() -> None:
    skirt = assess(tube(cylinder_body(), radius=0.25, start=(0, 0.3, 0), end=(0, 1.1, 0)))
    assert {r.level for r in skirt.girths} == {"waist_girth", "hip_girth", "hem_girth", "top_girth"}


@pytest.mark.parametrize("stretch", [0.01, 0.10, 0.30])
def test_strain_around_a_tube_is_exact_to_one_per_cent(stretch: float) -> None:
    worn = TORSO + 0.0005
    report = assess(tube(cylinder_body(), radius=worn, flat=TURN * worn / (1 + stretch)))
    # The cloth is a polygon of 15 mm; its sides are shorter than the arc by 0.04 %.
    polygon = 0.0005
    assert report.strain_weft_p95 == pytest.approx(stretch, rel=0.01, abs=polygon)
    assert report.strain_max == pytest.approx(stretch, rel=0.01, abs=polygon)
    assert report.strain_warp_p95 == pytest.approx(0, abs=1e-9)
    assert row(report, "waist_girth").stretch == pytest.approx(stretch, rel=0.01, abs=polygon)


def test_a_neckline_is_stretched_as_far_as_it_is_all_the_way_round() -> None:
    drape = tube(cylinder_body(), radius=TORSO + 0.0005, flat=TURN * TORSO / 1.1)
    who, of = figure(drape.body), strain(drape)
    waist = next(m for m in girths(drape, who, of, ()) if m.level.name == "waist_girth")
    flat = np.linalg.norm(waist.line[:, 1] - waist.line[:, 0], axis=1)[:, None] / 1.1 * [1, 0]
    around = partial(stretch_around, drape, line=waist.line, flat=flat, triangles=waist.triangles)
    assert around(of) == pytest.approx(0.1, rel=0.05)
    # Hung on its left half, it is slack on the right.
    right = drape.positions[drape.cloth.node_faces].mean(1)[:, 0] < 0
    hung = replace(of, weft=np.where(right, 0.0, of.weft))
    assert around(hung) < 0.005
    along = stretch_along(drape, hung, waist.line, flat, waist.triangles)
    assert along == pytest.approx(0.05, rel=0.1)


def test_strain_along_a_tube_is_told_apart_from_strain_around_it() -> None:
    drape = tube(cylinder_body(), radius=0.17, flat_length=0.5 / 1.05)
    report = assess(drape)
    assert report.strain_warp_p95 == pytest.approx(0.05, rel=0.01)
    assert report.strain_weft_p95 == pytest.approx(0, abs=1e-9)


def test_a_garment_without_strain_reports_none() -> None:
    drape = tube(cylinder_body(), radius=0.16, flat=2 * 34 * 2 * 0.16 * np.sin(np.pi / 68))
    # The flat panels are as wide as the polygon that is worn, so that nothing is strained.
    report = assess(drape)
    assert report.strain_max == pytest.approx(0, abs=1e-9)
    assert report.strain_weft_p95 == pytest.approx(0, abs=1e-9)
    assert report.strain_warp_p95 == pytest.approx(0, abs=1e-9)
    assert max(p.largest_p95 for p in report.panels) == pytest.approx(0, abs=1e-9)
    assert max(abs(maps(measure(drape))["strain"])) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("edge", [0.012, 0.02])
@pytest.mark.parametrize("stretch", [0.05, 0.2])
def test_pressure_is_tension_over_radius(stretch: float, edge: float) -> None:
    cloth = jersey()
    worn = TORSO + 0.001
    drape = tube(
        cylinder_body(), radius=worn, flat=TURN * worn / (1 + stretch), edge=edge, fabric=cloth
    )
    report = assess(drape)
    exact = cloth.weft * stretch / worn
    assert report.pressure is not None
    assert report.pressure.mean == pytest.approx(exact, rel=0.05)
    assert report.pressure.p95 == pytest.approx(exact, rel=0.05)
    assert report.pressure.contact_mean == pytest.approx(exact, rel=0.05)
    assert report.pressure.touching == pytest.approx(1)
    assert report.pressure.zone == "torso"
    waist = next(z for z in report.zones if z.zone == "waist")
    assert waist.pressure == pytest.approx(exact, rel=0.05)


def test_cloth_that_hangs_free_presses_on_nothing() -> None:
    free = tube(cylinder_body(), radius=0.18)
    assert assess(free).pressure is None
    assert maps(measure(free))["pressure"].max() == 0


def test_the_gap_is_the_difference_of_the_radii() -> None:
    report = assess(tube(cylinder_body(), radius=TORSO + 0.02, start=(0, 0.9, 0)))
    assert report.gap is not None
    for gap in (report.gap.mean, report.gap.median, report.gap.p95, report.gap.least):
        assert gap == pytest.approx(0.02, abs=2e-4)


def test_cloth_inside_the_body_has_a_negative_gap() -> None:
    report = assess(tube(cylinder_body(), radius=TORSO - 0.005, start=(0, 0.9, 0)))
    assert report.gap is not None
    assert report.gap.mean == pytest.approx(-0.005, abs=2e-4)


def test_every_panel_is_named_with_the_share_of_it_that_is_past_the_limit() -> None:
    worn = TORSO + 0.001
    tight = assess(tube(cylinder_body(), radius=worn, flat=TURN * worn / 1.45))
    assert [p.panel for p in tight.panels] == ["front", "back"]
    assert [p.over_limit for p in tight.panels] == [1.0, 1.0]
    near = assess(tube(cylinder_body(), radius=worn, flat=TURN * worn / 1.35))
    assert [p.over_limit for p in near.panels] == [0.0, 0.0]


def test_maps_have_one_value_a_vertex_and_agree_across_seams() -> None:
    drape = tube(cylinder_body(), radius=0.151, flat=0.9)
    found = maps(measure(drape))
    first, second = drape.cloth.seam_pairs.T
    for values in found.values():
        assert values.shape == (len(drape.cloth.uv),)
        assert np.array_equal(values[first], values[second])


def test_the_body_of_cylinders_is_what_the_tests_say() -> None:
    assert cylinders.cylinder_body().vertices[:, 1].max() == pytest.approx(cylinders.STATURE)
