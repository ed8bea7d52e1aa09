# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
"""The linear solve of a step with a thread for each row, for GPUs.

``sums`` holds rᵀz, pᵀAp, the next rᵀz, and the goal for rᵀz; once that is reached the kernels do
nothing, so that a fixed number of iterations can be queued at once.
"""

from __future__ import annotations

import warp as wp

from fitting.drape.kernels.solve import pair_products, row_part, scalar_part

wp.set_module_options({"enable_backward": False})


@wp.func
def running(sums: wp.array[float]) -> bool:
    """Whether the goal is still ahead."""
    return sums[0] > sums[3] and sums[0] > 1.0e-30


@wp.kernel
def couple(
    pairs: wp.array[int],
    nodes: wp.array[wp.vec4i],
    weight: wp.array[wp.vec4],
    normal: wp.array[wp.vec3],
    x: wp.array[wp.vec3],
    y: wp.array[wp.vec3],
) -> None:
    """Adds the off-diagonal coupling of the active pairs, ``y += P x``."""
    k = wp.tid()
    if k < pairs[0]:
        pair_products(nodes, weight, normal, k, x, y)


@wp.func
def row_product(
    i: int,
    start: wp.array[int],
    column: wp.array[int],
    blocks: wp.array[wp.mat33],
    far_start: wp.array[int],
    far_column: wp.array[int],
    far_value: wp.array[float],
    diagonal: wp.array[wp.mat33],
    x: wp.array[wp.vec3],
) -> wp.vec3:
    """A whole row times x, without the pairs."""
    return (
        diagonal[i] * x[i]
        + row_part(start[i], start[i + 1], column, blocks, x)
        + scalar_part(far_start[i], far_start[i + 1], far_column, far_value, x)
    )


@wp.kernel
def first_residual(
    start: wp.array[int],
    column: wp.array[int],
    blocks: wp.array[wp.mat33],
    far_start: wp.array[int],
    far_column: wp.array[int],
    far_value: wp.array[float],
    diagonal: wp.array[wp.mat33],
    inverse: wp.array[wp.mat33],
    free: wp.array[float],
    right: wp.array[wp.vec3],
    tolerance: float,
    x: wp.array[wp.vec3],
    r: wp.array[wp.vec3],
    p: wp.array[wp.vec3],
    q: wp.array[wp.vec3],
    sums: wp.array[float],
) -> None:
    """Residual of the guess and the first direction; q holds the pairs' part."""
    i = wp.tid()
    product = q[i] + row_product(
        i, start, column, blocks, far_start, far_column, far_value, diagonal, x
    )
    rest = (right[i] - product) * free[i]
    z = inverse[i] * rest
    r[i] = rest
    p[i] = z
    wp.atomic_add(sums, 0, wp.dot(rest, z))
    wp.atomic_add(sums, 3, tolerance * tolerance * wp.dot(right[i], inverse[i] * right[i]))


@wp.kernel
def multiply(
    start: wp.array[int],
    column: wp.array[int],
    blocks: wp.array[wp.mat33],
    far_start: wp.array[int],
    far_column: wp.array[int],
    far_value: wp.array[float],
    diagonal: wp.array[wp.mat33],
    free: wp.array[float],
    p: wp.array[wp.vec3],
    q: wp.array[wp.vec3],
    sums: wp.array[float],
) -> None:
    """q = A p, and pᵀq; q holds the pairs' part before."""
    i = wp.tid()
    if not running(sums):
        return
    product = q[i] + row_product(
        i, start, column, blocks, far_start, far_column, far_value, diagonal, p
    )
    q[i] = product * free[i]
    wp.atomic_add(sums, 1, wp.dot(p[i], q[i]))


@wp.kernel
def advance(
    inverse: wp.array[wp.mat33],
    p: wp.array[wp.vec3],
    q: wp.array[wp.vec3],
    x: wp.array[wp.vec3],
    r: wp.array[wp.vec3],
    z: wp.array[wp.vec3],
    sums: wp.array[float],
) -> None:
    """A step along p, and the preconditioned residual after it."""
    i = wp.tid()
    if not running(sums):
        return
    alpha = sums[0] / sums[1]
    x[i] = x[i] + alpha * p[i]
    rest = r[i] - alpha * q[i]
    r[i] = rest
    z[i] = inverse[i] * rest
    wp.atomic_add(sums, 2, wp.dot(rest, z[i]))


@wp.kernel
def turn(
    z: wp.array[wp.vec3], p: wp.array[wp.vec3], q: wp.array[wp.vec3], sums: wp.array[float]
) -> None:
    """The next direction; clears q."""
    i = wp.tid()
    if not running(sums):
        return
    p[i] = z[i] + (sums[2] / sums[0]) * p[i]
    q[i] = wp.vec3(0.0)


@wp.kernel
def count_on(sums: wp.array[float], iterations: wp.array[int]) -> None:
    """Makes the sums ready for the next iteration; one thread."""
    if running(sums):
        sums[0] = sums[2]
        sums[1] = 0.0
        sums[2] = 0.0
        iterations[0] = iterations[0] + 1
