"""Photos: uploaded once, used by the measurements and previews that name them."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service import audit, consent, idempotency, shown
from service.access import allow
from service.answers import Cursor, Limit, page, problems, tagged
from service.identity import new_id
from service.keys import Principal
from service.models import Identifier, Page, PhotoOut
from service.models import Request as Body
from service.persons import hold_person, insert_person
from service.photos import delete_photos, keep_photo, open_photo
from service.problems import Problem
from service.routes.parts import IdempotencyKey, body_of, limited, uploads_of
from service.site import Site, site_of
from service.tables import people, photos

router = APIRouter(prefix="/v1/photos", tags=["photos"])
Reader = Annotated[Principal, Depends(allow("photos:read"))]
Writer = Annotated[Principal, Depends(allow("photos:write"))]


class PhotoIn(Body):
    """Whose photo it is and from which side."""

    view: Literal["front", "side"]
    person: Identifier | None = None


@router.post(
    "",
    status_code=201,
    responses={201: {"model": PhotoOut}, **problems(404, 413, 415)},
    openapi_extra=body_of(PhotoIn, photos=("file",), json=False),
)
async def upload_photo(request: Request, who: Writer, key: IdempotencyKey = None) -> Response:
    """Upload a photo as the form field `file`; without `person` a new one is made."""
    asked, uploads = await uploads_of(request, PhotoIn, ("file",))
    if "file" not in uploads:
        raise Problem("invalid", errors=[{"field": "file", "problem": "is missing"}])
    site = site_of(request)
    data = uploads["file"]
    return await run_in_threadpool(_keep, site, who, request.state.request_id, key, asked, data)


def _keep(
    site: Site, who: Principal, request: str, key: str | None, asked: PhotoIn, data: bytes
) -> Response:
    person = asked.person or who.person
    new = person is None
    person = person or new_id("per")
    if not new:
        with site.engine.connect() as connection:
            _require_person(connection, who, person)
    digest = hashlib.sha256(data).hexdigest()
    mark = idempotency.fingerprint("photos", asked.model_dump(mode="json"), digest)
    row = keep_photo(
        site.files, site.vault, tenant=who.tenant, person=person, view=asked.view, data=data
    )
    stored = False
    try:
        with site.engine.begin() as connection:
            if answer := idempotency.claim(connection, site.vault, who, key, mark):
                return answer
            if new:
                insert_person(connection, id=person, tenant=who.tenant)
            else:
                hold_person(connection, who.tenant, person)
            connection.execute(photos.insert().values(**row))
            consent.give(connection, tenant=who.tenant, person=person, purpose=consent.MEASURE)
            audit.note(connection, who, "photos.add", person, request)
            found = connection.execute(photos.select().where(photos.c.id == row["id"])).one()
            made = JSONResponse(shown.photo(found), 201, {"location": f"/v1/photos/{found.id}"})
            answer = idempotency.record(connection, site.vault, who, key, made, person=person)
        stored = True
        return answer
    finally:
        if not stored:
            site.files.delete([row["path"]])


@router.get("", responses={200: {"model": Page[PhotoOut]}, **problems()})
def list_photos(
    request: Request, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The photos, newest first."""
    site = site_of(request)
    with site.engine.connect() as connection:
        query = sa.select(photos).where(*limited(who, photos))
        tree = page(connection, query, photos.c.id, limit=limit, cursor=cursor, show=shown.photo)
    read = {item["person"] for item in tree["items"]}
    site.scribe.note(who, "photos.list", read, request.state.request_id)
    return tagged(request, tree)


@router.get("/{id}", responses={200: {"model": PhotoOut}, **problems(404)})
def read_photo(request: Request, id: Identifier, who: Reader) -> Response:
    """A photo, without its pixels."""
    site = site_of(request)
    with site.engine.connect() as connection:
        row = _find(connection, who, id)
    site.scribe.note(who, "photos.read", [row.person], request.state.request_id)
    return tagged(request, shown.photo(row))


@router.get(
    "/{id}/content",
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
        **problems(404, 410),
    },
)
def read_pixels(request: Request, id: Identifier, who: Reader) -> Response:
    """A photo's file as it was uploaded, while it is kept."""
    site = site_of(request)
    with site.engine.connect() as connection:
        row = _find(connection, who, id)
    site.scribe.note(who, "photos.view", [row.person], request.state.request_id)
    if row.deleted is not None:
        raise Problem("gone", "the photo was deleted")
    try:
        data = open_photo(site.files, site.vault, row)
    except FileNotFoundError:
        raise Problem("gone", "the photo was deleted") from None
    # As a download, never shown: a file of two natures must not run as a page of ours.
    headers = {"content-disposition": f'attachment; filename="{id}"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.delete("/{id}", status_code=204, responses=problems(404))
def delete_photo(request: Request, id: Identifier, who: Writer) -> Response:
    """Delete a photo now; one that was measured goes by itself, and its row tells when."""
    site = site_of(request)
    with site.engine.begin() as connection:
        row = _find(connection, who, id)
        audit.note(connection, who, "photos.delete", row.person, request.state.request_id)
        delete_photos(connection, site.files, photos.c.id == id)
        connection.execute(photos.delete().where(photos.c.id == id))
    return Response(status_code=204)


def _require_person(connection: sa.Connection, who: Principal, person: str) -> None:
    query = sa.select(people.c.id).where(*limited(who, people), people.c.id == person)
    if connection.scalar(query) is None:
        raise Problem("not-found", "there is no such person")


def _find(connection: sa.Connection, who: Principal, id: str) -> Any:
    query = photos.select().where(*limited(who, photos), photos.c.id == id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise Problem("not-found")
    return row
