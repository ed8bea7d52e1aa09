"""The garment on a photo: pose, place, what is in front, light, warnings."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fitting.body import fit_body, infer, pose_body
from fitting.errors import BadMesh, BadPhoto
from fitting.records import Body, Drape, Landmarks, Measurement, Photo, Silhouette
from fitting.render import Finish, Studio, composite
from fitting.render.overlay import Composite, lamps_of
from fitting.render.rig import JOINTS
from fitting.render.stance import at_ease, stance, stand
from fitting.render.views import Camera, orbit

from . import dressed

SIZE = (300, 450)
YELLOW = {"tube": Finish(colour=(0.9, 0.8, 0.1))}


@pytest.fixture(scope="module")
def person() -> Body:
    told = {"height": Measurement(1.7, 0.005, "stated")}
    return fit_body(infer(told, sex="female", weight_kg=Measurement(62.0, 0.5, "stated")))


@pytest.fixture(scope="module")
def dress(person: Body) -> Drape:
    return dressed.tube(person, radius=0.19, top=1.30, length=0.65, folds=0.01)


def seen_by(camera: Camera, body: Body, mask: np.ndarray) -> Silhouette:
    """What a perfect detector would see."""
    points, sure = np.zeros((33, 2)), np.zeros(33)
    for joint in JOINTS:
        if joint.landmark >= 0:
            points[joint.landmark] = camera.pixels(body.joints[joint.place][None], SIZE)[0]
            sure[joint.landmark] = 1.0
    head = body.vertices[body.regions["head"]]
    middle = (head.min(0) + head.max(0)) / 2
    points[[7, 8]] = camera.pixels(middle + np.array([(0.07, 0, 0), (-0.07, 0, 0)]), SIZE)
    sure[[7, 8]] = 1.0
    return Silhouette(mask, Landmarks(points, sure, np.zeros(33)), "front")


@pytest.fixture(scope="module")
def scene(person: Body) -> tuple[Photo, Silhouette, Body, Camera]:
    """A photo of the person with one forearm before the trunk."""
    turns = {
        "shoulder.L": np.array([0.0, 0.0, -0.6]),
        "elbow.L": np.array([-1.2, -0.9, -0.3]),
        "shoulder.R": np.array([0.0, 0.0, 0.35]),
    }
    posed = pose_body(person, turns)
    # The lens that is assumed where a file tells of none: 60 degrees over the longer side.
    tangent = float(np.tan(np.radians(30)))
    camera = orbit(np.array([0, 0.9, 0.0]), 2.3, 0.25, 0.03, tangent, SIZE[0] / SIZE[1])
    with Studio(posed, [], size=SIZE, background="#8090a0", tone="honey", rays=8) as studio:
        pixels = studio.through(camera, "all")
    with Studio(posed, [], size=SIZE, background="transparent", rays=8) as studio:
        mask = studio.through(camera, "body")[..., 3] > 128
    return Photo(pixels), seen_by(camera, posed, mask), posed, camera


@pytest.fixture(scope="module")
def made(scene: tuple[Photo, Silhouette, Body, Camera], person: Body, dress: Drape) -> Composite:
    photo, silhouette, _, _ = scene
    return composite(photo, silhouette, person, [dress], finishes=YELLOW)


def test_the_avatar_stands_where_the_person_does(
    scene: tuple[Photo, Silhouette, Body, Camera], person: Body
) -> None:
    _, silhouette, posed, camera = scene
    how = stance(person, silhouette)
    standing = stand(person, how)
    tall = np.ptp(np.flatnonzero(silhouette.mask.any(1)))
    assert how.error < 0.015 * tall
    for name in ("shoulder.L", "shoulder.R", "hip.L", "hip.R", "neck"):
        there = camera.pixels(posed.joints[name][None], SIZE)[0]
        found = how.camera.pixels(standing.joints.get(name, standing.joints["chest"])[None], SIZE)
        if name != "neck":
            # 2 cm on a person of 1.7 m.
            assert np.linalg.norm(found[0] - there) < 0.02 / 1.7 * tall, name


def test_the_avatars_outline_is_the_persons(
    scene: tuple[Photo, Silhouette, Body, Camera], person: Body
) -> None:
    _, silhouette, _, _ = scene
    how = stance(person, silhouette)
    with Studio(stand(person, how), [], size=SIZE, background="transparent", rays=4) as studio:
        mask = studio.through(how.camera, "body")[..., 3] > 128
    both, either = mask & silhouette.mask, mask | silhouette.mask
    assert both.sum() / either.sum() > 0.85


def test_the_garment_covers_the_trunk_and_nothing_far_from_the_person(
    made: Composite, scene: tuple[Photo, Silhouette, Body, Camera]
) -> None:
    photo, _, _, camera = scene
    trunk = camera.pixels(np.array([[0.0, 1.05, 0.1], [-0.1, 0.9, 0.1]]), SIZE).astype(int)
    for x, y in trunk:
        assert made.garment[y, x] > 0.9
        red, _, blue = made.picture[y, x].astype(int)
        assert red > blue + 60
    np.testing.assert_array_equal(made.picture[:40], photo.pixels[:40])
    np.testing.assert_array_equal(made.picture[:, :15], photo.pixels[:, :15])


def test_an_arm_before_the_trunk_stays_before_the_garment(
    made: Composite, scene: tuple[Photo, Silhouette, Body, Camera]
) -> None:
    photo, _, posed, camera = scene
    x, y = camera.pixels(posed.joints["wrist.L"][None], SIZE)[0].astype(int)
    assert made.garment[y, x] < 0.1
    assert np.abs(made.picture[y, x].astype(int) - photo.pixels[y, x]).max() < 40


def test_the_face_stays_before_the_garment(
    scene: tuple[Photo, Silhouette, Body, Camera], person: Body
) -> None:
    photo, silhouette, posed, camera = scene
    head = posed.vertices[posed.regions["head"]]
    nose = head[head[:, 2].argmax()]
    at = {0: (0, 0, 0), 9: (0.025, -0.035, 0), 10: (-0.025, -0.035, 0)}
    at |= dict.fromkeys((1, 2, 3), (0.032, 0.035, 0)) | dict.fromkeys((4, 5, 6), (-0.032, 0.035, 0))
    points, sure = silhouette.landmarks.points.copy(), silhouette.landmarks.visibility.copy()
    for k, away in at.items():
        points[k], sure[k] = camera.pixels((nose + np.array(away))[None], SIZE)[0], 1.0
    seen = dataclasses.replace(silhouette, landmarks=Landmarks(points, sure, np.zeros(33)))
    hood = dressed.tube(person, radius=0.19, top=1.72, length=0.65, folds=0.01)
    shown = composite(photo, seen, person, [hood], finishes=YELLOW)
    x, y = points[0].astype(int)
    chest = camera.pixels(np.array([[0.0, 1.2, 0.1]]), SIZE)[0].astype(int)
    assert shown.garment[y, x] < 0.1
    assert shown.garment[chest[1], chest[0]] > 0.9


def test_the_same_photo_gives_the_same_picture(
    made: Composite,
    scene: tuple[Photo, Silhouette, Body, Camera],
    person: Body,
    dress: Drape,
) -> None:
    photo, silhouette, _, _ = scene
    again = composite(photo, silhouette, person, [dress], finishes=YELLOW)
    np.testing.assert_array_equal(again.picture, made.picture)


def test_close_fitting_clothes_need_no_warning_and_wide_ones_get_one(
    made: Composite,
    scene: tuple[Photo, Silhouette, Body, Camera],
    person: Body,
    dress: Drape,
) -> None:
    assert made.cautions == ()
    photo, silhouette, _, _ = scene
    wide = silhouette.mask.copy()
    wide[160:300, 60:260] = True
    loose = dataclasses.replace(silhouette, mask=wide)
    (caution,) = composite(photo, loose, person, [dress], finishes=YELLOW).cautions
    assert caution.code == "own_clothes_show"


def test_the_key_light_comes_from_the_brighter_side() -> None:
    pixels = np.full((120, 90, 3), 120, np.uint8)
    mask = np.zeros((120, 90), bool)
    mask[10:110, 20:70] = True
    pixels[:, 20:70] = np.linspace(230, 60, 50).astype(np.uint8)[None, :, None]
    marks = Landmarks(np.zeros((33, 2)), np.zeros(33), np.zeros(33))
    lamps = lamps_of(Photo(pixels), Silhouette(mask, marks, "front"))
    assert lamps.places[0][0] < -20
    flipped = lamps_of(Photo(pixels[:, ::-1]), Silhouette(mask[:, ::-1], marks, "front"))
    assert flipped.places[0][0] > 20


def test_a_warm_photo_makes_warm_light() -> None:
    pixels = np.full((60, 60, 3), (200, 150, 110), np.uint8)
    marks = Landmarks(np.zeros((33, 2)), np.zeros(33), np.zeros(33))
    lamps = lamps_of(Photo(pixels), Silhouette(np.zeros((60, 60), bool), marks, "front"))
    assert lamps.sky[0] > lamps.sky[1] > lamps.sky[2]


def test_a_trunk_that_cannot_be_seen_is_refused(
    scene: tuple[Photo, Silhouette, Body, Camera], person: Body, dress: Drape
) -> None:
    photo, silhouette, _, _ = scene
    marks = silhouette.landmarks
    blind = dataclasses.replace(marks, visibility=np.zeros(33))
    with pytest.raises(BadPhoto, match="shows the trunk"):
        composite(photo, dataclasses.replace(silhouette, landmarks=blind), person, [dress])


def test_landmarks_of_no_human_pose_are_refused(
    scene: tuple[Photo, Silhouette, Body, Camera], person: Body, dress: Drape
) -> None:
    photo, silhouette, _, _ = scene
    marks = silhouette.landmarks
    torn = marks.points.copy()
    torn[[11, 24]], torn[[13, 14, 25]] = torn[[24, 11]], (5.0, 5.0)
    odd = dataclasses.replace(marks, points=torn)
    with pytest.raises(BadPhoto, match="take a photo standing"):
        composite(photo, dataclasses.replace(silhouette, landmarks=odd), person, [dress])


def test_a_body_from_a_file_without_a_skeleton_is_refused(
    scene: tuple[Photo, Silhouette, Body, Camera], body: Body
) -> None:
    photo, silhouette, _, _ = scene
    with pytest.raises(BadMesh, match="fitting avatar"):
        composite(photo, silhouette, body, [])


def test_at_ease_the_hands_come_closer_and_nobody_sinks_into_the_floor(
    person: Body, dress: Drape
) -> None:
    standing, (worn,) = at_ease(person, [dress])
    assert standing.vertices[:, 1].min() == pytest.approx(0, abs=1e-9)
    for side in "LR":
        before, after = (abs(b.joints[f"wrist.{side}"][0]) for b in (person, standing))
        assert after < before - 0.1
    assert np.ptp(standing.vertices[:, 1]) == pytest.approx(np.ptp(person.vertices[:, 1]), abs=0.01)
    # A skirt that hangs from the waist hardly moves.
    shift = np.linalg.norm(worn.positions - dress.positions, axis=1)
    assert np.median(shift) < 0.02


def test_a_body_without_a_skeleton_cannot_stand_at_ease(body: Body, dress: Drape) -> None:
    with pytest.raises(BadMesh, match="fitting avatar"):
        at_ease(body, [dress])
