"""What a pattern is, in figures: lengths, openings, cloth, and what keeps it from being sewn."""

from __future__ import annotations

from typing import Any

from fitting.pattern import borders, gate
from fitting.pattern.allowance import areas, seam_length
from fitting.pattern.tolerances import KNIT_STRETCH, finished
from fitting.records import EdgeRef, Fabric, Measurements, Pattern
from fitting.units import to_cm


def summary(
    pattern: Pattern, *, measurements: Measurements | None = None, fabric: Fabric | None = None
) -> dict[str, Any]:
    """A pattern in figures, for programs; lengths in centimetres.

    Args:
        pattern: What to report on.
        measurements: Of the wearer, for the openings.
        fabric: Knits have wider tolerances than wovens.
    """
    knit = fabric is not None and fabric.stretch_weft >= KNIT_STRETCH
    panels = {panel.name: panel for panel in pattern.panels}
    faults = gate.check(pattern, measurements=measurements)
    out: dict[str, Any] = {
        "name": pattern.name,
        "size": pattern.size,
        "sewable": not faults,
        "faults": [
            {"code": f.code, "panel": f.panel, "edge": f.edge, "text": f.text} for f in faults
        ],
        "panels": {
            panel.name: {
                "cut": panel.cut,
                "material": panel.material,
                "draped": panel.draped,
                "edges_cm": [
                    {"name": gate.edge_name(panel, i), "length": to_cm(panel.edge_length(i))}
                    for i in range(len(panel.edges))
                ],
            }
            for panel in pattern.panels
        },
        "finished": [
            {
                "name": f.name,
                "garment_cm": to_cm(f.garment),
                "tolerance_cm": to_cm(f.tolerance),
                "body_cm": None if f.body is None else to_cm(f.body),
                "ease_cm": None if f.ease is None else to_cm(f.ease),
            }
            for f in finished(pattern, knit=knit)
        ],
    }
    if any(f.code in ("open_loop", "no_such_panel", "no_such_edge") for f in faults):
        return out

    def length(ref: EdgeRef) -> float:
        return panels[ref.panel].edge_length(ref.edge)

    out["seams"] = [
        {
            "name": s.name,
            "kind": s.kind,
            "a": f"{s.a.panel}/{gate.edge_name(panels[s.a.panel], s.a.edge)}",
            "b": f"{s.b.panel}/{gate.edge_name(panels[s.b.panel], s.b.edge)}",
            "a_cm": to_cm(length(s.a)),
            "b_cm": to_cm(length(s.b)),
            "ease_cm": to_cm(s.ease),
        }
        for s in pattern.seams
    ]
    out["openings"] = [
        {
            "name": o.name,
            "length_cm": to_cm(sum(length(r) for r in o.edges)),
            "opens_to_cm": to_cm(borders.reach(pattern, o)),
            "over": o.over,
        }
        for o in pattern.openings
    ]
    out["borders_cm"] = sorted(
        (to_cm(sum(length(r) for r in loop)) for loop in borders.loops(pattern)), reverse=True
    )
    out["seam_length_m"] = round(seam_length(pattern), 3)
    cloth = areas(pattern)
    out["fabric_m2"] = round(cloth.get("shell", 0.0), 4)
    out["materials_m2"] = {material: round(area, 4) for material, area in cloth.items()}
    return out
