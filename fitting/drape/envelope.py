"""The body with what is worn on it: what the next garment is put on over.

The skin is moved out along its normals until it is outside the garments that are worn already. It
stays one closed surface, so the next garment is sewn and settled around it as around a body, and
ends outside all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import warp as wp
from scipy import sparse
from scipy.spatial import cKDTree

from fitting.drape.collider import Collider, vertex_normals
from fitting.drape.kernels import measure
from fitting.drape.topology import FloatArray, adjacency, find_edges

# The skin is moved out by no more than this [m]; cloth that hangs further off, as a hem does, is
# soft, and the next garment pushes it in.
_MOST = 0.09
# Where two parts of the body face each other, as in an armpit, each keeps within this share of
# the way.
_SHARE = 0.4
# Cloth lies this far within the moved skin [m].
_MARGIN = 0.002
_SMOOTHINGS = 3


def dressed(collider: Collider, worn: Sequence[FloatArray], device: str) -> Collider:
    """The body's surface moved out around garments.

    Args:
        collider: The body.
        worn: Node positions of the garments [m], shape (N, 3) each.
        device: As Warp names it.
    """
    vertices, faces = collider.vertices, collider.faces
    normals = vertex_normals(vertices, faces)
    points = np.concatenate(worn)
    tree = cKDTree(vertices)
    distance, nearest = tree.query(points, k=3, distance_upper_bound=2.0 * _MOST)
    near = np.isfinite(distance)
    node = np.nonzero(near)[0]
    skin = nearest[near]
    out = np.clip(((points[node] - vertices[skin]) * normals[skin]).sum(axis=1), 0.0, None)
    height = np.zeros(len(vertices))
    np.maximum.at(height, skin, out + _MARGIN)
    rings = adjacency(find_edges(faces).ends, len(vertices))
    height = _spread(height, rings)
    most = np.minimum(_MOST, _SHARE * _room(collider, normals, device))
    height = np.minimum(height, most)
    weight = sparse.diags(1.0 / np.maximum(np.asarray(rings.sum(axis=1)).ravel(), 1.0)) @ rings
    for _ in range(_SMOOTHINGS):
        height = 0.5 * (height + weight @ height)
    return Collider(vertices + height[:, None] * normals, faces, device=device)


def _spread(height: FloatArray, rings: sparse.csr_matrix) -> FloatArray:
    """The greatest height among each vertex and its neighbours, twice."""
    for _ in range(2):
        around = rings.multiply(height[None, :]).max(axis=1)
        height = np.maximum(height, np.asarray(around.todense()).ravel())
    return height


def _room(collider: Collider, normals: FloatArray, device: str) -> FloatArray:
    """How far from each vertex along its normal the body is met again [m], at most 2 m."""
    room = wp.zeros(len(normals), dtype=wp.float32, device=device)
    start = wp.array((collider.vertices + 1e-3 * normals).astype(np.float32), dtype=wp.vec3,
                     device=device)  # fmt: skip
    way = wp.array(normals.astype(np.float32), dtype=wp.vec3, device=device)
    wp.launch(measure.room_ahead, len(normals), [collider.mesh.id, start, way, room], device=device)
    return np.array(room.numpy(), np.float64)
