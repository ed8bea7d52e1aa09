"""Measures what the solver says of cloth: drape tests and refinement.

``--case cusick`` hangs a disc of each fabric of the library over a smaller disc and prints its
drape coefficient, beside published ones where there are any. ``--case measured`` does so with six
fabrics whose rigidity and drape were both measured. ``--case refine`` drapes a garment with
triangles of 24, 12 and 6 mm and prints how its girths and strains change. ``--case warm`` drapes it
anew after a change of fabric, size or body, from scratch and from the last drape. ``--case many``
drapes it in four fabrics on four people with one and with more processes.

Examples:
    python benchmarks/cloth.py --case cusick
    python benchmarks/cloth.py --case measured --edge-mm 3
    python benchmarks/cloth.py --case refine --garment tee --fabric cotton_jersey --json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fitting.fabrics import fabric, fabrics
from fitting.records import Drape, Fabric, Measurement, Measurements

# Drape coefficients [%] of cloth of the same kind, by the test of BS 5058 with a disc of 30 cm:
# cotton plain weaves of 18.5 to 32 picks/cm, cotton and cotton-polyester twills, and five-thread
# satins in: Analysis of a fabric drape profile, Vlákna a textil (Fibres and Textiles) 1/2018; woven
# silks: M. Matsudaira, M. Yang, Textile Research J. 73 (2003), as told by others.
PUBLISHED = {
    "poplin": (48.06, 71.87),
    "oxford": (48.06, 71.87),
    "twill": (58.07, 85.15),
    "polyester_satin": (43.0, 69.7),
    "silk_habotai": (20.0, 40.0),
}

# Mass [g/m²], thickness [mm], stiffness along warp and weft and in shear [N/m], rigidity along warp
# and weft [µN m] and drape coefficient: S. Petrak et al., Sustainability 17 (2025) 1388,
# doi 10.3390/su17041388, tables 1, 2, 4 and 5.
MEASURED = {
    "polyester twill": (135.17, 0.31, 477.2, 458.6, 41.0, 1.95, 0.61, 22.3),
    "polyester plain": (83.66, 0.25, 471.9, 373.5, 46.0, 0.85, 0.33, 22.8),
    "wool-polyester twill": (178.7, 0.40, 449.7, 439.8, 50.0, 2.14, 2.00, 34.9),
    "polyester-viscose twill": (286.13, 0.61, 403.4, 401.8, 61.0, 2.97, 2.40, 28.6),
    "polyester-elastane plain": (242.0, 0.56, 407.2, 415.0, 57.0, 3.22, 3.88, 44.3),
    "cotton-polyester twill": (253.36, 0.62, 473.9, 404.7, 126.0, 7.43, 3.70, 54.9),
}


def measured() -> dict[str, tuple[Fabric, tuple[float, float]]]:
    """The measured fabrics, each with its drape coefficient as a range."""
    base = fabric("poplin")
    found = {}
    for name, (mass, thick, warp, weft, shear, bend_warp, bend_weft, drape) in MEASURED.items():
        one = replace(
            base, name=name, density=mass / 1e3, thickness=thick / 1e3, warp=warp, weft=weft,
            shear=shear, bend_warp=bend_warp * 1e-6, bend_weft=bend_weft * 1e-6,
        )  # fmt: skip
        found[name] = (one, (drape, drape))
    return found


def cusick_case(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from fitting.drape.cusick import bending_length, cusick

    if arguments.case == "measured":
        chosen = measured()
    else:
        chosen = {n: (f, PUBLISHED.get(n, (np.nan, np.nan))) for n, f in fabrics().items()}
    rows = []
    for name, (one, published) in chosen.items():
        found = cusick(one, edge_m=arguments.edge_mm[0] / 1e3, device=arguments.device)
        rows.append(
            {
                "fabric": name,
                "bending_length_mm": 1e3 * bending_length(one),
                "drape_percent": 100 * found.coefficient,
                "published_least": published[0],
                "published_most": published[1],
                "folds": found.folds,
                "at_rest": found.at_rest,
            }
        )
    return sorted(rows, key=lambda row: row["bending_length_mm"])


def person(height: float = 1.72, weight: float = 68.0) -> Measurements:
    """A woman's measurements, by her height [m] and weight [kg]."""
    from fitting.body import infer

    stated = {"height": Measurement(height, 0.01, "stated")}
    return infer(stated, sex="female", weight_kg=Measurement(weight, 1.0, "stated"))


def refine_case(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """The same garment from coarse to fine; each row has its change from the one before."""
    from fitting.body import fit_body
    from fitting.cloth import sew
    from fitting.drape import drape
    from fitting.pattern import draft

    who = person()
    body, of = fit_body(who), fabric(arguments.fabric)
    pattern = draft(arguments.garment, who, fabric=of)
    rows: list[dict[str, Any]] = []
    for edge in arguments.edge_mm:
        levels = 1 if edge > 20 else 2 if edge > 9 else 3
        cloth = sew(pattern, body, edge_m=edge / 1e3, levels=levels)
        made = drape(cloth, body, of, device=arguments.device, time_limit_s=300.0)
        figures = figures_of(made)
        row = {"edge_mm": edge, "vertices": cloth.nodes, "stopped": made.report.stop_reason}
        row.update(figures)
        if rows:
            row["change_percent"] = {
                name: 100 * (value / rows[-1][name] - 1)
                for name, value in figures.items()
                if rows[-1].get(name)
            }
        rows.append(row)
    return rows


def figures_of(made: Drape) -> dict[str, float]:
    """Girths [m], and mean strains by area."""
    from fitting.assess import assess
    from fitting.assess.strain import strain
    from fitting.drape.quality import edge_stretch

    of = strain(made)
    share = of.area / of.area.sum()
    cloth = made.cloth
    stretch = edge_stretch(made.positions, cloth.node_faces, cloth.uv[cloth.faces])
    girths = {f"{row.level}{row.side}": row.garment for row in assess(made).girths}
    return {
        **girths,
        "mean_tensile_strain": float(
            ((np.maximum(of.weft, 0) + np.maximum(of.warp, 0)) * share).sum() / 2
        ),
        "mean_absolute_strain": float(((abs(of.weft) + abs(of.warp)) * share).sum() / 2),
        "mean_edge_stretch": float(stretch.mean() - 1),
        "stretch_p99": made.report.stretch_p99,
    }


def warm_case(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """What a start from the last drape saves; steps are told as simulated time."""
    from fitting.body import fit_body
    from fitting.cloth import sew, transferred
    from fitting.drape import drape
    from fitting.pattern import draft

    who, of = person(), fabric(arguments.fabric)
    body = fit_body(who)
    worn = drape(sew(draft(arguments.garment, who, fabric=of), body), body, of, device="cpu")
    stouter = person(weight=72.0)
    changes = {
        "fabric": (who, body, fabric(arguments.other)),
        "size": (stouter, body, of),
        "body, 4 kg more": (who, fit_body(stouter), of),
        "body, 6 cm less": (who, fit_body(person(1.66, 64.0)), of),
    }
    rows = []
    for name, (cut_for, on, cloth_of) in changes.items():
        cloth = sew(draft(arguments.garment, cut_for, fabric=of), on)
        cold = drape(cloth, on, cloth_of, device=arguments.device)
        warm = drape(
            cloth, on, cloth_of, device=arguments.device, warm_start=transferred(worn, cloth, on)
        )
        apart = np.linalg.norm(warm.positions - cold.positions, axis=1)
        rows.append(
            {
                "change": name,
                "cold_simulated_s": cold.report.simulated_s,
                "warm_simulated_s": warm.report.simulated_s,
                "cold_cpu_s": cold.report.cpu_seconds,
                "warm_cpu_s": warm.report.cpu_seconds,
                "warm_stopped": warm.report.stop_reason,
                "warm_crossings": warm.report.self_intersections,
                "apart_p95_mm": 1e3 * float(np.quantile(apart, 0.95)),
            }
        )
    return rows


def many_case(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Wall time of a batch by the number of processes."""
    import os
    import time

    from fitting.body import fit_body
    from fitting.cloth import sew
    from fitting.drape import drape_many
    from fitting.drape.many import DrapeJob
    from fitting.pattern import draft

    jobs = []
    for weight in (56.0, 62.0, 68.0, 74.0):
        who = person(weight=weight)
        body = fit_body(who)
        for name in ("cotton_jersey", "interlock", "rib", "ponte"):
            of = fabric(name)
            jobs.append(DrapeJob(sew(draft(arguments.garment, who, fabric=of), body), body, of))
    drape_many(jobs[:1], device=arguments.device, workers=1)  # compiles the kernels
    rows = []
    for workers in sorted({1, os.cpu_count() or 1}):
        begin = time.perf_counter()
        made = drape_many(jobs, device=arguments.device, workers=workers)
        rows.append(
            {
                "workers": workers,
                "drapes": len(made),
                "at_rest": sum(
                    isinstance(one, Drape) and one.report.stop_reason == "at_rest" for one in made
                ),
                "wall_s": time.perf_counter() - begin,
            }
        )
    return rows


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Prints rows of figures, one after the other."""
    for row in rows:
        change = row.get("change_percent", {})
        cells = []
        for name, value in row.items():
            if name == "change_percent":
                continue
            text = f"{value:.4g}" if isinstance(value, float) else str(value)
            cells.append(f"{name} {text}" + (f" ({change[name]:+.1f} %)" if name in change else ""))
        print("  ".join(cells))


def main() -> None:
    """Reads the command line, measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    cases = {
        "cusick": cusick_case,
        "measured": cusick_case,
        "refine": refine_case,
        "warm": warm_case,
        "many": many_case,
    }
    parser.add_argument("--case", choices=list(cases), default="cusick")
    parser.add_argument("--edge-mm", type=float, nargs="+", help="edge lengths of the triangles")
    parser.add_argument("--garment", default="tee")
    parser.add_argument("--fabric", default="cotton_jersey")
    parser.add_argument("--other", default="interlock", help="the fabric that warm changes to")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.edge_mm is None:
        arguments.edge_mm = [24.0, 12.0, 6.0] if arguments.case == "refine" else [6.0]
    rows = cases[arguments.case](arguments)
    if arguments.json:
        print(json.dumps(rows, indent=1))
    else:
        show(rows)


if __name__ == "__main__":
    main()
