"""Errors as RFC 9457 problems: one documented type for each way a request can go wrong."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from fitting import errors

MEDIA_TYPE = "application/problem+json"

# slug -> status, title, and what to do about it (served at /problems/<slug>)
TYPES: dict[str, tuple[int, str, str]] = {
    "bad-request": (400, "The request cannot be read", "Send well-formed JSON or form data."),
    "unauthorized": (401, "A valid key is needed", "Send `Authorization: Bearer <key>`."),
    "forbidden": (403, "The key does not allow this", "Use a key with the scope that is named."),
    "not-found": (404, "There is no such thing", "Check the address; it may have been erased."),
    "method-not-allowed": (405, "The method is not allowed here", "See /openapi.json."),
    "conflict": (409, "It is not in a state that allows this", "Read it again and decide anew."),
    "gone": (410, "The link has expired", "Read the resource again for a fresh link."),
    "too-large": (413, "The request is too large", "Send a smaller photo."),
    "unsupported-media-type": (
        415,
        "The format is not supported",
        "Send JPEG, PNG or WebP photos; JSON or form data.",
    ),
    "invalid": (422, "The request is not valid", "Mend the fields that `errors` names."),
    "bad-photo": (422, "The photo cannot be used", "Send the original picture from the camera."),
    "retake-needed": (422, "The photo cannot be measured", "Take it again as `detail` says."),
    "bad-measurement": (422, "A measurement is not plausible", "Check the value and its unit."),
    "unknown-name": (422, "There is no such name", "See /v1/garments and /v1/fabrics."),
    "bad-option": (422, "An option is outside its bounds", "See the garment's options."),
    "bad-pattern": (422, "The pattern cannot be sewn", "Choose other options."),
    "bad-mesh": (422, "The body cannot be used", "Check the measurements."),
    "bad-input": (422, "The input is not valid", "See `detail`."),
    "idempotency-reuse": (
        422,
        "This Idempotency-Key was used with another request",
        "Use a new key for a new request.",
    ),
    "too-many-requests": (429, "Too many requests", "Wait as long as Retry-After says."),
    "internal": (500, "Something went wrong here", "Try again; tell the operator the request id."),
    "not-supported": (501, "This installation cannot do it", "See `fitting doctor`."),
    "unavailable": (503, "Not ready", "Try again in a moment."),
    "cancelled": (409, "The job was cancelled", "Submit it again if it is still wanted."),
    "gave-up": (500, "The job failed again and again", "Tell the operator the job's id."),
    "timed-out": (500, "The job took too long", "Choose a coarser `edge_mm`, or try again."),
}

_BY_ERROR: tuple[tuple[type[errors.FittingError], str], ...] = (
    (errors.RetakeNeeded, "retake-needed"),
    (errors.BadPhoto, "bad-photo"),
    (errors.BadMeasurement, "bad-measurement"),
    (errors.UnknownName, "unknown-name"),
    (errors.BadOption, "bad-option"),
    (errors.BadPattern, "bad-pattern"),
    (errors.BadMesh, "bad-mesh"),
    (errors.BadInput, "bad-input"),
    (errors.NotSupported, "not-supported"),
    (errors.Cancelled, "cancelled"),
)


class Problem(Exception):
    """A request that cannot be fulfilled, and why.

    Attributes:
        slug: A key of `TYPES`.
        detail: What is wrong with this request.
        more: Further members of the problem, e.g. ``errors``.
        headers: Of the answer, e.g. ``Retry-After``.
    """

    def __init__(
        self,
        slug: str,
        detail: str = "",
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail or TYPES[slug][1])
        self.slug = slug
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    @property
    def status(self) -> int:
        return TYPES[self.slug][0]

    def body(self) -> dict[str, Any]:
        """The problem as RFC 9457 writes it."""
        status, title, remedy = TYPES[self.slug]
        return {
            "type": f"/problems/{self.slug}",
            "title": title,
            "status": status,
            "detail": self.detail or remedy,
            **self.more,
        }


def problem_of(error: errors.FittingError) -> Problem:
    """The problem that an error of the library becomes."""
    for kind, slug in _BY_ERROR:
        if isinstance(error, kind):
            problem = Problem(slug, str(error))
            if isinstance(error, errors.RetakeNeeded):
                problem.more["code"] = error.code
            return problem
    return Problem("internal")


def answer(problem: Problem) -> JSONResponse:
    """The HTTP answer for a problem."""
    return JSONResponse(
        problem.body(), problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def validation_problem(found: list[Any]) -> Problem:
    """Field errors without the values that were sent: those may be personal."""
    fields = [
        {"field": ".".join(str(part) for part in one["loc"]), "problem": one["msg"]}
        for one in found
    ]
    return Problem("invalid", errors=jsonable_encoder(fields))


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> JSONResponse:
        return answer(error)

    @app.exception_handler(errors.FittingError)
    async def _fitting(_: Request, error: errors.FittingError) -> JSONResponse:
        return answer(problem_of(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(validation_problem(list(error.errors())))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        slugs = {status: slug for slug, (status, _, _) in reversed(TYPES.items())}
        slug = slugs.get(error.status_code, "bad-request")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(request))
        return answer(Problem(slug, headers=headers))


def _methods(request: Request) -> list[str]:
    """What an address allows: several routes may share it, and each knows its own methods only."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)
