"""The application, built from its settings."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from anyio import to_thread
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

import fitting
from service import access, openapi, problems
from service.audit import Scribe
from service.crew import Crew
from service.database import insert_missing, make_engine, upgrade
from service.engine import make_client
from service.identity import now
from service.keys import OPEN
from service.limits import Buckets
from service.metrics import Meter
from service.middleware import Surround
from service.routes import (
    advice,
    catalogue,
    files,
    health,
    jobs,
    measurements,
    page,
    people,
    photos,
    previews,
    sessions,
    webhooks,
)
from service.settings import Settings
from service.site import Site
from service.storage import Files
from service.tables import tenants
from service.vault import Vault

# Requests worked on at once. They share one interpreter: more of them only make each other late.
# Thirty that came at the same moment took 52 ms with 40, 47 with 8, 42 with 4 (the 95th percentile
# of three runs); some may wait for the database's lock, so not the fewest.
_THREADS = 8


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; its database, files and workers come up when it starts."""
    settings = settings or Settings()
    app = FastAPI(
        title="cyberatelier",
        version=fitting.__version__,
        summary="Photos to a measured avatar, a drafted pattern, and a garment draped on it.",
        description=_ABOUT,
        openapi_tags=_TAGS,
        lifespan=_lifespan(settings),
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=openapi.operation_id,
    )
    problems.install(app)
    for module in (
        previews, measurements, advice, people, photos, jobs, catalogue, webhooks, sessions, files,
        health,
    ):  # fmt: skip
        app.include_router(module.router)
    page.install(app)
    openapi.install(app)
    # The last one added is the outermost.
    if settings.access == "keys":
        app.add_middleware(
            CORSMiddleware, allow_origins=["*"], allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
            expose_headers=["Location", "ETag", "Retry-After", "X-Request-Id", "Deprecation",
                            "Sunset", "Link"],
        )  # fmt: skip
    else:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts)
    app.add_middleware(Surround, settings=settings)
    return app


def _lifespan(settings: Settings):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        await asyncio.to_thread(upgrade, settings)
        site = _open(settings)
        crew = Crew(settings)
        app.state.site = site
        await asyncio.to_thread(_warm_up)
        try:
            yield
        finally:
            await asyncio.to_thread(crew.close)
            site.client.destroy()
            site.engine.dispose()

    return lifespan


def _warm_up() -> None:
    """Load what checking an order needs, so that the first customer does not wait for it."""
    from fitting import body, pattern, photo, render

    assert all((body, pattern, photo, render))
    catalogue.warm_up()
    # What is loaded stays: looking through it for garbage again and again would hold up requests.
    gc.collect()
    gc.freeze()


def _open(settings: Settings) -> Site:
    engine = make_engine(settings, pool=20)
    if settings.access == "open":
        _open_tenant(engine)
    return Site(
        settings=settings,
        engine=engine,
        files=Files(settings),
        vault=Vault.of(settings),
        client=make_client(settings, engine),
        ring=access.KeyRing(),
        requests=Buckets(settings.requests_per_minute),
        submissions=Buckets(settings.submissions_per_minute),
        decoding=asyncio.Semaphore(settings.decoders),
        advising=asyncio.Semaphore(1),  # the library keeps what it drafted for one at a time
        meter=Meter(engine),
        scribe=Scribe(engine),
    )


def _open_tenant(engine: sa.Engine) -> None:
    """The tenant of a service that asks for no keys."""
    row = {"id": OPEN.tenant, "name": "local", "created": now()}
    with engine.begin() as connection:
        connection.execute(insert_missing(tenants, engine.dialect.name, row))


_ABOUT = """
Long work answers 202 with a job: read it, or watch its events. Errors are RFC 9457 problems; each
type is described under `/problems/`. Send `Idempotency-Key` with a POST to repeat it safely.
Lists are paged by cursor, newest first. Reads carry an ETag.

A field or a route that will go is first marked deprecated here and answers with `Deprecation` and
`Sunset` headers for six months; new members may be added to answers at any time.
"""
_TAGS = [
    {"name": "previews", "description": "A garment tried on a person"},
    {"name": "measurements", "description": "A person measured"},
    {"name": "advice", "description": "Which size to take"},
    {"name": "people", "description": "Customers, their consents, and their erasure"},
    {"name": "photos", "description": "Photos, sealed at rest and deleted once measured"},
    {"name": "jobs", "description": "Work under way"},
    {"name": "catalogue", "description": "Garments, fabrics and size charts"},
    {"name": "webhooks", "description": "Events sent to you, after Standard Webhooks"},
    {"name": "files", "description": "Downloads by signed links"},
]
