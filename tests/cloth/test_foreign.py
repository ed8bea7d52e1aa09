"""GarmentCode's panels are laid around the body as our own are."""

import numpy as np
import pytest

from fitting.cloth import sew
from fitting.cloth.cut import cut_pattern
from fitting.cloth.foreign import hung_bands, is_foreign, packed, parts_worn, worn
from fitting.records import Placement

from .conftest import corpus, corpus_pattern
from .shapes import panel, pattern, rectangle, seam

FLAT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def standing(name, width, height, place, label="body"):
    """A rectangle; behind the body (z < 0) it is drawn clockwise, as GarmentCode draws backs."""
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    if place[2] < 0:
        corners = [corners[k] for k in (0, 3, 2, 1)]
    return panel(name, corners, label=label, placement=Placement(place, FLAT))


def tunic():
    """A skirt 5 cm under a waistband, both of a front and a back."""
    panels = [
        standing("wb_front", 0.5, 0.1, (-0.25, 1.0, 0.3)),
        standing("wb_back", 0.5, 0.1, (-0.25, 1.0, -0.25)),
        standing("skirt_front", 0.6, 0.4, (-0.3, 0.55, 0.25), "leg"),
        standing("skirt_back", 0.6, 0.4, (-0.3, 0.55, -0.2), "leg"),
    ]
    seams = [
        seam("wb_front", 1, "wb_back", 2),
        seam("wb_front", 3, "wb_back", 0),
        seam("skirt_front", 1, "skirt_back", 2),
        seam("skirt_front", 3, "skirt_back", 0),
        seam("wb_front", 0, "skirt_front", 2),
        seam("wb_back", 3, "skirt_back", 1),
    ]
    return pattern(panels, seams)


def test_parts_of_a_garment_are_moved_until_they_meet():
    drawn = tunic()
    _, cut = worn(drawn, cut_pattern(drawn, 0.05, 0.05))
    tops = {p.outline.panel: p.outline.points[:, 1].max() for p in cut.pieces}
    assert tops[0] == pytest.approx(1.1)
    assert tops[2] == pytest.approx(1.0)


def test_panels_behind_count_x_to_the_wearers_right_and_keep_their_right_side_out():
    drawn = tunic()
    placed, cut = worn(drawn, cut_pattern(drawn, 0.05, 0.05))
    assert placed.panels[1].placement.rotation[2][2] == -1.0
    front, back = cut.pieces[0].outline, cut.pieces[1].outline
    assert front.points[0] == pytest.approx([-0.25, 1.0])
    assert back.points[0] == pytest.approx([0.25, 1.0])


def test_a_pattern_with_placements_of_ours_is_not_foreign():
    drawn = tunic()
    assert is_foreign(drawn)
    ours = rectangle("front", 0.5, 0.5)
    assert not is_foreign(pattern([ours]))


def test_a_skirt_is_worn_on_the_hips_and_hangs_from_its_waistband():
    drawn = tunic()
    assert parts_worn(drawn) == {"torso", "hips"}
    flat = cut_pattern(drawn, 0.05, 0.05)
    placed, _ = worn(drawn, flat)
    (one,) = hung_bands(placed, drawn, flat)
    assert one.members == [0, 1, 2, 3]
    assert one.rim is not None
    assert one.rim.station == pytest.approx(1.1)


def test_pieces_are_packed_side_by_side_at_every_height():
    drawn = pattern([rectangle("a", 0.2, 0.3), rectangle("b", 0.1, 0.3)])
    one, two = packed(list(cut_pattern(drawn, 0.05, 0.05).pieces))
    assert one.outline.points[:, 0].min() == pytest.approx(-0.15)
    assert one.outline.points[:, 0].max() == pytest.approx(0.05)
    assert two.outline.points[:, 0].max() == pytest.approx(0.15)


def test_a_foreign_skirt_starts_around_a_bare_body_with_its_seams_nearly_closed(bare_woman):
    cloth = sew(tunic(), bare_woman, edge_m=0.04, levels=1)
    gap = cloth.start[cloth.seam_pairs[:, 0]] - cloth.start[cloth.seam_pairs[:, 1]]
    assert np.linalg.norm(gap, axis=1).max() < 0.05


SLEEVED = [r for r in corpus() if r["file"] in ("tshirt_05.json", "dress_11.json")]


@pytest.mark.parametrize("row", SLEEVED, ids=[r["file"] for r in SLEEVED])
def test_sleeves_of_the_corpus_start_around_the_arms(row, bare_woman):
    cloth = sew(corpus_pattern(row), bare_woman, edge_m=0.04, levels=1)
    gap = cloth.start[cloth.seam_pairs[:, 0]] - cloth.start[cloth.seam_pairs[:, 1]]
    assert np.median(np.linalg.norm(gap, axis=1)) < 0.03
