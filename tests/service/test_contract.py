"""The service keeps what its OpenAPI document promises.

`benchmarks/contract.py` asks more: many seeds, stateful links, combinations of a body's fields.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_under_test import Live, call, running

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


class Walker:
    """Calls operations as the document describes them, each by the way its links lead there."""

    def __init__(self, client: httpx.Client, document: dict[str, Any]) -> None:
        self.client = client
        self.where = {
            operation["operationId"]: (method, path)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }

    def make(self, name: str) -> tuple[dict[str, str], httpx.Response]:
        """Do an operation from the start: its path's parameters and its answer."""
        parameters: dict[str, str] = {}
        if "{" in self.where[name][1]:
            # A webhook has deliveries once it was tested.
            source = {"list_deliveries": "test_webhook"}.get(name) or next(
                source for source, links in openapi.LINKS.items() if name in links
            )
            parameters = self.follow(source, name)
        return parameters, self.call(name, parameters)

    def follow(self, source: str, target: str) -> dict[str, str]:
        """What a link gives its target from a fresh answer of its source."""
        parameters, answer = self.make(source)
        found = {}
        for name, told in openapi.LINKS[source][target].items():
            if told == "$request.path.id":
                found[name] = parameters["id"]
                continue
            value = answer.json()
            for part in told.removeprefix("$response.body#/").split("/"):
                value = value[int(part) if isinstance(value, list) else part]
            found[name] = value
        return found

    def call(self, name: str, parameters: dict[str, str]) -> httpx.Response:
        method, path = self.where[name]
        return call(self.client, method, path.format(**parameters))


@pytest.mark.parametrize("source", openapi.LINKS)
def test_links_lead_where_they_say(bare: Live, source: str) -> None:
    """Each link's parameters are in a true answer, and its target takes them."""
    document = bare.client.get("/openapi.json").json()
    with bare.as_(bare.issue(bare.add_tenant("links"))) as client:
        walker = Walker(client, document)
        for first in ("add_person", "upload_photo", "order_preview", "order_measurement",
                      "add_webhook"):  # fmt: skip
            walker.call(first, {})
        for target in openapi.LINKS[source]:
            if target == "watch_job":  # it ends with its job, and nobody works here
                continue
            answer = walker.call(target, walker.follow(source, target))
            # A preview under way has to be cancelled before it is deleted.
            assert answer.status_code in (200, 201, 202, 204, 409), (target, answer.text)
            assert (answer.status_code == 409) <= (target == "delete_preview"), target
