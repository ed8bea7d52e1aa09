"""Moved, turned and mirrored, a fit stays what it is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import trimesh

from fitting.assess import assess
from fitting.records import Balance, Drape, FitReport

from .cylinders import TURN, UP, cylinder_body, moved, tube


def askew(points: np.ndarray) -> np.ndarray:
    """A tube that hangs crooked, so that no two of its figures are alike by accident."""
    x, y, z = points.T
    low = 1.35 - y
    return np.column_stack([x + 0.02 * low, y + 0.03 * z + 0.05 * x * low, z + 0.04 * low])


@pytest.fixture(scope="module")
def drape() -> Drape:
    body = cylinder_body()
    drafted = {f"{level}_girth": TURN * 0.15 for level in ("bust", "waist", "hip")}
    return tube(
        body, radius=0.17, flat=1.0, warp=askew, measurements=drafted, finished={"bust_girth": 1.05}
    )


@pytest.fixture(scope="module")
def report(drape: Drape) -> FitReport:
    return assess(drape)


def figures(report: FitReport) -> dict[str, float]:
    """Every number of a report by where it stands."""
    found: dict[str, float] = {}

    def walk(name: str, value: object) -> None:
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return
        if isinstance(value, float | int):
            found[name] = float(value)
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(f"{name}.{key}", item)
        elif isinstance(value, tuple | list):
            for number, item in enumerate(value):
                walk(f"{name}.{number}", item)

    walk("", dataclasses.asdict(report))
    return found


def test_all_figures_stay_under_a_turn_about_the_vertical_and_a_walk(
    drape: Drape, report: FitReport
) -> None:
    turn = trimesh.transformations.rotation_matrix(1.1, UP)[:3, :3]
    there = figures(assess(moved(drape, turn, np.array([0.4, 0.0, -1.3]))))
    here = figures(report)
    assert there.keys() == here.keys()
    for name, value in here.items():
        assert there[name] == pytest.approx(value, rel=1e-6, abs=1e-7), name


def test_all_figures_stay_under_any_rigid_motion_with_its_own_vertical(
    drape: Drape, report: FitReport
) -> None:
    turn = trimesh.transformations.random_rotation_matrix(np.array([0.2, 0.7, 0.4]))[:3, :3]
    there = figures(assess(moved(drape, turn, np.array([0.3, 2.0, -1.0])), up=turn @ UP))
    for name, value in figures(report).items():
        assert there[name] == pytest.approx(value, rel=1e-6, abs=1e-7), name


def test_a_mirror_mirrors_the_figures(drape: Drape, report: FitReport) -> None:
    there = assess(moved(drape, np.diag([-1.0, 1.0, 1.0]), np.zeros(3)))
    assert there.verdict == report.verdict
    assert there.strain_max == pytest.approx(report.strain_max)
    for mine, theirs in zip(report.girths, there.girths, strict=True):
        assert theirs.garment == pytest.approx(mine.garment)
        assert theirs.body == pytest.approx(mine.body)
        assert {mine.side, theirs.side} in ({""}, {"L", "R"})
    for key, value in dataclasses.asdict(report.gap).items():
        assert getattr(there.gap, key) == pytest.approx(value, abs=1e-9)
    one, two = report.balance, there.balance
    assert isinstance(one, Balance)
    assert isinstance(two, Balance)
    assert two.hem_left_rise == pytest.approx(-one.hem_left_rise, abs=1e-6)
    assert two.hem_front_rise == pytest.approx(one.hem_front_rise, abs=1e-6)
    assert two.side_lean_left == pytest.approx(one.side_lean_right, abs=1e-6)
    assert two.side_lean_right == pytest.approx(one.side_lean_left, abs=1e-6)
