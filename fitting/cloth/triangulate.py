"""Triangles of even size inside a panel's outline, keeping every boundary segment.

Points on a triangular lattice fill the panel, a constrained Delaunay triangulation joins them to
the boundary points, and a few rounds of smoothing even out the row next to the boundary. Any
simple polygon works: needle corners, segments of a tenth of a millimetre, deep concave outlines.

References:
    S. W. Sloan, A fast algorithm for generating constrained Delaunay triangulations, Computers &
    Structures 47 (1993) 441-450, doi:10.1016/0045-7949(93)90239-A: missing segments by flips.
    L. Chen, Mesh smoothing schemes based on optimal Delaunay triangulations, 13th Int. Meshing
    Roundtable (2004) 109-120: moving points to the centroid of their triangles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from fitting.cloth.flips import Flips
from fitting.cloth.outline import signed_area
from fitting.cloth.weld import pair_keys
from fitting.errors import BadPattern
from fitting.records import FloatArray, IntArray

# Lattice points nearer to the outline than this share of the edge length are left out (chosen:
# the smallest angles are largest between .5 and .65).
_CLEARANCE = 0.58
_SMOOTHING_ROUNDS = 4


def triangulate(
    outline: FloatArray, edge_m: float, lines: Sequence[FloatArray] = ()
) -> tuple[FloatArray, IntArray]:
    """Fill a simple polygon with triangles of about one edge length.

    Args:
        outline: Boundary points [m], shape (B, 2), either direction; none are added or removed.
        edge_m: Wanted edge length [m].
        lines: Points [m], shape (k, 2), whose segments are kept; each line begins and ends at a
            point of the outline, and no two meet.
    Returns:
        Points, the outline's first, shape (P, 2) [m], and counter-clockwise triangles (T, 3).
    Raises:
        BadPattern: The outline crosses or touches itself.
    """
    forwards = outline if signed_area(outline) > 0 else outline[::-1]
    inner = _lattice(forwards, edge_m, lines)
    fixed, kept = _with_lines(forwards, lines)
    points = np.vstack([fixed, inner])
    triangles = constrained_delaunay(points, len(forwards), kept)
    if len(inner):
        smoothed = _smoothed(points, triangles, len(fixed))
        triangles = constrained_delaunay(smoothed, len(forwards), kept)
        points = smoothed
    if forwards is not outline:
        count = len(outline)
        back = np.concatenate([np.arange(count)[::-1], np.arange(count, len(points))])
        points, triangles = points[back], back[triangles]
    return points, triangles.astype(np.int32)


def _with_lines(
    outline: FloatArray, lines: Sequence[FloatArray]
) -> tuple[FloatArray, IntArray | None]:
    """The outline's points and those inside the lines, and the lines' segments."""
    if not lines:
        return outline, None
    points, segments, count = [outline], [], len(outline)
    for line in lines:
        first, last = (int(np.hypot(*(outline - end).T).argmin()) for end in (line[0], line[-1]))
        inside = np.arange(count, count + len(line) - 2)
        way = np.concatenate([[first], inside, [last]])
        points.append(line[1:-1])
        segments.append(np.column_stack([way[:-1], way[1:]]))
        count += len(inside)
    return np.vstack(points), np.vstack(segments)


def _lattice(outline: FloatArray, edge_m: float, lines: Sequence[FloatArray] = ()) -> FloatArray:
    """Points of a triangular lattice inside the outline and clear of it, shape (I, 2) [m].

    The lattice is centred on the outline's box, so that a mirrored panel gets mirrored points.
    """
    low, high = outline.min(axis=0), outline.max(axis=0)
    centre = (low + high) / 2
    row = edge_m * np.sqrt(3) / 2
    rows = int((high[1] - low[1]) / 2 / row) + 1
    columns = int((high[0] - low[0]) / 2 / edge_m) + 2
    j, i = np.meshgrid(np.arange(-rows, rows + 1), np.arange(-columns, columns + 1), indexing="ij")
    x = centre[0] + (i + 0.5 * (j % 2)) * edge_m
    y = centre[1] + j * row
    grid = np.column_stack([x.ravel(), y.ravel()])
    polygon = shapely.Polygon(outline)
    shapely.prepare(polygon)
    grid = grid[shapely.contains_xy(polygon, grid[:, 0], grid[:, 1])]
    if not len(grid):
        return grid
    # Boundary samples at a quarter of the edge length bound the distance error at 3 % of it.
    ahead = np.roll(outline, -1, axis=0)
    pieces = np.maximum(1, np.ceil(np.hypot(*(ahead - outline).T) / (edge_m / 4))).astype(int)
    start = np.repeat(np.arange(len(outline)), pieces)
    within = np.arange(len(start)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    t = (within / pieces[start])[:, None]
    samples = outline[start] * (1 - t) + ahead[start] * t
    if lines:
        share = np.arange(4)[:, None, None] / 4
        between = [(line[:-1] * (1 - share) + line[1:] * share).reshape(-1, 2) for line in lines]
        samples = np.vstack([samples, *between])
    near, _ = cKDTree(samples).query(grid)
    return np.asarray(grid[near > _CLEARANCE * edge_m])


def constrained_delaunay(
    points: FloatArray, boundary: int, kept: IntArray | None = None
) -> IntArray:
    """Delaunay triangles inside a closed outline, every outline segment kept.

    Args:
        points: shape (P, 2) [m]; the first `boundary` are a counter-clockwise simple polygon, the
            others lie inside it.
        boundary: How many points the outline has.
        kept: More segments to keep, shape (S, 2); None for none.
    Returns:
        Counter-clockwise triangles, shape (T, 3), T = 2 P - boundary - 2.
    Raises:
        BadPattern: The outline crosses or touches itself.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    scale = float((high - low).max())
    local = (points - (low + high) / 2) / scale
    # Eight far points make the outline an inner one: on Qhull's hull, rounding would lose points
    # of straight edges.
    angle = np.arange(8) * np.pi / 4 + 0.1
    far = 3.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    mesh = Delaunay(np.vstack([local, far]))
    if len(mesh.coplanar):
        raise BadPattern("two points of a panel's outline coincide; remove one of them")
    flips = Flips(np.vstack([local, far]), mesh.simplices, mesh.neighbors)
    segments = np.column_stack([np.arange(boundary), (np.arange(boundary) + 1) % boundary])
    flips.insist(segments if kept is None else np.vstack([segments, kept]))
    triangles = _inside(flips.triangles.astype(np.int32), segments.astype(np.int32), len(points))
    if len(triangles) != 2 * len(points) - boundary - 2:
        raise BadPattern("a panel's outline crosses or touches itself; redraw it as one loop")
    return triangles


def _inside(triangles: IntArray, segments: IntArray, count: int) -> IntArray:
    """The triangles on the left of the outline's segments."""
    stride = int(triangles.max()) + 1
    half = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    owner = np.tile(np.arange(len(triangles)), 3)
    key = pair_keys(half, stride)
    order = np.argsort(key, kind="stable")
    twins = order[np.nonzero(np.diff(key[order]) == 0)[0][:, None] + [0, 1]]
    twins = twins[~np.isin(key[twins[:, 0]], pair_keys(segments, stride))]
    a, b = owner[twins].T
    size = len(triangles)
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    outside = np.unique(part[(triangles >= count).any(axis=1)])
    return triangles[~np.isin(part, outside)]


def _smoothed(points: FloatArray, triangles: IntArray, boundary: int) -> FloatArray:
    """Move inner points to the area-weighted centroid of their triangles, a few times [m]."""
    out = points.copy()
    rows = triangles.ravel()
    for _ in range(_SMOOTHING_ROUNDS):
        p, q, r = (out[triangles[:, k]] for k in range(3))
        area = 0.5 * ((q - p)[:, 0] * (r - p)[:, 1] - (q - p)[:, 1] * (r - p)[:, 0])
        centroid = (p + q + r) / 3 * area[:, None]
        weight = np.bincount(rows, np.repeat(area, 3), len(points))
        for axis in range(2):
            total = np.bincount(rows, np.repeat(centroid[:, axis], 3), len(points))
            out[boundary:, axis] = total[boundary:] / weight[boundary:]
    return out
