"""Volume of the avatar, and body mass from it.

The mesh has no lungs or hair and its skin is smoother than skin, so volume times a density is not
mass. The survey's people, fitted and weighed, give the relation: log mass is linear in log volume,
with what is left as its sigma (scripts/fit_prior.py).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix

from fitting.assets import asset
from fitting.body.measure import volume
from fitting.body.model import evaluate, load
from fitting.errors import BadMesh
from fitting.records import Body, FloatArray, Measurement, Sex


def log_volume(
    gender: float, parameters: FloatArray, *, slope: bool
) -> tuple[float, FloatArray | None]:
    """Logarithm of the volume [m³] and its derivative by the parameters.

    Args:
        gender: 0 man .. 1 woman.
        parameters: shape (parameters,).
        slope: Ask for the derivative, shape (parameters,), too.
    """
    model = load()
    vertices = model.points(gender, parameters)[: model.vertex_count]
    a, b, c = (vertices[model.faces[:, i]] for i in range(3))
    bc = _cross(b, c)
    now = float((a * bc).sum() / 6)
    if not slope:
        return float(np.log(now)), None
    by_corner = np.concatenate([bc, _cross(c, a), _cross(a, b)]) / 6
    by_vertex = (_gather() @ by_corner).astype(np.float32)
    by_shape = model.deltas[:, : by_vertex.size] @ by_vertex.ravel()
    by_parameter = by_shape @ model.coefficient_jacobian(gender, parameters)
    return float(np.log(now)), np.asarray(by_parameter / now, float)


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Cross products row by row; numpy's own is several times slower on tall arrays."""
    out = np.empty_like(a)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        out[:, i] = a[:, j] * b[:, k] - a[:, k] * b[:, j]
    return out


@lru_cache(maxsize=1)
def _gather() -> csr_matrix:
    """Sums corner values into vertices, shape (vertices, 3 * faces)."""
    model = load()
    corners = model.faces.T.ravel()
    ones = np.ones(len(corners))
    shape = (model.vertex_count, len(corners))
    return csr_matrix((ones, (corners, np.arange(len(corners)))), shape)


@lru_cache(maxsize=2)
def _relation(sex: Sex) -> tuple[float, float, float]:
    """Intercept and slope of log mass [kg] on log volume [m³], and the spread left."""
    with np.load(asset("anthropometry", "shapes.npz")) as z:
        intercept, slope, spread = z[f"{sex}_mass"].tolist()
    return intercept, slope, spread


def body_mass(body: Body, sex: Sex) -> Measurement:
    """Mass of an avatar [kg] with its sigma.

    Raises:
        BadMesh: The body was read from a file and has no parameters.
    """
    if body.parameters is None:
        raise BadMesh("a body read from a file has no calibrated volume; fit one first")
    vertices, _ = evaluate(np.asarray(body.parameters[1:]), float(body.parameters[0]))
    intercept, slope, spread = _relation(sex)
    mass = float(np.exp(intercept + slope * np.log(volume(vertices))))
    return Measurement(mass, mass * spread, "inferred")


def wished_volume(mass: Measurement, sex: Sex) -> tuple[float, float]:
    """Logarithm of the volume [m³] that a body mass [kg] implies, and its sigma."""
    intercept, slope, spread = _relation(sex)
    sigma = float(np.hypot(spread, mass.sigma / mass.value))
    return (float(np.log(mass.value)) - intercept) / slope, sigma / slope
