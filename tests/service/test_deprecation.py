"""What will go is marked and told of, half a year ahead."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from service_under_test import Live

from service import deprecation
from service.app import create_app
from service.deprecation import Ending
from service.settings import Settings

SINCE, SUNSET = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 8, 1, tzinfo=UTC)


def test_answers_tell_what_will_go(bare: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A marked route's answers, its problems too, say since when and until when; others do not."""
    monkeypatch.setitem(
        deprecation.ENDINGS, "read_fabric", Ending(SINCE, SUNSET, successor="/v2/fabrics")
    )
    for name in ("denim", "no-such-fabric"):
        told = bare.client.get(f"/v1/fabrics/{name}").headers
        assert told["deprecation"] == f"@{int(SINCE.timestamp())}"
        assert parsedate_to_datetime(told["sunset"]) == SUNSET
        assert '</v2/fabrics>; rel="successor-version"' in told["link"]
    assert "deprecation" not in bare.client.get("/v1/fabrics").headers


def test_field_that_will_go_is_told_of(bare: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of a route with a marked field carry the earliest of its endings."""
    late = datetime(2028, 1, 1, tzinfo=UTC)
    monkeypatch.setitem(deprecation.ENDINGS, "list_jobs limit", Ending(SINCE, late))
    monkeypatch.setitem(deprecation.ENDINGS, "list_jobs cursor", Ending(SINCE, SUNSET))
    told = bare.client.get("/v1/jobs").headers
    assert parsedate_to_datetime(told["sunset"]) == SUNSET


def test_document_marks_what_will_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAPI marks the operation, the parameter and the body's member, each with its date."""
    for name in ("list_fabrics", "list_jobs limit", "order_preview edge_mm"):
        monkeypatch.setitem(deprecation.ENDINGS, name, Ending(SINCE, SUNSET))
    paths = create_app(Settings(folder=tmp_path)).openapi()["paths"]
    body = paths["/v1/previews"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    (limit,) = [one for one in paths["/v1/jobs"]["get"]["parameters"] if one["name"] == "limit"]
    for marked in (paths["/v1/fabrics"]["get"], limit, body["properties"]["edge_mm"]):
        assert (marked["deprecated"], marked["x-sunset"]) == (True, "2027-08-01")
    assert "deprecated" not in paths["/v1/jobs"]["get"]


def test_what_is_listed_exists(tmp_path: Path) -> None:
    """Every ending names an operation that there is, and no route is marked without an ending."""
    app = create_app(Settings(folder=tmp_path))
    operations = {
        one["operationId"]: one.get("deprecated", False)
        for methods in app.openapi()["paths"].values()
        for one in methods.values()
    }
    listed = {name.partition(" ")[0] for name in deprecation.ENDINGS}
    assert listed <= set(operations)
    assert {name for name, marked in operations.items() if marked} <= set(deprecation.ENDINGS)


def test_notice_is_half_a_year() -> None:
    """An ending with less notice than was promised is refused."""
    with pytest.raises(ValueError, match="notice"):
        Ending(SINCE, datetime(2027, 3, 1, tzinfo=UTC))
