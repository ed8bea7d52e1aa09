"""The upper body: neckline, shoulder and armhole of a front or a back.

Panels of the torso are drawn with x = 0 on the centre line and y = 0 at the waist.

The net follows common flat-cutting practice: side neck point at a fifth of the neck base girth
(Aldrich, Metric Pattern Cutting), nape at the back waist length above the waist, shoulder along
its measured length at a fixed slope, armhole depth from a tenth of the bust girth plus a share of
the height (after the scye depth of Müller & Sohn, bust/10 + 10.5 cm), across lines from the
shoulder point as in FreeSewing's Brian block.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from fitting.pattern.figure import Figure
from fitting.pattern.outline import SEAM, TIGHT, Point, Stretch, curve, line

SLOPE = math.radians(20.0)  # bodies slope 21 to 22 degrees; a little less leaves room to move
NECK_SHARE = 0.20  # of the neck base girth, half width of the neck; Aldrich
BACK_NECK = 0.28  # rise of the side neck point over the nape, in half neck widths; chosen: 2-2.5 cm
FRONT_NECK = 1.10  # side neck point down to the pit of the neck, in half neck widths; chosen
ACROSS_FRONT, ACROSS_BACK = 0.055, 0.020  # inwards from the shoulder point, in shoulder lengths
PITCH = 0.42  # height of the pitch point above the underarm, in armhole depths; chosen


@dataclass(frozen=True)
class Block:
    """Half of a front or back above the underarm, x >= 0.

    Attributes:
        neck: Side neck point of the garment.
        tip: Shoulder point.
        pitch: Where the armhole runs straight down: the place of the notch.
        underarm: Top of the side seam.
        centre: Neckline at the centre.
        scoop: How hollow the armhole is below the pitch point: control length in ellipse units.
    """

    neck: Point
    tip: Point
    pitch: Point
    underarm: Point
    centre: Point
    scoop: float

    @property
    def depth(self) -> float:
        """Shoulder point down to the underarm [m]."""
        return self.tip[1] - self.underarm[1]

    def armhole(self) -> tuple[Stretch, Stretch]:
        """Lower and upper armhole, from the underarm to the shoulder point."""
        (ux, uy), (px, py), (tx, ty) = self.underarm, self.pitch, self.tip
        k = self.scoop
        lower = curve(
            self.underarm,
            (ux - k * (ux - px), uy),
            (px, py - k * (py - uy)),
            self.pitch,
            "armhole.lower",
        )
        dx, dy = self.neck[0] - tx, self.neck[1] - ty
        run = math.hypot(dx, dy)
        reach = 0.35 * (ty - py)
        # Square to the shoulder, so that the armhole runs on smoothly over the seam.
        upper = curve(
            self.pitch,
            (px, py + 0.45 * (ty - py)),
            (tx - reach * dy / run, ty + reach * dx / run),
            self.tip,
            "armhole.upper",
        )
        return lower, upper

    def shoulder(self, allowance: float = SEAM) -> Stretch:
        """From the shoulder point to the side neck point."""
        return line(self.tip, self.neck, "shoulder", allowance)

    def round_neck(self, fullness: float = 0.58, inner: float = 0.0) -> Stretch:
        """A round neckline from the side neck point to the centre.

        Args:
            fullness: Reach of the controls; a quarter of an ellipse has 0.55.
            inner: Where it ends beside the centre line [m], for fronts that open.
        """
        (nx, ny), (_, cy) = self.neck, self.centre
        return curve(
            self.neck,
            (nx * 0.985, ny - fullness * (ny - cy)),
            (max(inner, fullness * nx), cy),
            (inner, cy),
            "neckline",
            TIGHT,
        )

    def v_neck(self) -> Stretch:
        """A V neckline, hollowed a little so that it does not gape outwards."""
        (nx, ny), (_, cy) = self.neck, self.centre
        drop = ny - cy
        return curve(
            self.neck,
            (nx * 0.93, ny - 0.33 * drop),
            (nx * 0.36, cy + 0.30 * drop),
            self.centre,
            "neckline",
            TIGHT,
        )


@dataclass(frozen=True)
class Cut:
    """How a front or back is cut.

    Attributes:
        quarter: Half the panel's width at the underarm [m].
        depth: Shoulder point down to the underarm [m].
        shoulder: Length of the shoulder from the neck point of the body [m].
        widen: The neckline's side moved outwards along the shoulder [m].
        neck_drop: Neckline at the centre below the neck point of the body [m].
        across: The pitch point inwards of the shoulder point [m].
        scoop: See `Block`.
        neck_half: Half width of the neck at the side neck point of the body [m].
        neck_level: Height of that point above the waist [m].
        slope: Of the shoulder [rad].
    """

    quarter: float
    depth: float
    shoulder: float
    widen: float
    neck_drop: float
    across: float
    scoop: float
    neck_half: float
    neck_level: float
    slope: float = SLOPE


def block(cut: Cut) -> Block:
    """The upper half panel of a cut."""
    c, s = math.cos(cut.slope), math.sin(cut.slope)
    # A shoulder broader than the panel (narrow chest, tight knit) is cut back to it.
    reach = min(cut.shoulder, (0.97 * cut.quarter - cut.neck_half) / c)
    reach = max(reach, 0.5 * cut.shoulder)
    tip = (cut.neck_half + reach * c, cut.neck_level - reach * s)
    widen = min(cut.widen, 0.7 * reach)
    neck = (cut.neck_half + widen * c, cut.neck_level - widen * s)
    underarm = (cut.quarter, tip[1] - cut.depth)
    pitch_x = min(tip[0] - cut.across, cut.quarter - 0.02 * cut.depth)
    pitch = (pitch_x, underarm[1] + PITCH * cut.depth)
    return Block(neck, tip, pitch, underarm, (0.0, cut.neck_level - cut.neck_drop), cut.scoop)


def neck_half(figure: Figure) -> float:
    """Half width of the neck at its base [m]."""
    return NECK_SHARE * figure["neck_base_girth"]


def neck_level(figure: Figure) -> float:
    """The side neck point above the waist, along the back [m]."""
    return figure["back_waist_length"] + BACK_NECK * neck_half(figure)


def armhole_depth(figure: Figure, ease: float) -> float:
    """Shoulder point down to the underarm of the garment [m].

    Args:
        figure: Whose.
        ease: Share added to the depth of a regular block.
    """
    return (0.10 * figure["bust_girth"] + 0.055 * figure.height) * (1.0 + ease)


def cuts(
    figure: Figure,
    *,
    quarter: float,
    depth: float,
    widen: float,
    front_drop: float,
    back_drop: float,
    shoulder_ease: float = 0.0,
) -> tuple[Cut, Cut]:
    """The front and back cut of a garment without darts.

    Args:
        figure: Whose.
        quarter: Half a panel's width at the underarm [m].
        depth: Armhole depth [m].
        widen: Neckline moved outwards along the shoulder [m].
        front_drop, back_drop: Neckline at the centre below the side neck point of the body [m].
        shoulder_ease: Share added to the shoulder length.
    """
    shoulder = figure["shoulder_length"]
    front = Cut(
        quarter,
        depth,
        shoulder * (1.0 + shoulder_ease),
        widen,
        front_drop,
        ACROSS_FRONT * shoulder,
        0.66,
        neck_half(figure),
        neck_level(figure),
    )
    return front, replace(front, neck_drop=back_drop, across=ACROSS_BACK * shoulder, scoop=0.58)


def side(underarm: Point, hem: Point, waist_in: float = 0.0, allowance: float = SEAM) -> Stretch:
    """The side seam from the hem up to the underarm, taken in at the waist by some metres."""
    if waist_in == 0.0:
        return line(hem, underarm, "side", allowance)
    pull = waist_in * 4 / 3  # a cubic with both controls moved by p is moved by 3p/4 at its middle
    third = (hem[0] + (underarm[0] - hem[0]) / 3 - pull, hem[1] + (underarm[1] - hem[1]) / 3)
    two = (
        hem[0] + 2 * (underarm[0] - hem[0]) / 3 - pull,
        hem[1] + 2 * (underarm[1] - hem[1]) / 3,
    )
    return curve(hem, third, two, underarm, "side", allowance)
