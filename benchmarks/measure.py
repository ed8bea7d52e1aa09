"""How well people are measured: from two photos, from the front photo alone, and without photos.

Draws people from the survey's distribution (or, with --survey, the survey's people that the
training left out, as avatars of another fit than ours), photographs these in painted rooms, and
measures the photos as a customer's are measured. The stated height is off by 1 cm (SD);
photos come without a weight. Prints mean absolute error, bias [cm] and the share of people inside
the 90 % interval, by measurement::

    python benchmarks/measure.py --people 100 --seed 1 [--survey ansur2.csv] [--json]
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from fitting.body import body_of, fit_body, infer, measure_body
from fitting.body.model import GENDER
from fitting.body.prior import population
from fitting.body.silhouette import measure_silhouettes, settled
from fitting.errors import BadMeasurement, BadMesh, RetakeNeeded
from fitting.photo import detect
from fitting.photo.retake import pair_reasons, reasons
from fitting.records import Body, Measurement, Measurements, Sex

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

SHOWN = (
    "bust_girth",
    "navel_waist_girth",
    "waist_girth",
    "hip_girth",
    "thigh_girth",
    "neck_girth",
    "calf_girth",
    "upper_arm_girth",
    "wrist_girth",
    "inside_leg_length",
    "biacromial_breadth",
    "shoulder_width",
    "ankle_girth",
    "arm_length",
)
KINDS = ("two photos", "front photo", "no photo")
SEXES: tuple[Sex, Sex] = ("female", "male")


TAPE = (
    "height",
    "bust_girth",
    "navel_waist_girth",
    "hip_girth",
    "thigh_girth",
    "neck_girth",
    "calf_girth",
    "upper_arm_girth",
    "wrist_girth",
    "ankle_girth",
    "inside_leg_length",
    "biacromial_breadth",
    "arm_length",
    "navel_height",
    "bust_height",
)


def draw_person(rng: np.random.Generator, sex: Sex) -> tuple[Body, float]:
    """An avatar of somebody from the survey's distribution, and a weight [kg]."""
    people = population(sex)
    while True:
        drawn = np.exp(rng.multivariate_normal(people.mean, people.covariance))
        values = dict(zip(people.names, drawn, strict=True))
        weight = float(values["weight"])
        if not 17 < weight / values["height"] ** 2 < 38:
            continue
        tape = {name: Measurement(float(values[name]), 0.003, "stated") for name in TAPE}
        try:
            return fit_body(infer(tape, sex=sex)), weight
        except (BadMeasurement, BadMesh):  # a draw that nobody could look like
            continue


def survey_person(rng: np.random.Generator, sex: Sex, survey: Path) -> tuple[Body, float]:
    """An avatar with tape and caliper values of one of the survey's people, and their weight [kg].

    The project's own fit is not used here, so that its idea of a body does not measure itself.
    Half follow the calipers. Only rows are drawn that the training left out.
    """
    from train_silhouettes import CALIPER_SIGMA, CALIPERS, TARGETS, fit

    with survey.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["sex"] == sex][1::2]
    row = rows[int(rng.integers(len(rows)))]
    target = [float(row[column]) * factor / 1000 for column, factor, _ in TARGETS.values()]
    target += [float(row[column]) / 1000 + more for column, _, _, more in CALIPERS]
    loose = CALIPER_SIGMA if rng.random() < 0.5 else np.inf
    parameters = fit(np.array(target), sex, rng, True, loose)
    return body_of(parameters, GENDER[sex]), float(row["weight_kg"])


def measured(
    body: Body, sex: Sex, weight: float, rng: np.random.Generator, codes: Counter[str]
) -> dict[str, Measurements]:
    """A person measured in the three ways."""
    from customers import visit
    from studio import Studio

    height = measure_body(body)["height"] + float(rng.normal(0, 0.01))
    stated = {"height": Measurement(height, 0.01, "stated")}
    kilograms = Measurement(weight, 1.0, "stated")
    out = {"no photo": infer(stated, sex=sex, weight_kg=kilograms)}
    photos, _, _ = visit(Studio(), body, sex, rng)
    try:
        front, side = (detect(p, v) for p, v in zip(photos, ("front", "side"), strict=True))
    except RetakeNeeded as refusal:
        codes[refusal.code] += 1
        return out
    found = {r.code for p, s in zip(photos, (front, side), strict=True) for r in reasons(p, s)}
    codes.update(found | {r.code for r in pair_reasons(front, side)})
    for kind, other in (("two photos", side), ("front photo", None)):
        observed, cautions = measure_silhouettes(
            front, other, stated_height=stated["height"], sex=sex
        )
        codes.update(c.code for c in cautions if c.code.startswith("R") and other is not None)
        out[kind] = settled(infer(stated, sex=sex, observed=observed), observed)
    return out


def table(errors: dict[str, list[dict[str, tuple[float, float]]]]) -> dict[str, dict]:
    """MAE, bias [cm] and coverage of the 90 % interval by kind and measurement."""
    out: dict[str, dict] = {}
    for kind in KINDS:
        rows = errors[kind]
        out[kind] = {"people": len(rows)}
        for name in SHOWN if rows else ():
            error = np.array([row[name][0] for row in rows])
            sigma = np.array([row[name][1] for row in rows])
            out[kind][name] = {
                "mae_cm": round(100 * float(np.abs(error).mean()), 2),
                "bias_cm": round(100 * float(error.mean()), 2),
                "coverage_90": round(float((np.abs(error) < 1.645 * sigma).mean()), 2),
            }
    return out


def main() -> None:
    """Draws, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survey", type=Path, help="survey file: its people, not drawn ones")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng, codes = np.random.default_rng(options.seed), Counter[str]()
    errors: dict[str, list[dict[str, tuple[float, float]]]] = {kind: [] for kind in KINDS}
    started = time.process_time()
    for index in range(options.people):
        sex = SEXES[index % 2]
        body, weight = (
            survey_person(rng, sex, options.survey) if options.survey else draw_person(rng, sex)
        )
        truth = measure_body(body)
        for kind, result in measured(body, sex, weight, rng, codes).items():
            errors[kind].append(
                {n: (result.values[n].value - truth[n], result.values[n].sigma) for n in SHOWN}
            )
    found = {
        **table(errors),
        "codes": dict(sorted(codes.items())),
        "cpu_s_a_person": round((time.process_time() - started) / options.people, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for kind in KINDS:
        print(f"{kind} ({found[kind]['people']} people)      MAE  bias  in 90 %")
        for name in SHOWN:
            row = found[kind].get(name)
            if row:
                print(
                    f"  {name:22} {row['mae_cm']:6.2f} {row['bias_cm']:+6.2f} "
                    f"{row['coverage_90']:6.2f}"
                )
    print(
        "codes",
        found["codes"],
        "CPU s a person",
        found["cpu_s_a_person"],
        "peak MB",
        found["peak_rss_mb"],
    )


if __name__ == "__main__":
    main()
