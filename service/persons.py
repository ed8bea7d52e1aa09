"""The rows of people: making one, and holding one while something is written for them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.identity import now
from service.models import Stated
from service.problems import Problem
from service.tables import people


def check_stated(stated: Stated) -> None:
    """Refuse a value that no adult has and a measurement that nobody knows, before it is kept.

    Raises:
        BadMeasurement, UnknownName: As the library puts it.
    """
    from fitting.body.names import canonical_name
    from fitting.body.plausible import check_single

    if stated.height_cm is not None:
        check_single("height", stated.height_cm / 100)
    if stated.weight_kg is not None:
        check_single("weight", stated.weight_kg)
    for name, value in stated.tape_cm.items():
        check_single(canonical_name(name), value / 100)


def insert_person(
    connection: sa.Connection,
    *,
    id: str,
    tenant: str,
    label: str = "",
    stated: dict[str, Any] | None = None,
) -> None:
    """A new person's row."""
    created = now()
    connection.execute(
        people.insert().values(
            id=id, tenant=tenant, label=label, stated=stated or {}, created=created,
            touched=created,
        )
    )  # fmt: skip


def hold_person(connection: sa.Connection, tenant: str, person: str) -> None:
    """Keep a person from being erased until the transaction ends, and note that they were here.

    To be called before anything is written for them: an erasure waits for the row and then finds
    what was written, or was first and leaves no row.

    Raises:
        Problem: not-found, also where they have just been erased.
    """
    mine = (people.c.tenant == tenant) & (people.c.id == person)
    if not connection.execute(people.update().where(mine).values(touched=now())).rowcount:
        raise Problem("not-found", "there is no such person")
