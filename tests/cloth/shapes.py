"""Small panels and patterns with known answers."""

import numpy as np

from fitting import curves
from fitting.records import Edge, EdgeRef, Panel, Pattern, Placement, Seam


def panel(name, corners, shapes=None, **extra):
    """A panel through corners [m], straight where no shape is given."""
    count = len(corners)
    shapes = shapes or {}
    edges = tuple(Edge(i, (i + 1) % count, shapes.get(i, curves.LINE)) for i in range(count))
    return Panel(name, np.array(corners, float), edges, **extra)


def rectangle(name, width, height, z=0.0, **extra):
    """Edges: 0 bottom, 1 right, 2 top, 3 left; standing at hip height."""
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    return panel(name, corners, placement=Placement((-width / 2, 0.8, z)), **extra)


def seam(a, i, b, j, **extra):
    """Edge i of panel a to edge j of panel b."""
    return Seam(EdgeRef(a, i), EdgeRef(b, j), **extra)


def pattern(panels, seams=()):
    """A pattern named after its first panel."""
    return Pattern(panels[0].name, tuple(panels), tuple(seams))


def area(points, triangles):
    """Signed areas of plane triangles, shape (T,)."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
