"""Knife pleats as they are drawn on a panel: where the cloth is folded, and the panel once it is.

A pleat is drawn by two lines from the waist to the hem, "pleat fold" and "pleat meets". Cloth is
turned under at the first, turned back half way to the second, and goes on where the second lies
under the first: three layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitting.records import FloatArray, IntArray, Panel, Pattern

FOLD, MEETS = "pleat fold", "pleat meets"  # what our patterns call the lines
ON_LINE = 1e-5  # a point this near is on a line [m]
_NEAR_LINE = 1e-3  # the middle of an edge strays from a fold where this is bent [m]
# From one layer to the next where pleats are laid out [m]: what cloth keeps off itself.
_LAYER = 0.0025
# Heights of a pleat's layers in this: at its fold, at its inner fold, and where it meets.
_HEIGHTS = (2.2, 0.6, 0.0)
TOP = _LAYER * _HEIGHTS[0]  # of what pleats are sewn to [m]
_SEWN = 0.02  # below the waist all three layers lie over one another [m]


@dataclass(frozen=True)
class Pleats:
    """The knife pleats of one panel, from left to right.

    Attributes:
        heights: Of the lines' points [m], rising, shape (k,).
        folds, meets: x of the lines there [m], shape (n, k).
    """

    heights: FloatArray
    folds: FloatArray
    meets: FloatArray

    @property
    def inner(self) -> FloatArray:
        """x of the lines where the cloth turns back [m], shape (n, k)."""
        return (self.folds + self.meets) / 2

    def at(self, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """x of folds, inner folds and where they meet at heights [m], shape (n, len(y)) each."""
        fold, meet = (
            np.array([np.interp(y, self.heights, x) for x in lines])
            for lines in (self.folds, self.meets)
        )
        return fold, (fold + meet) / 2, meet

    def lines(self) -> Iterator[FloatArray]:
        """x of every fold and meeting line, from left to right, shape (k,) each."""
        for fold, inner, meet in zip(self.folds, self.inner, self.meets, strict=True):
            yield from (fold, inner, meet)

    def folded(self, points: FloatArray) -> FloatArray:
        """Points of the panel once it is folded, the pleats taken up evenly from both sides [m]."""
        fold, _, meet = self.at(points[:, 1])
        taken = np.minimum(2 * np.maximum(points[:, 0] - fold, 0.0), meet - fold).sum(axis=0)
        whole = (meet - fold).sum(axis=0)
        return np.column_stack([points[:, 0] - taken + whole / 2, points[:, 1]])

    def lifted(self, points: FloatArray) -> FloatArray:
        """How far out points of the folded panel lie, layer over layer [m], shape (P,)."""
        fold, turned, meet = self.at(points[:, 1])
        # Cloth is over the pleat beneath from half the intake before its own fold.
        over = fold - (meet - fold) / 2
        knots = np.stack([over, fold, turned, meet], axis=1).reshape(-1, len(points))
        outer, inner, beneath = _HEIGHTS
        heights = np.tile([outer, outer, inner, beneath], len(fold))
        # At the waist a fold and what it meets are sewn to one point.
        sewn = np.clip(1 - (self.heights[-1] - points[:, 1]) / _SEWN, 0.0, 1.0)
        first = over[0] - (over[-1] - meet[-2]) if len(fold) > 1 else over[0] - 0.02
        last = meet[-1] + (over[-1] - meet[-2]) if len(fold) > 1 else meet[-1] + 0.02
        knots = np.vstack([first, knots, last])
        heights = np.concatenate([[beneath], heights, [outer]])
        rows = np.arange(len(points))
        k = np.clip((knots <= points[:, 0]).sum(axis=0) - 1, 0, len(knots) - 2)
        low, high = knots[k, rows], knots[k + 1, rows]
        share = np.clip((points[:, 0] - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
        low, high = (h + (outer - h) * sewn * (h == beneath) for h in (heights[k], heights[k + 1]))
        return np.asarray(_LAYER * (low * (1 - share) + high * share))


def pleats_of(panel: Panel) -> Pleats | None:
    """The pleats of a panel; None where none is drawn all the way down."""
    drawn = {
        name: [np.array(line.points) for line in panel.lines if line.name == name]
        for name in (FOLD, MEETS)
    }
    if not drawn[FOLD] or len(drawn[FOLD]) != len(drawn[MEETS]):
        return None
    lines = [line[::-1] if line[0, 1] > line[-1, 1] else line for n in drawn for line in drawn[n]]
    low, high = panel.vertices[:, 1].min(), panel.vertices[:, 1].max()
    if any(abs(x[0, 1] - low) > ON_LINE or abs(x[-1, 1] - high) > ON_LINE for x in lines):
        return None
    heights = np.unique(np.concatenate([line[:, 1] for line in lines]).round(9))
    heights[[0, -1]] = low, high
    x = np.array([np.interp(heights, line[:, 1], line[:, 0]) for line in lines])
    count = len(drawn[FOLD])
    order = x[:count, -1].argsort()
    return Pleats(heights, x[:count][order], x[count:][x[count:, -1].argsort()])


def seen_corners(
    pattern: Pattern, uv: FloatArray, panel: IntArray, faces: IntArray
) -> NDArray[np.bool_] | None:
    """Which corners of triangles tell the normals of their vertices, shape (M, 3).

    On a fold those of the layer that is seen do: the mean of two layers back to back is none.

    Args:
        pattern: Of the cloth.
        uv: Places of the vertices in the fabric [m], shape (N, 2).
        panel: Of each vertex, shape (N,).
        faces: shape (M, 3).
    Returns:
        None where nothing is folded.
    """
    seen = np.ones(faces.shape, bool)
    folded = False
    for index, drawn in enumerate(pattern.panels):
        pleats = pleats_of(drawn)
        if pleats is None:
            continue
        folded = True
        own = np.flatnonzero(panel[faces[:, 0]] == index)
        corners = uv[faces[own]]
        fold, inner, _ = pleats.at(corners[..., 1].ravel())
        # Under a fold goes on what is right of it, and over an inner fold what is left of it.
        for lines, side in ((fold, 1.0), (inner, -1.0)):
            for line in lines:
                off = corners[..., 0] - line.reshape(-1, 3)
                beyond = side * off.sum(axis=1) > 0
                seen[own] &= ~((np.abs(off) < _NEAR_LINE) & beyond[:, None])
    return seen if folded else None


def shaded_edges(
    pattern: Pattern, uv: FloatArray, panel: IntArray, faces: IntArray
) -> NDArray[np.int64]:
    """Edges of triangles along which a layer disappears under a fold, shape (E, 2).

    Args:
        pattern, uv, panel, faces: As in `seen_corners`.
    """
    found = [np.zeros((0, 2), np.int64)]
    for index, drawn in enumerate(pattern.panels):
        pleats = pleats_of(drawn)
        if pleats is None:
            continue
        own = faces[panel[faces[:, 0]] == index].astype(np.int64)
        ends = np.unique(np.sort(own[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)
        _, _, meet = pleats.at(uv[:, 1])
        for line in meet:
            on = np.abs(uv[:, 0] - line) < _NEAR_LINE
            found.append(ends[on[ends].all(axis=1)])
    return np.asarray(np.vstack(found), np.int64)
