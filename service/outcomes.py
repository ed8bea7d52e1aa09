"""How a job ends: one transaction with everything that others can see of it."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from service import jobs, tallies
from service.identity import new_id, now
from service.tables import files, measurements
from service.webhooks import announce

_MEDIA = {
    ".json": "application/json",
    ".png": "image/png",
    ".glb": "model/gltf-binary",
    ".usdz": "model/vnd.usdz+zip",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".dxf": "image/vnd.dxf",
    ".zip": "application/zip",
}


def described(name: str, path: str, data: bytes) -> dict[str, Any]:
    """A result's entry: what it is and where it lies."""
    return {
        "name": name,
        "path": path,
        "media_type": _MEDIA.get(name[name.rfind(".") :], "application/octet-stream"),
        "size": len(data),
        "digest": hashlib.sha256(data).hexdigest(),
    }


def conclude(
    connection: sa.Connection,
    job: Any,
    state: str,
    *,
    problem: dict[str, Any] | None = None,
    results: list[dict[str, Any]] | None = None,
    values: dict[str, Any] | None = None,
) -> bool:
    """Write a job's outcome; False, and nothing written, if it had ended before.

    Args:
        connection: In a transaction.
        job: The job's row.
        state: ``succeeded``, ``failed`` or ``cancelled``.
        problem: Why it failed.
        results: Entries of `described`.
        values: The measurements, of a measurement job.
    """
    if not jobs.end(connection, job.id, state, problem):
        return False
    created = now()
    for entry in results or []:
        connection.execute(
            files.insert().values(
                id=new_id("fil"), tenant=job.tenant, person=job.person, owner=job.subject,
                created=created, **entry,
            )
        )  # fmt: skip
    if values is not None:
        connection.execute(
            measurements.update().where(measurements.c.id == job.subject).values(found=values)
        )
    announce(
        connection,
        tenant=job.tenant,
        person=job.person,
        resource=job.subject,
        event=f"{job.kind}.{state}",
        data={"id": job.subject, "job": job.id, "person": job.person, "state": state},
    )
    reason = problem["type"].rpartition("/")[2] if problem else ""
    tallies.count(connection, "jobs", f"{job.kind}|{state}|{reason}")
    return True
