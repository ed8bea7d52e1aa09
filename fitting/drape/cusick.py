"""The drape test of textile laboratories: a disc of cloth over a smaller disc, seen from above.

A fabric's drape coefficient says how much of the overhanging ring still throws a shadow: 0 where it
hangs straight down, 1 where it stands out like a board.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay

from fitting.drape.device import pick_device
from fitting.drape.settings import DrapeSettings, StepSettings
from fitting.drape.solver import ClothSolver, Material
from fitting.drape.topology import FloatArray, IntArray
from fitting.records import Fabric

SAMPLE, SUPPORT = 0.15, 0.09  # radii of the two discs [m]: BS 5058, ISO 9073-9
_STEPS = 600
_REST = 0.01  # force residual over weight at which the shadow no longer changes
_CREEP = 0.005  # and the greatest speed there [m/s]
_BUMP = 0.001  # height of the waviness that the cloth starts with [m]
_WAVES = range(2, 13)  # folds around; cloth of all kinds falls into 4 to 12
_BINS = 720  # directions in which the shadow is measured


@dataclass(frozen=True, eq=False)
class CusickTest:
    """What a drape test found.

    Attributes:
        coefficient: Shadow of the overhang over its flat area, 0..1.
        folds: How many the edge falls into.
        at_rest: Whether the cloth hung still.
        positions: Of the sample's vertices [m], +y up, shape (N, 3).
        faces: Its triangles, shape (T, 3).
    """

    coefficient: float
    folds: int
    at_rest: bool
    positions: FloatArray
    faces: IntArray


def cusick(fabric: Fabric, *, edge_m: float = 0.006, device: str = "cpu") -> CusickTest:
    """Lets a disc of 30 cm of a fabric hang over one of 18 cm.

    The cloth is elastic here; friction between its yarns holds real cloth up a little further.

    Args:
        fabric: What is tested.
        edge_m: Edge length of the triangles [m]. Folds narrower than four of them lock: take 3 mm
            for cloth with a bending length below 12 mm.
        device: As in `fitting.drape.drape`.

    Reference:
        G. E. Cusick, The measurement of fabric drape, J. Textile Institute 59 (1968) 253-260,
        doi 10.1080/00405006808659985; BS 5058; ISO 9073-9.
    """
    points, faces = sample(edge_m)
    radius, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    start = np.column_stack([points[:, 0], np.zeros(len(points)), -points[:, 1]])
    # A flat ring would stay smooth: some waviness of every kind lets it choose its own folds.
    bump = np.sum([np.cos(k * angle + 2.4 * k * k) for k in _WAVES], axis=0)
    start[:, 1] += _BUMP * bump * np.clip((radius - SUPPORT) / (SAMPLE - SUPPORT), 0.0, 1.0) ** 2
    material = Material.uniform(
        len(faces), density=fabric.density, weft=fabric.weft, warp=fabric.warp,
        shear=fabric.shear, bend_weft=fabric.bend_weft, bend_warp=fabric.bend_warp,
        compression=DrapeSettings().compression,
    )  # fmt: skip
    solver = ClothSolver(
        faces, points[faces], material, start, device=pick_device(device),
        pinned=np.flatnonzero(radius < SUPPORT + 1e-6).astype(np.int32),
    )  # fmt: skip
    reach = 0.45 * edge_m
    step = StepSettings(
        tolerance=0.02, self_radius=reach, self_thickness=max(fabric.thickness, 0.0008),
        max_move=0.5 * reach,
    )  # fmt: skip
    at_rest = False
    for number in range(_STEPS):
        state = solver.step(step)
        at_rest = state.residual < _REST and state.speed_max < _CREEP
        if at_rest and number > 40:  # before that the cloth has not begun to fall
            break
    positions = solver.positions
    outline = _outline(positions, faces)
    shadow = 0.5 * float((outline**2).sum()) * 2.0 * np.pi / _BINS
    ring = np.pi * (SAMPLE**2 - SUPPORT**2)
    waves = np.abs(np.fft.rfft(outline))[_WAVES.start : _WAVES.stop]
    return CusickTest(
        coefficient=(shadow - np.pi * SUPPORT**2) / ring,
        folds=_WAVES.start + int(waves.argmax()),
        at_rest=at_rest,
        positions=positions,
        faces=faces,
    )


def bending_length(fabric: Fabric) -> float:
    """Peirce's bending length of a fabric [m], the geometric mean of both directions."""
    from fitting.units import GRAVITY

    rigidity = np.sqrt(fabric.bend_warp * fabric.bend_weft)
    return float(np.cbrt(rigidity / (fabric.density * GRAVITY)))


def sample(edge_m: float) -> tuple[FloatArray, IntArray]:
    """A flat disc of triangles with a ring of vertices just over the support's edge.

    Returns:
        Points [m], shape (N, 2), and counter-clockwise triangles, shape (T, 3).
    """
    inner = max(2, round(SUPPORT / edge_m))
    outer = max(2, round((SAMPLE - SUPPORT) / edge_m))
    radii = np.concatenate(
        [np.linspace(0.0, SUPPORT, inner + 1)[1:], np.linspace(SUPPORT, SAMPLE, outer + 1)[1:]]
    )
    rings = [np.zeros((1, 2))]
    for number, radius in enumerate(radii):
        count = max(6, round(2.0 * np.pi * radius / edge_m))
        # Every other ring is turned by half an edge.
        angle = 2.0 * np.pi * (np.arange(count) + 0.5 * (number % 2)) / count
        rings.append(radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    points = np.vstack(rings)
    faces = Delaunay(points).simplices.astype(np.int32)
    one, two = (points[faces[:, k]] - points[faces[:, 0]] for k in (1, 2))
    twice = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    faces[twice < 0.0] = faces[twice < 0.0][:, ::-1]
    return points, np.asarray(faces[np.abs(twice) > 1e-9], np.int32)


def _outline(positions: FloatArray, faces: IntArray) -> FloatArray:
    """How far the shadow reaches in each direction [m], shape (_BINS,)."""
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    share = np.linspace(0.0, 1.0, 9)[:, None, None]  # finer than the bins
    along = positions[ends[:, 0]] * (1.0 - share) + positions[ends[:, 1]] * share
    x, z = along[..., 0].ravel(), along[..., 2].ravel()
    turn = (np.arctan2(z, x) / (2.0 * np.pi) + 0.5) * _BINS
    reach = np.zeros(_BINS)
    np.maximum.at(reach, turn.astype(int) % _BINS, np.hypot(x, z))
    return reach
