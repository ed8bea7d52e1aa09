"""Stepping until rest, and out of what is left of the body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitting.drape.bumps import Spots
from fitting.drape.clock import Clock
from fitting.drape.quality import depths
from fitting.drape.settings import DrapeSettings, Phase
from fitting.drape.solver import ClothSolver, StepState
from fitting.records import StopReason


def settle(
    solver: ClothSolver,
    phases: tuple[Phase, ...],
    settings: DrapeSettings,
    clock: Clock,
    share: tuple[float, float] = (0.0, 1.0),
) -> tuple[StepState, StopReason]:
    """Steps through the phases until the cloth is at rest.

    Args:
        solver: Moved in place.
        phases: At least one step in all.
        settings: Say what rest is.
        clock: Told and asked at each step.
        share: Of the whole work, at the begin and at the end.
    """
    total = sum(phase.steps for phase in phases)
    done = 0
    for phase in phases:
        for _ in range(phase.steps):
            state = solver.step(phase.step)
            clock.simulated += phase.step.time_step
            done += 1
            clock.tell("drape", share[0] + (share[1] - share[0]) * done / total)
            if not state.finite:
                return state, "diverged"
            limit = phase.rest_residual
            if limit is not None and settings.at_rest(state, limit):
                break
            if clock.up:
                return state, "time_limit"
    at_rest = settings.at_rest(state, settings.rest_residual)
    return state, "at_rest" if at_rest else "time_limit"


def push_out(
    solver: ClothSolver,
    phase: Phase,
    settings: DrapeSettings,
    clock: Clock,
    state: StepState,
    reason: StopReason,
) -> tuple[StepState, StopReason]:
    """Settles again with contact at those places inside triangles that are still in the body."""
    for _ in range(settings.push_rounds):
        spots = deep_spots(solver, settings.push_depth)
        if spots is None or clock.up:
            break
        solver.spots = spots
        begin = (replace(phase, steps=8, rest_residual=None), replace(phase, steps=30))
        state, reason = settle(solver, begin, settings, clock, (0.95, 0.98))
        if reason == "diverged":
            break
    solver.spots = None
    return state, reason


def deep_spots(solver: ClothSolver, depth_limit: float) -> Spots | None:
    """The places of the cloth deeper in the body than `depth_limit` [m], or None."""
    if solver.collider is None:
        return None
    positions = solver.positions
    depth, triangle, weight = depths(positions, solver.faces, solver.collider, device=solver.device)
    deep = depth > depth_limit
    if not deep.any():
        return None
    nodes = solver.faces[triangle[deep]]
    points = np.einsum("pc,pcx->px", weight[deep], positions[nodes])
    place, normal = solver.collider.nearest(points)
    none = np.zeros((len(nodes), 1))
    return Spots(
        place, normal, np.hstack([nodes, nodes[:, :1]]), np.hstack([weight[deep], none]),
        solver.device,
    )  # fmt: skip
