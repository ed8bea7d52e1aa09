"""What dresses, blouse and jumpsuit share: a fitted or semi-fitted body with bust darts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fitting.pattern import darts, facing, placement, skirts, terms, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.bodice import Block, block
from fitting.pattern.design import FIT, Option, Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import SEAM, Stretch, distance, line, opposite, panel, unfold
from fitting.pattern.sleeve import Cap
from fitting.pattern.terms import by_fit

MEASUREMENTS = (*upper.MEASUREMENTS, *upper.ARM, *darts.MEASUREMENTS)
_WAIST_TIP = 0.015  # of the height: waist darts end that far below the bust points, 2.5 cm
_BACK_TIP = 0.78  # of the underarm's height over the waist


def body_options(sleeve: str, ease: tuple[float, float, float]) -> dict[str, Option]:
    """Options of the upper part."""
    return {
        "fit": FIT,
        "ease": terms.chest_ease(by_fit(*ease), per_stretch=-0.12, low=-0.04),
        "neck_width": terms.neck_width(0.14),
        "neck_depth": terms.neck_depth(0.12),
        "armhole_depth": terms.armhole_depth(by_fit(-0.06, -0.03, 0.03)),
        "sleeve": terms.choice(
            sleeve, ("none", "short", "long"), "Length of sleeve.", "Длина рукава."
        ),
        "sleeve_length": terms.sleeve_length(0.36, {"none": 0.36, "short": 0.36, "long": 1.0}),
        "sleeve_ease": terms.sleeve_ease(by_fit(0.10, 0.16, 0.26)),
        "cap_height": terms.cap_height(by_fit(0.76, 0.72, 0.62)),
        "cap_ease": terms.cap_ease(0.03),
        "cuff_ease": terms.cuff_ease(0.45),
    }


@dataclass(frozen=True)
class Body:
    """Front and back blocks, and the cap if there are sleeves."""

    front: Block
    back: Block
    cap: Cap | None
    fit: upper.Fitted | None


def body(figure: Figure, options: Options) -> Body:
    """Blocks of the upper part, with or without sleeves."""
    if options.choice("sleeve") == "none":
        # Without sleeves the shoulder is a little narrower, so that the armhole clears the arm.
        front, back = upper.plain_cuts(figure, options, strap=0.94)
        return Body(block(front), block(back), None, None)
    fit = upper.sleeved_blocks(figure, options)
    return Body(fit.front, fit.back, fit.cap, fit)


@dataclass(frozen=True)
class Bodice:
    """A fitted bodice down to the waist.

    Attributes:
        front, back: Halves from the waist's centre up to the neck's.
        front_pieces, back_pieces: Sewn waist pieces from the centre [m].
    """

    front: list[Stretch]
    back: list[Stretch]
    front_pieces: tuple[float, ...]
    back_pieces: tuple[float, ...]


def bodice(figure: Figure, made: Body, front_waist: float, back_waist: float) -> Bodice:
    """A bodice fitted to sewn waist quarters with waist and bust darts.

    Args:
        figure: Whose.
        made: Blocks.
        front_waist, back_waist: Sewn waist quarters [m].
    """
    taken, front_dart, _ = darts.sides(figure, made.front, front_waist, back_waist)
    underarm = made.back.underarm
    side = line((underarm[0] - taken, 0.0), underarm, "side")
    cut = darts.side_dart(figure, side)
    bust = figure["bust_point_distance"] / 2
    front_first = max(0.25 * front_waist, bust - front_dart / 2)
    front_pieces = tuple(darts.pieces(front_waist, 1, front_first))
    back_pieces = tuple(darts.pieces(back_waist, 1, 0.45 * back_waist))
    end = (side.start[0] - cut.inwards, side.start[1] - cut.drop)
    deep = min(0.85 * underarm[1], darts.bust_level(figure) - _WAIST_TIP * figure.height)
    deep = min(deep, darts.below(figure, cut, front_first + front_dart))
    front = [
        *_waist((0.0, -cut.drop), end, front_pieces, max(0.03 * figure.height, deep + cut.drop)),
        *cut.front,
        *made.front.armhole(),
        made.front.shoulder(),
        made.front.round_neck(),
    ]
    back = [
        *_waist((0.0, 0.0), side.start, back_pieces, _BACK_TIP * underarm[1]),
        *cut.back,
        *made.back.armhole(),
        made.back.shoulder(),
        made.back.round_neck(),
    ]
    return Bodice(front, back, front_pieces, back_pieces)


def _waist(
    start: tuple[float, float], end: tuple[float, float], pieces: Sequence[float], deep: float
) -> list[Stretch]:
    """A waist edge; where there is no room for a dart its pieces share what there is."""
    room = end[0] - start[0]
    width = room - sum(pieces)
    if width <= 1e-4:
        pieces = [p * room / sum(pieces) for p in pieces]
        width = 0.0
    return darts.waist_line(start, end, pieces, width, [deep] * (len(pieces) - 1))


# ---- panels and seams ----------------------------------------------------------------------------


def add_upper(
    table: Assembly,
    figure: Figure,
    front: Sequence[Stretch],
    back: Sequence[Stretch],
    *,
    name: str = "",
    zip_to: float = 0.0,
) -> None:
    """A whole front and two back halves with a zip, darts sewn.

    Args:
        table: Where they go.
        figure: Whose.
        front, back: Halves from their foot to the neck.
        name: Put before the panel names.
        zip_to: Height at which the zip ends and the centre seam begins [m]; the foot or lower for
            a zip all the way.
    """
    height = upper.torso_height(figure)
    foot, top = front[0].start[1], front[-1].end[1]
    axis = upper.centre("centre front", foot, top)
    whole = unfold(front, ("L", "R"))
    table.add(
        panel(
            f"{name}front",
            whole,
            placement=placement.front(height),
            fold=axis.name,
            lines=(axis,),
        )
    )
    low, neck = back[0].start[1], back[-1].end[1]
    closing = [line((0.0, neck), (0.0, max(low, zip_to)), "zip", skirts.ZIP_SEAM)]
    if zip_to > low + 1e-3:
        closing.append(line((0.0, zip_to), (0.0, low), "centre", skirts.ZIP_SEAM))
    half = [*back, *closing]
    place = placement.back(height)
    table.add(
        panel(f"{name}back.R", half, placement=place),
        panel(f"{name}back.L", opposite(half), placement=place),
    )
    _sew_all_darts(table, f"{name}front", whole)
    for side in upper.SIDES:
        _sew_all_darts(table, f"{name}back.{side}", half)
    table.sew(f"{name}back.R/zip", f"{name}back.L/zip", kind="closure", name="zip")
    if len(closing) == 2:
        table.sew(f"{name}back.R/centre", f"{name}back.L/centre", name="centre back")
        table.corner(f"{name}back.R/zip", f"{name}back.R/centre")


def _sew_all_darts(table: Assembly, panel_name: str, outline: Sequence[Stretch]) -> None:
    skirts.sew_darts(table, panel_name, outline)
    names = [s.name for s in outline]
    for name in names:
        if name.startswith("bust dart.lower"):
            other = name.replace("lower", "upper")
            table.sew(f"{panel_name}/{name}", f"{panel_name}/{other}", kind="dart", name="dart")
            skirts.mark_dart(table, panel_name, name, other)
        if name.startswith("hem dart.a"):
            other = name.replace("dart.a", "dart.b")
            table.sew(f"{panel_name}/{name}", f"{panel_name}/{other}", kind="dart", name="dart")
            skirts.mark_dart(table, panel_name, name, other)


def sew_upper(table: Assembly, name: str = "") -> tuple[upper.EdgeName, upper.EdgeName]:
    """Sew shoulders and sides of what `add_upper` added; the edge names of front and back."""
    front, back = upper.whole(f"{name}front"), upper.split(f"{name}back")
    for side in upper.SIDES:
        table.sew(front("shoulder", side), back("shoulder", side))
        for part in ("side.lower", "side.upper"):
            table.sew(front(part, side), back(part, side), name="side")
        table.corner(back("side.lower", side), back("side.upper", side))
    return front, back


def finish_arms(
    table: Assembly,
    figure: Figure,
    options: Options,
    made: Body,
    front: upper.EdgeName,
    back: upper.EdgeName,
) -> dict[str, float]:
    """Set the sleeves in, or bind the armholes; finished measurements of the arm [m]."""
    if made.fit is None:
        hole = 0.0
        for side in upper.SIDES:
            edges = upper.armhole_edges(front, back, side)
            table.open(f"armhole.{side}", edges, over="upper_arm_girth")
            hole = table.length(*edges)
        table.add(facing.binding("armhole binding", hole, cut=2))
        return {"armhole_girth": hole}
    arm = upper.sleeve_outline(
        made.fit,
        figure,
        options,
        cuff_width=figure["wrist_girth"] * (1.0 + options.number("cuff_ease")),
        hem=2 * SEAM,
    )
    table.add(*upper.sleeve_panels(figure, arm))
    upper.sew_sleeves(table, front, back, made.fit.cap_ease)
    for side in upper.SIDES:
        table.open(f"cuff.{side}", [f"sleeve.{side}/hem"])
    return {
        "armhole_girth": made.fit.armhole.length,
        "sleeve_length": -arm[0].start[1],
        "upper_arm_girth": made.fit.cap.width,
        "cuff_girth": table.length("sleeve.L/hem"),
    }


def finish_neck(table: Assembly, made: Body, front: upper.EdgeName, back: upper.EdgeName) -> float:
    """Name the neck opening and add its facings; the neckline's length [m]."""
    edges = [n("neckline", s) for n in (front, back) for s in upper.SIDES]
    table.open("neck", edges, over="head_girth")
    table.add(
        facing.neck_facing("front facing", made.front, made.front.round_neck()),
        facing.neck_facing("back facing", made.back, made.back.round_neck()),
    )
    table.fuse("front facing", "back facing")
    return table.length(*edges)


def _nearer_end(table: Assembly, edge: str, other: str) -> float:
    """The end of an edge, as a fraction, that lies nearer to another edge's middle."""
    middle = table.point(other, 0.5)
    return min((0.0, 1.0), key=lambda f: distance(table.point(edge, f), middle))


def sew_waist(
    table: Assembly, above: Sequence[tuple[str, int]], below: Sequence[tuple[str, int]]
) -> None:
    """Sew waist pieces of a bodice to those of a skirt or trousers.

    Args:
        table: With the panels.
        above, below: Edge name with ``{}`` for the piece's number, and how many pieces; above
            they are numbered from the centre, below from the side.
    """
    for (upper_edge, count), (lower_edge, _) in zip(above, below, strict=True):
        for i in range(1, count + 1):
            a, b = upper_edge.format(i), lower_edge.format(count + 1 - i)
            more = table.length(a) - table.length(b)
            ease = more if abs(more) > 1e-6 else 0.0
            table.sew(a, b, ease=ease, kind="ease" if ease else "seam", name="waist")
        for i in range(1, count):
            # Both mouths of the darts are marked, above and below.
            for edge, other in ((i, i + 1), (i + 1, i)):
                here, there = upper_edge.format(edge), upper_edge.format(other)
                table.notch(here, _nearer_end(table, here, there))
