"""What there is to choose from: garments, fabrics, size charts."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from service.access import allow
from service.answers import answered, problems, written
from service.keys import Principal
from service.models import Name
from service.problems import Problem

router = APIRouter(prefix="/v1", tags=["catalogue"])
Reader = Annotated[Principal, Depends(allow("catalogue:read"))]

_CACHE = "private, max-age=60"


@cache
def _tree(kind: str) -> dict[str, Any]:
    from fitting import fabrics, pattern
    from fitting.pattern import charts

    source = {"garments": pattern, "fabrics": fabrics, "charts": charts}[kind]
    return dict(source.catalogue())


@cache  # the catalogues do not change while the service runs
def _written(kind: str, name: str | None = None) -> tuple[bytes, str]:
    tree = _tree(kind)
    if name is not None and name not in tree:
        raise Problem("not-found")
    return written(tree if name is None else tree[name])


def warm_up() -> None:
    """Read the catalogues, so that no request waits for that."""
    for kind in ("garments", "fabrics", "charts"):
        _written(kind)


def _answer(request: Request, kind: str, name: str | None = None) -> Response:
    return answered(request, _written(kind, name), cache=_CACHE)


# These neither compute nor ask the database: a thread of their own would cost more than the answer.


@router.get("/garments", responses=problems())
async def list_garments(request: Request, _: Reader) -> Response:
    """The garments with their options, by name."""
    return _answer(request, "garments")


@router.get("/garments/{name}", responses=problems(404))
async def read_garment(request: Request, name: Name, _: Reader) -> Response:
    """A garment and its options."""
    return _answer(request, "garments", name)


@router.get("/fabrics", responses=problems())
async def list_fabrics(request: Request, _: Reader) -> Response:
    """The fabrics, by name."""
    return _answer(request, "fabrics")


@router.get("/fabrics/{name}", responses=problems(404))
async def read_fabric(request: Request, name: Name, _: Reader) -> Response:
    """A fabric."""
    return _answer(request, "fabrics", name)


@router.get("/charts", responses=problems())
async def list_charts(request: Request, _: Reader) -> Response:
    """The size charts, by name."""
    return _answer(request, "charts")


@router.get("/charts/{name}", responses=problems(404))
async def read_chart(request: Request, name: Name, _: Reader) -> Response:
    """A size chart."""
    return _answer(request, "charts", name)
