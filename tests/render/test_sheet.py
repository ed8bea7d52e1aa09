"""Pictures side by side."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.errors import BadOption
from fitting.render.maps import scale
from fitting.render.sheet import Cell, sheet


def plain(colour: tuple[int, int, int], shape: tuple[int, int] = (300, 200)) -> np.ndarray:
    return np.full((*shape, 3), colour, np.uint8)


def test_pictures_stand_in_their_rows_and_columns() -> None:
    colours = [[(200, 0, 0), (0, 200, 0)], [(0, 0, 200), (9, 9, 9)]]
    rows = [[Cell(plain(c), "as designed") for c in row] for row in colours]
    made = sheet(rows, columns=["10", "12"], names=["even", "pear"], title="Stretch")
    high = made.shape[0] // 2
    seen = [
        [tuple(made[60 + high * r + 100, 86 + 200 * c + 100]) for c in range(2)] for r in range(2)
    ]
    assert seen == colours


def test_the_legend_of_a_map_stands_beside_the_pictures_once() -> None:
    row = [[Cell(plain((255, 255, 255))) for _ in range(3)]]
    bare, mapped = (sheet(row, columns=["a", "b", "c"], scale=of) for of in (None, scale("strain")))
    beside = mapped[:, bare.shape[1] :]
    assert beside.shape[1] > 100
    darkest = np.array([int(scale("strain").stops[-1][k : k + 2], 16) for k in (1, 3, 5)])
    assert (np.abs(beside.astype(int) - darkest).max(2) < 12).any()


def test_long_words_are_broken_and_the_advised_size_is_in_green() -> None:
    text = "It can be worn, but is snug at the bust, hip and hem, by 4.9 cm closer than designed."
    made = sheet([[Cell(plain((255, 255, 255)), text, chosen=True)]], columns=["12"])
    inked = made[360:].min(2) < 200
    assert inked.any(1).sum() > 25  # more than one line of letters
    assert not inked[:, [0, -1]].any()
    deep = made[360:][inked].mean(0)
    assert deep[1] > deep[0] + 30


def test_pictures_of_two_sizes_make_no_sheet() -> None:
    with pytest.raises(BadOption, match="of one size"):
        sheet([[Cell(plain((0, 0, 0))), Cell(plain((0, 0, 0), (10, 10)))]], columns=["a", "b"])
