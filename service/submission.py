"""Reading a request's body: JSON, or form data with photos.

In a form each field is a member of the JSON object; lists and objects are written as JSON text.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from service.problems import Problem, validation_problem
from service.settings import Settings

M = TypeVar("M", bound=BaseModel)

_FIELD_BYTES = 64_000  # of one text field, chosen: options and tape values are short


async def read_submission(
    request: Request, model: type[M], settings: Settings, *, photos: tuple[str, ...] = ()
) -> tuple[M, dict[str, bytes]]:
    """The request as its model, and the photos that came with it by field name.

    Raises:
        Problem: The body is not well-formed, too large, of another type, or not valid.
    """
    files: dict[str, bytes] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        fields = _json(await request.body())
    elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        fields, files = await _form(request, model, settings, photos, kind.startswith("multipart"))
    else:
        raise Problem("unsupported-media-type", "send application/json or multipart/form-data")
    try:
        return model.model_validate(fields), files
    except ValidationError as error:
        raise validation_problem(list(error.errors(include_url=False))) from None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem("bad-request", "the body is not JSON") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


async def _form(
    request: Request,
    model: type[BaseModel],
    settings: Settings,
    photos: tuple[str, ...],
    multipart: bool,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    parser: MultiPartParser | FormParser
    if multipart:
        # Files over a megabyte go to temporary files that have no name and end with the request.
        parser = MultiPartParser(
            request.headers, request.stream(), max_files=4, max_fields=64,
            max_part_size=_FIELD_BYTES,
        )  # fmt: skip
    else:
        parser = FormParser(request.headers, request.stream())
    try:
        form = await parser.parse()
        return await _members(form, model, settings, photos)
    except (MultiPartException, FormParserError):
        raise Problem("bad-request", "the form data cannot be read") from None
    finally:
        # A part that was cut short is in no form, so the form's own close would miss it.
        for file in getattr(parser, "_files_to_close_on_error", ()):
            file.close()


async def _members(
    form: FormData, model: type[BaseModel], settings: Settings, photos: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    fields: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, value in form.multi_items():
        if name in fields or name in files:
            raise Problem("invalid", f"the field {name[:40]!r} is there twice")
        if not isinstance(value, UploadFile):
            fields[name] = _plain(model, name, value)
        elif name not in photos:
            raise Problem("invalid", f"no file is wanted in the field {name[:40]!r}")
        else:
            files[name] = await _bytes(value, settings.photo_max_bytes)
    return fields, {name: data for name, data in files.items() if data}


async def _bytes(upload: UploadFile, limit: int) -> bytes:
    data = await upload.read(limit + 1)
    if len(data) > limit:
        raise Problem("too-large", f"a photo may have {limit} bytes")
    return data


def _plain(model: type[BaseModel], name: str, text: str) -> Any:
    """A form field as JSON would have it: an empty one is left out, objects are read."""
    if text == "":
        return None
    field = model.model_fields.get(name)
    if field is not None and text[:1] in "[{":
        return _json(text.encode())
    return text
