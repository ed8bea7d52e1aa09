"""Draping: sewn cloth falls on a body until it is at rest.

Kernels are written in Warp, one source for CPU and CUDA, and compiled at first use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fitting.drape.settings import DrapeSettings

if TYPE_CHECKING:
    from fitting.records import Body, ClothMesh, Drape, Fabric, FloatArray

__all__ = ["DrapeSettings", "drape"]


def drape(
    cloth: ClothMesh,
    body: Body,
    fabric: Fabric,
    *,
    device: str = "auto",
    time_limit_s: float = 60.0,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    warm_start: FloatArray | None = None,
    settings: DrapeSettings | None = None,
) -> Drape:
    """Sew a cloth together around a body and let it hang until it is at rest.

    Args:
        cloth: Panels around the body, with their seams.
        body: A closed, outward mesh.
        fabric: What the cloth is made of.
        device: ``cpu``, ``cuda``, or ``auto``: CUDA where there is a device.
        time_limit_s: Wall time after which the drape ends where it is [s].
        progress: Called with what is being done and the share of the work done, 0..1.
        cancelled: Asked now and then; the drape stops where it returns True.
        warm_start: Node positions [m] of a drape of the same cloth to begin from, shape
            (cloth.nodes, 3); the seams are closed in it already.
        settings: Parameters of the solver; the defaults suit garments.
    Returns:
        Positions at rest, and a report that says why the drape ended and how good it is.
    Raises:
        BadMesh: The body is open, inside out or not finite.
        BadInput: The cloth or the fabric cannot be draped.
        Cancelled: `cancelled` returned True.
        NotSupported: CUDA was asked for and there is none.
    """
    from fitting.drape.chain import drape_cloth
    from fitting.drape.clock import Clock
    from fitting.drape.collider import Collider
    from fitting.drape.device import pick_device
    from fitting.drape.scene import Scene

    clock = Clock(time_limit_s, progress, cancelled)
    where = pick_device(device)
    collider = Collider(body.vertices, body.faces, device=where)
    scene = Scene(body, collider, fabric, settings or DrapeSettings(), clock, where)
    return drape_cloth(cloth, scene, warm_start)
