"""Places where the body meets the inside of a triangle of cloth, not one of its vertices.

Contact at the cloth's vertices lets a toe, a finger or a nipple come through between them. So each
body vertex on such a bump also meets the nearest triangle of the cloth, and pushes it out along its
own normal; and places of the cloth that are still inside the body at the end are pushed out too.
"""

from __future__ import annotations

import numpy as np
import warp as wp
from numpy.typing import NDArray

from fitting.drape.collider import Collider
from fitting.drape.kernels import bumps, pairs
from fitting.drape.self_contact import SelfContact
from fitting.drape.settings import StepSettings
from fitting.drape.topology import FloatArray, IntArray

BLUNT = 0.03  # bumps with a larger radius stay under 12 mm triangles of cloth [m]
_MARGIN = 0.03  # cloth may move this far sideways from its start and still meet its bumps [m]


class Spots:
    """Places inside triangles of the cloth that must stay above places of the skin.

    Args:
        place: Points of the skin [m], shape (S, 3).
        normal: Outward unit normals there, shape (S, 3).
        nodes: The three vertices of the triangle that meets each, and any fourth, shape (S, 4).
        weight: Weights of the vertices, the fourth zero, shape (S, 4).
        device: As Warp names it.
    """

    def __init__(
        self,
        place: FloatArray,
        normal: FloatArray,
        nodes: IntArray,
        weight: FloatArray,
        device: str,
    ) -> None:
        def array(values: NDArray[np.generic], dtype: type) -> wp.array:
            return wp.array(np.ascontiguousarray(values), dtype=dtype, device=device)

        self.device = device
        self.count = len(place)
        self._place = array(place.astype(np.float32), wp.vec3)
        self._normal = array(normal.astype(np.float32), wp.vec3)
        self._nodes = array(nodes.astype(np.int32), wp.vec4i)
        self._weight = array(weight.astype(np.float32), wp.vec4)
        self._near = array(np.ones(self.count, np.int32), wp.int32)

    def push(
        self,
        x: wp.array,
        s: StepSettings,
        contacts: SelfContact,
        force: wp.array,
        diagonal: wp.array,
    ) -> None:
        """Adds the forces of the spots, and their coupling to the active pairs."""
        if self.count == 0:
            return
        wp.launch(
            bumps.push_bumps,
            self.count,
            [
                x, self._place, self._normal, self._nodes, self._weight, self._near,
                s.bump_offset, s.contact_stiffness, s.soft, *contacts.active_lists(),
                force, diagonal,
            ],
            device=self.device,
        )  # fmt: skip


class Bumps(Spots):
    """The bumps of a body that a cloth may meet.

    Args:
        collider: The body.
        faces: The cloth's vertex triangles, shape (T, 3).
        start: Where the cloth's vertices are [m], shape (N, 3).
        device: As Warp names it.
    """

    def __init__(self, collider: Collider, faces: IntArray, start: FloatArray, device: str) -> None:
        sharp, normals = collider.sharp(BLUNT)
        place = collider.vertices[sharp]
        low, high = start.min(axis=0) - _MARGIN, start.max(axis=0) + _MARGIN
        near = ((place > low) & (place < high)).all(axis=1)
        none = np.zeros((int(near.sum()), 4))
        super().__init__(place[near], normals[sharp][near], none.astype(np.int32), none, device)
        self._faces = wp.array(faces, dtype=wp.vec3i, device=device)
        self._flat_faces = wp.array(faces.ravel(), dtype=wp.int32, device=device)
        self._single = wp.zeros(len(start), dtype=wp.vec3, device=device)
        self._tree: wp.Mesh | None = None
        self._body = collider.mesh.id

    def look(self, x: wp.array, reach: float) -> None:
        """Finds the triangle nearest to each bump, if it is within `reach` [m]."""
        if self.count == 0:
            return
        wp.launch(pairs.to_single, len(self._single), [x, self._single], device=self.device)
        if self._tree is None:
            self._tree = wp.Mesh(wp.clone(self._single), self._flat_faces)
        else:
            wp.copy(self._tree.points, self._single)
            self._tree.refit()
        wp.launch(
            bumps.find_bumps,
            self.count,
            [
                self._tree.id, self._body, self._place, self._normal, self._faces, reach,
                self._nodes, self._weight, self._near,
            ],
            device=self.device,
        )  # fmt: skip
