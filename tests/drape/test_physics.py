"""What the solver says of cloth, against closed forms and published tests."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.drape.settings import StepSettings
from fitting.units import GRAVITY

from . import shapes

QUIET = StepSettings(
    time_step=0.05, damping=5.0, tolerance=1e-4, iterations=2000, self_contact=False, max_move=0.05
)


@pytest.mark.parametrize("stiffness", [50.0, 800.0, 8000.0])
def test_a_hanging_strip_stretches_by_half_its_weight_over_its_stiffness(stiffness: float) -> None:
    """Closed form: w g L² / (2 k), within 2 %."""
    points, faces = shapes.sheet(0.5, 0.1, 0.02)
    start = np.stack([points[:, 1], -points[:, 0], 0 * points[:, 0]], axis=1)
    top = np.flatnonzero(points[:, 0] < 1e-9)
    solver = shapes.cloth(points, faces, start, stiffness=stiffness, pinned=top)
    for _ in range(80):
        solver.step(QUIET)
    longer = -solver.positions[:, 1].min() - 0.5
    assert longer == pytest.approx(shapes.WEIGHT * GRAVITY * 0.5**2 / (2 * stiffness), rel=0.02)


def test_a_square_pulled_along_the_weft_does_not_shear_or_narrow() -> None:
    points, faces = shapes.sheet(0.1, 0.1, 0.01)
    start = shapes.level(points)
    left = np.flatnonzero(points[:, 0] < 1e-9)
    right = np.flatnonzero(points[:, 0] > 0.1 - 1e-9)
    start[right, 0] += 0.005
    solver = shapes.cloth(points, faces, start, pinned=np.concatenate([left, right]))
    for _ in range(60):
        solver.step(StepSettings(time_step=0.05, gravity=0.0, tolerance=1e-4, self_contact=False))
    x = solver.positions
    middle = np.abs(points[:, 0] - 0.05) < 0.02
    assert np.ptp(x[middle, 2]) == pytest.approx(0.1, abs=2e-4)
    assert x[:, 0] - x[:, 0].min() == pytest.approx(points[:, 0] * 1.05, abs=2e-4)


@pytest.mark.parametrize("across", [False, True])
def test_a_cantilever_bends_as_peirce_says(across: bool) -> None:
    """A strip that overhangs by twice its bending length touches a plane falling at 41.5°.

    The elastica with w L³ / B = 8 has the chord angle 41.49° (boundary value problem, computed).
    The bending length found from the angle must be within 5 %.
    """
    edge, overhang, rigidity = 0.005, 0.06, 2e-5
    points, faces = shapes.sheet(overhang, 0.03, edge)
    column = overhang / (len(np.unique(points[:, 0].round(9))) - 1)
    # The clamp holds the first column's triangles, half of which the hinge behind it bends.
    free = overhang - 0.5 * column
    density = rigidity / GRAVITY / (free / 2) ** 3
    start = shapes.level(points)
    clamped = np.flatnonzero(points[:, 0] < column + 1e-9)
    uv = points[:, ::-1] if across else points
    solver = shapes.cloth(
        uv, faces, start, stiffness=2000.0, shear=2000.0, bending=rigidity, density=density,
        pinned=clamped,
    )  # fmt: skip
    for _ in range(60):
        solver.step(QUIET)
    x = solver.positions
    tip = points[:, 0] > overhang - 1e-9
    root = x[clamped, 0].max() - 0.5 * column
    fall = np.arctan2(-x[tip, 1].mean(), x[tip, 0].mean() - root)
    # Near 41.5 degrees the chord angle grows by 1 degree for 3.1 % of w L³ / B, that is 1 % of c.
    assert np.degrees(fall) == pytest.approx(41.5, abs=5.0)


def test_a_sphere_under_cloth_carries_exactly_the_weight_of_the_cloth() -> None:
    points, faces = shapes.sheet(0.5, 0.5, 0.02)
    body = shapes.ball(0.2)
    solver = shapes.cloth(points, faces, shapes.level(points, 0.205), collider=body)
    step = StepSettings(time_step=0.02, tolerance=0.01, offset=0.003)
    for _ in range(200):
        state = solver.step(step)
    assert state.residual < 0.05
    carried = solver.skin_forces(step).sum(axis=0)
    weight = solver.masses.sum() * GRAVITY
    assert carried[1] == pytest.approx(weight, rel=0.02)
    assert np.abs(carried[[0, 2]]).max() < 0.02 * weight


def test_no_energy_appears_from_nothing() -> None:
    """A sheet let go at one side swings; kinetic and potential energy together never rise."""
    points, faces = shapes.sheet(0.2, 0.2, 0.01)
    hinge = np.flatnonzero(points[:, 0] < 1e-9)
    solver = shapes.cloth(points, faces, shapes.level(points), pinned=hinge)
    step = StepSettings(
        time_step=0.005, damping=0.0, tolerance=1e-3, iterations=1000, self_contact=False,
        max_move=0.1,
    )  # fmt: skip
    energy = []
    for _ in range(200):
        solver.step(step)
        kinetic = 0.5 * solver.masses @ (solver.velocities**2).sum(axis=1)
        energy.append(kinetic + GRAVITY * solver.masses @ solver.positions[:, 1])
    scale = GRAVITY * solver.masses.sum() * 0.1
    assert np.diff(energy).max() < 1e-4 * scale


@pytest.mark.parametrize(("degrees", "slips"), [(-2.0, False), (2.0, True)])
def test_friction_holds_up_to_its_angle_and_slips_beyond(degrees: float, slips: bool) -> None:
    friction = 0.4
    body, turn = shapes.slope(np.arctan(friction) + np.radians(degrees))
    points, faces = shapes.sheet(0.1, 0.1, 0.01)
    solver = shapes.cloth(points, faces, shapes.level(points, 0.0022) @ turn.T, collider=body)
    step = StepSettings(time_step=0.01, damping=0.0, friction=friction, tolerance=1e-3)
    for _ in range(60):
        solver.step(step)
    there = (solver.positions @ turn)[:, 0].mean()
    for _ in range(60):
        solver.step(step)
    moved = there - (solver.positions @ turn)[:, 0].mean()
    # Free sliding from rest at 2 degrees beyond covers 0.19 m between 0.6 and 1.2 s.
    assert (moved > 0.05) if slips else (abs(moved) < 1e-5)


def test_nothing_changes_under_a_rigid_motion() -> None:
    points, faces = shapes.sheet(0.1, 0.1, 0.01)
    start = 1.05 * shapes.level(points)  # in tension: at rest rounding decides which way it is
    start[:, 1] = 0.01 * np.sin(40 * start[:, 0]) * np.cos(30 * start[:, 2])
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    step = StepSettings(
        time_step=0.005, gravity=0.0, self_contact=False, tolerance=1e-6, iterations=500
    )
    plain, moved = (
        shapes.cloth(points, faces, x) for x in (start, start @ turn.T + [0.3, -0.2, 0.5])
    )
    plain.step(step)
    moved.step(step)
    back = (moved.positions - [0.3, -0.2, 0.5]) @ turn
    assert np.abs(plain.positions - start).max() > 1e-3
    assert np.abs(back - plain.positions).max() < 1e-5
