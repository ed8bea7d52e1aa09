"""pattern.json: GarmentCode's pattern format with what a workshop needs in extra keys.

Any reader of GarmentCode's JSON reads the files; what that format has no word for (grain, notches,
fold, allowances, ease, openings, finished measurements) lies under keys named ``atelier``, which
such readers pass over. Files of GarmentCode itself, and of the older template system, are read
with everything they hold.

Format: M. Korosteleva and O. Sorkine-Hornung, GarmentCode (ACM TOG 2023), pygarment 2.0.
Rotations are x, y, z angles about fixed axes, R = Rz Ry Rx, as its mesher reads them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from fitting import curves
from fitting.errors import BadPattern
from fitting.pattern.exchange.angles import degrees_of, matrix_of
from fitting.pattern.outline import LATTICE_DIGITS
from fitting.records import (
    Edge,
    EdgeRef,
    FloatArray,
    InternalLine,
    Notch,
    Opening,
    Panel,
    Pattern,
    Placement,
    Seam,
)

FORMAT_VERSION = 1
_UNITS_IN_METRE = 100  # centimetres, as GarmentCode writes them
_EXTRA = "atelier"
_ROUNDING = 1e-14  # [m] what dividing by 100 or undoing relative controls may be off
_SAME_SHARE = 1e-9  # of the chord: controls nearer than that are those of the file
_PLAIN, _GATHERED = 0.02, 0.10  # seam sides differing by less are plain, by more are gathered


# ---- writing -------------------------------------------------------------------------------------


def write(pattern: Pattern) -> bytes:
    """The pattern as a file: the same bytes for the same pattern."""
    spec = {
        "pattern": {
            "panels": {panel.name: _panel_out(panel) for panel in pattern.panels},
            "stitches": [_stitch_out(seam) for seam in pattern.seams],
            "panel_order": [panel.name for panel in pattern.panels],
        },
        "parameters": {},
        "parameter_order": [],
        "properties": {
            "curvature_coords": "relative",
            "normalize_panel_translation": False,
            "normalized_edge_loops": True,
            "units_in_meter": _UNITS_IN_METRE,
        },
        _EXTRA: {
            "version": FORMAT_VERSION,
            "name": pattern.name,
            "fabric": pattern.fabric,
            "size": pattern.size,
            "layer": pattern.layer,
            "options": dict(pattern.options),
            "finished_m": dict(pattern.finished),
            "measurements_m": dict(pattern.measurements),
            "openings": [
                {
                    "name": o.name,
                    "edges": [{"panel": r.panel, "edge": r.edge} for r in o.edges],
                    "over": o.over,
                    "stretch": o.stretch,
                }
                for o in pattern.openings
            ],
        },
    }
    return (json.dumps(spec, ensure_ascii=False, indent=1) + "\n").encode()


def _cm(metres: float) -> float:
    """Centimetres that read back to the same metres."""
    on_lattice = round(metres, LATTICE_DIGITS)
    if abs(metres - on_lattice) <= _ROUNDING:
        return round(on_lattice * 100, LATTICE_DIGITS - 2) + 0.0
    near = metres * 100
    same = [
        c
        for c in (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf))
        if c / 100 == metres
    ]
    # A foreign file's own decimals are the shortest of the numbers that mean the same metres.
    return min(same or [near], key=lambda c: len(repr(c)))


def _cm_list(points: Any) -> list[list[float]]:
    return [[_cm(float(x)), _cm(float(y))] for x, y in points]


def _panel_out(panel: Panel) -> dict[str, Any]:
    place = panel.placement
    out: dict[str, Any] = {
        "translation": [_cm(v) for v in place.translation],
        "rotation": list(place.angles or degrees_of(place.rotation)),
        "vertices": _cm_list(panel.vertices),
        "edges": [_edge_out(panel.vertices, edge) for edge in panel.edges],
    }
    if panel.label:
        out["label"] = panel.label
    extra = {
        "grain": list(panel.grain),
        "cut": panel.cut,
        "fold": panel.fold,
        "draped": panel.draped,
        "material": panel.material,
        "wrap": place.wrap,
        "notches": [[n.edge, n.fraction, n.double] for n in panel.notches],
        "lines_cm": [{"name": li.name, "points": _cm_list(li.points)} for li in panel.lines],
        "drills_cm": _cm_list(panel.drills),
    }
    plain = Panel(panel.name, panel.vertices, panel.edges)
    if any(extra[k] != v for k, v in _plain_extra(plain).items()):
        out[_EXTRA] = extra
    return out


def _plain_extra(panel: Panel) -> dict[str, Any]:
    return {
        "grain": list(panel.grain),
        "cut": 1,
        "fold": "",
        "draped": True,
        "material": "shell",
        "wrap": "",
        "notches": [],
        "lines_cm": [],
        "drills_cm": [],
    }


def _edge_out(vertices: FloatArray, edge: Edge) -> dict[str, Any]:
    out: dict[str, Any] = {"endpoints": [edge.start, edge.end]}
    shape = edge.shape
    if shape.kind == "arc":
        params: list[Any] = [_cm(shape.radius), int(shape.large), int(shape.counterclockwise)]
        out["curvature"] = {"type": "circle", "params": params}
    elif shape.kind != "line":
        start, chord = vertices[edge.start], vertices[edge.end] - vertices[edge.start]
        squared = float(chord @ chord)
        controls = [np.array(c) - start for c in shape.controls]
        relative = [
            [float(c @ chord) / squared, float(chord[0] * c[1] - chord[1] * c[0]) / squared]
            for c in controls
        ]
        if len(edge.relative) == len(relative) and np.allclose(
            edge.relative, relative, rtol=0.0, atol=_SAME_SHARE
        ):
            relative = [list(pair) for pair in edge.relative]
        out["curvature"] = {"type": shape.kind, "params": relative}
    if edge.label:
        out["label"] = edge.label
    if edge.name or edge.allowance:
        out[_EXTRA] = {"name": edge.name, "allowance_cm": _cm(edge.allowance)}
    return out


def _stitch_out(seam: Seam) -> list[Any]:
    first: dict[str, Any] = {"panel": seam.a.panel, "edge": seam.a.edge}
    first[_EXTRA] = {"ease_cm": _cm(seam.ease), "kind": seam.kind, "name": seam.name}
    out: list[Any] = [first, {"panel": seam.b.panel, "edge": seam.b.edge}]
    return [*out, "right_wrong"] if seam.right_wrong else out


# ---- reading -------------------------------------------------------------------------------------


def read(source: bytes | str | Path, *, name: str = "") -> Pattern:
    """Read a pattern of ours or of GarmentCode.

    Args:
        source: The file's bytes, or its path.
        name: What to call a pattern that does not say; else the file's name.
    Raises:
        BadPattern: It is not such a file; the message names the panel.
    """
    if not isinstance(source, bytes):
        path = Path(source)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadPattern(f"cannot read {path}: {error.strerror}; check the path") from None
        name = name or path.stem
    else:
        data = source
    try:
        spec = json.loads(data)
    except ValueError as error:
        raise BadPattern(f"not JSON ({error}); give a pattern.json") from None
    try:
        return _pattern_in(spec, name or "pattern")
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise BadPattern(f"not a GarmentCode pattern ({what}); check the file") from None


def _metres(value: float, scale: float) -> float:
    """Metres, freed of the rounding of the division where the value lies on our lattice."""
    metres = float(value) * scale if scale != 0.01 else float(value) / 100
    on_lattice = round(metres, LATTICE_DIGITS) + 0.0
    return on_lattice if abs(metres - on_lattice) <= _ROUNDING else metres


def _pattern_in(spec: Mapping[str, Any], name: str) -> Pattern:
    body, properties = spec["pattern"], spec.get("properties", {})
    scale = 1.0 / float(properties.get("units_in_meter", _UNITS_IN_METRE))
    relative = properties.get("curvature_coords", "relative") != "absolute"
    recentre = bool(properties.get("normalize_panel_translation", False))
    panels = []
    for panel_name, raw in body["panels"].items():
        try:
            panels.append(_panel_in(panel_name, raw, scale, relative, recentre))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            what = f"{type(error).__name__}: {error}"
            raise BadPattern(f"panel {panel_name!r} cannot be read ({what})") from None
    by_name = {panel.name: panel for panel in panels}
    seams = tuple(_stitch_in(raw, by_name) for raw in body.get("stitches", []))
    extra = spec.get(_EXTRA, {})
    return Pattern(
        extra.get("name", name),
        tuple(panels),
        seams,
        tuple(
            Opening(o["name"], tuple(map(_ref, o["edges"])), o["over"], float(o["stretch"]))
            for o in extra.get("openings", [])
        ),
        extra.get("fabric", ""),
        dict(extra.get("options", {})),
        {k: float(v) for k, v in extra.get("finished_m", {}).items()},
        {k: float(v) for k, v in extra.get("measurements_m", {}).items()},
        extra.get("size", ""),
        int(extra.get("layer", 1)),
    )


def _panel_in(
    name: str, raw: Mapping[str, Any], scale: float, relative: bool, recentre: bool
) -> Panel:
    vertices = np.array([[_metres(v, scale) for v in p] for p in raw["vertices"]])
    vertices = vertices.reshape(-1, 2)
    translation = [_metres(v, scale) for v in raw["translation"]]
    middle = np.zeros(2)
    if recentre:
        middle = vertices.mean(axis=0)
        translation = [translation[0] + middle[0], translation[1] + middle[1], translation[2]]
    edges = tuple(_edge_in(e, vertices, scale, relative) for e in raw["edges"])
    edges = tuple(replace(e, shape=_moved(e.shape, -middle)) for e in edges)
    angles = tuple(float(a) for a in raw["rotation"])
    rotation = matrix_of(angles)
    extra = raw.get(_EXTRA, {})
    same = degrees_of(rotation) == angles
    placement = Placement(
        cast(tuple[float, float, float], tuple(float(t) for t in translation)),
        rotation,
        extra.get("wrap", ""),
        None if same else cast(tuple[float, float, float], angles),
    )
    grain = extra.get("grain", (0.0, 1.0))
    return Panel(
        name,
        vertices - middle,
        edges,
        (float(grain[0]), float(grain[1])),
        placement,
        int(extra.get("cut", 1)),
        extra.get("fold", ""),
        tuple(Notch(int(e), float(f), bool(d)) for e, f, d in extra.get("notches", [])),
        tuple(
            InternalLine(li["name"], _points_in(li["points"])) for li in extra.get("lines_cm", [])
        ),
        _points_in(extra.get("drills_cm", [])),
        bool(extra.get("draped", True)),
        extra.get("material", "shell"),
        raw.get("label") or "",
    )


def _points_in(raw: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((_metres(x, 0.01), _metres(y, 0.01)) for x, y in raw)


def _moved(shape: curves.Shape, by: FloatArray) -> curves.Shape:
    if not by.any():
        return shape
    moved = tuple((c[0] + float(by[0]), c[1] + float(by[1])) for c in shape.controls)
    return replace(shape, controls=moved)


def _edge_in(raw: Mapping[str, Any], vertices: FloatArray, scale: float, relative: bool) -> Edge:
    start, end = (int(i) for i in raw["endpoints"])
    if not (0 <= start < len(vertices) and 0 <= end < len(vertices)):
        raise ValueError(f"an edge refers to vertex {max(start, end)} of {len(vertices)}")
    extra = raw.get(_EXTRA, {})
    shape = _shape_in(raw.get("curvature"), vertices[start], vertices[end], scale, relative)
    own: tuple[tuple[float, float], ...] = ()
    if relative and shape.controls and _EXTRA not in raw:
        curvature = raw["curvature"]
        params = curvature["params"] if isinstance(curvature, Mapping) else [curvature]
        own = tuple((float(u), float(w)) for u, w in params)
    return Edge(
        start,
        end,
        shape,
        extra.get("name", ""),
        _metres(extra.get("allowance_cm", 0.0), 0.01),
        raw.get("label") or "",
        own,
    )


def _shape_in(
    raw: Any, start: FloatArray, end: FloatArray, scale: float, relative: bool
) -> curves.Shape:
    if raw is None:
        return curves.LINE
    # The first generation of files gave one control point alone.
    first_generation = isinstance(raw, list | tuple)
    kind: str = "quadratic" if first_generation else raw["type"]
    params: Any = [raw] if first_generation else raw["params"]
    if kind == "circle":
        radius, large, right = params
        return curves.Shape("arc", (), _metres(radius, scale), bool(large), bool(right))
    if kind not in ("quadratic", "cubic"):
        raise ValueError(f"unknown curvature type {kind!r}")
    chord = end - start
    left = np.array([-chord[1], chord[0]])
    controls = []
    for u, w in params:
        at = start + u * chord + w * left if relative else np.array([u, w]) * scale
        controls.append((_metres(at[0], 1.0), _metres(at[1], 1.0)))
    return curves.Shape(cast(curves.Kind, kind), tuple(controls))


def _ref(raw: Mapping[str, Any]) -> EdgeRef:
    return EdgeRef(str(raw["panel"]), int(raw["edge"]))


def _stitch_in(raw: Any, panels: Mapping[str, Panel]) -> Seam:
    if isinstance(raw, Mapping):  # the older template system
        raw = [raw["from"], raw["to"]]
    if len(raw) not in (2, 3) or (len(raw) == 3 and raw[2] != "right_wrong"):
        raise ValueError(f"a stitch of an unknown form: {raw!r}")
    a, b = _ref(raw[0]), _ref(raw[1])
    crossed = len(raw) == 3
    extra = raw[0].get(_EXTRA)
    if extra is not None:
        ease = _metres(extra["ease_cm"], 0.01)
        return Seam(a, b, ease, extra["kind"], crossed, extra["name"])
    return _foreign_seam(a, b, crossed, panels)


def _foreign_seam(a: EdgeRef, b: EdgeRef, crossed: bool, panels: Mapping[str, Panel]) -> Seam:
    """A seam of a file that has no word for ease: the lengths tell."""
    for ref in (a, b):
        if ref.panel not in panels or not 0 <= ref.edge < len(panels[ref.panel].edges):
            return Seam(a, b, 0.0, "seam", crossed)  # the gate names what is missing
    la = panels[a.panel].edge_length(a.edge)
    lb = panels[b.panel].edge_length(b.edge)
    ease = round(la - lb, 9) + 0.0  # a nanometre; the file's own digits end before
    share = abs(ease) / max(la, lb, 1e-12)
    kind = "seam" if share <= _PLAIN else "ease" if share <= _GATHERED else "gather"
    if a.panel == b.panel:
        ea, eb = panels[a.panel].edges[a.edge], panels[b.panel].edges[b.edge]
        if {ea.start, ea.end} & {eb.start, eb.end}:
            kind = "dart"
    return Seam(a, b, ease, cast(Any, kind), crossed)
