"""What can be ordered of a look, and what is refused before anything is drawn."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from fitting.errors import BadOption, UnknownName
from fitting.records import Body, Drape, Photo
from fitting.render import Finish, Order, check_order, make, sets
from fitting.render.colour import from_hex
from fitting.render.overlay import cut, pasted

SMALL = (90, 120)


@pytest.mark.parametrize(
    ("order", "suffix", "says"),
    [
        (Order(view="from above"), ".png", "front"),
        (Order(size=(8000, 5000)), ".png", "million"),
        (Order(background="pink"), ".png", "#e8e4df"),
        (Order(map="heat"), ".png", "strain"),
        (Order(tone="green"), ".png", "honey"),
        (Order(), ".gif", ".usdz"),
        (Order(), ".mp4", ".png"),
        (Order(view="turntable"), ".png", ".mp4"),
        (Order(view="turntable", size=(2000, 2000)), ".webp", "1080x1440"),
        (Order(view="turntable", background="transparent", size=SMALL), ".mp4", "background"),
        (Order(view="sheet", map="gap"), ".png", "name a view"),
        (Order(map="gap"), ".usdz", ".webp"),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_can(order: Order, suffix: str, says: str) -> None:
    with pytest.raises((BadOption, UnknownName), match=says.replace(".", r"\.")):
        check_order(order, suffix)


def test_a_finish_for_a_garment_that_is_not_worn_names_those_that_are(
    body: Body, dress: Drape
) -> None:
    with pytest.raises(UnknownName, match="'coat'; it has: tube"):
        make(Order(finishes={"coat": Finish()}), body, [dress], ".png")


def test_the_suffix_decides_the_file(body: Body, dress: Drape) -> None:
    order = Order(size=SMALL, finishes={"tube": Finish(colour=(0.7, 0.2, 0.1))})
    with Image.open(io.BytesIO(make(order, body, [dress], ".png"))) as still:
        assert (still.format, still.size) == ("PNG", SMALL)
        red, _, blue = np.asarray(still)[60, 45].astype(int)
        assert red > blue + 60
    assert make(order, body, [dress], ".webp")[8:12] == b"WEBP"
    assert make(order, body, [dress], ".glb")[:4] == b"glTF"
    assert make(order, body, [dress], ".usdz")[:2] == b"PK"


def test_a_turntable_is_an_animated_webp(
    body: Body, dress: Drape, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sets.turntable
    monkeypatch.setattr(sets, "turntable", lambda studio: whole(studio, frames=4))
    film = make(Order(view="turntable", size=(48, 64)), body, [dress], ".webp")
    with Image.open(io.BytesIO(film)) as frames:
        assert frames.n_frames == 4


def test_a_map_needs_its_values_and_has_a_legend(body: Body, dress: Drape) -> None:
    order = Order(size=(200, 260), map="gap")
    with pytest.raises(BadOption, match="assess the drape first"):
        make(order, body, [dress], ".png")
    values = {"tube": np.full(len(dress.cloth.uv), 0.03)}
    assert make(order, body, [dress], ".png", values=values)


def test_a_colour_is_written_in_six_hex_digits() -> None:
    assert from_hex("#ff8000") == pytest.approx((1.0, 128 / 255, 0.0))
    for text in ("ff8000", "#ff80", "#ff80zz", ""):
        with pytest.raises(BadOption, match="#2a4d69"):
            from_hex(text)


def test_a_part_of_a_photo_keeps_the_lens_and_goes_back_where_it_was() -> None:
    rng = np.random.default_rng(1)
    whole = Photo(rng.integers(0, 255, (300, 200, 3)).astype(np.uint8), focal_35mm=28.0)
    part = cut(whole, (20, 50, 100, 150))
    # The same focal length in pixels over a shorter diagonal is a longer lens.
    diagonals = np.hypot(300, 200) / np.hypot(100, 150)
    assert part.focal_35mm == pytest.approx(28.0 * diagonals)
    np.testing.assert_array_equal(part.pixels, whole.pixels[50:200, 20:120])
    back = pasted(whole, np.zeros_like(part.pixels), (20, 50, 100, 150))
    assert not back[50:200, 20:120].any()
    np.testing.assert_array_equal(back[:50], whole.pixels[:50])


@pytest.mark.parametrize("crop", [(-1, 0, 100, 100), (0, 0, 300, 100), (0, 0, 20, 100)])
def test_a_part_outside_the_photo_is_refused(crop: tuple[int, int, int, int]) -> None:
    with pytest.raises(BadOption, match="200 x 300"):
        cut(Photo(np.zeros((300, 200, 3), np.uint8)), crop)
