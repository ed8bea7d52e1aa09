"""What the skirts with a waistband and a back zip share."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.pattern import skirts, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.design import Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import Stretch, opposite, panel, unfold
from fitting.pattern.placement import Side
from fitting.pattern.skirts import Quarter
from fitting.records import Pattern

MEASUREMENTS = ("waist_girth", "hip_girth", "waist_height", "hip_height")


def quarters(figure: Figure, options: Options) -> tuple[Quarter, Quarter, float]:
    """Front and back waist with darts, and the hip quarter [m]."""
    waist = figure["waist_girth"] * (1.0 + options.number("waist_ease")) / 4
    hip = figure["hip_girth"] * (1.0 + options.number("hip_ease")) / 4
    # A figure whose waist is its widest place carries that width down to the hip.
    hip = max(hip, 0.92 * waist)
    front, back, side = skirts.waists(figure, waist, hip)
    return (
        skirts.quarter(figure, front, hip - side - front, back=False),
        skirts.quarter(figure, back, hip - side - back, back=True),
        hip,
    )


def build(
    table: Assembly,
    figure: Figure,
    options: Options,
    halves: Sequence[list[Stretch]],
    *,
    hip: float,
    slit: float = 0.0,
) -> Pattern:
    """Front, back halves with a zip, and a waistband, sewn."""
    front_half, back_half = halves
    zip_end = min(figure.waist_to_hip, 0.45 * (back_half[-1].end[1] - back_half[0].start[1]))
    back_half = skirts.zipped_centre(back_half, zip_end, slit)
    low = front_half[0].start[1]
    axis = upper.centre("centre front", low, front_half[-1].end[1])
    whole = unfold(front_half, ("L", "R"))
    table.add(
        panel("front", whole, placement=skirts.place(figure), fold=axis.name, lines=(axis,)),
        panel("back.R", back_half, placement=skirts.place(figure, back=True)),
        panel("back.L", opposite(back_half), placement=skirts.place(figure, back=True)),
    )
    skirts.sew_darts(table, "front", whole)
    for side in upper.SIDES:
        skirts.sew_darts(table, f"back.{side}", back_half)
        for part in ("side.lower", "side.upper"):
            table.sew(f"front/{part}.{side}", f"back.{side}/{part}", name="side")
        table.corner(f"back.{side}/side.lower", f"back.{side}/side.upper")
    table.sew("back.R/zip", "back.L/zip", kind="closure", name="zip")
    table.sew("back.R/centre", "back.L/centre", name="centre back")
    table.corner("back.R/zip", "back.R/centre")
    names = skirts.waist_edges(back_half)
    fronts = skirts.waist_edges(front_half)
    edges = [
        *(f"back.R/{n}" for n in reversed(names)),
        *(f"front/{n}.R" for n in fronts),
        *(f"front/{n}.L" for n in reversed(fronts)),
        *(f"back.L/{n}" for n in names),
    ]
    total = table.length(*edges)
    height = options.number("band_height")
    skirts.add_waistband(table, figure, edges, height=height, start=-total / 2)
    table.open("waist", ["waistband/top"], over="hip_girth", stretch=1.0 + options.stretch)
    hem = [*(f"front/hem.{s}" for s in upper.SIDES), *(f"back.{s}/hem" for s in upper.SIDES)]
    slits = [f"back.{s}/slit" for s in upper.SIDES]
    table.open("hem", [*hem, *filter(table.has, slits)])
    return table.finish(
        {
            "waist_girth": total,
            "hip_girth": 4 * hip,
            "hem_girth": table.length(*hem),
            "length": -low + height,
        }
    )


def side_waistband(
    table: Assembly,
    figure: Figure,
    names: Sequence[str],
    options: Options,
    *,
    ratio: float = 1.0,
    opens: Side = "L",
) -> None:
    """A waistband that opens at one side, over whole front and back panels.

    Args:
        table: With the panels ``front`` and ``back``.
        figure: Whose.
        names: Waist pieces of a half, from the side to the centre.
        options: With ``band_height``.
        ratio: Band length as a share of the edges it takes.
        opens: The wearer's side at which it opens.
    """
    inwards, outwards = list(names), list(reversed(names))
    back = [*(f"back/{n}.L" for n in inwards), *(f"back/{n}.R" for n in outwards)]
    front = [*(f"front/{n}.R" for n in inwards), *(f"front/{n}.L" for n in outwards)]
    edges = [*back, *front] if opens == "L" else [*front, *back]
    half = ratio * table.length(*(f"front/{n}.L" for n in names))
    start = half - ratio * table.length(*edges) if opens == "L" else -half
    height = options.number("band_height")
    skirts.add_waistband(table, figure, edges, height=height, start=start, ratio=ratio)
    table.open("waist", ["waistband/top"], over="hip_girth", stretch=1.0 + options.stretch)
