"""A jumpsuit: the fitted bodice joined to trousers at the waist, zip at the centre back."""

from __future__ import annotations

from fitting.pattern import legs, skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments import dress_parts as parts
from fitting.pattern.garments.leg_parts import hem_openings, sew_legs
from fitting.pattern.outline import total
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    **parts.body_options("short", (0.08, 0.12, 0.18)),
    "waist_ease": terms.waist_ease(by_fit(0.05, 0.08, 0.14), low=0.0, high=0.3),
    "hip_ease": terms.hip_ease(by_fit(0.05, 0.08, 0.14), per_stretch=-0.12, low=0.02),
    "length": terms.share(
        0.96,
        0.45,
        1.0,
        "Waist to hem as a share of the waist's height.",
        "Длина от талии, доля её высоты.",
    ),
    "knee_ease": terms.share(
        0.32, 0.08, 0.9, "Leg beyond the knee's girth, as a share.", "Прибавка по колену."
    ),
    "hem_width": terms.share(
        0.90, 0.55, 1.6, "Hem as a share of the knee width.", "Ширина низа относительно колена."
    ),
    "crotch_ease": terms.share(
        0.14, 0.03, 0.25, "Crotch deeper than the body's, as a share.", "Прибавка к высоте сидения."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the jumpsuit."""
    waist = figure["waist_girth"] * (1.0 + options.number("waist_ease")) / 4
    hip = figure["hip_girth"] * (1.0 + options.number("hip_ease")) / 4
    hip = max(hip, 0.93 * waist)
    front_waist, back_waist, _ = skirts.waists(figure, waist, hip)
    made = parts.body(figure, options)
    bodice = parts.bodice(figure, made, front_waist, back_waist)
    leg = _leg(figure, options, hip, bodice)
    front_leg = legs.front(figure, leg)
    back_leg = legs.back(figure, leg, front_leg)
    table = Assembly("jumpsuit")
    parts.add_upper(table, figure, bodice.front, bodice.back, name="bodice ")
    front, back = parts.sew_upper(table, "bodice ")
    arms = parts.finish_arms(table, figure, options, made, front, back)
    neckline = parts.finish_neck(table, made, front, back)
    level = upper.torso_height(figure)
    table.add(*legs.panels(figure, front_leg, back_leg, level=level))
    sew_legs(table, front_leg, back_leg)
    for part in ("fly", "crotch"):
        table.sew(f"front.L/{part}", f"front.R/{part}", name="crotch")
    table.sew("back.L/seat", "back.R/seat", kind="closure", name="zip")
    table.sew("back.L/crotch", "back.R/crotch", name="crotch")
    table.corner("back.L/seat", "back.L/crotch", double=True)
    table.corner("front.L/fly", "front.L/crotch")
    above = [(f"bodice front/waist.{{}}.{s}", 2) for s in upper.SIDES]
    above += [(f"bodice back.{s}/waist.{{}}", 2) for s in upper.SIDES]
    below = [(f"front.{s}/waist.{{}}", 2) for s in upper.SIDES]
    below += [(f"back.{s}/waist.{{}}", 2) for s in upper.SIDES]
    parts.sew_waist(table, above, below)
    hem_openings(table)
    return table.finish(
        {
            "bust_girth": 2 * (made.front.underarm[0] + made.back.underarm[0]),
            "waist_girth": 2 * (front_waist + back_waist),
            "hip_girth": 4 * hip,
            "hem_girth": table.length("front.L/hem", "back.L/hem"),
            "inside_leg_length": total(s for s in front_leg if s.name.startswith("inseam")),
            "neckline_girth": neckline,
            **arms,
        }
    )


def _leg(figure: Figure, options: Options, hip: float, bodice: parts.Bodice) -> legs.Leg:
    knee = max(figure["knee_girth"], figure["calf_girth"]) * (1.0 + options.number("knee_ease"))
    knee = min(knee, 2.4 * hip)
    y = legs.levels(figure, options.number("crotch_ease"), options.number("length"))
    return legs.Leg(
        waist_front=sum(bodice.front_pieces),
        waist_back=sum(bodice.back_pieces),
        top=0.0,
        hip=hip,
        y=y,
        knee=knee,
        hem=legs.hem_girth(figure, y, knee, options.number("hem_width")),
        fork=legs.fork_for(figure, hip, 0.05),
        crotch=figure["crotch_length"] * 1.05,
        pieces_front=bodice.front_pieces,
        pieces_back=bodice.back_pieces,
    )


GARMENT = Garment(
    "jumpsuit",
    "Jumpsuit",
    "Комбинезон",
    "A fitted bodice and trousers in one, with a zip at the back.",
    "Fitted bodice after FreeSewing's Bella over the trouser block of Titan, with a deeper crotch "
    "for movement.",
    tuple(dict.fromkeys((*parts.MEASUREMENTS, *legs.MEASUREMENTS))),
    OPTIONS,
    draft,
    fabric="twill",
    stretch=0.03,
)
