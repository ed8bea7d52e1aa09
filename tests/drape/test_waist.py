"""Waistbands stay where they are drafted to be worn."""

from __future__ import annotations

import numpy as np

from fitting.cloth import sew
from fitting.drape.chain import sew_together
from fitting.drape.clock import Clock
from fitting.drape.scene import scene_for
from fitting.drape.settings import DrapeSettings
from fitting.drape.waist import drafted_waistband, waistband
from fitting.fabrics import fabric
from fitting.pattern import draft

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


def test_what_hangs_from_the_shoulders_has_no_waistband(dressed: Dressed) -> None:
    assert len(drafted_waistband(dressed.cloth, dressed.body)[0]) == 0
    assert len(waistband(dressed.cloth, dressed.body, dressed.drape.positions)[0]) == 0
