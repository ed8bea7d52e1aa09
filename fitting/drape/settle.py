"""Stepping until rest, and out of what is left of the body."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fitting.drape.bumps import Spots
from fitting.drape.clock import Clock
from fitting.drape.ironing import iron
from fitting.drape.quality import crossings, depths
from fitting.drape.settings import DrapeSettings, Phase
from fitting.drape.solver import ClothSolver, StepState
from fitting.drape.tangles import clear
from fitting.records import FloatArray, IntArray, StopReason

_CALM = 10.0  # drag of cloth that did not come to rest at first [1/s]; chosen


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


def settle_clear(
    solver: ClothSolver,
    phases: tuple[Phase, ...],
    settings: DrapeSettings,
    clock: Clock,
    edge_m: float,
    share: tuple[float, float],
) -> tuple[StepState, StopReason]:
    """Settles; cloth that crosses itself before or after is pulled out first, and settles again.
    So does cloth that still moves, as a hood that slides down a back.

    Args:
        solver, phases, settings, clock, share: As in `settle`.
        edge_m: Edge length of its triangles [m].
    """
    step = replace(phases[0].step, time_step=0.01)
    reason: StopReason = "time_limit"
    for attempt in range(settings.clearing_rounds):
        cleared = False
        for _ in clear(solver, step, edge_m, settings.clearing_steps):
            cleared = True
            clock.simulated += step.time_step
            clock.tell("drape", share[0])
            if clock.up:
                break
        if attempt and not cleared:
            coarse = phases[-1].rest_residual != settings.rest_residual
            if coarse or reason == "at_rest":
                break
        if cleared and not clock.up:
            iron(solver)
        state, reason = settle(solver, phases, settings, clock, share)
        # Light ends flap on and on; what creeps is braked by a thousandth of its weight.
        phases = tuple(
            replace(phase, step=replace(phase.step, damping=_CALM)) for phase in phases[-2:]
        )
        if reason == "diverged" or clock.up:
            break
    return state, reason


def push_out(
    solver: ClothSolver,
    phase: Phase,
    settings: DrapeSettings,
    clock: Clock,
    edge_m: float,
    state: StepState,
    reason: StopReason,
) -> tuple[StepState, StopReason]:
    """Settles again with contact at those places inside triangles that are still in the body.

    Places that were pushed out once are watched until the end, else they sink in again. In a crease
    of the body, as an armpit, cloth may go from one side to the other and back, and cloth pressed
    between the thighs may go through itself and not out again: of all rounds the best is kept.
    """
    places: Places | None = None
    best: tuple[tuple[bool, int, float], FloatArray, StepState, StopReason] | None = None
    gone = False  # from the best
    once_more = replace(settings, clearing_rounds=2)
    for number in range(settings.push_rounds + 1):
        places, deepest = deep_places(solver, settings.push_depth, places)
        crossed = len(crossings(solver.positions, solver.faces, device=solver.device)[0])
        bad = reason != "at_rest" or deepest > settings.most_depth or crossed > 0
        rank = bad, crossed, deepest
        gone = best is not None and rank >= best[0]
        if best is None or not gone:
            best = rank, solver.positions, state, reason
        last = number == settings.push_rounds or clock.up
        if places is None or deepest <= settings.push_depth or last:
            break
        solver.spots = spots_at(solver, places)
        begin = (replace(phase, steps=8, rest_residual=None), phase)
        state, reason = settle_clear(solver, begin, once_more, clock, edge_m, (0.95, 0.98))
        if reason == "diverged":
            gone = True
            break
    solver.spots = None
    assert best is not None
    if gone:
        solver.move_to(best[1])
    return best[2], best[3]


@dataclass(frozen=True)
class Places:
    """Places inside triangles of a cloth.

    Attributes:
        triangle: shape (P,).
        weight: Of the triangle's corners, shape (P, 3).
    """

    triangle: IntArray
    weight: FloatArray


def deep_places(
    solver: ClothSolver, depth_limit: float, before: Places | None
) -> tuple[Places | None, float]:
    """The places deeper in the body than `depth_limit` [m] with those of before, None where there
    are none; and how deep the deepest is now [m]."""
    if solver.collider is None:
        return None, 0.0
    depth, triangle, weight = depths(
        solver.positions, solver.faces, solver.collider, device=solver.device
    )
    deep = depth > depth_limit
    deepest = float(depth.max(initial=0.0))
    if not deep.any():
        return before, deepest
    triangle, weight = triangle[deep], weight[deep]
    if before is not None:
        triangle = np.concatenate([before.triangle, triangle])
        weight = np.concatenate([before.weight, weight])
        _, kept = np.unique(np.column_stack([triangle, weight]), axis=0, return_index=True)
        triangle, weight = triangle[kept], weight[kept]
    return Places(triangle, weight), deepest


def spots_at(solver: ClothSolver, places: Places) -> Spots:
    """Contact between places of the cloth and what of the skin is nearest to them."""
    assert solver.collider is not None
    nodes = solver.faces[places.triangle]
    points = np.einsum("pc,pcx->px", places.weight, solver.positions[nodes])
    place, normal = solver.collider.nearest(points)
    none = np.zeros((len(nodes), 1))
    return Spots(
        place, normal, np.hstack([nodes, nodes[:, :1]]), np.hstack([places.weight, none]),
        solver.device,
    )  # fmt: skip
