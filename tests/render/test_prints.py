"""Prints measured in centimetres of fabric."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from fitting.errors import BadOption
from fitting.render import prints
from fitting.render.finish import Finish, Print

RED, BLUE = (0.8, 0.1, 0.1), (0.1, 0.1, 0.8)


def sampled(printed: Print, x: float, y: float) -> np.ndarray:
    """The pixel printed at a place on the cloth [m]."""
    u, v = (a * x + b * y + c for a, b, c in printed.rows)
    height, width = printed.pixels.shape[:2]
    return printed.pixels[int((1 - v % 1) * height) % height, int((u % 1) * width)]


def encoded(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def test_stripes_change_where_their_widths_say() -> None:
    printed = prints.stripes([(RED, 2.0), (BLUE, 1.0)])
    for y, colour in ((0.001, RED), (0.0199, RED), (0.0201, BLUE), (0.0299, BLUE), (0.0301, RED)):
        np.testing.assert_allclose(sampled(printed, 0.4, y)[:3] / 255, colour, atol=0.01)


def test_upright_stripes_change_along_the_weft() -> None:
    printed = prints.stripes([(RED, 2.0), (BLUE, 1.0)], along="warp")
    np.testing.assert_allclose(sampled(printed, 0.025, 0.7)[:3] / 255, BLUE, atol=0.01)
    np.testing.assert_allclose(sampled(printed, 0.035, 0.2)[:3] / 255, RED, atol=0.01)


def test_stripes_turned_a_quarter_stand_upright() -> None:
    printed = prints.stripes([(RED, 2.0), (BLUE, 1.0)], turn=np.pi / 2)
    # Turned counter-clockwise, what was up (y) now lies to the left (-x).
    np.testing.assert_allclose(sampled(printed, -0.025, 0.3)[:3] / 255, BLUE, atol=0.01)


def test_no_colour_leaves_the_cloth_bare() -> None:
    printed = prints.stripes([(None, 1.0), (BLUE, 1.0)])
    assert sampled(printed, 0, 0.005)[3] == 0
    assert sampled(printed, 0, 0.015)[3] == 255


def test_checks_mix_both_systems_where_they_cross() -> None:
    printed = prints.checks([(None, 1.0), (RED, 1.0)], ground=(1, 1, 1))
    np.testing.assert_allclose(sampled(printed, 0.005, 0.005)[:3] / 255, 1, atol=0.01)
    np.testing.assert_allclose(sampled(printed, 0.015, 0.015)[:3] / 255, RED, atol=0.01)
    half = (np.array(RED) + 1) / 2
    np.testing.assert_allclose(sampled(printed, 0.015, 0.005)[:3] / 255, half, atol=0.01)


def test_dots_cover_the_share_that_their_size_says() -> None:
    printed = prints.dots(RED, diameter_cm=1.0, spacing_cm=3.0)
    share = (printed.pixels[..., 3] / 255).mean()
    assert share == pytest.approx(2 * np.pi * 0.5**2 / 9, rel=0.01)


def test_an_uploaded_picture_keeps_its_shape_at_the_width_asked_for() -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:20] = (200, 0, 0)
    printed = prints.picture(encoded(pixels), width_cm=20)
    assert (printed.width, printed.height) == pytest.approx((0.20, 0.10))
    assert sampled(printed, 0.1, 0.09)[0] == 200  # its upper half is up on the cloth
    assert sampled(printed, 0.1, 0.01)[0] == 0


def test_an_uploaded_picture_starts_at_its_offset() -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[-1, 0] = 255
    printed = prints.picture(encoded(pixels), width_cm=10, offset_cm=(3, 4))
    assert sampled(printed, 0.031, 0.041)[0] == 255


def test_a_huge_upload_is_reduced() -> None:
    pixels = np.zeros((500, 5000, 3), np.uint8)
    assert prints.picture(encoded(pixels, "JPEG"), width_cm=10).pixels.shape[1] == 2048


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", encoded(np.eye(64, dtype=np.uint8) * 255)[:70], b"GIF89a..."]
)
def test_an_unreadable_print_is_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(BadOption, match="save it again"):
        prints.picture(data, width_cm=10)


def test_a_print_of_forty_megapixels_is_refused() -> None:
    with pytest.raises(BadOption, match="the most is 40 million"):
        prints.picture(encoded(np.zeros((6400, 6400), np.uint8)), width_cm=10)


def test_sizes_and_colours_out_of_bounds_are_refused() -> None:
    with pytest.raises(BadOption, match=r"0\.05 cm to 300 cm"):
        Print(np.zeros((2, 2, 4), np.uint8), 5.0, 0.1)
    with pytest.raises(BadOption, match=r"\(h, w, 4\)"):
        Print(np.zeros((2, 2, 3), np.uint8), 0.1, 0.1)
    with pytest.raises(BadOption, match=r"0\.05 cm to 100 cm"):
        prints.stripes([(RED, 0.0)])
    with pytest.raises(BadOption, match="at least one band"):
        prints.stripes([])
    with pytest.raises(BadOption, match="weft or the warp"):
        prints.stripes([(RED, 1.0)], along="bias")
    with pytest.raises(BadOption, match=r"0\.7 of the spacing"):
        prints.dots(RED, diameter_cm=3, spacing_cm=3)
    with pytest.raises(BadOption, match="0 to 1"):
        Finish(colour=(0, 0, 255))
    with pytest.raises(BadOption, match=r"0\.05 to 1"):
        Finish(cover=0.0)
