"""Erasing a person, and what goes by itself when its time is over."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from service_under_test import STATED, Live, running, wait_for

from service import tables
from service.retention import sweep
from service.settings import Settings


def seen_picture(colour: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((200, 300), 50 + colour).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_erased_person_is_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of 50 people one is erased: no file of database, results, caches or logs names them.

    The scan reads every byte under the service's folder, freed pages of the database included.
    """
    with running(Settings(folder=tmp_path, access="keys", workers=1, nice=0)) as live:
        people = [_person(live, number) for number in range(50)]
        gone = people[17]
        marks = [
            gone["id"].encode(), gone["photo"].encode(), gone["job"].encode(),
            gone["preview"].encode(), b"label-17-of-fifty", seen_picture(17)[200:260],
        ]  # fmt: skip
        live.finished(gone["job"])
        assert _found(tmp_path, marks[:1]), "the scan would find them"
        began = time.monotonic()
        receipt = live.client.delete(f"/v1/people/{gone['id']}").raise_for_status().json()
        assert time.monotonic() - began < 60
        assert receipt["removed"]["people"] == 1
        assert receipt["removed"]["stored_files"] > 0
        kept = live.client.get(f"/v1/people/erasures/{receipt['id']}").json()
        assert kept["pseudonym"] == live.site.vault.pseudonym(gone["id"])
        wait_for(lambda: not _found(tmp_path, marks), 60, every=1)
        assert live.client.get(f"/v1/people/{gone['id']}").status_code == 404
        other = people[18]
        assert live.client.get(f"/v1/people/{other['id']}").status_code == 200
    # A job's id stands in the log by design; after erasing, it leads nowhere.
    out, err = capfd.readouterr()
    for mark in (gone["id"], gone["photo"], gone["preview"], "label-17-of-fifty"):
        assert mark not in out + err


def _person(live: Live, number: int) -> dict[str, str]:
    person = live.client.post(
        "/v1/people", json={"label": f"label-{number}-of-fifty", "height_cm": 150 + number}
    ).json()["id"]
    photo = live.client.post(
        "/v1/photos",
        data={"view": "front", "person": person},
        files={"file": ("a.png", seen_picture(number))},
    ).json()["id"]
    if number != 17:
        return {"id": person, "photo": photo}
    order = {**STATED, "person": person, "height_cm": 167}
    job = live.client.post(
        "/v1/previews", json=order, headers={"idempotency-key": "seventeen"}
    ).json()
    preview = job["result"].rpartition("/")[2]
    return {"id": person, "photo": photo, "job": job["id"], "preview": preview}


def _found(folder: Path, marks: list[bytes]) -> list[str]:
    """Which files hold one of the marks, in their bytes or in their names."""
    hits = []
    for path in folder.rglob("*"):
        if any(mark in str(path).encode() for mark in marks):
            hits.append(str(path))
        elif path.is_file():
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            if any(mark in data for mark in marks):
                hits.append(str(path))
    return hits


@pytest.mark.skip(reason="known defect: a running job can leave a file behind until the next sweep")
def test_running_job_of_an_erased_person_stops(live: Live) -> None:
    """Erasing while a job runs leaves neither the job nor files behind."""
    person = live.client.post("/v1/people", json={"height_cm": 158}).json()["id"]
    job = live.client.post("/v1/previews", json={**STATED, "person": person, "edge_mm": 20}).json()
    wait_for(lambda: live.client.get(f"/v1/jobs/{job['id']}").json()["state"] != "queued", 240)
    live.client.delete(f"/v1/people/{person}").raise_for_status()
    assert live.client.get(f"/v1/jobs/{job['id']}").status_code == 404
    time.sleep(1)

    def clean() -> bool:
        return not [path for path in live.site.files.paths("") if person in path]

    wait_for(clean, 240)


def test_audit_tells_who_read_what(live: Live, finished_preview: dict[str, Any]) -> None:
    """Reading a preview leaves a line with the caller and the request's id."""
    answer = live.client.get(f"/v1/previews/{finished_preview['id']}")
    lines = live.client.get("/v1/audit", params={"person": finished_preview["person"]}).json()[
        "items"
    ]
    assert (lines[0]["action"], lines[0]["request"]) == (
        "previews.read", answer.headers["x-request-id"],
    )  # fmt: skip
    assert lines[0]["caller"].startswith("key_")


def test_old_things_go_by_themselves(tmp_path: Path) -> None:
    """A sweep deletes photos, previews, people, keys' answers and audit lines past their time."""
    with running(Settings(folder=tmp_path, access="keys", workers=0)) as bare:
        _person(bare, 3)
        job = bare.client.post(
            "/v1/previews", json=STATED, headers={"idempotency-key": "old"}
        ).json()
        bare.client.post(f"/v1/jobs/{job['id']}/cancel")
        names = ("photos", "previews", "people", "idempotency", "audit", "files", "jobs")
        late = {
            "keep_photos_hours": 1e-9, "keep_previews_days": 1e-9, "keep_people_days": 1e-9,
            "idempotency_hours": 1e-9, "keep_audit_days": 1e-9,
        }  # fmt: skip
        time.sleep(0.1)
        kept = sweep(bare.settings, bare.site.engine, bare.site.files)
        assert not any(kept.values())
        eager = bare.settings.model_copy(update=late)
        swept = sweep(eager, bare.site.engine, bare.site.files)
        assert swept["photos"] == swept["previews"] == 1
        assert swept["people"] == 2
        with bare.site.engine.connect() as connection:
            for name in names:
                table = tables.metadata.tables[name]
                left = connection.scalar(sa.select(sa.func.count()).select_from(table))
                assert left == 0, name
        assert bare.site.files.paths("") == []


def test_pseudonym_can_be_recomputed_from_the_id_only() -> None:
    """The same id has the same pseudonym, which does not hold the id."""
    from service.vault import Vault

    vault = Vault([b"one"])
    assert vault.pseudonym("per_1") == vault.pseudonym("per_1") != vault.pseudonym("per_2")
    assert Vault([b"two"]).pseudonym("per_1") != vault.pseudonym("per_1")


def test_rotated_secret_still_opens_what_the_old_one_sealed() -> None:
    """With the old secret second in the list its seals and links hold; without it they do not."""
    from service.vault import Vault

    old = Vault([b"old"])
    sealed, signed = old.seal(b"photo", "pho_1"), old.sign("file 1")
    both, new = Vault([b"new", b"old"]), Vault([b"new"])
    assert both.open(sealed, "pho_1") == b"photo"
    assert both.verify("file 1", signed)
    assert not new.verify("file 1", signed)
    for vault, purpose in ((new, "pho_1"), (both, "pho_2")):
        with pytest.raises(ValueError, match="cannot be opened"):
            vault.open(sealed, purpose)
