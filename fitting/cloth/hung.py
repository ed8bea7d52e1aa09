"""Cloth that closes around a part of the body and hangs from its upper edge.

Waistbands, skirts of any number of panels and tiers, with godets, cuffs and flounces are, once
sewn, a band with an upper and a lower edge. How such a band lies is read off the sewn band, not
off its panels: how far each point is from the upper edge over the cloth, and how far it is around.
How far around is the harmonic map to the circle, so that seams meet and no two points fall
together, whatever the panels are shaped like and however they were drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.sparse.linalg import splu

from fitting.cloth.cut import Cut
from fitting.cloth.legs import to_other_leg
from fitting.cloth.tube import Tube
from fitting.cloth.weld import borders, edges, euler, nodes
from fitting.records import FloatArray, IntArray

# Hung cloth starts this far below what it is sewn to [m].
_GAP = 0.006
# Rings stand off the body by no more than this and this share of the way down: further out are
# arms and hands. Cloth that is longer lies in folds.
_MOST_EASE = 0.06
_FLARE = 0.35
# Rings widen and folds deepen by no more than these shares of the way down from where the cloth is
# narrower: below a seam that it is gathered into fullness is laid in little by little.
_WIDEN, _DEEPEN = 0.5, 0.5
# Over this length the cloth goes over from where it is sewn to its own rings [m].
_BLEND = 0.08
_WAVE = 0.12  # length of a fold along the longest ring [m]; chosen
_WAVES = (4, 20)
_ROWS = 6.0  # least edges of triangles along the cloth of one fold
_NO_FOLDS = 0.93  # cloth squeezed no more than this lies smooth
_STEEPEST = 3.0  # slope of a fold's sides
_LEVELS = 0.01  # [m] between the levels at which a band's width is taken
_FLATTEST = 0.02  # least cotangent weight; keeps needles from turning the map over


@dataclass(frozen=True)
class Band:
    """Pieces sewn into one band.

    Attributes:
        rows: Their points among all points of the cut, shape (P,).
        node: Of each point, shape (P,); the two sides of a seam share one.
        faces: Triangles of points, shape (T, 3), and `flat` their corners in the panel's plane
            [m], shape (T, 3, 2).
    """

    rows: IntArray
    node: IntArray
    faces: IntArray
    flat: FloatArray

    @property
    def count(self) -> int:
        """How many nodes."""
        return int(self.node.max()) + 1

    @property
    def node_faces(self) -> IntArray:
        """Triangles of nodes, shape (T, 3)."""
        return self.node[self.faces]


def band(cut: Cut, members: list[int]) -> Band | None:
    """Pieces as one band; None where they do not make one."""
    rows = np.concatenate([np.arange(cut.rows(i).start, cut.rows(i).stop) for i in members])
    local = np.full(int(cut.offsets[-1]), -1)
    local[rows] = np.arange(len(rows))
    pairs = local[cut.pairs]
    node = nodes(len(rows), pairs[(pairs >= 0).all(axis=1)].astype(np.int32))
    faces = np.vstack([local[cut.pieces[i].faces + cut.offsets[i]] for i in members])
    flat = np.vstack([cut.pieces[i].points[cut.pieces[i].faces] for i in members])
    made = Band(rows.astype(np.int32), node, faces.astype(np.int32), flat)
    ends = edges(made.node_faces)[0]
    graph = coo_matrix((np.ones(len(ends)), ends.T), shape=(made.count, made.count))
    parts, _ = connected_components(graph, directed=False)
    return made if parts == 1 and euler(made.node_faces) == 0 else None


def components(cut: Cut, members: list[int]) -> list[list[int]]:
    """Pieces that are sewn together, directly or by way of others of them."""
    index = {m: k for k, m in enumerate(members)}
    owner = cut.owner[cut.pairs]
    links = [(index[a], index[b]) for a, b in np.unique(owner, axis=0).tolist()
             if a in index and b in index]  # fmt: skip
    label = nodes(len(members), np.array(links, np.int32).reshape(-1, 2))
    return [[m for m in members if label[index[m]] == k] for k in range(int(label.max()) + 1)]


@dataclass(frozen=True)
class Rim:
    """The upper edge of a band and where it is to come.

    Attributes:
        node: Its nodes, shape (R,).
        station: Along the tube [m], shape (R,).
        angle: Around the tube from `ahead` towards `aside`, in shares of the way round times 2π,
            shape (R,).
        place: Where it is sewn to [m], shape (R, 3); None where it is sewn to nothing.
    """

    node: IntArray
    station: FloatArray
    angle: FloatArray
    place: FloatArray | None = None

    @property
    def girth(self) -> float:
        """Length of what it is sewn to [m]; without bound where it is sewn to nothing."""
        if self.place is None:
            return np.inf
        ring = self.place[np.argsort(self.angle, kind="stable")]
        return float(np.linalg.norm(ring - np.roll(ring, -1, axis=0), axis=1).sum())


def sewn_rim(made: Band, mine: IntArray, there: FloatArray, tube: Tube) -> Rim:
    """The rim where a band is sewn to points that have a place.

    Args:
        made: The band.
        mine: Points of the band, shape (n,).
        there: Where they are sewn to [m], shape (n, 3).
        tube: Around the part of the body.
    """
    node, inverse, times = np.unique(made.node[mine], return_inverse=True, return_counts=True)
    mean = np.column_stack([np.bincount(inverse, there[:, k]) / times for k in range(3)])
    station, share = tube.located(mean)
    return Rim(node, station, 2 * np.pi * share, mean)


def free_rim(made: Band, placed: FloatArray) -> Rim | None:
    """The rim of a band that hangs from nothing: its highest edge, level.

    Args:
        made: The band.
        placed: Where the pattern's own placement puts its points [m], shape (P, 3).
    """
    loops = borders(made.node_faces)
    if len(loops) < 2:
        return None
    times = np.bincount(made.node)
    at = np.column_stack([np.bincount(made.node, placed[:, k]) / times for k in range(3)])
    loop = max(loops, key=lambda one: float(at[one, 1].mean()))
    ends, length = _edge_lengths(made)
    known = coo_matrix((length, ends.T), shape=(made.count, made.count)).tocsr()
    known = known.maximum(known.T)
    steps = np.array([known[a, b] for a, b in zip(loop, np.roll(loop, -1), strict=True)])
    along = 2 * np.pi * (np.cumsum(steps) - steps) / steps.sum()
    # Which way round, and where the front is, is what the placement says.
    drawn = np.arctan2(at[loop, 0], at[loop, 2])
    turns = [(np.exp(1j * (drawn - way * along)) * steps).sum() for way in (1.0, -1.0)]
    way = 1.0 if abs(turns[0]) >= abs(turns[1]) else -1.0
    angle = way * along + np.angle(turns[0] if way > 0 else turns[1])
    return Rim(loop, np.full(len(loop), float(at[loop, 1].mean())), angle)


def hang(
    made: Band, rim: Rim, tube: Tube, nearest: float, run: float, inner: float = 0.0
) -> FloatArray:
    """Where the points of a band start [m], shape (P, 3).

    Args:
        made: The band.
        rim: Its upper edge.
        tube: Around the part of the body.
        nearest: Least distance from it [m].
        run: +1 where stations rise with the way down the cloth, -1 where they fall.
        inner: For a leg which way the other one lies, -1 towards -x or 1; else 0.
    """
    down, nearest_rim = _down(made, rim.node)
    level, width = _widths(made, down)
    gap = 0.0 if rim.place is None else _GAP
    t = tube.stations
    drop = (t - float(rim.station.mean())) * run
    cloth = np.interp(drop, level, width)
    cloth[drop <= level[0]] = min(width[0], rim.girth)
    drawn = _limited(cloth, t, 2 * np.pi * _WIDEN)
    most = nearest + _MOST_EASE + _FLARE * np.maximum(0.0, drop)
    fitted = tube.grown(np.minimum(tube.clearance_for(drawn, nearest), most))
    if inner:
        fitted = replace(fitted, radius=np.minimum(fitted.radius, to_other_leg(tube, inner)))
    ring = fitted.girth
    used = (drop > -0.02) & (drop < level[-1] + 0.02)
    used[np.abs(drop).argmin()] = True
    waves = _waves(made, cloth[used], ring[used])
    depth = _limited(_fold_depth(ring / waves, ring / np.maximum(cloth, 1e-6)), t, _DEEPEN)
    at_rim = np.zeros(made.count)
    at_rim[rim.node] = rim.angle
    angle = _around(made, rim, at_rim[nearest_rim])
    at = _over(rim, rim.station, angle) + run * (down + gap)
    share = np.mod(angle / (2 * np.pi), 1.0)
    out = np.interp(at, t, depth) * (1 - np.cos(waves * angle)) / 2
    if inner:
        out *= np.clip(1.0 - 2.0 * inner * np.sin(angle), 0.0, 1.0)
    place = fitted.point(at, share * np.interp(at, t, ring), out=out)
    if rim.place is not None:
        fade = np.clip(1.0 - down / _BLEND, 0.0, 1.0)
        way = run * gap * fitted.direction
        for k in range(3):
            miss = rim.place[:, k] + way[k] - place[rim.node, k]
            place[:, k] += fade * _over(rim, miss, angle)
    return np.asarray(place[made.node])


def _over(rim: Rim, values: FloatArray, angle: FloatArray) -> FloatArray:
    """What the rim has at angles, shape (N,)."""
    around = np.mod(rim.angle, 2 * np.pi)
    order = np.argsort(around, kind="stable")
    return np.interp(angle, around[order], values[order], period=2 * np.pi)


def _limited(values: FloatArray, t: FloatArray, slope: float) -> FloatArray:
    """Values cut down until they rise and fall by no more than a slope along t."""
    return np.asarray((values + slope * np.abs(t[:, None] - t)).min(axis=1))


def _waves(made: Band, cloth: FloatArray, ring: FloatArray) -> int:
    """Folds around a band: as long as triangles can follow, and no shorter than folds are."""
    edge = float(np.median(_edge_lengths(made)[1]))
    fullest = int(np.argmax(cloth / np.maximum(ring, 1e-6)))
    most = max(cloth[fullest] / (_ROWS * edge), _WAVES[0])
    return int(np.clip(round(float(ring.max()) / _WAVE), _WAVES[0], min(_WAVES[1], most)))


def _edge_lengths(made: Band) -> tuple[IntArray, FloatArray]:
    """Edges of nodes and their lengths in the panels [m]; seams have the mean of both sides."""
    ends = np.concatenate([made.node_faces[:, [k, (k + 1) % 3]] for k in range(3)])
    length = np.concatenate(
        [np.linalg.norm(made.flat[:, (k + 1) % 3] - made.flat[:, k], axis=1) for k in range(3)]
    )
    low, high = ends.min(axis=1).astype(np.int64), ends.max(axis=1)
    key, inverse, times = np.unique(low * made.count + high, return_inverse=True,
                                    return_counts=True)  # fmt: skip
    mean = np.bincount(inverse, length) / times
    return np.column_stack([key // made.count, key % made.count]).astype(np.int32), mean


def _down(made: Band, rim: IntArray) -> tuple[FloatArray, IntArray]:
    """Distance of each node from the rim over the cloth [m], and the rim's node there."""
    ends, length = _edge_lengths(made)
    across, further = _across(made)
    ends, length = np.vstack([ends, across]), np.concatenate([length, further])
    low, high = ends.min(axis=1).astype(np.int64), ends.max(axis=1)
    key, first = np.unique(low * made.count + high, return_index=True)
    graph = csr_matrix(
        (np.maximum(length[first], 1e-9), (key // made.count, key % made.count)),
        shape=(made.count, made.count),
    )
    found, _, nearest = dijkstra(
        graph, directed=False, indices=np.unique(rim), min_only=True, return_predecessors=True
    )
    return np.asarray(found), np.asarray(nearest)


def _across(made: Band) -> tuple[IntArray, FloatArray]:
    """Corners opposite one edge, and their distance over it where that is straight [m].

    Paths along edges alone are a tenth too long.
    """
    faces, flat = made.node_faces, made.flat
    sides: list[NDArray[np.float64]] = []
    for k in range(3):
        a, b, c = (flat[:, (k + s) % 3] for s in range(3))
        along = np.maximum(np.linalg.norm(b - a, axis=1), 1e-9)
        x = ((c - a) * (b - a)).sum(axis=1) / along
        y = np.sqrt(np.maximum(((c - a) ** 2).sum(axis=1) - x * x, 0.0))
        u, v, w = (faces[:, (k + s) % 3] for s in range(3))
        x = np.where(u < v, x, along - x)
        sides.append(np.column_stack([np.minimum(u, v), np.maximum(u, v), w, x, y, along]))
    rows = np.vstack(sides)
    key = rows[:, 0] * made.count + rows[:, 1]
    order = np.argsort(key, kind="stable")
    twins = np.nonzero(np.diff(key[order]) == 0)[0]
    one, two = rows[order[twins]], rows[order[twins + 1]]
    cross = one[:, 3] + (two[:, 3] - one[:, 3]) * one[:, 4] / np.maximum(one[:, 4] + two[:, 4],
                                                                         1e-9)  # fmt: skip
    straight = (cross > 0) & (cross < np.minimum(one[:, 5], two[:, 5])) & (one[:, 2] != two[:, 2])
    length = np.hypot(one[:, 3] - two[:, 3], one[:, 4] + two[:, 4])
    pairs = np.column_stack([one[:, 2], two[:, 2]]).astype(np.int32)
    return pairs[straight], length[straight]


def _widths(made: Band, down: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How wide a band is around at levels below its rim: level and width [m], shape (L,) each."""
    d = down[made.node_faces]
    deepest = float(down.max())
    level = np.arange(0.5 * _LEVELS, max(deepest, _LEVELS), _LEVELS)
    width = np.zeros(len(level))
    for k in range(3):
        # The corner that is alone on its side of the level, and the two sides that meet there.
        a, b, c = (d[:, (k + s) % 3] for s in range(3))
        p, q, r = (made.flat[:, (k + s) % 3] for s in range(3))
        for n, at in enumerate(level):
            alone = ((a < at) & (b >= at) & (c >= at)) | ((a >= at) & (b < at) & (c < at))
            if alone.any():
                f = ((at - a[alone]) / (b[alone] - a[alone]))[:, None]
                g = ((at - a[alone]) / (c[alone] - a[alone]))[:, None]
                cut = f * (q[alone] - p[alone]) - g * (r[alone] - p[alone])
                width[n] += np.linalg.norm(cut, axis=1).sum()
    # Past the shortest place of a slanting hem the band no longer closes: its width there is that
    # of where it last did, as if it went on.
    loops = borders(made.node_faces)
    hems = [down[loop].min() for loop in loops if down[loop].max() > 1e-6]
    hem = min(hems) if hems else deepest
    whole = level <= max(hem, level[0])
    return level, np.where(whole, width, np.interp(level, level[whole], width[whole]))


def _fold_depth(wave: FloatArray, stretch: FloatArray) -> FloatArray:
    """Depth of sine-shaped folds whose cloth is 1 / stretch times as long as their ring [m]."""
    slope = np.linspace(0.0, _STEEPEST, 61)
    turn = np.cos(np.linspace(0, 2 * np.pi, 64, endpoint=False))
    longer = np.sqrt(1 + (slope[:, None] * turn) ** 2).mean(axis=1)
    wanted = np.maximum(_NO_FOLDS / np.maximum(stretch, 1e-3), 1.0)
    return np.asarray(np.interp(wanted, longer, slope) * wave / np.pi)


def _around(made: Band, rim: Rim, rim_angle: FloatArray) -> FloatArray:
    """Angle of each node, shape (N,): harmonic, given at the rim, once round the circle.

    Args:
        made, rim: The band.
        rim_angle: Of the nearest place on the rim, shape (N,).
    """
    ends, weight = _weights(made)
    n = made.count
    graph = coo_matrix((weight, ends.T), shape=(n, n)).tocsr()
    graph = graph + graph.T
    total = np.asarray(graph.sum(axis=1)).ravel()
    free = np.ones(n, bool)
    free[rim.node] = False
    fixed = np.zeros(n)
    fixed[rim.node] = rim.angle
    inner = np.flatnonzero(free)
    if not len(inner):
        return fixed
    matrix = (coo_matrix((total, (np.arange(n), np.arange(n)))).tocsr() - graph).tocsr()
    factor = splu(matrix[inner][:, inner].tocsc())
    # The angle of the nearest place on the rim shows how often each edge turns.
    angle = np.where(free, rim_angle, fixed)
    step = angle[ends[:, 1]] - angle[ends[:, 0]]
    step -= 2 * np.pi * np.round(step / (2 * np.pi))
    flow = np.bincount(ends[:, 0], weight * step, n) - np.bincount(ends[:, 1], weight * step, n)
    angle[inner] += factor.solve(flow[inner])
    return angle


def _weights(made: Band) -> tuple[IntArray, FloatArray]:
    """Edges of nodes and their cotangent weights."""
    rows, values = [], []
    for k in range(3):
        a, b, c = (made.flat[:, (k + s) % 3] for s in range(3))
        one, two = a - c, b - c
        cross = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
        values.append(0.5 * (one * two).sum(axis=1) / np.maximum(cross, 1e-12))
        rows.append(made.node_faces[:, [k, (k + 1) % 3]])
    ends = np.sort(np.concatenate(rows), axis=1)
    key, inverse = np.unique(ends[:, 0].astype(np.int64) * made.count + ends[:, 1],
                             return_inverse=True)  # fmt: skip
    weight = np.maximum(np.bincount(inverse, np.concatenate(values)), _FLATTEST)
    return np.column_stack([key // made.count, key % made.count]).astype(np.int32), weight
