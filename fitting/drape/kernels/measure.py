# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
# ruff: noqa: UP018, RUF046, SIM102
"""Crossings of surfaces, and distances from the body."""

from __future__ import annotations

import warp as wp

wp.set_module_options({"enable_backward": False})


@wp.func
def volume(a: wp.vec3d, b: wp.vec3d, c: wp.vec3d, d: wp.vec3d) -> wp.float64:
    """Six times the signed volume of a tetrahedron."""
    return wp.dot(wp.cross(b - a, c - a), d - a)


@wp.func
def goes_through(p: wp.vec3d, q: wp.vec3d, a: wp.vec3d, b: wp.vec3d, c: wp.vec3d) -> bool:
    """Whether the edge pq goes through the triangle abc, by the signs of volumes."""
    zero = wp.float64(0.0)
    if volume(a, b, c, p) * volume(a, b, c, q) >= zero:
        return False
    v0 = volume(p, q, a, b)
    v1 = volume(p, q, b, c)
    v2 = volume(p, q, c, a)
    return (v0 > zero and v1 > zero and v2 > zero) or (v0 < zero and v1 < zero and v2 < zero)


@wp.kernel
def count_crossings(
    tree: wp.uint64,
    ends: wp.array[wp.vec2i],
    positions: wp.array[wp.vec3d],
    faces: wp.array[wp.vec3i],
    surface: wp.array[wp.vec3d],
    same: bool,
    edge_hits: wp.array[int],
    face_hits: wp.array[int],
) -> None:
    """Counts the triangles of a surface that each edge goes through.

    `same`: edges and triangles are of one mesh, and those that share a vertex do not count.
    """
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
        if same:
            for m in range(3):
                if f[m] == e[0] or f[m] == e[1]:
                    shared = True
        if not shared:
            a = surface[f[0]]
            b = surface[f[1]]
            c = surface[f[2]]
            if goes_through(p, q, a, b, c):
                wp.atomic_add(edge_hits, i, 1)
                wp.atomic_add(face_hits, t, 1)


@wp.func
def no_room(body: wp.uint64, skin: wp.vec3, away: wp.vec3, room: float, reach: float) -> bool:
    """Whether a place of the skin lies in another part of the body, or faces skin nearer than
    `room` [m].

    Seen from within a part, less than `reach` [m] thick, the next skin outwards shows its back,
    from outside its front.
    """
    ray = wp.mesh_query_ray(body, skin + away * 1.0e-4, away, reach)
    if not ray.result:
        return False
    facing = wp.dot(ray.normal, away)
    return facing > 0.0 or (facing < -0.2 and ray.t < room)


@wp.kernel
def signed_distances(
    body: wp.uint64,
    points: wp.array[wp.vec3],
    reach: float,
    room: float,
    through: float,
    distance: wp.array[float],
) -> None:
    """Distance from the body, negative inside; `reach` where nothing is near.

    Where there is no room nothing is inside, if `room` is above 0.
    """
    i = wp.tid()
    p = points[i]
    distance[i] = reach
    found = wp.mesh_query_point_sign_normal(body, p, reach)
    if found.result:
        nearest = wp.mesh_eval_position(body, found.face, found.u, found.v)
        apart = wp.length(p - nearest)
        distance[i] = found.sign * apart
        if found.sign < 0.0 and room > 0.0 and apart > 1.0e-6:
            if no_room(body, nearest, (nearest - p) / apart, room, through):
                distance[i] = apart


@wp.kernel
def nearest_skin(
    body: wp.uint64,
    points: wp.array[wp.vec3],
    place: wp.array[wp.vec3],
    normal: wp.array[wp.vec3],
) -> None:
    """The nearest place of the skin, and the normal of its triangle."""
    i = wp.tid()
    found = wp.mesh_query_point_no_sign(body, points[i], 1.0)
    if found.result:
        place[i] = wp.mesh_eval_position(body, found.face, found.u, found.v)
        normal[i] = wp.mesh_eval_face_normal(body, found.face)


@wp.kernel
def skin_beneath(
    body: wp.uint64,
    points: wp.array[wp.vec3],
    reach: float,
    face: wp.array[int],
    weight: wp.array[wp.vec3],
    distance: wp.array[float],
) -> None:
    """The triangle of the skin nearest to each point, the weights of its corners there, and how far
    it is; `reach` where there is none."""
    i = wp.tid()
    distance[i] = reach
    found = wp.mesh_query_point_no_sign(body, points[i], reach)
    if found.result:
        face[i] = found.face
        weight[i] = wp.vec3(found.u, found.v, 1.0 - found.u - found.v)
        distance[i] = wp.length(
            points[i] - wp.mesh_eval_position(body, found.face, found.u, found.v)
        )


@wp.kernel
def cloth_above(
    cloth: wp.uint64,
    start: wp.array[wp.vec3],
    way: wp.array[wp.vec3],
    most: float,
    height: wp.array[float],
) -> None:
    """Distance along a ray to the last surface within `most` [m], 0 where there is none."""
    i = wp.tid()
    height[i] = 0.0
    ray = wp.mesh_query_ray(cloth, start[i] + most * way[i], -way[i], most)
    if ray.result:
        height[i] = most - ray.t


@wp.kernel
def room_ahead(
    body: wp.uint64, start: wp.array[wp.vec3], way: wp.array[wp.vec3], room: wp.array[float]
) -> None:
    """Distance along a ray to the next surface that faces it, at most 2 m."""
    i = wp.tid()
    room[i] = 2.0
    ray = wp.mesh_query_ray(body, start[i], way[i], 2.0)
    if ray.result and wp.dot(ray.normal, way[i]) < 0.0:
        room[i] = ray.t
