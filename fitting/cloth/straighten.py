"""Flat panels made straight before they are laid on rings.

A panel's y is only roughly the height it is worn at. Flared panels are sectors of a ring: they are
unrolled, so that y is the distance from the waist and x the length around. Edges sewn to the end
of another tier, as slanted waists, are brought to one height.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from fitting.cloth.cut import Piece
from fitting.cloth.wrap import Wrap
from fitting.pleats import TOP, pleats_of
from fitting.records import EdgeRef, FloatArray

# A waist edge of a smaller radius than this is that of a sector [m]: a quarter circle for the
# largest waists; the slanted waists of straight skirts come out larger.
_SECTOR_RADIUS = 0.6
_SECTOR_MISFIT = 0.01
# One panel is above another where their middles are this far apart along the tube [m].
_ABOVE = 0.01
# Panels are drawn together to no less than this share of their length.
_SHORTEST = 0.5
# What is left of a dart's opening [m].
_SLIT = 0.006
# Levelling an edge moves the cloth up to this far from it [m], or half the panel's height.
_REACH = 0.20


def bent(piece: Piece, by: Callable[[FloatArray], FloatArray]) -> Piece:
    """A piece whose points, outline included, were moved in its plane."""
    outline = replace(piece.outline, points=by(piece.outline.points))
    return replace(piece, outline=outline, points=by(piece.points))


def laid_in_pleats(wrap: Wrap) -> Wrap:
    """The same with its pleated panels folded flat, and its seams closed."""
    pleats = [pleats_of(panel) for panel in wrap.panels]
    if not any(pleats):
        return wrap
    pieces, panels, lift = list(wrap.pieces), list(wrap.panels), list(wrap.lift)
    for member, own in enumerate(pleats):
        if own is None:
            lift[member] = lift[member] + TOP
            continue
        lift[member] = lift[member] + own.lifted(pieces[member].points)
        pieces[member] = bent(pieces[member], own.folded)
        flat = own.folded(panels[member].vertices)
        panels[member] = replace(panels[member], vertices=flat, lines=())
    return replace(wrap, pieces=tuple(pieces), panels=tuple(panels), lift=tuple(lift), joined=True)


def straightened(wrap: Wrap) -> Wrap:
    """Sectors unrolled, and the edges between tiers brought to one height."""
    members = range(len(wrap.panels))
    wrap = replace(wrap, pieces=tuple(_unrolled(wrap, m) for m in members))
    wrap = replace(wrap, pieces=tuple(_darts_closed(wrap, m) for m in members))
    return _levelled(wrap)


def shortened(wrap: Wrap, limit: float) -> Wrap:
    """Panels drawn together along the tube below the closed part's beginning, to end at a limit.

    Args:
        wrap: Panels on a limb.
        limit: Last station [m]; panels that end before it are not changed.
    """
    members = range(len(wrap.panels))
    last = max(float(wrap.outline(m)[:, 0].max()) for m in members)
    span = wrap.span(members)
    if last <= limit or span is None:
        return wrap
    first = min(span[0], limit - 1e-3)
    share = max((limit - first) / (last - first), _SHORTEST)

    def draw(member: int, flat: FloatArray) -> FloatArray:
        t = wrap.stations(member, flat)
        drawn = np.where(t > first, first + (t - first) * share, t)
        return np.column_stack([flat[:, 0], flat[:, 1] + wrap.run * (drawn - t)])

    return replace(wrap, pieces=tuple(bent(wrap.pieces[m], partial(draw, m)) for m in members))


def drawn_up(wrap: Wrap, limit: float) -> Wrap:
    """Panels drawn together above their lowest end, for this to lie at a limit.

    Args:
        wrap: Panels around a leg; stations are heights.
        limit: Lowest station [m]; panels that end above it are not changed.
    """
    members = range(len(wrap.panels))
    lowest = min(float(wrap.outline(m)[:, 0].min()) for m in members)
    if lowest >= limit:
        return wrap

    def draw(member: int, flat: FloatArray) -> FloatArray:
        above = wrap.stations(member, flat) - lowest
        by = np.maximum(limit - lowest - (1 - _SHORTEST) * above, 0.0)
        return np.column_stack([flat[:, 0], flat[:, 1] + by])

    return replace(wrap, pieces=tuple(bent(wrap.pieces[m], partial(draw, m)) for m in members))


def _middle(wrap: Wrap, member: int) -> float:
    stations = wrap.outline(member)[:, 0]
    return float((stations.min() + stations.max()) / 2)


def _ends(wrap: Wrap) -> list[tuple[EdgeRef, EdgeRef]]:
    """The end of one panel sewn to the beginning of the next: its edge first."""
    found = []
    for seam in wrap.seams:
        a, b = _middle(wrap, wrap.member(seam.a)), _middle(wrap, wrap.member(seam.b))
        if abs(a - b) > _ABOVE and seam.kind != "dart" and not seam.right_wrong:
            low, high = (seam.a, seam.b) if a < b else (seam.b, seam.a)
            if wrap.on_top(low) and not wrap.on_top(high):
                found.append((low, high))
    return found


def _unrolled(wrap: Wrap, member: int) -> Piece:
    """A sector of a ring as a straight strip about x = 0; other panels as they are."""
    piece = wrap.pieces[member]
    outline = piece.outline
    # The upper edge ends a panel where stations rise with y, and begins it down an arm.
    ends = (low if wrap.run > 0 else high for low, high in _ends(wrap))
    tops = [ref.edge for ref in ends if wrap.member(ref) == member]
    if not tops:
        return piece
    points = np.vstack([outline.points[outline.edge_nodes(edge)] for edge in tops])
    # Least squares circle (Kåsa): x² + y² = 2 a x + 2 b y + c.
    matrix = np.column_stack([2 * points, np.ones(len(points))])
    (a, b, c), *_ = np.linalg.lstsq(matrix, (points**2).sum(axis=1), rcond=None)
    centre = np.array([a, b])
    radius = float(np.sqrt(max(c + a * a + b * b, 0.0)))
    misfit = np.abs(np.hypot(*(points - centre).T) - radius).max()
    above = b > points[:, 1].mean()
    if not (above and radius < _SECTOR_RADIUS and misfit < _SECTOR_MISFIT):
        return piece
    top = float(b - radius)

    def unroll(flat: FloatArray) -> FloatArray:
        offset = flat - centre
        distance = np.hypot(*offset.T)
        angle = np.arctan2(offset[:, 0], -offset[:, 1])
        return np.column_stack([a + angle * distance, top - (distance - radius)])

    return bent(piece, unroll)


def _darts_closed(wrap: Wrap, member: int) -> Piece:
    """A piece whose darts along the tube are closed but for a slit, from the middle outwards."""
    piece = wrap.pieces[member]
    name = wrap.panels[member].name
    slits = []
    for seam in wrap.seams:
        if seam.a.panel == seam.b.panel == name and wrap.tip(seam) and wrap.runs_along(seam):
            legs = sorted(
                (wrap.edge(ref) for ref in (seam.a, seam.b)), key=lambda leg: leg[:, 1].mean()
            )
            rising = [leg[np.argsort(leg[:, 0], kind="stable")] for leg in legs]
            slits.append(rising)
    if not slits:
        return piece

    def close(flat: FloatArray) -> FloatArray:
        t, x = wrap.stations(member, flat), flat[:, 0]
        moved = x.copy()
        for low, high in slits:
            left, right = (np.interp(t, leg[:, 0], leg[:, 1]) for leg in (low, high))
            take = np.maximum(right - left - _SLIT, 0.0)
            middle = (left + right) / 2
            on_right = middle.mean() > 0
            moved -= np.where(on_right & (x > middle), take, 0.0)
            moved += np.where((not on_right) & (x < middle), take, 0.0)
        return np.column_stack([moved, flat[:, 1]])

    return bent(piece, close)


def _levelled(wrap: Wrap) -> Wrap:
    """Every edge sewn to the end of another tier brought to the mean height of that seam."""
    tiers = wrap.tiers()
    tier = {member: number for number, members in enumerate(tiers) for member in members}
    joints: dict[tuple[int, int], list[EdgeRef]] = {}
    for low, high in _ends(wrap):
        key = tier[wrap.member(low)], tier[wrap.member(high)]
        if key[0] != key[1]:
            joints.setdefault(key, []).extend([low, high])
    pieces = list(wrap.pieces)
    for refs in joints.values():
        level = float(np.concatenate([wrap.edge(ref)[:, 0] for ref in refs]).mean())
        for member in sorted({wrap.member(ref) for ref in refs}):
            rows = np.vstack([wrap.edge(ref) for ref in refs if wrap.member(ref) == member])
            pieces[member] = _brought(wrap, pieces[member], member, rows, level)
    return replace(wrap, pieces=tuple(pieces))


def _brought(wrap: Wrap, piece: Piece, member: int, edge: FloatArray, level: float) -> Piece:
    """A piece whose edge (stations and x) lies at one station; what is far from it stays."""
    order = np.argsort(edge[:, 1], kind="stable")
    at, across = edge[order].T
    height = float(np.ptp(wrap.outline(member)[:, 0]))
    reach = min(_REACH, height / 2) if height > _REACH / 2 else np.inf

    def bring(flat: FloatArray) -> FloatArray:
        t = wrap.stations(member, flat)
        here = np.interp(flat[:, 0], across, at)
        fade = np.clip(1 - np.abs(t - here) / reach, 0.0, 1.0) if np.isfinite(reach) else 1.0
        return np.column_stack([flat[:, 0], flat[:, 1] + wrap.run * (level - here) * fade])

    return bent(piece, bring)
