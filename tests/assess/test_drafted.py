"""The cloth that belongs to a level, wherever the garment hangs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting.assess import assess
from fitting.records import Drape, GirthFit, Placement

from .cylinders import HIP, TORSO, TURN, WAIST, cylinder_body, tube

# A skirt of 1.0 m at the waist that grows by a third of its length, drafted for the same heights.
AT_WAIST, GROWS, TALL = 1.0, 0.3, 0.4


def skirt(worn_at: float, *, wrap: str = "hips", drafted: float = WAIST) -> Drape:
    """The skirt with its waist worn at a height [m] on a cylinder."""
    low, high = (0.0, worn_at - TALL, 0.0), (0.0, worn_at, 0.0)
    made = tube(cylinder_body(), radius=0.18, flat=AT_WAIST, start=low, end=high, wrap=wrap)
    cloth = made.cloth
    middle = AT_WAIST / 4

    def flared(points: np.ndarray) -> np.ndarray:
        x, y = points[:, 0] - middle, points[:, 1] - TALL
        return np.column_stack([x * (1 - GROWS * y / AT_WAIST), y])

    place = Placement((0.0, drafted, 0.0), wrap=wrap)
    panels = tuple(
        replace(p, vertices=flared(p.vertices), placement=place) for p in cloth.pattern.panels
    )
    pattern = replace(
        cloth.pattern,
        panels=panels,
        measurements={"waist_height": drafted, "hip_height": drafted - (WAIST - HIP)},
    )
    return replace(made, cloth=replace(cloth, pattern=pattern, uv=flared(cloth.uv)))


def at(drape: Drape, level: str) -> GirthFit:
    return next(row for row in assess(drape).girths if row.level == level)


@pytest.mark.parametrize("rides", [-0.06, 0.0, 0.05])
def test_a_skirts_hip_line_stays_its_hip_line_where_it_rides_up_or_slides(rides: float) -> None:
    row = at(skirt(WAIST + rides), "hip_girth")
    assert row.rest == pytest.approx(AT_WAIST + GROWS * (WAIST - HIP), abs=0.001)
    assert row.body == pytest.approx(TURN * TORSO, abs=0.001)


def test_a_pattern_drafted_for_a_taller_body_has_its_hip_where_it_was_drafted() -> None:
    row = at(skirt(WAIST, drafted=WAIST + 0.08), "hip_girth")
    assert row.rest == pytest.approx(AT_WAIST + GROWS * (WAIST - HIP), abs=0.001)


def test_another_makers_pattern_is_measured_where_it_lies() -> None:
    row = at(skirt(WAIST + 0.05, wrap=""), "hip_girth")
    assert row.rest == pytest.approx(AT_WAIST + GROWS * (WAIST + 0.05 - HIP), abs=0.001)


def test_a_garment_that_fell_off_is_measured_where_it_lies() -> None:
    row = at(skirt(WAIST - 0.16), "hip_girth")
    assert row.rest == pytest.approx(AT_WAIST + GROWS * (WAIST - 0.16 - HIP), abs=0.001)


def test_a_high_waisted_skirt_does_not_have_to_close_at_the_bust() -> None:
    high = np.array([0.0, 0.07])
    worn = skirt(WAIST + high[1])
    pattern = worn.cloth.pattern
    panels = tuple(replace(p, vertices=p.vertices + high) for p in pattern.panels)
    cloth = replace(worn.cloth, uv=worn.cloth.uv + high, pattern=replace(pattern, panels=panels))
    assert "bust_girth" not in {row.level for row in assess(replace(worn, cloth=cloth)).girths}


def test_the_waistband_is_held_against_the_body_where_it_was_drafted() -> None:
    up, down = (at(skirt(WAIST + rides), "top_girth") for rides in (0.05, -0.05))
    assert up.ease == pytest.approx(down.ease, abs=1e-6)
