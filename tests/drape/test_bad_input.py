"""What cannot be draped is refused, or ends with a result that says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting import memory
from fitting.cloth import sew
from fitting.drape import drape
from fitting.errors import BadMesh, BadOption, BadPattern
from fitting.records import Body, ClothMesh, FloatArray

from .conftest import Dressed


def test_an_open_body_is_refused(dressed: Dressed) -> None:
    open_body = Body(dressed.body.vertices, dressed.body.faces[10:])
    with pytest.raises(BadMesh, match="not a closed surface"):
        drape(dressed.cloth, open_body, dressed.fabric, device="cpu")


def test_an_inside_out_body_is_refused(dressed: Dressed) -> None:
    turned = Body(dressed.body.vertices, dressed.body.faces[:, ::-1])
    with pytest.raises(BadMesh, match="inside out"):
        drape(dressed.cloth, turned, dressed.fabric, device="cpu")


def test_a_body_with_a_hole_of_one_number_is_refused(dressed: Dressed) -> None:
    vertices = dressed.body.vertices.copy()
    vertices[5, 1] = np.nan
    with pytest.raises(BadMesh, match="not finite"):
        drape(dressed.cloth, Body(vertices, dressed.body.faces), dressed.fabric, device="cpu")


def test_cloth_that_starts_nowhere_is_refused(dressed: Dressed) -> None:
    start = dressed.cloth.start.copy()
    start[7] = np.nan
    lost = replace(dressed.cloth, start=start)
    with pytest.raises(BadMesh, match="not finite"):
        drape(lost, dressed.body, dressed.fabric, device="cpu")


@pytest.mark.parametrize("figure", ["thickness", "density", "warp", "bend_weft"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_fabric_of_nothing_is_refused(dressed: Dressed, figure: str, value: float) -> None:
    nothing = replace(dressed.fabric, **{figure: value})
    with pytest.raises(BadOption, match=figure):
        drape(dressed.cloth, dressed.body, nothing, device="cpu")


@pytest.mark.parametrize(("figure", "value"), [("thickness", 0.2), ("friction_skin", -1.0)])
def test_a_fabric_that_no_cloth_is_like_is_refused_with_its_bounds(
    dressed: Dressed, figure: str, value: float
) -> None:
    odd = replace(dressed.fabric, **{figure: value})
    with pytest.raises(BadOption, match=f"{figure} {value:g}; it must be"):
        drape(dressed.cloth, dressed.body, odd, device="cpu")


def test_cloth_cut_nowhere_is_refused_at_any_level(dressed: Dressed) -> None:
    coarser = dressed.cloth.coarser
    assert coarser is not None
    uv = coarser.uv.copy()
    uv[3] = np.inf
    lost = replace(dressed.cloth, coarser=replace(coarser, uv=uv))
    with pytest.raises(BadMesh, match="not finite, at 1 of"):
        drape(lost, dressed.body, dressed.fabric, device="cpu")


def _moved(cloth: ClothMesh, by: FloatArray) -> ClothMesh:
    return replace(cloth, start=cloth.start + by)


def test_a_pattern_that_misses_the_body_is_refused_with_the_distance(dressed: Dressed) -> None:
    away = _moved(dressed.cloth, np.array([3.0, 0.0, 0.0]))
    with pytest.raises(BadPattern, match=r"misses the body by 2\.\d+ m, and 0\.\d+ m is the limit"):
        drape(away, dressed.body, dressed.fabric, device="cpu")


def test_a_body_in_centimetres_is_refused(dressed: Dressed) -> None:
    giant = Body(100.0 * dressed.body.vertices, dressed.body.faces)
    with pytest.raises(BadPattern, match="give both in metres"):
        drape(dressed.cloth, giant, dressed.fabric, device="cpu")


def test_a_garment_that_falls_off_says_so(dressed: Dressed) -> None:
    beside = _moved(dressed.cloth, np.array([0.9, -0.9, 0.0]))
    with pytest.raises(BadPattern, match="fell off the body"):
        drape(
            beside, dressed.body, dressed.fabric, device="cpu",
            warm_start=dressed.drape.positions + np.array([0.9, -0.9, 0.0]),
        )  # fmt: skip


def test_edges_of_a_millimetre_are_refused_before_any_work(dressed: Dressed) -> None:
    with pytest.raises(BadOption, match=r"edge length of 1 mm .* use 1\.\d mm or more"):
        sew(dressed.pattern, dressed.body, edge_m=0.001)


def test_cloth_that_would_not_fit_in_memory_is_refused(
    dressed: Dressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda: memory.PROGRAM + 1000 * memory.VERTEX)
    with pytest.raises(BadOption, match="the memory that is free holds 1,000: use"):
        drape(dressed.cloth, dressed.body, dressed.fabric, device="cpu")
    with pytest.raises(BadOption, match="the memory that is free holds 1,000: use"):
        sew(dressed.pattern, dressed.body, edge_m=0.004)


def test_free_memory_is_told() -> None:
    assert memory.available() > 1e7


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_a_time_limit_of_nothing_is_refused(dressed: Dressed, limit: float) -> None:
    with pytest.raises(BadOption, match="above 0"):
        drape(dressed.cloth, dressed.body, dressed.fabric, device="cpu", time_limit_s=limit)


def test_a_garment_much_too_small_ends_strained_and_finite(dressed: Dressed) -> None:
    """Two sizes too small: the cloth is cut 12 % smaller than it should be."""
    levels = [dressed.cloth, dressed.cloth.coarser]
    assert levels[1] is not None
    coarse = replace(levels[1], uv=0.88 * levels[1].uv)
    small = replace(dressed.cloth, uv=0.88 * dressed.cloth.uv, coarser=coarse)
    report = drape(small, dressed.body, dressed.fabric, device="cpu", time_limit_s=20.0).report
    assert np.isfinite(report.stretch_max)
    assert report.stretch_p99 > dressed.drape.report.stretch_p99
    assert report.penetration_max_mm <= 1.0
