"""How good a drape is: crossings, depth in the body, open seams, stretch."""

from __future__ import annotations

import numpy as np
import warp as wp
from numpy.typing import NDArray

from fitting.drape.collider import THROUGH, Collider
from fitting.drape.kernels import measure
from fitting.drape.topology import find_edges, rest_shape
from fitting.records import ClothMesh

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

_REACH = 0.05  # how deep inside the body cloth is still found [m]


def _tree(positions: FloatArray, faces: IntArray, device: str) -> wp.Mesh:
    return wp.Mesh(
        points=wp.array(positions.astype(np.float32), dtype=wp.vec3, device=device),
        indices=wp.array(faces.ravel(), dtype=wp.int32, device=device),
    )


def crossings(
    positions: FloatArray, faces: IntArray, *, device: str = "cpu"
) -> tuple[IntArray, IntArray]:
    """Where a cloth goes through itself.

    Args:
        positions: [m], shape (N, 3).
        faces: shape (T, 3).
    Returns:
        The edges that go through a triangle they share no vertex with, as vertex pairs, shape
        (C, 2), and the indices of the triangles gone through.
    """
    edges, triangles, _ = _crossings(positions, faces, positions, faces, same=True, device=device)
    return edges, triangles


def crossings_between(
    positions: FloatArray,
    faces: IntArray,
    surface: FloatArray,
    surface_faces: IntArray,
    *,
    device: str = "cpu",
) -> int:
    """How often two surfaces go through one another: edges of either through triangles of the
    other."""
    one, _, _ = _crossings(positions, faces, surface, surface_faces, same=False, device=device)
    other, _, _ = _crossings(surface, surface_faces, positions, faces, same=False, device=device)
    return len(one) + len(other)


def crossed_triangles(
    positions: FloatArray,
    faces: IntArray,
    surface: FloatArray,
    surface_faces: IntArray,
    *,
    device: str = "cpu",
) -> IntArray:
    """Indices of the triangles that go through a surface."""
    _, through, _ = _crossings(surface, surface_faces, positions, faces, same=False, device=device)
    _, _, edges = _crossings(positions, faces, surface, surface_faces, same=False, device=device)
    by_edge = np.flatnonzero(edges[find_edges(faces).of_face].any(axis=1))
    return np.union1d(through, by_edge).astype(np.int32)


def _crossings(
    positions: FloatArray,
    faces: IntArray,
    surface: FloatArray,
    surface_faces: IntArray,
    *,
    same: bool,
    device: str,
) -> tuple[IntArray, IntArray, IntArray]:
    """Edges that go through triangles, those triangles, and how many each edge goes through."""
    faces = np.ascontiguousarray(faces, np.int32)
    surface_faces = np.ascontiguousarray(surface_faces, np.int32)
    ends = find_edges(faces).ends
    tree = _tree(surface, surface_faces, device)
    edge_hits = wp.zeros(len(ends), dtype=wp.int32, device=device)
    face_hits = wp.zeros(len(surface_faces), dtype=wp.int32, device=device)
    wp.launch(
        measure.count_crossings,
        len(ends),
        [
            tree.id,
            wp.array(ends, dtype=wp.vec2i, device=device),
            wp.array(positions, dtype=wp.vec3d, device=device),
            wp.array(surface_faces, dtype=wp.vec3i, device=device),
            wp.array(surface, dtype=wp.vec3d, device=device),
            same,
            edge_hits,
            face_hits,
        ],
        device=device,
    )
    through = edge_hits.numpy()
    triangles = np.flatnonzero(face_hits.numpy()).astype(np.int32)
    return np.repeat(ends, through, axis=0), triangles, np.array(through)


def distances(points: FloatArray, collider: Collider, *, device: str = "cpu") -> FloatArray:
    """Signed distance of points from the body [m], negative inside, at most 5 cm.

    Where there is no room between skins (`Collider.room`) nothing is inside.
    """
    out = wp.zeros(len(points), dtype=wp.float32, device=device)
    single = wp.array(np.asarray(points, np.float32), dtype=wp.vec3, device=device)
    wp.launch(
        measure.signed_distances,
        len(points),
        [collider.mesh.id, single, _REACH, collider.room, THROUGH, out],
        device=device,
    )
    return np.array(out.numpy(), np.float64)


def penetration(
    positions: FloatArray, faces: IntArray, collider: Collider, *, device: str = "cpu"
) -> float:
    """Greatest depth of the cloth in the body [m], 0 where it is outside."""
    depth, _, _ = depths(positions, faces, collider, device=device)
    return max(0.0, float(depth.max(initial=0.0)))


def depths(
    positions: FloatArray, faces: IntArray, collider: Collider, *, device: str = "cpu"
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Depth in the body at 66 places in each triangle that goes through the skin or lies within.

    Returns:
        Depths [m], negative outside, shape (P,); triangles, shape (P,); and weights of their
        corners, shape (P, 3).
    """
    inside = distances(positions, collider, device=device)[faces].min(axis=1) < 0.0
    crossing = crossed_triangles(positions, faces, collider.vertices, collider.faces, device=device)
    found = np.union1d(np.flatnonzero(inside), crossing).astype(np.int32)
    triangle = np.repeat(found, len(_LATTICE))
    weights = np.tile(_LATTICE, (len(found), 1))
    return _depths_at(positions, faces, triangle, weights, collider, device), triangle, weights


def _lattice(parts: int) -> FloatArray:
    """Weights of the points that cut each side of a triangle in `parts`, shape (P, 3)."""
    i, j = np.meshgrid(np.arange(parts + 1), np.arange(parts + 1), indexing="ij")
    inside = i + j <= parts
    points = np.stack([i[inside], j[inside], (parts - i - j)[inside]], axis=1)
    weights: FloatArray = points.astype(np.float64) / parts
    return weights


_LATTICE = _lattice(10)


def _depths_at(
    positions: FloatArray, faces: IntArray, triangle: IntArray, weights: FloatArray,
    collider: Collider, device: str,
) -> FloatArray:  # fmt: skip
    if not len(triangle):
        return np.zeros(0)
    points = np.einsum("pc,pcx->px", weights, positions[faces[triangle]])
    return np.negative(distances(points, collider, device=device))


def panel_stretch(cloth: ClothMesh, nodes: FloatArray) -> FloatArray:
    """How far the yarns of each panel are stretched on the whole, along weft and warp.

    Args:
        cloth: The garment.
        nodes: Where its nodes are [m], shape (cloth.nodes, 3).
    Returns:
        Mean length over that at rest, by area, shape (panels, 2); 1 for panels without cloth.
    """
    shape = rest_shape(cloth.uv[cloth.faces])
    corners = nodes[cloth.node_faces]
    sides = corners[:, 1:] - corners[:, :1]
    gradient = shape.gradient.reshape(-1, 2, 2)  # (T, side, yarn)
    length = np.linalg.norm(np.einsum("tsx,tsy->tyx", sides, gradient), axis=2)
    panel, count = cloth.panel[cloth.faces[:, 0]], len(cloth.pattern.panels)
    area = np.bincount(panel, shape.area, count)
    total = [np.bincount(panel, shape.area * length[:, k], count) for k in range(2)]
    mean = np.stack(total, axis=1) / np.maximum(area, 1e-12)[:, None]
    return np.asarray(np.where(area[:, None] > 0.0, mean, 1.0))


def edge_stretch(positions: FloatArray, faces: IntArray, uv: FloatArray) -> FloatArray:
    """Length of each triangle's sides over that in the flat panel, shape (3 T,).

    Args:
        positions: [m], shape (N, 3).
        faces: shape (T, 3).
        uv: Material coordinates of the corners [m], shape (T, 3, 2).
    """
    corners = positions[faces]
    now = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2).ravel()
    rest = np.linalg.norm(np.roll(uv, -1, axis=1) - uv, axis=2).ravel()
    there = rest > 1e-6
    return np.asarray(now[there] / rest[there], np.float64)
