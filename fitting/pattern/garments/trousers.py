"""Straight trousers with darts, a fly and a waistband."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.pattern import facing, legs, skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.leg_parts import hem_openings, sew_legs, waist_around
from fitting.pattern.outline import SEAM, Stretch, line, panel, total
from fitting.pattern.terms import by_fit
from fitting.records import Panel, Pattern

OPTIONS = {
    "fit": FIT,
    "waist_ease": terms.waist_ease(by_fit(0.01, 0.02, 0.04), low=-0.03, high=0.2),
    "hip_ease": terms.hip_ease(by_fit(0.03, 0.06, 0.12), per_stretch=-0.15, low=-0.02),
    "rise": terms.share(
        0.80,
        0.45,
        1.0,
        "Where the waistband's top lies: 1 at the waist, 0 at the hip.",
        "Посадка: 1 на талии, 0 на бёдрах.",
    ),
    "length": terms.share(
        0.975,
        0.55,
        1.02,
        "Waist to hem as a share of the waist's height: 1 at the floor.",
        "Длина по боку, доля высоты талии.",
    ),
    "knee_ease": terms.share(
        0.30, 0.05, 0.9, "Leg beyond the knee's girth, as a share.", "Прибавка по колену."
    ),
    "hem_width": terms.share(
        0.92, 0.55, 1.6, "Hem as a share of the knee width.", "Ширина низа относительно колена."
    ),
    "crotch_ease": terms.share(
        0.08, 0.0, 0.15, "Crotch deeper than the body's, as a share.", "Прибавка к высоте сидения."
    ),
    "band_height": terms.length(
        0.04, 0.015, 0.08, "Finished height of the waistband.", "Ширина пояса."
    ),
    "pockets": terms.flag(True, "Slanting side pockets.", "Косые боковые карманы."),
}


def leg_of(figure: Figure, options: Options, *, drop: float) -> legs.Leg:
    """What the legs are cut to, the upper edge some metres below the waist."""
    hip = figure["hip_girth"] * (1.0 + options.number("hip_ease")) / 4
    level = min(0.9, drop / figure.waist_to_hip)
    girth = upper.body_girth(figure, level) * (1.0 + options.number("waist_ease"))
    hip = max(hip, 0.93 * girth / 4)
    front, back, _ = skirts.waists(figure, girth / 4, hip)
    y = legs.levels(figure, options.number("crotch_ease"), options.number("length"))
    knee = max(figure["knee_girth"], figure["calf_girth"]) * (1.0 + options.number("knee_ease"))
    knee = min(knee, 2.4 * hip)
    return legs.Leg(
        waist_front=front,
        waist_back=back,
        top=-drop,
        hip=hip,
        y=y,
        knee=knee,
        hem=legs.hem_girth(figure, y, knee, options.number("hem_width")),
        fork=legs.fork_for(figure, hip, 0.04),
        crotch=figure["crotch_length"] * 1.02 - 2 * drop,
    )


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the trousers."""
    band = options.number("band_height")
    drop = (1.0 - options.number("rise")) * figure.waist_to_hip + band
    leg = leg_of(figure, options, drop=min(drop, 0.75 * figure.waist_to_hip))
    front = legs.front(figure, leg)
    back = legs.back(figure, leg, front)
    table = Assembly("trousers")
    table.add(*legs.panels(figure, front, back))
    sew_legs(table, front, back)
    table.sew("front.L/fly", "front.R/fly", kind="closure", name="fly")
    table.sew("front.L/crotch", "front.R/crotch", name="crotch")
    table.corner("front.L/fly", "front.L/crotch")
    table.sew("back.L/seat", "back.R/seat", name="centre back")
    table.sew("back.L/crotch", "back.R/crotch", name="crotch")
    table.corner("back.L/seat", "back.L/crotch", double=True)
    edges = waist_around(front, back, from_front=True)
    girth = table.length(*edges)
    at = figure["waist_height"] + leg.top
    skirts.add_waistband(table, figure, edges, height=band, start=-girth / 2, behind=True, level=at)
    table.open("waist", ["waistband/top"], over="hip_girth", stretch=1.0 + options.stretch)
    hem_openings(table)
    table.add(*_table_pieces(table, figure, options))
    return table.finish(measured(table, front, back, leg, band, girth))


def measured(
    table: Assembly,
    front: Sequence[Stretch],
    back: Sequence[Stretch],
    leg: legs.Leg,
    band: float,
    girth: float,
) -> dict[str, float]:
    """Finished measurements of a pair of trousers [m]."""
    return {
        "waist_girth": girth,
        "hip_girth": 4 * leg.hip,
        "knee_girth": leg.knee,
        "hem_girth": table.length("front.L/hem", "back.L/hem"),
        "inside_leg_length": total(s for s in front if s.name.startswith("inseam")),
        "outside_leg_length": total(s for s in front if s.name.startswith("outseam")) + band,
        "crotch_length": total(s for s in (*front, *back) if s.name in ("fly", "seat", "crotch"))
        + 2 * band,
    }


def _table_pieces(table: Assembly, figure: Figure, options: Options) -> list[Panel]:
    """The fly facing and the pocket bags, which are not draped."""
    fly = table.length("front.L/fly")
    out = [facing.binding("fly facing", fly + 0.02, cut=2, width=0.045)]
    if options.flag("pockets"):
        depth, width = 0.17 * figure.height, 0.095 * figure.height
        bag = [
            line((0.0, 0.0), (width, 0.0), "lower", SEAM),
            line((width, 0.0), (width, 0.62 * depth), "side", SEAM),
            line((width, 0.62 * depth), (0.7 * width, depth), "mouth", SEAM),
            line((0.7 * width, depth), (0.0, depth), "waist", SEAM),
            line((0.0, depth), (0.0, 0.0), "inner", SEAM),
        ]
        out.append(panel("pocket bag", bag, cut=4, draped=False, material="lining"))
    return out


GARMENT = Garment(
    "trousers",
    "Trousers",
    "Брюки",
    "Straight trousers with darts, fly, waistband and side pockets.",
    "Trouser block after Aldrich and FreeSewing's Titan: hip quarters, forks of 1/20 and 1/9 of "
    "the hip girth, legs centred on the crease; seams and crotch length solved, not stepped.",
    legs.MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="wool_suiting",
    stretch=0.03,
    widen={"waist": ("waist_ease", "rise")},
)
