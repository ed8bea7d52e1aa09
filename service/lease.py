"""Who lives: a lock that the kernel or PostgreSQL drops when its holder dies.

Each worker holds the lock of its own name. Whoever can take another's lock knows that one to be
dead, and queues its jobs again. A worker whose own lock is lost (its database connection broke)
must end itself: another may already be at its jobs.

PostgreSQL: a session advisory lock. SQLite: flock on a file beside the database.
"""

from __future__ import annotations

import fcntl
import hashlib
import threading
import time
from pathlib import Path
from typing import IO, Protocol

import psycopg

from fitting.errors import BadInput
from service.settings import Settings

_SPACE = 7331  # the first of an advisory lock's two numbers, chosen


class Lease(Protocol):
    """Locks by worker name."""

    def take(self, executor: str) -> bool: ...
    def free(self, executor: str) -> None: ...
    def holds(self) -> bool: ...
    def close(self) -> None: ...


class PostgresLease:
    """Advisory locks of one session."""

    def __init__(self, url: str) -> None:
        self._lock = threading.Lock()
        self._connection = psycopg.connect(
            url, autocommit=True, connect_timeout=10,
            keepalives_idle=5, keepalives_interval=2, keepalives_count=3,
        )  # fmt: skip

    def take(self, executor: str) -> bool:
        """Whether the lock could be taken."""
        return bool(self._ask("SELECT pg_try_advisory_lock(%s, %s)", executor))

    def free(self, executor: str) -> None:
        """Give the lock back."""
        self._ask("SELECT pg_advisory_unlock(%s, %s)", executor)

    def holds(self) -> bool:
        """Whether the session that holds our locks still lives."""
        try:
            with self._lock:
                self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        """Drop all locks."""
        self._connection.close()

    def _ask(self, statement: str, executor: str) -> object:
        digest = hashlib.sha256(executor.encode()).digest()
        number = int.from_bytes(digest[:4], "big", signed=True)
        with self._lock:
            row = self._connection.execute(statement, (_SPACE, number)).fetchone()
        return row and row[0]


class FileLease:
    """Locked files in one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._held: dict[str, IO[bytes]] = {}

    def take(self, executor: str) -> bool:
        """Whether the lock could be taken."""
        name = hashlib.sha256(executor.encode()).hexdigest()[:32]
        handle = (self._folder / name).open("wb")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return False
        self._held[executor] = handle
        return True

    def free(self, executor: str) -> None:
        """Give the lock back."""
        self._held.pop(executor).close()

    def holds(self) -> bool:
        """A file's lock lasts as long as its holder."""
        return True

    def close(self) -> None:
        """Drop all locks."""
        for handle in self._held.values():
            handle.close()
        self._held.clear()


def take_lease(settings: Settings, executor: str, *, patience: float = 60.0) -> Lease:
    """Hold the lock of this worker's name, waiting for a predecessor that is still dying.

    Raises:
        BadInput: Another living worker has this name.
    """
    url = settings.database
    lease: Lease = (
        FileLease(settings.folder / "leases")
        if url.startswith("sqlite")
        else PostgresLease(url.replace("postgresql+psycopg://", "postgresql://", 1))
    )
    limit = time.monotonic() + patience
    while not lease.take(executor):
        if time.monotonic() > limit:
            lease.close()
            raise BadInput(
                f"a worker named {executor!r} is already running; give this one another name with "
                "CYBERATELIER_EXECUTOR"
            )
        time.sleep(0.2)
    return lease
