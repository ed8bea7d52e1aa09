"""What becomes of a photo: checked, sealed, measured, deleted."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from service_under_test import Live

from fitting.assets import asset


def jpeg(size: tuple[int, int] = (300, 400), **save: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", **save)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")
    )  # fmt: skip


def stored(live: Live) -> list[str]:
    """All files the service keeps."""
    return live.site.files.paths("")


def test_photo_is_sealed_at_rest(live: Live) -> None:
    """The stored bytes are not the photo's; its owner gets the photo back, as a download."""
    data = jpeg()
    photo = live.client.post(
        "/v1/photos", data={"view": "front"}, files={"file": ("me.jpg", data)}
    ).json()
    (path,) = [path for path in stored(live) if path.endswith(photo["id"])]
    assert data[:1000] not in live.site.files.get(path)
    assert data[100:200] not in live.site.files.get(path)
    answer = live.client.get(f"/v1/photos/{photo['id']}/content")
    assert answer.content == data
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_photo_is_deleted_once_measured(live: Live) -> None:
    """After a measurement the photo's file is gone and its row says when."""
    photo = live.client.post(
        "/v1/photos",
        data={"view": "front"},
        files={"file": ("me.jpg", asset("samples", "front.jpg").read_bytes())},
    ).json()
    order = {"height_cm": 170, "photos": {"front": photo["id"]}}
    job = live.client.post("/v1/measurements", json=order).json()
    ended = live.finished(job["id"])
    assert ended["state"] == "succeeded", ended["problem"]
    found = live.client.get(ended["result"]).json()["values"]
    assert found["waist_girth_cm"]["source"] == "photo"
    assert live.client.get(f"/v1/photos/{photo['id']}").json()["deleted"] is not None
    assert live.client.get(f"/v1/photos/{photo['id']}/content").status_code == 410
    assert not [path for path in stored(live) if path.endswith(photo["id"])]


def test_photo_is_kept_with_consent_until_it_is_withdrawn(live: Live) -> None:
    """With consent the photo stays; withdrawing deletes it."""
    order = {"height_cm": "170", "keep_photos": "true"}
    picture = asset("samples", "front.jpg").read_bytes()
    job = live.client.post("/v1/measurements", data=order, files={"front": picture}).json()
    ended = live.finished(job["id"])
    person = live.client.get(ended["result"]).json()["person"]
    given = live.client.get(f"/v1/people/{person}/consents").json()["items"]
    assert {one["purpose"] for one in given} == {"measure-photos", "keep-photos"}
    assert all(one["text"] for one in given)
    (photo,) = [
        one for one in live.client.get("/v1/photos").json()["items"] if one["person"] == person
    ]
    assert photo["deleted"] is None
    gone = live.client.delete(f"/v1/people/{person}/consents/keep-photos")
    assert gone.status_code == 204
    assert live.client.get(f"/v1/photos/{photo['id']}").json()["deleted"] is not None


def test_photo_of_nobody_ends_in_a_reason(live: Live) -> None:
    """A picture without a person fails its job with a problem to act on, and is deleted."""
    job = live.client.post(
        "/v1/measurements", data={"height_cm": "170"}, files={"front": jpeg((600, 900))}
    ).json()
    ended = live.finished(job["id"])
    assert ended["state"] == "failed"
    assert ended["problem"]["type"] in ("/problems/retake-needed", "/problems/bad-photo")
    assert 400 <= ended["problem"]["status"] < 500


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"just some text", 415),
        (b"GIF89a" + b"\0" * 100, 415),
        (b"<svg onload=alert(1)/>", 415),
        (b"\xff\xd8\xff" + b"<?php system($_GET[0]); ?>" * 40, 422),
        (jpeg()[:2000], 422),
        (png_header(30_000, 30_000), 422),
        (png_header(8_000, 6_000), 422),
        (jpeg((40, 40)), 422),
        (b"", 422),
    ],
    ids=["text", "gif", "svg", "polyglot", "truncated", "bomb", "lie", "tiny", "empty"],
)
def test_what_is_no_photo_is_refused(bare: Live, data: bytes, status: int) -> None:
    """Each is refused with its status, and nothing of it stays."""
    before = stored(bare)
    answer = bare.client.post(
        "/v1/photos", data={"view": "front"}, files={"file": ("me.jpg", data)}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert stored(bare) == before


def test_too_large_a_photo_is_refused(bare: Live) -> None:
    """Over the limit the answer is 413, whether the length was told or not."""
    data = b"\xff\xd8\xff" + bytes(bare.settings.photo_max_bytes)
    told = bare.client.post("/v1/photos", data={"view": "front"}, files={"file": data})
    assert told.status_code == 413
    huge = bytes(1_000_000)

    def pieces() -> Any:
        for _ in range(bare.settings.body_max_bytes // len(huge) + 2):
            yield huge

    untold = bare.client.post(
        "/v1/previews", content=pieces(), headers={"content-type": "application/json"}
    )
    assert untold.status_code == 413


def test_hostile_uploads_never_break_the_service(bare: Live) -> None:
    """Broken uploads give no 500, leave no file, and memory stays under its cap.

    `benchmarks/hostile.py` sends more and worse, and watches a server's and a worker's processes.
    """
    chance = random.Random(7)
    good = [jpeg(), jpeg(exif=_hostile_exif()), png_header(300, 400), _webp()]
    before, memory = stored(bare), _memory_mb()
    for number in range(300):
        content, kind = _mangled(chance, chance.choice(good), number)
        answer = bare.client.post("/v1/photos", content=content, headers={"content-type": kind})
        assert answer.status_code < 500, (number, answer.text)
        if answer.status_code == 201:  # mangled where it does no harm
            bare.client.delete(f"/v1/people/{answer.json()['person']}")
    assert stored(bare) == before
    assert _memory_mb() - memory < 300
    assert bare.client.get("/healthz").status_code == 200


def _hostile_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 99
    exif[0x010E] = "<script>" * 200
    exif.get_ifd(0x8825)[2] = (52.0, 1.0, 2.0)
    return exif


def _webp() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((200, 200), 60).convert("RGB").save(out, "WEBP")
    return out.getvalue()


def _mangled(chance: random.Random, data: bytes, number: int) -> tuple[bytes, str]:
    """A multipart body with something wrong in the picture, the names or the form itself."""
    name = chance.choice(["a.jpg", "../../etc/passwd", "a\\..\\b", "x" * 3000, "\u202egpj.exe", ""])
    broken = bytearray(data)
    for _ in range(chance.choice([0, 1, 20, 400])):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    if chance.random() < 0.3:
        broken = broken[: chance.randrange(len(broken))]
    if chance.random() < 0.1:
        broken = bytearray(png_header(chance.randrange(1, 60_000), chance.randrange(1, 60_000)))
    body = (
        b'--B\r\nContent-Disposition: form-data; name="view"\r\n\r\nfront\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode() + b'"\r\nContent-Type: image/jpeg\r\n\r\n'
        + bytes(broken) + b"\r\n--B--\r\n"
    )  # fmt: skip
    if chance.random() < 0.3:  # now the form itself
        fuzzed = bytearray(body)
        for _ in range(chance.choice([1, 3, 10])):
            fuzzed[chance.randrange(min(300, len(fuzzed)))] = chance.randrange(256)
        body = bytes(fuzzed[: chance.randrange(1, len(fuzzed))])
    kind = chance.choice(
        ["multipart/form-data; boundary=B"] * 8
        + ["multipart/form-data", "multipart/form-data; boundary=" + "C" * 500, "image/jpeg"]
    )
    return body, kind if number % 97 else "multipart/form-data; boundary=\x01"


def _memory_mb() -> float:
    fields = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024
