"""An A-line skirt with a zip at the centre back and a waistband."""

from __future__ import annotations

from fitting.pattern import skirts, terms
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.skirt_parts import MEASUREMENTS, build, quarters
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    "fit": FIT,
    "waist_ease": terms.waist_ease(by_fit(0.01, 0.02, 0.04), low=-0.05, high=0.2),
    "hip_ease": terms.hip_ease(by_fit(0.04, 0.06, 0.10), per_stretch=-0.15, low=-0.03),
    "length": terms.skirt_length(0.56),
    "flare": terms.share(
        0.30, 0.0, 1.0, "Hem wider than the hip, as a share.", "Расширение к низу, доля."
    ),
    "band_height": terms.length(
        0.035, 0.015, 0.08, "Finished height of the waistband.", "Ширина пояса."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the skirt."""
    front, back, hip = quarters(figure, options)
    length = options.number("length") * figure["waist_height"]
    # The flare is told for a knee-length skirt; shorter ones keep the slope of their sides.
    down = min(1.0, length / (0.57 * figure["waist_height"]))
    hem = hip * (1.0 + options.number("flare") * down)
    halves = [skirts.half(q, figure, hip=hip, hem=hem, length=length) for q in (front, back)]
    return build(Assembly("a_line_skirt"), figure, options, halves, hip=hip)


GARMENT = Garment(
    "a_line_skirt",
    "A-line skirt",
    "Юбка-трапеция",
    "A skirt that widens from the hip, with back zip and waistband.",
    "Skirt block after Aldrich and Beazley and Bond, flared at the side.",
    MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="twill",
    stretch=0.03,
    widen={"waist": ("waist_ease", "hip_ease")},
)
