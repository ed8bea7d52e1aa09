"""Where the camera stood, and a silhouette brought back to lengths on the person.

The camera is a pinhole. The field of view comes from the file or is assumed; the tilt is assumed;
distance and height follow from the top of the head, the feet and the stature. Lengths are then
read in the upright plane through the person's axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitting.records import FloatArray, Silhouette, View

ASSUMED_FOV = np.radians(60.0)  # vertical, of a phone held upright; main cameras have 55° to 68°
ASSUMED_PITCH = np.radians(2.0)  # chosen: middle of the tilts of a phone on a shelf, -2° to 6°
FULL_FRAME_DIAGONAL = 43.267  # [mm], of 36 x 24 mm
# How far before the person's axis the lowest visible point of the feet lies [share of stature]:
# the ball of the foot from the front, the nearer foot's edge from the side. Measured on avatars.
FOOT_FORWARD: dict[View, float] = {"front": 0.075, "side": 0.085}


@dataclass(frozen=True)
class Viewpoint:
    """A pinhole camera in front of a standing person.

    Attributes:
        focal: Focal length [px].
        centre: Principal point x, y [px].
        distance: To the person's axis [m].
        height: Over the floor [m].
        pitch: Downward tilt [rad].
    """

    focal: float
    centre: tuple[float, float]
    distance: float
    height: float
    pitch: float = ASSUMED_PITCH

    def row(self, level: FloatArray) -> FloatArray:
        """The picture's row [px] of heights over the floor [m] in the axis plane."""
        below = np.arctan2(self.height - level, self.distance) - self.pitch
        return np.asarray(self.centre[1] + self.focal * np.tan(below))

    def level(self, row: FloatArray) -> FloatArray:
        """Height over the floor [m] of a picture's rows [px]."""
        below = np.arctan((row - self.centre[1]) / self.focal) + self.pitch
        return np.asarray(self.height - self.distance * np.tan(below))

    def scale(self, level: FloatArray) -> FloatArray:
        """Metres per pixel across the picture at heights over the floor [m]."""
        depth = self.distance * np.cos(self.pitch) + (self.height - level) * np.sin(self.pitch)
        return np.asarray(depth / self.focal)

    def flat(self, points: FloatArray) -> FloatArray:
        """Pixels (N, 2) to x (right in the picture) and height in the axis plane [m], (N, 2)."""
        level = self.level(points[:, 1])
        return np.stack([(points[:, 0] - self.centre[0]) * self.scale(level), level], axis=1)


def focal_pixels(silhouette: Silhouette) -> float:
    """Focal length [px], told by the camera or assumed."""
    high, wide = silhouette.mask.shape
    if silhouette.focal_35mm is not None:
        return silhouette.focal_35mm * float(np.hypot(high, wide)) / FULL_FRAME_DIAGONAL
    return max(high, wide) / 2 / float(np.tan(ASSUMED_FOV / 2))


def solve(silhouette: Silhouette, stature: float) -> Viewpoint:
    """The viewpoint from which a person of this stature [m] fills the mask's rows."""
    high, wide = silhouette.mask.shape
    focal = focal_pixels(silhouette)
    rows = occupied_rows(silhouette.mask)
    edges: FloatArray = np.array([rows[0], rows[-1] + 1.0])
    top, foot = np.tan(np.arctan((edges - high / 2) / focal) + ASSUMED_PITCH)
    forward = FOOT_FORWARD[silhouette.view] * stature
    distance = (stature + forward * foot) / (foot - top)
    return Viewpoint(
        focal=focal,
        centre=(wide / 2, high / 2),
        distance=float(distance),
        height=float((distance - forward) * foot),
    )


def occupied_rows(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Rows with more than two pixels of the person."""
    return np.flatnonzero(mask.sum(axis=1) > 2)
