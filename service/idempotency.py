"""The same POST sent twice does its work once.

The key, a fingerprint of the request and the answer are written in the transaction that does the
work, under a unique constraint. A second request with the key waits for that transaction, then gets
its answer again; nothing can be left half-way.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from fastapi.responses import JSONResponse, Response

from service.database import insert_missing
from service.identity import now
from service.keys import Principal
from service.problems import Problem
from service.tables import idempotency as table
from service.vault import Vault


def fingerprint(*parts: Any) -> str:
    """A hash of a request's meaning: method, path, body."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def claim(
    connection: sa.Connection, vault: Vault, who: Principal, key: str | None, mark: str
) -> Response | None:
    """Claim a key for this request; the earlier answer, if there was one.

    Raises:
        Problem: The key was used with another request.
    """
    if key is None:
        return None
    row = {"caller": who.key, "key": key, "tenant": who.tenant, "fingerprint": mark,
           "created": now()}  # fmt: skip
    # RETURNING, because an insert's row count is -1 under psycopg when it is not asked for rows.
    insert = insert_missing(table, connection.dialect.name, row).returning(table.c.key)
    if connection.execute(insert).first() is not None:
        return None
    found = connection.execute(
        table.select().where(table.c.caller == who.key, table.c.key == key)
    ).one()
    if found.fingerprint != mark:
        raise Problem("idempotency-reuse")
    if found.status is None:
        raise Problem("conflict", "the first request with this key has no answer yet")
    headers = {**found.headers, "Idempotent-Replayed": "true"}
    body = vault.open(found.body, f"answer {who.key}")
    return Response(body, found.status, headers=headers, media_type="application/json")


def record(
    connection: sa.Connection,
    vault: Vault,
    who: Principal,
    key: str | None,
    answer: JSONResponse,
    *,
    person: str | None = None,
) -> JSONResponse:
    """Keep the answer for replays; in the same transaction as `claim`."""
    if key is not None:
        location = answer.headers.get("location")
        connection.execute(
            table.update()
            .where(table.c.caller == who.key, table.c.key == key)
            .values(
                status=answer.status_code,
                headers={"location": location} if location else {},
                body=vault.seal(bytes(answer.body), f"answer {who.key}"),
                person=person,
            )
        )
    return answer
