"""Garments that follow a moving person: a GLB with a skeleton named for MediaPipe's landmarks.

Joints stand where the avatar's do, without rotation at rest, so that a viewer turns each by the
rotation from the rest direction of its limb to the seen one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fitting.errors import BadMesh
from fitting.records import Body, Drape, FloatArray, IntArray
from fitting.render.container import INDICES, Scene, safe_name
from fitting.render.figure import neighbours
from fitting.render.finish import Finish
from fitting.render.glb import (
    Arrays,
    Finishes,
    accessors,
    by_material,
    cloth_arrays,
    cloth_materials,
    figure_arrays,
    indices,
    single,
    single_drape,
)
from fitting.render.light import AmbientLight
from fitting.render.materials import add_skin


@dataclass(frozen=True)
class Joint:
    """A joint of the skeleton.

    Attributes:
        name: As in MediaPipe's pose model where it has one there.
        parent: Joint it hangs from; empty for the root.
        place: The body's joint it stands at.
        bones: How the names of the body's bones start that it moves.
        side: ``L``, ``R`` or empty.
        landmark: MediaPipe's index, or -1.
    """

    name: str
    parent: str
    place: str
    bones: tuple[str, ...]
    side: str = ""
    landmark: int = -1


def _limbs(side: str, name: str, odd: int) -> list[Joint]:
    return [
        Joint(f"{name}_shoulder", "chest", f"shoulder.{side}", ("upperarm",), side, 11 + odd),
        Joint(f"{name}_elbow", f"{name}_shoulder", f"elbow.{side}", ("lowerarm",), side, 13 + odd),
        Joint(
            f"{name}_wrist", f"{name}_elbow", f"wrist.{side}", ("wrist", "finger", "metacarpal"),
            side, 15 + odd,
        ),
        Joint(f"{name}_hip", "hips", f"hip.{side}", ("upperleg",), side, 23 + odd),
        Joint(f"{name}_knee", f"{name}_hip", f"knee.{side}", ("lowerleg",), side, 25 + odd),
        Joint(f"{name}_ankle", f"{name}_knee", f"ankle.{side}", ("foot", "toe"), side, 27 + odd),
    ]  # fmt: skip


JOINTS: tuple[Joint, ...] = (
    Joint("hips", "", "pelvis", ("root", "pelvis", "spine05", "spine04")),
    Joint("chest", "hips", "chest", ("spine", "clavicle", "shoulder", "breast", "neck01")),
    Joint("nose", "chest", "head", ("head", "neck", "eye", "jaw", "tongue"), landmark=0),
    *_limbs("L", "left", 0),
    *_limbs("R", "right", 1),
)

# Which parts of the body a panel may follow, by what it wraps: cloth of the trunk must not follow
# an arm that hangs beside it, nor one trouser leg the other leg.
_FOLLOWS = {
    "torso": ("torso", "neck", "leg"),
    "hips": ("torso", "leg"),
    "neck": ("neck", "torso"),
    "head": ("head", "neck"),
    "arm": ("arm", "hand"),
    "leg": ("leg", "foot", "torso"),
}
# Rounds of averaging over the cloth: with edges of 12 mm a joint's influence spreads over 4 cm.
_ROUNDS = 24


def write_rigged(
    body: Body,
    drapes: Sequence[Drape],
    *,
    finishes: Finishes | None = None,
    with_body: bool = False,
    tone_name: str = "mannequin",
) -> bytes:
    """Garments on a skeleton, as a GLB.

    Args:
        body: The avatar, with joints and skin weights.
        drapes: Garments, from the skin outwards.
        finishes: How garments are shown, by garment name.
        with_body: Also the avatar, for hiding what lies behind arms and neck.
        tone_name: The avatar's colour.

    Raises:
        BadMesh: The body has no joints or skin weights, or two garments have one name.
    """
    body = single(body)
    shares = joint_shares(body)
    drapes = [single_drape(d) for d in drapes]
    scene = Scene()
    skin = _add_skeleton(scene, body)
    light = AmbientLight(body, drapes, rays=32)
    if with_body:
        arrays, cut = figure_arrays(body, light, tone_name)
        named = accessors(scene, arrays | skinning(cut.spread(shares)))
        every = indices(np.vstack([cut.skin, cut.suit]), len(arrays["POSITION"]))
        faces = scene.accessor(every, target=INDICES)
        primitive = {"attributes": named, "indices": faces, "material": add_skin(scene, tone_name)}
        _place(scene, "avatar", [primitive], skin)
    taken = {"avatar", *(joint.name for joint in JOINTS)}
    for k, drape in enumerate(drapes):
        name = safe_name(drape.cloth.pattern.name)
        if name in taken:
            raise BadMesh(f"two nodes would be named {name!r}; name the garments differently")
        taken.add(name)
        own = [(finishes or {}).get(drape.cloth.pattern.name, Finish())]
        arrays = cloth_arrays(drape, light.cloth[k][0][:, 3], own)
        arrays |= skinning(garment_shares(drape, body, shares)[drape.cloth.node])
        named = accessors(scene, arrays)
        primitives = []
        for kind, rows in by_material(drape).items():
            material, _ = cloth_materials(scene, drape, name, kind, own)
            picked = indices(drape.cloth.faces[rows], len(drape.cloth.uv))
            primitives.append({
                "attributes": named, "indices": scene.accessor(picked, target=INDICES),
                "material": material,
            })  # fmt: skip
        _place(scene, name, primitives, skin)
    return scene.dump()


def joint_shares(body: Body) -> FloatArray:
    """How much of each vertex of the body follows each of `JOINTS`, shape (N, J).

    Raises:
        BadMesh: The body has no joints or skin weights.
    """
    missing = [j.place for j in JOINTS if j.place not in body.joints]
    if missing or body.bone_weights is None or body.bone_indices is None:
        raise BadMesh(
            "the body has no skeleton to move by (joints and skin weights); use an avatar of "
            "`fitting avatar`"
        )
    owner = np.array([_owner(bone) for bone in body.bone_names])
    shares = np.zeros((len(body.vertices), len(JOINTS)))
    row = np.repeat(np.arange(len(body.vertices)), body.bone_indices.shape[1])
    np.add.at(shares, (row, owner[body.bone_indices].ravel()), body.bone_weights.ravel())
    return np.asarray(shares / shares.sum(1, keepdims=True))


def _owner(bone: str) -> int:
    """Index of the joint that moves a bone; the longest matching start wins, else the hips."""
    best, length = 0, 0
    for index, joint in enumerate(JOINTS):
        for start in joint.bones:
            fits = bone.startswith(start) and (not joint.side or bone.endswith(f".{joint.side}"))
            if fits and len(start) > length:
                best, length = index, len(start)
    return best


def garment_shares(drape: Drape, body: Body, shares: FloatArray) -> FloatArray:
    """How much of each node of a garment follows each of `JOINTS`, shape (nodes, J).

    Each panel takes the weights of the skin nearest to it, of those parts that it wraps. What is
    abrupt in that, at armhole and crotch, is then averaged along the cloth.
    """
    cloth = drape.cloth
    place = drape.vertex_positions
    total = np.zeros((cloth.nodes, len(JOINTS)))
    for index, panel in enumerate(cloth.pattern.panels):
        mine = np.flatnonzero(cloth.panel == index)
        skin = _followed(body, panel.placement.wrap)
        gap, near = cKDTree(body.vertices[skin]).query(place[mine], k=6)
        weight = 1 / np.maximum(gap, 1e-3) ** 2
        weight /= weight.sum(1, keepdims=True)
        found = (weight[:, :, None] * shares[skin[near]]).sum(1)
        for j in range(len(JOINTS)):
            total[:, j] += np.bincount(cloth.node[mine], found[:, j], cloth.nodes)
    total /= total.sum(1, keepdims=True)
    average = neighbours(cloth.nodes, cloth.node_faces)
    for _ in range(_ROUNDS):
        total = 0.5 * total + 0.5 * (average @ total)
    return np.asarray(total / total.sum(1, keepdims=True))


def _followed(body: Body, wrap: str) -> IntArray:
    """Vertices of the skin that a panel with this wrap may follow; all if it has none."""
    part, _, side = wrap.partition(".")
    rows = [
        vertices
        for name, vertices in body.regions.items()
        for known in _FOLLOWS.get(part, ())
        if name.partition(".")[0] == known and name.partition(".")[2] in ("", side or name[-1:])
    ]
    if not rows:
        return np.arange(len(body.vertices), dtype=np.int32)
    return np.unique(np.concatenate(rows)).astype(np.int32)


def skinning(shares: FloatArray) -> Arrays:
    """glTF's four strongest joints a vertex and their weights, which sum to 1."""
    order = np.argsort(-shares, axis=1, kind="stable")[:, :4]
    kept = np.take_along_axis(shares, order, axis=1)
    kept[kept < 1e-3] = 0
    kept /= kept.sum(1, keepdims=True)
    weights = kept.astype(np.float32)
    joints = np.where(weights > 0, order, 0).astype(np.uint8)
    return {"JOINTS_0": joints, "WEIGHTS_0": weights}


def _add_skeleton(scene: Scene, body: Body) -> int:
    """Joint nodes under the root, and the skin that refers to them."""
    at = {joint.name: np.asarray(body.joints[joint.place], float) for joint in JOINTS}
    nodes: dict[str, int] = {}
    for joint in JOINTS:
        away = at[joint.name] - (at[joint.parent] if joint.parent else 0.0)
        node: dict[str, Any] = {
            "name": joint.name,
            "translation": [float(np.float32(v)) for v in away],
        }
        if joint.landmark >= 0:
            node["extras"] = {"mediapipe_landmark": joint.landmark}
        if joint.parent:
            nodes[joint.name] = scene.add("nodes", node)
            parent = scene.tree["nodes"][nodes[joint.parent]]
            parent.setdefault("children", []).append(nodes[joint.name])
        else:
            nodes[joint.name] = scene.place(node)
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(JOINTS), 1, 1))
    inverse[:, :3, 3] = [-at[joint.name] for joint in JOINTS]
    rows = np.ascontiguousarray(inverse.transpose(0, 2, 1)).reshape(-1, 16)
    return scene.add("skins", {
        "joints": [nodes[joint.name] for joint in JOINTS],
        "skeleton": nodes["hips"],
        "inverseBindMatrices": scene.accessor(rows, target=None),
    })  # fmt: skip


def _place(scene: Scene, name: str, primitives: list[dict[str, Any]], skin: int) -> None:
    mesh = scene.add("meshes", {"name": name, "primitives": primitives})
    scene.place({"name": name, "mesh": mesh, "skin": skin})


def posed(points: FloatArray, shares: FloatArray, moves: FloatArray) -> FloatArray:
    """Points moved by linear blend skinning.

    Args:
        points: At rest [m], shape (N, 3).
        shares: shape (N, J).
        moves: World transform of each joint from rest to pose, shape (J, 3, 4).
    """
    blended: NDArray[np.float64] = np.tensordot(shares, moves, axes=1)
    return np.asarray(np.einsum("nij,nj->ni", blended[:, :, :3], points) + blended[:, :, 3])
