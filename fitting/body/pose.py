"""Move the avatar's limbs: linear blend skinning with world-frame joint rotations.

A pose turns some bones about their heads; what hangs on a bone turns with it. The feet stay on the
floor: after skinning the body is moved so that the lowest vertex is at y = 0 and the pelvis keeps
its place over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from fitting.body import marks
from fitting.body.marks import LEVELS
from fitting.body.model import BodyModel, evaluate, load
from fitting.errors import BadMesh, UnknownName
from fitting.records import Body, FloatArray

# Angle of the upper arm below the horizontal in each named pose [rad]; rest is as sculpted.
ARM_DROP = {"t": np.deg2rad(4.0), "arms-down": np.deg2rad(76.0)}
# Hanging arms are held off wide hips, as people's are: forearm and hand stay this far from trunk
# and legs [m], for two layers of cloth and their folds (chosen), if this drop allows it [rad].
_CLEAR, _LEAST_DROP = 0.03, np.deg2rad(45.0)
_FINE = np.deg2rad(0.5)  # the drop is found this finely
POSES = ("a", "hip-width", *ARM_DROP)
# Movements that a garment is tried in: drop of the upper arm as above, or None to leave it, and by
# joint the angle by which what hangs from it swings forward [rad]. Of the turn between trunk and
# thighs in sitting about two thirds are in the hips and one third in the lumbar spine (A. C.
# Mandal, The seated man, Applied Ergonomics 12 (1981) 19-26): the pelvis tips back.
MOVEMENTS: Mapping[str, tuple[float | None, Mapping[str, float]]] = {
    "arms-up": (np.deg2rad(-50.0), {}),
    "step": (
        None,
        {k: np.deg2rad(v) for k, v in {
            "hip.L": 28.0, "knee.L": -8.0, "hip.R": -18.0, "knee.R": -14.0,
        }.items()},
    ),
    "sitting": (
        None,
        {k: np.deg2rad(v) for k, v in {
            "pelvis": 25.0, "spine_low": -25.0,
            "hip.L": 55.0, "hip.R": 55.0, "knee.L": -80.0, "knee.R": -80.0,
        }.items()},
    ),
}  # fmt: skip


def pose_body(body: Body, pose: str | Mapping[str, FloatArray]) -> Body:
    """The same person in another pose.

    Args:
        body: An avatar made by `fit_body`, in any pose.
        pose: ``a`` (rest), ``hip-width`` (as rest, the feet under the hips), ``t``, ``arms-down``,
            or rotation vectors [rad] by joint as in `Body.joints`, e.g.
            ``{"elbow.L": (0, 0.5, 0)}``, in the body's frame, from rest.
    Raises:
        BadMesh: The body was read from a file: it has no bones.
        UnknownName: There is no such pose or joint.
    """
    if body.parameters is None:
        raise BadMesh("a body read from a file has no bones to pose; fit one first")
    gender, parameters = float(body.parameters[0]), np.asarray(body.parameters[1:])
    vertices, heads = evaluate(parameters, gender)
    if isinstance(pose, str):
        turns, name = named_turns(pose, vertices, heads), pose
    else:
        turns, name = dict(pose), "custom"
    vertices, heads = skinned(vertices, heads, turns)
    return replace(
        body,
        vertices=vertices,
        bone_heads=heads,
        joints=joints_of(heads),
        landmarks=landmarks_of(vertices),
        pose=name,
    )


def named_turns(pose: str, vertices: FloatArray, heads: FloatArray) -> dict[str, FloatArray]:
    """Rotation vectors by joint that bring the rest pose to a named one.

    Args:
        pose: ``a``, ``hip-width``, ``t`` or ``arms-down``.
        vertices: At rest, shape (N, 3) [m].
        heads: Bone heads at rest, shape (bones, 3) [m].
    Raises:
        UnknownName: There is no such pose.
    """
    if pose not in POSES:
        raise UnknownName(f"no pose {pose!r}; there are: {', '.join(POSES)}")
    if pose == "hip-width":
        return _leg_turns(heads)
    if pose == "arms-down":
        return _hanging_turns(ARM_DROP[pose], vertices, heads)
    return {} if pose == "a" else _arm_turns(ARM_DROP[pose], heads)


def movement_turns(
    movement: str, heads: FloatArray, start: Mapping[str, FloatArray] | None = None
) -> dict[str, FloatArray]:
    """Rotation vectors by joint that bring the rest pose to the end of a movement.

    Args:
        movement: ``arms-up``, ``step`` or ``sitting``.
        heads: Bone heads at rest, shape (bones, 3) [m].
        start: The same at its begin: legs swing from where they stand. None: rest.
    Raises:
        UnknownName: There is no such movement.
    """
    if movement not in MOVEMENTS:
        raise UnknownName(f"no movement {movement!r}; there are: {', '.join(MOVEMENTS)}")
    drop, forward = MOVEMENTS[movement]
    turns = dict(start or {}) | ({} if drop is None else _arm_turns(drop, heads))
    for joint, angle in forward.items():
        # About +x a limb that hangs down swings backwards.
        swing = Rotation.from_rotvec([-angle, 0.0, 0.0])
        turns[joint] = (swing * Rotation.from_rotvec(turns.get(joint, np.zeros(3)))).as_rotvec()
    return turns


def poses_between(body: Body, goal: str | Mapping[str, FloatArray], count: int) -> list[Body]:
    """The way of an avatar to another pose, in even turns of all joints.

    Args:
        body: An avatar made by `fit_body`, in a named pose; any other counts as rest.
        goal: A pose or a movement by name, or rotation vectors as in `pose_body`. Movements, and
            poses of the arms or the legs alone, leave the others as they are.
        count: How many poses; the last is the goal, the body's own is none of them.
    Raises:
        BadMesh: The body was read from a file: it has no bones.
        UnknownName: There is no such pose, movement or joint.
    """
    if body.parameters is None:
        raise BadMesh("a body read from a file has no bones to pose; fit one first")
    vertices, heads = evaluate(np.asarray(body.parameters[1:]), float(body.parameters[0]))
    start = named_turns(body.pose, vertices, heads) if body.pose in POSES else {}
    if not isinstance(goal, str):
        end = dict(goal)
    elif goal in MOVEMENTS:
        end = movement_turns(goal, heads, start)
    else:
        end = ({} if goal == "a" else start) | named_turns(goal, vertices, heads)
    still = np.zeros(3)
    way = {joint: (start.get(joint, still), end.get(joint, still)) for joint in start | end}
    return [
        pose_body(body, {k: (1 - share) * a + share * np.asarray(b) for k, (a, b) in way.items()})
        for share in np.arange(1, count + 1) / count
    ]


def _arm_turns(drop: float, heads: FloatArray) -> dict[str, FloatArray]:
    """Rotation vectors that bring the upper arms to an angle below the horizontal [rad]."""
    bones = load().bones
    turns: dict[str, FloatArray] = {}
    for side, sign in (("L", 1.0), ("R", -1.0)):
        shoulder, elbow, wrist = (
            heads[bones.index(f"{b}.{side}")] for b in ("upperarm01", "lowerarm01", "wrist")
        )
        wanted = np.array([sign * np.cos(drop), -np.sin(drop), 0.0])
        upper = _shortest(elbow - shoulder, wanted)
        turns[f"shoulder.{side}"] = upper.as_rotvec()
        # The rest pose bends the elbow forward; a hanging arm keeps a third of that.
        fore = upper.apply(wrist - elbow)
        straight = wanted * (np.linalg.norm(fore)) + (0.35 * np.array([0, 0, fore[2]]))
        turns[f"elbow.{side}"] = _shortest(fore, straight).as_rotvec()
    return turns


def _hanging_turns(most: float, vertices: FloatArray, heads: FloatArray) -> dict[str, FloatArray]:
    """Rotation vectors that let the arms hang, to an angle below the horizontal of at most `most`
    [rad], and clear of the body."""
    regions, bones = marks.regions(), load().bones
    elbow, wrist = (heads[bones.index(bone)] for bone in ("lowerarm01.L", "wrist.L"))
    arm = np.concatenate([regions["arm.L"], regions["hand.L"]])
    arm = arm[(vertices[arm] - elbow) @ (wrist - elbow) > 0.0]
    rest = np.concatenate([regions["torso"], regions["leg.L"]])

    def clear(drop: float) -> bool:
        moved, _ = skinned(vertices, heads, _arm_turns(drop, heads))
        gap, _ = cKDTree(moved[rest]).query(moved[arm], distance_upper_bound=_CLEAR)
        return not np.isfinite(gap).any()

    low, high = _LEAST_DROP, most
    if not clear(high):
        while high - low > _FINE:
            middle = (low + high) / 2
            low, high = (middle, high) if clear(middle) else (low, middle)
        high = low
    return _arm_turns(high, heads)


def _leg_turns(heads: FloatArray) -> dict[str, FloatArray]:
    """Rotation vectors that bring the ankles under the hip joints, seen from the front, and leave
    the feet level."""
    bones = load().bones
    turns: dict[str, FloatArray] = {}
    for side in ("L", "R"):
        hip, ankle = (heads[bones.index(f"{b}.{side}")] for b in ("upperleg01", "foot"))
        inwards = np.array([0.0, 0.0, -np.arctan2(ankle[0] - hip[0], hip[1] - ankle[1])])
        turns[f"hip.{side}"], turns[f"ankle.{side}"] = inwards, -inwards
    return turns


def _shortest(a: FloatArray, b: FloatArray) -> Rotation:
    """The smallest rotation that turns the direction of a to that of b."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis = np.cross(a, b)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return Rotation.identity()
    return Rotation.from_rotvec(axis / sine * np.arctan2(sine, float(a @ b)))


def skinned(
    vertices: FloatArray, heads: FloatArray, turns: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Vertices and bone heads after joint rotations, soles at y = 0.

    Args:
        vertices: At rest, shape (N, 3) [m].
        heads: At rest, shape (bones, 3) [m].
        turns: Joint -> rotation vector [rad] in the body's frame; a child turns with its parent
            and then, about its own moved head, by its own rotation applied first.
    Raises:
        UnknownName: There is no such joint.
    """
    model = load()
    matrices, offsets = _bone_motions(model, heads, turns)
    each = np.einsum("nkij,nj->nki", matrices[model.bone_indices], vertices)
    each += offsets[model.bone_indices]
    out = (each * model.bone_weights[..., None]).sum(axis=1)
    moved = np.einsum("bij,bj->bi", matrices, heads) + offsets
    floor = out[:, 1].min()
    out[:, 1] -= floor
    moved[:, 1] -= floor
    return out, moved


def _bone_motions(
    model: BodyModel, heads: FloatArray, turns: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Rotation (bones, 3, 3) and offset (bones, 3) [m] of each bone from rest."""
    bones = marks.joint_bones()
    unknown = set(turns) - set(bones)
    if unknown:
        raise UnknownName(f"no joint {sorted(unknown)[0]!r}; there are: {', '.join(sorted(bones))}")
    own = {model.bones.index(bones[j]): Rotation.from_rotvec(v) for j, v in turns.items()}
    matrices = np.tile(np.eye(3), (len(model.bones), 1, 1))
    offsets = np.zeros((len(model.bones), 3))
    for bone, parent in enumerate(model.parents):
        matrix = matrices[parent] if parent >= 0 else np.eye(3)
        offset = offsets[parent] if parent >= 0 else np.zeros(3)
        head = matrix @ heads[bone] + offset
        if bone in own:
            matrix = matrix @ own[bone].as_matrix()
        matrices[bone] = matrix
        offsets[bone] = head - matrix @ heads[bone]
    return matrices, offsets


def joints_of(heads: FloatArray) -> dict[str, FloatArray]:
    """Joint centres by name from the bone heads."""
    bones = load().bones
    return {joint: heads[bones.index(bone)] for joint, bone in marks.joint_bones().items()}


def landmarks_of(vertices: FloatArray) -> dict[str, FloatArray]:
    """Landmarks by name from the vertices.

    Beside the points on the skin there is one at x = 0 for each of the tape's levels, named
    ``bust_level``, ``underbust_level``, ``waist_level``, ``navel_level`` and ``hip_level``, in the
    middle between front and back there.
    """
    found = {name: vertices[i] for name, i in marks.landmarks().items()}
    found["crotch"] = vertices[min(marks.CROTCH, key=lambda i: vertices[i, 1])]
    torso = vertices[marks.regions()["torso"]]
    for name, level in _levels(vertices).items():
        near = torso[abs(torso[:, 1] - level) < 0.03]
        depth = (near[:, 2].min() + near[:, 2].max()) / 2 if len(near) else 0.0
        found[f"{name}_level"] = np.array([0.0, level, depth])
    return found


def _levels(vertices: FloatArray) -> dict[str, float]:
    """Height of each of the torso's levels [m]."""
    at = marks.landmarks()
    heights = {
        name: float(np.mean([vertices[at[mark], 1] for mark in points]))
        for name, points in LEVELS.items()
        if name != "knee"
    }
    seat = vertices[marks.seat()]
    heights["hip"] = float(seat[seat[:, 2].argmin(), 1])
    return heights
