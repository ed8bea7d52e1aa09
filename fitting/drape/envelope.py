"""The body with what is worn on it: what the next garment is put on over.

The skin is moved out along its normals until it is outside the garments that are worn already, once
their folds are pressed down. It stays one closed surface, so the next garment is sewn and settled
around it as around a body, and ends outside all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp
from scipy import sparse
from scipy.spatial import cKDTree

from fitting.drape.collider import Collider, vertex_normals
from fitting.drape.kernels import measure
from fitting.drape.topology import FloatArray, IntArray, adjacency, find_edges

# The skin is moved out by no more than this [m]; cloth that hangs further off, as a hem does, is
# soft, and the next garment pushes it in.
_MOST = 0.09
# What is pressed under the next garment lies within this of the skin [m]: what a jacket has to
# spare around a shirt, 0.1 m of girth over 2π.
_PRESSED = 0.016
# Cloth further off than this tells nothing about how thick it lies on the skin [m].
_NEAR = 0.12
# Where two parts of the body face each other, as in an armpit, each keeps within this share of
# the way.
_SHARE = 0.4
# Cloth lies this far within the moved skin [m].
_MARGIN = 0.002
_SMOOTHINGS = 3
# Cloth less than the first under the surface, or out of it with one of its vertices nearer than the
# second, raises it by half more than brings it three times the first under, for smoothing takes a
# third of that; the third bounds what is brought at once [m]; chosen.
_TOUCH, _FOLD, _ONCE, _OVER = 0.0005, 0.03, 0.004, 1.5


def dressed(
    collider: Collider, worn: Sequence[tuple[FloatArray, IntArray]], device: str
) -> Collider:
    """The body's surface moved out to garments, as far as each lies off the skin.

    Args:
        collider: The body.
        worn: Node positions of the garments [m], shape (N, 3), and their triangles.
        device: As Warp names it.
    """
    skin = _Skin.of(collider)
    height = skin.under(worn, device)
    vertices = skin.moved(height, _MOST, device)
    # What was smoothed away of folds is added once more.
    points = np.concatenate([positions for positions, _ in worn])
    place, normal = Collider(vertices, collider.faces, device=device).nearest(points)
    out = ((points - place) * normal).sum(axis=1)
    distance, vertex = cKDTree(vertices).query(points, k=3)
    high = (out > -_TOUCH) & (distance[:, 0] < _FOLD)
    raised = _OVER * np.minimum(out[high] + 3 * _TOUCH, _ONCE)
    more = np.zeros(len(height))
    np.maximum.at(more, vertex[high].ravel(), np.repeat(raised, 3))
    vertices = skin.moved(height + more, _MOST, device)
    return Collider(vertices, collider.faces, device=device)


def pressed(collider: Collider, worn: Sequence[FloatArray], device: str) -> Collider:
    """The body's surface moved out by how far garments lie off it on average, at most 16 mm.

    There is as much room within as the garments fill when their folds are spread evenly.

    Args:
        collider, worn, device: As in `dressed`.
    """
    skin = _Skin.of(collider)
    height = np.zeros(len(skin.vertices))
    for points in worn:
        vertex, out = skin.above(points, _NEAR)
        total = np.bincount(vertex, out, len(height))
        count = np.bincount(vertex, minlength=len(height)).astype(np.float64)
        for _ in range(_SMOOTHINGS):
            total += skin.rings @ total
            count += skin.rings @ count
        height += total / np.maximum(count, 1.0)
    return Collider(skin.moved(height, _PRESSED, device), collider.faces, device=device)


def standing_out(
    points: FloatArray, envelope: Collider, most: float
) -> tuple[IntArray, FloatArray]:
    """Which points are not within an envelope, and which way they have to go.

    Args:
        points: [m], shape (N, 3).
        envelope: What they should be within, by 2 mm.
        most: No further than this at once [m].
    Returns:
        Indices, shape (M,), and moves [m], shape (M, 3).
    """
    place, normal = envelope.nearest(points)
    out = np.flatnonzero(((points - place) * normal).sum(axis=1) > -_MARGIN)
    away = place[out] - _MARGIN * normal[out] - points[out]
    length = np.linalg.norm(away, axis=1, keepdims=True)
    return out.astype(np.int32), away * np.minimum(1.0, most / np.maximum(length, 1e-12))


@dataclass(frozen=True)
class _Skin:
    """The body's surface, with the normals and the neighbours of its vertices."""

    collider: Collider
    vertices: FloatArray
    normals: FloatArray
    rings: sparse.csr_matrix

    @staticmethod
    def of(collider: Collider) -> _Skin:
        vertices, faces = collider.vertices, collider.faces
        rings = adjacency(find_edges(faces).ends, len(vertices))
        return _Skin(collider, vertices, vertex_normals(vertices, faces), rings)

    def under(self, worn: Sequence[tuple[FloatArray, IntArray]], device: str) -> FloatArray:
        """How far along its normal each vertex lies under the outermost cloth [m], 0 if bare."""
        first = np.cumsum([0] + [len(positions) for positions, _ in worn])
        faces = np.concatenate([f + o for (_, f), o in zip(worn, first[:-1], strict=True)])
        points = np.concatenate([positions for positions, _ in worn])

        def vectors(values: FloatArray) -> wp.array[wp.vec3]:
            return wp.array(values.astype(np.float32), dtype=wp.vec3, device=device)

        mesh = wp.Mesh(
            points=vectors(points),
            indices=wp.array(faces.ravel().astype(np.int32), dtype=wp.int32, device=device),
        )
        height = wp.zeros(len(self.vertices), dtype=wp.float32, device=device)
        wp.launch(
            measure.cloth_above, len(self.vertices),
            [mesh.id, vectors(self.vertices), vectors(self.normals), _MOST, height], device=device,
        )  # fmt: skip
        found = np.array(height.numpy(), np.float64)
        return np.where(found > 0.0, found + _MARGIN, 0.0)

    def above(self, points: FloatArray, reach: float) -> tuple[IntArray, FloatArray]:
        """The vertices near cloth, three for each of its points, and its heights there [m]."""
        distance, nearest = cKDTree(self.vertices).query(points, k=3, distance_upper_bound=reach)
        near = np.isfinite(distance)
        node = np.nonzero(near)[0]
        vertex = nearest[near]
        out = ((points[node] - self.vertices[vertex]) * self.normals[vertex]).sum(axis=1)
        return vertex.astype(np.int32), np.clip(out, 0.0, None) + _MARGIN

    def moved(self, height: FloatArray, most: float, device: str) -> FloatArray:
        """The vertices moved out along their normals, smoothly [m]."""
        room = _room(self.collider, self.normals, device)
        height = np.minimum(height, np.minimum(most, _SHARE * room))
        degree = np.maximum(np.asarray(self.rings.sum(axis=1)).ravel(), 1.0)
        for _ in range(_SMOOTHINGS):
            height = 0.5 * (height + (self.rings @ height) / degree)
        return np.asarray(self.vertices + height[:, None] * self.normals)


def _room(collider: Collider, normals: FloatArray, device: str) -> FloatArray:
    """How far from each vertex along its normal the body is met again [m], at most 2 m."""
    room = wp.zeros(len(normals), dtype=wp.float32, device=device)
    start = wp.array((collider.vertices + 1e-3 * normals).astype(np.float32), dtype=wp.vec3,
                     device=device)  # fmt: skip
    way = wp.array(normals.astype(np.float32), dtype=wp.vec3, device=device)
    wp.launch(measure.room_ahead, len(normals), [collider.mesh.id, start, way, room], device=device)
    return np.array(room.numpy(), np.float64)
