"""A sheath dress: fitted bodice and pencil skirt joined at the waist, zip at the centre back."""

from __future__ import annotations

from fitting.pattern import skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments import dress_parts as parts
from fitting.pattern.outline import Stretch, opposite, panel, unfold
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    **parts.body_options("none", (0.06, 0.09, 0.14)),
    "waist_ease": terms.waist_ease(by_fit(0.03, 0.06, 0.10), low=-0.04, high=0.25),
    "hip_ease": terms.hip_ease(by_fit(0.045, 0.065, 0.10), per_stretch=-0.12, low=-0.04),
    "length": terms.skirt_length(0.57, 0.28, 0.85),
    "hem_taper": terms.share(
        0.05, 0.0, 0.18, "Hem narrower than the hip, as a share.", "Заужение к низу."
    ),
    "slit": terms.share(
        0.22, 0.0, 0.45, "Height of the back slit, as a share of the skirt.", "Высота шлицы."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the dress."""
    waist = figure["waist_girth"] * (1.0 + options.number("waist_ease")) / 4
    hip = figure["hip_girth"] * (1.0 + options.number("hip_ease")) / 4
    hip = max(hip, 0.92 * waist)
    front_waist, back_waist, taken = skirts.waists(figure, waist, hip)
    made = parts.body(figure, options)
    bodice = parts.bodice(figure, made, front_waist, back_waist)
    table = Assembly("sheath_dress")
    parts.add_upper(table, figure, bodice.front, bodice.back, name="bodice ")
    front, back = parts.sew_upper(table, "bodice ")
    arms = parts.finish_arms(table, figure, options, made, front, back)
    neckline = parts.finish_neck(table, made, front, back)
    length = options.number("length") * figure["waist_height"]
    hem = hip * (1.0 - options.number("hem_taper"))
    halves = []
    for is_back, sewn, pieces in (
        (False, front_waist, bodice.front_pieces),
        (True, back_waist, bodice.back_pieces),
    ):
        into = max(0.0, hip - taken - sewn)
        quarter = skirts.quarter(figure, sewn, into, back=is_back, pieces=pieces)
        halves.append(skirts.half(quarter, figure, hip=hip, hem=hem, length=length))
    _add_skirt(table, figure, halves, options.number("slit") * length)
    hems = [f"skirt front/hem.{s}" for s in upper.SIDES]
    hems += [f"skirt back.{s}/hem" for s in upper.SIDES]
    slits = [f"skirt back.{s}/slit" for s in upper.SIDES]
    table.open("hem", [*hems, *filter(table.has, slits)])
    return table.finish(
        {
            "bust_girth": 2 * (made.front.underarm[0] + made.back.underarm[0]),
            "waist_girth": 2 * (front_waist + back_waist),
            "hip_girth": 4 * hip,
            "hem_girth": table.length(*hems),
            "back_length": made.back.centre[1] + length,
            "neckline_girth": neckline,
            **arms,
        }
    )


def _add_skirt(table: Assembly, figure: Figure, halves: list[list[Stretch]], slit: float) -> None:
    """The skirt, its zip going on from the bodice's, sewn to the bodice."""
    front_half, back_half = halves
    length = -back_half[0].start[1]
    back_half = skirts.zipped_centre(back_half, min(figure.waist_to_hip, 0.45 * length), slit)
    level = upper.torso_height(figure)
    whole = unfold(front_half, ("L", "R"))
    axis = upper.centre("centre front", -length, 0.0)
    place = skirts.place(figure, level=level)
    behind = skirts.place(figure, back=True, level=level)
    table.add(
        panel("skirt front", whole, placement=place, fold=axis.name, lines=(axis,)),
        panel("skirt back.R", back_half, placement=behind),
        panel("skirt back.L", opposite(back_half), placement=behind),
    )
    skirts.sew_darts(table, "skirt front", whole)
    for side in upper.SIDES:
        skirts.sew_darts(table, f"skirt back.{side}", back_half)
        for part in ("side.lower", "side.upper"):
            table.sew(f"skirt front/{part}.{side}", f"skirt back.{side}/{part}", name="side")
        table.corner(f"skirt back.{side}/side.lower", f"skirt back.{side}/side.upper")
    table.sew("skirt back.R/zip", "skirt back.L/zip", kind="closure", name="zip")
    table.sew("skirt back.R/centre", "skirt back.L/centre", name="centre back")
    table.corner("skirt back.R/zip", "skirt back.R/centre")
    above = [(f"bodice front/waist.{{}}.{s}", 2) for s in upper.SIDES]
    above += [(f"bodice back.{s}/waist.{{}}", 2) for s in upper.SIDES]
    below = [(f"skirt front/waist.{{}}.{s}", 2) for s in upper.SIDES]
    below += [(f"skirt back.{s}/waist.{{}}", 2) for s in upper.SIDES]
    parts.sew_waist(table, above, below)


GARMENT = Garment(
    "sheath_dress",
    "Sheath dress",
    "Платье-футляр",
    "A fitted dress with darts, waist seam, back zip and slit.",
    "Fitted bodice after FreeSewing's Bella and Aldrich's close-fitting block, joined to the skirt "
    "block; waist darts meet at the waist seam.",
    parts.MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="wool_suiting",
    stretch=0.03,
)
