"""Load on the API while previews are computed, with locust.

    python -m venv ../locust && ../locust/bin/pip install locust==2.47.0
    python benchmarks/load.py --seconds 180 --reads 300 --locust ../locust/bin/locust

Starts a service with keys, keeps two previews computing, reads at a constant mean rate, submits
beside it, and compares the 95th percentiles with what is promised, and the API's memory with what
it was after a third of the time. Readers come as people do, each at moments of its own (a Poisson
process); locust's `constant_throughput` has all of them ask at the same moment, ten times a second,
which `--at-once` does. locust (MIT) brings eighteen packages, so that it is no part of the
development extra; it may live in an environment of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import httpx
from servers import free_port, wait_for

from service import keys
from service.database import make_engine
from service.settings import Settings

# [ms] at the 95th percentile, by the name of the request.
PROMISED = {"read": 50.0, "submit": 100.0, "cached": 30.0}
GROWTH_MB = 15.0  # of the API's memory over the last two thirds of the time, chosen: noise
STATED = {"height_cm": 170, "weight_kg": 62, "garment": "tee", "edge_mm": 12}

_LOCUSTFILE = """
import os, random, time
from locust import FastHttpUser, constant_throughput, task

KEY, PREVIEW, JOB = (os.environ[name] for name in ("LOAD_KEY", "LOAD_PREVIEW", "LOAD_JOB"))
RATE = float(os.environ["LOAD_RATE"])
CACHED = {CACHED!r}


def poisson(user):
    due = max(getattr(user, "due", 0.0), time.time() - 1.0)
    user.due = due + random.expovariate(RATE / {READERS})
    return max(0.0, user.due - time.time())


class Reader(FastHttpUser):
    fixed_count = {READERS}
    default_headers = {{"authorization": "Bearer " + KEY}}
    wait_time = constant_throughput(RATE / {READERS}) if "LOAD_AT_ONCE" in os.environ else poisson

    @task
    def read(self):
        path = random.choice(["/v1/jobs/" + JOB, "/v1/previews/" + PREVIEW, "/v1/garments",
                              "/v1/fabrics", "/v1/jobs?limit=5"])
        self.client.get(path, name="read")


class Customer(FastHttpUser):
    fixed_count = 2
    default_headers = {{"authorization": "Bearer " + KEY}}
    wait_time = constant_throughput(0.5)

    @task
    def submit(self):
        answer = self.client.post("/v1/measurements", name="submit",
                                  json={{"height_cm": round(random.uniform(150, 190), 2)}})
        self.client.post("/v1/jobs/" + answer.json()["id"] + "/cancel", name="cancel")

    @task
    def cached(self):
        self.client.post("/v1/previews", name="cached", json=CACHED)
"""


def main() -> int:
    """Run, print the figures, and exit 1 where a promise is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--reads", type=float, default=300.0, help="a second")
    parser.add_argument("--at-once", action="store_true", help="all readers ask at one moment")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--locust", default="locust", help="its command")
    options = parser.parse_args()
    if shutil.which(options.locust) is None:
        print(f"there is no {options.locust}; see --help", file=sys.stderr)
        return 77
    folder = Path(tempfile.mkdtemp(prefix="load-"))
    try:
        found = run(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    wrong = [
        f"{name}: {found[name]['p95_ms']} ms, promised {limit}"
        for name, limit in PROMISED.items()
        if found[name]["p95_ms"] > limit
    ] + [f"{name}: {one['failures']} failures" for name, one in found.items()
         if isinstance(one, dict) and one.get("failures")]  # fmt: skip
    if options.json:
        print(json.dumps({**found, "broken": wrong}))
    else:
        for name, value in found.items():
            print(f"{name:14} {value}")
        print("FAILED: " + "; ".join(wrong) if wrong else "ok")
    return 1 if wrong else 0


def run(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Start the service, load it, and return the figures."""
    settings = Settings(
        folder=folder, access="keys", workers=1, slots=2, nice=20, requests_per_minute=10**6,
        submissions_per_minute=10**6, log_level="WARNING",
    )  # fmt: skip
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    api = subprocess.Popen(
        [sys.executable, "-c", f"from service.serve import serve; serve(port={port})"],
        env={**os.environ, **settings.environment()},
    )
    stop = threading.Event()
    try:
        wait_for(lambda: _ready(url), 120)
        engine = make_engine(settings)
        with engine.begin() as connection:
            _, key = keys.issue(connection, keys.add_tenant(connection, "load"))
        headers = {"authorization": f"Bearer {key}"}
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            job = client.post("/v1/previews", json=STATED).raise_for_status().json()["id"]
            ended = wait_for(lambda: _ended(client, job), 600)
            levels: list[float] = []
            for target, arguments in (
                (_keep_busy, (url, headers, stop)), (_watch, (api.pid, levels, stop)),
            ):  # fmt: skip
                threading.Thread(target=target, args=arguments, daemon=True).start()
            found = _locust(folder, url, key, ended, options)
            found["api_memory_mb"] = {
                "start": levels[0], "after_a_third": levels[len(levels) // 3], "end": levels[-1],
                "peak": max(levels),
            }  # fmt: skip
            found["previews_meanwhile"] = _computed(client) - 1
        return found
    finally:
        stop.set()
        api.send_signal(signal.SIGINT)
        api.wait(60)


def _locust(
    folder: Path, url: str, key: str, job: dict[str, Any], options: argparse.Namespace
) -> dict[str, Any]:
    script = folder / "locustfile.py"
    script.write_text(_LOCUSTFILE.format(CACHED=STATED, READERS=30))
    environment = {
        **os.environ, "LOAD_KEY": key, "LOAD_JOB": job["id"], "LOAD_RATE": str(options.reads),
        "LOAD_PREVIEW": job["result"].rpartition("/")[2],
        **({"LOAD_AT_ONCE": "1"} if options.at_once else {}),
    }  # fmt: skip
    subprocess.run(
        [options.locust, "-f", str(script), "--headless", "--host", url, "-u", "32",
         "-r", "32", "-t", f"{options.seconds}s", "--csv", str(folder / "load"), "--only-summary"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    with (folder / "load_stats.csv").open() as lines:
        return {
            row["Name"]: {
                "requests": int(row["Request Count"]), "failures": int(row["Failure Count"]),
                "per_second": round(float(row["Requests/s"]), 1), "p95_ms": float(row["95%"]),
            }
            for row in csv.DictReader(lines) if row["Name"] != "Aggregated"
        }  # fmt: skip


def _keep_busy(url: str, headers: dict[str, str], stop: threading.Event) -> None:
    """Two previews being computed at any time."""
    number = 0
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        running: list[str] = []
        while not stop.wait(0.5):
            running = [job for job in running if _ended(client, job) is None]
            while len(running) < 2:
                number += 1
                order = {**STATED, "height_cm": 150 + number / 10}
                running.append(client.post("/v1/previews", json=order).json()["id"])


def _watch(pid: int, levels: list[float], stop: threading.Event) -> None:
    """The API's memory, every second."""
    while not stop.wait(1.0):
        levels.append(round(_memory_mb(pid), 1))


def _computed(client: httpx.Client) -> int:
    """Previews that have succeeded."""
    previews = client.get("/v1/previews", params={"limit": 200}).json()["items"]
    return sum(preview["state"] == "succeeded" for preview in previews)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _ended(client: httpx.Client, job: str) -> Any:
    tree = client.get(f"/v1/jobs/{job}").json()
    return tree if tree["state"] not in ("queued", "running") else None


def _memory_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
