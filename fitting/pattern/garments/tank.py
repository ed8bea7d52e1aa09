"""A tank top with bound edges."""

from __future__ import annotations

from fitting.pattern import facing, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.bodice import block
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import ON_FOLD, Stretch
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    "fit": FIT,
    "ease": terms.chest_ease(by_fit(0.02, 0.08, 0.2), per_stretch=-0.12),
    "length": terms.hem_level(1.1, -0.2, 2.5),
    "hip_ease": terms.hip_ease(by_fit(0.02, 0.06, 0.14), per_stretch=-0.05),
    "waist_shaping": terms.waist_shaping(by_fit(0.6, 0.3, 0.0)),
    "neck_width": terms.neck_width(0.26),
    "neck_depth": terms.neck_depth(0.45),
    "strap_width": terms.share(
        0.38,
        0.15,
        0.45,
        "Width of the shoulder strap, as a share of the shoulder length.",
        "Ширина бретели, доля длины плеча.",
    ),
    "armhole_depth": terms.armhole_depth(by_fit(-0.04, 0.0, 0.1)),
    "binding_ratio": terms.share(
        0.92,
        0.75,
        1.0,
        "Binding length as a share of the edge it is stretched to.",
        "Длина окантовки относительно среза.",
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the tank top."""
    strap = options.number("neck_width") + options.number("strap_width")
    blocks = [block(cut) for cut in upper.plain_cuts(figure, options, strap=strap)]
    table = Assembly("tank")
    for name, part in zip(("front", "back"), blocks, strict=True):
        sides = upper.plain_sides(figure, options, part.underarm)
        bound = [_bound(s) for s in part.armhole()]
        half = [*sides, *bound, part.shoulder(), _bound(part.round_neck())]
        table.add(upper.body_panel(name, half, figure))
    front, back = upper.whole("front"), upper.whole("back")
    upper.sew_body(table, front, back)
    neck = [n("neckline", s) for n in (front, back) for s in upper.SIDES]
    stretch = 1.0 + options.stretch
    table.open("neck", neck, over="head_girth", stretch=stretch)
    for side in upper.SIDES:
        edges = upper.armhole_edges(front, back, side)
        table.open(f"armhole.{side}", edges, over="upper_arm_girth", stretch=stretch)
    around = upper.hem_edges(front, back)
    table.open("hem", around)
    ratio = options.number("binding_ratio")
    hole = table.length(*upper.armhole_edges(front, back, "L"))
    table.add(
        facing.binding("neck binding", ratio * table.length(*neck)),
        facing.binding("armhole binding", ratio * hole, cut=2),
    )
    return table.finish(
        {
            "bust_girth": 4 * blocks[0].underarm[0],
            "hem_girth": table.length(*around),
            "back_length": blocks[1].centre[1] - table.point("back/hem.L", 1.0)[1],
            "neckline_girth": table.length(*neck),
            "armhole_girth": hole,
        }
    )


def _bound(stretch: Stretch) -> Stretch:
    """A bound edge has no allowance: the binding encloses it."""
    return Stretch(stretch.start, stretch.end, stretch.name, stretch.shape, ON_FOLD)


GARMENT = Garment(
    "tank",
    "Tank top",
    "Майка",
    "A knitted sleeveless top with bound neckline and armholes.",
    "The knit block of the T-shirt with straps and scooped necklines, as FreeSewing's Aaron takes "
    "it from Brian.",
    (*upper.MEASUREMENTS, "upper_arm_girth"),
    OPTIONS,
    draft,
    fabric="cotton_jersey",
    stretch=0.4,
    widen={"neck": ("neck_width", "neck_depth")},
)
