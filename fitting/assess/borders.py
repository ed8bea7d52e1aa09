"""The free borders of a garment: hem, neckline, cuffs, armholes, as closed lines of its mesh."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fitting.assess.levels import TRUNK, Figure, Level
from fitting.assess.section import across, winds
from fitting.records import ClothMesh, Drape, FloatArray, IntArray
from fitting.units import CM

_ARMHOLE = 0.25  # a border nearer to the shoulder than this share of the upper arm is an armhole
# The bone and the share of it where the body is measured for a border that lies beyond.
_ENDS = {
    "cuff_girth": ("elbow", "wrist", 0.97),
    "leg_hem_girth": ("knee", "ankle", 0.9),
    "armhole_girth": ("shoulder", "elbow", 0.25),
}
_BAND = 4  # height of a waistband [cm]


@dataclass(frozen=True, eq=False)
class Border:
    """A closed free border.

    Attributes:
        name: ``hem_girth``, ``top_girth``, ``neckline_girth``, ``cuff_girth``, ``armhole_girth``
            or ``leg_hem_girth``.
        side: ``L``, ``R`` or empty.
        nodes: In order around, shape (n,).
        flat: The same border in the flat panels, from node to node, shape (n, 2) [m].
        triangles: The triangle at each piece, shape (n,).
        level: The plane it lies in, best, with the parts of the body inside it.
    """

    name: str
    side: str
    nodes: IntArray
    flat: FloatArray
    triangles: IntArray
    level: Level


def borders(drape: Drape, who: Figure) -> list[Border]:
    """The closed free borders that go around a part of the body."""
    loops = [_named(drape, who, *loop) for loop in _loops(drape.cloth)]
    found = [loop for loop in loops if loop is not None]
    around = [b for b in found if b.name == "trunk"]
    others = [b for b in found if b.name != "trunk"]
    heights = [float(who.height(b.level.point)) for b in around]
    names = {}
    for border, height in zip(around, heights, strict=True):
        lowest = height == min(heights) and height <= _middle(drape, who)
        names[id(border)] = "hem_girth" if lowest else "top_girth"
    return [*others, *(_renamed(b, names[id(b)]) for b in around)]


def worn_at(who: Figure, level: Level) -> Level:
    """Where the body is measured for a border.

    A cuff that falls over the hand is held against the wrist, a trouser hem on the foot against
    the ankle, and an armhole against the top of the arm, wherever its folds lie. A waistband is
    held by what is thickest within its height: on a hip that widens below, by its lower edge.

    Args:
        who: On whom.
        level: Of the border, with its name.
    """
    if level.name == "top_girth":
        return max((level.lowered(k * CM) for k in range(_BAND + 1)), key=who.tape)
    joints, side = who.body.joints, level.side
    if level.name not in _ENDS:
        return level
    start, end, share = _ENDS[level.name]
    a, b = joints.get(f"{start}.{side}"), joints.get(f"{end}.{side}")
    if a is None or b is None:
        return level
    along = float((level.point - a) @ (b - a) / ((b - a) @ (b - a)))
    if along <= share and level.name != "armhole_girth":
        return level
    axis = who.up if level.name == "leg_hem_girth" else (b - a) / np.linalg.norm(b - a)
    return replace(level, point=a + share * (b - a), normal=axis)


def _middle(drape: Drape, who: Figure) -> float:
    """Half the height of the garment above the floor [m]."""
    heights = who.height(drape.positions)
    return float((heights.min() + heights.max()) / 2)


def _renamed(border: Border, name: str) -> Border:
    return replace(border, name=name, level=replace(border.level, name=name))


def _loops(cloth: ClothMesh) -> list[tuple[IntArray, FloatArray, IntArray]]:
    """Closed border lines: nodes, flat pieces and triangles in order."""
    faces = cloth.node_faces
    flat = cloth.uv[cloth.faces]
    start = faces.ravel()
    end = np.roll(faces, -1, axis=1).ravel()
    piece = (np.roll(flat, -1, axis=1) - flat).reshape(-1, 2)
    owner = np.repeat(np.arange(len(faces)), 3)
    key = np.minimum(start, end).astype(np.int64) * cloth.nodes + np.maximum(start, end)
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    free = np.flatnonzero((count[inverse] == 1) & (start != end))
    following: dict[int, list[int]] = {}
    for k in free:
        following.setdefault(int(start[k]), []).append(int(k))
    loops = []
    while following:
        first = next(iter(following))
        way, at = [], first
        while at in following:
            k = following[at].pop()
            if not following[at]:
                del following[at]
            way.append(k)
            at = int(end[k])
        if at == first and len(way) > 2:
            loops.append((start[way].astype(np.int32), piece[way], owner[way].astype(np.int32)))
    return loops


def _named(
    drape: Drape, who: Figure, nodes: IntArray, flat: FloatArray, triangles: IntArray
) -> Border | None:
    """The border with the part of the body inside it; None if it surrounds none."""
    points = drape.positions[nodes]
    middle = points.mean(0)
    area = np.cross(points - middle, np.roll(points, -1, axis=0) - middle).sum(0) / 2
    if np.linalg.norm(area) < 1e-6:
        return None
    normal = area / np.linalg.norm(area)
    chain = np.stack([points, np.roll(points, -1, axis=0)], axis=1)

    def inside(regions: tuple[str, ...], side: str = "") -> bool:
        level = Level("", side, middle, normal, regions)
        centre = who.centre(level)
        return centre is not None and winds(_flattened(chain, middle, normal), centre, normal)

    def border(name: str, side: str, regions: tuple[str, ...], axis: FloatArray) -> Border:
        level = Level(name, side, middle, axis, regions)
        return Border(name, side, nodes, flat, triangles, level)

    if _on_shoulders(who, points) or (inside(("neck", "head")) and not inside(TRUNK[2:])):
        return border("neckline_girth", "", ("neck", "head"), normal)
    for side in "LR":
        arm = (f"arm.{side}", f"hand.{side}")
        if inside(arm) and not inside(("leg.L", "leg.R")):
            name = "armhole_girth" if _at_shoulder(who, side, middle) else "cuff_girth"
            return border(name, side, arm, normal)
    legs = [side for side in "LR" if inside((f"leg.{side}",), side)]
    if len(legs) == 1 and not inside(("torso",)):
        side = legs[0]
        return border("leg_hem_girth", side, (f"leg.{side}", f"foot.{side}"), who.up)
    if legs or inside(("torso",)):
        return border("trunk", "", TRUNK, who.up)
    return None


def _on_shoulders(who: Figure, points: FloatArray) -> bool:
    """Whether a border goes over both shoulders: a neckline, however wide or deep it is."""
    joints = who.body.joints
    if "shoulder.L" not in joints or "shoulder.R" not in joints:
        return False
    left = (points - who.middle) @ who.left
    held = []
    for side, sign in (("L", 1.0), ("R", -1.0)):
        own = points[sign * left > 0]
        top = who.height(joints[f"shoulder.{side}"])
        held.append(len(own) > 0 and float(who.height(own).max()) >= float(top))
    return all(held)


def _at_shoulder(who: Figure, side: str, point: FloatArray) -> bool:
    joints = who.body.joints
    a, b = joints.get(f"shoulder.{side}"), joints.get(f"elbow.{side}")
    if a is None or b is None:
        return False
    return float((point - a) @ (b - a) / ((b - a) @ (b - a))) < _ARMHOLE


def _flattened(chain: FloatArray, point: FloatArray, normal: FloatArray) -> FloatArray:
    """The chain projected into the plane."""
    e = across(normal)
    flat: FloatArray = (chain - point) @ e.T @ e + point
    return flat
