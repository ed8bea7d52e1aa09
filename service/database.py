"""The engine, and bringing the database to the newest schema."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from service.settings import Settings

SCHEMA_LOCK = 7330  # advisory lock number, chosen: one migration at a time
_alembic = threading.Lock()  # alembic keeps its context in a module


def make_engine(settings: Settings, *, pool: int = 10) -> sa.Engine:
    """An engine for the settings' database.

    SQLite runs in WAL mode with full sync: readers never wait for the writer, and a commit is on
    disk when it returns. Deleted rows are overwritten with zeros, so that what was erased cannot be
    read from the file.
    """
    url = settings.database
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url,
            pool_size=pool,
            max_overflow=pool,
            pool_pre_ping=True,
            connect_args={"application_name": "cyberatelier", "connect_timeout": 10},
        )
    settings.folder.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, pool_size=pool, max_overflow=pool, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # writers queue up instead of failing half-way
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def upgrade(settings: Settings) -> None:
    """Bring the service's and the job engine's tables to the newest schema; safe to repeat."""
    from alembic import command
    from alembic.config import Config

    from service.engine import migrate_engine

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    engine = make_engine(settings)
    try:
        with _alembic, engine.connect() as connection:
            _lock_schema(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            migrate_engine(settings)
    finally:
        engine.dispose()


def _lock_schema(connection: sa.Connection) -> None:
    """Wait for any other process that is migrating; released when the connection closes."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_lock({SCHEMA_LOCK})"))
        connection.commit()


def is_current(engine: sa.Engine) -> bool:
    """Whether the schema is the one this code was written for."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(Path(__file__).with_name("migrations"))).get_current_head()
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return bool(found == head)


def insert_missing(table: sa.Table, dialect: str, values: dict[str, Any]) -> Any:
    """An INSERT that does nothing where the row is already there."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgres

        return postgres(table).values(values).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as sqlite

    return sqlite(table).values(values).on_conflict_do_nothing()
