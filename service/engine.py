"""The job engine's edge: putting jobs in its queue, and its tables.

DBOS keeps its queue in the same database as our rows, so that a job's row and its place in the
queue come into being in one commit. Only this module and `service.worker` import it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa

from service.settings import Settings

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "cyberatelier"
# Raise this when the steps of a workflow change: jobs begun under the old order end under it.
WORKFLOW_VERSION = "1"
QUEUE = "jobs"
WORKFLOW = "run_job"


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
