"""A POST sent again does its work once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from service_under_test import STATED, Live

from service.tables import jobs


def test_one_key_sent_100_times_at_once_makes_one_job(live: Live) -> None:
    """All hundred answers are equal, and there is one job more than before."""
    body = {**STATED, "height_cm": 163, "formats": ["json"]}

    def send(_: int) -> tuple[int, bytes, str]:
        with live.as_(live.key) as client:
            answer = client.post("/v1/previews", json=body, headers={"idempotency-key": "hundred"})
            return answer.status_code, answer.content, answer.headers["location"]

    def count() -> int:
        with live.site.engine.connect() as connection:
            return len(connection.execute(jobs.select()).all())

    before = count()
    with ThreadPoolExecutor(25) as pool:
        answers = set(pool.map(send, range(100)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 202
    assert count() == before + 1


def test_key_used_for_another_request_is_refused(bare: Live) -> None:
    """The same key with another body answers 422."""
    headers = {"idempotency-key": "a-key"}
    first = bare.client.post("/v1/people", json={"height_cm": 170}, headers=headers)
    again = bare.client.post("/v1/people", json={"height_cm": 170}, headers=headers)
    other = bare.client.post("/v1/people", json={"height_cm": 171}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-reuse")


def test_keys_of_different_callers_do_not_meet(bare: Live) -> None:
    """Two callers may use the same Idempotency-Key for different requests."""
    headers = {"idempotency-key": "shared"}
    with bare.as_(bare.issue(bare.add_tenant("neighbour"))) as other:
        one = bare.client.post("/v1/people", json={"label": "one"}, headers=headers).json()
        two = other.post("/v1/people", json={"label": "two"}, headers=headers).json()
    assert (one["label"], two["label"]) == ("one", "two")


def test_refused_request_leaves_its_key_free(bare: Live) -> None:
    """A request that was refused may be mended and sent again under its key."""
    headers = {"idempotency-key": "mended"}
    wrong = bare.client.post("/v1/previews", json={**STATED, "garment": "toga"}, headers=headers)
    right = bare.client.post("/v1/previews", json=STATED, headers=headers)
    assert (wrong.status_code, right.status_code) == (422, 202)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/people", {"label": "again"}),
        ("/v1/webhooks", {"url": "http://127.0.0.1:9/in"}),
        ("/v1/measurements", {"height_cm": 181}),
    ],
)
def test_every_kind_of_post_is_replayed(live: Live, path: str, body: dict[str, Any]) -> None:
    """The answer to a repeated POST is the first one, byte for byte."""
    headers = {"idempotency-key": f"again {path}".replace(" ", "-")}
    answers: list[httpx.Response] = [
        live.client.post(path, json=body, headers=headers) for _ in range(2)
    ]
    assert answers[0].status_code in (201, 202), answers[0].text
    assert answers[0].content == answers[1].content
