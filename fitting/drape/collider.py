"""The body as the cloth meets it: a checked mesh and its bounding volume tree."""

from __future__ import annotations

import numpy as np
import warp as wp
from numpy.typing import NDArray
from scipy import sparse

from fitting.drape.kernels import measure
from fitting.errors import BadMesh

THROUGH = 0.6  # no part of a body is thicker [m]: skin that lies in one sees its back so near

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]


class Collider:
    """A closed body.

    Args:
        vertices: [m], shape (N, 3).
        faces: Counter-clockwise from outside, shape (M, 3).
        device: As Warp names it.

    Attributes:
        room: Skin that faces other skin nearer than this [m], or lies in another part of the body,
            as at armpits and hips in some poses, meets no cloth, for there is no place where cloth
            would be outside of both. 0, as at first: all skin is met.

    Raises:
        BadMesh: It is not finite, open, or inside out.
    """

    def __init__(self, vertices: FloatArray, faces: IntArray, *, device: str = "cpu") -> None:
        points, triangles = checked(vertices, faces)
        self.vertices = points
        self.faces = triangles
        self.mesh = wp.Mesh(
            points=wp.array(points.astype(np.float32), dtype=wp.vec3, device=device),
            indices=wp.array(triangles.ravel(), dtype=wp.int32, device=device),
        )
        self.room = 0.0
        self._given = np.asarray(vertices, np.float64)
        self._sharp: dict[float, tuple[IntArray, FloatArray]] = {}

    def move(self, vertices: FloatArray) -> None:
        """Puts the body's vertices, in the order in which they were given, somewhere else [m].

        Vertices that were at one place stay together.
        """
        _, joined = np.unique(self._given, axis=0, return_inverse=True)
        points = self.vertices.copy()
        points[joined.reshape(-1)] = vertices
        self.vertices = points
        self.mesh.points.assign(points.astype(np.float32))
        self.mesh.refit()
        self._sharp.clear()

    def nearest(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The nearest places of the skin and the outward normals of its triangles there."""
        device = self.mesh.device
        place = wp.zeros(len(points), dtype=wp.vec3, device=device)
        normal = wp.zeros(len(points), dtype=wp.vec3, device=device)
        single = wp.array(np.asarray(points, np.float32), dtype=wp.vec3, device=device)
        wp.launch(
            measure.nearest_skin, len(points), [self.mesh.id, single, place, normal], device=device
        )
        return np.array(place.numpy(), np.float64), np.array(normal.numpy(), np.float64)

    def beneath(self, points: FloatArray, reach: float) -> tuple[IntArray, FloatArray, FloatArray]:
        """What of the skin is under points [m], shape (N, 3).

        Returns:
            The corners of the nearest triangle, shape (N, 3); their weights at the nearest place,
            shape (N, 3); and how far that is [m], `reach` where nothing is near, shape (N,).
        """
        device, count = self.mesh.device, len(points)
        face = wp.zeros(count, dtype=wp.int32, device=device)
        weight = wp.zeros(count, dtype=wp.vec3, device=device)
        distance = wp.zeros(count, dtype=wp.float32, device=device)
        single = wp.array(np.asarray(points, np.float32), dtype=wp.vec3, device=device)
        wp.launch(
            measure.skin_beneath, count, [self.mesh.id, single, reach, face, weight, distance],
            device=device,
        )  # fmt: skip
        return (
            self.faces[face.numpy()],
            np.array(weight.numpy(), np.float64),
            np.array(distance.numpy(), np.float64),
        )

    def sharp(self, radius: float) -> tuple[IntArray, FloatArray]:
        """Vertices on bumps with a radius below `radius` [m], and the normals of all vertices."""
        if radius not in self._sharp:
            self._sharp[radius] = sharp_vertices(self.vertices, self.faces, radius)
        return self._sharp[radius]


def checked(vertices: FloatArray, faces: IntArray) -> tuple[FloatArray, IntArray]:
    """The mesh with coincident vertices joined, once it is known to be closed and outward.

    Files split vertices where texture coordinates jump; joining them closes those gaps.

    Raises:
        BadMesh: Not finite, empty, open, or inside out.
    """
    vertices = np.asarray(vertices, np.float64)
    faces = np.asarray(faces, np.int32)
    if not np.isfinite(vertices).all():
        raise BadMesh("the body has coordinates that are not finite; export it again")
    if len(faces) < 4 or faces.min() < 0 or faces.max() >= len(vertices):
        raise BadMesh(
            f"the body has {len(faces)} triangles over {len(vertices)} vertices; a closed body "
            "has at least four and uses only vertices that are there"
        )
    points, index = np.unique(vertices, axis=0, return_inverse=True)
    triangles = index.reshape(-1)[faces].astype(np.int32)
    triangles = triangles[
        (triangles[:, 0] != triangles[:, 1])
        & (triangles[:, 1] != triangles[:, 2])
        & (triangles[:, 2] != triangles[:, 0])
    ]
    _require_closed(triangles, len(points))
    corners = points[triangles]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    if volume <= 0.0:
        raise BadMesh(
            f"the body encloses {volume:.4f} m³, so it is inside out; turn its faces around"
        )
    return points, triangles


def _require_closed(faces: IntArray, count: int) -> None:
    """Each directed edge must be there once, and once in the other direction."""
    a = faces[:, [0, 1, 2]].ravel().astype(np.int64)
    b = faces[:, [1, 2, 0]].ravel().astype(np.int64)
    there, times = np.unique(a * count + b, return_counts=True)
    back = np.unique(b * count + a)
    open_edges = len(np.setdiff1d(there, back, assume_unique=True)) + int((times > 1).sum())
    if open_edges:
        raise BadMesh(
            f"the body is not a closed surface: {open_edges} of its edges do not have one "
            "triangle on each side; close the holes or export it as one watertight mesh"
        )


def sharp_vertices(
    vertices: FloatArray, faces: IntArray, radius: float
) -> tuple[IntArray, FloatArray]:
    """Vertices where a body bulges with a radius below `radius`, and all vertex normals.

    The curvature is that of the sphere through the vertex and the mean of its neighbours, the
    sharpest over one and two rings: ``2 h / d²`` for neighbours at a mean square distance d² that
    lie h below the vertex.

    Args:
        vertices: [m], shape (N, 3).
        faces: Counter-clockwise from outside, shape (M, 3).
        radius: [m].
    Returns:
        Indices, shape (S,), and unit normals, shape (N, 3).
    """
    count = len(vertices)
    normals = vertex_normals(vertices, faces)
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ring = sparse.csr_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    ring.data[:] = 1.0
    curvature = np.zeros(count)
    square = (vertices**2).sum(axis=1)
    for near in (ring, ring @ ring):
        degree = np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1.0)
        mean = (near @ vertices) / degree[:, None]
        below = ((vertices - mean) * normals).sum(axis=1)
        spread = (near @ square) / degree - 2.0 * (mean * vertices).sum(axis=1) + square
        curvature = np.maximum(curvature, 2.0 * below / np.maximum(spread, 1e-12))
    return np.flatnonzero(curvature > 1.0 / radius).astype(np.int32), normals


def vertex_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Unit normals of vertices, those of their triangles weighted by area, shape (N, 3)."""
    corners = vertices[faces]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    at = np.repeat(areas, 3, axis=0)
    summed = [np.bincount(faces.ravel(), at[:, k], len(vertices)) for k in range(3)]
    normals = np.stack(summed, axis=1).astype(np.float64)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    return normals
