"""A circle skirt: quarter, half or full, with a zip in the left side and a waistband."""

from __future__ import annotations

import math

from fitting.pattern import skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.skirt_parts import side_waistband
from fitting.pattern.outline import Point, Stretch, arc, line, panel, unfold
from fitting.pattern.placement import Side
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    "fit": FIT,
    "circle": terms.choice(
        "half",
        ("quarter", "half", "full"),
        "How much of a circle the skirt is.",
        "Какая часть круга: четверть, половина, полный.",
    ),
    "waist_ease": terms.waist_ease(by_fit(0.0, 0.015, 0.03), low=-0.05, high=0.2),
    "length": terms.skirt_length(0.52),
    "opening": terms.choice(
        "left",
        ("left", "right"),
        "Side of the wearer at which it opens.",
        "Сторона застёжки: левая или правая.",
    ),
    "band_height": terms.length(
        0.03, 0.015, 0.08, "Finished height of the waistband.", "Ширина пояса."
    ),
}
_TURN = {"quarter": math.pi / 2, "half": math.pi, "full": 2 * math.pi}
_HEM = 0.012  # [m] narrow hem: a wide one does not lie on the curve; usual practice


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the skirt."""
    waist = figure["waist_girth"] * (1.0 + options.number("waist_ease"))
    angle = _TURN[options.choice("circle")]
    radius = waist / angle
    length = options.number("length") * figure["waist_height"]
    half = _sector(radius, length, angle / 4)
    table = Assembly("circle_skirt")
    zip_end = min(1.1 * figure.waist_to_hip, 0.6 * length)
    opens: Side = "R" if options.choice("opening") == "right" else "L"
    for name, sides in (("front", ("L", "R")), ("back", ("R", "L"))):
        whole = skirts.zipped_side(unfold(half, sides), zip_end, opens)
        axis = upper.centre(f"centre {name}", -length, 0.0)
        place = skirts.place(figure, back=name == "back", wrap=angle < 4.0)
        table.add(panel(name, whole, placement=place, fold=axis.name, lines=(axis,)))
    table.sew("front/side.L", "back/side.L")
    table.sew("front/side.R", "back/side.R")
    table.sew("front/zip", "back/zip", kind="closure", name="zip")
    table.corner("front/zip", f"front/side.{opens}")
    side_waistband(table, figure, ["waist"], options, opens=opens)
    hem = [f"{p}/hem.{s}" for p in ("front", "back") for s in upper.SIDES]
    table.open("hem", hem)
    return table.finish(
        {
            "waist_girth": table.length(*(e.replace("hem", "waist") for e in hem)),
            "hem_girth": table.length(*hem),
            "length": length + options.number("band_height"),
        }
    )


def _sector(radius: float, length: float, angle: float) -> list[Stretch]:
    """Half a panel: a ring's sector of an angle [rad] with its waist's middle at the origin."""

    def on(r: float, a: float) -> Point:
        return r * math.sin(a), radius - r * math.cos(a)

    foot, top = on(radius + length, angle), on(radius, angle)
    return [
        arc((0.0, -length), foot, radius + length, "hem", left=True, allowance=_HEM),
        line(foot, top, "side"),
        arc(top, (0.0, 0.0), radius, "waist", left=False),
    ]


GARMENT = Garment(
    "circle_skirt",
    "Circle skirt",
    "Юбка-солнце",
    "A quarter, half or full circle with a side zip and waistband.",
    "Geometry of the circle: waist radius is the waist over the angle, as in FreeSewing's Sandy.",
    ("waist_girth", "hip_girth", "waist_height", "hip_height"),
    OPTIONS,
    draft,
    fabric="viscose_crepe",
    stretch=0.03,
    widen={"waist": ("waist_ease",)},
)
