"""What fabrics look like close up, made by code: yarns laid out as tubes at their true spacing.

A weave is a square tile that repeats over the cloth. Its relief becomes a normal map; which yarn
lies on top and how deep the gaps are become its shade. At the distance of a whole figure only the
roughness, the sheen and the mottling are left of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fitting.records import FloatArray
from fitting.units import MM

# Pixels along a tile: 8 to 32 yarns of 10 to 30 pixels, enough for a close-up at 0.2 mm a pixel.
PIXELS = 256


@dataclass(frozen=True)
class Weave:
    """The look of one cloth construction.

    Attributes:
        kind: Which generator draws the right side, see `tile`.
        wrong: The same for the wrong side.
        yarns: Yarns (or knitted wales) across a tile.
        pitch: Distance between yarns or wales [m].
        relief: Steepness of the drawn normals, 1 is round yarns.
        roughness: Of the surface, 0..1, as in glTF.
        sheen: Strength of the fibre ends' glow at grazing light, 0..1.
        sheen_roughness: As in KHR_materials_sheen.
        gloss: Reflectance of the surface at normal incidence, 0.04 is glTF's dielectric.
        mottle: How uneven the colour is over centimetres, ratio.
        second: How far the second yarn system (weft) shows white under the first: denim.
    """

    kind: str
    wrong: str
    yarns: int
    pitch: float
    relief: float
    roughness: float
    sheen: float
    sheen_roughness: float
    gloss: float = 0.03
    mottle: float = 0.02
    second: float = 0.0

    @property
    def side(self) -> float:
        """Side of a tile [m]."""
        return self.yarns * self.pitch


# Yarn spacing from usual counts: jersey 28 gauge about 14 wales/cm relaxed, poplin 50 x 28 /cm,
# denim 26 x 18 /cm, twill 40 /cm, satin 90 /cm. Roughness, sheen and relief chosen by eye against
# photographs of the cloths.
WEAVES: dict[str, Weave] = {
    "jersey": Weave("knit", "purl", 16, 0.75 * MM, 0.45, 0.90, 0.16, 0.55),
    "interlock": Weave("knit", "knit", 20, 0.60 * MM, 0.5, 0.88, 0.16, 0.5),
    "ponte": Weave("knit", "knit", 16, 0.70 * MM, 0.5, 0.85, 0.14, 0.5),
    "rib": Weave("rib", "rib", 16, 0.90 * MM, 0.7, 0.90, 0.16, 0.55),
    "fleece": Weave("knit", "fuzz", 16, 0.95 * MM, 0.7, 0.95, 0.28, 0.7, 0.02, 0.03),
    "terry": Weave("knit", "fuzz", 16, 0.90 * MM, 0.7, 0.95, 0.22, 0.65, 0.02, 0.03),
    "swim": Weave("knit", "knit", 24, 0.40 * MM, 0.3, 0.55, 0.10, 0.35, 0.045, 0.01),
    "plain": Weave("plain", "plain", 16, 0.30 * MM, 0.7, 0.80, 0.10, 0.4),
    "poplin": Weave("plain", "plain", 16, 0.25 * MM, 0.6, 0.75, 0.09, 0.35),
    "oxford": Weave("basket", "basket", 16, 0.40 * MM, 0.8, 0.85, 0.12, 0.45),
    "canvas": Weave("plain", "plain", 16, 0.60 * MM, 0.9, 0.88, 0.12, 0.5, 0.03, 0.03),
    "linen": Weave("plain", "plain", 16, 0.55 * MM, 0.9, 0.85, 0.12, 0.45, 0.03, 0.06),
    "twill": Weave("twill", "twill", 15, 0.35 * MM, 0.8, 0.80, 0.12, 0.4),
    "gabardine": Weave("twill", "weft", 15, 0.30 * MM, 0.7, 0.72, 0.12, 0.35),
    "denim": Weave("twill", "weft", 15, 0.45 * MM, 1.0, 0.88, 0.08, 0.5, 0.03, 0.06, 0.15),
    "satin": Weave("satin", "plain", 20, 0.12 * MM, 0.25, 0.47, 0.20, 0.3, 0.07, 0.01),
    "charmeuse": Weave("satin", "plain", 20, 0.11 * MM, 0.2, 0.43, 0.20, 0.3, 0.07, 0.01),
    "crepe": Weave("crepe", "crepe", 20, 0.25 * MM, 0.9, 0.75, 0.12, 0.4, 0.035),
    "habotai": Weave("plain", "plain", 16, 0.20 * MM, 0.4, 0.50, 0.15, 0.3, 0.055, 0.01),
    "chiffon": Weave("plain", "plain", 16, 0.28 * MM, 0.6, 0.65, 0.12, 0.35, 0.035),
    "suiting": Weave("twill", "twill", 15, 0.40 * MM, 0.7, 0.82, 0.20, 0.5, 0.03, 0.04),
    "flannel": Weave("fuzz", "fuzz", 16, 0.60 * MM, 0.6, 0.95, 0.30, 0.7, 0.02, 0.05),
    "melton": Weave("fuzz", "fuzz", 16, 0.80 * MM, 0.7, 0.97, 0.32, 0.75, 0.02, 0.06),
    "velvet": Weave("fuzz", "plain", 16, 0.40 * MM, 0.3, 0.95, 0.60, 0.45, 0.02, 0.02),
}
# Names of the library's fabrics and of other sources that look like one of the above.
_ALIKE = {
    "knit": "jersey", "single jersey": "jersey", "french terry": "terry", "wool": "suiting",
    "silk": "charmeuse", "voile": "chiffon", "sheeting": "poplin",
    "drill": "twill", "coating": "melton", "broadcloth": "poplin", "chambray": "plain",
    "viscose": "crepe", "jean": "denim", "sweatshirt": "fleece",
}  # fmt: skip


def weave(name: str) -> Weave:
    """The look of a fabric's weave; a plain weave for a name that is not known."""
    key = name.lower().replace("_", " ").replace("-", " ").strip()
    key = _ALIKE.get(key, key)
    if key not in WEAVES:
        key = next((known for known in WEAVES if known in key.split()), "plain")
    return WEAVES[key]


@cache
def tile(kind: str, yarns: int, relief: float) -> NDArray[np.uint8]:
    """A square tile of cloth, shape (PIXELS, PIXELS, 4), uint8.

    Channels: normal x and y (128 is flat), how deep in a gap (255 on top of a yarn), and which
    yarn system is on top (255 the first: warp or knit). Row 0 is at the bottom (v = 0), x along
    the weft, y along the warp.
    """
    axis = (np.arange(PIXELS) + 0.5) / PIXELS * yarns
    x, y = np.meshgrid(axis, axis)
    height, first = _relief(kind, x, y)
    # Heights are in pitches, as x and y are; central differences over the wrapped tile.
    step = 2 * yarns / PIXELS
    dx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / step * relief
    dy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / step * relief
    length = np.sqrt(dx * dx + dy * dy + 1)
    low, high = height.min(), height.max()
    deep = (height - low) / max(high - low, 1e-9)
    channels = [0.5 - 0.5 * dx / length, 0.5 - 0.5 * dy / length, deep, first]
    return np.asarray(np.round(np.stack(channels, axis=2) * 255), np.uint8)


def _relief(kind: str, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Height in pitches and share of the first yarn system on top."""
    if kind == "knit":
        return _knit(x, y), np.ones_like(x)
    if kind == "purl":
        return _purl(x, y), np.ones_like(x)
    if kind == "rib":
        # One wale to the front, one to the back: the back ones lie deep and show as purl.
        front = 0.5 + 0.5 * np.tanh(3 * np.sin(np.pi * x))
        return front * (_knit(x, y) + 0.5) + (1 - front) * 0.6 * _purl(x, y), np.ones_like(x)
    if kind in ("fuzz", "crepe"):
        return _noise(x.shape[0], 3 if kind == "fuzz" else 6), np.ones_like(x)
    patterns = {
        "plain": [[1, 0], [0, 1]],
        "basket": [[1, 1, 0, 0], [0, 0, 1, 1]],
        "twill": [[1, 1, 0], [0, 1, 1], [1, 0, 1]],
        "weft": [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        "satin": [[int((2 * i + j) % 5 != 0) for j in range(5)] for i in range(5)],
    }
    return _woven(np.array(patterns[kind], float), x, y)


def _tube(offset: FloatArray, radius: float) -> FloatArray:
    """Height of a round yarn at a distance from its axis, 0 outside it."""
    return np.asarray(np.sqrt(np.clip(radius * radius - offset * offset, 0, None)))


def _woven(over: FloatArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Warp along y at whole x + 0.5, weft along x; `over[row, column]` is 1 where warp is up."""

    def lift(i: NDArray[np.int64], j: NDArray[np.int64]) -> FloatArray:
        return np.asarray(over[i % over.shape[0], j % over.shape[1]])

    col, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)

    # A yarn rises and falls between crossings as a half cosine.
    def between(v: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
        low = np.floor(v - 0.5).astype(np.int64)
        t = v - 0.5 - low
        return low, (1 - np.cos(np.pi * t)) / 2

    r0, tr = between(y)
    c0, tc = between(x)
    warp_up = lift(r0, col) * (1 - tr) + lift(r0 + 1, col) * tr
    weft_up = 1 - (lift(row, c0) * (1 - tc) + lift(row, c0 + 1) * tc)
    warp = _tube(x - col - 0.5, 0.5) + 0.5 * warp_up
    weft = _tube(y - row - 0.5, 0.5) + 0.5 * weft_up
    return np.maximum(warp, weft), (warp >= weft).astype(float)


def _leg(
    x: FloatArray, y: FloatArray, a: tuple[float, float], b: tuple[float, float], radius: float
) -> FloatArray:
    """Height of a straight piece of yarn from a to b."""
    d = np.array([b[0] - a[0], b[1] - a[1]])
    t = np.clip(((x - a[0]) * d[0] + (y - a[1]) * d[1]) / (d @ d), 0, 1)
    gap = np.hypot(x - a[0] - t * d[0], y - a[1] - t * d[1])
    return np.asarray(_tube(gap, radius) + 0.15 * t * (gap < radius))


def _knit(x: FloatArray, y: FloatArray) -> FloatArray:
    """Right side of jersey: columns of V. A wale is 1 wide, a course 0.8 high (20 : 16)."""
    u = x - np.floor(x)
    v = y / 0.8
    v = (v - np.floor(v)) * 0.8
    height = np.zeros_like(x)
    for shift in (-0.8, 0.0, 0.8):
        for side in (-1, 1):
            foot = (0.5 + 0.07 * side, -0.25 + shift)
            top = (0.5 + 0.36 * side, 0.75 + shift)
            height = np.maximum(height, _leg(u, v, foot, top, 0.2))
    return height


def _purl(x: FloatArray, y: FloatArray) -> FloatArray:
    """Wrong side of jersey: rows of small arches."""
    v = y / 0.8
    arch = v + 0.18 * np.cos(2 * np.pi * x)
    return np.asarray(
        _tube(arch - np.floor(arch) - 0.5, 0.45) * (0.75 + 0.25 * np.cos(4 * np.pi * x))
    )


def _noise(side: int, octaves: int) -> FloatArray:
    """Fibres without order: tileable noise from a fixed seed, roughly 0..1."""
    rng = np.random.default_rng(20)
    field = np.zeros((side, side))
    freq = np.fft.fftfreq(side, 1 / side)
    fx, fy = np.meshgrid(freq, freq)
    radius = np.hypot(fx, fy)
    for octave in range(octaves):
        centre = 8.0 * 2**octave if octaves < 5 else 4.0 + 6 * octave
        band = np.exp(-(((radius - centre) / (centre / 3)) ** 2))
        white = np.fft.fft2(rng.standard_normal((side, side)))
        layer = np.real(np.fft.ifft2(white * band))
        field += layer / layer.std() / (octave + 1)
    return 0.5 + 0.12 * field


@cache
def mottling() -> NDArray[np.uint8]:
    """Slow unevenness of cloth, tileable, shape (PIXELS, PIXELS, 3): shade, bump x, bump y."""
    rng = np.random.default_rng(7)
    freq = np.fft.fftfreq(PIXELS, 1 / PIXELS)
    fx, fy = np.meshgrid(freq, freq)
    radius = np.maximum(np.hypot(fx, fy), 1)
    white = np.fft.fft2(rng.standard_normal((PIXELS, PIXELS)))
    field = np.real(np.fft.ifft2(white * radius**-0.8 * (radius > 2)))
    field /= field.std()
    dx = (np.roll(field, -1, 1) - np.roll(field, 1, 1)) / 2
    dy = (np.roll(field, -1, 0) - np.roll(field, 1, 0)) / 2
    channels = np.stack([0.5 + field / 8, 0.5 + dx / 4, 0.5 + dy / 4], axis=2)
    return np.asarray(np.round(np.clip(channels, 0, 1) * 255), np.uint8)
