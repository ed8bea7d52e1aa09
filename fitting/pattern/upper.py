"""What garments of the upper body share: blocks that take a sleeve, and joining the pieces."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fitting.errors import BadOption
from fitting.pattern import bodice, placement, sleeve
from fitting.pattern.assembly import Assembly, SeamKind
from fitting.pattern.bodice import Block, Cut
from fitting.pattern.design import Options
from fitting.pattern.figure import Figure
from fitting.pattern.outline import HEM_KNIT, Point, Stretch, line, opposite, panel, unfold
from fitting.pattern.placement import Side
from fitting.records import InternalLine, Panel, Placement

SIDES: tuple[Side, Side] = ("L", "R")
EdgeName = Callable[[str, Side], str]

MEASUREMENTS = (
    "bust_girth",
    "waist_girth",
    "hip_girth",
    "neck_base_girth",
    "shoulder_length",
    "shoulder_width",
    "back_waist_length",
    "waist_height",
    "hip_height",
)
ARM = ("arm_length", "upper_arm_girth", "wrist_girth")

_DEEPER = 1.04  # step of the armhole's depth while a sleeve does not fit it; chosen
_DEEPEST = 24  # steps; 2.5 times the regular depth
_WIDEST_NECK = 0.52  # of the shoulder length: as far as a neckline is widened for a large head


def whole(name: str) -> EdgeName:
    """Edge names of a panel that spans both sides: ``front/side.L``."""
    return lambda edge, side: f"{name}/{edge}.{side}"


def split(name: str) -> EdgeName:
    """Edge names of a panel cut for each side: ``front.L/side``."""
    return lambda edge, side: f"{name}.{side}/{edge}"


# ---- blocks --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fitted:
    """Blocks whose armhole takes the sleeve, and the sleeve's cap."""

    front: Block
    back: Block
    cap: sleeve.Cap
    armhole: sleeve.Armhole
    cap_ease: float  # [m], front and back together


def armhole_of(front: Block, back: Block) -> sleeve.Armhole:
    """The lengths of an armhole [m]."""
    (fl, fu), (bl, bu) = front.armhole(), back.armhole()
    return sleeve.Armhole(fl.length, fu.length, bl.length, bu.length)


def fitted(
    cuts: tuple[Cut, Cut], *, cap_height: float, cap_ease: float, least_width: float
) -> Fitted:
    """Front and back blocks and a cap to match, the armhole deepened until the arm goes in.

    Args:
        cuts: Front and back.
        cap_height: Share of the armhole's depth.
        cap_ease: Cap longer than the armhole, as a share of it.
        least_width: Least width of the sleeve on the underarm line [m].
    Raises:
        BadOption: No depth takes so wide a sleeve.
    """
    front_cut, back_cut = cuts
    for _ in range(_DEEPEST):
        front, back = bodice.block(front_cut), bodice.block(back_cut)
        hole = armhole_of(front, back)
        ease = round(cap_ease * hole.length, 6)
        cap = sleeve.fit_cap(
            hole.front_lower + hole.front_upper + ease / 2,
            hole.back_lower + hole.back_upper + ease / 2,
            cap_height * front.depth,
            least_width,
        )
        if cap is not None:
            return Fitted(front, back, cap, hole, ease)
        front_cut = replace(front_cut, depth=front_cut.depth * _DEEPER)
        back_cut = replace(back_cut, depth=back_cut.depth * _DEEPER)
    raise BadOption(
        f"a sleeve {least_width * 100:.1f} cm wide does not fit the armhole; lower sleeve_ease"
    )


def plain_cuts(figure: Figure, options: Options, *, strap: float = 1.0) -> tuple[Cut, Cut]:
    """Front and back cuts without darts, from the shared options.

    Args:
        figure: Whose.
        options: With ``ease``, ``neck_width``, ``neck_depth`` and ``armhole_depth``.
        strap: Where the shoulder seam ends, as a share of the shoulder length.
    """
    shoulder = figure["shoulder_length"]
    half = bodice.neck_half(figure)
    widen = options.number("neck_width") * shoulder
    depth = bodice.armhole_depth(figure, options.number("armhole_depth"))
    pit = bodice.FRONT_NECK * half
    underarm = shoulder * math.sin(bodice.SLOPE) + depth
    return bodice.cuts(
        figure,
        quarter=figure["bust_girth"] * (1.0 + options.number("ease")) / 4,
        depth=depth,
        widen=widen,
        front_drop=pit + options.number("neck_depth") * max(0.0, underarm - pit),
        back_drop=bodice.BACK_NECK * half + 0.6 * widen,
        shoulder_ease=strap - 1.0,
    )


def wide_enough(figure: Figure, options: Options, *, reach: float) -> Options:
    """Options whose neckline goes over the head: widened where its width was left open.

    Args:
        figure: Whose head.
        options: With ``neck_width``.
        reach: The girth that goes through a neckline of unit length.
    """
    if "neck_width" in options.given:
        return options
    width = options.number("neck_width")
    while width < _WIDEST_NECK:
        front, back = (bodice.block(cut) for cut in plain_cuts(figure, options))
        length = 2 * (front.round_neck().length + back.round_neck().length)
        if length * reach >= figure.head_girth:
            break
        width = min(_WIDEST_NECK, width + 0.02)
        options = options.with_value("neck_width", width)
    return options


def sleeved_blocks(figure: Figure, options: Options) -> Fitted:
    """Blocks for a plain garment with set-in sleeves."""
    return fitted(
        plain_cuts(figure, options),
        cap_height=options.number("cap_height"),
        cap_ease=options.number("cap_ease"),
        least_width=figure["upper_arm_girth"] * (1.0 + options.number("sleeve_ease")),
    )


def body_girth(figure: Figure, level: float) -> float:
    """Girth of the body below the waist [m]; level 0 is the waist, 1 the hip and below."""
    t = min(1.0, max(0.0, level))
    return figure["waist_girth"] + t * (figure["hip_girth"] - figure["waist_girth"])


def plain_sides(
    figure: Figure, options: Options, underarm: Point, *, hem: float = HEM_KNIT, raised: float = 0.0
) -> list[Stretch]:
    """Hem and side of a plain half: ``hem`` from the centre, then ``side`` up to the underarm.

    Args:
        figure: Whose.
        options: With ``length``, ``hip_ease``, ``ease`` and ``waist_shaping``.
        underarm: Top of the side [m].
        hem: Hem allowance [m].
        raised: Taken off the length for a band [m].
    Raises:
        BadOption: Too short to have a side.
    """
    level = options.number("length")
    low = raised - level * figure.waist_to_hip
    if low > underarm[1] - 0.02 * figure.height:
        raise BadOption(f"length {level:g} ends above the underarm; make it longer")
    girth = body_girth(figure, level) * (1.0 + options.number("hip_ease"))
    corner: Point = (max(underarm[0], girth / 4), low)
    taken = 0.0
    if level > 0.2:
        at_waist = corner[0] + (underarm[0] - corner[0]) * low / (low - underarm[1])
        waist = figure["waist_girth"] * (1.0 + options.number("ease")) / 4
        taken = options.number("waist_shaping") * max(0.0, at_waist - waist)
    return [
        line((0.0, low), corner, "hem", hem),
        bodice.side(underarm, corner, taken),
    ]


# ---- placing -------------------------------------------------------------------------------------


def torso_height(figure: Figure) -> float:
    """Height above the floor of the waist line of a torso panel, as it is placed [m].

    The side neck point is hung a little over the body's, so that the shoulder seam starts above
    the shoulder.
    """
    return figure.side_neck_height - bodice.neck_level(figure) + 0.006 * figure.height


def centre(name: str, low: float, high: float) -> InternalLine:
    """A centre line from a height to another [m]."""
    return InternalLine(name, ((0.0, low), (0.0, high)))


def body_panel(
    name: str, half: Sequence[Stretch], figure: Figure, *, lines: Sequence[InternalLine] = ()
) -> Panel:
    """A whole front or back from its half, folded on its centre line."""
    is_back = name == "back"
    height = torso_height(figure)
    axis = centre(f"centre {name}", half[0].start[1], half[-1].end[1])
    return panel(
        name,
        unfold(half, ("R", "L") if is_back else ("L", "R")),
        placement=placement.back(height) if is_back else placement.front(height),
        fold=axis.name,
        lines=(axis, *lines),
    )


def sleeve_panels(figure: Figure, left: list[Stretch], name: str = "sleeve") -> tuple[Panel, Panel]:
    """The left and right sleeve from the left one's outline."""

    def place(side: Side) -> Placement:
        return placement.sleeve(side, figure.half_breadth, figure.shoulder_height)

    return (
        panel(f"{name}.L", left, placement=place("L")),
        panel(f"{name}.R", opposite(left), placement=place("R")),
    )


def sleeve_outline(
    fit: Fitted,
    figure: Figure,
    options: Options,
    *,
    cuff_width: float,
    hem: float,
    cut: float = 0.0,
) -> list[Stretch]:
    """The left sleeve, tapered from the underarm to the wrist and cut off at its length.

    Args:
        fit: Cap and armhole.
        figure: Whose.
        options: With ``sleeve_length``; where it was left open, it is at least long enough to
            have an underarm seam.
        cuff_width: Width at the wrist [m].
        hem: Hem allowance [m].
        cut: Taken off the length for a cuff [m].
    Raises:
        BadOption: Too short to have an underarm seam.
    """
    arm = figure["arm_length"]
    length = options.number("sleeve_length") * arm - cut
    least = fit.cap.height + 0.02 * arm
    if length < least and "sleeve_length" in options.given:
        raise BadOption(
            f"sleeve_length {options.number('sleeve_length'):g} ends inside the sleeve cap; it "
            f"must be at least {math.ceil((least + cut) / arm * 100) / 100:g} for this armhole"
        )
    length = max(length, least)
    down = (length - fit.cap.height) / max(arm - fit.cap.height, 0.1 * arm)
    width = fit.cap.width + (min(cuff_width, fit.cap.width) - fit.cap.width) * min(1.0, down)
    return sleeve.outline(fit.cap, fit.armhole, length=length, hem_width=width, hem=hem)


# ---- sewing --------------------------------------------------------------------------------------


def sew_body(table: Assembly, front: EdgeName, back: EdgeName) -> None:
    """Sew shoulders and sides."""
    for side in SIDES:
        table.sew(front("shoulder", side), back("shoulder", side))
        table.sew(front("side", side), back("side", side))
        table.notch(front("side", side), 0.5)


def sew_sleeves(
    table: Assembly,
    front: EdgeName,
    back: EdgeName,
    cap_ease: float,
    *,
    yoke: EdgeName | None = None,
) -> None:
    """Sew the sleeves' undersides and set them in, the ease above the notches.

    Args:
        table: With the panels.
        front, back: Names of the body's edges.
        cap_ease: Declared ease of the whole cap [m].
        yoke: Names of the yoke's edges; the back then has ``armhole.middle`` below it, and the
            sleeve ``cap.back.middle``.
    """
    kind: SeamKind = "ease" if cap_ease else "seam"
    for side in SIDES:
        arm = f"sleeve.{side}"
        uppers = [("front.upper", front("armhole.upper", side), cap_ease / 2)]
        if yoke is None:
            uppers.append(("back.upper", back("armhole.upper", side), cap_ease / 2))
            above = back("armhole.upper", side)
        else:
            for part, edge in (
                ("back.middle", back("armhole.middle", side)),
                ("back.upper", yoke("armhole.upper", side)),
            ):
                own = table.length(f"{arm}/cap.{part}")
                uppers.append((part, edge, own - table.length(edge)))
            above = back("armhole.middle", side)
        for part, edge, ease in uppers:
            table.sew(f"{arm}/cap.{part}", edge, ease=ease, kind=kind, name="armhole")
        for body, half in ((front, "front"), (back, "back")):
            lower = body("armhole.lower", side)
            table.sew(f"{arm}/cap.{half}.lower", lower, name="armhole")
        table.corner(front("armhole.lower", side), front("armhole.upper", side))
        table.corner(back("armhole.lower", side), above, double=True)
        table.corner(f"{arm}/cap.front.upper", f"{arm}/cap.back.upper")
        table.sew(f"{arm}/underarm.front", f"{arm}/underarm.back")


def neckline(table: Assembly, front: EdgeName, back: EdgeName) -> float:
    """Length of the neckline [m]."""
    return table.length(*(name("neckline", side) for name in (front, back) for side in SIDES))


def hem_edges(*names: EdgeName) -> list[str]:
    """The edges around a hem."""
    return [name("hem", side) for name in names for side in SIDES]


def armhole_edges(front: EdgeName, back: EdgeName, side: Side) -> list[str]:
    """The edges around an armhole."""
    return [n(e, side) for n in (front, back) for e in ("armhole.lower", "armhole.upper")]


def require_head(figure: Figure, girth: float, stretch: float, options: str) -> None:
    """Refuse a neck seam that does not go over the head.

    Args:
        figure: Whose head.
        girth: Of the seam [m].
        stretch: How far it stretches, as a ratio; 1 is not at all.
        options: What to change.
    Raises:
        BadOption: It is too small.
    """
    if girth * stretch < 0.995 * figure.head_girth:
        raise BadOption(
            f"the neck seam opens to {girth * stretch * 100:.1f} cm and the head is "
            f"{figure.head_girth * 100:.1f} cm: raise {options}, or take a fabric that stretches"
        )
