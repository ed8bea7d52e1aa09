"""What pictures cost: stills, a turntable, files for viewers, and memory over many renders.

Dresses one avatar in one garment and prints CPU and wall seconds; CPU seconds are the ones to
compare on a machine that does other things too::

    python benchmarks/render.py [--garment tee] [--renders 200] [--json] [--save DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fitting import pipeline
from fitting.records import Body, Drape, Measurement
from fitting.render import Studio, png, write_look, write_rigged, write_usdz
from fitting.render.pictures import animation
from fitting.render.sets import turntable

STILL, FRAME = (1024, 1365), (720, 960)


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What it returns, and the seconds it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    return made, {name: round(seconds, 3) for name, seconds in spent.items()}


def resident_mb() -> float:
    """Memory this process holds now [MB]."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def dressed(garment: str) -> tuple[Body, Drape]:
    """A woman of 1.69 m in a garment of its own default fabric."""
    from fitting.body import infer

    told = {"height": Measurement(1.69, 0.005, "stated")}
    person = infer(told, sex="female", weight_kg=Measurement(60.0, 0.5, "stated"))
    look = pipeline.Look(garment)
    body = pipeline.avatar(person)
    pattern = pipeline.draft(person, look)
    return body, pipeline.drape(pattern, body, pipeline.fabric_of(look))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--garment", default="tee")
    parser.add_argument("--renders", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args()
    body, drape = dressed(chosen.garment)
    base = resident_mb()
    figures: dict[str, Any] = {"garment": chosen.garment, "vertices": drape.cloth.nodes}
    files: dict[str, bytes] = {}
    studio, figures["scene_up"] = timed(lambda: Studio(body, [drape], size=STILL))
    with studio:
        _, figures["first_still"] = timed(studio.still)
        picture, figures["still"] = timed(lambda: studio.still("three-quarter"))
        files["three-quarter.png"] = png(picture)
        held = resident_mb()
        for _ in range(chosen.renders):
            studio.still("front")
        figures["memory_mb"] = {
            "before": round(base), "after_2": round(held),
            f"after_{chosen.renders + 2}": round(resident_mb()),
        }  # fmt: skip
    with Studio(body, [drape], size=FRAME) as small:
        made, figures["turntable_36"] = timed(lambda: animation(turntable(small)))
        files["turntable.webp"] = made
    for name, write in (
        ("look.glb", lambda: write_look(body, [drape])),
        ("look-draco.glb", lambda: write_look(body, [drape], draco=True)),
        ("look.usdz", lambda: write_usdz(body, [drape])),
        ("rigged.glb", lambda: write_rigged(body, [drape])),
    ):
        files[name], spent = timed(write)
        figures[name] = {**spent, "kb": round(len(files[name]) / 1024)}
    if chosen.save:
        chosen.save.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (chosen.save / name).write_bytes(data)
    if chosen.json:
        json.dump(figures, sys.stdout, indent=2)
        print()
        return
    for name, value in figures.items():
        print(f"{name:16s} {value}")


if __name__ == "__main__":
    main()
