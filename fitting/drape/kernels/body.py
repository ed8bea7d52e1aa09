# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
"""Contact with the body: planes through the nearest points of its skin, held while cloth rests.

A vertex near the skin keeps up to two planes: one at the nearest point and, where the body folds
back within reach (armpits, crotch, between the legs), one on the far side, so that pinched cloth
settles between the two instead of jumping from one to the other. On a body that moves there is none
where the skins leave no room: there cloth hangs on the cloth around it.
"""

from __future__ import annotations

import warp as wp

from fitting.drape.kernels.measure import no_room
from fitting.drape.kernels.membrane import single, soft_push

wp.set_module_options({"enable_backward": False})

# Between half the offset and the skin contact is this many times harder: tight cloth rests there.
# Below the skin the force grows as before, for cloth that starts there must not be shot out.
TIGHT = wp.constant(20.0)


@wp.func
def skin_point(body: wp.uint64, face: int, u: float, v: float) -> wp.vec3d:
    """A point of a triangle in double precision.

    In single precision it is off by 0.1 µm, a quarter of how far a resting vertex sinks in.
    """
    a = wp.vec3d(wp.mesh_get_point(body, 3 * face))
    b = wp.vec3d(wp.mesh_get_point(body, 3 * face + 1))
    c = wp.vec3d(wp.mesh_get_point(body, 3 * face + 2))
    return c + wp.float64(u) * (a - c) + wp.float64(v) * (b - c)


@wp.kernel
def find_planes(
    body: wp.uint64,
    positions: wp.array[wp.vec3d],
    seen: wp.array[wp.vec3d],
    reach: float,
    hold: float,
    pinch: float,
    room: float,
    through: float,
    point: wp.array2d[wp.vec3d],
    normal: wp.array2d[wp.vec3],
) -> None:
    """Finds the contact planes of vertices that moved more than `hold` since they were last seen.

    A normal of zero means: no plane, as where there is no `room` between skins [m], if that is
    above 0; `through` is more than any part of the body is thick [m]. `reach` is how far the
    skin is looked for and `pinch` how far behind the vertex a second skin matters [m].
    """
    i = wp.tid()
    if wp.length(single(positions[i] - seen[i])) <= hold:
        return
    seen[i] = positions[i]
    here = single(positions[i])
    none = wp.vec3(0.0)
    normal[i, 0] = none
    normal[i, 1] = none
    found = wp.mesh_query_point_sign_normal(body, here, reach)
    if not found.result:
        return
    nearest = skin_point(body, found.face, found.u, found.v)
    apart = single(positions[i] - nearest)
    distance = wp.length(apart)
    away = wp.mesh_eval_face_normal(body, found.face)
    if distance > 1.0e-5:
        away = apart * (found.sign / distance)
    near = found.sign * distance < pinch
    if room > 0.0 and near and no_room(body, single(nearest), away, room, through):
        return
    point[i, 0] = nearest
    normal[i, 0] = away
    if pinch > 0.0 and near:
        start = single(nearest) + away * 1.0e-4
        ray = wp.mesh_query_ray(body, start, away, 2.0 * pinch)
        # Only skin that faces the vertex counts: a ray from inside the body leaves through a back.
        if ray.result and wp.dot(ray.normal, away) < -0.2:
            point[i, 1] = wp.vec3d(start + away * ray.t)
            normal[i, 1] = ray.normal


@wp.kernel
def body_contact(
    positions: wp.array[wp.vec3d],
    velocity: wp.array[wp.vec3],
    time_step: float,
    share: wp.array[float],
    point: wp.array2d[wp.vec3d],
    normal: wp.array2d[wp.vec3],
    offset: float,
    stiffness: float,
    friction: float,
    stick: float,
    soft: float,
    anchor: wp.array[wp.vec3d],
    anchored: wp.array[int],
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
) -> None:
    """Adds contact and friction forces of vertices nearer than `offset` to a plane.

    The normal force is `stiffness` [N/m, for a vertex of mean mass] times the depth, and grows
    faster below half the offset, so that tight cloth is held by a force and not by `keep_out`,
    which would hide it from the balance of forces. Friction
    (Coulomb) is elastic: it grows with the distance from the anchor, the place where the vertex
    first touched, reaches `friction` times the normal force at the distance `stick`, and drags the
    anchor along beyond. So cloth at rest hangs on true static friction. Its stiffness is the
    secant to where the vertex is expected at the end of the step: a sliding vertex is held by the
    friction force and not by a spring.
    """
    i = wp.tid()
    here = positions[i]
    k = stiffness * share[i]
    total = wp.vec3(0.0)
    block = wp.mat33(0.0)
    touching = False
    one = wp.identity(n=3, dtype=float)
    # Pinched between two skins there is room for less than twice the offset: share what there is.
    room = float(offset)
    n0 = normal[i, 0]
    n1 = normal[i, 1]
    if wp.dot(n1, n1) > 0.5:
        gap = -wp.dot(single(point[i, 0] - point[i, 1]), n0)
        room = wp.min(offset, 0.5 * wp.max(gap, 0.0))
    for side in range(2):
        n = normal[i, side]
        if wp.dot(n, n) > 0.5:
            depth = room - wp.dot(n, single(here - point[i, side]))
            if depth > -soft:
                push = soft_push(depth, k, soft)
                hard = soft_push(wp.min(depth, room) - 0.5 * room, TIGHT * k, soft)
                push += wp.vec2(hard[0], wp.where(depth < room, hard[1], 0.0))
                press = push[0]
                total += press * n
                nn = wp.outer(n, n)
                block += push[1] * nn
                if side == 0 and friction > 0.0:
                    touching = True
                    if anchored[i] == 0:
                        anchored[i] = 1
                        anchor[i] = here
                    slip = single(here - anchor[i])
                    slip = slip - n * wp.dot(n, slip)
                    length = wp.length(slip)
                    if length > stick:
                        slip = slip * (stick / length)
                        anchor[i] = here - wp.vec3d(slip)
                    ahead = slip + time_step * velocity[i]
                    ahead = ahead - n * wp.dot(n, ahead)
                    held = friction * press / wp.max(stick, wp.length(ahead))
                    total -= held * slip
                    block += held * (one - nn)
    if not touching:
        anchored[i] = 0
    force[i] = force[i] + total
    diagonal[i] = diagonal[i] + block


@wp.kernel
def keep_out(
    positions: wp.array[wp.vec3d],
    point: wp.array2d[wp.vec3d],
    normal: wp.array2d[wp.vec3],
    keep: float,
    free: wp.array[float],
    step: wp.array[wp.vec3],
) -> None:
    """Takes out of a step what would bring a vertex nearer than `keep` to the skin.

    A vertex just outside contact falls freely within a step, 4 mm in 0.03 s.
    """
    i = wp.tid()
    n = normal[i, 0]
    if free[i] == 0.0 or wp.dot(n, n) < 0.5 or wp.dot(normal[i, 1], normal[i, 1]) > 0.5:
        return
    height = wp.dot(n, single(positions[i] - point[i, 0]))
    need = wp.min(keep, height) - height - wp.dot(n, step[i])
    if need > 0.0:
        step[i] = step[i] + need * n
