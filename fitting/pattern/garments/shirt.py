"""A shirt: collar on a stand, placket with buttons, yoke, back pleat, sleeves with cuffs."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.pattern import band, collar, facing, placement, terms, upper
from fitting.pattern.assembly import Assembly, SeamKind
from fitting.pattern.bodice import Block
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import (
    SEAM,
    TIGHT,
    Stretch,
    line,
    opposite,
    panel,
    unfold,
)
from fitting.pattern.placement import Side
from fitting.pattern.terms import by_fit
from fitting.records import InternalLine, Panel, Pattern, Placement

OPTIONS = {
    "fit": FIT,
    "ease": terms.chest_ease(by_fit(0.09, 0.15, 0.24), per_stretch=-0.1, low=0.04),
    "length": terms.hem_level(1.25, 0.4, 2.4),
    "hip_ease": terms.hip_ease(by_fit(0.06, 0.09, 0.16), low=0.02),
    "waist_shaping": terms.waist_shaping(by_fit(0.55, 0.2, 0.0)),
    "neck_width": terms.neck_width(0.03),
    "neck_depth": terms.neck_depth(0.0),
    "armhole_depth": terms.armhole_depth(by_fit(-0.02, 0.03, 0.10)),
    "sleeve_length": terms.sleeve_length(1.04),
    "sleeve_ease": terms.sleeve_ease(by_fit(0.14, 0.22, 0.34)),
    "cap_height": terms.cap_height(by_fit(0.72, 0.62, 0.50)),
    "cap_ease": terms.cap_ease(0.015),
    "cuff_ease": terms.cuff_ease(0.30),
    "cuff_height": terms.length(0.065, 0.03, 0.10, "Height of the cuff.", "Ширина манжеты."),
    "cuff_pleats": terms.length(
        0.05, 0.0, 0.12, "Sleeve width laid in pleats at the cuff.", "Складки рукава у манжеты."
    ),
    "back_pleat": terms.length(
        0.03,
        0.0,
        0.06,
        "Depth of the pleat below the yoke, each side of the centre.",
        "Глубина складки под кокеткой на каждую сторону.",
    ),
    "placket_width": terms.length(
        0.032, 0.02, 0.05, "Width of the placket.", "Ширина планки застёжки."
    ),
    "buttons": terms.choice(
        "by sex",
        ("by sex", "left over right", "right over left"),
        "Which front lies on top.",
        "Какая полочка сверху.",
    ),
    "stand_height": terms.length(
        0.032, 0.02, 0.05, "Height of the collar stand.", "Высота стойки воротника."
    ),
    "collar_fall": terms.length(
        0.046, 0.03, 0.09, "Depth of the collar at the back.", "Отлёт воротника сзади."
    ),
    "collar_point": terms.length(
        0.014, 0.0, 0.05, "How far the collar tips reach forward.", "Вылет концов воротника."
    ),
}

_SLIT = 0.070  # of the height: slit of the sleeve over the cuff, 12 cm; trade practice
_CUFF_LAP = 0.020  # [m] cut on at the end of the cuff that lies below
_YOKE = 0.45  # where the yoke seam meets the armhole above the pitch point; chosen


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the shirt."""
    fit = upper.sleeved_blocks(figure, options)
    on_top: Side = _top_side(figure, options)
    table = Assembly("shirt")
    _add_fronts(table, figure, options, fit.front, on_top)
    _add_back(table, figure, options, fit.back)
    arm = _sleeve(figure, options, fit)
    table.add(*upper.sleeve_panels(figure, arm))
    front, back, yoke = upper.split("front"), upper.whole("back"), upper.whole("yoke")
    for side in upper.SIDES:
        table.sew(front("shoulder", side), yoke("shoulder", side))
        table.sew(front("side", side), back("side", side))
        table.notch(front("side", side), 0.5)
        pleat = options.number("back_pleat")
        kind: SeamKind = "gather" if pleat else "seam"
        table.sew(
            back("yoke seam", side), yoke("yoke seam", side), ease=pleat, kind=kind, name="yoke"
        )
    upper.sew_sleeves(table, front, back, fit.cap_ease, yoke=yoke)
    _add_cuffs(table, figure, options, -arm[0].start[1])
    _add_collar(table, figure, options, on_top)
    table.fuse("collar", "stand", "cuff.L", "cuff.R", "placket")
    hem = [front("hem", s) for s in upper.SIDES] + [back("hem", s) for s in upper.SIDES]
    table.open("hem", [*hem, "placket/hem"])
    neck = [front("neckline", s) for s in upper.SIDES] + [yoke("neckline", s) for s in upper.SIDES]
    return table.finish(
        {
            "bust_girth": 4 * fit.front.underarm[0] + 2 * options.number("back_pleat"),
            "hem_girth": table.length(*hem, "placket/hem"),
            "back_length": fit.back.centre[1] - table.point("back/hem.L", 1.0)[1],
            "armhole_girth": fit.armhole.length,
            "collar_girth": table.length(*neck, "placket/neckline"),
            "sleeve_length": -arm[0].start[1] + options.number("cuff_height"),
            "upper_arm_girth": fit.cap.width,
            "cuff_girth": table.length("cuff.L/seam"),
        }
    )


def _top_side(figure: Figure, options: Options) -> Side:
    """The wearer's side that lies on top: left for men, right for women, unless said."""
    chosen = options.choice("buttons")
    if chosen == "by sex":
        return "L" if figure.measurements.sex == "male" else "R"
    return "L" if chosen.startswith("left") else "R"


def _add_fronts(
    table: Assembly, figure: Figure, options: Options, block: Block, on_top: Side
) -> None:
    """Two fronts that end beside the centre, and the plackets between them."""
    half = options.number("placket_width") / 2
    sides = upper.plain_sides(figure, options, block.underarm, hem=0.012)
    hem = line((half, sides[0].start[1]), sides[0].end, "hem", sides[0].allowance)
    neck = block.round_neck(inner=half)
    edge = line(neck.end, hem.start, "front", SEAM)
    left = [hem, sides[1], *block.armhole(), block.shoulder(), neck, edge]
    place = placement.front(upper.torso_height(figure))
    low, high = hem.start[1], neck.end[1]
    table.add(
        panel("front.L", left, placement=place), panel("front.R", opposite(left), placement=place)
    )
    strip = [
        line((-half, low), (half, low), "hem", 0.012),
        line((half, low), (half, high), "edge.L", SEAM),
        line((half, high), (-half, high), "neckline", TIGHT),
        line((-half, high), (-half, low), "edge.R", SEAM),
    ]
    places = _buttons(low, high)
    holes = [InternalLine("buttonhole", ((0.0, y - 0.008), (0.0, y + 0.008))) for y in places]
    axis = upper.centre("centre front", low, high)
    table.add(
        panel("placket", strip, placement=place, lines=(axis, *holes)),
        panel("button band", strip, draped=False, lines=(axis,), drills=[(0.0, y) for y in places]),
    )
    under: Side = "R" if on_top == "L" else "L"
    table.sew(f"front.{on_top}/front", f"placket/edge.{on_top}", name="placket")
    table.sew(f"front.{under}/front", f"placket/edge.{under}", kind="closure", name="buttons")


def _buttons(low: float, high: float) -> list[float]:
    """Heights of the buttons: about 9 cm apart, none in the lowest eighth [m]."""
    top, bottom = high - 0.012, low + 0.16 * (high - low)
    count = max(3, round((top - bottom) / 0.09) + 1)
    return [top - i * (top - bottom) / (count - 1) for i in range(count)]


def _add_back(table: Assembly, figure: Figure, options: Options, block: Block) -> None:
    """The yoke and the back below it, with a pleat down its middle."""
    lower, upper_hole = block.armhole()
    middle, high = upper_hole.split(_YOKE, "armhole.middle", "armhole.upper")
    pleat = options.number("back_pleat")
    seam_y = middle.end[1]
    sides = upper.plain_sides(figure, options, block.underarm, hem=0.012)
    wide = [s.moved(pleat, 0.0) for s in (sides[1], lower, middle)]
    hem = line((0.0, sides[0].start[1]), wide[0].start, "hem", 0.012)
    seam = line(wide[-1].end, (0.0, seam_y), "yoke seam")
    folds = [
        InternalLine("pleat", ((x, seam_y), (x, seam_y - 0.05)))
        for x in ((-2 * pleat, -pleat, pleat, 2 * pleat) if pleat else ())
    ]
    made = upper.body_panel("back", [hem, *wide, seam], figure, lines=folds)
    place = placement.back(upper.torso_height(figure))
    half = [
        line((0.0, seam_y), middle.end, "yoke seam"),
        high,
        block.shoulder(),
        block.round_neck(),
    ]
    axis = upper.centre("centre back", seam_y, block.centre[1])
    top = panel(
        "yoke",
        unfold(half, ("R", "L")),
        placement=place,
        cut=2,
        fold=axis.name,
        lines=(axis,),
        grain=(1.0, 0.0),
    )
    table.add(made, top)


def _sleeve(figure: Figure, options: Options, fit: upper.Fitted) -> list[Stretch]:
    """The left sleeve; behind, its cap is divided where the yoke seam meets it."""
    arm = upper.sleeve_outline(
        fit,
        figure,
        options,
        cuff_width=_cuff(figure, options) + options.number("cuff_pleats"),
        hem=SEAM,
        cut=options.number("cuff_height"),
    )
    out: list[Stretch] = []
    for s in arm:
        if s.name == "cap.back.upper":
            out += s.split(_YOKE, "cap.back.middle", "cap.back.upper")
        else:
            out.append(s)
    return out


def _cuff(figure: Figure, options: Options) -> float:
    return figure["wrist_girth"] * (1.0 + options.number("cuff_ease"))


def _add_cuffs(table: Assembly, figure: Figure, options: Options, arm: float) -> None:
    """Folded cuffs that button; the lap below is cut on at the back end."""
    width = _cuff(figure, options)
    for side in upper.SIDES:
        outline = band.hanging(
            band.centred([("seam", width)], options.number("cuff_height"), allowance=SEAM)
        )
        # The slit lies behind: the back end laps under the front end.
        lapped = "end.left" if side == "L" else "end.right"
        outline = [_lapped(s, SEAM + _CUFF_LAP) if s.name == lapped else s for s in outline]
        place = placement.sleeve(side, figure.half_breadth, figure.shoulder_height, arm)
        table.add(_folded(f"cuff.{side}", outline, place_of=place))
        hem = table.length(f"sleeve.{side}/hem")
        pleats = hem - table.length(f"cuff.{side}/seam")
        table.sew(
            f"sleeve.{side}/hem", f"cuff.{side}/seam", ease=pleats, kind="gather", name="cuff"
        )
        table.sew(f"cuff.{side}/end.left", f"cuff.{side}/end.right", kind="closure", name="cuff")
        table.open(f"cuff.{side}", [f"cuff.{side}/top"])
        _mark_cuff(table, figure, options, side)
    table.add(_sleeve_placket(figure))


def _mark_cuff(table: Assembly, figure: Figure, options: Options, side: Side) -> None:
    """The slit of the sleeve with its pleats, and button and buttonhole of the cuff.

    The slit lies a quarter of the hem from the back of the underarm seam, the pleats beside it
    towards the front.
    """
    sign = 1.0 if side == "L" else -1.0  # the back of the left sleeve is at x > 0
    ends = [table.point(f"sleeve.{side}/hem", f) for f in (0.0, 1.0)]
    low, width = ends[0][1], abs(ends[1][0] - ends[0][0])
    middle = (ends[0][0] + ends[1][0]) / 2
    x = middle + sign * 0.25 * width
    slit = min(_SLIT * figure.height, 0.4 * table.length(f"sleeve.{side}/underarm.front"))
    lines = [InternalLine("slit", ((x, low), (x, low + slit)))]
    pleats = options.number("cuff_pleats")
    if pleats > 0:
        deep = pleats / 2
        for i in range(4):
            at = x - sign * (0.03 + (i // 2) * (deep + 0.012) + (i % 2) * deep)
            if abs(at - middle) < width / 2 - 0.005:
                lines.append(InternalLine("pleat", ((at, low), (at, low + 0.03))))
    table.mark(f"sleeve.{side}", lines=lines)
    half, high = table.length(f"cuff.{side}/seam") / 2, options.number("cuff_height")
    hole = -sign * (half - 0.012)
    table.mark(
        f"cuff.{side}",
        lines=[InternalLine("buttonhole", ((hole - 0.007, -high / 2), (hole + 0.007, -high / 2)))],
        drills=[(sign * (half + 0.012), -high / 2)],
    )


def _sleeve_placket(figure: Figure) -> Panel:
    """The strip that binds the slit of a sleeve: twice the slit, folded lengthwise."""
    return facing.binding("sleeve placket", 2 * _SLIT * figure.height + 0.02, cut=2, width=0.045)


def _folded(name: str, outline: Sequence[Stretch], *, place_of: Placement) -> Panel:
    top = next(i for i, s in enumerate(outline) if s.name == "top")
    return panel(name, outline, placement=place_of, fold=str(top))


def _add_collar(table: Assembly, figure: Figure, options: Options, on_top: Side) -> None:
    """The stand around the neckline and the placket, and the collar that falls over it."""
    edges = {
        "front.L": "front.L/neckline",
        "yoke.L": "yoke/neckline.L",
        "yoke.R": "yoke/neckline.R",
        "front.R": "front.R/neckline",
    }
    order = list(edges)
    edges["placket"] = "placket/neckline"
    order = ["placket", *order] if on_top == "L" else [*order, "placket"]
    pieces = [(name, table.length(edges[name])) for name in order]
    height = options.number("stand_height")
    free = table.length("placket/neckline") / sum(length for _, length in pieces)
    uppers, split = (
        (("collar", "free"), 1.0 - free) if on_top == "L" else (("free", "collar"), free)
    )
    outline = band.curved(pieces, uppers, split, height, _STAND_BEND)
    nape = figure.nape_height
    lap = options.number("placket_width") + TIGHT
    under = "end.right" if on_top == "L" else "end.left"
    outline = [_lapped(s, lap) if s.name == under else s for s in outline]
    table.add(panel("stand", outline, placement=placement.neck(nape), cut=2))
    for name in order:
        table.sew(edges[name], f"stand/{name}", name="neckline")
    for side in upper.SIDES:
        table.corner(f"stand/front.{side}", f"stand/yoke.{side}")
    table.sew("stand/end.right", "stand/end.left", kind="closure", name="collar button")
    _mark_stand(table, on_top, options.number("placket_width") / 2)
    fall = collar.falling(
        table.length("stand/collar"),
        options.number("collar_fall"),
        point=options.number("collar_point"),
    )
    table.add(panel("collar", fall, placement=placement.neck(nape + height), cut=2))
    table.sew("stand/collar", "collar/seam", right_wrong=True, name="collar")
    table.notch("stand/collar", 0.5)
    table.open("neck", ["stand/free", "collar/end.left", "collar/end.right", "collar/edge"],
               over="head_girth")  # fmt: skip


def _mark_stand(table: Assembly, on_top: Side, centre: float) -> None:
    """Button and buttonhole of the stand on the centre front.

    Args:
        table: With the stand.
        on_top: Which side laps over.
        centre: From either end to the centre front [m]: inwards above, on the lap below.
    """
    over, under = ("left", "right") if on_top == "L" else ("right", "left")
    spots = []
    for end in (over, under):
        a, b = (table.point(f"stand/end.{end}", f) for f in (0.0, 1.0))
        towards = 1.0 if (end == "left") == (end == over) else -1.0
        spots.append(((a[0] + b[0]) / 2 + towards * centre, (a[1] + b[1]) / 2))
    (x, y), button = spots
    hole = InternalLine("buttonhole", ((x - 0.007, y), (x + 0.007, y)))
    table.mark("stand", lines=[hole], drills=[button])


_STAND_BEND = 0.45  # [rad] by which the stand turns: its front rises about 2 cm, usual practice


def _lapped(s: Stretch, allowance: float) -> Stretch:
    return Stretch(s.start, s.end, s.name, s.shape, allowance)


GARMENT = Garment(
    "shirt",
    "Shirt",
    "Рубашка",
    "A woven shirt with a collar on a stand, buttoned front, yoke and cuffs.",
    "Men's shirt draft after Aldrich (Metric Pattern Cutting for Menswear) on the proportional "
    "block: yoke, box pleat, two-piece collar; eases after FreeSewing's Simon.",
    (*upper.MEASUREMENTS, *upper.ARM),
    OPTIONS,
    draft,
    fabric="poplin",
    stretch=0.03,
)
