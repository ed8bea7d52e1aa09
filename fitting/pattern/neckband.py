"""Folded rib bands around a neckline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from fitting.pattern import band, placement
from fitting.pattern.assembly import Assembly
from fitting.pattern.figure import Figure
from fitting.pattern.outline import panel

RIB_STRETCH = 0.5  # wearable stretch of 1x1 rib; chosen at the low end of what mills state


def add_neckband(
    table: Assembly,
    figure: Figure,
    pieces: Sequence[str],
    *,
    width: float,
    ratio: float,
    stretch: float,
    pointed: bool = False,
) -> None:
    """Sew a folded band around a neckline and open the neck.

    Args:
        table: With the panels.
        figure: Whose.
        pieces: Edges of the neckline from the centre back over the wearer's right, the front and
            the left back to the centre back.
        width: Finished width [m].
        ratio: Band length as a share of the neckline.
        stretch: Wearable stretch of the shell.
        pointed: The front is a V: the band is joined there, its ends slanting.
    """
    order = list(pieces)
    lengths = {p: table.length(p) for p in order}
    if pointed:
        half = len(order) // 2
        order = order[half:] + order[:half]
    named = [(_name(p), ratio * lengths[p]) for p in order]
    if pointed:
        start = -ratio * sum(lengths.values()) / 2
        outline = band.mitred(named, width, _point_angle(table, order[0]), start=start)
    else:
        # The front's middle lies on the axis, so that a mirrored body gives a mirrored band.
        outline = band.strip(named, width, start=-ratio * sum(lengths.values()) / 2)
    top = next(i for i, s in enumerate(outline) if s.name == "top")
    place = placement.neck(figure.nape_height)
    table.add(panel("neckband", outline, placement=place, fold=str(top), material="rib"))
    for piece in order:
        table.sew(
            piece,
            f"neckband/{_name(piece)}",
            ease=round((1.0 - ratio) * lengths[piece], 9),
            kind="stretch",
            name="neckline",
        )
    table.sew("neckband/end.right", "neckband/end.left", name="neckband")
    # Both strips of the fold are marked where the pieces of the neckline meet, but not at the join.
    for before, after in pairwise(order):
        first, second = sorted((before, after), key=lambda p: ("front" not in p, p))
        table.corner(f"neckband/{_name(first)}", f"neckband/{_name(second)}")
    table.open("neck", ["neckband/top"], over="head_girth", stretch=rib_reach(stretch))


def rib_reach(stretch: float) -> float:
    """How far a neckband opens for dressing, as a ratio: as the rib, and its seam, allow."""
    return 1.0 + min(RIB_STRETCH, 2.0 * max(stretch, 0.0))


def _name(edge: str) -> str:
    """``front/neckline.L`` becomes ``front.L``, ``sleeve.L/neck.back`` ``sleeve.L.back``."""
    panel_name, _, edge_name = edge.partition("/")
    return f"{panel_name}.{edge_name.split('.', 1)[1]}"


def _point_angle(table: Assembly, edge: str) -> float:
    """Angle between the neckline and the centre line at the point of the V [rad]."""
    before, at = table.approach(edge, 1.0)
    return max(0.25, math.atan2(abs(before[0] - at[0]), abs(before[1] - at[1])))
