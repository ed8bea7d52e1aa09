"""From a drape to a report: the order in which a fit is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fitting.assess.alterations import alterations
from fitting.assess.balance import balance
from fitting.assess.borders import Border, borders, worn_at
from fitting.assess.cautions import cautions
from fitting.assess.girths import Measured, above_slit, girths
from fitting.assess.levels import TRUNK, UP, Figure, Level, figure, trunk_point
from fitting.assess.mobility import mobility
from fitting.assess.nearest import Nearest, nearest
from fitting.assess.pressure import Pressure, part_of, pressure, pressure_fit
from fitting.assess.strain import Strain, panel_fits, quantile, strain, tensile, to_vertices
from fitting.assess.style import design_ease, style
from fitting.assess.words import fit_words
from fitting.assess.wrinkles import wrinkles
from fitting.assess.zones import worst, zone_fits
from fitting.records import Drape, FitReport, FloatArray, GapFit
from fitting.units import CM

# A waistband this far above the waist, as a share of the way to the hip, still sits at the waist.
_ABOVE = 0.25


@dataclass(frozen=True, eq=False)
class Fitting:
    """Everything measured on a draped garment, before it is judged.

    Attributes:
        drape, who: What, on whom.
        under: What is worn under it.
        strain: Of the triangles.
        near: Nearest point of the body for each node.
        gap: Distance of the nodes from what they are worn over [m], shape (nodes,).
        pressure: Of the cloth on the body.
        borders: Free borders of the cloth.
        girths: With the lines they were taken on.
    """

    drape: Drape
    who: Figure
    under: tuple[Drape, ...]
    strain: Strain
    near: Nearest
    gap: FloatArray
    pressure: Pressure
    borders: tuple[Border, ...]
    girths: tuple[Measured, ...]

    @property
    def part(self) -> NDArray[np.str_]:
        """Nearest part of the body of each node, empty where the body names none."""
        return part_of(self.drape.body, self.near)


def measure(drape: Drape, *, under: Sequence[Drape] = (), up: FloatArray = UP) -> Fitting:
    """Take all measures of a draped garment.

    Args:
        drape: The garment on the body.
        under: Other garments worn under it.
        up: Against gravity, unit length.
    """
    who = figure(drape.body, up)
    of = strain(drape)
    near = nearest(drape.body.vertices, drape.body.faces, drape.positions)
    gap = near.distance
    for layer in under:
        over = nearest(layer.positions, layer.cloth.node_faces, drape.positions)
        gap = np.minimum(gap, over.distance)
    free = tuple(borders(drape, who))
    rows = tuple(
        replace(m, row=replace(m.row, design_ease=_design(drape, who, m)))
        for m in girths(drape, who, of, free, under)
    )
    presses = pressure(drape, of, gap, who.up)
    return Fitting(drape, who, tuple(under), of, near, gap, presses, free, rows)


def _design(drape: Drape, who: Figure, one: Measured) -> float | None:
    """The ease that the style asks for over what is worn underneath [m].

    A coat is drafted for a body, with room for what is worn under it: that takes up its part of
    the ease.
    """
    if one.row.level in ("hem_girth", "top_girth"):
        design = _border_design(drape, who, one)
    else:
        design = design_ease(drape.cloth.pattern, one.row.level, one.row.rest)
    return None if design is None else design - (one.row.body - one.bare)


def _border_design(drape: Drape, who: Figure, one: Measured) -> float | None:
    """The ease that a hem or waistband was designed with [m].

    No body measurement is taken there. From the waist down the body it was drafted for differs
    from this one by as much as their waists and hips do, in proportion to the height.
    What hangs from a waistband must be held by it, whatever it was drafted for.
    """
    drafted = drape.cloth.pattern.measurements
    waist, hip = (trunk_point(who, name) for name in ("waist_girth", "hip_girth"))
    crotch = who.body.landmarks.get("crotch")
    if (
        waist is None
        or hip is None
        or crotch is None
        or not {"waist_girth", "hip_girth"} <= set(drafted)
    ):
        return None
    at = worn_at(who, one.level).point @ who.up
    low = float((waist @ who.up - at) / ((waist - hip) @ who.up))
    if at < crotch @ who.up or low < -_ABOVE:
        return None
    low = float(np.clip(low, 0.0, 1.0))
    tapes = [
        who.tape(Level(name, "", point, who.up, TRUNK))
        for name, point in (("waist_girth", waist), ("hip_girth", hip))
    ]
    off = (1 - low) * (drafted["waist_girth"] - tapes[0]) + low * (drafted["hip_girth"] - tapes[1])
    design = one.row.ease + one.row.body - one.bare - off
    return (
        min(design, style()["waistband_most_cm"] * CM) if one.row.level == "top_girth" else design
    )


def assess(drape: Drape, *, under: Sequence[Drape] = (), up: FloatArray = UP) -> FitReport:
    """Say how a draped garment fits the body under it.

    A drape that is not at rest, a body whose parts are not named and a fabric without a wearable
    stretch are reported as they are; what depends on them gets no verdict.

    Args:
        drape: The garment on the body.
        under: Other garments worn under it: it is then judged over them.
        up: Against gravity, unit length.
    """
    return judge(measure(drape, under=under, up=up))


def judge(fitting: Fitting) -> FitReport:
    """The report on what was measured."""
    drape, who, of = fitting.drape, fitting.who, fitting.strain
    pattern = drape.cloth.pattern
    told = cautions(drape, fitting.girths)
    at_rest = drape.report.stop_reason == "at_rest"
    presses = fitting.pressure.on_body(drape.cloth) if at_rest else None
    zones = zone_fits(drape, who, fitting.girths, presses, judged=at_rest, under=fitting.under)
    blocked = any(caution.code in ("no_limits", "no_regions") for caution in told)
    verdict = None if blocked else worst(zones)
    text, text_ru = fit_words(verdict, zones, told[0] if told else None)
    return FitReport(
        garment=pattern.name,
        girths=tuple(m.row for m in fitting.girths),
        strain_warp_p95=quantile(tensile(of.warp), of.area, 0.95),
        strain_weft_p95=quantile(tensile(of.weft), of.area, 0.95),
        strain_max=float(tensile(of.largest).max(initial=0.0)),
        notes=tuple(caution.text for caution in told),
        fabric=drape.fabric.name,
        size=pattern.size,
        verdict=verdict,
        text=text,
        text_ru=text_ru,
        zones=zones,
        panels=panel_fits(drape.cloth, of, drape.fabric),
        pressure=pressure_fit(drape.cloth, fitting.pressure, fitting.near, drape.body),
        gap=_gap(fitting),
        balance=balance(drape, who, fitting.borders),
        wrinkles=wrinkles(drape, who, of, fitting.part),
        mobility=mobility(who, fitting.girths, above_slit(drape, who, of)) if at_rest else (),
        alterations=alterations(drape, who, fitting.girths, zones) if at_rest else (),
        fabric_area=float(of.area.sum()),
        cautions=told,
    )


def _gap(fitting: Fitting) -> GapFit:
    area = fitting.pressure.node_area
    return GapFit(
        mean=float((fitting.gap * area).sum() / max(area.sum(), 1e-12)),
        median=quantile(fitting.gap, area, 0.5),
        p95=quantile(fitting.gap, area, 0.95),
        least=float(fitting.gap.min(initial=0.0) if len(fitting.gap) == 0 else fitting.gap.min()),
    )


def maps(fitting: Fitting) -> dict[str, FloatArray]:
    """What the maps show, one value a vertex of the cloth, shape (V,).

    Returns:
        ``strain``: the larger principal strain, as a ratio, 0 where slack; ``pressure`` [Pa];
        ``gap`` [m].
    """
    cloth = fitting.drape.cloth
    return {
        "strain": to_vertices(cloth, tensile(fitting.strain.largest), fitting.strain.area),
        "pressure": fitting.pressure.on_body(cloth)[cloth.node],
        "gap": fitting.gap[cloth.node],
    }
