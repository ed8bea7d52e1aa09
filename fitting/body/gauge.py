"""Which points and edges the tape needs: a small part of the body that can be moved fast.

The gauge holds the skin near the tapes, the bone heads, and lines drawn on the skin of the mean
body (from the nape to the shoulder and so on). A drawn point lies on an edge of the mesh, so it
follows the skin as the shape changes, and everything here is linear in the shapes' coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.body import marks
from fitting.body.model import BodyModel, grounded, load
from fitting.errors import BadMesh
from fitting.records import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Gauge:
    """A gathered part of the body model.

    Attributes:
        first, second, share: A gauge point is ``(1 - share) * point[first] + share *
            point[second]`` of the body model's points, shape (G,) each.
        template: shape (G, 3) [m].
        deltas: shape (shapes, 3 * G) [m].
        deltas_by_point: The same, shape (3 * G, shapes), so that a few points are read fast.
        tapes: Edges for each tape, in gauge indices, shape (E, 2).
        chains: Points of each drawn line, in gauge indices.
        marks: Landmark or bone name -> gauge index.
        groups: Named sets of points: soles, crown, seat ...
    """

    first: IntArray
    second: IntArray
    share: FloatArray
    template: FloatArray
    deltas: NDArray[np.float32]
    deltas_by_point: NDArray[np.float32]
    tapes: dict[str, IntArray]
    chains: dict[str, IntArray]
    marks: dict[str, int]
    groups: dict[str, IntArray]

    def gather(self, points: FloatArray) -> FloatArray:
        """Gauge points of a body's vertices and bone heads, shape (..., G, 3)."""
        t = self.share[:, None]
        mixed = points[..., self.first, :] * (1 - t) + points[..., self.second, :] * t
        return np.asarray(mixed, float)

    def points(self, gender: float, parameters: FloatArray) -> FloatArray:
        """Gauge points at the parameters, not grounded, shape (G, 3) [m]."""
        c = load().coefficients(gender, parameters)
        used = np.flatnonzero(c)
        moved = c[used].astype(np.float32) @ self.deltas[used]
        return np.asarray(self.template + moved.reshape(-1, 3), float)


def _bands(model: BodyModel, mean: FloatArray) -> dict[str, Any]:
    """Which vertices each tape may touch, generous enough for every shape."""
    n = model.vertex_count
    v = mean[:n]
    y = v[:, 1] / v[:, 1].max()  # share of stature
    lean = v[:, 0] > -1e-6
    part = {name: marks.part_weights(model, name) for name in marks.PARTS}
    left = {name: marks.part_weights(model, name, "L") for name in ("arm", "hand", "leg", "foot")}
    body = (part["arm"] + part["hand"] < 0.5) & (part["head"] < 0.5)
    arm = left["arm"] + left["hand"] > 0.5
    return {
        "bust": body & (y > 0.64) & (y < 0.84),
        "waist": body & (y > 0.52) & (y < 0.72),
        "hip": body & (y > 0.42) & (y < 0.62),
        "thigh": (left["leg"] > 0.3) & lean & (y > 0.34) & (y < 0.55),
        "knee": (left["leg"] > 0.3) & lean & (y > 0.22) & (y < 0.36),
        "leg": (left["leg"] > 0.3) & lean & (y > 0.22) & (y < 0.55),
        "calf": (left["leg"] + left["foot"] > 0.3) & lean & (y > 0.03) & (y < 0.30),
        "neck": (part["head"] < 0.7)
        & (abs(v[:, 0]) < 0.13)
        & (y > 0.80)
        & (y < 0.93)
        & (v[:, 2] < 0.13),
        "arm": arm & (part["hand"] < 0.5),
        "wrist": arm & (left["arm"] > 0.02) & (v[:, 0] > 0.38),
        # Above the ears, which a tape around the brow does not touch.
        "head": (part["head"] > 0.5) & (y > 0.945) & (y < 0.99),
    }


def drawn_line(
    points: FloatArray, edges: IntArray, start: int, end: int, toward: FloatArray
) -> tuple[IntArray, FloatArray]:
    """The cut of the skin by a plane through two vertices, from one to the other.

    Args:
        points: shape (N, 3) [m].
        edges: The edges that may be cut, shape (E, 2).
        start, end: Vertices.
        toward: A direction in the cutting plane, outward from the skin between the two.
    Returns:
        The edges cut, in order, shape (k, 2), and the share along each, shape (k,). The two
        vertices are first and last, as edges of no length.
    Raises:
        BadMesh: The plane does not cut the skin between them.
    """
    a, b = points[start], points[end]
    chord = b - a
    normal = np.cross(chord, toward)
    normal /= np.linalg.norm(normal)
    side = (points[edges] - a) @ normal
    cut = np.flatnonzero(side[:, 0] * side[:, 1] < 0)
    t = side[cut, 0] / (side[cut, 0] - side[cut, 1])
    ends = points[edges[cut]]
    where = ends[:, 0] + t[:, None] * (ends[:, 1] - ends[:, 0])
    along = (where - a) @ chord / (chord @ chord)
    outward = (where - a - along[:, None] * chord) @ toward / np.linalg.norm(toward)
    near = (along > 0.01) & (along < 0.99) & (outward > -0.012)
    if not near.any():
        raise BadMesh("no skin between two landmarks; the body model file does not fit this code")
    order = np.argsort(along[near])
    cut, t = cut[near][order], t[near][order]
    rows = np.concatenate([[[start, start]], edges[cut], [[end, end]]]).astype(np.int32)
    return rows, np.concatenate([[0.0], t, [0.0]])


def _lines(model: BodyModel, mean: FloatArray) -> dict[str, tuple[IntArray, FloatArray]]:
    """The drawn lines on the left half and the middle of the body."""
    at = marks.landmarks()
    v = mean[: model.vertex_count]
    parts = marks.part_weights(model, "arm") + marks.part_weights(model, "hand")
    head = marks.part_weights(model, "head")
    skin = marks.edges()[((parts < 0.75) & (head < 0.5))[marks.edges()].all(axis=1)]
    front, back, up = np.array([0, 0, 1.0]), np.array([0, 0, -1.0]), np.array([0, 1.0, 0])

    def line(start: str, end: str, toward: FloatArray) -> tuple[IntArray, FloatArray]:
        return drawn_line(v, skin, at[start], at[end], toward)

    def middle(start: str, stop_y: float, sign: float) -> tuple[IntArray, FloatArray]:
        on = np.flatnonzero((abs(v[:, 0]) < 1e-6) & (v[:, 1] <= v[at[start], 1]))
        on = on[(v[on, 1] >= stop_y) & (sign * (v[on, 2] - 0.03) > -0.02)]
        on = on[np.argsort(-v[on, 1])]
        return np.stack([on, on], axis=1).astype(np.int32), np.zeros(len(on))

    crotch_y = v[list(marks.CROTCH), 1].min()
    return {
        "back_to_shoulder": line("nape", "acromion.L", back + up),
        "shoulder": line("neck_side.L", "acromion.L", up),
        "collar_back": line("nape", "neck_base_side.L", back),
        "collar_front": line("neck_base_side.L", "neck_front", front + 0.5 * np.array([1, 0, 0])),
        "over_bust": line("neck_side.L", "nipple.L", front),
        "below_bust": line("nipple.L", "belly.L", front),
        "over_blade": line("neck_side.L", "loin.L", back),
        "across_back": line("back_fold.L", "back_fold.R", back),
        "across_chest": line("front_fold.L", "front_fold.R", front),
        "back_middle": middle("nape", crotch_y, -1.0),
        "front_middle": middle("neck_pit", crotch_y, 1.0),
    }


@lru_cache(maxsize=1)
def gauge() -> Gauge:
    """The gauge of the body model, built once a process."""
    model = load()
    mean = grounded(model.points(0.5, np.zeros(len(model.names))), model.vertex_count)
    bands = _bands(model, mean)
    all_edges = marks.edges()
    tape_edges = {name: all_edges[band[all_edges].all(axis=1)] for name, band in bands.items()}
    lines = _lines(model, mean)
    at = marks.landmarks()
    groups = _groups(model, mean)
    plain = np.unique(
        np.concatenate(
            [
                *(e.ravel() for e in tape_edges.values()),
                *groups.values(),
                np.array([*at.values(), *marks.CROTCH]),
                np.arange(model.vertex_count, len(model.template)),
            ]
        )
    )
    place = np.full(len(model.template), -1)
    place[plain] = np.arange(len(plain))
    first, second, share = [plain], [plain], [np.zeros(len(plain))]
    chains, total = {}, len(plain)
    for name, (rows, t) in lines.items():
        chains[name] = np.arange(total, total + len(rows), dtype=np.int32)
        total += len(rows)
        first.append(rows[:, 0])
        second.append(rows[:, 1])
        share.append(t)
    a, b = (np.concatenate(x).astype(np.int32) for x in (first, second))
    t = np.concatenate(share)
    deltas = model.deltas.reshape(len(model.deltas), -1, 3)
    mixed = deltas[:, a]
    drawn = slice(len(plain), None)
    s = t[drawn, None].astype(np.float32)
    mixed[:, drawn] = mixed[:, drawn] * (1 - s) + deltas[:, b[drawn]] * s
    names = {**at, **{bone: model.bone(bone) for bone in model.bones}}
    return Gauge(
        first=a,
        second=b,
        share=t,
        template=model.template[a] * (1 - t[:, None]) + model.template[b] * t[:, None],
        deltas=mixed.reshape(len(deltas), -1),
        deltas_by_point=np.ascontiguousarray(mixed.reshape(len(deltas), -1).T),
        tapes={name: place[e].astype(np.int32) for name, e in tape_edges.items()},
        chains=chains,
        marks={name: int(place[i]) for name, i in names.items()},
        groups={name: place[i].astype(np.int32) for name, i in groups.items()},
    )


def _groups(model: BodyModel, mean: FloatArray) -> dict[str, IntArray]:
    """Candidates for the lowest, highest or farthest point."""
    v = mean[: model.vertex_count]
    y = v[:, 1] / v[:, 1].max()
    found = {"soles": y < 0.012, "crown": y > 0.985}
    groups = {name: np.flatnonzero(mask).astype(np.int32) for name, mask in found.items()}
    groups["crotch"] = np.array(marks.CROTCH, np.int32)
    groups["seat"] = marks.seat()
    return groups
