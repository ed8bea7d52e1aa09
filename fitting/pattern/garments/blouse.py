"""A darted blouse: bust darts at the side, long waist darts into the hem, short zip behind."""

from __future__ import annotations

from fitting.pattern import bodice, darts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments import dress_parts as parts
from fitting.pattern.outline import Point, Stretch, line
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    **parts.body_options("long", (0.07, 0.10, 0.16)),
    "waist_shaping": terms.waist_shaping(by_fit(0.85, 0.6, 0.2)),
    "hip_ease": terms.hip_ease(by_fit(0.03, 0.06, 0.12), low=0.0),
    "length": terms.hem_level(0.85, 0.35, 1.5),
}
_HEM = 0.020
_AT_HEM = 0.25  # of the dart's width at the waist that is left at the hem; chosen


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the blouse."""
    made = parts.body(figure, options)
    underarm = made.back.underarm
    low = -options.number("length") * figure.waist_to_hip
    hip = upper.body_girth(figure, options.number("length"))
    width = _widths(figure, options, underarm, low)
    corner: Point = (
        max(hip * (1.0 + options.number("hip_ease")) / 4, 0.9 * underarm[0]) + _AT_HEM * width,
        low,
    )
    at_waist = corner[0] + (underarm[0] - corner[0]) * low / (low - underarm[1])
    aim = figure["waist_girth"] * (1.0 + 0.7 * options.number("ease")) / 4
    taken = darts.SIDE_SHARE * options.number("waist_shaping") * max(0.0, at_waist - aim)
    cut = darts.side_dart(figure, bodice.side(underarm, corner, taken))
    foot: Point = (corner[0] - cut.inwards, low - cut.drop)
    x_front = min(figure["bust_point_distance"] / 2, 0.6 * foot[0])
    tip = max(darts.bust_level(figure) - 0.018 * figure.height, 0.25 * underarm[1])
    tip = min(tip, darts.below(figure, cut, x_front + width / 2))
    front = [
        *_hem(foot, x_front, -0.5 * cut.drop, tip, width),
        *cut.front,
        *made.front.armhole(),
        made.front.shoulder(),
        made.front.round_neck(),
    ]
    back = [
        *_hem(corner, 0.45 * corner[0], 0.0, 0.8 * underarm[1], width),
        *cut.back,
        *made.back.armhole(),
        made.back.shoulder(),
        made.back.round_neck(),
    ]
    table = Assembly("blouse")
    parts.add_upper(table, figure, front, back, zip_to=max(low, 0.25 * underarm[1]))
    names = parts.sew_upper(table)
    arms = parts.finish_arms(table, figure, options, made, *names)
    neckline = parts.finish_neck(table, made, *names)
    hems = [
        edge
        for name in names
        for side in upper.SIDES
        for edge in (name("hem.centre", side), name("hem.side", side))
        if table.has(edge)
    ]
    table.open("hem", hems)
    return table.finish(
        {
            "bust_girth": 2 * (made.front.underarm[0] + made.back.underarm[0]),
            "waist_girth": 4 * (at_waist - taken - width),
            "hem_girth": table.length(*hems),
            "back_length": made.back.centre[1] - low,
            "neckline_girth": neckline,
            **arms,
        }
    )


def _widths(figure: Figure, options: Options, underarm: Point, low: float) -> float:
    """Width of each long dart at the waist [m]; 0 where the waist is not narrower."""
    at_waist = underarm[0]
    aim = figure["waist_girth"] * (1.0 + 0.7 * options.number("ease")) / 4
    width = (1.0 - darts.SIDE_SHARE) * options.number("waist_shaping") * (at_waist - aim)
    if width < darts.LEAST_DART * figure.height or low > -0.05 * figure.height:
        return 0.0
    return min(width, 0.16 * at_waist)


def _hem(foot: Point, x: float, waist: float, tip: float, width: float) -> list[Stretch]:
    """The hem from the centre to the side with a long dart in it."""
    if width == 0.0:
        return [line((0.0, foot[1]), foot, "hem.side", _HEM)]
    at_hem = _AT_HEM * width
    dart = darts.hem_dart(x, foot[1], waist, tip, width, at_hem)
    return [
        line((0.0, foot[1]), dart[0].start, "hem.centre", _HEM),
        *dart,
        line(dart[-1].end, foot, "hem.side", _HEM),
    ]


GARMENT = Garment(
    "blouse",
    "Darted blouse",
    "Блузка с вытачками",
    "A woven blouse with bust and waist darts and a short zip at the back.",
    "Semi-fitted block after Aldrich; side bust dart and contour darts run out into the hem.",
    parts.MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="viscose_crepe",
    stretch=0.03,
)
