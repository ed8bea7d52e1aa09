"""What there is to choose from: garments, fabrics, size charts."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from service.access import allow
from service.answers import problems, tagged
from service.keys import Principal
from service.models import Name
from service.problems import Problem

router = APIRouter(prefix="/v1", tags=["catalogue"])
Reader = Annotated[Principal, Depends(allow("catalogue:read"))]

_CACHE = "private, max-age=60"


@cache
def _garments() -> dict[str, Any]:
    from fitting import pattern

    return dict(pattern.catalogue())


@cache
def _fabrics() -> dict[str, Any]:
    from fitting.fabrics import catalogue

    return dict(catalogue())


@cache
def _charts() -> dict[str, Any]:
    from fitting.pattern.charts import catalogue

    return dict(catalogue())


@router.get("/garments", responses=problems())
def list_garments(request: Request, _: Reader) -> Response:
    """The garments with their options, by name."""
    return tagged(request, _garments(), cache=_CACHE)


@router.get("/garments/{name}", responses=problems(404))
def read_garment(request: Request, name: Name, _: Reader) -> Response:
    """A garment and its options."""
    return tagged(request, _one(_garments(), name), cache=_CACHE)


@router.get("/fabrics", responses=problems())
def list_fabrics(request: Request, _: Reader) -> Response:
    """The fabrics, by name."""
    return tagged(request, _fabrics(), cache=_CACHE)


@router.get("/fabrics/{name}", responses=problems(404))
def read_fabric(request: Request, name: Name, _: Reader) -> Response:
    """A fabric."""
    return tagged(request, _one(_fabrics(), name), cache=_CACHE)


@router.get("/charts", responses=problems())
def list_charts(request: Request, _: Reader) -> Response:
    """The size charts, by name."""
    return tagged(request, _charts(), cache=_CACHE)


@router.get("/charts/{name}", responses=problems(404))
def read_chart(request: Request, name: Name, _: Reader) -> Response:
    """A size chart."""
    return tagged(request, _one(_charts(), name), cache=_CACHE)


def _one(tree: dict[str, Any], name: str) -> Any:
    if name not in tree:
        raise Problem("not-found")
    return tree[name]
