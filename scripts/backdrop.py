"""Rooms to stand in, painted from random numbers: plain, cluttered, patterned or noisy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from studio import Camera


def room(rng: np.random.Generator, camera: Camera, kind: str = "") -> np.ndarray:
    """A background, linear mix of sRGB 0..1, shape (rows, width, 3), float32.

    Args:
        rng: Decides everything.
        camera: Where the floor begins.
        kind: ``plain``, ``clutter``, ``paper``, ``noise``, ``leaves`` or ``outdoors``; drawn if
            empty.
    """
    kind = kind or str(
        rng.choice(("plain", "clutter", "clutter", "paper", "noise", "leaves", "outdoors"))
    )
    high, wide = camera.rows, camera.width
    far = camera.distance + rng.uniform(0.5, 2.5)
    skirting = camera.project(np.array([[0.0, 0.0, camera.distance - far]]))[0, 1]
    edge = int(np.clip(skirting, 0.5 * high, 0.95 * high))
    wall = _gradient(rng, high, wide, rng.uniform(0.25, 0.95, 3) * rng.uniform(0.7, 1.0))
    if kind == "paper":
        wall = _wallpaper(rng, wall)
    if kind == "noise":
        wall = _clouds(rng, high, wide)
    if kind in ("leaves", "outdoors"):
        wall = _leaves(rng, high, wide)
    if kind == "clutter":
        _furnish(rng, wall, edge)
    picture = wall
    if kind == "outdoors":  # the whole picture far away and out of focus, as in a photograph
        return np.clip(cv2.GaussianBlur(picture, (0, 0), rng.uniform(1.0, 6.0)), 0, 1)
    if kind != "noise" or rng.random() < 0.5:
        picture[edge:] = _floor(rng, high - edge, wide)
        shade = (rng.uniform(0.2, 0.8),) * 3
        cv2.line(picture, (0, edge), (wide, edge), shade, max(2, high // 200))
    if kind == "clutter":
        _litter(rng, picture, edge)
    picture = picture + 0.02 * _clouds(rng, high, wide)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 2.0)), 0, 1)


def _gradient(rng: np.random.Generator, high: int, wide: int, colour: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[0 : 1 : high * 1j, 0 : 1 : wide * 1j]
    slope = rng.normal(0, 0.12, 2)
    shade = 1 + slope[0] * (x - 0.5) + slope[1] * (y - 0.5)
    return (shade[..., None] * colour).astype(np.float32)


def _clouds(rng: np.random.Generator, high: int, wide: int) -> np.ndarray:
    """Noise of many scales, one of them finest."""
    total = np.zeros((high, wide, 3), np.float32)
    for cells in (3, 8, 20, 60, 160):
        grain = rng.random((cells * 2, cells, 3)).astype(np.float32)
        share = rng.uniform(0.1, 1.0)
        total += share * cv2.resize(grain, (wide, high), interpolation=cv2.INTER_CUBIC)
    low, top = total.min(), total.max()
    return (total - low) / (top - low)


def _leaves(rng: np.random.Generator, high: int, wide: int) -> np.ndarray:
    """Shapes of all sizes that hide one another, as things do in photographs.

    Reference:
        Lee, Mumford, Huang: Occlusion models for natural images, Int. J. Computer Vision 41, 2001,
        doi:10.1023/A:1011109015675 (radii go with the inverse cube).
    """
    picture = _gradient(rng, high, wide, rng.uniform(0.1, 0.95, 3))
    palette = rng.uniform(0.05, 0.95, (6, 3)) * rng.uniform(0.5, 1.0, (6, 1))
    least, most = 0.006 * high, 0.25 * high
    for _ in range(400):
        u = rng.random()
        size = 1 / np.sqrt((1 - u) / least**2 + u / most**2)
        x, y = rng.uniform(-0.1, 1.1) * wide, rng.uniform(-0.1, 1.1) * high
        colour = np.clip(palette[rng.integers(6)] + rng.normal(0, 0.08, 3), 0, 1).tolist()
        corners = int(rng.integers(3, 9))
        turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
        ring = np.stack([x + size * np.cos(turn), y + size * np.sin(turn)], axis=1)
        if rng.random() < 0.4:
            axes = (max(1, int(size)), max(1, int(size * rng.uniform(0.3, 1))))
            cv2.ellipse(picture, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, colour, -1)
        else:
            cv2.fillPoly(picture, [ring.astype(np.int32)], colour)
    return picture * (0.85 + 0.3 * _clouds(rng, high, wide))


def _wallpaper(rng: np.random.Generator, wall: np.ndarray) -> np.ndarray:
    high, wide = wall.shape[:2]
    y, x = np.mgrid[0:high, 0:wide]
    period, angle = rng.uniform(20, 120), rng.uniform(0, np.pi)
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    if rng.random() < 0.5:
        wave = wave * np.sin(2 * np.pi * (y * np.cos(angle) - x * np.sin(angle)) / period)
    ink = rng.uniform(0.1, 0.95, 3)
    share = (wave > rng.uniform(0, 0.5))[..., None] * rng.uniform(0.2, 0.9)
    return (wall * (1 - share) + ink * share).astype(np.float32)


def _furnish(rng: np.random.Generator, wall: np.ndarray, edge: int) -> None:
    """Shelves, pictures, doors, curtains and lamps as shaded boxes and ovals, drawn in place."""
    high, wide = wall.shape[:2]
    for _ in range(rng.integers(5, 16)):
        colour = rng.uniform(0.05, 0.95, 3)
        w, h = rng.uniform(0.06, 0.5) * wide, rng.uniform(0.04, 0.4) * high
        x, y = rng.uniform(-0.1, 1.0) * wide, rng.uniform(0, 0.95) * edge
        low, far = (int(x), int(y)), (int(x + w), int(min(y + h, edge)))
        shape = rng.random()
        if shape < 0.7:
            cv2.rectangle(wall, low, far, colour.tolist(), -1)
            cv2.rectangle(wall, low, far, (colour * 0.6).tolist(), max(1, int(wide * 0.006)))
            if shape < 0.35:
                _spines(rng, wall, low, far)
        else:
            cv2.ellipse(
                wall,
                (int(x + w / 2), int(y + h / 2)),
                (int(w / 2), int(h / 3)),
                rng.uniform(0, 180),
                0,
                360,
                colour.tolist(),
                -1,
            )


def _spines(
    rng: np.random.Generator, wall: np.ndarray, low: tuple[int, int], far: tuple[int, int]
) -> None:
    """Upright stripes of many colours: books, a curtain, a radiator."""
    x = low[0]
    while x < far[0]:
        step = int(rng.uniform(4, 22))
        cv2.rectangle(
            wall,
            (x, low[1] + 6),
            (min(x + step - 1, far[0]), far[1] - 3),
            rng.uniform(0.05, 0.95, 3).tolist(),
            -1,
        )
        x += step


def _floor(rng: np.random.Generator, high: int, wide: int) -> np.ndarray:
    """Boards that run to a point, or carpet."""
    colour = rng.uniform(0.2, 0.8) * np.array([1.0, rng.uniform(0.75, 1), rng.uniform(0.5, 1)])
    floor = np.tile(colour.astype(np.float32), (high, wide, 1))
    y, x = np.mgrid[0:high, 0:wide]
    if rng.random() < 0.6:
        spread = (x - wide / 2) / (y + 0.4 * high + 1)
        board = np.floor(spread * rng.uniform(4, 10)).astype(int)
        tone = rng.uniform(0.8, 1.15, 200).astype(np.float32)[board % 200]
        floor *= tone[..., None]
    else:
        floor *= (0.85 + 0.3 * rng.random((high, wide, 1))).astype(np.float32)
    return floor * np.linspace(0.85, 1.1, high, dtype=np.float32)[:, None, None]


def _litter(rng: np.random.Generator, picture: np.ndarray, edge: int) -> None:
    """Boxes, plants and bags that stand on the floor behind the person, drawn in place."""
    high, wide = picture.shape[:2]
    for _ in range(rng.integers(0, 5)):
        x, foot = rng.uniform(0, 1) * wide, edge + rng.uniform(0, 0.3) * (high - edge)
        w, h = rng.uniform(0.05, 0.25) * wide, rng.uniform(0.05, 0.3) * high
        colour = rng.uniform(0.05, 0.9, 3)
        cv2.rectangle(
            picture, (int(x), int(foot - h)), (int(x + w), int(foot)), colour.tolist(), -1
        )
        cv2.rectangle(
            picture,
            (int(x + 0.7 * w), int(foot - h)),
            (int(x + w), int(foot)),
            (colour * 0.7).tolist(),
            -1,
        )


def studio_wall(camera: Camera) -> np.ndarray:
    """A tidy, light room for the sample customer, sRGB uint8, shape (rows, width, 3)."""
    high, wide = camera.rows, camera.width
    edge = int(camera.project(np.array([[0.0, 0.0, -1.1]]))[0, 1])
    y, x = np.mgrid[0 : 1 : high * 1j, 0 : 1 : wide * 1j]
    glow = np.exp(-(((x - 0.25) / 0.7) ** 2 + ((y - 0.2) / 0.6) ** 2))
    wall = (np.array([0.74, 0.72, 0.68]) * (0.90 + 0.22 * glow)[..., None]).astype(np.float32)
    rng = np.random.default_rng(7)
    grain = cv2.GaussianBlur(rng.normal(size=(high, wide)).astype(np.float32), (0, 0), 2.0)
    wall += 0.02 * grain[..., None]
    _picture_frame(wall, int(0.73 * wide), int(0.16 * high), int(0.20 * wide), int(0.14 * high))
    picture = wall
    picture[edge:] = _planks(camera, edge)
    board = int(0.018 * high)
    picture[edge - board : edge] = (0.88, 0.87, 0.84)
    picture[edge - board : edge - board + 2] *= 0.86
    shade = np.exp(-np.abs(np.arange(high) - edge) / (0.015 * high))[:, None, None]
    picture = picture * (1 - 0.18 * shade)
    _plant(picture, int(0.10 * wide), edge + int(0.035 * high), high)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.4) * 255, 0, 255).astype(np.uint8)


def _picture_frame(wall: np.ndarray, x: int, y: int, wide: int, high: int) -> None:
    """A framed print with three soft hills."""
    cv2.rectangle(wall, (x + 4, y + 6), (x + wide + 5, y + high + 8), (0.62, 0.60, 0.57), -1)
    cv2.rectangle(wall, (x, y), (x + wide, y + high), (0.30, 0.24, 0.19), -1)
    cv2.rectangle(wall, (x + 6, y + 6), (x + wide - 6, y + high - 6), (0.93, 0.92, 0.88), -1)
    inner = wall[y + 20 : y + high - 20, x + 20 : x + wide - 20]
    inner[:] = (0.80, 0.84, 0.84)
    tall, broad = inner.shape[:2]
    across = np.linspace(0, 1, broad)
    for start, tone in (
        (0.45, (0.56, 0.66, 0.64)),
        (0.6, (0.38, 0.52, 0.50)),
        (0.75, (0.66, 0.52, 0.40)),
    ):
        ridge = (start + 0.10 * np.sin(5 * across + 9 * start)) * tall
        inner[np.arange(tall)[:, None] > ridge] = tone


def _planks(camera: Camera, edge: int) -> np.ndarray:
    """Floorboards in true perspective: each pixel of the floor is followed back to the floor."""
    high, wide = camera.rows - edge, camera.width
    v, u = np.mgrid[edge : camera.rows, 0:wide]
    ray = np.stack(
        [
            (u + 0.5 - wide / 2) / camera.focal,
            -(v + 0.5 - camera.rows / 2) / camera.focal,
            -np.ones_like(u, float),
        ],
        -1,
    )
    ray = ray @ camera.pose[:3, :3].T
    reach = camera.height / np.maximum(-ray[..., 1], 1e-3)
    x, z = ray[..., 0] * reach, camera.distance + ray[..., 2] * reach
    board = np.floor(x / 0.14).astype(int)
    along = z + 0.37 * board
    rng = np.random.default_rng(11)
    tone = rng.uniform(0.86, 1.06, 997)[(board * 31 + np.floor(along / 1.3).astype(int) * 7) % 997]
    vein = 1 + 0.03 * np.sin(60 * x + 3 * np.sin(2.3 * along + board))
    gap = np.where((x / 0.14) % 1 < 0.03, 0.72, 1.0) * np.where((along / 1.3) % 1 < 0.004, 0.75, 1)
    floor = np.array([0.62, 0.47, 0.33]) * (tone * vein * gap)[..., None]
    return floor.reshape(high, wide, 3).astype(np.float32)


def _plant(picture: np.ndarray, x: int, foot: int, high: int) -> None:
    """A pot with long leaves, drawn in place."""
    rng = np.random.default_rng(5)
    pot, wide = int(0.075 * high), int(0.032 * high)
    for _ in range(26):
        angle, length = rng.normal(0, 0.5), rng.uniform(0.10, 0.24) * high
        tip = (x + length * np.sin(angle), foot - pot - length * np.cos(angle))
        bend = (x + 0.3 * length * np.sin(0.4 * angle), foot - pot - 0.6 * length)
        share = np.linspace(0, 1, 14)[:, None]
        start = np.array([x, foot - pot])
        spine = (1 - share) ** 2 * start + 2 * share * (1 - share) * bend + share**2 * tip
        tone = rng.uniform(0.7, 1.2)
        green = (0.20 * tone, 0.36 * tone, 0.19 * tone)
        for a, b, f in zip(spine[:-1], spine[1:], share[:-1, 0], strict=True):
            thick = max(1, int(0.008 * high * np.sin(np.pi * (0.15 + 0.8 * f))))
            cv2.line(
                picture, a.astype(int).tolist(), b.astype(int).tolist(), green, thick, cv2.LINE_AA
            )
    body = np.array(
        [
            [x - wide, foot - pot],
            [x + wide, foot - pot],
            [x + int(0.75 * wide), foot],
            [x - int(0.75 * wide), foot],
        ]
    )
    cv2.fillPoly(picture, [body], (0.86, 0.84, 0.80), cv2.LINE_AA)
    cv2.fillPoly(
        picture,
        [body - [[0, 0], [int(0.9 * wide), 0], [int(0.7 * wide), 0], [0, 0]]],
        (0.93, 0.91, 0.88),
        cv2.LINE_AA,
    )
