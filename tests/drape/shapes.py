"""Simple sheets and bodies with known answers. Metres; +y up."""

from __future__ import annotations

import numpy as np
import trimesh

from fitting.drape.collider import Collider
from fitting.drape.solver import ClothSolver, Material
from fitting.records import Body, FloatArray, IntArray

WEIGHT = 0.2  # of the test cloth [kg/m²]


def sheet(length: float, width: float, edge: float) -> tuple[FloatArray, IntArray]:
    """A flat strip of nearly equilateral triangles from (0, 0) along x, and its material
    coordinates are its points."""
    columns = max(1, round(length / (edge * np.sqrt(0.75)))) + 1
    rows = max(1, round(width / edge)) + 1
    x, y = np.linspace(0.0, length, columns), np.linspace(0.0, width, rows)
    step = y[1]
    points, index = [], np.zeros((columns, rows + 1), int)
    for i in range(columns):
        # Every other column is shifted by half an edge, and closed by a vertex at each end.
        ys = y if i % 2 == 0 else np.concatenate([[0.0], y[:-1] + step / 2, [width]])
        index[i, : len(ys)] = np.arange(len(points), len(points) + len(ys))
        points += [(x[i], value) for value in ys]
    faces = []
    for i in range(columns - 1):
        even, odd = (i, i + 1) if i % 2 == 0 else (i + 1, i)
        turn = i % 2 == 0
        for j in range(rows):
            faces.append(_turned(index[even, j], index[odd, j], index[odd, j + 1], turn))
        for j in range(rows - 1):
            faces.append(_turned(index[even, j], index[odd, j + 1], index[even, j + 1], turn))
    return np.array(points), np.array(faces, np.int32)


def _turned(a: int, b: int, c: int, turn: bool) -> tuple[int, int, int]:
    return (a, b, c) if turn else (a, c, b)


def cloth(
    points: FloatArray,
    faces: IntArray,
    start: FloatArray,
    *,
    stiffness: float = 800.0,
    shear: float = 80.0,
    bending: float = 1e-5,
    density: float = WEIGHT,
    collider: Collider | None = None,
    pinned: IntArray | None = None,
) -> ClothSolver:
    """A solver for a uniform sheet."""
    material = Material.uniform(
        len(faces), density=density, weft=stiffness, warp=stiffness, shear=shear,
        bend_weft=bending, bend_warp=bending,
    )  # fmt: skip
    return ClothSolver(faces, points[faces], material, start, collider=collider, pinned=pinned)


def level(points: FloatArray, height: float = 0.0) -> FloatArray:
    """Sheet points laid level, centred over the origin."""
    middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
    x, z = (points - middle).T
    return np.stack([x, np.full(len(x), height), -z], axis=1)


def slope(angle: float) -> tuple[Collider, FloatArray]:
    """A plane block whose top falls towards -x at an angle [rad], and its rotation matrix."""
    block = trimesh.creation.box((2.0, 0.5, 2.0))
    block.apply_translation((0.0, -0.25, 0.0))
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return Collider(np.asarray(block.vertices) @ turn.T, np.asarray(block.faces)), turn


def ball(radius: float) -> Collider:
    """A sphere around the origin."""
    mesh = trimesh.creation.icosphere(subdivisions=4, radius=radius)
    return Collider(np.asarray(mesh.vertices), np.asarray(mesh.faces))


def pillar(radius: float, height: float) -> Body:
    """An upright cylinder on the ground, as a body."""
    mesh = trimesh.creation.cylinder(radius=radius, height=height, sections=96)
    mesh.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0)))
    mesh.apply_translation((0.0, height / 2, 0.0))
    return Body(np.asarray(mesh.vertices), np.asarray(mesh.faces))
