"""Drapes whole wardrobes and says of each garment whether it hangs, and if not, why.

Two sets. `open`: the valid patterns of GarmentCode in ``../shared/data/patterns``, each on its own
body (the OBJ where there is one, else an avatar fitted to the body's YAML). `own`: every garment of
`fitting garments` in its default options, on twelve people from BMI 17 to 38.

A drape passes when it is at rest, at most 1 mm inside the body, crosses itself nowhere and its
seams are closed to 1 mm. Where a pattern is meant to fit, its stretch is told beside the fabric's
wearable limit.

Examples:
    python benchmarks/wardrobe.py --set open --edge-mm 16
    python benchmarks/wardrobe.py --set own --only tee --only shirt --people 3 --save out/
    python benchmarks/wardrobe.py --json > wardrobe.json
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import pickle
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from fitting import pattern as patterns
from fitting.body import fit_body, infer, schemes
from fitting.cloth import sew
from fitting.drape import DrapeSettings, drape
from fitting.drape.clock import Clock
from fitting.drape.quality import crossings, depths
from fitting.drape.scene import scene_for
from fitting.errors import FittingError
from fitting.fabrics import fabric
from fitting.pipeline import standing
from fitting.records import Body, Drape, Fabric, Measurement, Measurements, Pattern, Sex
from fitting.scenes import read_body

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MOST_DEPTH_MM = 1.0
MOST_GAP_MM = 1.0

# Sex, height [cm], weight [kg], age: BMI 17 to 38 in six steps a sex.
PEOPLE: tuple[tuple[Sex, float, float, int], ...] = (
    ("female", 172, 50.5, 19), ("male", 181, 58.0, 20),
    ("female", 158, 51.0, 34), ("male", 176, 66.0, 28),
    ("female", 167, 65.0, 42), ("male", 168, 70.0, 36),
    ("female", 161, 71.0, 29), ("male", 188, 99.0, 47),
    ("female", 175, 98.0, 51), ("male", 172, 95.0, 39),
    ("female", 164, 102.0, 38), ("male", 179, 121.5, 55),
)  # fmt: skip
# Drafted for women only: a man's place is taken by a woman of the same body mass index.
FOR_WOMEN = (
    "a_line_dress", "a_line_skirt", "blouse", "circle_skirt", "pencil_skirt", "pleated_skirt",
    "sheath_dress",
)  # fmt: skip
# What the open patterns are sewn of here: the wardrobe's commonest cloths.
OF_OPEN = {"pants": "twill", "jumpsuit": "twill", "skirt": "poplin", "dress": "poplin"}


@dataclass(frozen=True)
class Case:
    """A garment on somebody."""

    name: str
    pattern: Pattern
    body: Body
    fabric: Fabric


@dataclass(frozen=True)
class Row:
    """How a case went; `why` is empty where it passed."""

    case: str
    why: str
    stop: str = ""
    vertices: int = 0
    depth_mm: float = 0.0
    crossings: int = 0
    gap_mm: float = 0.0
    stretch_p99: float = 0.0
    limit: float = 0.0
    residual: float = 0.0
    cpu_s: float = 0.0
    where: str = ""


def open_cases(only: list[str]) -> Iterator[Case]:
    """The corpus' valid patterns on their bodies."""
    with (DATA / "patterns" / "index.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if not r["file"].startswith("bad_")]
    for row in rows:
        name = row["file"].removesuffix(".json")
        if wanted(name, only):
            cloth = next(
                (f for key, f in OF_OPEN.items() if key in row["stratum"]), "cotton_jersey"
            )
            body = open_body(row["body"])
            drawn = patterns.read_pattern((DATA / "patterns" / row["file"]).read_bytes(), name=name)
            yield Case(f"{name}@{row['body']}", drawn, standing(body, [drawn]), fabric(cloth))


def open_body(name: str) -> Body:
    mesh = DATA / "bodies" / f"{name}.obj"
    if mesh.exists():
        return read_body(mesh)
    told = yaml.safe_load((DATA / "bodies" / f"{name}.yaml").read_text(encoding="utf-8"))["body"]
    found = schemes.read({k: float(v) for k, v in told.items()}, "garmentcode")
    stated = {n: Measurement(v, 0.005, "stated") for n, v in found.items()}
    sex: Sex = "male" if name.endswith("_m") or "_male" in name or name[:2] == "m_" else "female"
    return cached_body(infer(stated, sex=sex))


def own_cases(only: list[str], people: int) -> Iterator[Case]:
    """Our garments on people; `people` under twelve takes some of them, thin to stout."""
    rows = np.unique(np.linspace(0, len(PEOPLE) - 1, people).round().astype(int))
    for garment in patterns.garments():
        if not wanted(garment, only) and not any("@" in part for part in only):
            continue
        for row in rows:
            sex, height, weight, age = PEOPLE[row]
            if sex == "male" and garment in FOR_WOMEN:
                sex, height, weight = "female", height - 12, weight * ((height - 12) / height) ** 2
            name = f"{garment}@{sex[0]}{weight / (height / 100) ** 2:.0f}"
            if not wanted(name, only):
                continue
            told = {"height": Measurement(height / 100, 0.005, "stated")}
            person = infer(
                told, sex=sex, weight_kg=Measurement(weight, 0.5, "stated"), age_years=age
            )
            cloth = fabric(patterns.garment(garment).fabric)
            drawn = patterns.draft(garment, person, fabric=cloth)
            yield Case(name, drawn, standing(cached_body(person), [drawn]), cloth)


def wanted(name: str, only: list[str]) -> bool:
    return not only or any(part in name for part in only)


def cached_body(person: Measurements) -> Body:
    """The avatar of measurements; fitting one takes longer than reading it back."""
    key = hashlib.sha256(repr(sorted((n, m.value) for n, m in person.values.items())).encode())
    path = Path("build") / "bodies" / f"{person.sex}-{key.hexdigest()[:16]}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())  # a file of our own
    body = fit_body(person)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(body))
    return body


def run(case: Case, edge_mm: float, levels: int, limit_s: float) -> tuple[Row, Drape | None]:
    began = time.process_time()
    try:
        cloth = sew(case.pattern, case.body, edge_m=edge_mm / 1000, levels=levels)
        draped = drape(cloth, case.body, case.fabric, device="cpu", time_limit_s=limit_s)
    except FittingError as error:
        return Row(case.name, f"refused: {error}"), None
    r = draped.report
    faults = []
    if r.stop_reason != "at_rest":
        faults.append(r.stop_reason)
    if r.penetration_max_mm > MOST_DEPTH_MM:
        faults.append("in the body")
    if r.self_intersections:
        faults.append("crossed")
    if r.seam_gap_max_mm > MOST_GAP_MM:
        faults.append("open seams")
    if fell(draped):
        faults.append("fell")
    if faults and r.too_small:
        faults.append(f"as {r.too_small}")
    limit = 1.0 + max(case.fabric.stretch_warp, case.fabric.stretch_weft)
    return (
        Row(
            case.name,
            ", ".join(faults),
            r.stop_reason,
            r.vertices,
            round(r.penetration_max_mm, 2),
            r.self_intersections,
            round(r.seam_gap_max_mm, 2),
            round(r.stretch_p99, 4),
            round(limit, 3),
            round(r.force_residual, 4),
            round(time.process_time() - began, 2),
            where(draped) if faults else "",
        ),
        draped,
    )


def fell(draped: Drape) -> bool:
    """Whether the garment came down by more than 12 cm from where it was put on; hoods may."""
    cloth = draped.cloth
    names = [p.name.lower() for p in cloth.pattern.panels]
    counted = ~np.array(["hood" in n or "collar" in n for n in names])[cloth.panel]
    before, after = cloth.start[counted, 1], draped.vertex_positions[counted, 1]
    return bool(np.quantile(before, 0.99) - np.quantile(after, 0.99) > 0.12)


def where(draped: Drape) -> str:
    """The panels, and the heights [m], of crossings and of what is in the body."""
    cloth, nodes = draped.cloth, draped.positions
    panel = np.zeros(cloth.nodes, np.int32)
    panel[cloth.node] = cloth.panel
    parts = []
    edges, triangles = crossings(nodes, cloth.node_faces)
    if len(edges):
        names = panel[np.concatenate([edges[:, 0], cloth.node_faces[triangles, 0]])]
        parts.append("x " + _counted(draped, names, nodes[edges].mean(axis=1)))
    scene = scene_for(draped.body, draped.fabric, DrapeSettings(), Clock(60.0), "cpu")
    depth, triangle, _ = depths(nodes, cloth.node_faces, scene.collider)
    deep = np.unique(triangle[depth > MOST_DEPTH_MM / 1000])
    if len(deep):
        corner = cloth.node_faces[deep, 0]
        parts.append("in " + _counted(draped, panel[corner], nodes[corner]))
    return "; ".join(parts)


def _counted(draped: Drape, panels: Any, places: Any) -> str:
    names = Counter(draped.cloth.pattern.panels[i].name for i in panels)
    low, high = places.min(axis=0), places.max(axis=0)
    box = " ".join(f"{a}{l:.2f}:{h:.2f}" for a, l, h in zip("xyz", low, high, strict=True))
    return " ".join(f"{n}:{c}" for n, c in names.most_common(4)) + f" [{box}]"


def save(draped: Drape, folder: Path, name: str) -> None:
    from fitting.render import Studio, png

    folder.mkdir(parents=True, exist_ok=True)
    with Studio(draped.body, [draped], size=(480, 640)) as studio:
        for view in ("front", "back"):
            (folder / f"{name}.{view}.png").write_bytes(png(studio.still(view)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=("open", "own", "all"), default="all")
    parser.add_argument("--only", action="append", default=[], help="part of a case's name")
    parser.add_argument("--people", type=int, default=len(PEOPLE))
    parser.add_argument("--every", type=int, default=1, help="only each n-th case")
    parser.add_argument("--edge-mm", type=float, default=16.0)
    parser.add_argument("--levels", type=int, default=2)
    parser.add_argument("--limit-s", type=float, default=300.0, help="wall time of one drape")
    parser.add_argument("--save", type=Path, help="stills of each garment go here")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows: list[Row] = []
    sets = {
        "open": lambda: open_cases(given.only),
        "own": lambda: own_cases(given.only, given.people),
    }
    chosen = [given.set] if given.set != "all" else list(sets)
    for case in islice(chain(*(sets[name]() for name in chosen)), 0, None, given.every):
        row, draped = run(case, given.edge_mm, given.levels, given.limit_s)
        rows.append(row)
        if not given.json:
            print(
                f"{'ok  ' if not row.why else 'FAIL'} {row.case:44s} {row.vertices:6d} v"
                f" {row.depth_mm:6.2f} mm {row.crossings:5d} x {row.gap_mm:5.2f} mm"
                f" p99 {row.stretch_p99:.3f}/{row.limit:.2f} res {row.residual:.3f}"
                f" {row.cpu_s:6.1f} s  {row.why} {row.where}",
                flush=True,
            )
        if given.save and draped is not None:
            save(draped, given.save, row.case)
    passed = sum(not row.why for row in rows)
    if given.json:
        json.dump({"passed": passed, "of": len(rows), "rows": [asdict(r) for r in rows]},
                  sys.stdout, indent=1)  # fmt: skip
        return
    classes = Counter(row.why.split(":")[0] for row in rows if row.why)
    print(f"{passed} of {len(rows)} pass; " + "; ".join(f"{n} {w}" for w, n in classes.items()))


if __name__ == "__main__":
    main()
