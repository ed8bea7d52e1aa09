"""Erasing a person: every row, file and stored result that came from them, with a receipt.

What is left is a receipt and audit lines that name the person by a pseudonym, a keyed hash: who
knows the old id can be shown that it was erased, and nobody can go the other way.
"""

from __future__ import annotations

import shutil
from typing import Any

import sqlalchemy as sa

from service import tables
from service.engine import forget_jobs
from service.identity import new_id, now
from service.settings import Settings
from service.shelf import work_folder
from service.storage import Files, person_prefix
from service.vault import Vault
from service.webhooks import announce

# Every table with rows of a person; `audit` keeps its lines under the pseudonym.
_OWNED = (
    tables.files, tables.previews, tables.measurements, tables.photos, tables.consents,
    tables.jobs, tables.idempotency, tables.deliveries,
)  # fmt: skip


def erase_person(
    settings: Settings,
    engine: sa.Engine,
    files: Files,
    vault: Vault,
    *,
    tenant: str,
    person: str,
) -> dict[str, Any] | None:
    """Erase a person; the receipt, or None if the tenant has no such person."""
    with engine.begin() as connection:
        job_ids = list(
            connection.execute(
                sa.select(tables.jobs.c.id).where(
                    tables.jobs.c.tenant == tenant, tables.jobs.c.person == person
                )
            ).scalars()
        )
        removed = _erase_rows(connection, vault, tenant, person)
        if removed is None:
            return None
        forget_jobs(connection, job_ids)
        receipt = {
            "id": new_id("ers"), "tenant": tenant, "pseudonym": vault.pseudonym(person),
            "removed": removed, "requested": now(), "completed": None,
        }  # fmt: skip
        connection.execute(tables.erasures.insert().values(**receipt))
    # Rows first: a job still running finds itself gone, stops, and writes no more files; whatever
    # it had under its hands meanwhile goes with the sweep of folders without a person.
    removed["stored_files"] = files.delete_under(person_prefix(tenant, person))
    removed["stage_results"] = remove_work(settings, tenant, person)
    receipt |= {"removed": removed, "completed": now()}
    with engine.begin() as connection:
        connection.execute(
            tables.erasures.update()
            .where(tables.erasures.c.id == receipt["id"])
            .values(removed=removed, completed=receipt["completed"])
        )
        announce(
            connection, tenant=tenant, person=None, resource=str(receipt["id"]),
            event="person.erased", data={"receipt": receipt["id"]},
        )  # fmt: skip
    purge(engine)
    return receipt


def _erase_rows(
    connection: sa.Connection, vault: Vault, tenant: str, person: str
) -> dict[str, int] | None:
    mine = tables.people.c
    gone = connection.execute(
        tables.people.delete().where(mine.tenant == tenant, mine.id == person)
    )
    if not gone.rowcount:
        return None
    removed = {"people": 1}
    for table in _OWNED:
        done = connection.execute(
            table.delete().where(table.c.tenant == tenant, table.c.person == person)
        )
        removed[table.name] = done.rowcount
    keys = tables.api_keys
    done = connection.execute(keys.delete().where(keys.c.tenant == tenant, keys.c.person == person))
    removed["sessions"] = done.rowcount
    connection.execute(
        tables.audit.update()
        .where(tables.audit.c.tenant == tenant, tables.audit.c.person == person)
        .values(person=vault.pseudonym(person)[:40])
    )
    return removed


def remove_work(settings: Settings, tenant: str, person: str) -> int:
    """Delete a person's stage results on this machine; how many files."""
    folder = work_folder(settings, tenant, person)
    count = sum(1 for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0
    shutil.rmtree(folder, ignore_errors=True)
    return count


def purge(engine: sa.Engine) -> None:
    """Overwrite what deleted rows left in the database's files, as far as they can be reached now.

    SQLite zeroes deleted rows (`secure_delete`) but its write-ahead log keeps old pages until it is
    truncated. PostgreSQL's vacuum frees the rows' space for new ones.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (*_OWNED, tables.people, tables.audit):
            connection.execute(sa.text(f'VACUUM "{table.name}"'))
