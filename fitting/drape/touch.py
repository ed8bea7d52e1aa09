"""Contact of a cloth's vertices with the body."""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp

from fitting.drape.collider import THROUGH, Collider
from fitting.drape.kernels import body
from fitting.drape.settings import StepSettings


class Touch:
    """Planes that a cloth's vertices rest on, and the anchors that friction holds them by.

    Args:
        surface: The body.
        count: How many vertices the cloth has.
        device: As Warp names it.
    """

    def __init__(self, surface: Collider, count: int, device: str) -> None:
        self.surface = surface
        self.count = count
        self.device = device
        self._seen = wp.array(np.full((count, 3), 1e9), dtype=wp.vec3d, device=device)
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
        self._launch(
            body.find_planes,
            [
                self.surface.mesh.id, x, self._seen, s.plane_reach, s.plane_hold, 2.0 * s.offset,
                self.surface.room, THROUGH, self._point, self._normal,
            ],
        )  # fmt: skip

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

    def keep_out(self, x: wp.array, s: StepSettings, free: wp.array, step: wp.array) -> None:
        """Takes out of a step what would bring vertices into the surface."""
        self._launch(body.keep_out, [x, self._point, self._normal, 0.25 * s.offset, free, step])
