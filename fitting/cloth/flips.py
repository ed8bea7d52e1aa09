"""Edge flips in a triangulation: to bring back missing segments, and Delaunay's rule after that."""

from __future__ import annotations

import numpy as np

from fitting.errors import BadPattern
from fitting.records import FloatArray, IntArray

# Cosines of opposite angles may exceed Delaunay's bound by this before an edge is flipped; it keeps
# four points on one circle from flipping for ever.
_ROUNDING = 1e-9
# Flips allowed per missing segment and crossed edge before the outline is declared faulty.
_PATIENCE = 64


def _turn(p: FloatArray, a: int, b: int, c: int) -> float:
    """Twice the signed area of a triangle of points."""
    return float(
        (p[b, 0] - p[a, 0]) * (p[c, 1] - p[a, 1]) - (p[b, 1] - p[a, 1]) * (p[c, 0] - p[a, 0])
    )


class Flips:
    """A triangulation whose inner edges can be flipped.

    Attributes:
        points: shape (P, 2).
        triangles: Counter-clockwise, shape (T, 3).
        neighbours: Triangle across the edge opposite each corner, -1 outside, shape (T, 3).
    """

    def __init__(self, points: FloatArray, triangles: IntArray, neighbours: IntArray) -> None:
        self.points = points
        self.triangles = np.array(triangles, np.int64)
        self.neighbours = np.array(neighbours, np.int64)

    def insist(self, segments: IntArray) -> None:
        """Flip edges until every segment is an edge.

        Args:
            segments: Point pairs, shape (S, 2); they may not cross one another.
        Raises:
            BadPattern: A segment runs through a point or across another segment.
        """
        stride = len(self.points)
        t = self.triangles
        edges = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
        have = edges.min(axis=1) * stride + edges.max(axis=1)
        wanted = segments.min(axis=1).astype(np.int64) * stride + segments.max(axis=1)
        kept = set(wanted.tolist())
        missing = segments[~np.isin(wanted, have)]
        for a, b in missing:
            self._recover(int(a), int(b), kept)
        if len(missing):
            self._relax(wanted)

    def _recover(self, a: int, b: int, kept: set[int]) -> None:
        crossed = self._crossed(a, b)
        left = _PATIENCE * (len(crossed) + 4)
        stride = len(self.points)
        while crossed:
            u, v = crossed.pop(0)
            left -= 1
            if left < 0 or min(u, v) * stride + max(u, v) in kept:
                raise BadPattern(
                    "a panel's outline crosses or touches itself; redraw it as one loop"
                )
            new = self._flip(u, v)
            if new is None:
                crossed.append((u, v))
            elif not set(new) & {a, b} and self._separates(*new, a, b):
                crossed.append(new)

    def _crossed(self, a: int, b: int) -> list[tuple[int, int]]:
        """Edges that the segment from a to b runs across, in order."""
        p = self.points
        for t in np.nonzero((self.triangles == a).any(axis=1))[0]:
            k = int(np.nonzero(self.triangles[t] == a)[0][0])
            right, left = (int(self.triangles[t, (k + s) % 3]) for s in (1, 2))
            if _turn(p, a, b, right) < 0 < _turn(p, a, b, left):
                break
        else:
            raise BadPattern("a panel's outline runs through one of its own points; move it")
        found: list[tuple[int, int]] = []
        here = int(t)
        while True:
            found.append((right, left))
            k = next(i for i in range(3) if self.triangles[here, i] not in (right, left))
            here = int(self.neighbours[here, k])
            apex = next(int(q) for q in self.triangles[here] if q not in (right, left))
            if apex == b:
                return found
            side = _turn(p, a, b, apex)
            if side == 0:
                raise BadPattern("a panel's outline runs through one of its own points; move it")
            right, left = (right, apex) if side > 0 else (apex, left)

    def _relax(self, kept: IntArray) -> None:
        """Flip edges that break Delaunay's rule, segments excepted, until none is left."""
        stride = len(self.points)
        for _ in range(_PATIENCE):
            t = self.triangles
            p = self.points[t]
            edges, sines, cosines = [], [], []
            for k in range(3):
                one = p[:, (k + 1) % 3] - p[:, k]
                two = p[:, (k + 2) % 3] - p[:, k]
                edges.append(np.sort(t[:, [(k + 1) % 3, (k + 2) % 3]], axis=1))
                sines.append(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
                cosines.append((one * two).sum(axis=1))
            ends = np.concatenate(edges)
            length = np.concatenate(sines), np.concatenate(cosines)
            norm = np.hypot(*length)
            sine, cosine = length[0] / norm, length[1] / norm
            key = ends[:, 0] * stride + ends[:, 1]
            order = np.argsort(key, kind="stable")
            twins = np.nonzero(np.diff(key[order]) == 0)[0]
            m, n = order[twins], order[twins + 1]
            # Opposite angles of more than half a turn together: sin(a + b) < 0.
            bad = sine[m] * cosine[n] + cosine[m] * sine[n] < -_ROUNDING
            bad &= ~np.isin(key[m], kept)
            if not bad.any():
                return
            for u, v in ends[m[bad]]:
                if self._is_edge(int(u), int(v)):
                    self._flip(int(u), int(v))

    def _is_edge(self, u: int, v: int) -> bool:
        has = (self.triangles == u).any(axis=1) & (self.triangles == v).any(axis=1)
        return int(has.sum()) == 2

    def _separates(self, u: int, v: int, a: int, b: int) -> bool:
        p = self.points
        return (
            _turn(p, a, b, u) * _turn(p, a, b, v) < 0 and _turn(p, u, v, a) * _turn(p, u, v, b) < 0
        )

    def _flip(self, u: int, v: int) -> tuple[int, int] | None:
        """Replace edge u-v by the other diagonal of its quad; None where that is not convex."""
        has = (self.triangles == u).any(axis=1) & (self.triangles == v).any(axis=1)
        one, two = (int(t) for t in np.nonzero(has)[0])
        i = next(k for k in range(3) if self.triangles[one, k] not in (u, v))
        j = next(k for k in range(3) if self.triangles[two, k] not in (u, v))
        c, d = int(self.triangles[one, i]), int(self.triangles[two, j])
        # Corners of `one` in order: c, s, e; the other triangle is d, e, s.
        s, e = (int(self.triangles[one, (i + k) % 3]) for k in (1, 2))
        if not (_turn(self.points, c, s, d) > 0 and _turn(self.points, c, d, e) > 0):
            return None
        over_se = {
            (c, s): int(self.neighbours[one, (i + 2) % 3]),
            (e, c): int(self.neighbours[one, (i + 1) % 3]),
            (d, e): int(self.neighbours[two, (j + 2) % 3]),
            (s, d): int(self.neighbours[two, (j + 1) % 3]),
        }
        self.triangles[one], self.triangles[two] = (c, s, d), (c, d, e)
        self.neighbours[one] = (over_se[s, d], two, over_se[c, s])
        self.neighbours[two] = (over_se[d, e], over_se[e, c], one)
        for outer, old, new in ((over_se[s, d], two, one), (over_se[e, c], one, two)):
            if outer >= 0:
                self.neighbours[outer][self.neighbours[outer] == old] = new
        return c, d
