"""Rows as answers show them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service import chain
from service.answers import moment
from service.links import signed_link
from service.site import Site
from service.tables import files


def files_of(site: Site, connection: sa.Connection, owner: str) -> list[dict[str, Any]]:
    """A preview's or measurement's results with fresh links."""
    rows = connection.execute(files.select().where(files.c.owner == owner).order_by(files.c.name))
    return [
        {
            "name": row.name,
            "media_type": row.media_type,
            "size": row.size,
            "url": signed_link(site.vault, row.id, seconds=site.settings.link_seconds),
        }
        for row in rows
    ]


def job(site: Site, connection: sa.Connection, row: Any) -> dict[str, Any]:
    """A job."""
    names = chain.stages(row.kind)
    done = sum(1 for name in names if name in row.stages)
    share = row.share if row.stage and row.stage not in row.stages else 0.0
    ended = row.state == "succeeded"
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "stage": row.stage or None,
        "progress": 1.0 if ended else round(min(0.99, (done + share) / len(names)), 3),
        "stages": {name: row.stages.get(name) for name in names},
        "problem": row.problem,
        "subject": row.subject,
        "result": f"/v1/{row.kind}s/{row.subject}",
        "files": files_of(site, connection, row.subject) if ended else [],
        "created": moment(row.created),
        "started": moment(row.started),
        "ended": moment(row.ended),
    }


def person(row: Any) -> dict[str, Any]:
    """A person."""
    return {
        "id": row.id, "label": row.label, "stated": row.stated, "created": moment(row.created),
    }  # fmt: skip


def photo(row: Any) -> dict[str, Any]:
    """A photo, without its pixels."""
    return {
        "id": row.id, "person": row.person, "view": row.view, "size": row.size,
        "created": moment(row.created), "deleted": moment(row.deleted),
    }  # fmt: skip


def measurement(row: Any) -> dict[str, Any]:
    """A measurement joined with its job's state."""
    return {
        "id": row.id, "person": row.person, "job": row.job, "state": row.state,
        "values": row.found, "created": moment(row.created),
    }  # fmt: skip


def preview(site: Site, connection: sa.Connection, row: Any) -> dict[str, Any]:
    """A preview joined with its job's state and problem."""
    return {
        "id": row.id, "person": row.person, "job": row.job, "state": row.state,
        "request": row.request, "problem": row.problem,
        "files": files_of(site, connection, row.id), "created": moment(row.created),
    }  # fmt: skip


def consent(row: Any) -> dict[str, Any]:
    """An agreement."""
    return {
        "id": row.id, "purpose": row.purpose, "text": row.text,
        "given": moment(row.given), "withdrawn": moment(row.withdrawn),
    }  # fmt: skip


def receipt(row: Any) -> dict[str, Any]:
    """A receipt of an erasure."""
    return {
        "id": row["id"], "pseudonym": row["pseudonym"], "removed": row["removed"],
        "requested": moment(row["requested"]), "completed": moment(row["completed"]),
    }  # fmt: skip
