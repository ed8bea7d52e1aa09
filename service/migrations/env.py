"""Runs the migrations on the connection that `service.database.upgrade` gives."""

from __future__ import annotations

from alembic import context

from service.tables import metadata

connection = context.config.attributes["connection"]
# Batch mode: SQLite alters a table by making it anew.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
