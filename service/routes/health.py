"""Whether it runs, whether it can work, and figures of how."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.database import is_current
from service.identity import now
from service.problems import TYPES, Problem, answer
from service.site import site_of
from service.tables import workers

router = APIRouter(include_in_schema=False)

_SILENT = 60.0  # [s] after which a worker counts as gone, chosen: six beats


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def ready(request: Request) -> Response:
    """The database has the right schema, files can be read, and a worker lives."""
    site = site_of(request)
    found = {"database": False, "files": False, "workers": False}
    try:
        found["database"] = is_current(site.engine)
        with site.engine.connect() as connection:
            query = workers.select().where(workers.c.beat > now() - _SILENT)
            found["workers"] = connection.execute(query.limit(1)).one_or_none() is not None
        site.files.paths("readyz")
        found["files"] = True
    except Exception:  # whatever is the matter, the answer is: not ready
        pass
    if all(found.values()):
        return JSONResponse({"status": "ready", **found})
    return answer(Problem("unavailable", parts=found))


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """For Prometheus."""
    site = site_of(request)
    if not site.settings.metrics:
        raise Problem("not-found")
    return Response(site.meter.text(), media_type="text/plain; version=0.0.4")


@router.get("/problems/{slug}")
async def problem(slug: str) -> Response:
    """What a problem's type means."""
    if slug not in TYPES:
        raise Problem("not-found")
    status, title, remedy = TYPES[slug]
    return JSONResponse({"type": f"/problems/{slug}", "status": status, "title": title,
                         "remedy": remedy})  # fmt: skip
