"""A pleated or gathered skirt of straight widths, with a zip in the left side and a waistband."""

from __future__ import annotations

from fitting.pattern import skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.skirt_parts import side_waistband
from fitting.pattern.outline import HEM_SKIRT, line, panel, unfold
from fitting.pattern.placement import Side
from fitting.pattern.terms import by_fit
from fitting.records import InternalLine, Pattern

# Girth of the straight widths as a multiple of the hip, at least; pleats leave that much closed.
_HIP_EASE = 1.06
# Intake of a pleat that is worth pressing down to the hem [m]: two layers of 6 mm.
_SHALLOWEST = 0.012
_TAPER = 6  # straight pieces of the curve along which pleats deepen from the hip to the waist

OPTIONS = {
    "fit": FIT,
    "style": terms.choice(
        "pleats",
        ("pleats", "gathers"),
        "Fullness laid in knife pleats or gathered.",
        "Складки или сборка.",
    ),
    "fullness": terms.share(
        2.0,
        1.25,
        3.0,
        "Cloth at the waist as a multiple of the waist.",
        "Ширина полотна относительно талии.",
    ),
    "pleats": terms.count(
        8, 3, 20, "Pleats in each of front and back.", "Складок на переднем и заднем полотнище."
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
        0.035, 0.015, 0.08, "Finished height of the waistband.", "Ширина пояса."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the skirt."""
    waist = figure["waist_girth"] * (1.0 + options.number("waist_ease"))
    # Straight widths must go round the hip with a little ease before they are full at the waist.
    cloth = max(options.number("fullness") * waist, _HIP_EASE * figure["hip_girth"])
    length = options.number("length") * figure["waist_height"]
    quarter = cloth / 4
    half = [
        line((0.0, -length), (quarter, -length), "hem", HEM_SKIRT),
        line((quarter, -length), (quarter, 0.0), "side"),
        line((quarter, 0.0), (0.0, 0.0), "waist"),
    ]
    table = Assembly("pleated_skirt")
    zip_end = min(1.1 * figure.waist_to_hip, 0.6 * length)
    opens: Side = "R" if options.choice("opening") == "right" else "L"
    for name, sides in (("front", ("L", "R")), ("back", ("R", "L"))):
        whole = skirts.zipped_side(unfold(half, sides), zip_end, opens)
        axis = upper.centre(f"centre {name}", -length, 0.0)
        marks = _pleats(figure, options, quarter, waist / 4, -length)
        place = skirts.place(figure, back=name == "back")
        lines = (axis, *marks)
        table.add(panel(name, whole, placement=place, fold=axis.name, lines=lines))
    table.sew("front/side.L", "back/side.L")
    table.sew("front/side.R", "back/side.R")
    table.sew("front/zip", "back/zip", kind="closure", name="zip")
    table.corner("front/zip", f"front/side.{opens}")
    side_waistband(table, figure, ["waist"], options, ratio=waist / cloth, opens=opens)
    hem = [f"{p}/hem.{s}" for p in ("front", "back") for s in upper.SIDES]
    table.open("hem", hem)
    return table.finish(
        {
            "waist_girth": table.length("waistband/top"),
            "hip_girth": cloth,
            "hem_girth": table.length(*hem),
            "length": length + options.number("band_height"),
        }
    )


def _pleats(
    figure: Figure, options: Options, quarter: float, waist: float, hem: float
) -> list[InternalLine]:
    """Fold and meeting lines of knife pleats across a width of twice the quarter, down to the hem.

    From the hip on they run down the grain. Above they deepen to what the waist is narrower, as
    tailors taper them. Where the cloth hardly goes round the hip, only tucks are marked at the top.
    """
    if options.choice("style") != "pleats":
        return []
    count = int(options.number("pleats"))
    step = 2 * quarter / count
    hip = max(_HIP_EASE * figure["hip_girth"] / 4, waist)
    # A hip is round: half way down it is already nearer to its width than to the waist's.
    down = [k / _TAPER for k in range(_TAPER + 1)]
    levels = [(-t * figure.waist_to_hip, 1 - (1 - t) ** 2) for t in down] + [(hem, 1.0)]
    if 2 * (quarter - hip) / count < _SHALLOWEST:
        levels = [(0.0, 0.0), (-0.08, 0.0)]
    out = []
    for i in range(count):
        middle = -quarter + (i + 0.5) * step
        for name, side in (("pleat fold", -0.5), ("pleat meets", 0.5)):
            points = [
                (middle + side * (step - 2 * (waist + share * (hip - waist)) / count), y)
                for y, share in levels
            ]
            out.append(InternalLine(name, tuple(points)))
    return out


GARMENT = Garment(
    "pleated_skirt",
    "Pleated or gathered skirt",
    "Юбка в складку или со сборкой",
    "Straight widths, pleated or gathered into a waistband.",
    "Straight widths after Aldrich; fullness as a multiple of the waist, knife pleats evenly laid.",
    ("waist_girth", "hip_girth", "waist_height", "hip_height"),
    OPTIONS,
    draft,
    fabric="poplin",
    stretch=0.03,
    widen={"waist": ("waist_ease",)},
)
