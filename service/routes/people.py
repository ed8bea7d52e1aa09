"""People: customers, what they agreed to, and their erasure."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service import audit, consent, idempotency, shown
from service.access import allow
from service.answers import Cursor, Limit, page, problems, tagged
from service.erasure import erase_person
from service.identity import new_id
from service.keys import Principal
from service.models import (
    ConsentIn,
    ConsentOut,
    Identifier,
    Page,
    PersonIn,
    PersonOut,
    ReceiptOut,
)
from service.persons import check_stated, hold_person, insert_person
from service.photos import delete_photos
from service.problems import Problem
from service.routes.parts import IdempotencyKey, body_of, limited
from service.site import Site, site_of
from service.submission import read_submission
from service.tables import consents, erasures, people, photos

router = APIRouter(prefix="/v1/people", tags=["people"])
Reader = Annotated[Principal, Depends(allow("people:read"))]
Writer = Annotated[Principal, Depends(allow("people:write"))]


@router.post(
    "",
    status_code=201,
    responses={201: {"model": PersonOut}, **problems(413, 415)},
    openapi_extra=body_of(PersonIn),
)
async def add_person(request: Request, who: Writer, key: IdempotencyKey = None) -> Response:
    """Add a customer with what they state of themselves."""
    site = site_of(request)
    asked, _ = await read_submission(request, PersonIn, site.settings)
    return await run_in_threadpool(_add, site, who, request.state.request_id, key, asked)


def _add(site: Site, who: Principal, request: str, key: str | None, asked: PersonIn) -> Response:
    if who.person is not None:
        raise Problem("forbidden", "a session already has its person")
    check_stated(asked)
    mark = idempotency.fingerprint("people", asked.model_dump(mode="json"))
    with site.engine.begin() as connection:
        if answer := idempotency.claim(connection, site.vault, who, key, mark):
            return answer
        stated = asked.model_dump(mode="json", exclude={"label"}, exclude_defaults=True)
        identifier = new_id("per")
        insert_person(
            connection, id=identifier, tenant=who.tenant, label=asked.label, stated=stated
        )
        audit.note(connection, who, "people.add", identifier, request)
        found = connection.execute(people.select().where(people.c.id == identifier)).one()
        made = JSONResponse(shown.person(found), 201, {"location": f"/v1/people/{found.id}"})
        return idempotency.record(connection, site.vault, who, key, made, person=found.id)


@router.get("", responses={200: {"model": Page[PersonOut]}, **problems()})
def list_people(
    request: Request, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The customers, newest first."""
    site = site_of(request)
    with site.engine.connect() as connection:
        query = sa.select(people).where(*limited(who, people))
        tree = page(connection, query, people.c.id, limit=limit, cursor=cursor, show=shown.person)
    read = [item["id"] for item in tree["items"]]
    site.scribe.note(who, "people.list", read, request.state.request_id)
    return tagged(request, tree)


@router.get("/{id}", responses={200: {"model": PersonOut}, **problems(404)})
def read_person(request: Request, id: Identifier, who: Reader) -> Response:
    """A customer."""
    site = site_of(request)
    with site.engine.connect() as connection:
        row = _find(connection, who, id)
    site.scribe.note(who, "people.read", [id], request.state.request_id)
    return tagged(request, shown.person(row))


@router.delete(
    "/{id}", name="erase_person", responses={200: {"model": ReceiptOut}, **problems(404)}
)
def erase(request: Request, id: Identifier, who: Writer) -> Response:
    """Erase a customer and all that was made from them; the answer is the receipt."""
    site = site_of(request)
    with site.engine.begin() as connection:
        _find(connection, who, id)
        audit.note(connection, who, "people.erase", id, request.state.request_id)
    receipt = erase_person(
        site.settings, site.engine, site.files, site.vault, tenant=who.tenant, person=id
    )
    if receipt is None:  # another request was faster
        raise Problem("not-found")
    return JSONResponse(shown.receipt(receipt))


@router.get("/{id}/consents", responses={200: {"model": Page[ConsentOut]}, **problems(404)})
def list_consents(
    request: Request, id: Identifier, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """What a customer agreed to: what for, when, and to which words."""
    with site_of(request).engine.connect() as connection:
        _find(connection, who, id)
        query = sa.select(consents).where(consents.c.person == id)
        tree = page(
            connection, query, consents.c.id, limit=limit, cursor=cursor, show=shown.consent
        )
    return tagged(request, tree)


@router.post(
    "/{id}/consents",
    status_code=201,
    responses={201: {"model": ConsentOut}, **problems(404, 413, 415)},
    openapi_extra=body_of(ConsentIn),
)
async def give_consent(
    request: Request, id: Identifier, who: Writer, key: IdempotencyKey = None
) -> Response:
    """Record that a customer agreed to something."""
    site = site_of(request)
    asked, _ = await read_submission(request, ConsentIn, site.settings)
    return await run_in_threadpool(_give, site, who, request.state.request_id, key, id, asked)


def _give(
    site: Site, who: Principal, request: str, key: str | None, id: str, asked: ConsentIn
) -> Response:
    mark = idempotency.fingerprint("consents", id, asked.model_dump(mode="json"))
    with site.engine.begin() as connection:
        if answer := idempotency.claim(connection, site.vault, who, key, mark):
            return answer
        _find(connection, who, id)
        hold_person(connection, who.tenant, id)
        given = consent.give(
            connection, tenant=who.tenant, person=id, purpose=asked.purpose, text=asked.text
        )
        audit.note(connection, who, "consents.give", id, request)
        row = connection.execute(consents.select().where(consents.c.id == given)).one()
        made = JSONResponse(shown.consent(row), 201)
        return idempotency.record(connection, site.vault, who, key, made, person=id)


@router.delete("/{id}/consents/{purpose}", status_code=204, responses=problems(404))
def withdraw_consent(request: Request, id: Identifier, purpose: str, who: Writer) -> Response:
    """Withdraw an agreement, also once more; photos kept on it are deleted."""
    site = site_of(request)
    with site.engine.begin() as connection:
        _find(connection, who, id)
        if not consent.withdraw(connection, tenant=who.tenant, person=id, purpose=purpose):
            raise Problem("not-found", "there was no such agreement")
        audit.note(connection, who, "consents.withdraw", id, request.state.request_id)
        delete_photos(connection, site.files, photos.c.person == id)
    return Response(status_code=204)


@router.get(
    "/erasures/{id}", responses={200: {"model": ReceiptOut}, **problems(404)}, tags=["people"]
)
def read_receipt(request: Request, id: Identifier, who: Reader) -> Response:
    """The receipt of an erasure."""
    mine = (erasures.c.tenant == who.tenant) & (erasures.c.id == id)
    with site_of(request).engine.connect() as connection:
        row: Any = connection.execute(erasures.select().where(mine)).mappings().one_or_none()
    if row is None or who.person is not None:
        raise Problem("not-found")
    return tagged(request, shown.receipt(row))


def _find(connection: sa.Connection, who: Principal, id: str) -> Any:
    query = people.select().where(*limited(who, people), people.c.id == id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise Problem("not-found")
    return row
