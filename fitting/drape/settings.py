"""The parameters of the solver, in one place, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fitting.units import GRAVITY

if TYPE_CHECKING:
    from fitting.drape.solver import StepState
    from fitting.records import Fabric


@dataclass(frozen=True)
class StepSettings:
    """How one time step is taken.

    Attributes:
        time_step: [s]. Implicit, so it bounds how far cloth moves, not whether it is stable.
        damping: Mass-proportional drag [1/s]; 1 to 2 loses the swing of a hem in a second.
        friction: Coulomb coefficient against the body.
        gravity: [m/s²] along -y unless the solver was told otherwise.
        tolerance: Of the linear solve, relative to the right side.
        iterations: Most iterations of the linear solve.
        max_move: Most that a vertex moves in a step [m].
        offset: Distance from the skin at which contact begins [m].
        bump_offset, bump_reach: Cloth this near above a bump of the body is pushed away, and bumps
            this far from the cloth are looked at [m].
        contact_stiffness: Of a vertex of mean mass [N/m].
        stick: How far a vertex that sticks to the skin may give before it slips [m]. Far below
            what is seen; shorter makes the system stiff.
        soft: Over how much [m] on both sides of touching a contact sets in.
        plane_reach: How far from a vertex the skin is looked for [m].
        plane_hold: Vertices that moved less keep their contact planes [m]; without it cloth on an
            edge of the body never rests.
        plane_every: Steps between looking at the skin again.
        self_contact: Whether the cloth meets itself.
        self_radius: Nearer features are watched [m]; below half an edge, or flat cloth meets
            itself.
        self_thickness: Nearer features repel each other [m].
        self_stiffness: Of a pair [N/m].
        self_drag: Brake on pressed features [1/m], times the normal force gives N/m.
        keep: Nearer than this no step brings two features [m].
        hold_stiffness: Of the springs of a held vertex [N/m]; a garment of 0.5 kg on 60 vertices
            sinks by 2 mm.
        seam_stiffness: Of the springs that draw seams together [N/m].
        seam_reach: Gap beyond which a seam's pull grows no more [m].
    """

    time_step: float = 0.02
    damping: float = 1.0
    friction: float = 0.3
    gravity: float = GRAVITY
    tolerance: float = 0.05
    iterations: int = 150
    max_move: float = 0.003
    offset: float = 0.002
    bump_offset: float = 0.001
    bump_reach: float = 0.012
    contact_stiffness: float = 600.0
    stick: float = 1e-4
    soft: float = 2e-4
    plane_reach: float = 0.015
    plane_hold: float = 0.0005
    plane_every: int = 4
    self_contact: bool = True
    self_radius: float = 0.006
    self_thickness: float = 0.002
    self_stiffness: float = 100.0
    self_drag: float = 500.0
    keep: float = 0.0007
    hold_stiffness: float = 40.0
    seam_stiffness: float = 0.0
    seam_reach: float = 0.05


@dataclass(frozen=True)
class Phase:
    """Some steps of a kind, and when they end early.

    Attributes:
        steps: Most steps.
        step: How each is taken.
        rest_residual: The phase ends when the mean force residual is below this part of a
            vertex's weight, and the speeds are low; None: it never ends early.
    """

    steps: int
    step: StepSettings
    rest_residual: float | None = None


@dataclass(frozen=True)
class DrapeSettings:
    """How a garment is sewn and settled. All values were chosen by trial, as the text says.

    Attributes:
        rest_residual: At rest the mean out-of-balance force is below this part of a vertex's
            weight.
        rest_speed_mean, rest_speed_max: And the speeds below these [m/s].
        still: Cloth of which nothing moves faster is at rest in any case [m/s]: in cuffs strained
            by hundreds of times their weight, more than that part of it stays out of balance.
        compression: Stiffness in compression over that in tension. Cloth buckles at wavelengths
            below a triangle; with 1.0 sleeves of 16 mm triangles stand out like wings.
        sewing_steps, sewing_stiffness: Most steps of drawing seams together, and the first
            stiffness of their springs [N/m].
        sewing_bending, untangling_bending: Least bending rigidity meanwhile [N·m]: stiff panels
            go around the body instead of crumpling.
        untangling_steps: Most steps of pulling sewn cloth out of itself.
        clearing_rounds, clearing_steps: The same before and after settling: how often, and most
            steps each.
        push_depth, push_rounds: Places of the cloth deeper in the body at the end are pushed out
            [m], and how often that is tried.
        most_depth: Deeper in the body than this is no good drape [m].
        sliding_steps, together_steps: Most steps of garments over one another, without friction and
            with it; folds come up slowly between one another and the body.
        together_move: Most that a vertex of theirs moves in a step [m]. A few that snap from fold
            to fold would have near features looked for at every other step; above what a vertex at
            rest may do in a step, so that it hides no motion.
        limb_radius: Bend of the limb that edges of triangles must clear [m].
        reach, dressed_reach: How far from the cloth the skin is looked for, and the surface of a
            dressed body, in which the next garment may start [m].
    """

    rest_residual: float = 0.05
    rest_speed_mean: float = 0.003
    rest_speed_max: float = 0.025
    still: float = 5e-4
    compression: float = 0.2
    sewing_steps: int = 140
    sewing_stiffness: float = 20.0
    sewing_bending: float = 1e-3
    untangling_bending: float = 3e-3
    untangling_steps: int = 160
    clearing_rounds: int = 3
    clearing_steps: int = 80
    push_depth: float = 3e-4
    push_rounds: int = 4
    most_depth: float = 1e-3
    sliding_steps: int = 300
    together_steps: int = 600
    together_move: float = 8e-4
    limb_radius: float = 0.05
    reach: float = 0.02
    dressed_reach: float = 0.12

    def at_rest(self, state: StepState, residual: float) -> bool:
        """Whether a step found the cloth at rest, with the force residual below `residual`."""
        return state.speed_max < self.still or (
            state.residual < residual
            and state.speed_mean < self.rest_speed_mean
            and state.speed_max < self.rest_speed_max
        )

    def offset(self, edge_m: float, fabric: Fabric) -> float:
        """Distance of the cloth's middle from the skin [m].

        Half the thickness, 1 mm for the softness of contact, and the sagitta of an edge over a
        limb, so that edges between two vertices stay outside as well.
        """
        sagitta = edge_m**2 / (8.0 * self.limb_radius)
        return 0.5 * fabric.thickness + 0.001 + sagitta

    def step(self, edge_m: float, fabric: Fabric) -> StepSettings:
        """Steps for cloth of an edge length."""
        radius = min(0.45 * edge_m, 0.014)
        return StepSettings(
            friction=fabric.friction_skin,
            offset=self.offset(edge_m, fabric),
            bump_offset=0.5 * fabric.thickness + 0.0005,
            bump_reach=edge_m,
            plane_reach=self.reach,
            self_radius=radius,
            self_thickness=min(0.003, 0.12 * edge_m + 0.0008),
            max_move=0.5 * radius,
        )

    def sewing(self, edge_m: float, fabric: Fabric) -> StepSettings:
        """Steps while seams are drawn together: no weight, no friction."""
        return replace(
            self.step(edge_m, fabric),
            time_step=0.01, damping=3.0, friction=0.0, gravity=0.0,
            tolerance=0.1, iterations=80, max_move=0.007, self_radius=0.014,
        )  # fmt: skip

    def untangling(self, edge_m: float, fabric: Fabric) -> StepSettings:
        """Steps in which cloth is pulled out of itself."""
        return replace(self.step(edge_m, fabric), time_step=0.01, friction=0.0)

    def pressing(self, edge_m: float, fabric: Fabric) -> StepSettings:
        """Steps in which what is worn is pressed under the next garment: no weight, no friction."""
        return replace(
            self.step(edge_m, fabric),
            time_step=0.01, damping=3.0, friction=0.0, gravity=0.0, tolerance=0.1, iterations=80,
        )  # fmt: skip

    def settling(
        self, edge_m: float, fabric: Fabric, *, coarse: bool, slippery: bool = True
    ) -> tuple[Phase, ...]:
        """Phases from a start that is closed to rest. Without friction at first cloth slides to
        where it belongs: what is left of the way it came there makes strain differ by a fifth
        from one edge length to the next. Wide necklines slide off the shoulders so, and
        are settled anew not `slippery`."""
        step = self.step(edge_m, fabric)
        slide = replace(step, time_step=0.01, friction=0.0 if slippery else step.friction)
        if coarse:
            return (
                Phase(120, slide),
                Phase(120, replace(step, tolerance=0.1, plane_hold=0.003), 6 * self.rest_residual),
            )
        return (
            Phase(4, slide),
            Phase(40, replace(step, plane_hold=0.001), self.rest_residual),
            Phase(300, replace(step, time_step=0.03, plane_hold=0.002), self.rest_residual),
        )

    def together(self, edge_m: float, fabric: Fabric) -> tuple[Phase, ...]:
        """As `settling`, for garments over one another. First they slide on one another as well:
        what brakes pressed cloth yields to any force, so that a coat crept down a shirt for
        thousands of steps."""
        _, first, last = self.settling(edge_m, fabric, coarse=False)
        # What is pressed is far from rest.
        loose = replace(first.step, tolerance=0.1)
        slide = replace(
            loose, time_step=0.02, friction=0.0, self_drag=0.0, max_move=2.0 * self.together_move
        )
        return (
            Phase(self.sliding_steps, slide, self.rest_residual),
            replace(first, step=replace(loose, max_move=self.together_move)),
            replace(
                last,
                step=replace(last.step, max_move=self.together_move),
                steps=self.together_steps,
            ),
        )
