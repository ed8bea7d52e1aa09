"""Tubes around parts of the body: rings of convex cross-sections along an axis.

Cloth is laid on a tube as a tape is: it bridges hollows, so a ring is the convex hull of the
section, moved outwards by a clearance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fitting.records import FloatArray, IntArray

# Directions in which a section is measured. A hull of 96 supporting lines strays 0.05 % from a
# circle's radius.
DIRECTIONS = 96
ANGLES = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS


@dataclass(frozen=True)
class Tube:
    """Rings along an axis.

    Attributes:
        stations: Places along the axis [m], rising, evenly spaced, shape (n,).
        centre: Centre of each ring [m], shape (n, 3).
        ahead, aside: Unit vectors of each ring's plane, shape (n, 3); angles run from `ahead`
            towards `aside`.
        radius: Distance of the hull from the centre at each of the angles [m], shape (n, K).
    """

    stations: FloatArray
    centre: FloatArray
    ahead: FloatArray
    aside: FloatArray
    radius: FloatArray

    @property
    def direction(self) -> FloatArray:
        """Unit vector along the axis at its first station, shape (3,)."""
        return self._direction(0)

    @property
    def girth(self) -> FloatArray:
        """Length of the ring at each station [m], shape (n,)."""
        return self._along(self.radius)[:, -1]

    def half(self, *, by_aside: bool) -> FloatArray:
        """Length of each ring from ahead to behind [m], by way of `aside` or not, shape (n,)."""
        along = self._along(self.radius)
        half = along[:, DIRECTIONS // 2]
        return np.asarray(half if by_aside else along[:, -1] - half)

    def grown(self, clearance: FloatArray) -> Tube:
        """The tube with its rings moved outwards.

        Args:
            clearance: [m], shape (n,), or (n, K) to differ around a ring.
        """
        more = clearance[:, None] if clearance.ndim == 1 else clearance
        return replace(self, radius=self.radius + more)

    def clearance_for(self, girth: FloatArray, least: float) -> FloatArray:
        """Clearance of each ring at which it has a given length, but not under the least [m].

        Args:
            girth: Wanted at each station [m], shape (n,).
            least: [m].
        """
        out = np.full(len(girth), least)
        for _ in range(3):
            # A ring's length grows by a full turn times the clearance.
            out += (girth - self.grown(out).girth) / (2 * np.pi)
        return np.maximum(out, least)

    def overlap(self, points: FloatArray, edge: FloatArray, near: float) -> float:
        """How far points reach past an edge that goes round the first part of the tube.

        Args:
            points: Points that should end before the edge [m], shape (N, 3).
            edge: Points of the edge [m], shape (M, 3).
            near: Points further outside the tube's hull than the edge there, by this much, do not
                count [m].
        Returns:
            The furthest reach past the edge along the tube [m]; minus infinity where no point is
            near.
        """
        t, angle, distance = self._first_part(points)
        edge_t, edge_angle, edge_distance = self._first_part(edge)
        order = np.argsort(edge_angle)
        around = edge_angle[order]
        reach = t - np.interp(angle, around, edge_t[order], period=2 * np.pi)
        outside = distance - np.interp(angle, around, edge_distance[order], period=2 * np.pi)
        counted = (outside < near) & (distance > 0.5 * edge_distance.min())
        return float(reach[counted].max()) if counted.any() else -np.inf

    def _first_part(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Station, angle and distance from the straight line of the tube's first part."""
        offset = points - self.centre[0]
        t = offset @ self.direction
        across, aside = offset @ self.ahead[0], offset @ self.aside[0]
        return t, np.arctan2(aside, across), np.hypot(across, aside)

    def to_side(self, t: FloatArray, *, behind: bool = False) -> FloatArray:
        """Length of the rings from ahead, or from behind, to their widest point aside [m]."""
        ring = self._at(self.radius, t)
        along = self._along(ring)
        widest = (ring * np.sin(ANGLES)).argmax(axis=1)
        side = along[np.arange(len(ring)), widest]
        return np.asarray(along[:, DIRECTIONS // 2] - side if behind else side)

    def point(
        self, t: FloatArray, s: FloatArray, *, behind: bool = False, out: FloatArray | float = 0.0
    ) -> FloatArray:
        """Points on the tube.

        Args:
            t: Stations [m], shape (N,); beyond the ends the last ring goes on straight.
            s: Length along the ring [m] from the direction ahead, or from the opposite one with
                `behind`, towards `aside` and on around, shape (N,).
            behind: See above.
            out: How far outside the ring, away from its centre [m], shape (N,) or one for all.
        Returns:
            Positions [m], shape (N, 3).
        """
        ring = self._at(self.radius, t)
        along = self._along(ring)
        whole = along[:, -1]
        begin = along[:, DIRECTIONS // 2] if behind else 0.0
        s = np.mod(s + begin, whole)
        k = np.clip((along <= s[:, None]).sum(axis=1) - 1, 0, DIRECTIONS - 1)
        rows = np.arange(len(s))
        share = (s - along[rows, k]) / (along[rows, k + 1] - along[rows, k])
        one, two = ring[rows, k] * (1 - share), ring[rows, (k + 1) % DIRECTIONS] * share
        after = ANGLES[(k + 1) % DIRECTIONS]
        forth = one * np.cos(ANGLES[k]) + two * np.cos(after)
        across = one * np.sin(ANGLES[k]) + two * np.sin(after)
        further = 1 + out / np.hypot(forth, across)
        forth, across = forth * further, across * further
        centre, ahead, aside = (self._at(v, t) for v in (self.centre, self.ahead, self.aside))
        beyond = t - np.clip(t, self.stations[0], self.stations[-1])
        axis = np.where((beyond < 0)[:, None], self._direction(0), self._direction(-1))
        straight = centre + axis * beyond[:, None]
        return np.asarray(straight + ahead * forth[:, None] + aside * across[:, None])

    def located(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Station of points [m], and how far around they lie from `ahead` towards `aside`, 0..1.

        The share is that of a ring's length, as `point` counts it, whatever the distance from it.

        Args:
            points: [m], shape (N, 3).
        """
        normal = np.cross(self.ahead, self.aside)
        normal *= np.sign((normal * self.direction).sum(axis=1))[:, None]
        offset = points[:, None] - self.centre
        height = (offset * normal).sum(axis=2)  # (N, n), falling along the tube
        away = np.linalg.norm(offset, axis=2)
        crosses = np.diff(np.sign(height), axis=1) != 0
        near = np.where(crosses, away[:, :-1], np.inf)
        k = near.argmin(axis=1)
        k = np.where(crosses.any(axis=1), k, np.abs(height[:, :-1]).argmin(axis=1))
        rows = np.arange(len(points))
        one, two = height[rows, k], height[rows, k + 1]
        step = self.stations[1] - self.stations[0]
        t = self.stations[k] + step * one / np.where(one == two, 1.0, one - two)
        centre, ahead, aside = (self._at(v, t) for v in (self.centre, self.ahead, self.aside))
        flat = points - centre
        turn = np.arctan2((flat * aside).sum(axis=1), (flat * ahead).sum(axis=1))
        ring = self._at(self.radius, t)
        along = self._along(ring)
        place = np.mod(turn, 2 * np.pi) / (2 * np.pi) * DIRECTIONS
        j = np.minimum(place.astype(int), DIRECTIONS - 1)
        # On the chord between two angles a share of the angle is nearly that of the length.
        length = along[rows, j] + (place - j) * (along[rows, j + 1] - along[rows, j])
        return t, length / along[:, -1]

    def _direction(self, end: int) -> FloatArray:
        a, b = (0, 1) if end == 0 else (-2, -1)
        way = self.centre[b] - self.centre[a]
        return np.asarray(way / np.linalg.norm(way))

    def _at(self, rows: FloatArray, t: FloatArray) -> FloatArray:
        """Rows interpolated at stations t."""
        step = self.stations[1] - self.stations[0]
        place = np.clip((t - self.stations[0]) / step, 0, len(self.stations) - 1)
        k = np.minimum(place.astype(int), len(self.stations) - 2)
        f = (place - k)[:, None]
        return np.asarray(rows[k] * (1 - f) + rows[k + 1] * f)

    @staticmethod
    def _along(ring: FloatArray) -> FloatArray:
        """Length along closed rings at each angle and at the end, shape (N, K + 1)."""
        turned = np.roll(ring, -1, axis=1)
        angle = 2 * np.pi / DIRECTIONS
        chord = np.sqrt(ring**2 + turned**2 - 2 * np.cos(angle) * ring * turned)
        return np.concatenate([np.zeros((len(ring), 1)), np.cumsum(chord, axis=1)], axis=1)


def hull_radius(section: FloatArray) -> FloatArray:
    """Distance from the origin to the convex hull of a flat section, at each of the angles.

    Args:
        section: Points about the origin [m], shape (N, 2), N > 0; the hull holds the origin.
    Returns:
        shape (K,) [m]; the hull is that of the supporting lines in K directions.
    """
    normals = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
    support = (section @ normals.T).max(axis=0)
    facing = normals @ normals.T  # cosine between each angle and each supporting line
    reach = np.where(facing > 1e-6, np.maximum(support, 1e-4) / np.maximum(facing, 1e-6), np.inf)
    return np.asarray(reach.min(axis=1))


def cut_points(
    vertices: FloatArray, segments: IntArray, origin: FloatArray, normal: FloatArray
) -> FloatArray:
    """Where the edges of a mesh cross a plane, shape (N, 3) [m].

    Args:
        vertices: shape (V, 3) [m].
        segments: Vertex pairs, shape (E, 2).
        origin, normal: A point of the plane and its normal.
    """
    height = (vertices - origin) @ normal
    a, b = height[segments[:, 0]], height[segments[:, 1]]
    cross = (a < 0) != (b < 0)
    one, two = segments[cross, 0], segments[cross, 1]
    share = (a[cross] / (a[cross] - b[cross]))[:, None]
    return np.asarray(vertices[one] * (1 - share) + vertices[two] * share)
