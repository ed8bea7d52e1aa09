"""Photos: checked and sealed when they come, deleted as soon as they are measured."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from service import jobs as job_states
from service.consent import KEEP_PHOTOS, has_consent
from service.identity import new_id, now
from service.problems import Problem
from service.settings import MB
from service.storage import Files, person_prefix
from service.tables import jobs, photos
from service.vault import Vault

VIEWS = ("front", "side")


def check_photo(data: bytes, limit: int) -> None:
    """Refuse what is not a picture that can be used; the library decodes it whole.

    Raises:
        Problem: Too large, or not a JPEG, PNG or WebP file.
        BadPhoto: From the library.
    """
    from fitting.photo import read_photo

    if len(data) > limit:
        raise Problem(
            "too-large", f"the photo has {len(data) / MB:.1f} MB; the limit is {limit / MB:.1f} MB"
        )
    if not _is_picture(data):
        raise Problem("unsupported-media-type", "a photo must be a JPEG, PNG or WebP file")
    read_photo(data)


def _is_picture(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    )  # fmt: skip


def keep_photo(
    files: Files, vault: Vault, *, tenant: str, person: str, view: str, data: bytes
) -> dict[str, Any]:
    """Seal and store a photo; its row, to be inserted by the caller's transaction."""
    identifier = new_id("pho")
    path = f"{person_prefix(tenant, person)}/photos/{identifier}"
    files.put(path, vault.seal(data, identifier))
    return {
        "id": identifier, "tenant": tenant, "person": person, "view": view, "path": path,
        "size": len(data), "digest": hashlib.sha256(data).hexdigest(), "created": now(),
        "deleted": None,
    }  # fmt: skip


def open_photo(files: Files, vault: Vault, row: Any) -> bytes:
    """A stored photo's bytes; FileNotFoundError if it is gone."""
    return vault.open(files.get(row.path), row.id)


def photo_bytes(
    engine: sa.Engine, files: Files, vault: Vault, tenant: str, wanted: dict[str, str]
) -> dict[str, bytes]:
    """The photos of an order that are still there, by view."""
    found: dict[str, bytes] = {}
    with engine.connect() as connection:
        rows = connection.execute(
            photos.select().where(
                photos.c.tenant == tenant,
                photos.c.id.in_(list(wanted.values())),
                photos.c.deleted.is_(None),
            )
        ).all()
    by_id = {row.id: row for row in rows}
    for view, identifier in wanted.items():
        if identifier in by_id:
            try:
                found[view] = open_photo(files, vault, by_id[identifier])
            except FileNotFoundError:
                continue
    return found


def forget_used(engine: sa.Engine, files: Files, job: Any) -> None:
    """Delete a job's photos, unless their owner agreed to keep them or another job needs them."""
    used = set(job.order["photos"].values())
    if not used:
        return
    with engine.begin() as connection:
        if has_consent(connection, job.person, KEEP_PHOTOS):
            return
        others = connection.execute(
            sa.select(jobs.c.order).where(
                jobs.c.person == job.person,
                jobs.c.id != job.id,
                jobs.c.state.in_(job_states.LIVE),
            )
        ).scalars()
        for order in others:
            used -= set(order["photos"].values())
        delete_photos(connection, files, photos.c.id.in_(used))


def delete_photos(
    connection: sa.Connection, files: Files, where: sa.ColumnElement[bool]
) -> list[str]:
    """Delete the photos' bytes and mark their rows; which those were."""
    rows = connection.execute(
        sa.select(photos.c.id, photos.c.path).where(where, photos.c.deleted.is_(None))
    ).all()
    files.delete([row.path for row in rows])
    found = [row.id for row in rows]
    # The digest of a photo could tell that two people sent the same one: it goes with the bytes.
    connection.execute(
        photos.update().where(photos.c.id.in_(found)).values(deleted=now(), digest="")
    )
    return found
