"""Knots that pulling does not undo, as a fold sewn into a seam the wrong way round: the cloth
around them is ironed flat, a little at a time, until it no longer goes through itself. Its folds
come back as it settles, this time the right way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fitting.drape.quality import crossings
from fitting.drape.solver import ClothSolver
from fitting.drape.topology import FloatArray, adjacency

_RINGS = (2, 3, 5)  # of neighbours around the crossings that are ironed; the least that helps
_STROKES = (4, 8, 16, 32)  # passes of the iron, together; the least that helps


def iron(solver: ClothSolver) -> bool:
    """Irons the cloth where it goes through itself; whether any crossing went.

    Args:
        solver: Moved in place, to where it crosses itself least.
    """
    before = solver.positions
    edges, triangles = crossings(before, solver.faces, device=solver.device)
    if not len(edges):
        return False
    rings = adjacency(solver.edges.ends, solver.count)
    core = np.zeros(solver.count, bool)
    core[edges.ravel()] = True
    core[solver.faces[triangles].ravel()] = True
    best, least = before, len(edges)
    for count in _RINGS:
        patch = grown(core, rings, count)
        x, done = before, 0
        for strokes in _STROKES:
            x = smoothed(x, patch, rings, strokes - done)
            done = strokes
            left = len(crossings(x, solver.faces, device=solver.device)[0])
            if left < least:
                best, least = x, left
            if not left:
                break
        if not least:
            break
    if best is before:
        return False
    solver.move_to(best)
    return True


def grown(core: NDArray[np.bool_], rings: sparse.csr_matrix, count: int) -> NDArray[np.bool_]:
    """Vertices within some edges of those of the core, shape (N,)."""
    patch = core.copy()
    for _ in range(count):
        patch |= np.asarray(rings @ patch.astype(np.float32)) > 0
    return patch


def smoothed(
    x: FloatArray, patch: NDArray[np.bool_], rings: sparse.csr_matrix, strokes: int
) -> FloatArray:
    """Positions [m] after vertices of a patch went half way to the middle of their neighbours."""
    rows = rings[patch]
    weight = sparse.diags(1.0 / np.maximum(np.asarray(rows.sum(axis=1)).ravel(), 1.0)) @ rows
    out = x.copy()
    for _ in range(strokes):
        out[patch] = 0.5 * (out[patch] + weight @ out)
    return out
