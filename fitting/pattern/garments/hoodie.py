"""A hoodie: hood of two halves, kangaroo pocket, ribs at hem and cuffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fitting.pattern import band, hood, placement, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import SEAM, Point, Stretch, line, opposite, panel
from fitting.pattern.terms import by_fit
from fitting.records import InternalLine, Panel, Pattern, Placement

OPTIONS = {
    "fit": FIT,
    "ease": terms.chest_ease(by_fit(0.12, 0.20, 0.34), per_stretch=-0.05, low=0.0),
    "length": terms.hem_level(1.15, 0.1, 2.2),
    "hip_ease": terms.hip_ease(by_fit(0.06, 0.10, 0.20), low=-0.05),
    "waist_shaping": terms.waist_shaping(by_fit(0.2, 0.0, 0.0)),
    "neck_width": terms.neck_width(0.14),
    "neck_depth": terms.neck_depth(0.10),
    "hood_ease": terms.share(
        0.08, 0.0, 0.3, "Hood larger than the head, as a share.", "Прибавка к капюшону."
    ),
    "sleeve_length": terms.sleeve_length(1.03),
    "sleeve_ease": terms.sleeve_ease(by_fit(0.20, 0.32, 0.46)),
    "cuff_ease": terms.cuff_ease(0.25),
    "armhole_depth": terms.armhole_depth(by_fit(0.02, 0.08, 0.16)),
    "cap_height": terms.cap_height(by_fit(0.66, 0.60, 0.50)),
    "cap_ease": terms.cap_ease(0.0),
    "rib_height": terms.length(
        0.06, 0.02, 0.12, "Finished height of the ribs.", "Высота подвяза в готовом виде."
    ),
    "rib_ratio": terms.share(
        0.86,
        0.65,
        1.0,
        "Rib length as a share of the edge it is stretched to.",
        "Длина подвяза относительно среза.",
    ),
    "pocket": terms.flag(True, "A kangaroo pocket.", "Карман-кенгуру."),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the hoodie."""
    options = upper.wide_enough(figure, options, reach=0.99 * (1.0 + options.stretch))
    fit = upper.sleeved_blocks(figure, options)
    rib = options.number("rib_height")
    table = Assembly("hoodie")
    for name, block in (("front", fit.front), ("back", fit.back)):
        half = [
            *upper.plain_sides(figure, options, block.underarm, hem=SEAM, raised=rib),
            *block.armhole(),
            block.shoulder(),
            block.round_neck(),
        ]
        made = upper.body_panel(name, half, figure)
        if name == "front" and options.flag("pocket"):
            pocket = _pocket(half[0].end, half[1].end)
            made = _with_line(made, "pocket place", pocket)
            table.add(pocket)
        table.add(made)
    arm = upper.sleeve_outline(
        fit,
        figure,
        options,
        cuff_width=figure["wrist_girth"] * (1.0 + options.number("cuff_ease")) / _ratio(options),
        hem=SEAM,
        cut=rib,
    )
    table.add(*upper.sleeve_panels(figure, arm))
    front, back = upper.whole("front"), upper.whole("back")
    upper.sew_body(table, front, back)
    upper.sew_sleeves(table, front, back, fit.cap_ease)
    girth = upper.neckline(table, front, back)
    upper.require_head(figure, girth, 1.0 + options.stretch, "neck_width or neck_depth")
    _add_hood(table, figure, options)
    _add_ribs(table, figure, options, -arm[0].start[1])
    ends = [f"rib.{p}/top" for p in ("front", "back")]
    return table.finish(
        {
            "bust_girth": 4 * fit.front.underarm[0],
            "hem_girth": table.length(*ends),
            "back_length": fit.back.centre[1] - table.point("back/hem.L", 1.0)[1] + rib,
            "armhole_girth": fit.armhole.length,
            "neckline_girth": girth,
            "sleeve_length": -arm[0].start[1] + rib,
            "upper_arm_girth": fit.cap.width,
            "cuff_girth": table.length("cuff.L/top"),
        },
        options=options.values,
    )


def _ratio(options: Options) -> float:
    return options.number("rib_ratio")


def _add_hood(table: Assembly, figure: Figure, options: Options) -> None:
    left = hood.left_half(
        table.length("front/neckline.L"),
        table.length("back/neckline.L"),
        figure.head_girth,
        options.number("hood_ease"),
    )
    for side in upper.SIDES:
        place = placement.head(side, figure.side_neck_height)
        outline = left if side == "L" else opposite(left)
        table.add(panel(f"hood.{side}", outline, placement=place))
    for side in upper.SIDES:
        table.sew(f"hood.{side}/neck.front", f"front/neckline.{side}", name="neckline")
        table.sew(f"hood.{side}/neck.back", f"back/neckline.{side}", name="neckline")
        table.corner(f"hood.{side}/neck.front", f"hood.{side}/neck.back")
    table.sew("hood.L/crown", "hood.R/crown")
    table.notch("hood.L/crown", 0.5)
    table.open("face", ["hood.L/face", "hood.R/face"], over="head_girth")


def _add_ribs(table: Assembly, figure: Figure, options: Options, arm: float) -> None:
    """Folded ribs below the hem and the sleeves."""
    height, ratio = options.number("rib_height"), _ratio(options)
    low = upper.torso_height(figure) + table.point("front/hem.L", 1.0)[1]
    for name, sides in (("front", ("R", "L")), ("back", ("L", "R"))):
        pieces = [(f"hem.{s}", ratio * table.length(f"{name}/hem.{s}")) for s in sides[::-1]]
        outline = band.hanging(band.centred(pieces, height, allowance=SEAM))
        place = placement.front(low) if name == "front" else placement.back(low)
        table.add(_rib(f"rib.{name}", outline, place))
        for side in sides:
            _stretched(table, f"{name}/hem.{side}", f"rib.{name}/hem.{side}")
    table.sew("rib.front/end.left", "rib.back/end.right", name="rib")
    table.sew("rib.front/end.right", "rib.back/end.left", name="rib")
    table.open("hem", ["rib.front/top", "rib.back/top"])
    for side in upper.SIDES:
        pieces = [("seam", ratio * table.length(f"sleeve.{side}/hem"))]
        outline = band.hanging(band.centred(pieces, height, allowance=SEAM))
        place = placement.sleeve(side, figure.half_breadth, figure.shoulder_height, arm)
        table.add(_rib(f"cuff.{side}", outline, place))
        _stretched(table, f"sleeve.{side}/hem", f"cuff.{side}/seam")
        table.sew(f"cuff.{side}/end.left", f"cuff.{side}/end.right", name="cuff")
        table.open(f"cuff.{side}", [f"cuff.{side}/top"])


def _stretched(table: Assembly, edge: str, rib: str) -> None:
    """Sew a rib to the longer edge it is stretched to."""
    table.sew(edge, rib, ease=table.length(edge) - table.length(rib), kind="stretch", name="rib")


def _rib(name: str, outline: Sequence[Stretch], place: Placement) -> Panel:
    top = next(i for i, s in enumerate(outline) if s.name == "top")
    return panel(name, outline, placement=place, fold=str(top), material="rib")


def _pocket(hem: Point, underarm: Point) -> Panel:
    """A kangaroo pocket on the lower front; its slanting sides stay open."""
    width, low = 0.56 * hem[0], hem[1] + 0.01
    high = low + 0.46 * (underarm[1] - low)
    waist = low + 0.35 * (high - low)
    right = [
        line((-width, low), (width, low), "lower", SEAM),
        line((width, low), (width, waist), "side.L", SEAM),
        line((width, waist), (0.62 * width, high), "mouth.L", 2 * SEAM),
        line((0.62 * width, high), (-0.62 * width, high), "upper", SEAM),
        line((-0.62 * width, high), (-width, waist), "mouth.R", 2 * SEAM),
        line((-width, waist), (-width, low), "side.R", SEAM),
    ]
    return panel("pocket", right, draped=False)


def _with_line(made: Panel, name: str, shape: Panel) -> Panel:
    ring = [(float(x), float(y)) for x, y in (*shape.vertices, shape.vertices[0])]
    return replace(made, lines=(*made.lines, InternalLine(name, tuple(ring))))


GARMENT = Garment(
    "hoodie",
    "Hoodie",
    "Худи",
    "A sweatshirt with a hood, a kangaroo pocket and ribs.",
    "Knit block with sweatshirt ease (Gill: chest +16 cm, deep armhole), hood and ribs as in "
    "FreeSewing's Hugo.",
    (*upper.MEASUREMENTS, *upper.ARM),
    OPTIONS,
    draft,
    fabric="fleece",
    stretch=0.2,
    layer=2,
    widen={"face": ("hood_ease",)},
)
