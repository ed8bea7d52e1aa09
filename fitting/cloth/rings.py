"""Laying wrapped panels on rings that are as long as the garment is wide there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.cloth.tube import ANGLES, Tube
from fitting.cloth.wrap import Wrap, extent, smooth
from fitting.records import FloatArray

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
# Fullness is laid in over this length from the seam it is gathered into [m].
_GATHER = 0.20
# Where one tier is sewn to the end of another, they start this far apart along the tube [m].
_TIER_GAP = 0.01


@dataclass(frozen=True)
class Rings:
    """Where some of the panels lie: a tube, and the cloth's stretch around each of its rings."""

    tube: Tube
    stretch: FloatArray


def wrap_around(wrap: Wrap, nearest: float) -> list[FloatArray]:
    """Starting positions of the panels of one part of the body [m], shape (P, 3) each.

    Panels joined by seams along the tube make a tier that is fitted to its own width: a skirt, and
    a waistband above it. A tier that closes nowhere, as a yoke, lies on the first tier's rings.
    """
    tiers = wrap.tiers()
    wrap = _staggered(wrap, tiers)
    rings = [_fitted(wrap, tier, nearest) for tier in tiers]
    main = next((r for r in rings if r is not None), None) or Rings(
        wrap.tube.grown(np.full(len(wrap.tube.stations), nearest + _OPEN_CLEARANCE)),
        np.ones(len(wrap.tube.stations)),
    )
    of = {member: ring or main for tier, ring in zip(tiers, rings, strict=True) for member in tier}
    return [_laid(wrap, member, of[member]) for member in range(len(wrap.panels))]


def _staggered(wrap: Wrap, tiers: list[list[int]]) -> Wrap:
    """Tiers moved along the tube until none lies over the one that it is sewn to."""
    for number, tier in enumerate(tiers[1:], 1):
        before = {member for t in tiers[:number] for member in t}
        steps, beyond = [], []
        for seam in wrap.seams:
            a, b = wrap.member(seam.a), wrap.member(seam.b)
            if wrap.front_to_back(seam) or not (
                (a in tier and b in before) or (b in tier and a in before)
            ):
                continue
            mine, other = (seam.a, seam.b) if a in tier else (seam.b, seam.a)
            own, far = wrap.edge(mine)[:, 0], wrap.edge(other)[:, 0]
            steps.append((far if seam.right_wrong else far[::-1]) - own)
            beyond.append(
                wrap.outline(wrap.member(mine))[:, 0].mean()
                - wrap.outline(wrap.member(other))[:, 0].mean()
            )
        if steps:
            step = np.concatenate(steps)
            up = float(np.mean(beyond)) > 0
            by = step.max() + _TIER_GAP if up else step.min() - _TIER_GAP
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
        low, high = extent(wrap.outline(member), t)
        girth += high - low
    known = np.nonzero((t >= span[0]) & (t <= span[1]) & (girth > 0))[0]
    if not len(known):
        known = np.array([np.abs(t - (span[0] + span[1]) / 2).argmin()])
        girth[known] = girth.max() or tube.girth[known]
    wanted = girth * _gathered(wrap, tier, t)
    values = smooth(tube.clearance_for(wanted, nearest)[known])
    knots = t[known]
    flat = np.zeros(len(t))
    if any(wrap.behind):
        knots, values = np.append(knots, span[1] + _FALL), np.append(values, nearest + 0.004)
        flat = np.clip((t - (span[1] - _ARMPIT)) / _ARMPIT, 0.0, 1.0)
    ease = np.interp(t, knots, values) - nearest
    # Towards the armpits the ease goes to the front and the back; its mean stays the same.
    around = (1 - flat)[:, None] + flat[:, None] * 2 * np.cos(ANGLES) ** 2
    fitted = tube.grown(nearest + ease[:, None] * around)
    return Rings(fitted, np.interp(t, t[known], fitted.girth[known] / girth[known]))


def _gathered(wrap: Wrap, tier: list[int], t: FloatArray) -> FloatArray:
    """Share of its width that a tier is drawn in to by what it is sewn to, shape (len(t),)."""
    ends: dict[int, list[tuple[float, float, float]]] = {}
    for seam in wrap.seams:
        a, b = wrap.member(seam.a), wrap.member(seam.b)
        if (a in tier) == (b in tier):
            continue
        mine, other = (seam.a, seam.b) if a in tier else (seam.b, seam.a)
        own, far = wrap.edge(mine), wrap.edge(other)
        place = float(own[:, 0].mean())
        ends.setdefault(round(place / _GATHER), []).append(
            (place, float(np.ptp(own[:, 1])), float(np.ptp(far[:, 1])))
        )
    share = np.ones(len(t))
    for rows in ends.values():
        place, own_length, far_length = np.array(rows).T
        drawn = min(1.0, far_length.sum() / max(own_length.sum(), 1e-6))
        near = np.clip(1 - np.abs(t - place.mean()) / _GATHER, 0.0, 1.0)
        share = np.minimum(share, 1 - (1 - drawn) * near)
    return share


def _laid(wrap: Wrap, member: int, rings: Rings) -> FloatArray:
    """One panel on its rings; towards the shoulder it is widened or narrowed to meet the other."""
    points = wrap.pieces[member].points
    t = wrap.stations(member, points)
    outline = wrap.outline(member)
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
    left, right = extent(outline, np.clip(t, outline[:, 0].min(), outline[:, 0].max() - 1e-9))
    width = (right - left) * stretch
    narrower = np.maximum(1 - _SEAM_GAP / np.maximum(width, 1e-6), _NARROWEST)
    middle = (left + right) / 2
    s = stretch * (middle + (points[:, 0] - middle) * narrower)
    return rings.tube.point(t, s, behind=wrap.behind[member])


def _shoulder_tip(wrap: Wrap, member: int) -> float | None:
    """Lowest station of the seams where this panel meets one on the other side over the top."""
    found = [
        float(wrap.edge(ref)[:, 0].min())
        for seam in wrap.seams
        if wrap.front_to_back(seam) and not wrap.runs_along(seam)
        for ref in (seam.a, seam.b)
        if wrap.panels[member].name == ref.panel
    ]
    return min(found) if found else None
