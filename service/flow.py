"""A job's workflow: its stages as steps, then its outcome.

Each step stores what it made under a path or a hash that only depends on its input, so a step that
runs again after a crash finds it. The engine runs a step at least once; the outcome is written once
(`outcomes.conclude`).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from service import chain, jobs, tallies
from service.engine import WORKFLOW, stranded_jobs
from service.erasure import clear_leftovers
from service.logs import told
from service.outcomes import conclude, described
from service.photos import forget_used, photo_bytes
from service.problems import Problem
from service.settings import Settings
from service.shelf import Shelf
from service.storage import Files, person_prefix
from service.tables import jobs as job_table
from service.tracing import Tracer, trace_of
from service.vault import Vault
from service.workshop import StageFailed, StageProblem, Workshop

log = structlog.get_logger("jobs")

_TRIES = 2  # of a stage whose process crashed or hung, before the job fails; chosen


@dataclass(frozen=True)
class Shop:
    """What a worker works with."""

    settings: Settings
    engine: sa.Engine
    files: Files
    vault: Vault
    workshop: Workshop
    tracer: Tracer


def register(shop: Shop) -> None:
    """Tell the job engine of the workflow; once a process, before it is launched."""
    from dbos import DBOS

    @DBOS.step(name="stage")
    def stage(job: str, name: str) -> dict[str, Any]:
        with _database_needed():
            try:
                return do_stage(shop, job, name)
            except (sa.exc.OperationalError, sa.exc.InterfaceError):
                raise
            except Exception as error:  # a worker's edge: the job fails, the worker goes on
                log.error("stage failed", stage=name, **told(error))
                problem = Problem("internal", f"the stage {name!r} failed", stage=name)
                return {"state": jobs.FAILED, "problem": problem.body()}

    @DBOS.step(name="forget_photos")
    def forget(job: str) -> None:
        with _database_needed():
            forget_photos(shop, job)

    @DBOS.step(name="outcome")
    def outcome(job: str, ended: dict[str, Any]) -> None:
        with _database_needed():
            write_outcome(shop, job, ended)

    # The engine's own cap is a backstop: jobs are given up after `settings.attempts`, with an
    # outcome that their owner sees.
    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=10_000)
    def run_job(job: str) -> None:
        with structlog.contextvars.bound_contextvars(job=job):
            with _database_needed():
                row = begin_job(shop, job)
            if row is None:
                return
            ended: dict[str, Any] = {"state": jobs.SUCCEEDED}
            for name in chain.stages(row.kind):
                made = stage(job, name)
                if "state" in made:
                    ended = made
                    break
                if name == "measure":
                    forget(job)
                ended.setdefault("results", []).extend(made["results"])
            outcome(job, ended)


@contextmanager
def _database_needed() -> Iterator[None]:
    """End the worker where the database is gone: an error here would end the job instead.

    The lock goes with the process, so the job is taken up again once the database is back.
    """
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        log.error("database lost, ending", **told(error))
        os._exit(3)


def begin_job(shop: Shop, job: str) -> Any:
    """The job's row if it is to be run; a job that keeps failing its worker is given up."""
    with shop.engine.begin() as connection:
        row = jobs.begin(connection, job)
        if row is None or row.attempts <= shop.settings.attempts:
            return row
        problem = Problem(
            "gave-up", f"it was begun {row.attempts - 1} times and its worker ended each time"
        )
        conclude(connection, row, jobs.FAILED, problem=problem.body())
    log.error("job given up", attempts=row.attempts - 1)
    clean_up(shop, row)
    return None


def do_stage(shop: Shop, job: str, stage: str) -> dict[str, Any]:
    """Do one stage: entries of the files it made, or how the job ends because of it."""
    with shop.engine.connect() as connection:
        row = connection.execute(job_table.select().where(job_table.c.id == job)).one_or_none()
    if row is None or row.cancel:
        return {"state": jobs.CANCELLED}
    try:
        return _stage_done(shop, row, stage)
    finally:
        clear_leftovers(shop.settings, shop.engine, shop.files, row.tenant, row.person)


def _stage_done(shop: Shop, row: Any, stage: str) -> dict[str, Any]:
    began = time.monotonic()
    try:
        made = _compute(shop, row, stage)
    except StageProblem as error:
        cancelled = error.problem["type"].endswith("/cancelled")
        return {
            "state": jobs.CANCELLED if cancelled else jobs.FAILED,
            "problem": None if cancelled else error.problem,
        }
    except StageFailed as error:
        log.error("stage failed", stage=stage, reason=str(error))
        if error.slug == "cancelled":
            return {"state": jobs.CANCELLED}
        problem = Problem(error.slug, f"the stage {stage!r} failed", stage=stage)
        return {"state": jobs.FAILED, "problem": problem.body()}
    seconds = time.monotonic() - began
    results = _store(shop, row, made)
    with shop.engine.begin() as connection:
        jobs.note_stage(connection, row.id, stage, seconds)
        tallies.time_stage(connection, stage, seconds)
    shop.tracer.note(f"stage {stage}", seconds, trace=trace_of(row.id), job=row.id, kind=row.kind)
    log.info("stage done", stage=stage, seconds=round(seconds, 2))
    return {"results": results}


def _compute(shop: Shop, row: Any, stage: str) -> dict[str, bytes]:
    order = _order(shop, row, stage)
    shelf = Shelf(shop.settings, shop.files, row.tenant, row.person)
    folder = shelf.fetch()

    def progress(name: str, share: float) -> None:
        with shop.engine.begin() as connection:
            jobs.advance(connection, row.id, name, share)

    def cancelled() -> bool:
        with shop.engine.connect() as connection:
            return jobs.wants_cancel(connection, row.id)

    for attempt in range(1, _TRIES + 1):
        try:
            made = shop.workshop.run(stage, order, folder, progress, cancelled)
            break
        except StageFailed as error:
            if attempt == _TRIES or error.slug != "internal":
                raise
            log.warning("stage tried again", stage=stage, reason=str(error))
    shelf.keep()
    return made


def _order(shop: Shop, row: Any, stage: str) -> chain.Order:
    order = row.order
    prefix = person_prefix(row.tenant, row.person)
    source = row.subject if stage != "measure" else order.get("measurement")
    record = None
    if source is not None:
        record = shop.files.get(f"{prefix}/{source}/{chain.RECORD}")
    photos: dict[str, bytes] = {}
    if stage == "measure" and record is None:
        photos = photo_bytes(shop.engine, shop.files, shop.vault, row.tenant, order["photos"])
        if len(photos) < len(order["photos"]):
            raise StageProblem(
                Problem("bad-photo", "the photo was deleted; upload it again").body()
            )
    formats = tuple(order.get("formats") or ())
    return chain.Order(
        order["person"], order["look"], photos, record, shop.settings.device, formats
    )


def _store(shop: Shop, row: Any, made: dict[str, bytes]) -> list[dict[str, Any]]:
    """Write a stage's files, and describe those that the caller may have."""
    prefix = f"{person_prefix(row.tenant, row.person)}/{row.subject}"
    entries = {}
    for name, data in made.items():
        shop.files.put(f"{prefix}/{name}", data)
        entries[name] = described(name, f"{prefix}/{name}", data)
    entries.pop(chain.RECORD, None)
    if row.kind == "preview" and "look.glb" not in made:  # measurements.json comes again at the end
        return []
    wanted = row.order.get("formats")
    return [entry for name, entry in entries.items() if not wanted or _asked(name, wanted)]


def _asked(name: str, formats: list[str]) -> bool:
    return name.rpartition(".")[2] in formats


def forget_photos(shop: Shop, job: str) -> None:
    """Delete the photos a job has measured, unless their owner agreed to keep them."""
    with shop.engine.connect() as connection:
        row = connection.execute(job_table.select().where(job_table.c.id == job)).one_or_none()
    if row is not None:
        forget_used(shop.engine, shop.files, row)


def write_outcome(shop: Shop, job: str, ended: dict[str, Any]) -> None:
    """End the job, once, and clear away what it leaves."""
    with shop.engine.begin() as connection:
        row = connection.execute(job_table.select().where(job_table.c.id == job)).one_or_none()
        if row is None:
            return
        values = None
        if row.kind == "measurement" and ended["state"] == jobs.SUCCEEDED:
            path = f"{person_prefix(row.tenant, row.person)}/{row.subject}/measurements.json"
            values = json.loads(shop.files.get(path))
        conclude(
            connection, row, ended["state"], problem=ended.get("problem"),
            results=ended.get("results"), values=values,
        )  # fmt: skip
    log.info("job ended", state=ended["state"])
    clean_up(shop, row)


def clean_up(shop: Shop, row: Any) -> None:
    """What has to go when a job is over, however it ended."""
    forget_used(shop.engine, shop.files, row)
    if not shop.files.local:
        with shop.engine.connect() as connection:
            busy = connection.scalar(
                sa.select(sa.func.count()).where(
                    job_table.c.person == row.person, job_table.c.state == jobs.RUNNING
                )
            )
        if not busy:
            Shelf(shop.settings, shop.files, row.tenant, row.person).clear()


def settle_stranded(shop: Shop) -> int:
    """End the jobs whose workflow ended without an outcome; how many.

    A backstop: it takes an error in the outcome itself, or the engine's own cap.
    """
    with shop.engine.begin() as connection:
        stranded = stranded_jobs(connection)
        for job in stranded:
            row = connection.execute(job_table.select().where(job_table.c.id == job)).one()
            conclude(connection, row, jobs.FAILED, problem=Problem("internal").body())
    return len(stranded)
