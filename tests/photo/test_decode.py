"""Reading picture files: what is accepted, what is refused, and how it is brought upright."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fitting.errors import BadPhoto
from fitting.photo.decode import MAX_BYTES, WORKING_SIDE, read_photo

RED, GREEN = (200, 30, 30), (30, 180, 40)


def two_tone(width: int = 160, height: int = 240) -> Image.Image:
    """Red above, green below."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2], pixels[height // 2 :] = RED, GREEN
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "JPEG"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("RGB", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("1", "PNG"),
        ("RGB", "WEBP"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_common_mode_becomes_eight_bit_rgb(mode: str, kind: str) -> None:
    photo = read_photo(saved(two_tone().convert(mode), kind))
    assert photo.pixels.shape == (240, 160, 3)
    assert photo.pixels.dtype == np.uint8


def test_colours_survive_cmyk() -> None:
    photo = read_photo(saved(two_tone().convert("CMYK"), "JPEG", quality=95))
    assert np.abs(photo.pixels[40, 80].astype(int) - RED).max() < 12


def test_a_sixteen_bit_picture_keeps_its_brightness() -> None:
    deep = np.full((200, 150), 0x8080, np.uint16)
    photo = read_photo(saved(Image.fromarray(deep), "PNG"))
    assert np.abs(photo.pixels.astype(int) - 0x80).max() <= 1


def test_transparent_pixels_lie_on_white() -> None:
    clear = Image.new("RGBA", (150, 150), (0, 0, 0, 0))
    assert (read_photo(saved(clear, "PNG")).pixels == 255).all()


@pytest.mark.parametrize(
    ("orientation", "top"),
    [
        (1, "red"),
        (2, "red"),
        (3, "green"),
        (4, "green"),
        (5, "left"),
        (6, "right"),
        (7, "right"),
        (8, "left"),
    ],
)
def test_the_orientation_of_the_file_is_applied(orientation: int, top: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = read_photo(saved(two_tone(), "JPEG", exif=exif, quality=95)).pixels.astype(int)
    high, wide = pixels.shape[:2]
    spots = {
        "red": (8, wide // 2),
        "green": (high - 8, wide // 2),
        "left": (high // 2, 8),
        "right": (high // 2, wide - 8),
    }
    assert np.abs(pixels[spots[top]] - RED).max() < 12


def test_the_focal_length_is_kept_and_the_rest_dropped() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 26
    exif[0x010F] = "Maker"
    photo = read_photo(saved(two_tone(), "JPEG", exif=exif))
    assert photo.focal_35mm == 26.0
    assert set(vars(photo)) == {"pixels", "focal_35mm"}


@pytest.mark.parametrize("focal", [0, 3, 900])
def test_a_focal_length_that_no_phone_has_counts_as_unknown(focal: int) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = focal
    assert read_photo(saved(two_tone(), "JPEG", exif=exif)).focal_35mm is None


def test_broken_metadata_is_passed_over() -> None:
    data = saved(two_tone(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert read_photo(data).focal_35mm is None


def test_a_large_photo_is_brought_to_the_working_size() -> None:
    photo = read_photo(saved(two_tone(1500, 3000), "JPEG"))
    assert (photo.height, photo.width) == (WORKING_SIDE, WORKING_SIDE // 2)


@pytest.mark.parametrize("data", [b"", b"hello, this is no picture", b"GIF89a" + b"\0" * 40])
def test_what_is_no_jpeg_png_or_webp_is_refused(data: bytes) -> None:
    with pytest.raises(BadPhoto, match="not a JPEG, PNG or WebP"):
        read_photo(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    data = saved(Image.fromarray(noise), kind)
    with pytest.raises(BadPhoto):
        read_photo(data[: max(16, int(share * len(data)))])


def test_a_huge_png_is_refused_from_its_header() -> None:
    with pytest.raises(BadPhoto, match="30000 x 30000"):
        read_photo(png_header(30_000, 30_000))


def test_a_huge_webp_is_refused_from_its_header() -> None:
    data = bytearray(saved(two_tone(), "WEBP", lossless=True))
    data[21:25] = (16_382 | 16_382 << 14).to_bytes(4, "little")
    with pytest.raises(BadPhoto, match="16383 x 16383"):
        read_photo(bytes(data))


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(BadPhoto, match="at least 96"):
        read_photo(saved(two_tone(40, 60), "PNG"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [two_tone(), two_tone().rotate(180)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(BadPhoto, match="animated"):
        read_photo(data)


def test_a_file_over_the_size_limit_is_refused_unread() -> None:
    with pytest.raises(BadPhoto, match="41 MB"):
        read_photo(b"\xff\xd8\xff" + bytes(MAX_BYTES + 1_000_000))
