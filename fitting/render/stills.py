"""Stills of a dressed avatar, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadOption
from fitting.records import Body, Drape, FloatArray
from fitting.render import maps, views
from fitting.render.finish import Finish


def still(
    body: Body,
    drapes: Sequence[Drape],
    *,
    view: str = "front",
    size: tuple[int, int] = (1024, 1365),
    background: str = "studio",
    map: maps.MapName = "none",
    values: Mapping[str, FloatArray] | None = None,
    finishes: Mapping[str, Finish] | None = None,
    tone: str = "mannequin",
) -> NDArray[np.uint8]:
    """One picture of a dressed avatar. For several, keep a `Studio`.

    Args:
        body: The avatar.
        drapes: Garments, from the skin outwards; none shows the bare mannequin.
        view: One of `fitting.render.views.VIEWS`.
        size: Width and height [px].
        background: ``studio``, ``white``, ``transparent`` or ``#rrggbb``.
        map: A figure to show on the cloth instead of its colour, with a legend.
        values: For a map, by garment name: one value for each vertex of its cloth, shape (V,);
            strain as a ratio, pressure in Pa, gap in metres.
        finishes: How garments are shown, by garment name.
        tone: The avatar's colour, one of `fitting.render.figure.TONES`.

    Returns:
        sRGB, shape (height, width, 3), or (height, width, 4) on a transparent background.

    Raises:
        UnknownName: No such view, map or tone.
        BadOption: A size, background or values that cannot be used.
        NotSupported: EGL is missing; the message says what to install.
    """
    views.check_views((view,), size)
    views.backdrop(background)
    heat = heat_of(map, values, drapes)
    from fitting.render.studio import Studio

    with Studio(
        body, drapes, size=size, background=background, finishes=finishes, tone=tone, heat=heat
    ) as studio:
        picture = studio.still(view)
    return picture if map == "none" else maps.legend(picture, maps.scale(map))


def heat_of(
    map: str, values: Mapping[str, FloatArray] | None, drapes: Sequence[Drape]
) -> dict[str, FloatArray]:
    """Linear vertex colours of a map by garment name, for a `Studio`; empty for ``none``.

    Raises:
        UnknownName: No such map.
        BadOption: A garment without values, or with too few or too many.
    """
    if map == "none":
        return {}
    maps.scale(map)
    heat = {}
    for drape in drapes:
        name = drape.cloth.pattern.name
        if values is None or name not in values:
            raise BadOption(f"the {map} map has no values for {name!r}; assess the drape first")
        heat[name] = maps.heat(map, values[name], len(drape.cloth.uv))
    return heat
