"""Starting the service for tests: real HTTP, real workers, a database and files of its own."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from PIL import Image
from servers import free_port, wait_for

from service import keys
from service.app import create_app
from service.settings import Settings
from service.site import Site

STATED = {
    "height_cm": 170, "weight_kg": 62, "garment": "tee", "edge_mm": 40, "views": ["front"],
    "picture_size": [240, 320],
}  # fmt: skip


@dataclass
class Live:
    """A running service with a tenant and a key that may do everything."""

    url: str
    settings: Settings
    site: Site
    tenant: str
    key: str
    client: httpx.Client

    def issue(self, tenant: str | None = None, **how: Any) -> str:
        """A further key."""
        with self.site.engine.begin() as connection:
            return keys.issue(connection, tenant or self.tenant, **how)[1]

    def add_tenant(self, name: str) -> str:
        with self.site.engine.begin() as connection:
            return keys.add_tenant(connection, name)

    def as_(self, key: str | None) -> httpx.Client:
        """A client with another key."""
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120)

    def finished(self, job: str, seconds: float = 400.0) -> dict[str, Any]:
        """A job once it has ended."""

        def ended() -> Any:
            tree = self.client.get(f"/v1/jobs/{job}").raise_for_status().json()
            return tree if tree["state"] not in ("queued", "running") else None

        found: dict[str, Any] = wait_for(ended, seconds)
        return found


@contextmanager
def running(settings: Settings) -> Iterator[Live]:
    """The service on a free port, until the end of the block."""
    app = create_app(settings)
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started or not thread.is_alive(), 240)
        assert server.started, "the service did not start"
        site: Site = app.state.site
        with site.engine.begin() as connection:
            tenant = keys.add_tenant(connection, "test")
            _, key = keys.issue(connection, tenant)
        url = f"http://127.0.0.1:{port}"
        headers = {"authorization": f"Bearer {key}"} if settings.access == "keys" else {}
        with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
            yield Live(url, settings, site, tenant, key, client)
    finally:
        server.should_exit = True
        thread.join(120)


def picture() -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.effect_noise((200, 300), 50).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def call(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """A request that is right where its path is."""
    body: dict[str, Any] = {}
    if path.endswith(("previews", "measurements")):
        body = {"json": STATED if path.endswith("previews") else {"height_cm": 172}}
    elif path.endswith("/advice"):
        body = {"json": {"height_cm": 172, "garment": "tee", "chart": "uk-women"}}
    elif path.endswith("/people"):
        body = {"json": {}}
    elif path.endswith("/consents"):
        body = {"json": {"purpose": "keep-photos"}}
    elif path.endswith("/webhooks") or method == "patch":
        body = {"json": {"url": "http://127.0.0.1:9/in"}}
    elif path.endswith("/photos"):
        body = {"data": {"view": "front"}, "files": {"file": ("a.jpg", picture())}}
    if method in ("get", "delete"):
        body = {}
    return client.request(method, path, **body)
