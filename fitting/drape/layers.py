"""Several garments on one body, from the skin outwards.

Each is draped alone, as far off the body as those beneath need; those beneath are then pressed
to the body, as when a coat is put on; and all of them settle together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from fitting.drape.chain import drape_cloth, judge
from fitting.drape.quality import crossings_between
from fitting.drape.scene import Scene
from fitting.drape.settle import push_out, settle
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.stacking import creases, nodes_on_top
from fitting.drape.topology import IntArray
from fitting.drape.waist import waistband
from fitting.errors import BadOption
from fitting.records import ClothMesh, Drape, Fabric


def drape_over(cloths: Sequence[ClothMesh], fabrics: Sequence[Fabric], scene: Scene) -> list[Drape]:
    """See `fitting.drape.drape_layers`."""
    if len(cloths) != len(fabrics) or not cloths:
        raise BadOption(
            f"{len(cloths)} garments and {len(fabrics)} fabrics were given; each garment needs one"
        )
    order = sorted(range(len(cloths)), key=lambda k: (cloths[k].pattern.layer, k))
    worn: list[Drape] = []
    for rank, k in enumerate(order):
        worn.append(drape_cloth(cloths[k], _raised(scene, fabrics[k], rank), None))
    if len(worn) > 1:
        under = [pressed(d, _raised(scene, d.fabric, rank)) for rank, d in enumerate(worn[:-1])]
        settled = settle_together([*under, worn[-1]], scene)
    else:
        settled = worn
    place = {k: rank for rank, k in enumerate(order)}
    return [settled[place[k]] for k in range(len(cloths))]


def _raised(scene: Scene, fabric: Fabric, rank: int) -> Scene:
    """The scene for the garment with `rank` others beneath."""
    room = rank * scene.settings.layer_room
    return replace(scene, fabric=fabric, settings=replace(scene.settings, clearance=room))


def pressed(worn: Drape, scene: Scene) -> Drape:
    """A garment held to the body, so that the next one fits over its folds."""
    cloth = worn.cloth
    solver = scene.solver(cloth, worn.positions, scene.material(cloth))
    step = scene.settings.pressing(cloth.edge_m, scene.fabric)
    for _ in range(scene.settings.press_steps):
        state = solver.step(step)
        scene.clock.simulated += step.time_step
        scene.clock.tell("drape", 0.9)
        if not state.finite or scene.clock.up:
            break
    return replace(worn, positions=solver.positions)


@dataclass(frozen=True)
class Joined:
    """Several garments as one cloth.

    Attributes:
        solver: Of all.
        first: Where each garment's vertices begin, shape (garments + 1,).
    """

    solver: ClothSolver
    first: IntArray


def join_garments(worn: Sequence[Drape], scene: Scene) -> Joined:
    """One solver for garments in order from the skin outwards."""
    counts = [d.cloth.nodes for d in worn]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    materials = [replace(scene, fabric=d.fabric).material(d.cloth) for d in worn]
    bands = [waistband(d.cloth, scene.body, d.positions) for d in worn]
    solver = ClothSolver(
        np.concatenate([d.cloth.node_faces + o for d, o in zip(worn, first[:-1], strict=True)]),
        np.concatenate([d.cloth.uv[d.cloth.faces] for d in worn]),
        Material(
            np.concatenate([m.density for m in materials]),
            np.concatenate([m.stretch for m in materials]),
            np.concatenate([m.bending for m in materials]),
            materials[0].compression,
        ),
        np.concatenate([d.positions for d in worn]),
        collider=scene.collider,
        layer=np.concatenate([_layers(d.cloth, rank) for rank, d in enumerate(worn)]),
        creases=_creases(worn),
        held=np.concatenate([nodes + o for (nodes, _), o in zip(bands, first[:-1], strict=True)]),
        heights=np.concatenate([heights for _, heights in bands]),
        device=scene.device,
    )
    return Joined(solver, first)


def _layers(cloth: ClothMesh, rank: int) -> IntArray:
    """Layer of each node: two for each garment, for its collars lie on its fronts."""
    top = nodes_on_top(cloth)
    return 2 * rank + (np.zeros(cloth.nodes, np.int32) if top is None else top)


def _creases(worn: Sequence[Drape]) -> tuple[IntArray, NDArray[np.bool_]]:
    """Those of all garments; none between garments."""
    found = [creases(d.cloth) for d in worn]
    first = np.cumsum([0, *(len(folded) for _, folded in found)])
    part = np.concatenate([part + o for (part, _), o in zip(found, first[:-1], strict=True)])
    return part.astype(np.int32), block_diag(*(folded for _, folded in found))


def settle_together(worn: Sequence[Drape], scene: Scene) -> list[Drape]:
    """All garments free at once, until they are at rest."""
    joined = join_garments(worn, scene)
    finest = min(worn, key=lambda d: d.cloth.edge_m)
    phases = scene.settings.settling(finest.cloth.edge_m, finest.fabric, coarse=False)
    began = scene.clock.elapsed
    state, reason = settle(joined.solver, phases, scene.settings, scene.clock, (0.9, 0.98))
    if reason != "diverged":
        state, reason = push_out(
            joined.solver, phases[-1], scene.settings, scene.clock, state, reason
        )
    positions = joined.solver.positions
    spent = scene.clock.elapsed - began
    result: list[Drape] = []
    for rank, d in enumerate(worn):
        nodes = positions[joined.first[rank] : joined.first[rank + 1]]
        seconds = {**d.report.seconds, "drape": d.report.seconds["drape"] + spent}
        report = judge(d.cloth, nodes, replace(scene, fabric=d.fabric), state, reason, seconds)
        crossed = sum(
            crossings_between(
                nodes, d.cloth.node_faces, inner.positions, inner.cloth.node_faces,
                device=scene.device,
            )
            for inner in result
        )  # fmt: skip
        report = replace(report, layer_intersections=crossed)
        result.append(replace(d, positions=nodes, report=report))
    return result
