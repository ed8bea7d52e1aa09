"""Where panels start: as their placement says, or bent around the part of the body they are for.

A pattern of another maker starts flat, where its translations and rotations put it. Our own panels
name the part of the body they are worn on. They are laid on a tube around that part so that widths
and heights stay what they are: around the trunk a panel's y is the height it is worn at and x runs
along the ring from the centre front or back; around an arm -y runs down the arm. A ring is moved
out of the body until it is as long as the garment is wide there, so that side seams meet; where the
garment is tighter than the body, it is stretched around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from fitting.cloth import anatomy, hung, legs
from fitting.cloth.anatomy import Parts
from fitting.cloth.attach import along_seam, beside_head, joint
from fitting.cloth.clear import Surface
from fitting.cloth.cut import Cut
from fitting.cloth.foreign import Hung, hung_bands, is_foreign, worn
from fitting.cloth.rings import on_leg, wrap_around
from fitting.cloth.straighten import laid_in_pleats, shortened
from fitting.cloth.tube import Tube
from fitting.cloth.wrap import Wrap
from fitting.errors import BadPattern
from fitting.records import Body, FloatArray, Panel, Pattern

# Nearest that wrapped cloth starts to the skin [m], and how much further out each layer lies;
# chosen above the contact distance of the solver, so that it starts without forces.
NEAREST = 0.006
LAYER = 0.008
# Sleeves start this far down the arm from the armhole they are set into [m]; how far they may be
# moved for that.
SLEEVE_GAP = 0.012
MOST_SLEEVE_SHIFT = 0.15
# Long sleeves start drawn up so that they end no further than this past the wrist joint [m].
PAST_WRIST = 0.01
# Cloth of the bodice this near the sleeve's surface, or inside it, must lie before its edge [m].
_NEAR_SLEEVE = 0.012

_UNDER_PLEATS = 0.004  # more room under pleats [m]
# A collar starts this far outside what it falls over [m].
OVERLAP = 0.008


class Layout:
    """The start of one cut as it is being laid out.

    Attributes:
        pattern, parts, cut: What is laid around whom.
        hung: Pieces that are hung from others once these have a place.
        start: Positions of all points [m], shape (V, 3).
        nearest: Least distance from the skin [m].
    """

    def __init__(self, pattern: Pattern, parts: Parts, cut: Cut) -> None:
        self.pattern, self.parts, self.cut = pattern, parts, cut
        self.hung: set[int] = set()
        self.nearest = NEAREST + LAYER * (pattern.layer - 1)
        self.start = np.vstack(
            [as_placed(self.panel(i), p.points) for i, p in enumerate(cut.pieces)]
        )

    def panel(self, piece: int) -> Panel:
        """The panel that a piece was cut from."""
        return self.pattern.panels[self.cut.pieces[piece].outline.panel]

    def worn_on(self, *parts: str) -> list[int]:
        """Pieces that are wrapped around one of the parts of the body."""
        count = range(len(self.cut.pieces))
        there = [i for i in count if self.panel(i).placement.wrap in parts]
        return [i for i in there if i not in self.hung]

    def wrap(self, tube: Tube, members: list[int], rise: list[float], run: float) -> Wrap:
        """Pieces on a tube; those that stand behind the body are counted from behind."""
        panels = tuple(self.panel(i) for i in members)
        names = {p.name for p in panels}
        seams = (s for s in self.pattern.seams if s.a.panel in names and s.b.panel in names)
        behind = tuple(faces_back(p) and run > 0 for p in panels)
        pieces = tuple(self.cut.pieces[i] for i in members)
        distance = [abs(p.placement.translation[2]) for p in panels]
        lift = tuple((d - min(distance)) if run > 0 else 0.0 for d in distance)
        return Wrap(tube, pieces, panels, tuple(seams), tuple(rise), run, behind, lift)

    def lay(self, wrap: Wrap, members: list[int]) -> None:
        """Bend pieces around a tube."""
        for i, points in zip(members, wrap_around(wrap, self.nearest), strict=True):
            self.start[self.cut.rows(i)] = points

    def cloth(self, members: Iterable[int]) -> Surface:
        """Pieces that have a place, as a surface."""
        chosen = sorted(members)
        first = np.cumsum([0] + [len(self.cut.pieces[i].points) for i in chosen])
        faces = [self.cut.pieces[i].faces + o for i, o in zip(chosen, first[:-1], strict=True)]
        points = [self.start[self.cut.rows(i)] for i in chosen]
        return Surface(np.vstack(points), np.vstack(faces))

    def clear(self, members: list[int]) -> None:
        """Move the pieces' points out of the body where they are too near."""
        for i in members:
            rows = self.cut.rows(i)
            self.start[rows] = self.parts.skin.push_out(self.start[rows], self.nearest)


def place(pattern: Pattern, parts: Parts, cut: Cut) -> FloatArray:
    """Starting positions of all the cut's points, shape (V, 3) [m].

    Raises:
        BadMesh: The body lacks the joints or regions to wrap the garment around.
        BadPattern: The garment starts out of reach of the body.
    """
    bands: list[Hung] = []
    if is_foreign(pattern):
        drawn, flat = pattern, cut
        pattern, cut = worn(pattern, cut)
        bands = hung_bands(pattern, drawn, flat)
    layout = Layout(pattern, parts, cut)
    layout.hung = {i for one in bands for i in one.members}
    put_on_trunk(layout, layout.worn_on("torso", "hips", "leg.L", "leg.R"))
    for side in ("L", "R"):
        sleeves = layout.worn_on(f"arm.{side}")
        if sleeves:
            set_in_sleeves(layout, side, sleeves)
            layout.clear(sleeves)
    for one in bands:
        hang_band(layout, one)
    put_on_hood(layout, layout.worn_on("head"))
    stand_on_neckline(layout, layout.worn_on("neck"))
    _check_reach(pattern, parts.bare, layout.start)
    return layout.start


def as_placed(panel: Panel, points: FloatArray) -> FloatArray:
    """Points of a flat panel where its translation and rotation put them, shape (P, 3) [m]."""
    space = np.column_stack([points, np.zeros(len(points))])
    turn = np.array(panel.placement.rotation, float)
    return np.asarray(space @ turn.T + np.array(panel.placement.translation))


def faces_back(panel: Panel) -> bool:
    """Whether the panel stands behind the body."""
    return panel.placement.rotation[2][2] < 0


def put_on_trunk(layout: Layout, trunk: list[int]) -> None:
    """Lay what is worn on torso, hips and legs around them."""
    if not trunk:
        return
    body, nearest = layout.parts.body, layout.nearest
    taller = _taller(layout.pattern, body, torso=bool(layout.worn_on("torso")))
    rise = [layout.panel(i).placement.translation[1] + taller for i in trunk]
    wrap = laid_in_pleats(layout.wrap(layout.parts.trunk, trunk, rise, 1.0))
    crotch = {
        member: edge
        for member, panel in enumerate(wrap.panels)
        if panel.placement.wrap.startswith("leg")
        and (edge := legs.crotch_edge(wrap, member)) is not None
    }
    pieces = list(wrap.pieces)
    for member, edge in crotch.items():
        pieces[member] = legs.hip_piece(wrap, member, edge)
    # Layers of pleats that were too near the skin would be moved out onto one another.
    least = nearest + _UNDER_PLEATS if wrap.joined else nearest
    positions = wrap_around(replace(wrap, pieces=tuple(pieces)), least)
    for side, inner in (("L", -1.0), ("R", 1.0)):
        own = [m for m, p in enumerate(wrap.panels) if p.placement.wrap == f"leg.{side}"]
        if not own:
            continue
        for m, around in on_leg(wrap, own, layout.parts.leg(side), nearest, inner).items():
            if m in crotch:
                positions[m] = legs.blend(wrap, m, crotch[m], around, positions[m], body, nearest)
            else:
                positions[m] = around
    for i, points in zip(trunk, positions, strict=True):
        layout.start[layout.cut.rows(i)] = points
    layout.clear(trunk)


def _taller(pattern: Pattern, body: Body, *, torso: bool) -> float:
    """How much higher a garment is worn on this body than on the one it was drafted for [m].

    What is worn on the shoulders goes by the nape, what hangs from the waist by the waist: started
    at the heights of its own body, a size would be sewn under the shoulders of a tall wearer.
    """
    worn_at = ("waist_height", "back_waist_length") if torso else ("waist_height",)
    drafted, wearer = pattern.measurements, body.measurements
    if wearer is None or not all(n in drafted and n in wearer.values for n in worn_at):
        return 0.0
    return float(sum(wearer[n] - drafted[n] for n in worn_at))


def hang_band(layout: Layout, one: Hung) -> None:
    """Hang a band from what it is sewn to, or at the height that its placement says."""
    part = one.part
    run = 1.0 if part.startswith("arm") else -1.0
    if part.startswith("arm"):
        tube = layout.parts.arm(part[-1])[0]
    else:
        tube = layout.parts.leg(part[-1]) if part.startswith("leg") else layout.parts.trunk
    if one.rim is not None:
        rim = one.rim
    else:
        rim = hung.sewn_rim(one.band, one.mine, layout.start[one.there], tube)
    inner = {"leg.L": -1.0, "leg.R": 1.0}.get(part, 0.0)
    layout.start[one.band.rows] = hung.hang(one.band, rim, tube, layout.nearest, run, inner)
    layout.clear(one.members)


def stand_on_neckline(layout: Layout, bands: list[int]) -> None:
    """Place neckbands, stands and collars, each after what it is sewn to."""
    if not bands:
        return
    anatomy.require(layout.parts.body, ("neck",), ())
    placed = set(layout.worn_on("torso", "hips", "arm.L", "arm.R"))
    waiting = list(bands)
    while waiting:
        ready = [i for i in waiting if layout.cut.sewn_to(i) & placed] or waiting
        for band in ready:
            seam = joint(layout.pattern, layout.cut, band, placed, layout.start)
            layout.start[layout.cut.rows(band)] = along_seam(
                layout.cut.pieces[band].points, seam, layout.parts.body.joints["neck"]
            )
            layout.clear([band])
            if seam.falls:
                rows = layout.cut.rows(band)
                layout.start[rows] = layout.cloth(placed).push_out(layout.start[rows], OVERLAP)
        placed |= set(ready)
        waiting = [i for i in waiting if i not in placed]


def put_on_hood(layout: Layout, halves: list[int]) -> None:
    """Stand the halves of a hood beside the head."""
    if not halves:
        return
    body, cut = layout.parts.body, layout.cut
    anatomy.require(body, ("head",), ("head",))
    half_width = float(np.ptp(body.vertices[body.regions["head"]][:, 0])) / 2
    bodice = set(layout.worn_on("torso"))
    for half in halves:
        seam = joint(layout.pattern, cut, half, bodice, layout.start)
        here = as_placed(layout.panel(half), seam.flat)
        own = layout.start[cut.rows(half)]
        crown, other = cut.seams_out_of([half])
        crown = crown[np.isin(cut.owner[other], halves)] - cut.rows(half).start
        layout.start[cut.rows(half)] = beside_head(own, crown, seam, here, half_width)
        layout.clear([half])


def set_in_sleeves(layout: Layout, side: str, sleeves: list[int]) -> None:
    """Lay sleeves around an arm, as near the armhole as they go without passing through it."""
    tube, shoulder, wrist = layout.parts.arm(side)
    heights = [layout.panel(i).placement.translation[1] for i in sleeves]
    # Cuffs say by how much lower they start than the sleeve.
    rise = [shoulder + max(heights) - h for h in heights]
    wrap = layout.wrap(tube, sleeves, rise, -1.0)
    layout.lay(wrap, sleeves)
    cap, armhole = layout.cut.seams_out_of(sleeves)
    if not len(cap):
        return
    sewn = np.unique(layout.cut.owner[armhole])
    bodice = np.concatenate([layout.start[layout.cut.rows(i)] for i in sewn])
    mean = float(((layout.start[armhole] - layout.start[cap]) @ tube.direction).mean())
    shift = max(mean, tube.overlap(bodice, layout.start[cap], _NEAR_SLEEVE)) + SLEEVE_GAP
    wrap = wrap.moved(float(np.clip(shift, -MOST_SLEEVE_SHIFT, MOST_SLEEVE_SHIFT)))
    layout.lay(shortened(wrap, wrist + PAST_WRIST), sleeves)


def _check_reach(pattern: Pattern, body: Body, start: FloatArray) -> None:
    """Refuse a garment whose start has nothing to do with the body's place or size."""
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    size = float((high - low).max())
    miss = np.maximum(low - start.max(axis=0), start.min(axis=0) - high)
    if miss.max() > 0.5 * size or np.ptp(start, axis=0).max() > 6 * size:
        raise BadPattern(
            f"{pattern.name} spans {np.round(start.min(axis=0), 2).tolist()} to "
            f"{np.round(start.max(axis=0), 2).tolist()} m, the body {np.round(low, 2).tolist()} to "
            f"{np.round(high, 2).tolist()} m: it misses the body; check units and placement"
        )
