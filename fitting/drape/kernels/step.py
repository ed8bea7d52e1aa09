# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
"""The small kernels of a time step."""

from __future__ import annotations

import warp as wp

from fitting.drape.kernels.membrane import single

wp.set_module_options({"enable_backward": False})


@wp.kernel
def begin(
    mass: wp.array[float],
    bend_diagonal: wp.array[float],
    inertia: float,
    gravity: wp.vec3,
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
) -> None:
    """Weight [N], and inertia and bending on the diagonal [N/m]."""
    i = wp.tid()
    force[i] = mass[i] * gravity
    diagonal[i] = (mass[i] * inertia + bend_diagonal[i]) * wp.identity(n=3, dtype=float)


@wp.kernel
def fill_blocks(bend: wp.array[float], blocks: wp.array[wp.mat33]) -> None:
    """Bending between neighbours, as multiples of the identity."""
    k = wp.tid()
    blocks[k] = bend[k] * wp.identity(n=3, dtype=float)


@wp.kernel
def seam_springs(
    positions: wp.array[wp.vec3d],
    seams: wp.array[wp.vec2i],
    slots: wp.array[wp.vec2i],
    stiffness: float,
    reach: float,
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
    blocks: wp.array[wp.mat33],
) -> None:
    """Draws the two sides of seams together; beyond `reach` the pull grows no more."""
    k = wp.tid()
    a = seams[k][0]
    b = seams[k][1]
    gap = single(positions[b] - positions[a])
    held = stiffness * wp.min(1.0, reach / wp.max(wp.length(gap), 1.0e-9))
    wp.atomic_add(force, a, held * gap)
    wp.atomic_sub(force, b, held * gap)
    block = held * wp.identity(n=3, dtype=float)
    wp.atomic_add(diagonal, a, block)
    wp.atomic_add(diagonal, b, block)
    wp.atomic_sub(blocks, slots[k][0], block)
    wp.atomic_sub(blocks, slots[k][1], block)


@wp.kernel
def hold_heights(
    positions: wp.array[wp.vec3d],
    held: wp.array[int],
    height: wp.array[float],
    up: wp.vec3,
    stiffness: float,
    above: float,
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
) -> None:
    """Springs that keep vertices at their heights, free to go around: a waistband. Above its height
    a vertex is pulled with a share of the stiffness.
    """
    k = wp.tid()
    i = held[k]
    away = height[k] - wp.dot(up, single(positions[i]))
    pull = stiffness
    if away < 0.0:
        pull = above * stiffness
    force[i] = force[i] + (pull * away) * up
    diagonal[i] = diagonal[i] + pull * wp.outer(up, up)


@wp.kernel
def right_side(
    force: wp.array[wp.vec3],
    mass: wp.array[float],
    velocity: wp.array[wp.vec3],
    free: wp.array[float],
    time_step: float,
    right: wp.array[wp.vec3],
    guess: wp.array[wp.vec3],
) -> None:
    """Right side of the step's linear system, and the guess that the motion goes on."""
    i = wp.tid()
    right[i] = (force[i] + (mass[i] / time_step) * velocity[i]) * free[i]
    guess[i] = (time_step * free[i]) * velocity[i]


@wp.kernel
def limit(step: wp.array[wp.vec3], most: float, sums: wp.array[float]) -> None:
    """Shortens steps longer than `most` [m], and drops and counts those that are no numbers."""
    i = wp.tid()
    length = wp.length(step[i])
    if not wp.isfinite(length):
        step[i] = wp.vec3(0.0)
        wp.atomic_add(sums, 4, 1.0)
    if length > most:
        step[i] = step[i] * (most / length)


@wp.kernel
def advance(
    step: wp.array[wp.vec3],
    time_step: float,
    free: wp.array[float],
    force: wp.array[wp.vec3],
    positions: wp.array[wp.vec3d],
    velocity: wp.array[wp.vec3],
    sums: wp.array[float],
) -> None:
    """Moves the vertices; sums force, speed, greatest speed and number of those that are free."""
    i = wp.tid()
    if free[i] == 0.0:
        return
    positions[i] = positions[i] + wp.vec3d(step[i])
    velocity[i] = step[i] / time_step
    speed = wp.length(velocity[i])
    wp.atomic_add(sums, 0, wp.length(force[i]))
    wp.atomic_add(sums, 1, speed)
    wp.atomic_max(sums, 2, speed)
    wp.atomic_add(sums, 3, 1.0)
