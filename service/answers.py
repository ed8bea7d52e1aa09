"""Answers: JSON with an ETag, pages of lists, times as text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query, Request
from fastapi.responses import Response

from service.models import ProblemOut
from service.problems import MEDIA_TYPE

Limit = Annotated[int, Query(ge=1, le=200, description="Items a page")]
Cursor = Annotated[
    str | None, Query(pattern=r"^[0-9a-z_]{1,40}$", description="`next` of the page before")
]


def moment(seconds: float | None) -> str | None:
    """A time as RFC 3339 writes it, in UTC."""
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def tagged(request: Request, tree: Any, *, cache: str = "private, no-cache") -> Response:
    """A JSON answer with an ETag; 304 where the caller has it already."""
    return answered(request, written(tree), cache=cache)


def written(tree: Any) -> tuple[bytes, str]:
    """A JSON answer's body and its ETag."""
    body = json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def answered(request: Request, ready: tuple[bytes, str], *, cache: str) -> Response:
    """A body that is written already, or 304 where the caller has it."""
    body, tag = ready
    headers = {"etag": tag, "cache-control": cache}
    if has_tag(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def has_tag(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this tag (weak comparison, RFC 9110 section 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    known = {part.strip().removeprefix("W/") for part in given.split(",")}
    return tag in known or "*" in known


def page(
    connection: sa.Connection,
    query: sa.Select[Any],
    key: sa.ColumnElement[str],
    *,
    limit: int,
    cursor: str | None,
    show: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """One page of a query, newest first; ids sort by time, so the last one is the cursor."""
    if cursor is not None:
        query = query.where(key < cursor)
    rows = connection.execute(query.order_by(key.desc()).limit(limit + 1)).all()
    more = len(rows) > limit
    return {
        "items": [show(row) for row in rows[:limit]],
        "next": rows[limit - 1].id if more else None,
    }


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of a route's problems; every route may answer the first group."""
    wanted = {400, 401, 403, 422, 429, *statuses}
    return {
        status: {
            "model": ProblemOut,
            "description": "Problem",
            "content": {MEDIA_TYPE: {}},
        }
        for status in sorted(wanted)
    }
