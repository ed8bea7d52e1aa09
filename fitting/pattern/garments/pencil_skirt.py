"""A pencil skirt with darts, a zip and a slit at the centre back, and a waistband."""

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
    "hip_ease": terms.hip_ease(by_fit(0.04, 0.06, 0.09), per_stretch=-0.15, low=-0.05),
    "length": terms.skirt_length(0.58, 0.30, 0.80),
    "hem_taper": terms.share(
        0.06, 0.0, 0.18, "Hem narrower than the hip, as a share.", "Заужение к низу."
    ),
    "slit": terms.share(
        0.22, 0.0, 0.45, "Height of the back slit, as a share of the length.", "Высота шлицы."
    ),
    "band_height": terms.length(
        0.035, 0.015, 0.08, "Finished height of the waistband.", "Ширина пояса."
    ),
}


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the skirt."""
    front, back, hip = quarters(figure, options)
    length = options.number("length") * figure["waist_height"]
    hem = hip * (1.0 - options.number("hem_taper"))
    halves = [skirts.half(q, figure, hip=hip, hem=hem, length=length) for q in (front, back)]
    table = Assembly("pencil_skirt")
    return build(table, figure, options, halves, hip=hip, slit=options.number("slit") * length)


GARMENT = Garment(
    "pencil_skirt",
    "Pencil skirt",
    "Юбка-карандаш",
    "A narrow skirt with darts, back zip, slit and waistband.",
    "Skirt block after Aldrich and Beazley and Bond: hip and waist quarters, two thirds of the "
    "difference in darts, taper from the hip as in FreeSewing's Penelope.",
    MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="wool_suiting",
    stretch=0.03,
    widen={"waist": ("waist_ease", "hip_ease")},
)
