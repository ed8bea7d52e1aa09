"""Pleats: cloth that was pressed keeps folds of its own along the lines it is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fitting.drape.settings import Phase
from fitting.drape.topology import find_edges, find_hinges
from fitting.pleats import ON_LINE, Pleats, pleats_of
from fitting.records import ClothMesh, FloatArray, IntArray

# Least rigidity of pressed cloth across its pleats [N·m]; estimated: a fold that was pressed opens
# by its own elasticity only, which in poplin is some tens of times what flat cloth has.
PRESSED = 1e-4
# Folds are pressed flat down to this share of the length, about the hip, and open by so much at the
# hem [rad]; chosen, as worn pleats look.
_SHUT, _OPEN = 0.35, 0.7


def pleated_triangles(cloth: ClothMesh) -> NDArray[np.bool_]:
    """Whether each triangle lies in a pleated panel, shape (T,)."""
    pleated = np.array([pleats_of(p) is not None for p in cloth.pattern.panels])
    return np.asarray(pleated[cloth.panel[cloth.faces[:, 0]]])


def sliding(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Phases in which the layers of pleats are not braked: they lie pressed on one another all
    over, and would creep to where they belong."""
    return tuple(replace(p, step=replace(p.step, self_drag=0.0)) for p in phases)


def rest_angles(cloths: Sequence[ClothMesh]) -> FloatArray | None:
    """Angle at which each hinge of sewn cloths rests [rad], shape (H,); None without pleats.

    Half a turn where it is folded: outwards along the fold that is seen, inwards along the other.

    Args:
        cloths: One after another, as they are joined to one mesh.
    """
    found = [_angles(cloth) for cloth in cloths]
    return np.concatenate(found) if any(angles.any() for angles in found) else None


def _angles(cloth: ClothMesh) -> FloatArray:
    """Those of one cloth, shape (H,)."""
    faces = cloth.node_faces
    hinges = find_hinges(faces, find_edges(faces))
    panel = cloth.panel[cloth.faces[:, 0]]
    angles = np.zeros(len(hinges.faces))
    for index, own in enumerate(pleats_of(panel) for panel in cloth.pattern.panels):
        if own is None:
            continue
        on = np.flatnonzero((panel[hinges.faces] == index).all(axis=1))
        corner = hinges.corners[on, 0, :2]
        ends = np.take_along_axis(cloth.faces[hinges.faces[on, 0]], corner, axis=1)
        angles[on] = _turns(own, cloth.uv, ends)
    return angles


def _turns(pleats: Pleats, uv: FloatArray, ends: IntArray) -> FloatArray:
    """Angle at rest of hinges on a fold, its opposite on an inner fold, else 0 [rad], (H,)."""
    fold, inner, _ = pleats.at(uv[:, 1])
    turn = np.zeros(len(ends))
    for lines, way in ((fold, 1.0), (inner, -1.0)):
        for line in lines:
            on = np.abs(uv[:, 0] - line) < ON_LINE
            turn[on[ends].all(axis=1)] = way
    low, high = pleats.heights[[0, -1]]
    down = (high - uv[ends, 1].mean(axis=1)) / (high - low)
    return np.asarray(turn * (np.pi - _OPEN * np.clip((down - _SHUT) / (1 - _SHUT), 0.0, 1.0)))
