"""Cloth and body as they are drawn: finer, smooth, with thickness, seams and hems.

Nothing here moves a vertex of a record: the drawn surface goes through the draped vertices, and
new vertices lie between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fitting.errors import BadMesh
from fitting.pleats import seen_corners, shaded_edges
from fitting.records import Drape, FloatArray, IntArray

# Beyond this distance from an edge [m] nothing of a seam or hem shows.
FAR = 0.08
# Depth of a turned hem [m]: the usual 2 cm of a shirt or a tee's coverstitched hem.
HEM = 0.02


@dataclass(frozen=True)
class Sheet:
    """A draped cloth, ready to be drawn. All arrays by vertex unless said otherwise.

    Attributes:
        positions: Middle of the cloth [m], shape (N, 3).
        normals: Unit, right side, shape (N, 3); shared across seams.
        uv: Metres of fabric, shape (N, 2).
        seam: Distance to the nearest sewn edge of the panel, or fold that it goes on under, and
            place along it [m], (N, 2).
        hem: The same to the nearest free edge, (N, 2).
        half: Half of the thickness [m], shape (N,); a hem is two layers.
        faces: shape (M, 3), sorted by material.
        materials: Name, first face and number of faces of each run.
        parents: The two draped vertices each vertex lies between (twice the same for one that is
            itself draped), shape (N, 2).
        rim: Edges along the free border, pairs of vertices in the direction of the border, (B, 2).
    """

    positions: FloatArray
    normals: FloatArray
    uv: FloatArray
    seam: FloatArray
    hem: FloatArray
    half: FloatArray
    faces: IntArray
    materials: tuple[tuple[str, int, int], ...]
    parents: IntArray
    rim: IntArray


def vertex_normals(
    positions: FloatArray,
    faces: IntArray,
    group: IntArray | None = None,
    seen: NDArray[np.bool_] | None = None,
) -> FloatArray:
    """Area-weighted unit normals, shape (N, 3); vertices of one group share theirs.

    Args:
        positions, faces: [m], shape (N, 3), and shape (M, 3).
        group: Of each vertex, shape (N,); each its own if None.
        seen: Which corners of the faces count, shape (M, 3); all if None.
    """
    a, b, c = (positions[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    index = faces if group is None else group[faces]
    count = len(positions) if group is None else int(group.max()) + 1
    total = np.empty((count, 3))
    for k in range(3):
        weights = np.repeat(across[:, k], 3)
        if seen is not None:
            weights = weights * seen.ravel()
        total[:, k] = np.bincount(index.ravel(), weights, count)
    if group is not None:
        total = total[group]
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 0, total / np.where(length > 0, length, 1), (0.0, 0.0, 1.0))


def tangents(
    positions: FloatArray,
    normals: FloatArray,
    uv: FloatArray,
    faces: IntArray,
    seen: NDArray[np.bool_] | None = None,
) -> FloatArray:
    """Direction of the weft in space, and 1 or -1 where the warp is to its left or right.

    Args:
        positions, normals: shape (N, 3) [m] and unit vectors.
        uv: Metres of fabric, shape (N, 2).
        faces: shape (M, 3).
        seen: As in `vertex_normals`.

    Returns:
        shape (N, 4): unit vectors across the normals, and the sign, as glTF's TANGENT.
    """
    a, b, c = (positions[faces[:, k]] for k in range(3))
    p, q, r = (uv[faces[:, k]] for k in range(3))
    du, dv = q - p, r - p
    area = du[:, 0] * dv[:, 1] - du[:, 1] * dv[:, 0]
    # Area-weighted dP/du: the true derivative times the (signed) area.
    weft = ((b - a) * dv[:, 1:] - (c - a) * du[:, 1:]) * np.sign(area)[:, None]
    total = np.zeros((len(positions), 4))
    for k in range(3):
        weights = np.repeat(weft[:, k], 3)
        if seen is not None:
            weights = weights * seen.ravel()
        total[:, k] = np.bincount(faces.ravel(), weights, len(positions))
    total[:, 3] = np.bincount(faces.ravel(), np.repeat(area, 3), len(positions))
    flat = total[:, :3] - (total[:, :3] * normals).sum(1, keepdims=True) * normals
    # Where the weft is not defined, any direction across the normal will do.
    aside = np.cross(normals, np.roll(normals, 1, axis=1) + np.array([0.1, 0.2, 0.3]))
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    flat = np.where(length > 1e-12, flat, aside)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12)
    return np.column_stack([flat, np.where(total[:, 3] >= 0, 1.0, -1.0)])


def _edges(faces: IntArray) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Unique undirected edges (E, 2), each face's three edges (M, 3), faces on each edge (E,)."""
    directed = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    low, high = directed.min(1), directed.max(1)
    keys, inverse = np.unique(low * (int(faces.max()) + 1) + high, return_inverse=True)
    span = int(faces.max()) + 1
    pairs = np.column_stack([keys // span, keys % span])
    return pairs, inverse.reshape(-1, 3), np.bincount(inverse, minlength=len(keys))


def _refine(
    positions: FloatArray, normals: FloatArray, faces: IntArray
) -> tuple[FloatArray, IntArray, NDArray[np.int64]]:
    """Each triangle in four, with new points on the curved edges that the normals imply.

    Returns:
        Positions of old and new vertices, faces, and the edges the new vertices lie on, (E, 2).

    Reference:
        A. Vlachos, J. Peters, C. Boyd, J. Mitchell, Curved PN triangles, I3D 2001: the middle of
        the cubic edge is the chord's middle less (w01 n0 + w10 n1) / 8.
    """
    pairs, sides, _ = _edges(faces)
    a, b = pairs.T
    chord = positions[b] - positions[a]
    bend = (chord * normals[a]).sum(1, keepdims=True) * normals[a]
    bend -= (chord * normals[b]).sum(1, keepdims=True) * normals[b]
    middle = (positions[a] + positions[b]) / 2 - bend / 8
    m = sides + len(positions)
    f = faces
    four = [
        np.column_stack([f[:, 0], m[:, 0], m[:, 2]]),
        np.column_stack([f[:, 1], m[:, 1], m[:, 0]]),
        np.column_stack([f[:, 2], m[:, 2], m[:, 1]]),
        m,
    ]
    split = np.stack(four, axis=1).reshape(-1, 3).astype(np.int32)
    return np.vstack([positions, middle]), split, pairs


def rounded(
    positions: FloatArray, normals: FloatArray, faces: IntArray, *values: FloatArray
) -> tuple[FloatArray, IntArray, list[FloatArray]]:
    """A smooth surface with four triangles for each, for an outline without corners.

    Args:
        positions, normals: shape (N, 3), [m] and unit vectors.
        faces: shape (M, 3).
        values: More figures of each vertex, shape (N, k); new vertices get the mean of their two.

    Returns:
        Positions, faces and values.
    """
    place, split, pairs = _refine(positions, normals, faces)
    return place, split, [np.concatenate([v, v[pairs].mean(1)]) for v in values]


def _loops(border: NDArray[np.int64]) -> NDArray[np.float64]:
    """Order directed edges (a, b) into chains; the rank of each edge along its chain, (B,)."""
    following = {int(a): k for k, (a, _) in enumerate(border)}
    arriving = {int(b) for _, b in border}
    starts = [k for k, (a, _) in enumerate(border) if int(a) not in arriving]
    rank = np.full(len(border), -1.0)
    for first in [*starts, *range(len(border))]:
        k: int | None = first
        at = 0.0
        while k is not None and rank[k] < 0:
            rank[k] = at
            at += 1
            k = following.get(int(border[k, 1]))
    return rank


def _along(border: NDArray[np.int64], uv: FloatArray) -> FloatArray:
    """Place [m] along its chain of each border edge's start, shape (B,)."""
    rank = _loops(border)
    length = np.linalg.norm(uv[border[:, 1]] - uv[border[:, 0]], axis=1)
    place = np.zeros(len(border))
    following = {int(a): k for k, (a, _) in enumerate(border)}
    for k in np.argsort(rank, kind="stable"):
        after = following.get(int(border[k, 1]))
        if after is not None and rank[after] == rank[k] + 1:
            place[after] = place[k] + length[k]
    return place


def _to_border(
    uv: FloatArray, panel: IntArray, border: NDArray[np.int64], border_uv: FloatArray
) -> FloatArray:
    """Distance to the nearest border edge of the same panel and place along it [m], (N, 2)."""
    out = np.full((len(uv), 2), FAR)
    out[:, 1] = 0.0
    if not len(border):
        return out
    start = _along(border, border_uv)
    owner = panel[border[:, 0]]
    for index in np.unique(owner):
        mine = np.flatnonzero(panel == index)
        edges = np.flatnonzero(owner == index)
        a, b = border_uv[border[edges, 0]], border_uv[border[edges, 1]]
        near = min(6, len(edges))
        _, found = cKDTree((a + b) / 2).query(uv[mine], k=near)
        found = found.reshape(len(mine), near)
        p, d = uv[mine][:, None] - a[found], (b - a)[found]
        t = np.clip((p * d).sum(2) / np.maximum((d * d).sum(2), 1e-18), 0, 1)
        gap = np.linalg.norm(p - t[..., None] * d, axis=2)
        best = gap.argmin(1)
        row = np.arange(len(mine))
        length = np.linalg.norm(d[row, best], axis=1)
        out[mine, 0] = np.minimum(gap[row, best], FAR)
        out[mine, 1] = start[edges[found[row, best]]] + t[row, best] * length
    return out


def _borders(faces: IntArray, node: IntArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Directed panel edges that are sewn (S, 2) and that are free (B, 2)."""
    directed = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    _, sides, count = _edges(faces)
    outline = directed[count[sides.ravel()] == 1]
    span = int(node.max()) + 1
    ends = np.sort(node[directed].astype(np.int64), axis=1)
    keys, uses = np.unique(ends[:, 0] * span + ends[:, 1], return_counts=True)
    mine = np.sort(node[outline].astype(np.int64), axis=1)
    sewn = uses[np.searchsorted(keys, mine[:, 0] * span + mine[:, 1])] > 1
    return outline[sewn], outline[~sewn]


def sheet(drape: Drape, *, levels: int = 1) -> Sheet:
    """The drawn surface of a draped garment.

    Args:
        drape: A garment at rest.
        levels: How often each triangle is cut in four; 0 keeps the draped triangles.

    Raises:
        BadMesh: The cloth has no material coordinates.
    """
    cloth = drape.cloth
    positions = drape.vertex_positions
    uv, panel, node, faces = cloth.uv, cloth.panel, cloth.node, cloth.faces
    if not np.ptp(uv, axis=0).all():
        raise BadMesh(
            f"the garment {cloth.pattern.name!r} has no material coordinates (TEXCOORD_0): sew it "
            "from a pattern"
        )
    border_uv, (sewn, free) = uv, _borders(faces, node)
    shaded = shaded_edges(cloth.pattern, uv, panel, faces)
    sewn = np.vstack([sewn, shaded]) if len(shaded) else sewn
    parents = np.repeat(np.arange(len(uv), dtype=np.int32)[:, None], 2, axis=1)
    pattern = cloth.pattern
    seen = seen_corners(pattern, uv, panel, faces)
    normals = vertex_normals(positions, faces, node, seen)
    rim = free
    for _ in range(levels):
        old = len(positions)
        positions, faces, pairs = _refine(positions, normals, faces)
        _round_border(positions, rim, pairs, old, node)
        uv = np.vstack([uv, uv[pairs].mean(1)])
        panel = np.concatenate([panel, panel[pairs[:, 0]]])
        # New vertices on the two sides of a seam lie on one pair of nodes and share a node.
        span = int(node.max()) + 1
        ends = np.sort(node[pairs].astype(np.int64), axis=1)
        _, fresh = np.unique(ends[:, 0] * span + ends[:, 1], return_inverse=True)
        node = np.concatenate([node, (span + fresh).astype(np.int32)])
        parents = np.vstack([parents, _nearest_parents(parents, pairs)])
        if seen is not None:
            seen = seen_corners(pattern, uv, panel, faces)
        normals = vertex_normals(positions, faces, node, seen)
        rim = _halved(rim, pairs, old)
    seam = _to_border(uv, panel, sewn, border_uv)
    hem = _to_border(uv, panel, free, border_uv)
    faces, materials = _by_material(drape, faces, panel)
    turned = 1.0 - _smooth(hem[:, 0], HEM - 0.001, HEM + 0.001)
    half = drape.fabric.thickness / 2 * (1.0 + turned)
    return Sheet(
        positions, normals, uv, seam, hem, half, faces, materials, parents, rim.astype(np.int32)
    )


def _nearest_parents(parents: IntArray, pairs: NDArray[np.int64]) -> IntArray:
    """Draped vertices on either side of each new vertex."""
    return np.column_stack([parents[pairs[:, 0], 0], parents[pairs[:, 1], 1]]).astype(np.int32)


def _round_border(
    positions: FloatArray,
    rim: NDArray[np.int64],
    pairs: NDArray[np.int64],
    old: int,
    node: IntArray,
) -> None:
    """Put the new vertices of the free border on a smooth curve through the old ones.

    Reference:
        N. Dyn, D. Levin, J. Gregory, A 4-point interpolatory subdivision scheme, CAGD 1987.
    """
    if not len(rim):
        return
    ends = node[rim]
    starts, stops = ends.T.tolist()
    after, before = dict(zip(starts, stops, strict=True)), dict(zip(stops, starts, strict=True))
    place = np.zeros((int(node.max()) + 1, 3))
    place[node[:old]] = positions[:old]
    p0 = np.array([before.get(a, a) for a in starts])
    p3 = np.array([after.get(b, b) for b in stops])
    a, b = place[ends[:, 0]], place[ends[:, 1]]
    curve = (9 * (a + b) - place[p0] - place[p3]) / 16
    # At the end of an open chain, and where a corner turns sharply, the chord is kept.
    smooth = (p0 != ends[:, 0]) & (p3 != ends[:, 1])
    smooth &= ((a - place[p0]) * (b - a)).sum(1) > 0.5 * np.linalg.norm(
        a - place[p0], axis=1
    ) * np.linalg.norm(b - a, axis=1)
    smooth &= ((b - a) * (place[p3] - b)).sum(1) > 0.5 * np.linalg.norm(
        b - a, axis=1
    ) * np.linalg.norm(place[p3] - b, axis=1)
    positions[_middles(rim, pairs, old)[smooth]] = curve[smooth]


def _middles(rim: NDArray[np.int64], pairs: NDArray[np.int64], old: int) -> NDArray[np.int64]:
    """The new vertex in the middle of each border edge, (B,)."""
    span = int(pairs.max()) + 1
    keys = pairs[:, 0] * span + pairs[:, 1]
    found: NDArray[np.int64] = old + np.searchsorted(keys, rim.min(1) * span + rim.max(1))
    return found


def _halved(rim: NDArray[np.int64], pairs: NDArray[np.int64], old: int) -> NDArray[np.int64]:
    """The border's edges with their new middle vertices, (2 B, 2)."""
    middle = _middles(rim, pairs, old)
    first = np.column_stack([rim[:, 0], middle])
    second = np.column_stack([middle, rim[:, 1]])
    halves: NDArray[np.int64] = np.stack([first, second], axis=1).reshape(-1, 2)
    return halves


def _by_material(
    drape: Drape, faces: IntArray, panel: IntArray
) -> tuple[IntArray, tuple[tuple[str, int, int], ...]]:
    """Faces sorted by their panel's material, and the runs."""
    names = [p.material for p in drape.cloth.pattern.panels]
    order = sorted(set(names))
    kind = np.array([order.index(name) for name in names])[panel[faces[:, 0]]]
    faces = faces[np.argsort(kind, kind="stable")]
    runs, first = [], 0
    for index, name in enumerate(order):
        count = int((kind == index).sum())
        if count:
            runs.append((name, first, count))
        first += count
    return faces, tuple(runs)


def _smooth(x: FloatArray, low: float, high: float) -> FloatArray:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def border_strip(sheet: Sheet, steps: int = 4) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """The rounded edge that closes the cloth along its free border.

    Args:
        sheet: A drawn cloth.
        steps: Quads around the half circle from the right side to the wrong side.

    Returns:
        Positions (N, 3) [m], unit normals (N, 3), the sheet's vertex each belongs to (N,), and
        faces (M, 3).
    """
    rim = sheet.rim
    if not len(rim):
        nothing = np.zeros((0, 3))
        return nothing, nothing, np.zeros(0, np.int32), np.zeros((0, 3), np.int32)
    ids, corner = np.unique(rim, return_inverse=True)
    corner = corner.reshape(-1, 2)
    run = sheet.positions[rim[:, 1]] - sheet.positions[rim[:, 0]]
    along = np.zeros((len(ids), 3))
    for k in range(2):
        np.add.at(along, corner[:, k], run)
    n = sheet.normals[ids]
    # A face runs counter-clockwise with its border, so outwards is to the right of the border.
    out = np.cross(along, n)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    angle = np.linspace(0, np.pi, steps + 1)
    normal = np.cos(angle)[None, :, None] * n[:, None] + np.sin(angle)[None, :, None] * out[:, None]
    place = sheet.positions[ids][:, None] + sheet.half[ids][:, None, None] * normal
    a, b = corner[:, 0] * (steps + 1), corner[:, 1] * (steps + 1)
    quads = []
    for k in range(steps):
        quads.append(np.column_stack([a + k, a + k + 1, b + k + 1]))
        quads.append(np.column_stack([a + k, b + k + 1, b + k]))
    faces = np.vstack(quads).astype(np.int32)
    owner = np.repeat(ids, steps + 1).astype(np.int32)
    return place.reshape(-1, 3), normal.reshape(-1, 3), owner, faces
