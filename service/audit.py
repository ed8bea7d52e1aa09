"""Who read or changed which person's data.

What changes something writes its line in its own transaction. A read has no other reason to write:
its line goes through the `Scribe`, which writes all lines that wait in one transaction. A commit
waits for the disk, and on SQLite for every other writer, so that many reads a second would
otherwise stand in line and make orders wait behind them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from service.identity import new_id, now
from service.keys import Principal
from service.tables import audit


def note(
    connection: sa.Connection, who: Principal, action: str, person: str | None, request: str
) -> None:
    """Write a line: `action` is a resource and a verb, e.g. ``photos.add``."""
    connection.execute(audit.insert(), _line(who, action, person, request))


def _line(who: Principal, action: str, person: str | None, request: str) -> dict[str, Any]:
    return {"id": new_id("aud"), "tenant": who.tenant, "caller": who.key, "action": action,
            "person": person, "request": request, "at": now()}  # fmt: skip


@dataclass(eq=False)
class _Entry:
    """Lines of one reader, and what became of them."""

    lines: list[dict[str, Any]]
    written: bool = False
    error: Exception | None = None


class Scribe:
    """Writes the lines of reads, many readers' in one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: list[_Entry] = []
        self._list = threading.Lock()
        self._pen = threading.Lock()

    def note(self, who: Principal, action: str, people: Iterable[str], request: str) -> None:
        """Write a line for each person read; it is on disk when this returns."""
        entry = _Entry([_line(who, action, person, request) for person in people])
        if not entry.lines:
            return
        with self._list:
            self._waiting.append(entry)
        with self._pen:  # who gets it writes for all who came meanwhile
            if not entry.written and entry.error is None:
                self._write()
        if entry.error is not None:
            raise entry.error

    def _write(self) -> None:
        with self._list:
            entries, self._waiting = self._waiting, []
        try:
            with self._engine.begin() as connection:
                connection.execute(audit.insert(), [line for one in entries for line in one.lines])
        except Exception as error:  # each reader raises it
            for entry in entries:
                entry.error = error
            return
        for entry in entries:
            entry.written = True
