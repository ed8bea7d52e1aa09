"""Erasing a person, and what goes by itself when its time is over."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image
from servers import Postgres, free_port
from service_under_test import STATED, Live, running, wait_for

from service import tables
from service.database import make_engine
from service.identity import new_id
from service.retention import sweep, sweep_strays
from service.settings import Settings
from service.storage import Files


def seen_picture(colour: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((200, 300), 50 + colour).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_erased_person_is_nowhere(
    backend: Callable[[str], dict[str, Any]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of 50 people one is erased: no file of database, results, caches or logs names them.

    The scan reads every byte under the service's folder, freed pages of SQLite included, every
    table of the database, the job engine's too, and every stored file.
    """
    settings = Settings(folder=tmp_path, access="keys", workers=1, nice=0, **backend("erase"))
    with running(settings) as live:
        people = [_person(live, number) for number in range(50)]
        gone = people[17]
        marks = [gone["id"], gone["photo"], gone["job"], gone["preview"], "label-17-of-fifty"]
        seen = [*(mark.encode() for mark in marks), seen_picture(17)[200:260]]
        live.finished(gone["job"])
        assert _found(live, seen[:1]), "the scan would find them"
        assert _rows_with(live.site.engine, gone["id"]), "the scan would find them"
        began = time.monotonic()
        receipt = live.client.delete(f"/v1/people/{gone['id']}").raise_for_status().json()
        assert time.monotonic() - began < 60
        assert receipt["removed"]["people"] == 1
        assert receipt["removed"]["stored_files"] > 0
        kept = live.client.get(f"/v1/people/erasures/{receipt['id']}").json()
        assert kept["pseudonym"] == live.site.vault.pseudonym(gone["id"])
        wait_for(lambda: not _found(live, seen), 60, every=1)
        assert [table for mark in marks for table in _rows_with(live.site.engine, mark)] == []
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


def _found(live: Live, marks: list[bytes]) -> list[str]:
    """Which files hold one of the marks, in their bytes or in their names."""
    hits = []
    for path in _tree(live.settings.folder):
        if any(mark in str(path).encode() for mark in marks):
            hits.append(str(path))
        elif path.is_file():
            with contextlib.suppress(FileNotFoundError):  # the service runs meanwhile
                data = path.read_bytes()
                if any(mark in data for mark in marks):
                    hits.append(str(path))
    stored = live.site.files
    for name in stored.paths(""):
        if any(mark in name.encode() or mark in stored.get(name) for mark in marks):
            hits.append(name)
    return hits


def _tree(folder: Path) -> list[Path]:
    """All that lies under a folder, empty folders too; what vanishes meanwhile is left out."""
    return [Path(at, name) for at, folders, files in os.walk(folder) for name in folders + files]


def test_running_job_of_an_erased_person_stops(live: Live) -> None:
    """Erasing while a job runs leaves neither the job nor files behind."""
    person = live.client.post("/v1/people", json={"height_cm": 158}).json()["id"]
    job = live.client.post("/v1/previews", json={**STATED, "person": person, "edge_mm": 20}).json()
    wait_for(lambda: live.client.get(f"/v1/jobs/{job['id']}").json()["state"] != "queued", 240)
    live.client.delete(f"/v1/people/{person}").raise_for_status()
    assert live.client.get(f"/v1/jobs/{job['id']}").status_code == 404
    # The stage under way may still write, and then deletes it: all is over once nothing comes back.
    wait_for(lambda: not _left(live, person) and not time.sleep(2) and not _left(live, person), 60)


def test_stage_that_ends_after_the_erasure_leaves_no_file(live: Live) -> None:
    """Whatever a stage writes for a person who was erased while it ran is deleted by it."""
    from service.flow import Shop, do_stage
    from service.tracing import Tracer

    order = {"height_cm": 159, "photos": {}}
    job = live.client.post("/v1/measurements", json=order).json()["id"]
    live.finished(job)
    site = live.site
    with site.engine.begin() as connection:
        row = connection.execute(tables.jobs.select().where(tables.jobs.c.id == job)).one()

    class Slow:
        def run(self, *what: Any) -> dict[str, bytes]:
            folder: Path = what[2]
            live.client.delete(f"/v1/people/{row.person}").raise_for_status()
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "result.zip").write_bytes(b"made of a person")
            return {"measurements.json": b"{}"}

    slow: Any = Slow()
    shop = Shop(live.settings, site.engine, site.files, site.vault, slow, Tracer(live.settings, ""))
    do_stage(shop, job, "measure")
    assert not _left(live, row.person)


def test_what_was_written_after_an_erasure_is_erased_again(live: Live) -> None:
    """A sweep finds what a killed worker or request left; the receipt counts it, then forgets."""
    from service.erasure import erase_again

    person = live.client.post("/v1/people", json={"label": "late"}).json()["id"]
    receipt = live.client.delete(f"/v1/people/{person}").json()
    site = live.site
    site.files.put(f"{live.tenant}/{person}/late", b"late")
    line = {"id": new_id("aud"), "tenant": live.tenant, "caller": "key_1", "action": "people.read",
            "person": person, "request": "req_1", "at": 0.0}  # fmt: skip
    with site.engine.begin() as connection:
        connection.execute(tables.audit.insert().values(**line))
    erase_again(live.settings, site.engine, site.files, site.vault)
    assert not _left(live, person)
    assert not _rows_with(site.engine, person)
    again = live.client.get(f"/v1/people/erasures/{receipt['id']}").json()
    assert again["removed"]["stored_files"] == receipt["removed"]["stored_files"] + 1
    brief = live.settings.model_copy(update={"stage_seconds": -1e6})
    erase_again(brief, site.engine, site.files, site.vault)
    with site.engine.connect() as connection:
        assert connection.scalar(sa.select(tables.erasures.c.again).where(
            tables.erasures.c.id == receipt["id"])) is None  # fmt: skip


def test_nothing_is_written_for_a_person_who_is_gone(bare: Live) -> None:
    """A request that found its person a moment ago is refused when they are erased meanwhile."""
    from service.persons import hold_person
    from service.problems import Problem

    person = bare.client.post("/v1/people", json={}).json()["id"]
    with bare.site.engine.begin() as connection:
        hold_person(connection, bare.tenant, person)
    bare.client.delete(f"/v1/people/{person}").raise_for_status()
    with bare.site.engine.begin() as connection, pytest.raises(Problem, match="no such person"):
        hold_person(connection, bare.tenant, person)


def test_scrubbed_tables_hold_no_bytes_of_the_erased(postgres: Postgres, tmp_path: Path) -> None:
    """PostgreSQL's own files, read as bytes, hold an erased person until they are scrubbed."""
    from service.erasure import scrub

    url = postgres.create("scrub")
    settings = Settings(folder=tmp_path, access="keys", workers=0, database_url=url)
    with running(settings) as live:
        person = live.client.post("/v1/people", json={"label": "Zelda Quux"}).json()["id"]
        live.client.post("/v1/previews", json={**STATED, "person": person}).raise_for_status()
        live.client.delete(f"/v1/people/{person}").raise_for_status()
        scrub(live.site.engine)
    tables_of = [path for path in _tree(postgres.folder / "data" / "base") if path.is_file()]
    marks = (person.encode(), b"Zelda Quux")
    assert tables_of
    assert not [path for path in tables_of if any(mark in path.read_bytes() for mark in marks)]


def test_photo_of_a_killed_upload_is_swept(
    backend: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    """Photos stored by requests that kill -9 ended before their commit go; the others stay."""
    settings = Settings(folder=tmp_path, workers=0, **backend("killed"))
    port = free_port()
    api = subprocess.Popen(
        [sys.executable, "-c", f"from service.serve import serve; serve(port={port})"],
        env={**os.environ, **settings.environment()}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    picture = {"files": {"file": ("a.png", seen_picture(1))}}
    try:
        wait_for(lambda: _answers(url), 240)
        with httpx.Client(base_url=url, timeout=60) as client:
            kept = client.post("/v1/photos", data={"view": "front"}, **picture).json()
        files, engine = Files(settings), make_engine(settings)
        owners = [{"view": "side"}, {"view": "side", "person": kept["person"]}]
        with engine.connect() as writer, ThreadPoolExecutor(2) as pool:
            _hold_photos(writer)  # the uploads wait with their files stored and no row committed
            for fields in owners:
                pool.submit(_post_in_vain, f"{url}/v1/photos", fields, picture)
            wait_for(lambda: len(files.paths("")) == 3, 60)
            api.kill()
            api.wait()
            writer.rollback()
    finally:
        api.kill()
        api.wait()
    wait_for(lambda: len(files.paths("")) == 3, 5)
    assert sweep_strays(engine, files) == 0  # they might be of requests under way
    assert sweep_strays(engine, files, older_than=0.0) == 2
    assert [path.rpartition("/")[2] for path in files.paths("")] == [kept["id"]]
    engine.dispose()


def _hold_photos(connection: sa.Connection) -> None:
    """Keep others from writing photos until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE photos IN EXCLUSIVE MODE"))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _post_in_vain(url: str, fields: dict[str, str], picture: dict[str, Any]) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.post(url, data=fields, timeout=60, **picture)


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/healthz").status_code == 200
    return False


def test_files_of_nobody_are_swept(live: Live) -> None:
    """Files whose person was never committed go once they are an hour old."""
    live.site.files.put(f"{live.tenant}/per_nobody/photos/pho_1", b"stray")
    assert sweep_strays(live.site.engine, live.site.files) == 0
    assert live.site.files.delete_under(f"{live.tenant}/per_nobody", older_than=1e-9) == 1


def _left(live: Live, person: str) -> list[str]:
    """Files of a person, stored or among the results of stages."""
    work = live.settings.folder / "work"
    return [path for path in live.site.files.paths("") if person in path] + [
        str(path) for path in _tree(work) if person in str(path)
    ]


def _rows_with(engine: sa.Engine, mark: str) -> list[str]:
    """The tables, the job engine's too, that hold a text anywhere."""
    inspector = sa.inspect(engine)
    found = []
    with engine.connect() as connection:
        for schema in inspector.get_schema_names():
            if schema == "information_schema":
                continue
            for name in inspector.get_table_names(schema=schema):
                rows = connection.execute(sa.text(f'SELECT * FROM "{schema}"."{name}"'))
                if any(mark in str(value) for row in rows for value in row):
                    found.append(f"{schema}.{name}")
    return found


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


def test_audit_tells_of_downloads(live: Live, finished_preview: dict[str, Any]) -> None:
    """A download by a signed link leaves a line too, though nobody can say whose it was."""
    answer = live.client.get(finished_preview["files"][0]["url"])
    lines = live.client.get("/v1/audit", params={"person": finished_preview["person"]}).json()
    newest = lines["items"][0]
    assert (newest["action"], newest["caller"]) == ("files.read", "link")
    assert newest["request"] == answer.headers["x-request-id"]


def test_many_reads_at_once_are_all_audited(bare: Live) -> None:
    """Forty readers at the same time leave a line each; a list leaves one for each person in it."""
    with bare.as_(bare.issue(bare.add_tenant("readers"))) as client:
        people = [client.post("/v1/people", json={}).json()["id"] for _ in range(2)]
        path = f"/v1/people/{people[0]}"
        with ThreadPoolExecutor(20) as pool:
            asked = [one.headers["x-request-id"] for one in pool.map(client.get, [path] * 40)]
        listed = client.get("/v1/people").headers["x-request-id"]
        lines = client.get("/v1/audit", params={"limit": 200}).json()["items"]
    assert sorted(asked) == sorted(
        one["request"] for one in lines if one["action"] == "people.read"
    )
    assert {one["person"] for one in lines if one["request"] == listed} == set(people)


def test_reader_is_told_when_the_audit_log_cannot_be_written() -> None:
    """A read whose line cannot be written fails, as the reads that waited with it do."""
    from service.audit import Scribe
    from service.keys import OPEN

    scribe = Scribe(sa.create_engine("sqlite://"))  # without tables
    with pytest.raises(sa.exc.OperationalError):
        scribe.note(OPEN, "people.read", ["per_1"], "req_1")


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
