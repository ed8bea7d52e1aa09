"""A PostgreSQL server and a test S3 of our own, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

_CREDENTIAL = "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/s3/aws4_request"


class Missing(Exception):
    """A server that is not installed on this machine."""


def free_port() -> int:
    """A port that nobody listens on.

    Below 32768, where Linux begins to give ports to outgoing connections: one of those could take
    the port between this call and the server's start.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(condition: Callable[[], Any], seconds: float = 60.0, every: float = 0.1) -> Any:
    """What the condition returned, once that is true."""
    limit = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > limit:
            raise TimeoutError("it did not happen in time")
        time.sleep(every)
    return found


def _tool(name: str) -> str:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise Missing("PostgreSQL is not installed (Debian: postgresql)")
    return found


class Postgres:
    """A PostgreSQL server in a folder of its own, which goes when it stops for good."""

    def __init__(self, *, durable: bool = False) -> None:
        folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._run: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._server = _tool("postgres")
        self._durable = durable
        self.folder, self.port = folder, free_port()
        if os.geteuid() == 0:  # the server refuses to run as root
            self._step_down(folder)
        subprocess.run(
            [_tool("initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C"],
            check=True, cwd=folder, **self._run,
        )  # fmt: skip
        self.start()

    def _step_down(self, folder: Path) -> None:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            raise Missing(
                "PostgreSQL does not run as root, and there is no user postgres"
            ) from None
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        safe = "on" if self._durable else "off"
        self._child = subprocess.Popen(
            [self._server, "-D", str(self.folder / "data"), "-p", str(self.port),
             "-k", str(self.folder), "-h", "127.0.0.1", "-c", f"fsync={safe}",
             "-c", "max_connections=300"],
            cwd=self.folder, **self._run,
        )  # fmt: skip
        wait_for(self._answers, 180)

    def halt(self) -> None:
        """Stop, breaking every connection; `start` brings it back."""
        self._child.send_signal(signal.SIGINT)  # a fast shutdown
        self._child.wait(60)

    def stop(self) -> None:
        """Stop for good."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str) -> str:
        """A new database's URL."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True


class Bucket:
    """A test S3 (moto)."""

    def __init__(self) -> None:
        try:
            import moto  # noqa: F401
        except ImportError:
            raise Missing("moto, a test S3, is not installed") from None
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        self._child = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self._answers, 180)

    def create(self, name: str) -> dict[str, Any]:
        """Settings that keep files in a new bucket."""
        made = httpx.put(f"{self.endpoint}/{name}", headers={"authorization": _CREDENTIAL})
        made.raise_for_status()
        return {
            "files_url": f"s3://{name}/cyberatelier",
            "s3_endpoint": self.endpoint,
            "s3_access_key_id": "test",
            "s3_secret_access_key": "test",
        }

    def stop(self) -> None:
        """End the server."""
        self._child.terminate()
        self._child.wait(20)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.endpoint}/moto-api/").status_code < 500
        except httpx.TransportError:
            return False
