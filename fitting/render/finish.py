"""How a garment's cloth is coloured and sewn for the picture, over what its fabric already says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadOption
from fitting.records import Fabric
from fitting.render.weaves import Weave, weave
from fitting.units import MM

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Print:
    """A picture that repeats over the cloth, along its grain.

    Attributes:
        pixels: sRGB with alpha, shape (h, w, 4), row 0 at the top; where it is transparent the
            cloth's own colour shows.
        width, height: Size of one repeat [m], along weft and warp before it is turned.
        turn: Counter-clockwise on the cloth [rad].
        offset: Of the repeat's lower left corner from the panel's origin [m].
        through: It is woven or knitted in, and shows on the wrong side too.
    """

    pixels: NDArray[np.uint8]
    width: float
    height: float
    turn: float = 0.0
    offset: tuple[float, float] = (0.0, 0.0)
    through: bool = False

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 4:
            raise BadOption(
                f"a print has pixels of shape {self.pixels.shape}; it must be (h, w, 4)"
            )
        for side in (self.width, self.height):
            if not 0.0005 <= side <= 3.0:
                raise BadOption(
                    f"a print's repeat of {side * 100:g} cm is outside 0.05 cm to 300 cm"
                )

    @property
    def rows(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Picture coordinates from metres of fabric: (a, b, c) with u = a x + b y + c, then v."""
        c, s = float(np.cos(self.turn)), float(np.sin(self.turn))
        x0, y0 = self.offset
        across = (c / self.width, s / self.width)
        up = (-s / self.height, c / self.height)
        return (
            (*across, -(across[0] * x0 + across[1] * y0)),
            (*up, -(up[0] * x0 + up[1] * y0)),
        )


@dataclass(frozen=True)
class Finish:
    """How one garment is shown.

    Attributes:
        colour: sRGB 0..1; the fabric's own if None.
        print: What is printed or woven into it.
        cover: Opacity of the cloth seen head-on, 1 is opaque; from the weave if None.
        thread: Colour of visible stitching; the cloth's own, a shade darker, if None.
    """

    colour: Colour | None = None
    print: Print | None = None
    cover: float | None = None
    thread: Colour | None = None

    def __post_init__(self) -> None:
        for colour in (self.colour, self.thread):
            if colour is not None and not all(0 <= c <= 1 for c in colour):
                raise BadOption(f"the colour {colour} has parts outside 0 to 1")
        if self.cover is not None and not 0.05 <= self.cover <= 1:
            raise BadOption(f"a cover of {self.cover} is outside 0.05 to 1")


@dataclass(frozen=True)
class Look:
    """What the shaders need of one fabric; colours are sRGB, lengths metres."""

    weave: Weave
    colour: Colour
    back: Colour
    thread: Colour
    cover: float
    stitched: float
    rows: int
    topstitch: float
    print: Print | None


_KNITS = ("knit", "rib")
# Seen head-on, from yarn diameter and spacing of such cloths [chosen].
_COVER = {"chiffon": 0.55, "voile": 0.6, "organza": 0.45, "habotai": 0.85}


def look(fabric: Fabric, finish: Finish, material: str = "shell") -> Look:
    """How a garment's panels of one material look.

    Args:
        fabric: The shell fabric.
        finish: What is asked for over the fabric's own look.
        material: The panel's; ``rib`` is knitted as rib in the shell's colour.
    """
    kind = weave("rib" if material == "rib" else fabric.weave)
    colour = finish.colour or fabric.colour
    knitted = kind.kind in _KNITS
    dark = tuple(0.88 * c for c in colour)
    back = tuple(0.9 * c + 0.03 for c in colour)
    if kind.second:
        back = tuple(0.45 * c + 0.55 * 0.80 for c in colour)
    cover = finish.cover
    if cover is None:
        words = fabric.weave.lower(), fabric.name.lower()
        cover = min([1.0, *(v for k, v in _COVER.items() if any(k in w for w in words))])
    denim = bool(kind.second)
    thread = finish.thread or ((0.78, 0.52, 0.22) if denim else dark)
    return Look(
        weave=kind,
        colour=colour,
        back=(back[0], back[1], back[2]),
        thread=(thread[0], thread[1], thread[2]),
        cover=cover,
        # Knit hems are coverstitched in two rows 2 cm up; woven ones have one row.
        stitched=0.0 if material == "rib" else 18 * MM,
        rows=2 if knitted else 1,
        topstitch=5 * MM if denim and material != "rib" else 0.0,
        print=finish.print if material in ("shell", "") else None,
    )
