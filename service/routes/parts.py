"""What several routes share."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from fastapi import Header, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from service.keys import Principal
from service.orders import Call
from service.photos import check_photo
from service.site import site_of
from service.submission import read_submission

M = TypeVar("M", bound=BaseModel)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$",
        description="The same key with the same request gives the same answer for 24 hours",
    ),
]  # fmt: skip


def call_of(request: Request, who: Principal, key: str | None) -> Call:
    """The call, for what is done on its behalf."""
    return Call(who, request.state.request_id, key)


def limited(who: Principal, table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    """What a caller may see of a table: their tenant's rows, or a session's own person's."""
    mine = table.c.tenant == who.tenant
    if who.person is None:
        return (mine,)
    owner = table.c.id if table.name == "people" else table.c.person
    return (mine, owner == who.person)


async def uploads_of(
    request: Request, model: type[M], photos: tuple[str, ...] = ("front", "side")
) -> tuple[M, dict[str, bytes]]:
    """A request's body and its photos, each checked to be a picture."""
    site = site_of(request)
    asked, uploads = await read_submission(request, model, site.settings, photos=photos)
    for data in uploads.values():
        async with site.decoding:
            await run_in_threadpool(check_photo, data, site.settings.photo_max_bytes)
    return asked, uploads


def body_of(
    model: type[BaseModel], *, photos: tuple[str, ...] = (), json: bool = True
) -> dict[str, Any]:
    """What OpenAPI says of a body that may be JSON or a form with photos."""
    schema = model.model_json_schema()
    schema = _inlined(schema, schema.pop("$defs", {}))
    content: dict[str, Any] = {"application/json": {"schema": schema}} if json else {}
    if photos:
        form = {**schema, "properties": {**schema.get("properties", {})}}
        for name in photos:
            form["properties"][name] = {
                "type": "string", "contentMediaType": "application/octet-stream",
                "description": "JPEG, PNG or WebP",
            }  # fmt: skip
        content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, known: dict[str, Any]) -> Any:
    """A schema with what it refers to in its place: the body's is in no list of components."""
    if isinstance(schema, list):
        return [_inlined(one, known) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {name: _inlined(one, known) for name, one in schema.items()}
