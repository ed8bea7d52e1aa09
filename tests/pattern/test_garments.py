"""Every garment, for everybody: drafts pass the gate and are what they say they are."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from fitting.body import infer
from fitting.errors import BadMeasurement, BadOption, UnknownName
from fitting.pattern import borders, check, draft, garments
from fitting.pattern.allowance import runs_clockwise
from fitting.pattern.charts import size_charts
from fitting.pattern.wardrobe import catalogue, check_options, garment
from fitting.records import EdgeRef, Fabric, Measurement, Measurements, Panel, Pattern
from tests.pattern.conftest import WOMAN, person
from tests.pattern.mirror import other_side, placed, same_sides, seams, sides

NAMES = tuple(garments())
# Borders of the sewn surface: a skirt is a tube, trousers have three ends, tops four.
BORDERS = {
    "tee": 4, "tank": 4, "shirt": 4, "blouse": 4, "hoodie": 4, "coat": 4, "sheath_dress": 4,
    "a_line_dress": 4, "pencil_skirt": 2, "a_line_skirt": 2, "circle_skirt": 2,
    "pleated_skirt": 2, "trousers": 3, "shorts": 3, "leggings": 3, "jumpsuit": 5,
}  # fmt: skip
VARIANTS = {
    "tee": ({"neck": "v"}, {"neck": "scoop"}, {"sleeve": "long"}, {"raglan": True},
            {"raglan": True, "neck": "v", "sleeve": "long"}),
    "circle_skirt": ({"circle": "quarter"}, {"circle": "full"}),
    "pleated_skirt": ({"style": "gathers"},),
    "shorts": ({"waist": "fly"},),
    "sheath_dress": ({"sleeve": "short"}, {"sleeve": "long"}, {"slit": 0}),
    "blouse": ({"sleeve": "none"}, {"waist_shaping": 0}),
    "shirt": ({"buttons": "right over left"}, {"back_pleat": 0, "cuff_pleats": 0}),
    "hoodie": ({"pocket": False},),
    "trousers": ({"pockets": False, "rise": 1.0},),
}  # fmt: skip


def cotton(stretch: float) -> Fabric:
    """A cloth of which only the wearable stretch matters here."""
    return Fabric(
        "cloth", "Cloth", "Ткань", 0.16, 70, 35, 20, 6e-6, 4e-6, 6e-4, 0.35, 0.5,
        stretch / 2, stretch, (1, 1, 1), "jersey",
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fit", ["slim", "regular", "loose"])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_every_fit_passes_the_gate_for_woman_and_man(name: str, fit: str, sex: str) -> None:
    pattern = draft(name, person(sex), options={"fit": fit})
    assert check(pattern, measurements=person(sex)) == ()
    assert pattern.name == name
    assert pattern.options["fit"] == fit


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_a_doll_and_a_giant_can_be_dressed(name: str, scale: float) -> None:
    for sex in ("female", "male"):
        assert draft(name, person(sex, scale)).finished


@pytest.mark.parametrize("name", NAMES)
def test_people_of_the_survey_can_be_dressed(name: str, survey_people: list[Measurements]) -> None:
    for someone in survey_people:
        assert draft(name, someone).panels


@pytest.mark.parametrize("name", NAMES)
def test_chart_sizes_can_be_dressed(name: str) -> None:
    # The smallest of one chart and the largest of the next; benchmarks/patterns.py drafts them all.
    for number, chart in enumerate(size_charts().values()):
        label = chart.labels()[-(number % 2)]
        told = {n: Measurement(v / 100, 0.005, "stated") for n, v in chart.stated(label).items()}
        assert draft(name, infer(told, sex=chart.sex), size=f"{chart.name}:{label}").panels


@pytest.mark.parametrize(
    ("name", "options"), [(n, o) for n, variants in VARIANTS.items() for o in variants]
)
def test_variants_pass_the_gate(name: str, options: dict[str, object]) -> None:
    for sex in ("female", "male"):
        assert check(draft(name, person(sex), options=options)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_sewn_garment_has_the_borders_of_its_kind(name: str, woman: Measurements) -> None:
    pattern = draft(name, woman)
    loops = borders.loops(pattern)
    assert len(loops) == BORDERS[name]
    assert _euler(pattern) == 2 - BORDERS[name]
    # Each border is one opening, and every opening is a whole border.
    found = {frozenset(loop) for loop in loops}
    assert {frozenset(o.edges) for o in pattern.openings} == found


def _euler(pattern: Pattern) -> int:
    """Vertices less edges plus faces of the sewn surface, panels being the faces."""
    corners = borders.Corners(pattern)
    draped = [p for p in pattern.panels if p.draped]
    edges = [ref for p in draped for ref in _refs(p)]
    points = {c for ref in edges for c in corners.ends(ref)}
    return len(points) - (len(edges) - len(pattern.seams)) + len(draped)


def _refs(panel: Panel) -> list[EdgeRef]:
    return [EdgeRef(panel.name, i) for i in range(len(panel.edges))]


@pytest.mark.parametrize("name", NAMES)
def test_a_mirrored_body_gives_a_mirrored_pattern(name: str, woman: Measurements) -> None:
    known = garments()[name].options
    here, there = {}, {}
    if "buttons" in known:
        here, there = {"buttons": "left over right"}, {"buttons": "right over left"}
    if "opening" in known:
        here, there = {"opening": "left"}, {"opening": "right"}
    pattern, image = draft(name, woman, options=here), draft(name, woman, options=there)
    panels = {p.name: p for p in image.panels}
    for panel in pattern.panels:
        other = panels[other_side(panel.name)]
        if panel.draped:
            assert same_sides(sides(panel, mirrored=True), sides(other))
            assert placed(panel, mirrored=True) == placed(other)
    assert seams(pattern, mirrored=True) == seams(image)


@pytest.mark.parametrize("name", NAMES)
def test_drafting_repeats_itself(name: str, woman: Measurements) -> None:
    first, again = draft(name, woman), draft(name, woman)
    for a, b in zip(first.panels, again.panels, strict=True):
        assert (a.vertices == b.vertices).all()
        assert a.edges == b.edges


def test_drafting_imports_no_heavy_library() -> None:
    code = (
        "import sys; from fitting.pattern import draft, garments;"
        "heavy = {'torch', 'warp', 'mediapipe', 'cv2', 'pyrender', 'reportlab', 'ezdxf'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_fronts_stand_before_and_backs_behind_the_body(name: str, woman: Measurements) -> None:
    for panel in draft(name, woman).panels:
        z = panel.placement.translation[2]
        if panel.draped and "front" in panel.name:
            assert z > 0.2
        if panel.draped and "back" in panel.name:
            assert z < -0.2
        if panel.draped and panel.name.endswith(".L") and "sleeve" in panel.name:
            assert panel.placement.translation[0] > 0.1


@pytest.mark.parametrize("name", NAMES)
def test_the_right_side_of_every_draped_panel_faces_away_from_the_body(
    name: str, woman: Measurements
) -> None:
    for panel in draft(name, woman).panels:
        assert not runs_clockwise(panel)
        outward = np.array(panel.placement.rotation) @ [0.0, 0.0, 1.0]
        towards = np.array(panel.placement.translation) * [1.0, 0.0, 1.0]
        if panel.draped and panel.placement.wrap not in ("neck", ""):
            assert outward @ towards > 0


# ---- eases ---------------------------------------------------------------------------------------


def test_chest_ease_is_a_share_of_the_girth(woman: Measurements) -> None:
    pattern = draft("tee", woman, options={"ease": 0.25})
    assert pattern.finished["bust_girth"] == pytest.approx(0.92 * 1.25, abs=1e-6)


def test_looser_fits_are_wider(woman: Measurements) -> None:
    for name in NAMES:
        girths = [
            sum(draft(name, woman, options={"fit": fit}).finished.values())
            for fit in ("slim", "regular", "loose")
        ]
        assert girths[0] < girths[2]


def test_stretch_takes_ease_away(woman: Measurements) -> None:
    stiff = draft("leggings", woman, fabric=cotton(0.2))
    soft = draft("leggings", woman, fabric=cotton(0.5))
    assert soft.finished["hip_girth"] < stiff.finished["hip_girth"] < 1.0
    assert soft.fabric == "cloth"


def test_leggings_want_a_cloth_that_stretches(woman: Measurements) -> None:
    with pytest.raises(BadOption, match=r"stretches 3%.*at least 18%"):
        draft("leggings", woman, fabric=cotton(0.03))


def test_a_neckline_left_open_is_widened_for_a_large_head() -> None:
    small = draft("tee", person("female", head_girth=54))
    large = draft("tee", person("female", head_girth=63))
    assert large.options["neck_width"] > small.options["neck_width"]


def test_a_neckline_asked_for_is_refused_if_the_head_does_not_pass() -> None:
    with pytest.raises(BadOption, match=r"head_girth is 66.*neck_width"):
        draft("tee", person("female", head_girth=66), options={"neck_width": 0.0})


# ---- refusals ------------------------------------------------------------------------------------


def test_an_unknown_garment_is_refused_with_the_nearest_name(woman: Measurements) -> None:
    with pytest.raises(UnknownName, match=r"'hoody'; did you mean 'hoodie'\?.*trousers"):
        draft("hoody", woman)


def test_an_unknown_option_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match=r"did you mean 'sleeve_length'"):
        check_options("tee", {"sleeve_lenght": 0.5})


def test_an_option_out_of_bounds_is_refused_with_value_and_bounds() -> None:
    with pytest.raises(BadOption, match=r"ease of tee is 2; it must be between -0.15 and 0.5"):
        check_options("tee", {"ease": 2.0})


def test_lengths_are_metres_or_centimetres_by_name(woman: Measurements) -> None:
    metres = draft("tee", woman, options={"band_width": 0.03})
    centimetres = draft("tee", woman, options={"band_width_cm": 3})
    assert metres.options == centimetres.options
    with pytest.raises(BadOption, match=r"0.2 m; it must be between 0.006 and 0.05 m"):
        check_options("tee", {"band_width_cm": 20})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ease": "wide"}, "must be a number"),
        ({"ease_cm": 3}, "is a ratio, not a length"),
        ({"neck": "square"}, "must be one of crew, v, scoop"),
        ({"raglan": "maybe"}, "must be true or false"),
    ],
)
def test_an_option_of_the_wrong_kind_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(BadOption, match=words):
        check_options("tee", options)


def test_a_count_must_be_whole() -> None:
    with pytest.raises(BadOption, match="whole number"):
        check_options("pleated_skirt", {"pleats": 4.5})


def test_a_sleeve_that_ends_in_its_cap_is_refused_with_the_least_length() -> None:
    with pytest.raises(BadOption, match=r"sleeve_length 0.25 .* at least 0\."):
        draft("shirt", person("female"), options={"sleeve_length": 0.25, "cuff_height_cm": 9})


def test_a_missing_measurement_is_refused_by_name() -> None:
    few = {n: v for n, v in person().values.items() if n not in ("arm_length", "hip_girth")}
    with pytest.raises(BadMeasurement, match="arm_length, hip_girth"):
        draft("tee", Measurements(few, "female"))


def test_swapped_units_are_refused_before_drafting() -> None:
    with pytest.raises(BadMeasurement, match=r"a height of 1.65 cm"):
        draft("tee", person("female", 0.01))
    with pytest.raises(BadMeasurement, match=r"bust_girth of 920.0 cm is 5.58 of the height"):
        draft("tee", person("female", bust_girth=WOMAN["bust_girth"] * 10))


# ---- the catalogue -------------------------------------------------------------------------------


def test_the_catalogue_tells_every_option_with_bounds_inside_which_its_default_lies() -> None:
    for name, told in catalogue().items():
        assert told["title_ru"]
        assert told["method"]
        for option in told["options"].values():
            assert option["description"]
            assert option["description_ru"]
            if "low" in option:
                assert option["low"] <= option["default"] <= option["high"]
        assert garment(name).title == told["title"]


@pytest.mark.parametrize("name", NAMES)
def test_finished_measurements_are_positive_lengths(name: str, man: Measurements) -> None:
    finished = draft(name, man).finished
    assert finished
    assert all(0.02 < v < 6.0 for v in finished.values())


def test_what_is_stiffened_has_a_fusing_piece_without_allowances(woman: Measurements) -> None:
    pattern = draft("shirt", woman)
    fused = {p.name: p for p in pattern.panels if p.material == "fusing"}
    assert set(fused) == {f"{n} fusing" for n in ("collar", "stand", "cuff.L", "cuff.R", "placket")}
    for name, piece in fused.items():
        assert not piece.draped
        assert all(edge.allowance == 0.0 for edge in piece.edges)
        assert (piece.vertices == pattern.panel(name.removesuffix(" fusing")).vertices).all()


@pytest.mark.parametrize(
    ("name", "options"),
    [("sheath_dress", {}), ("blouse", {}), ("pencil_skirt", {}), ("trousers", {}),
     ("tee", {"raglan": True})],
)  # fmt: skip
def test_every_dart_has_a_drill_hole_a_centimetre_short_of_its_point(
    name: str, options: dict[str, object], woman: Measurements
) -> None:
    pattern = draft(name, woman, options=options)
    darts = [seam for seam in pattern.seams if seam.kind == "dart"]
    assert darts
    for seam in darts:
        panel = pattern.panel(seam.a.panel)
        ends = [panel.edge_points(ref.edge, np.array([0.0, 1.0])) for ref in (seam.a, seam.b)]
        point = next(p for p in ends[0] if np.abs(ends[1] - p).sum(axis=1).min() < 1e-8)
        off = np.hypot(*(np.array(panel.drills) - point).T)
        assert off.min() == pytest.approx(0.010, abs=0.001)


@pytest.mark.parametrize("name", ["pencil_skirt", "trousers", "circle_skirt", "leggings"])
def test_waistbands_are_notched_where_panels_meet(name: str, woman: Measurements) -> None:
    pattern = draft(name, woman)
    band = pattern.panel("waistband")
    joints = sum(e.name not in ("end.right", "top", "end.left") for e in band.edges) - 1
    assert len(band.notches) == joints
