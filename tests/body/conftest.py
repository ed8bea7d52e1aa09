"""Bodies and survey rows that the body tests share."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from body_people import told

from fitting.body import fit_body, infer
from fitting.records import Body, Measurement, Measurements


@pytest.fixture(scope="session")
def woman() -> Measurements:
    return infer(told(height=1.66), sex="female", weight_kg=Measurement(62.0, 0.5, "stated"))


@pytest.fixture(scope="session")
def man() -> Measurements:
    return infer(told(height=1.78), sex="male", weight_kg=Measurement(80.0, 0.5, "stated"))


@pytest.fixture(scope="session")
def her(woman: Measurements) -> Body:
    return fit_body(woman)


@pytest.fixture(scope="session")
def him(man: Measurements) -> Body:
    return fit_body(man)


@pytest.fixture(scope="session")
def survey_rows(shared: Path) -> list[dict[str, str]]:
    """People of ANSUR II as rows of text."""
    path = shared / "anthropometry" / "ansur2_open.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
