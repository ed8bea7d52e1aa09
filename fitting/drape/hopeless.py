"""Drapes that are plainly going nowhere end early and say why, instead of using up their steps.

The bounds were chosen from the open patterns and our own garments: drapes that came to rest in the
end stayed at a tenth of them or less.
"""

from __future__ import annotations

import numpy as np

from fitting.drape.quality import distances, panel_stretch
from fitting.drape.scene import Scene
from fitting.drape.solver import StepState
from fitting.drape.topology import FloatArray
from fitting.records import ClothMesh, Fabric, StopReason

# Crossings for each node: of panels as they are laid around the body, and of sewn cloth that was
# given its chance to come free.
_KNOTTED, _TANGLED = 4.0, 0.1
# Mean out-of-balance force over a vertex's weight once coarse cloth has had its time to settle, and
# the same where it still goes through itself this often for each node. Tight cuffs alone come to
# 200, and to rest on finer triangles.
_APART, _APART_TANGLED, _CROSSED = 1000.0, 40.0, 0.02
# Share of the nodes deeper in the body than this [m].
_SWALLOWED, _DEEP = 0.03, 0.01
# Panels stretched by this much more on the whole than the fabric is worn at are too small; chosen
# above what settling cloth gives back. Cloth stretched so far that crosses itself as well is not
# settled any further.
_BEYOND, _FAR_BEYOND = 0.08, 0.25


def knotted(cloth: ClothMesh, scene: Scene) -> StopReason | None:
    """Whether the panels start so far through each other that sewing would not end."""
    start = scene.crossings(cloth.start, cloth, sewn=False)
    return "tangled" if start > _KNOTTED * cloth.nodes else None


def tightest(cloth: ClothMesh, nodes: FloatArray, fabric: Fabric) -> tuple[str, float]:
    """The panel stretched furthest beyond what its fabric is worn at, in words, and how far."""
    worn = np.array([fabric.stretch_weft, fabric.stretch_warp])
    stretch = panel_stretch(cloth, nodes) - 1.0
    index, yarn = np.unravel_index(np.argmax(stretch - worn), stretch.shape)
    panel = cloth.pattern.panels[int(index)].name
    words = (
        f"{panel} has to stretch by {stretch[index, yarn]:.0%}; {fabric.name} is worn stretched by "
        f"up to {worn[yarn]:.0%}"
    )
    return words, float((stretch - worn)[index, yarn])


def too_small(cloth: ClothMesh, nodes: FloatArray, fabric: Fabric) -> str:
    """Which panel is too small for its wearer, and by how much; empty where none is."""
    words, beyond = tightest(cloth, nodes, fabric)
    return words if beyond > _BEYOND else ""


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
    small = tightest(cloth, nodes, scene.fabric)[1] > _FAR_BEYOND
    apart = state.residual > _APART_TANGLED
    if not small and not apart:
        return None
    crossed = scene.crossings(nodes, cloth) > _CROSSED * cloth.nodes
    if small and crossed:
        return "too_small"
    if not apart:
        return None
    return "diverged" if crossed or state.residual > _APART else None
