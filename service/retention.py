"""Things go when their time is over."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
import structlog

from service import tables
from service.engine import ended_jobs, forget_jobs
from service.identity import now
from service.jobs import LIVE
from service.photos import delete_photos
from service.settings import Settings
from service.storage import Files, person_prefix

log = structlog.get_logger("retention")

HOUR, DAY = 3600.0, 86400.0
_BATCH = 200  # rows a sweep, chosen: a sweep holds the writer for a moment only


def sweep(settings: Settings, engine: sa.Engine, files: Files) -> dict[str, int]:
    """Delete what is past its time; how many of each."""
    tasks: dict[str, Callable[[], int]] = {
        "photos": lambda: _photos(settings, engine, files),
        "previews": lambda: _previews(settings, engine, files),
        "idempotency": lambda: _old(
            engine, tables.idempotency, tables.idempotency.c.created,
            settings.idempotency_hours * HOUR,
        ),
        "audit": lambda: _old(
            engine, tables.audit, tables.audit.c.at, settings.keep_audit_days * DAY
        ),
        "sessions": lambda: _sessions(engine),
        "engine": lambda: _engine(engine),
        "people": lambda: _people(settings, engine, files),
        "erased": lambda: _erased(settings, engine, files),
        "folders": lambda: _folders(settings, engine),
    }  # fmt: skip
    gone = {name: task() for name, task in tasks.items()}
    if any(gone.values()):
        log.info("swept", **{name: count for name, count in gone.items() if count})
    return gone


def _old(engine: sa.Engine, table: sa.Table, column: sa.Column[float], seconds: float) -> int:
    with engine.begin() as connection:
        return connection.execute(table.delete().where(column < now() - seconds)).rowcount


def _engine(engine: sa.Engine) -> int:
    """What the job engine keeps of jobs that ended over a day ago."""
    with engine.begin() as connection:
        ended = ended_jobs(connection, before=now() - DAY, limit=_BATCH)
        forget_jobs(connection, ended)
    return len(ended)


def _sessions(engine: sa.Engine) -> int:
    keys = tables.api_keys.c
    with engine.begin() as connection:
        gone = tables.api_keys.delete().where(keys.kind == "session", keys.expires < now() - DAY)
        return connection.execute(gone).rowcount


def _photos(settings: Settings, engine: sa.Engine, files: Files) -> int:
    """Photos that no job came for, of people who did not agree to keep them."""
    from service.consent import KEEP_PHOTOS

    agreed = sa.select(tables.consents.c.person).where(
        tables.consents.c.purpose == KEEP_PHOTOS, tables.consents.c.withdrawn.is_(None)
    )
    busy = sa.select(tables.jobs.c.person).where(tables.jobs.c.state.in_(LIVE))
    late = now() - settings.keep_photos_hours * HOUR
    with engine.begin() as connection:
        return len(
            delete_photos(
                connection,
                files,
                (tables.photos.c.created < late)
                & tables.photos.c.person.not_in(agreed)
                & tables.photos.c.person.not_in(busy),
            )
        )


def _previews(settings: Settings, engine: sa.Engine, files: Files) -> int:
    late = now() - settings.keep_previews_days * DAY
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(tables.previews.c.id, tables.previews.c.tenant, tables.previews.c.person,
                      tables.previews.c.job)
            .where(tables.previews.c.created < late).limit(_BATCH)
        ).all()  # fmt: skip
    for row in rows:
        drop_preview(engine, files, row.tenant, row.person, row.id, row.job)
    return len(rows)


def drop_preview(
    engine: sa.Engine, files: Files, tenant: str, person: str, preview: str, job: str
) -> None:
    """Delete a preview with its job and files."""
    with engine.begin() as connection:
        forget_jobs(connection, [job])
        for table, where in (
            (tables.previews, tables.previews.c.id == preview),
            (tables.files, tables.files.c.owner == preview),
            (tables.jobs, tables.jobs.c.id == job),
        ):
            connection.execute(table.delete().where(where, table.c.tenant == tenant))
    files.delete_under(f"{person_prefix(tenant, person)}/{preview}")


def _people(settings: Settings, engine: sa.Engine, files: Files) -> int:
    """People for whom nothing was made for a long time."""
    from service.erasure import erase_person
    from service.vault import Vault

    late = now() - settings.keep_people_days * DAY
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(tables.people.c.id, tables.people.c.tenant)
            .where(tables.people.c.touched < late)
            .limit(_BATCH)
        ).all()
    vault = Vault.of(settings)
    for row in rows:
        erase_person(settings, engine, files, vault, tenant=row.tenant, person=row.id)
    return len(rows)


def _erased(settings: Settings, engine: sa.Engine, files: Files) -> int:
    """What was written for erased people by work that was under way."""
    from service.erasure import erase_again
    from service.vault import Vault

    return erase_again(settings, engine, files, Vault.of(settings))


def _folders(settings: Settings, engine: sa.Engine) -> int:
    """Stage results on this machine of people who are no more."""
    work = settings.folder / "work"
    # glob passes over a tenant's folder that vanishes meanwhile, as Path.iterdir would not
    found = {Path(name).name: work / name for name in glob.glob("*/*", root_dir=work)}
    if not found:
        return 0
    with engine.connect() as connection:
        known = set(connection.execute(sa.select(tables.people.c.id)).scalars())
    gone = [folder for name, folder in found.items() if name not in known]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def sweep_strays(engine: sa.Engine, files: Files, *, older_than: float = HOUR) -> int:
    """Delete stored files that the database does not know; how many.

    A request that was killed between storing a photo and committing its row leaves one: of a person
    who never came to be, or among the photos of one who is there. Young files are left alone: a
    photo is stored a moment before its row, and its request may still be under way.
    """
    strays = 0
    for paths in files.aged(older_than):
        with engine.connect() as connection:
            found = _strays(connection, paths)
        files.delete(found)
        strays += len(found)
    if strays:
        log.info("strays swept", files=strays)
    return strays


def _strays(connection: sa.Connection, paths: list[str]) -> list[str]:
    """Of some stored files those of nobody, and photos without a row that still has them."""
    owners = {path: path.split("/")[1] for path in paths if path.count("/") > 1}
    pictures = [path for path in owners if path.split("/")[2] == "photos"]
    people, photos = tables.people.c, tables.photos.c
    known = set(
        connection.execute(
            sa.select(people.id).where(people.id.in_(set(owners.values())))
        ).scalars()
    )
    kept = set(
        connection.execute(
            sa.select(photos.path).where(photos.path.in_(pictures), photos.deleted.is_(None))
        ).scalars()
    )
    unkept = set(pictures) - kept
    return [path for path, person in owners.items() if person not in known or path in unkept]
