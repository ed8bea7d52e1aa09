"""The body with what is worn on it."""

from __future__ import annotations

import numpy as np

from fitting.drape.envelope import dressed, pressed, standing_out
from fitting.drape.quality import distances

from .shapes import ball


def test_a_dressed_sphere_holds_what_is_worn_on_it_and_is_bare_elsewhere() -> None:
    bare = ball(0.2)
    upper = bare.faces[(bare.vertices[:, 1] > 0.1)[bare.faces].all(axis=1)]
    used, faces = np.unique(upper, return_inverse=True)
    cloth = bare.vertices[used] * 1.1  # 2 cm off the skin
    thick = dressed(bare, [(cloth, faces.reshape(-1, 3))], "cpu")
    depth = distances(cloth[cloth[:, 1] > 0.15], thick)  # its border is soft
    assert depth.max() < 0.0
    assert depth.min() > -0.004
    low = thick.vertices[:, 1] < -0.05
    assert np.allclose(np.linalg.norm(thick.vertices[low], axis=1), 0.2, atol=1e-4)


def test_folds_are_pressed_to_the_mean_of_their_heights() -> None:
    bare = ball(0.2)
    ripple = np.where(np.arange(len(bare.vertices)) % 2 == 0, 1.02, 1.06)  # 4 and 12 mm off
    cloth = bare.vertices * ripple[:, None]
    thin = pressed(bare, [cloth], "cpu")
    height = np.linalg.norm(thin.vertices, axis=1) - 0.2
    assert 0.006 < height.mean() < 0.012  # 8 mm, and 2 mm for the cloth within
    out, away = standing_out(cloth, thin, 0.005)
    assert set(np.flatnonzero(ripple > 1.04)) <= set(out.tolist())
    assert np.linalg.norm(away, axis=1).max() <= 0.005 + 1e-9
    assert ((away * cloth[out]).sum(axis=1) < 0.0).all()  # towards the middle
