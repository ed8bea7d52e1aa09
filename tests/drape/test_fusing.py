"""What is stiffened from within."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitting.body import infer
from fitting.drape.fusing import fused
from fitting.pattern import draft
from fitting.records import Measurement, Pattern, Placement


def shirt() -> Pattern:
    told = {"height": Measurement(1.7, 0.005, "stated")}
    return draft("shirt", infer(told, sex="female"))


def names(pattern: Pattern) -> set[str]:
    return {pattern.panels[i].name for i in np.flatnonzero(fused(pattern))}


def test_a_shirt_is_fused_where_it_has_pieces_of_fusing() -> None:
    assert names(shirt()) == {"collar", "stand", "cuff.L", "cuff.R", "placket"}


def test_of_a_foreign_pattern_the_names_tell_what_is_fused() -> None:
    ours = shirt()
    panels = tuple(replace(p, placement=Placement()) for p in ours.panels if p.draped)
    assert names(replace(ours, panels=panels)) == {"collar", "cuff.L", "cuff.R"}
