"""Skirt halves on a waist, hip and hem, as in every skirt block (Aldrich; Beazley and Bond).

Drawn with x = 0 on the centre line and y = 0 at the waist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fitting.pattern import band, darts, placement
from fitting.pattern.assembly import Assembly, SeamKind
from fitting.pattern.figure import Figure
from fitting.pattern.outline import (
    HEM_SKIRT,
    SEAM,
    Point,
    Stretch,
    curve,
    distance,
    line,
    panel,
    toward,
)
from fitting.pattern.placement import Side
from fitting.records import Placement

SIDE_RISE = 0.006  # of the height: the waist edge is a little higher at the side, 1 cm
ZIP_SEAM = 0.019  # [m] of a centre seam with a zip: three quarters of an inch, trade practice
_FRONT_DART, _BACK_DART = 0.055, 0.078  # of the height: lengths, 9 and 13 cm
FRONT_DART_SHARE = 0.36  # of what front and back darts take together; a third, as blocks have it
_DRILL_SHORT = 0.010  # [m] of a drill hole before a dart's point; trade practice 1 cm
_LEAST_SLIT = 0.005  # [m] lower slits are sewn up
_PEGGED_HIP, _PEGGED_HEM = 0.45, 0.35  # of hip to hem: controls of a side that tapers
_WIDEST_DART = 0.021  # of the height: wider ones are made two, 3.5 cm


@dataclass(frozen=True)
class Quarter:
    """A quarter of a waist: its pieces and darts.

    Attributes:
        lengths: Sewn waist pieces from the centre [m].
        width: Of each dart [m]; 0 for none.
        depths: Of the darts from the centre [m].
    """

    lengths: tuple[float, ...]
    width: float
    depths: tuple[float, ...]

    @property
    def top(self) -> float:
        """Waist edge before the darts are sewn [m]."""
        return sum(self.lengths) + self.width * (len(self.lengths) - 1)


def waists(figure: Figure, waist: float, hip: float) -> tuple[float, float, float]:
    """How a waist is divided between front and back, and what the side takes in.

    The back darts take more than the front darts, so that with one side seam for both the front's
    waist comes out a little longer than the back's.

    Args:
        figure: Whose.
        waist, hip: Quarters [m].
    Returns:
        Sewn front and back quarter, and what the side is taken in [m]; negative where it flares.
    """
    taken = hip - waist
    side = darts.SIDE_SHARE * taken
    into_darts = 2 * (taken - side)
    if into_darts * FRONT_DART_SHARE < darts.LEAST_DART * figure.height:
        return waist, waist, taken
    shift = (0.5 - FRONT_DART_SHARE) * into_darts
    return waist + shift, waist - shift, side


def quarter(
    figure: Figure,
    waist: float,
    into_darts: float,
    *,
    back: bool,
    pieces: Sequence[float] | None = None,
) -> Quarter:
    """A quarter's waist pieces and darts.

    Args:
        figure: Whose.
        waist: Sewn quarter [m].
        into_darts: Taken by its darts together [m].
        back: Back darts are longer.
        pieces: Waist pieces to keep, where a bodice is sewn on: a dart between each two.
    """
    height = figure.height
    count = 0
    if into_darts > 1e-6:
        count = 2 if into_darts > _WIDEST_DART * height else 1
    lengths = tuple(pieces or darts.pieces(waist, count, 0.45 * waist))
    deep = (_BACK_DART if back else _FRONT_DART) * height
    width = into_darts / (len(lengths) - 1) if count else 0.0
    return Quarter(lengths, width, (deep, 0.85 * deep))


def half(
    waist: Quarter,
    figure: Figure,
    *,
    hip: float,
    hem: float,
    length: float,
    hem_allowance: float = HEM_SKIRT,
) -> list[Stretch]:
    """Half of a front or back at x >= 0, from the hem's centre to the waist's.

    Args:
        waist: Waist and darts.
        figure: Whose.
        hip, hem: Half widths of the panel [m].
        length: Waist to hem [m].
        hem_allowance: [m].
    Returns:
        ``hem, side.lower, side.upper``, then the waist from the side: ``waist.1`` is next to
        the side.
    """
    down = min(figure.waist_to_hip, 0.8 * length)
    rise = SIDE_RISE * figure.height
    top: Point = (_beside(waist.top, rise), rise)
    at_hip: Point = (max(hip, 0.0), -down)
    foot: Point = (hem, -length)
    below = length - down
    if foot[0] < at_hip[0]:
        # Thighs together are about as wide as the hips: a narrow skirt keeps their width a while.
        slope = 0.0
        lower = curve(
            foot,
            (0.5 * (foot[0] + at_hip[0]), -length + _PEGGED_HEM * below),
            (at_hip[0], -down - _PEGGED_HIP * below),
            at_hip,
            "side.lower",
        )
    else:
        slope = (at_hip[0] - foot[0]) / below
        lower = line(foot, at_hip, "side.lower")
    upper = curve(
        at_hip,
        (at_hip[0] + slope * 0.35 * down, -down + 0.35 * down),
        (top[0] + 0.30 * (at_hip[0] - top[0]), rise - 0.38 * (down + rise)),
        top,
        "side.upper",
    )
    count = len(waist.lengths) - 1
    edge = darts.waist_line(
        top, (0.0, 0.0), waist.lengths[::-1], waist.width, waist.depths[:count][::-1]
    )
    return [
        line((0.0, -length), foot, "hem", hem_allowance),
        lower,
        upper,
        *edge,
    ]


def _beside(length: float, rise: float) -> float:
    """Horizontal run of a slanting edge [m]."""
    return float(max(0.0, length**2 - rise**2) ** 0.5)


def zipped_centre(half_: Sequence[Stretch], zip_end: float, slit: float) -> list[Stretch]:
    """A half closed by a centre seam: ``zip``, ``centre`` and, if any, ``slit`` from the top down.

    Args:
        half_: From the hem's centre to the waist's.
        zip_end: Depth of the zip below the waist [m].
        slit: Height of the open slit above the hem [m].
    """
    top, low = half_[-1].end[1], half_[0].start[1]
    out = [*half_]
    stops = [(0.0, top), (0.0, top - zip_end)]
    names = ["zip"]
    if slit > _LEAST_SLIT:
        stops.append((0.0, low + slit))
        names.append("centre")
        names.append("slit")
    else:
        names.append("centre")
    stops.append((0.0, low))
    for name, a, b in zip(names, stops, stops[1:], strict=False):
        out.append(line(a, b, name, ZIP_SEAM))
    return out


def zipped_side(whole: Sequence[Stretch], length: float, side: Side = "L") -> list[Stretch]:
    """A whole panel one side of which is divided into ``zip`` above and the rest below."""
    out: list[Stretch] = []
    name = f"side.{side}"
    for s in whole:
        if s.name != name:
            out.append(s)
        elif s.start[1] < s.end[1]:
            out += s.split(1.0 - length / s.length, name, "zip")
        else:
            out += s.split(length / s.length, "zip", name)
    return out


def place(
    figure: Figure, *, back: bool = False, wrap: bool = True, level: float | None = None
) -> Placement:
    """A skirt panel before or behind the body, its waist at the body's.

    Args:
        figure: Whose.
        back: Behind.
        wrap: Bend it around the hips; a full circle is better left flat.
        level: Height of its waist, if it hangs from a bodice [m].
    """
    height = figure["waist_height"] if level is None else level
    part = "hips" if wrap else ""
    return placement.back(height, part) if back else placement.front(height, part)


def waist_edges(outline: Sequence[Stretch]) -> list[str]:
    """Names of the waist pieces of an outline in its order."""
    return [s.name for s in outline if s.name.startswith("waist")]


def sew_darts(table: Assembly, panel_name: str, outline: Sequence[Stretch]) -> None:
    """Sew the darts of a panel."""
    legs = [s.name for s in outline if s.name.startswith("dart.") and ".a" in s.name]
    for leg in legs:
        other = leg.replace(".a", ".b", 1)
        table.sew(f"{panel_name}/{leg}", f"{panel_name}/{other}", kind="dart", name="dart")
        mark_dart(table, panel_name, leg, other)


def mark_dart(table: Assembly, panel_name: str, leg: str, other: str) -> None:
    """The drill hole of a dart: on its middle, short of its point, so that no hole shows.

    Args:
        table: With the panel.
        panel_name: Whose dart.
        leg, other: Its legs.
    """
    edges = (f"{panel_name}/{leg}", f"{panel_name}/{other}")
    # On the mirrored half the first leg runs out of the point.
    inwards = distance(table.point(edges[0], 1.0), table.point(edges[1], 0.0)) < 1e-8
    ends = (1.0, 0.0) if inwards else (0.0, 1.0)
    short = min(_DRILL_SHORT, 0.3 * table.length(edges[0]))
    back = short / table.length(edges[0])
    tip = table.point(edges[0], ends[0])
    a, b = (table.point(e, abs(f - back)) for e, f in zip(edges, ends, strict=True))
    middle: Point = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    table.mark(panel_name, drills=[toward(tip, middle, short / distance(tip, middle))])


def add_waistband(
    table: Assembly,
    figure: Figure,
    edges: Sequence[str],
    *,
    height: float,
    start: float,
    ratio: float = 1.0,
    behind: bool = False,
    closed: bool = False,
    underlap: float = 0.03,
    level: float | None = None,
) -> None:
    """A folded waistband above waist edges.

    Args:
        table: With the panels.
        figure: Whose.
        edges: Waist edges around the body as seen from outside, left to right.
        height: Finished [m].
        start: x of its left end [m], so that x = 0 is at the centre front or, if behind, back.
        ratio: Band length as a share of the edges; under 1 they are gathered or stretched.
        behind: The band is placed from the back, its opening in front.
        closed: Its ends are sewn; else they close with a hook or button.
        underlap: Cut on at the left end where it closes [m].
        level: Height above the floor of its seam [m]; the body's waist if not given.
    """
    pieces = [(_piece_name(e), ratio * table.length(e)) for e in edges]
    outline = band.strip(pieces, height, start=start, allowance=SEAM)
    if not closed:
        outline = [
            Stretch(s.start, s.end, s.name, s.shape, SEAM + underlap) if s.name == "end.left" else s
            for s in outline
        ]
    top = next(i for i, s in enumerate(outline) if s.name == "top")
    at = figure["waist_height"] if level is None else level
    where = placement.back(at, "hips") if behind else placement.front(at, "hips")
    table.add(panel("waistband", outline, placement=where, fold=str(top)))
    for edge, (name, length) in zip(edges, pieces, strict=True):
        more = table.length(edge) - length
        kind: SeamKind = "gather" if ratio < 1.0 else "seam"
        table.sew(edge, f"waistband/{name}", ease=more, kind=kind, name="waist")
    # Panels, centres and darts meet the band at its notches.
    for (before, _), (after, _) in pairwise(pieces):
        table.corner(f"waistband/{before}", f"waistband/{after}")
        table.notch(f"waistband/{after}", 0.0)
    if not closed:  # an elastic needs no stiffening
        table.fuse("waistband")
    kind = "seam" if closed else "closure"
    table.sew("waistband/end.right", "waistband/end.left", kind=kind, name="waistband")


def _piece_name(edge: str) -> str:
    return edge.replace("/", " ")
