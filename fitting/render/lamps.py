"""The lights around the wearer: a studio's, or those of a photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.records import FloatArray
from fitting.render.views import Camera

Light = tuple[float, float, float]


@dataclass(frozen=True)
class Lamps:
    """Four lamps that turn with the camera around the wearer, and the room.

    Attributes:
        places: Azimuth from the camera and elevation [degrees] of key, fill and two rim lights;
            the key casts the shadows.
        powers: Linear colour times strength of each.
        sky: Light of the room from above, linear.
        ground: Light bounced from the floor, linear.
    """

    places: tuple[tuple[float, float], ...]
    powers: tuple[Light, ...]
    sky: Light
    ground: Light

    def toward(self, camera: Camera) -> FloatArray:
        """Unit directions to the lamps in the world, shape (4, 3)."""
        back = camera.turn[2]
        around = float(np.arctan2(back[0], back[2]))
        rows = []
        for azimuth, elevation in np.radians(self.places):
            a = around + azimuth
            level = np.cos(elevation)
            rows.append((np.sin(a) * level, np.sin(elevation), np.cos(a) * level))
        return np.array(rows)


# Key from the camera's left, 45 degrees up, as in portrait practice; fill weak from the right; two
# rims from behind. Together with the room a white sheet facing the camera comes out at 0.95 of
# white, chosen by eye.
STUDIO = Lamps(
    places=((-46.0, 46.0), (55.0, 12.0), (-148.0, 32.0), (150.0, 38.0)),
    powers=((1.06, 1.03, 0.99), (0.075, 0.08, 0.09), (0.22, 0.22, 0.23), (0.26, 0.26, 0.27)),
    sky=(0.345, 0.35, 0.365),
    ground=(0.20, 0.195, 0.19),
)
