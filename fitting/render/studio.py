"""A photo studio around a dressed body: lights, floor and backdrop stay while the camera moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fitting.records import Body, Drape, FloatArray, IntArray
from fitting.render import gl, views
from fitting.render.colour import encoded, linear
from fitting.render.figure import Figure, calm_skin, figure, head_of, neighbours, suit_colour
from fitting.render.finish import Finish, look
from fitting.render.garment import SHEER, Garment, Swatches
from fitting.render.lamps import STUDIO, Lamps
from fitting.render.light import SINK, AmbientLight
from fitting.render.surfaces import rounded

# Largest piece of a picture drawn at once [px]; larger pictures are drawn in pieces.
_TILE = 2048
_SHADOW = 2048
_SMALL = 400_000  # pixels of a picture that is drawn twice as large and then reduced
_FLOOR = 1.7  # [m] where the floor has faded into the backdrop

Show = Literal["all", "garments", "cloth", "body"]


class Studio:
    """Holds a dressed body on the device, for many pictures of it.

    Use it in a `with` block, or call `close()`.

    Args:
        body: The avatar.
        drapes: Garments, from the skin outwards.
        finishes: How garments are shown, by garment name.
        tone: The avatar's colour, one of `fitting.render.figure.TONES`.
        heat: Linear colours to show instead of the cloth's own, by garment name, one for each
            draped vertex, shape (V, 3).
        size: Width and height of its pictures [px].
        background: ``studio``, ``white``, ``transparent`` or ``#rrggbb``.
        rays: Rays a vertex for the ambient light.
        lamps: The lights.
        sink: Covered skin is drawn this much deeper [m].

    Raises:
        NotSupported: There is no EGL here, or no driver for it.
        BadMesh: A garment without material coordinates.
    """

    def __init__(
        self,
        body: Body,
        drapes: Sequence[Drape],
        *,
        finishes: Mapping[str, Finish] | None = None,
        tone: str = "mannequin",
        heat: Mapping[str, FloatArray] | None = None,
        size: tuple[int, int] = (1024, 1365),
        background: str = "studio",
        rays: int = 64,
        lamps: Lamps = STUDIO,
        sink: float = SINK,
    ) -> None:
        self._lamps = lamps
        self.size = views.checked_size(size)
        self.background = background
        views.backdrop(background)
        self.body, self.drapes = body, tuple(drapes)
        self._finishes, self._heat = dict(finishes or {}), dict(heat or {})
        self._tone = tone
        self._pool = gl.Pool()
        self._canvases: dict[tuple[int, int], gl.Canvas] = {}
        sheer = [look(d.fabric, self._finish(d)).cover < SHEER for d in self.drapes]
        calm = calm_skin(body)
        light = AmbientLight(calm, self.drapes, rays, sheer)
        shown = figure(calm, light, tone, sink)
        self._radius, self._centre = self._bounds()
        with gl.current():
            try:
                self._build(shown, light)
            except BaseException:
                self._pool.close()
                raise

    def _finish(self, drape: Drape) -> Finish:
        return self._finishes.get(drape.cloth.pattern.name, Finish())

    def _bounds(self) -> tuple[float, FloatArray]:
        every = np.vstack([self.body.vertices, *(d.positions for d in self.drapes)])
        low, high = every.min(0), every.max(0)
        return float(np.linalg.norm(high - low) / 2) + 0.05, (low + high) / 2

    def _build(self, shown: Figure, light: AmbientLight) -> None:
        add = self._pool.add
        self._programs = {name: add(program(name)) for name in ("body", "cloth", "floor", "depth")}
        self._backdrop = add(program("backdrop"))
        self._nothing = add(gl.Triangles([np.zeros((3, 1))], np.array([[0, 1, 2]])))
        self._shadow = add(gl.DepthMap(_SHADOW))
        suit = np.column_stack([shown.suit, shown.suit])
        # The head is round already; mouth and eyes lie folded on it and would bulge.
        bend = np.array(shown.normals)
        bend[head_of(self.body)] = 0.0
        place, faces, rows = rounded(
            shown.positions, bend, shown.faces, shown.normals, shown.open, shown.paint,
            suit,
        )  # fmt: skip
        self._body = add(gl.Triangles([place, *rows], faces))
        # Its shadow needs no more than the body's own triangles.
        self._block = add(gl.Triangles([shown.positions], shown.faces))
        place, faces = _floor()
        up = np.tile((0.0, 1.0, 0.0), (len(place), 1))
        dim = light.on(place, up, reach=1.2)
        for _ in range(2):  # the floor is smooth: what is uneven is the rays' noise
            dim = neighbours(len(place), faces) @ dim
        self._floor = add(gl.Triangles([place, up, dim], faces))
        swatches = Swatches(self._pool)
        self._garments = [
            Garment(
                d, self._finish(d), light.cloth[k], self._heat.get(d.cloth.pattern.name),
                self._pool, swatches,
            )
            for k, d in enumerate(self.drapes)
        ]  # fmt: skip

    # ---- pictures --------------------------------------------------------------------------------

    def still(self, view: str | views.View = "front") -> NDArray[np.uint8]:
        """One picture.

        Args:
            view: A name in `views.VIEWS`, or a view of one's own.

        Returns:
            sRGB, shape (height, width, 3); (height, width, 4) with straight alpha if transparent.

        Raises:
            UnknownName: There is no such view.
        """
        where = views.view(view) if isinstance(view, str) else view
        return self.through(views.camera(where, self.body, self.drapes, self.size))

    def through(self, camera: views.Camera, show: Show = "all") -> NDArray[np.uint8]:
        """The picture a camera takes; see `still`.

        Args:
            camera: Any, outside the wearer.
            show: ``garments`` leaves out what of them the body hides, and floor and body;
                ``cloth`` shows the garments whole, without the body before them; ``body`` leaves
                out the garments, whose shade stays on it.
        """
        backdrop = views.backdrop(self.background)
        # Small pictures are drawn twice as large: their triangles are finer than their pixels.
        factor = 2 if self.size[0] * self.size[1] <= _SMALL else 1
        width, height = (factor * side for side in self.size)
        out = np.empty((height, width, 4), np.uint8)
        with gl.current():
            lamps = self._lamps.toward(camera)
            key, key_scale = self._shade_from(lamps[0])
            light: dict[str, Any] = {
                "eye": camera.eye,
                "lamps": lamps,
                "powers": self._lamps.powers,
                "sky": self._lamps.sky,
                "ground": self._lamps.ground,
                "shadow": self._shadow,
                "key": key,
                "key_scale": key_scale,
            }
            clip = camera.clip(*self._range(camera))
            for left, top, w, h in _pieces(width, height):
                # Clip space of this piece: the whole picture's, moved and magnified.
                zoom = np.diag([width / w, height / h, 1.0, 1.0])
                zoom[0, 3] = (width - 2 * left) / w - 1
                zoom[1, 3] = 1 - (height - 2 * top) / h
                window = (left / width, 1 - (top + h) / height, w / width, h / height)
                light["grain"] = (float(left), float(height - top - h))
                piece = self._draw(zoom @ clip, light, backdrop, window, (w, h), show)
                out[top : top + h, left : left + w] = piece
        if factor == 2:
            out = _halved(out)
        if backdrop is None:
            return _straight(out)
        return np.ascontiguousarray(out[..., :3])

    def _range(self, camera: views.Camera) -> tuple[float, float]:
        away = float(np.linalg.norm(camera.eye - self._centre))
        return max(0.05, away - self._radius - 0.3), away + self._radius + 2.5

    def _shade_from(self, lamp: FloatArray) -> tuple[FloatArray, tuple[float, float]]:
        """Draw the depth that the key light sees; its matrix and scales."""
        r = self._radius
        right = np.cross((0.0, 1.0, 0.0), lamp)
        right /= np.linalg.norm(right)
        turn = np.stack([right, np.cross(lamp, right), lamp])
        key = np.eye(4)
        key[:3, :3] = turn / r
        key[:3, 3] = -turn @ self._centre / r
        key[2] *= -1
        key[3] = (0, 0, 0, 1)
        self._shadow.begin()
        self._programs["depth"].use(camera=key)
        self._block.draw()
        for garment in self._garments:
            garment.cast()
        return key, (2 * r, 2 * r)

    def _draw(
        self,
        clip: FloatArray,
        light: dict[str, Any],
        backdrop: FloatArray | None,
        window: tuple[float, float, float, float],
        size: tuple[int, int],
        show: Show,
    ) -> NDArray[np.uint8]:
        if size not in self._canvases:
            self._canvases[size] = self._pool.add(gl.Canvas(*size))
        canvas = self._canvases[size]
        canvas.begin()
        canvas.blend(False)
        canvas.cull(None)
        if backdrop is not None:
            middle, rim, base = backdrop
            self._backdrop.use(
                window=window, middle=middle, rim=rim, base=base, grain=light["grain"]
            )
            self._nothing.draw()
        canvas.cull("back")
        if show != "cloth":
            canvas.colours(show != "garments")
            self._programs["body"].use(camera=clip, suit=suit_colour(self._tone), **light)
            self._body.draw()
            canvas.colours(True)
        room = {"camera": clip, **light}
        worn = self._garments if show != "body" else []
        for garment in worn:
            if garment.cover >= 1:
                garment.draw(canvas, self._programs["cloth"], self._programs["body"], room)
        canvas.blend(True)
        canvas.cull(None)
        if show == "all":
            self._programs["floor"].use(reach=_FLOOR, **room)
            self._floor.draw()
        for garment in worn:
            if garment.cover < 1:
                garment.draw(canvas, self._programs["cloth"], self._programs["body"], room)
        canvas.blend(False)
        return canvas.read()

    def close(self) -> None:
        """Free what lies on the device."""
        self._canvases.clear()
        self._pool.close()

    def __enter__(self) -> Studio:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def program(name: str) -> gl.Program:
    """Compile the shaders of that name."""
    folder = Path(__file__).parent / "shaders"
    head = "#version 410 core\n#extension GL_ARB_derivative_control : enable\n"
    vertex = (folder / ("backdrop.vert" if name == "backdrop" else "mesh.vert")).read_text()
    body = (folder / f"{name}.frag").read_text()
    light = (folder / "light.glsl").read_text() if name in ("body", "cloth", "floor") else ""
    return gl.Program(head + vertex, head + light + body)


def _floor(cells: int = 72) -> tuple[FloatArray, IntArray]:
    """A round-cornered grid on the floor, finer in the middle: vertices (N, 3) [m], faces."""
    t = np.linspace(-1, 1, cells + 1)
    axis = _FLOOR * (0.3 * t + 0.7 * t**3)
    x, z = np.meshgrid(axis, axis)
    place = np.stack([x, np.zeros_like(x), z], axis=2).reshape(-1, 3)
    a = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    down = np.column_stack([a, a + cells + 1, a + 1])
    other = np.column_stack([a + 1, a + cells + 1, a + cells + 2])
    return place, np.vstack([down, other]).astype(np.int32)


def _pieces(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of the pieces a picture is drawn in."""
    return [
        (x, y, min(_TILE, width - x), min(_TILE, height - y))
        for y in range(0, height, _TILE)
        for x in range(0, width, _TILE)
    ]


def _halved(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Half as many rows and columns; means are taken in linear light, (h, w, 4)."""
    light = np.concatenate([linear(pixels[..., :3] / 255.0), pixels[..., 3:] / 255.0], axis=2)
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    mean = light.reshape(height, 2, width, 2, 4).mean((1, 3))
    colour = np.concatenate([encoded(mean[..., :3]), mean[..., 3:]], axis=2)
    return np.asarray(np.round(colour * 255), np.uint8)


def _straight(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied sRGB to straight alpha, (h, w, 4)."""
    alpha = pixels[..., 3:].astype(float) / 255
    colour = linear(pixels[..., :3] / 255.0) / np.maximum(alpha, 1e-6)
    bright = encoded(colour)
    return np.concatenate([np.round(bright * 255).astype(np.uint8), pixels[..., 3:]], axis=2)
