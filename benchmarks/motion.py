"""How garments follow their wearers into other poses.

Each garment is draped in the A pose (skirts with the feet under the hips), then the wearer's arms
go down and up, the wearer takes a step and sits down. Told for each movement: whether the garment
came to rest or why not, how deep it is in the body, how often it crosses itself, how far its
threads are stretched beside what the fabric is worn at, the worst on the way, and the CPU time.

`--judged` tells beside it what the mobility check of the garment standing says, and for each of its
girths that the movement takes part in how far the check expects the cloth to be stretched and how
far it is after the movement (mean and 90th percentile, weft and warp); `--smaller-cm` drafts to
girths smaller by so much at the hip. `--growths N` instead measures on N people by how much the
skin along each girth, and a tape around the same places, grow in each movement.

Examples:
    python benchmarks/motion.py
    python benchmarks/motion.py --only trousers --movement sitting --save out/
    python benchmarks/motion.py --only skirt --judged --smaller-cm 4
    python benchmarks/motion.py --growths 24
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial import ConvexHull
from wardrobe import MOST_DEPTH_MM, cached_body, save, wanted

from fitting import pattern as patterns
from fitting.assess.girths import above_slit
from fitting.assess.levels import figure, levels
from fitting.assess.mobility import mobility
from fitting.assess.report import measure
from fitting.assess.strain import strain
from fitting.assess.style import style
from fitting.body import infer
from fitting.body.pose import poses_between
from fitting.cloth import sew
from fitting.drape import drape, drape_motion
from fitting.drape.collider import Collider
from fitting.drape.motion import ROOM
from fitting.drape.quality import crossings, penetration
from fitting.fabrics import fabric
from fitting.pipeline import VERSIONS, standing
from fitting.records import Drape, FloatArray, Measurement, Measurements, Sex

# Sex, height [cm], weight [kg], age.
PEOPLE: tuple[tuple[Sex, float, float, int], ...] = (
    ("female", 167, 65.0, 42),
    ("male", 176, 66.0, 28),
)
GARMENTS = (
    "tee", "shirt", "sheath_dress", "trousers", "leggings", "pencil_skirt", "circle_skirt",
)  # fmt: skip
FOR_WOMEN = ("sheath_dress", "pencil_skirt", "circle_skirt")
# Movement and how many poses on the way; arms and legs turn by some ten degrees between two.
MOVEMENTS = {"arms-down": 6, "arms-up": 12, "step": 6, "sitting": 12}
CHECKS = {"arms-up": "raise_arms", "step": "step", "sitting": "sit"}  # what judges each


@dataclass(frozen=True)
class Row:
    """How a garment followed a movement."""

    case: str
    movement: str
    why: str
    stop: str
    vertices: int
    depth_mm: float
    crossings: int
    weft_p99: float
    warp_p99: float
    weft_limit: float
    warp_limit: float
    way_depth_mm: float
    way_crossings: int
    residual: float
    speed_max_mm_s: float
    cpu_s: float


def worn(edge_mm: float, only: list[str], smaller_cm: float) -> Iterator[tuple[str, Drape]]:
    """The garments at rest on the people; a drape made before is read back."""
    for sex, height, weight, age in PEOPLE:
        told = {"height": Measurement(height / 100, 0.005, "stated")}
        person = infer(told, sex=sex, weight_kg=Measurement(weight, 0.5, "stated"), age_years=age)
        for garment in GARMENTS:
            name = f"{garment}@{sex[0]}{weight:.0f}"
            if (sex == "male" and garment in FOR_WOMEN) or not wanted(name, only):
                continue
            cloth = fabric(patterns.garment(garment).fabric)
            drawn = patterns.draft(garment, smaller(person, smaller_cm), fabric=cloth)
            body = standing(cached_body(person), [drawn])
            sewn = sew(drawn, body, edge_m=edge_mm / 1000)
            made_of = (VERSIONS["drape"], sewn.start, sewn.faces, body.vertices)
            key = hashlib.sha256(pickle.dumps(made_of))
            path = Path("build") / "worn" / f"{name}-{key.hexdigest()[:16]}.pickle"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(pickle.dumps(drape(sewn, body, cloth, device="cpu")))
            yield name, pickle.loads(path.read_bytes())  # a file of our own


def smaller(person: Measurements, by_cm: float) -> Measurements:
    """Measurements with all girths in proportion to a hip that is so much smaller."""
    share = 1.0 - by_cm / 100 / person.values["hip_girth"].value
    values = {
        name: replace(one, value=one.value * share) if name.endswith("_girth") else one
        for name, one in person.values.items()
    }
    return replace(person, values=values)


def judged(standing: Drape, moved: Drape, movement: str) -> str:
    """What the mobility check says of a garment standing, and how far its girths are stretched
    after the movement."""
    fitting = measure(standing)
    check = CHECKS.get(movement, "")
    slit = above_slit(standing, fitting.who, fitting.strain)
    fits = mobility(fitting.who, fitting.girths, slit)
    fit = next((m for m in fits if m.movement == check), None)
    if fit is None:
        return ""
    after = strain(moved)
    parts = [f"{fit.verdict} {fit.zone} {100 * fit.stretch:.1f}/{100 * (fit.limit or 0):.0f} %"]
    if fit.reach is not None:
        parts.append(f"reach {100 * fit.reach:.0f} cm")
    growth = style()["movement_share"].get(check, {})
    for one in fitting.girths:
        row = one.row
        if row.level not in growth and row.level != "hem_girth":
            continue
        expected = (1 + growth.get(row.level, 0.0)) * row.body / (row.rest or row.garment) - 1
        yarns = [np.maximum(s[one.triangles], 0.0) for s in (after.weft, after.warp)]
        found = " ".join(f"{100 * y.mean():.1f} ({100 * np.quantile(y, 0.9):.1f})" for y in yarns)
        parts.append(f"{row.level}{row.side}: expected {100 * expected:+.1f} found {found}")
    return "; ".join(parts)


def run(name: str, dressed: Drape, movement: str, limit_s: float) -> tuple[Row, Drape]:
    """Lets a garment follow one movement from where it hangs."""
    began = time.process_time()
    poses = poses_between(dressed.body, movement, MOVEMENTS[movement])
    motion = drape_motion(dressed, poses, device="cpu", time_limit_s=limit_s)
    spent = time.process_time() - began
    report, faces = motion.drape.report, dressed.cloth.node_faces
    depths = []
    for nodes, pose in zip(motion.frames, poses, strict=True):
        skin = Collider(pose.vertices, pose.faces)
        skin.room = ROOM
        depths.append(penetration(nodes, faces, skin))
    faults = [] if report.stop_reason == "at_rest" else [report.stop_reason]
    if report.penetration_max_mm > MOST_DEPTH_MM:
        faults.append("in the body")
    if report.self_intersections:
        faults.append("crossed")
    of, strained = dressed.fabric, strain(motion.drape)
    row = Row(
        name,
        movement,
        ", ".join(faults),
        report.stop_reason,
        report.vertices,
        round(report.penetration_max_mm, 2),
        report.self_intersections,
        round(float(np.quantile(strained.weft, 0.99)), 4),
        round(float(np.quantile(strained.warp, 0.99)), 4),
        of.stretch_weft,
        of.stretch_warp,
        round(1e3 * max(depths), 2),
        max(len(crossings(nodes, faces)[0]) for nodes in motion.frames),
        round(report.force_residual, 4),
        round(1e3 * report.residual_speed_max_m_s, 1),
        round(spent, 1),
    )
    return row, motion.drape


def growths(people: int) -> Iterator[str]:
    """How much girths grow in each movement: median, 10th and 90th percentile of the people."""
    rng = np.random.default_rng(1)
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number in range(people):
        sex: Sex = "female" if number % 2 else "male"
        height = rng.normal(1.63 if number % 2 else 1.76, 0.065)
        weight = Measurement(rng.uniform(18.0, 35.0) * height**2, 0.5, "stated")
        told = {"height": Measurement(height, 0.005, "stated")}
        body = cached_body(infer(told, sex=sex, weight_kg=weight))
        who, skin = figure(body), Collider(body.vertices, body.faces)
        cuts = [(level.name, who.skin(level)) for level in levels(who) if level.side != "R"]
        under = {name: skin.beneath(cut.reshape(-1, 3), 0.05)[:2] for name, cut in cuts if len(cut)}
        for movement in MOVEMENTS:
            moved = Collider(body.vertices, body.faces)
            moved.move(poses_between(body, movement, 1)[-1].vertices)
            for name, (corners, weights) in under.items():
                lines = [
                    np.einsum("nk,nkx->nx", weights, one.vertices[corners]).reshape(-1, 2, 3)
                    for one in (skin, moved)
                ]
                along = [np.linalg.norm(line[:, 1] - line[:, 0], axis=1).sum() for line in lines]
                tapes = [flat_tape(line.reshape(-1, 3)) for line in lines]
                grown = (along[1] / along[0] - 1, tapes[1] / tapes[0] - 1)
                found.setdefault((movement, name), []).append(grown)
    for (movement, name), values in found.items():
        low, middle, high = 100 * np.quantile(values, [0.1, 0.5, 0.9], axis=0)
        if np.abs([low, high]).max() >= 0.5:
            yield (
                f"{movement:9s} {name:16s} skin {middle[0]:+5.1f} ({low[0]:+5.1f} {high[0]:+5.1f})"
                f"  tape {middle[1]:+5.1f} ({low[1]:+5.1f} {high[1]:+5.1f}) %"
            )


def flat_tape(points: FloatArray) -> float:
    """Length of a tape around points, in the plane that fits them best [m]."""
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return float(ConvexHull(centred @ axes[:2].T).area)  # in the plane, the perimeter


def told(row: Row) -> str:
    """A row on one line."""
    return (
        f"{'FAIL' if row.why else 'ok  '} {row.case:18s} {row.movement:9s} {row.vertices:5d} v"
        f" {row.depth_mm:5.1f} mm {row.crossings:4d} x"
        f" weft {100 * row.weft_p99:4.1f}/{100 * row.weft_limit:2.0f}"
        f" warp {100 * row.warp_p99:4.1f}/{100 * row.warp_limit:2.0f} %"
        f"  way {row.way_depth_mm:4.1f} mm {row.way_crossings:3d} x"
        f"  res {row.residual:.3f} max {row.speed_max_mm_s:2.0f} mm/s {row.cpu_s:5.1f} s  {row.why}"
    )


def main() -> None:
    """Reads the command line, moves and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], help="part of a garment@person")
    parser.add_argument("--movement", action="append", choices=list(MOVEMENTS), default=[])
    parser.add_argument("--edge-mm", type=float, default=16.0)
    parser.add_argument("--smaller-cm", type=float, default=0.0, help="drafted too small [cm]")
    parser.add_argument("--judged", action="store_true", help="beside the mobility check")
    parser.add_argument("--limit-s", type=float, default=600.0, help="wall time of one movement")
    parser.add_argument("--save", type=Path, help="stills of each end go here")
    parser.add_argument("--keep", type=Path, help="drapes at the ends go here, as pickles")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--growths", type=int, default=0, metavar="N")
    given = parser.parse_args()
    if given.growths:
        for line in growths(given.growths):
            print(line, flush=True)
        return
    rows = []
    for name, dressed in worn(given.edge_mm, given.only, given.smaller_cm):
        for movement in given.movement or MOVEMENTS:
            row, draped = run(name, dressed, movement, given.limit_s)
            rows.append(row)
            if not given.json:
                print(told(row), flush=True)
            if given.judged:
                print(f"     {judged(dressed, draped, movement)}", flush=True)
            if given.save:
                save(draped, given.save, f"{name}.{movement}")
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{name}.{movement}.pickle").write_bytes(pickle.dumps(draped))
    if given.json:
        json.dump([asdict(row) for row in rows], sys.stdout, indent=1)
        return
    print(f"{sum(not row.why for row in rows)} of {len(rows)} at rest, outside and uncrossed")


if __name__ == "__main__":
    main()
