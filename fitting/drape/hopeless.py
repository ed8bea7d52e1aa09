"""Drapes that are plainly going nowhere end early and say why, instead of using up their steps.

The bounds were chosen from the open patterns and our own garments: drapes that came to rest in the
end stayed at a tenth of them or less.
"""

from __future__ import annotations

import numpy as np

from fitting.drape.quality import distances
from fitting.drape.scene import Scene
from fitting.drape.solver import StepState
from fitting.drape.topology import FloatArray
from fitting.records import ClothMesh, StopReason

# Crossings for each node: of panels as they are laid around the body, and of sewn cloth that was
# given its chance to come free.
_KNOTTED, _TANGLED = 4.0, 0.1
# Mean out-of-balance force over a vertex's weight once coarse cloth has had its time to settle, and
# the same where it still goes through itself this often for each node. Tight cuffs alone come to
# 200, and to rest on finer triangles.
_APART, _APART_TANGLED, _CROSSED = 1000.0, 40.0, 0.02
# Share of the nodes deeper in the body than this [m].
_SWALLOWED, _DEEP = 0.03, 0.01


def knotted(cloth: ClothMesh, scene: Scene) -> StopReason | None:
    """Whether the panels start so far through each other that sewing would not end."""
    start = scene.crossings(cloth.start, cloth, sewn=False)
    return "tangled" if start > _KNOTTED * cloth.nodes else None


def tangled(cloth: ClothMesh, nodes: FloatArray, scene: Scene) -> StopReason | None:
    """Whether sewn cloth goes through itself in so many places that it will not come free."""
    return "tangled" if scene.crossings(nodes, cloth) > _TANGLED * cloth.nodes else None


def unsettled(
    cloth: ClothMesh, nodes: FloatArray, state: StepState, scene: Scene
) -> StopReason | None:
    """Whether coarse cloth that had its time is still torn about, or stuck in the body."""
    depth = -distances(nodes, scene.collider, device=scene.device)
    if float(np.mean(depth > _DEEP)) > _SWALLOWED:
        return "in_body"
    if state.residual <= _APART_TANGLED:
        return None
    crossed = scene.crossings(nodes, cloth) > _CROSSED * cloth.nodes
    return "diverged" if crossed or state.residual > _APART else None
