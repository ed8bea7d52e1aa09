"""The mirror image of a pattern: what it is for the mirror image of a body."""

from __future__ import annotations

import numpy as np

from fitting.records import FloatArray, Panel, Pattern


def other_side(name: str) -> str:
    """``sleeve.L`` becomes ``sleeve.R``, ``front.L upper`` the like."""
    swap = {"L": "R", "R": "L", "left": "right", "right": "left"}
    words = [w.split(".") for w in name.split(" ")]
    return " ".join(".".join(swap.get(p, p) for p in parts) for parts in words)


def sides(panel: Panel, *, mirrored: bool = False) -> dict[str, FloatArray]:
    """Points at thirds of the length of each edge, by its name.

    Args:
        panel: Whose edges.
        mirrored: As the mirror image in x = 0, walked the other way.
    """
    out = {}
    for i, edge in enumerate(panel.edges):
        points = panel.edge_points(i, np.array([0.0, 1 / 3, 2 / 3, 1.0]))
        name = edge.name
        if mirrored:
            points, name = points[::-1] * [-1.0, 1.0], other_side(name)
        out[name] = points
    return out


def same_sides(a: dict[str, FloatArray], b: dict[str, FloatArray]) -> bool:
    """Are the edges the same to a micrometre."""
    return a.keys() == b.keys() and all(np.abs(a[n] - b[n]).max() < 1e-6 for n in a)


def placed(panel: Panel, *, mirrored: bool = False) -> tuple[float, ...]:
    """Where three points of a panel's plane start, or their mirror images."""
    flip = np.diag([-1.0, 1.0, 1.0]) if mirrored else np.eye(3)
    rotation = np.array(panel.placement.rotation)
    turned = flip @ rotation @ flip
    return tuple(np.round([*turned.ravel(), *(flip @ panel.placement.translation)], 6) + 0.0)


def seams(pattern: Pattern, *, mirrored: bool = False) -> set[frozenset[str]]:
    """Pairs of edges that are sewn, by panel and edge name."""
    panels = {p.name: p for p in pattern.panels}
    out = set()
    for seam in pattern.seams:
        pair = []
        for ref in (seam.a, seam.b):
            name = f"{ref.panel} {panels[ref.panel].edges[ref.edge].name}"
            pair.append(other_side(name) if mirrored else name)
        out.add(frozenset(pair))
    return out
