"""The whole drape: sew coarse, settle coarse, refine, settle fine, and say how it went."""

from __future__ import annotations

import resource
import time

import numpy as np

from fitting import __version__
from fitting.drape.checks import check, check_worn
from fitting.drape.hopeless import knotted, tangled, too_small, unsettled
from fitting.drape.pleats import pleated_triangles, sliding
from fitting.drape.quality import distances, edge_stretch, penetration
from fitting.drape.scene import Scene
from fitting.drape.settle import push_out, settle_clear
from fitting.drape.sewing import join, prolong, pull_together, widest_gap
from fitting.drape.solver import ClothSolver, StepState
from fitting.drape.stacking import on_top
from fitting.drape.tangles import clear
from fitting.drape.topology import FloatArray
from fitting.drape.waist import drafted_waistband, slid_off
from fitting.records import ClothMesh, Drape, DrapeReport, StopReason

# Folded pleats whose seams are open by less where they are laid out are joined there [m]: springs
# would draw them open.
_NEARLY_SEWN = 0.03


def drape_cloth(cloth: ClothMesh, scene: Scene, warm_start: FloatArray | None) -> Drape:
    """See `fitting.drape.drape`."""
    check(cloth, scene.body, scene.fabric, warm_start)
    clock = scene.clock
    clock.tell("sew", 0.0)
    levels = _levels(cloth) if warm_start is None else [cloth]
    why: StopReason | None = None
    if warm_start is None:
        nodes, why = sew_together(levels[0], scene)
    else:
        nodes = np.array(warm_start)
    sewn = clock.elapsed
    for number, level in enumerate(levels):
        if number:
            nodes = prolong(level, nodes)
        last = level is cloth
        solver = scene.solver(level, nodes, scene.material(level))
        phases = scene.settings.settling(level.edge_m, scene.fabric, coarse=not last)
        if pleated_triangles(level).any():
            phases = sliding(phases)
        if why is not None:
            # One step tells the forces and speeds at which the drape was given up.
            state, reason = solver.step(phases[0].step), why
            continue
        share = (0.2 + 0.5 * number / len(levels), 0.95 if last else 0.5)
        state, reason = settle_clear(solver, phases, scene.settings, clock, level.edge_m, share)
        if not number and warm_start is None and slid_off(nodes, solver.positions):
            # Friction may hold it.
            solver = scene.solver(level, nodes, scene.material(level))
            grip = scene.settings.settling(
                level.edge_m, scene.fabric, coarse=not last, slippery=False
            )
            state, reason = settle_clear(solver, grip, scene.settings, clock, level.edge_m, share)
        nodes = solver.positions
        if not last and not clock.up:
            why = unsettled(level, nodes, state, scene)
    if why is None:
        check_worn(cloth, nodes, distances(nodes, scene.collider, device=scene.device))
    if why is None and reason != "diverged":
        state, reason = push_out(
            solver, phases[-1], scene.settings, clock, cloth.edge_m, state, reason
        )
    seconds = {"sew": sewn, "drape": clock.elapsed - sewn}
    report = judge(cloth, solver.positions, scene, state, reason, seconds)
    clock.tell("done", 1.0)
    return Drape(cloth, scene.body, scene.fabric, solver.positions, report)


def _levels(cloth: ClothMesh) -> list[ClothMesh]:
    """The cuts of a cloth, coarsest first."""
    levels = [cloth]
    while levels[0].coarser is not None:
        levels.insert(0, levels[0].coarser)
    return levels


def sew_together(cloth: ClothMesh, scene: Scene) -> tuple[FloatArray, StopReason | None]:
    """Node positions [m] after the seams were drawn together, and why they cannot be draped."""
    settings = scene.settings
    why = knotted(cloth, scene)
    if why is not None:
        return join(cloth, cloth.start), why
    if pleated_triangles(cloth).any() and widest_gap(cloth.start, cloth.seam_pairs) < _NEARLY_SEWN:
        return join(cloth, cloth.start), None
    held, heights = drafted_waistband(cloth, scene.body)
    solver = ClothSolver(
        cloth.faces,
        cloth.uv[cloth.faces],
        scene.material(cloth, bending=settings.sewing_bending, soft=False),
        cloth.start,
        collider=scene.collider,
        seams=cloth.seam_pairs,
        kind=cloth.node,
        layer=on_top(cloth),
        held=held,
        heights=heights,
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
    if scene.crossings(nodes, cloth):
        nodes = untangle(cloth, nodes, scene)
    return nodes, None if scene.clock.up else tangled(cloth, nodes, scene)


def untangle(cloth: ClothMesh, nodes: FloatArray, scene: Scene) -> FloatArray:
    """Pulls stiff cloth out of itself where it was sewn together crossed."""
    settings = scene.settings
    material = scene.material(cloth, bending=settings.untangling_bending, soft=False)
    solver = scene.solver(cloth, nodes, material)
    step = settings.untangling(cloth.edge_m, scene.fabric)
    for number, _ in enumerate(clear(solver, step, cloth.edge_m, settings.untangling_steps)):
        scene.clock.simulated += step.time_step
        scene.clock.tell("sew", 0.2)
        if scene.clock.up and number:
            break
    return solver.positions


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
    small = too_small(cloth, nodes, scene.fabric)
    if small and reason in ("time_limit", "diverged") and not scene.clock.up:
        reason = "too_small"
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
        too_small=small,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        version=__version__,
    )
