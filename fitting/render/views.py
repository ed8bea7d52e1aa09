"""Where the camera stands: named views, and the camera each makes for a dressed body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fitting.errors import BadOption, UnknownName
from fitting.records import Body, Drape, FloatArray
from fitting.render.colour import from_hex, linear

# Opening of the camera upwards [rad]: a portrait lens of 85 mm on a 24 x 36 mm frame held upright.
LENS = 2 * float(np.arctan(18 / 85))
# Pixels in one picture: beyond this a shop has no use for it and a laptop no memory.
MOST_PIXELS = 25_000_000
BACKGROUNDS = ("studio", "white", "transparent")


@dataclass(frozen=True)
class View:
    """A direction to look from and a part to look at.

    Attributes:
        azimuth: Where the camera stands around the wearer [rad]: 0 in front, π/2 at the wearer's
            left.
        elevation: How far above level it looks down from [rad].
        part: ``figure``, ``neck``, ``waist`` or ``hem``.
    """

    azimuth: float
    elevation: float = 0.0
    part: str = "figure"


def _degrees(azimuth: float, elevation: float = 2.0, part: str = "figure") -> View:
    return View(float(np.radians(azimuth)), float(np.radians(elevation)), part)


VIEWS: dict[str, View] = {
    "front": _degrees(0),
    "back": _degrees(180),
    "left": _degrees(90),
    "right": _degrees(-90),
    "side": _degrees(90),
    "three-quarter": _degrees(35, 5),
    "three-quarter-right": _degrees(-35, 5),
    "three-quarter-back": _degrees(145, 5),
    "neck": _degrees(18, 10, "neck"),
    "waist": _degrees(12, 4, "waist"),
    "hem": _degrees(20, -4, "hem"),
}


@dataclass(frozen=True)
class Camera:
    """A pinhole camera.

    Attributes:
        eye: Its centre [m], shape (3,).
        turn: World to camera rotation, rows right, up, backwards, shape (3, 3).
        tangent: Half of the picture's height at 1 m.
        aspect: Width over height.
        shift: The picture's centre off the optical axis, in half pictures, right and up.
    """

    eye: FloatArray
    turn: FloatArray
    tangent: float
    aspect: float
    shift: tuple[float, float] = (0.0, 0.0)

    def clip(self, near: float, far: float) -> FloatArray:
        """World to OpenGL clip space, shape (4, 4)."""
        project = np.zeros((4, 4))
        project[0, 0] = 1 / (self.tangent * self.aspect)
        project[1, 1] = 1 / self.tangent
        project[0, 2], project[1, 2] = self.shift
        project[2, 2] = -(far + near) / (far - near)
        project[2, 3] = -2 * far * near / (far - near)
        project[3, 2] = -1.0
        return project @ self.world

    @property
    def world(self) -> FloatArray:
        """World to camera, shape (4, 4)."""
        out = np.eye(4)
        out[:3, :3] = self.turn
        out[:3, 3] = -self.turn @ self.eye
        return out

    def pixels(self, points: FloatArray, size: tuple[int, int]) -> FloatArray:
        """Where points [m] (N, 3) fall in a picture of that size, x right, y down [px]."""
        clip = np.column_stack([points, np.ones(len(points))]) @ self.clip(0.1, 10.0).T
        ndc = clip[:, :2] / clip[:, 3:]
        return np.column_stack([(ndc[:, 0] + 1) / 2 * size[0], (1 - ndc[:, 1]) / 2 * size[1]])


def view(name: str) -> View:
    """The view of that name.

    Raises:
        UnknownName: There is none.
    """
    try:
        return VIEWS[name]
    except KeyError:
        raise UnknownName(f"there is no view {name!r}; choose one of: {', '.join(VIEWS)}") from None


def checked_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height, if a picture of that size can be made.

    Raises:
        BadOption: Under 16 pixels a side, or over `MOST_PIXELS` in all.
    """
    width, height = (int(v) for v in size)
    if width < 16 or height < 16:
        raise BadOption(f"a picture of {width} x {height} is too small; the least side is 16")
    if width * height > MOST_PIXELS:
        raise BadOption(
            f"a picture of {width} x {height} has {width * height / 1e6:.0f} million pixels; the "
            f"most is {MOST_PIXELS / 1e6:.0f} million, for example 4096 x 5461"
        )
    return width, height


def check_views(names: Sequence[str], size: tuple[int, int]) -> None:
    """Refuse views and a size that cannot be drawn.

    Raises:
        UnknownName: No such view.
        BadOption: The size is too small or too large.
    """
    for name in names:
        view(name)
    checked_size(size)


def backdrop(name: str) -> FloatArray | None:
    """Linear colours of the backdrop: middle, rim and floor, (3, 3); None where transparent.

    Raises:
        BadOption: Not a background's name and not a colour.
    """
    if name == "transparent":
        return None
    if name == "studio":
        return np.stack([linear((v, v, v * 0.997)) for v in (0.925, 0.80, 0.86)])
    if name == "white":
        return np.ones((3, 3))
    try:
        colour = from_hex(name)
    except BadOption:
        raise BadOption(
            f"the background {name!r} is neither one of {', '.join(BACKGROUNDS)} nor a colour "
            "like #e8e4df"
        ) from None
    return np.tile(linear(colour), (3, 1))


def _subject(view: View, body: Body, drapes: Sequence[Drape]) -> tuple[FloatArray, float, float]:
    """What to look at [m]: centre (3,), half height, half width as the camera turns around it."""
    points = [body.vertices, *(d.positions for d in drapes)]
    every = np.vstack(points)
    top, bottom = float(every[:, 1].max()), min(0.0, float(every[:, 1].min()))
    if view.part == "figure":
        reach = float(np.hypot(every[:, 0], every[:, 2]).max())
        return np.array([0.0, (top + bottom) / 2, 0.0]), (top - bottom) / 2 * 1.06, reach * 1.05
    cloth = np.vstack([d.positions for d in drapes]) if drapes else body.vertices
    stature = float(body.vertices[:, 1].max())
    height = {
        "neck": min(0.82 * stature, float(cloth[:, 1].max()) - 0.06),
        "waist": 0.61 * stature,
        "hem": float(cloth[:, 1].min()) + 0.06,
    }[view.part]
    near = cloth[np.abs(cloth[:, 1] - height) < 0.06]
    middle = np.median(near, axis=0) if len(near) else np.zeros(3)
    half = {"neck": 0.165, "waist": 0.24, "hem": 0.24}[view.part] * stature / 1.7
    return np.array([middle[0], height, middle[2]]), half, half * 0.75


def camera(view: View, body: Body, drapes: Sequence[Drape], size: tuple[int, int]) -> Camera:
    """The camera of a view, far enough to show its part whole.

    The scale is the same from every side, so that pictures can be laid next to one another.
    """
    centre, half_height, half_width = _subject(view, body, drapes)
    aspect = size[0] / size[1]
    tangent = float(np.tan(LENS / 2))
    # The nearest part of the subject is `half_width` closer than its centre.
    distance = max(half_height / tangent, half_width / (tangent * aspect)) + min(half_width, 0.25)
    return orbit(centre, distance, view.azimuth, view.elevation, tangent, aspect)


def orbit(
    centre: FloatArray,
    distance: float,
    azimuth: float,
    elevation: float,
    tangent: float,
    aspect: float,
) -> Camera:
    """A camera on a sphere around a point, level with the horizon."""
    ca, sa, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    back = np.array([sa * ce, se, ca * ce])
    right = np.array([ca, 0.0, -sa])
    up = np.cross(back, right)
    return Camera(centre + distance * back, np.stack([right, up, back]), tangent, aspect)
