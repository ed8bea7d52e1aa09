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

from fitting.drape.kernels import parallel, solve

_BLOCK = 10  # iterations between two looks at the residual


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

    def rows(self) -> list[wp.array]:
        """The off-diagonal part, as the row-wise kernels take it."""
        near = [self.start, self.column, self.blocks]
        return [*near, self.far_start, self.far_column, self.far_value]


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

    def arrays(self) -> list[wp.array]:
        """As the kernels take them."""
        return [self.count, self.nodes, self.weight, self.normal]


class Workspace:
    """What a solve needs beside the matrix, for a number of rows.

    Args:
        rows: Of the matrix.
        device: As Warp names it.
        serial: One thread does the whole solve; on a GPU, which has many, not.
    """

    def __init__(self, rows: int, device: str, *, serial: bool | None = None) -> None:
        self.rows = rows
        self.device = device
        self.serial = device == "cpu" if serial is None else serial
        self._inverse = wp.zeros(rows, dtype=wp.mat33, device=device)
        self._vectors = [wp.zeros(rows, dtype=wp.vec3, device=device) for _ in range(4)]
        self._iterations = wp.zeros(1, dtype=wp.int32, device=device)
        self._sums = wp.zeros(4, dtype=wp.float32, device=device)
        self._graph: object = None
        self._recorded: tuple[object, ...] = ()

    def solve(
        self, a: Matrix, pairs: Coupling, right: wp.array, x: wp.array, tolerance: float, most: int
    ) -> int:
        """Solves for x from the guess that x holds; returns the number of iterations."""
        self._launch(solve.invert_blocks, self.rows, [a.diagonal, a.free, self._inverse])
        if self.serial:
            self._solve_serial(a, pairs, right, x, tolerance, most)
        else:
            self._solve_parallel(a, pairs, right, x, tolerance, most)
        return int(self._iterations.numpy()[0])

    def _launch(self, kernel: wp.Kernel, count: int, arguments: list[object]) -> None:
        wp.launch(kernel, count, arguments, device=self.device, record_tape=False)

    def _solve_serial(
        self, a: Matrix, pairs: Coupling, right: wp.array, x: wp.array, tolerance: float, most: int
    ) -> None:
        self._launch(
            solve.solve_serial,
            1,
            [
                self.rows, a.start, a.middle, a.column, a.blocks,
                a.far_start, a.far_middle, a.far_column, a.far_value,
                a.diagonal, self._inverse,
                pairs.count, pairs.nodes, pairs.weight, pairs.normal,
                right, tolerance, most, x, *self._vectors, self._iterations,
            ],
        )  # fmt: skip

    def _solve_parallel(
        self, a: Matrix, pairs: Coupling, right: wp.array, x: wp.array, tolerance: float, most: int
    ) -> None:
        r, p, _, q = self._vectors
        self._sums.zero_()
        self._iterations.zero_()
        q.zero_()
        self._launch(parallel.couple, pairs.most, [*pairs.arrays(), x, q])
        self._launch(
            parallel.first_residual,
            self.rows,
            [
                *a.rows(),
                a.diagonal,
                self._inverse,
                a.free,
                right,
                tolerance,
                x,
                r,
                p,
                q,
                self._sums,
            ],
        )
        q.zero_()
        for _ in range(0, most, _BLOCK):
            self._iterate(a, pairs, x)
            sums = self._sums.numpy()
            if not sums[0] > max(sums[3], 1e-30):
                return

    def _iterate(self, a: Matrix, pairs: Coupling, x: wp.array) -> None:
        """A block of iterations; on a GPU recorded once and replayed."""
        if not wp.get_device(self.device).is_cuda:
            self._queue(a, pairs, x)
            return
        arrays = (a.blocks.ptr, pairs.nodes.ptr, pairs.most, x.ptr)
        if self._recorded != arrays:
            with wp.ScopedCapture(device=self.device) as capture:
                self._queue(a, pairs, x)
            self._graph, self._recorded = capture.graph, arrays
        wp.capture_launch(self._graph)

    def _queue(self, a: Matrix, pairs: Coupling, x: wp.array) -> None:
        r, p, z, q = self._vectors
        for _ in range(_BLOCK):
            self._launch(parallel.couple, pairs.most, [*pairs.arrays(), p, q])
            self._launch(
                parallel.multiply,
                self.rows,
                [*a.rows(), a.diagonal, a.free, p, q, self._sums],
            )
            self._launch(parallel.advance, self.rows, [self._inverse, p, q, x, r, z, self._sums])
            self._launch(parallel.turn, self.rows, [z, p, q, self._sums])
            self._launch(parallel.count_on, 1, [self._sums, self._iterations])
