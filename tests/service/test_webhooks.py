"""Webhooks: signed, in order, tried again, replayed, and never to an inner address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from service_under_test import Live, wait_for
from standardwebhooks.webhooks import Webhook

from service.courier import Refused, require_public


class Receiver:
    """A server that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?from=test"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def add(live: Live, receiver: Receiver, *events: str) -> dict[str, Any]:
    made = live.client.post("/v1/webhooks", json={"url": receiver.url, "events": list(events)})
    tree: dict[str, Any] = made.raise_for_status().json()
    return tree


def test_event_is_signed_and_verifies(live: Live, receiver: Receiver) -> None:
    """The receiver can verify the delivery with the secret it was shown, and not if altered."""
    hook = add(live, receiver, "measurement.succeeded")
    job = live.client.post("/v1/measurements", json={"height_cm": 175.5}).json()
    wait_for(lambda: receiver.got, 240)
    headers, body = receiver.got[0]
    told = Webhook(hook["secret"]).verify(body, headers)
    assert told["type"] == "measurement.succeeded"
    assert told["data"]["job"] == job["id"]
    assert "height" not in body.decode(), "measurements are read with a key, not sent about"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(hook["secret"]).verify(body + b" ", headers)
    live.client.delete(f"/v1/webhooks/{hook['id']}")


def test_failed_delivery_is_tried_again_in_order(live: Live, receiver: Receiver) -> None:
    """While the first of a resource fails the second waits; both arrive, each under one id."""
    hook = add(live, receiver, "webhook.test")
    receiver.answers += [500, 500]
    for _ in range(2):
        live.client.post(f"/v1/webhooks/{hook['id']}/test").raise_for_status()
    wait_for(lambda: len(receiver.got) == 4, 240)
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert ids[0] == ids[1] == ids[2] != ids[3]

    def delivered() -> Any:
        items = live.client.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["items"]
        return items if all(one["state"] == "delivered" for one in items) else None

    sent = wait_for(delivered)
    assert [(one["attempts"], one["outcome"]) for one in sent] == [(1, "HTTP 204"), (3, "HTTP 204")]
    live.client.delete(f"/v1/webhooks/{hook['id']}")


def test_delivery_given_up_can_be_replayed(live: Live, receiver: Receiver) -> None:
    """After the last attempt it counts as failed; a replay sends it under the same id."""
    hook = add(live, receiver)
    receiver.answers += [503, 503, 503]
    live.client.post(f"/v1/webhooks/{hook['id']}/test").raise_for_status()
    path = f"/v1/webhooks/{hook['id']}/deliveries"

    def state() -> dict[str, Any]:
        tree: dict[str, Any] = live.client.get(path).json()["items"][0]
        return tree

    wait_for(lambda: state()["state"] == "failed", 240)
    assert state()["outcome"] == "HTTP 503"
    live.client.post(f"{path}/{state()['id']}/replay").raise_for_status()
    wait_for(lambda: state()["state"] == "delivered", 240)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    live.client.delete(f"/v1/webhooks/{hook['id']}")


def test_gone_receiver_is_switched_off(live: Live, receiver: Receiver) -> None:
    """An answer of 410 ends the delivery and switches the webhook off."""
    hook = add(live, receiver)
    receiver.answers += [410]
    live.client.post(f"/v1/webhooks/{hook['id']}/test").raise_for_status()
    path = f"/v1/webhooks/{hook['id']}"
    wait_for(lambda: not live.client.get(path).json()["active"], 240)
    assert live.client.post(f"{path}/test").status_code == 409
    live.client.delete(path)


def test_rotated_secret_signs_the_next_delivery(live: Live, receiver: Receiver) -> None:
    """After a rotation deliveries verify with the new secret only."""
    hook = add(live, receiver)
    new = live.client.post(f"/v1/webhooks/{hook['id']}/secret").json()["secret"]
    live.client.post(f"/v1/webhooks/{hook['id']}/test").raise_for_status()
    wait_for(lambda: receiver.got, 240)
    headers, body = receiver.got[0]
    assert json.loads(body) == Webhook(new).verify(body, headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(hook["secret"]).verify(body, headers)
    live.client.delete(f"/v1/webhooks/{hook['id']}")


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/in", "https://127.0.0.1/in", "https://[::1]/in", "https://10.0.0.1/in",
        "https://169.254.169.254/latest/meta-data", "https://192.168.1.1/", "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://2130706433/",
        "https://user:pass@8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "https:///in",
        "https://[fe80::1]/", "https://100.64.0.1/", "https://[::ffff:a00:1]/",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused(url: str) -> None:
    """Plain http, private, loopback and link-local addresses cannot be called."""
    with pytest.raises(Refused):
        require_public(url, private=False)


def test_public_address_is_allowed() -> None:
    """A public https address leads to itself."""
    assert require_public("https://8.8.8.8/in", private=False) == ("8.8.8.8", 443, True, "8.8.8.8")


def test_unknown_event_is_refused(bare: Live) -> None:
    """A webhook cannot ask for an event there is none of."""
    answer = bare.client.post(
        "/v1/webhooks", json={"url": "http://127.0.0.1:9/", "events": ["preview.imagined"]}
    )
    assert answer.status_code == 422
    assert "preview.succeeded" in answer.json()["events"]
