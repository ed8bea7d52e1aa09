"""Counters that outlive a process: written with an outcome, read by /metrics."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from service import tables
from service.database import insert_missing

# Upper bounds [s] of the stage-time histogram, chosen around what stages take (0.01 to 60 s).
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


def count(connection: sa.Connection, name: str, labels: str = "", by: float = 1.0) -> None:
    """Add to a counter."""
    table = tables.tallies
    here = (table.c.name == name) & (table.c.labels == labels)
    add = table.update().where(here).values(value=table.c.value + by)
    if not connection.execute(add).rowcount:
        row = {"name": name, "labels": labels, "value": 0.0}
        connection.execute(insert_missing(table, connection.dialect.name, row))
        connection.execute(add)


def time_stage(connection: sa.Connection, stage: str, seconds: float) -> None:
    """Add a stage's time to its histogram."""
    bound = next((b for b in BOUNDS if seconds <= b), float("inf"))
    count(connection, "stage_seconds_bucket", f"{stage}|{bound}")
    count(connection, "stage_seconds_sum", stage, seconds)


def read(connection: sa.Connection) -> Iterator[tuple[str, str, float]]:
    """Every counter: name, labels, value."""
    for row in connection.execute(tables.tallies.select()):
        yield row.name, row.labels, row.value
