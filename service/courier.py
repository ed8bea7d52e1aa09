"""Sending webhooks: signed, in order for each resource, tried again with growing pauses.

A delivery is claimed by moving its due time on with a compare-and-set, so several workers never
send one at the same moment; a worker that dies while sending leaves it due again, with the same id.
"""

from __future__ import annotations

import http.client
import random
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog

from fitting import __version__
from service import tallies
from service.identity import now
from service.logs import told
from service.settings import Settings
from service.tables import deliveries, webhooks
from service.vault import Vault
from service.webhooks import DELIVERED, FAILED, WAITING, open_secret

log = structlog.get_logger("webhooks")

_CALLS = 8  # receivers called at the same time, chosen: a slow one must not hold up the rest


class Refused(Exception):
    """The address may not be called, or did not answer."""


class Courier:
    """Delivers what waits."""

    def __init__(self, settings: Settings, engine: sa.Engine, vault: Vault) -> None:
        self._settings = settings
        self._engine = engine
        self._vault = vault
        self._pool = ThreadPoolExecutor(_CALLS, thread_name_prefix="courier")
        self._free = threading.Semaphore(_CALLS)

    def deliver_due(self) -> None:
        """Begin every delivery that is due, oldest first, as far as there are hands free."""
        while self._free.acquire(blocking=False):
            row = None
            try:
                with self._engine.begin() as connection:
                    row = self._claim(connection)
            finally:
                if row is None:
                    self._free.release()
            if row is None:
                return
            self._pool.submit(self._deliver, row)

    def _claim(self, connection: sa.Connection) -> Any:
        """A due delivery with none before it for the same webhook and resource."""
        earlier = deliveries.alias()
        first = ~sa.exists().where(
            earlier.c.webhook == deliveries.c.webhook,
            earlier.c.resource == deliveries.c.resource,
            earlier.c.state == WAITING,
            earlier.c.id < deliveries.c.id,
        )
        row = connection.execute(
            sa.select(deliveries, webhooks.c.url, webhooks.c.secret)
            .join(webhooks, webhooks.c.id == deliveries.c.webhook)
            .where(deliveries.c.state == WAITING, deliveries.c.due <= now(), first)
            .order_by(deliveries.c.due)
            .limit(1)
        ).one_or_none()
        if row is None:
            return None
        claimed = connection.execute(
            deliveries.update()
            .where(deliveries.c.id == row.id, deliveries.c.due == row.due)
            .values(due=now() + 3 * self._settings.webhook_timeout)
        )
        return row if claimed.rowcount else None

    def _deliver(self, row: Any) -> None:
        try:
            self._send(row)
        except Exception as error:  # a thread's edge: the delivery stays due, and is tried again
            log.warning("delivery failed", delivery=row.id, **told(error))
        finally:
            self._free.release()

    def _send(self, row: Any) -> None:
        from standardwebhooks.webhooks import Webhook

        moment = datetime.now(UTC)
        secret = open_secret(self._vault, row.webhook, row.secret)
        headers = {
            "content-type": "application/json",
            "user-agent": f"cyberatelier/{__version__}",
            "webhook-id": row.id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign(row.id, moment, row.payload),
        }
        try:
            status = post(
                row.url, row.payload.encode(), headers,
                timeout=self._settings.webhook_timeout, private=self._settings.webhook_private,
            )  # fmt: skip
            ok, outcome = 200 <= status < 300, f"HTTP {status}"
            gone = status == 410
        except Refused as error:
            ok, outcome, gone = False, str(error), False
        self._note(row, ok, outcome, gone)

    def _note(self, row: Any, ok: bool, outcome: str, gone: bool) -> None:
        attempts = row.attempts + 1
        values: dict[str, Any] = {"attempts": attempts, "outcome": outcome}
        delays = self._settings.webhook_delays
        if ok:
            values |= {"state": DELIVERED, "ended": now()}
        elif gone or attempts > len(delays):
            values |= {"state": FAILED, "ended": now()}
        else:
            # A tenth of chance keeps a receiver that came back from being hit by all at once.
            values |= {"due": now() + delays[attempts - 1] * random.uniform(0.9, 1.1)}
        with self._engine.begin() as connection:
            connection.execute(
                deliveries.update().where(deliveries.c.id == row.id).values(**values)
            )
            if gone:  # the specification: a receiver that answers 410 wants no more
                connection.execute(
                    webhooks.update().where(webhooks.c.id == row.webhook).values(active=False)
                )
            tallies.count(connection, "webhook_attempts", "delivered" if ok else "failed")
        log.info("webhook", delivery=row.id, outcome=outcome, attempt=attempts)


# ---- calling an address that somebody else chose -------------------------------------------------


def require_public(url: str, *, private: bool) -> tuple[str, int, bool, str]:
    """Where a webhook's URL leads: address, port, whether TLS, and its host name.

    The address is looked up once and the connection made to it, so that a name cannot show a public
    address to the check and a private one to the call.

    Raises:
        Refused: Not http(s), plain http, or an address that is not public.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused("the URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise Refused("the URL must be https://host/path without a user name")
    secure = parts.scheme == "https"
    if not secure and not private:
        raise Refused("the URL must be https")
    port = port or (443 if secure else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("the host name cannot be resolved") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(_public(address) for address in addresses):
        raise Refused("the address is not public")
    return addresses[0], port, secure, host


def _public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if mapped is not None:
        found = mapped
    return found.is_global and not found.is_multicast


def post(url: str, body: bytes, headers: dict[str, str], *, timeout: float, private: bool) -> int:
    """POST and return the status; redirects are not followed and the answer's body is not read.

    Raises:
        Refused: The address may not be called, or the call failed.
    """
    address, port, secure, host = require_public(url, private=private)
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(host, port, address, secure=secure, timeout=timeout)
    try:
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refused(f"the call failed ({type(error).__name__})") from None
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever its host name resolves to by now."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._secure = secure

    def connect(self) -> None:
        sock: Any = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            context: Callable[..., ssl.SSLContext] = ssl.create_default_context
            sock = context().wrap_socket(sock, server_hostname=self.host)
        self.sock = sock
