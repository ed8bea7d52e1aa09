"""Over a run of sizes on one body, does ease grow and strain fall at every level?

    python benchmarks/size_runs.py [--garments tee coat ...] [--sizes 8 10 12 14 16] [--edge-mm 20]
                                   [--keep DIR] [--json]

Every garment is drafted in the sizes of a chart and draped on the body of the middle size. A fault
is a level where the next larger size has not more ease, or more strain. With --keep drapes are
kept there and found again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from fitting import body, pattern, pipeline
from fitting.assess import assess
from fitting.errors import FittingError
from fitting.records import Body, FitReport, Measurement, Measurements
from fitting.store import Store

CHART = "uk-women"
# Strains that differ by less are the same: what a mesh of 20 mm does not resolve, or a hundredth of
# what the cloth is worn at, as of a rib that is stretched by design.
SAME, SAME_SHARE = 0.002, 0.01


def wearer(label: str) -> Measurements:
    """The woman of a size."""
    stated = {
        "height": Measurement(1.66, 0.005, "stated"),
        **pattern.size(f"{CHART}:{label}").stated,
    }
    return body.infer(stated, sex="female")


def run_of(
    garment: str, labels: Sequence[str], who: Body, edge_mm: float, store: Store
) -> dict[str, FitReport]:
    """The reports by size."""
    look = pipeline.Look(garment)
    found = {}
    for label in labels:
        cut = replace(pipeline.draft(wearer(label), look), size=label)
        draped = pipeline.drape(
            cut, who, pipeline.fabric_of(look), edge_mm=edge_mm, device="cpu", store=store
        )
        found[label] = assess(draped)
    return found


def figures(report: FitReport) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Ease [m], strain and wearable strain by level."""
    return {(r.level, r.side): (r.ease, r.stretch, r.limit or 0.0) for r in report.girths}


def faults(reports: Mapping[str, FitReport]) -> dict[str, Any]:
    """Levels that are not monotone, and levels that not every size has."""
    rows = [figures(report) for report in reports.values()]
    shared = sorted(set.intersection(*(set(row) for row in rows)))
    some = sorted(set.union(*(set(row) for row in rows)) - set(shared))
    wrong: dict[str, list[str]] = {"ease": [], "strain": []}
    for level in shared:
        name = ".".join(part for part in level if part)
        values = [row[level][0] for row in rows]
        if any(b <= a for a, b in pairwise(values)):
            wrong["ease"].append(f"{name}: {' '.join(f'{100 * v:.1f}' for v in values)} cm")
        values = [row[level][1] for row in rows]
        same = max(SAME, SAME_SHARE * max(row[level][2] for row in rows))
        if any(b > a + same for a, b in pairwise(values)):
            wrong["strain"].append(f"{name}: {' '.join(f'{100 * v:.2f}' for v in values)} %")
    return {
        "levels": len(shared),
        "not_in_every_size": [".".join(part for part in level if part) for level in some],
        "weft_p95_percent": [round(100 * r.strain_weft_p95, 2) for r in reports.values()],
        "warp_p95_percent": [round(100 * r.strain_warp_p95, 2) for r in reports.values()],
        "verdicts": [r.verdict for r in reports.values()],
        "cautions": [[c.code for c in r.cautions] for r in reports.values()],
        "faults": {kind: found for kind, found in wrong.items() if found},
    }


def main() -> None:
    """Runs the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--garments", nargs="*", default=sorted(pattern.catalogue()))
    asked.add_argument("--sizes", nargs="*", default=["8", "10", "12", "14", "16"])
    asked.add_argument("--edge-mm", type=float, default=20.0)
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    store = Store(given.keep)
    who = body.fit_body(wearer(given.sizes[len(given.sizes) // 2]))
    result = {}
    for garment in given.garments:
        try:
            result[garment] = faults(run_of(garment, given.sizes, who, given.edge_mm, store))
        except FittingError as error:
            result[garment] = {"failed": str(error)}
        if not given.json:
            print(json.dumps({garment: result[garment]}, indent=2, ensure_ascii=False), flush=True)
    if given.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
