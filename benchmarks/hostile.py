"""A thousand hostile uploads at a running service: what it answers, how much memory, what stays.

    python benchmarks/hostile.py --uploads 1000

Truncated and mangled pictures, bombs that claim or hold huge sizes, polyglots, wrong types, EXIF
tricks, path names, and forms that are no forms, eight at a time, to every route that takes photos.
Orders that were taken are left to a worker. Exits 1 when an answer was a 500, when the server or
the worker's processes passed their caps, or when a file stayed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from servers import free_port, wait_for

from service import keys
from service.database import make_engine
from service.settings import MB, Settings
from service.storage import Files

# [MB] Chosen. The server holds what it has loaded (170), two photos being decoded (100 each at
# 12 MP, with copies), and bodies under way. A computing process reads a photo with its models.
SERVER_CAP_MB, WORKER_CAP_MB = 700.0, 2500.0
AT_ONCE = 8


def main() -> int:
    """Send, wait for what was taken, delete it, and look what is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        found = run(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    broken = [name for name, wrong in {
        "an answer of 500": any(status >= 500 for status in found["answers"]),
        "the server's memory": found["server_peak_mb"] > SERVER_CAP_MB,
        "a worker's memory": found["worker_peak_mb"] > WORKER_CAP_MB,
        "files that stayed": found["files_left"],
        "temporary files that stayed": found["temporary_left"],
    }.items() if wrong]  # fmt: skip
    print(json.dumps({**found, "broken": broken}, indent=1))
    return 1 if broken else 0


def run(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The figures of one run."""
    temporary = folder / "tmp"
    temporary.mkdir()
    settings = Settings(
        folder=folder / "var", access="keys", workers=1, nice=0, log_level="ERROR",
        requests_per_minute=10**6, submissions_per_minute=10**6,
    )  # fmt: skip
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    api = subprocess.Popen(
        [sys.executable, "-c", f"from service.serve import serve; serve(port={port})"],
        env={**os.environ, **settings.environment(), "TMPDIR": str(temporary)},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    peaks: dict[str, float] = {"server": 0.0, "worker": 0.0}
    stop = threading.Event()
    try:
        wait_for(lambda: _ready(url), 240)
        threading.Thread(target=_watch, args=(api.pid, peaks, stop), daemon=True).start()
        engine = make_engine(settings)
        with engine.begin() as connection:
            _, key = keys.issue(connection, keys.add_tenant(connection, "hostile"))
        engine.dispose()
        time.sleep(1)
        start = peaks["server"]
        headers = {"authorization": f"Bearer {key}"}
        with httpx.Client(base_url=url, headers=headers, timeout=300) as client:
            answers = _send(client, options)
            wait_for(lambda: not _under_way(client), 1800, every=1.0)
            _erase_all(client)
            files = Files(settings).paths("")
        # A worker notices within a look that its person is gone; then nothing of theirs is left.
        work = settings.folder / "work"
        wait_for(lambda: not any(path.is_file() for path in work.rglob("*")), 60)
        return {
            "uploads": options.uploads, "answers": dict(sorted(answers.items())),
            "server_start_mb": start, "server_peak_mb": peaks["server"],
            "worker_peak_mb": peaks["worker"], "files_left": len(files),
            "temporary_left": sum(path.is_file() for path in temporary.rglob("*")),
        }  # fmt: skip
    finally:
        stop.set()
        api.send_signal(signal.SIGINT)
        api.wait(120)


def _send(client: httpx.Client, options: argparse.Namespace) -> Counter[int]:
    pictures = hostile_pictures()

    def one(number: int) -> int:
        chance = random.Random(f"{options.seed} {number}")
        path, body, kind = hostile_request(chance, pictures)
        try:
            return client.post(path, content=body, headers={"content-type": kind}).status_code
        except httpx.RemoteProtocolError:  # it hung up on a body over its limit
            return 413

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(options.uploads)))


# ---- what is sent --------------------------------------------------------------------------------


def hostile_pictures() -> dict[str, bytes]:
    """Pictures with something wrong, by name."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 99, "<script>" * 5000
    exif.get_ifd(0x8825)[2] = (52.0, 1.0, 2.0)
    plain = Image.effect_noise((300, 400), 60).convert("RGB")
    good = _saved(plain, "JPEG")
    return {
        "good": good,
        "exif": _saved(plain, "JPEG", exif=exif),
        "large": _saved(Image.new("RGB", (4000, 3000), "grey"), "JPEG"),
        "progressive": _saved(Image.new("RGB", (4000, 3000), "grey"), "JPEG", progressive=True),
        "webp": _saved(plain, "WEBP"),
        "frames": _saved(plain, "WEBP", save_all=True, append_images=[plain.rotate(9)] * 20),
        "claims": _png(60_000, 60_000, b"\0" * 1000),
        "bomb": _png(20_000, 20_000, bytes(60_000_000)),  # a few kB that hold 60 MB
        "text": _png(300, 400, bytes(400 * 901), extra=b"zTXt"),
        "polyglot": b"\xff\xd8\xff" + b"<?php system($_GET[0]); ?>" * 400,
        "tail": good + b"PK\x03\x04" + bytes(100_000),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "gif": _saved(plain.convert("P"), "GIF"),
        "tiff": _saved(plain, "TIFF"),
        "empty": b"",
        "heavy": b"\xff\xd8\xff" + bytes(30 * MB),
    }  # fmt: skip


def hostile_request(chance: random.Random, pictures: dict[str, bytes]) -> tuple[str, bytes, str]:
    """Path, body and content type of a request with something wrong."""
    names = [name for name in pictures if name != "heavy" or chance.random() < 0.2]
    data = bytearray(pictures[chance.choice(names)])
    for _ in range(chance.choice([0, 0, 1, 20, 400]) if data else 0):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.25:
        data = data[: chance.randrange(len(data) + 1)]
    path, field, fields = chance.choice(
        [("/v1/photos", "file", {"view": "front"})] * 4
        + [("/v1/measurements", "front", {"height_cm": "170"}),
           ("/v1/previews", "front", {"height_cm": "170", "garment": "tee"})]
    )  # fmt: skip
    name = chance.choice(["a.jpg", "../../etc/passwd", "a\\..\\b", "x" * 3000, "\u202egpj.e", ""])
    part = b'--B\r\nContent-Disposition: form-data; name="%b"'
    body = b"".join(part % k.encode() + b"\r\n\r\n%b\r\n" % v.encode() for k, v in fields.items())
    body += part % field.encode() + b'; filename="%b"\r\n\r\n' % name.encode()
    body += bytes(data) + b"\r\n--B--\r\n"
    if chance.random() < 0.25:  # now the form itself
        fuzzed = bytearray(body)
        for _ in range(chance.choice([1, 3, 10])):
            fuzzed[chance.randrange(min(300, len(fuzzed)))] = chance.randrange(256)
        body = bytes(fuzzed[: chance.randrange(1, len(fuzzed))])
    kinds = ["multipart/form-data; boundary=B"] * 12 + [
        "multipart/form-data", "multipart/form-data; boundary=" + "C" * 500, "image/jpeg",
        "application/json", "multipart/form-data; boundary=\x01",
    ]  # fmt: skip
    return path, body, chance.choice(kinds)


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def _png(width: int, height: int, pixels: bytes, *, extra: bytes = b"") -> bytes:
    """A PNG that claims a size; its text, if it has one, grows to 50 MB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    text = chunk(extra, b"Comment\0\0" + zlib.compress(bytes(50 * MB))) if extra else b""
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + text
        + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    )  # fmt: skip


# ---- what is looked at ---------------------------------------------------------------------------


def _watch(pid: int, peaks: dict[str, float], stop: threading.Event) -> None:
    """The server's memory, and the largest of its worker's processes."""
    while not stop.wait(0.05):
        peaks["server"] = max(peaks["server"], _memory_mb(pid, "VmHWM"))
        for child in _under(pid):
            peaks["worker"] = max(peaks["worker"], _memory_mb(child, "VmHWM"))


def _under(pid: int) -> list[int]:
    """The processes that came from one, by the kernel's list of each thread's children."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            found += [child, *_under(child)]
    return found


def _memory_mb(pid: int, name: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = status.partition(f"{name}:")[2].split()
    return round(int(found[0]) / 1024, 1) if found else 0.0


def _items(client: httpx.Client, path: str, act: Callable[[dict[str, Any]], None]) -> None:
    cursor = None
    while True:
        wanted = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        tree = client.get(path, params=wanted).raise_for_status().json()
        for item in tree["items"]:
            act(item)
        if (cursor := tree["next"]) is None:
            return


def _under_way(client: httpx.Client) -> bool:
    states: list[str] = []
    _items(client, "/v1/jobs", lambda job: states.append(job["state"]))
    return any(state in ("queued", "running") for state in states)


def _erase_all(client: httpx.Client) -> None:
    people: list[str] = []
    _items(client, "/v1/people", lambda person: people.append(person["id"]))
    for person in people:
        client.delete(f"/v1/people/{person}").raise_for_status()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    sys.exit(main())
