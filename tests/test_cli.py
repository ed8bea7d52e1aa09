"""The command line: bad input gets one clear line, exit 2, and leaves nothing behind."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "assets" / "samples"


def fitting(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-c", "from fitting.cli import main; main()", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert exit 2 and one line that has the words."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    for word in words:
        assert word in lines[0]


def huge_png(path: Path) -> Path:
    """A PNG whose header claims 30,000 x 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )  # fmt: skip
    return path


@pytest.fixture
def bad_photos(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    text = folder / "text.jpg"
    text.write_text("this is not a picture")
    truncated = folder / "truncated.jpg"
    truncated.write_bytes((SAMPLES / "front.jpg").read_bytes()[:20_000])
    nobody = folder / "nobody.png"
    rng = np.random.default_rng(1)
    wall = rng.integers(150, 190, (800, 600, 3)).astype(np.uint8)
    Image.fromarray(wall).save(nobody)
    return {
        "text": text, "truncated": truncated, "nobody": nobody,
        "huge": huge_png(folder / "huge.png"), "absent": folder / "absent.jpg",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["text", "truncated", "huge", "nobody", "absent"])
def test_a_photo_that_cannot_be_used_is_refused(
    kind: str, bad_photos: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refused(
        fitting("preview", "--front", bad_photos[kind], "--height-cm", "170", "--sex", "female",
                "--garment", "tee", "--out", out)
    )  # fmt: skip
    assert not out.exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--height-cm", "17", "--garment", "tee"), ("17",)),
        (("--height-cm", "170", "--garment", "toga"), ("toga", "tee")),
        (("--height-cm", "170", "--garment", "tee", "--option", "wings=2"), ("wings",)),
        (("--height-cm", "170", "--garment", "tee", "--option", "length"), ("name=value",)),
        (("--height-cm", "170", "--garment", "tee", "--fabric", "mithril"), ("mithril", "denim")),
        (("--height-cm", "170", "--garment", "tee", "--tape", "waist_girth=wide"), ("number",)),
        (("--height-cm", "170", "--garment", "tee", "--tape", "tail=20"), ("tail",)),
        (("--height-cm", "170", "--garment", "tee", "--side", "x.jpg"), ("--front",)),
        (("--height-cm", "170", "--garment", "tee", "--on-photo"), ("--front",)),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    args: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refused(fitting("preview", "--sex", "female", *args, "--out", out), *words)
    assert not out.exists()


def test_an_option_out_of_bounds_is_refused_with_its_bounds(tmp_path: Path) -> None:
    catalogue = json.loads(fitting("garments", "--json").stdout)
    name = next(k for k, o in catalogue["tee"]["options"].items() if "high" in o)
    option = f"{name}={catalogue['tee']['options'][name]['high'] * 10 + 1}"
    done = fitting("preview", "--height-cm", "170", "--sex", "male", "--garment", "tee",
                   "--option", option, "--out", tmp_path / "out")  # fmt: skip
    refused(done, name)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "look.gif"), ".usdz"),
        (("--out", "look.png", "--size", "8000x5000"), "million"),
        (("--out", "look.png", "--print", "text.png"), "save it again"),
        (("--out", "look.png", "--crop", "1,2"), "left,top,width,height"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused_before_the_look_is_read(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    (tmp_path / "text.png").write_text("this is not a picture")
    inside = [str(tmp_path / w) if w.endswith((".gif", ".png")) else w for w in words]
    refused(fitting("render", tmp_path / "no.glb", *inside), says)
    assert [p.name for p in tmp_path.iterdir()] == ["text.png"]


def test_a_folder_that_cannot_be_written_is_refused_at_once() -> None:
    done = fitting("preview", "--height-cm", "170", "--sex", "male", "--garment", "tee",
                   "--out", "/proc/self/out")  # fmt: skip
    refused(done, "/proc")


def test_bad_usage_exits_with_2() -> None:
    assert fitting("preview", "--height-cm", "tall").returncode == 2


def test_measurements_drive_a_draft(tmp_path: Path) -> None:
    measurements, pattern = tmp_path / "m.json", tmp_path / "tee.json"
    done = fitting("measure", "--height-cm", "181", "--weight-kg", "80", "--sex", "male",
                   "--tape", "waist_girth=88", "--out", measurements, "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    tree = json.loads(done.stdout)
    assert tree == json.loads(measurements.read_text())
    assert tree["height_cm"]["source"] == "stated"
    assert tree["hip_girth_cm"]["source"] == "inferred"
    done = fitting("draft", "tee", "--measurements", measurements, "--out", pattern)
    assert done.returncode == 0, done.stderr
    assert json.loads(pattern.read_text())["pattern"]["panels"]


def test_doctor_finds_this_installation_whole() -> None:
    done = fitting("doctor", "--json")
    tree = json.loads(done.stdout)
    assert [part for part, finding in tree.items() if not finding["ok"]] == []
    assert done.returncode == 0
