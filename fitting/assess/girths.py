"""Girths of a draped garment beside those of the body under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from fitting.assess.borders import Border, worn_at
from fitting.assess.drafted import Drafted, Line, drafted
from fitting.assess.levels import TRUNK, Figure, Level, levels
from fitting.assess.pieces import slit_nodes
from fitting.assess.section import (
    Section,
    cloth_girth,
    ring,
    section,
    tape_centre,
    tape_girth,
    winds,
)
from fitting.assess.strain import Strain, limits, tensile
from fitting.assess.style import material_stretch
from fitting.records import Drape, Fabric, FloatArray, GirthFit, IntArray
from fitting.units import CM

_SEARCH = 1 * CM  # steps in which a level is lowered until the garment closes around the limb
_BESIDE = 2 * CM  # the cloth this near to a line shares its stretch; chosen: a finger's breadth
_NARROWEST = 0.5 * CM  # steps in which the narrowest cut near a level is sought
_ALIKE = 0.001  # lines that differ by less are as short as each other
_ABOVE_SLIT = 2 * CM  # where cloth that hangs a little askew closes for certain
_BREAK = 12 * CM  # a front that opens in a V closes no further below the bust: a coat's top button


@dataclass(frozen=True, eq=False)
class Measured:
    """A girth with the line it was taken on.

    Attributes:
        row: The figures.
        level: Where.
        line: The cloth as worn [m], shape (K, 2, 3): along the cut where the garment has one there,
            else where the cloth drafted for the level lies.
        skin: The cut of the body [m], shape (K, 2, 3).
        triangles: The triangles of the cloth along the cut, shape (K,).
        bare: The tape around the body alone [m], without what is worn underneath.
    """

    row: GirthFit
    level: Level
    line: FloatArray
    skin: FloatArray
    triangles: IntArray
    bare: float


def girths(
    drape: Drape, who: Figure, of: Strain, free: Sequence[Border], under: Sequence[Drape] = ()
) -> list[Measured]:
    """Girths at all levels that the garment goes around, then those of its borders.

    Where the pattern tells which cloth belongs to a level, that is measured, wherever it lies;
    else the cloth that lies there. A level counts as covered where the cloth closes around that
    part of the body, and around it alone. A garment is measured along the shortest such way.

    Args:
        drape: The garment.
        who: On whom.
        of: Its strain.
        free: Its free borders.
        under: What is worn under it; the tape then goes around that too.
    """
    found = []
    marked = drafted(drape, who)
    for level in levels(who):
        worn = _worn(drape, who, of, level, under)
        if marked is not None and marked.covers(level):
            worn = _belonging(drape, who, of, marked, level, worn, under)
        if worn is not None:
            found.append(worn)
    for border in free:
        measured = _along(drape, who, of, border, marked, under)
        if measured is not None:
            found.append(measured)
    return found


def _worn(
    drape: Drape, who: Figure, of: Strain, level: Level, under: Sequence[Drape]
) -> Measured | None:
    """The girth of the cloth that lies at a level, or as soon below it as the garment closes."""
    for step in range(round(level.drop / _SEARCH) + 1):
        measured = _at(drape, who, of, level, step * _SEARCH, under)
        if measured is not None:
            return _narrowest(drape, who, of, measured, under)
    return None


def _belonging(
    drape: Drape,
    who: Figure,
    of: Strain,
    marked: Drafted,
    level: Level,
    worn: Measured | None,
    under: Sequence[Drape],
) -> Measured | None:
    """The girth of the cloth that was drafted for a level; None where the garment has none.

    Args:
        drape, who, of, under: As in `girths`.
        marked: Where the cloth belongs.
        level: Which.
        worn: What lies at the level.
    """
    fronts = level.name == "bust_girth" and marked.reaches(level)
    most = max(level.drop, _BREAK) if fronts else level.drop
    lines = ((k, marked.line(level, k * _SEARCH)) for k in range(round(most / _SEARCH) + 1))
    lower, line = next(((k * _SEARCH, one) for k, one in lines if one is not None), (0.0, None))
    if line is None:
        return None
    steps = round(level.near / _NARROWEST)
    beside = [marked.line(level, k * _NARROWEST) for k in range(-steps, steps + 1) if k]
    line = shortest([line, *(one for one in beside if one is not None)], who.up)
    at = level if level.tape_stays else level.lowered(lower)
    skin = who.skin(at)
    centre = tape_centre(skin, at.normal)
    if centre is None:
        return None
    layers = _layers(under, at, centre)
    bare = tape_girth(skin, at.normal)
    tape = tape_girth(np.vstack([skin, *layers]), at.normal) if layers else bare
    row = _row(drape, of, at, tape, line.points, line.flat, line.triangles, worn=line.worn)
    if worn is None:
        return Measured(row, at, line.points, skin, line.triangles, bare)
    return replace(worn, row=row, bare=bare)


def shortest(lines: Sequence[Line], up: FloatArray) -> Line:
    """The shortest line; of several alike, as in a waistband, that in their middle."""
    lengths = np.array([np.linalg.norm(line.flat, axis=1).sum() for line in lines])
    alike: list[Line] = [lines[k] for k in np.flatnonzero(lengths <= lengths.min() * (1 + _ALIKE))]
    alike.sort(key=lambda line: float((line.points @ up).mean()))
    return alike[len(alike) // 2]


def _narrowest(
    drape: Drape, who: Figure, of: Strain, here: Measured, under: Sequence[Drape]
) -> Measured:
    """The girth of the cloth where it is narrowest near a level; the body is taken at the level.

    A cut through cloth that blouses over a rib or hangs in folds from a waistband runs up and
    down the folds; what fits the waist is the narrowest line beside it.
    """
    steps = round(here.level.near / _NARROWEST)
    beside = [
        _at(drape, who, of, here.level, k * _NARROWEST, under)
        for k in range(-steps, steps + 1)
        if k
    ]
    return min((here, *(m for m in beside if m is not None)), key=lambda m: m.row.rest or np.inf)


def _at(
    drape: Drape, who: Figure, of: Strain, taken: Level, lower: float, under: Sequence[Drape]
) -> Measured | None:
    """The girth at a level moved down by so much [m]; None where the garment does not close."""
    level = taken.lowered(lower)
    skin = who.skin(level)
    centre = tape_centre(skin, level.normal)
    if centre is None:
        return None
    found = section(drape.positions, drape.cloth.node_faces, level.point, level.normal)
    way = ring(found, centre, level.normal)
    if way is None:
        return None
    line = found.points[way]
    for parts in level.apart:
        other = who.centre(Level("", parts[0][-1], level.point, level.normal, parts))
        if other is not None and winds(line, other, level.normal):
            return None
    flat = _flat(drape, found)[way]
    triangles = found.triangles[way]
    at = taken if taken.tape_stays else level
    layers = _layers(under, at, centre + at.point - level.point)
    bare = tape_girth(who.skin(at), level.normal)
    tape = tape_girth(np.vstack([who.skin(at), *layers]), level.normal) if layers else bare
    row = _row(drape, of, level, tape, line, flat, triangles)
    return Measured(row, level, line, skin, triangles, bare)


def _layers(under: Sequence[Drape], level: Level, centre: FloatArray) -> list[FloatArray]:
    """The cuts of what is worn underneath."""
    found = []
    for layer in under:
        whole = section(layer.positions, layer.cloth.node_faces, level.point, level.normal)
        way = ring(whole, centre, level.normal)
        if way is not None:
            found.append(whole.points[way])
    return found


def _flat(drape: Drape, found: Section) -> FloatArray:
    """The segments of a cut in the flat panels: weft and warp parts [m], shape (K, 2)."""
    ends = found.of(drape.cloth.uv[drape.cloth.faces])
    flat: FloatArray = ends[:, 1] - ends[:, 0]
    return flat


def _along(
    drape: Drape,
    who: Figure,
    of: Strain,
    border: Border,
    marked: Drafted | None,
    under: Sequence[Drape],
) -> Measured | None:
    points = drape.positions[border.nodes]
    line = np.stack([points, np.roll(points, -1, axis=0)], axis=1)
    around = worn_at(who, _belongs(who, border, marked))
    skin = who.skin(around)
    if border.name == "neckline_girth":
        # A neckline lies on the shoulders, where no flat cut of the body compares with it.
        stated = who.body.measurements
        if stated is None or "neck_base_girth" not in stated.values:
            return None
        tape = bare = stated["neck_base_girth"]
    else:
        centre = tape_centre(skin, around.normal)
        if centre is None:
            return None
        bare = tape_girth(skin, around.normal)
        layers = _layers(under, around, centre)
        tape = tape_girth(np.vstack([skin, *layers]), around.normal) if layers else bare
    flat, triangles = border.flat, border.triangles
    if border.name == "hem_girth":
        # The edges of a slit are no part of the hem.
        on = np.isin(border.nodes, slit_nodes(drape.cloth))
        kept = ~(on & np.roll(on, -1))
        line, flat, triangles = line[kept], flat[kept], triangles[kept]
    row = _row(drape, of, border.level, tape, line, flat, triangles)
    if border.name == "neckline_girth":
        row = replace(row, stretch=stretch_around(drape, of, line, flat, triangles))
    return Measured(row, border.level, line, skin, triangles, bare)


def above_slit(drape: Drape, who: Figure, of: Strain) -> Measured | None:
    """The girth of a skirt where its slit ends; None where it has no slit."""
    nodes = slit_nodes(drape.cloth)
    if len(nodes) == 0:
        return None
    ends = drape.positions[nodes]
    top = ends[who.height(ends).argmax()] + _ABOVE_SLIT * who.up
    return _at(drape, who, of, Level("hem_girth", "", top, who.up, TRUNK), 0.0, ())


def _belongs(who: Figure, border: Border, marked: Drafted | None) -> Level:
    """Where a hem or waistband lies when it is worn as drafted, or where it lies now."""
    height = None
    if marked is not None and border.name in ("hem_girth", "top_girth"):
        height = marked.height(border.nodes)
    return (
        border.level
        if height is None
        else border.level.lowered(float(who.height(border.level.point)) - height)
    )


def _row(
    drape: Drape,
    of: Strain,
    level: Level,
    tape: float,
    line: FloatArray,
    flat: FloatArray,
    triangles: IntArray,
    *,
    worn: FloatArray | None = None,
) -> GirthFit:
    pattern = drape.cloth.pattern
    crossed = drape.cloth.panel[drape.cloth.faces[triangles, 0]]
    materials = [pattern.panels[index].material for index in crossed]
    return GirthFit(
        level=level.name,
        body=tape,
        garment=cloth_girth(line) if worn is None else float(worn.sum()),
        flat=pattern.finished.get(level.name),
        side=level.side,
        rest=float(np.linalg.norm(flat, axis=1).sum()),
        limit=limit_along(drape.fabric, flat, materials),
        stretch=stretch_along(drape, of, line, flat, triangles),
    )


def stretch_along(
    drape: Drape, of: Strain, line: FloatArray, flat: FloatArray, triangles: IntArray
) -> float:
    """Mean tensile strain of the yarns along a line and the cloth beside it.

    Cloth that is slack in one place does not take back the stretch of another, and shear, by
    which a line across the bias grows with hardly any load, does not count. A free edge stands
    out a little by itself: the cloth beside the line says what holds the body.

    Args:
        drape: The garment.
        of: Its strain.
        line: As worn [m], shape (K, 2, 3).
        flat: The same in the flat panels, weft and warp parts [m], shape (K, 2).
        triangles: In which each piece lies, (K,).
    """
    grown, weight, _ = _beside(drape, of, line, flat, triangles)
    return float((grown * weight).sum() / max(weight.sum(), 1e-12))


def stretch_around(
    drape: Drape, of: Strain, line: FloatArray, flat: FloatArray, triangles: IntArray
) -> float:
    """As `stretch_along`, of the half of a closed line that is stretched least.

    A garment hangs from its neckline: too wide a one rests on the nape or on the points of the
    shoulders, and its weight stretches it there. What a neck stretches, it stretches all round.
    """
    grown, weight, piece = _beside(drape, of, line, flat, triangles)
    count = len(flat)
    total = np.bincount(piece, weight, count)
    own = np.bincount(piece, grown * weight, count) / np.maximum(total, 1e-12)
    length = np.linalg.norm(flat, axis=1)
    order = np.argsort(own, kind="stable")
    before = np.cumsum(length[order]) - length[order]
    share = np.clip(length.sum() / 2 - before, 0.0, length[order])
    return float((own[order] * share).sum() / max(share.sum(), 1e-12))


def _beside(
    drape: Drape, of: Strain, line: FloatArray, flat: FloatArray, triangles: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Triangles along a line: how far their yarns are stretched along it, their rest areas [m²]
    and the piece of the line that is nearest, shape (T,) each."""
    cloth = drape.cloth
    panel = cloth.panel[cloth.faces[:, 0]]
    near = np.flatnonzero(np.isin(panel, panel[triangles]))
    centres = drape.positions[cloth.node_faces[near]].mean(1)
    far, piece = cKDTree(line.mean(1)).query(centres, distance_upper_bound=_BESIDE)
    held = np.isfinite(far)
    # A piece and the triangle it lies in always count, also where the mesh is coarser than that.
    beside = np.concatenate([near[held], triangles])
    piece = np.concatenate([piece[held], np.arange(len(triangles))])
    length = np.linalg.norm(flat, axis=1)
    share = (flat / np.where(length > 0, length, 1.0)[:, None])[piece]
    yarns = 1 + np.column_stack([tensile(of.weft[beside]), tensile(of.warp[beside])])
    return np.linalg.norm(share * yarns, axis=1) - 1, of.area[beside] * (length[piece] > 0), piece


def limit_along(fabric: Fabric, flat: FloatArray, materials: Sequence[str] = ()) -> float | None:
    """Wearable stretch of cloth along a line, between that of weft and warp.

    Args:
        fabric: The shell, with its limits.
        flat: Pieces of the line in the flat panel, weft and warp parts [m], shape (K, 2).
        materials: Of the panels the pieces lie in, (K,); all shell if empty.
    Returns:
        A ratio; None where a material on the way states no stretch.
    """
    named = np.array(list(materials) or ["shell"] * len(flat))
    lengths = np.linalg.norm(flat, axis=1)
    if lengths.sum() <= 0:
        return None
    # How far each piece runs along the weft.
    part = np.divide(flat[:, 0] ** 2, lengths**2, out=np.zeros(len(flat)), where=lengths > 0)
    total = 0.0
    for material in np.unique(named):
        stated = limits(fabric) if material == "shell" else material_stretch(str(material))
        if stated is None:
            return None
        warp, weft = stated
        on = named == material
        total += float(((part * weft + (1 - part) * warp) * lengths)[on].sum())
    return total / float(lengths.sum())
