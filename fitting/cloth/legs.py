"""Trousers: above the crotch they go around the hips like a skirt, below it around each leg.

Each panel is a front or a back of one leg. Its inner edge above the crotch is sewn to the other
leg's panel: down the centre line first, then along the crotch curve, which goes under the body.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.cloth.cut import Piece
from fitting.cloth.straighten import bent
from fitting.cloth.tube import ANGLES, Tube
from fitting.cloth.wrap import Wrap
from fitting.records import Body, FloatArray

# Below the crotch the panels go over from the hips' rings to the leg's within this length [m].
_CHANGE = 0.08
# This much of the crotch curve's height goes under the body; above, it lies on the centre line [m].
_UNDER = 0.04
# Within this length of cloth beyond the centre line it comes below the body [m].
_DOWN = 0.02
# Cloth of one leg stays this far from the other's [m].
_APART = 0.004
_STEPS = 8


@dataclass(frozen=True)
class CrotchEdge:
    """The inner edge of a leg panel above the crotch.

    Attributes:
        inner: +1 where the inner edge is at large x, -1 where it is at small x.
        stations, x: Along the edge, upwards [m], shape (n,).
        bend: Station below which it goes under the body [m].
        reach: How far the crotch point lies beyond the centre line [m].
    """

    inner: float
    stations: FloatArray
    x: FloatArray
    bend: float
    reach: float

    @property
    def crotch(self) -> float:
        """Station of the crotch point [m]."""
        return float(self.stations[0])

    def centre(self, t: FloatArray) -> FloatArray:
        """x of the centre line at stations [m]; straight down from where the edge leaves it."""
        return np.interp(np.maximum(t, self.bend), self.stations, self.x)

    def beyond(self, t: FloatArray, x: FloatArray) -> FloatArray:
        """How far points lie beyond the centre line [m]; negative on the leg's side of it."""
        return np.asarray(self.inner * (x - self.centre(t)))


def crotch_edge(wrap: Wrap, member: int) -> CrotchEdge | None:
    """The edges of a leg panel that are sewn to the other leg's; None where there are none."""
    panel = wrap.panels[member]
    rows = []
    for seam in wrap.seams:
        for mine, other in ((seam.a, seam.b), (seam.b, seam.a)):
            far = wrap.panels[wrap.member(other)].placement.wrap
            if mine.panel == panel.name and far.startswith("leg") and far != panel.placement.wrap:
                rows.append(wrap.edge(mine))
    if not rows:
        return None
    edge = np.vstack(rows)
    order = np.argsort(edge[:, 0], kind="stable")
    stations, x = edge[order].T
    stations = stations + 1e-9 * np.arange(len(stations))
    inner = 1.0 if x.mean() > wrap.outline(member)[:, 1].mean() else -1.0
    bend = float(stations[0]) + min(_UNDER, 0.5 * float(np.ptp(stations)))
    reach = max(0.0, inner * (float(x[0]) - float(np.interp(bend, stations, x))))
    return CrotchEdge(inner, stations, x, bend, reach)


def hip_piece(wrap: Wrap, member: int, edge: CrotchEdge) -> Piece:
    """A leg panel moved so that x = 0 is the centre line; nothing reaches beyond it."""

    def move(flat: FloatArray) -> FloatArray:
        t = wrap.stations(member, flat)
        x = flat[:, 0] - edge.centre(t)
        return np.column_stack([np.minimum(x * edge.inner, 0.0) * edge.inner, flat[:, 1]])

    return bent(wrap.pieces[member], move)


def underside(body: Body) -> tuple[FloatArray, FloatArray]:
    """Lowest skin of the trunk in the middle plane: z rising, and height there [m]."""
    rows = [rows for name, rows in body.regions.items() if name.split(".")[0] in ("torso", "leg")]
    points = body.vertices[np.concatenate(rows)]
    width = np.ptp(points[:, 0])
    middle = points[(np.abs(points[:, 0] - points[:, 0].mean()) < 0.06 * width)]
    z = np.linspace(middle[:, 2].min(), middle[:, 2].max(), 40)
    step = z[1] - z[0]
    near = np.abs(middle[:, 2] - z[:, None]) < 2 * step
    lowest = np.where(near, middle[:, 1], np.inf).min(axis=1)
    return z[np.isfinite(lowest)], lowest[np.isfinite(lowest)]


def leg_rings(tube: Tube, girth: FloatArray, nearest: float, inner: float) -> Tube:
    """Rings as long as a leg is wide, its ease kept off the other leg.

    Args:
        tube: Around the leg, horizontal rings.
        girth: Wanted at each station [m], shape (n,).
        nearest: Least distance from the leg [m].
        inner: Which way the other leg lies: -1 towards -x, 1 towards +x.
    """
    most = to_other_leg(tube, inner)
    clearance = np.full(len(girth), nearest)
    for _ in range(_STEPS):
        rings = tube.grown(clearance)
        rings = Tube(
            tube.stations, tube.centre, tube.ahead, tube.aside, np.minimum(rings.radius, most)
        )
        clearance = np.maximum(clearance + (girth - rings.girth) / (2 * np.pi), nearest)
    return rings


def to_other_leg(tube: Tube, inner: float) -> FloatArray:
    """Radius at which rings around a leg reach the middle between the legs [m], shape (n, K).

    Args:
        tube: Around the leg, horizontal rings.
        inner: Which way the other leg lies: -1 towards -x, 1 towards +x.
    """
    room = np.maximum(np.abs(tube.centre[:, 0]) - _APART, 0.01)
    towards = np.maximum(inner * np.sin(ANGLES), 1e-6)
    return np.asarray(room[:, None] / towards)


def blend(wrap: Wrap, member: int, edge: CrotchEdge, around_leg: FloatArray,
          around_hips: FloatArray, body: Body, nearest: float) -> FloatArray:  # fmt: skip
    """Positions of a leg panel: the hips' above the crotch, the leg's below, the curve under both.

    Args:
        wrap, member, edge: The panel.
        around_leg, around_hips: Its points on the leg's rings and on the hips' [m], shape (P, 3).
        body: Whose underside the crotch curve keeps below.
        nearest: Least distance from it [m].
    """
    flat = wrap.pieces[member].points
    t = wrap.stations(member, flat)
    hips = around_hips.copy()
    beyond = np.clip(edge.beyond(t, flat[:, 0]), 0.0, None)
    share = np.clip(beyond / max(edge.reach, 1e-6), 0.0, 1.0)
    z, low = underside(body)
    crotch = z[low.argmin()]
    hips[:, 2] += share * (crotch - hips[:, 2])
    under = np.interp(hips[:, 2], z, low) - nearest
    hips[:, 1] -= _eased(beyond / _DOWN) * np.maximum(edge.bend - under, 0.0)
    weight = _eased((t - edge.crotch) / _CHANGE + 1.0)[:, None]
    return np.asarray(around_leg * (1 - weight) + hips * weight)


def _eased(share: FloatArray) -> FloatArray:
    """0 to 1 without a kink at either end."""
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share))
