"""The whole drape: sew coarse, settle coarse, refine, settle fine, and say how it went."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from fitting import __version__
from fitting.drape.bumps import Spots
from fitting.drape.collider import Collider
from fitting.drape.quality import crossings, depths, edge_stretch, penetration
from fitting.drape.settings import DrapeSettings, Phase
from fitting.drape.sewing import join, prolong, pull_together, widest_gap
from fitting.drape.solver import ClothSolver, Material, StepState
from fitting.drape.topology import FloatArray, IntArray
from fitting.drape.waist import waistband
from fitting.errors import BadMesh, BadOption, Cancelled
from fitting.records import Body, ClothMesh, Drape, DrapeReport, Fabric, StopReason

Progress = Callable[[str, float], None]


@dataclass
class Clock:
    """Time spent, limits, and who is told.

    Attributes:
        limit_s: Wall time after which work ends where it is [s].
        progress: Called with what is being done and the share done.
        cancelled: Asked whether to stop.
        simulated: How long the cloth has moved [s].
    """

    limit_s: float
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None
    simulated: float = 0.0
    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def tell(self, what: str, share: float) -> None:
        """Reports progress, and stops where the caller wants to."""
        if self.progress is not None:
            self.progress(what, share)
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("the drape was stopped by its caller")

    @property
    def elapsed(self) -> float:
        """Wall time so far [s]."""
        return time.perf_counter() - self.wall

    @property
    def up(self) -> bool:
        """Whether the time limit has passed."""
        return self.elapsed > self.limit_s


@dataclass(frozen=True)
class Scene:
    """What stays the same while a garment is draped."""

    body: Body
    collider: Collider
    fabric: Fabric
    settings: DrapeSettings
    clock: Clock
    device: str

    def material(self, triangles: int, *, bending: float = 0.0, soft: bool = True) -> Material:
        """The fabric on each triangle.

        Args:
            triangles: How many.
            bending: Least bending rigidity [N·m].
            soft: Give way in compression, as cloth does that buckles within a triangle.
        """
        f = self.fabric
        return Material.uniform(
            triangles,
            density=f.density,
            weft=f.weft,
            warp=f.warp,
            shear=f.shear,
            bend_weft=max(f.bend_weft, bending),
            bend_warp=max(f.bend_warp, bending),
            compression=self.settings.compression if soft else 1.0,
        )

    def solver(self, cloth: ClothMesh, nodes: FloatArray, material: Material) -> ClothSolver:
        """A solver for sewn cloth."""
        held, heights = waistband(cloth, self.body)
        return ClothSolver(
            cloth.node_faces,
            cloth.uv[cloth.faces],
            material,
            nodes,
            collider=self.collider,
            held=held,
            heights=heights,
            device=self.device,
        )

    def crossings(self, nodes: FloatArray, cloth: ClothMesh) -> int:
        """How many edges of the cloth go through its triangles."""
        return len(crossings(nodes, cloth.node_faces, device=self.device)[0])


def drape_cloth(cloth: ClothMesh, scene: Scene, warm_start: FloatArray | None) -> Drape:
    """See `fitting.drape.drape`."""
    check(cloth, scene.fabric, warm_start)
    clock = scene.clock
    clock.tell("sew", 0.0)
    levels = _levels(cloth) if warm_start is None else [cloth]
    nodes = sew_together(levels[0], scene) if warm_start is None else np.array(warm_start)
    sewn = clock.elapsed
    for number, level in enumerate(levels):
        if number:
            nodes = prolong(level, nodes)
        last = level is cloth
        solver = scene.solver(level, nodes, scene.material(len(level.faces)))
        phases = scene.settings.settling(level.edge_m, scene.fabric, coarse=not last)
        share = (0.2 + 0.5 * number / len(levels), 0.95 if last else 0.5)
        state, reason = settle(solver, phases, scene, share)
        nodes = solver.positions
    if reason != "diverged":
        state, reason = push_out(solver, phases[-1], scene, state, reason)
    seconds = {"sew": sewn, "drape": clock.elapsed - sewn}
    report = judge(cloth, solver.positions, scene, state, reason, seconds)
    clock.tell("done", 1.0)
    return Drape(cloth, scene.body, scene.fabric, solver.positions, report)


def check(cloth: ClothMesh, fabric: Fabric, warm_start: FloatArray | None) -> None:
    """Refuse what cannot be draped, before any work.

    Raises:
        BadMesh: The cloth is empty or has numbers that are not finite.
        BadOption: A figure of the fabric is not above zero.
    """
    if not len(cloth.faces) or not np.isfinite(cloth.start).all():
        raise BadMesh(
            f"the cloth of {cloth.pattern.name!r} is empty or starts at places that are not "
            "finite; sew it again"
        )
    if warm_start is not None and (
        warm_start.shape != (cloth.nodes, 3) or not np.isfinite(warm_start).all()
    ):
        raise BadMesh(
            f"the warm start has shape {warm_start.shape} or numbers that are not finite; it must "
            f"be ({cloth.nodes}, 3) node positions of the same cloth"
        )
    for name in ("density", "warp", "weft", "shear", "bend_warp", "bend_weft", "thickness"):
        value = getattr(fabric, name)
        if not (np.isfinite(value) and value > 0.0):
            raise BadOption(
                f"the fabric {fabric.name!r} has {name} {value:g}; it must be above 0 (SI units)"
            )


def _levels(cloth: ClothMesh) -> list[ClothMesh]:
    """The cuts of a cloth, coarsest first."""
    levels = [cloth]
    while levels[0].coarser is not None:
        levels.insert(0, levels[0].coarser)
    return levels


def sew_together(cloth: ClothMesh, scene: Scene) -> FloatArray:
    """Node positions [m] after the seams were drawn together."""
    settings = scene.settings
    solver = ClothSolver(
        cloth.faces,
        cloth.uv[cloth.faces],
        scene.material(len(cloth.faces), bending=settings.sewing_bending, soft=False),
        cloth.start,
        collider=scene.collider,
        seams=cloth.seam_pairs,
        kind=cloth.node,
        device=scene.device,
    )
    step = settings.sewing(cloth.edge_m, scene.fabric)
    most = settings.sewing_steps
    pull = pull_together(solver, step, steps=most, stiffness=settings.sewing_stiffness)
    for number, _ in enumerate(pull):
        scene.clock.simulated += step.time_step
        scene.clock.tell("sew", 0.2 * number / most)
        if scene.clock.up:
            break
    nodes = join(cloth, solver.positions)
    return untangle(cloth, nodes, scene) if scene.crossings(nodes, cloth) else nodes


def untangle(cloth: ClothMesh, nodes: FloatArray, scene: Scene) -> FloatArray:
    """Lets stiff cloth pass through itself for a while, which undoes shallow crossings."""
    settings = scene.settings
    material = scene.material(len(cloth.faces), bending=settings.untangling_bending, soft=False)
    solver = scene.solver(cloth, nodes, material)
    step = settings.untangling(cloth.edge_m, scene.fabric)
    for number in range(settings.untangling_steps):
        solver.step(step)
        scene.clock.simulated += step.time_step
        if number % 10 == 9:
            scene.clock.tell("sew", 0.2)
            if not scene.crossings(solver.positions, cloth):
                break
    return solver.positions


def settle(
    solver: ClothSolver, phases: tuple[Phase, ...], scene: Scene, share: tuple[float, float]
) -> tuple[StepState, StopReason]:
    """Steps through the phases until the cloth is at rest.

    Args:
        solver: Moved in place.
        phases: At least one step in all.
        scene: For its clock and settings.
        share: Of the whole work, at the begin and at the end.
    """
    total = sum(phase.steps for phase in phases)
    done = 0
    for phase in phases:
        for _ in range(phase.steps):
            state = solver.step(phase.step)
            scene.clock.simulated += phase.step.time_step
            done += 1
            scene.clock.tell("drape", share[0] + (share[1] - share[0]) * done / total)
            if not state.finite:
                return state, "diverged"
            limit = phase.rest_residual
            if limit is not None and scene.settings.at_rest(state, limit):
                break
            if scene.clock.up:
                return state, "time_limit"
    at_rest = scene.settings.at_rest(state, scene.settings.rest_residual)
    return state, "at_rest" if at_rest else "time_limit"


def push_out(
    solver: ClothSolver, phase: Phase, scene: Scene, state: StepState, reason: StopReason
) -> tuple[StepState, StopReason]:
    """Settles again with contact at those places inside triangles that are still in the body."""
    for _ in range(scene.settings.push_rounds):
        spots = deep_spots(solver.positions, solver.faces, scene)
        if spots is None or scene.clock.up:
            break
        solver.spots = spots
        begin = (replace(phase, steps=8, rest_residual=None), replace(phase, steps=30))
        state, reason = settle(solver, begin, scene, (0.95, 0.98))
        if reason == "diverged":
            break
    solver.spots = None
    return state, reason


def deep_spots(positions: FloatArray, faces: IntArray, scene: Scene) -> Spots | None:
    """The places of the cloth deeper in the body than it should be, or None."""
    depth, triangle, weight = depths(positions, faces, scene.collider, device=scene.device)
    deep = depth > scene.settings.push_depth
    if not deep.any():
        return None
    nodes = faces[triangle[deep]]
    points = np.einsum("pc,pcx->px", weight[deep], positions[nodes])
    place, normal = scene.collider.nearest(points)
    none = np.zeros((len(nodes), 1))
    return Spots(
        place, normal, np.hstack([nodes, nodes[:, :1]]), np.hstack([weight[deep], none]),
        scene.device,
    )  # fmt: skip


def judge(
    cloth: ClothMesh, nodes: FloatArray, scene: Scene, state: StepState, reason: StopReason,
    seconds: dict[str, float],
) -> DrapeReport:  # fmt: skip
    """The report of a drape that ended."""
    scene.clock.tell("check", 0.98)
    faces = cloth.node_faces
    stretch = edge_stretch(nodes, faces, cloth.uv[cloth.faces])
    depth = penetration(nodes, faces, scene.collider, device=scene.device)
    crossed = scene.crossings(nodes, cloth)
    return DrapeReport(
        garment=cloth.pattern.name,
        vertices=cloth.nodes,
        triangles=len(faces),
        edge_mm=1e3 * cloth.edge_m,
        device=scene.device,
        seconds={**seconds, "total": scene.clock.elapsed},
        cpu_seconds=time.process_time() - scene.clock.cpu,
        simulated_s=scene.clock.simulated,
        stop_reason=reason,
        residual_speed_mean_m_s=state.speed_mean,
        residual_speed_max_m_s=state.speed_max,
        force_residual=state.residual,
        penetration_max_mm=1e3 * depth,
        seam_gap_max_mm=1e3 * widest_gap(nodes[cloth.node], cloth.seam_pairs),
        stretch_p99=float(np.quantile(stretch, 0.99)),
        stretch_max=float(stretch.max()),
        self_intersections=crossed,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        version=__version__,
    )
