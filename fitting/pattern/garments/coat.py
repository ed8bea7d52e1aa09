"""A simple unlined coat with a notched lapel, a collar behind and patch pockets.

The fronts meet edge to edge and button on a flap cut on at one side. Lapels and collar are pieces
of their own, sewn to the edge of a V neckline and falling over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from fitting.pattern import facing, placement, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.bodice import Block
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import (
    HEM_COAT,
    SEAM,
    TIGHT,
    Point,
    Stretch,
    arc,
    curve,
    line,
    opposite,
    panel,
    toward,
)
from fitting.pattern.terms import by_fit
from fitting.records import InternalLine, Panel, Pattern

OPTIONS = {
    "fit": FIT,
    "ease": terms.chest_ease(by_fit(0.12, 0.17, 0.26), low=0.08),
    "length": terms.hem_level(2.1, 0.6, 3.4),
    "hip_ease": terms.hip_ease(by_fit(0.09, 0.13, 0.22), low=0.05),
    "waist_shaping": terms.waist_shaping(by_fit(0.5, 0.25, 0.0)),
    "neck_width": terms.neck_width(0.10),
    "break_point": terms.share(
        0.30,
        -0.3,
        0.75,
        "Where the lapel breaks: 0 at the waist, 1 at the underarm.",
        "Перегиб лацкана: 0 на талии, 1 на уровне проймы.",
    ),
    "lapel_width": terms.length(
        0.085, 0.05, 0.13, "Width of the lapel at its widest.", "Ширина лацкана."
    ),
    "collar_fall": terms.length(
        0.07, 0.045, 0.10, "Depth of the collar at the back.", "Отлёт воротника сзади."
    ),
    "armhole_depth": terms.armhole_depth(by_fit(0.02, 0.06, 0.14)),
    "sleeve_length": terms.sleeve_length(1.04),
    "sleeve_ease": terms.sleeve_ease(by_fit(0.24, 0.32, 0.44)),
    "cuff_ease": terms.cuff_ease(0.65),
    "cap_height": terms.cap_height(by_fit(0.78, 0.74, 0.64)),
    "cap_ease": terms.cap_ease(0.035),
    "buttons": terms.choice(
        "by sex",
        ("by sex", "left over right", "right over left"),
        "Which front lies on top.",
        "Какая полочка сверху.",
    ),
    "pockets": terms.flag(True, "Patch pockets.", "Накладные карманы."),
}
_FLAP = 0.025  # [m] cut on below the upper front for the buttons
_FACING, _FACING_TOP = 0.085, 0.045  # [m] width of the front facing, and at the shoulder; chosen
_GORGE = 0.30  # of the V edge from the neck belongs to the collar; chosen
_SEWN = 0.62  # of the collar's end is sewn to the lapel; the rest opens the notch


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the coat."""
    fit = _blocks(figure, options)
    table = Assembly("coat")
    neck = _v_edge(fit.front, options)
    collar_edge, lapel_edge = neck.split(_GORGE, "neckline.collar", "neckline.lapel")
    _add_fronts(table, figure, options, fit.front, [collar_edge, lapel_edge])
    back_neck = fit.back.round_neck()
    half = [
        *upper.plain_sides(figure, options, fit.back.underarm, hem=HEM_COAT),
        *fit.back.armhole(),
        fit.back.shoulder(),
        back_neck,
    ]
    table.add(upper.body_panel("back", half, figure))
    arm = upper.sleeve_outline(
        fit,
        figure,
        options,
        cuff_width=figure["wrist_girth"] * (1.0 + options.number("cuff_ease")),
        hem=HEM_COAT,
    )
    table.add(*upper.sleeve_panels(figure, arm))
    front, back = upper.split("front"), upper.whole("back")
    upper.sew_body(table, front, back)
    upper.sew_sleeves(table, front, back, fit.cap_ease)
    table.sew("front.L/front", "front.R/front", kind="closure", name="buttons")
    _add_lapels(table, figure, options, lapel_edge)
    _add_collar(table, figure, options, back_neck.length, collar_edge)
    hem = upper.hem_edges(front, back)
    table.open("hem", hem)
    for side in upper.SIDES:
        table.open(f"cuff.{side}", [f"sleeve.{side}/hem"])
    if options.flag("pockets"):
        table.add(_pocket(figure))
    table.add(
        _front_facing(fit.front, half[0].start[1], [collar_edge, lapel_edge]),
        facing.neck_facing("back facing", fit.back, back_neck),
    )
    table.fuse("collar", "lapel.L", "lapel.R", "back facing")
    table.fuse("front facing", both=True)
    return table.finish(
        {
            "bust_girth": 4 * fit.front.underarm[0],
            "hem_girth": table.length(*hem),
            "back_length": fit.back.centre[1] - half[0].start[1],
            "armhole_girth": fit.armhole.length,
            "sleeve_length": -arm[0].start[1],
            "upper_arm_girth": fit.cap.width,
            "cuff_girth": table.length("sleeve.L/hem"),
        }
    )


def _blocks(figure: Figure, options: Options) -> upper.Fitted:
    return upper.sleeved_blocks(figure, options.with_value("neck_depth", 0.0))


def _v_edge(block: Block, options: Options) -> Stretch:
    """The edge from the side neck point to the break point on the centre line."""
    share = options.number("break_point")
    end: Point = (0.0, share * block.underarm[1])
    (nx, ny), drop = block.neck, block.neck[1] - end[1]
    return curve(
        block.neck,
        (nx * 0.92, ny - 0.20 * drop),
        (nx * 0.42, end[1] + 0.36 * drop),
        end,
        "neckline",
        TIGHT,
    )


def _add_fronts(
    table: Assembly, figure: Figure, options: Options, block: Block, neck: list[Stretch]
) -> None:
    """Two fronts whose edges meet on the centre line; one has the flap for the buttons."""
    chosen = options.choice("buttons")
    men = figure.measurements.sex == "male" if chosen == "by sex" else chosen.startswith("left")
    under = "R" if men else "L"
    sides = upper.plain_sides(figure, options, block.underarm, hem=HEM_COAT)
    low, high = sides[0].start[1], neck[-1].end[1]
    edge = line((0.0, high), (0.0, low), "front", SEAM)
    left = [*sides, *block.armhole(), block.shoulder(), *neck, edge]
    lapped = [replace(s, allowance=_FLAP + SEAM) if s.name == "front" else s for s in left]
    place = placement.front(upper.torso_height(figure))
    count = 3 if high - low < 0.45 * figure.height else 4
    lowest = low + 0.35 * (high - low)
    heights = [high - 0.012 - i * (high - 0.012 - lowest) / (count - 1) for i in range(count)]
    for side in upper.SIDES:
        shape = lapped if side == under else left
        outline = shape if side == "L" else opposite(shape)
        sign = 1.0 if side == "L" else -1.0
        x = -sign * 0.012 if side == under else sign * 0.012
        if side == under:
            marks, drills = [], [(x, y) for y in heights]
        else:
            marks = [InternalLine("buttonhole", ((x - 0.012, y), (x + 0.012, y))) for y in heights]
            drills = []
        if options.flag("pockets"):
            marks = [*marks, _pocket_place(figure, sign)]
        table.add(panel(f"front.{side}", outline, placement=place, lines=marks, drills=drills))


def _front_facing(block: Block, low: float, neck: list[Stretch]) -> Panel:
    """The facing behind the front edge, from the hem to the shoulder: cut twice, as a pair."""
    shoulder = block.shoulder()
    out = shoulder.at(1.0 - min(0.9, _FACING_TOP / shoulder.length))
    bottom: Point = (_FACING, low)
    bend = out[1] - low
    outline = [
        line((0.0, low), bottom, "hem", HEM_COAT),
        curve(
            bottom,
            (_FACING, low + 0.45 * bend),
            (_FACING, out[1] - 0.30 * bend),
            out,
            "edge",
            0.0,
        ),
        line(out, shoulder.end, "shoulder"),
        *neck,
        line(neck[-1].end, (0.0, low), "front", SEAM),
    ]
    return panel("front facing", outline, cut=2, draped=False)


# ---- lapels and collar ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Gorge:
    """The seam between collar and lapel, and the notch beyond it [m]."""

    sewn: float
    open: float


def _gorge(options: Options) -> Gorge:
    end = 0.86 * options.number("collar_fall")
    return Gorge(_SEWN * end, (1.0 - _SEWN) * end)


def _add_lapels(table: Assembly, figure: Figure, options: Options, edge: Stretch) -> None:
    """Lapels drawn where they fall: over the fronts, their seam on the edge of the V."""
    gorge = _gorge(options)
    start, end = edge.start, edge.end
    # Outwards of the edge at its top, leaning a little up: the gorge line.
    dx, dy = start[0] - end[0], start[1] - end[1]
    run = math.hypot(dx, dy)
    out = (dy / run, -dx / run)
    lean = math.radians(12)
    gx = out[0] * math.cos(lean) - out[1] * math.sin(lean)
    gy = out[0] * math.sin(lean) + out[1] * math.cos(lean)
    width = max(options.number("lapel_width"), gorge.sewn + 0.012)
    inner: Point = (start[0] + gorge.sewn * gx, start[1] + gorge.sewn * gy)
    tip: Point = (start[0] + width * gx, start[1] + width * gy)
    left = [
        curve(
            end,
            (end[0] + 0.30 * (tip[0] - end[0]), end[1] + 0.30 * (tip[1] - end[1])),
            (tip[0] - 0.004, tip[1] - 0.45 * (tip[1] - end[1])),
            tip,
            "edge",
            TIGHT,
        ),
        line(tip, inner, "notch", TIGHT),
        line(inner, start, "gorge", TIGHT),
        edge.renamed("seam"),
    ]
    place = placement.front(upper.torso_height(figure))
    x, y, z = place.translation
    outside = replace(place, translation=(x, y, z + placement.LAYER))
    for side in upper.SIDES:
        outline = left if side == "L" else opposite(left)
        table.add(panel(f"lapel.{side}", outline, placement=outside, cut=2))
        table.sew(
            f"lapel.{side}/seam",
            f"front.{side}/neckline.lapel",
            right_wrong=True,
            name="lapel",
        )


def _add_collar(
    table: Assembly, figure: Figure, options: Options, back_neck: float, edge: Stretch
) -> None:
    """The collar around the back neck and down the fronts to the gorge."""
    gorge = _gorge(options)
    fall = options.number("collar_fall")
    pieces = [  # right to left: x grows towards the wearer's right
        ("front.R", edge.length),
        ("back.R", back_neck),
        ("back.L", back_neck),
        ("front.L", edge.length),
    ]
    seam = sum(length for _, length in pieces)
    angle = 0.9  # bent enough to lie flat over the shoulders; chosen
    radius = seam / angle

    def on(r: float, a: float) -> Point:
        return r * math.sin(a), radius - r * math.cos(a)

    corner = on(radius, angle / 2)
    outward = (math.sin(angle / 2 + 0.15), -math.cos(angle / 2 + 0.15))
    mid: Point = (corner[0] + gorge.sewn * outward[0], corner[1] + gorge.sewn * outward[1])
    length = gorge.sewn + gorge.open
    tip: Point = (corner[0] + length * outward[0], corner[1] + length * outward[1])
    outline = [
        *_outer(tip, fall),
        line(tip, mid, "tip.right", TIGHT),
        line(mid, corner, "gorge.right", TIGHT),
    ]
    turned = angle / 2
    for name, piece in pieces:
        onwards = turned - piece / radius
        outline.append(
            arc(on(radius, turned), on(radius, onwards), radius, name, left=False, allowance=TIGHT)
        )
        turned = onwards
    left = [(-p[0], p[1]) for p in (corner, mid, tip)]
    outline += [
        line(left[0], left[1], "gorge.left", TIGHT),
        line(left[1], left[2], "tip.left", TIGHT),
    ]
    table.add(panel("collar", outline, placement=placement.neck(figure.nape_height), cut=2))
    for name, neck in (
        ("front.L", "front.L/neckline.collar"),
        ("back.L", "back/neckline.L"),
        ("back.R", "back/neckline.R"),
        ("front.R", "front.R/neckline.collar"),
    ):
        table.sew(f"collar/{name}", neck, right_wrong=True, name="neckline")
    table.sew("collar/gorge.right", "lapel.R/gorge", name="gorge")
    table.sew("collar/gorge.left", "lapel.L/gorge", name="gorge")
    free = ["collar/edge.left", "collar/edge.right"]
    free += [f"collar/tip.{s}" for s in ("left", "right")]
    free += [f"lapel.{s}/{e}" for s in upper.SIDES for e in ("notch", "edge")]
    table.open("neck", free, over="head_girth")


def _outer(tip: Point, fall: float) -> list[Stretch]:
    """The outer edge through the fall at the centre back."""
    low: Point = (0.0, -fall)
    reach = toward(low, (tip[0], low[1]), 0.5)
    right = curve(low, reach, toward(tip, reach, 0.35), tip, "edge.right", TIGHT)
    return [right.mirrored().renamed("edge.left"), right]


# ---- pockets -------------------------------------------------------------------------------------


def _pocket_size(figure: Figure) -> tuple[float, float]:
    return 0.092 * figure.height, 0.105 * figure.height


def _pocket_place(figure: Figure, sign: float) -> InternalLine:
    width, depth = _pocket_size(figure)
    x0, x1 = 0.06 * figure.height, 0.06 * figure.height + width
    top = -0.35 * figure.waist_to_hip
    ring = ((x0, top), (x1, top), (x1, top - depth), (x0, top - depth), (x0, top))
    return InternalLine("pocket place", tuple((sign * x, y) for x, y in ring))


def _pocket(figure: Figure) -> Panel:
    width, depth = _pocket_size(figure)
    outline = [
        line((0.0, 0.0), (width, 0.0), "lower"),
        line((width, 0.0), (width, depth), "side"),
        line((width, depth), (0.0, depth), "hem", 0.03),
        line((0.0, depth), (0.0, 0.0), "other side"),
    ]
    return panel("pocket", outline, cut=2, draped=False)


GARMENT = Garment(
    "coat",
    "Coat",
    "Пальто",
    "An unlined coat with notched lapels that meets edge to edge.",
    "Easy-fitting jacket block after Aldrich on the proportional net; lapels and collar as applied "
    "pieces on a V neckline.",
    (*upper.MEASUREMENTS, *upper.ARM),
    OPTIONS,
    draft,
    fabric="wool_coating",
    stretch=0.03,
    layer=3,
)
