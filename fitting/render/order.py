"""What is asked for of a draped look, and the file that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from fitting.errors import BadOption, UnknownName
from fitting.records import Body, Drape, FloatArray
from fitting.render import figure, maps, views
from fitting.render.finish import Finish

# Sets of pictures that a view can name beside `views.VIEWS`.
STANCES = ("draped", "at-ease")
TURNTABLE, SHEET = "turntable", "sheet"
_STILLS, _FILMS, _MODELS = (".png", ".webp"), (".webp", ".mp4"), (".glb", ".usdz")
# A film of a whole turn: 36 frames in three seconds, at the width of a phone's screen.
_FILM_PIXELS = 2_100_000


@dataclass(frozen=True)
class Order:
    """How a draped look is to be shown.

    Attributes:
        view: One of `views.VIEWS`, ``turntable`` or ``sheet``; a model has no view.
        size: Width and height of a picture [px].
        map: A figure to colour the cloth by, or ``none``.
        background: ``studio``, ``white``, ``transparent`` or ``#rrggbb``.
        tone: The avatar's colour.
        stance: ``draped``, as the garment was draped, or ``at-ease``.
        finishes: How garments are shown, by garment name.
        colourways: More ways to show them in a GLB, by title.
    """

    view: str = "front"
    size: tuple[int, int] = (1024, 1365)
    map: str = "none"
    background: str = "studio"
    tone: str = "mannequin"
    stance: str = "draped"
    finishes: Mapping[str, Finish] = field(default_factory=dict)
    colourways: Mapping[str, Mapping[str, Finish]] = field(default_factory=dict)


def check_order(order: Order, suffix: str) -> None:
    """Refuse what cannot be made before time is spent on it.

    Raises:
        UnknownName: No such view, map or tone.
        BadOption: A size, a background, or a kind of file that does not go with the view.
    """
    figure.tone(order.tone)
    if order.stance not in STANCES:
        raise UnknownName(
            f"there is no stance {order.stance!r}; choose one of: {', '.join(STANCES)}"
        )
    views.backdrop(order.background)
    if order.map not in get_args(maps.MapName):
        maps.scale(order.map)
    if suffix in _MODELS:
        if order.map != "none" and suffix != ".glb":
            raise BadOption(f"a map is drawn as .png or .webp or into a .glb, not into a {suffix}")
        return
    views.checked_size(order.size)
    if order.view == TURNTABLE:
        if suffix not in _FILMS:
            raise BadOption(f"a turntable is written as {' or '.join(_FILMS)}, not as {suffix!r}")
        if order.map != "none" or (suffix == ".mp4" and order.background == "transparent"):
            raise BadOption("a turntable shows the cloth itself, and as .mp4 has a background")
        if order.size[0] * order.size[1] > _FILM_PIXELS:
            raise BadOption(
                f"a turntable of {order.size[0]} x {order.size[1]} is too large; the most is "
                f"{_FILM_PIXELS / 1e6:.1f} million pixels, for example 1080x1440"
            )
        return
    if suffix not in _STILLS:
        kinds = ", ".join((*_STILLS, ".mp4", *_MODELS))
        raise BadOption(f"a look is written as {kinds}, not as {suffix!r}")
    if order.view != SHEET:
        views.view(order.view)
    elif order.map != "none":
        raise BadOption("a map is drawn in one view at a time; name a view")


def make(
    order: Order,
    body: Body,
    drapes: Sequence[Drape],
    suffix: str,
    *,
    values: Mapping[str, FloatArray] | None = None,
) -> bytes:
    """The file that was ordered.

    Args:
        order: What is wanted.
        body: The avatar.
        drapes: Garments, from the skin outwards.
        suffix: ``.png``, ``.webp``, ``.mp4``, ``.glb`` (compressed, for viewers) or ``.usdz``.
        values: For a map, by garment name, as `stills.still` takes them.

    Raises:
        UnknownName, BadOption: As `check_order`; or a finish for a garment that is not worn.
        NotSupported: EGL, ffmpeg or usd-core is missing.
    """
    check_order(order, suffix)
    _check_worn(order, drapes)
    if order.stance == "at-ease":
        from fitting.render.stance import at_ease

        body, drapes = at_ease(body, drapes)
    if suffix == ".glb":
        from fitting.render.glb import write_look
        from fitting.render.stills import heat_of

        return write_look(
            body, drapes, finishes=order.finishes, colourways=order.colourways,
            tone_name=order.tone, draco=True, heat=heat_of(order.map, values, drapes),
            map=order.map,
        )  # fmt: skip
    if suffix == ".usdz":
        from fitting.render.usdz import write_usdz

        return write_usdz(body, drapes, finishes=order.finishes, tone_name=order.tone)
    return _pictured(order, body, drapes, suffix, values)


def _check_worn(order: Order, drapes: Sequence[Drape]) -> None:
    worn = [drape.cloth.pattern.name for drape in drapes]
    for way in (order.finishes, *order.colourways.values()):
        for name in way:
            if name not in worn:
                raise UnknownName(f"the look has no {name!r}; it has: {', '.join(worn)}")


def _pictured(
    order: Order,
    body: Body,
    drapes: Sequence[Drape],
    suffix: str,
    values: Mapping[str, FloatArray] | None,
) -> bytes:
    from fitting.render import pictures, sets
    from fitting.render.stills import heat_of
    from fitting.render.studio import Studio

    encode = pictures.png if suffix == ".png" else pictures.webp
    heat = heat_of(order.map, values, drapes)
    with Studio(
        body, drapes, size=order.size, background=order.background, finishes=order.finishes,
        tone=order.tone, heat=heat,
    ) as studio:  # fmt: skip
        if order.view == TURNTABLE:
            frames = sets.turntable(studio)
            if suffix == ".webp":
                return pictures.animation(frames)
            return pictures.film(frames, frames_a_second=12.0)
        if order.view == SHEET:
            return encode(sets.view_sheet(studio))
        picture = studio.still(order.view)
    return encode(picture if not heat else maps.legend(picture, maps.scale(order.map)))
