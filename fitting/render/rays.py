"""Ray casts with Warp: how open each point of a surface is to the light around it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.records import FloatArray, IntArray

# A ray starts this far above its surface [m]: beyond rounding, below a fabric's thickness.
_LIFT = 5e-4


class Occluders:
    """Triangles that stand in the light's way.

    Args:
        vertices: shape (N, 3) [m].
        faces: shape (M, 3).
    """

    def __init__(self, vertices: FloatArray, faces: IntArray) -> None:
        import warp as wp

        from fitting.render import ray_kernels

        self._wp, self._kernels = wp, ray_kernels
        indices = np.ascontiguousarray(faces, np.int32).ravel()
        self._mesh = wp.Mesh(
            points=self._vectors(vertices),
            indices=wp.array(indices, dtype=wp.int32, device="cpu"),
        )

    def _vectors(self, rows: NDArray[Any]) -> Any:
        packed = np.ascontiguousarray(rows, np.float32)
        return self._wp.array(packed, dtype=self._wp.vec3, device="cpu")

    def openness(
        self, points: FloatArray, normals: FloatArray, *, rays: int = 64, reach: float = 0.8
    ) -> FloatArray:
        """How much of the cosine-weighted hemisphere each point sees.

        A hit counts as open by the square of its distance over `reach`, so that far things
        darken less.

        Args:
            points, normals: shape (N, 3) [m] and unit vectors.
            rays: Rays a point.
            reach: Nothing beyond it darkens [m].

        Returns:
            shape (N, 4): the mean free direction (its length falls as the light closes) and the
            open share 0..1.

        Reference:
            S. Zhukov, A. Iones, G. Kronin, An ambient light illumination model, EGWR 1998.
        """
        out = self._wp.zeros(len(points), dtype=self._wp.vec4, device="cpu")
        inputs = [self._mesh.id, self._vectors(points), self._vectors(normals)]
        inputs += [int(rays), float(reach), _LIFT, out]
        self._wp.launch(self._kernels.openness, len(points), inputs=inputs, device="cpu")
        return np.asarray(out.numpy(), np.float64)

    def clearance(self, points: FloatArray, directions: FloatArray, *, reach: float) -> FloatArray:
        """Distance to what lies first in each direction [m], shape (N,); inf beyond `reach`."""
        out = self._wp.zeros(len(points), dtype=self._wp.float32, device="cpu")
        inputs = [self._mesh.id, self._vectors(points), self._vectors(directions)]
        inputs += [float(reach), _LIFT, out]
        self._wp.launch(self._kernels.first_hit, len(points), inputs=inputs, device="cpu")
        found = np.asarray(out.numpy(), np.float64)
        return np.where(found < 0, np.inf, found)

    def outside(self, points: FloatArray, *, margin: float, reach: float = 0.06) -> FloatArray:
        """Points moved out of closed shells, to at least a margin [m] from their surface.

        Args:
            points: shape (N, 3) [m].
            margin: Least distance kept [m].
            reach: A point deeper than this is left where it is [m].
        """
        out = self._wp.zeros(len(points), dtype=self._wp.vec3, device="cpu")
        inputs = [self._mesh.id, self._vectors(points), float(margin), float(reach), out]
        self._wp.launch(self._kernels.push_out, len(points), inputs=inputs, device="cpu")
        moved = np.asarray(out.numpy(), np.float64)
        # Single precision where something moved, the caller's own numbers where nothing did.
        still = (moved == np.asarray(points, np.float32)).all(axis=1, keepdims=True)
        return np.where(still, points, moved)
