"""Makes assets/photo/silhouettes.npz: the coefficients that read measurements off silhouettes.

Three steps, each resumable, from open data only::

    python scripts/train_silhouettes.py people SURVEY.csv WORK  avatars fitted to survey people
    python scripts/train_silhouettes.py shoot WORK --seed 1   photos of them, segmented
    python scripts/train_silhouettes.py train SURVEY.csv WORK   coefficients

SURVEY.csv is the public ANSUR II survey in millimetres (sex, stature, chestcircumference, ...).
`shoot` is the long one, 2.5 CPU seconds a customer; run several seeds side by side.
"""

from __future__ import annotations

import argparse
import csv
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fitting.body.shape import ShapePrior
from fitting.errors import RetakeNeeded
from fitting.photo import detect
from fitting.records import Landmarks, Sex, Silhouette

SEXES: tuple[Sex, Sex] = ("male", "female")


def pack(silhouette: Silhouette) -> dict[str, object]:
    """A silhouette as small plain values."""
    return {
        "mask": zlib.compress(np.packbits(silhouette.mask).tobytes(), 6),
        "shape": silhouette.mask.shape,
        "points": silhouette.landmarks.points, "visibility": silhouette.landmarks.visibility,
        "depth": silhouette.landmarks.depth, "view": silhouette.view,
        "focal_35mm": silhouette.focal_35mm, "refined": silhouette.refined,
    }


def unpack(row: dict) -> Silhouette:
    """The silhouette that `pack` stored."""
    high, wide = row["shape"]
    bits = np.frombuffer(zlib.decompress(row["mask"]), np.uint8)
    mask = np.unpackbits(bits, count=high * wide).reshape(high, wide).astype(bool)
    marks = Landmarks(points=row["points"], visibility=row["visibility"], depth=row["depth"])
    return Silhouette(
        mask=mask, landmarks=marks, view=row["view"], focal_35mm=row["focal_35mm"],
        refined=row["refined"],
    )


# Our name -> survey column, factor, standard deviation of the fit [m]. The survey measures the
# upper arm flexed; 0.94 is assumed to bring it to the hanging arm.
TARGETS: dict[str, tuple[str, float, float]] = {
    "height": ("stature", 1, 0.002),
    "bust_girth": ("chestcircumference", 1, 0.004),
    "navel_waist_girth": ("waistcircumference", 1, 0.004),
    "hip_girth": ("buttockcircumference", 1, 0.004),
    "thigh_girth": ("thighcircumference", 1, 0.004),
    "neck_girth": ("neckcircumference", 1, 0.003),
    "calf_girth": ("calfcircumference", 1, 0.003),
    "upper_arm_girth": ("bicepscircumferenceflexed", 0.94, 0.004),
    "wrist_girth": ("wristcircumference", 1, 0.003),
    "ankle_girth": ("anklecircumference", 1, 0.004),
    "inside_leg_length": ("crotchheight", 1, 0.005),
    "biacromial_breadth": ("biacromialbreadth", 1, 0.006),
    "arm_length": ("sleeveoutseam", 1, 0.006),
    "navel_height": ("waistheightomphalion", 1, 0.008),
    "bust_height": ("chestheight", 1, 0.01),
}
SPREAD = {"height": 0.6, "weight": 0.6, "muscle": 0.4, "proportions": 0.3, "cupsize": 0.5}
OTHERS = 0.35  # standard deviation of a body part's change; chosen for shapes that look human


def fit(target: np.ndarray, sex: Sex, rng: np.random.Generator) -> np.ndarray:
    """An avatar with the target measurements [m]; what they leave open is drawn at random.

    A small move of the prior's centre before a Gauss-Newton fit draws from the bodies that share
    the measurements (randomise, then optimise; Bardsley et al. 2014, doi:10.1137/140964023).
    """
    from fitting.body.measure import jacobian
    from fitting.body.model import GENDER, load

    names = load().names
    spread = np.array([SPREAD.get(name, OTHERS) for name in names])
    sigma = np.array([row[2] for row in TARGETS.values()])
    centre = np.clip(rng.normal(0, 0.4 * spread), -0.8, 0.8)

    def residuals(value: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.concatenate([(value - target) / sigma, (x - centre) / spread])

    x, damping = centre, 1e-2
    value, slope = jacobian(GENDER[sex], x, list(TARGETS))
    now = residuals(value, x)
    for _ in range(40):
        pull = np.concatenate([slope / sigma[:, None], np.diag(1 / spread)])
        system = pull.T @ pull
        step = np.linalg.solve(system + damping * np.diag(np.diag(system)), -pull.T @ now)
        moved = np.clip(x + step, -1, 1)
        value_there, slope_there = jacobian(GENDER[sex], moved, list(TARGETS))
        there = residuals(value_there, moved)
        gain = now @ now - there @ there
        if gain <= 0:
            damping *= 6
            if damping > 1e4:
                break
            continue
        x, now, slope, damping = moved, there, slope_there, max(damping / 5, 1e-4)
        if gain < 1e-3 * (now @ now):
            break
    return x


def fit_people(survey: Path, work: Path, count: int) -> None:
    """Fits avatars to `count` men and as many women of the survey, drawn evenly from the file."""
    from fitting.body.model import load

    with survey.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    rng, fitted = np.random.default_rng(0), {}
    for sex in SEXES:
        ours = [row for row in rows if row["sex"] == sex]
        bodies = []
        for index in np.linspace(0, len(ours) - 1, count).astype(int):
            target = np.array([float(ours[index][c]) * f / 1000 for c, f, _ in TARGETS.values()])
            bodies.append(fit(target, sex, rng))
        fitted[sex] = np.array(bodies)
    np.savez(work / "people.npz", names=list(load().names), **fitted)


def current(parameters: np.ndarray, names: list[str]) -> np.ndarray:
    """Stored parameters (N, P) in the order of the body model's, which may have gained some."""
    from fitting.body.model import load

    ours = load().names
    out = np.zeros((len(parameters), len(ours)))
    out[:, [ours.index(name) for name in names]] = parameters
    return out


def mixed(people: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A new person: somewhere between two of the same sex, with a little of their own."""
    a, b = people[rng.choice(len(people), 2, replace=False)]
    share = rng.choice((0.0, rng.uniform(-0.2, 0.5)))
    own = rng.normal(0, 0.04, people.shape[1])
    return np.clip(a + share * (b - a) + own, -1, 1)


def shoot(work: Path, seed: int, count: int) -> None:
    """Photographs `count` customers and stores what the segmenter saw of them."""
    from customers import rest_body, visit
    from studio import Studio

    from fitting.body.model import load

    with np.load(work / "people.npz") as stored:
        names = [str(name) for name in stored["names"]]
        people = {sex: current(stored[sex], names) for sex in SEXES}
    rng = np.random.default_rng(seed)
    studio, rows = Studio(), []
    for index in range(count):
        sex = SEXES[index % 2]
        parameters = mixed(people[sex], rng)
        rest = rest_body(parameters, sex)
        photos, cameras, _ = visit(studio, rest, sex, rng)
        try:
            seen = [pack(detect(photo, view))
                    for photo, view in zip(photos, ("front", "side"), strict=True)]
        except RetakeNeeded:
            continue
        rows.append({
            "sex": sex, "parameters": parameters, "names": list(load().names),
            "cameras": cameras, "seen": seen,
        })
        if index % 20 == 19 or index == count - 1:
            np.save(work / f"shots{seed}.npy", np.array(rows, dtype=object), allow_pickle=True)


def gather(work: Path) -> dict[str, np.ndarray]:
    """Features of both views, true shapes and true measurements of all customers shot."""
    from fitting.body.measure import ALL, measure_parameters
    from fitting.body.silhouette_features import features

    priors = shape_priors(work)
    keys = ("front", "side", "truth", "female", "told", "shape")
    kept: dict[str, list] = {key: [] for key in keys}
    for row in shots(work):
        front, side = (unpack(view) for view in row["seen"])
        body = current(row["parameters"][None], row["names"])
        truth = measure_parameters(body, row["sex"], ALL)
        prior = priors[row["sex"]]
        kept["front"].append(features(front, 1.7))  # shares of the stature: any will do
        kept["side"].append(features(side, 1.7))
        kept["truth"].append([float(truth[name][0]) for name in ALL])
        kept["female"].append(row["sex"] == "female")
        kept["told"].append(front.focal_35mm is not None)
        kept["shape"].append(prior.whitener @ (body[0] - prior.mean))
    return {key: np.array(values, dtype=np.float64) for key, values in kept.items()}


OWN = 0.05  # standard deviation that is added to every parameter, as 300 people are few


def shape_priors(work: Path) -> dict[Sex, ShapePrior]:
    """A Gaussian over the shapes of the fitted people, by sex."""
    out = {}
    with np.load(work / "people.npz") as stored:
        names = [str(name) for name in stored["names"]]
        for sex in SEXES:
            people = current(stored[sex], names)
            spread = np.cov(people.T) + OWN**2 * np.eye(people.shape[1])
            whitener = np.linalg.inv(np.linalg.cholesky(spread))
            out[sex] = ShapePrior(people.mean(axis=0), whitener)
    return out


def shots(work: Path) -> Iterator[dict]:
    """All customers shot, in a fixed order."""
    for file in sorted(work.glob("shots*.npy")):
        yield from np.load(file, allow_pickle=True)


STATED_SIGMA = 0.01  # [m], how far off stated heights are
START_RIDGE = 100.0  # chosen by cross-validation


def starts(x: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """A ridge regression from standardised features to whitened shapes, constant first."""
    ones = np.c_[np.ones(len(x)), x]
    return np.linalg.solve(ones.T @ ones + START_RIDGE * np.eye(ones.shape[1]), ones.T @ shape)


def standard(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale of inputs, gaps left out."""
    return np.nanmean(x, axis=0), np.nanstd(x, axis=0) + 1e-6


def fit_all(work: Path, seen: dict[str, np.ndarray], part: int, parts: int) -> None:
    """Fits avatars to the silhouettes of every `parts`-th customer and stores what they measure.

    The fit of a customer starts from a regression that has not seen this customer.
    """
    from fitting.body.silhouette_fit import fit_silhouettes, seen_by

    priors = shape_priors(work)
    count = len(seen["truth"])
    stated = seen["truth"][:, 0] + np.random.default_rng(9).normal(0, STATED_SIGMA, count)
    half = (np.arange(count) // 2) % 2
    kinds = {"front": seen["front"], "pair": np.c_[seen["front"], seen["side"]]}
    out: dict[str, np.ndarray] = {"stated": stated}
    first: dict[str, np.ndarray] = {}
    for kind, x in kinds.items():
        x = np.c_[x, seen["female"]]
        mean, scale = standard(x)
        z = np.clip(np.nan_to_num((x - mean) / scale), -5, 5)
        first[kind] = np.zeros_like(seen["shape"])
        for side in (0, 1):
            line = starts(z[half != side], seen["shape"][half != side])
            first[kind][half == side] = np.c_[np.ones((half == side).sum()), z[half == side]] @ line
    for index, row in enumerate(shots(work)):
        if index % parts != part:
            continue
        views = [unpack(view) for view in row["seen"]]
        for kind, used in (("front", views[:1]), ("pair", views)):
            fit = fit_silhouettes(
                used, stated[index], row["sex"], priors[row["sex"]], start=first[kind][index]
            )
            numbers = seen_by(fit, stated[index], row["sex"])
            out.setdefault(kind, np.full((count, len(numbers)), np.nan))[index] = numbers
    np.savez(work / f"fits{part}.npz", **out)


RIDGE = 100.0  # chosen by cross-validation, as are the next ones
LATENT = 60
HIDDEN = 48
NETWORKS = 4
EPOCHS = 100
FOLDS = 8


def learn(x: np.ndarray, y: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """A ridge regression and networks on what it leaves; x standardised (N, F), y (N, M)."""
    ones = np.c_[np.ones(len(x)), x]
    penalty = RIDGE * np.eye(ones.shape[1])
    penalty[0, 0] = 0
    linear = np.linalg.solve(ones.T @ ones + penalty, ones.T @ y)
    left = y - ones @ linear
    unit = left.std(axis=0)
    nets = [network(ones, left / unit, seed + i) for i in range(NETWORKS)]
    return {
        "linear": linear, "hidden": np.stack([net[0] for net in nets]),
        "output": np.stack([net[1] * unit for net in nets]),
    }


def network(
    x: np.ndarray, y: np.ndarray, seed: int, noise: float = 0.15, decay: float = 0.02
) -> tuple[np.ndarray, np.ndarray]:
    """One hidden layer of tanh, trained by Adam on inputs with noise; x has its constant first."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, 0.5 / np.sqrt(x.shape[1]), (x.shape[1], HIDDEN)),
               np.zeros((HIDDEN + 1, y.shape[1]))]
    moment = [np.zeros_like(w) for w in weights]
    square = [np.zeros_like(w) for w in weights]
    step, batch = 0, 64
    for epoch in range(EPOCHS):
        rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = rng.permutation(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            pick = order[start : start + batch]
            seen = x[pick] + noise * rng.normal(size=(batch, x.shape[1]))
            seen[:, 0] = 1
            layer = np.tanh(seen @ weights[0])
            full = np.c_[np.ones(batch), layer]
            error = (full @ weights[1] - y[pick]) / batch
            back = (error @ weights[1][1:].T) * (1 - layer**2)
            step += 1
            for i, slope in enumerate((seen.T @ back, full.T @ error)):
                moment[i] = 0.9 * moment[i] + 0.1 * slope
                square[i] = 0.999 * square[i] + 0.001 * slope**2
                lift = moment[i] / (1 - 0.9**step)
                spread = np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8
                weights[i] -= rate * (lift / spread + decay * weights[i])
    return weights[0], weights[1]


def main() -> None:
    """Runs one step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("people")
    step.add_argument("survey", type=Path)
    step.add_argument("work", type=Path)
    step.add_argument("--count", type=int, default=300)
    step = steps.add_parser("shoot")
    step.add_argument("work", type=Path)
    step.add_argument("--seed", type=int, default=1)
    step.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    if options.step == "people":
        options.work.mkdir(parents=True, exist_ok=True)
        fit_people(options.survey, options.work, options.count)
    elif options.step == "shoot":
        shoot(options.work, options.seed, options.count)


if __name__ == "__main__":
    main()
