"""Yarn tiles: they repeat without a step, and are flat on average."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.render.weaves import WEAVES, mottling, tile, weave

KINDS = sorted(
    {(w.kind, w.yarns) for w in WEAVES.values()} | {(w.wrong, w.yarns) for w in WEAVES.values()}
)


@pytest.mark.parametrize(("kind", "yarns"), KINDS)
def test_a_tile_continues_across_its_edge(kind: str, yarns: int) -> None:
    pixels = tile(kind, yarns, 1.0)[..., 2].astype(int)
    for axis in (0, 1):
        steps = np.abs(np.diff(pixels, axis=axis))
        across = np.abs(np.take(pixels, 0, axis) - np.take(pixels, -1, axis))
        assert across.mean() <= 1.6 * steps.mean() + np.abs(steps.mean(1 - axis)).max()


@pytest.mark.parametrize(("kind", "yarns"), KINDS)
def test_the_mean_of_a_tiles_normals_is_straight_up(kind: str, yarns: int) -> None:
    mean = tile(kind, yarns, 1.0)[..., :2].mean((0, 1))
    np.testing.assert_allclose(mean, 127.5, atol=6)


def test_twill_shows_twice_as_much_warp_as_weft() -> None:
    assert tile("twill", 15, 1.0)[..., 3].mean() / 255 == pytest.approx(2 / 3, abs=0.05)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("jersey", "jersey"),
        ("Single Jersey", "jersey"),
        ("french-terry", "terry"),
        ("stretch denim", "denim"),
        ("cloth of gold", "plain"),
    ],
)
def test_a_fabrics_weave_finds_the_look_nearest_to_its_name(name: str, known: str) -> None:
    assert weave(name) is WEAVES[known]


def test_mottling_is_even_on_average() -> None:
    np.testing.assert_allclose(mottling().mean((0, 1)), 127.5, atol=2)
