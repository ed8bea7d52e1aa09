"""Jobs as rows: what is asked, how far it is, how it ended.

A job ends once: its outcome, its files, its webhooks and its counters are written in the one
transaction that moves it out of ``running``. Whoever comes second finds it ended and writes
nothing, so running a job twice after a crash does no harm.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.identity import now
from service.tables import jobs

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = (
    "queued", "running", "succeeded", "failed", "cancelled",
)  # fmt: skip
STATES = (QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED)
LIVE = (QUEUED, RUNNING)

# A customer waits for a preview; batches come after everyone who waits.
WAITING_FIRST, BATCH_FIRST = 1, 1_000_001


def fair_priority(connection: sa.Connection, tenant: str, first: int = WAITING_FIRST) -> int:
    """Where a tenant's next job stands: smaller goes first.

    A tenant's n-th unfinished job stands beside every other tenant's n-th, so one that submits
    thousands does not keep another waiting (start-time fair queueing with equal weights).
    """
    ahead = connection.scalar(
        sa.select(sa.func.count()).where(jobs.c.state.in_(LIVE), jobs.c.tenant == tenant)
    )
    return first + min(int(ahead or 0), BATCH_FIRST - WAITING_FIRST - 1)


def begin(connection: sa.Connection, job: str) -> Any:
    """Count one more attempt and return the job's row; None if it is gone or has ended."""
    connection.execute(
        jobs.update()
        .where(jobs.c.id == job, jobs.c.state.in_(LIVE))
        .values(
            state=RUNNING,
            attempts=jobs.c.attempts + 1,
            started=sa.func.coalesce(jobs.c.started, now()),
        )
    )
    return connection.execute(
        jobs.select().where(jobs.c.id == job, jobs.c.state == RUNNING)
    ).one_or_none()


def advance(connection: sa.Connection, job: str, stage: str, share: float) -> None:
    """Note how far a running job is."""
    connection.execute(
        jobs.update()
        .where(jobs.c.id == job, jobs.c.state == RUNNING)
        .values(stage=stage, share=round(share, 3))
    )


def note_stage(connection: sa.Connection, job: str, stage: str, seconds: float) -> None:
    """Note that a stage is done and how long it took."""
    found = connection.scalar(sa.select(jobs.c.stages).where(jobs.c.id == job))
    if found is not None:
        done = {**found, stage: round(seconds, 3)}
        connection.execute(jobs.update().where(jobs.c.id == job).values(stages=done))


def wants_cancel(connection: sa.Connection, job: str) -> bool:
    """Whether somebody asked to stop it, or erased it altogether."""
    found = connection.scalar(sa.select(jobs.c.cancel).where(jobs.c.id == job))
    return found is None or bool(found)


def end(
    connection: sa.Connection, job: str, state: str, problem: dict[str, Any] | None = None
) -> bool:
    """Move a job to its end; False if it had ended already, or is gone."""
    values: dict[str, Any] = {"state": state, "ended": now(), "problem": problem, "stage": ""}
    if state == SUCCEEDED:
        values["share"] = 1.0
    done = connection.execute(
        jobs.update().where(jobs.c.id == job, jobs.c.state.in_(LIVE)).values(**values)
    )
    return bool(done.rowcount)


def ask_cancel(connection: sa.Connection, job: str) -> bool:
    """Ask a job to stop; a queued one is marked, and ends when a worker takes it up."""
    done = connection.execute(
        jobs.update().where(jobs.c.id == job, jobs.c.state.in_(LIVE)).values(cancel=True)
    )
    return bool(done.rowcount)
