"""Spans reach an OpenTelemetry collector."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from servers import wait_for
from service_under_test import running

from service.settings import Settings


def test_request_continues_its_callers_trace(tmp_path: Path) -> None:
    """A request with a traceparent is told to the collector as a span under it, by its route."""
    got: list[dict[str, Any]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            for resource in body["resourceSpans"]:
                got.extend(resource["scopeSpans"][0]["spans"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    endpoint = f"http://127.0.0.1:{server.server_port}"
    with running(Settings(folder=tmp_path, workers=0, otlp_endpoint=endpoint)) as live:
        live.client.get("/v1/jobs", headers={"traceparent": f"00-{trace}-{parent}-01"})
        wait_for(lambda: got, 20)
    server.shutdown()
    server.server_close()
    (span,) = got
    assert (span["traceId"], span["parentSpanId"], span["name"]) == (trace, parent, "GET /v1/jobs")
