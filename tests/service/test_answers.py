"""What is common to answers: pages, tags, links, headers, health and metrics."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
import structlog
from service_under_test import STATED, Live


def test_lists_are_paged_by_cursor(bare: Live) -> None:
    """Walking the pages gives every item once, newest first."""
    with bare.as_(bare.issue(bare.add_tenant("pages"))) as client:
        made = [client.post("/v1/people", json={"label": str(n)}).json()["id"] for n in range(7)]
        seen, cursor = [], None
        while True:
            params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            tree = client.get("/v1/people", params=params).json()
            seen += [one["id"] for one in tree["items"]]
            cursor = tree["next"]
            if cursor is None:
                break
    assert seen == made[::-1]


def test_unchanged_answer_is_304(bare: Live) -> None:
    """With its ETag an unchanged resource is not sent again."""
    first = bare.client.get("/v1/garments")
    again = bare.client.get("/v1/garments", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    other = bare.client.get("/v1/garments", headers={"if-none-match": '"another"'})
    assert other.status_code == 200


def test_links_need_no_key_and_end(live: Live, finished_preview: dict[str, Any]) -> None:
    """A link works without a key, not with another file's signature, and not after its end."""
    from service.vault import Vault

    one, two = finished_preview["files"][:2]
    assert httpx.get(live.url + one["url"]).status_code == 200
    mixed = one["url"].split("?")[0] + "?" + two["url"].split("?")[1]
    assert httpx.get(live.url + mixed).status_code == 404
    file = one["url"].split("?")[0].rpartition("/")[2]
    vault: Vault = live.site.vault
    ended = f"/v1/files/{file}?expires=1000&signature={vault.sign(f'{file} 1000')}"
    assert httpx.get(live.url + ended).status_code == 410


def test_download_is_cached_by_its_tag(live: Live, finished_preview: dict[str, Any]) -> None:
    """A file that the caller has is not sent again."""
    url = live.url + finished_preview["files"][0]["url"]
    tag = httpx.get(url).headers["etag"]
    assert httpx.get(url, headers={"if-none-match": tag}).status_code == 304


def test_svg_results_cannot_run_scripts(live: Live, finished_preview: dict[str, Any]) -> None:
    """A result opened by itself is sandboxed."""
    (svg,) = [f for f in finished_preview["files"] if f["name"].endswith(".svg")]
    assert "sandbox" in httpx.get(live.url + svg["url"]).headers["content-security-policy"]


def test_ready_when_everything_is(live: Live) -> None:
    """/readyz names each part."""
    tree = live.client.get("/readyz").json()
    assert tree == {"status": "ready", "database": True, "files": True, "workers": True}


def test_not_ready_without_workers(bare: Live) -> None:
    """Without a worker the service lives but is not ready."""
    assert bare.client.get("/healthz").status_code == 200
    answer = bare.client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["workers"]) == (503, False)


def test_metrics_count_jobs_stages_and_requests(
    live: Live, finished_preview: dict[str, Any]
) -> None:
    """Prometheus can read the queue, ended jobs by reason, stage times and answers."""
    assert finished_preview["state"] == "succeeded"
    text = live.client.get("/metrics").text
    assert 'cyberatelier_jobs_now{state="queued"}' in text
    assert 'cyberatelier_jobs_total{kind="preview",reason="",state="succeeded"}' in text
    assert 'cyberatelier_stage_seconds_bucket{le="+Inf",stage="drape"}' in text
    assert 'route="/v1/previews"' in text
    assert finished_preview["id"] not in text


def test_no_key_photo_or_measurement_in_the_log(
    tmp_path: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is logged of requests, good and bad, names routes and not people."""
    from service.logs import set_up
    from service.settings import Settings

    settings = Settings(folder=tmp_path, access="keys", workers=0, log_json=True)
    root = logging.getLogger()
    before = (root.handlers, root.level)
    set_up(settings)
    try:
        _good_and_bad(settings, capfd)
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()


def _good_and_bad(settings: Any, capfd: pytest.CaptureFixture[str]) -> None:
    from service_under_test import running

    with running(settings) as bare:
        made = bare.client.post("/v1/people", json={"label": "Anna K.", "height_cm": 171.25})
        bare.client.get(f"/v1/people/{made.json()['id']}")
        bare.client.post("/v1/previews", json={**STATED, "weight_kg": "a secret"})
        key = bare.key
    out, err = capfd.readouterr()
    assert '"route": "/v1/people/{id}"' in err
    for secret in (key, "Anna", "171.25", "a secret", made.json()["id"]):
        assert secret not in out + err


def test_openapi_documents_every_route(bare: Live) -> None:
    """OpenAPI 3.1, with a summary and problems for each operation."""
    tree = bare.client.get("/openapi.json").json()
    assert tree["openapi"].startswith("3.1")
    for path, methods in tree["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            assert "422" in operation["responses"], (method, path)


def test_unforeseen_error_tells_nothing(tmp_path: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """An error in a route becomes a problem with the request's id; its text is told to nobody."""
    import anyio
    from fastapi import FastAPI

    from service.middleware import Surround
    from service.settings import Settings

    app = FastAPI()
    app.add_middleware(Surround, settings=Settings(folder=tmp_path))

    @app.get("/v1/broken")
    def broken() -> None:
        raise ValueError("waist_girth 78.5 of Anna")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.get("/v1/broken")

    answer = anyio.run(ask)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert answer.json()["request"] == answer.headers["x-request-id"]
    out, err = capfd.readouterr()
    assert "in broken" in out + err
    assert "Anna" not in answer.text + out + err


@pytest.mark.parametrize(
    ("stated", "slug"),
    [
        ({"height_cm": 17}, "bad-measurement"),
        ({"weight_kg": 6400}, "bad-measurement"),
        ({"tape_cm": {"waist_girth": -1.2}}, "bad-measurement"),
        ({"tape_cm": {"aura": 90}}, "unknown-name"),
    ],
)
def test_people_are_not_kept_with_values_that_no_adult_has(
    bare: Live, stated: dict[str, Any], slug: str
) -> None:
    """What could never be measured from is refused where it is stated, not at the first order."""
    answer = bare.client.post("/v1/people", json=stated)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}")
