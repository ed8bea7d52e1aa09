"""Finer triangles tell the same of a garment."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.assess import assess
from fitting.assess.strain import strain
from fitting.cloth import sew
from fitting.drape import drape
from fitting.records import Drape

from .conftest import Dressed


def _girths(made: Drape) -> dict[str, float]:
    return {f"{row.level}{row.side}": row.garment for row in assess(made).girths}


def _mean_strain(made: Drape) -> float:
    """Mean tensile strain of the yarns, by area."""
    of = strain(made)
    tensile = 0.5 * (np.maximum(of.weft, 0.0) + np.maximum(of.warp, 0.0))
    return float((tensile * of.area).sum() / of.area.sum())


def test_refining_from_12_to_8_mm_changes_girths_and_mean_strain_by_less_than_3_percent(
    dressed: Dressed,
) -> None:
    """From 24 by way of 12 to 6 mm: benchmarks/cloth.py --case refine."""
    coarse, fine = (
        drape(
            sew(dressed.pattern, dressed.body, edge_m=edge), dressed.body, dressed.fabric,
            device="cpu",
        )
        for edge in (0.012, 0.008)
    )  # fmt: skip
    before, after = _girths(coarse), _girths(fine)
    assert {"bust_girth", "waist_girth", "hip_girth", "hem_girth"} <= before.keys()
    assert before.keys() == after.keys()
    for name, girth in before.items():
        assert after[name] == pytest.approx(girth, rel=0.03), name
    assert _mean_strain(fine) == pytest.approx(_mean_strain(coarse), rel=0.03)
