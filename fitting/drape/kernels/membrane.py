# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
"""Forces of cloth on itself: stretch and shear by triangles, bending by rows."""

from __future__ import annotations

import warp as wp

wp.set_module_options({"enable_backward": False})


@wp.func
def single(a: wp.vec3d) -> wp.vec3:
    """A double vector in single precision."""
    return wp.vec3(float(a[0]), float(a[1]), float(a[2]))


@wp.func
def soft_push(depth: float, stiffness: float, soft: float) -> wp.vec2:
    """Force [N] and stiffness [N/m] of a contact that sets in smoothly.

    From -`soft` to `soft` [m] the force grows quadratically to the straight line
    ``stiffness * depth``. With a kink at zero a vertex just above the surface feels nothing, falls
    a millimetre within a step, and is thrown back.
    """
    if depth >= soft:
        return wp.vec2(stiffness * depth, stiffness)
    into = depth + soft
    if into <= 0.0:
        return wp.vec2(0.0, 0.0)
    slope = stiffness * into / (2.0 * soft)
    return wp.vec2(0.5 * slope * into, slope)


@wp.kernel
def membrane(
    positions: wp.array[wp.vec3d],
    faces: wp.array[wp.vec3i],
    gradient: wp.array[wp.vec4],
    area: wp.array[float],
    stiffness: wp.array[wp.vec3],
    compression: float,
    slots: wp.array2d[int],
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
    blocks: wp.array[wp.mat33],
) -> None:
    """Adds membrane forces [N] and a positive semi-definite stiffness [N/m].

    The energy per area is ``½ k_u (|f_u| - 1)² + ½ k_v (|f_v| - 1)² + ½ k_s (f_u·f_v)²`` with the
    images f_u, f_v of the unit vectors along weft and warp. Where |f| < 1 the stiffness is
    `compression` times smaller: cloth in compression buckles below the size of a triangle. The
    Hessian leaves out what makes it indefinite: the geometric term in compression, and in shear
    the second derivative (Gauss-Newton).

    Reference:
        D. Baraff, A. Witkin, Large steps in cloth simulation, SIGGRAPH 1998,
        doi 10.1145/280814.280821.
    """
    t = wp.tid()
    face = faces[t]
    g = gradient[t]
    a = area[t]
    k = stiffness[t]
    u1 = g[0]
    v1 = g[1]
    u2 = g[2]
    v2 = g[3]
    origin = positions[face[0]]
    one = positions[face[1]] - origin
    two = positions[face[2]] - origin
    fu_d = wp.float64(u1) * one + wp.float64(u2) * two
    fv_d = wp.float64(v1) * one + wp.float64(v2) * two
    lu_d = wp.length(fu_d)
    lv_d = wp.length(fv_d)
    # The strains are differences of numbers near 1: in double precision, or stiff cloth rattles.
    strain_u = float(lu_d - wp.float64(1.0))
    strain_v = float(lv_d - wp.float64(1.0))
    shear = float(wp.dot(fu_d, fv_d))
    fu = single(fu_d)
    fv = single(fv_d)
    lu = wp.max(float(lu_d), 1.0e-6)
    lv = wp.max(float(lv_d), 1.0e-6)
    ku = k[0]
    kv = k[1]
    if strain_u < 0.0:
        ku = ku * compression
    if strain_v < 0.0:
        kv = kv * compression
    pull_u = a * ku * strain_u / lu
    pull_v = a * kv * strain_v / lv
    pull_s = a * k[2] * shear
    # Force on a corner with the hat gradient (p, q): -(p cu + q cv).
    cu = pull_u * fu + pull_s * fv
    cv = pull_v * fv + pull_s * fu
    f1 = -(u1 * cu + v1 * cv)
    f2 = -(u2 * cu + v2 * cv)
    wp.atomic_add(force, face[0], -(f1 + f2))
    wp.atomic_add(force, face[1], f1)
    wp.atomic_add(force, face[2], f2)

    geo_u = wp.max(pull_u, 0.0)
    geo_v = wp.max(pull_v, 0.0)
    one3 = wp.identity(n=3, dtype=float)
    uu = wp.outer(fu, fu) * ((a * ku - geo_u) / (lu * lu)) + geo_u * one3
    vv = wp.outer(fv, fv) * ((a * kv - geo_v) / (lv * lv)) + geo_v * one3
    ks = a * k[2]
    uu = uu + ks * wp.outer(fv, fv)
    vv = vv + ks * wp.outer(fu, fu)
    uv = ks * wp.outer(fv, fu)  # block of d/du of one corner with d/dv of the other
    vu = ks * wp.outer(fu, fv)
    h11 = (u1 * u1) * uu + (v1 * v1) * vv + (u1 * v1) * (uv + vu)
    h22 = (u2 * u2) * uu + (v2 * v2) * vv + (u2 * v2) * (uv + vu)
    h12 = (u1 * u2) * uu + (v1 * v2) * vv + (u1 * v2) * uv + (v1 * u2) * vu
    h21 = wp.transpose(h12)
    h01 = -(h11 + h21)
    h02 = -(h12 + h22)
    h10 = wp.transpose(h01)
    h20 = wp.transpose(h02)
    wp.atomic_add(diagonal, face[0], -(h01 + h02))
    wp.atomic_add(diagonal, face[1], h11)
    wp.atomic_add(diagonal, face[2], h22)
    wp.atomic_add(blocks, slots[t, 0], h01)
    wp.atomic_add(blocks, slots[t, 1], h02)
    wp.atomic_add(blocks, slots[t, 2], h10)
    wp.atomic_add(blocks, slots[t, 3], h12)
    wp.atomic_add(blocks, slots[t, 4], h20)
    wp.atomic_add(blocks, slots[t, 5], h21)


@wp.kernel
def bending_forces(
    positions: wp.array[wp.vec3d],
    row_start: wp.array[int],
    column: wp.array[int],
    value: wp.array[float],
    force: wp.array[wp.vec3],
) -> None:
    """Adds -Qx; the rows of Q sum to zero, so differences of positions lose no digits."""
    i = wp.tid()
    here = positions[i]
    total = wp.vec3(0.0)
    for k in range(row_start[i], row_start[i + 1]):
        apart = positions[column[k]] - here
        total += value[k] * wp.vec3(float(apart[0]), float(apart[1]), float(apart[2]))
    force[i] = force[i] - total


@wp.kernel
def press(
    positions: wp.array[wp.vec3d],
    vertices: wp.array[wp.vec4i],
    weight: wp.array[wp.vec4],
    force: wp.array[wp.vec3],
) -> None:
    """Adds the pull of hinges towards the angles they were pressed at.

    `weight` is how the hinge measures its angle, times rigidity and resting angle; the two
    triangles are ends, opposite and ends, other opposite, seen from the right side of the first.
    """
    k = wp.tid()
    v = vertices[k]
    a = positions[v[0]]
    along = single(positions[v[1]] - a)
    one = wp.cross(along, single(positions[v[2]] - a))
    other = wp.cross(single(positions[v[3]] - a), along)
    n = wp.normalize(wp.normalize(one) + wp.normalize(other))
    w = weight[k]
    for m in range(4):
        wp.atomic_add(force, v[m], w[m] * n)
