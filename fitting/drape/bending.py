"""Bending as a constant matrix: the energy of hinges between triangles that keep their shape."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fitting.drape.topology import FloatArray, Hinges, IntArray

# The pull of a hinge that rests folded flat is so many times as great, for else the moment that
# closes it would vanish with the third power of the angle it is open by; from this angle on [rad]
# it grows to that.
_FOLD = 2.4
_PRESS = 1.5
_SLIVER = 100.0  # cotangent of the sharpest corner that bending sees: 0.6 degrees


def bending_matrix(
    hinges: Hinges, uv: FloatArray, area: FloatArray, weft: FloatArray, warp: FloatArray, count: int
) -> sparse.csr_matrix:
    """The matrix Q of the bending energy ½ xᵀQx, one scalar for each pair of vertices [N/m].

    A hinge of length l between triangles of areas A and A' holds ½ B l²θ² / (A + A') at the angle
    θ. For a cylinder of curvature κ the sum over a grid of right or equilateral triangles is
    ½ B κ² per area, and the factor 3 of the reference is 3 times too stiff there. Its ``K`` gives
    ``|K x| = 2 l sin(θ/2)`` as long as the triangles keep their shape. The rigidity across a hinge
    is ``weft n_u² + warp n_v²`` for a hinge with the material normal n.

    Args:
        hinges: Pairs of triangles.
        uv: Corners in material coordinates [m], shape (T, 3, 2).
        area: Of the triangles [m²], shape (T,).
        weft, warp: Rigidity for curvature along weft and warp [N·m], by triangle, shape (T,).
        count: How many vertices.

    Reference:
        M. Wardetzky et al., Discrete quadratic curvature energies, Computer Aided Geometric
        Design 24 (2007) 499-518, doi 10.1016/j.cagd.2007.07.006.
    """
    weights, stiffness = _hinge_terms(hinges, uv, area, weft, warp)
    rows = np.repeat(np.arange(len(weights)), 4)
    curvature = sparse.csr_matrix(
        (weights.ravel(), (rows, hinges.vertices.ravel())), shape=(len(weights), count)
    )
    matrix = (curvature.T @ sparse.diags(stiffness) @ curvature).tocsr()
    matrix.sort_indices()
    return matrix


def pressing(
    hinges: Hinges, uv: FloatArray, area: FloatArray, weft: FloatArray, warp: FloatArray,
    angles: FloatArray,
) -> tuple[IntArray, FloatArray]:  # fmt: skip
    """Pull of hinges that rest at an angle, along their normal, as `bending_matrix` holds it.

    With the normal n a hinge of resting angle θ has the energy ½ s |K x - 2 l sin(θ/2) n|².

    Args:
        hinges, uv, area, weft, warp: As in `bending_matrix`.
        angles: At rest, positive where the right side is outside [rad], shape (H,).
    Returns:
        Vertices of the hinges that rest bent, the edge's ends in the order of the first triangle,
        shape (P, 4), and the force on each [N], shape (P, 4).
    """
    weights, stiffness = _hinge_terms(hinges, uv, area, weft, warp)
    face, corner = hinges.faces[:, 0], hinges.corners[:, 0]
    length = np.linalg.norm(uv[face, corner[:, 1]] - uv[face, corner[:, 0]], axis=1)
    turned = np.sin(angles / 2.0) * np.interp(np.abs(angles), (_FOLD, np.pi), (1.0, _PRESS))
    pull = weights * (stiffness * 2.0 * length * turned)[:, None]
    ahead = corner[:, 1] == (corner[:, 0] + 1) % 3
    order = np.where(ahead[:, None], [0, 1, 2, 3], [1, 0, 2, 3])
    rows = np.arange(len(face))[:, None]
    bent = angles != 0.0
    return hinges.vertices[rows, order][bent], pull[rows, order][bent]


def _hinge_terms(
    hinges: Hinges, uv: FloatArray, area: FloatArray, weft: FloatArray, warp: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weights of each hinge's vertices, shape (H, 4), and its stiffness, shape (H,)."""
    face, corner = hinges.faces, hinges.corners  # (H, 2), (H, 2, 3)
    angle = _cotangents(uv)[face[:, :, None], corner[:, :, :2]]  # (H, 2 sides, 2 ends)
    at_ends = angle.sum(axis=1)
    weights = np.concatenate([at_ends[:, ::-1], -angle.sum(axis=2)], axis=1)  # (H, 4)
    total = area[face].sum(axis=1)
    rigidity = _rigidity(hinges, uv, weft, warp)
    stiffness = np.where(total > 0.0, rigidity / np.where(total > 0.0, total, 1.0), 0.0)
    return weights, stiffness


def _cotangents(uv: FloatArray) -> FloatArray:
    """Cotangents of the corner angles, shape (T, 3); bounded at slivers of a hundredth."""
    result = np.empty(uv.shape[:2])
    for corner in range(3):
        a = uv[:, (corner + 1) % 3] - uv[:, corner]
        b = uv[:, (corner + 2) % 3] - uv[:, corner]
        cross = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        result[:, corner] = (a * b).sum(axis=1) / np.maximum(cross, 1e-12)
    return np.clip(result, -_SLIVER, _SLIVER)


def _rigidity(hinges: Hinges, uv: FloatArray, weft: FloatArray, warp: FloatArray) -> FloatArray:
    """Rigidity across each hinge [N·m], the mean of its two sides, shape (H,)."""
    total = np.zeros(len(hinges.faces))
    for side in range(2):
        face, corner = hinges.faces[:, side], hinges.corners[:, side]
        along = uv[face, corner[:, 1]] - uv[face, corner[:, 0]]
        square = along**2
        share = square / np.maximum(square.sum(axis=1, keepdims=True), 1e-18)
        # The hinge runs along `along`, so it bends the direction across it.
        total += 0.5 * (weft[face] * share[:, 1] + warp[face] * share[:, 0])
    return total
