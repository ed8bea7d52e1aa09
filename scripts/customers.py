"""Synthetic customers: bodies like the survey's, stood before a phone as people stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation
from studio import Camera, Look, Studio, random_light, random_look

from fitting.body.model import GENDER, evaluate, load
from fitting.records import Body, Photo, Sex, View


@dataclass(frozen=True)
class Stance:
    """How somebody stands; degrees, 0 is the model's A pose.

    Attributes:
        lowered: Arms towards the thighs.
        forward: Arms swung to the front.
        elbow: Forearms bent to the front.
        apart: Each leg outwards.
        lean: Trunk to the front.
        nod: Head to the front.
        turn: The whole person about the vertical; 90 shows the side, facing right.
    """

    lowered: float = 6.0
    forward: float = 4.0
    elbow: float = 0.0
    apart: float = 0.0
    lean: float = 0.0
    nod: float = 0.0
    turn: float = 0.0


def random_stance(rng: np.random.Generator, view: View) -> Stance:
    """Arms held off the body in front view and at the sides in side view, nobody quite alike."""
    if view == "front":
        arms, feet = (rng.normal(6, 7), rng.normal(-5, 6)), rng.normal(-1.5, 2.5)
    else:
        arms, feet = (rng.normal(33, 5), rng.normal(-11, 8)), rng.normal(-3, 3)
    side = 90 * rng.choice((-1, 1)) if view == "side" else 0
    return Stance(
        lowered=float(np.clip(arms[0], -15, 42)),
        forward=float(np.clip(arms[1], -32, 20)),
        elbow=float(np.clip(rng.normal(-3, 8), -20, 25)),
        apart=float(np.clip(feet, -9, 5)),
        lean=float(rng.normal(0, 1.5)),
        nod=float(rng.normal(0, 4)),
        turn=float(side + rng.uniform(-4, 4)),
    )


def random_camera(rng: np.random.Generator) -> Camera:
    """A phone 1.0 to 1.5 m high, 2 to 3.5 m away, tilted by -2° to 6°, turned by up to 4°."""
    width, rows = ((540, 960), (540, 960), (720, 1280), (720, 960), (600, 800))[rng.integers(5)]
    return Camera(
        distance=float(rng.uniform(2.0, 3.5)),
        height=float(rng.uniform(1.0, 1.5)),
        pitch=float(np.radians(rng.uniform(-2, 6))),
        fov=float(np.radians(rng.uniform(50, 68))),
        width=width,
        rows=rows,
        yaw=float(np.radians(rng.uniform(-4, 4))) if rng.random() < 0.7 else 0.0,
        aside=float(rng.normal(0, 0.06)),
    )


def rest_body(parameters: np.ndarray, sex: Sex) -> Body:
    """The avatar in the A pose."""
    model = load()
    points, heads = evaluate(parameters, GENDER[sex])
    return Body(
        vertices=points,
        faces=model.faces,
        bone_names=model.bones,
        bone_indices=model.bone_indices,
        bone_weights=model.bone_weights,
        bone_heads=heads,
    )


def stand(rest: Body, stance: Stance) -> Body:
    """The avatar in a stance, turned, soles on the floor, by linear blend skinning."""
    turns: dict[str, Rotation] = {}
    for side, sign in (("L", 1.0), ("R", -1.0)):
        down = Rotation.from_rotvec([0, 0, -sign * np.radians(stance.lowered)])
        swing = Rotation.from_rotvec([-np.radians(stance.forward), 0, 0])
        turns[f"upperarm01.{side}"] = down * swing
        turns[f"lowerarm01.{side}"] = Rotation.from_rotvec([-np.radians(stance.elbow), 0, 0])
        turns[f"upperleg01.{side}"] = Rotation.from_rotvec([0, 0, sign * np.radians(stance.apart)])
        turns[f"foot.{side}"] = Rotation.from_rotvec([0, 0, -sign * np.radians(stance.apart)])
    turns["spine05"] = Rotation.from_rotvec([np.radians(stance.lean), 0, 0])
    turns["neck01"] = Rotation.from_rotvec([np.radians(stance.nod), 0, 0])
    posed = _skinned(rest, turns)
    posed = posed @ Rotation.from_rotvec([0, np.radians(stance.turn), 0]).as_matrix().T
    posed[:, 1] -= posed[:, 1].min()
    return replace(rest, vertices=posed, pose="photo")


def _skinned(rest: Body, turns: dict[str, Rotation]) -> np.ndarray:
    model, heads = load(), np.asarray(rest.bone_heads)
    count = len(model.bones)
    rotation = np.tile(np.eye(3), (count, 1, 1))
    shift = np.zeros((count, 3))
    for bone in range(count):  # parents come before their children
        parent = int(model.parents[bone])
        if parent >= 0:
            rotation[bone], shift[bone] = rotation[parent], shift[parent]
        turn = turns.get(model.bones[bone])
        if turn is not None:
            own = turn.as_matrix()
            shift[bone] = shift[bone] + rotation[bone] @ (heads[bone] - own @ heads[bone])
            rotation[bone] = rotation[bone] @ own
    out = np.zeros_like(np.asarray(rest.vertices))
    for column in range(model.bone_indices.shape[1]):
        bones, weight = model.bone_indices[:, column], model.bone_weights[:, column, None]
        out += weight * (np.einsum("nij,nj->ni", rotation[bones], rest.vertices) + shift[bones])
    return out


def framed(body: Body, camera: Camera) -> bool:
    """Whether the whole person is in the picture with some room around."""
    seen = camera.project(np.asarray(body.vertices))
    low, high = seen.min(axis=0), seen.max(axis=0)
    margin = 0.025 * np.array([camera.width, camera.rows])
    return bool((low > margin).all() and (high < (camera.width, camera.rows) - margin).all())


def visit(
    studio: Studio, rest: Body, sex: Sex, rng: np.random.Generator
) -> tuple[tuple[Photo, Photo], tuple[Camera, Camera], Look]:
    """Front and side photo of one person, taken with one phone on one day."""
    look = random_look(rng, sex)
    light = random_light(rng)
    apart = rng.random() < 0.3  # the phone was taken up and put down between the photos
    while True:
        camera = random_camera(rng)
        other = random_camera(rng)
        moved = replace(
            camera,
            distance=other.distance if apart else camera.distance + float(rng.normal(0, 0.08)),
            height=other.height if apart else camera.height,
            pitch=other.pitch if apart else camera.pitch + float(rng.normal(0, 0.004)),
            yaw=other.yaw if apart else camera.yaw,
            aside=other.aside,
        )
        cameras = (camera, moved)
        bodies = [stand(rest, random_stance(rng, view)) for view in ("front", "side")]
        if all(framed(body, c) for body, c in zip(bodies, cameras, strict=True)):
            break
    told = rng.random() < 0.5
    place = int(rng.integers(2**31))  # the same room in both photos
    photos = tuple(
        Photo(
            pixels=studio.photograph(body, rest, c, look, light, np.random.default_rng(place)),
            focal_35mm=c.focal_35mm if told else None,
        )
        for body, c in zip(bodies, cameras, strict=True)
    )
    return (photos[0], photos[1]), cameras, look
