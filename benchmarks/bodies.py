"""How exactly avatars measure what was asked, and how much height and weight alone tell.

    python benchmarks/bodies.py --people 200 --seed 1 --save out/bodies

Tables: avatars of survey people from twelve tapes, by BMI (mean absolute error, bias, worst, CPU
seconds a body); measurements from height and weight alone (error, bias and how many people the
90 % intervals hold), five-fold, so that nobody is predicted from themselves; beside it the error of
a quadratic regression drawn for this alone, which is about the least that these people allow. With
--save a contact sheet of 24 avatars over BMI and sex is written as bodies.png (needs EGL).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitting.body import fit_body, infer, measure_body, survey
from fitting.body.prior import Observation, Population, condition
from fitting.body.volume import body_mass
from fitting.records import Body, Measurement

ROOT = Path(__file__).resolve().parent.parent
SURVEY = ROOT.parent / "shared/data/anthropometry/ansur2_open.csv"
TAPES = (
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
)
FOLDS = 5
WITHIN = 1.645  # sigmas of a 90 % interval
SHEET_BMI = (17, 18.5, 20, 22, 24, 26, 28, 30, 32, 35, 37.5, 40)


def people_of(path: Path, sex: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["sex"] == sex]


def bmi(row: Mapping[str, str]) -> float:
    return float(row["weight_kg"]) / (float(row["stature"]) / 1000) ** 2


def summary(errors: np.ndarray, names: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Mean absolute error, bias and worst [cm] of errors [m], shape (people, names)."""
    return {
        name: {
            "mae_cm": round(100 * float(abs(errors[:, j]).mean()), 3),
            "bias_cm": round(100 * float(errors[:, j].mean()), 3),
            "worst_cm": round(100 * float(abs(errors[:, j]).max()), 3),
        }
        for j, name in enumerate(names)
    }


def fit_table(path: Path, people: int, seed: int) -> dict[str, Any]:
    """Avatars from twelve stated tapes, measured again and compared with what was stated."""
    rng = np.random.default_rng(seed)
    groups: dict[str, Any] = {}
    warm = people_of(path, "female")[0]
    fit_body(infer(stated(warm), sex="female"))
    for label, low, high in (("bmi_under_35", 0.0, 35.0), ("bmi_35_to_40", 35.0, 40.0)):
        errors, seconds = [], []
        for sex in ("female", "male"):
            rows = [row for row in people_of(path, sex) if low <= bmi(row) < high]
            chosen = rng.permutation(len(rows))[: people // 2]
            for i in chosen:
                started = time.process_time()
                told = stated(rows[i])
                body = fit_body(infer(told, sex=sex))  # type: ignore[arg-type]
                seconds.append(time.process_time() - started)
                found = measure_body(body)
                errors.append([found[name] - told[name].value for name in TAPES])
        groups[label] = {
            "people": len(errors),
            "cpu_s": round(float(np.mean(seconds)), 3),
            "measurements": summary(np.array(errors), TAPES),
        }
    return groups


def stated(row: Mapping[str, str]) -> dict[str, Measurement]:
    values = survey.measurements(row)
    return {name: Measurement(values[name], 0.005, "stated") for name in TAPES}


def prior_table(path: Path, seed: int) -> dict[str, Any]:
    """Each person from height and weight alone, by a population that they are not in."""
    tables: dict[str, Any] = {}
    for sex in ("female", "male"):
        rows = people_of(path, sex)
        values = survey.table(list(rows))
        values["weight"] = np.array([float(row["weight_kg"]) for row in rows])
        names = tuple(values)
        logs = np.log(np.stack([values[n] for n in names], axis=1))
        fold = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
        errors, inside = np.zeros(logs.shape), np.zeros(logs.shape)
        drawn = np.zeros(logs.shape)  # errors of a regression drawn for this alone
        known_logs = logs[:, [names.index("height"), names.index("weight")]]
        given = np.column_stack([np.ones(len(rows)), known_logs, known_logs**2])
        for k in range(FOLDS):
            rest = logs[fold != k]
            people = Population(names, rest.mean(axis=0), np.cov(rest.T))
            line = np.linalg.lstsq(given[fold != k], rest, rcond=None)[0]
            drawn[fold == k] = np.exp(given[fold == k] @ line) - np.exp(logs[fold == k])
            for i in np.flatnonzero(fold == k):
                known = [
                    Observation(n, float(np.exp(logs[i, names.index(n)])), 1e-4)
                    for n in ("height", "weight")
                ]
                mean, covariance = condition(people, known)
                errors[i] = np.exp(mean) - np.exp(logs[i])
                inside[i] = abs(mean - logs[i]) < WITHIN * np.sqrt(np.diag(covariance))
        asked = tuple(n for n in names if n not in ("height", "weight"))
        columns = [names.index(n) for n in asked]
        found = summary(errors[:, columns], asked)
        for name, column in zip(asked, columns, strict=True):
            found[name]["inside_90"] = round(float(inside[:, column].mean()), 3)
            least = float(np.abs(drawn[:, column]).mean())
            found[name]["regression_mae_cm"] = round(100 * least, 3)
        tables[sex] = {"people": len(rows), "measurements": found}
    return tables


def mass_table(path: Path, people: int, seed: int) -> dict[str, Any]:
    """Body mass read off avatars of twelve tapes, without being told."""
    rng = np.random.default_rng(seed + 1)
    tables = {}
    for sex in ("female", "male"):
        rows = people_of(path, sex)
        off = []
        for i in rng.permutation(len(rows))[: max(4, people // 4)]:
            body = fit_body(infer(stated(rows[i]), sex=sex))  # type: ignore[arg-type]
            mass = body_mass(body, sex)  # type: ignore[arg-type]
            off.append(mass.value - float(rows[i]["weight_kg"]))
        tables[sex] = {
            "people": len(off),
            "bias_kg": round(float(np.mean(off)), 2),
            "sd_kg": round(float(np.std(off)), 2),
        }
    return tables


# ---- contact sheet -------------------------------------------------------------------------------


def sheet_bodies() -> list[Body]:
    """24 avatars from height and weight: twelve women, twelve men, BMI 17 to 40."""
    bodies = []
    for sex, height in (("female", 1.65), ("male", 1.77)):
        for value in SHEET_BMI:
            told = {"height": Measurement(height, 0.005, "stated")}
            mass = Measurement(value * height**2, 0.5, "stated")
            bodies.append(fit_body(infer(told, sex=sex, weight_kg=mass)))  # type: ignore[arg-type]
    return bodies


def contact_sheet(bodies: list[Body], out: Path) -> None:
    """Front, three-quarter and side view of each body, six bodies a row."""
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    import pyrender
    import trimesh
    from PIL import Image

    width, height, columns = 300, 460, 6  # wide enough for the hands
    renderer = pyrender.OffscreenRenderer(width, height)
    skin = pyrender.MetallicRoughnessMaterial(
        baseColorFactor=(0.80, 0.62, 0.52, 1), metallicFactor=0, roughnessFactor=0.75
    )
    tiles = []
    for body in bodies:
        views = []
        for degrees in (0, 45, 90):
            turn = trimesh.transformations.rotation_matrix(np.deg2rad(degrees), (0, 1, 0))
            points = (body.vertices - [0, 0.92, 0.03]) @ turn[:3, :3].T
            scene = pyrender.Scene(ambient_light=[0.28] * 3, bg_color=[0.93, 0.93, 0.93, 1.0])
            mesh = trimesh.Trimesh(points, body.faces, process=False)
            scene.add(pyrender.Mesh.from_trimesh(mesh, smooth=True, material=skin))
            pose = np.eye(4)
            pose[2, 3] = 3
            scene.add(pyrender.OrthographicCamera(1.0 * width / height, 1.0), pose=pose)
            for pitch, yaw, intensity in ((-0.6, 0.6, 2.6), (0.2, -0.9, 1.1)):
                lamp = trimesh.transformations.euler_matrix(pitch, yaw, 0)
                scene.add(pyrender.DirectionalLight(intensity=intensity), pose=lamp)
            views.append(renderer.render(scene)[0])
        tiles.append(np.hstack(views))
    renderer.delete()
    rows = [np.hstack(tiles[i : i + columns // 2]) for i in range(0, len(tiles), columns // 2)]
    Image.fromarray(np.vstack(rows)).save(out, optimize=True)


# ---- printing ------------------------------------------------------------------------------------


def print_tables(result: Mapping[str, Any]) -> None:
    for label, table in result["fit"].items():
        print(
            f"\navatars from twelve tapes, {label}: {table['people']} people, "
            f"{table['cpu_s']} CPU s a body"
        )
        for name, row in table["measurements"].items():
            print(
                f"  {name:22s} MAE {row['mae_cm']:5.2f}  bias {row['bias_cm']:+5.2f}  "
                f"worst {row['worst_cm']:5.2f} cm"
            )
    for sex, table in result["no_photo"].items():
        print(f"\nfrom height and weight, {sex}: {table['people']} people")
        for name, row in table["measurements"].items():
            print(
                f"  {name:22s} MAE {row['mae_cm']:5.2f}  bias {row['bias_cm']:+5.2f} cm  "
                f"inside 90 %: {100 * row['inside_90']:.1f} %  "
                f"a regression's MAE {row['regression_mae_cm']:5.2f}"
            )
    for sex, row in result["mass"].items():
        print(f"\nmass from the avatar, {sex}: bias {row['bias_kg']:+.1f} kg, SD {row['sd_kg']} kg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survey", type=Path, default=SURVEY)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--save", type=Path, help="folder for the contact sheet and bodies.json")
    arguments = parser.parse_args()
    result = {
        "fit": fit_table(arguments.survey, arguments.people, arguments.seed),
        "no_photo": prior_table(arguments.survey, arguments.seed),
        "mass": mass_table(arguments.survey, arguments.people, arguments.seed),
    }
    if arguments.save:
        arguments.save.mkdir(parents=True, exist_ok=True)
        contact_sheet(sheet_bodies(), arguments.save / "bodies.png")
        (arguments.save / "bodies.json").write_text(json.dumps(result, indent=1) + "\n")
    if arguments.json:
        print(json.dumps(result, indent=1))
    else:
        print_tables(result)


if __name__ == "__main__":
    main()
