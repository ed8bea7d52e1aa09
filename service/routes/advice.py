"""Which size of a garment to take: answered at once, and nothing is kept of it."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from fitting import pipeline
from fitting.records import Measurements
from fitting.store import decode
from service import audit
from service.access import allow
from service.answers import problems
from service.chain import RECORD
from service.keys import Principal
from service.models import AdviceIn, AdviceOut
from service.orders import check_look, measured_as_stated, stated_in
from service.problems import Problem
from service.routes.parts import body_of, limited
from service.site import Site, site_of
from service.storage import person_prefix
from service.submission import read_submission
from service.tables import measurements, people

router = APIRouter(prefix="/v1/advice", tags=["advice"])
Reader = Annotated[Principal, Depends(allow("advice:read"))]


@router.post(
    "",
    responses={200: {"model": AdviceOut}, **problems(404, 413, 415)},
    openapi_extra=body_of(AdviceIn),
)
async def advise_size(request: Request, who: Reader) -> Response:
    """Which size of a garment a person would take, with the chances of each; nothing is made, so
    it may be asked again without an Idempotency-Key."""
    site = site_of(request)
    asked, _ = await read_submission(request, AdviceIn, site.settings)
    async with site.advising:
        tree = await run_in_threadpool(_advise, site, who, request.state.request_id, asked)
    return JSONResponse(tree)


def _advise(site: Site, who: Principal, request: str, asked: AdviceIn) -> dict[str, Any]:
    from fitting import sizing
    from fitting.assess import advice_json

    look = pipeline.Look(asked.garment, asked.fabric, asked.options)
    check_look(look)
    wearer = _wearer(site, who, request, asked)
    found = sizing.advice(
        wearer, asked.garment, pipeline.fabric_of(look), chart=asked.chart, options=look.options
    )
    return advice_json(found)


def _wearer(site: Site, who: Principal, request: str, asked: AdviceIn) -> Measurements:
    """The measurements of whom it is asked for, as far as they are known."""
    given = stated_in(asked)
    person = asked.person or who.person
    if person is None and asked.measurement is None:
        return measured_as_stated(given)
    with site.engine.begin() as connection:
        row = None
        if asked.measurement is not None or not given:
            row = _measurement(connection, who, person, asked.measurement)
        if asked.measurement is not None and row is None:
            raise Problem("not-found", "there is no such measurement")
        if row is not None:
            person = row.person
        owner = connection.execute(
            people.select().where(*limited(who, people), people.c.id == person)
        ).one_or_none()
        if owner is None:
            raise Problem("not-found", "there is no such person")
        audit.note(connection, who, "advice.read", owner.id, request)
    if row is None:
        return measured_as_stated({**owner.stated, **given})
    try:
        data = site.files.get(f"{person_prefix(row.tenant, row.person)}/{row.id}/{RECORD}")
    except FileNotFoundError:  # erased meanwhile
        raise Problem("not-found", "there is no such person") from None
    known: Measurements = decode(data)
    return known


def _measurement(
    connection: sa.Connection, who: Principal, person: str | None, measurement: str | None
) -> Any:
    """The measurement that is named, or a person's newest; None if there is none with values."""
    query = measurements.select().where(
        *limited(who, measurements), measurements.c.found.is_not(sa.null())
    )
    if measurement is not None:
        query = query.where(measurements.c.id == measurement)
    if person is not None:
        query = query.where(measurements.c.person == person)
    return connection.execute(query.order_by(measurements.c.id.desc()).limit(1)).one_or_none()
