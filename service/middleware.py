"""What surrounds every request: its id, its size limit, its headers, its line in the log."""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.deprecation import headers_of
from service.identity import new_id
from service.logs import told
from service.problems import Problem, answer
from service.settings import Settings
from service.tracing import Tracer, parent_of

log = structlog.get_logger("http")

# Results such as SVG are shown by browsers too: nothing in them may run.
_RESULT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


class Surround:
    """Gives each request an id and each answer its headers; keeps errors from telling too much."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.tracer = Tracer(settings, "api")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_id("req")
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        structlog.contextvars.bind_contextvars(request=request_id)
        try:
            await self.app(scope, _Counted(receive, self.settings.body_max_bytes), send_on)
        except _TooLarge:
            problem = Problem(
                "too-large", f"a request may have {self.settings.body_max_bytes} bytes"
            )
            if not status:
                await answer(problem)(scope, receive, send_on)
        except Exception as error:
            log.error("request failed", **told(error))
            if not status:
                await answer(Problem("internal", request=request_id))(scope, receive, send_on)
        finally:
            self._tell(scope, status or 499, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request")

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        # The route's pattern, not its address: addresses name people and carry signatures.
        route = getattr(scope.get("route"), "path", "(none)")
        site = getattr(scope["app"].state, "site", None)
        if site is not None:
            site.meter.requests.labels(scope["method"], route, status).inc()
            site.meter.seconds.labels(route).observe(seconds)
        if route not in ("/healthz", "/readyz", "/metrics"):
            self._trace(scope, route, status, seconds)
            log.info(
                "request", method=scope["method"], route=route, status=status,
                ms=round(seconds * 1000, 1),
            )  # fmt: skip

    def _trace(self, scope: Scope, route: str, status: int, seconds: float) -> None:
        header = next((v for k, v in scope["headers"] if k == b"traceparent"), b"")
        trace, parent = parent_of(header.decode("latin-1"))
        self.tracer.note(
            f"{scope['method']} {route}", seconds, trace=trace, parent=parent, failed=status >= 500,
            **{"http.request.method": scope["method"], "http.route": route,
               "http.response.status_code": status},
        )  # fmt: skip


class _TooLarge(Exception):
    """The body passed its limit while it was read."""


class _Counted:
    """A body that ends the request once it is over the limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise _TooLarge
        return message


def _dress(headers: MutableHeaders, scope: Scope, request_id: str) -> None:
    operation = getattr(scope.get("route"), "name", "")
    for name, value in (_HEADERS | headers_of(operation)).items():
        headers[name] = value
    headers["x-request-id"] = request_id
    if "content-security-policy" not in headers:
        headers["content-security-policy"] = _RESULT_POLICY
    if scope["path"].startswith("/v1") and "cache-control" not in headers:
        headers["cache-control"] = "no-store"
