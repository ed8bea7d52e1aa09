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
EXCLUDED = "positive_data_acceptance"
# Nor the stream of a job's events: it ends with the job, and nobody works here.
STREAM = "watch_job"


def fuzz(
    url: str, key: str, folder: Path, *, examples: int, seed: int, phases: str
) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis; its hooks (`contract_hooks.py`) supply ids that exist."""
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json",
         "-H", f"Authorization: Bearer {key}", "--checks", "all", "--exclude-checks", EXCLUDED,
         "--exclude-operation-id", STREAM,
         "--max-examples", str(examples), "--request-timeout", "60", "--phases", phases,
         "--seed", str(seed), "--generation-database", "none", "--suppress-health-check", "all",
         "--no-color"],
        capture_output=True, text=True, cwd=folder, timeout=7200,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": path},
    )  # fmt: skip


def links_covered(output: str) -> str:
    """What a run says of the links it followed."""
    found = re.search(r"API Links:\s*(.*)|(\d+ covered / .*)", output)
    return found[0].strip() if found else ""


def main() -> int:
    """Run every seed on a fresh service."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "service"))
    from service_under_test import running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--examples", type=int, default=30)
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    broken = 0
    for seed in range(options.first, options.first + options.seeds):
        folder = Path(tempfile.mkdtemp(prefix="contract-"))
        settings = Settings(
            folder=folder, access="keys", workers=0, webhook_private=True,
            requests_per_minute=10**7, submissions_per_minute=10**7, log_level="ERROR",
        )  # fmt: skip
        set_up(settings)
        began = time.monotonic()
        with running(settings) as live:
            admin = live.issue(scopes=tuple(keys.SCOPES))
            done = fuzz(
                live.url, admin, folder, examples=options.examples, seed=seed,
                phases=options.phases,
            )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
        broken += done.returncode != 0
        print(f"seed {seed}: {'ok' if done.returncode == 0 else 'FAILED'}, "
              f"{time.monotonic() - began:.0f} s, {links_covered(done.stdout)}")  # fmt: skip
        if done.returncode or options.verbose:
            # Generated bodies can be long and hold anything.
            for line in (done.stdout + done.stderr).splitlines():
                print(line[:300].encode("ascii", "replace").decode())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
