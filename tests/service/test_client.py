"""The Python client against the running service, and the operator's commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from service_under_test import STATED, Live
from typer.testing import CliRunner

from service.client import Client, ServiceProblem


def test_preview_is_made_and_saved(live: Live, tmp_path: Path) -> None:
    """One call orders, waits and returns; another saves the files."""
    seen: list[str] = []
    with Client(live.url, live.key) as client:
        made = client.preview(**STATED, progress=lambda job: seen.append(job.state))
        written = client.save(made, tmp_path)
    assert {path.name for path in written} >= {"front.png", "look.glb", "pattern.svg"}
    assert all(path.stat().st_size for path in written)


def test_several_garments_and_a_size_are_asked_for(bare: Live) -> None:
    """Garments by name or with their own fabric become one order; advice comes at once."""
    with Client(bare.url, bare.key) as client:
        job = client.order_preview(
            ["shorts", {"garment": "tank", "fabric": "cotton_jersey"}], height_cm=170
        )
        advice = client.advise("tee", height_cm=170, weight_kg=62)
    assert job.state == "queued"
    assert advice.best in {one.size for one in advice.sizes}


def test_problem_is_raised_with_its_type(live: Live) -> None:
    """A refusal becomes an exception that says what is wrong."""
    with Client(live.url, live.key) as client, pytest.raises(ServiceProblem, match="toga") as told:
        client.order_preview("toga", height_cm=170)
    assert (told.value.type, told.value.status) == ("/problems/unknown-name", 422)


def test_people_are_listed_over_pages(bare: Live) -> None:
    """An iterator walks all pages."""
    with Client(bare.url, bare.issue(bare.add_tenant("client"))) as client:
        made = {client.add_person(label=str(n), height_cm=170).id for n in range(60)}
        assert {person.id for person in client.people()} == made
        erased = client.erase_person(made.pop())
        assert erased.removed["people"] == 1
        assert {person.id for person in client.people()} == made


def test_operator_issues_rotates_and_revokes_keys(
    bare: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tenant, key, successor and end, by command; a key is printed once."""
    from service.admin import app

    for name, value in bare.settings.environment().items():
        monkeypatch.setenv(name, value)

    def admin(*arguments: str) -> Any:
        return CliRunner().invoke(app, list(arguments))

    tenant = admin("tenant", "By hand").output.strip()
    identifier, key = admin("key", tenant, "--scope", "jobs:read", "--days", "1").output.split()
    with bare.as_(key) as client:
        assert client.get("/v1/jobs").status_code == 200
        assert client.get("/v1/people").status_code == 403
    assert key not in admin("keys", tenant).output
    successor = admin("rotate", identifier).output.split()[1]
    assert admin("revoke", identifier).exit_code == 0
    assert admin("revoke", identifier).exit_code == 2
    with bare.as_(successor) as client:
        assert client.get("/v1/jobs").status_code == 200
    assert admin("key", tenant, "--scope", "everything").exit_code == 2
