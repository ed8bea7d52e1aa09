"""Makes assets/photo/silhouettes.npz: the coefficients that read measurements off silhouettes.

Five steps, from open data only::

    python scripts/train_silhouettes.py people SURVEY.csv WORK  avatars fitted to survey people
    python scripts/train_silhouettes.py shoot WORK --seed 1   photos of them, segmented
    python scripts/train_silhouettes.py gather WORK             features and truth
    python scripts/train_silhouettes.py fit WORK                avatars fitted to the masks
    python scripts/train_silhouettes.py train SURVEY.csv WORK   coefficients

SURVEY.csv is the public ANSUR II survey in millimetres (sex, stature, chestcircumference, ...).
`shoot` and `fit` are the long ones, about 1.6 and 0.9 CPU seconds a customer; several seeds and
parts can run side by side. `train_border.py` makes the network that `shoot` sees them through.
"""

from __future__ import annotations

import argparse
import csv
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path

import numpy as np

from fitting.body import silhouette_model
from fitting.body.shape import ShapePrior
from fitting.errors import RetakeNeeded
from fitting.photo import detect
from fitting.records import Landmarks, Measurement, Sex, Silhouette

SEXES: tuple[Sex, Sex] = ("male", "female")
TARGET = Path(__file__).resolve().parent.parent / "assets" / "photo" / "silhouettes.npz"


def pack(silhouette: Silhouette) -> dict[str, object]:
    """A silhouette as small plain values."""
    return {
        "mask": zlib.compress(np.packbits(silhouette.mask).tobytes(), 6),
        "shape": silhouette.mask.shape,
        "points": silhouette.landmarks.points,
        "visibility": silhouette.landmarks.visibility,
        "depth": silhouette.landmarks.depth,
        "view": silhouette.view,
        "focal_35mm": silhouette.focal_35mm,
        "refined": silhouette.refined,
    }


def unpack(row: dict) -> Silhouette:
    """The silhouette that `pack` stored."""
    high, wide = row["shape"]
    bits = np.frombuffer(zlib.decompress(row["mask"]), np.uint8)
    mask = np.unpackbits(bits, count=high * wide).reshape(high, wide).astype(bool)
    marks = Landmarks(points=row["points"], visibility=row["visibility"], depth=row["depth"])
    return Silhouette(
        mask=mask,
        landmarks=marks,
        view=row["view"],
        focal_35mm=row["focal_35mm"],
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
# Breadth and depth of the body where the tape lies at navel and hip: survey column, whether the
# hip's, axis (0 across, 2 front to back), and how much wider avatars of the same girth are than the
# calipers say, on average over 20 people [m].
CALIPERS = (
    ("waistbreadth", False, 0, 0.008),
    ("waistdepth", False, 2, 0.011),
    ("hipbreadth", True, 0, 0.018),
    ("buttockdepth", True, 2, 0.011),
)
CALIPER_SIGMA = 0.01  # [m], as calipers press and the survey's people sit or stand differently
SPREAD = {"height": 0.6, "weight": 0.6, "muscle": 0.4, "proportions": 0.3, "cupsize": 0.5}
OTHERS = 0.35  # standard deviation of a body part's change; chosen for shapes that look human
# Three fifths of the people get by without these, so that the same girth stands for several shapes.
SPARED = (
    "neck-scale-depth",
    "neck-scale-horiz",
    "neck-scale-vert",
    "torso-scale-vert",
    "hip-scale-vert",
    "hip-trans-up",
    "hip-waist-up",
    "breast-dist",
    "upperleg-muscle",
    "lowerleg-muscle",
    "upperarm-muscle",
    "lowerarm-muscle",
    "head-scale-horiz",
    "head-scale-depth",
    "head-scale-vert",
    "foot-scale",
    "lowerleg-scale-horiz",
    "seat-drop",
)


def calipers(gender: float, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Breadths and depths of `CALIPERS` [m] and their derivative by the parameters."""
    from fitting.body import marks
    from fitting.body.model import load
    from fitting.body.silhouette_outline import outline

    model, parts = load(), outline().parts
    points = model.points(gender, x)
    edges = np.concatenate([parts[0], parts[3], parts[4]])
    seat = marks.seat()
    levels = {False: marks.landmarks()["navel"], True: int(seat[np.argmin(points[seat, 2])])}
    values, slopes = [], []
    for _, hip, axis, _ in CALIPERS:
        level = levels[hip]
        a, b = points[edges[:, 0]], points[edges[:, 1]]
        height = points[level, 1]
        crossing = np.flatnonzero((a[:, 1] - height) * (b[:, 1] - height) < 0)
        share = (height - a[crossing, 1]) / (b[crossing, 1] - a[crossing, 1])
        where = a[crossing, axis] + share * (b[crossing, axis] - a[crossing, axis])
        ends = []
        for best in (int(np.argmax(where)), int(np.argmin(where))):
            edge = edges[crossing[best]]
            da, db, dl = model.jacobian(gender, x, np.array([*edge, level], np.int32))
            t = share[best]
            lean = (points[edge[1], axis] - points[edge[0], axis]) / (
                points[edge[1], 1] - points[edge[0], 1]
            )
            rise = dl[1] - (1 - t) * da[1] - t * db[1]
            ends.append((1 - t) * da[axis] + t * db[axis] + lean * rise)
        values.append(where.max() - where.min())
        slopes.append(ends[0] - ends[1])
    return np.array(values), np.array(slopes)


def fit(
    target: np.ndarray,
    sex: Sex,
    rng: np.random.Generator,
    spare: bool,
    caliper_sigma: float = CALIPER_SIGMA,
) -> np.ndarray:
    """An avatar with the target measurements [m]; what they leave open is drawn at random.

    A small move of the prior's centre before a Gauss-Newton fit draws from the bodies that share
    the measurements (randomise, then optimise; Bardsley et al. 2014, doi:10.1137/140964023).

    Args:
        target: Values of `TARGETS`, then of `CALIPERS`.
        sex: Of the person.
        rng: For what is left open.
        spare: Leave the parameters of `SPARED` as they are.
        caliper_sigma: How exactly breadths and depths are followed [m]; infinite for not at all.
    """
    from fitting.body.measure import jacobian
    from fitting.body.model import GENDER, load

    names = load().names
    spread = np.array(
        [0.01 if spare and name in SPARED else SPREAD.get(name, OTHERS) for name in names]
    )
    sigma = np.array([row[2] for row in TARGETS.values()] + [caliper_sigma] * len(CALIPERS))
    centre = np.clip(rng.normal(0, (0.1 if spare else 0.3) * spread), -0.8, 0.8)

    def measured(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tape, by_tape = jacobian(GENDER[sex], x, list(TARGETS))
        widths, by_width = calipers(GENDER[sex], x)
        return np.concatenate([tape, widths]), np.concatenate([by_tape, by_width])

    def residuals(value: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.concatenate([(value - target) / sigma, (x - centre) / spread])

    x, damping = centre, 1e-2
    value, slope = measured(x)
    now = residuals(value, x)
    for _ in range(40):
        pull = np.concatenate([slope / sigma[:, None], np.diag(1 / spread)])
        system = pull.T @ pull
        step = np.linalg.solve(system + damping * np.diag(np.diag(system)), -pull.T @ now)
        moved = np.clip(x + step, -1, 1)
        value_there, slope_there = measured(moved)
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


def shipped(tape: dict[str, float], sex: Sex) -> np.ndarray:
    """The avatar that the project makes of a person with these tape values [m]."""
    from fitting.body import fit_body, infer

    stated = {name: Measurement(value, 0.005, "stated") for name, value in tape.items()}
    body = fit_body(infer(stated, sex=sex))
    return np.asarray(body.parameters)[1:]


def learnable(survey: Path, sex: Sex) -> list[dict[str, str]]:
    """The survey's rows of one sex that may be learnt from: every second one."""
    with survey.open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["sex"] == sex][::2]


def fit_people(survey: Path, work: Path, count: int) -> None:
    """Fits avatars to `count` men and as many women of the survey, drawn evenly from the file.

    One in five is what the project itself makes of such a person; the others are as likely, but
    differ where no tape was laid: three of them without the parameters of `SPARED`, of whom only
    one follows the calipers. Every second row of the survey is left to benchmarks.
    """
    from fitting.body.model import load

    rng, fitted = np.random.default_rng(0), {}
    for sex in SEXES:
        ours = learnable(survey, sex)
        bodies = []
        for number, index in enumerate(np.linspace(0, len(ours) - 1, count).astype(int)):
            target = [float(ours[index][c]) * f / 1000 for c, f, _ in TARGETS.values()]
            kind = number % 5
            if kind == 0:
                bodies.append(shipped(dict(zip(TARGETS, target, strict=True)), sex))
                continue
            target += [float(ours[index][c]) / 1000 + more for c, _, _, more in CALIPERS]
            loose = CALIPER_SIGMA if kind > 2 else np.inf
            bodies.append(fit(np.array(target), sex, rng, kind < 4, loose))
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


def shoot(work: Path, seed: int, count: int, rough: bool = False) -> None:
    """Photographs `count` customers and stores what was seen of them.

    Rough masks are those before the network of `fitting.photo.border`.
    """
    from customers import rest_body, visit
    from studio import Studio

    from fitting.body.model import load

    if rough:
        import_module("fitting.photo.detect").PASSES = 0
    with np.load(work / "people.npz") as stored:
        names = [str(name) for name in stored["names"]]
        people = {sex: current(stored[sex], names) for sex in SEXES}
    rng = np.random.default_rng(seed)
    studio, rows = Studio(), []

    def save(rows: list[dict[str, object]]) -> None:
        np.save(work / f"shots{seed}.npy", np.array(rows, dtype=object), allow_pickle=True)

    for index in range(count):
        sex = SEXES[index % 2]
        parameters = mixed(people[sex], rng)
        rest = rest_body(parameters, sex)
        photos, cameras, _ = visit(studio, rest, sex, rng)
        try:
            seen = [
                pack(detect(photo, view))
                for photo, view in zip(photos, ("front", "side"), strict=True)
            ]
        except RetakeNeeded:
            continue
        rows.append(
            {
                "sex": sex,
                "parameters": parameters,
                "names": list(load().names),
                "cameras": cameras,
                "seen": seen,
            }
        )
        if len(rows) % 50 == 0:
            save(rows)
    save(rows)


def gather(work: Path) -> dict[str, np.ndarray]:
    """Features of both views, true shapes and true measurements of all customers shot."""
    from fitting.body.measure import measure_parameters
    from fitting.body.silhouette_features import features

    priors = shape_priors(work)
    keys = ("front", "side", "truth", "female", "told", "shape")
    kept: dict[str, list] = {key: [] for key in keys}
    for row in shots(work):
        front, side = (unpack(view) for view in row["seen"])
        body = current(row["parameters"][None], row["names"])
        truth = measure_parameters(body, row["sex"], seen_names())
        prior = priors[row["sex"]]
        kept["front"].append(features(front, 1.7))  # shares of the stature: any will do
        kept["side"].append(features(side, 1.7))
        kept["truth"].append([float(truth[name][0]) for name in seen_names()])
        kept["female"].append(row["sex"] == "female")
        kept["told"].append(front.focal_35mm is not None)
        kept["shape"].append(prior.whitener @ (body[0] - prior.mean))
    return {key: np.array(values, dtype=np.float64) for key, values in kept.items()}


OWN = 0.05  # standard deviation that is added to every parameter, as the people are few


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


# Lines over neck and bust, which an outline hardly shows; the survey gives them from the others.
UNSEEN = ("neck_base_girth", "shoulder_length", "front_waist_length", "neck_side_waist_length")


def seen_names() -> tuple[str, ...]:
    """What is read off silhouettes."""
    from fitting.body.measure import ALL

    return tuple(name for name in ALL if name not in UNSEEN)


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

    The fit of a customer starts from a regression that has not seen this customer. May be stopped
    at any time: `train` goes by the customers that are done.
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
            # A side mask that went wrong misleads the start from both views.
            begin = (
                [first["front"][index]]
                if kind == "front"
                else [first["pair"][index], first["front"][index]]
            )
            fit = fit_silhouettes(used, stated[index], row["sex"], priors[row["sex"]], starts=begin)
            numbers = seen_by(fit, stated[index], row["sex"], seen_names())
            out.setdefault(kind, np.full((count, len(numbers)), np.nan))[index] = numbers
        if index // parts % 50 == 49:
            np.savez(work / f"fits{part}.npz", **out)
    np.savez(work / f"fits{part}.npz", **out)


RIDGE = 1000.0  # chosen by cross-validation
HUBER = 1.5  # standard deviations beyond which an error counts linearly
ROUNDS = 12  # of pulling in what errs beyond
LATENT = 60
FOLDS = 8
WITHIN = 1.645  # standard deviations of a 90 % interval


def factors(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loadings (F, K) and noise (F,) of a factor model of standardised inputs with gaps."""
    full = np.nan_to_num(z)
    for _ in range(3):  # gaps are filled from the model that the rest gives
        values, vectors = np.linalg.eigh(np.cov(full.T))
        top = vectors[:, -LATENT:] * np.sqrt(values[-LATENT:])
        noise = np.maximum(np.diag(np.cov(full.T)) - (top**2).sum(axis=1), 0.01)
        system = np.eye(LATENT) + top.T @ (top / noise[:, None])
        latent = np.linalg.solve(system, (top / noise[:, None]).T @ full.T).T
        full = np.where(np.isfinite(z), z, latent @ top.T)
    return top, noise


def ridge(ones: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Huber's regression with a penalty on all coefficients but the first, the constant's.

    By modified residuals: what errs beyond the limit is pulled in to it and the line drawn again,
    which needs one factorisation for all columns (Huber, Robust Statistics, 1981, 7.8).
    """
    penalty = RIDGE * np.eye(ones.shape[1])
    penalty[0, 0] = 0
    solver = np.linalg.solve(ones.T @ ones + penalty, ones.T)
    line = solver @ y
    for _ in range(ROUNDS):
        drawn = ones @ line
        error = y - drawn
        limit = HUBER * 1.48 * np.median(np.abs(error), axis=0)
        line = solver @ (drawn + np.clip(error, -limit, limit))
    return line


def fitted(x: np.ndarray, base: np.ndarray, truth: np.ndarray) -> silhouette_model.Regression:
    """A ridge regression that corrects `base`; its usual strangeness is not known yet."""
    mean, scale = standard(x)
    loadings, noise = factors(np.clip((x - mean) / scale, -5, 5))
    model = silhouette_model.Regression(
        names=(),
        mean=mean,
        scale=scale,
        loadings=loadings,
        noise=noise,
        linear=np.zeros((x.shape[1] + 1, base.shape[1])),
        usual=1.0,
    )
    ones = np.array([np.r_[1.0, model.completed(row)[0]] for row in x])
    return replace(model, linear=ridge(ones, truth - base))


DOUBT_RIDGE = 5.0  # chosen: hardly matters
BIAS_LIMIT = 3.0  # standard deviations at which an error is held for the bias


def doubt(
    error: np.ndarray,
    signs: np.ndarray,
    apart: np.ndarray,
    female: np.ndarray,
    judged: np.ndarray,
) -> silhouette_model.Doubt:
    """How far off readings may be, from the errors [log] about people not learnt from.

    The 90 % range is what is promised, so the factor makes that right for those `judged`; how the
    sexes differ in it is told by everyone.
    """
    count = error.shape[1]
    found = silhouette_model.Doubt(
        mean=signs.mean(axis=0),
        scale=signs.std(axis=0) + 1e-6,
        line=np.zeros((count, 2 * signs.shape[1] + 2)),
        factor=np.ones((2, count)),
        bias=np.zeros((2, count)),
        correlation=np.zeros((2, count, count)),
    )
    inputs = np.array([found.inputs(s, a) for s, a in zip(signs, apart, strict=True)])
    usual = np.median(np.abs(error), axis=0)
    size = np.log(np.maximum(np.abs(error), 0.15 * usual))
    penalty = DOUBT_RIDGE * np.eye(inputs.shape[2])
    penalty[0, 0] = 0
    for column in range(count):
        x = inputs[:, column]
        found.line[column] = np.linalg.solve(x.T @ x + penalty, x.T @ size[:, column])
    sigma = np.exp(np.einsum("nmk,mk->nm", inputs, found.line))
    sex = female.astype(int)
    for one in (0, 1):
        left = error[sex == one] / sigma[sex == one]
        found.factor[one] = np.percentile(np.abs(left), 90, axis=0) / WITHIN
    sigma *= found.factor[sex]
    pulled = np.clip(error / sigma, -BIAS_LIMIT, BIAS_LIMIT) * sigma
    for one in (0, 1):
        found.bias[one] = pulled[(sex == one) & judged].mean(axis=0)
    left = (error - found.bias[sex]) / sigma
    right = np.percentile(np.abs(left[judged]), 90, axis=0) / WITHIN
    found.factor[:] *= right
    left = np.clip(left / right, -3, 3)
    for one in (0, 1):
        found.correlation[one] = 0.98 * np.corrcoef(left[sex == one].T) + 0.02 * np.eye(count)
    return found


def blended(
    guesses: Mapping[str, np.ndarray],
    truth: np.ndarray,
    signs: Mapping[str, np.ndarray],
    female: np.ndarray,
    judged: np.ndarray,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Coefficients of doubt and blend, and the blended guesses about people not learnt from."""
    pair, front = guesses["pair"], guesses["front"]
    apart, all_signs = pair - front, np.c_[signs["pair"], signs["front"]]
    doubts = {
        "pair": doubt(truth - pair, all_signs, apart, female, judged),
        "front": doubt(truth - front, all_signs, apart, female, judged),
        "alone": doubt(truth - front, signs["front"], np.zeros_like(apart), female, judged),
    }
    sex_of = [SEXES[int(f)] for f in female]
    sizes = {
        kind: np.array(
            [doubts[kind].sigma(*row) for row in zip(sex_of, all_signs, apart, strict=True)]
        )
        for kind in ("pair", "front")
    }
    left = [np.clip((truth - guesses[kind]) / sizes[kind], -3, 3) for kind in ("pair", "front")]
    together = np.array(
        [np.corrcoef(a, b)[0, 1] for a, b in zip(left[0].T, left[1].T, strict=True)]
    )
    blend = silhouette_model.Blend(doubts["pair"], doubts["front"], together)
    share = np.array([blend.share(*row) for row in zip(sex_of, all_signs, apart, strict=True)])
    guess = front + share * apart
    doubts["both"] = doubt(truth - guess, all_signs, apart, female, judged)
    out = {"together": together}
    for kind, found in doubts.items():
        for field in fields(found):
            out[f"doubt_{kind}_{field.name}"] = getattr(found, field.name)
    return out, guess


def cross_guess(
    x: np.ndarray, base: np.ndarray, truth: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Guesses for each customer from a regression that has not seen them, and strangeness."""
    fold = (np.arange(len(x)) // 2) % FOLDS
    guess, strange = np.zeros_like(truth), np.zeros(len(x))
    for k in range(FOLDS):
        model = fitted(x[fold != k], base[fold != k], truth[fold != k])
        for index in np.flatnonzero(fold == k):
            filled, strange[index] = model.completed(x[index])
            guess[index] = base[index] + model.predict(filled)
    return guess, strange


def finished(work: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Stated heights, and what the fits said by kind; NaN for customers not fitted yet."""
    pieces = [dict(np.load(file)) for file in sorted(work.glob("fits*.npz"))]
    together = {kind: np.stack([piece[kind] for piece in pieces]) for kind in ("front", "pair")}
    return pieces[0]["stated"], {
        kind: np.where(np.isfinite(both), both, -np.inf).max(axis=0)
        for kind, both in together.items()
    }


def done(work: Path) -> dict[str, np.ndarray]:
    """What `gather` and `fit` stored of the customers that both are done with."""
    stated, fits = finished(work)
    whole = np.isfinite(fits["front"][:, 0]) & np.isfinite(fits["pair"][:, 0])
    everything = {**dict(np.load(work / "gather.npz")), "stated": stated}
    everything |= {f"fit_{kind}": numbers for kind, numbers in fits.items()}
    return {key: values[whole] for key, values in everything.items()}


def train(survey: Path, work: Path, target: Path, earlier: Path | None = None) -> None:
    """Learns all coefficients and writes them.

    Args:
        survey: The survey's file.
        work: Where the customers are.
        target: What to write.
        earlier: Where more customers are whose masks were made in another way: they say how bodies
            and outlines go together and what makes a reading doubtful, but not how far off
            readings are in the end.
    """
    from fitting.body.model import load

    names, sets = seen_names(), [done(folder) for folder in (work, earlier) if folder]
    ours = len(sets[0]["truth"])
    seen = {key: np.concatenate([one[key] for one in sets]) for key in sets[0]}
    stated, female, told = seen["stated"], seen["female"], seen["told"]
    truth = np.log(seen["truth"] / stated[:, None])
    out: dict[str, np.ndarray] = {"names": np.array(names), "parameters": np.array(load().names)}
    for sex, prior in shape_priors(work).items():
        out[f"{sex}_mean"], out[f"{sex}_whitener"] = prior.mean, prior.whitener
    views = {"front": seen["front"], "pair": np.c_[seen["front"], seen["side"]]}
    guesses, signs = {}, {}
    for kind, features in views.items():
        numbers = seen[f"fit_{kind}"]
        x = np.c_[numbers, features, female, stated, told]
        base = numbers[:, : len(names)]
        guesses[kind], strange = cross_guess(x, base, truth)
        usual = float(np.percentile(strange, 95))
        model = replace(fitted(x, base, truth), usual=usual)
        for field in fields(model):
            if field.name != "names":
                out[f"{kind}_{field.name}"] = np.asarray(getattr(model, field.name))
        own = numbers[:, len(names) + 1 :].reshape(len(x), 1 if kind == "front" else 2, -1)
        signs[kind] = np.array(
            [
                silhouette_model.signs_of(view[:, 0] / 100, view[:, 1], one / usual)
                for view, one in zip(own, strange, strict=True)
            ]
        )
        first = np.c_[features, female]
        mean, scale = standard(first)
        z = np.clip(np.nan_to_num((first - mean) / scale), -5, 5)
        out[f"start_{kind}_mean"], out[f"start_{kind}_scale"] = mean, scale
        out[f"start_{kind}_line"] = starts(z, seen["shape"])
        report(kind, guesses[kind][:ours], seen["truth"][:ours], stated[:ours])
    more, guess = blended(guesses, truth, signs, female, np.arange(len(truth)) < ours)
    report("blended", guess[:ours], seen["truth"][:ours], stated[:ours])
    out |= more
    out |= girth_lines(survey)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target, **{k: v.astype(np.float32) if v.dtype == float else v for k, v in out.items()}
    )


def report(kind: str, guess: np.ndarray, truth: np.ndarray, stated: np.ndarray) -> None:
    """Prints mean absolute errors [cm] about people not learnt from."""
    error = 100 * (np.exp(guess) * stated[:, None] - truth)
    mean = np.abs(error).mean(axis=0)
    print(kind, " ".join(f"{n}:{e:.2f}" for n, e in zip(seen_names(), mean, strict=True)))


def girth_lines(survey: Path) -> dict[str, np.ndarray]:
    """How chest, waist and hip go with height and weight in the survey, by sex."""
    with survey.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = ("bust_girth", "navel_waist_girth", "hip_girth")
    lines_, sigmas = np.zeros((2, 3, 3)), np.zeros((2, 3))
    for index, sex in enumerate(SEXES):
        ours = [row for row in rows if row["sex"] == sex]
        known = np.array(
            [[1.0, np.log(float(r["stature"]) / 1000), np.log(float(r["weight_kg"]))] for r in ours]
        )
        for column, name in enumerate(names):
            girth = np.log([float(r[TARGETS[name][0]]) / 1000 for r in ours])
            lines_[index, column] = np.linalg.lstsq(known, girth, rcond=None)[0]
            sigmas[index, column] = (girth - known @ lines_[index, column]).std()
    return {"girth_names": np.array(names), "girth_line": lines_, "girth_sigma": sigmas}


def main() -> None:
    """Runs one step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("people")
    step.add_argument("survey", type=Path)
    step.add_argument("work", type=Path)
    step.add_argument("--count", type=int, default=400)
    step = steps.add_parser("shoot")
    step.add_argument("work", type=Path)
    step.add_argument("--seed", type=int, default=1)
    step.add_argument("--count", type=int, default=200)
    step.add_argument("--rough", action="store_true", help="masks before the border's network")
    step = steps.add_parser("gather")
    step.add_argument("work", type=Path)
    step = steps.add_parser("fit")
    step.add_argument("work", type=Path)
    step.add_argument("--part", type=int, default=0)
    step.add_argument("--parts", type=int, default=1)
    step = steps.add_parser("train")
    step.add_argument("survey", type=Path)
    step.add_argument("work", type=Path)
    step.add_argument("--earlier", type=Path, help="customers whose masks were made otherwise")
    options = parser.parse_args()
    if options.step == "people":
        options.work.mkdir(parents=True, exist_ok=True)
        fit_people(options.survey, options.work, options.count)
    elif options.step == "shoot":
        shoot(options.work, options.seed, options.count, options.rough)
    elif options.step == "gather":
        np.savez(options.work / "gather.npz", **gather(options.work))
    elif options.step == "fit":
        seen = dict(np.load(options.work / "gather.npz"))
        fit_all(options.work, seen, options.part, options.parts)
    else:
        train(options.survey, options.work, TARGET, options.earlier)


if __name__ == "__main__":
    main()
