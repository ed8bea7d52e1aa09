"""Several garments on one body, from the skin outwards.

Each is draped over the body as those beneath have dressed it, and then all of them settle together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.spatial import cKDTree

from fitting.drape.chain import drape_cloth, judge, untangle
from fitting.drape.envelope import dressed, pressed, standing_out
from fitting.drape.pleats import rest_angles
from fitting.drape.quality import crossings, crossings_between
from fitting.drape.scene import Scene
from fitting.drape.settle import push_out, settle, settle_clear
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.stacking import creases, nodes_on_top
from fitting.drape.topology import IntArray
from fitting.drape.waist import waistband
from fitting.errors import BadOption
from fitting.records import ClothMesh, Drape, Fabric

# What is worn is pressed down in so many steps at most; every second one looks for what stands out.
_PRESSINGS = 80
_EVERY = 2
# Springs of this stiffness [N/m] at first, and by so many times stiffer in the end, pull towards
# places no further away than this [m]: above the bending of cloth and below its stretching, so that
# folds lie down. Chosen.
_STIFFNESS = 60.0
_STIFFER = 3.0
_REACH = 0.008
# Most steps after each push out of the skin; all garments settle once more after the last.
_PUSHED = 50
# Cloth this near to where the next garment starts is under it [m].
_COVERED = 0.08


def drape_over(cloths: Sequence[ClothMesh], fabrics: Sequence[Fabric], scene: Scene) -> list[Drape]:
    """See `fitting.drape.drape_layers`."""
    if len(cloths) != len(fabrics) or not cloths:
        raise BadOption(
            f"{len(cloths)} garments and {len(fabrics)} fabrics were given; each garment needs one"
        )
    order = sorted(range(len(cloths)), key=lambda k: (cloths[k].pattern.layer, k))
    worn: list[Drape] = []
    for k in order:
        if worn:
            worn = press_under(cloths[k], worn, scene)
        worn.append(drape_cloth(cloths[k], _over(worn, scene, fabrics[k]), None))
    settled = settle_together(worn, scene) if len(worn) > 1 else worn
    place = {k: rank for rank, k in enumerate(order)}
    return [settled[place[k]] for k in range(len(cloths))]


def _over(worn: Sequence[Drape], scene: Scene, fabric: Fabric) -> Scene:
    """The scene for the next garment over what is worn."""
    if not worn:
        return replace(scene, fabric=fabric)
    return replace(
        scene,
        fabric=fabric,
        collider=dressed(scene.collider, [d.positions for d in worn], scene.device),
        settings=replace(scene.settings, reach=scene.settings.dressed_reach),
    )


def press_under(cloth: ClothMesh, worn: Sequence[Drape], scene: Scene) -> list[Drape]:
    """What is worn with folds and hems pressed towards the body where the next garment covers it.

    They come up again when all settle together. A garment put over crumpled sleeves or a flared hem
    as they are would have to be as wide as those, or go through them.
    """
    worn = [_straight(d, scene) for d in worn]
    envelope = pressed(scene.collider, [d.positions for d in worn], scene.device)
    joined = join_garments(worn, scene)
    solver = joined.solver
    covered = cKDTree(cloth.start).query(solver.positions)[0] < _COVERED
    finest = min(worn, key=lambda d: d.cloth.edge_m)
    step = scene.settings.pressing(finest.cloth.edge_m, finest.fabric)
    for number in range(_PRESSINGS):
        if number % _EVERY == 0:
            nodes, away = standing_out(solver.positions, envelope, _REACH)
            away, nodes = away[covered[nodes]], nodes[covered[nodes]]
            if not len(nodes) or scene.clock.up:
                break
            solver.pull((nodes, away, _STIFFNESS * (1.0 + _STIFFER * number / _PRESSINGS)))
        solver.step(step)
        scene.clock.simulated += step.time_step
        scene.clock.tell("sew", 0.0)
    positions = solver.positions
    return [
        _straight(replace(d, positions=positions[first:end]), scene)
        for d, first, end in zip(worn, joined.first[:-1], joined.first[1:], strict=True)
    ]


def _straight(worn: Drape, scene: Scene) -> Drape:
    """A garment pulled out of itself, if it crosses itself."""
    of_it = replace(scene, fabric=worn.fabric)
    if not of_it.crossings(worn.positions, worn.cloth):
        return worn
    return replace(worn, positions=untangle(worn.cloth, worn.positions, of_it))


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
    """One solver for garments in order from the skin outwards.

    Which is outside is told only where something crosses, to push it through. Where nothing does,
    cloth stays on its side, and in a crease between two garments a side told would be guessed wrong
    at times: its pairs would then push against each other for ever.
    """
    counts = [d.cloth.nodes for d in worn]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    materials = [replace(scene, fabric=d.fabric).material(d.cloth) for d in worn]
    bands = [waistband(d.cloth, scene.body, d.positions) for d in worn]
    faces = np.concatenate([d.cloth.node_faces + o for d, o in zip(worn, first[:-1], strict=True)])
    positions = np.concatenate([d.positions for d in worn])
    layer = np.concatenate([_layers(d.cloth, rank) for rank, d in enumerate(worn)])
    crossed, _ = crossings(positions, faces, device=scene.device)
    solver = ClothSolver(
        faces,
        np.concatenate([d.cloth.uv[d.cloth.faces] for d in worn]),
        Material(
            np.concatenate([m.density for m in materials]),
            np.concatenate([m.stretch for m in materials]),
            np.concatenate([m.bending for m in materials]),
            materials[0].compression,
        ),
        positions,
        collider=scene.collider,
        layer=layer if len(crossed) else None,
        creases=_creases(worn),
        angles=rest_angles([d.cloth for d in worn]),
        held=np.concatenate([nodes + o for (nodes, _), o in zip(bands, first[:-1], strict=True)]),
        heights=np.concatenate([heights for _, heights in bands]),
        locally=True,
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
    phases = scene.settings.together(finest.cloth.edge_m, finest.fabric)
    began = scene.clock.elapsed
    state, reason = settle_clear(
        joined.solver, phases, scene.settings, scene.clock, finest.cloth.edge_m, (0.9, 0.98)
    )
    if reason != "diverged":
        last = replace(phases[-1], steps=_PUSHED)
        state, reason = push_out(
            joined.solver, last, scene.settings, scene.clock, finest.cloth.edge_m, state, reason
        )
    if reason == "time_limit" and not scene.clock.up:
        # What was pushed out of the skin settles more slowly under another garment.
        state, reason = settle(
            joined.solver, phases[-1:], scene.settings, scene.clock, (0.98, 0.98)
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
