"""A body and garments with known geometry, for the tests of pictures."""

from __future__ import annotations

import numpy as np
import trimesh

from fitting.records import (
    Body,
    ClothMesh,
    Drape,
    DrapeReport,
    Edge,
    EdgeRef,
    Fabric,
    Panel,
    Pattern,
    Seam,
)


def fabric(**changes) -> Fabric:
    figures = {
        "name": "jersey-cotton",
        "title": "Cotton jersey",
        "title_ru": "Хлопковая кулирка",
        "density": 0.16,
        "warp": 120.0,
        "weft": 80.0,
        "shear": 30.0,
        "bend_warp": 6e-6,
        "bend_weft": 5e-6,
        "thickness": 0.0007,
        "friction_skin": 0.4,
        "friction_self": 0.4,
        "stretch_warp": 0.2,
        "stretch_weft": 0.4,
        "colour": (0.16, 0.30, 0.48),
        "weave": "jersey",
        "sources": {"density": "ISO 3801"},
    }
    return Fabric(**{**figures, **changes})


def pillar(stature: float = 1.7, radius: float = 0.13) -> Body:
    """A capsule that stands on the floor: a body whose girths are known."""
    mesh = trimesh.creation.capsule(stature - 2 * radius, radius, count=[48, 48])
    mesh = mesh.subdivide_to_size(0.09)
    mesh.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, (1, 0, 0)))
    mesh.apply_translation((0, -mesh.vertices[:, 1].min(), 0))
    return Body(mesh.vertices, mesh.faces, landmarks={"nape": np.array([0, 1.5, -0.1])})


def tube(
    body: Body,
    *,
    radius: float = 0.16,
    top: float = 1.35,
    length: float = 0.75,
    folds: float = 0.02,
    edge: float = 0.015,
    material: Fabric | None = None,
    name: str = "tube",
) -> Drape:
    """A tube of two panels, front and back, sewn at the sides, falling in folds to its hem.

    Without folds it lies on its cylinder without strain.
    """
    half = np.pi * radius
    rows, columns = round(length / edge) + 1, round(half / edge) + 1
    u, v = np.meshgrid(np.linspace(0, half, columns), np.linspace(0, length, rows))
    flat = np.column_stack([u.ravel(), v.ravel()])
    k = np.arange((rows - 1) * columns).reshape(rows - 1, columns)[:, :-1].ravel()
    faces = np.vstack([
        np.column_stack([k, k + 1, k + columns]),
        np.column_stack([k + 1, k + columns + 1, k + columns]),
    ])  # fmt: skip
    count = len(flat)
    # The front runs from the wearer's right (-x) to the left, the back from the left on.
    around = np.concatenate([flat[:, 0], flat[:, 0] + half]) / radius - np.pi
    uv = np.vstack([flat, flat])
    low = 1 - uv[:, 1] / length
    r = radius + folds * low**1.5 * (1 + np.sin(9 * around)) + 0.02 * folds * np.sin(31 * around)
    start = np.column_stack([r * np.cos(around), top - length + uv[:, 1], -r * np.sin(around)])
    node = np.concatenate([np.arange(count), count + np.arange(count)])
    first, last = np.arange(rows) * columns, np.arange(rows) * columns + columns - 1
    node[count + first] = node[last]
    node[count + last] = node[first]
    _, node = np.unique(node, return_inverse=True)
    sewn = np.vstack([
        np.column_stack([last, count + first]), np.column_stack([first, count + last])
    ])  # fmt: skip
    corners = np.array([(0, 0), (half, 0), (half, length), (0, length)], float)
    edges = tuple(
        Edge(i, (i + 1) % 4, name=n) for i, n in enumerate(("hem", "side", "top", "side"))
    )
    panels = tuple(Panel(side, corners, edges) for side in ("front", "back"))
    seams = (
        Seam(EdgeRef("front", 1), EdgeRef("back", 3)),
        Seam(EdgeRef("front", 3), EdgeRef("back", 1)),
    )
    pattern = Pattern(name, panels, seams, fabric="jersey-cotton", options={"ease": 0.1})
    cloth = ClothMesh(
        pattern, uv, np.repeat([0, 1], count), np.vstack([faces, faces + count]), node, start,
        edge, sewn,
    )  # fmt: skip
    positions = np.zeros((cloth.nodes, 3))
    positions[node] = start
    report = DrapeReport(
        name, len(positions), len(cloth.faces), edge * 1000, "cpu", {"sew": 0.1, "drape": 1.0},
        1.0, 2.0, "at_rest", 0.001, 0.01, 0.03, 0.0, 0.0, 1.0, 1.0, 0, 200.0, "test",
    )  # fmt: skip
    return Drape(cloth, body, material or fabric(), positions, report)
