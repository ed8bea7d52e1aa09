# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
# ruff: noqa: UP018, RUF046
"""Which edges of a cloth go through which of its triangles, and the pull that takes them out."""

from __future__ import annotations

import warp as wp

from fitting.drape.kernels.measure import goes_through

wp.set_module_options({"enable_backward": False})


@wp.kernel
def list_crossings(
    tree: wp.uint64,
    ends: wp.array[wp.vec2i],
    positions: wp.array[wp.vec3d],
    faces: wp.array[wp.vec3i],
    capacity: int,
    found: wp.array[int],
    crossing: wp.array[wp.vec2i],
) -> None:
    """Lists edges and the triangles they go through, which share no vertex with them."""
    i = wp.tid()
    e = ends[i]
    p = positions[e[0]]
    q = positions[e[1]]
    low = wp.vec3(float(wp.min(p[0], q[0])), float(wp.min(p[1], q[1])), float(wp.min(p[2], q[2])))
    high = wp.vec3(float(wp.max(p[0], q[0])), float(wp.max(p[1], q[1])), float(wp.max(p[2], q[2])))
    margin = wp.vec3(1.0e-6, 1.0e-6, 1.0e-6)  # what single precision may lose
    query = wp.mesh_query_aabb(tree, low - margin, high + margin)
    t = int(0)
    while wp.mesh_query_aabb_next(query, t):
        f = faces[t]
        shared = False
        for m in range(3):
            if f[m] == e[0] or f[m] == e[1]:
                shared = True
        if not shared:
            a = positions[f[0]]
            b = positions[f[1]]
            c = positions[f[2]]
            if goes_through(p, q, a, b, c):
                k = wp.atomic_add(found, 0, 1)
                if k < capacity:
                    crossing[k] = wp.vec2i(i, t)


@wp.kernel
def pull(
    nodes: wp.array[int],
    away: wp.array[wp.vec3],
    stiffness: float,
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
) -> None:
    """Springs to places this far away; each vertex is listed once."""
    k = wp.tid()
    i = nodes[k]
    force[i] = force[i] + stiffness * away[k]
    diagonal[i] = diagonal[i] + stiffness * wp.identity(n=3, dtype=float)
