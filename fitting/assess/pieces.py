"""Finding the pattern's own lines again on the draped cloth: seams and centre lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fitting.records import ClothMesh, Drape, EdgeRef, FloatArray, IntArray, Panel, Seam
from fitting.units import MM

_FINE = np.linspace(0.0, 1.0, 257)
_ON_EDGE = 1 * MM  # a vertex this near to an edge of its panel lies on it


@dataclass(frozen=True, eq=False)
class SeamLine:
    """A seam on the draped cloth.

    Attributes:
        seam: Which.
        nodes: Along it, from the start of its first edge, shape (n,).
    """

    seam: Seam
    nodes: IntArray

    @property
    def name(self) -> str:
        """What a tailor calls it, or the panels it joins."""
        return self.seam.name or f"{self.seam.a.panel} / {self.seam.b.panel}"


def fabric_plane(panel: Panel, points: FloatArray) -> FloatArray:
    """Material coordinates of points of a panel's plane: weft and warp [m], shape (n, 2).

    A panel drawn clockwise shows its wrong side and is turned over.
    """
    flat: FloatArray = points @ _axes(panel)
    return flat


def panel_plane(panel: Panel, flat: FloatArray) -> FloatArray:
    """Points of a panel's plane [m], shape (n, 2), from their material coordinates."""
    # The axes are orthonormal.
    points: FloatArray = flat @ _axes(panel).T
    return points


def _axes(panel: Panel) -> FloatArray:
    """Weft and warp of a panel as columns, as they are seen from the fabric's right side."""
    warp = np.asarray(panel.grain, float) / np.hypot(*panel.grain)
    weft = np.array([warp[1], -warp[0]])
    outline = np.vstack([panel.edge_points(i, _FINE[:-1:16]) for i in range(len(panel.edges))])
    x, y = outline.T
    clockwise = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0
    return np.column_stack([-weft if clockwise else weft, warp])


def edge_nodes(cloth: ClothMesh, ref: EdgeRef) -> IntArray:
    """Nodes on an edge of a panel, in its direction; empty where the panel is not draped."""
    names = [panel.name for panel in cloth.pattern.panels]
    index = names.index(ref.panel)
    panel = cloth.pattern.panels[index]
    own = np.flatnonzero(cloth.panel == index)
    if len(own) == 0:
        return np.zeros(0, np.int32)
    line = fabric_plane(panel, panel.edge_points(ref.edge, _FINE))
    far, at = cKDTree(line).query(cloth.uv[own])
    spacing = np.linalg.norm(np.diff(line, axis=0), axis=1).max()
    on = far < _ON_EDGE + spacing / 2
    order = np.argsort(at[on], kind="stable")
    nodes = cloth.node[own[on][order]]
    return np.asarray(nodes[np.sort(np.unique(nodes, return_index=True)[1])], np.int32)


def slit_nodes(cloth: ClothMesh) -> IntArray:
    """Nodes along the edges of slits that open at the hem; empty where there are none."""
    found = [
        edge_nodes(cloth, EdgeRef(panel.name, index))
        for panel in cloth.pattern.panels
        if panel.draped and panel.placement.wrap in ("torso", "hips")
        for index, edge in enumerate(panel.edges)
        if edge.name.startswith("slit")
    ]
    nodes: IntArray = np.unique(np.concatenate([np.zeros(0, np.int32), *found]))
    return nodes


def seam_lines(cloth: ClothMesh) -> list[SeamLine]:
    """All seams of the draped panels."""
    lines = [SeamLine(seam, edge_nodes(cloth, seam.a)) for seam in cloth.pattern.seams]
    return [line for line in lines if len(line.nodes) > 1]


def internal_line(drape: Drape, panel: str, name: str, count: int = 24) -> FloatArray:
    """A drawn line of a panel where it lies on the body [m], shape (n, 3); n may be 0."""
    cloth = drape.cloth
    index = [p.name for p in cloth.pattern.panels].index(panel)
    piece = cloth.pattern.panels[index]
    drawn = [line for line in piece.lines if line.name == name]
    if not drawn:
        return np.zeros((0, 3))
    way = np.array(drawn[0].points, float)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    if along[-1] == 0:
        return np.zeros((0, 3))
    at = np.linspace(0.01, 0.99, count) * along[-1]
    points = np.column_stack([np.interp(at, along, way[:, k]) for k in range(2)])
    faces = cloth.faces[cloth.panel[cloth.faces[:, 0]] == index]
    return _on_cloth(drape, faces, fabric_plane(piece, points))


def _on_cloth(drape: Drape, faces: IntArray, flat: FloatArray) -> FloatArray:
    """Where points of the flat panel lie on the body; points outside its cloth are left out."""
    a, b, c = (drape.cloth.uv[faces[:, k]] for k in range(3))
    one, two = b - a, c - a
    twice = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    off = flat[:, None] - a  # (n, F, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        v = (off[..., 0] * two[:, 1] - off[..., 1] * two[:, 0]) / twice
        w = (one[:, 0] * off[..., 1] - one[:, 1] * off[..., 0]) / twice
    weights = np.stack([1 - v - w, v, w], axis=2)
    inside = np.nan_to_num(weights.min(2), nan=-1.0)
    face = inside.argmax(1)
    rows = np.arange(len(flat))
    held: NDArray[np.bool_] = np.greater(inside[rows, face], -1e-6)
    corners = drape.vertex_positions[faces[face]]
    points = (weights[rows, face][:, :, None] * corners).sum(1)
    found: FloatArray = points[held]
    return found
