"""Stills: what is in the picture, where, and in which colours."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from fitting.errors import BadOption, UnknownName
from fitting.records import Body, Drape
from fitting.render import Finish, Studio, png, prints, still, views
from fitting.render.finish import Print

from . import dressed

BLUE = (0.16, 0.30, 0.48)


def blueness(picture: np.ndarray) -> np.ndarray:
    """Where a picture shows the blue dress."""
    rgb = picture[..., :3].astype(int)
    return rgb[..., 2] - rgb[..., 0] > 25


def test_the_same_scene_gives_the_same_bytes_from_a_new_studio(body: Body, dress: Drape) -> None:
    first, again = (
        png(still(body, [dress], size=(90, 120), view="three-quarter")) for _ in range(2)
    )
    assert first == again


def test_every_named_view_shows_the_garment(studio: Studio) -> None:
    for name in views.VIEWS:
        assert blueness(studio.still(name)).mean() > 0.02, name


def test_the_garment_appears_where_the_camera_projects_it(studio: Studio, dress: Drape) -> None:
    camera = views.camera(views.view("front"), studio.body, studio.drapes, studio.size)
    rows, columns = np.nonzero(blueness(studio.still("front")))
    seen = camera.pixels(dress.positions, studio.size)
    assert rows.min() == pytest.approx(seen[:, 1].min(), abs=2)
    assert rows.max() == pytest.approx(seen[:, 1].max(), abs=2)
    assert columns.min() == pytest.approx(seen[:, 0].min(), abs=2)
    assert columns.max() == pytest.approx(seen[:, 0].max(), abs=2)


def test_cloth_that_faces_the_light_keeps_its_fabrics_colour(studio: Studio) -> None:
    picture = studio.still("front")
    inside = picture[blueness(picture)].astype(float) / 255
    bright = np.percentile(inside, 90, axis=0)
    np.testing.assert_allclose(bright, BLUE, atol=0.09)


def test_the_wearers_left_is_on_the_right_of_the_front_view(body: Body) -> None:
    camera = views.camera(views.view("front"), body, [], (300, 400))
    left = camera.pixels(np.array([[0.2, 1.0, 0.0]]), (300, 400))
    assert left[0, 0] > 150
    behind = views.camera(views.view("back"), body, [], (300, 400))
    assert behind.pixels(np.array([[0.2, 1.0, 0.0]]), (300, 400))[0, 0] < 150
    at_left = views.camera(views.view("left"), body, [], (300, 400))
    assert at_left.eye[0] > 1


def test_a_transparent_background_has_alpha_only_where_something_is(
    body: Body, dress: Drape
) -> None:
    with Studio(body, [dress], size=(90, 120), background="transparent", rays=8) as studio:
        picture = studio.still("front")
    assert picture.shape == (120, 90, 4)
    assert picture[2, 2, 3] == 0
    assert picture[50, 45, 3] == 255
    blue = blueness(picture) & (picture[..., 3] == 255)
    assert blue.mean() > 0.02


def test_a_picture_in_pieces_is_the_picture_in_one(
    body: Body, dress: Drape, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fitting.render import studio as module

    with Studio(body, [dress], size=(120, 160), rays=8) as studio:
        whole = studio.still("front")
        monkeypatch.setattr(module, "_TILE", 64)
        pieces = studio.still("front")
    off = np.abs(whole.astype(int) - pieces.astype(int))
    assert np.percentile(off, 99) <= 3


def test_the_inside_of_the_cloth_differs_from_its_outside(body: Body) -> None:
    loose = dressed.tube(body, radius=0.3, top=0.9, length=0.5, folds=0.0)
    shown = {"tube": Finish(colour=(0.1, 0.2, 0.6))}
    above = views.View(0.0, 1.2)
    with Studio(body, [loose], size=(120, 160), finishes=shown, rays=16) as studio:
        picture = studio.still(above)
        camera = views.camera(above, body, [loose], (120, 160))
    at = camera.pixels(np.array([[0.22, 0.6, -0.2], [0.22, 0.6, 0.2]]), (120, 160)).astype(int)
    inside, outside = (picture[y, x].astype(int) for x, y in at)
    assert inside[2] > inside[0]
    assert np.abs(inside - outside).max() > 12


def test_sheer_cloth_lets_the_body_show(body: Body) -> None:
    loose = dressed.tube(body, folds=0.0)
    pictures = []
    for cover in (1.0, 0.3):
        shown = {"tube": Finish(colour=(0.05, 0.05, 0.4), cover=cover)}
        with Studio(body, [loose], size=(90, 120), finishes=shown, rays=8) as studio:
            pictures.append(studio.still("front"))
    opaque, sheer = (p[60, 45].astype(int) for p in pictures)
    assert sheer[0] > opaque[0] + 30


def test_a_stripe_of_ten_centimetres_measures_ten_on_unstretched_cloth(body: Body) -> None:
    straight = dressed.tube(body, radius=0.2, top=1.3, length=0.8, folds=0.0)
    pixels = np.zeros((16, 2, 4), np.uint8)
    pixels[:8] = (250, 250, 250, 255)
    pixels[8:] = (20, 20, 20, 255)
    shown = {"tube": Finish(print=Print(pixels, 0.2, 0.2))}
    size = (300, 400)
    with Studio(body, [straight], size=size, finishes=shown, rays=8) as studio:
        picture = studio.still("front")
    camera = views.camera(views.view("front"), body, [straight], size)
    heights = np.linspace(0.55, 1.25, 141)
    spots = camera.pixels(np.column_stack([0 * heights, heights, 0 * heights + 0.2]), size)
    row = picture[spots[:, 1].astype(int), 150].astype(int).sum(1)
    cuts = heights[1:][np.diff((row > 380).astype(int)) != 0]
    np.testing.assert_allclose(np.diff(cuts), 0.1, atol=0.01)


def test_a_print_is_stretched_with_the_cloth(body: Body) -> None:
    straight = dressed.tube(body, radius=0.2, top=1.3, length=0.8, folds=0.0)
    # Cut a tenth shorter than it hangs: 10 cm of fabric are 11 cm on the body.
    cloth = dataclasses.replace(straight.cloth, uv=straight.cloth.uv * (1, 1 / 1.1))
    stretched = dataclasses.replace(straight, cloth=cloth)
    shown = {"tube": Finish(print=prints.stripes([(BLUE, 10.0), ((0.9, 0.9, 0.9), 10.0)]))}
    size = (300, 400)
    with Studio(body, [stretched], size=size, finishes=shown, rays=8) as studio:
        picture = studio.still("front")
    camera = views.camera(views.view("front"), body, [stretched], size)
    heights = np.linspace(0.55, 1.25, 351)
    spots = camera.pixels(np.column_stack([0 * heights, heights, 0 * heights + 0.2]), size)
    row = picture[spots[:, 1].astype(int), 150].astype(int)
    cuts = heights[1:][np.diff((row[:, 0] > 120).astype(int)) != 0]
    np.testing.assert_allclose(np.diff(cuts), 0.11, atol=0.01)


def test_sheer_folds_look_the_same_whatever_the_order_of_their_triangles(body: Body) -> None:
    folded = dressed.tube(body, radius=0.16, folds=0.08)
    cloth = dataclasses.replace(folded.cloth, faces=folded.cloth.faces[::-1])
    shown = {"tube": Finish(cover=0.5)}
    pictures = []
    for drape in (folded, dataclasses.replace(folded, cloth=cloth)):
        with Studio(body, [drape], size=(90, 120), finishes=shown, rays=8) as studio:
            pictures.append(studio.still("three-quarter").astype(int))
    assert np.percentile(np.abs(pictures[0] - pictures[1]), 99.5) <= 4


def test_two_threads_share_the_context(body: Body, dress: Drape) -> None:
    pictures: list[np.ndarray] = []

    def shoot() -> None:
        with Studio(body, [dress], size=(60, 80), rays=8) as studio:
            pictures.append(studio.still("front"))

    threads = [threading.Thread(target=shoot) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pictures) == 3
    assert all(np.array_equal(p, pictures[0]) for p in pictures)


def test_an_unknown_view_names_those_there_are(body: Body) -> None:
    with pytest.raises(UnknownName, match="front, back, left, right"):
        still(body, [], view="above")


def test_an_unknown_tone_names_those_there_are(body: Body) -> None:
    with pytest.raises(UnknownName, match="mannequin"):
        still(body, [], tone="green")


@pytest.mark.parametrize("size", [(5000, 8000), (10, 400)])
def test_a_size_no_one_can_use_is_refused_with_the_limit(body: Body, size: tuple[int, int]) -> None:
    with pytest.raises(BadOption, match=r"the most is 25 million|the least side is 16"):
        still(body, [], size=size)


@pytest.mark.parametrize("name", ["beach", "#12345", "#gg0000"])
def test_a_background_that_is_no_colour_is_refused(body: Body, name: str) -> None:
    with pytest.raises(BadOption, match="#e8e4df"):
        still(body, [], background=name)


def test_without_an_egl_driver_the_error_names_the_package() -> None:
    code = (
        "from fitting.render import gl\n"
        "from fitting.errors import NotSupported\n"
        "try:\n    gl.describe()\n"
        "except NotSupported as error:\n    print(error)\n"
    )
    empty = {**os.environ, "__EGL_VENDOR_LIBRARY_FILENAMES": "/nonexistent.json"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=empty, capture_output=True, text=True, check=True
    )
    assert "libgl1-mesa-dri" in done.stdout


def test_importing_the_package_starts_neither_opengl_nor_warp() -> None:
    code = (
        "import sys, fitting.render\nfrom fitting.render import check_views\n"
        "print([m for m in ('OpenGL', 'warp', 'pyrender', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
