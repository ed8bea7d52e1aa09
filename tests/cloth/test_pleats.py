"""Knife pleats: cut along their folds, laid out in three layers, sewn at what is seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fitting.body import fit_body, infer
from fitting.cloth import sew
from fitting.cloth.pleats import folding
from fitting.cloth.weld import edges, euler
from fitting.pattern import draft
from fitting.pleats import pleats_of, seen_corners
from fitting.records import Body, Measurement, Measurements


@pytest.fixture(scope="module")
def woman() -> Measurements:
    return infer({"height": Measurement(1.70, 0.01, "stated")}, sex="female")


@pytest.fixture(scope="module")
def body(woman: Measurements) -> Body:
    return fit_body(woman)


@pytest.mark.parametrize("count", [5, 8, 13])
def test_a_pleated_skirt_is_one_tube_however_many_pleats_it_has(
    count: int, woman: Measurements, body: Body
) -> None:
    """An odd number folds the cloth at the centre of the front, where two waist edges meet."""
    pattern = draft("pleated_skirt", woman, options={"pleats": count})
    cloth = sew(pattern, body, edge_m=0.016)
    assert euler(cloth.node_faces) == 0
    assert edges(cloth.node_faces)[1].max() == 2
    apart = cloth.start[cloth.seam_pairs[:, 0]] - cloth.start[cloth.seam_pairs[:, 1]]
    assert np.linalg.norm(apart, axis=1).max() < 0.03


def test_a_fold_and_where_it_meets_are_one_place_whatever_the_rounding(
    woman: Measurements,
) -> None:
    for girth in np.linspace(0.68, 0.80, 13):
        waist = Measurement(float(girth), 0.005, "stated")
        person = dataclasses.replace(woman, values={**woman.values, "waist_girth": waist})
        pattern = draft("pleated_skirt", person)
        shares = folding(pattern, {p.name: 0.016 for p in pattern.panels}).shares
        assert min(np.abs(np.diff(share)).min() for share in shares.values()) > 1e-3


def test_triangles_have_edges_all_along_the_folds(woman: Measurements, body: Body) -> None:
    pattern = draft("pleated_skirt", woman)
    cloth = sew(pattern, body, edge_m=0.016)
    pleats = pleats_of(pattern.panel("front"))
    assert pleats is not None
    own = cloth.panel == [p.name for p in pattern.panels].index("front")
    ends = edges(cloth.faces)[0]
    fold, _, meet = pleats.at(cloth.uv[:, 1])
    for line in (*fold, *(fold + meet) / 2):
        on = own & (np.abs(cloth.uv[:, 0] - line) < 1e-6)
        along = ends[on[ends].all(axis=1)]
        length = np.linalg.norm(cloth.uv[along[:, 1]] - cloth.uv[along[:, 0]], axis=1)
        height = np.ptp(pattern.panel("front").vertices[:, 1])
        assert length.sum() == pytest.approx(height, rel=0.01)


def test_pleats_leave_the_waist_and_the_hip_their_width(woman: Measurements) -> None:
    pattern = draft("pleated_skirt", woman, options={"waist_ease": 0.0})
    panel = pattern.panel("front")
    pleats = pleats_of(panel)
    assert pleats is not None
    side = panel.vertices[:, 0].max()
    hip = woman["waist_height"] - woman["hip_height"]
    for y, width in ((0.0, woman["waist_girth"]), (-hip, 1.06 * woman["hip_girth"])):
        ends = pleats.folded(np.array([[-side, y], [side, y]]))
        assert np.ptp(ends[:, 0]) == pytest.approx(width / 2, rel=0.002)


def test_each_vertex_on_a_fold_takes_its_normal_from_the_layer_that_is_seen(
    woman: Measurements, body: Body
) -> None:
    pattern = draft("pleated_skirt", woman)
    cloth = sew(pattern, body, edge_m=0.016)
    seen = seen_corners(pattern, cloth.uv, cloth.panel, cloth.faces)
    pleats = pleats_of(pattern.panel("front"))
    assert seen is not None
    assert pleats is not None
    front = cloth.panel[cloth.faces[:, 0]] == [p.name for p in pattern.panels].index("front")
    flat = pleats.folded(cloth.uv)[cloth.faces]
    one, two = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    up = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] > 0  # on its right side once it is folded
    fold, _, _ = pleats.at(cloth.uv[:, 1])
    on = (np.abs(cloth.uv[:, 0] - fold) < 1e-6).any(axis=0)[cloth.faces] & front[:, None]
    assert (seen[on] == np.broadcast_to(up[:, None], on.shape)[on]).all()
    assert len(np.unique(cloth.faces[seen])) == len(cloth.uv)
