"""The body with what is worn on it."""

from __future__ import annotations

import numpy as np

from fitting.drape.envelope import dressed
from fitting.drape.quality import distances

from .shapes import ball


def test_a_dressed_sphere_holds_what_is_worn_on_it_and_is_bare_elsewhere() -> None:
    bare = ball(0.2)
    points = bare.vertices
    above = points[:, 1] > 0.1
    cloth = points[above] * 1.1  # 2 cm off the skin
    thick = dressed(bare, [cloth], "cpu")
    assert distances(cloth, thick).max() < 0.0
    low = thick.vertices[:, 1] < -0.05
    assert np.allclose(np.linalg.norm(thick.vertices[low], axis=1), 0.2, atol=1e-4)
