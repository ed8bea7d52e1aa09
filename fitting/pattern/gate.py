"""The sewability gate: can this pattern be cut, sewn and got into?

Every check returns faults that name the panel and the edge, the numbers and the remedy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fitting.errors import BadPattern
from fitting.pattern import borders, crossings
from fitting.pattern.figure import Figure
from fitting.records import Edge, EdgeRef, Measurements, Panel, Pattern, Seam

SEAM_TOLERANCE = 0.0005  # [m] sides of a seam after their ease; half a millimetre cannot be cut
NOTCH_TOLERANCE = 0.003  # [m] how far the two notches of a pair may be apart; chosen
SHORTEST = 1e-5  # [m] shorter edges are no edges
LEAST_AREA = 1e-6  # [m²]
_WEARABLE_SLACK = 0.995  # an opening half a percent under the girth still goes over it


@dataclass(frozen=True)
class Fault:
    """Why a pattern cannot be sewn.

    Attributes:
        code: Stable identifier: ``open_loop``, ``self_intersecting``, ``seam_length`` ...
        panel: Name, or empty where the whole pattern is meant.
        edge: Name or number of the edge, or empty.
        text: What is wrong, with the numbers and the remedy.
    """

    code: str
    panel: str
    edge: str
    text: str


def check(pattern: Pattern, *, measurements: Measurements | None = None) -> tuple[Fault, ...]:
    """Everything that keeps the pattern from being sewn and worn.

    Args:
        pattern: What to check.
        measurements: Of the wearer, for the openings; without them openings are not checked.
    """
    faults = [f for panel in pattern.panels for f in _panel_faults(panel)]
    names = [panel.name for panel in pattern.panels]
    faults += [
        Fault("duplicate_panel", name, "", f"{count} panels are named {name}; rename them")
        for name, count in Counter(names).items()
        if count > 1
    ]
    references = list(_reference_faults(pattern))
    faults += references
    if references or any(f.code == "open_loop" for f in faults):
        return tuple(faults)
    faults += _seam_faults(pattern)
    faults += _piece_faults(pattern)
    faults += _notch_faults(pattern)
    if measurements is not None:
        faults += opening_faults(pattern, measurements)
    return tuple(faults)


def require_sewable(pattern: Pattern, *, measurements: Measurements | None = None) -> None:
    """Refuse a pattern that cannot be sewn.

    Raises:
        BadPattern: With every fault in one message.
    """
    faults = check(pattern, measurements=measurements)
    if faults:
        shown = "; ".join(f.text for f in faults[:5])
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise BadPattern(f"{pattern.name} cannot be sewn: {shown}{more}")


def edge_name(panel: Panel, index: int) -> str:
    """What to call an edge in a message: its name, else its number."""
    edge = panel.edges[index]
    return edge.name or edge.label or str(index)


# ---- panels --------------------------------------------------------------------------------------


def _panel_faults(panel: Panel) -> Iterator[Fault]:
    name = panel.name
    if not np.isfinite(panel.vertices).all() or not all(map(_finite, panel.edges)):
        yield Fault("not_finite", name, "", f"{name} has coordinates that are not numbers")
        return
    broken = list(_loop_faults(panel))
    yield from broken
    if broken:
        return
    for i in range(len(panel.edges)):
        length = panel.edge_length(i)
        if length < SHORTEST:
            edge = edge_name(panel, i)
            text = (
                f"{name}: edge {edge} is {length * 1000:.4f} mm long; merge it with its neighbour"
            )
            yield Fault("no_length", name, edge, text)
    outline, owner = crossings.polyline(panel)
    crossing = crossings.pairs(outline, owner)
    if crossing:
        i, j = crossing[0]
        a, b = edge_name(panel, i), edge_name(panel, j)
        text = f"{name} is self-intersecting: edge {a} crosses edge {b}; move them apart"
        yield Fault("self_intersecting", name, a, text)
    area = abs(crossings.area(outline))
    if area < LEAST_AREA:
        text = f"{name} has an area of {area * 1e4:.4f} cm²; it must be over 0.01 cm²"
        yield Fault("no_area", name, "", text)


def _finite(edge: Edge) -> bool:
    numbers = [edge.shape.radius, *(v for c in edge.shape.controls for v in c)]
    return bool(np.isfinite(numbers).all())


def _loop_faults(panel: Panel) -> Iterator[Fault]:
    name, edges = panel.name, panel.edges
    if len(edges) < 2:
        text = f"{name} has {len(edges)} edges; a loop needs at least two"
        yield Fault("open_loop", name, "", text)
        return
    for i, edge in enumerate(edges):
        if not (0 <= edge.start < len(panel.vertices) and 0 <= edge.end < len(panel.vertices)):
            at = edge_name(panel, i)
            text = f"{name}: edge {at} refers to a vertex that is not there"
            yield Fault("open_loop", name, at, text)
            return
    for i, edge in enumerate(edges):
        after = edges[(i + 1) % len(edges)]
        gap = float(np.hypot(*(panel.vertices[after.start] - panel.vertices[edge.end])))
        if edge.end != after.start and gap > 1e-6:
            at = edge_name(panel, i)
            text = (
                f"{name}: edge {at} ends {gap * 1000:.2f} mm from where the next one starts; "
                "close the loop"
            )
            yield Fault("open_loop", name, at, text)


# ---- seams ---------------------------------------------------------------------------------------


def _reference_faults(pattern: Pattern) -> Iterator[Fault]:
    edges = {panel.name: len(panel.edges) for panel in pattern.panels}
    refs = [(f"seam {i}", r) for i, s in enumerate(pattern.seams) for r in (s.a, s.b)]
    refs += [(f"opening {o.name}", r) for o in pattern.openings for r in o.edges]
    for what, ref in refs:
        if ref.panel not in edges:
            text = f"{what} refers to a panel {ref.panel!r} that is not there"
            yield Fault("no_such_panel", ref.panel, "", text)
        elif not 0 <= ref.edge < edges[ref.panel]:
            text = f"{what} refers to edge {ref.edge} of {ref.panel}, which has {edges[ref.panel]}"
            yield Fault("no_such_edge", ref.panel, str(ref.edge), text)


def _seam_faults(pattern: Pattern) -> Iterator[Fault]:
    panels = {panel.name: panel for panel in pattern.panels}
    uses = Counter(ref for seam in pattern.seams for ref in (seam.a, seam.b))
    for ref, count in uses.items():
        if count > 1:
            at = edge_name(panels[ref.panel], ref.edge)
            text = f"{ref.panel}: edge {at} is sewn {count} times; an edge takes one seam"
            yield Fault("sewn_twice", ref.panel, at, text)
    for seam in pattern.seams:
        yield from _length_fault(panels, seam)
        for ref in (seam.a, seam.b):
            if not panels[ref.panel].draped:
                text = f"{ref.panel} is not draped but sewn; drape it or leave out the seam"
                yield Fault("sewn_undraped", ref.panel, "", text)


def _length_fault(panels: dict[str, Panel], seam: Seam) -> Iterator[Fault]:
    a, b = panels[seam.a.panel], panels[seam.b.panel]
    la, lb = a.edge_length(seam.a.edge), b.edge_length(seam.b.edge)
    off = la - lb - seam.ease
    if abs(off) <= SEAM_TOLERANCE:
        return
    at, other = edge_name(a, seam.a.edge), edge_name(b, seam.b.edge)
    text = (
        f"{a.name}: edge {at} is {la * 100:.2f} cm and {b.name} edge {other} {lb * 100:.2f} cm; "
        f"with the declared ease of {seam.ease * 100:.2f} cm they differ by {off * 100:.2f} cm: "
        "declare the ease or change a length"
    )
    yield Fault("seam_length", a.name, at, text)


def _piece_faults(pattern: Pattern) -> Iterator[Fault]:
    """One connected piece, orientable."""
    near: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for seam in pattern.seams:
        near[seam.a.panel].append((seam.b.panel, seam.right_wrong))
        near[seam.b.panel].append((seam.a.panel, seam.right_wrong))
    draped = [panel.name for panel in pattern.panels if panel.draped]
    flipped: dict[str, bool] = {}
    parts = 0
    for first in draped:
        if first in flipped:
            continue
        parts += 1
        if parts > 1:
            text = f"{first} is not sewn to the rest of the garment; sew it on or do not drape it"
            yield Fault("separate_piece", first, "", text)
        flipped[first] = False
        todo = [first]
        while todo:
            here = todo.pop()
            for there, crossed in near[here]:
                if there not in flipped:
                    flipped[there] = flipped[here] ^ crossed
                    todo.append(there)
                elif flipped[there] != flipped[here] ^ crossed:
                    text = (
                        f"{here} and {there} are sewn so that the fabric's right side meets the "
                        "wrong side all the way round; turn one seam"
                    )
                    yield Fault("not_orientable", here, "", text)
                    return


# ---- notches and openings ------------------------------------------------------------------------


def _notch_faults(pattern: Pattern) -> Iterator[Fault]:
    panels = {panel.name: panel for panel in pattern.panels}
    mates: dict[EdgeRef, tuple[EdgeRef, bool]] = {}
    for seam in pattern.seams:
        mates[seam.a], mates[seam.b] = (seam.b, seam.right_wrong), (seam.a, seam.right_wrong)
    for panel in pattern.panels:
        for notch in panel.notches:
            if not (0 <= notch.edge < len(panel.edges) and 0.0 <= notch.fraction <= 1.0):
                text = f"{panel.name}: a notch lies outside its edge"
                yield Fault("notch", panel.name, str(notch.edge), text)
                continue
            found = mates.get(EdgeRef(panel.name, notch.edge))
            if found is None:
                continue
            ref, crossed = found
            other = panels[ref.panel]
            wanted = notch.fraction if crossed else 1.0 - notch.fraction
            if not _marked(other, ref.edge, wanted, notch.double):
                at, far = edge_name(panel, notch.edge), edge_name(other, ref.edge)
                text = (
                    f"{panel.name}: the notch on {at} at {notch.fraction:.2f} has no partner on "
                    f"{other.name} {far}; mark it at {wanted:.2f}"
                )
                yield Fault("notch", panel.name, at, text)


def _marked(panel: Panel, edge: int, fraction: float, double: bool) -> bool:
    """Is there a notch at a place of a panel, on this edge or where another meets it."""
    at = panel.edge_points(edge, np.array([fraction]))[0]
    for notch in panel.notches:
        if notch.double == double and 0 <= notch.edge < len(panel.edges):
            there = panel.edge_points(notch.edge, np.array([notch.fraction]))[0]
            if np.hypot(*(there - at)) <= NOTCH_TOLERANCE:
                return True
    return False


def opening_faults(pattern: Pattern, measurements: Measurements) -> Iterator[Fault]:
    """Openings too small for what must go through them."""
    figure = Figure(measurements)
    for opening in pattern.openings:
        if not opening.over:
            continue
        if opening.over == "head_girth":
            girth = figure.head_girth
        elif opening.over in measurements.values:
            girth = measurements[opening.over]
        else:
            continue
        reach = borders.reach(pattern, opening)
        if reach < _WEARABLE_SLACK * girth:
            text = (
                f"the opening {opening.name} of {pattern.name} opens to {reach * 100:.1f} cm and "
                f"{opening.over} is {girth * 100:.1f} cm; widen it, stretch it or add a closure"
            )
            ref = opening.edges[0] if opening.edges else EdgeRef("", 0)
            yield Fault("opening", ref.panel, opening.name, text)
