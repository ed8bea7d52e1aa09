"""The fabric library and fabrics of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fitting.errors import BadInput, BadOption, UnknownName
from fitting.fabrics import (
    BOUNDS,
    fabric,
    fabric_from,
    fabrics,
    read_fabric,
    rigidity_from_cantilever,
    stiffness_from_strip,
)

WANTED = (
    "cotton_jersey", "rib", "interlock", "fleece", "poplin", "oxford", "linen", "denim", "twill",
    "wool_suiting", "silk_habotai", "viscose_crepe", "polyester_satin", "neoprene", "wool_coating",
)  # fmt: skip
KNITS = ("cotton_jersey", "rib", "interlock", "fleece", "ponte", "neoprene")


def content() -> dict[str, Any]:
    """A complete fabric as a YAML file would give it."""
    figures = {name: {"value": value, "source": "test"} for name, value in (
        ("density", 0.15), ("warp", 1000.0), ("weft", 900.0), ("shear", 50.0),
        ("bend_warp", 1e-5), ("bend_weft", 9e-6), ("thickness", 4e-4),
        ("friction_skin", 0.3), ("friction_self", 0.4),
        ("stretch_warp", 0.02), ("stretch_weft", 0.03),
    )}  # fmt: skip
    return {"name": "mine", **figures}


@pytest.mark.parametrize("name", WANTED)
def test_the_library_has_every_common_cloth(name: str) -> None:
    assert fabric(name).name == name


@pytest.mark.parametrize("name", sorted(fabrics()))
def test_every_figure_has_a_source_and_says_where_nobody_measured(name: str) -> None:
    one = fabric(name)
    assert set(one.sources) == set(BOUNDS)
    for figure, source in one.sources.items():
        assert len(source) > 10 or source.startswith("as "), figure
    assert one.title
    assert one.title_ru


@pytest.mark.parametrize("name", sorted(fabrics()))
def test_figures_lie_where_measured_cloth_lies(name: str) -> None:
    """Ranges of measured fabrics: density 0.03 to 0.5 kg/m², tension of knits 6 to 500 N/m and of
    wovens 0.4 to 10.5 kN/m, bending 0.33 (a light polyester by KES) to 80 µN·m, skin friction 0.25
    to 0.9."""
    one = fabric(name)
    assert 0.03 < one.density < 0.5
    low, high = (6.0, 500.0) if name in KNITS else (400.0, 10500.0)
    assert low <= one.weft <= high
    assert low <= one.warp <= high
    assert min(one.bend_warp, one.bend_weft) >= 3.3e-7
    assert max(one.bend_warp, one.bend_weft) <= 8.1e-5
    assert 0.25 <= one.friction_skin <= 0.9
    assert one.stretch_weft >= one.stretch_warp


def test_knits_stretch_more_than_wovens() -> None:
    all_fabrics = fabrics()
    least_knit = min(all_fabrics[n].stretch_weft for n in KNITS)
    rigid = [f.stretch_weft for n, f in all_fabrics.items() if n not in (*KNITS, "stretch_denim")]
    assert max(rigid) < least_knit


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UnknownName, match="cotton_jersey"):
        fabric("unobtainium")


def test_a_hyphen_is_as_good_as_an_underscore() -> None:
    assert fabric("cotton-jersey") is fabric("cotton_jersey")


def test_a_file_of_the_user_joins_the_library_or_stands_in(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(content()))
    (tmp_path / "denim.yaml").write_text(yaml.safe_dump({**content(), "name": "denim"}))
    known = fabrics(tmp_path)
    assert known["mine"].warp == 1000.0
    assert known["denim"].density == 0.15
    assert fabric(str(tmp_path / "mine.yaml")).name == "mine"
    assert fabrics()["denim"].density == 0.4


def test_a_cantilever_gives_the_rigidity() -> None:
    """An overhang of 40 mm is a bending length of 20 mm: 0.1 kg/m² · g · (0.02 m)³."""
    assert rigidity_from_cantilever(0.1, 0.04) == pytest.approx(7.845e-6, rel=1e-3)
    data = {**content(), "bend_warp": {"cantilever": {"overhang_cm": 4.0}}}
    assert fabric_from(data).bend_warp == pytest.approx(rigidity_from_cantilever(0.15, 0.04))


def test_a_strip_gives_the_stiffness() -> None:
    """100 g on 50 mm is 19.6 N/m; 4 mm on 200 mm is 2 %."""
    assert stiffness_from_strip(0.1, 0.05, 0.2, 0.204) == pytest.approx(980.7, rel=1e-3)
    strip = {"load_g": 100, "width_mm": 50, "length_mm": 200, "stretched_mm": 204}
    made = fabric_from({**content(), "weft": {"strip": strip, "source": "kitchen scales"}})
    assert made.weft == pytest.approx(980.7, rel=1e-3)
    assert "strip test" in made.sources["weft"]


def test_a_strip_that_does_not_stretch_is_refused() -> None:
    with pytest.raises(BadOption, match="must get longer"):
        stiffness_from_strip(0.1, 0.05, 0.2, 0.2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"density": 0.0}, "density is 0"),
        ({"warp": {"value": float("nan")}}, "warp is nan"),
        ({"thickness": "thin"}, "must be a number"),
        ({"colour": [1, 2]}, "three numbers"),
        ({"colour": [1, 2, 0]}, "from 0 to 1"),
        ({"name": "two words"}, "letters, digits"),
        ({"weight": 3}, "unknown entry 'weight'"),
        ({"shear": {"cantilever": {"overhang_cm": 3}}}, "shear needs a value"),
    ],
)
def test_a_wrong_figure_is_refused_in_one_line(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        fabric_from({**content(), **change})


def test_a_missing_figure_is_named() -> None:
    data = content()
    del data["shear"]
    with pytest.raises(BadInput, match="lacks 'shear'"):
        fabric_from(data)


@pytest.mark.parametrize("text", ["[1, 2", "just words", "\x00"])
def test_a_file_that_is_no_fabric_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(BadInput, match="fabric file"):
        read_fabric(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        fabric(str(tmp_path / "none.yaml"))
