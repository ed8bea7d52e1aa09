"""Girths of a draped garment beside those of the body under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fitting.assess.borders import Border
from fitting.assess.levels import Figure, Level, levels
from fitting.assess.section import (
    Section,
    cloth_girth,
    ring,
    section,
    tape_centre,
    tape_girth,
    winds,
)
from fitting.assess.strain import limits
from fitting.assess.style import material_stretch
from fitting.records import Drape, Fabric, FloatArray, GirthFit, IntArray
from fitting.units import CM

_SEARCH = 1 * CM  # steps in which a level is lowered until the garment closes around the limb


@dataclass(frozen=True, eq=False)
class Measured:
    """A girth with the line it was taken on.

    Attributes:
        row: The figures.
        level: Where.
        line: The cloth along the cut as worn [m], shape (K, 2, 3).
        skin: The cut of the body [m], shape (K, 2, 3).
        triangles: The triangles of the cloth along the cut, shape (K,).
    """

    row: GirthFit
    level: Level
    line: FloatArray
    skin: FloatArray
    triangles: IntArray


def girths(
    drape: Drape, who: Figure, free: Sequence[Border], under: Sequence[Drape] = ()
) -> list[Measured]:
    """Girths at all levels that the garment goes around, then those of its borders.

    A level counts as covered where the cloth closes around that part of the body, and around it
    alone. A garment is measured along the shortest such way, folds included.

    Args:
        drape: The garment.
        who: On whom.
        free: Its free borders.
        under: What is worn under it; the tape then goes around that too.
    """
    found = []
    for level in levels(who):
        for step in range(round(level.drop / _SEARCH) + 1):
            measured = _at(drape, who, level, step * _SEARCH, under)
            if measured is not None:
                found.append(measured)
                break
    for border in free:
        measured = _along(drape, who, border, under)
        if measured is not None:
            found.append(measured)
    return found


def _at(
    drape: Drape, who: Figure, taken: Level, lower: float, under: Sequence[Drape]
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
    worn = np.vstack([who.skin(at), *_layers(under, at, centre + at.point - level.point)])
    tape = tape_girth(worn, level.normal)
    row = _row(drape, level, tape, cloth_girth(line), flat, triangles)
    return Measured(row, level, line, skin, triangles)


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


def _along(drape: Drape, who: Figure, border: Border, under: Sequence[Drape]) -> Measured | None:
    points = drape.positions[border.nodes]
    line = np.stack([points, np.roll(points, -1, axis=0)], axis=1)
    skin = who.skin(border.level)
    centre = tape_centre(skin, border.level.normal)
    if centre is None:
        return None
    tape = tape_girth(np.vstack([skin, *_layers(under, border.level, centre)]), border.level.normal)
    if border.name == "neckline_girth":
        # A neckline lies on the shoulders, where no flat cut of the body compares with it.
        stated = who.body.measurements
        if stated is None or "neck_base_girth" not in stated.values:
            return None
        tape = stated["neck_base_girth"]
    row = _row(drape, border.level, tape, cloth_girth(line), border.flat, border.triangles)
    return Measured(row, border.level, line, skin, border.triangles)


def _row(
    drape: Drape,
    level: Level,
    tape: float,
    garment: float,
    flat: FloatArray,
    triangles: IntArray,
) -> GirthFit:
    pattern = drape.cloth.pattern
    crossed = drape.cloth.panel[drape.cloth.faces[triangles, 0]]
    materials = [pattern.panels[index].material for index in crossed]
    return GirthFit(
        level=level.name,
        body=tape,
        garment=garment,
        flat=pattern.finished.get(level.name),
        side=level.side,
        rest=float(np.linalg.norm(flat, axis=1).sum()),
        limit=limit_along(drape.fabric, flat, materials),
    )


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
