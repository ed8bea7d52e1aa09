"""Where a tailor's points lie on the skin, which bones the joints are, and the parts of the body.

Points are given as vertices of the compiled mesh; `BodyModel.base_index` gives their index in
MakeHuman's base mesh. They were placed on the mean man and woman so that their heights over stature
agree with the means of ANSUR II (cervicale, suprasternale, acromion, axilla, omphalion,
mid-patella, tenth rib and iliac crest) within 1 % of stature.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fitting.body.model import BodyModel, grounded, load
from fitting.records import FloatArray, IntArray

# On the middle line or on the left; `mirrored` gives the right ones.
MIDDLE = {
    "nape": 857,  # seventh cervical vertebra
    "neck_pit": 1524,  # hollow above the breastbone
    "neck_front": 815,  # in front, where a tape around the neck base lies
    "navel": 4104,
    "waist_front": 4090,
    "underbust_front": 4054,
    "crotch": 4356,
    "crown": 881,
    "brow": 234,
    "back_of_head": 962,
}
LEFT = {
    "nipple": 8439,
    "acromion": 8259,
    "neck_side": 7517,  # where the shoulder seam meets the neck
    "neck_base_side": 7528,  # a little higher, where a tape around the neck base lies
    "armpit": 8288,
    "back_fold": 8341,  # where the back meets the arm
    "front_fold": 8106,  # where the chest meets the arm
    "waist_side": 10675,
    "elbow_tip": 10027,
    "wrist_outer": 10532,
    "belly": 10955,  # under the nipple, a hand below the navel
    "loin": 10975,  # beside the spine, a hand below the waist
    "knee_above": 11217,
    "knee_below": 11236,
}
CROTCH = (4356, 4358, 6415)  # the lowest of these is the crotch

# Points whose mean height is a level of the tape.
LEVELS = {
    "bust": ("nipple.L", "nipple.R"),
    "underbust": ("underbust_front",),
    "waist": ("waist_front", "waist_side.L", "waist_side.R"),
    "navel": ("navel",),
    "knee": ("knee_above.L", "knee_below.L"),
    "nape": ("nape",),
}

JOINTS = {
    "pelvis": "root",
    "spine_low": "spine04",
    "spine": "spine03",
    "chest": "spine01",
    "neck": "neck01",
    "head": "head",
    "collar": "clavicle",
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "knuckle": "finger3-1",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
    "toe": "toe2-1",
}

# Part of the body -> how the names of its bones start.
PARTS = {
    "head": ("head", "eye"),
    "neck": ("neck",),
    "torso": ("root", "pelvis", "spine", "clavicle", "shoulder"),
    "arm": ("upperarm", "lowerarm"),
    "hand": ("wrist", "finger", "metacarpal"),
    "leg": ("upperleg", "lowerleg"),
    "foot": ("foot", "toe"),
}


def joint_bones() -> dict[str, str]:
    """Joint name as in `Body.joints` -> bone whose head it is."""
    model = load()
    found: dict[str, str] = {}
    for joint, bone in JOINTS.items():
        if bone in model.bones:
            found[joint] = bone
        else:
            found |= {f"{joint}.{s}": f"{bone}.{s}" for s in "LR"}
    return found


@lru_cache(maxsize=1)
def mirror() -> IntArray:
    """For each vertex its mirror image: the mesh is symmetric to the last bit."""
    model = load()
    v = np.round(model.template[: model.vertex_count].astype(float), 7)
    order = np.lexsort(v.T)
    flipped = v * [-1, 1, 1] + 0.0
    order_flipped = np.lexsort(flipped.T)
    out = np.empty(len(v), np.int32)
    out[order_flipped] = order
    return out


@lru_cache(maxsize=1)
def landmarks() -> dict[str, int]:
    """Landmark name as in `Body.landmarks` -> vertex."""
    other = mirror()
    found = dict(MIDDLE)
    for name, vertex in LEFT.items():
        found[f"{name}.L"] = vertex
        found[f"{name}.R"] = int(other[vertex])
    return found


def part_weights(model: BodyModel, part: str, side: str = "") -> FloatArray:
    """How much of each vertex follows the bones of a part, 0..1, shape (N,)."""
    bones = np.array(
        [b.startswith(PARTS[part]) and (not side or b.endswith(f".{side}")) for b in model.bones]
    )
    return np.asarray((model.bone_weights * bones[model.bone_indices]).sum(axis=1))


@lru_cache(maxsize=1)
def regions() -> dict[str, IntArray]:
    """Vertices of each part of the body; each vertex is in exactly one."""
    model = load()
    names = ["head", "neck", "torso"]
    names += [f"{p}.{s}" for p in ("arm", "hand", "leg", "foot") for s in "LR"]
    weights = np.stack([part_weights(model, *name.partition(".")[::2]) for name in names])
    owner = weights.argmax(axis=0)
    return {n: np.flatnonzero(owner == i).astype(np.int32) for i, n in enumerate(names)}


@lru_cache(maxsize=1)
def seat() -> IntArray:
    """The vertices of the seat, among which the hip level's farthest back point is sought."""
    model = load()
    v = grounded(model.points(0.5, np.zeros(len(model.names))), model.vertex_count)
    v = v[: model.vertex_count]
    y = v[:, 1] / v[:, 1].max()
    limbs = part_weights(model, "arm") + part_weights(model, "hand")
    found = (v[:, 2] < -0.02) & (y > 0.46) & (y < 0.58) & (limbs < 0.5)
    return np.flatnonzero(found).astype(np.int32)


@lru_cache(maxsize=1)
def edges() -> IntArray:
    """Each edge of the mesh once, shape (E, 2)."""
    f = load().faces
    pairs = np.sort(np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]]), axis=1)
    return np.asarray(np.unique(pairs, axis=0), np.int32)
