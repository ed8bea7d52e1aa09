"""Contact of a cloth's vertices with one surface: the body, or a garment beneath."""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp

from fitting.drape.collider import Collider
from fitting.drape.kernels import body
from fitting.drape.settings import StepSettings


class Touch:
    """Planes that a cloth's vertices rest on, and the anchors that friction holds them by.

    Args:
        surface: The body, or a garment beneath.
        count: How many vertices the cloth has.
        device: As Warp names it.
    """

    def __init__(self, surface: Collider, count: int, device: str) -> None:
        self.surface = surface
        self.count = count
        self.device = device
        self._seen = wp.array(np.full((count, 3), 1e9), dtype=wp.vec3d, device=device)
        self._face = wp.zeros(count, dtype=wp.int32, device=device)
        self._place = wp.zeros(count, dtype=wp.vec2, device=device)
        self._point = wp.zeros((count, 2), dtype=wp.vec3d, device=device)
        self._normal = wp.zeros((count, 2), dtype=wp.vec3, device=device)
        self._anchor = wp.zeros(count, dtype=wp.vec3d, device=device)
        self._anchored = wp.zeros(count, dtype=wp.int32, device=device)

    def _launch(self, kernel: wp.Kernel, arguments: list[Any]) -> None:
        wp.launch(kernel, self.count, arguments, device=self.device, record_tape=False)

    def forget(self) -> None:
        """Planes are looked for anew, and nothing sticks."""
        self._seen.fill_(wp.vec3d(1e9, 1e9, 1e9))
        self._anchored.zero_()

    def look(self, x: wp.array, s: StepSettings) -> None:
        """Finds the planes of the vertices that moved."""
        found = [self._face, self._place, self._point, self._normal]
        if self.surface.closed:
            pinch = 2.0 * s.offset
            self._launch(
                body.find_planes,
                [
                    self.surface.mesh.id, x, self._seen, s.plane_reach, s.plane_hold, pinch,
                    *found,
                ],
            )  # fmt: skip
        else:
            self._launch(
                body.find_open_planes,
                [self.surface.mesh.id, x, self._seen, s.plane_reach, s.plane_hold, *found],
            )

    def push(
        self,
        x: wp.array,
        velocity: wp.array,
        share: wp.array,
        s: StepSettings,
        force: wp.array,
        diagonal: wp.array,
    ) -> None:
        """Adds contact and friction forces, and their stiffness."""
        self._launch(
            body.body_contact,
            [
                x, velocity, s.time_step, share, self._point, self._normal, s.offset,
                s.contact_stiffness, s.friction, s.stick, s.soft,
                self._anchor, self._anchored, force, diagonal,
            ],
        )  # fmt: skip

    def press(self, mass: wp.array, strength: float, force: wp.array) -> None:
        """Presses the cloth towards the surface, as an acceleration [m/s²]."""
        self._launch(body.press, [self._normal, mass, strength, force])

    def keep_out(self, x: wp.array, s: StepSettings, free: wp.array, step: wp.array) -> None:
        """Takes out of a step what would bring vertices into the surface."""
        self._launch(body.keep_out, [x, self._point, self._normal, 0.5 * s.offset, free, step])

    def carry(self, x: wp.array, moved: wp.array, reach: float) -> None:
        """Moves vertices and what they stick to along with a surface that moved.

        Args:
            x: Positions, changed in place.
            moved: By how much each vertex of the surface moved [m].
            reach: Vertices this far from the surface are no longer taken along [m].
        """
        self._launch(
            body.carry,
            [
                self.surface.mesh.id, x, moved, reach, self._face, self._place, self._point,
                self._normal, self._anchor, self._seen,
            ],
        )  # fmt: skip
