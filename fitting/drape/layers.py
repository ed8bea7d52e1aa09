"""Several garments on one body, from the skin outwards.

Each is draped over the body as those beneath have dressed it, and then all of them settle together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.spatial import cKDTree

from fitting.drape.chain import drape_cloth, judge, untangle
from fitting.drape.collider import Collider
from fitting.drape.envelope import dressed, pressed, standing_out
from fitting.drape.ironing import iron
from fitting.drape.pleats import rest_angles
from fitting.drape.quality import crossings_between
from fitting.drape.scene import Scene
from fitting.drape.settle import push_out, settle, settle_clear
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.stacking import creases, nodes_on_top
from fitting.drape.tangles import clear
from fitting.drape.topology import IntArray
from fitting.drape.waist import waistband
from fitting.errors import BadOption
from fitting.records import ClothMesh, Drape, Fabric, FloatArray

# What is worn is pressed down in so many steps at most; every second one looks for what stands out.
_PRESSINGS = 80
_EVERY = 2
# Springs of this stiffness [N/m] at first, and by so many times stiffer in the end, pull towards
# places no further away than this [m]: above the bending of cloth and below its stretching, so that
# folds lie down. Chosen.
_STIFFNESS = 60.0
_STIFFER = 3.0
_REACH = 0.008
# Of these, so many without growing stiffer press it under the surface that the next is draped on.
_FLATTENINGS = 30
_FLAT_STIFFNESS = 120.0
# Garments that go through one another are parted so often at most, in so many steps each.
_PARTINGS, _PARTING = 4, 160
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
        over = replace(scene, fabric=fabrics[k])
        if worn:
            worn, over = put_under(cloths[k], worn, over)
        worn.append(drape_cloth(cloths[k], over, None))
    settled = settle_together(worn, scene) if len(worn) > 1 else worn
    place = {k: rank for rank, k in enumerate(order)}
    return [settled[place[k]] for k in range(len(cloths))]


def put_under(cloth: ClothMesh, worn: Sequence[Drape], scene: Scene) -> tuple[list[Drape], Scene]:
    """What is worn pressed towards the body where the next garment covers it, and that one's scene.

    Folds and hems come up again when all settle together. A garment put over crumpled sleeves or a
    flared hem as they are would have to be as wide as those, or go through them. The surface it is
    draped on is as near to what is worn as it can be: on a looser one a coat is too short in the
    back and too tight in the hips, and its collar is turned up.

    Args:
        cloth: The next garment.
        worn: From the skin outwards.
        scene: Of the next garment, on the bare body.
    """
    worn = [_straight(d, scene) for d in worn]
    inner = pressed(scene.collider, [d.positions for d in worn], scene.device)
    growing = _STIFFNESS * (1.0 + _STIFFER * np.arange(_PRESSINGS) / _PRESSINGS)
    worn = _press(cloth, worn, inner, growing, scene)
    outer = dressed(scene.collider, [(d.positions, d.cloth.node_faces) for d in worn], scene.device)
    worn = _press(cloth, worn, outer, np.full(_FLATTENINGS, _FLAT_STIFFNESS), scene)
    # Between thighs in a tucked shirt there may be no room: all settle together in the end.
    near = replace(
        scene.settings, reach=scene.settings.dressed_reach, clearing_rounds=2, push_rounds=0
    )
    return worn, replace(scene, collider=outer, settings=near)


def _press(
    cloth: ClothMesh,
    worn: Sequence[Drape],
    envelope: Collider,
    stiffness: FloatArray,
    scene: Scene,
) -> list[Drape]:
    """What is worn drawn into an envelope where the next garment covers it.

    Args:
        cloth, worn, scene: As in `put_under`.
        envelope: Into which.
        stiffness: Of the springs at each step [N/m].
    """
    joined = join_garments(worn, scene)
    solver = joined.solver
    covered = cKDTree(cloth.start).query(solver.positions)[0] < _COVERED
    finest = min(worn, key=lambda d: d.cloth.edge_m)
    step = scene.settings.pressing(finest.cloth.edge_m, finest.fabric)
    for number, stiff in enumerate(stiffness):
        if number % _EVERY == 0:
            nodes, away = standing_out(solver.positions, envelope, _REACH)
            away, nodes = away[covered[nodes]], nodes[covered[nodes]]
            if not len(nodes) or scene.clock.up:
                break
            solver.pull((nodes, away, float(stiff)))
        solver.step(step)
        scene.clock.simulated += step.time_step
        scene.clock.tell("sew", 0.0)
    return [_straight(d, scene) for d in joined.apart(worn)]


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

    def apart(self, worn: Sequence[Drape]) -> list[Drape]:
        """The garments where they are now."""
        positions = self.solver.positions
        return [
            replace(d, positions=positions[first:end])
            for d, first, end in zip(worn, self.first[:-1], self.first[1:], strict=True)
        ]


def join_garments(worn: Sequence[Drape], scene: Scene, *, layered: bool = False) -> Joined:
    """One solver for garments in order from the skin outwards.

    Args:
        worn: The garments.
        scene: Of the innermost, on the bare body.
        layered: Whether the solver is told which garment is outside, and pushes it there. Where
            nothing crosses, cloth stays on its side without, and in a crease between two garments
            a side told would be guessed wrong at times: its pairs would then push against each
            other for ever, and cloth through itself.
    """
    counts = [d.cloth.nodes for d in worn]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    materials = [replace(scene, fabric=d.fabric).material(d.cloth) for d in worn]
    bands = [waistband(d.cloth, scene.body, d.positions) for d in worn]
    faces = np.concatenate([d.cloth.node_faces + o for d, o in zip(worn, first[:-1], strict=True)])
    positions = np.concatenate([d.positions for d in worn])
    layer = np.concatenate([_layers(d.cloth, rank) for rank, d in enumerate(worn)])
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
        layer=layer if layered else None,
        creases=_creases(worn),
        angles=rest_angles([d.cloth for d in worn]),
        held=np.concatenate([nodes + o for (nodes, _), o in zip(bands, first[:-1], strict=True)]),
        heights=np.concatenate([heights for _, heights in bands]),
        locally=True,
        device=scene.device,
    )
    return Joined(solver, first)


def _crossed(worn: Sequence[Drape], scene: Scene) -> bool:
    """Whether any two garments go through one another."""
    return any(_between(one, other, scene) for one, other in combinations(worn, 2))


def _between(one: Drape, other: Drape, scene: Scene) -> int:
    """How often two garments go through one another."""
    return crossings_between(
        one.positions, one.cloth.node_faces, other.positions, other.cloth.node_faces,
        device=scene.device,
    )  # fmt: skip


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


def parted(worn: Sequence[Drape], scene: Scene) -> list[Drape]:
    """Garments pulled out of one another.

    The shortest way first; which is outside is told only if something is still crossed after that,
    in turn, and in the end until they have settled once.
    """
    worn = list(worn)
    finest = min(worn, key=lambda d: d.cloth.edge_m)
    settings, clock, edge_m = scene.settings, scene.clock, finest.cloth.edge_m
    step = settings.untangling(edge_m, finest.fabric)
    for number in range(_PARTINGS):
        if not _crossed(worn, scene) or clock.up:
            return worn
        joined = join_garments(worn, scene, layered=number % 2 > 0)
        for _ in clear(joined.solver, step, edge_m, _PARTING):
            clock.simulated += step.time_step
            clock.tell("drape", 0.9)
            if clock.up:
                break
        iron(joined.solver)
        worn = joined.apart(worn)
    if _crossed(worn, scene) and not clock.up:
        joined = join_garments(worn, scene, layered=True)
        phases = settings.together(edge_m, finest.fabric)[:-1]
        settle_clear(joined.solver, phases, settings, clock, edge_m, (0.9, 0.9))
        worn = joined.apart(worn)
    return worn


def settle_together(worn: Sequence[Drape], scene: Scene) -> list[Drape]:
    """All garments free at once, until they are at rest."""
    settings, clock = scene.settings, scene.clock
    finest = min(worn, key=lambda d: d.cloth.edge_m)
    edge_m = finest.cloth.edge_m
    phases = settings.together(edge_m, finest.fabric)
    began = clock.elapsed
    worn = parted(worn, scene)
    joined = join_garments(worn, scene, layered=_crossed(worn, scene))
    solver = joined.solver
    state, reason = settle_clear(solver, phases, settings, clock, edge_m, (0.9, 0.98))
    if reason != "diverged":
        last = replace(phases[-1], steps=_PUSHED)
        state, reason = push_out(solver, last, settings, clock, edge_m, state, reason)
    if reason == "time_limit" and not clock.up:
        # What was pushed out of the skin settles more slowly under another garment.
        state, reason = settle(solver, phases[-1:], settings, clock, (0.98, 0.98))
    spent = clock.elapsed - began
    result: list[Drape] = []
    for d in joined.apart(worn):
        nodes = d.positions
        seconds = {**d.report.seconds, "drape": d.report.seconds["drape"] + spent}
        report = judge(d.cloth, nodes, replace(scene, fabric=d.fabric), state, reason, seconds)
        crossed = sum(_between(d, inner, scene) for inner in result)
        report = replace(report, layer_intersections=crossed)
        result.append(replace(d, report=report))
    return result
