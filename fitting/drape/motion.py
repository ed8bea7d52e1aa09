"""A garment on a body that moves: the cloth follows from pose to pose.

Between two poses the skin moves in parts of a few millimetres. At each the cloth that lies on the
skin goes along with it, what is further away less, and the solver takes one step of the real time
that passes. In the last pose the garment comes to rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from fitting.drape.chain import judge, settle_clear
from fitting.drape.checks import check
from fitting.drape.scene import Scene
from fitting.drape.settings import StepSettings
from fitting.drape.settle import push_out
from fitting.drape.solver import ClothSolver
from fitting.drape.tangles import clear
from fitting.drape.topology import FloatArray
from fitting.errors import BadMesh
from fitting.records import Body, Drape

_PART = 0.004  # most that skin under the cloth moves at once [m]: the cloth is pushed, not jumped
_PARTS = 400  # most parts between two poses
_LONGEST = 0.02  # step [s]
_LYING, _FREE = 0.006, 0.03  # cloth nearer to the skin goes along with it, further away not [m]
_NEAR = 4  # vertices of the skin that carry a place of the cloth
_CLEARING = 40  # steps of pulling cloth out of itself in a pose
_UNDER = 0.05  # skin this near to the cloth counts for how finely the motion is cut [m]


@dataclass(frozen=True, eq=False)
class Motion:
    """A garment that followed a body.

    Attributes:
        frames: Node positions in each pose, in motion [m], each of shape (cloth.nodes, 3).
        drape: The garment at rest in the last pose.
    """

    frames: tuple[FloatArray, ...]
    drape: Drape


def followed(worn: Drape, bodies: Sequence[Body], scene: Scene, frame_s: float) -> Motion:
    """See `fitting.drape.drape_motion`."""
    for number, body in enumerate(bodies):
        if body.vertices.shape != worn.body.vertices.shape:
            raise BadMesh(
                f"pose {number} has {len(body.vertices)} vertices, the body that wears the garment "
                f"{len(worn.body.vertices)}; give the same body in other poses"
            )
    check(worn.cloth, worn.body, worn.fabric, worn.positions)
    cloth, settings, clock = worn.cloth, scene.settings, scene.clock
    solver = scene.solver(cloth, worn.positions, scene.material(cloth))
    step = settings.step(cloth.edge_m, worn.fabric)
    skin = worn.body.vertices
    frames = []
    for number, body in enumerate(bodies):
        moved = body.vertices - skin
        parts = _parts(moved, skin, solver.positions, frame_s)
        for part in range(parts):
            here = skin + moved * (part / parts)
            by, share = _under(solver.positions, here, moved / parts)
            scene.collider.move(skin + moved * ((part + 1) / parts))
            solver.carry(share[:, None] * by, by[solver.held, 1], step)
            state = solver.step(_timed(step, frame_s / parts))
            clock.simulated += frame_s / parts
            clock.tell("move", 0.8 * (number + (part + 1) / parts) / len(bodies))
            if not state.finite or clock.up:
                break
        for _ in clear(solver, replace(step, time_step=0.005), cloth.edge_m, _CLEARING):
            clock.tell("move", 0.8 * (number + 1) / len(bodies))
        skin = body.vertices
        frames.append(solver.positions)
    solver.meet_bumps()
    return Motion(tuple(frames), _at_rest(solver, worn, replace(scene, body=bodies[-1])))


def _at_rest(solver: ClothSolver, worn: Drape, scene: Scene) -> Drape:
    """The garment left to hang in the last pose."""
    cloth, settings, clock = worn.cloth, scene.settings, scene.clock
    phases = settings.settling(cloth.edge_m, worn.fabric, coarse=False)
    # Cloth between arm and trunk creeps for longer than any that was just put on.
    phases = (*phases[:-1], replace(phases[-1], steps=2 * phases[-1].steps))
    state, reason = settle_clear(solver, phases, scene, cloth.edge_m, (0.8, 0.95))
    if reason != "diverged":
        state, reason = push_out(solver, phases[-1], settings, clock, state, reason)
    seconds = {"drape": clock.elapsed}
    report = judge(cloth, solver.positions, scene, state, reason, seconds)
    clock.tell("done", 1.0)
    return Drape(cloth, scene.body, worn.fabric, solver.positions, report)


def _timed(step: StepSettings, seconds: float) -> StepSettings:
    return replace(step, time_step=min(seconds, _LONGEST))


def _parts(moved: FloatArray, skin: FloatArray, nodes: FloatArray, frame_s: float) -> int:
    """Into how many parts a motion is cut."""
    far, _ = cKDTree(nodes).query(skin, distance_upper_bound=_UNDER)
    under = np.linalg.norm(moved[np.isfinite(far)], axis=1)
    parts = max(under.max(initial=0.0) / _PART, frame_s / _LONGEST, 1.0)
    return int(min(np.ceil(parts), _PARTS))


def _under(nodes: FloatArray, skin: FloatArray, moved: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far the skin under each node moves [m], shape (N, 3), and the share of it that the node
    goes along, shape (N,)."""
    far, near = cKDTree(skin).query(nodes, k=_NEAR)
    weight = 1.0 / np.maximum(far, 1e-4)
    weight /= weight.sum(axis=1, keepdims=True)
    share = np.clip((_FREE - far[:, 0]) / (_FREE - _LYING), 0.0, 1.0)
    return np.einsum("nk,nkx->nx", weight, moved[near]), share
