# mypy: ignore-errors
# ruff: noqa: UP018
"""Warp kernels of `rays`. Importing this module starts Warp.

No `from __future__ import annotations` here: Warp reads the annotations as kernel types, which mypy
does not know, and takes `float(0.0)` for a variable where a bare number would be a constant.
"""

import os
import sys

import warp as wp


def _start() -> None:
    """Start Warp without its banner; its native code warns on stderr where CUDA is missing."""
    wp.config.log_level = wp.LOG_WARNING
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), 2)
        wp.init()
    finally:
        os.dup2(kept, 2)
        os.close(kept)


_start()


@wp.kernel
def openness(
    mesh: wp.uint64,
    points: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
    rays: int,
    reach: float,
    lift: float,
    out: wp.array(dtype=wp.vec4),
):
    """Mean free direction and open share of the hemisphere over each point."""
    i = wp.tid()
    n = wp.normalize(normals[i])
    start = points[i] + n * lift
    aside = wp.vec3(1.0, 0.0, 0.0)
    if wp.abs(n[0]) > 0.7:
        aside = wp.vec3(0.0, 1.0, 0.0)
    t = wp.normalize(wp.cross(n, aside))
    b = wp.cross(n, t)
    # Cosine-weighted directions from the additive R2 sequence, shifted point by point so that
    # neighbours do not repeat one another's error.
    shift0 = wp.float64(i) * wp.float64(0.618033988749895)
    shift1 = wp.float64(i) * wp.float64(0.414213562373095)
    bent = wp.vec3(0.0, 0.0, 0.0)
    total = float(0.0)
    for k in range(rays):
        u = shift0 + wp.float64(k) * wp.float64(0.754877666246693)
        v = shift1 + wp.float64(k) * wp.float64(0.569840290998053)
        a = wp.float32(u - wp.floor(u))
        turn = 6.283185307179586 * wp.float32(v - wp.floor(v))
        r = wp.sqrt(a)
        d = t * (r * wp.cos(turn)) + b * (r * wp.sin(turn)) + n * wp.sqrt(1.0 - a)
        hit = wp.mesh_query_ray(mesh, start, d, reach)
        free = float(1.0)
        if hit.result:
            far = hit.t / reach
            free = far * far
        bent += d * free
        total += free
    share = 1.0 / float(rays)
    out[i] = wp.vec4(bent[0] * share, bent[1] * share, bent[2] * share, total * share)


@wp.kernel
def first_hit(
    mesh: wp.uint64,
    points: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    reach: float,
    lift: float,
    out: wp.array(dtype=float),
):
    """Distance to the first hit in each direction; -1 where there is none."""
    i = wp.tid()
    d = wp.normalize(directions[i])
    hit = wp.mesh_query_ray(mesh, points[i] + d * lift, d, reach)
    out[i] = float(-1.0)
    if hit.result:
        out[i] = hit.t + lift


@wp.kernel
def push_out(
    mesh: wp.uint64,
    points: wp.array(dtype=wp.vec3),
    margin: float,
    reach: float,
    out: wp.array(dtype=wp.vec3),
):
    """Points inside the mesh, or nearer to it than a margin, moved to the margin."""
    i = wp.tid()
    p = points[i]
    out[i] = p
    near = wp.mesh_query_point_sign_normal(mesh, p, reach)
    if near.result:
        surface = wp.mesh_eval_position(mesh, near.face, near.u, near.v)
        depth = near.sign * wp.length(p - surface)
        if depth < margin:
            away = wp.normalize(wp.mesh_eval_face_normal(mesh, near.face))
            out[i] = surface + away * margin
