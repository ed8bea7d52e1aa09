"""Erasing a person: every row, file and stored result that came from them, with a receipt.

What is left is a receipt and audit lines that name the person by a pseudonym, a keyed hash: who
knows the old id can be shown that it was erased, and nobody can go the other way. For as long as a
stage may last the receipt also holds the id sealed, so that sweeps can erase once more what was
under way at the time (`erase_again`).
"""

from __future__ import annotations

import shutil
from typing import Any

import sqlalchemy as sa

from service import tables
from service.engine import forget_jobs, job_tables
from service.identity import new_id, now
from service.settings import Settings
from service.shelf import tree, work_folder
from service.storage import Files, person_prefix
from service.vault import Vault
from service.webhooks import announce

# Every table with rows of a person; `audit` keeps its lines under the pseudonym.
_OWNED = (
    tables.files, tables.previews, tables.measurements, tables.photos, tables.consents,
    tables.jobs, tables.idempotency, tables.deliveries,
)  # fmt: skip

_MARGIN = 300.0  # [s] beyond the longest stage, for a worker that hangs before it writes; chosen


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
    identifier = new_id("ers")
    mine = tables.people.c
    with engine.begin() as connection:
        # The person's row first: requests that write for them hold it, and find it gone after us.
        gone = connection.execute(
            tables.people.delete().where(mine.tenant == tenant, mine.id == person)
        )
        if not gone.rowcount:
            return None
        receipt = {
            "id": identifier, "tenant": tenant, "pseudonym": vault.pseudonym(person),
            "removed": {"people": 1, **_erase_rows(connection, vault, tenant, person)},
            "requested": now(), "completed": None,
            "again": vault.seal(person.encode(), f"erasure {identifier}"),
        }  # fmt: skip
        connection.execute(tables.erasures.insert().values(**receipt))
    return _erase_files(settings, engine, files, receipt, person)


def erase_again(settings: Settings, engine: sa.Engine, files: Files, vault: Vault) -> int:
    """Erase once more the people of late erasures; how many things were found.

    A worker or a request that was at work for the person may have written something afterwards, and
    been killed before it looked whether the person was still there.
    """
    with engine.connect() as connection:
        late = connection.execute(
            tables.erasures.select().where(tables.erasures.c.again.is_not(None))
        ).mappings().all()  # fmt: skip
    found = 0
    for row in late:
        receipt: dict[str, Any] = dict(row)
        try:
            person = vault.open(receipt["again"], f"erasure {receipt['id']}").decode()
        except ValueError:  # its secret was dropped
            person = ""
        if person:
            before = sum(receipt["removed"].values())
            with engine.begin() as connection:
                more = _erase_rows(connection, vault, receipt["tenant"], person)
            receipt["removed"] = _sum(receipt["removed"], more)
            receipt = _erase_files(settings, engine, files, receipt, person)
            found += sum(receipt["removed"].values()) - before
        if now() - receipt["requested"] > settings.stage_seconds + _MARGIN:
            here = tables.erasures.c.id == receipt["id"]
            with engine.begin() as connection:
                connection.execute(tables.erasures.update().where(here).values(again=None))
    return found


def clear_leftovers(
    settings: Settings, engine: sa.Engine, files: Files, tenant: str, person: str
) -> bool:
    """Delete what was just written for a person who was erased meanwhile; whether they were.

    To be called after writing: whoever erases deletes the person's row before their files, so
    either this finds the row gone, or the file was there when the files were deleted.
    """
    with engine.connect() as connection:
        if connection.scalar(sa.select(tables.people.c.id).where(tables.people.c.id == person)):
            return False
    files.delete_under(person_prefix(tenant, person))
    remove_work(settings, tenant, person)
    return True


def _erase_files(
    settings: Settings,
    engine: sa.Engine,
    files: Files,
    receipt: dict[str, Any],
    person: str,
) -> dict[str, Any]:
    """Delete a person's files, complete the receipt, and tell of it the first time."""
    tenant, first = receipt["tenant"], receipt["completed"] is None
    more = {
        "stored_files": files.delete_under(person_prefix(tenant, person)),
        "stage_results": remove_work(settings, tenant, person),
    }
    removed = _sum(receipt["removed"], more)
    if not first and removed == receipt["removed"]:
        return receipt
    receipt = {**receipt, "removed": removed, "completed": receipt["completed"] or now()}
    changed = {name: receipt[name] for name in ("removed", "completed")}
    here = tables.erasures.c.id == receipt["id"]
    with engine.begin() as connection:
        connection.execute(tables.erasures.update().where(here).values(**changed))
        if first:
            announce(
                connection, tenant=tenant, person=None, resource=str(receipt["id"]),
                event="person.erased", data={"receipt": receipt["id"]},
            )  # fmt: skip
    purge(engine)
    return receipt


def _sum(one: dict[str, int], two: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + two.get(name, 0) for name in {**one, **two}}


def _erase_rows(
    connection: sa.Connection, vault: Vault, tenant: str, person: str
) -> dict[str, int]:
    """Delete every row of a person but their own; how many of each table."""
    jobs = tables.jobs.c
    mine = sa.select(jobs.id).where(jobs.tenant == tenant, jobs.person == person)
    forget_jobs(connection, list(connection.execute(mine).scalars()))
    removed = {}
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
    count = len(tree(folder))
    shutil.rmtree(folder, ignore_errors=True)
    return count


def purge(engine: sa.Engine) -> None:
    """Overwrite what deleted rows left in the database's files, as far as they can be reached now.

    SQLite zeroes deleted rows (`secure_delete`) but its write-ahead log keeps old pages until it is
    truncated. PostgreSQL's vacuum frees the rows' space for new ones and does not overwrite it:
    `scrub` does, while nobody writes.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in _tables_of_people(connection):
            connection.execute(sa.text(f"VACUUM {name}"))


def scrub(engine: sa.Engine) -> None:
    """Write the database's files anew without what was deleted; everybody else waits meanwhile."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for name in _tables_of_people(connection):
            connection.execute(sa.text(f"VACUUM (FULL) {name}"))
        connection.execute(sa.text("CHECKPOINT"))


def _tables_of_people(connection: sa.Connection) -> list[str]:
    """The tables in which people's ids have been, the job engine's too, as SQL names them."""
    ours = [*(table.name for table in _OWNED), "people", "audit", "api_keys", "erasures"]
    return [f'"{name}"' for name in ours] + [f'dbos."{name}"' for name in job_tables(connection)]
