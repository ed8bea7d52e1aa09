"""One cloth on one body: linearly implicit Euler steps until the cloth is at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray
from scipy import sparse

from fitting.drape import linear
from fitting.drape.bending import bending_matrix, pressing
from fitting.drape.bumps import Bumps, Spots
from fitting.drape.collider import Collider
from fitting.drape.kernels import membrane, step, tangles
from fitting.drape.self_contact import SelfContact
from fitting.drape.settings import StepSettings
from fitting.drape.topology import (
    Edges,
    Rows,
    find_edges,
    find_hinges,
    rest_shape,
    slots,
    vertex_masses,
)
from fitting.drape.touch import Touch
from fitting.units import GRAVITY

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]


@dataclass(frozen=True)
class Material:
    """What each triangle is made of.

    Attributes:
        density: [kg/m²], shape (T,).
        stretch: Stiffness along weft and warp, and in shear [N/m], shape (T, 3).
        bending: Rigidity for curvature along weft and along warp [N·m], shape (T, 2).
        compression: Stiffness in compression over that in tension.
    """

    density: FloatArray
    stretch: FloatArray
    bending: FloatArray
    compression: float = 0.2

    @staticmethod
    def uniform(
        faces: int,
        *,
        density: float,
        weft: float,
        warp: float,
        shear: float,
        bend_weft: float,
        bend_warp: float,
        compression: float = 0.2,
    ) -> Material:
        """The same cloth everywhere."""
        return Material(
            np.full(faces, density),
            np.tile([weft, warp, shear], (faces, 1)).astype(np.float64),
            np.tile([bend_weft, bend_warp], (faces, 1)).astype(np.float64),
            compression,
        )


@dataclass(frozen=True)
class StepState:
    """What a step found.

    Attributes:
        residual: Mean out-of-balance force over the weight of a mean vertex, before the step.
        speed_mean, speed_max: Of the step [m/s].
        iterations: Of the linear solve.
        finite: False where the solve gave numbers that are not; those vertices stayed.
    """

    residual: float
    speed_mean: float
    speed_max: float
    iterations: int
    finite: bool = True


class ClothSolver:
    """Steps a cloth, given as plain arrays.

    Args:
        faces: Vertex triangles, shape (T, 3).
        uv: Material coordinates of each triangle's corners [m], shape (T, 3, 2).
        material: What the triangles are made of.
        start: Where the vertices start [m], shape (N, 3).
        collider: The body, or None.
        pinned: Vertices that never move.
        seams: Pairs of vertices drawn together by springs, shape (S, 2).
        kind: Vertices of the same kind will be one once sewn and never repel each other, shape
            (N,); each its own if None.
        layer: Which garment each vertex belongs to, from the skin outwards, shape (N,).
        creases: Of the triangles the part each belongs to, shape (T,), and whether cloth is folded
            over between two parts, so that nothing bends it back there, shape (parts, parts).
        angles: At which each hinge of the mesh rests [rad], shape (H,); flat if None.
        held, heights: Vertices that a waistband keeps at their heights [m], both shape (H,).
        above: Share of the stiffness with which it is kept from rising.
        locally: Look for near features anew only around what moved, for garments over one another.
        up: Which axis points up, 0..2.
        device: As Warp names it.
    """

    def __init__(
        self,
        faces: IntArray,
        uv: FloatArray,
        material: Material,
        start: FloatArray,
        *,
        collider: Collider | None = None,
        pinned: IntArray | None = None,
        seams: IntArray | None = None,
        kind: IntArray | None = None,
        layer: IntArray | None = None,
        creases: tuple[IntArray, NDArray[np.bool_]] | None = None,
        angles: FloatArray | None = None,
        held: IntArray | None = None,
        heights: FloatArray | None = None,
        above: float = 1.0,
        locally: bool = False,
        up: int = 1,
        device: str = "cpu",
    ) -> None:
        self.device = device
        self.collider = collider
        self.count = len(start)
        self.faces = np.ascontiguousarray(faces, np.int32)
        self.edges: Edges = find_edges(self.faces)
        shape = rest_shape(uv)
        self.masses = vertex_masses(self.faces, shape.area, material.density, self.count)
        # A vertex without cloth weighs nothing and would make the system singular.
        self.masses = np.maximum(self.masses, 1e-3 * self.masses.mean())
        self.compression = material.compression
        self._up = np.zeros(3)
        self._up[up] = 1.0
        self._triangles(shape.gradient, shape.area, material.stretch)
        seam = np.zeros((0, 2), np.int32) if seams is None else np.asarray(seams, np.int32)
        hinges = find_hinges(self.faces, self.edges)
        if creases is not None:
            part, folded = creases
            kept = ~folded[part[hinges.faces[:, 0]], part[hinges.faces[:, 1]]]
            hinges, angles = hinges.chosen(kept), None if angles is None else angles[kept]
        bend = bending_matrix(
            hinges, uv, shape.area, material.bending[:, 0], material.bending[:, 1], self.count
        )
        self._matrix(bend, seam)
        none_bent = np.zeros((0, 4))
        bent, pull = (
            (none_bent, none_bent)
            if angles is None
            else pressing(
                hinges, uv, shape.area, material.bending[:, 0], material.bending[:, 1], angles
            )
        )
        self._bent = self._array(bent.astype(np.int32), wp.vec4i)
        self._pressed = self._array(pull.astype(np.float32), wp.vec4)
        self._state(start, pinned)
        none = np.zeros(0)
        self._above = above
        self._held = self._array(np.asarray(none if held is None else held, np.int32), wp.int32)
        self._heights = self._array(
            np.asarray(none if heights is None else heights, np.float32), wp.float32
        )
        self.self_contact = SelfContact(
            self.faces,
            self.edges,
            self.count,
            lengths=_edge_lengths(uv, self.edges),
            start=start,
            kind=kind,
            layer=layer,
            locally=locally,
            device=device,
        )
        self._touch = None if collider is None else Touch(collider, self.count, device)
        self._bumps = (
            None if collider is None else Bumps(collider, self.faces, np.asarray(start), device)
        )
        self.spots: Spots | None = None
        self._pulls: tuple[wp.array, wp.array, float] | None = None
        self.steps = 0
        self._planes_age = -1

    # ---- set-up ----------------------------------------------------------------------------------

    def _array(self, values: NDArray[np.generic], dtype: Any) -> wp.array:
        return wp.array(np.ascontiguousarray(values), dtype=dtype, device=self.device)

    def _empty(self, count: int, dtype: Any) -> wp.array:
        return wp.zeros(count, dtype=dtype, device=self.device)

    def _triangles(self, gradient: FloatArray, area: FloatArray, stretch: FloatArray) -> None:
        self._faces = self._array(self.faces, wp.vec3i)
        self._gradient = self._array(gradient.astype(np.float32), wp.vec4)
        self._area = self._array(area.astype(np.float32), wp.float32)
        self._stretch = self._array(stretch.astype(np.float32), wp.vec3)

    def _matrix(self, bend: sparse.csr_matrix, seams: IntArray) -> None:
        """The rows of the matrix, and where each triangle and seam adds to them."""
        n, ends = self.count, self.edges.ends
        pairs = np.concatenate([ends, ends[:, ::-1], seams, seams[:, ::-1]])
        rows, keys = Rows.of(pairs, n)
        self._start, self._middle, self._column = (
            self._array(a, wp.int32) for a in (rows.start, rows.middle, rows.column)
        )
        f = self.faces
        corners = ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1))
        at = np.stack([slots(keys, f[:, a], f[:, b], n) for a, b in corners], axis=1)
        self._slots = self._array(at, wp.int32)
        self._blocks = self._empty(len(keys), wp.mat33)

        # Bending: next to the diagonal it joins the blocks, further out it has rows of scalars.
        entry = bend.tocoo()
        row, column, value = entry.row, entry.col, entry.data
        off = row != column
        code = row.astype(np.int64) * n + column
        near = np.isin(code, keys)
        template = np.zeros(len(keys), np.float32)
        template[np.searchsorted(keys, code[near & off])] = value[near & off]
        self._template = self._array(template, wp.float32)
        self._bend_diagonal = self._array(bend.diagonal().astype(np.float32), wp.float32)
        far = off & ~near
        far_rows, far_keys = Rows.of(np.stack([row[far], column[far]], axis=1), n)
        far_value = np.zeros(len(far_keys), np.float32)
        far_value[np.searchsorted(far_keys, code[far])] = value[far]
        self._far_start, self._far_middle, self._far_column = (
            self._array(a, wp.int32) for a in (far_rows.start, far_rows.middle, far_rows.column)
        )
        self._far_value = self._array(far_value, wp.float32)

        self.seams = seams
        self._seams = self._array(seams, wp.vec2i)
        a, b = seams[:, 0], seams[:, 1]
        at = np.stack([slots(keys, a, b, n), slots(keys, b, a, n)], axis=1).astype(np.int32)
        self._seam_slots = self._array(at, wp.vec2i)

    def _state(self, start: FloatArray, pinned: IntArray | None) -> None:
        n = self.count
        free = np.ones(n, np.float32)
        if pinned is not None:
            free[pinned] = 0.0
        self._free = self._array(free, wp.float32)
        self._mass = self._array(self.masses.astype(np.float32), wp.float32)
        share = (self.masses / self.masses.mean()).astype(np.float32)
        self._share = self._array(share, wp.float32)
        self._x = self._array(np.asarray(start, np.float64), wp.vec3d)
        self._velocity = self._empty(n, wp.vec3)
        self._force = self._empty(n, wp.vec3)
        self._right = self._empty(n, wp.vec3)
        self._step = self._empty(n, wp.vec3)
        self._diagonal = self._empty(n, wp.mat33)
        self._sums = self._empty(5, wp.float32)
        self._cg = linear.Workspace(n, self.device)

    # ---- state -----------------------------------------------------------------------------------

    @property
    def positions(self) -> FloatArray:
        """Where the vertices are [m], shape (N, 3)."""
        return np.array(self._x.numpy(), np.float64)

    @property
    def state(self) -> wp.array:
        """The positions on the device."""
        return self._x

    @property
    def velocities(self) -> FloatArray:
        """Of the last step [m/s], shape (N, 3)."""
        return np.array(self._velocity.numpy(), np.float64)

    def move_to(self, positions: FloatArray) -> None:
        """Puts the vertices somewhere else, at rest."""
        self._x.assign(np.asarray(positions, np.float64))
        self._velocity.zero_()
        self._planes_age = -1
        if self._touch is not None:
            self._touch.forget()
        self.self_contact.forget()

    @property
    def held(self) -> IntArray:
        """The vertices that a waistband keeps at their heights, shape (H,)."""
        return np.array(self._held.numpy(), np.int32)

    def carry(self, by: FloatArray, lift: FloatArray, s: StepSettings) -> None:
        """Takes the vertices along with a body that moved; their own velocities stay.

        What would cross itself stays behind. Until `meet_bumps` the cloth only meets the body at
        its vertices.

        Args:
            by: [m], shape (N, 3).
            lift: How much higher each of the `held` vertices is kept from now on [m], shape (H,).
            s: How near the cloth may come to itself.
        """
        self._step.assign(by.astype(np.float32))
        self._force.zero_()
        self._diagonal.zero_()
        self.self_contact.begin()
        self.self_contact.repel(self._x, s, self._force, self._diagonal)
        self.self_contact.filter(self._step, self._free, s.keep)
        self._x.assign(self.positions + self._step.numpy())
        self._heights.assign((self._heights.numpy() + lift).astype(np.float32))
        self._planes_age = -1
        self._bumps = None  # of the body as it was
        if self._touch is not None:
            self._touch.forget()

    def meet_bumps(self) -> None:
        """Finds the bumps of the body anew, where it stands still again."""
        if self.collider is not None:
            self._bumps = Bumps(self.collider, self.faces, self.positions, self.device)
            self._planes_age = -1

    def pull(
        self,
        pulls: tuple[IntArray, FloatArray, float] | None,
        tangled: NDArray[np.bool_] | None = None,
    ) -> None:
        """From now on pulls vertices, and lets those that are tangled pass through each other.

        Args:
            pulls: Vertices, each once, how far and which way each is pulled [m], and the stiffness
                of the springs [N/m]; None for none.
            tangled: Features with such vertices on both sides do not repel, shape (N,).
        """
        self._pulls = None
        if pulls is not None:
            nodes, away, stiffness = pulls
            self._pulls = (
                self._array(np.asarray(nodes, np.int32), wp.int32),
                self._array(np.asarray(away, np.float32), wp.vec3),
                stiffness,
            )
        self.self_contact.let_through(tangled)

    # ---- stepping --------------------------------------------------------------------------------

    def step(self, s: StepSettings) -> StepState:
        """Takes one step."""
        self._look_at_body(s)
        self.assemble(s)
        iterations = self._solve(s)
        self._advance(s)
        self.steps += 1
        return self._report(iterations)

    def _launch(self, kernel: object, count: int, arguments: list[object]) -> None:
        if count:
            wp.launch(kernel, count, arguments, device=self.device, record_tape=False)

    def _look_at_body(self, s: StepSettings) -> None:
        if 0 <= self._planes_age < s.plane_every:
            self._planes_age += 1
            return
        if self._touch is not None:
            self._touch.look(self._x, s)
        self._planes_age = 1
        if self._bumps is not None:
            self._bumps.look(self._x, s.bump_reach)

    def assemble(self, s: StepSettings) -> None:
        """Forces and stiffness at the present positions."""
        inertia = 1.0 / s.time_step**2 + s.damping / s.time_step
        self._launch(
            step.begin,
            self.count,
            [
                self._mass, self._bend_diagonal, inertia, wp.vec3(*(-s.gravity * self._up)),
                self._force, self._diagonal,
            ],
        )  # fmt: skip
        self._launch(step.fill_blocks, len(self._blocks), [self._template, self._blocks])
        self._launch(
            membrane.membrane,
            len(self.faces),
            [
                self._x, self._faces, self._gradient, self._area, self._stretch,
                self.compression, self._slots, self._force, self._diagonal, self._blocks,
            ],
        )  # fmt: skip
        for start, column, value in (
            (self._start, self._column, self._template),
            (self._far_start, self._far_column, self._far_value),
        ):
            self._launch(
                membrane.bending_forces, self.count, [self._x, start, column, value, self._force]
            )
        self._launch(
            membrane.press, len(self._bent), [self._x, self._bent, self._pressed, self._force]
        )
        if s.seam_stiffness > 0.0:
            self._launch(
                step.seam_springs,
                len(self.seams),
                [
                    self._x, self._seams, self._seam_slots, s.seam_stiffness, s.seam_reach,
                    self._force, self._diagonal, self._blocks,
                ],
            )  # fmt: skip
        self._launch(
            step.hold_heights,
            len(self._held),
            [
                self._x, self._held, self._heights, wp.vec3(*self._up), s.hold_stiffness,
                self._above, self._force, self._diagonal,
            ],
        )  # fmt: skip
        if self._pulls is not None:
            nodes, away, stiffness = self._pulls
            self._launch(
                tangles.pull, len(nodes), [nodes, away, stiffness, self._force, self._diagonal]
            )
        self.self_contact.begin()
        if s.self_contact:
            self.self_contact.repel(self._x, s, self._force, self._diagonal)
        self._touch_body(s)

    def _touch_body(self, s: StepSettings) -> None:
        """Adds contact with the body."""
        if self._touch is not None:
            self._touch.push(self._x, self._velocity, self._share, s, self._force, self._diagonal)
        for spots in (self._bumps, self.spots):
            if spots is not None:
                spots.push(self._x, s, self.self_contact, self._force, self._diagonal)

    def skin_forces(self, s: StepSettings) -> FloatArray:
        """What the body does to each vertex at the present positions [N], shape (N, 3)."""
        self._force.zero_()
        self._diagonal.zero_()
        self.self_contact.begin()
        self._touch_body(s)
        return np.array(self._force.numpy(), np.float64)

    def _solve(self, s: StepSettings) -> int:
        self._launch(
            step.right_side,
            self.count,
            [
                self._force, self._mass, self._velocity, self._free, s.time_step,
                self._right, self._step,
            ],
        )  # fmt: skip
        return self._cg.solve(
            linear.Matrix(
                self._start, self._middle, self._column, self._blocks,
                self._far_start, self._far_middle, self._far_column, self._far_value,
                self._diagonal, self._free,
            ),
            self.self_contact.coupling(),
            self._right,
            self._step,
            s.tolerance,
            s.iterations,
        )  # fmt: skip

    def _advance(self, s: StepSettings) -> None:
        self._sums.zero_()
        self._launch(step.limit, self.count, [self._step, s.max_move, self._sums])
        if self._touch is not None:
            self._touch.keep_out(self._x, s, self._free, self._step)
        if s.self_contact:
            self.self_contact.filter(self._step, self._free, s.keep)
        self._launch(
            step.advance,
            self.count,
            [
                self._step, s.time_step, self._free, self._force,
                self._x, self._velocity, self._sums,
            ],
        )  # fmt: skip

    def _report(self, iterations: int) -> StepState:
        sums = self._sums.numpy()
        free = max(float(sums[3]), 1.0)
        weight = float(self.masses.mean()) * GRAVITY
        return StepState(
            residual=float(sums[0]) / free / weight,
            speed_mean=float(sums[1]) / free,
            speed_max=float(sums[2]),
            iterations=iterations,
            finite=float(sums[4]) == 0.0 and bool(np.isfinite(sums).all()),
        )


def _edge_lengths(uv: FloatArray, edges: Edges) -> FloatArray:
    """Lengths of edges in material coordinates [m], shape (E,)."""
    sides = np.linalg.norm(np.roll(uv, -1, axis=1) - uv, axis=2)  # (0, 1), (1, 2), (2, 0)
    lengths = np.zeros(len(edges.ends))
    lengths[edges.of_face] = sides
    return lengths
