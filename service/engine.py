"""The job engine's edge: putting jobs in its queue, and its tables.

DBOS keeps its queue in the same database as our rows, so that a job's row and its place in the
queue come into being in one commit. Only this module and `service.worker` import it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa

from service.settings import Settings
from service.tables import jobs

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "cyberatelier"
# Raise this when the steps of a workflow change: jobs begun under the old order end under it.
WORKFLOW_VERSION = "1"
QUEUE = "jobs"
# Jobs of dead workers: each worker has slots more for them, so that they run again at once and do
# not wait for a slot that a long job holds.
RESUMED = "resumed"
SPARE_SLOTS = 2  # chosen: a dead worker's own job and one that it had taken over
WORKFLOW = "run_job"
_JOB, _STATUS = "workflow_uuid", "workflow_status"


def quiet() -> None:
    """Keep the engine's own notices, which advertise a console, out of our logs."""
    logging.getLogger("dbos").setLevel(logging.ERROR)


def engine_url(settings: Settings) -> str:
    """The database's URL as the engine writes it."""
    return settings.database.replace("postgresql+psycopg://", "postgresql://", 1)


def migrate_engine(settings: Settings) -> None:
    """Bring the engine's own tables to its newest schema."""
    from dbos import DBOS

    quiet()
    DBOS.migrate(engine_url(settings))


def make_client(settings: Settings, engine: sa.Engine) -> DBOSClient:
    """A client that queues jobs on connections of our engine."""
    from dbos import DBOSClient

    quiet()
    return DBOSClient(
        system_database_url=engine_url(settings),
        system_database_engine=engine,
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def enqueue(client: DBOSClient, connection: sa.Connection, job: str, priority: int) -> None:
    """Queue a job inside the caller's transaction."""
    client.enqueue_in_transaction(
        connection,
        {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": job,
            "app_version": WORKFLOW_VERSION,
            "priority": priority,
        },
        job,
    )


def forget_jobs(connection: sa.Connection, ended: list[str]) -> None:
    """Delete everything that the engine keeps of jobs: their steps' results name people's files."""
    if not ended:
        return
    for name in job_tables(connection):
        table = sa.table(name, sa.column(_JOB), schema=_schema(connection))
        for start in range(0, len(ended), 500):
            part = ended[start : start + 500]
            connection.execute(table.delete().where(table.c[_JOB].in_(part)))


def stranded_jobs(connection: sa.Connection) -> list[str]:
    """Jobs that the engine has ended and that are still unfinished in our rows."""
    table = sa.table(_STATUS, sa.column(_JOB), sa.column("status"), schema=_schema(connection))
    query = (
        sa.select(jobs.c.id)
        .join(table, table.c[_JOB] == jobs.c.id)
        .where(
            jobs.c.state.in_(("queued", "running")),
            table.c.status.in_(("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")),
        )
    )
    return list(connection.execute(query).scalars())


def ended_jobs(connection: sa.Connection, *, before: float, limit: int) -> list[str]:
    """Jobs that ended before a time and that the engine still knows."""
    table = sa.table(
        _STATUS, sa.column(_JOB), sa.column("status"), sa.column("updated_at"),
        schema=_schema(connection),
    )  # fmt: skip
    query = sa.select(table.c[_JOB]).where(
        table.c.status.in_(("SUCCESS", "ERROR", "CANCELLED")),
        table.c.updated_at < int(before * 1000),
    )
    return list(connection.execute(query.limit(limit)).scalars())


def _schema(connection: sa.Connection) -> str | None:
    return "dbos" if connection.dialect.name == "postgresql" else None


def job_tables(connection: sa.Connection) -> list[str]:
    """The engine's tables with a job's id, the one that the others refer to last."""
    inspector = sa.inspect(connection)
    schema = _schema(connection)
    found = [
        name
        for name in inspector.get_table_names(schema=schema)
        if any(column["name"] == _JOB for column in inspector.get_columns(name, schema=schema))
    ]
    return sorted(found, key=lambda name: name == _STATUS)
