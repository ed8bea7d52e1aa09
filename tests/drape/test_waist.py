"""Waistbands stay where they are drafted to be worn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitting.cloth import sew
from fitting.drape.chain import sew_together
from fitting.drape.clock import Clock
from fitting.drape.scene import scene_for
from fitting.drape.settings import DrapeSettings, StepSettings
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.waist import drafted_waistband, may_rise, slid_off, waistband
from fitting.fabrics import fabric
from fitting.pattern import draft

from . import shapes
from .conftest import Dressed


def test_trousers_are_sewn_with_the_waistband_at_its_drafted_height(dressed: Dressed) -> None:
    twill = fabric("twill")
    person = dressed.body.measurements
    assert person is not None
    cloth = sew(draft("trousers", person, fabric=twill), dressed.body, edge_m=0.03, levels=1)
    band, heights = drafted_waistband(cloth, dressed.body)
    assert len(band) > 20
    scene = scene_for(dressed.body, twill, DrapeSettings(), Clock(60.0), "cpu")
    nodes, _ = sew_together(cloth, scene)
    assert abs(np.median(nodes[cloth.node[band], 1] - heights)) < 0.01


def test_trousers_that_do_not_say_where_they_are_worn_are_held_at_their_height_as_well(
    dressed: Dressed,
) -> None:
    person = dressed.body.measurements
    assert person is not None
    cloth = sew(draft("trousers", person), dressed.body, edge_m=0.03, levels=1)
    panels = tuple(
        replace(p, placement=replace(p.placement, wrap="")) for p in cloth.pattern.panels
    )
    other = replace(cloth, pattern=replace(cloth.pattern, panels=panels))
    assert len(drafted_waistband(other, dressed.body)[0]) > 20
    assert may_rise(other) < may_rise(cloth) == 1.0


def test_what_hangs_from_the_shoulders_has_no_waistband(dressed: Dressed) -> None:
    assert len(drafted_waistband(dressed.cloth, dressed.body)[0]) == 0
    assert len(waistband(dressed.cloth, dressed.body, dressed.drape.positions)[0]) == 0


def test_a_garment_slides_off_as_a_whole_and_not_where_its_hood_falls(dressed: Dressed) -> None:
    before = dressed.drape.positions
    hood = before[:, 1] > np.quantile(before[:, 1], 0.8)
    assert slid_off(before, before - [0.0, 0.15, 0.0])
    assert not slid_off(before, before - [0.0, 0.03, 0.0])
    assert not slid_off(before, before - hood[:, None] * [0.0, 0.3, 0.0])
    assert not slid_off(before, np.full_like(before, np.nan))


def test_a_band_is_kept_from_sinking_and_may_rise() -> None:
    points, faces = shapes.sheet(0.1, 0.1, 0.05)
    material = Material.uniform(
        len(faces), density=0.2, weft=800.0, warp=800.0, shear=80.0, bend_weft=1e-5, bend_warp=1e-5
    )
    moved = []
    for height in (0.05, -0.05):
        solver = ClothSolver(
            faces, points[faces], material, shapes.level(points),
            held=np.arange(len(points), dtype=np.int32), heights=np.full(len(points), height),
            above=0.05,
        )  # fmt: skip
        solver.step(StepSettings(gravity=0.0, max_move=0.1, time_step=1e-3))
        moved.append(solver.positions[:, 1].mean())
    assert moved[0] > 0.002
    assert -0.2 * moved[0] < moved[1] < 0.0
