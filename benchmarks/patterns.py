"""Whether every garment can be cut for everybody, and whether files carry what was drafted.

    python benchmarks/patterns.py people --survey ansur2.csv [--count 200] [--seed 2012]
    python benchmarks/patterns.py charts [--every 1]
    python benchmarks/patterns.py options [--count 500] [--survey ansur2.csv]
    python benchmarks/patterns.py files [--count 3] [--survey ansur2.csv]
    python benchmarks/patterns.py open --folder PATTERNS

``people`` drafts each garment for random people of a survey, as they are and at half and twice
their size, through the sewability gate; ``charts`` for every size of every chart; ``options`` with
random options within their bounds; ``files`` writes every format and dialect and reads it back;
``open`` takes a folder of GarmentCode patterns through the gate, JSON and DXF. Each prints what
failed, a few examples of it, and the CPU time of a draft; ``--json`` prints all of it.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fitting.body import infer
from fitting.body.survey import measurements as survey_measurements
from fitting.errors import BadInput, BadOption, FittingError
from fitting.pattern import check, draft, garments, read_pattern, require_sewable, size_charts
from fitting.pattern.design import Option
from fitting.pattern.exchange import dxf, dxf_read
from fitting.pattern.exchange import json as pattern_json
from fitting.records import Measurement, Measurements, Panel, Pattern

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
HEAVY = ("torch", "warp", "mediapipe", "cv2", "pyrender")
SHOWN = 4  # failures of a kind that are printed


class Tally:
    """Drafts, failures by garment with examples, and CPU seconds."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.failed: dict[str, list[str]] = defaultdict(list)
        self.refused: Counter[str] = Counter()
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def draft(self, name: str, person: Measurements, who: str, **more: Any) -> Pattern | None:
        """Draft and check once; None where it was refused or failed."""
        self.tried[name] += 1
        start = time.process_time()
        try:
            pattern = draft(name, person, **more)
        except BadOption as error:
            if not more.get("options"):
                self.failed[name].append(f"{who}: {error}")
            elif any(option in str(error) for option in garments()[name].options):
                self.refused[name] += 1
            else:
                self.failed[name].append(f"{who} {more['options']}: names no option: {error}")
            return None
        except Exception as error:
            told = f"{who} {more.get('options', '')}: {type(error).__name__}: {error}"
            self.failed[name].append(told)
            return None
        self.seconds[name].append(time.process_time() - start)
        return pattern

    def told(self) -> dict[str, Any]:
        """By garment."""
        return {
            name: {
                "tried": count,
                "refused": self.refused[name],
                "failed": len(self.failed[name]),
                "ms_median": round(1000 * float(np.median(self.seconds[name] or [0])), 1),
                "ms_p99": round(1000 * float(np.quantile(self.seconds[name] or [0], 0.99)), 1),
                "examples": self.failed[name][:SHOWN],
            }
            for name, count in self.tried.items()
        }


# ---- who ----------------------------------------------------------------------------------------


def survey_people(path: Path, count: int, seed: int) -> Iterator[tuple[str, Measurements]]:
    """Random people of the survey with everything a garment wants."""
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in random.Random(seed).sample(rows, min(count, len(rows))):
        told = {n: Measurement(v, 0.002, "stated") for n, v in survey_measurements(row).items()}
        sex = "male" if row["sex"] == "male" else "female"
        yield f"{sex} {row.get('id', '?')}", infer(told, sex=sex)


def scaled(person: Measurements, scale: float) -> Measurements:
    """The same person at another size."""
    values = {
        n: Measurement(m.value * scale, m.sigma * scale, m.source) for n, m in person.values.items()
    }
    return Measurements(values, person.sex)


def people(options: argparse.Namespace) -> dict[str, Any]:
    """Every garment for survey people, dolls and giants."""
    told = {}
    who = list(survey_people(options.survey, options.count, options.seed))
    for scale in (1.0, 0.5, 2.0):
        tally = Tally()
        for label, person in who:
            for name in garments():
                tally.draft(name, person if scale == 1.0 else scaled(person, scale), label)
        told[f"{len(who)} people x {scale:g}"] = tally.told()
    return told


def charts(options: argparse.Namespace) -> dict[str, Any]:
    """Every garment for every size of every chart."""
    told = {}
    for chart in size_charts().values():
        tally = Tally()
        for label in chart.labels()[:: options.every]:
            stated = {
                n: Measurement(cm / 100, 0.005, "stated") for n, cm in chart.stated(label).items()
            }
            person = infer(stated, sex=chart.sex)
            for name in garments():
                tally.draft(name, person, label, size=f"{chart.name}:{label}")
        told[f"{chart.name} ({len(chart.labels())} sizes)"] = tally.told()
    return told


# ---- options ------------------------------------------------------------------------------------


def value(rng: random.Random, option: Option) -> float | str | bool:
    """A value within an option's bounds, every fourth time one of the bounds."""
    if option.kind == "choice":
        return rng.choice(option.choices)
    if option.kind == "flag":
        return rng.random() < 0.5
    if option.kind == "count":
        return rng.randint(int(option.low), int(option.high))
    if rng.random() < 0.25:
        return rng.choice((option.low, option.high))
    return rng.uniform(option.low, option.high)


def random_options(options: argparse.Namespace) -> dict[str, Any]:
    """Every garment with random options, for random people, half of them dolls and giants."""
    rng, tally = random.Random(options.seed), Tally()
    who = list(survey_people(options.survey, 100, options.seed))
    for name, garment in garments().items():
        for _ in range(options.count):
            known = sorted(garment.options)
            names = rng.sample(known, rng.randint(1, len(known)))
            chosen = {n: value(rng, garment.options[n]) for n in names}
            label, person = rng.choice(who)
            scale = rng.choice((1.0, 1.0, 0.5, 2.0))
            tally.draft(name, scaled(person, scale), f"{label} x {scale:g}", options=chosen)
    return {f"{options.count} sets of options": tally.told()}


# ---- files --------------------------------------------------------------------------------------


def farthest(a: Pattern, b: Pattern) -> float:
    """Greatest distance between the same places of the same edges [m]; inf where edges differ."""
    worst = 0.0
    at = np.linspace(0, 1, 21)
    there = {p.name: p for p in b.panels}
    for panel in a.panels:
        other = there.get(panel.name)
        if other is None or len(panel.edges) != len(other.edges):
            return float("inf")
        for i in range(len(panel.edges)):
            gap = panel.edge_points(i, at) - other.edge_points(i, at)
            worst = max(worst, float(np.hypot(*gap.T).max()))
    return worst


def dxf_faults(pattern: Pattern, dialect: str) -> list[str]:
    """What a DXF of the pattern loses or gets wrong."""
    import io

    import ezdxf

    data = dxf.write(pattern, dialect=dialect)
    audit = ezdxf.read(io.StringIO(data.decode("ascii"))).audit()
    faults = [f"audit: {e.message}" for e in (*audit.errors, *audit.fixes)]
    bare = dxf_read.read(data)
    whole = dxf_read.read(data, beside=dxf.sidecar(pattern))
    for how, back in (("alone", bare), ("with its JSON", whole)):
        off = farthest(pattern, back)
        if off > 5e-5:
            faults.append(f"{how}: outline off by {1000 * off:.3f} mm")
        there = {p.name: p for p in back.panels}
        for panel in pattern.panels:
            other = there.get(panel.name)
            if other is None:
                faults.append(f"{how}: {panel.name} is gone")
                continue
            off = _notches_off(panel, other)
            if off > 5e-5:
                faults.append(f"{how}: notches of {panel.name} off by {1000 * off:.3f} mm")
            if np.hypot(*np.subtract(panel.grain, other.grain)) > 1e-4:
                faults.append(f"{how}: grain of {panel.name} differs")
            if panel.cut != other.cut or panel.material != other.material:
                faults.append(f"{how}: quantity or material of {panel.name} differs")
    if (whole.seams, whole.openings) != (pattern.seams, pattern.openings):
        faults.append("with its JSON: seams or openings differ")
    return faults


def _notches_off(a: Panel, b: Panel) -> float:
    """How far notches of one panel are from those of another [m]; inf where some are missing."""
    if len(a.notches) != len(b.notches):
        return float("inf")
    worst = 0.0
    for notch in a.notches:
        place = a.edge_points(notch.edge, np.array([notch.fraction]))[0]
        alike = [m for m in b.notches if m.double == notch.double]
        gaps = [
            float(np.hypot(*(b.edge_points(m.edge, np.array([m.fraction]))[0] - place)))
            for m in alike
        ]
        worst = max(worst, min(gaps, default=float("inf")))
    return worst


def exchanged(options: argparse.Namespace) -> dict[str, Any]:
    """Every garment through every format, for a few people."""
    told: dict[str, Any] = {}
    for name in garments():
        faults: list[str] = []
        for label, person in survey_people(options.survey, options.count, options.seed):
            pattern = draft(name, person)
            again = pattern_json.read(pattern_json.write(pattern))
            if pattern_json.write(again) != pattern_json.write(pattern):
                faults.append(f"{label} json: not the same bytes again")
            for dialect in dxf.DIALECTS:
                faults += [f"{label} {dialect}: {f}" for f in dxf_faults(pattern, dialect)]
            off = drawn_off(pattern)
            if off > 0.1:
                faults.append(f"{label} svg: outline off by {off:.3f} mm")
        told[name] = {"failed": len(faults), "examples": faults[:SHOWN]}
    return {"files": told}


def drawn_off(pattern: Pattern) -> float:
    """How far the SVG's sewn outlines are from the pattern's, up to where pieces lie [mm]."""
    from fitting.pattern.drawing import svg

    worst = 0.0
    drawn = dict(
        re.findall(
            r'<path d="([^"]*)"[^>]*data-piece="([^"]*)"',
            svg(pattern).split('<g id="sew"')[1].split("</g>")[0],
        )
    )
    by_piece = {piece: d for d, piece in drawn.items()}
    for panel in pattern.panels:
        at = np.linspace(0, 1, 401)
        ring = [panel.edge_points(i, at)[:-1] for i in range(len(panel.edges))]
        outline = 1000 * np.vstack(ring) * [1, -1]
        points = _path_points(by_piece[panel.name])
        points += outline[0] - points[0]
        for p in points:
            worst = max(worst, float(np.hypot(*(outline - p).T).min()) - _gap(outline) / 2)
    return worst


def _gap(outline: Any) -> float:
    return float(np.hypot(*np.diff(outline, axis=0).T).max())


def _path_points(data: str) -> Any:
    here, out = np.zeros(2), []
    for verb, words in re.findall(r"([MLC])([^MLCZ]*)", data):
        numbers = np.array([float(n) for n in words.split()]).reshape(-1, 2)
        if verb == "C":
            t = np.linspace(0, 1, 11)[:, None]
            a, b, c, d = here, *numbers
            out += list((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c
                        + t**3 * d)  # fmt: skip
        else:
            out += list(numbers)
        here = numbers[-1]
    return np.array(out)


# ---- GarmentCode --------------------------------------------------------------------------------


def opened(options: argparse.Namespace) -> dict[str, Any]:
    """A folder of GarmentCode patterns, those that begin with bad_ being refused."""
    told: dict[str, Any] = {}
    for path in sorted(options.folder.glob("*.json")):
        faults = []
        try:
            first = read_pattern(path.read_bytes(), name=path.stem)
            again = read_pattern(pattern_json.write(first), name=path.stem)
            off = farthest(first, again)
            if off > 1e-7:
                faults.append(f"written back {off * 1000:.6f} mm off")
            if first.seams != again.seams:
                faults.append("seams differ when written back")
            if not path.name.startswith("bad_"):
                require_sewable(first)
                faults += dxf_faults(first, "astm")
            elif not check(first):
                faults.append("passes the gate")
        except FittingError as error:
            faults.append(str(error))
        told[path.stem] = {"failed": len(faults), "examples": faults[:SHOWN]}
    return {"patterns": told}


STAGES = {
    "people": people,
    "charts": charts,
    "options": random_options,
    "files": exchanged,
    "open": opened,
}


def main() -> None:
    """Runs a stage and prints its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--survey", type=Path, default=DATA / "anthropometry" / "ansur2_open.csv")
    parser.add_argument("--folder", type=Path, default=DATA / "patterns")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=2012)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        told = STAGES[options.stage](options)
    except BadInput as error:
        sys.exit(str(error))
    told["heavy libraries imported"] = [name for name in HEAVY if name in sys.modules]
    if options.json:
        print(json.dumps(told, indent=1))
        return
    for title, rows in told.items():
        print(title, rows if not isinstance(rows, dict) else "")
        for name, row in rows.items() if isinstance(rows, dict) else ():
            figures = "  ".join(f"{k} {v}" for k, v in row.items() if k != "examples")
            if row["failed"] or title != "patterns":
                print(f"  {name:16} {figures}")
            for example in row["examples"]:
                print(f"      {example[:900]}")
        if isinstance(rows, dict):
            print(
                f"  {len(rows)} rows, {sum(row['failed'] > 0 for row in rows.values())} with faults"
            )


if __name__ == "__main__":
    main()
