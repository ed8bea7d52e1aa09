"""A customer's session, opened by a web page with its publishable key; and the audit log."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from service import keys
from service.access import allow
from service.answers import Cursor, Limit, moment, page, problems, tagged
from service.identity import new_id, now
from service.keys import Principal
from service.models import AuditOut, Identifier, Page, SessionOut
from service.persons import insert_person
from service.site import site_of
from service.tables import audit

router = APIRouter(prefix="/v1", tags=["people"])


@router.post("/sessions", status_code=201, responses={201: {"model": SessionOut}, **problems()})
def open_session(
    request: Request, who: Annotated[Principal, Depends(allow("sessions:write"))]
) -> Response:
    """Open a session: a short-lived key for one new customer, who sees only their own data."""
    site = site_of(request)
    seconds = site.settings.session_minutes * 60.0
    created = now()
    person = new_id("per")
    with site.engine.begin() as connection:
        insert_person(connection, id=person, tenant=who.tenant)
        _, token = keys.issue(
            connection, who.tenant, kind="session", scopes=keys.SESSION_SCOPES,
            origins=who.origins, seconds=seconds, person=person,
        )  # fmt: skip
    expires = moment(created + seconds)
    return JSONResponse({"token": token, "person": person, "expires": expires}, 201)


@router.get("/audit", responses={200: {"model": Page[AuditOut]}, **problems()})
def read_audit(
    request: Request,
    who: Annotated[Principal, Depends(allow("audit:read"))],
    person: Identifier | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Who read or changed whose data, newest first."""
    query = sa.select(audit).where(audit.c.tenant == who.tenant)
    if person is not None:
        query = query.where(audit.c.person == person)
    with site_of(request).engine.connect() as connection:
        tree = page(connection, query, audit.c.id, limit=limit, cursor=cursor, show=_shown)
    return tagged(request, tree)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "caller": row.caller, "action": row.action, "person": row.person,
        "request": row.request, "at": moment(row.at),
    }  # fmt: skip
