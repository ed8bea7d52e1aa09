"""Taking an order for work: check it, find or make its person, and queue its job in one commit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from fastapi.responses import JSONResponse, Response

from fitting import pipeline
from fitting.errors import UnknownName
from fitting.fabrics import fabrics
from fitting.records import Measurements
from service import audit, consent, idempotency, jobs, shown, tables
from service.access import visible
from service.chain import looks_of
from service.engine import WORKFLOW_VERSION, enqueue
from service.identity import new_id, now
from service.keys import Principal
from service.models import GarmentIn, Measured, PreviewIn, Stated
from service.persons import hold_person, insert_person
from service.photos import keep_photo
from service.problems import Problem
from service.site import Site

_STATED = ("height_cm", "sex", "weight_kg", "age_years", "tape_cm")


@dataclass(frozen=True)
class Call:
    """Who orders, in which request, under which Idempotency-Key."""

    who: Principal
    request: str
    key: str | None


@dataclass(frozen=True)
class _Subject:
    """The person an order is for, and what is known of them."""

    person: str
    new: bool
    stated: dict[str, Any]
    photos: dict[str, str]
    measurement: str | None


def place(
    site: Site, call: Call, kind: str, asked: Measured, uploads: dict[str, bytes]
) -> Response:
    """Queue a preview or a measurement: 202 with the job, or an earlier answer again.

    Raises:
        Problem, FittingError: The order cannot be done.
    """
    digests = {view: hashlib.sha256(data).hexdigest() for view, data in uploads.items()}
    mark = idempotency.fingerprint(
        kind, asked.model_dump(mode="json"), digests, pipeline.VERSIONS, WORKFLOW_VERSION
    )
    with site.engine.connect() as connection:
        if call.key is None and (job := _same(connection, call.who, kind, mark)):
            return _accepted(site, connection, call, job)  # checked when it was first placed
        subject = _subject(connection, call.who, asked, uploads)
    look = _look(asked) if isinstance(asked, PreviewIn) else {}
    _check(subject, look)
    kept = [
        keep_photo(site.files, site.vault, tenant=call.who.tenant, person=subject.person,
                   view=view, data=data)
        for view, data in uploads.items()
    ]  # fmt: skip
    placed = False
    try:
        with site.engine.begin() as connection:
            answer = idempotency.claim(connection, site.vault, call.who, call.key, mark)
            if answer is None:
                job = _same(connection, call.who, kind, mark)
                if job is None:
                    subject = replace(
                        subject, photos=subject.photos | {row["view"]: row["id"] for row in kept}
                    )
                    job = _insert(site, connection, call, kind, asked, subject, look, kept, mark)
                    placed = True
                answer = _accepted(site, connection, call, job)
    finally:
        if not placed:
            site.files.delete([row["path"] for row in kept])
    return answer


def _subject(
    connection: sa.Connection, who: Principal, asked: Measured, uploads: dict[str, bytes]
) -> _Subject:
    """The person asked for, or a new one; what the request says goes before what was stated."""
    if asked.photos and uploads:
        raise Problem("invalid", "send photos or their ids, not both")
    measurement = asked.measurement if isinstance(asked, PreviewIn) else None
    given = stated_in(asked)
    person = asked.person or who.person
    if person is None and (measurement or asked.photos):
        person = _owner(connection, who, measurement, asked.photos)
    if person is None:
        return _Subject(new_id("per"), True, given, {}, None)
    table = tables.people
    row = connection.execute(
        table.select().where(table.c.tenant == who.tenant, table.c.id == person)
    ).one_or_none()
    if row is None or not visible(who, person):
        raise Problem("not-found", "there is no such person")
    _require_owned(connection, who, person, measurement, asked.photos)
    return _Subject(
        person,
        False,
        {**row.stated, **given},
        {str(view): photo for view, photo in asked.photos.items()},
        measurement,
    )


def _owner(
    connection: sa.Connection, who: Principal, measurement: str | None, photos: Any
) -> str | None:
    """Whose measurement or photo this is."""
    table = tables.measurements if measurement else tables.photos
    wanted = measurement or next(iter(photos.values()))
    found = connection.scalar(
        sa.select(table.c.person).where(table.c.tenant == who.tenant, table.c.id == wanted)
    )
    if found is None:
        raise Problem("not-found", "there is no such photo or measurement")
    return str(found)


def _require_owned(
    connection: sa.Connection, who: Principal, person: str, measurement: str | None, photos: Any
) -> None:
    for table, wanted in (
        (tables.measurements, [measurement] if measurement else []),
        (tables.photos, list(photos.values())),
    ):
        for identifier in wanted:
            here = (
                (table.c.tenant == who.tenant)
                & (table.c.id == identifier)
                & (table.c.person == person)
            )
            if table is tables.measurements:
                here &= table.c.found.is_not(sa.null())
            else:
                here &= table.c.deleted.is_(None)
            if connection.scalar(sa.select(table.c.id).where(here)) is None:
                raise Problem("not-found", f"this person has no {table.name[:-1]} {identifier}")


def _look(asked: PreviewIn) -> dict[str, Any]:
    shared = {
        "edge_mm": asked.edge_mm, "views": asked.views, "size": list(asked.picture_size),
    }  # fmt: skip
    several: Sequence[GarmentIn | PreviewIn] = asked.garments or [asked]
    garments = [
        {"garment": one.garment, "fabric": one.fabric, "options": one.options, "sized": one.size}
        for one in several
    ]
    return {**shared, "garments": garments} if asked.garments else {**shared, **garments[0]}


def _check(subject: _Subject, look: dict[str, Any]) -> None:
    """Refuse before anything is stored what would fail for sure."""
    for one, sized in looks_of(look) if look else ():
        check_look(one)
        if sized:
            pipeline.measurements_of_size(sized)
    if subject.measurement is None:
        measured_as_stated(subject.stated)


def check_look(look: pipeline.Look) -> None:
    """Refuse a look that cannot be made.

    Raises:
        UnknownName, BadOption: With what there is, or the bounds.
    """
    # By its name in the library only: the library would read a path as a file of the user's.
    if look.fabric is not None and look.fabric not in fabrics():
        raise UnknownName(f"no fabric {look.fabric!r}; there are: {', '.join(fabrics())}")
    pipeline.check_look(look)


def measured_as_stated(stated: dict[str, Any]) -> Measurements:
    """What is inferred from stated values, which takes a millisecond and judges them.

    Raises:
        Problem, BadMeasurement, UnknownName: They are not enough, or not plausible.
    """
    if stated.get("height_cm") is None:
        raise Problem(
            "invalid", "height_cm is missing",
            errors=[{"field": "height_cm", "problem": "is needed to measure a person"}],
        )  # fmt: skip
    return pipeline.measure(pipeline.Person(**person_fields(stated)))


def stated_in(asked: Stated) -> dict[str, Any]:
    """What a request states of a person."""
    return {
        name: value
        for name in _STATED
        if (value := getattr(asked, name)) is not None and value != {}
    }


def person_fields(stated: dict[str, Any]) -> dict[str, Any]:
    """Stated values as fields of `pipeline.Person`."""
    return {"sex": "female", **{k: v for k, v in stated.items() if k in _STATED and v is not None}}


def _same(connection: sa.Connection, who: Principal, kind: str, mark: str) -> Any:
    """The job of an equal order by the same caller that is still to be had."""
    if kind != "preview":
        return None
    found = tables.previews.c
    return connection.execute(
        sa.select(tables.jobs)
        .join(tables.previews, found.job == tables.jobs.c.id)
        .where(
            found.tenant == who.tenant,
            found.caller == who.key,
            found.fingerprint == mark,
            tables.jobs.c.state.in_((*jobs.LIVE, jobs.SUCCEEDED)),
            ~tables.jobs.c.cancel,
        )
        .order_by(found.id.desc())
        .limit(1)
    ).one_or_none()


def _insert(
    site: Site,
    connection: sa.Connection,
    call: Call,
    kind: str,
    asked: Measured,
    subject: _Subject,
    look: dict[str, Any],
    kept: list[dict[str, Any]],
    mark: str,
) -> Any:
    who, created = call.who, now()
    own = {"tenant": who.tenant, "person": subject.person}
    job, made = new_id("job"), new_id("prv" if kind == "preview" else "msr")
    if subject.new:
        insert_person(connection, id=subject.person, tenant=who.tenant, stated=subject.stated)
    else:
        hold_person(connection, who.tenant, subject.person)
    for row in kept:
        connection.execute(tables.photos.insert().values(**row))
    if kept:
        consent.give(connection, **own, purpose=consent.MEASURE)
    if asked.keep_photos:
        consent.give(connection, **own, purpose=consent.KEEP_PHOTOS)
    if kind == "preview":
        request = asked.model_dump(mode="json", exclude_defaults=True)
        connection.execute(
            tables.previews.insert().values(
                id=made, job=job, caller=who.key, request=request, fingerprint=mark,
                created=created, **own,
            )
        )  # fmt: skip
    else:
        connection.execute(
            tables.measurements.insert().values(
                id=made, job=job, found=sa.null(), created=created, **own
            )
        )
    batch = isinstance(asked, PreviewIn) and asked.urgency == "batch"
    first = jobs.BATCH_FIRST if batch else jobs.WAITING_FIRST
    priority = jobs.fair_priority(connection, who.tenant, first)
    order = {
        "person": person_fields(subject.stated), "look": look, "photos": subject.photos,
        "measurement": subject.measurement, "formats": getattr(asked, "formats", []),
    }  # fmt: skip
    connection.execute(
        tables.jobs.insert().values(
            id=job, kind=kind, subject=made, state=jobs.QUEUED, order=order, stages={}, stage="",
            share=0.0, priority=priority, attempts=0, cancel=False, created=created, **own,
        )
    )  # fmt: skip
    enqueue(site.client, connection, job, priority)
    audit.note(connection, who, f"{kind}s.order", subject.person, call.request)
    return connection.execute(tables.jobs.select().where(tables.jobs.c.id == job)).one()


def _accepted(site: Site, connection: sa.Connection, call: Call, job: Any) -> JSONResponse:
    answer = JSONResponse(
        shown.job(site, connection, job), 202, headers={"location": f"/v1/jobs/{job.id}"}
    )
    return idempotency.record(connection, site.vault, call.who, call.key, answer, person=job.person)
