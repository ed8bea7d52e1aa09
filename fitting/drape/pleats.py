"""Pleats: cloth that was pressed keeps folds of its own along the lines it is drawn with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fitting.drape.topology import find_edges, find_hinges
from fitting.records import ClothMesh, FloatArray, InternalLine

FOLD = "pleat fold"  # what our patterns call the line that a pleat is folded on
# How far pressed cloth turns aside on a pleat's flanks [rad]: such pleats lie drawn together to
# 0.72 of their cloth, the Bessel function J0 of it.
_TURN = 1.1
_MOST = 1.0  # a hinge of pressed cloth rests at this angle at most [rad]


# Least rigidity of pressed cloth across its pleats [N·m]; estimated: a fold that was pressed opens
# by its own elasticity only, which in poplin is some tens of times what flat cloth has.
PRESSED = 1e-4


def pleated_triangles(cloth: ClothMesh) -> NDArray[np.bool_]:
    """Whether each triangle lies in a pleated panel, shape (T,)."""
    pleated = np.array([_step(p.lines) > 0.0 for p in cloth.pattern.panels])
    return np.asarray(pleated[cloth.panel[cloth.faces[:, 0]]])


def rest_angles(cloth: ClothMesh) -> FloatArray | None:
    """Angle at which each hinge of the sewn cloth rests [rad], shape (H,); None without pleats."""
    steps = [_step(p.lines) for p in cloth.pattern.panels]
    if not any(steps):
        return None
    faces = cloth.node_faces
    hinges = find_hinges(faces, find_edges(faces))
    uv, panel = cloth.uv[cloth.faces], cloth.panel[cloth.faces[:, 0]]
    angles = np.zeros(len(hinges.faces))
    for index, step in enumerate(steps):
        if not step:
            continue
        on = (panel[hinges.faces] == index).all(axis=1)
        face, corner = hinges.faces[on], hinges.corners[on]
        first, second = uv[face[:, 0], corner[:, 0, 0]], uv[face[:, 0], corner[:, 0, 1]]
        along = second - first
        length = np.linalg.norm(along, axis=1)
        middles = uv[face].mean(axis=2)
        apart = np.linalg.norm(middles[:, 1] - middles[:, 0], axis=1)
        wave = 2 * np.pi / step
        bend = -_TURN * wave * np.cos(wave * (first + second)[:, 0] / 2)
        angles[on] = bend * apart * (along[:, 1] / np.maximum(length, 1e-9)) ** 2
    return np.clip(angles, -_MOST, _MOST)


def _step(lines: Sequence[InternalLine]) -> float:
    """Cloth from one pleat to the next [m]; 0 without pleats."""
    at = np.sort([line.points[0][0] for line in lines if line.name == FOLD])
    return float(np.diff(at).mean()) if len(at) > 1 else 0.0
