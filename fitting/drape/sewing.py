"""From panels laid around the body to one cloth: springs close the seams, then nodes join."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fitting.drape.settings import StepSettings
from fitting.drape.solver import ClothSolver
from fitting.drape.topology import FloatArray, IntArray
from fitting.records import ClothMesh

CLOSED = 0.004  # a seam narrower than this is welded [m]; below the coarse edge by far


def pull_together(
    solver: ClothSolver, step: StepSettings, *, steps: int, stiffness: float
) -> Iterator[float]:
    """Steps with growing seam springs until every seam is closed; yields the widest gap [m].

    The springs start soft, so that panels bend around the body before they pull tight, and then
    stiffen 25-fold to close the last millimetres.
    """
    for number in range(steps):
        slow = min(1.0, 0.15 + number / 40.0)
        late = min(25.0, 1.07 ** max(0, number - steps // 2))
        solver.step(replace(step, seam_stiffness=stiffness * slow * late))
        gap = widest_gap(solver.positions, solver.seams)
        yield gap
        if gap < CLOSED:
            return


def widest_gap(positions: FloatArray, seams: IntArray) -> float:
    """The widest open seam [m]; 0 where there are none."""
    if not len(seams):
        return 0.0
    return float(np.linalg.norm(positions[seams[:, 0]] - positions[seams[:, 1]], axis=1).max())


def join(cloth: ClothMesh, vertices: FloatArray) -> FloatArray:
    """Positions of nodes, the mean of their vertices' [m], shape (nodes, 3)."""
    count = np.bincount(cloth.node, minlength=cloth.nodes)
    total = [np.bincount(cloth.node, vertices[:, axis], cloth.nodes) for axis in range(3)]
    return np.stack(total, axis=1) / count[:, None]


def prolong(cloth: ClothMesh, coarse_nodes: FloatArray) -> FloatArray:
    """Node positions of `cloth` on the surface of its coarser cut [m], shape (nodes, 3).

    Linear within the coarse triangles: a curved surface through them would cross itself in folds.
    """
    coarser, faces, weights = cloth.coarser, cloth.prolong_faces, cloth.prolong_weights
    assert coarser is not None
    assert faces is not None
    assert weights is not None
    corners = coarse_nodes[coarser.node[coarser.faces[faces]]]  # (V, 3 corners, 3)
    return join(cloth, np.einsum("vc,vcx->vx", weights, corners))
