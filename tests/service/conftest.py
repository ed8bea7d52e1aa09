"""The service under test, on SQLite and local files and on PostgreSQL and S3."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from servers import Bucket, Missing, Postgres  # noqa: E402
from service_under_test import STATED, Live, running  # noqa: E402

from service.settings import Settings  # noqa: E402


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of the tests' own."""
    try:
        server = Postgres()
    except Missing as missing:
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """A test S3."""
    try:
        server = Bucket()
    except Missing as missing:
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> Callable[[str], dict[str, Any]]:
    """Settings for a fresh database and fresh files, by name."""
    if request.param == "sqlite":
        return lambda _: {}
    postgres = request.getfixturevalue("postgres")
    bucket = request.getfixturevalue("bucket")

    def create(name: str) -> dict[str, Any]:
        # A session's service may be made twice on one server, when its tests are interleaved.
        fresh = f"{name}-{secrets.token_hex(4)}"
        return {"database_url": postgres.create(fresh), **bucket.create(fresh)}

    return create


# ---- the service ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def live(
    backend: Callable[[str], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One service for the tests of a session, with a worker."""
    folder = tmp_path_factory.mktemp("service")
    settings = Settings(
        folder=folder, access="keys", workers=1, nice=0, drain_seconds=2, poll_seconds=0.1,
        webhook_private=True, webhook_delays=[0.2, 0.2], sweep_seconds=5, **backend("live"),
    )  # fmt: skip
    with running(settings) as service:
        yield service


@pytest.fixture(scope="session")
def bare(
    backend: Callable[[str], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """A service without workers: jobs stay in the queue."""
    folder = tmp_path_factory.mktemp("bare")
    with running(
        Settings(
            folder=folder,
            access="keys",
            workers=0,
            webhook_private=True,
            requests_per_minute=1_000_000,
            submissions_per_minute=1_000_000,
            **backend("bare"),
        )
    ) as service:
        yield service


@pytest.fixture(scope="session")
def finished_preview(live: Live) -> dict[str, Any]:
    """A preview that was made from stated values."""
    job = live.client.post("/v1/previews", json=STATED).raise_for_status().json()
    ended = live.finished(job["id"])
    assert ended["state"] == "succeeded", ended["problem"]
    tree: dict[str, Any] = live.client.get(ended["result"]).json()
    return tree
