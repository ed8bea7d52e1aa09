"""Reading a customer's picture file.

Only JPEG, PNG and WebP are read, told apart by their first bytes and not by a file's name. The size
is checked in the header before any pixel is decoded. Of the metadata only the orientation and the
focal length are used; nothing of it is kept in the picture.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadPhoto
from fitting.records import Photo

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 40_000_000  # chosen: a 50 MP phone JPEG is 10-25 MB
MAX_PIXELS = 50_000_000  # chosen: the largest still sensor common in phones
MIN_SIDE = 96  # [px], chosen: below this not even a face can be found
WORKING_SIDE = 1280  # [px], chosen: 1.7 mm a pixel where 2.2 m fill the picture

DAMAGED = "the picture is damaged or cut short; send the original file again"

_ORIENTATION = 0x0112  # EXIF 2.32, table 4
_EXIF_IFD = 0x8769
_FOCAL_35MM = 0xA405  # EXIF 2.32, FocalLengthIn35mmFilm

# Pillow's decoders, and its readers of broken metadata, raise any of these on damaged files.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    TypeError,
    IndexError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    UserWarning,
)


def read_photo(data: bytes) -> Photo:
    """The picture in a file's bytes: upright sRGB without metadata, long side 1280 px at most.

    Args:
        data: The whole file.
    Returns:
        The photo; transparent pixels lie on white, 16-bit and CMYK pictures are brought to 8-bit
        sRGB.
    Raises:
        BadPhoto: Not a JPEG, PNG or WebP, damaged, animated, too large or too small.
    """
    if len(data) > MAX_BYTES:
        raise BadPhoto(
            f"the file has {len(data) / 1e6:.0f} MB; the limit is {MAX_BYTES / 1e6:.0f} MB: "
            "save the photo with stronger compression"
        )
    image = _open(data)
    width, height = image.size
    _check_size(width, height)
    if getattr(image, "is_animated", False):
        raise BadPhoto("the picture is animated; send a still photo")
    orientation, focal = _metadata(image)
    try:
        pixels = _pixels(image, orientation)
    except _BROKEN:
        raise BadPhoto(DAMAGED) from None
    return Photo(pixels=pixels, focal_35mm=focal)


def _open(data: bytes) -> Image:
    """A lazily decoded picture, by the plugin that the first bytes name.

    The plugins are called directly: `PIL.Image.open` warns of large pictures in a way that a caller
    can only silence for the whole process.
    """
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    stream = io.BytesIO(data)
    try:
        if data.startswith(b"\xff\xd8\xff"):
            try:
                return JpegImagePlugin.JpegImageFile(stream)
            except _BROKEN:  # often the metadata alone
                return JpegImagePlugin.JpegImageFile(io.BytesIO(_bare_jpeg(data)))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return PngImagePlugin.PngImageFile(stream)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            _check_size(*_webp_size(data))
            return WebPImagePlugin.WebPImageFile(stream)
    except _BROKEN:
        raise BadPhoto(DAMAGED) from None
    raise BadPhoto("the file is not a JPEG, PNG or WebP picture; save the photo as one of these")


def _bare_jpeg(data: bytes) -> bytes:
    """A JPEG without EXIF and other notes; the Adobe segment stays, as it says how CMYK is meant.

    Reference: ITU-T T.81, B.1.1.
    """
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and data[at + 1] != 0xDA:  # up to the start of scan
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        note = 0xE1 <= data[at + 1] <= 0xEF and data[at + 1] != 0xEE
        if not note:
            kept.append(data[at : at + length])
        at += length
    return b"".join([*kept, data[at:]])


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in a WebP header; Pillow's reader would allocate the canvas first.

    Reference: RFC 9649, sections 2.5 to 2.7.
    """
    kind = data[12:16]
    if kind == b"VP8X":
        low = data[24:30]
        return 1 + int.from_bytes(low[:3], "little"), 1 + int.from_bytes(low[3:6], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        wide, high = struct.unpack("<HH", data[26:30])
        return wide & 0x3FFF, high & 0x3FFF
    raise ValueError("not a WebP frame")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise BadPhoto(
            f"the picture has {width} x {height} pixels; the limit is {MAX_PIXELS // 1_000_000} "
            "million: send a smaller copy"
        )
    if min(width, height) < MIN_SIDE:
        raise BadPhoto(
            f"the picture has {width} x {height} pixels; at least {MIN_SIDE} are needed on the "
            "short side: send the original photo"
        )


def _metadata(image: Image) -> tuple[int, float | None]:
    """EXIF orientation 1..8 and focal length in 35 mm terms [mm]; broken metadata is none."""
    try:
        exif = image.getexif()
        orientation = int(exif.get(_ORIENTATION, 1))
        focal = float(exif.get_ifd(_EXIF_IFD).get(_FOCAL_35MM, 0))
    except (*_BROKEN, ZeroDivisionError):
        return 1, None
    # Zero means unknown (EXIF 2.32); outside 12..200 mm nobody photographs a whole person.
    return orientation, focal if 12.0 <= focal <= 200.0 else None


def _pixels(image: Image, orientation: int) -> NDArray[np.uint8]:
    """Upright sRGB pixels, shape (height, width, 3)."""
    from PIL import Image as pil

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        deep = np.asarray(image, dtype=np.float64)
        image = pil.fromarray(np.clip(deep / 257.0, 0, 255).astype(np.uint8))
    # Transparency must be laid down before shrinking, or its hidden colours bleed.
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = _on_white(image)
    elif image.mode not in ("RGB", "L", "CMYK", "YCbCr"):
        image = image.convert("RGB")
    image.thumbnail((WORKING_SIDE, WORKING_SIDE), pil.Resampling.LANCZOS, reducing_gap=2.0)
    turn: Any = {
        2: pil.Transpose.FLIP_LEFT_RIGHT,
        3: pil.Transpose.ROTATE_180,
        4: pil.Transpose.FLIP_TOP_BOTTOM,
        5: pil.Transpose.TRANSPOSE,
        6: pil.Transpose.ROTATE_270,
        7: pil.Transpose.TRANSVERSE,
        8: pil.Transpose.ROTATE_90,
    }.get(orientation)
    if turn is not None:
        image = image.transpose(turn)
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _on_white(image: Image) -> Image:
    from PIL import Image as pil

    layer = image.convert("RGBA")
    ground = pil.new("RGBA", layer.size, (255, 255, 255, 255))
    return pil.alpha_composite(ground, layer).convert("RGB")
