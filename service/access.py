"""Who may do what: the key of a request, its scope, its origin and its rate."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service import keys
from service.keys import OPEN, Principal
from service.problems import Problem
from service.site import Site, site_of

_TRUST = 1.0  # [s] a key that was found is trusted: how long a revoked key may still work, chosen
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="An API key or a session.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class KeyRing:
    """Keys looked up lately."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Principal]] = {}

    async def find(self, site: Site, key: str) -> Principal | None:
        """Who holds a key."""
        mark = keys.digest(key)
        moment = time.monotonic()
        if (known := self._known.get(mark)) and moment - known[0] < _TRUST:
            return known[1]

        def look_up() -> Principal | None:
            with site.engine.connect() as connection:
                return keys.find(connection, key)

        found = await run_in_threadpool(look_up)
        if found is None:
            self._known.pop(mark, None)
            return None
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[mark] = (moment, found)
        return found


def allow(scope: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets in who may do this."""

    async def check(request: Request, bearer: Bearer) -> Principal:
        site = site_of(request)
        if site.settings.access == "open":
            _require_same_origin(request)
            return OPEN
        if bearer is None or not bearer.credentials:
            raise Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})
        who = await site.ring.find(site, bearer.credentials)
        if who is None:
            raise Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})
        if who.origins and request.headers.get("origin") not in (None, *who.origins):
            raise Problem("forbidden", "the key may not be used from this origin")
        if who.kind == "publishable" and request.headers.get("origin") is None:
            raise Problem("forbidden", "a publishable key is for web pages of its origins")
        if scope not in who.scopes:
            raise Problem("forbidden", f"the key lacks the scope {scope!r}", scope=scope)
        site.requests.take(who.key)
        if request.method == "POST":
            site.submissions.take(who.key)
        return who

    check.__dict__["scope"] = scope
    return check


def _require_same_origin(request: Request) -> None:
    """An open service must not be driven by other web sites the user has open."""
    origin = request.headers.get("origin")
    if request.method not in _UNSAFE or origin is None:
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem("forbidden", "requests from other web sites are not let in")


def visible(who: Principal, person: str) -> bool:
    """Whether a caller may see a person of their tenant."""
    return who.person is None or who.person == person
