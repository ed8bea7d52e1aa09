"""A T-shirt: front, back, set-in or raglan sleeves and a rib neckband."""

from __future__ import annotations

from fitting.pattern import raglan, skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.neckband import add_neckband, rib_reach
from fitting.pattern.outline import HEM_KNIT, Stretch
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    "fit": FIT,
    "ease": terms.chest_ease(by_fit(0.08, 0.14, 0.28), per_stretch=-0.10),
    "length": terms.hem_level(1.15, -0.2, 2.5),
    "hip_ease": terms.hip_ease(by_fit(0.04, 0.08, 0.16), per_stretch=-0.05),
    "waist_shaping": terms.waist_shaping(by_fit(0.5, 0.15, 0.0)),
    "neck": terms.choice(
        "crew", ("crew", "v", "scoop"), "Shape of the neckline.", "Форма горловины."
    ),
    "neck_width": terms.neck_width(0.06, {"crew": 0.06, "v": 0.10, "scoop": 0.26}),
    "neck_depth": terms.neck_depth(0.05, {"crew": 0.05, "v": 0.55, "scoop": 0.5}),
    "band_width": terms.length(
        0.02, 0.006, 0.05, "Finished width of the neckband.", "Ширина бейки в готовом виде."
    ),
    "band_ratio": terms.share(
        0.88,
        0.70,
        1.0,
        "Neckband length as a share of the neckline it is stretched to.",
        "Длина бейки относительно горловины.",
    ),
    "sleeve": terms.choice("short", ("short", "long"), "Length of sleeve.", "Длина рукава."),
    "raglan": terms.flag(False, "Raglan sleeves instead of set-in ones.", "Рукав реглан."),
    "sleeve_length": terms.sleeve_length(0.38, {"short": 0.38, "long": 1.0}),
    "sleeve_ease": terms.sleeve_ease(by_fit(0.10, 0.22, 0.36), per_stretch=-0.08),
    "cuff_ease": terms.cuff_ease(0.35),
    "armhole_depth": terms.armhole_depth(by_fit(-0.04, 0.0, 0.08)),
    "cap_height": terms.cap_height(by_fit(0.72, 0.66, 0.56)),
    "cap_ease": terms.cap_ease(0.01),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the T-shirt."""
    reach = options.number("band_ratio") * rib_reach(options.stretch)
    options = upper.wide_enough(figure, options, reach=0.99 * reach)
    fit = upper.sleeved_blocks(figure, options)
    arm = upper.sleeve_outline(
        fit,
        figure,
        options,
        cuff_width=figure["wrist_girth"] * (1.0 + options.number("cuff_ease")),
        hem=HEM_KNIT,
    )
    necks = (
        fit.front.v_neck() if options.choice("neck") == "v" else fit.front.round_neck(),
        fit.back.round_neck(),
    )
    table = Assembly("tee")
    if options.flag("raglan"):
        pieces = _raglan(table, figure, options, fit, necks, arm)
    else:
        pieces = _set_in(table, figure, options, fit, necks, arm)
    add_neckband(
        table,
        figure,
        pieces,
        width=options.number("band_width"),
        ratio=options.number("band_ratio"),
        stretch=options.stretch,
        pointed=options.choice("neck") == "v",
    )
    for side in upper.SIDES:
        table.open(f"cuff.{side}", [f"sleeve.{side}/hem"])
    around = upper.hem_edges(upper.whole("front"), upper.whole("back"))
    table.open("hem", around)
    low = table.point("back/hem.L", 1.0)[1]
    return table.finish(
        {
            "bust_girth": 4 * fit.front.underarm[0],
            "hem_girth": table.length(*around),
            "back_length": fit.back.centre[1] - low,
            "armhole_girth": fit.armhole.length,
            "neckline_girth": table.length(*pieces),
            "sleeve_length": -arm[0].start[1],
            "upper_arm_girth": fit.cap.width,
            "cuff_girth": table.length("sleeve.L/hem"),
        },
        options=options.values,
    )


def _set_in(
    table: Assembly,
    figure: Figure,
    options: Options,
    fit: upper.Fitted,
    necks: tuple[Stretch, Stretch],
    arm: list[Stretch],
) -> list[str]:
    """Panels and seams with set-in sleeves; the neckline's edges in order."""
    for name, block, neck in (("front", fit.front, necks[0]), ("back", fit.back, necks[1])):
        half = [
            *upper.plain_sides(figure, options, block.underarm),
            *block.armhole(),
            block.shoulder(),
            neck,
        ]
        table.add(upper.body_panel(name, half, figure))
    table.add(*upper.sleeve_panels(figure, arm))
    front, back = upper.whole("front"), upper.whole("back")
    upper.sew_body(table, front, back)
    upper.sew_sleeves(table, front, back, fit.cap_ease)
    return ["back/neckline.R", "front/neckline.R", "front/neckline.L", "back/neckline.L"]


def _raglan(
    table: Assembly,
    figure: Figure,
    options: Options,
    fit: upper.Fitted,
    necks: tuple[Stretch, Stretch],
    arm: list[Stretch],
) -> list[str]:
    """Panels and seams with raglan sleeves; the neckline's edges in order."""
    front = raglan.cut_corner(fit.front, necks[0], raglan.NECK_SHARE_FRONT)
    back = raglan.cut_corner(fit.back, necks[1], raglan.NECK_SHARE_BACK)
    for name, block, corner in (("front", fit.front, front), ("back", fit.back, back)):
        sides = upper.plain_sides(figure, options, block.underarm)
        half = [*sides, corner.lower, corner.upper, corner.neckline]
        table.add(upper.body_panel(name, half, figure))
    table.add(*upper.sleeve_panels(figure, raglan.sleeve_outline(fit, front, back, arm)))
    for side in upper.SIDES:
        table.sew(f"front/side.{side}", f"back/side.{side}")
        table.notch(f"front/side.{side}", 0.5)
        sleeve = f"sleeve.{side}"
        for body, double in (("front", False), ("back", True)):
            for part in ("lower", "upper"):
                edge = f"{body}/raglan.{part}.{side}"
                table.sew(f"{sleeve}/raglan.{body}.{part}", edge, name="raglan")
            first, second = f"{body}/raglan.lower.{side}", f"{body}/raglan.upper.{side}"
            table.corner(first, second, double=double)
        table.sew(f"{sleeve}/dart.back", f"{sleeve}/dart.front", kind="dart", name="shoulder")
        skirts.mark_dart(table, sleeve, "dart.back", "dart.front")
        table.sew(f"{sleeve}/underarm.front", f"{sleeve}/underarm.back")
    return [
        "back/neckline.R",
        "sleeve.R/neck.back",
        "sleeve.R/neck.front",
        "front/neckline.R",
        "front/neckline.L",
        "sleeve.L/neck.front",
        "sleeve.L/neck.back",
        "back/neckline.L",
    ]


GARMENT = Garment(
    "tee",
    "T-shirt",
    "Футболка",
    "A knitted shirt with a rib neckband.",
    "Proportional knit block: chest quarters with ease, neck at a fifth of its base girth "
    "(Aldrich), armhole depth after Müller & Sohn, across lines and band ratio as in FreeSewing's "
    "Brian and Teagan; raglan by laying the shoulder corners on the cap.",
    (*upper.MEASUREMENTS, *upper.ARM),
    OPTIONS,
    draft,
    fabric="cotton_jersey",
    stretch=0.4,
    widen={"neck": ("neck_width", "neck_depth", "band_ratio")},
)
