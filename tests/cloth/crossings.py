"""Triangle crossings, counted by brute force over near pairs: a check that shares no code."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree


def crossings(points, faces, others=None, other_faces=None):
    """Edges of one mesh that pierce triangles of another (or of the same), shape (n, 2).

    Args:
        points, faces: The mesh whose edges are followed.
        others, other_faces: The mesh pierced; the same one if None, corners in common excepted.
    Returns:
        Edge index (into the unique edges) and triangle index of each crossing.
    """
    same = others is None
    others, other_faces = (points, faces) if same else (others, other_faces)
    half = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    ends = np.unique(half, axis=0)
    middle = points[ends].mean(axis=1)
    reach = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1) / 2
    centre = others[other_faces].mean(axis=1)
    size = np.linalg.norm(others[other_faces] - centre[:, None], axis=2).max(axis=1)
    tree = cKDTree(centre)
    near = tree.query_ball_point(middle, reach + size.max())
    count = np.array([len(n) for n in near])
    edge = np.repeat(np.arange(len(ends)), count)
    if not len(edge):
        return np.zeros((0, 2), int)
    triangle = np.concatenate([np.array(n, int) for n in near if n])
    if same:
        shared = (ends[edge][:, :, None] == other_faces[triangle][:, None, :]).any(axis=(1, 2))
        edge, triangle = edge[~shared], triangle[~shared]
    p, d = points[ends[edge, 0]], points[ends[edge, 1]] - points[ends[edge, 0]]
    a, b, c = (others[other_faces[triangle, k]] for k in range(3))
    one, two = b - a, c - a
    h = np.cross(d, two)
    det = (one * h).sum(axis=1)
    safe = np.where(np.abs(det) < 1e-18, 1.0, det)
    s = p - a
    u = (s * h).sum(axis=1) / safe
    q = np.cross(s, one)
    v = (d * q).sum(axis=1) / safe
    t = (two * q).sum(axis=1) / safe
    hit = (np.abs(det) >= 1e-18) & (u > 0) & (v > 0) & (u + v < 1) & (t > 0) & (t < 1)
    return np.column_stack([edge[hit], triangle[hit]])
