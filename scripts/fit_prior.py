"""Learn from the survey: a prior over measurements, a prior over shapes, and weight from volume.

    python scripts/fit_prior.py --survey ../shared/data/anthropometry/ansur2_open.csv

Writes into assets/anthropometry

* prior.npz: per sex the mean and covariance of the logarithms of all
  measurements, of body mass and of age;
* shapes.npz: per sex a Gaussian over the body parameters, learnt from people of the survey and
  narrowed by a penalty on creases of the skin, and the calibration of body mass by volume.

The survey is ANSUR II (public domain). What it did not measure is taken from the fitted avatars,
moved to published means where there are any (`ANCHORS`). Seeded: the same input gives the same
files.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix, diags, eye

from fitting.body import marks, measure, survey
from fitting.body.model import GENDER, PHENOTYPES, evaluate, load
from fitting.body.shape import ShapePrior, Wishes, solve

ROOT = Path(__file__).resolve().parent.parent
SEXES = ("female", "male")
# Ratio of a measurement that the survey lacks to one that it has, by sex: mean, and the standard
# deviation of its logarithm beyond what the avatars' shapes explain.
# waist, knee: Heinz et al. 2003 (girths over the survey's regression at equal height, weight, age).
# underbust: ASTM D5585-11e1, table 1, all sizes (0.827), and the mean woman of the CAESAR-based
# GarmentCode bodies (0.829); men: the avatars' own, chosen.
ANCHORS = {
    "waist_girth": ("navel_waist_girth", {"female": 0.895, "male": 0.96}, 0.025),
    "knee_girth": ("lower_thigh_girth", {"female": 0.938, "male": 0.951}, 0.015),
    "underbust_girth": ("bust_girth", {"female": 0.828, "male": 0.93}, 0.02),
}
# Spread added to the logarithm of what comes from avatars alone; chosen: about the difference
# between two tailors.
UNSEEN = {
    "shoulder_width": 0.02,
    "across_chest_width": 0.03,
    "front_waist_length": 0.02,
    "elbow_girth": 0.025,
    "bust_point_distance": 0.05,
    "neck_side_waist_length": 0.02,
    "front_neck_waist_length": 0.02,
}
# How exactly an avatar is to follow each measurement of a person [m].
EXACT = 0.003
LOOSE = {
    "shoulder_length": 0.010,
    "back_width": 0.012,
    "back_waist_length": 0.012,
    "crotch_length": 0.010,
    "nape_height": 0.008,
    "neck_base_girth": 0.008,
    "hip_height": 0.015,
    "bust_height": 0.010,
    "navel_height": 0.008,
    "waist_height": 0.010,
    "knee_height": 0.008,
    "head_girth": 0.01,
    "arm_length": 0.006,
    "lower_thigh_girth": 0.008,
    "forearm_girth": 0.006,
    "waist_girth": 0.010,
    "knee_girth": 0.008,
    "underbust_girth": 0.015,
}
SMOOTHNESS = 0.002  # [1/mm²] chosen by eye on bodies of BMI 17 to 40
# First guess of the spread of the parameters, before there are fitted bodies to learn from. Muscle
# and weight are wide, so that stout people become the stout bodies the sculptors made and not slim
# ones with swollen parts.
FIRST_SPREAD = {
    "muscle": 1.0,
    "weight": 1.5,
    "height": 0.6,
    "proportions": 0.3,
    "cupsize": 0.6,
    # The sculpted necks are thinner than the survey's, men's most.
    "measure-neck-circ": 0.6,
    "neck-scale-horiz": 0.5,
    "neck-scale-depth": 0.5,
    "seat-drop": 0.35,
    # The head has few shapes and one girth: it need not follow it to the end.
    "head-scale-horiz": 0.2,
    "head-scale-depth": 0.2,
    "head-scale-vert": 0.2,
}
FIRST_CHANGE = 0.25


def roughness() -> np.ndarray:
    """How much the parameters crease the skin: p @ roughness @ p, shape (parameters, parameters).

    The part of the surface Laplacian of the displacement along the normal [mm], summed over the
    skin of trunk and limbs. A shape that swells a limb evenly costs little, one that makes ridges
    and dents costs much. Phenotypes are whole bodies as sculpted and cost nothing.
    """
    model = load()
    vertices, _ = evaluate(np.zeros(len(model.names)), 0.5)
    edges, count = marks.edges(), model.vertex_count
    ones = np.ones(2 * len(edges))
    pairs = np.concatenate([edges, edges[:, ::-1]])
    near = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), (count, count)).tocsr()
    laplacian = eye(count) - diags(1 / near.sum(axis=1).A1) @ near
    normals = np.zeros((count, 3))
    corners = vertices[model.faces]
    area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    for corner in range(3):
        np.add.at(normals, model.faces[:, corner], area)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    skin = np.concatenate(
        [marks.regions()[r] for r in ("torso", "neck", "arm.L", "arm.R", "leg.L", "leg.R")]
    )
    first = len(model.levels)
    columns = np.zeros((len(skin), len(model.names)))
    for i in range((len(model.deltas) - first) // 2):
        more, less = (
            model.deltas[first + 2 * i + k].reshape(-1, 3)[:count].astype(float) for k in (0, 1)
        )
        bumps = laplacian @ ((more - less) / 2 * 1e3)
        columns[:, len(PHENOTYPES) + i] = (bumps * normals).sum(axis=1)[skin]
    return columns.T @ columns


def first_spread() -> np.ndarray:
    return np.array([FIRST_SPREAD.get(name, FIRST_CHANGE) for name in load().names])


def first_prior(crease: np.ndarray) -> ShapePrior:
    spread = first_spread()
    return smooth_prior(np.zeros(len(spread)), np.diag(spread**2), crease)


def smooth_prior(mean: np.ndarray, covariance: np.ndarray, crease: np.ndarray) -> ShapePrior:
    """The product of a Gaussian and the penalty on creases."""
    precision = np.linalg.inv(covariance)
    total = precision + SMOOTHNESS * crease
    return ShapePrior(np.linalg.solve(total, precision @ mean), np.linalg.cholesky(total).T)


def learnt_prior(parameters: np.ndarray, crease: np.ndarray) -> ShapePrior:
    """A prior from fitted parameters, the covariance shrunk towards the first guess.

    A third of the first guess keeps directions that few people showed from becoming impossible, and
    lets stout people outside the survey's range become the bodies the sculptors made. Learning
    again from fits under the learnt prior was tried and left out: it narrows what it once chose.
    """
    covariance = (2 * np.cov(parameters.T) + np.diag(first_spread() ** 2)) / 3
    return smooth_prior(parameters.mean(axis=0), covariance, crease)


def with_anchors(people: dict[str, np.ndarray], sex: str) -> dict[str, np.ndarray]:
    """The people's measurements and the mean value of what the survey lacks."""
    extra = {name: people[base] * ratio[sex] for name, (base, ratio, _) in ANCHORS.items()}
    return {**people, **extra}


def fit_people(
    people: dict[str, np.ndarray], sex: str, rows: np.ndarray, prior: ShapePrior
) -> np.ndarray:
    """Parameters of an avatar for each row, shape (rows, parameters)."""
    targets = with_anchors(people, sex)
    names = [n for n in measure.ALL if n in targets]
    sigmas = np.array([LOOSE.get(n, EXACT) for n in names])
    found = []
    for row in rows:
        values = np.array([targets[n][row] for n in names])
        found.append(solve(Wishes(names, values, sigmas), sex, prior=prior).parameters)
    return np.array(found)


def measurement_prior(
    people: dict[str, np.ndarray], sex: str, rows: np.ndarray, parameters: np.ndarray
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, mean and covariance of the logarithms, the survey's own and the completed ones."""
    known = list(people)
    logs = np.log(np.stack([people[n] for n in known], axis=1))
    mean, covariance = logs.mean(axis=0), np.cov(logs.T)
    missing = [n for n in measure.ALL if n not in known]
    taken = measure.measure_parameters(parameters, sex, missing)
    y = np.log(np.stack([taken[n] for n in missing], axis=1))
    x = logs[rows] - logs[rows].mean(axis=0)
    # Ridge: the avatars' noise must not become large opposite coefficients.
    ridge = 0.02 * len(x) * np.diag(x.var(axis=0))
    slope = np.linalg.solve(x.T @ x + ridge, x.T @ (y - y.mean(axis=0)))
    noise = np.cov((y - y.mean(axis=0) - x @ slope).T)
    centre = y.mean(axis=0) + (mean - logs[rows].mean(axis=0)) @ slope
    for i, name in enumerate(missing):
        if name in ANCHORS:
            base, ratio, spread = ANCHORS[name]
            centre[i] = mean[known.index(base)] + np.log(ratio[sex])
        else:
            spread = UNSEEN[name]
        noise[i, i] += spread**2
    cross = slope.T @ covariance
    whole = np.block([[covariance, cross.T], [cross, cross @ slope + noise]])
    return known + missing, np.concatenate([mean, centre]), whole


def mass_by_volume(
    people: dict[str, np.ndarray], sex: str, rows: np.ndarray, parameters: np.ndarray
) -> np.ndarray:
    """Coefficients of log mass on 1 and log volume, and the spread that is left."""
    gender = GENDER[sex]
    volumes = np.array([measure.volume(evaluate(p, gender)[0]) for p in parameters])
    x = np.stack([np.ones(len(rows)), np.log(volumes)], axis=1)
    y = np.log(people["weight"][rows])
    fit = np.linalg.lstsq(x, y, rcond=None)[0]
    return np.array([*fit, (y - x @ fit).std()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = ROOT.parent / "shared/data/anthropometry/ansur2_open.csv"
    parser.add_argument("--survey", type=Path, default=default)
    parser.add_argument("--people", type=int, default=200, help="avatars fitted per sex")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "assets/anthropometry")
    arguments = parser.parse_args()
    with arguments.survey.open(encoding="utf-8") as file:
        everyone = list(csv.DictReader(file))
    rng = np.random.default_rng(arguments.seed)
    crease = roughness()
    prior, shapes = {}, {"names": np.array(load().names)}
    for sex in SEXES:
        started = time.process_time()
        chosen = [person for person in everyone if person["sex"] == sex]
        people = survey.table(chosen)
        people["weight"] = np.array([float(person["weight_kg"]) for person in chosen])
        people["age"] = np.array([float(person["age_years"]) for person in chosen])
        rows = rng.permutation(len(chosen))[: arguments.people]
        parameters = fit_people(people, sex, rows, first_prior(crease))
        shape = learnt_prior(parameters, crease)
        # The avatars of the second pass are those that fit_body makes: what is read off them below
        # is what it will give.
        parameters = fit_people(people, sex, rows, shape)
        shapes[f"{sex}_mean"], shapes[f"{sex}_whitener"] = shape.mean, shape.whitener
        shapes[f"{sex}_mass"] = mass_by_volume(people, sex, rows, parameters)
        names, centre, whole = measurement_prior(people, sex, rows, parameters)
        prior |= {"names": np.array(names), f"{sex}_mean": centre, f"{sex}_covariance": whole}
        print(
            f"{sex}: {len(chosen)} people, {len(rows)} avatars, "
            f"{time.process_time() - started:.0f} CPU s, mass {shapes[f'{sex}_mass']}"
        )
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.out / "prior.npz", **prior)
    np.savez_compressed(arguments.out / "shapes.npz", **shapes)


if __name__ == "__main__":
    main()
