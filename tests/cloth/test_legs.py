"""Where trousers start."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.body import fit_body, infer
from fitting.cloth import sew
from fitting.pattern import draft, size
from fitting.records import Measurement


@pytest.mark.parametrize(("height", "weight"), [(1.72, 50.5), (1.64, 102.0)])
def test_the_hem_of_trousers_starts_above_heel_and_toes_unstretched(height, weight):
    told = {"height": Measurement(height, 0.005, "stated")}
    person = infer(told, sex="female", weight_kg=Measurement(weight, 0.5, "stated"))
    cloth = sew(draft("trousers", person), fit_body(person), edge_m=0.02, levels=1)
    names = [p.name for p in cloth.pattern.panels]
    for side in ("L", "R"):
        legs = np.isin(cloth.panel, [names.index(f"front.{side}"), names.index(f"back.{side}")])
        faces = cloth.faces[legs[cloth.faces[:, 0]]]
        ends = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
        ends = ends[(cloth.uv[ends, 1] < cloth.uv[legs, 1].min() + 0.01).all(axis=1)]
        now, flat = (
            np.linalg.norm(at[ends[:, 0]] - at[ends[:, 1]], axis=1).sum()
            for at in (cloth.start, cloth.uv)
        )
        assert now < 1.02 * flat


def test_both_sides_of_a_leg_seam_start_beside_one_another_where_the_hem_is_at_a_station():
    """A size too small: drawn up to the ankle, its hem lies at a station of the leg's rings."""
    small, own = (
        infer(
            {"height": Measurement(1.66, 0.005, "stated"), **size(f"uk-women:{label}").stated},
            sex="female",
        )
        for label in ("10", "12")
    )
    cloth = sew(draft("leggings", small), fit_body(own), edge_m=0.032, levels=1)
    low = cloth.seam_pairs[(cloth.start[cloth.seam_pairs, 1] < 0.3).all(axis=1)]
    gap = np.linalg.norm(np.diff(cloth.start[low], axis=1)[:, 0], axis=1)
    assert len(gap)
    assert gap.max() < 0.02
