"""Leggings: narrow legs of stretch cloth with an elastic waistband."""

from __future__ import annotations

from dataclasses import replace

from fitting.pattern import legs, skirts, terms
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.leg_parts import hem_openings, sew_legs, waist_around
from fitting.pattern.garments.trousers import measured
from fitting.pattern.outline import HEM_KNIT
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    "fit": FIT,
    "ease": terms.share_by_fit(
        by_fit(-0.04, 0.0, 0.04),
        -0.30,
        0.10,
        "Girths beyond the body's, as a share; negative where the cloth is stretched.",
        "Прибавка ко всем обхватам, отрицательная для облегания.",
        per_stretch=-0.25,
    ),
    "rise": terms.share(
        1.0,
        0.6,
        1.0,
        "Where the waistband's top lies: 1 at the waist, 0 at the hip.",
        "Посадка: 1 на талии, 0 на бёдрах.",
    ),
    "length": terms.share(
        0.93,
        0.45,
        0.97,
        "Waist to hem as a share of the waist's height.",
        "Длина по боку, доля высоты талии.",
    ),
    "band_height": terms.length(
        0.06, 0.02, 0.14, "Finished height of the waistband.", "Ширина пояса."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the leggings."""
    band = options.number("band_height")
    leg = _leg(figure, options, band)
    front = legs.front(figure, leg)
    back = legs.back(figure, leg, front)
    table = Assembly("leggings")
    table.add(*legs.panels(figure, front, back))
    sew_legs(table, front, back)
    for panel, straight in (("front", "fly"), ("back", "seat")):
        for part in (straight, "crotch"):
            table.sew(f"{panel}.L/{part}", f"{panel}.R/{part}", name="crotch")
    table.corner("front.L/fly", "front.L/crotch")
    table.corner("back.L/seat", "back.L/crotch", double=True)
    edges = waist_around(front, back, from_front=False)
    cloth = table.length(*edges)
    ratio = min(1.0, figure["waist_girth"] * (1.0 + options.number("ease")) / cloth)
    skirts.add_waistband(
        table,
        figure,
        edges,
        height=band,
        start=-ratio * cloth / 2,
        ratio=ratio,
        closed=True,
        level=figure["waist_height"] + leg.top,
    )
    stretch = (1.0 + options.stretch) / min(ratio, 1.0)
    table.open("waist", ["waistband/top"], over="hip_girth", stretch=stretch)
    hem_openings(table)
    return table.finish(measured(table, front, back, leg, band, ratio * cloth))


def _leg(figure: Figure, options: Options, band: float) -> legs.Leg:
    tight = 1.0 + options.number("ease")
    hip = figure["hip_girth"] * tight / 4
    drop = (1.0 - options.number("rise")) * figure.waist_to_hip + band
    drop = min(drop, 0.75 * figure.waist_to_hip)
    y = legs.levels(figure, 0.03, options.number("length"))
    length = options.number("length")
    # From the knee the leg narrows to the calf and the ankle; a shorter leg ends wider.
    down = (length - 0.62) / (0.95 - 0.62)
    ankle = figure["ankle_girth"] * tight * 1.04
    hem = ankle + (figure["calf_girth"] * tight - ankle) * min(1.0, max(0.0, 1.0 - down))
    knee = figure["knee_girth"] * tight
    top = max(0.88 * hip, figure["waist_girth"] * tight / 4)
    leg = legs.Leg(
        waist_front=top,
        waist_back=top,
        top=-drop,
        hip=hip,
        y=y,
        knee=knee,
        hem=hem,
        fork=legs.fork_for(figure, hip, tight - 1.0),
        crotch=figure["crotch_length"] * (1.0 + 0.5 * (tight - 1.0)) - 2 * drop,
        shaped=False,
        hem_allowance=HEM_KNIT,
    )
    if y.hem > y.knee - 0.02 * figure.height:
        thigh = figure["thigh_girth"] * tight
        above = (y.hem - y.knee) / (y.crotch - y.knee)
        girth = knee + (thigh - knee) * min(1.0, max(0.0, above))
        return replace(leg, hem=girth, knee=girth, y=replace(y, knee=y.hem))
    return leg


GARMENT = Garment(
    "leggings",
    "Leggings",
    "Леггинсы",
    "Close legs of stretch cloth with an elastic waistband.",
    "The trouser block without darts, all girths reduced by a quarter of the cloth's stretch, as "
    "guides for fitted knits have it.",
    legs.MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="interlock",
    stretch=0.35,
    least_stretch=0.18,
    widen={"waist": ("ease",)},
)
