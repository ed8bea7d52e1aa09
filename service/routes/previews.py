"""Previews: a garment tried on a person."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from service import audit, retention, shown
from service.access import allow
from service.answers import Cursor, Limit, page, problems, tagged
from service.keys import Principal
from service.models import Identifier, JobOut, Page, PreviewIn, PreviewOut
from service.orders import place
from service.problems import Problem
from service.routes.parts import IdempotencyKey, body_of, call_of, limited, uploads_of
from service.site import site_of
from service.tables import jobs, previews

router = APIRouter(prefix="/v1/previews", tags=["previews"])
Reader = Annotated[Principal, Depends(allow("previews:read"))]
Writer = Annotated[Principal, Depends(allow("previews:write"))]

_SEEN = sa.select(previews, jobs.c.state, jobs.c.problem).join(jobs, jobs.c.id == previews.c.job)


@router.post(
    "",
    status_code=202,
    responses={202: {"model": JobOut}, **problems(404, 413, 415)},
    openapi_extra=body_of(PreviewIn, photos=("front", "side")),
)
async def order_preview(request: Request, who: Writer, key: IdempotencyKey = None) -> Response:
    """Order a preview: a garment, and photos with a height, a tape, or a known person."""
    site = site_of(request)
    asked, uploads = await uploads_of(request, PreviewIn)
    return await run_in_threadpool(
        place, site, call_of(request, who, key), "preview", asked, uploads
    )


@router.get("", responses={200: {"model": Page[PreviewOut]}, **problems()})
def list_previews(
    request: Request, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The previews, newest first."""
    site = site_of(request)
    with site.engine.connect() as connection:
        tree = page(
            connection, _SEEN.where(*limited(who, previews)), previews.c.id,
            limit=limit, cursor=cursor, show=lambda row: shown.preview(site, connection, row),
        )  # fmt: skip
    read = {item["person"] for item in tree["items"]}
    site.scribe.note(who, "previews.list", read, request.state.request_id)
    return tagged(request, tree)


@router.get("/{id}", responses={200: {"model": PreviewOut}, **problems(404)})
def read_preview(request: Request, id: Identifier, who: Reader) -> Response:
    """A preview with its files."""
    site = site_of(request)
    with site.engine.connect() as connection:
        row = _find(connection, who, id)
        tree = shown.preview(site, connection, row)
    site.scribe.note(who, "previews.read", [row.person], request.state.request_id)
    return tagged(request, tree)


@router.delete("/{id}", status_code=204, responses=problems(404, 409))
def delete_preview(request: Request, id: Identifier, who: Writer) -> Response:
    """Delete a preview and its files; a job still running has to be cancelled first."""
    site = site_of(request)
    with site.engine.begin() as connection:
        row = _find(connection, who, id)
        if row.state in ("queued", "running"):
            raise Problem("conflict", "cancel its job first")
        audit.note(connection, who, "previews.delete", row.person, request.state.request_id)
    retention.drop_preview(site.engine, site.files, row.tenant, row.person, row.id, row.job)
    return Response(status_code=204)


def _find(connection: sa.Connection, who: Principal, id: str) -> Any:
    row = connection.execute(
        _SEEN.where(*limited(who, previews), previews.c.id == id)
    ).one_or_none()
    if row is None:
        raise Problem("not-found")
    return row
