"""A garment on a body that moves: the cloth follows from pose to pose.

Between two poses the skin moves in parts of a few millimetres. At each the cloth that lies on the
skin goes along with it, what hangs free with the cloth around it, and the solver takes one step of
the real time that passes. In the last pose the garment comes to rest.

Where a body folds, its skin goes through itself or leaves no room for cloth (armpits with hanging
arms, thighs and belly in sitting). There cloth meets no skin, for it would be thrown from one side
to the other; it hangs on the cloth around it, and how deep it is there does not count. (The idea of
not resolving contact between pinching surfaces: D. Baraff, A. Witkin, M. Kass, Untangling cloth,
ACM Transactions on Graphics 22 (2003) 862-870, doi 10.1145/882262.882357.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg
from scipy.spatial import cKDTree

from fitting.drape.chain import judge
from fitting.drape.checks import check
from fitting.drape.collider import Collider
from fitting.drape.scene import Scene
from fitting.drape.settings import StepSettings
from fitting.drape.settle import push_out, settle_clear
from fitting.drape.solver import ClothSolver
from fitting.drape.tangles import clear
from fitting.drape.topology import FloatArray, adjacency
from fitting.errors import BadMesh
from fitting.records import Body, Drape

_PART = 0.004  # most that skin under the cloth moves at once [m]: the cloth is pushed, not jumped
_PARTS = 400  # most parts between two poses
_LONGEST = 0.02  # step [s]
_LYING, _FREE = 0.006, 0.03  # cloth nearer to the skin goes along with it, further away not [m]
_SEEN = 0.3  # the skin is looked for this far away [m]
ROOM = 0.008  # skins nearer than this leave no room for two layers of cloth [m]; chosen
_TIE = 10.0  # how much more cloth on the skin goes by the skin than by the cloth beside it
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
    scene.collider.room = ROOM
    rings = adjacency(solver.edges.ends, solver.count).astype(np.float64)
    frames = []
    for number, body in enumerate(bodies):
        moved = body.vertices - skin
        parts = _parts(moved, skin, solver.positions, frame_s)
        for part in range(parts):
            there = skin + moved * ((part + 1) / parts)
            by, share = _follow(solver.positions, scene.collider, there)
            solver.carry(_spread(by, share, rings), by[solver.held, 1], step)
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
    state, reason = settle_clear(solver, phases, settings, clock, cloth.edge_m, (0.8, 0.95))
    if reason != "diverged":
        last = phases[-1]
        state, reason = push_out(solver, last, settings, clock, cloth.edge_m, state, reason)
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


def _follow(
    nodes: FloatArray, collider: Collider, skin: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Moves the skin and says how far it moved under each node [m], shape (N, 3), and the share of
    it that the node goes along, shape (N,)."""
    before = collider.vertices
    corners, weight, far = collider.beneath(nodes, _SEEN)
    collider.move(skin)
    share = np.clip((_FREE - far) / (_FREE - _LYING), 0.0, 1.0)
    return np.einsum("nk,nkx->nx", weight, (collider.vertices - before)[corners]), share


def _spread(by: FloatArray, share: FloatArray, rings: sparse.csr_matrix) -> FloatArray:
    """How each node goes along [m], shape (N, 3): what lies on the skin as the skin does, what
    hangs free as the cloth around it, so that it neither stays behind nor is torn apart.

    Args:
        by, share: As `_follow` says.
        rings: Which nodes are neighbours, shape (N, N).
    """
    smooth = sparse.diags(np.asarray(rings.sum(axis=1)).ravel()) - rings
    tied = _TIE * share + 1e-6
    matrix = (smooth + sparse.diags(tied)).tocsr()
    return np.stack(
        [cg(matrix, tied * by[:, k], by[:, k], rtol=1e-3, maxiter=100)[0] for k in range(3)], axis=1
    )
