"""Does an outline cross itself?"""

from __future__ import annotations

import numpy as np

from fitting import curves
from fitting.records import FloatArray, IntArray, Panel

_CHORDS = 48  # per curved edge; an arc of a half circle is drawn to 0.05 % of its radius
_CUT = 1e-7  # how far inside both segments, as a share of them, a crossing must lie


def polyline(panel: Panel, chords: int = _CHORDS) -> tuple[FloatArray, IntArray]:
    """The outline as a closed polyline, with the edge each segment belongs to.

    Returns:
        Points [m], shape (N, 2), the first not repeated, and edge indices, shape (N,).
    """
    points, owner = [], []
    for i, edge in enumerate(panel.edges):
        count = 1 if edge.shape.kind == "line" else chords
        t = np.arange(count) / count
        start, end = panel.vertices[edge.start], panel.vertices[edge.end]
        points.append(curves.points(start, end, edge.shape, t))
        owner += [i] * count
    return np.vstack(points), np.array(owner, dtype=np.int32)


def area(outline: FloatArray) -> float:
    """Signed area of a closed polyline [m²], positive where it runs counter-clockwise."""
    x, y = outline.T
    return 0.5 * float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def pairs(outline: FloatArray, owner: IntArray) -> list[tuple[int, int]]:
    """Edges that properly cross, as sorted pairs of edge indices.

    Touching ends, as at a dart's tip, are no crossing.
    """
    ends = np.roll(outline, -1, axis=0)
    low, high = np.minimum(outline, ends), np.maximum(outline, ends)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    edge_low, edge_high = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    apart = (edge_low[:, None] > edge_high[None]).any(axis=2)
    near = np.triu(~(apart | apart.T))
    stops = np.append(first[1:], len(owner))
    found = []
    for i, j in zip(*np.nonzero(near), strict=True):
        a, b = slice(first[i], stops[i]), slice(first[j], stops[j])
        if i == j and stops[i] - first[i] == 1:
            continue
        if _cross(outline[a], ends[a], outline[b], ends[b]):
            found.append((int(owner[first[i]]), int(owner[first[j]])))
    return found


def _cross(p: FloatArray, p_end: FloatArray, q: FloatArray, q_end: FloatArray) -> bool:
    """Does any segment of one edge properly cross one of another, or of the same."""
    r, s = (p_end - p)[:, None], (q_end - q)[None]
    gap = q[None] - p[:, None]
    denominator = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[..., 0] * s[..., 1] - gap[..., 1] * s[..., 0]) / denominator
        u = (gap[..., 0] * r[..., 1] - gap[..., 1] * r[..., 0]) / denominator
    inside = (t > _CUT) & (t < 1 - _CUT) & (u > _CUT) & (u < 1 - _CUT)
    return bool((inside & (np.abs(denominator) > 1e-16)).any())
