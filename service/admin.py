"""Running the service by hand: migrations, tenants, keys.

python -m service.admin migrate
python -m service.admin tenant "Shop"
python -m service.admin key TENANT --scope previews:write --days 90
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import sqlalchemy as sa
import typer

from fitting.errors import BadInput
from service import keys
from service.answers import moment
from service.database import make_engine, upgrade
from service.settings import load_settings
from service.tables import api_keys, tenants

app = typer.Typer(help="Run the service: migrations, tenants, keys.", no_args_is_help=True)
DAY = 86400.0


@contextmanager
def _connection() -> Iterator[sa.Connection]:
    engine = None
    try:
        engine = make_engine(load_settings())
        with engine.begin() as connection:
            yield connection
    except (ValueError, BadInput) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    finally:
        if engine is not None:
            engine.dispose()


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    try:
        upgrade(load_settings())
    except BadInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@app.command()
def tenant(name: str) -> None:
    """Add a tenant and print its id."""
    with _connection() as connection:
        typer.echo(keys.add_tenant(connection, name))


@app.command("tenants")
def list_tenants() -> None:
    """List the tenants."""
    with _connection() as connection:
        for row in connection.execute(tenants.select().order_by(tenants.c.id)):
            typer.echo(f"{row.id}  {moment(row.created)}  {row.name}")


@app.command()
def key(
    tenant: str,
    scope: Annotated[list[str] | None, typer.Option(help="All if not given.")] = None,
    days: Annotated[float | None, typer.Option(help="Life; for ever if not given.")] = None,
    label: str = "",
) -> None:
    """Issue a secret key and print it; it is shown this once."""
    with _connection() as connection:
        identifier, made = keys.issue(
            connection, tenant, scopes=tuple(scope or keys.SCOPES), label=label,
            seconds=None if days is None else days * DAY,
        )  # fmt: skip
    typer.echo(f"{identifier}  {made}")


@app.command("page-key")
def page_key(tenant: str, origin: list[str]) -> None:
    """Issue a publishable key for web pages of these origins."""
    with _connection() as connection:
        identifier, made = keys.issue(
            connection, tenant, kind="publishable", scopes=("sessions:write", "catalogue:read"),
            origins=tuple(origin),
        )  # fmt: skip
    typer.echo(f"{identifier}  {made}")


@app.command("keys")
def list_keys(tenant: str) -> None:
    """List a tenant's keys that still hold, without the keys themselves."""
    query = api_keys.select().where(
        api_keys.c.tenant == tenant, api_keys.c.revoked.is_(None), api_keys.c.kind != "session"
    )
    with _connection() as connection:
        for row in connection.execute(query.order_by(api_keys.c.id)):
            ends = moment(row.expires) or "never ends"
            typer.echo(f"{row.id}  {row.kind}  {ends}  {','.join(row.scopes)}  {row.label}")


@app.command()
def rotate(
    key: str, grace_hours: Annotated[float, typer.Option(help="The old one's life.")] = 24.0
) -> None:
    """Issue a key's successor and print it; the old one ends after the grace."""
    with _connection() as connection:
        identifier, made = keys.rotate(connection, key, grace_seconds=grace_hours * 3600)
    typer.echo(f"{identifier}  {made}")


@app.command()
def revoke(key: str) -> None:
    """End a key now."""
    with _connection() as connection:
        if not keys.revoke(connection, key):
            raise ValueError(f"no such key that still holds: {key}")


@app.command("scrub")
def scrub_database() -> None:
    """Write the database's files anew without what was deleted; the service waits meanwhile."""
    from service.erasure import scrub

    engine = make_engine(load_settings())
    try:
        scrub(engine)
    finally:
        engine.dispose()


if __name__ == "__main__":
    app()
