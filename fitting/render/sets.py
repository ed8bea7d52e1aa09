"""Sets of pictures of one look: a turntable, a sheet of views, two sizes beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fitting.errors import BadOption
from fitting.records import Body, Drape
from fitting.render import views
from fitting.render.pictures import Picture, contact_sheet

if TYPE_CHECKING:
    from fitting.render.finish import Finish
    from fitting.render.studio import Studio

SHEET = ("front", "three-quarter", "side", "back", "neck", "hem")


def turntable(studio: Studio, *, frames: int = 36, elevation: float = 0.05) -> Iterator[Picture]:
    """Pictures once around the wearer, from the front over the wearer's left.

    The lamps stay with the camera, as if the wearer stood on a turning plate.

    Args:
        studio: Around the look.
        frames: How many.
        elevation: How far the camera looks down [rad].

    Raises:
        BadOption: Under 2 or over 360 frames.
    """
    if not 2 <= frames <= 360:
        raise BadOption(f"a turntable of {frames} frames is outside 2 to 360")
    # The scale is that of the level view, so that it does not breathe as the wearer turns.
    for k in range(frames):
        yield studio.still(views.View(2 * float(np.pi) * k / frames, elevation))


def view_sheet(
    studio: Studio, names: Sequence[str] = SHEET, *, columns: int = 3, captioned: bool = True
) -> Picture:
    """Named views on one sheet.

    Raises:
        UnknownName: No such view.
    """
    views.check_views(names, studio.size)
    pictures = [studio.still(name) for name in names]
    return contact_sheet(pictures, columns=columns, captions=names if captioned else ())


def side_by_side(
    body: Body,
    looks: Sequence[Sequence[Drape]],
    *,
    captions: Sequence[str] = (),
    view: str = "front",
    size: tuple[int, int] = (720, 960),
    background: str = "studio",
    tone: str = "mannequin",
    finishes: Mapping[str, Finish] | None = None,
) -> Picture:
    """The same body in several looks, for example two sizes, at one scale.

    Args:
        body: The avatar.
        looks: What it wears in each picture.
        captions: One a look, or none.
        view: One of `views.VIEWS`.
        size: Of each picture [px].
        background, tone, finishes: As in `Studio`.

    Raises:
        UnknownName: No such view or tone.
        BadOption: A size or background that cannot be drawn, or captions that do not match.
    """
    from fitting.render.studio import Studio

    every = [drape for look in looks for drape in look]
    camera = views.camera(views.view(view), body, every, views.checked_size(size))
    pictures = []
    for look in looks:
        with Studio(
            body, look, size=size, background=background, tone=tone, finishes=finishes
        ) as studio:
            pictures.append(studio.through(camera))
    return contact_sheet(pictures, columns=len(pictures), captions=captions)
