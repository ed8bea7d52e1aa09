"""Undoing crossings: each edge that goes through a triangle is pulled to where the line along which
the cloth cuts itself grows shorter, until that line is gone.

It needs no inside and no outside, and works where the line ends at an edge of the cloth. Near a
crossing it is not known which side is which, so contact there is off meanwhile.

Reference:
    P. Volino, N. Magnenat-Thalmann, Resolving surface collisions through intersection contour
    minimization, ACM Transactions on Graphics 25 (2006) 1154-1159, doi 10.1145/1141911.1142007.
    The gradient is derived anew here: a point of the line follows a moved edge along the plane of
    the triangle.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import warp as wp
from numpy.typing import NDArray

from fitting.drape.kernels import pairs, tangles
from fitting.drape.settings import StepSettings
from fitting.drape.solver import ClothSolver
from fitting.drape.topology import FloatArray, IntArray, adjacency

_ROOM = 1 << 14  # crossings looked at; more than that is a knot
# A pull aims this part of an edge length away, where the line shrinks as fast as the edge moves.
_REACH = 0.35
# [N/m] Above the bending and below the stretching of a vertex at first, so that cloth folds rather
# than stretches out of a crossing; stiffer where that brings nothing; chosen.
_STIFFNESS = (100.0, 400.0, 1600.0)
_EVERY = 2  # steps between looking for crossings
_PATIENCE = 24  # steps without fewer crossings before pulls grow stiffer, or it is given up
_STEEPEST = 0.1  # cosine below which an edge counts as lying in the triangle's plane


class Tangles:
    """The crossings of one cloth, and the pulls against them.

    Args:
        solver: Whose cloth; its pulls and exempt vertices are set here.
        edge_m: Edge length of its triangles [m].
    """

    def __init__(self, solver: ClothSolver, edge_m: float) -> None:
        self.solver = solver
        self.stiffness = _STIFFNESS[0]
        self.reach = _REACH * edge_m
        device = solver.device
        self._faces_of = faces_of_edges(solver.edges.of_face, len(solver.edges.ends))
        self._rings = adjacency(solver.edges.ends, solver.count)
        self._ends = wp.array(solver.edges.ends, dtype=wp.vec2i, device=device)
        self._faces = wp.array(solver.faces, dtype=wp.vec3i, device=device)
        self._single = wp.zeros(solver.count, dtype=wp.vec3, device=device)
        self._flat = wp.array(solver.faces.ravel(), dtype=wp.int32, device=device)
        self._found = wp.zeros(1, dtype=wp.int32, device=device)
        self._crossing = wp.zeros(_ROOM, dtype=wp.vec2i, device=device)
        self._tree: wp.Mesh | None = None

    def look(self) -> int:
        """Sets the pulls for the present crossings; returns how many there are. Where there are
        none, those from before go on."""
        crossing = self.crossings()
        if not len(crossing):
            return 0
        x = self.solver.positions
        nodes, away = pulls(x, self.solver.edges.ends, self.solver.faces, self._faces_of, crossing)
        tangled = np.zeros(self.solver.count, bool)
        tangled[nodes] = True
        tangled |= np.asarray(self._rings @ tangled.astype(np.float32)) > 0
        self.solver.pull((nodes, self.reach * away, self.stiffness), tangled)
        return len(crossing)

    def crossings(self) -> IntArray:
        """Edges and the triangles that they go through, shape (C, 2), sorted."""
        positions = self.solver.state
        device = self.solver.device
        wp.launch(pairs.to_single, self.solver.count, [positions, self._single], device=device)
        if self._tree is None:
            self._tree = wp.Mesh(points=wp.clone(self._single), indices=self._flat)
        else:
            wp.copy(self._tree.points, self._single)
            self._tree.refit()
        self._found.zero_()
        wp.launch(
            tangles.list_crossings,
            len(self._ends),
            [
                self._tree.id, self._ends, positions, self._faces, _ROOM, self._found,
                self._crossing,
            ],
            device=device,
        )  # fmt: skip
        count = min(int(self._found.numpy()[0]), _ROOM)
        crossing = self._crossing.numpy()[:count]
        order = np.lexsort((crossing[:, 1], crossing[:, 0]))
        return np.asarray(crossing[order], np.int32)


def clear(solver: ClothSolver, step: StepSettings, edge_m: float, steps: int) -> Iterator[int]:
    """Steps until the cloth crosses itself nowhere; yields how many crossings there were.

    What is only just uncrossed lies a few micrometres apart and may cross again: it is pulled on
    until it was found uncrossed twice. Ends early where many steps bring nothing, with the cloth as
    it crossed itself least.
    """
    tangles = Tangles(solver, edge_m)
    least, since, before = _ROOM + 1, 0, 0
    best = solver.positions
    stiffer = iter(_STIFFNESS[1:])
    for number in range(steps):
        if number % _EVERY == 0:
            count = tangles.look()
            if count < least:
                least, since, best = count, number, solver.positions
            if count and number - since > _PATIENCE:
                tangles.stiffness, since = next(stiffer, 0.0), number
            if not (count or before) or not tangles.stiffness:
                break
            before = count
        solver.step(step)
        yield count
    solver.pull(None)
    if least <= _ROOM and tangles.look() > least:
        solver.move_to(best)
    solver.pull(None)


def faces_of_edges(of_face: IntArray, count: int) -> IntArray:
    """The first and the last triangle at each edge, shape (count, 2); at a border the same one."""
    found = np.zeros((count, 2), np.int32)
    triangle = np.repeat(np.arange(len(of_face), dtype=np.int32), 3)
    found[of_face.ravel()[::-1], 0] = triangle[::-1]
    found[of_face.ravel(), 1] = triangle
    return found


def pulls(
    x: FloatArray, ends: IntArray, faces: IntArray, faces_of: IntArray, crossing: IntArray
) -> tuple[IntArray, FloatArray]:
    """Which way the vertices at crossings have to go for the cut to grow shorter.

    Args:
        x: Positions [m], shape (N, 3).
        ends: Of the edges, shape (E, 2).
        faces: shape (T, 3).
        faces_of: Triangles at each edge, shape (E, 2), the same twice at a border.
        crossing: Edges and triangles, shape (C, 2).
    Returns:
        Vertices, shape (M,), and the mean of what their crossings ask for, shape (M, 3); of length
        1 at most, and near it where the cut shrinks as fast as the edge moves.
    """
    edge, triangle = crossing.T
    p, q = x[ends[edge, 0]], x[ends[edge, 1]]
    along = _unit(q - p)
    a, b, c = (x[faces[triangle, k]] for k in range(3))
    normal = _unit(np.cross(b - a, c - a))
    rise = ((q - p) * normal).sum(axis=1)
    share = ((a - p) * normal).sum(axis=1) / np.where(rise == 0.0, 1.0, rise)
    share = np.clip(share, 0.0, 1.0)
    place = p + share[:, None] * (q - p)
    slope = (along * normal).sum(axis=1)
    slope = np.where(slope < 0.0, np.minimum(slope, -_STEEPEST), np.maximum(slope, _STEEPEST))
    way = np.zeros_like(p)
    for side in range(2):
        own = faces_of[edge, side]
        corner = x[faces[own]]
        line = _unit(np.cross(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]),
                              normal))  # fmt: skip
        inward = corner.mean(axis=1) - place
        inward -= (inward * along).sum(axis=1)[:, None] * along
        line *= np.where((line * inward).sum(axis=1) < 0.0, -1.0, 1.0)[:, None]
        lean = (along * line).sum(axis=1) / slope
        once = np.where((side == 1) & (faces_of[edge, 0] == own), 0.0, 1.0)
        way += once[:, None] * (line - lean[:, None] * normal)
    way /= np.sqrt(1.0 + (way**2).sum(axis=1))[:, None]
    weights = _barycentric(place, a, b, c)
    nodes = np.concatenate([ends[edge, 0], ends[edge, 1], *faces[triangle].T])
    part = np.concatenate([1.0 - share, share, *weights.T])
    sign = np.repeat([1.0, 1.0, -1.0, -1.0, -1.0], len(edge))
    moved, index = np.unique(nodes, return_inverse=True)
    total = np.bincount(index, part, len(moved))
    asked = np.tile(way, (5, 1)) * (sign * part)[:, None]
    mean = [np.bincount(index, asked[:, k], len(moved)) for k in range(3)]
    return moved.astype(np.int32), np.stack(mean, axis=1) / np.maximum(total, 1e-3)[:, None]


def _unit(v: FloatArray) -> FloatArray:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=1), 1e-15)[:, None])


def _barycentric(p: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray) -> NDArray[np.float64]:
    """Weights of points in the planes of triangles, shape (N, 3), within 0..1."""
    normal = np.cross(b - a, c - a)
    square = np.maximum((normal**2).sum(axis=1), 1e-24)
    v = (np.cross(p - a, c - a) * normal).sum(axis=1) / square
    w = (np.cross(b - a, p - a) * normal).sum(axis=1) / square
    weights = np.clip(np.stack([1.0 - v - w, v, w], axis=1), 0.0, 1.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
