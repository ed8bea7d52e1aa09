"""Shorts: the trouser block cut off above the knee, with an elastic or a fly waistband."""

from __future__ import annotations

from dataclasses import replace

from fitting.pattern import legs, skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import FIT, Garment, Options
from fitting.pattern.figure import Figure
from fitting.pattern.garments.leg_parts import hem_openings, sew_legs, waist_around
from fitting.pattern.garments.trousers import measured
from fitting.pattern.outline import HEM_SKIRT
from fitting.pattern.terms import by_fit
from fitting.records import Pattern

OPTIONS = {
    "fit": FIT,
    "waist": terms.choice(
        "elastic", ("elastic", "fly"), "How the waist closes.", "Пояс на резинке или с молнией."
    ),
    "waist_ease": terms.waist_ease(by_fit(0.0, 0.01, 0.03), low=-0.06, high=0.2),
    "hip_ease": terms.hip_ease(by_fit(0.06, 0.11, 0.18), per_stretch=-0.15, low=0.0),
    "rise": terms.share(
        0.88,
        0.55,
        1.0,
        "Where the waistband's top lies: 1 at the waist, 0 at the hip.",
        "Посадка: 1 на талии, 0 на бёдрах.",
    ),
    "inseam": terms.share(
        0.24,
        0.06,
        0.45,
        "Inseam as a share of the inside leg length.",
        "Длина шагового шва, доля внутренней длины ноги.",
    ),
    "thigh_ease": terms.share(
        0.12, 0.03, 0.5, "Hem beyond the thigh's girth, as a share.", "Прибавка по бедру."
    ),
    "crotch_ease": terms.share(
        0.10, 0.0, 0.15, "Crotch deeper than the body's, as a share.", "Прибавка к высоте сидения."
    ),
    "band_height": terms.length(
        0.035, 0.015, 0.08, "Finished height of the waistband.", "Ширина пояса."
    ),
}

_CROTCH_SHARE = 0.44  # of the front at the crotch line, by the forks of the block


def draft(figure: Figure, options: Options) -> Pattern:
    """Draft the shorts."""
    band = options.number("band_height")
    elastic = options.choice("waist") == "elastic"
    leg = _leg(figure, options, band, elastic)
    front = legs.front(figure, leg)
    back = legs.back(figure, leg, front)
    table = Assembly("shorts")
    table.add(*legs.panels(figure, front, back))
    sew_legs(table, front, back)
    fly = "seam" if elastic else "closure"
    table.sew("front.L/fly", "front.R/fly", kind=fly, name="fly")  # type: ignore[arg-type]
    table.sew("front.L/crotch", "front.R/crotch", name="crotch")
    table.sew("back.L/seat", "back.R/seat", name="centre back")
    table.sew("back.L/crotch", "back.R/crotch", name="crotch")
    table.corner("front.L/fly", "front.L/crotch")
    table.corner("back.L/seat", "back.L/crotch", double=True)
    edges = waist_around(front, back, from_front=True)
    cloth = table.length(*edges)
    level = min(0.9, -leg.top / figure.waist_to_hip)
    body = upper.body_girth(figure, level) * (1.0 + options.number("waist_ease"))
    ratio = min(1.0, body / cloth) if elastic else 1.0
    skirts.add_waistband(
        table,
        figure,
        edges,
        height=band,
        start=-ratio * cloth / 2,
        ratio=ratio,
        behind=True,
        closed=elastic,
        level=figure["waist_height"] + leg.top,
    )
    # An elastic band stretches to the cloth gathered on it.
    stretch = (1.0 + options.stretch) / ratio
    table.open("waist", ["waistband/top"], over="hip_girth", stretch=stretch)
    hem_openings(table)
    return table.finish(measured(table, front, back, leg, band, ratio * cloth))


def _leg(figure: Figure, options: Options, band: float, elastic: bool) -> legs.Leg:
    hip = figure["hip_girth"] * (1.0 + options.number("hip_ease")) / 4
    drop = (1.0 - options.number("rise")) * figure.waist_to_hip + band
    drop = min(drop, 0.75 * figure.waist_to_hip)
    level = min(0.9, drop / figure.waist_to_hip)
    girth = upper.body_girth(figure, level) * (1.0 + options.number("waist_ease"))
    hip = max(hip, 0.93 * girth / 4)
    front, back, _ = skirts.waists(figure, girth / 4, hip)
    if elastic:
        front = back = max(0.97 * hip, girth / 4)
    inseam = options.number("inseam") * figure["inside_leg_length"]
    y = legs.levels(figure, options.number("crotch_ease"), 1.0)
    hem = y.crotch - inseam
    # At the crotch the back is the wider by its fork, at the knee hardly.
    down = min(1.0, (y.crotch - hem) / (y.crotch - y.knee))
    fork = legs.fork_for(figure, hip, 0.06)
    thigh = figure["thigh_girth"] * (1.0 + options.number("thigh_ease"))
    # A short leg cannot be much narrower than the crotch line just above it.
    thigh = max(thigh, (0.95 - 0.8 * down) * legs.crotch_width(hip, fork))
    leg = legs.Leg(
        waist_front=front,
        waist_back=back,
        top=-drop,
        hip=hip,
        y=y,
        knee=thigh,
        hem=thigh,
        fork=fork,
        crotch=figure["crotch_length"] * 1.03 - 2 * drop,
        shaped=not elastic,
        hem_allowance=HEM_SKIRT,
    )
    share = _CROTCH_SHARE + down * (leg.front_share - _CROTCH_SHARE)
    return replace(leg, y=replace(y, hem=hem, knee=hem), front_share=share)


GARMENT = Garment(
    "shorts",
    "Shorts",
    "Шорты",
    "Shorts with an elastic waist or a fly.",
    "The trouser block of Aldrich and FreeSewing's Titan, cut off above the knee.",
    legs.MEASUREMENTS,
    OPTIONS,
    draft,
    fabric="twill",
    stretch=0.03,
    widen={"waist": ("waist_ease", "hip_ease")},
)
