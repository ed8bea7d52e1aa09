"""Stored results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fitting.curves import Shape
from fitting.errors import BadInput
from fitting.records import Body, Edge, Measurement, Measurements, Panel
from fitting.store import Store, decode, encode, fingerprint

PERSON = Measurements({"height": Measurement(1.7, 0.01, "stated")}, "female", age_years=30)
TRIANGLE = Body(np.eye(3), np.array([[0, 1, 2]]), joints={"neck": np.zeros(3)}, measurements=PERSON)


def test_a_record_comes_back_as_it_was() -> None:
    back = decode(encode(TRIANGLE))
    assert isinstance(back, Body)
    assert np.array_equal(back.vertices, TRIANGLE.vertices)
    assert np.array_equal(back.joints["neck"], np.zeros(3))
    assert back.measurements == PERSON


def test_nested_records_tuples_and_bytes_come_back_as_they_were() -> None:
    edge = Edge(0, 1, Shape("quadratic", ((0.1, 0.2),)), "hem", 0.02)
    panel = Panel("front", np.eye(2), (edge,))
    back = decode(encode({"panel": panel, "png": b"\x89PNG"}))
    assert back["panel"].edges == (edge,)
    assert back["png"] == b"\x89PNG"


def test_the_same_input_has_the_same_fingerprint_and_another_has_another() -> None:
    assert fingerprint(TRIANGLE, b"photo") == fingerprint(TRIANGLE, b"photo")
    assert fingerprint(TRIANGLE, b"photo") != fingerprint(TRIANGLE, b"phot0")


def test_a_result_is_made_once_and_found_again(tmp_path: Path) -> None:
    store, made = Store(tmp_path), []

    def make() -> Measurements:
        made.append(1)
        return PERSON

    for _ in range(2):
        assert store.remember("measure", "1", (b"photo",), make) == PERSON
    assert len(made) == 1
    store.remember("measure", "2", (b"photo",), make)
    assert len(made) == 2, "another version is another result"


def test_photographs_are_not_stored(tmp_path: Path) -> None:
    photo = b"the bytes of a photograph"
    Store(tmp_path).remember("measure", "1", (photo,), lambda: PERSON)
    assert not any(photo in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_store_without_a_folder_remembers_nothing() -> None:
    assert Store().remember("measure", "1", (), lambda: PERSON) == PERSON


def test_bytes_that_are_no_result_are_refused() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        decode(b"not a zip")


def test_a_result_naming_an_unknown_record_is_refused() -> None:
    forged = encode(PERSON).replace(b"Measurements", b"subprocesses")
    with pytest.raises(BadInput, match="cannot be read"):
        decode(forged)
