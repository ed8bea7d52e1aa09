"""Spans for an OpenTelemetry collector, as OTLP/HTTP with JSON bodies.

Written out here because the exporter packages want a protobuf that the pose models exclude. Spans
that cannot be sent are dropped: watching must not hold up work.

Reference:
    OpenTelemetry Protocol 1.5, section OTLP/HTTP; W3C Trace Context, section traceparent.
"""

from __future__ import annotations

import hashlib
import json
import queue
import re
import secrets
import threading
import time
import urllib.request
from typing import Any

from service.settings import Settings

_EVERY = 2.0  # [s] between two posts, chosen
_HELD = 2000  # spans kept while the collector does not answer, chosen
_PARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")


class Tracer:
    """Collects spans and sends them from a thread; does nothing without an endpoint."""

    def __init__(self, settings: Settings, role: str) -> None:
        self.url = settings.otlp_endpoint.rstrip("/")
        self._role = role
        self._spans: queue.Queue[dict[str, Any]] = queue.Queue(_HELD)
        if self.url:
            threading.Thread(target=self._send_on, name="tracing", daemon=True).start()

    def note(
        self,
        name: str,
        seconds: float,
        *,
        trace: str,
        parent: str = "",
        failed: bool = False,
        **attributes: str | int | float,
    ) -> None:
        """Note a span that has just ended."""
        if not self.url:
            return
        end = time.time_ns()
        span = {
            "traceId": trace,
            "spanId": secrets.token_hex(8),
            "parentSpanId": parent,
            "name": name,
            "kind": 2 if self._role == "api" else 1,  # server, internal
            "startTimeUnixNano": str(end - int(seconds * 1e9)),
            "endTimeUnixNano": str(end),
            "attributes": [{"key": k, "value": _value(v)} for k, v in attributes.items()],
            "status": {"code": 2} if failed else {},
        }
        try:
            self._spans.put_nowait(span)
        except queue.Full:
            return

    def _send_on(self) -> None:
        while True:
            batch = [self._spans.get()]
            time.sleep(_EVERY)
            while not self._spans.empty() and len(batch) < _HELD:
                batch.append(self._spans.get())
            request = urllib.request.Request(
                f"{self.url}/v1/traces", json.dumps(self._body(batch)).encode(),
                {"content-type": "application/json"},
            )  # fmt: skip
            try:
                urllib.request.urlopen(request, timeout=5).close()
            except OSError:  # no collector, no spans
                continue

    def _body(self, spans: list[dict[str, Any]]) -> dict[str, Any]:
        service = {"key": "service.name", "value": {"stringValue": f"cyberatelier-{self._role}"}}
        scope = {"scope": {"name": "cyberatelier"}, "spans": spans}
        return {"resourceSpans": [{"resource": {"attributes": [service]}, "scopeSpans": [scope]}]}


def trace_of(identifier: str) -> str:
    """The trace that all spans of a job belong to."""
    return hashlib.sha256(identifier.encode()).hexdigest()[:32]


def parent_of(header: str) -> tuple[str, str]:
    """Trace and parent span of a `traceparent` header; a new trace without one."""
    found = _PARENT.match(header)
    return (found[1], found[2]) if found else (secrets.token_hex(16), "")


def _value(value: str | int | float) -> dict[str, Any]:
    if isinstance(value, str):
        return {"stringValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"doubleValue": value}
