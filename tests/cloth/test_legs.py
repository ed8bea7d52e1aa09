"""Where trousers start."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.body import fit_body, infer
from fitting.cloth import sew
from fitting.pattern import draft
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
