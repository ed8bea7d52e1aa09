"""Webhooks: where events go, what was sent, and sending it again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service import idempotency, webhooks
from service.access import allow
from service.answers import Cursor, Limit, moment, page, problems, tagged
from service.courier import Refused, require_public
from service.identity import new_id, now
from service.keys import Principal
from service.models import DeliveryOut, Identifier, Page, WebhookChange, WebhookIn, WebhookOut
from service.problems import Problem
from service.routes.parts import IdempotencyKey, body_of
from service.site import Site, site_of
from service.submission import read_submission
from service.tables import deliveries
from service.tables import webhooks as table

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
Reader = Annotated[Principal, Depends(allow("webhooks:read"))]
Writer = Annotated[Principal, Depends(allow("webhooks:write"))]


@router.post(
    "",
    status_code=201,
    responses={201: {"model": WebhookOut}, **problems(413, 415)},
    openapi_extra=body_of(WebhookIn),
)
async def add_webhook(request: Request, who: Writer, key: IdempotencyKey = None) -> Response:
    """Have events sent to a URL; the answer shows the signing secret this once."""
    site = site_of(request)
    asked, _ = await read_submission(request, WebhookIn, site.settings)
    return await run_in_threadpool(_add, site, who, key, asked)


def _add(site: Site, who: Principal, key: str | None, asked: WebhookIn) -> Response:
    _check(site, asked.url, asked.events)
    mark = idempotency.fingerprint("webhooks", asked.model_dump(mode="json"))
    identifier, secret = new_id("whk"), webhooks.new_secret()
    with site.engine.begin() as connection:
        if answer := idempotency.claim(connection, site.vault, who, key, mark):
            return answer
        connection.execute(
            table.insert().values(
                id=identifier, tenant=who.tenant, url=asked.url, events=asked.events, active=True,
                secret=webhooks.seal_secret(site.vault, identifier, secret), created=now(),
            )
        )  # fmt: skip
        row = _find(connection, who, identifier)
        headers = {"location": f"/v1/webhooks/{identifier}"}
        made = JSONResponse({**_shown(row), "secret": secret}, 201, headers)
        return idempotency.record(connection, site.vault, who, key, made)


@router.get("", responses={200: {"model": Page[WebhookOut]}, **problems()})
def list_webhooks(
    request: Request, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The webhooks, newest first."""
    with site_of(request).engine.connect() as connection:
        query = sa.select(table).where(table.c.tenant == who.tenant)
        tree = page(connection, query, table.c.id, limit=limit, cursor=cursor, show=_shown)
    return tagged(request, tree)


@router.get("/{id}", responses={200: {"model": WebhookOut}, **problems(404)})
def read_webhook(request: Request, id: Identifier, who: Reader) -> Response:
    """A webhook."""
    with site_of(request).engine.connect() as connection:
        return tagged(request, _shown(_find(connection, who, id)))


@router.patch(
    "/{id}",
    responses={200: {"model": WebhookOut}, **problems(404, 413, 415)},
    openapi_extra=body_of(WebhookChange),
)
async def change_webhook(request: Request, id: Identifier, who: Writer) -> Response:
    """Change where events go, which ones, or whether."""
    site = site_of(request)
    asked, _ = await read_submission(request, WebhookChange, site.settings)
    return await run_in_threadpool(_change, site, who, id, asked)


def _change(site: Site, who: Principal, id: str, asked: WebhookChange) -> Response:
    values = {k: v for k, v in asked.model_dump().items() if v is not None}
    with site.engine.connect() as connection:
        row = _find(connection, who, id)
    if "url" in values or "events" in values:
        _check(site, values.get("url", row.url), values.get("events", row.events))
    with site.engine.begin() as connection:
        if values:
            connection.execute(table.update().where(table.c.id == id).values(**values))
        return JSONResponse(_shown(_find(connection, who, id)))


@router.delete("/{id}", status_code=204, responses=problems(404))
def delete_webhook(request: Request, id: Identifier, who: Writer) -> Response:
    """Send no more there, and forget what was sent."""
    with site_of(request).engine.begin() as connection:
        _find(connection, who, id)
        connection.execute(deliveries.delete().where(deliveries.c.webhook == id))
        connection.execute(table.delete().where(table.c.id == id))
    return Response(status_code=204)


@router.post("/{id}/secret", responses={200: {"model": WebhookOut}, **problems(404)})
def rotate_secret(request: Request, id: Identifier, who: Writer) -> Response:
    """A new signing secret; the next delivery is signed with it."""
    site = site_of(request)
    secret = webhooks.new_secret()
    with site.engine.begin() as connection:
        _find(connection, who, id)
        sealed = webhooks.seal_secret(site.vault, id, secret)
        connection.execute(table.update().where(table.c.id == id).values(secret=sealed))
        return JSONResponse({**_shown(_find(connection, who, id)), "secret": secret})


@router.post("/{id}/test", status_code=202, response_class=Response, responses=problems(404, 409))
def test_webhook(request: Request, id: Identifier, who: Writer) -> Response:
    """Send a `webhook.test` event."""
    with site_of(request).engine.begin() as connection:
        row = _find(connection, who, id)
        if not row.active:
            raise Problem("conflict", "the webhook is not active")
        webhooks.announce(
            connection, tenant=who.tenant, person=None, resource=id, event="webhook.test",
            data={"id": id}, only=id,
        )  # fmt: skip
    return Response(status_code=202)


@router.get("/{id}/deliveries", responses={200: {"model": Page[DeliveryOut]}, **problems(404)})
def list_deliveries(
    request: Request, id: Identifier, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """What was sent, or waits to be, newest first."""
    with site_of(request).engine.connect() as connection:
        _find(connection, who, id)
        query = sa.select(deliveries).where(deliveries.c.webhook == id)
        tree = page(connection, query, deliveries.c.id, limit=limit, cursor=cursor, show=_sent)
    return tagged(request, tree)


@router.post(
    "/{id}/deliveries/{delivery}/replay",
    name="replay_delivery",
    status_code=202,
    responses={202: {"model": DeliveryOut}, **problems(404)},
)
def replay(request: Request, id: Identifier, delivery: Identifier, who: Writer) -> Response:
    """Send a delivery again, under its own id."""
    here = (deliveries.c.webhook == id) & (deliveries.c.id == delivery)
    with site_of(request).engine.begin() as connection:
        _find(connection, who, id)
        again = {"state": webhooks.WAITING, "due": now(), "attempts": 0, "ended": None}
        if not connection.execute(deliveries.update().where(here).values(**again)).rowcount:
            raise Problem("not-found")
        row = connection.execute(deliveries.select().where(here)).one()
        return JSONResponse(_sent(row), 202)


def _check(site: Site, url: str, events: list[str]) -> None:
    if unknown := sorted(set(events) - set(webhooks.EVENTS)):
        told = {"field": "events", "problem": f"no such event: {unknown[0]}"}
        raise Problem("invalid", events=list(webhooks.EVENTS), errors=[told])
    try:
        require_public(url, private=site.settings.webhook_private)
    except Refused as error:
        told = {"field": "url", "problem": str(error)}
        raise Problem("invalid", str(error), errors=[told]) from None


def _find(connection: sa.Connection, who: Principal, id: str) -> Any:
    query = table.select().where(table.c.tenant == who.tenant, table.c.id == id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise Problem("not-found")
    return row


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "url": row.url, "events": row.events, "active": row.active,
        "created": moment(row.created),
    }  # fmt: skip


def _sent(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "event": row.event, "state": row.state, "attempts": row.attempts,
        "outcome": row.outcome, "created": moment(row.created), "due": moment(row.due),
        "payload": json.loads(row.payload),
    }  # fmt: skip
