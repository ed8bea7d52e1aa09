"""Reading DXF-AAMA / ASTM D6673, with or without the JSON beside it.

Read are old polylines and new ones, either closed by a flag or by repeating the first point; keys
in any case; millimetres and inches; the sewn line from layer 14 where there is one, else the
boundary. Corners are the points of layer 2, else sharp turns.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from fitting.errors import BadPattern
from fitting.pattern.exchange import dxf, json
from fitting.pattern.exchange.curvefit import fit_edge
from fitting.records import Edge, FloatArray, InternalLine, Notch, Panel, Pattern
from fitting.units import INCH, MM

_SAME = 2e-5  # [m] points of one file that are meant to be one
_SAME_MARK = 2e-4  # [m] notches nearer than this are one
_DEEPEST_ALLOWANCE = 0.08  # [m] between a mark on the cut line and the sewn line
_SHARP = np.radians(12)  # turns sharper than this are corners where none are marked
_PLAUSIBLE = (0.005, 6.0)  # [m] least and greatest extent of a piece
Group = tuple[int, str]


@dataclass
class _Entity:
    """One DXF entity: its kind, layer and groups; polylines carry their vertices."""

    kind: str
    layer: str
    groups: list[Group]
    vertices: list[tuple[float, float]] = field(default_factory=list)

    def number(self, code: int, default: float = 0.0) -> float:
        for c, value in self.groups:
            if c == code:
                return float(value)
        return default

    def text(self, code: int) -> str:
        found = next((value for c, value in self.groups if c == code), "")
        return re.sub(r"\\U\+([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), found)

    @property
    def at(self) -> tuple[float, float]:
        return self.number(10), self.number(20)


def read(data: bytes, *, beside: bytes | None = None, size: str = "") -> Pattern:
    """Read the pieces of a file.

    Args:
        data: The DXF.
        beside: The pattern.json written beside it: seams, placement, allowances and names of
            edges are taken from it where the pieces still have as many edges.
        size: Which size, where the file holds several; else the sample size.
    Raises:
        BadPattern: It is no such file, or a piece has no outline.
    """
    blocks, style = _blocks(_groups(data))
    unit = INCH if style.get("units", "METRIC").upper().startswith("ENGLISH") else MM
    panels: dict[str, Panel] = {}
    wanted = size or style.get("sample size", "")
    for name, entities in blocks.items():
        texts = _texts(entities)
        own = texts.get("size", "")
        if wanted and own and own != wanted and _has_size(blocks, wanted):
            continue
        panel = _panel(texts.get("piece name") or name, entities, texts, unit)
        panels[panel.name] = panel
    if not panels:
        raise BadPattern("the DXF holds no pieces; give a file in DXF-AAMA or ASTM D6673")
    pattern = Pattern(style.get("style name") or "pattern", tuple(panels.values()), (), size=wanted)
    return pattern if beside is None else _with_sidecar(pattern, json.read(beside))


# ---- the file ------------------------------------------------------------------------------------


def _groups(data: bytes) -> list[Group]:
    lines = [line.strip() for line in data.decode("latin-1").splitlines()]
    out = []
    for code, value in zip(lines[::2], lines[1::2], strict=False):
        try:
            out.append((int(code), value))
        except ValueError:
            raise BadPattern(f"not a DXF: {code[:20]!r} is no group code") from None
    if not any(g == (0, "SECTION") for g in out):
        raise BadPattern("not a DXF: it has no sections")
    return out


def _blocks(groups: Sequence[Group]) -> tuple[dict[str, list[_Entity]], dict[str, str]]:
    """Entities by block, and the style's texts by key in small letters."""
    blocks: dict[str, list[_Entity]] = {}
    loose: list[_Entity] = []
    current = loose
    for entity in _entities(groups):
        if entity.kind == "BLOCK":
            current = blocks.setdefault(entity.text(2), [])
        elif entity.kind == "ENDBLK":
            current = loose
        else:
            current.append(entity)
    pieces = {
        name: entities
        for name, entities in blocks.items()
        if any(e.kind in ("POLYLINE", "LWPOLYLINE") for e in entities)
    }
    if not pieces and any(e.kind in ("POLYLINE", "LWPOLYLINE") for e in loose):
        pieces = {"piece": loose}
    return pieces, _texts(loose)


def _entities(groups: Sequence[Group]) -> list[_Entity]:
    out: list[_Entity] = []
    start = 0
    for i in range(1, len(groups) + 1):
        if i == len(groups) or groups[i][0] == 0:
            body = list(groups[start:i])
            entity = _Entity(body[0][1], next((v for c, v in body if c == 8), ""), body[1:])
            if entity.kind == "VERTEX" and out and out[-1].kind == "POLYLINE":
                with contextlib.suppress(ValueError):
                    out[-1].vertices.append(entity.at)
            elif entity.kind == "LWPOLYLINE":
                xs = [float(v) for c, v in body if c == 10]
                ys = [float(v) for c, v in body if c == 20]
                entity.vertices = list(zip(xs, ys, strict=False))
                out.append(entity)
            elif entity.kind != "SEQEND":
                out.append(entity)
            start = i
    return out


def _texts(entities: Sequence[_Entity]) -> dict[str, str]:
    out: dict[str, str] = {}
    for entity in entities:
        if entity.kind == "TEXT" and ":" in entity.text(1):
            key, _, value = entity.text(1).partition(":")
            out.setdefault(key.strip().casefold(), value.strip())
    return out


def _has_size(blocks: Mapping[str, list[_Entity]], size: str) -> bool:
    return any(_texts(entities).get("size") == size for entities in blocks.values())


# ---- a piece -------------------------------------------------------------------------------------


def _panel(name: str, entities: Sequence[_Entity], texts: Mapping[str, str], unit: float) -> Panel:
    lines: dict[str, list[FloatArray]] = defaultdict(list)
    points: dict[str, list[_Entity]] = defaultdict(list)
    for entity in entities:
        if entity.vertices:
            lines[entity.layer].append(np.array(entity.vertices) * unit)
        elif entity.kind == "LINE":
            ends = [entity.at, (entity.number(11), entity.number(21))]
            lines[entity.layer].append(np.array(ends) * unit)
        elif entity.kind == "POINT":
            points[entity.layer].append(entity)
    outline = _ring(_longest(lines[dxf.SEW] or lines[dxf.BOUNDARY]), name)
    span = float(np.ptp(outline, axis=0).max())
    if not _PLAUSIBLE[0] <= span <= _PLAUSIBLE[1]:
        raise BadPattern(
            f"{name} is {span * 100:.1f} cm long; a piece is {_PLAUSIBLE[0] * 100:g} to "
            f"{_PLAUSIBLE[1] * 100:g} cm: check the units of the file"
        )
    turns = np.array([p.at for p in points[dxf.TURN]]).reshape(-1, 2) * unit
    vertices, edges = _edges(outline, turns)
    panel = Panel(name, vertices, edges)
    grain = _grain(lines[dxf.GRAIN])
    notches = [
        _notch(panel, p, unit, layer == dxf.DOUBLE_NOTCH)
        for layer in (dxf.NOTCH, dxf.DOUBLE_NOTCH)
        for p in points[layer]
    ]
    quantity = re.findall(r"\d+", texts.get("quantity", "1"))
    return replace(
        panel,
        grain=grain,
        notches=tuple(notches),
        cut=sum(int(q) for q in quantity) or 1,
        fold=texts.get("fold") or _fold(panel, lines[dxf.FOLD]),
        lines=_internal(lines[dxf.INTERNAL], entities, unit),
        drills=tuple((p.at[0] * unit, p.at[1] * unit) for p in points[dxf.DRILL]),
        material=texts.get("material") or "shell",
    )


def _longest(rings: Sequence[FloatArray]) -> FloatArray | None:
    if not rings:
        return None
    return max(rings, key=lambda r: float(np.hypot(*np.diff(r, axis=0).T).sum()))


def _ring(outline: FloatArray | None, name: str) -> FloatArray:
    """The outline without repeated points, its first not repeated at the end."""
    if outline is None or len(outline) < 3:
        raise BadPattern(f"{name} has no outline on layers 14 or 1; export its boundary")
    step = np.hypot(*(np.roll(outline, -1, axis=0) - outline).T)
    return np.asarray(outline[step > 1e-7], dtype=np.float64)


def _edges(outline: FloatArray, turns: FloatArray) -> tuple[FloatArray, tuple[Edge, ...]]:
    """Cut the outline at its corners and find the curve of each side."""
    corners = _corners(outline, turns)
    if len(corners) < 2:
        corners = sorted({*corners, 0, len(outline) // 2})
    ring = np.roll(outline, -corners[0], axis=0)
    stops = [*(c - corners[0] for c in corners), len(ring)]
    closed = np.vstack([ring, ring[:1]])
    vertices, shapes = [closed[0]], []
    for a, b in pairwise(stops):
        for end, shape in fit_edge(closed[a : b + 1]):
            vertices.append(end)
            shapes.append(shape)
    count = len(shapes)
    edges = tuple(Edge(i, (i + 1) % count, shape) for i, shape in enumerate(shapes))
    return np.array(vertices[:-1]), edges


def _corners(outline: FloatArray, turns: FloatArray) -> list[int]:
    """Indices of the outline's points that are corners, in order of the first marked one."""
    if len(turns):
        gap = np.hypot(*(outline[:, None] - turns[None]).transpose(2, 0, 1))
        marked = gap.min(axis=1) <= _SAME
        if marked.sum() >= 2:
            first = int(gap[:, 0].argmin())
            order = [(i + first) % len(outline) for i in range(len(outline))]
            found = [i for i in order if marked[i]]
            return [i if i >= first else i + len(outline) for i in found]
    step = np.roll(outline, -1, axis=0) - outline
    heading = np.arctan2(step[:, 1], step[:, 0])
    turn = np.abs((heading - np.roll(heading, 1) + np.pi) % (2 * np.pi) - np.pi)
    return [int(i) for i in np.flatnonzero(turn > _SHARP)]


def _notch(panel: Panel, mark: _Entity, unit: float, double: bool) -> Notch:
    """The place on the sewn outline that a mark on the cut line points at, else the nearest."""
    at = np.array(mark.at) * unit
    aim = None
    if mark.text(50):
        angle = np.radians(mark.number(50))
        aim = np.array([np.cos(angle), np.sin(angle)])
    nearest = (float("inf"), 0, 0.0)
    aimed = (float("inf"), 0, 0.0)
    fractions = np.linspace(0, 1, 401)
    for i in range(len(panel.edges)):
        points = panel.edge_points(i, fractions)
        a, d = points[:-1], np.diff(points, axis=0)
        along = ((at - a) * d).sum(axis=1) / np.maximum(1e-18, (d * d).sum(axis=1))
        along = np.clip(along, 0.0, 1.0)
        gap = np.hypot(*(a + along[:, None] * d - at).T)
        k = int(gap.argmin())
        if gap[k] < nearest[0] - 1e-9:
            nearest = (float(gap[k]), i, (k + float(along[k])) / len(d))
        if aim is not None:
            hit = _hit(at, aim, a, d)
            if hit is not None and hit[0] < aimed[0] - 1e-9:
                aimed = (hit[0], i, hit[1] / len(d))
    best = aimed if aimed[0] < _DEEPEST_ALLOWANCE else nearest
    return Notch(best[1], round(best[2], 6), double)


def _hit(
    at: FloatArray, aim: FloatArray, a: FloatArray, d: FloatArray
) -> tuple[float, float] | None:
    """Where a ray first meets segments: distance [m] and place counted in segments."""
    cross = aim[0] * d[:, 1] - aim[1] * d[:, 0]
    safe = np.where(np.abs(cross) > 1e-15, cross, np.nan)
    gap = a - at
    reach = (gap[:, 0] * d[:, 1] - gap[:, 1] * d[:, 0]) / safe
    place = (gap[:, 0] * aim[1] - gap[:, 1] * aim[0]) / safe
    slack = _SAME / np.maximum(1e-12, np.hypot(*d.T))
    found = (reach > -_SAME) & (place > -slack) & (place < 1 + slack)
    if not found.any():
        return None
    k = int(np.where(found, reach, np.inf).argmin())
    return float(max(0.0, reach[k])), k + float(np.clip(place[k], 0.0, 1.0))


def _grain(lines: Sequence[FloatArray]) -> tuple[float, float]:
    if not lines:
        return (0.0, 1.0)
    step = lines[0][-1] - lines[0][0]
    unit = step / (np.hypot(*step) or 1.0)
    return (round(float(unit[0]), 6) + 0.0, round(float(unit[1]), 6) + 0.0)


def _fold(panel: Panel, lines: Sequence[FloatArray]) -> str:
    """The edge that lies on a mirror line, by its index."""
    for line in lines:
        for i, edge in enumerate(panel.edges):
            ends = panel.vertices[[edge.start, edge.end]]
            for pair in (line[[0, -1]], line[[-1, 0]]):
                if np.abs(ends - pair).max() <= _SAME:
                    return str(i)
    return ""


def _internal(
    lines: Sequence[FloatArray], entities: Sequence[_Entity], unit: float
) -> tuple[InternalLine, ...]:
    names = [
        (np.array(e.at) * unit, e.text(1).partition(":")[2].strip())
        for e in entities
        if e.kind == "TEXT" and e.layer == dxf.TEXT and e.text(1).startswith("Line:")
    ]
    out = []
    for line in lines:
        near = [name for at, name in names if np.hypot(*(line[0] - at)) <= _SAME]
        points = tuple((float(x), float(y)) for x, y in line)
        out.append(InternalLine(near[0] if near else "internal", points))
    return tuple(out)


# ---- the file beside it --------------------------------------------------------------------------


def _with_sidecar(pattern: Pattern, beside: Pattern) -> Pattern:
    """Give the pieces back what the format has no word for.

    A piece that has other edges than it had is taken as it is, and the seams that hang on it are
    dropped; the gate then names it.
    """
    before = {panel.name: panel for panel in beside.panels}
    panels = []
    kept = set()
    for panel in pattern.panels:
        known = before.get(panel.name)
        if known is None or len(known.edges) != len(panel.edges):
            panels.append(panel)
            continue
        kept.add(panel.name)
        edges = tuple(
            replace(e, name=k.name, allowance=k.allowance, label=k.label)
            for e, k in zip(panel.edges, known.edges, strict=True)
        )
        panels.append(
            replace(
                panel,
                edges=edges,
                placement=known.placement,
                fold=known.fold,
                draped=known.draped,
                label=known.label,
                notches=tuple(_known_notch(panel, n, known) for n in panel.notches),
            )
        )
    seams = tuple(s for s in beside.seams if {s.a.panel, s.b.panel} <= kept)
    openings = tuple(o for o in beside.openings if {r.panel for r in o.edges} <= kept)
    return replace(beside, panels=tuple(panels), seams=seams, openings=openings)


def _known_notch(panel: Panel, notch: Notch, known: Panel) -> Notch:
    """The notch of the file beside it that lies where this one does.

    At a corner a mark alone does not tell which of the two edges it belongs to.
    """
    at = panel.edge_points(notch.edge, np.array([notch.fraction]))[0]
    for other in known.notches:
        there = known.edge_points(other.edge, np.array([other.fraction]))[0]
        if other.double == notch.double and np.hypot(*(there - at)) <= _SAME_MARK:
            return other
    return notch
