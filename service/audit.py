"""Who read or changed which person's data."""

from __future__ import annotations

import sqlalchemy as sa

from service.identity import new_id, now
from service.keys import Principal
from service.tables import audit


def note(
    connection: sa.Connection, who: Principal, action: str, person: str | None, request: str
) -> None:
    """Write a line: `action` is a resource and a verb, e.g. ``photos.read``."""
    connection.execute(
        audit.insert().values(
            id=new_id("aud"), tenant=who.tenant, caller=who.key, action=action, person=person,
            request=request, at=now(),
        )
    )  # fmt: skip
