"""Which cloth belongs to a level of the body: that which lies there when worn as drafted.

A skirt too small rides up, trousers too large slide, sleeves bunch at the elbow: the cloth that
happens to lie at a level is then not the one that was drafted for it. A tailor marks bust, waist
and hip on the pattern. Our own patterns are drawn so that they tell: on panels worn on trunk and
legs y = 0 is the waist and y runs up, on sleeves the origin is the top of the cap and -y runs down
the arm (`fitting.pattern.placement`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fitting.assess.levels import Figure, Level, trunk_point
from fitting.assess.pieces import fabric_plane, panel_plane
from fitting.assess.section import Section, contour, ring, tape_centre
from fitting.records import ClothMesh, Drape, FloatArray, IntArray, Panel
from fitting.units import CM

TRUNK_WRAPS = ("torso", "hips", "leg.L", "leg.R")
# A panel whose upper seam rises by more than this to both sides is cut round, as a circle skirt:
# its depth is then told from that seam. Waists of shaped skirts rise by 1 to 2 cm to the side.
_ROUND = 3 * CM
# A pattern whose cloth is worn farther from where it should be than this is not drawn as ours are,
# or has fallen off; chosen: most of the way from bust to waist.
_ASTRAY = 15 * CM
_ABOVE = 1.0  # no cloth of the trunk is worn higher above the waist [m]
_ALONG = np.linspace(0.0, 1.0, 33)


@dataclass(frozen=True, eq=False)
class Line:
    """The cloth drafted for a level.

    Attributes:
        points: As worn, segments [m], shape (K, 2, 3).
        flat: The same in the flat panels, along the level: weft and warp parts [m], (K, 2).
        worn: The length of the segments as worn [m], (K,).
        triangles: In which they lie, (K,).
    """

    points: FloatArray
    flat: FloatArray
    worn: FloatArray
    triangles: IntArray


@dataclass(frozen=True, eq=False)
class Drafted:
    """Where the cloth of a garment lies when it is worn as drafted.

    Attributes:
        drape, who: The garment and its wearer.
        depth: Of each vertex below the waist, down the body, or down the arm from the top of the
            sleeve's cap [m], shape (V,); NaN where nothing tells.
        wrap: Part of the body that each vertex is worn on, shape (V,).
    """

    drape: Drape
    who: Figure
    depth: FloatArray
    wrap: NDArray[np.str_]
    _parts: dict[tuple[str, ...], tuple[IntArray, FloatArray]] = field(
        default_factory=dict, repr=False
    )

    def covers(self, level: Level) -> bool:
        """Whether the pattern tells which cloth belongs to a level."""
        worn = np.isin(_wraps(level), self.wrap)
        return bool(worn.any()) and self._place(level) is not None

    def reaches(self, level: Level) -> bool:
        """Whether cloth of the garment belongs at the level or above it, closed there or not."""
        place, part = self._place(level), self._part(_wraps(level))
        if place is None or part is None:
            return False
        rows, depth = part
        nodes = self.drape.cloth.node_faces[rows]
        return bool(depth[nodes].min() <= place)

    def line(self, level: Level, lower: float = 0.0) -> Line | None:
        """The cloth drafted for a level, or so much below it [m]; None where it closes nowhere."""
        place = self._place(level)
        part = self._part(_wraps(level))
        if place is None or part is None:
            return None
        rows, depth = part
        x = self.drape.positions
        found = contour(place + lower - depth, x, self.drape.cloth.node_faces[rows])
        centre = tape_centre(found.points, level.normal) if len(found.points) else None
        way = None if centre is None else ring(found, centre, level.normal)
        return None if way is None else self._line(found, way, rows)

    def height(self, nodes: IntArray) -> float | None:
        """Height above the wearer's floor at which nodes of the trunk's cloth belong [m]."""
        rows = np.flatnonzero(
            np.isin(self.drape.cloth.node, nodes) & np.isin(self.wrap, TRUNK_WRAPS)
        )
        own = self._heights()
        if own is None or len(rows) == 0:
            return None
        depths, heights = own
        return float(np.interp(self.depth[rows].mean(), depths, heights))

    def fall(self) -> float | None:
        """How much lower than drafted the trunk's cloth is worn, by its middle [m]."""
        on = np.flatnonzero(np.isin(self.wrap, TRUNK_WRAPS))
        height = self.height(self.drape.cloth.node[on])
        if height is None:
            return None
        return height - float(self.who.height(self.drape.vertex_positions[on]).mean())

    def _line(self, found: Section, way: IntArray, rows: IntArray) -> Line:
        cloth = self.drape.cloth
        triangles = rows[found.triangles[way]]
        ends = found.of(cloth.uv[cloth.faces[rows]])[way]
        flat = ends[:, 1] - ends[:, 0]
        # Where panels meet askew, as at a dart, the line steps from one to the other. Only what it
        # goes along the level counts.
        across = _gradient(cloth.uv[cloth.faces[triangles]], self.depth[cloth.faces[triangles]])
        along = np.column_stack([across[:, 1], -across[:, 0]])
        own = (flat * along).sum(1)[:, None] * along
        points = found.points[way]
        length = np.linalg.norm(points[:, 1] - points[:, 0], axis=1)
        whole = np.linalg.norm(flat, axis=1)
        share = np.divide(np.linalg.norm(own, axis=1), whole, out=np.ones_like(whole),
                          where=whole > 0)  # fmt: skip
        return Line(points, own, length * share, triangles)

    def _part(self, wraps: tuple[str, ...]) -> tuple[IntArray, FloatArray] | None:
        """Triangles worn on some parts of the body, and the depth of the nodes there [m]."""
        if wraps not in self._parts:
            cloth = self.drape.cloth
            told = np.isin(self.wrap, wraps) & np.isfinite(self.depth)
            rows = np.flatnonzero(told[cloth.faces].all(1)).astype(np.int32)
            count = np.bincount(cloth.node[told], minlength=cloth.nodes)
            total = np.bincount(cloth.node[told], self.depth[told], cloth.nodes)
            self._parts[wraps] = (rows, total / np.maximum(count, 1))
        rows, depth = self._parts[wraps]
        return None if len(rows) == 0 else (rows, depth)

    def _place(self, level: Level) -> float | None:
        """How deep the cloth of a level was drafted [m]."""
        if level.regions[0].startswith("arm"):
            return self._down_arm(level)
        own = self._heights()
        if own is None:
            return None
        depths, heights = own
        return float(np.interp(self.who.height(level.point), heights[::-1], depths[::-1]))

    def _heights(self) -> tuple[FloatArray, FloatArray] | None:
        """Depths below the drafted waist, and the wearer's heights that they belong to [m]."""
        waist, hip = (trunk_point(self.who, f"{name}_girth") for name in ("waist", "hip"))
        if waist is None or hip is None:
            return None
        drafted = self.drape.cloth.pattern.measurements
        high, low = float(self.who.height(waist)), float(self.who.height(hip))
        if not low < high or not drafted["hip_height"] < drafted["waist_height"]:
            return None
        # Above the waist both grow alike.
        depths = [-_ABOVE, 0.0, drafted["waist_height"] - drafted["hip_height"]]
        return (
            np.array([*depths, drafted["waist_height"]]),
            np.array([high + _ABOVE, high, low, 0.0]),
        )

    def _down_arm(self, level: Level) -> float | None:
        """The same for an arm: the wearer's level as a share of the arm, of the drafted arm."""
        joints, side = self.who.body.joints, level.side
        arm = [joints.get(f"{name}.{side}") for name in ("shoulder", "elbow", "wrist")]
        drafted = self.drape.cloth.pattern.measurements.get("arm_length")
        if drafted is None or any(joint is None for joint in arm):
            return None
        shoulder, elbow, wrist = np.array(arm, float)
        upper, lower = np.linalg.norm(elbow - shoulder), np.linalg.norm(wrist - elbow)
        along = float((level.point - shoulder) @ (elbow - shoulder) / upper)
        if along > upper * 0.999:
            along = float(upper + (level.point - elbow) @ (wrist - elbow) / lower)
        return along / float(upper + lower) * drafted


def drafted(drape: Drape, who: Figure) -> Drafted | None:
    """Where the cloth lies when worn as drafted; None where the pattern does not tell.

    Patterns of other makers say where their panels start, not how high they are worn.
    """
    cloth = drape.cloth
    panels = cloth.pattern.panels
    if not {"waist_height", "hip_height"} <= set(cloth.pattern.measurements):
        return None
    trunk = [p for p in panels if p.draped and p.placement.wrap in TRUNK_WRAPS]
    if not trunk:
        return None
    waist = max(p.placement.translation[1] for p in trunk)
    depth, wrap = np.full(len(cloth.uv), np.nan), np.full(len(cloth.uv), "", dtype="U8")
    for index, panel in enumerate(panels):
        on, part = cloth.panel == index, panel.placement.wrap
        if not on.any() or not (part in TRUNK_WRAPS or part.startswith("arm.")):
            continue
        top = waist
        if part.startswith("arm."):
            top = max(p.placement.translation[1] for p in panels if p.placement.wrap == part)
        wrap[on] = part
        depth[on] = top - _heights_of(cloth, panel, cloth.uv[on])
        if part in TRUNK_WRAPS and panel.placement.translation[1] != waist:
            depth[on] -= _lift(cloth, panel, waist)
    found = Drafted(drape, who, depth, wrap)
    fall = found.fall()
    return found if fall is not None and abs(fall) < _ASTRAY else None


def _heights_of(cloth: ClothMesh, panel: Panel, uv: FloatArray) -> FloatArray:
    """Heights at which points of a panel are worn as drafted [m], shape (n,)."""
    upper = _upper_seam(cloth, panel)
    if upper is None:
        heights: FloatArray = panel.placement.translation[1] + panel_plane(panel, uv)[:, 1]
        return heights
    # Straight down from a round seam is square to it.
    chords, hung = upper
    ends = fabric_plane(panel, chords.reshape(-1, 2)).reshape(-1, 2, 2)
    one, way = ends[:, 0], ends[:, 1] - ends[:, 0]
    share = ((uv[:, None] - one) * way).sum(2) / np.maximum((way**2).sum(1), 1e-12)
    foot = one + np.clip(share, 0.0, 1.0)[..., None] * way
    far: FloatArray = np.linalg.norm(uv[:, None] - foot, axis=2).min(1)
    return hung - far


def _lift(cloth: ClothMesh, panel: Panel, waist: float) -> float:
    """How much higher a band is worn than it is placed [m]: where what it is sewn to ends.

    Bands of low trousers are placed apart from the legs, and the legs' upper edges slant.
    """
    steps = []
    for seam in cloth.pattern.seams:
        for mine, other in ((seam.a, seam.b), (seam.b, seam.a)):
            if mine.panel != panel.name or other.panel == panel.name:
                continue
            beside = cloth.pattern.panel(other.panel)
            if beside.placement.wrap in TRUNK_WRAPS and beside.placement.translation[1] == waist:
                own = panel.edge_points(mine.edge, _ALONG)[:, 1].mean()
                far = beside.edge_points(other.edge, _ALONG)[:, 1].mean()
                length = panel.edge_length(mine.edge)
                steps.append((waist + far - panel.placement.translation[1] - own, length))
    if not steps:
        return 0.0
    lift, length = np.array(steps).T
    return float((lift * length).sum() / length.sum())


def _upper_seam(cloth: ClothMesh, panel: Panel) -> tuple[FloatArray, float] | None:
    """The round seam by which a panel hangs from a straight one above it, and how high [m].

    Returns:
        Chords of its own edges, shape (n, 2, 2), and the height of the other panel's as drafted;
        None where it hangs from no such seam.
    """
    own, hung = [], []
    for seam in cloth.pattern.seams:
        for mine, other in ((seam.a, seam.b), (seam.b, seam.a)):
            if mine.panel != panel.name or other.panel == panel.name:
                continue
            above = cloth.pattern.panel(other.panel)
            edge, far = panel.edge_points(mine.edge, _ALONG), above.edge_points(other.edge, _ALONG)
            if (
                above.placement.wrap in TRUNK_WRAPS
                and edge[:, 1].mean() > panel.vertices[:, 1].mean()
                and far[:, 1].mean() < above.vertices[:, 1].mean()
                and np.ptp(far[:, 1]) < _ROUND
            ):
                own.append(np.stack([edge[:-1], edge[1:]], axis=1))
                hung.append(above.placement.translation[1] + float(far[:, 1].mean()))
    if not own:
        return None
    chords = np.vstack(own)
    x, y = chords.reshape(-1, 2).T
    ends = y[[x.argmin(), x.argmax()]]
    return (chords, float(np.mean(hung))) if ends.min() - y.min() > _ROUND else None


def _wraps(level: Level) -> tuple[str, ...]:
    """The parts of the body that a level's cloth is worn on."""
    first = level.regions[0]
    if first.startswith(("arm", "leg")):
        return (first,)
    return TRUNK_WRAPS if first == "torso" else ()


def _gradient(flat: FloatArray, values: FloatArray) -> FloatArray:
    """Unit directions in the flat panel in which a field at triangles' corners grows, (K, 2)."""
    one, two = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    rise = np.stack([values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]], axis=1)
    system = np.stack([one, two], axis=1)
    twice = np.linalg.det(system)
    system[np.abs(twice) < 1e-12] = np.eye(2)
    grown = np.linalg.solve(system, rise[..., None])[..., 0]
    unit: FloatArray = grown / np.maximum(np.linalg.norm(grown, axis=1), 1e-12)[:, None]
    return unit
