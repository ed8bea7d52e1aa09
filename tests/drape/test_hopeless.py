"""A drape that goes nowhere ends early, and its report says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitting.cloth import sew
from fitting.drape import DrapeSettings, drape
from fitting.drape.clock import Clock
from fitting.drape.hopeless import too_small, unsettled
from fitting.drape.quality import panel_stretch
from fitting.drape.scene import scene_for
from fitting.drape.solver import StepState

from .conftest import Dressed


def test_panels_laid_out_through_each_other_are_not_sewn(dressed: Dressed) -> None:
    cloth = sew(dressed.pattern, dressed.body, edge_m=0.06, levels=1)
    scattered = np.random.default_rng(3).uniform(-0.3, 0.3, cloth.start.shape)
    middle = cloth.start.mean(axis=0)
    steps: list[str] = []
    report = drape(
        replace(cloth, start=middle + scattered), dressed.body, dressed.fabric, device="cpu",
        progress=lambda what, _: steps.append(what),
    ).report  # fmt: skip
    assert report.stop_reason == "tangled"
    assert len(steps) < 10
    assert np.isfinite(report.force_residual)


def test_cloth_stuck_in_the_body_or_torn_about_is_given_up(dressed: Dressed) -> None:
    scene = scene_for(dressed.body, dressed.fabric, DrapeSettings(), Clock(60.0), "cpu")
    quiet, torn = StepState(0.04, 0.001, 0.01, 10), StepState(3000.0, 0.1, 0.3, 150)
    worn = dressed.drape.positions
    assert unsettled(dressed.cloth, worn, quiet, scene) is None
    assert unsettled(dressed.cloth, worn, torn, scene) == "diverged"
    assert unsettled(dressed.cloth, worn - [0.0, 0.0, 0.06], quiet, scene) == "in_body"


def test_a_panel_far_too_small_for_its_wearer_is_named(dressed: Dressed) -> None:
    cloth, worn = dressed.cloth, dressed.drape.positions
    assert dressed.drape.report.too_small == ""
    assert too_small(cloth, worn, dressed.fabric) == ""
    panel = cloth.pattern.panels[0].name
    tight = replace(cloth, uv=np.where(cloth.panel[:, None] == 0, cloth.uv / [1.6, 1.0], cloth.uv))
    found = too_small(tight, worn, dressed.fabric)
    assert found.startswith(f"{panel} has to stretch by ")
    assert "cotton_jersey is worn stretched by up to 40%" in found
    assert abs(float(found.split("%")[0].rsplit(" ", 1)[1]) - 60.0) < 5.0


def test_the_stretch_of_a_panel_is_that_of_its_yarns(dressed: Dressed) -> None:
    flat = replace(dressed.cloth, node=np.arange(len(dressed.cloth.uv)))
    places = np.column_stack([1.2 * flat.uv[:, 0], flat.uv[:, 1], np.zeros(len(flat.uv))])
    assert np.allclose(panel_stretch(flat, places), [1.2, 1.0])
