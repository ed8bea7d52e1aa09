"""Garments over one another."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.cloth import sew
from fitting.drape import drape_layers
from fitting.errors import BadOption
from fitting.fabrics import fabric
from fitting.pattern import draft

from .conftest import Dressed


def test_a_tee_hangs_over_a_skirt_and_nothing_crosses(dressed: Dressed) -> None:
    wool = fabric("wool_suiting")
    person = dressed.body.measurements
    assert person is not None
    skirt = sew(draft("a_line_skirt", person, fabric=wool), dressed.body, edge_m=0.018)
    seen: list[float] = []
    over, under = drape_layers(
        [dressed.cloth, skirt][::-1], dressed.body, [wool, dressed.fabric], device="cpu",
        progress=lambda _, share: seen.append(share),
    )[::-1]  # fmt: skip
    for one in (over, under):
        assert one.report.stop_reason == "at_rest"
        assert one.report.self_intersections == 0
        assert one.report.layer_intersections == 0
        assert one.report.penetration_max_mm <= 1.0
    assert seen == sorted(seen)
    # In the band that both cover, the tee is the farther from the middle of the body.
    low, high = over.positions[:, 1].min() + 0.02, under.positions[:, 1].max() - 0.02
    assert high > low
    out, within = (
        np.hypot(p[:, 0], p[:, 2])[(p[:, 1] > low) & (p[:, 1] < high)].mean()
        for p in (over.positions, under.positions)
    )
    assert out > within


def test_each_garment_needs_its_fabric(dressed: Dressed) -> None:
    with pytest.raises(BadOption, match="each garment needs one"):
        drape_layers([dressed.cloth], dressed.body, [dressed.fabric] * 2, device="cpu")
    with pytest.raises(BadOption, match="no garments"):
        drape_layers([], dressed.body, [], device="cpu")
