"""Measurements: what photos and a tape say of a person."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from service import shown
from service.access import allow
from service.answers import Cursor, Limit, page, problems, tagged
from service.keys import Principal
from service.models import Identifier, JobOut, MeasurementIn, MeasurementOut, Page
from service.orders import place
from service.problems import Problem
from service.routes.parts import IdempotencyKey, body_of, call_of, limited, uploads_of
from service.site import site_of
from service.tables import jobs, measurements

router = APIRouter(prefix="/v1/measurements", tags=["measurements"])
Reader = Annotated[Principal, Depends(allow("measurements:read"))]
Writer = Annotated[Principal, Depends(allow("measurements:write"))]

_SEEN = sa.select(measurements, jobs.c.state).join(jobs, jobs.c.id == measurements.c.job)


@router.post(
    "",
    status_code=202,
    responses={202: {"model": JobOut}, **problems(404, 413, 415)},
    openapi_extra=body_of(MeasurementIn, photos=("front", "side")),
)
async def order_measurement(request: Request, who: Writer, key: IdempotencyKey = None) -> Response:
    """Measure a person from photos, stated values, or both."""
    site = site_of(request)
    asked, uploads = await uploads_of(request, MeasurementIn)
    call = call_of(request, who, key)
    return await run_in_threadpool(place, site, call, "measurement", asked, uploads)


@router.get("", responses={200: {"model": Page[MeasurementOut]}, **problems()})
def list_measurements(
    request: Request, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The measurements, newest first."""
    site = site_of(request)
    with site.engine.connect() as connection:
        tree = page(
            connection, _SEEN.where(*limited(who, measurements)), measurements.c.id,
            limit=limit, cursor=cursor, show=shown.measurement,
        )  # fmt: skip
    read = {item["person"] for item in tree["items"]}
    site.scribe.note(who, "measurements.list", read, request.state.request_id)
    return tagged(request, tree)


@router.get("/{id}", responses={200: {"model": MeasurementOut}, **problems(404)})
def read_measurement(request: Request, id: Identifier, who: Reader) -> Response:
    """A person's measurements, once their job succeeded."""
    site = site_of(request)
    with site.engine.connect() as connection:
        query = _SEEN.where(*limited(who, measurements), measurements.c.id == id)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise Problem("not-found")
    site.scribe.note(who, "measurements.read", [row.person], request.state.request_id)
    return tagged(request, shown.measurement(row))
