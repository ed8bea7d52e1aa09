"""Many drapes in one call: sizes, bodies and fabrics, spread over processes.

Warp runs CPU kernels one at a time within a process: two threads were measured to take as long as
one. So each worker is a process of its own. It starts Warp and loads the compiled kernels once, and
builds the tree of a body once for all jobs on it. On a GPU one process does all jobs in turn.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace

from fitting.drape.chain import drape_cloth
from fitting.drape.checks import check
from fitting.drape.clock import Clock
from fitting.drape.device import pick_device
from fitting.drape.scene import Scene, scene_for
from fitting.drape.settings import DrapeSettings
from fitting.errors import BadOption, FittingError
from fitting.records import Body, ClothMesh, Drape, Fabric, FloatArray

_STARTING = 3  # jobs that are done before another process would have started


@dataclass(frozen=True, eq=False)
class DrapeJob:
    """One drape of many.

    Attributes:
        cloth, body, fabric: As in `fitting.drape.drape`.
        warm_start: Node positions to begin from [m], or None.
    """

    cloth: ClothMesh
    body: Body
    fabric: Fabric
    warm_start: FloatArray | None = None


Outcome = Drape | FittingError


def drape_jobs(
    jobs: Sequence[DrapeJob], *, device: str, time_limit_s: float, workers: int | None
) -> Iterator[tuple[int, Outcome]]:
    """Yields each job's number and what came of it, in the order in which they end."""
    if workers is not None and workers < 1:
        raise BadOption(f"{workers} workers were asked for; it must be 1 or more")
    where = pick_device(device)
    count = min(workers or os.cpu_count() or 1, len(jobs)) if where == "cpu" else 1
    if workers is None and len(jobs) <= _STARTING:
        count = 1
    if count <= 1:
        yield from _in_turn(list(enumerate(jobs)), device, time_limit_s)
        return
    # Warp must not be forked, so each worker starts afresh.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        waiting = [
            pool.submit(_group, group, device, time_limit_s) for group in _groups(jobs, count)
        ]
        try:
            for done in as_completed(waiting):
                yield from done.result()
        finally:
            for one in waiting:
                one.cancel()


def _groups(jobs: Sequence[DrapeJob], workers: int) -> list[list[tuple[int, DrapeJob]]]:
    """Jobs on the same body together, in parts small enough that all workers have work."""
    by_body: dict[int, list[tuple[int, DrapeJob]]] = {}
    for number, job in enumerate(jobs):
        by_body.setdefault(id(job.body), []).append((number, job))
    most = max(1, -(-len(jobs) // (4 * workers)))
    return [
        same[first : first + most]
        for same in by_body.values()
        for first in range(0, len(same), most)
    ]


def _group(
    jobs: list[tuple[int, DrapeJob]], device: str, time_limit_s: float
) -> list[tuple[int, Outcome]]:
    return list(_in_turn(jobs, device, time_limit_s))


def _in_turn(
    jobs: list[tuple[int, DrapeJob]], device: str, time_limit_s: float
) -> Iterator[tuple[int, Outcome]]:
    """The jobs one after the other; a body's tree serves all jobs on it that come in a row."""
    scene: Scene | None = None
    for number, job in jobs:
        clock = Clock(time_limit_s)
        try:
            check(job.cloth, job.body, job.fabric, job.warm_start)
            if scene is None or scene.body is not job.body:
                scene = scene_for(job.body, job.fabric, DrapeSettings(), clock, device)
            of_job = replace(scene, fabric=job.fabric, clock=clock)
            yield number, drape_cloth(job.cloth, of_job, job.warm_start)
        except FittingError as error:
            yield number, error
