"""Keys, scopes, tenants, origins, rates: who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from service_under_test import STATED, Live, call, picture, running

from service import keys
from service.settings import Settings


@pytest.fixture(scope="module")
def owned(bare: Live) -> dict[str, str]:
    """One of each resource of the first tenant, by path parameter."""
    photo = bare.client.post(
        "/v1/photos", data={"view": "front"}, files={"file": ("a.jpg", picture())}
    ).json()
    hook = bare.client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/in"}).json()
    bare.client.post(f"/v1/webhooks/{hook['id']}/test")
    sent = bare.client.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["items"][0]
    preview = bare.client.post("/v1/previews", json={**STATED, "height_cm": 172}).json()
    measurement = bare.client.post("/v1/measurements", json={"height_cm": 172}).json()
    gone = bare.client.post("/v1/people", json={"label": "gone"}).json()
    receipt = bare.client.delete(f"/v1/people/{gone['id']}").json()
    return {
        "photos": photo["id"], "people": photo["person"], "webhooks": hook["id"],
        "delivery": sent["id"], "previews": preview["result"].rpartition("/")[2],
        "measurements": measurement["result"].rpartition("/")[2], "jobs": preview["id"],
        "erasures": receipt["id"],
    }  # fmt: skip


def routes(live: Live) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation that OpenAPI lists."""
    for path, methods in live.client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def filled(path: str, owned: dict[str, str]) -> str:
    """A path with ids of the first tenant's own things."""
    resource = path.split("/")[2]
    resource = "erasures" if "/erasures/" in path else resource
    return (
        path.replace("{id}", owned.get(resource, "fil_00000000"))
        .replace("{delivery}", owned["delivery"])
        .replace("{purpose}", "measure-photos")
        .replace("{name}", "tee")
    )


def test_no_route_answers_without_a_valid_key(bare: Live, owned: dict[str, str]) -> None:
    """No key, a wrong one, an expired one and a revoked one get 401 on every route."""
    expired = bare.issue(seconds=-1)
    with bare.site.engine.begin() as connection:
        identifier, revoked = keys.issue(connection, bare.tenant)
        keys.revoke(connection, identifier)
    for wrong in (None, "ca_sk_wrong", expired, revoked):
        with bare.as_(wrong) as client:
            for method, path, operation in routes(bare):
                if operation.get("security") == []:
                    continue
                answer = call(client, method, filled(path, owned))
                assert answer.status_code == 401, (wrong, method, path, answer.text)
                assert answer.headers["www-authenticate"] == "Bearer"


def test_no_route_works_without_its_scope(bare: Live, owned: dict[str, str]) -> None:
    """A key with no scope at all gets 403 on every route, naming the scope it lacks."""
    with bare.as_(bare.issue(scopes=())) as client:
        for method, path, operation in routes(bare):
            if operation.get("security") == []:
                continue
            answer = call(client, method, filled(path, owned))
            assert answer.status_code == 403, (method, path, answer.text)
            assert answer.json()["scope"] in keys.SCOPES


def test_another_tenants_things_cannot_be_seen(bare: Live, owned: dict[str, str]) -> None:
    """With another tenant's key each thing answers as if it were not there; lists are empty."""
    with bare.as_(bare.issue(bare.add_tenant("stranger"))) as client:
        for method, path, operation in routes(bare):
            if operation.get("security") == [] or path.startswith(("/v1/garments", "/v1/fabrics",
                                                                   "/v1/charts")):  # fmt: skip
                continue
            address = filled(path, owned)
            answer = call(client, method, address)
            if "{" in path:
                assert answer.status_code == 404, (method, path, answer.text)
                missing = address
                for identifier in owned.values():
                    missing = missing.replace(identifier, identifier[:4] + "0" * 26)
                absent = call(client, method, missing)
                assert absent.json() == answer.json(), "the answer tells that the thing exists"
            elif method == "get":
                for identifier in owned.values():
                    assert identifier not in answer.text
    # And nothing happened to them.
    assert bare.client.get(f"/v1/photos/{owned['photos']}/content").status_code == 200
    assert bare.client.get(f"/v1/previews/{owned['previews']}").status_code == 200


def test_another_tenants_things_cannot_be_told_by_time(bare: Live, owned: dict[str, str]) -> None:
    """For a stranger's id and for nobody's the database is asked the same, row for row.

    Wall times on a busy machine tell nothing; equal work cannot be told apart by any clock.
    """
    asked: list[str] = []

    def note(*statement: Any) -> None:
        if "api_keys" not in statement[2]:  # a key is trusted for a second
            asked.append(statement[2])

    sa.event.listen(bare.site.engine, "before_cursor_execute", note)
    with bare.as_(bare.issue(bare.add_tenant("clock"))) as client:
        for method, path, operation in routes(bare):
            if "{" not in path or "{name}" in path or operation.get("security") == []:
                continue
            work = []
            theirs = filled(path, owned)
            nobodys = theirs
            for identifier in owned.values():
                nobodys = nobodys.replace(identifier, identifier[:4] + "0" * 26)
            for address in (theirs, nobodys):
                asked.clear()
                answer = call(client, method, address)
                work.append((answer.status_code, len(answer.content), list(asked)))
            assert work[0] == work[1], (method, path)
    sa.event.remove(bare.site.engine, "before_cursor_execute", note)


def test_no_body_or_query_can_name_another_tenants_things(
    bare: Live, owned: dict[str, str]
) -> None:
    """Wherever OpenAPI says that a body or a query takes an id, a stranger's is nobody's.

    The fields are found by the pattern of ids, so that one that comes later is walked too. The
    answers and what the database is asked are the same, as for the ids in addresses.
    """
    asked: list[str] = []

    def note(*statement: Any) -> None:
        if "api_keys" not in statement[2]:
            asked.append(statement[2])

    walked = set()
    sa.event.listen(bare.site.engine, "before_cursor_execute", note)
    with bare.as_(bare.issue(bare.add_tenant("names"))) as client:
        for method, path, operation in routes(bare):
            for field, listed in _id_fields(operation):
                theirs = owned[
                    {"person": "people", "measurement": "measurements"}.get(field, field)
                ]
                work = []
                for identifier in (theirs, theirs[:4] + "0" * 26):
                    named = {field: {"front": identifier} if listed else identifier}
                    asked.clear()
                    answer = _naming(client, method, path, named)
                    work.append((answer.status_code, answer.text, list(asked)))
                assert work[0] == work[1], (method, path, field)
                assert work[0][0] == (200 if method == "get" else 404), (path, field, work[0][1])
                walked.add((path, field))
    sa.event.remove(bare.site.engine, "before_cursor_execute", note)
    assert {("/v1/previews", "photos"), ("/v1/advice", "person"), ("/v1/audit", "person"),
            ("/v1/photos", "person")} <= walked  # fmt: skip


def _id_fields(operation: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Members of a body or a query that are ids, and whether they are ids by view."""
    fields = {
        one["name"]: one["schema"]
        for one in operation.get("parameters", ())
        if one["in"] == "query"
    }
    for body in operation.get("requestBody", {}).get("content", {}).values():
        fields |= body["schema"].get("properties", {})
    for name, schema in fields.items():
        if "^[a-z]{3}_" in str(schema):
            yield name, "additionalProperties" in schema


def _naming(client: Any, method: str, path: str, named: dict[str, Any]) -> Any:
    """A request that is right but for what it names."""
    if method == "get":
        return client.get(path, params=named)
    if path.endswith("/photos"):
        files = {"file": ("a.jpg", picture())}
        return client.post(path, data={"view": "front", **named}, files=files)
    body = {"height_cm": 172, "garment": "tee", "chart": "uk-women"}
    if path.endswith("/advice"):
        body.pop("height_cm")  # with it no measurement is looked for
    elif path.endswith("/previews"):
        body = {**STATED}
    elif path.endswith("/measurements"):
        body = {"height_cm": 172}
    return client.post(path, json={**body, **named})


@pytest.mark.parametrize("field", ["person", "measurement"])
def test_advice_cannot_be_had_on_another_tenants_people(
    bare: Live, owned: dict[str, str], field: str
) -> None:
    """A question about a stranger's person or measurement answers as if there were none, with a
    tenant's key and with the session of another person."""
    named = {"person": owned["people"], "measurement": owned["measurements"]}[field]
    question = {"garment": "tee", "chart": "uk-women"}
    session = bare.issue(
        kind="session", scopes=keys.SESSION_SCOPES,
        person=bare.client.post("/v1/people", json={"height_cm": 170}).json()["id"],
    )  # fmt: skip
    for key in (bare.issue(bare.add_tenant("nosy")), session):
        with bare.as_(key) as client:
            theirs, nobodys = (
                client.post("/v1/advice", json={**question, field: identifier})
                for identifier in (named, named[:4] + "0" * 26)
            )
        assert theirs.status_code == 404, theirs.text
        assert theirs.json() == nobodys.json()


@pytest.mark.parametrize("field", ["person", "photos", "measurement"])
def test_orders_cannot_name_another_tenants_things(
    bare: Live, owned: dict[str, str], field: str
) -> None:
    """An order that names a stranger's person, photo or measurement answers 404."""
    named: dict[str, Any] = {
        "person": owned["people"], "photos": {"front": owned["photos"]},
        "measurement": owned["measurements"],
    }  # fmt: skip
    with bare.as_(bare.issue(bare.add_tenant("thief"))) as client:
        answer = client.post("/v1/previews", json={**STATED, field: named[field]})
    assert answer.status_code == 404


def test_session_sees_one_person_only(bare: Live, owned: dict[str, str]) -> None:
    """A customer's session sees what it made and nothing else of its tenant."""
    origin = {"origin": "https://shop.example"}
    public = bare.issue(
        kind="publishable", scopes=("sessions:write",), origins=("https://shop.example",)
    )
    with bare.as_(public) as page:
        assert page.post("/v1/sessions").status_code == 403
        evil = {"origin": "https://evil.example"}
        assert page.post("/v1/sessions", headers=evil).status_code == 403
        assert page.get("/v1/people", headers=origin).status_code == 403
        session = page.post("/v1/sessions", headers=origin).json()
    with bare.as_(session["token"]) as customer:
        job = customer.post("/v1/previews", json={**STATED, "height_cm": 181}).json()
        people = customer.get("/v1/people").json()["items"]
        assert [person["id"] for person in people] == [session["person"]]
        assert [one["id"] for one in customer.get("/v1/jobs").json()["items"]] == [job["id"]]
        assert customer.get(f"/v1/people/{owned['people']}").status_code == 404
        assert customer.get(f"/v1/photos/{owned['photos']}").status_code == 404
        assert (
            customer.post("/v1/previews", json={**STATED, "person": owned["people"]}).status_code
            == 404
        )
        assert customer.get("/v1/audit").status_code == 403


def test_rotated_key_ends_after_its_grace(bare: Live) -> None:
    """A rotated key's successor works at once; the old one ends when its grace does."""
    with bare.site.engine.begin() as connection:
        identifier, old = keys.issue(connection, bare.tenant)
        _, new = keys.rotate(connection, identifier, grace_seconds=-1)
    with bare.as_(old) as client:
        assert client.get("/v1/jobs").status_code == 401
    with bare.as_(new) as client:
        assert client.get("/v1/jobs").status_code == 200


def test_keys_are_stored_as_digests(bare: Live) -> None:
    """The key itself is nowhere in the database's files."""
    key = bare.issue()
    with bare.site.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM api_keys")).all()
    assert key not in str(rows)
    for path in bare.settings.folder.glob("cyberatelier.db*"):
        assert key.encode() not in path.read_bytes()


def test_too_many_requests_are_slowed_down(tmp_path: Any) -> None:
    """Over its rate a key gets 429 with the seconds to wait."""
    settings = Settings(folder=tmp_path, access="keys", workers=0, requests_per_minute=5)
    with running(settings) as service:
        answers = [service.client.get("/v1/jobs") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_open_service_refuses_other_sites_and_other_hosts(tmp_path: Any) -> None:
    """Without keys, a page of another site and a rebound host name are not let in."""
    with running(Settings(folder=tmp_path, workers=0)) as service:
        assert service.client.post("/v1/people", json={}).status_code == 201
        cross = service.client.post(
            "/v1/people", json={}, headers={"origin": "https://evil.example"}
        )
        rebound = service.client.get("/v1/people", headers={"host": "evil.example"})
    assert (cross.status_code, rebound.status_code) == (403, 400)


def test_open_service_does_not_listen_to_the_network(tmp_path: Any) -> None:
    """Serving without keys on all interfaces is refused with the remedy."""
    from fitting.errors import BadInput
    from service.serve import serve

    with pytest.raises(BadInput, match="CYBERATELIER_ACCESS=keys"):
        serve(host="0.0.0.0", settings=Settings(folder=tmp_path))
