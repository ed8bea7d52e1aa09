"""Pictures as files, on sheets and in motion."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pytest
from PIL import Image

from fitting.errors import BadOption, NotSupported
from fitting.records import Body, Drape
from fitting.render import Studio, png
from fitting.render.pictures import animation, contact_sheet, film, webp
from fitting.render.sets import side_by_side, turntable, view_sheet


def flat(value: int, shape: tuple[int, int] = (40, 30)) -> np.ndarray:
    return np.full((*shape, 3), value, np.uint8)


def test_a_png_holds_the_pixels_and_nothing_else() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    data = png(pixels)
    np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(data))), pixels)
    kinds, at = [], 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kinds.append(data[at + 4 : at + 8])
        at += 12 + size
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"}


def test_a_webp_is_close_to_its_pixels() -> None:
    assert np.abs(np.array(Image.open(io.BytesIO(webp(flat(90))))).astype(int) - 90).max() <= 3


def test_a_sheet_places_pictures_in_rows_with_their_captions() -> None:
    sheet = contact_sheet(
        [flat(10), flat(60), flat(120)], columns=2, captions=["M", "L", "XL"], gap=4
    )
    assert sheet[20, 10, 0] == 10
    assert sheet[20, 50, 0] == 60
    line = 18
    assert sheet[4 + 40 + line + 4 + 20, 10, 0] == 120
    assert sheet[44 : 44 + line, 4:34].min() < 120


@pytest.mark.parametrize(
    ("pictures", "columns", "captions"),
    [
        ([], 1, ()),
        ([flat(1), flat(1, (9, 9))], 1, ()),
        ([flat(1)], 1, ("a", "b")),
        ([flat(1)], 0, ()),
    ],
)
def test_a_sheet_of_unlike_things_is_refused(
    pictures: list[np.ndarray], columns: int, captions: tuple[str, ...]
) -> None:
    with pytest.raises(BadOption):
        contact_sheet(pictures, columns=columns, captions=captions)


def test_a_turntable_goes_once_around_and_ends_beside_its_start(studio: Studio) -> None:
    frames = list(turntable(studio, frames=4, elevation=0.0))
    assert len(frames) == 4
    back = studio.still("back")
    off = [np.abs(f.astype(int) - back).mean() for f in frames]
    assert int(np.argmin(off)) == 2


def test_an_animation_has_all_frames_and_repeats() -> None:
    data = animation([flat(v) for v in (0, 120, 240)], frames_a_second=10)
    image = Image.open(io.BytesIO(data))
    assert (image.n_frames, image.info["loop"]) == (3, 0)
    assert animation([flat(v) for v in (0, 120, 240)], frames_a_second=10) == data


def test_impossible_films_are_refused(studio: Studio) -> None:
    with pytest.raises(BadOption, match="at least one frame"):
        animation([])
    with pytest.raises(BadOption, match="2 to 360"):
        list(turntable(studio, frames=1))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_a_film_is_an_mp4() -> None:
    assert film([flat(v) for v in (0, 120, 240)])[4:8] == b"ftyp"


def test_without_ffmpeg_a_film_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NotSupported, match="apt-get install ffmpeg"):
        film([flat(0)])


def test_a_view_sheet_holds_the_views_asked_for(studio: Studio) -> None:
    sheet = view_sheet(studio, ("front", "back"), columns=2, captioned=False)
    np.testing.assert_array_equal(sheet[8:248, 8:188], studio.still("front"))


def test_two_sizes_are_shown_at_one_scale(body: Body, dress: Drape) -> None:
    from . import dressed

    wide = dressed.tube(body, radius=0.3)
    sheet = side_by_side(body, [[dress], [wide]], size=(90, 120))
    left, right = sheet[8:128, 8:98], sheet[8:128, 106:196]
    rows = [np.flatnonzero((s[..., 0] < 200).any(1)) for s in (left, right)]
    assert abs(int(rows[0].min()) - int(rows[1].min())) <= 1
