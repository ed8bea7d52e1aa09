"""Drapes garments over one another on several people and says how each look went.

A look passes when all its garments are at rest, cross neither themselves nor one another, are at
most 1 mm inside the body, and each gets a verdict of its fit over what is under it.

Examples:
    python benchmarks/layers.py
    python benchmarks/layers.py --only shirt+coat --people 1 --save out/
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from fitting.cloth import sew
from fitting.drape import drape_layers
from fitting.pipeline import (
    Look,
    Person,
    assess_layers,
    avatar,
    draft,
    fabric_of,
    measure,
    standing,
    stills,
)
from fitting.records import Body, Drape, Measurements, Sex

MOST_DEPTH_MM = 1.0

# Height [cm], sex, weight [kg].
PEOPLE: tuple[tuple[float, Sex, float], ...] = (
    (168, "female", 62), (180, "male", 80), (165, "female", 95), (181, "male", 58),
)  # fmt: skip
# From the skin outwards: a shirt before the trousers is tucked in.
LOOKS: tuple[tuple[str, ...], ...] = (
    ("shirt", "coat"), ("trousers", "shirt"), ("shirt", "trousers"), ("tee", "trousers"),
    ("tee", "hoodie"), ("sheath_dress", "coat"), ("shirt", "pleated_skirt"),
)  # fmt: skip
FOR_WOMEN = ("sheath_dress", "pleated_skirt")


def worn(
    names: Sequence[str], person: Measurements, body: Body, edge_mm: float, limit_s: float
) -> list[Drape]:
    """The garments of a look on somebody, at rest."""
    looks = [Look(name) for name in names]
    patterns = [draft(person, look) for look in looks]
    stands = standing(body, patterns)
    cloths = [sew(pattern, stands, edge_m=edge_mm / 1000) for pattern in patterns]
    fabrics = [fabric_of(look) for look in looks]
    return drape_layers(cloths, stands, fabrics, device="cpu", time_limit_s=limit_s)


def faults(draped: Sequence[Drape]) -> list[str]:
    """What is wrong with a look; empty where it passes."""
    found = []
    for one in draped:
        r, name = one.report, one.cloth.pattern.name
        if r.stop_reason != "at_rest":
            found.append(f"{name} {r.stop_reason}")
        if r.self_intersections or r.layer_intersections:
            found.append(f"{name} crossed")
        if r.penetration_max_mm > MOST_DEPTH_MM:
            found.append(f"{name} in the body")
    for one, fit in zip(draped, assess_layers(draped), strict=True):
        if fit.verdict is None:
            found.append(f"{one.cloth.pattern.name} without a verdict")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], help="a look, as shirt+coat")
    parser.add_argument("--people", type=int, default=len(PEOPLE))
    parser.add_argument("--edge-mm", type=float, default=12.0)
    parser.add_argument("--limit-s", type=float, default=600.0, help="wall time of one look")
    parser.add_argument("--save", type=Path, help="stills of each look go here")
    given = parser.parse_args()
    passed = count = 0
    for height, sex, weight in PEOPLE[: given.people]:
        person = measure(Person(height, sex, weight))
        body = avatar(person)
        for names in LOOKS:
            look = "+".join(names)
            if (given.only and look not in given.only) or (
                sex == "male" and set(names) & set(FOR_WOMEN)
            ):
                continue
            began = time.process_time()
            draped = worn(names, person, body, given.edge_mm, given.limit_s)
            spent = time.process_time() - began
            wrong = faults(draped)
            count, passed = count + 1, passed + (not wrong)
            reports = [d.report for d in draped]
            print(
                f"{'FAIL' if wrong else 'ok  '} {look:18s} {sex[0]}{height:.0f}/{weight:.0f}"
                f" {sum(r.vertices for r in reports):6d} v"
                f" {max(r.penetration_max_mm for r in reports):5.2f} mm"
                f" {sum(r.self_intersections for r in reports):3d} x"
                f" {sum(r.layer_intersections for r in reports):3d} between"
                f" res {max(r.force_residual for r in reports):.3f} {spent:6.1f} s"
                f"  {', '.join(wrong)}",
                flush=True,
            )
            if given.save:
                save(draped, given.save / f"{look}.{sex[0]}{weight:.0f}")
    print(f"{passed} of {count} pass")


def save(draped: Sequence[Drape], stem: Path) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    views = Look("coat", views=("front", "side", "back"))
    for name, data in stills(draped[0].body, draped, views).items():
        stem.with_name(f"{stem.name}.{name}").write_bytes(data)


if __name__ == "__main__":
    main()
