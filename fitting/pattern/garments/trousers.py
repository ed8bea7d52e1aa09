"""Straight trousers with darts, a fly and a waistband."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.pattern import facing, legs, skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.leg_parts import hem_openings, sew_legs, waist_around
from fitting.pattern.outline import ON_FOLD, SEAM, Stretch, curve, line, panel, total
from fitting.pattern.terms import by_fit
from fitting.records import InternalLine, Pattern

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
_FLY = 0.045  # [m] width of the fly's facing; the stitching lies a centimetre inside; trade
_LOOPS = 5  # belt loops, each as long as the band is high and turned in at both ends


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
    _add_fly(table, figure)
    if options.flag("pockets"):
        _add_pockets(table, figure, front)
    table.add(facing.binding("belt loops", _LOOPS * (band + 0.03), width=0.030))
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


def _add_fly(table: Assembly, figure: Figure) -> None:
    """The facing and the shield of the fly, and its stitching on the front that lies on top."""
    depth = table.length("front.L/fly") + 0.02
    wide = min(_FLY, 0.35 * depth)  # a doll's fly is short
    corner = 0.6 * wide
    outline = [
        line((0.0, 0.0), (0.0, depth), "front", SEAM),
        line((0.0, depth), (-wide, depth), "waist", SEAM),
        line((-wide, depth), (-wide, 1.6 * corner), "edge", 0.0),
        curve((-wide, 1.6 * corner), (-wide, 0.5 * corner), (-0.4 * wide, 0.0), (0.0, 0.0),
              "edge round", 0.0),
    ]  # fmt: skip
    shield = [
        line((0.0, 0.0), (wide, 0.0), "lower", SEAM),
        line((wide, 0.0), (wide, depth), "front", SEAM),
        line((wide, depth), (0.0, depth), "waist", SEAM),
        line((0.0, depth), (0.0, 0.0), "fold", ON_FOLD),
    ]
    table.add(
        panel("fly facing", outline, draped=False),
        panel("fly shield", shield, draped=False, fold="3"),
    )
    top = "L" if figure.measurements.sex == "male" else "R"
    sign = 1.0 if top == "L" else -1.0
    ends = [table.point(f"front.{top}/fly", f) for f in (0.0, 1.0)]
    high, low = max(ends, key=lambda p: p[1]), min(ends, key=lambda p: p[1])
    inner = sign * 0.78 * wide
    stitched = (
        (high[0] + inner, high[1]),
        (low[0] + inner, low[1] + 0.6 * wide),
        (low[0] + 0.7 * inner, low[1] + 0.2 * wide),
        low,
    )
    table.mark(f"front.{top}", lines=[InternalLine("fly stitching", stitched)])


def _add_pockets(table: Assembly, figure: Figure, front: Sequence[Stretch]) -> None:
    """Slanting pockets: the mouth on the fronts, facings of the shell and bags of lining.

    Facing and bag are drawn on the left front: the facing reaches the side, the bag ends at the
    mouth.
    """
    by_name = {s.name: s for s in front}
    hip = by_name["outseam.hip"]
    waist = next(s for s in front if s.name.startswith("waist"))
    top = hip.end
    mouth_in = min(0.6, 0.027 * figure.height / waist.length)
    mouth_down = min(0.85, 0.095 * figure.height / hip.length)
    foot = min(0.97, mouth_down + 0.03 * figure.height / hip.length)
    on_waist, on_side = waist.at(mouth_in), hip.at(1.0 - mouth_down)
    inner = waist.at(min(0.95, max(mouth_in + 0.2, 0.085 * figure.height / waist.length)))
    _, side = hip.split(1.0 - foot, "", "side")
    low = side.start[1] - 0.03 * figure.height
    corner = (inner[0], low)
    round_ = [
        line(corner, (side.start[0] - 0.25 * (side.start[0] - inner[0]), low), "lower", SEAM),
        line((side.start[0] - 0.25 * (side.start[0] - inner[0]), low), side.start, "slant", SEAM),
    ]
    facing_ = [
        *round_,
        side,
        line(top, inner, "waist", SEAM),
        line(inner, corner, "inner", SEAM),
    ]
    _, rest = hip.split(1.0 - mouth_down, "below", "above")
    below = side.split(1.0 - rest.length / side.length, "side", "above")[0]
    bag = [
        *round_,
        below,
        line(below.end, on_waist, "mouth", SEAM),
        line(on_waist, inner, "waist", SEAM),
        line(inner, corner, "inner", SEAM),
    ]
    table.add(
        panel("pocket facing", facing_, cut=2, draped=False),
        panel("pocket bag", bag, cut=2, draped=False, material="lining"),
    )
    for name, sign in (("L", 1.0), ("R", -1.0)):
        ends = ((sign * on_waist[0], on_waist[1]), (sign * on_side[0], on_side[1]))
        table.mark(f"front.{name}", lines=[InternalLine("pocket mouth", ends)])


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
