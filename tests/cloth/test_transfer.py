"""A garment that starts from one that resembles it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting.body import fit_body, infer
from fitting.cloth import sew, transferred
from fitting.errors import BadPattern
from fitting.fabrics import fabric
from fitting.pattern import draft
from fitting.records import Body, Drape, DrapeReport, Measurement, Measurements

JERSEY = fabric("cotton_jersey")


def _person(height: float, weight: float) -> Measurements:
    stated = {"height": Measurement(height, 0.01, "stated")}
    return infer(stated, sex="female", weight_kg=Measurement(weight, 1.0, "stated"))


@pytest.fixture(scope="module")
def person() -> Measurements:
    return _person(1.72, 68.0)


@pytest.fixture(scope="module")
def body(person: Measurements) -> Body:
    return fit_body(person)


@pytest.fixture(scope="module")
def laid(person: Measurements, body: Body) -> Drape:
    """A tee laid in the plane of its panels, where each place is known."""
    cloth = sew(draft("tee", person, fabric=JERSEY), body, edge_m=0.024, levels=1)
    # Every node of a place of its own: as if nothing were sewn.
    loose = replace(cloth, node=np.arange(len(cloth.uv), dtype=np.int32))
    places = np.column_stack([cloth.uv, cloth.panel.astype(float)])
    report = DrapeReport(**dict.fromkeys(_numbers(), 0), **_words())  # type: ignore[arg-type]
    return Drape(loose, body, JERSEY, places, report)


def _numbers() -> list[str]:
    from dataclasses import MISSING, fields

    given = set(_words())
    return [f.name for f in fields(DrapeReport) if f.name not in given and f.default is MISSING]


def _words() -> dict[str, object]:
    return {
        "garment": "tee", "device": "cpu", "stop_reason": "at_rest", "version": "", "seconds": {},
    }  # fmt: skip


def test_the_same_cut_starts_where_it_lay(laid: Drape, body: Body) -> None:
    start = transferred(laid, laid.cloth, body)
    assert np.abs(start - laid.positions).max() < 1e-6


def test_another_size_lies_edge_on_edge(laid: Drape, body: Body) -> None:
    """The outline of the greater panel lands on that of the smaller one."""
    greater = draft("tee", _person(1.72, 74.0), fabric=JERSEY)
    cloth = sew(greater, body, edge_m=0.024, levels=1)
    loose = replace(cloth, node=np.arange(len(cloth.uv), dtype=np.int32))
    start = transferred(laid, loose, body)
    for index in range(len(greater.panels)):
        here = start[cloth.panel == index]
        there = laid.positions[laid.cloth.panel == index]
        if not len(here):
            continue
        assert np.abs(here[:, 2] - index).max() < 1e-6
        assert np.abs(np.ptp(here, axis=0) - np.ptp(there, axis=0)).max() < 0.002


def test_the_cloth_goes_along_with_the_skin(laid: Drape, body: Body) -> None:
    further = replace(body, vertices=body.vertices + np.array([0.0, 0.1, 0.0]))
    start = transferred(laid, laid.cloth, further)
    assert start - laid.positions == pytest.approx(np.tile([0.0, 0.1, 0.0], (len(start), 1)))


def test_another_garment_is_refused(laid: Drape, person: Measurements, body: Body) -> None:
    skirt = sew(draft("a_line_skirt", person, fabric=fabric("twill")), body, edge_m=0.024, levels=1)
    with pytest.raises(BadPattern, match="was no part of the garment that was draped"):
        transferred(laid, skirt, body)
