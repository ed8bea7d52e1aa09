"""The regression from silhouette features to measurements.

Its coefficients are those of ``scripts/train_silhouettes.py``: made from rendered people whose
bodies were fitted to the open survey, seen through the segmenter that customers are seen through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fitting.assets import asset
from fitting.records import FloatArray, Sex

SEXES: tuple[Sex, Sex] = ("male", "female")


@dataclass(frozen=True, eq=False)
class Regression:
    """A linear map plus the mean of small networks, over standardised features.

    A factor model of the features (mean + loadings · latent + noise, all standardised) fills what
    could not be read and tells how unusual a silhouette is.

    Attributes:
        names: What is predicted.
        mean, scale: Of each input, shape (F,).
        loadings: shape (F, K).
        noise: Variance that the loadings leave, shape (F,).
        linear: shape (F + 1, M), the constant first.
        hidden: Networks' first layers, shape (R, F + 1, H).
        output: Networks' second layers, shape (R, H + 1, M).
        offset, slope: How predictions run against the truth, p = offset + slope * truth, by sex,
            shape (2, M).
        sigma: Standard deviation of the prediction about that line by sex, shape (2, M).
        untold: Factor on sigma where the camera did not tell its focal length, shape (M,).
        usual: The 95 % point of the strangeness of training silhouettes.
    """

    names: tuple[str, ...]
    mean: FloatArray
    scale: FloatArray
    loadings: FloatArray
    noise: FloatArray
    linear: FloatArray
    hidden: FloatArray
    output: FloatArray
    offset: FloatArray
    slope: FloatArray
    sigma: FloatArray
    untold: FloatArray
    usual: float

    def completed(self, inputs: FloatArray) -> tuple[FloatArray, float]:
        """Standardised inputs without gaps, shape (F,), and how strange they are.

        Strangeness is the root mean square of what the factor model leaves, in units of its noise;
        about 1 for the people it was trained on.
        """
        raw = (inputs - self.mean) / self.scale
        known = np.isfinite(raw)
        w, psi = self.loadings[known], self.noise[known]
        system = np.eye(w.shape[1]) + w.T @ (w / psi[:, None])
        latent = np.linalg.solve(system, w.T @ (raw[known] / psi))
        filled = np.where(known, raw, self.loadings @ latent)
        left = (raw[known] - w @ latent) / np.sqrt(psi)
        return np.asarray(filled), float(np.sqrt(np.mean(np.minimum(np.abs(left), 8.0) ** 2)))

    def predict(self, standardised: FloatArray) -> FloatArray:
        """Logarithms of measurement over stature, shape (M,)."""
        row = np.concatenate([[1.0], np.clip(standardised, -5.0, 5.0)])
        out = row @ self.linear
        for first, second in zip(self.hidden, self.output, strict=True):
            layer = np.tanh(row @ first)
            out = out + (second[0] + layer @ second[1:]) / len(self.hidden)
        return np.asarray(out)

    def observe(
        self, standardised: FloatArray, sex: Sex, told: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Unshrunk predictions and their standard deviations, both of logarithms, (M,) each.

        A regression draws its predictions towards the mean of the people it learnt from. That is
        taken out here, as the survey's distribution is brought in when observations are fused.
        """
        row = SEXES.index(sex)
        value = (self.predict(standardised) - self.offset[row]) / self.slope[row]
        sigma = self.sigma[row] / self.slope[row]
        return np.asarray(value), np.asarray(sigma if told else sigma * self.untold)


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Everything in assets/photo/silhouettes.npz.

    Attributes:
        front, pair: Regressions from the front photo alone and from both.
        girth_names: Girths that `girth_line` predicts.
        girth_line: log girth = line · (1, log height, log weight), by sex, shape (2, G, 3).
        girth_sigma: What that leaves, shape (2, G).
    """

    front: Regression
    pair: Regression
    girth_names: tuple[str, ...]
    girth_line: FloatArray
    girth_sigma: FloatArray


@lru_cache(maxsize=1)
def load() -> Coefficients:
    """The shipped coefficients, read once a process."""
    with np.load(asset("photo", "silhouettes.npz")) as stored:
        arrays = {key: stored[key] for key in stored.files}

    def part(kind: str) -> Regression:
        fields = {
            key.removeprefix(f"{kind}_"): value.astype(np.float64)
            for key, value in arrays.items() if key.startswith(f"{kind}_")
        }
        return Regression(
            names=tuple(str(name) for name in arrays["names"]),
            usual=float(fields.pop("usual")), **fields,
        )

    return Coefficients(
        front=part("front"), pair=part("pair"),
        girth_names=tuple(str(name) for name in arrays["girth_names"]),
        girth_line=arrays["girth_line"].astype(np.float64),
        girth_sigma=arrays["girth_sigma"].astype(np.float64),
    )
