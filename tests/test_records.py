"""The records check what they are given."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.errors import BadMeasurement, BadMesh
from fitting.records import Body, Measurement, Measurements, Photo


def test_arrays_in_records_are_read_only() -> None:
    photo = Photo(np.zeros((4, 3, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0, 0] = 1


def test_an_array_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(BadMesh, match=r"pixels has shape \(4, 3\)"):
        Photo(np.zeros((4, 3), np.uint8))


def test_a_body_with_nan_is_refused() -> None:
    with pytest.raises(BadMesh, match="not finite"):
        Body(np.full((3, 3), np.nan), np.array([[0, 1, 2]]))


@pytest.mark.parametrize("value", [0.0, -0.1, float("nan"), float("inf")])
def test_a_measurement_must_be_a_positive_length(value: float) -> None:
    with pytest.raises(BadMeasurement, match="not a positive length"):
        Measurement(value, 0.01, "stated")


def test_a_missing_measurement_is_named_with_those_that_are_there() -> None:
    known = Measurements({"height": Measurement(1.7, 0.01, "stated")}, "female")
    assert known["height"] == 1.7
    with pytest.raises(BadMeasurement, match="'waist_girth' is missing; there are: height"):
        known["waist_girth"]
