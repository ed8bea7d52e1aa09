"""API keys: 256 random bits, of which only the SHA-256 is stored.

Random keys need no slow hash: there is nothing to guess. A secret key is for servers; a publishable
key may sit in a web page, is limited to origins, and can only open sessions; a session belongs to
one customer, sees one person, and is short.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from service.identity import new_id, now
from service.tables import api_keys, tenants

Kind = Literal["secret", "publishable", "session"]

RESOURCES = ("photos", "people", "measurements", "previews", "webhooks", "jobs")
SCOPES: dict[str, str] = {
    **{
        f"{name}:{act}": f"{verb} {name}"
        for name in RESOURCES
        for act, verb in (("read", "Read"), ("write", "Make, change and delete"))
    },
    "catalogue:read": "Read garments, fabrics and size charts",
    "advice:read": "Ask which size to take",
    "audit:read": "Read who saw whose data",
    "sessions:write": "Open sessions for customers",
}
# What a customer may do with their own person.
SESSION_SCOPES = (
    "catalogue:read", "advice:read",
    *(f"{name}:{act}" for name in ("photos", "people", "measurements", "previews", "jobs")
      for act in ("read", "write")),
)  # fmt: skip
_PREFIX = {"secret": "ca_sk_", "publishable": "ca_pk_", "session": "ca_ss_"}


@dataclass(frozen=True)
class Principal:
    """Who is calling.

    Attributes:
        tenant: Whose data they may see.
        key: Id of the key or session.
        kind: What sort of key it is; ``open`` where the service asks for none.
        scopes: What it allows.
        person: The only person a session sees; None sees all the tenant's.
        origins: Web origins it may be used from; empty: any.
    """

    tenant: str
    key: str
    kind: str
    scopes: frozenset[str]
    person: str | None = None
    origins: tuple[str, ...] = ()


OPEN = Principal("tnt_local", "key_open", "open", frozenset(SCOPES))


def anyone_with_link(tenant: str) -> Principal:
    """Who downloads by a signed link: it says what may be read, not who reads."""
    return Principal(tenant, "link", "link", frozenset())


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_tenant(connection: sa.Connection, name: str, *, id: str | None = None) -> str:
    """A new tenant's id."""
    tenant = id or new_id("tnt")
    connection.execute(tenants.insert().values(id=tenant, name=name, created=now()))
    return tenant


def issue(
    connection: sa.Connection,
    tenant: str,
    *,
    kind: Kind = "secret",
    scopes: tuple[str, ...] = tuple(SCOPES),
    origins: tuple[str, ...] = (),
    label: str = "",
    seconds: float | None = None,
    person: str | None = None,
) -> tuple[str, str]:
    """A new key's id and the key itself, which is shown this once.

    Raises:
        ValueError: A scope does not exist, or the tenant does not.
    """
    if unknown := set(scopes) - set(SCOPES):
        raise ValueError(f"no such scope: {', '.join(sorted(unknown))}; there are: {list(SCOPES)}")
    if connection.scalar(sa.select(tenants.c.id).where(tenants.c.id == tenant)) is None:
        raise ValueError(f"no such tenant: {tenant}")
    identifier, key = new_id("key"), _PREFIX[kind] + secrets.token_urlsafe(32)
    created = now()
    connection.execute(
        api_keys.insert().values(
            id=identifier, tenant=tenant, kind=kind, digest=digest(key), label=label,
            scopes=list(scopes), origins=list(origins), person=person, created=created,
            expires=None if seconds is None else created + seconds,
        )
    )  # fmt: skip
    return identifier, key


def rotate(connection: sa.Connection, identifier: str, *, grace_seconds: float) -> tuple[str, str]:
    """A new key with the old one's rights; the old one ends after the grace.

    Raises:
        ValueError: There is no such key, or it has ended.
    """
    row = connection.execute(
        api_keys.select().where(api_keys.c.id == identifier, api_keys.c.revoked.is_(None))
    ).one_or_none()
    if row is None:
        raise ValueError(f"no such key that still holds: {identifier}")
    made = issue(
        connection, row.tenant, kind=row.kind, scopes=tuple(row.scopes),
        origins=tuple(row.origins), label=row.label,
    )  # fmt: skip
    end = now() + grace_seconds
    connection.execute(
        api_keys.update().where(api_keys.c.id == identifier).values(
            expires=end if row.expires is None else min(end, row.expires)
        )
    )  # fmt: skip
    return made


def revoke(connection: sa.Connection, identifier: str) -> bool:
    """End a key now; whether there was one."""
    done = connection.execute(
        api_keys.update()
        .where(api_keys.c.id == identifier, api_keys.c.revoked.is_(None))
        .values(revoked=now())
    )
    return bool(done.rowcount)


def find(connection: sa.Connection, key: str) -> Principal | None:
    """Who holds this key; None if nobody does, or not any more."""
    row: Any = connection.execute(
        api_keys.select().where(api_keys.c.digest == digest(key))
    ).one_or_none()
    if row is None or row.revoked is not None:
        return None
    if row.expires is not None and row.expires <= now():
        return None
    return Principal(
        row.tenant, row.id, row.kind, frozenset(row.scopes), row.person, tuple(row.origins)
    )
