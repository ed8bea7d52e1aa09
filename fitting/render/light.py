"""The light of the room: how much of it reaches each point of a dressed body."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fitting.pleats import seen_corners
from fitting.records import Body, Drape, FloatArray, IntArray
from fitting.render.rays import Occluders
from fitting.render.surfaces import vertex_normals

# Covered skin is drawn this much deeper [m], so that a fold's coarser triangles do not cut it.
SINK = 0.004


class AmbientLight:
    """Ambient light baked on the body, on both sides of each cloth, and anywhere else.

    Args:
        body: The avatar.
        drapes: What it wears.
        rays: Rays a point.
        sheer: Which garments let the light through, so that they darken nothing.

    Attributes:
        body: Mean free direction and open share of the skin's vertices, shape (N, 4).
        cloth: The same for the right and the wrong side of each garment's vertices, (V, 4) each.
        covered: 1 where cloth lies within 3 cm over the skin, 0 where it is bare, shape (N,).
        pokes: How far the skin stands out through the cloth, where it does [m], shape (N,): a
            point of skin between the cloth's vertices.
    """

    def __init__(
        self, body: Body, drapes: Sequence[Drape], rays: int, sheer: Sequence[bool] = ()
    ) -> None:
        self._rays = rays
        normals = vertex_normals(body.vertices, body.faces)
        self.covered = np.zeros(len(body.vertices))
        self.pokes = np.zeros(len(body.vertices))
        if drapes:
            worn = _joined([_cloth(d) for d in drapes])
            gap = worn.clearance(body.vertices, normals, reach=0.03)
            under = worn.clearance(body.vertices, -normals, reach=0.015)
            self.covered = np.isfinite(gap).astype(float)
            self.pokes = np.where(np.isfinite(under) & ~np.isfinite(gap), under, 0.0)
        # Covered skin lies deeper, so that it does not darken the cloth right over it.
        depth = np.where(self.pokes > 0, self.pokes + SINK, SINK * self.covered)
        bare = (body.vertices - depth[:, None] * normals, body.faces)
        solid = [d for k, d in enumerate(drapes) if not (k < len(sheer) and sheer[k])]
        self._all = _joined([bare, *(_cloth(d) for d in solid)])
        self.body = self.on(body.vertices, normals)
        self.cloth = [self._both_sides(d) for d in drapes]

    def on(self, points: FloatArray, normals: FloatArray, reach: float = 0.8) -> FloatArray:
        """Mean free direction and open share, shape (N, 4)."""
        return self._all.openness(points, normals, rays=self._rays, reach=reach)

    def _both_sides(self, drape: Drape) -> tuple[FloatArray, FloatArray]:
        faces, node = drape.cloth.node_faces, drape.cloth.node
        cloth = drape.cloth
        counted = seen_corners(cloth.pattern, cloth.uv, cloth.panel, cloth.faces)
        normals = vertex_normals(drape.positions, faces, seen=counted)
        half = drape.fabric.thickness / 2
        sides = []
        for sign, rays in ((1.0, self._rays), (-1.0, max(8, self._rays // 4))):
            n = sign * normals
            seen = self._all.openness(drape.positions + half * n, n, rays=rays, reach=0.8)
            sides.append(seen[node])
        return sides[0], sides[1]


def _cloth(drape: Drape) -> tuple[FloatArray, IntArray]:
    return drape.positions, drape.cloth.node_faces


def _joined(meshes: Sequence[tuple[FloatArray, IntArray]]) -> Occluders:
    """All meshes as one."""
    at = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    faces = [faces + first for (_, faces), first in zip(meshes, at[:-1], strict=True)]
    return Occluders(np.vstack([vertices for vertices, _ in meshes]), np.vstack(faces))
