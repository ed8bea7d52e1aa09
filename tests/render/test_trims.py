"""Buttons lie on the cloth, where the buttonholes are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fitting.records import Body, Drape, InternalLine
from fitting.render.trims import buttons, pulls, trims

from . import dressed


def with_hole(drape: Drape, x: float, y: float, **changes: object) -> Drape:
    front, back = drape.cloth.pattern.panels
    hole = InternalLine("buttonhole", ((x, y - 0.01), (x, y + 0.01)))
    panels = (dataclasses.replace(front, lines=(hole,), **changes), back)
    pattern = dataclasses.replace(drape.cloth.pattern, panels=panels)
    return dataclasses.replace(drape, cloth=dataclasses.replace(drape.cloth, pattern=pattern))


def test_a_button_sits_in_the_middle_of_its_hole_facing_out(body: Body) -> None:
    drape = with_hole(dressed.tube(body, radius=0.16, folds=0.0), np.pi * 0.08, 0.4)
    made = buttons(drape, (0.9, 0.9, 0.9))
    assert made is not None
    # Half of the front's width around from the wearer's right is straight ahead.
    np.testing.assert_allclose(made.positions.mean(0)[:2], (0, 1.35 - 0.75 + 0.4), atol=0.002)
    assert 0.16 < made.positions[:, 2].min() < made.positions[:, 2].max() < 0.167
    across = np.ptp(made.positions, axis=0)
    assert across[1] == pytest.approx(0.8 * 0.02, rel=0.02)
    np.testing.assert_allclose(np.linalg.norm(made.normals, axis=1), 1, atol=1e-9)
    a, b, c = (made.positions[made.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > -1e-12).all()


def test_a_panel_that_is_turned_over_has_its_buttons_mirrored(body: Body) -> None:
    plain = dressed.tube(body, radius=0.16, folds=0.0)
    front = plain.cloth.pattern.panels[0]
    # Drawn clockwise: the right side looks away, and fabric x is minus the panel's x.
    mirrored = front.vertices * (-1, 1)
    drape = with_hole(plain, -np.pi * 0.08, 0.4, vertices=mirrored)
    made = buttons(drape, (0.9, 0.9, 0.9))
    assert made is not None
    np.testing.assert_allclose(made.positions.mean(0)[:2], (0, 1.0), atol=0.002)


def test_dark_cloth_has_dark_buttons_and_cloth_without_holes_has_none(body: Body) -> None:
    plain = dressed.tube(body)
    assert buttons(plain, (0.9, 0.9, 0.9)) is None
    drape = with_hole(plain, 0.2, 0.4)
    light, dark = buttons(drape, (0.9, 0.9, 0.9)), buttons(drape, (0.1, 0.1, 0.1))
    assert light is not None
    assert dark is not None
    assert light.colours.max() > 0.8 > 0.3 > dark.colours.max()


def test_a_hole_on_a_piece_that_is_not_draped_or_off_the_panel_is_passed_over(body: Body) -> None:
    plain = dressed.tube(body)
    assert buttons(with_hole(plain, 0.2, 0.4, draped=False), (1, 1, 1)) is None
    assert buttons(with_hole(plain, 0.2, 4.0), (1, 1, 1)) is None


def test_a_zip_has_its_pull_at_the_upper_end_hanging_down_on_the_cloth(body: Body) -> None:
    plain = dressed.tube(body, radius=0.16, folds=0.0)
    assert pulls(plain) is None
    first, second = plain.cloth.pattern.seams
    zipped = dataclasses.replace(first, kind="closure", name="zip")
    pattern = dataclasses.replace(plain.cloth.pattern, seams=(zipped, second))
    drape = dataclasses.replace(plain, cloth=dataclasses.replace(plain.cloth, pattern=pattern))
    made = pulls(drape)
    assert made is not None
    # The front's second side seam is at the wearer's left; the tube's top is at 1.35 m.
    assert made.positions[:, 1].max() == pytest.approx(1.35, abs=0.001)
    assert made.positions[:, 1].min() == pytest.approx(1.35 - 0.021, abs=0.001)
    assert 0.16 < made.positions[:, 0].min() < made.positions[:, 0].max() < 0.164
    a, b, c = (made.positions[made.faces[:, k]] for k in range(3))
    away = (a + b + c) / 3 - made.positions.mean(0)
    assert ((np.cross(b - a, c - a) * away).sum(1) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(made.normals, axis=1), 1, atol=1e-9)
    assert trims(drape, (0.9, 0.9, 0.9)) is not None
