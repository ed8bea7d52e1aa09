"""Draping: sewn cloth falls on a body until it is at rest.

Kernels are written in Warp, one source for CPU and CUDA, and compiled at first use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fitting.drape.settings import DrapeSettings

if TYPE_CHECKING:
    from fitting.drape.many import DrapeJob
    from fitting.drape.motion import Motion
    from fitting.errors import FittingError
    from fitting.records import Body, ClothMesh, Drape, Fabric, FloatArray

__all__ = ["DrapeSettings", "drape", "drape_layers", "drape_many", "drape_motion"]


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
    from fitting.drape.scene import scene_for

    clock = Clock(time_limit_s, progress, cancelled)
    scene = scene_for(body, fabric, settings or DrapeSettings(), clock, device)
    return drape_cloth(cloth, scene, warm_start)


def drape_layers(
    cloths: Sequence[ClothMesh],
    body: Body,
    fabrics: Sequence[Fabric],
    *,
    device: str = "auto",
    time_limit_s: float = 180.0,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    settings: DrapeSettings | None = None,
) -> list[Drape]:
    """Drape several garments over one another on one body.

    The order from the skin outwards is that of the patterns' layers, and within a layer that of
    the list: trousers before the shirt that hangs over them.

    Args:
        cloths: Garments.
        body: A closed, outward mesh.
        fabrics: What each is made of.
        device, time_limit_s, progress, cancelled, settings: As in `drape`.
    Returns:
        The garments at rest, in the order given; their reports tell crossings between layers.
    Raises:
        BadOption: There are not as many fabrics as garments, or none.
        BadInput, Cancelled, NotSupported: As in `drape`.
    """
    from fitting.drape.clock import Clock
    from fitting.drape.layers import drape_over
    from fitting.drape.scene import scene_for
    from fitting.errors import BadOption

    if not fabrics:
        raise BadOption("no garments were given; give at least one, with its fabric")
    clock = Clock(time_limit_s, progress, cancelled)
    scene = scene_for(body, fabrics[0], settings or DrapeSettings(), clock, device)
    return drape_over(cloths, fabrics, scene)


def drape_many(
    jobs: Sequence[DrapeJob],
    *,
    device: str = "auto",
    time_limit_s: float = 60.0,
    workers: int | None = None,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Drape | FittingError]:
    """Drape many garments, each alone on its body: sizes, bodies and fabrics at once.

    Args:
        jobs: What to drape (`fitting.drape.many.DrapeJob`). Jobs with the same `Body` object share
            its collider.
        device: As in `drape`; on CUDA all jobs run in this process.
        time_limit_s: Of each drape [s].
        workers: Processes; one a processor if None, and none beside this one for a few jobs.
        progress: Called with ``drape`` and the share of the jobs done, 0..1.
        cancelled: Asked whenever jobs end; work that has not begun is then left.
    Returns:
        For each job in order its drape, or the error that says why there is none.
    Raises:
        BadOption: There are no workers.
        Cancelled: `cancelled` returned True.
        NotSupported: CUDA was asked for and there is none.
    """
    from fitting.drape.clock import Clock
    from fitting.drape.many import drape_jobs

    clock = Clock(time_limit_s, progress, cancelled)
    found: dict[int, Drape | FittingError] = {}
    work = drape_jobs(jobs, device=device, time_limit_s=time_limit_s, workers=workers)
    for number, outcome in work:
        found[number] = outcome
        clock.tell("drape", len(found) / len(jobs))
    return [found[number] for number in range(len(jobs))]


def drape_motion(
    worn: Drape,
    bodies: Sequence[Body],
    *,
    frame_s: float = 0.2,
    device: str = "auto",
    time_limit_s: float = 180.0,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    settings: DrapeSettings | None = None,
) -> Motion:
    """Let a garment follow its wearer into other poses.

    Args:
        worn: The garment at rest, say in the pose ``a``.
        bodies: The same body in one pose after the other; joints that turn far need poses between,
            for skin moves straight from one to the next (`fitting.body.pose.poses_between`).
        frame_s: Real time from one pose to the next [s].
        device, time_limit_s, progress, cancelled, settings: As in `drape`.
    Returns:
        The cloth in each pose, and the garment at rest in the last one, with its report.
    Raises:
        BadMesh: A body is not the same in another pose, open, inside out or not finite.
        BadOption: There are no poses, or the time between them is not above 0.
        Cancelled, NotSupported: As in `drape`.
    """
    from fitting.drape.clock import Clock
    from fitting.drape.motion import followed
    from fitting.drape.scene import scene_for
    from fitting.errors import BadOption

    if not len(bodies):
        raise BadOption("no poses were given; give the body in at least one")
    if not 0.0 < frame_s < 60.0:
        raise BadOption(f"the time between poses is {frame_s:g} s; it must be above 0 and below 60")
    clock = Clock(time_limit_s, progress, cancelled)
    scene = scene_for(worn.body, worn.fabric, settings or DrapeSettings(), clock, device)
    return followed(worn, bodies, scene, frame_s)
