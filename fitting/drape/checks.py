"""What cannot be draped is refused before any work, with the value, the limit and what to do."""

from __future__ import annotations

import numpy as np

from fitting import memory
from fitting.drape.topology import FloatArray
from fitting.errors import BadMesh, BadOption, BadPattern
from fitting.fabrics import BOUNDS
from fitting.records import Body, ClothMesh, Fabric

_FAR = 0.25  # cloth starting further from the body than this part of its size misses it
_OFF = 0.045  # cloth all of which is further away at the end is not worn [m]
_SMALL = 0.03  # cloth smaller than this part of the body is in another unit


def check(cloth: ClothMesh, body: Body, fabric: Fabric, warm_start: FloatArray | None) -> None:
    """Refuses what cannot be draped.

    Raises:
        BadMesh: The cloth, the body or the warm start has no triangles or numbers that are not
            finite, or the warm start is of another cloth.
        BadOption: A figure of the fabric is out of bounds, or the cloth would not fit in memory.
        BadPattern: The cloth misses the body.
    """
    name = cloth.pattern.name
    if not len(cloth.faces):
        raise BadMesh(f"the cloth of {name!r} has no triangles; sew it again")
    level: ClothMesh | None = cloth
    while level is not None:
        for what, values in (("starts at places", level.start), ("has coordinates", level.uv)):
            lost = int((~np.isfinite(values).all(axis=1)).sum())
            if lost:
                raise BadMesh(
                    f"the cloth of {name!r} {what} that are not finite, at {lost} of "
                    f"{len(values)} vertices; sew it again"
                )
        level = level.coarser
    if warm_start is not None and (
        warm_start.shape != (cloth.nodes, 3) or not np.isfinite(warm_start).all()
    ):
        raise BadMesh(
            f"the warm start has shape {warm_start.shape} or numbers that are not finite; it must "
            f"be ({cloth.nodes}, 3) node positions of the same cloth"
        )
    check_fabric(fabric)
    _check_memory(cloth)
    check_reach(cloth, body, cloth.start if warm_start is None else warm_start)


def check_fabric(fabric: Fabric) -> None:
    """Refuses a fabric with a figure that no cloth has.

    Raises:
        BadOption: A figure is not finite or out of bounds.
    """
    for figure, (least, most) in BOUNDS.items():
        value = getattr(fabric, figure)
        if not (np.isfinite(value) and least <= value <= most):
            raise BadOption(
                f"the fabric {fabric.name!r} has {figure} {value:g}; it must be {least:g} to "
                f"{most:g} (SI units): give what was measured or that of a fabric like it"
            )


def _check_memory(cloth: ClothMesh) -> None:
    most = memory.vertices_that_fit()
    if cloth.nodes > most:
        # The number of vertices grows with the inverse square of the edge length.
        edge = 1e3 * cloth.edge_m * np.sqrt(cloth.nodes / max(most, 1))
        remedy = f"use {np.ceil(10 * edge) / 10:.1f} mm or more" if edge < 100 else "free some"
        raise BadOption(
            f"{cloth.pattern.name} has {cloth.nodes:,} vertices at an edge length of "
            f"{1e3 * cloth.edge_m:.3g} mm, and the memory that is free holds {most:,}: {remedy}"
        )


def check_reach(cloth: ClothMesh, body: Body, places: FloatArray) -> None:
    """Refuses cloth that has nothing to do with the body's place or size.

    Args:
        cloth: The garment.
        body: Whom it is for.
        places: Where the cloth is [m], shape (N, 3).

    Raises:
        BadPattern: It misses the body.
    """
    if not len(body.vertices):
        return  # refused as a mesh
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    start, end = places.min(axis=0), places.max(axis=0)
    size, own = float((high - low).max()), float((end - start).max())
    gap = float(np.maximum(low - end, start - high).max())
    if gap <= _FAR * size and own >= _SMALL * size:
        return
    spans = f"{cloth.pattern.name} spans {_span(start, end)}, the body {_span(low, high)}"
    if own < _SMALL * size:
        raise BadPattern(
            f"{spans}: it is {own:.3g} m long, less than {_SMALL:.0%} of the body's {size:.3g} m; "
            "give both in metres"
        )
    raise BadPattern(
        f"{spans}: it misses the body by {gap:.2f} m, and {_FAR * size:.2f} m is the limit; check "
        "units and placement, or sew it for this body"
    )


def _span(low: FloatArray, high: FloatArray) -> str:
    return f"{np.round(low, 2).tolist()} to {np.round(high, 2).tolist()} m"


def check_worn(cloth: ClothMesh, nodes: FloatArray, distance: FloatArray) -> None:
    """Refuses a garment that touches the body nowhere in the end.

    Args:
        cloth: The garment.
        nodes: Where it came to [m], shape (cloth.nodes, 3).
        distance: Of the nodes from the body [m].

    Raises:
        BadPattern: It is off the body.
    """
    if distance.min() > _OFF:
        raise BadPattern(
            f"{cloth.pattern.name} fell off the body: no part of it came nearer than "
            f"{100 * _OFF:.0f} cm, and its top is at {nodes[:, 1].max():.2f} m. Nothing holds it: "
            "give it shoulders, a waistband or less ease, or place it around the body"
        )
