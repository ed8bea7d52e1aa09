"""What is drafted can be sewn, and patterns from elsewhere are read as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fitting.body import infer
from fitting.errors import BadOption, BadPattern, UnknownName
from fitting.fabrics import fabric
from fitting.pattern import check, draft, garments, read_pattern, require_sewable
from fitting.pattern.exchange import formats_by_suffix
from fitting.records import Measurement, Measurements, Pattern, Sex


def person(sex: Sex, height: float, weight: float) -> Measurements:
    """Somebody of that height [m] and mass [kg]."""
    stated = {"height": Measurement(height, 0.005, "stated")}
    return infer(stated, sex=sex, weight_kg=Measurement(weight, 1.0, "stated"))


PEOPLE = [
    person("female", 1.50, 44), person("female", 1.64, 62), person("female", 1.72, 105),
    person("male", 1.65, 58), person("male", 1.78, 80), person("male", 1.95, 125),
]  # fmt: skip


def tee(**options: object) -> Pattern:
    return draft("tee", PEOPLE[1], options=options, fabric=fabric("cotton_jersey"))


@pytest.mark.parametrize("name", sorted(garments()))
def test_every_garment_is_sewable_for_small_and_large_people(name: str) -> None:
    cloth = fabric(garments()[name].fabric)
    for wearer in PEOPLE:
        drafted = draft(name, wearer, fabric=cloth)
        assert check(drafted, measurements=wearer) == ()


def test_both_sides_of_every_seam_are_equal_after_their_declared_ease() -> None:
    pattern = tee()
    for seam in pattern.seams:
        a = pattern.panel(seam.a.panel).edge_length(seam.a.edge)
        b = pattern.panel(seam.b.panel).edge_length(seam.b.edge)
        assert a - b == pytest.approx(seam.ease, abs=5e-4), seam.name


def test_the_tee_has_the_ease_that_was_asked_for() -> None:
    narrow, wide = (tee(fit=fit).finished["bust_girth"] for fit in ("slim", "loose"))
    assert narrow < wide


def test_the_tees_left_and_right_sleeves_are_mirror_images() -> None:
    pattern = tee()
    left, right = pattern.panel("sleeve.L"), pattern.panel("sleeve.R")
    lengths = [sorted(p.edge_length(i) for i in range(len(p.edges))) for p in (left, right)]
    assert lengths[0] == pytest.approx(lengths[1], abs=1e-9)


def test_a_pattern_file_gives_back_the_pattern() -> None:
    pattern = tee()
    writer = formats_by_suffix()[".json"]
    back = read_pattern(writer(pattern))
    assert writer(back) == writer(pattern)
    assert [p.name for p in back.panels] == [p.name for p in pattern.panels]
    assert [s.ease for s in back.seams] == pytest.approx([s.ease for s in pattern.seams], abs=1e-7)


def test_the_svg_is_in_millimetres_with_a_layer_for_each_purpose() -> None:
    drawing = formats_by_suffix()[".svg"](tee()).decode()
    assert 'mm"' in drawing
    for layer in ("cut", "sew", "notch", "mark"):
        assert layer in drawing


def corpus(folder: Path, bad: bool) -> list[Path]:
    found = sorted((folder / "patterns").glob("*.json"))
    return [path for path in found if path.name.startswith("bad_") == bad]


def test_every_valid_open_pattern_passes_the_gate(shared: Path) -> None:
    files = corpus(shared, bad=False)
    assert len(files) == 50
    for path in files:
        require_sewable(read_pattern(path.read_bytes(), name=path.stem))


def test_every_self_intersecting_open_pattern_is_refused_with_its_panel(shared: Path) -> None:
    for path in corpus(shared, bad=True):
        with pytest.raises(BadPattern, match="is self-intersecting: edge"):
            require_sewable(read_pattern(path.read_bytes(), name=path.stem))


def test_open_patterns_are_written_back_with_the_same_edges_and_seams(shared: Path) -> None:
    writer = formats_by_suffix()[".json"]
    for path in corpus(shared, bad=False):
        first = read_pattern(path.read_bytes(), name=path.stem)
        again = read_pattern(writer(first), name=path.stem)
        for one, other in zip(first.panels, again.panels, strict=True):
            lengths = np.array([one.edge_length(i) for i in range(len(one.edges))])
            back = np.array([other.edge_length(i) for i in range(len(other.edges))])
            assert np.abs(lengths - back).max() < 1e-7, one.name
        stitches = json.loads(path.read_bytes())["pattern"]["stitches"]
        assert len(stitches) == len(first.seams) == len(again.seams)


def test_an_unknown_garment_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownName, match="tee"):
        draft("toga", PEOPLE[1])


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises((UnknownName, BadOption), match="wings"):
        tee(wings=2)


def test_a_file_that_is_no_pattern_is_refused() -> None:
    with pytest.raises(BadPattern):
        read_pattern(b'{"pattern": 3}')
