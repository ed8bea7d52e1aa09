"""Does the service keep its OpenAPI document: schemathesis with several seeds, stateful links too.

    python benchmarks/contract.py --seeds 5 --examples 60

Requests are generated from the document, valid and not; every answer has to conform and none may be
a 500. Needs the package schemathesis. Exits 1 when a run found something.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from service import keys
from service.logs import set_up
from service.settings import Settings

# What is not asked: whether every body that fits the schema is accepted. No schema says that a
# body's values belong to one person, or that an id is somebody's.
# The hooks' `available_unless_erased` stands for the other.
EXCLUDED = "positive_data_acceptance,ensure_resource_availability"
# Nor the stream of a job's events: it ends with the job, and nobody works here.
STREAM = "watch_job"
# Of a chain of links, chosen: the longest way through ours has four.
STEPS = 12


def fuzz(
    url: str, key: str, folder: Path, *, seed: int, more: list[str]
) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis; its hooks (`contract_hooks.py`) supply ids that exist."""
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])
    (folder / "schemathesis.toml").write_text(f"[phases.stateful]\nmax-steps = {STEPS}\n")
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json",
         "-H", f"Authorization: Bearer {key}", "--checks", "all", "--exclude-checks", EXCLUDED,
         "--exclude-operation-id", STREAM, *more, "--request-timeout", "60", "--seed", str(seed),
         "--generation-database", "none", "--suppress-health-check", "all", "--no-color"],
        capture_output=True, text=True, cwd=folder, timeout=7200,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": path},
    )  # fmt: skip


def told(output: str) -> str:
    """What a run says of the cases it made and of the links it followed."""
    found = re.findall(r"\d+ generated, \d+ passed.*|\d+ covered / \d+ selected", output)
    return "; ".join(part.strip() for part in found)


def main() -> int:
    """Run every seed on a fresh service."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "service"))
    from service_under_test import running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--examples", type=int, default=30, help="for each operation")
    parser.add_argument("--seconds", type=int, default=60, help="following links, for each seed")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    runs = {
        "requests": ["--phases", "examples,coverage,fuzzing",
                     "--max-examples", str(options.examples)],
        "links": ["--phases", "stateful", "--max-time", str(options.seconds),
                  "--max-examples", str(options.examples)],
    }  # fmt: skip
    broken = 0
    for seed in range(options.first, options.first + options.seeds):
        folder = Path(tempfile.mkdtemp(prefix="contract-"))
        settings = Settings(
            folder=folder, access="keys", workers=0, webhook_private=True,
            requests_per_minute=10**7, submissions_per_minute=10**7, log_level="ERROR",
        )  # fmt: skip
        set_up(settings)
        with running(settings) as live:
            admin = live.issue(scopes=tuple(keys.SCOPES))
            for name, more in runs.items():
                began = time.monotonic()
                done = fuzz(live.url, admin, folder, seed=seed, more=more)
                broken += done.returncode != 0
                verdict = "FAILED" if done.returncode else "ok"
                seconds = time.monotonic() - began
                print(f"seed {seed}, {name}: {verdict}, {seconds:.0f} s, {told(done.stdout)}",
                      flush=True)  # fmt: skip
                if done.returncode or options.verbose:
                    # Generated bodies can be long and hold anything.
                    for line in (done.stdout + done.stderr).splitlines():
                        print(line[:300].encode("ascii", "replace").decode())
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
