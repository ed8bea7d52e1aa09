"""Which size of a drafted garment, and a pattern altered as a report asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fitting import pattern, sizing
from fitting.errors import BadInput, UnknownName
from fitting.fabrics import fabric
from fitting.pattern import size_charts
from fitting.records import Alteration, ClothMesh, Drape, Pattern

from .assess.cylinders import cylinder_body, tube

JERSEY = fabric("cotton_jersey")


def test_the_woman_of_a_chart_is_advised_her_own_size() -> None:
    who = sizing.measurements_of_size("uk-women:14")
    advice = sizing.advice(who, "tee", JERSEY)
    assert (advice.chart, advice.best) == ("uk-women", "14")
    assert [row.size for row in advice.sizes] == list(size_charts()["uk-women"].labels())


def test_a_man_is_advised_of_the_mens_chart() -> None:
    who = sizing.measurements_of_size("de-men:50")
    assert sizing.advice(who, "shirt", fabric("poplin")).best == "50"


def test_a_size_whose_chart_states_no_height_is_that_of_a_usual_one() -> None:
    assert sizing.measurements_of_size("uk-women:12")["height"] == pytest.approx(1.66)
    stated = size_charts()["de-men"].stated("50")["height"] / 100
    assert sizing.measurements_of_size("de-men:50")["height"] == pytest.approx(stated)


def test_a_chart_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="no-such"):
        sizing.run_of_sizes("tee", JERSEY, chart="no-such")


def test_a_garment_of_no_known_design_has_no_sizes() -> None:
    assert sizing.advice_for(tube(cylinder_body(), radius=0.2)) is None


def test_a_draped_garment_tells_its_wearers_size() -> None:
    who = sizing.measurements_of_size("uk-women:12")
    cut = pattern.draft("tee", who, fabric=JERSEY)
    worn = tube(replace(cylinder_body(), measurements=who), radius=0.2)
    told = sizing.advice_for(replace(worn, cloth=_of(worn, cut)))
    assert told is not None
    assert told.best == "12"


def _of(worn: Drape, cut: Pattern) -> ClothMesh:
    """The tube's cloth under another garment's name and options."""
    own = worn.cloth.pattern
    named = replace(own, name=cut.name, options=cut.options, measurements=cut.measurements)
    return replace(worn.cloth, pattern=named)


def test_an_alteration_is_made_by_drafting_the_garment_again() -> None:
    who = sizing.measurements_of_size("uk-women:12")
    tee = replace(pattern.draft("tee", who, fabric=JERSEY), size="12")
    bust = who["bust_girth"]
    wider = {"ease": float(tee.options["ease"]) + 0.04 / bust}
    let_out = Alteration("let_out", "side", "bust", 0.04, 0.01, wider, "", "")
    again = sizing.altered(tee, [let_out], JERSEY)
    assert again.finished["bust_girth"] - tee.finished["bust_girth"] == pytest.approx(
        0.04, abs=2e-3
    )
    assert again.size == "12"
    # What it asks of the ease is what it asked before: it suits a body 4 cm larger.
    assert again.measurements["bust_girth"] == pytest.approx(bust + 0.04)


def test_sleeves_are_shortened_by_as_much_as_is_asked() -> None:
    who = sizing.measurements_of_size("uk-women:12")
    cloth = fabric("poplin")
    shirt = pattern.draft("shirt", who, fabric=cloth)
    share = float(shirt.options["sleeve_length"]) - 0.03 / who["arm_length"]
    shorter = Alteration("shorten", "hem", "sleeve_length", 0.03, 0.03,
                         {"sleeve_length": share}, "", "")  # fmt: skip
    again = sizing.altered(shirt, [shorter], cloth)
    off = shirt.finished["sleeve_length"] - again.finished["sleeve_length"]
    assert off == pytest.approx(0.03, abs=1e-3)


def test_what_cannot_be_altered_is_said() -> None:
    who = sizing.measurements_of_size("uk-women:12")
    tee = pattern.draft("tee", who, fabric=JERSEY)
    with pytest.raises(BadInput, match="needs no alteration"):
        sizing.altered(tee, [], JERSEY)
    neck = Alteration("take_in", "neck", "neckline", 0.02, 0.01, {}, "Take in the neck.", "")
    with pytest.raises(BadInput, match="a tailor does"):
        sizing.altered(tee, [neck], JERSEY)
