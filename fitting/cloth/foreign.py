"""GarmentCode's panels laid out as our own are, so that they can be wrapped around the body.

Its panels stand flat before, behind and beside the body, 5 cm of air between the parts of a
garment. Drawn in from there, side seams close around the arms and skirts fall to the floor. Its
labels (``body``, ``leg``, ``arm``) and names say where panels are worn; with that they are turned
into the layout of `fitting.pattern.placement`: x along the ring from the centre line, y the height.
Patterns without them are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from fitting.cloth.cut import Cut, Piece
from fitting.cloth.hung import Band, Rim, band, components, free_rim
from fitting.cloth.straighten import bent
from fitting.cloth.weld import nodes
from fitting.cloth.wrap import extent
from fitting.records import FloatArray, IntArray, Panel, Pattern, Placement

_LEVEL = 0.98  # cosine to the front's direction above which a panel stands before the body
_INSERT = 0.012  # godets start this far outside the panel whose slit they are sewn into [m]
_TO_BACK = ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
_TO_FRONT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_STAND = 0.25  # [m] as our own panels


def is_foreign(pattern: Pattern) -> bool:
    """Whether all panels tell where they are worn in GarmentCode's words only."""
    draped = [p for p in pattern.panels if p.draped]
    return not any(p.placement.wrap for p in draped) and all(_part(p) for p in draped)


def parts_worn(pattern: Pattern) -> set[str]:
    """The parts of the body that a pattern's panels are worn on, as `Placement.wrap`."""
    if not is_foreign(pattern):
        return {panel.placement.wrap for panel in pattern.panels}
    draped = [p for p in pattern.panels if p.draped]
    return {_wrap_of(p, float(_world(p, p.vertices)[:, 0].mean())) for p in draped}


def _part(panel: Panel) -> str:
    """``body``, ``leg`` or ``arm``; empty where the panel does not tell."""
    name = panel.name.lower()
    if panel.label in ("body", "leg", "arm"):
        return panel.label
    if "sleeve" in name or name.startswith("sl_"):
        return "arm"
    if "pant" in name or "skirt" in name:
        return "leg"
    return "body" if any(w in name for w in ("torso", "wb_", "collar", "hood")) else ""


def _wrap_of(panel: Panel, middle: float) -> str:
    name, part = panel.name.lower(), _part(panel)
    side = "L" if middle > 0 else "R"
    if part == "arm":
        return f"arm.{side}"
    if "hood" in name:
        return "head"
    if "collar" in name or "lapel" in name:
        return "neck"
    if "pant" in name:
        return f"leg.{side}"
    return "torso" if part == "body" else "hips"


def worn(pattern: Pattern, cut: Cut) -> tuple[Pattern, Cut]:
    """The pattern and its cut with every panel in the layout of our own.

    Args:
        pattern: With GarmentCode's placements.
        cut: Of it; its pieces are moved and turned in their planes, their triangles kept.
    """
    pieces = list(cut.pieces)
    panels = {i: pattern.panels[p.outline.panel] for i, p in enumerate(pieces)}
    middle = {i: _world(panels[i], p.outline.points).mean(axis=0) for i, p in enumerate(pieces)}
    wrap = {i: _wrap_of(panels[i], float(middle[i][0])) for i in panels}
    behind = dict.fromkeys(panels, False)
    trunk = [i for i, w in wrap.items() if w in ("torso", "hips") or w.startswith("leg")]
    for i in trunk:
        normal = np.array(panels[i].placement.rotation)[:, 2]
        out = normal if normal @ (middle[i] * [1.0, 0.0, 1.0]) > 0 else -normal
        behind[i] = bool(out[2] < 0) if abs(out[2]) > 1e-3 else bool(middle[i][2] < 0)
        crease = float(middle[i][0]) if wrap[i].startswith("leg") else 0.0
        pieces[i] = _flat(panels[i], pieces[i], out, crease, mirrored=behind[i])
    turned = [i for i in trunk if abs(_facing(panels[i])) < _LEVEL]
    for group in (False, True):
        chain = [i for i in turned if behind[i] == group]
        if chain:
            angle = {i: float(np.arctan2(middle[i][0], middle[i][2] * (-1 if group else 1)))
                     for i in chain}  # fmt: skip
            order = sorted(chain, key=lambda i: angle[i] * (-1 if group else 1))
            for i, piece in zip(order, packed([pieces[i] for i in order]), strict=True):
                pieces[i] = piece
    for side in ("L", "R"):
        sleeves = [i for i, w in wrap.items() if w == f"arm.{side}"]
        for i, piece in _sleeves(panels, pieces, sleeves, side).items():
            pieces[i] = piece
        if sleeves:
            _stack(cut, pieces, sleeves, top=True)
    if trunk:
        _stack(cut, pieces, trunk, top=False)
    for i in [i for i, w in wrap.items() if w == "neck"]:
        pieces[i] = _on_seam(pattern, panels[i], pieces[i])
    inserts = {i for i in trunk if len(cut.sewn_to(i)) == 1 and len(trunk) > 2
               and wrap[i] == "hips" and _is_insert(cut, i)}  # fmt: skip
    placed = {}
    for i, panel in panels.items():
        if wrap[i] == "head":
            placed[panel.name] = replace(panel.placement, wrap="head")
            continue
        away = _STAND + (_INSERT if i in inserts else 0.0)
        place = (0.0, 0.0, -away if behind[i] else away)
        turn = _TO_BACK if behind[i] else _TO_FRONT
        placed[panel.name] = Placement(place, turn, wrap[i])
    moved = tuple(
        replace(p, placement=placed[p.name]) if p.name in placed else p for p in pattern.panels
    )
    return replace(pattern, panels=moved), replace(cut, pieces=tuple(pieces))


@dataclass(frozen=True)
class Hung:
    """A band of pieces that hangs from its upper edge.

    Attributes:
        members: Its pieces.
        part: Of the body, as `Placement.wrap`; ``trunk`` for torso and hips.
        band: The pieces, sewn.
        mine, there: Points of the band, and the cut's points that they are sewn to, shape (n,)
            each.
        rim: Its upper edge where it is sewn to nothing.
    """

    members: list[int]
    part: str
    band: Band
    mine: IntArray
    there: IntArray
    rim: Rim | None = None


def hung_bands(pattern: Pattern, drawn: Pattern, flat: Cut) -> list[Hung]:
    """What hangs: skirts and their waistbands, and cuffs and flounces of sleeves and trousers.

    Args:
        pattern: With `worn`'s placements.
        drawn, flat: As the pattern was before `worn`.
    """
    names = [pattern.panels[p.outline.panel].name.lower() for p in flat.pieces]
    wrap = [pattern.panels[p.outline.panel].placement.wrap for p in flat.pieces]
    every = range(len(wrap))
    torso = {i for i in every if wrap[i] == "torso" and not names[i].startswith("wb")}
    found: list[Hung] = []
    skirts = [i for i in every if wrap[i] == "hips" or names[i].startswith("wb")]
    if not torso and any(w.startswith("leg") for w in wrap):
        skirts = [i for i in skirts if wrap[i] == "hips"]
    found += _bands(drawn, flat, skirts, "trunk", torso)
    for limb in ("arm", "leg"):
        for side, other in (("L", "R"), ("R", "L")):
            own = [i for i in every if wrap[i] == f"{limb}.{side}"]
            begins = ("torso",) if limb == "arm" else (f"leg.{other}",)
            root = {i for i in own if any(wrap[k] in begins for k in flat.sewn_to(i))}
            rest = [i for i in own if i not in root]
            found += _bands(drawn, flat, rest, f"{limb}.{side}", root)
    return found


def _bands(drawn: Pattern, flat: Cut, members: list[int], part: str, above: set[int]) -> list[Hung]:
    """Those of some pieces that make bands, hung from the pieces above if they are sewn to them."""
    found = []
    for group in components(flat, members) if members else []:
        made = band(flat, group)
        if made is None:
            continue
        mine, there = flat.seams_out_of(group)
        to = np.isin(flat.owner[there], sorted(above))
        mine, there = np.searchsorted(made.rows, mine[to]), there[to]
        rim = None
        if not len(mine):
            if above or part != "trunk":
                continue
            place = [_world(drawn.panels[flat.pieces[i].outline.panel], flat.pieces[i].points)
                     for i in group]  # fmt: skip
            rim = free_rim(made, np.vstack(place))
            if rim is None:
                continue
        found.append(Hung(group, part, made, mine.astype(np.int32), there, rim))
    return found


def _world(panel: Panel, points: FloatArray) -> FloatArray:
    space = np.column_stack([points, np.zeros(len(points))])
    turn = np.array(panel.placement.rotation, float)
    return np.asarray(space @ turn.T + np.array(panel.placement.translation))


def _facing(panel: Panel) -> float:
    return float(np.array(panel.placement.rotation)[2, 2])


def _moved(piece: Piece, by: Callable[[FloatArray], FloatArray]) -> Piece:
    """A piece moved in its plane; where that turns it over, its triangles are turned back."""
    out = bent(piece, by)
    if out.outline.counterclockwise != piece.outline.counterclockwise:
        out = replace(out, triangles=np.ascontiguousarray(piece.triangles[:, ::-1]))
    return out


def _flat(panel: Panel, piece: Piece, out: FloatArray, crease: float, *, mirrored: bool) -> Piece:
    """x to the wearer's left before the body and to the right behind it, y the height."""
    level = np.array([out[2], 0.0, -out[0]])
    level /= max(float(np.linalg.norm(level)), 1e-9)
    # Before and behind, x counts from the middle plane; turned panels are packed later.
    straight = abs(out[2]) > _LEVEL
    if straight:
        level = np.array([-1.0 if mirrored else 1.0, 0.0, 0.0])
    origin = np.array([crease, 0.0, 0.0])

    def by(points: FloatArray) -> FloatArray:
        place = _world(panel, points) - origin
        return np.column_stack([place @ level, place[:, 1]])

    return _moved(piece, by)


def packed(pieces: list[Piece]) -> list[Piece]:
    """Pieces side by side at every height, in order of x, their whole centred on x = 0."""
    low = min(float(p.outline.points[:, 1].min()) for p in pieces)
    high = max(float(p.outline.points[:, 1].max()) for p in pieces)
    at = np.linspace(low, high, 60)
    sides = []
    for piece in pieces:
        outline = piece.outline.points[:, ::-1]
        inside = np.clip(at, outline[:, 0].min() + 1e-6, outline[:, 0].max() - 1e-6)
        sides.append(extent(outline, inside))
    widths = [right - left for left, right in sides]
    begin = -np.sum(widths, axis=0) / 2
    found = []
    for piece, (left, _), width in zip(pieces, sides, widths, strict=True):
        step = begin - left

        def by(points: FloatArray, step: FloatArray = step) -> FloatArray:
            return np.column_stack([points[:, 0] + np.interp(points[:, 1], at, step), points[:, 1]])

        found.append(bent(piece, by))
        begin = begin + width
    return found


def _sleeves(
    panels: dict[int, Panel], pieces: list[Piece], sleeves: list[int], side: str
) -> dict[int, Piece]:
    """Halves of sleeves: -y down the arm, x around it from the seam on its outer side."""
    if not sleeves:
        return {}
    sign = 1.0 if side == "L" else -1.0
    main = max(sleeves, key=lambda i: len(pieces[i].points))
    down = _limb_axis(panels[main], sign)
    found = {}
    for i in sleeves:
        along = _nearest_axis(panels[i], down)
        up = np.array([-along[1], along[0], 0.0]) * sign
        place = _world(panels[i], pieces[i].outline.points)
        top, front = float((place @ up).max()), place[:, 2].mean() > 0
        # Ahead is the outer side; x grows to the back on the left arm, to the front on the right.
        way = (-1.0 if front else 1.0) * sign

        def by(points: FloatArray, i: int = i, along: FloatArray = along, up: FloatArray = up,
               top: float = top, way: float = way) -> FloatArray:  # fmt: skip
            place = _world(panels[i], points)
            return np.column_stack([way * (top - place @ up), -(place @ along)])

        found[i] = _moved(pieces[i], by)
    return found


def _limb_axis(panel: Panel, sign: float) -> FloatArray:
    """Which axis of a sleeve's plane runs outwards and down the arm, in the world."""
    out = np.array([sign, -0.6, 0.0])
    return _nearest_axis(panel, out / np.linalg.norm(out))


def _nearest_axis(panel: Panel, wanted: FloatArray) -> FloatArray:
    turn = np.array(panel.placement.rotation, float)
    axes = [s * turn[:, k] for k in (0, 1) for s in (1.0, -1.0)]
    best = max(axes, key=lambda a: float(a @ wanted))
    return np.asarray(best / np.linalg.norm(best))


def _stack(cut: Cut, pieces: list[Piece], members: list[int], *, top: bool) -> None:
    """Moves the parts of a garment along y until the seams between them meet, in place.

    The topmost stays where it is; for sleeves, `top`, it comes to y = 0.
    """
    own = np.isin(cut.owner, members)
    y = np.concatenate([p.points[:, 1] for p in pieces])
    pairs = cut.pairs[own[cut.pairs].all(axis=1)]
    owner = cut.owner
    # Along seams join pieces at one height: they are one part.
    runs: dict[tuple[int, int], list[int]] = {}
    for k, (a, b) in enumerate(pairs.tolist()):
        if owner[a] != owner[b]:
            runs.setdefault((int(owner[a]), int(owner[b])), []).append(k)
    joined = [key for key, rows in runs.items() if _along(pieces, cut, pairs[rows])]
    index = {m: k for k, m in enumerate(members)}
    links = np.array([(index[a], index[b]) for a, b in joined], np.int32).reshape(-1, 2)
    label = nodes(len(members), links)
    part = {m: int(label[k]) for m, k in index.items()}
    height = {m: float(pieces[m].outline.points[:, 1].max()) for m in members}
    first = part[max(members, key=lambda m: height[m])]
    shift = {first: -max(height.values()) if top else 0.0}
    while True:
        rows: dict[int, list[float]] = {}
        for a, b in pairs.tolist():
            one, two = part[int(owner[a])], part[int(owner[b])]
            if one in shift and two not in shift:
                rows.setdefault(two, []).append(y[a] + shift[one] - y[b])
            elif two in shift and one not in shift:
                rows.setdefault(one, []).append(y[b] + shift[two] - y[a])
        if not rows:
            break
        for other, steps in rows.items():
            shift[other] = float(np.mean(steps))
    for m in members:
        rise = np.array([0.0, shift.get(part[m], 0.0)])

        def by(points: FloatArray, rise: FloatArray = rise) -> FloatArray:
            return np.asarray(points + rise)

        pieces[m] = bent(pieces[m], by)


def _along(pieces: list[Piece], cut: Cut, pairs: IntArray) -> bool:
    """Whether a seam between two pieces rises more than it goes sideways, on both."""
    for column in (0, 1):
        rows = pairs[:, column]
        piece = int(cut.owner[rows[0]])
        points = pieces[piece].points[rows - cut.offsets[piece]]
        width, height = np.ptp(points, axis=0)
        if height <= width:
            return False
    return True


def _is_insert(cut: Cut, piece: int) -> bool:
    """Whether a piece is sewn into a slit of one other: both its sides are sewn to it."""
    own = cut.owner[cut.pairs] == piece
    rows = np.concatenate([cut.pairs[own[:, 0], 0], cut.pairs[own[:, 1], 1]])
    return len(np.unique(rows)) > 2


def _on_seam(pattern: Pattern, panel: Panel, piece: Piece) -> Piece:
    """A collar turned so that the seam it hangs or stands on runs along x."""
    falls, rows = _seam_rows(pattern, panel, piece)
    if not len(rows):
        return piece
    edge = piece.outline.points[rows]
    middle = edge.mean(axis=0)
    _, _, axes = np.linalg.svd(edge - middle, full_matrices=False)
    x = axes[0]
    y = np.array([-x[1], x[0]])
    above = float((piece.points - middle).mean(axis=0) @ y)
    if (above > 0) == falls:
        x, y = -x, -y

    def by(points: FloatArray) -> FloatArray:
        return np.column_stack([(points - middle) @ x, (points - middle) @ y])

    return _moved(piece, by)


def _seam_rows(pattern: Pattern, panel: Panel, piece: Piece) -> tuple[bool, IntArray]:
    """Whether a collar falls, and its points on seams to what is not a collar."""
    found: list[tuple[bool, IntArray]] = []
    for seam in pattern.seams:
        for mine, other in ((seam.a, seam.b), (seam.b, seam.a)):
            if mine.panel == panel.name and not _is_collar(other.panel):
                found.append((seam.right_wrong, piece.outline.edge_nodes(mine.edge)))
    falls = any(crossed for crossed, _ in found)
    chosen: Iterable[IntArray] = (rows for crossed, rows in found if crossed == falls)
    rows = list(chosen)
    return falls, np.concatenate(rows) if rows else np.zeros(0, np.int32)


def _is_collar(name: str) -> bool:
    return any(word in name.lower() for word in ("collar", "lapel"))
