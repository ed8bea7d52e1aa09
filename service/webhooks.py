"""Webhooks in the form of Standard Webhooks: who wants to be told, and what is waiting to be sent.

An event is written as a row in the transaction that makes it true (`announce`); the courier sends
it afterwards. The row's id is the ``webhook-id`` of every attempt, so a receiver that sees one
twice knows it.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from service.identity import new_id, now
from service.tables import deliveries, webhooks
from service.vault import Vault

EVENTS = (
    "preview.succeeded",
    "preview.failed",
    "preview.cancelled",
    "measurement.succeeded",
    "measurement.failed",
    "measurement.cancelled",
    "person.erased",
    "webhook.test",
)
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"


def new_secret() -> str:
    """A signing secret: 192 random bits, as the specification recommends at least."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def seal_secret(vault: Vault, webhook: str, secret: str) -> bytes:
    """A webhook's secret as it is stored."""
    return vault.seal(secret.encode(), f"webhook {webhook}")


def open_secret(vault: Vault, webhook: str, sealed: bytes) -> str:
    """A webhook's secret as its receiver knows it."""
    return vault.open(sealed, f"webhook {webhook}").decode()


def announce(
    connection: sa.Connection,
    *,
    tenant: str,
    person: str | None,
    resource: str,
    event: str,
    data: dict[str, Any],
    only: str | None = None,
) -> int:
    """Put an event in the box of every webhook that wants it; how many those are."""
    wanted = webhooks.select().where(webhooks.c.tenant == tenant, webhooks.c.active)
    if only is not None:
        wanted = wanted.where(webhooks.c.id == only)
    moment = now()
    payload = json.dumps(
        {
            "type": event,
            "timestamp": datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z"),
            "data": data,
        },
        separators=(",", ":"),
    )
    told = 0
    for row in connection.execute(wanted).all():
        if only is None and row.events and event not in row.events:
            continue
        connection.execute(
            deliveries.insert().values(
                id=new_id("msg"), tenant=tenant, person=person, webhook=row.id, resource=resource,
                event=event, payload=payload, state=WAITING, attempts=0, outcome="",
                created=moment, due=moment,
            )
        )  # fmt: skip
        told += 1
    return told
