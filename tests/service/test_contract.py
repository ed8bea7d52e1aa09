"""The service keeps what its OpenAPI document promises.

`benchmarks/contract.py` asks more: many seeds, stateful links, combinations of a body's fields.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from service_under_test import Live, running

from service import openapi
from service.settings import Settings


def test_schemathesis_finds_no_fault(tmp_path: Path) -> None:
    """Generated requests, valid and not, get answers that conform, and never a 500.

    The same requests each time: a fixed seed, one after the other, to a service of its own, so that
    no other test's things, limits or load change an answer.
    """
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    settings = Settings(
        folder=tmp_path / "var", access="keys", workers=0, webhook_private=True,
        requests_per_minute=10**7, submissions_per_minute=10**7,
    )  # fmt: skip
    with running(settings) as live:
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", f"{live.url}/openapi.json",
             "-H", f"Authorization: Bearer {live.key}", "--checks", "all",
             # No schema says that an id is somebody's, or that values belong to one person.
             "--exclude-checks", "positive_data_acceptance", "--max-examples", "6",
             # A stream of events ends with its job, and nobody works here.
             "--exclude-operation-id", "watch_job",
             "--phases", "examples,fuzzing", "--seed", "1", "--generation-deterministic",
             "--no-shrink", "--workers", "1",
             "--request-timeout", "60", "--suppress-health-check", "all", "--no-color"],
            capture_output=True, text=True, cwd=tmp_path, timeout=600,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_links_name_operations_and_parameters_that_there_are(bare: Live) -> None:
    """Every link of the document leads to an operation, by parameters that it takes."""
    tree = httpx.get(f"{bare.url}/openapi.json").json()
    operations = {
        operation["operationId"]: operation
        for methods in tree["paths"].values()
        for operation in methods.values()
    }
    assert set(openapi.LINKS) <= set(operations)
    followed = 0
    for operation in operations.values():
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                takes = {one["name"] for one in operations[link["operationId"]]["parameters"]}
                assert set(link["parameters"]) <= takes, link
                followed += 1
    assert followed == sum(map(len, openapi.LINKS.values()))
