"""An A-line dress without a waist seam: bust darts, flared sides, zip at the centre back."""

from __future__ import annotations

from fitting.pattern import bodice, darts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments import dress_parts as parts
from fitting.pattern.outline import HEM_SKIRT, Point, line
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    **parts.body_options("none", (0.07, 0.10, 0.16)),
    "waist_shaping": terms.waist_shaping(by_fit(0.7, 0.4, 0.0)),
    "hip_ease": terms.hip_ease(by_fit(0.06, 0.10, 0.16), low=0.02),
    "length": terms.skirt_length(0.55, 0.22, 0.92),
    "flare": terms.share(
        0.25, 0.0, 0.9, "Hem wider than the hip, as a share.", "Расширение к низу, доля."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the dress."""
    made = parts.body(figure, options)
    underarm = made.back.underarm
    length = options.number("length") * figure["waist_height"]
    hip = figure["hip_girth"] * (1.0 + options.number("hip_ease")) / 4
    flare = options.number("flare") * min(1.0, length / (0.57 * figure["waist_height"]))
    wide = max(hip * (1.0 + flare), _through_hip(underarm, hip, figure.waist_to_hip, length))
    corner: Point = (wide, -length)
    at_waist = corner[0] + (underarm[0] - corner[0]) * length / (length + underarm[1])
    waist = figure["waist_girth"] * (1.0 + options.number("ease")) / 4
    taken = options.number("waist_shaping") * max(0.0, min(at_waist - waist, 0.2 * at_waist))
    cut = darts.side_dart(figure, bodice.side(underarm, corner, taken))
    foot: Point = (corner[0] - cut.inwards, corner[1] - cut.drop)
    front = [
        line((0.0, foot[1]), foot, "hem", HEM_SKIRT),
        *cut.front,
        *made.front.armhole(),
        made.front.shoulder(),
        made.front.round_neck(),
    ]
    back = [
        line((0.0, -length), corner, "hem", HEM_SKIRT),
        *cut.back,
        *made.back.armhole(),
        made.back.shoulder(),
        made.back.round_neck(),
    ]
    table = Assembly("a_line_dress")
    zip_to = -0.5 * min(figure.waist_to_hip, 0.5 * length)
    parts.add_upper(table, figure, front, back, zip_to=zip_to)
    names = parts.sew_upper(table)
    arms = parts.finish_arms(table, figure, options, made, *names)
    neckline = parts.finish_neck(table, made, *names)
    hems = upper.hem_edges(*names)
    table.open("hem", hems)
    return table.finish(
        {
            "bust_girth": 2 * (made.front.underarm[0] + made.back.underarm[0]),
            "waist_girth": 4 * (at_waist - taken),
            "hem_girth": table.length(*hems),
            "back_length": made.back.centre[1] + length,
            "neckline_girth": neckline,
            **arms,
        }
    )


def _through_hip(underarm: Point, hip: float, down: float, length: float) -> float:
    """Half hem of a straight side that passes the hip [m]."""
    if length <= down:
        return hip
    slope = max(0.0, hip - underarm[0]) / (underarm[1] + down)
    return hip + slope * (length - down)


GARMENT = Garment(
    "a_line_dress",
    "A-line dress",
    "Платье-трапеция",
    "A dress with bust darts that widens to the hem, zip at the back.",
    "Semi-fitted block after Aldrich with a side bust dart, flared at the side.",
    parts.MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="viscose_crepe",
    stretch=0.03,
)
