"""Downloads by signed links."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.answers import has_tag, problems
from service.keys import anyone_with_link
from service.links import check_link
from service.models import Identifier
from service.problems import Problem
from service.site import site_of
from service.tables import files

router = APIRouter(prefix="/v1/files", tags=["files"])


@router.get(
    "/{id}",
    name="download_file",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
        304: {"description": "The caller has it"},
        **problems(404, 410),
    },
    openapi_extra={"security": []},
)
def download(
    request: Request,
    id: Identifier,
    expires: Annotated[int, Query(ge=0, le=1 << 40)],
    signature: Annotated[str, Query(max_length=64)],
) -> Response:
    """A result, by a link from a preview, measurement or job; it needs no key and it ends."""
    site = site_of(request)
    check_link(site.vault, id, expires, signature)
    with site.engine.connect() as connection:
        row = connection.execute(files.select().where(files.c.id == id)).one_or_none()
    if row is None:
        raise Problem("not-found")
    site.scribe.note(
        anyone_with_link(row.tenant), "files.read", [row.person], request.state.request_id
    )
    headers = {
        "etag": f'"{row.digest[:32]}"',
        "cache-control": f"private, max-age={site.settings.link_seconds}",
        "content-disposition": f'inline; filename="{row.name}"',
    }
    if has_tag(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    try:
        body = site.files.stream(row.path)
    except FileNotFoundError:
        raise Problem("not-found") from None
    headers["content-length"] = str(row.size)
    return StreamingResponse(body, media_type=row.media_type, headers=headers)
