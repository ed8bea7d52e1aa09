"""Knots that cannot be pulled out are ironed flat."""

from __future__ import annotations

import numpy as np

from fitting.drape.ironing import iron
from fitting.drape.quality import crossings

from . import shapes


def knotted():
    """A level sheet whose middle was pushed in on itself, and where it began [m]."""
    points, faces = shapes.sheet(0.2, 0.2, 0.02)
    flat = shapes.level(points, 0.0)
    away = flat - flat.mean(axis=0)
    near = np.hypot(away[:, 0], away[:, 2]) < 0.045
    crushed = flat.copy()
    crushed[near, 0] -= 2.3 * away[near, 0]  # turned inside out
    crushed[near, 1] += 0.3 * away[near, 2]
    return shapes.cloth(points, faces, crushed), near


def test_a_knot_is_ironed_until_nothing_crosses_and_cloth_further_off_stays() -> None:
    solver, near = knotted()
    before = solver.positions
    assert len(crossings(before, solver.faces)[0]) > 4
    assert iron(solver)
    assert len(crossings(solver.positions, solver.faces)[0]) == 0
    far = np.linalg.norm(before - before[near].mean(axis=0), axis=1) > 0.13
    assert far.any()
    assert (solver.positions[far] == before[far]).all()


def test_cloth_that_crosses_itself_nowhere_is_not_ironed() -> None:
    points, faces = shapes.sheet(0.1, 0.1, 0.02)
    solver = shapes.cloth(points, faces, shapes.level(points, 0.0))
    before = solver.positions
    assert not iron(solver)
    assert (solver.positions == before).all()
