"""The linear solve against numpy's, serial and row by row."""

from __future__ import annotations

import numpy as np
import pytest
import warp as wp

from fitting.drape.device import pick_device
from fitting.drape.linear import Coupling, Matrix, Workspace
from fitting.drape.topology import Rows

COUNT = 40


def system() -> tuple[np.ndarray, Matrix, Coupling, np.ndarray]:
    """A random symmetric positive definite system, dense and as the solver takes it."""
    pick_device("cpu")
    rng = np.random.default_rng(3)
    near = [(i, j) for i in range(COUNT) for j in range(COUNT) if 0 < abs(i - j) <= 3]
    far = [(i, j) for i in range(COUNT) for j in range(COUNT) if 4 <= abs(i - j) <= 5]
    rows, _ = Rows.of(np.array(near), COUNT)
    far_rows, _ = Rows.of(np.array(far), COUNT)
    half = {(i, j): 0.2 * rng.normal(size=(3, 3)) for i, j in near if i < j}
    blocks = np.array([half[i, j] if i < j else half[j, i].T for i, j in near])
    value = np.array([0.05 * (1 + abs(i - j)) for i, j in far])
    diagonal = np.tile(6.0 * np.eye(3), (COUNT, 1, 1))
    pair_nodes = np.array([[0, 20, 21, 22], [5, 6, 30, 31]])
    weight = np.array([[1.0, -0.2, -0.3, -0.5], [0.4, 0.6, -0.7, -0.3]])
    normal = rng.normal(size=(2, 3))
    dense = np.zeros((3 * COUNT, 3 * COUNT))

    def block(i: int, j: int) -> tuple[slice, slice]:
        return slice(3 * i, 3 * i + 3), slice(3 * j, 3 * j + 3)

    for (i, j), b in zip(near, blocks, strict=True):
        dense[block(i, j)] += b
    for (i, j), v in zip(far, value, strict=True):
        dense[block(i, j)] += v * np.eye(3)
    for nodes, w, n in zip(pair_nodes, weight, normal, strict=True):
        for a in range(4):
            for b in range(4):
                part = w[a] * w[b] * np.outer(n, n)
                if a == b:
                    diagonal[nodes[a]] += part
                else:
                    dense[block(nodes[a], nodes[b])] += part
    for i in range(COUNT):
        dense[block(i, i)] += diagonal[i]
    free = np.ones(COUNT)
    free[[3, 17]] = 0.0

    def array(values: np.ndarray, dtype: type) -> wp.array:
        return wp.array(values, dtype=dtype, device="cpu")

    matrix = Matrix(
        *(array(a, wp.int32) for a in (rows.start, rows.middle, rows.column)),
        array(blocks.astype(np.float32), wp.mat33),
        *(array(a, wp.int32) for a in (far_rows.start, far_rows.middle, far_rows.column)),
        array(value.astype(np.float32), wp.float32),
        array(diagonal.astype(np.float32), wp.mat33),
        array(free.astype(np.float32), wp.float32),
    )
    pairs = Coupling(
        array(np.array([2]), wp.int32),
        array(pair_nodes, wp.vec4i),
        array(weight.astype(np.float32), wp.vec4),
        array(normal.astype(np.float32), wp.vec3),
        2,
    )
    return dense, matrix, pairs, free


@pytest.mark.parametrize("serial", [True, False])
def test_the_solution_is_that_of_a_dense_solve_with_pinned_vertices_at_rest(serial: bool) -> None:
    dense, matrix, pairs, free = system()
    moving = np.repeat(free > 0, 3)
    right = np.random.default_rng(4).normal(size=3 * COUNT) * moving
    wanted = np.zeros(3 * COUNT)
    wanted[moving] = np.linalg.solve(dense[np.ix_(moving, moving)], right[moving])
    x = wp.zeros(COUNT, dtype=wp.vec3, device="cpu")
    b = wp.array(right.reshape(-1, 3).astype(np.float32), dtype=wp.vec3, device="cpu")
    steps = Workspace(COUNT, "cpu", serial=serial).solve(matrix, pairs, b, x, 1e-6, 200)
    assert np.abs(x.numpy().ravel() - wanted).max() < 1e-5
    assert 0 < steps < 100


@pytest.mark.parametrize("serial", [True, False])
def test_a_good_guess_needs_no_iteration(serial: bool) -> None:
    dense, matrix, pairs, free = system()
    moving = np.repeat(free > 0, 3)
    wanted = np.random.default_rng(5).normal(size=3 * COUNT) * moving
    right = (dense @ wanted) * moving
    x = wp.array(wanted.reshape(-1, 3).astype(np.float32), dtype=wp.vec3, device="cpu")
    b = wp.array(right.reshape(-1, 3).astype(np.float32), dtype=wp.vec3, device="cpu")
    steps = Workspace(COUNT, "cpu", serial=serial).solve(matrix, pairs, b, x, 1e-3, 200)
    assert steps == 0


def test_the_serial_preconditioner_needs_fewer_iterations() -> None:
    _, matrix, pairs, free = system()
    right = np.random.default_rng(6).normal(size=(COUNT, 3)) * free[:, None]
    b = wp.array(right.astype(np.float32), dtype=wp.vec3, device="cpu")
    steps = []
    for serial in (True, False):
        x = wp.zeros(COUNT, dtype=wp.vec3, device="cpu")
        work = Workspace(COUNT, "cpu", serial=serial)
        steps.append(work.solve(matrix, pairs, b, x, 1e-5, 200))
    assert steps[0] < steps[1]
