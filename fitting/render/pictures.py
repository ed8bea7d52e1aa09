"""Pictures as files: the same pixels give the same bytes, and nothing but pixels is in them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.assets import asset
from fitting.errors import BadOption, NotSupported

Picture = NDArray[np.uint8]


def png(pixels: Picture) -> bytes:
    """A PNG without metadata, from sRGB of shape (h, w, 3 or 4)."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=6)
    return out.getvalue()


def webp(pixels: Picture, *, quality: int = 85) -> bytes:
    """A WebP without metadata, from sRGB of shape (h, w, 3 or 4)."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def animation(frames: Iterable[Picture], *, frames_a_second: float = 12.0) -> bytes:
    """An animated WebP that repeats without end.

    Raises:
        BadOption: No frames.
    """
    from PIL import Image

    images = [Image.fromarray(frame) for frame in frames]
    if not images:
        raise BadOption("an animation needs at least one frame")
    out = io.BytesIO()
    images[0].save(
        out, "WEBP", save_all=True, append_images=images[1:], loop=0, quality=80, method=2,
        duration=round(1000 / frames_a_second),
    )  # fmt: skip
    return out.getvalue()


def film(frames: Iterable[Picture], *, frames_a_second: float = 24.0) -> bytes:
    """An MP4 (H.264), where ffmpeg is installed.

    Raises:
        NotSupported: There is no ffmpeg, or it has no H.264 encoder.
        BadOption: No frames, or frames of different sizes.
    """
    tool = shutil.which("ffmpeg")
    if tool is None:
        raise NotSupported("MP4 needs ffmpeg: apt-get install ffmpeg, or ask for WebP")
    rows = list(frames)
    if not rows or any(row.shape != rows[0].shape for row in rows):
        raise BadOption("a film needs frames, all of one size")
    height, width = rows[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        # One thread and no metadata: the same frames give the same bytes.
        command = [
            tool, "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
            "-r", f"{frames_a_second:g}", "-i", "-", "-an", "-map_metadata", "-1", "-fflags",
            "+bitexact", "-flags:v", "+bitexact", "-c:v", "libx264", "-threads", "1", "-crf", "20",
            "-pix_fmt", "yuv420p", "-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-movflags",
            "+faststart", str(path),
        ]  # fmt: skip
        raw = b"".join(np.ascontiguousarray(row[..., :3]).tobytes() for row in rows)
        done = subprocess.run(command, input=raw, capture_output=True, check=False)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            raise NotSupported(f"ffmpeg cannot make the MP4 ({reason[-1] if reason else '?'})")
        return path.read_bytes()


def contact_sheet(
    pictures: Sequence[Picture],
    *,
    columns: int,
    captions: Sequence[str] = (),
    gap: int = 8,
    ground: tuple[int, int, int] = (255, 255, 255),
) -> Picture:
    """Pictures of one size side by side in rows, captions below them.

    Args:
        pictures: shape (h, w, 3) each.
        columns: Pictures a row.
        captions: One a picture, or none.
        gap: Between pictures and around them [px].
        ground: sRGB 0..255 between them.

    Raises:
        BadOption: No pictures, of different sizes, or with too few captions.
    """
    if not pictures or any(p.shape != pictures[0].shape for p in pictures):
        raise BadOption("a contact sheet needs pictures, all of one size")
    if captions and len(captions) != len(pictures):
        raise BadOption(f"{len(pictures)} pictures have {len(captions)} captions")
    if columns < 1:
        raise BadOption(f"a contact sheet of {columns} columns holds nothing; the least is 1")
    height, width, depth = pictures[0].shape
    line = max(18, height // 24) if captions else 0
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    shape = (rows * (height + line + gap) + gap, columns * (width + gap) + gap, depth)
    fill = np.array([*ground, 255][:depth], np.uint8)
    sheet: Picture = np.broadcast_to(fill, shape).copy()
    for k, picture in enumerate(pictures):
        y = gap + (k // columns) * (height + line + gap)
        x = gap + (k % columns) * (width + gap)
        sheet[y : y + height, x : x + width] = picture
        if captions:
            area = sheet[y + height : y + height + line, x : x + width]
            area[:] = _caption(captions[k], width, line, ground, depth)
    return sheet


def font(size: float) -> Any:
    """Pillow's form of the project's typeface, with Latin and Cyrillic letters, at a size [px]."""
    from PIL import ImageFont

    return ImageFont.truetype(asset("fonts", "DejaVuSans-subset.ttf"), max(6.0, size))


def _caption(
    text: str, width: int, height: int, ground: tuple[int, int, int], depth: int
) -> Picture:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    face = font(height * 0.62)
    draw.text((width / 2, height / 2), text, fill=(60, 60, 62), font=face, anchor="mm")
    drawn = np.array(image)
    if depth == 4:
        return np.dstack([drawn, np.full((height, width), 255, np.uint8)])
    return drawn
