"""A size starts where its wearer is, not where the body of the chart would be."""

from dataclasses import replace

import pytest

from fitting.body import infer
from fitting.cloth import sew
from fitting.pattern import draft
from fitting.records import Measurement

GIRTHS = {"bust_girth": 0.92, "waist_girth": 0.76, "hip_girth": 1.0}


def size_for(height, garment):
    stated = {"height": height, **GIRTHS}
    told = {name: Measurement(value, 0.005, "stated") for name, value in stated.items()}
    return draft(garment, infer(told, sex="female"))


def top(pattern, body):
    return sew(pattern, body, edge_m=0.06).start[:, 1].max()


@pytest.mark.parametrize("garment", ["tee", "pencil_skirt"])
def test_a_size_for_another_height_starts_as_high_as_one_for_the_wearer(avatar, garment):
    own = draft(garment, avatar.measurements)
    level = top(own, avatar)
    for height in (1.50, 1.82):
        assert top(size_for(height, garment), avatar) == pytest.approx(level, abs=0.02)


def test_a_body_without_measurements_is_dressed_where_the_pattern_says(avatar):
    bare = replace(avatar, measurements=None)
    assert top(size_for(1.82, "tee"), bare) > top(size_for(1.50, "tee"), bare) + 0.10
