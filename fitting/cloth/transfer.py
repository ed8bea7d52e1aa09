"""From a garment as it was draped to the same garment in another size, cut or on another body.

The panels of one are mapped onto those of the other by their outlines, edge by edge, and the cloth
is carried along with the skin under it where both bodies have the same vertices. The result lies
near where the new garment will hang, so that draping it takes a part of the steps.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from fitting import curves
from fitting.cloth.levels import holding_triangles
from fitting.cloth.outline import drawn_points, signed_area
from fitting.cloth.sewing import fabric_plane
from fitting.errors import BadPattern
from fitting.records import Body, ClothMesh, Drape, FloatArray, Panel

_CHORDS = 6  # places along each edge that are mapped exactly
_APART = 0.004  # of places nearer than this one is enough, or the map would fold [m]
_NEAR = 4  # vertices of the skin that carry a place of the cloth


def transferred(worn: Drape, cloth: ClothMesh, body: Body) -> FloatArray:
    """Where a garment starts that resembles one that was draped.

    Args:
        worn: The garment that was draped.
        cloth: The one to drape; its panels have the names of the other's.
        body: Whom it is for.
    Returns:
        Node positions for `fitting.drape.drape(..., warm_start=)` [m], shape (cloth.nodes, 3).
    Raises:
        BadPattern: A panel was not part of the garment that was draped.
    """
    before = {panel.name: index for index, panel in enumerate(worn.cloth.pattern.panels)}
    carried = worn.positions + _carried(worn.positions, worn.body, body)
    places = carried[worn.cloth.node]
    start = np.empty((len(cloth.uv), 3))
    for index, panel in enumerate(cloth.pattern.panels):
        own = np.flatnonzero(cloth.panel == index)
        if not len(own):
            continue
        source = before.get(panel.name)
        if source is None or not (worn.cloth.panel == source).any():
            raise BadPattern(
                f"panel {panel.name!r} was no part of the garment that was draped, which had "
                f"{', '.join(sorted(before))}; drape it without a warm start"
            )
        old = worn.cloth.pattern.panels[source]
        vertices = np.flatnonzero(worn.cloth.panel == source)
        faces = worn.cloth.faces[(worn.cloth.panel[worn.cloth.faces] == source).all(axis=1)]
        local = np.searchsorted(vertices, faces).astype(np.int32)
        flat = _mapped(panel, old, cloth.uv[own])
        found, weights = holding_triangles(worn.cloth.uv[vertices], local, flat)
        # A place just outside the old panel stays on its edge.
        weights = np.maximum(weights, 0.0)
        weights /= weights.sum(axis=1, keepdims=True)
        start[own] = np.einsum("vc,vcx->vx", weights, places[vertices[local[found]]])
    count = np.bincount(cloth.node, minlength=cloth.nodes)
    total = [np.bincount(cloth.node, start[:, axis], cloth.nodes) for axis in range(3)]
    return np.stack(total, axis=1) / count[:, None]


def _mapped(panel: Panel, old: Panel, places: FloatArray) -> FloatArray:
    """Places of a panel, in the fabric's plane, on the panel that it resembles.

    Edges go to edges by fraction of their length, and what lies between by a thin plate; where the
    panels have different edges, the box around one to that around the other.
    """
    if len(panel.edges) != len(old.edges):
        here, there = _outline(panel), _outline(old)
        low, high = here.min(axis=0), here.max(axis=0)
        share = (places - low) / np.maximum(high - low, 1e-9)
        goal: FloatArray = there.min(axis=0) + share * np.ptp(there, axis=0)
        return goal
    here, there = _along(panel), _along(old)
    kept = _spread(here)
    plate = RBFInterpolator(here[kept], (there - here)[kept], kernel="thin_plate_spline", degree=1)
    return np.asarray(places + plate(places), np.float64)


def _in_fabric(panel: Panel, points: FloatArray) -> FloatArray:
    turned = signed_area(drawn_points(panel, 8)) > 0.0
    return fabric_plane(panel, points, counterclockwise=turned)


def _outline(panel: Panel) -> FloatArray:
    return _in_fabric(panel, drawn_points(panel, 8))


def _along(panel: Panel) -> FloatArray:
    """Places along the edges at even fractions of their lengths, in the fabric's plane [m]."""
    share = np.arange(_CHORDS) / _CHORDS
    rows = [
        curves.divide(panel.vertices[e.start], panel.vertices[e.end], e.shape, share)
        for e in panel.edges
    ]
    return _in_fabric(panel, np.vstack(rows))


def _spread(points: FloatArray) -> list[int]:
    """Indices of points none of which are near one another, the first of each crowd."""
    crowds = cKDTree(points).query_ball_point(points, _APART)
    kept: list[int] = []
    left_out: set[int] = set()
    for index, crowd in enumerate(crowds):
        if index not in left_out:
            kept.append(index)
            left_out.update(crowd)
    return kept


def _carried(places: FloatArray, worn_on: Body, body: Body) -> FloatArray:
    """How far the skin under the cloth moved from one body to the other [m], shape (N, 3)."""
    if worn_on is body or worn_on.vertices.shape != body.vertices.shape:
        return np.zeros_like(places)
    moved = body.vertices - worn_on.vertices
    far, near = cKDTree(worn_on.vertices).query(places, k=_NEAR)
    weight = 1.0 / np.maximum(far, 1e-4)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("nk,nkx->nx", weight, moved[near]), np.float64)
