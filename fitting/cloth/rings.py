"""Laying wrapped panels on rings that are as long as the garment is wide there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.cloth import legs
from fitting.cloth.straighten import drawn_up, straightened
from fitting.cloth.tube import ANGLES, Tube
from fitting.cloth.wrap import Wrap, extent, smooth
from fitting.records import FloatArray, IntArray

# Clearance of cloth that does not close around the part anywhere [m]; chosen.
_OPEN_CLEARANCE = 0.02
# Each panel starts this much narrower than its place on the ring [m], so that rounding does not
# cross the two sides of a seam; but never narrower than this share of its place.
_SEAM_GAP = 0.008
_NARROWEST = 0.6
_SHOULDER_GAP = 0.012
# How far a panel may be narrowed or widened to meet the other on the shoulder.
_SHOULDER_STRETCH = (0.7, 1.6)
# Below its lowest point a shoulder seam is given this much room to come together [m].
_SHOULDER = 0.03
# Above the underarm the clearance falls to the least over this length [m].
_FALL = 0.12
# Below the underarm the sides come close to the body over this length, to pass inside the arm [m].
_ARMPIT = 0.10
# Sleeves that stand off the arm by more than this [m] do so on the outer side over this length of
# the underarm [m].
_SLIM, _ROOT = 0.02, 0.25
# Rings stand off the body by no more than this and, below the top of the garment, this share of
# the way down [m]: further out are arms and hands. Cloth that is longer lies in folds.
_MOST_EASE = 0.06
_FLARE = 0.35
_WAVE = 0.12  # length of a fold along the longest ring [m]; chosen
_WAVES = (4, 20)
_NO_FOLDS = 0.93  # cloth squeezed no more than this lies smooth
# Fullness is laid in over this length from the seam it is gathered into [m].
_GATHER = 0.20
# Seams of more than this share of a tier's width go all the way round it.
_ROUND = 0.6
# A tier's width changes by less than this share from one station to the next where it is whole.
_DROP = 0.15
# Where one tier is sewn to the end of another, they start this far apart along the tube [m].
_TIER_GAP = 0.01


# A trouser leg's hem is measured this far above its lowest point [m].
_HEM = 0.01
# Ankles lie below this share of the crotch's height: 0.09 of it for the joint, and narrowest about
# twice as high (ANSUR II, means of lateral malleolus and crotch heights).
_ANKLES = 0.3
_ROUNDING = 1e-6  # [m]
# A panel that reaches no further than this over the centre line is one half of a pair [m].
_HALF = 0.005


@dataclass(frozen=True)
class Rings:
    """Where some of the panels lie: a tube, and the cloth's folds on each of its rings.

    Attributes:
        tube: The rings.
        stretch: Length along the ring per length of cloth, shape (n,).
        waves: Folds around each ring.
        depth: Of the folds [m], shape (n,); they take up what the ring is too short for.
    """

    tube: Tube
    stretch: FloatArray
    waves: int
    depth: FloatArray


def wrap_around(wrap: Wrap, nearest: float) -> list[FloatArray]:
    """Starting positions of the panels of one part of the body [m], shape (P, 3) each.

    Panels joined by seams along the tube make a tier that is fitted to its own width: a skirt, and
    a waistband above it. A tier that closes nowhere, as a yoke, lies on the first tier's rings.
    """
    wrap = straightened(wrap)
    tiers = wrap.tiers()
    wrap = _staggered(wrap, tiers)
    rings = [_fitted(wrap, tier, nearest) for tier in tiers]
    main = next((r for r in rings if r is not None), None) or _loose(wrap.tube, nearest)
    of = {member: ring or main for tier, ring in zip(tiers, rings, strict=True) for member in tier}
    return [laid(wrap, member, of[member]) for member in range(len(wrap.panels))]


def on_leg(
    wrap: Wrap, members: list[int], tube: Tube, nearest: float, inner: float
) -> dict[int, FloatArray]:
    """Positions of the panels of one trouser leg around it [m], shape (P, 3) each.

    The leg itself and a cuff or a flounce below it are each laid on rings of their own.

    Args:
        wrap, members: The panels; stations are heights.
        tube: Around the leg.
        nearest: Least distance from it [m].
        inner: Which way the other leg lies: -1 towards -x, 1 towards +x.
    """
    names = {wrap.panels[m].name for m in members}
    own = Wrap(
        tube, tuple(wrap.pieces[m] for m in members), tuple(wrap.panels[m] for m in members),
        tuple(s for s in wrap.seams if {s.a.panel, s.b.panel} <= names),
        tuple(wrap.rise[m] for m in members), wrap.run, tuple(wrap.behind[m] for m in members),
        tuple(wrap.lift[m] for m in members),
    )  # fmt: skip
    tiers = own.tiers()
    if len(tiers) > 1:
        own = _staggered(straightened(own), tiers)
    own = drawn_up(own, _above_foot(own, nearest))
    found: dict[int, FloatArray] = {}
    for tier in tiers:
        found |= _tier_on_leg(own, tier, nearest, inner)
    return {m: found[k] for k, m in enumerate(members)}


def _above_foot(wrap: Wrap, nearest: float) -> float:
    """The lowest station at which the hem of a trouser leg goes round without being stretched.

    A hem that was laid around heel and toes would not slip up off them again. It starts at the
    ankle at most, and falls onto the instep.
    """
    t, outlines = wrap.tube.stations, [wrap.outline(m) for m in range(len(wrap.panels))]
    around = wrap.tube.grown(np.full(len(t), nearest)).girth
    low = np.array([outline[:, 0].min() for outline in outlines])
    hem = t[np.abs(t - low.min() - _HEM).argmin()]
    sides = [extent(outline, np.array([hem])) for outline in outlines]
    girth = float(sum(high[0] - low[0] for low, high in sides))
    leg = t < _ANKLES * t[-1]
    ankle = int(around[leg].argmin())
    loose = np.nonzero(around[: ankle + 1] <= girth)[0]
    return float(t[loose[0] if len(loose) else ankle])


def _tier_on_leg(
    wrap: Wrap, tier: list[int], nearest: float, inner: float
) -> dict[int, FloatArray]:
    """One ring of panels around a leg, as `on_leg`."""
    tube, t = wrap.tube, wrap.tube.stations
    sides = {m: extent(wrap.outline(m, darts=False), t) for m in tier}
    girth = np.sum([high - low for low, high in sides.values()], axis=0)
    known = _whole(t, girth, (t[0], t[-1]))
    if not len(known):
        rings = _loose(tube, nearest)
        return {m: laid(wrap, m, rings) for m in tier}
    girth = np.interp(t, t[known], girth[known])
    fitted = legs.leg_rings(tube, girth, nearest, inner)
    stretch = fitted.girth / girth
    rings = Rings(fitted, stretch, 0, np.zeros(len(t)))
    # Fronts and backs meet at the outer seam, wherever on the ring that is: half of what is
    # missing or too much is made up by turning each.
    outer = np.zeros(len(t))
    for m, (low, high) in sides.items():
        away = high if (inner < 0) != wrap.behind[m] else -low
        outer += away * stretch
    outer = np.interp(t, t[known], outer[known])
    miss = fitted.half(by_aside=inner < 0) - outer
    turn = {m: (-miss if wrap.behind[m] else miss) / 2 * -inner for m in tier}
    return {m: laid(wrap, m, rings, turn[m]) for m in tier}


def _loose(tube: Tube, nearest: float) -> Rings:
    """Rings for cloth that closes nowhere."""
    count = len(tube.stations)
    away = tube.grown(np.full(count, nearest + _OPEN_CLEARANCE))
    return Rings(away, np.ones(count), 0, np.zeros(count))


def _staggered(wrap: Wrap, tiers: list[list[int]]) -> Wrap:
    """Tiers moved along the tube until none lies over the one that it is sewn to."""
    for number, tier in enumerate(tiers[1:], 1):
        before = {member for t in tiers[:number] for member in t}
        steps, beyond = [], []
        gap = 0.0 if wrap.joined else _TIER_GAP
        for seam in wrap.seams:
            a, b = wrap.member(seam.a), wrap.member(seam.b)
            if (
                seam.right_wrong
                or wrap.front_to_back(seam)
                or not ((a in tier and b in before) or (b in tier and a in before))
            ):
                continue
            mine, other = (seam.a, seam.b) if a in tier else (seam.b, seam.a)
            own, far = wrap.edge(mine)[:, 0], wrap.edge(other)[:, 0]
            if len(far) != len(own):  # of a pleated edge only what is seen is sewn
                share = np.linspace(0, 1, len(own))
                far = np.interp(share, np.linspace(0, 1, len(far)), far)
            steps.append(far[::-1] - own)
            beyond.append(
                wrap.outline(wrap.member(mine))[:, 0].mean()
                - wrap.outline(wrap.member(other))[:, 0].mean()
            )
        if steps:
            step = np.concatenate(steps)
            up = float(np.mean(beyond)) > 0
            by = step.max() + gap if up else step.min() - gap
            wrap = wrap.moved(float(by), tier)
    return wrap


def _fitted(wrap: Wrap, tier: list[int], nearest: float) -> Rings | None:
    """Rings as long as a tier is wide; None where it closes nowhere."""
    span = wrap.span(tier)
    if span is None:
        return None
    tube, t = wrap.tube, wrap.tube.stations
    girth = np.zeros(len(t))
    for member in tier:
        outline = wrap.outline(member, darts=False)
        low, high = extent(outline, t)
        # A neckline or lapel cut out of a half is bridged as in a whole panel.
        if outline[:, 1].min() > -_HALF:
            low = np.where(high > low, outline[:, 1].min(), low)
        elif outline[:, 1].max() < _HALF:
            high = np.where(high > low, outline[:, 1].max(), high)
        girth += high - low
    known = _whole(t, girth, span)
    if not len(known):
        known = np.array([np.abs(t - (span[0] + span[1]) / 2).argmin()])
        girth[known] = girth.max() or tube.girth[known]
    wanted = girth * _gathered(wrap, tier, t, girth)
    most = nearest + _MOST_EASE + _FLARE * np.maximum(0.0, span[1] - t)
    values = smooth(np.minimum(tube.clearance_for(wanted, nearest), most)[known])
    knots = t[known]
    flat = np.zeros(len(t))
    if any(wrap.panels[member].placement.wrap == "torso" for member in tier):
        knots, values = np.append(knots, span[1] + _FALL), np.append(values, nearest + 0.004)
        flat = np.clip((t - (span[1] - _ARMPIT)) / _ARMPIT, 0.0, 1.0)
    ease = np.interp(t, knots, values) - nearest
    # Towards the armpits the ease goes to the front and the back; its mean stays the same.
    around = (1 - flat)[:, None] + flat[:, None] * 2 * np.cos(ANGLES) ** 2
    away = ease[:, None] * around
    if any(wrap.panels[member].placement.wrap.startswith("arm") for member in tier):
        # Full sleeves stand off on the outer side near their root: inside is the trunk.
        root = np.clip(1 - (t - span[0]) / _ROOT, 0.0, 1.0)[:, None]
        away = away + np.maximum(ease - _SLIM, 0.0)[:, None] * root * np.cos(ANGLES)
    fitted = tube.grown(nearest + away)
    stretch = np.interp(t, t[known], fitted.girth[known] / girth[known])
    waves = int(np.clip(round(fitted.girth[known].max() / _WAVE), *_WAVES))
    depth = _fold_depth(fitted.girth / waves, stretch) * ((t >= span[0]) & (t <= span[1]))
    return Rings(fitted, stretch, waves, depth)


def _fold_depth(wave: FloatArray, stretch: FloatArray) -> FloatArray:
    """Depth of sine-shaped folds whose cloth is 1 / stretch times as long as their ring [m].

    Args:
        wave: Length of a fold along the ring [m], shape (n,).
        stretch: shape (n,).
    """
    slope = np.linspace(0.0, 4.0, 81)
    turn = np.cos(np.linspace(0, 2 * np.pi, 64, endpoint=False))
    longer = np.sqrt(1 + (slope[:, None] * turn) ** 2).mean(axis=1)
    wanted = np.maximum(_NO_FOLDS / np.maximum(stretch, 1e-3), 1.0)
    return np.asarray(np.interp(wanted, longer, slope) * wave / np.pi)


def _whole(t: FloatArray, girth: FloatArray, span: tuple[float, float]) -> IntArray:
    """Stations where a tier goes all the way round: past a slanting end its width drops at once."""
    inside = np.nonzero((t >= span[0]) & (t <= span[1]) & (girth > 0))[0]
    if not len(inside):
        return inside
    middle = len(inside) // 2
    width = girth[inside]
    drops = np.abs(np.diff(width)) > _DROP * width[:-1]
    before, after = np.nonzero(drops[:middle])[0], np.nonzero(drops[middle:])[0]
    first = before[-1] + 1 if len(before) else 0
    last = middle + after[0] + 1 if len(after) else len(inside)
    return inside[first:last]


def _gathered(wrap: Wrap, tier: list[int], t: FloatArray, girth: FloatArray) -> FloatArray:
    """Share of its width that a tier is drawn in to by what it is sewn to all the way round.

    Args:
        wrap, tier: The panels.
        t: Stations, shape (n,).
        girth: Width of the tier there [m], shape (n,).
    Returns:
        shape (n,), 1 where nothing is drawn in.
    """
    ends: dict[int, list[tuple[float, float, float]]] = {}
    for seam in wrap.seams:
        a, b = wrap.member(seam.a), wrap.member(seam.b)
        if (a in tier) == (b in tier):
            continue
        mine, other = (seam.a, seam.b) if a in tier else (seam.b, seam.a)
        place = float(wrap.edge(mine)[:, 0].mean())
        own, far = wrap.edge_length(mine), wrap.edge_length(other)
        ends.setdefault(round(place / _GATHER), []).append((place, own, far))
    share = np.ones(len(t))
    for rows in ends.values():
        place, own_length, far_length = np.array(rows).T
        width = float(girth[np.abs(t - place.mean()).argmin()])
        if own_length.sum() < _ROUND * width:
            continue
        drawn = min(1.0, far_length.sum() / max(own_length.sum(), 1e-6))
        near = np.clip(1 - np.abs(t - place.mean()) / _GATHER, 0.0, 1.0)
        share = np.minimum(share, 1 - (1 - drawn) * near)
    return share


def laid(wrap: Wrap, member: int, rings: Rings, turn: FloatArray | None = None) -> FloatArray:
    """One panel on its rings; towards the shoulder it is widened or narrowed to meet the other.

    Args:
        wrap, member, rings: The panel and where it lies.
        turn: How far it is moved along each ring [m], shape (n,).
    """
    points = wrap.pieces[member].points
    t = wrap.stations(member, points)
    outline = wrap.outline(member, darts=False)
    knots, around = rings.tube.stations, rings.stretch
    tip = _shoulder_tip(wrap, member)
    if tip is not None:
        upper = np.arange(tip - _SHOULDER, outline[:, 0].max() - 1e-4, 0.005)
        half = np.maximum(np.abs(extent(outline, upper)).max(axis=0), 1e-3)
        side = rings.tube.to_side(upper, behind=wrap.behind[member])
        most = (side - _SHOULDER_GAP) / half
        meet = np.clip(most, *_SHOULDER_STRETCH)
        meet = np.where(upper < tip, np.minimum(meet, np.interp(upper, knots, around)), meet)
        meet = np.minimum(smooth(meet), np.maximum(most, _SHOULDER_STRETCH[0]))
        lower = knots < upper[0]
        knots, around = np.append(knots[lower], upper), np.append(around[lower], meet)
    stretch = np.interp(t, knots, around)
    left, right = extent(
        outline, np.clip(t, outline[:, 0].min() + _ROUNDING, outline[:, 0].max() - _ROUNDING)
    )
    width = (right - left) * stretch
    gap = 0.0 if wrap.joined else _SEAM_GAP
    narrower = np.maximum(1 - gap / np.maximum(width, 1e-6), _NARROWEST)
    middle = (left + right) / 2
    s = stretch * (middle + (points[:, 0] - middle) * narrower)
    if turn is not None:
        s = s + np.interp(t, rings.tube.stations, turn)
    # Folds are counted from the front, on panels behind too, so that they meet at the sides.
    girth = np.interp(t, rings.tube.stations, rings.tube.girth)
    phase = 2 * np.pi * rings.waves * (s / girth + 0.5 * wrap.behind[member])
    depth = np.interp(t, rings.tube.stations, rings.depth)
    out = wrap.lift[member] + depth * (1 - np.cos(phase)) / 2
    return rings.tube.point(t, s, behind=wrap.behind[member], out=out)


def _shoulder_tip(wrap: Wrap, member: int) -> float | None:
    """Lowest station of the seams where this panel meets one on the other side over the top."""
    found = [
        float(wrap.edge(ref)[:, 0].min())
        for seam in wrap.seams
        if wrap.front_to_back(seam) and not wrap.runs_along(seam)
        for ref in (seam.a, seam.b)
        if wrap.panels[member].name == ref.panel and wrap.on_top(seam.a) and wrap.on_top(seam.b)
    ]
    return min(found) if found else None
