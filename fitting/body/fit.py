"""From measurements to the avatar."""

from __future__ import annotations

import numpy as np

from fitting.body import marks, shape
from fitting.body.measure import ALL
from fitting.body.model import GENDER, evaluate, load
from fitting.body.pose import joints_of, landmarks_of, pose_body
from fitting.body.volume import wished_volume
from fitting.errors import BadMeasurement
from fitting.records import Body, FloatArray, Measurement, Measurements, Source

# How exactly the avatar follows a value [m]: what was told or seen closer than what was inferred,
# never closer than a tape can be read, and never so loosely that the avatar does not measure what
# the report says.
CLOSEST: dict[Source, float] = {"stated": 0.002, "photo": 0.003, "inferred": 0.004}
LOOSEST = 0.008
SHARE = 0.2  # of a value's own sigma


def fit_body(measurements: Measurements, *, pose: str = "a") -> Body:
    """An avatar that measures what the record says.

    Args:
        measurements: Any subset of measurements; `infer` completes one.
        pose: ``a``, ``hip-width``, ``t`` or ``arms-down``.
    Returns:
        A closed body of three shells, skin and two eyes, with joints, landmarks, regions and skin
        weights; its parameters are gender and the shape parameters.
    Raises:
        BadMeasurement: There is no measurement to fit to.
        BadMesh: The values are so far from a human shape that no tape could be laid.
        UnknownName: There is no such pose.
    """
    values = measurements.values
    names = [n for n in ALL if n in values]
    if not names:
        raise BadMeasurement("there is no measurement to fit a body to; give the height at least")
    wanted = np.array([values[n].value for n in names])
    sigmas = np.array([_tightness(values[n]) for n in names])
    mass = measurements.weight_kg
    told = mass is not None and mass.source != "inferred"
    implied = wished_volume(mass, measurements.sex) if mass is not None and told else None
    wishes = shape.Wishes(names, wanted, sigmas, implied)
    solution = shape.solve(wishes, measurements.sex)
    body = body_of(solution.parameters, GENDER[measurements.sex], measurements)
    return body if pose == "a" else pose_body(body, pose)


def _tightness(m: Measurement) -> float:
    """How exactly a value is to be met [m]."""
    return min(max(SHARE * m.sigma, CLOSEST[m.source]), LOOSEST)


def body_of(
    parameters: FloatArray, gender: float, measurements: Measurements | None = None
) -> Body:
    """The body of some shape parameters in the rest pose.

    Args:
        parameters: shape (parameters,), -1..1 each.
        gender: 0 man .. 1 woman.
        measurements: What it was fitted to.
    """
    model = load()
    vertices, heads = evaluate(parameters, gender)
    return Body(
        vertices=vertices,
        faces=model.faces,
        joints=joints_of(heads),
        landmarks=landmarks_of(vertices),
        regions=marks.regions(),
        measurements=measurements,
        bone_names=model.bones,
        bone_indices=model.bone_indices,
        bone_weights=model.bone_weights,
        bone_heads=heads,
        parameters=np.concatenate([[gender], parameters]),
    )
