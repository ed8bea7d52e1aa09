"""What a person agreed to: what for, when, and to which words."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from service.identity import new_id, now
from service.tables import consents

MEASURE = "measure-photos"
KEEP_PHOTOS = "keep-photos"
PURPOSES: dict[str, str] = {
    MEASURE: "Measure me from my photos to make a preview. The photos are deleted once measured.",
    KEEP_PHOTOS: "Keep my photos so that I can be measured again, until I withdraw this.",
}


def give(
    connection: sa.Connection, *, tenant: str, person: str, purpose: str, text: str | None = None
) -> str:
    """Record an agreement; the words are those shown to the person, or our own."""
    words = text or PURPOSES[purpose]
    identifier = new_id("con")
    connection.execute(
        consents.insert().values(
            id=identifier, tenant=tenant, person=person, purpose=purpose, text=words,
            text_digest=hashlib.sha256(words.encode()).hexdigest(), given=now(), withdrawn=None,
        )
    )  # fmt: skip
    return identifier


def withdraw(connection: sa.Connection, *, tenant: str, person: str, purpose: str) -> bool:
    """Record that an agreement ended; whether it was ever given: a second time does no harm."""
    given = (
        (consents.c.tenant == tenant)
        & (consents.c.person == person)
        & (consents.c.purpose == purpose)
    )
    connection.execute(
        consents.update().where(given, consents.c.withdrawn.is_(None)).values(withdrawn=now())
    )
    return connection.scalar(sa.select(consents.c.id).where(given).limit(1)) is not None


def has_consent(connection: sa.Connection, person: str, purpose: str) -> bool:
    """Whether a person agrees to something now."""
    found = connection.scalar(
        sa.select(consents.c.id)
        .where(
            consents.c.person == person,
            consents.c.purpose == purpose,
            consents.c.withdrawn.is_(None),
        )
        .limit(1)
    )
    return found is not None
