"""A draped garment on the device: right side, wrong side and border, and how each is shaded."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitting.records import Drape, FloatArray, IntArray
from fitting.render import gl
from fitting.render.colour import linear
from fitting.render.finish import Finish, Look, look
from fitting.render.surfaces import Sheet, border_strip, sheet
from fitting.render.trims import Trims, trims
from fitting.render.weaves import mottling, tile

# Cloth of less cover than this lets the key light through: it casts no shadow.
SHEER = 0.8


class Swatches:
    """Textures of weaves and prints on the device, each made once."""

    def __init__(self, pool: gl.Pool) -> None:
        self._pool = pool
        self._held: dict[Any, gl.Texture] = {}
        self.none = pool.add(gl.Texture(np.zeros((1, 1, 4), np.uint8), srgb=True))
        self.clouds = pool.add(gl.Texture(mottling(), srgb=False))

    def yarns(self, kind: str, yarns: int) -> gl.Texture:
        """The tile of a weave."""
        key = (kind, yarns)
        if key not in self._held:
            texture = gl.Texture(tile(kind, yarns, 1.0), srgb=False)
            self._held[key] = self._pool.add(texture)
        return self._held[key]

    def ink(self, shown: Look) -> gl.Texture:
        """The print of a look; nothing where it has none."""
        if shown.print is None:
            return self.none  # type: ignore[no-any-return]
        key = id(shown.print)
        if key not in self._held:
            pixels = np.ascontiguousarray(shown.print.pixels[::-1])
            self._held[key] = self._pool.add(gl.Texture(pixels, srgb=True))
        return self._held[key]


class Garment:
    """One garment, ready to be drawn.

    Args:
        drape: At rest.
        finish: How it is shown.
        light: Room light on its vertices, right and wrong side, shape (V, 4) each.
        heat: Linear colours of a map on its vertices, shape (V, 3), or None.
        pool: Owns what is made on the device.
        swatches: Textures.
    """

    def __init__(
        self,
        drape: Drape,
        finish: Finish,
        light: tuple[FloatArray, FloatArray],
        heat: FloatArray | None,
        pool: gl.Pool,
        swatches: Swatches,
    ) -> None:
        self._swatches = swatches
        self._heated = heat is not None
        # The wrong side shows little and lies in the dark: the draped triangles will do there.
        right, wrong = sheet(drape, levels=1), sheet(drape, levels=0)
        self._looks = {m: look(drape.fabric, finish, m) for m, _, _ in right.materials}
        self._runs = (right.materials, wrong.materials)
        self._sides = (
            pool.add(_side(right, 1.0, light[0], heat)),
            pool.add(_side(wrong, -1.0, light[1], heat)),
        )
        sewn_on = trims(drape, finish.colour or drape.fabric.colour)
        self._trims = None if sewn_on is None else pool.add(_hard(sewn_on))
        self._border = pool.add(_border(right, light[0], heat)) if len(right.rim) else None

    @property
    def cover(self) -> float:
        """Opacity of the thinnest of its materials."""
        return min(shown.cover for shown in self._looks.values())

    def cast(self) -> None:
        """Draw its outline into a depth map, unless light passes through it."""
        if self.cover >= SHEER:
            self._sides[1].draw()

    def draw(
        self, canvas: gl.Canvas, program: gl.Program, hard: gl.Program, room: dict[str, Any]
    ) -> None:
        """Draw it.

        Args:
            canvas: Where to.
            program: For cloth.
            hard: For skin, buttons and zip pulls.
            room: Uniforms of the camera and the lamps.
        """
        canvas.cull("back")
        if self._trims is not None:
            hard.use(**room, suit=(0.0, 0.0, 0.0))
            self._trims.draw()
        for wrong in (1, 0):
            if self.cover < 1:
                # Of each side only the nearest fold shows: folds have no order to be blended in.
                canvas.colours(False)
                canvas.deepen(True)
                hard.use(**room)
                self._sides[wrong].draw()
                canvas.colours(True)
                canvas.deepen(False)
            for material, first, count in self._runs[wrong]:
                self._use(program, self._looks[material], wrong, room)
                self._sides[wrong].draw(first, count)
        if self._border is not None:
            canvas.cull(None)
            self._use(program, next(iter(self._looks.values())), 0, room)
            self._border.draw()

    def _use(self, program: gl.Program, shown: Look, wrong: int, room: dict[str, Any]) -> None:
        weave = shown.weave
        rows = shown.print.rows if shown.print is not None else ((0, 0, 0), (0, 0, 0))
        # 0: no print, 1: on the right side, 2: on both.
        there = 0.0 if shown.print is None else 1.0 + shown.print.through
        dye = linear(shown.colour)
        # Fibre ends glow in their own colour, lightened: their tips scatter white light.
        fuzz = weave.sheen * (0.5 * dye + 0.5 * np.sqrt(dye))
        program.use(
            **room, dye=dye, back=linear(shown.back), thread=linear(shown.thread),
            wrong=float(wrong), side=weave.side, relief=weave.relief, rough=weave.roughness,
            yarns=self._swatches.yarns(weave.wrong if wrong else weave.kind, weave.yarns),
            cloud=self._swatches.clouds, print_=self._swatches.ink(shown),
            print_x=(rows[0][0], rows[0][1], there, rows[0][2]),
            print_y=(rows[1][0], rows[1][1], there, rows[1][2]),
            gloss=weave.gloss, fuzz=fuzz, fuzz_rough=weave.sheen_roughness, mottle=weave.mottle,
            second=0.0 if wrong else weave.second, stitched=shown.stitched,
            rows=float(shown.rows), topstitch=shown.topstitch, cover=shown.cover,
            heat=self._heated,
        )  # fmt: skip


def _hard(trims: Trims) -> gl.Triangles:
    """Buttons as the body's shader takes them: colour and roughness; no underwear."""
    count = len(trims.positions)
    paint = np.column_stack([linear(trims.colours), np.full(count, 0.3)])
    open_ = np.column_stack([trims.normals * 0.6, np.full(count, 0.85)])
    outside = np.full((count, 2), -1.0)
    rows = [trims.positions, trims.normals, open_, paint, outside]
    return gl.Triangles(rows, trims.faces)


def _attributes(
    s: Sheet, rows: IntArray | slice, light: FloatArray, heat: FloatArray | None
) -> list[FloatArray]:
    """Light, paint, fabric coordinates and edge distances of some of a sheet's vertices."""
    parents = s.parents[rows]
    paint = np.zeros((len(parents), 4))
    if heat is not None:
        paint[:, :3] = heat[parents].mean(1)
    edges = np.column_stack([s.seam[rows], s.hem[rows]])
    return [light[parents].mean(1), paint, s.uv[rows], edges]


def _side(s: Sheet, sign: float, light: FloatArray, heat: FloatArray | None) -> gl.Triangles:
    """The right (1) or the wrong (-1) side of a sheet."""
    normals = sign * s.normals
    place = s.positions + s.half[:, None] * normals
    faces = s.faces if sign > 0 else s.faces[:, ::-1]
    return gl.Triangles([place, normals, *_attributes(s, slice(None), light, heat)], faces)


def _border(s: Sheet, light: FloatArray, heat: FloatArray | None) -> gl.Triangles:
    place, normals, owner, faces = border_strip(s)
    return gl.Triangles([place, normals, *_attributes(s, owner, light, heat)], faces)
