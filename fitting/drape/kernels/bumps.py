# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
"""Body vertices against triangles of the cloth."""

from __future__ import annotations

import warp as wp

from fitting.drape.kernels.membrane import single, soft_push

wp.set_module_options({"enable_backward": False})


@wp.kernel
def find_bumps(
    cloth: wp.uint64,
    body: wp.uint64,
    place: wp.array[wp.vec3],
    normal: wp.array[wp.vec3],
    faces: wp.array[wp.vec3i],
    reach: float,
    nodes: wp.array[wp.vec4i],
    weight: wp.array[wp.vec4],
    near: wp.array[int],
) -> None:
    """The nearest triangle within `reach`, as three nodes with weights.

    It must show its outside the way the skin does, and lie above or below the bump: cloth on top
    of a toe is nothing to the toe's underside. Below, it must be inside the body: cloth in the
    hollow under a jaw is outside, though lower than the jaw.
    """
    i = wp.tid()
    near[i] = 0
    found = wp.mesh_query_point_no_sign(cloth, place[i], reach)
    if found.result:
        f = faces[found.face]
        nearest = wp.mesh_eval_position(cloth, found.face, found.u, found.v)
        apart = nearest - place[i]
        facing = wp.dot(wp.mesh_eval_face_normal(cloth, found.face), normal[i])
        if facing < 0.3 or wp.abs(wp.dot(apart, normal[i])) < 0.5 * wp.length(apart):
            return
        if wp.dot(apart, normal[i]) < 0.0:
            skin = wp.mesh_query_point_sign_normal(body, nearest, reach)
            if skin.result and skin.sign > 0.0:
                return
        near[i] = 1
        nodes[i] = wp.vec4i(f[0], f[1], f[2], f[0])
        weight[i] = wp.vec4(found.u, found.v, 1.0 - found.u - found.v, 0.0)


@wp.kernel
def push_bumps(
    positions: wp.array[wp.vec3d],
    place: wp.array[wp.vec3],
    normal: wp.array[wp.vec3],
    nodes: wp.array[wp.vec4i],
    weight: wp.array[wp.vec4],
    near: wp.array[int],
    offset: float,
    stiffness: float,
    soft: float,
    capacity: int,
    active: wp.array[int],
    active_nodes: wp.array[wp.vec4i],
    active_weight: wp.array[wp.vec4],
    active_normal: wp.array[wp.vec3],
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
) -> None:
    """Pushes cloth that lies less than `offset` above a bump, or below it, along the normal."""
    i = wp.tid()
    if near[i] == 0:
        return
    v = nodes[i]
    w = weight[i]
    n = normal[i]
    place_d = wp.vec3d(place[i])
    above = 0.0
    for m in range(3):
        above += w[m] * wp.dot(n, single(positions[v[m]] - place_d))
    push = soft_push(offset - above, stiffness, soft)
    if push[1] > 0.0:
        at = wp.atomic_add(active, 0, 1)
        if at >= capacity:
            wp.atomic_sub(active, 0, 1)
            return
        active_nodes[at] = v
        active_weight[at] = w
        active_normal[at] = n * wp.sqrt(push[1])
        nn = push[1] * wp.outer(n, n)
        for m in range(3):
            wp.atomic_add(force, v[m], (push[0] * w[m]) * n)
            wp.atomic_add(diagonal, v[m], nn * (w[m] * w[m]))
