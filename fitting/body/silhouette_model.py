"""The regression from silhouette features to measurements.

Its coefficients are those of ``scripts/train_silhouettes.py``: made from rendered people whose
bodies were fitted to the open survey, seen through the segmenter that customers are seen through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fitting.assets import asset
from fitting.body import model as body_model
from fitting.body.shape import ShapePrior
from fitting.errors import NotSupported
from fitting.records import FloatArray, Sex

SEXES: tuple[Sex, Sex] = ("male", "female")
LIMIT = 5.0  # standard deviations at which an input is held
LEAST_APART = 0.003  # [log], chosen: smaller disagreements say nothing


@dataclass(frozen=True, eq=False)
class Regression:
    """What is to be added to a fit's measurements: a linear map over standardised inputs.

    The inputs are what the fit says, the features of the silhouettes, sex, stature and whether the
    lens was told. A factor model of them (loadings · latent + noise) fills what could not be read
    and tells how unusual a silhouette is.

    Attributes:
        names: What is predicted.
        mean, scale: Of each input, shape (F,).
        loadings: shape (F, K).
        noise: Variance that the loadings leave, shape (F,).
        linear: shape (F + 1, M), the constant first.
        usual: The 95 % point of the strangeness of training silhouettes.
    """

    names: tuple[str, ...]
    mean: FloatArray
    scale: FloatArray
    loadings: FloatArray
    noise: FloatArray
    linear: FloatArray
    usual: float

    def completed(self, inputs: FloatArray) -> tuple[FloatArray, float]:
        """Standardised inputs without gaps, shape (F,), and how strange they are.

        Strangeness is the root mean square of what the factor model leaves, in units of its noise;
        about 1 for the people it was trained on.
        """
        raw = np.clip((inputs - self.mean) / self.scale, -LIMIT, LIMIT)
        known = np.isfinite(raw)
        w, psi = self.loadings[known], self.noise[known]
        system = np.eye(w.shape[1]) + w.T @ (w / psi[:, None])
        latent = np.linalg.solve(system, w.T @ (raw[known] / psi))
        filled = np.where(known, raw, self.loadings @ latent)
        left = (raw[known] - w @ latent) / np.sqrt(psi)
        return np.asarray(filled), float(np.sqrt(np.mean(np.minimum(np.abs(left), 8.0) ** 2)))

    def predict(self, standardised: FloatArray) -> FloatArray:
        """What to add to the logarithms of the fit's measurements over stature, shape (M,)."""
        return np.asarray(self.linear[0] + standardised @ self.linear[1:])


def signs_of(residual: Sequence[float], missed: Sequence[float], strangeness: float) -> FloatArray:
    """Signs that a reading may be off, from what its fit left and from how strange its inputs are.

    Args:
        residual, missed: Of `fitting.body.silhouette_fit.Fit`, by view.
        strangeness: Over the usual one.
    """
    return np.array([*np.log(residual), *missed, np.log(strangeness)])


@dataclass(frozen=True, eq=False)
class Doubt:
    """How far off a reading may be, told by how well fits explain their masks.

    Most masks are good, some follow the background: one sigma for all would be too wide for the
    former and far too narrow for the latter.

    Attributes:
        mean, scale: Of the signs of doubt, shape (S,).
        line: log sigma = line · (1, signs, signs beyond 1, log of the disagreement), standardised,
            shape (M, 2 S + 2).
        factor: On sigmas, by sex, shape (2, M).
        bias: What to add to logarithms, by sex, shape (2, M).
        correlation: Of the errors, by sex, shape (2, M, M).
    """

    mean: FloatArray
    scale: FloatArray
    line: FloatArray
    factor: FloatArray
    bias: FloatArray
    correlation: FloatArray

    def unusual(self, signs: FloatArray) -> FloatArray:
        """The signs in standard deviations over the usual ones, shape (S,)."""
        return np.asarray((signs - self.mean) / self.scale)

    def inputs(self, signs: FloatArray, apart: FloatArray) -> FloatArray:
        """What `line` is multiplied with, shape (M, 2 S + 2).

        Args:
            signs: shape (S,).
            apart: How far two readings of the same photos disagree [log], shape (M,).
        """
        z = np.clip(self.unusual(signs), -3.0, LIMIT)
        fixed = np.concatenate([[1.0], z, np.maximum(z - 1, 0)])
        wide = np.tile(fixed, (len(apart), 1))
        return np.column_stack([wide, np.log(np.abs(apart) + LEAST_APART)])

    def sigma(self, sex: Sex, signs: FloatArray, apart: FloatArray) -> FloatArray:
        """Of the logarithms, shape (M,)."""
        log = (self.line * self.inputs(signs, apart)).sum(axis=1)
        return np.asarray(np.exp(log) * self.factor[SEXES.index(sex)])

    def covariance(self, sex: Sex, sigma: FloatArray) -> FloatArray:
        """Of the errors of the logarithms, shape (M, M)."""
        return np.asarray(self.correlation[SEXES.index(sex)] * np.outer(sigma, sigma))


@dataclass(frozen=True, eq=False)
class Blend:
    """How two readings of the same photos are weighed: from both, and from the front alone.

    A side mask that went wrong spoils the first; the front alone is then nearer.

    Attributes:
        pair, front: How far off each may be, told by all signs.
        together: Correlation of their errors, shape (M,).
    """

    pair: Doubt
    front: Doubt
    together: FloatArray

    def share(self, sex: Sex, signs: FloatArray, apart: FloatArray) -> FloatArray:
        """Share of the reading from both photos, 0..1, shape (M,)."""
        a, b = (doubt.sigma(sex, signs, apart) for doubt in (self.pair, self.front))
        common = self.together * a * b
        return np.asarray(np.clip((b**2 - common) / (a**2 + b**2 - 2 * common), 0.0, 1.0))


@dataclass(frozen=True, eq=False)
class Start:
    """A linear map from features to the whitened shape where a fit begins.

    Attributes:
        mean, scale: Of features and sex, shape (F,).
        line: shape (F + 1, shapes), the constant first.
    """

    mean: FloatArray
    scale: FloatArray
    line: FloatArray

    def shape(self, features: FloatArray) -> FloatArray:
        """The whitened shape, shape (shapes,)."""
        z = np.clip(np.nan_to_num((features - self.mean) / self.scale), -5.0, 5.0)
        return np.asarray(np.concatenate([[1.0], z]) @ self.line)


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Everything in assets/photo/silhouettes.npz.

    Attributes:
        front, pair: Regressions from the front photo alone and from both.
        front_doubt, both_doubt: Of readings from the front photo alone, and from both photos once
            blended.
        blend: Of the two regressions, where there are both photos.
        start_front, start_pair: Where the fits begin.
        priors: Over the shapes, by sex.
        girth_names: Girths that `girth_line` predicts.
        girth_line: log girth = line · (1, log height, log weight), by sex, shape (2, G, 3).
        girth_sigma: What that leaves, shape (2, G).
    """

    front: Regression
    pair: Regression
    front_doubt: Doubt
    both_doubt: Doubt
    blend: Blend
    start_front: Start
    start_pair: Start
    priors: Mapping[Sex, ShapePrior]
    girth_names: tuple[str, ...]
    girth_line: FloatArray
    girth_sigma: FloatArray


@lru_cache(maxsize=1)
def load() -> Coefficients:
    """The shipped coefficients, read once a process.

    Raises:
        NotSupported: They were made for another body model.
    """
    with np.load(asset("photo", "silhouettes.npz")) as stored:
        arrays = {key: stored[key] for key in stored.files}
    ours = [str(name) for name in arrays["parameters"]]
    unknown = set(ours) - set(body_model.load().names)
    if unknown:
        raise NotSupported(
            f"assets/photo/silhouettes.npz knows the body parameter {min(unknown)!r}, which the "
            "body model does not have; run scripts/train_silhouettes.py again"
        )
    names = tuple(str(name) for name in arrays["names"])

    def fields_of(prefix: str) -> dict[str, FloatArray]:
        return {
            key.removeprefix(prefix): value.astype(np.float64)
            for key, value in arrays.items()
            if key.startswith(prefix)
        }

    def regression(kind: str) -> Regression:
        fields = fields_of(f"{kind}_")
        return Regression(names=names, usual=float(fields.pop("usual")), **fields)

    def doubt(kind: str) -> Doubt:
        return Doubt(**fields_of(f"doubt_{kind}_"))

    return Coefficients(
        front=regression("front"),
        pair=regression("pair"),
        front_doubt=doubt("alone"),
        both_doubt=doubt("both"),
        blend=Blend(doubt("pair"), doubt("front"), arrays["together"].astype(np.float64)),
        start_front=_start(fields_of("start_front_")),
        start_pair=_start(fields_of("start_pair_")),
        priors={sex: _prior(ours, **fields_of(f"{sex}_")) for sex in SEXES},
        girth_names=tuple(str(name) for name in arrays["girth_names"]),
        girth_line=arrays["girth_line"].astype(np.float64),
        girth_sigma=arrays["girth_sigma"].astype(np.float64),
    )


NEWER = 0.05  # standard deviation of body parameters that the coefficients do not know yet


def _prior(ours: list[str], mean: FloatArray, whitener: FloatArray) -> ShapePrior:
    """The stored prior in the body model's parameters; those it does not know stay near 0."""
    names = body_model.load().names
    at = [names.index(name) for name in ours]
    newer = [i for i, name in enumerate(names) if name not in ours]
    full_mean, full = np.zeros(len(names)), np.zeros((len(names), len(names)))
    full_mean[at] = mean
    full[np.ix_(range(len(ours)), at)] = whitener
    full[range(len(ours), len(names)), newer] = 1 / NEWER
    return ShapePrior(full_mean, full)


def _start(fields: dict[str, FloatArray]) -> Start:
    """A start whose whitened shapes are as long as the body model's."""
    line = fields["line"]
    more = len(body_model.load().names) - line.shape[1]
    return Start(fields["mean"], fields["scale"], np.pad(line, ((0, 0), (0, more))))
