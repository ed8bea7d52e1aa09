"""Kill workers with -9 in the middle of preview jobs, and count what was lost or done twice.

    python benchmarks/chaos.py --database postgres --jobs 1000 --kills 90 --restarts 5
    python benchmarks/chaos.py --database sqlite --jobs 200 --kills 70

Killed workers never come back: each new one has a new name, so only the lease can bring the dead
ones' jobs back. Exits 1 when anything was lost, doubled, orphaned, locked, or taken up too late.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from servers import Missing, Postgres, free_port, wait_for

from service import tables
from service.database import make_engine
from service.settings import Settings

RESTART_LIMIT = 10.0  # [s] until a dead worker's job runs again


class Receiver:
    """Takes webhooks and remembers under which ids each preview was told of."""

    def __init__(self) -> None:
        self.seen: dict[str, set[str]] = defaultdict(set)
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if body["type"].startswith("preview."):
                    seen[body["data"]["id"]].add(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"


@dataclass
class Fleet:
    """Workers with names that are used once."""

    settings: Settings
    log: Path
    size: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    names: int = 0
    ended_themselves: int = 0

    def fill(self) -> None:
        """Start workers in the place of those that ended."""
        for name, child in list(self.running.items()):
            if child.poll() is not None:
                del self.running[name]
                self.ended_themselves += 1
        while len(self.running) < self.size:
            self.names += 1
            name = f"chaos-{self.names}"
            environment = {**os.environ, **self.settings.environment(),
                           "CYBERATELIER_EXECUTOR": name}  # fmt: skip
            with self.log.open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [sys.executable, "-m", "service.worker"], env=environment, stderr=log,
                    stdout=log, stdin=subprocess.DEVNULL,
                )  # fmt: skip

    def kill(self, name: str) -> None:
        """Kill -9; it never comes back."""
        child = self.running.pop(name)
        child.kill()
        child.wait()

    def stop(self) -> None:
        for child in self.running.values():
            child.terminate()
        for child in self.running.values():
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


class Trial:
    """One run."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.postgres = None
        more: dict[str, Any] = {}
        if options.database == "postgres":
            self.postgres = Postgres()
            more["database_url"] = self.postgres.create("chaos")
        self.settings = Settings(
            folder=folder / "var", workers=0, nice=0, drain_seconds=2, poll_seconds=0.2,
            webhook_private=True, webhook_delays=[1] * 30, attempts=1000, lease_seconds=1,
            requests_per_minute=10**6, submissions_per_minute=10**6, **more,
        )  # fmt: skip
        self.receiver = Receiver()
        self.fleet = Fleet(self.settings, folder / "workers.log", options.workers)
        self.random = random.Random(options.seed)
        self.kills = self.restarts = 0
        self.waits: list[float] = []  # seconds until a killed worker's job ran again
        self.pending: dict[str, tuple[float, str]] = {}  # job -> when and with whom it died

    def run(self) -> dict[str, Any]:
        """Order, kill, wait, count."""
        port = free_port()
        api = subprocess.Popen(
            [sys.executable, "-c", f"from service.serve import serve; serve(port={port})"],
            env={**os.environ, **self.settings.environment()}, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_for(lambda: _alive(client), 120)
                self.engine = make_engine(self.settings)
                self.fleet.fill()
                measurement = self._measured(client)
                began = time.monotonic()
                self._order(client, measurement)
                self._until_done()
                seconds = time.monotonic() - began
                time.sleep(3)  # for the last webhooks
                wait_for(lambda: not self._count(tables.deliveries, state="waiting"), 120)
        finally:
            self.fleet.stop()
            api.send_signal(signal.SIGINT)
            api.wait(120)
        return self._verdict(seconds)

    def _measured(self, client: httpx.Client) -> str:
        client.post("/v1/webhooks", json={"url": self.receiver.url}).raise_for_status()
        made = client.post("/v1/measurements", json={"height_cm": 170, "weight_kg": 62})
        job = made.raise_for_status().headers["location"]
        tree = wait_for(lambda: _ended(client, job), 300)
        assert tree["state"] == "succeeded", tree
        measurement = str(tree["result"].rpartition("/")[2])
        # The first preview stores every stage's result; all others must find them.
        first = client.post("/v1/previews", json=_order(measurement, 0)).headers["location"]
        wait_for(lambda: _ended(client, first), 600)
        return measurement

    def _order(self, client: httpx.Client, measurement: str) -> None:
        """Orders that differ only in what the result does not depend on."""
        for number in range(1, self.options.jobs):
            client.post("/v1/previews", json=_order(measurement, number)).raise_for_status()

    def _until_done(self) -> None:
        """Kill at random moments, spread over the work, until all jobs have ended."""
        next_kill = 0.0
        limit = time.monotonic() + self.options.timeout
        while (left := self._left()) and time.monotonic() < limit:
            time.sleep(0.2)
            self.fleet.fill()
            self._watch_recovery()
            if self._restart_due(left):
                continue
            due = self.options.kills * (self.options.jobs - left + 1) / self.options.jobs
            wanted = self.kills < min(due, self.options.kills) and time.monotonic() > next_kill
            if wanted and self._kill_one():
                next_kill = time.monotonic() + self.random.uniform(*self.options.pause)
                if self.options.verbose:
                    print(f"left {left}  kills {self.kills}", file=sys.stderr, flush=True)

    def _restart_due(self, left: int) -> bool:
        """Restart the database at even shares of the work done."""
        if self.postgres is None or self.restarts >= self.options.restarts:
            return False
        done = 1 - left / self.options.jobs
        if done < (self.restarts + 1) / (self.options.restarts + 1):
            return False
        self.postgres.halt()
        self.postgres.start()
        self.engine.dispose()
        self.restarts += 1
        self.pending.clear()  # the wait for the database is not the lease's
        return True

    def _kill_one(self) -> bool:
        held = self._held()
        busy = [name for name in self.fleet.running if name in held.values()]
        with self.engine.connect() as connection:
            up = set(connection.execute(sa.select(tables.workers.c.executor)).scalars())
        if not busy or len(up & set(self.fleet.running)) < 2:  # somebody has to be left to notice
            return False
        name = self.random.choice(busy)
        jobs = [job for job, executor in held.items() if executor == name]
        self.fleet.kill(name)
        self.kills += 1
        moment = time.monotonic()
        still = self._held()
        self.pending |= {job: (moment, name) for job in jobs if still.get(job) == name}
        return True

    def _watch_recovery(self) -> None:
        if not self.pending:
            return
        held, ended = self._held(), self._ended_jobs(list(self.pending))
        for job, (moment, name) in list(self.pending.items()):
            if job in ended or held.get(job, name) != name:
                self.waits.append(time.monotonic() - moment)
                if self.options.verbose and self.waits[-1] > RESTART_LIMIT:
                    print(f"{job} waited {self.waits[-1]:.1f} s, {len(held)} jobs at work",
                          file=sys.stderr, flush=True)  # fmt: skip
                del self.pending[job]

    # ---- what the database says ------------------------------------------------------------------

    def _held(self) -> dict[str, str]:
        schema = "dbos" if self.postgres else None
        table = sa.table(
            "workflow_status", sa.column("workflow_uuid"), sa.column("executor_id"),
            sa.column("status"), schema=schema,
        )  # fmt: skip
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.select(table.c.workflow_uuid, table.c.executor_id).where(
                    table.c.status == "PENDING"
                )
            )
            return {row[0]: row[1] for row in rows}

    def _ended_jobs(self, jobs: list[str]) -> set[str]:
        table = tables.jobs
        with self.engine.connect() as connection:
            query = sa.select(table.c.id).where(table.c.id.in_(jobs), table.c.ended.is_not(None))
            return set(connection.execute(query).scalars())

    def _left(self) -> int:
        return sum(self._count(tables.jobs, state=state) for state in ("queued", "running"))

    def _count(self, table: sa.Table, **where: Any) -> int:
        with self.engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(table)
            for name, value in where.items():
                query = query.where(table.c[name] == value)
            return int(connection.scalar(query) or 0)

    def _verdict(self, seconds: float) -> dict[str, Any]:
        previews, jobs = tables.previews, self.options.jobs
        succeeded = self._count(tables.jobs, kind="preview", state="succeeded")
        told = self._count(tables.deliveries, event="preview.succeeded")
        with self.engine.connect() as connection:
            attempts = connection.scalar(sa.select(sa.func.sum(tables.jobs.c.attempts)))
            tally = connection.scalar(
                sa.select(tables.tallies.c.value).where(
                    tables.tallies.c.labels == "preview|succeeded|"
                )
            )
        log = self.fleet.log.read_text(errors="replace")
        drapes = sorted((self.settings.folder / "work").rglob("drape/*/*.zip"))
        return {
            "database": self.options.database, "jobs": jobs, "workers": self.options.workers,
            "kills": self.kills, "database_restarts": self.restarts, "seconds": round(seconds, 1),
            "lost": jobs - succeeded,
            "duplicated_outcomes": int(tally or 0) - succeeded,
            "duplicated_events": told - self._count(previews),
            "webhooks_with_two_ids": sum(len(ids) > 1 for ids in self.receiver.seen.values()),
            "webhooks_missing": jobs - len(self.receiver.seen),
            "attempts": int(attempts or 0),
            "drapes_computed": len(drapes),
            "recovery_s_median": round(statistics.median(self.waits or [0.0]), 1),
            "recovery_s_max": round(max(self.waits, default=0.0), 1),
            "recoveries": len(self.waits),
            "not_recovered": len(self.pending),
            "orphan_processes": len(_orphans(self.settings.folder)),
            "database_is_locked": log.count("database is locked"),
            "load_average": round(os.getloadavg()[0], 1),  # over the cores, waits are not ours
        }  # fmt: skip


def _order(measurement: str, number: int) -> dict[str, Any]:
    return {
        "measurement": measurement, "garment": "tee", "edge_mm": 40, "views": ["front"],
        "picture_size": [240, 320], "age_years": 20 + number / 1000,
    }  # fmt: skip


def _alive(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _ended(client: httpx.Client, job: str) -> Any:
    tree = client.get(job).json()
    return tree if tree["state"] not in ("queued", "running") else None


def _orphans(folder: Path) -> list[int]:
    """Processes of this run that are still there."""
    mark = f"CYBERATELIER_FOLDER={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def failures(found: dict[str, Any]) -> list[str]:
    """What of a verdict is not as it has to be."""
    must_be_zero = (
        "lost", "duplicated_outcomes", "duplicated_events", "webhooks_with_two_ids",
        "webhooks_missing", "not_recovered", "orphan_processes", "database_is_locked",
    )  # fmt: skip
    wrong = [f"{name}: {found[name]}" for name in must_be_zero if found[name]]
    if found["recovery_s_max"] > RESTART_LIMIT:
        wrong.append(f"a dead worker's job waited {found['recovery_s_max']} s")
    if found["drapes_computed"] != 1:
        wrong.append(f"the one drape was computed {found['drapes_computed']} times")
    return wrong


def main() -> int:
    """Run a trial and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=70)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--restarts", type=int, default=0, help="of PostgreSQL, during the run")
    parser.add_argument(
        "--pause", type=float, nargs=2, default=(0.1, 2.0), help="between two kills [s]"
    )
    parser.add_argument("--timeout", type=float, default=7200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    trial = None
    try:
        trial = Trial(options, folder)
        found = trial.run()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 77
    finally:
        if trial is not None and trial.postgres is not None:
            trial.postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    wrong = failures(found)
    if options.json:
        print(json.dumps({**found, "failures": wrong}))
    else:
        for name, value in found.items():
            print(f"{name:24} {value}")
        print("FAILED: " + "; ".join(wrong) if wrong else "ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
