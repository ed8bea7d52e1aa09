"""A pattern cut into triangles, its seams paired, and laid around a body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitting.cloth.anatomy import Parts
from fitting.cloth.cut import Cut, cut_pattern
from fitting.cloth.levels import along_boundary, holding_triangles
from fitting.cloth.outline import check_pattern, drawn_points, signed_area
from fitting.cloth.placement import place
from fitting.errors import BadOption
from fitting.memory import vertices_that_fit
from fitting.pleats import pleats_of
from fitting.records import Body, ClothMesh, FloatArray, IntArray, Panel, Pattern

# Some 2.4 GB of memory in the solver.
MOST_VERTICES = 400_000
MOST_LEVELS = 5


def sew(pattern: Pattern, body: Body, *, edge_m: float = 0.012, levels: int = 2) -> ClothMesh:
    """Cut a pattern into triangles, pair its seams and lay it around the body.

    Args:
        pattern: What to sew; its panels that are not draped are left out.
        body: Whom it is for.
        edge_m: Edge length of the triangles [m].
        levels: How many cuts in all; each coarser one has twice the edge length. Pleated garments
            have one.
    Returns:
        The finest cut, with the coarser ones behind it.
    Raises:
        BadPattern: The pattern cannot be sewn, or does not reach the body.
        BadOption: The edge length or the number of levels is out of bounds.
        BadMesh: The body lacks what the placement needs.
    """
    if not 1 <= levels <= MOST_LEVELS:
        raise BadOption(f"levels must be 1 to {MOST_LEVELS}, not {levels}")
    check_pattern(pattern)
    _check_edge_length(pattern, edge_m)
    if any(pleats_of(panel) for panel in pattern.panels if panel.draped):
        levels = 1  # what is laid out folded has no way to go that a coarser cut would shorten
    parts = Parts(body)
    cloth: ClothMesh | None = None
    previous: Cut | None = None
    for level in reversed(range(levels)):
        length = edge_m * 2**level
        cut = cut_pattern(pattern, length, edge_m)
        finer = _cloth(pattern, parts, cut, length)
        if cloth is not None and previous is not None:
            faces, weights = _prolongation(previous, cut)
            finer = replace(finer, coarser=cloth, prolong_faces=faces, prolong_weights=weights)
        cloth, previous = finer, cut
    assert cloth is not None
    return cloth


def _check_edge_length(pattern: Pattern, edge_m: float) -> None:
    if not (np.isfinite(edge_m) and 0 < edge_m <= 0.1):
        raise BadOption(f"the edge length must be 0 to 100 mm, not {edge_m * 1e3} mm")
    area = sum(abs(signed_area(drawn_points(p, 8))) for p in pattern.panels if p.draped)
    # An even triangulation has 2/sqrt(3) points per square of the edge length.
    expected = area * 2 / np.sqrt(3) / edge_m**2
    most = min(MOST_VERTICES, max(vertices_that_fit(), 1))
    if expected > most:
        least = np.sqrt(area * 2 / np.sqrt(3) / most)
        why = "the limit is" if most == MOST_VERTICES else "the memory that is free holds"
        raise BadOption(
            f"an edge length of {edge_m * 1e3:.3g} mm would cut {pattern.name} into "
            f"{expected:,.0f} vertices; {why} {most:,}: "
            f"use {np.ceil(least * 1e4) / 10:.1f} mm or more"
        )


def fabric_plane(panel: Panel, points: FloatArray, *, counterclockwise: bool) -> FloatArray:
    """Material coordinates of a panel's points: x along the weft, y along the warp [m].

    They are seen from the fabric's right side, so a clockwise panel is turned over and every
    triangle of the cloth has a positive area in them.
    """
    warp = np.asarray(panel.grain, float) / np.hypot(*panel.grain)
    weft = np.array([warp[1], -warp[0]])
    side = 1.0 if counterclockwise else -1.0
    return np.column_stack([points @ weft * side, points @ warp])


def _cloth(pattern: Pattern, parts: Parts, cut: Cut, edge_m: float) -> ClothMesh:
    uv, faces, panel = [], [], []
    for piece, offset in zip(cut.pieces, cut.offsets[:-1], strict=True):
        source = pattern.panels[piece.outline.panel]
        uv.append(
            fabric_plane(source, piece.points, counterclockwise=piece.outline.counterclockwise)
        )
        faces.append(piece.faces + offset)
        panel.append(np.full(len(piece.points), piece.outline.panel, np.int32))
    return ClothMesh(
        pattern=pattern,
        uv=np.vstack(uv),
        panel=np.concatenate(panel),
        faces=np.vstack(faces),
        node=cut.node,
        start=place(pattern, parts, cut),
        edge_m=edge_m,
        seam_pairs=cut.pairs,
    )


def _prolongation(coarse: Cut, fine: Cut) -> tuple[IntArray, FloatArray]:
    found = np.empty(int(fine.offsets[-1]), np.int32)
    weights = np.empty((len(found), 3))
    first_face = 0
    for before, after, offset in zip(coarse.pieces, fine.pieces, fine.offsets[:-1], strict=True):
        count = len(after.points)
        f, w = holding_triangles(before.points, before.triangles, after.points)
        for edge in range(len(after.outline.first) - 1):
            own = after.outline.edge_nodes(edge)
            f[own], w[own] = along_boundary(
                before.triangles,
                before.outline.edge_nodes(edge),
                np.linspace(0, 1, len(own)),
            )
        # Clockwise panels list their corners backwards in the cloth.
        if not before.outline.counterclockwise:
            w = w[:, ::-1]
        found[offset : offset + count] = f + first_face
        weights[offset : offset + count] = w
        first_face += len(before.triangles)
    return found, weights
