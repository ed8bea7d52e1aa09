"""Patterns and bodies for the sewing tests."""

import csv
from pathlib import Path

import numpy as np
import pytest

from fitting.body import fit_body, infer
from fitting.pattern.exchange import read_pattern
from fitting.records import Body, Measurement

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def corpus():
    """Rows of the open GarmentCode corpus, none where it is not beside the repository."""
    index = SHARED / "patterns" / "index.csv"
    if not index.exists():
        return []
    with index.open() as lines:
        return list(csv.DictReader(lines))


def sewable(row):
    """Whether the corpus' own check found every panel free of crossings."""
    return row["chk_selfint"] == "0"


def corpus_pattern(row):
    """One pattern of the corpus."""
    return read_pattern((SHARED / "patterns" / row["file"]).read_bytes(), name=row["file"][:-5])


@pytest.fixture(scope="session")
def post():
    """A closed box of a person's size: a body without joints."""
    corners = np.array([[x, y, z] for x in (-0.2, 0.2) for y in (0.0, 1.7) for z in (-0.1, 0.1)])
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = [t for a, b, c, d in quads for t in ([a, b, c], [a, c, d])]
    return Body(corners, np.array(faces))


@pytest.fixture(scope="session")
def avatar():
    """A woman of 1.72 m and 68 kg."""
    told = {"height": Measurement(1.72, 0.01, "stated")}
    return fit_body(infer(told, sex="female", weight_kg=Measurement(68.0, 1.0, "stated")))


@pytest.fixture(scope="session")
def bare_woman(avatar):
    """The same as a mesh without joints or regions, as read from an OBJ."""
    return Body(avatar.vertices, avatar.faces, pose="unknown")
