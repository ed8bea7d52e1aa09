"""Cloth settles until it rests; what is left in the body is pushed out."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.drape import DrapeSettings, settle
from fitting.drape.clock import Clock
from fitting.drape.settings import Phase, StepSettings
from fitting.drape.solver import ClothSolver, StepState
from fitting.records import FloatArray

from . import shapes

ASIDE = np.array([0.01, 0.0, 0.0])


def pushed(
    monkeypatch: pytest.MonkeyPatch, depths: list[float], crossed: list[int]
) -> tuple[FloatArray, FloatArray]:
    """Positions before and after `push_out`, of which each round moves the cloth by ASIDE.

    Args:
        monkeypatch: Undone by pytest.
        depths: How deep the cloth is found before each round [m].
        crossed: How often it is found to cross itself then.
    """
    points, faces = shapes.sheet(0.1, 0.1, 0.05)
    solver = shapes.cloth(points, faces, shapes.level(points), collider=shapes.ball(0.2))
    deep, found = iter(depths), iter(crossed)
    places = settle.Places(np.zeros(1, np.int32), np.full((1, 3), 1 / 3))
    state = StepState(0.04, 0.001, 0.01, 10)
    monkeypatch.setattr(settle, "deep_places", lambda *_: (places, next(deep)))
    monkeypatch.setattr(settle, "crossings", lambda *_, **__: (np.zeros((next(found), 2)), None))

    def moved(solver: ClothSolver, *_: object) -> tuple[StepState, str]:
        solver.move_to(solver.positions + ASIDE)
        return state, "at_rest"

    monkeypatch.setattr(settle, "settle", moved)
    before = solver.positions
    phase = Phase(10, StepSettings(), 0.05)
    settle.push_out(solver, phase, DrapeSettings(), Clock(60.0), 0.05, state, "at_rest")
    return before, solver.positions


def test_cloth_that_was_pushed_through_itself_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = pushed(monkeypatch, [3.0e-3, 0.5e-3, 0.2e-3, 0.1e-3, 0.1e-3], [0, 2, 1, 1, 1])
    assert np.allclose(after, before)


def test_cloth_that_goes_from_side_to_side_of_a_crease_ends_where_it_was_least_deep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = pushed(monkeypatch, [1.2e-3, 0.5e-3, 1.3e-3, 0.6e-3, 1.1e-3], [0] * 5)
    assert np.allclose(after - before, ASIDE)


def test_cloth_that_still_moves_settles_on_braked(monkeypatch: pytest.MonkeyPatch) -> None:
    points, faces = shapes.sheet(0.1, 0.1, 0.05)
    solver = shapes.cloth(points, faces, shapes.level(points))
    tried: list[float] = []

    def moving(_: ClothSolver, phases: tuple[Phase, ...], *__: object) -> tuple[StepState, str]:
        tried.append(phases[-1].step.damping)
        return StepState(0.3, 0.002, 0.1, 10), "time_limit"

    monkeypatch.setattr(settle, "settle", moving)
    settings = DrapeSettings()
    phases = (Phase(10, StepSettings(), settings.rest_residual),)
    settle.settle_clear(solver, phases, settings, Clock(60.0), 0.05, (0.0, 1.0))
    assert len(tried) == settings.clearing_rounds
    assert tried[0] == 1.0 < tried[1] == tried[2]


def test_cloth_is_at_rest_in_balance_or_where_nothing_moves() -> None:
    settings = DrapeSettings()
    assert settings.at_rest(StepState(0.04, 0.002, 0.02, 10), 0.05)
    assert not settings.at_rest(StepState(0.06, 0.002, 0.02, 10), 0.05)
    assert settings.at_rest(StepState(0.2, 1e-5, 3e-4, 10), 0.05)
