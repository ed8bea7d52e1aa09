"""Which panels of one garment lie on top of others, and where they are folded over.

Collars and lapels lie on the fronts; at the seam that they fall from, cloth is pressed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitting.drape.topology import IntArray
from fitting.records import ClothMesh

# Words in panel names and labels, ours and those of foreign files.
_ON_TOP = ("collar", "lapel", "flap", "pocket")


def on_top(cloth: ClothMesh) -> IntArray | None:
    """1 for vertices of panels that lie on the garment's others, shape (V,); None where none do."""
    panels = cloth.pattern.panels
    top = np.array([any(word in f"{p.name} {p.label}".lower() for word in _ON_TOP) for p in panels])
    return top[cloth.panel].astype(np.int32) if top.any() else None


def nodes_on_top(cloth: ClothMesh) -> IntArray | None:
    """As `on_top` for the nodes; those of a seam to a panel beneath count as beneath."""
    vertices = on_top(cloth)
    if vertices is None:
        return None
    nodes = np.ones(cloth.nodes, np.int32)
    np.minimum.at(nodes, cloth.node, vertices)
    return nodes


def creases(cloth: ClothMesh) -> tuple[IntArray, NDArray[np.bool_]]:
    """Panel of each triangle, shape (T,), and between which panels cloth is folded over.

    There the right side of one panel is sewn to the wrong side of another.
    """
    index = {p.name: i for i, p in enumerate(cloth.pattern.panels)}
    folded = np.zeros((len(index), len(index)), bool)
    for seam in cloth.pattern.seams:
        if seam.right_wrong:
            a, b = index[seam.a.panel], index[seam.b.panel]
            folded[a, b] = folded[b, a] = True
    return cloth.panel[cloth.faces[:, 0]], folded
