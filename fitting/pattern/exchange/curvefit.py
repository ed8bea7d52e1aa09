"""Finding the edge behind a dense polyline: a line, an arc or a cubic Bézier.

Files of the trade carry curves as points. What we wrote ourselves is found again as the curve it
was; others are cut into as many cubics as they need.
"""

from __future__ import annotations

import numpy as np

from fitting import curves
from fitting.records import FloatArray

FIT = 0.00002  # [m] how far a fitted curve may be off its points; files are rounded to 0.01 mm
_ENOUGH = 0.3 * FIT
_ROUNDS = 25


def fit_edge(points: FloatArray) -> list[tuple[FloatArray, curves.Shape]]:
    """Edges through a polyline, each with the point it ends at.

    Args:
        points: Shape (N, 2) [m], N >= 2; the ends are kept exactly.
    """
    if len(points) == 2 or _off_line(points) <= FIT:
        return [(points[-1], curves.LINE)]
    arc = _arc(points)
    if arc is not None:
        return [(points[-1], arc)]
    cubic, off = _cubic(points)
    if off <= FIT or len(points) < 6:
        return [(points[-1], cubic)]
    middle = len(points) // 2
    return fit_edge(points[: middle + 1]) + fit_edge(points[middle:])


def _off_line(points: FloatArray) -> float:
    chord = points[-1] - points[0]
    length = float(np.hypot(*chord))
    if length == 0:
        return float("inf")
    off = points - points[0]
    return float(np.abs(off[:, 0] * chord[1] - off[:, 1] * chord[0]).max() / length)


def _arc(points: FloatArray) -> curves.Shape | None:
    """The circle through the points, if they lie on one."""
    if len(points) < 5:
        return None
    x, y = points.T
    matrix = np.column_stack([2 * x, 2 * y, np.ones(len(points))])
    (cx, cy, c), *_ = np.linalg.lstsq(matrix, x**2 + y**2, rcond=None)
    radius = float(np.sqrt(max(0.0, c + cx**2 + cy**2)))
    off = np.abs(np.hypot(x - cx, y - cy) - radius)
    if radius > 50.0 or off.max() > 0.5 * FIT:
        return None
    angles = np.unwrap(np.arctan2(y - cy, x - cx))
    turn = float(angles[-1] - angles[0])
    chord = float(np.hypot(*(points[-1] - points[0])))
    # The radius that suits the turn and the exact ends.
    radius = chord / 2 / max(1e-9, abs(np.sin(turn / 2)))
    return curves.Shape("arc", (), radius, abs(turn) > np.pi, turn > 0)


def _cubic(points: FloatArray) -> tuple[curves.Shape, float]:
    """The cubic through the ends that is nearest to the points, and how far it is off [m].

    Levenberg and Marquardt on the distances square to the curve: the parameters follow as feet of
    the points, so that only the two control points are solved for.
    """
    steps = np.hypot(*np.diff(points, axis=0).T)
    # Points stand either evenly along the curve or evenly in its parameter.
    guesses = (
        np.linspace(0.0, 1.0, len(points)),
        np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum(),
    )
    tries = [_descend(points, t) for t in guesses]
    control, off = min(tries, key=lambda found: found[1])
    inner = tuple((float(x), float(y)) for x, y in control[1:3])
    return curves.Shape("cubic", inner), off


def _descend(points: FloatArray, t: FloatArray) -> tuple[FloatArray, float]:
    """Control points from a guess of the parameters, shape (4, 2), and their distance [m]."""
    start, end = points[0], points[-1]
    weights = _weights(t)
    rest = points - weights[:, [0, 3]] @ np.array([start, end])
    inner, *_ = np.linalg.lstsq(weights[:, 1:3], rest, rcond=None)
    control = np.vstack([start, inner, end])
    t, off = _feet(points, control, t)
    damping = 1e-3
    for _ in range(_ROUNDS):
        if np.hypot(*off.T).max() < _ENOUGH:
            break
        weights = _weights(t)
        along = _derivative(control, t)
        normal = np.column_stack([-along[:, 1], along[:, 0]])
        normal /= np.maximum(1e-12, np.hypot(*normal.T))[:, None]
        matrix = np.hstack([weights[:, 1:2] * normal, weights[:, 2:3] * normal])
        square = matrix.T @ matrix
        change = np.linalg.solve(
            square + damping * np.diag(np.diag(square) + 1e-12),
            -matrix.T @ (off * normal).sum(axis=1),
        )
        moved = control + np.vstack([np.zeros(2), change.reshape(2, 2), np.zeros(2)])
        new_t, new_off = _feet(points, moved, t)
        if (new_off**2).sum() < (off**2).sum():
            control, t, off = moved, new_t, new_off
            damping *= 0.2
        else:
            damping *= 8.0
    return control, float(np.hypot(*off.T).max())


def _weights(t: FloatArray) -> FloatArray:
    """Bernstein polynomials of degree 3 at t, shape (N, 4)."""
    u = 1 - t
    return np.column_stack([u**3, 3 * t * u**2, 3 * t**2 * u, t**3])


def _derivative(control: FloatArray, t: FloatArray) -> FloatArray:
    d = 3 * np.diff(control, axis=0)
    u = 1 - t
    return np.asarray(np.column_stack([u**2, 2 * t * u, t**2]) @ d, dtype=np.float64)


def _feet(points: FloatArray, control: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Parameters of the curve's points nearest to the given ones, by Newton's steps, and what is
    left between them [m]."""
    bend = 2 * np.diff(3 * np.diff(control, axis=0), axis=0)
    for _ in range(3):
        off = _weights(t) @ control - points
        first = _derivative(control, t)
        second = np.column_stack([1 - t, t]) @ bend
        slope = (first * first).sum(axis=1) + (off * second).sum(axis=1)
        safe = np.where(slope > 1e-15, slope, np.inf)
        t = np.clip(t - (off * first).sum(axis=1) / safe, 0.0, 1.0)
        t[0], t[-1] = 0.0, 1.0
    return t, np.asarray(_weights(t) @ control - points, dtype=np.float64)
