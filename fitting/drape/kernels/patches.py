# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
# ruff: noqa: UP018, RUF046
"""Bounds of patches of triangles, and which may meet."""

from __future__ import annotations

import warp as wp

wp.set_module_options({"enable_backward": False})

# Normals this far apart [rad], 120 degrees, may belong to two sides of a fold. Patches meet only
# from 180 degrees on; the rest is for features that are near before they touch.
WIDEST = wp.constant(2.1)


@wp.kernel
def measure_patches(
    x: wp.array[wp.vec3],
    faces: wp.array[wp.vec3i],
    order: wp.array[int],
    first: wp.array[int],
    low: wp.array[wp.vec3],
    high: wp.array[wp.vec3],
    axis: wp.array[wp.vec4],
) -> None:
    """Box, mean normal and widest angle from it [rad] of each patch."""
    p = wp.tid()
    lowest = wp.vec3(1.0e9)
    highest = wp.vec3(-1.0e9)
    total = wp.vec3(0.0)
    for k in range(first[p], first[p + 1]):
        f = faces[order[k]]
        a = x[f[0]]
        b = x[f[1]]
        c = x[f[2]]
        lowest = wp.min(lowest, wp.min(a, wp.min(b, c)))
        highest = wp.max(highest, wp.max(a, wp.max(b, c)))
        total += wp.normalize(wp.cross(b - a, c - a))
    mean = wp.normalize(total)
    widest = float(1.0)
    for k in range(first[p], first[p + 1]):
        f = faces[order[k]]
        a = x[f[0]]
        n = wp.normalize(wp.cross(x[f[1]] - a, x[f[2]] - a))
        widest = wp.min(widest, wp.dot(n, mean))
    low[p] = lowest
    high[p] = highest
    axis[p] = wp.vec4(mean[0], mean[1], mean[2], wp.acos(wp.clamp(widest, -1.0, 1.0)))


@wp.func
def neighbours(first: wp.array[int], near: wp.array[int], p: int, q: int) -> bool:
    """Whether q is listed for p; the list ascends."""
    low = int(first[p])
    high = int(first[p + 1])
    while low < high:
        middle = (low + high) // 2
        if near[middle] < q:
            low = middle + 1
        else:
            high = middle
    return low < first[p + 1] and near[low] == q


@wp.kernel
def mark_patches(
    tree: wp.uint64,
    low: wp.array[wp.vec3],
    high: wp.array[wp.vec3],
    axis: wp.array[wp.vec4],
    border: wp.array[int],
    near_first: wp.array[int],
    near: wp.array[int],
    reach: float,
    faces: wp.array[wp.vec3i],
    order: wp.array[int],
    first: wp.array[int],
    folded: wp.array[int],
) -> None:
    """Marks the vertices of a patch that is not flat together with all patches within `reach`."""
    p = wp.tid()
    mine = wp.vec3(axis[p][0], axis[p][1], axis[p][2])
    wide = wp.vec3(reach, reach, reach)
    query = wp.bvh_query_aabb(tree, low[p] - wide, high[p] + wide)
    q = int(0)
    may_meet = bool(border[p] == 1)
    while wp.bvh_query_next(query, q):
        if not may_meet:
            theirs = wp.vec3(axis[q][0], axis[q][1], axis[q][2])
            between = wp.acos(wp.clamp(wp.dot(mine, theirs), -1.0, 1.0))
            if between + axis[p][3] + axis[q][3] > WIDEST or not neighbours(near_first, near, p, q):
                may_meet = True
    if may_meet:
        for k in range(first[p], first[p + 1]):
            f = faces[order[k]]
            folded[f[0]] = 1
            folded[f[1]] = 1
            folded[f[2]] = 1
