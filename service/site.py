"""What the routes work with, made once when the application starts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from fastapi import Request

from service.audit import Scribe
from service.limits import Buckets
from service.settings import Settings
from service.storage import Files
from service.vault import Vault

if TYPE_CHECKING:
    from dbos import DBOSClient

    from service.access import KeyRing
    from service.metrics import Meter


@dataclass
class Site:
    """The application's parts.

    Attributes:
        settings, engine, files, vault: See their modules.
        client: Puts jobs in the queue.
        ring: Keys looked up lately.
        requests, submissions: Rates by key.
        decoding: Limits how many photos are checked at the same time.
        advising: Limits how many sizes are advised on at the same time.
        meter: Counts requests.
        scribe: Writes who read what.
    """

    settings: Settings
    engine: sa.Engine
    files: Files
    vault: Vault
    client: DBOSClient
    ring: KeyRing
    requests: Buckets
    submissions: Buckets
    decoding: asyncio.Semaphore
    advising: asyncio.Semaphore
    meter: Meter
    scribe: Scribe


def site_of(request: Request) -> Site:
    """The application's parts, from a request."""
    found: Any = request.app.state.site
    site: Site = found
    return site
