"""A photo studio for synthetic customers: avatars photographed as a phone would do it.

Training, benchmark, tests and the sample customer all take their pictures here. Everything is
drawn: skin and tight clothes are colours of the mesh, rooms are painted. Lengths are metres, angles
radians, the frame is that of the records: +y up, +z to the wearer's front, +x to the wearer's left.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

os.environ.setdefault("PYOPENGL_PLATFORM", "egl")

import cv2
import numpy as np
from backdrop import room

from fitting.records import Body


@dataclass(frozen=True)
class Camera:
    """A phone on a support, looking along -z at the person.

    Attributes:
        distance: From the person's axis [m].
        height: Of the lens over the floor [m].
        pitch: Downward tilt [rad].
        fov: Vertical field of view [rad].
        width, rows: Picture size [px].
        yaw: Turned from the person, to the left as the phone sees it [rad].
        aside: Of the lens from the person's axis, to the right [m].
    """

    distance: float = 2.7
    height: float = 1.25
    pitch: float = 0.03
    fov: float = 1.05
    width: int = 720
    rows: int = 1280
    yaw: float = 0.0
    aside: float = 0.0

    @property
    def focal(self) -> float:
        """Focal length [px]."""
        return self.rows / 2 / np.tan(self.fov / 2)

    @property
    def focal_35mm(self) -> float:
        """Focal length [mm] in 35 mm terms: the frame's diagonal is 43.27 mm."""
        return self.focal * 43.267 / float(np.hypot(self.width, self.rows))

    @property
    def pose(self) -> np.ndarray:
        """Camera to world, shape (4, 4), OpenGL convention."""
        c, s = np.cos(self.pitch), np.sin(self.pitch)
        tilt = np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        matrix = np.eye(4)
        matrix[:3, :3] = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ tilt
        matrix[:3, 3] = (self.aside, self.height, self.distance)
        return matrix

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points (N, 3) to pixels (N, 2)."""
        local = (points - self.pose[:3, 3]) @ self.pose[:3, :3]
        depth = -local[:, 2]
        return np.stack(
            [
                self.width / 2 + self.focal * local[:, 0] / depth,
                self.rows / 2 - self.focal * local[:, 1] / depth,
            ],
            axis=1,
        )


@dataclass(frozen=True)
class Look:
    """Skin, hair and clothes.

    Attributes:
        skin, hair, top, bottom, shoes: sRGB 0..1; without hair the head is bare.
        top_kind: ``none``, ``bra``, ``tank``, ``tee``, ``long``.
        bottom_kind: ``none``, ``briefs``, ``shorts``, ``leggings``.
        stripes: Period of the clothes' stripes [m]; 0 for none.
        mottle, blemish: Strength of the cloth's and the skin's unevenness 0..1.
        print: How the period of the stripes is drawn: ``stripes``, ``checks``, ``dots``.
        patches: Strength of the skin's large uneven patches 0..1.
    """

    skin: tuple[float, float, float] = (0.80, 0.61, 0.50)
    hair: tuple[float, float, float] | None = (0.20, 0.14, 0.10)
    top: tuple[float, float, float] = (0.55, 0.16, 0.20)
    bottom: tuple[float, float, float] = (0.13, 0.15, 0.24)
    shoes: tuple[float, float, float] | None = None
    top_kind: str = "tank"
    bottom_kind: str = "shorts"
    stripes: float = 0.0
    mottle: float = 0.05
    blemish: float = 0.03
    print: str = "stripes"
    patches: float = 0.0


@dataclass(frozen=True)
class Light:
    """Where the light comes from and what the sensor makes of it."""

    key: float = 3.0
    fill: float = 1.0
    ambient: float = 0.35
    azimuth: float = 0.5
    elevation: float = 0.8
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    noise: float = 2.5  # [grey levels]
    blur: float = 0.5  # [px]
    gamma: float = 1.0  # of the tone curve, over the usual one
    gain: float = 1.0  # how bright the whole picture is
    quality: int | None = None  # of the JPEG file; None for none


SKINS = (
    (0.93, 0.78, 0.69),
    (0.86, 0.67, 0.56),
    (0.76, 0.57, 0.44),
    (0.60, 0.42, 0.30),
    (0.42, 0.28, 0.20),
    (0.28, 0.19, 0.14),
)
HAIRS = (
    (0.10, 0.08, 0.07),
    (0.20, 0.14, 0.10),
    (0.38, 0.24, 0.14),
    (0.66, 0.50, 0.30),
    (0.55, 0.53, 0.52),
    (0.45, 0.20, 0.10),
)


def random_look(rng: np.random.Generator, sex: str) -> Look:
    """Somebody's skin, hair and tight clothes; some are bare or in one colour from neck to foot."""
    tops = ("none", "tank", "tee", "long") if sex == "male" else ("bra", "tank", "tee", "long")
    colour = lambda: tuple(rng.uniform(0.04, 0.95, 3))  # noqa: E731
    look = Look(
        skin=_between(SKINS, rng),
        hair=_between(HAIRS, rng) if rng.random() < 0.85 else None,
        top=colour(),
        bottom=colour(),
        shoes=colour() if rng.random() < 0.3 else None,
        top_kind=str(rng.choice(tops)),
        bottom_kind=str(rng.choice(("briefs", "shorts", "leggings"))),
        stripes=float(rng.choice((0.0, 0.0, 0.03, 0.06, 0.1))),
        mottle=float(rng.uniform(0, 0.25)),
        blemish=float(rng.uniform(0.01, 0.06)),
        print=str(rng.choice(("stripes", "checks", "dots"))),
        patches=float(rng.uniform(0, 0.15)),
    )
    kind = rng.random()
    if kind < 0.1:
        return replace(look, top_kind="none", bottom_kind="none")
    if kind < 0.2:
        return replace(look, top_kind="long", bottom_kind="leggings", top=look.bottom)
    return look


def _between(
    colours: tuple[tuple[float, float, float], ...], rng: np.random.Generator
) -> tuple[float, float, float]:
    """A colour somewhere between two neighbours of a list."""
    at = rng.uniform(0, len(colours) - 1)
    low, share = int(at), at % 1
    mixed = (1 - share) * np.array(colours[low]) + share * np.array(colours[low + 1])
    return (float(mixed[0]), float(mixed[1]), float(mixed[2]))


def random_light(rng: np.random.Generator) -> Light:
    """A lamp, a window, a phone's sensor and its file."""
    return Light(
        key=float(rng.uniform(1.0, 4.5)),
        fill=float(rng.uniform(0.3, 1.8)),
        ambient=float(rng.uniform(0.15, 0.6)),
        azimuth=float(rng.uniform(-1.5, 1.5)),
        elevation=float(rng.uniform(0.1, 1.4)),
        tint=tuple(rng.uniform(0.85, 1.08, 3)),
        noise=float(rng.uniform(0.5, 7)),
        blur=float(rng.uniform(0.2, 1.1)),
        gamma=float(np.exp(rng.normal(0, 0.15))),
        gain=float(rng.uniform(0.7, 1.1)),
        quality=int(rng.integers(70, 97)) if rng.random() < 0.7 else None,
    )


@lru_cache(maxsize=1)
def _screen() -> Any:
    """The process's one renderer: deleting any would end the display of all."""
    import pyrender

    return pyrender.OffscreenRenderer(64, 64)


def _renderer(camera: Camera) -> Any:
    screen = _screen()
    screen.viewport_width, screen.viewport_height = camera.width, camera.rows
    return screen


@dataclass
class Studio:
    """Renders avatars; holds the mesh's refinement.

    Attributes:
        halvings: How often each edge of the avatar is halved, so that cloth has a pattern.
    """

    halvings: int = 1
    _fine: tuple[list[np.ndarray], np.ndarray] | None = None

    def photograph(
        self,
        body: Body,
        rest: Body,
        camera: Camera,
        look: Look,
        light: Light,
        rng: np.random.Generator,
        backdrop: np.ndarray | None = None,
    ) -> np.ndarray:
        """A picture, sRGB uint8, shape (rows, width, 3).

        Args:
            body: The person as posed and turned, in front of the camera.
            rest: The same person in the A pose; tells where the clothes end.
            camera, look, light: How, in what, and in which light.
            rng: For the room, the cloth and the sensor's noise.
            backdrop: Picture of the same size to stand before; a painted room if None.
        """
        import pyrender

        ground = room(rng, camera) if backdrop is None else backdrop.astype(np.float32) / 255
        ground = _shadow(ground, body, camera, light)
        scene = pyrender.Scene(ambient_light=[light.ambient] * 3, bg_color=[0, 0, 0, 0])
        scene.add(self._mesh(body, rest, look, rng))
        self._illuminate(scene, camera, light)
        with warnings.catch_warnings():  # PyOpenGL 3.1.0 calls numpy's tostring
            warnings.simplefilter("ignore", DeprecationWarning)
            rgba = _renderer(camera).render(scene, flags=pyrender.RenderFlags.RGBA)[0]
        rgba = rgba.astype(np.float32) / 255
        # The four samples of a border pixel are averaged over a black, clear ground.
        picture = rgba[..., :3] * light.tint + ground * (1 - rgba[..., 3:])
        picture = cv2.GaussianBlur(picture, (0, 0), light.blur)
        picture = 255 * light.gain * np.clip(picture, 0, None) ** light.gamma
        picture = picture + rng.normal(size=picture.shape).astype(np.float32) * light.noise
        return filed(np.clip(picture, 0, 255).astype(np.uint8), light.quality)

    def mask(self, body: Body, camera: Camera) -> np.ndarray:
        """The true silhouette, shape (rows, width), bool."""
        import pyrender
        import trimesh

        scene = pyrender.Scene(bg_color=[0, 0, 0, 0])
        mesh = trimesh.Trimesh(body.vertices, body.faces, process=False)
        scene.add(pyrender.Mesh.from_trimesh(mesh, smooth=False))
        scene.add(self._lens(camera), pose=camera.pose)
        depth = _renderer(camera).render(scene, flags=pyrender.RenderFlags.DEPTH_ONLY)
        return np.asarray(depth) > 0

    @staticmethod
    def _lens(camera: Camera):
        import pyrender

        return pyrender.PerspectiveCamera(yfov=camera.fov, aspectRatio=camera.width / camera.rows)

    def _illuminate(self, scene, camera: Camera, light: Light) -> None:
        import pyrender

        scene.add(self._lens(camera), pose=camera.pose)
        scene.add(pyrender.DirectionalLight(intensity=light.fill), pose=camera.pose)
        scene.add(
            pyrender.DirectionalLight(intensity=light.key),
            pose=_aim(light.azimuth, light.elevation),
        )

    def _mesh(self, body: Body, rest: Body, look: Look, rng: np.random.Generator):
        import pyrender

        if self._fine is None:
            ends, faces = [], np.asarray(body.faces)
            for _ in range(self.halvings):
                more, faces = _split(faces)
                ends.append(more)
            self._fine = ends, faces
        ends, faces = self._fine
        fine = refined(np.asarray(body.vertices), ends)
        colours = paint(rest, ends, look, rng)
        normals = _normals(fine, faces)
        return pyrender.Mesh(
            [
                pyrender.Primitive(
                    positions=fine.astype(np.float32),
                    normals=normals.astype(np.float32),
                    color_0=np.c_[colours, np.ones(len(colours))].astype(np.float32),
                    indices=faces.astype(np.uint32),
                    mode=4,
                    material=pyrender.MetallicRoughnessMaterial(
                        metallicFactor=0.0, roughnessFactor=0.75
                    ),
                )
            ]
        )


def filed(picture: np.ndarray, quality: int | None) -> np.ndarray:
    """The picture once it has been a JPEG file of some quality."""
    if quality is None:
        return picture
    _, file = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)


def _aim(azimuth: float, elevation: float) -> np.ndarray:
    ca, sa, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    yaw = np.array([[ca, 0, sa], [0, 1, 0], [-sa, 0, ca]])
    tilt = np.array([[1, 0, 0], [0, ce, se], [0, -se, ce]])
    pose = np.eye(4)
    pose[:3, :3] = yaw @ tilt
    return pose


def _split(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of all edges (E, 2), and the triangles once each edge has a vertex in its middle."""
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    ends, index = np.unique(sides, axis=0, return_inverse=True)
    middle = index.reshape(-1, 3) + faces.max() + 1
    a, b, c = faces.T
    ab, bc, ca = middle.T
    fine = np.concatenate(
        [np.stack(t, 1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    )
    return ends, fine


def refined(values: np.ndarray, ends: list[np.ndarray]) -> np.ndarray:
    """Values at the vertices of the refined mesh: a halved edge takes the mean of its ends."""
    for pairs in ends:
        values = np.concatenate([values, values[pairs].mean(axis=1)])
    return values


def _normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corner = points[faces]
    flat = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out = np.zeros_like(points)
    for axis in range(3):
        out[:, axis] = np.bincount(faces.ravel(), np.repeat(flat[:, axis], 3), len(points))
    return out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-12)


def weight_of(body: Body, *starts: str) -> np.ndarray:
    """How far each vertex follows the bones whose names start so, shape (N,)."""
    chosen = np.array([name.startswith(starts) for name in body.bone_names])
    return (np.asarray(body.bone_weights) * chosen[np.asarray(body.bone_indices)]).sum(axis=1)


def paint(rest: Body, ends: list[np.ndarray], look: Look, rng: np.random.Generator) -> np.ndarray:
    """Linear colours of the refined mesh's vertices, shape (fine vertices, 3)."""
    on = lambda values: refined(values, ends)  # noqa: E731
    points = on(np.asarray(rest.vertices))
    high = float(rest.vertices[:, 1].max())
    up, wide = points[:, 1] / high, np.abs(points[:, 0])
    head = on(weight_of(rest, "head", "eye")) > 0.5
    arm = on(weight_of(rest, "upperarm", "lowerarm", "wrist", "finger", "metacarpal"))
    fore = on(weight_of(rest, "lowerarm", "wrist", "finger", "metacarpal"))
    hand = on(weight_of(rest, "wrist", "finger", "metacarpal"))
    foot = on(weight_of(rest, "foot", "toe"))
    colour = np.tile(np.array(look.skin), (len(points), 1))
    colour *= 1 + look.blemish * rng.normal(size=(len(points), 1))
    if look.patches:
        waves = np.sin(points @ rng.normal(0, 12, size=(3, 4)) + rng.uniform(0, 6, 4)).mean(axis=1)
        colour *= 1 + look.patches * waves[:, None]
    _paint_face(colour, rest, points, head, on(weight_of(rest, "eye")), look)

    cloth = 1 + look.mottle * np.sin(40 * points @ rng.normal(size=(3, 3)) + 3).prod(axis=1)
    if look.stripes:
        cloth = cloth * np.where(_inked(points / look.stripes, look.print), 1.0, 0.6)
    hem = {"none": 1.0, "briefs": 0.47 + 0.25 * wide, "shorts": 0.36, "leggings": 0.055}
    worn = _within(up - hem[look.bottom_kind], 0.59 - up, 0.5 - arm, 0.5 - foot)
    _dress(colour, worn, np.array(look.bottom) * cloth[:, None])
    if look.top_kind != "none":
        part = {"bra": 0.25 - arm, "tank": 0.4 - arm, "tee": 0.1 - fore, "long": 0.5 - hand}
        torso = np.maximum(up - (0.70 if look.top_kind == "bra" else 0.57), arm - 0.5)
        neck = 0.80 if look.top_kind in ("bra", "tank") else 0.83
        scoop = neck + 0.6 * np.maximum(wide - 0.05, 0) / high - up
        worn = _within(0.1 * part[look.top_kind], torso, scoop) * ~head
        _dress(colour, worn, np.array(look.top) * cloth[:, None])
    if look.shoes is not None:
        colour[foot > 0.5] = look.shoes
    return np.clip(colour, 0, 1) ** 2.2


def _inked(at: np.ndarray, kind: str) -> np.ndarray:
    """Where a pattern of period 1 is light."""
    across, up = at[:, 0] % 1 < 0.5, at[:, 1] % 1 < 0.5
    if kind == "stripes":
        return up
    if kind == "checks":
        return up ^ across
    return np.hypot(at[:, 0] % 1 - 0.5, at[:, 1] % 1 - 0.5) > 0.3


def _within(*margins: np.ndarray) -> np.ndarray:
    """1 where all margins are positive, 0 where one is negative, blended over 0.3 % of stature."""
    return np.clip(0.5 + np.minimum.reduce(margins) / 0.003, 0, 1)


def _dress(colour: np.ndarray, share: np.ndarray, cloth: np.ndarray) -> None:
    colour += share[:, None] * (cloth - colour)


def _paint_face(
    colour: np.ndarray,
    rest: Body,
    points: np.ndarray,
    head: np.ndarray,
    eyes: np.ndarray,
    look: Look,
) -> None:
    """Hair, brows, lips and irises, placed from the eyes; drawn into `colour`."""
    names = list(rest.bone_names)
    eye = np.asarray(rest.bone_heads)[[names.index("eye.L"), names.index("eye.R")]]
    unit = np.ptp(eye[:, 0]) / 0.0617  # 1 on the middle woman
    x, y, z = ((points - [0, eye[0, 1], eye[0, 2]]) / unit).T
    x = np.abs(x)
    line = np.where(z > -0.045, 0.060 - 0.25 * np.maximum(x - 0.04, 0), -0.045 + 0.9 * (z + 0.1))
    line = np.where(z < -0.1, -0.065, line)
    ear = (x > 0.071) & (y < 0.002) & (z > -0.125) & (z < -0.055)
    if look.hair is not None:
        hair = np.clip(0.5 + (y - line) / 0.006, 0, 1) * head * ~ear
        _dress(colour, hair, np.array(look.hair))
    face = head & (z > -0.01)
    lips = 1.2 - (x / 0.025) ** 2 - ((y + 0.0665) / 0.0105) ** 2
    _dress(colour, np.clip(2 * lips, 0, 0.7) * face, np.array(look.skin) * (0.80, 0.50, 0.50))
    arch = 0.0215 + 0.004 * np.sin(np.pi * (x - 0.012) / 0.045)
    brow = (0.0028 - np.abs(y - arch)) / 0.002
    brow = np.clip(brow, 0, 0.8) * face * ((x > 0.012) & (x < 0.054))
    _dress(colour, brow, np.array(look.hair or look.skin) * 0.8)
    ball = eyes > 0.5
    colour[ball] = (0.90, 0.88, 0.85)
    front = z[ball].max()
    colour[ball & (z > front - 0.0022)] = (0.22, 0.15, 0.10)


def _shadow(ground: np.ndarray, body: Body, camera: Camera, light: Light) -> np.ndarray:
    """The floor darkened around the feet."""
    low = np.asarray(body.vertices[body.vertices[:, 1] < 0.05])
    around = np.linspace(0, 2 * np.pi, 40)
    centre, reach = low.mean(axis=0), np.ptp(low, axis=0) / 2 + 0.06
    ring = np.stack(
        [
            centre[0] + reach[0] * np.cos(around) - 0.08 * np.sin(light.azimuth),
            np.zeros(40),
            centre[2] + reach[2] * np.sin(around) - 0.05,
        ],
        axis=1,
    )
    shade = np.zeros(ground.shape[:2], np.float32)
    cv2.fillPoly(shade, [camera.project(ring).astype(np.int32)], 1.0)
    shade = cv2.GaussianBlur(shade, (0, 0), camera.rows / 90)
    return ground * (1 - 0.45 * shade[..., None])
