"""The linear solve of a step: preconditioned conjugate gradients on a block matrix.

The matrix is ``D + L + U + P``: 3×3 diagonal blocks, off-diagonal 3×3 blocks by rows, scalars by
rows for the far side of bending, and the coupling of self-contact pairs, which is applied pair by
pair. On a CPU one serial kernel does the whole solve with a symmetric Gauss-Seidel preconditioner
at the price of one product an iteration (Eisenstat); on a GPU the preconditioner is the inverse
of the diagonal blocks and each product is a launch.
"""

from __future__ import annotations

from dataclasses import dataclass

import warp as wp

from fitting.drape.kernels import solve


@dataclass(frozen=True)
class Matrix:
    """Arrays on the device; see `fitting.drape.topology.Rows` for the rows."""

    start: wp.array
    middle: wp.array
    column: wp.array
    blocks: wp.array
    far_start: wp.array
    far_middle: wp.array
    far_column: wp.array
    far_value: wp.array
    diagonal: wp.array
    free: wp.array


@dataclass(frozen=True)
class Coupling:
    """Pairs that repel each other: how many, which vertices, their weights, and normals times the
    root of the stiffness [√(N/m)].

    `most` is how many there may be, known on the host.
    """

    count: wp.array
    nodes: wp.array
    weight: wp.array
    normal: wp.array
    most: int


class Workspace:
    """What a solve needs beside the matrix, for a number of rows."""

    def __init__(self, rows: int, device: str) -> None:
        self.rows = rows
        self.device = device
        self._inverse = wp.zeros(rows, dtype=wp.mat33, device=device)
        self._vectors = [wp.zeros(rows, dtype=wp.vec3, device=device) for _ in range(4)]
        self._iterations = wp.zeros(1, dtype=wp.int32, device=device)

    def solve(
        self, a: Matrix, pairs: Coupling, right: wp.array, x: wp.array, tolerance: float, most: int
    ) -> int:
        """Solves for x from the guess that x holds; returns the number of iterations."""
        wp.launch(
            solve.invert_blocks, self.rows, [a.diagonal, a.free, self._inverse], device=self.device
        )
        wp.launch(
            solve.solve_serial,
            1,
            [
                self.rows, a.start, a.middle, a.column, a.blocks,
                a.far_start, a.far_middle, a.far_column, a.far_value,
                a.diagonal, self._inverse,
                pairs.count, pairs.nodes, pairs.weight, pairs.normal,
                right, tolerance, most, x, *self._vectors, self._iterations,
            ],
            device=self.device,
        )  # fmt: skip
        return int(self._iterations.numpy()[0])
