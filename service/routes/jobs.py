"""Jobs: work under way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from service import jobs as states
from service import shown
from service.access import allow
from service.answers import Cursor, Limit, page, problems, tagged
from service.keys import Principal
from service.models import Identifier, JobOut, Page
from service.outcomes import conclude
from service.problems import Problem
from service.routes.parts import limited
from service.site import Site, site_of
from service.tables import jobs

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
Reader = Annotated[Principal, Depends(allow("jobs:read"))]
Writer = Annotated[Principal, Depends(allow("jobs:write"))]

_LOOK = 0.3  # [s] between two looks at a watched job, chosen
_ALIVE = 15.0  # [s] between signs of life, under the 30 s after which proxies hang up


@router.get("", responses={200: {"model": Page[JobOut]}, **problems()})
def list_jobs(request: Request, who: Reader, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The jobs, newest first."""
    site = site_of(request)
    with site.engine.connect() as connection:
        tree = page(
            connection, sa.select(jobs).where(*limited(who, jobs)), jobs.c.id,
            limit=limit, cursor=cursor, show=lambda row: shown.job(site, connection, row),
        )  # fmt: skip
    return tagged(request, tree)


@router.get("/{id}", responses={200: {"model": JobOut}, **problems(404)})
def read_job(request: Request, id: Identifier, who: Reader) -> Response:
    """A job: its state, how far it is, and its results once it succeeded."""
    return tagged(request, _shown(site_of(request), who, id))


@router.get(
    "/{id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Server-sent events", "content": {"text/event-stream": {}}},
        **problems(404),
    },
)
async def watch_job(request: Request, id: Identifier, who: Reader) -> StreamingResponse:
    """The job as server-sent events: `progress` at each change, `end` at the last."""
    site = site_of(request)
    first = await run_in_threadpool(_shown, site, who, id)
    return StreamingResponse(
        _events(site, who, id, first),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


@router.post(
    "/{id}/cancel", status_code=202, responses={202: {"model": JobOut}, **problems(404, 409)}
)
def cancel_job(request: Request, id: Identifier, who: Writer) -> Response:
    """Ask a job to stop; one that has ended stays as it is."""
    site = site_of(request)
    with site.engine.begin() as connection:
        row = _find(connection, who, id)
        if row.state == states.QUEUED:
            # Nobody works on it yet, so nobody has to be asked.
            conclude(connection, row, states.CANCELLED)
        elif not states.ask_cancel(connection, id):
            raise Problem("conflict", f"the job has {row.state}")
        tree = shown.job(site, connection, _find(connection, who, id))
    return JSONResponse(tree, 202, headers={"location": f"/v1/jobs/{id}"})


def _find(connection: sa.Connection, who: Principal, id: str) -> Any:
    row = connection.execute(
        jobs.select().where(*limited(who, jobs), jobs.c.id == id)
    ).one_or_none()
    if row is None:
        raise Problem("not-found")
    return row


def _shown(site: Site, who: Principal, id: str) -> dict[str, Any]:
    with site.engine.connect() as connection:
        return shown.job(site, connection, _find(connection, who, id))


async def _events(site: Site, who: Principal, id: str, tree: dict[str, Any]) -> AsyncIterator[str]:
    told: dict[str, Any] | None = None
    silent = 0.0
    while True:
        ended = tree["state"] not in states.LIVE
        if tree != told:
            told, silent = tree, 0.0
            yield f"event: {'end' if ended else 'progress'}\ndata: {json.dumps(tree)}\n\n"
        if ended:
            return
        await asyncio.sleep(_LOOK)
        silent += _LOOK
        if silent > _ALIVE:
            silent = 0.0
            yield ": still here\n\n"
        try:
            tree = await run_in_threadpool(_shown, site, who, id)
        except Problem:  # erased meanwhile
            return
