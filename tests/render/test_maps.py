"""Maps of the fit on the cloth."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.errors import BadOption, UnknownName
from fitting.records import Body, Drape
from fitting.render import still
from fitting.render.container import Reader
from fitting.render.maps import SCALES, heat, legend, scale, shades
from fitting.render.stills import heat_of
from fitting.scenes import read_look, write_look


def luminance(rgb: np.ndarray) -> np.ndarray:
    return rgb @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("name", sorted(SCALES))
def test_lightness_changes_one_way_along_a_scale(name: str) -> None:
    of = SCALES[name]
    steps = np.diff(luminance(shades(of, np.linspace(of.low, of.high, 50))))
    assert (steps > 0).all() or (steps < 0).all()


def test_values_beyond_the_scale_take_its_end_colours_and_unknown_ones_are_grey() -> None:
    of = SCALES["strain"]
    ends = shades(of, np.array([of.low, of.high]))
    seen = shades(of, np.array([-5.0, 9.0, np.nan]))
    np.testing.assert_array_equal(seen[:2], ends)
    assert np.ptp(seen[2]) == 0


def test_a_map_colours_the_cloth_by_its_values_and_adds_a_legend(body: Body, dress: Drape) -> None:
    v = dress.cloth.uv[:, 1]
    size = (180, 240)
    plain = still(body, [dress], size=size)
    seen = still(body, [dress], size=size, map="strain", values={"tube": 0.30 * (v > 0.4)})
    upper, lower = (seen[y, 90].astype(int) for y in (80, 135))
    assert upper.sum() < lower.sum() - 150
    corner = np.s_[170:230, 5:40]
    assert np.abs(seen[corner].astype(int) - plain[corner]).max() > 60


def test_a_legend_on_a_transparent_picture_is_opaque() -> None:
    drawn = legend(np.zeros((400, 300, 4), np.uint8), scale("gap"))
    assert drawn[..., 3].max() == 255
    assert drawn[300, 14, 3] == 255


def test_a_map_without_values_or_with_too_few_is_refused(body: Body, dress: Drape) -> None:
    with pytest.raises(BadOption, match="assess the drape first"):
        still(body, [dress], map="gap")
    with pytest.raises(BadOption, match="one value each"):
        heat("gap", np.zeros(3), 10)


def test_an_unknown_map_names_those_there_are(body: Body, dress: Drape) -> None:
    with pytest.raises(UnknownName, match="strain, pressure, gap"):
        still(body, [dress], map="heat", values={})  # type: ignore[arg-type]


def test_a_map_in_a_glb_has_the_legends_colours_and_the_legend(body: Body, dress: Drape) -> None:
    values = np.linspace(0, 0.3, len(dress.cloth.uv))
    warm = heat_of("strain", {dress.cloth.pattern.name: values}, [dress])
    reader = Reader(write_look(body, [dress], heat=warm, map="strain"))
    node = next(n for n in reader.tree["nodes"] if n["name"] == dress.cloth.pattern.name)
    legend = node["extras"]["cyberatelier"]["legend"]
    assert (legend["map"], legend["unit"], legend["low"], legend["high"]) == ("strain", "%", 0, 30)
    part = reader.tree["meshes"][node["mesh"]]["primitives"][0]
    colours = reader.rows(part["attributes"]["COLOR_0"])
    colours = colours / (255 if colours.max() > 1 else 1)
    np.testing.assert_allclose(colours[:, :3], warm[dress.cloth.pattern.name], atol=3e-3)
    material = reader.tree["materials"][part["material"]]
    assert material["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]
    _, (back,) = read_look(write_look(body, [dress], heat=warm, map="strain"))
    assert back.cloth.pattern.name == dress.cloth.pattern.name
