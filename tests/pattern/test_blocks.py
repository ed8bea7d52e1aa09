"""The parts that garments are drafted from: closed forms and what sewing asks of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fitting.errors import BadOption
from fitting.pattern import band, bodice, collar, darts, draft, legs, raglan, skirts, sleeve, upper
from fitting.pattern.assembly import Assembly
from fitting.pattern.figure import Figure, require
from fitting.pattern.outline import (
    arc,
    curve,
    distance,
    line,
    opposite,
    panel,
    total,
    turn,
    unfold,
)
from fitting.records import Measurements
from tests.pattern.conftest import person

S_CURVE = curve((0.2, -0.1), (0.1, -0.1), (0.1, 0.0), (0.0, 0.0), "cap")


# ---- outlines ------------------------------------------------------------------------------------


def test_a_mirrored_stretch_is_as_long_and_lies_across_the_line() -> None:
    image = S_CURVE.mirrored()
    assert image.length == pytest.approx(S_CURVE.length)
    assert image.start == (0.0, 0.0)
    assert image.at(0.5) == pytest.approx((-S_CURVE.at(0.5)[0], S_CURVE.at(0.5)[1]), abs=1e-6)
    again = image.mirrored()
    assert (again.start, again.end, again.shape.controls) == (
        S_CURVE.start, S_CURVE.end, S_CURVE.shape.controls,
    )  # fmt: skip


def test_a_mirrored_arc_bulges_to_the_other_side() -> None:
    bow = arc((0.0, 0.0), (0.0, 0.2), 0.1, "bow", left=True)
    assert bow.at(0.5) == pytest.approx((0.1, 0.1))
    assert bow.mirrored().at(0.5) == pytest.approx((-0.1, 0.1))


def test_turning_keeps_the_length() -> None:
    turned = S_CURVE.turned(0.7, (0.3, 0.1)).moved(0.1, -0.2)
    assert turned.length == pytest.approx(S_CURVE.length)
    assert turn((1.0, 0.0), math.pi / 2) == pytest.approx((0.0, 1.0))


def test_two_pieces_of_a_stretch_make_it_up() -> None:
    low, high = S_CURVE.split(0.3, "low", "high")
    assert low.length == pytest.approx(0.3 * S_CURVE.length, rel=1e-4)
    assert total([low, high]) == pytest.approx(S_CURVE.length)
    assert low.end == high.start


def test_a_half_unfolds_to_a_closed_symmetric_panel() -> None:
    half = [
        line((0.0, 0.0), (0.1, 0.0), "hem"),
        line((0.1, 0.0), (0.08, 0.3), "side"),
        line((0.08, 0.3), (0.0, 0.28), "neck"),
    ]
    whole = unfold(half, ("L", "R"))
    made = panel("front", whole)
    assert [e.name for e in made.edges] == [
        "hem.L",
        "side.L",
        "neck.L",
        "neck.R",
        "side.R",
        "hem.R",
    ]
    assert made.vertices[:, 0].sum() == pytest.approx(0.0)
    assert total(opposite(half)) == pytest.approx(total(half))


def test_an_outline_with_a_gap_is_a_fault_of_the_draft() -> None:
    with pytest.raises(ValueError, match=r"front: b starts at .* a ends elsewhere"):
        panel("front", [line((0, 0), (1, 0), "a"), line((1, 1), (0, 0), "b")])


def test_names_of_panels_and_edges_are_given_once() -> None:
    table = Assembly("x")
    square = panel(
        "a", [line((0, 0), (1, 0), "e"), line((1, 0), (0, 1), "f"), line((0, 1), (0, 0), "g")]
    )
    table.add(square)
    with pytest.raises(ValueError, match="two panels are named a"):
        table.add(square)
    twice = [line((0, 0), (1, 0), "e"), line((1, 0), (0, 1), "e"), line((0, 1), (0, 0), "g")]
    with pytest.raises(ValueError, match="two edges are named b/e"):
        table.add(panel("b", twice))


# ---- figure --------------------------------------------------------------------------------------


def test_what_follows_from_measurements_grows_with_the_body() -> None:
    one, two = Figure(person("female")), Figure(person("female", 2.0))
    for name in (
        "nape_height",
        "side_neck_height",
        "shoulder_height",
        "half_breadth",
        "head_girth",
    ):
        assert getattr(two, name) == pytest.approx(2 * getattr(one, name))
    assert bodice.armhole_depth(two, 0.1) == pytest.approx(2 * bodice.armhole_depth(one, 0.1))


def test_measured_heights_are_taken_as_they_are() -> None:
    figure = Figure(person("male", nape_height=155, biacromial_breadth=41, head_girth=58))
    assert figure.nape_height == pytest.approx(1.55)
    assert figure.half_breadth == pytest.approx(0.205)
    assert figure.head_girth == pytest.approx(0.58)


# ---- bodice, sleeve, raglan ----------------------------------------------------------------------


def test_front_and_back_shoulders_are_of_one_length(woman: Measurements) -> None:
    figure = require(woman, upper.MEASUREMENTS)
    cuts = bodice.cuts(
        figure, quarter=0.25, depth=0.19, widen=0.01, front_drop=0.09, back_drop=0.02
    )
    front, back = map(bodice.block, cuts)
    assert front.shoulder().length == pytest.approx(back.shoulder().length)
    assert front.depth == pytest.approx(0.19)
    assert front.pitch[0] < back.pitch[0] < front.tip[0]


def test_a_shoulder_broader_than_the_panel_is_cut_back(woman: Measurements) -> None:
    figure = require(woman, upper.MEASUREMENTS)
    cut, _ = bodice.cuts(
        figure, quarter=0.17, depth=0.19, widen=0.0, front_drop=0.09, back_drop=0.02
    )
    assert bodice.block(cut).tip[0] <= 0.17


@pytest.mark.parametrize("height", [0.08, 0.12, 0.16])
def test_half_a_cap_has_the_length_asked_for(height: float) -> None:
    width = sleeve.half_width(0.24, height, (0.5, 0.5))
    half = curve((width, -height), (width / 2, -height), (width / 2, 0.0), (0.0, 0.0), "cap")
    assert half.length == pytest.approx(0.24, abs=1e-9)
    assert width < math.sqrt(0.24**2 - height**2)


def test_a_cap_higher_than_its_seam_is_refused() -> None:
    with pytest.raises(BadOption, match=r"a sleeve cap 30\.0 cm high .* a seam of 24\.0 cm"):
        sleeve.half_width(0.24, 0.30, (0.5, 0.5))


def test_a_cap_is_lowered_until_the_arm_goes_in() -> None:
    high = sleeve.fit_cap(0.23, 0.24, 0.14, 0.30)
    low = sleeve.fit_cap(0.23, 0.24, 0.14, 0.42)
    assert high is not None
    assert low is not None
    assert high.height == 0.14
    assert low.height < 0.14
    assert low.width == pytest.approx(0.42, abs=1e-5)
    assert sleeve.fit_cap(0.23, 0.24, 0.14, 0.50) is None


@pytest.mark.parametrize("name", ["tee", "blouse", "coat", "hoodie"])
def test_the_cap_is_the_armhole_and_its_ease_and_equal_below_the_notches(
    name: str, woman: Measurements
) -> None:
    pattern = draft(name, woman, options={"cap_ease": 0.03, "sleeve_length": 1.0})
    lengths = {
        f"{p.name}/{e.name}": p.edge_length(i)
        for p in pattern.panels
        for i, e in enumerate(p.edges)
    }
    ease = 0.0
    for seam in pattern.seams:
        a = pattern.panel(seam.a.panel).edges[seam.a.edge].name
        if seam.a.panel == "sleeve.L" and a.startswith("cap"):
            ease += seam.ease
            if "lower" in a:
                assert seam.ease == 0.0
    cap = sum(v for k, v in lengths.items() if k.startswith("sleeve.L/cap"))
    assert ease == pytest.approx(0.03 * (cap - ease), rel=1e-3)
    assert lengths["sleeve.L/underarm.front"] == pytest.approx(lengths["sleeve.L/underarm.back"])


def test_the_raglan_seam_is_equal_on_body_and_sleeve_and_leaves_a_dart(man: Measurements) -> None:
    pattern = draft("tee", man, options={"raglan": True})
    sleeve_panel = pattern.panel("sleeve.L")
    names = {e.name: i for i, e in enumerate(sleeve_panel.edges)}
    back, front = (sleeve_panel.edge_length(names[f"dart.{n}"]) for n in ("back", "front"))
    assert back == pytest.approx(front)
    at = sleeve_panel.vertices
    a = at[sleeve_panel.edges[names["dart.back"]].start]
    b = at[sleeve_panel.edges[names["dart.front"]].end]
    assert a[0] > b[0]  # the back of the left sleeve lies at +x


def test_a_corner_cut_off_takes_its_share_of_the_neckline(woman: Measurements) -> None:
    figure = require(woman, upper.MEASUREMENTS)
    cuts = bodice.cuts(
        figure, quarter=0.25, depth=0.19, widen=0.01, front_drop=0.09, back_drop=0.02
    )
    block = bodice.block(cuts[0])
    neck = block.round_neck()
    corner = raglan.cut_corner(block, neck, 0.25)
    assert corner.moved.length == pytest.approx(0.25 * neck.length, rel=1e-4)
    assert corner.neckline.length == pytest.approx(0.75 * neck.length, rel=1e-4)
    assert corner.lower.start == block.underarm


# ---- darts, skirts, legs -------------------------------------------------------------------------


def test_the_legs_of_a_bust_dart_are_equal_and_so_are_the_sides(woman: Measurements) -> None:
    figure = require(woman, (*upper.MEASUREMENTS, *darts.MEASUREMENTS))
    cut = darts.side_dart(figure, line((0.21, 0.0), (0.25, 0.22), "side"))
    low, into, out, high = cut.front
    assert into.length == pytest.approx(out.length)
    assert total([low, high]) == pytest.approx(total(cut.back))
    assert cut.drop > 0.01


def test_no_bust_dart_where_bust_and_under_bust_are_alike() -> None:
    figure = require(person("male", underbust_girth=101), darts.MEASUREMENTS)
    assert darts.bust_angle(figure) == 0.0
    cut = darts.side_dart(
        require(person("male", underbust_girth=101), (*upper.MEASUREMENTS, *darts.MEASUREMENTS)),
        line((0.25, 0.0), (0.26, 0.22), "side"),
    )
    assert len(cut.front) == 2
    assert cut.drop == 0.0


def test_a_waist_line_is_as_long_as_its_pieces_and_darts() -> None:
    edge = darts.waist_line((0.0, 0.0), (0.25, 0.0), [0.1, 0.12], 0.03, [0.1])
    assert [s.name for s in edge] == ["waist.1", "dart.1.a", "dart.1.b", "waist.2"]
    assert [edge[0].length, edge[3].length] == pytest.approx([0.1, 0.12])
    assert edge[1].length == pytest.approx(edge[2].length) == pytest.approx(math.hypot(0.015, 0.1))
    assert edge[1].end[1] > 0


def test_a_hem_dart_is_widest_at_the_waist() -> None:
    up, down = darts.hem_dart(0.1, -0.2, 0.0, 0.15, 0.03, 0.008)
    assert up.length == pytest.approx(down.length)
    at = np.array([up.at(f) for f in np.linspace(0, 1, 200)])
    waist = at[np.abs(at[:, 1]).argmin()]
    assert 2 * (0.1 - waist[0]) == pytest.approx(0.03, abs=3e-4)
    assert down.end[0] - up.start[0] == pytest.approx(0.008)


def test_waist_and_darts_make_up_the_hip_less_the_side(woman: Measurements) -> None:
    figure = require(woman, upper.MEASUREMENTS)
    front, back, side = skirts.waists(figure, 0.19, 0.26)
    assert (front + back) / 2 == pytest.approx(0.19)
    assert 0 < 0.26 - side - front < 0.26 - side - back
    flat = skirts.waists(figure, 0.25, 0.26)
    assert flat == pytest.approx((0.25, 0.25, 0.01))


@pytest.mark.parametrize("hem", [0.22, 0.26, 0.31])
def test_a_skirt_side_is_smooth_at_the_hip_and_a_narrow_one_tapers_late(
    hem: float, woman: Measurements
) -> None:
    figure = require(woman, upper.MEASUREMENTS)
    quarter = skirts.quarter(figure, 0.19, 0.03, back=False)
    _, low, up, *_ = skirts.half(quarter, figure, hip=0.26, hem=hem, length=0.6)
    before, hip, after = low.at(0.999), low.at(1.0), up.at(0.001)
    turned = math.atan2(*np.subtract(hip, before)) - math.atan2(*np.subtract(after, hip))
    assert abs(turned) < 0.01
    fifth = low.at(0.8)[0]
    if hem < 0.26:
        assert fifth > 0.26 - 0.08 * (0.26 - hem)
    else:
        assert fifth == pytest.approx(0.26 + 0.2 * (hem - 0.26), abs=1e-6)


@pytest.mark.parametrize(
    ("circle", "angle"), [("quarter", math.pi / 2), ("half", math.pi), ("full", 2 * math.pi)]
)
def test_a_circle_skirt_is_a_ring(circle: str, angle: float, woman: Measurements) -> None:
    options = {"circle": circle, "waist_ease": 0.0, "length": 0.5}
    pattern = draft("circle_skirt", woman, options=options)
    assert pattern.finished["waist_girth"] == pytest.approx(0.76, abs=1e-6)
    hem = angle * (0.76 / angle + 0.5 * 1.04)
    assert pattern.finished["hem_girth"] == pytest.approx(hem, abs=1e-5)


def test_pleats_take_in_what_the_cloth_is_wider_than_the_waist(woman: Measurements) -> None:
    options = {"fullness": 2.0, "waist_ease": 0.0, "pleats": 10}
    pattern = draft("pleated_skirt", woman, options=options)
    assert pattern.finished["hip_girth"] == pytest.approx(2 * 0.76)
    assert sum(s.ease for s in pattern.seams if s.kind == "gather") == pytest.approx(0.76)
    marks = [li for li in pattern.panel("front").lines if li.name.startswith("pleat")]
    assert len(marks) == 20
    depth = marks[1].points[0][0] - marks[0].points[0][0]
    assert 10 * depth == pytest.approx(0.38)


@pytest.mark.parametrize("name", ["trousers", "shorts", "leggings", "jumpsuit"])
def test_front_and_back_legs_are_of_one_length_seam_by_seam(name: str, man: Measurements) -> None:
    pattern = draft(name, man)
    for seam in pattern.seams:
        if seam.name in ("inseam", "outseam"):
            a = pattern.panel(seam.a.panel).edge_length(seam.a.edge)
            b = pattern.panel(seam.b.panel).edge_length(seam.b.edge)
            assert a == pytest.approx(b, abs=3e-4)


def test_the_back_is_raised_for_a_longer_crotch() -> None:
    def back_waist(crotch: float) -> float:
        pattern = draft("trousers", person("female", crotch_length=crotch))
        return float(pattern.panel("back.R").vertices[:, 1].max())

    assert back_waist(66) <= back_waist(69) <= back_waist(74)
    assert back_waist(62) < back_waist(74)


def test_thick_thighs_widen_the_forks(woman: Measurements) -> None:
    figure = require(woman, legs.MEASUREMENTS)
    assert legs.fork_for(figure, 0.27, 0.04) == 0.0
    thick = require(person("female", thigh_girth=75), legs.MEASUREMENTS)
    assert legs.fork_for(thick, 0.27, 0.04) > 0.02


# ---- bands and collars ---------------------------------------------------------------------------


def test_a_strip_is_as_long_as_its_pieces() -> None:
    outline = band.strip([("a", 0.2), ("b", 0.3)], 0.04)
    assert outline[-2].length == pytest.approx(0.5)
    assert [s.name for s in outline] == ["a", "b", "end.right", "top", "end.left"]


def test_a_hanging_strip_is_sewn_along_its_upper_edge() -> None:
    outline = band.hanging(band.centred([("a", 0.2), ("b", 0.3)], 0.04))
    made = panel("cuff", outline)
    assert made.vertices[:, 1].max() == 0.0
    assert made.vertices[:, 1].min() == pytest.approx(-0.04)
    assert outline[0].start[0] > outline[0].end[0]


def test_a_curved_stand_is_shorter_above_by_angle_times_height() -> None:
    lower = [("a", 0.15), ("b", 0.25)]
    outline = band.curved(lower, ("collar", "free"), 0.9, 0.03, 0.5)
    above = total(s for s in outline if s.name in ("collar", "free"))
    assert total(outline[:2]) == pytest.approx(0.40)
    assert above == pytest.approx(0.40 - 0.5 * 0.03)
    collar_piece = next(s for s in outline if s.name == "collar")
    assert collar_piece.length == pytest.approx(0.9 * above)


def test_a_collar_is_as_long_as_its_seam_and_falls_as_deep_as_asked() -> None:
    outline = collar.falling(0.38, 0.05)
    seam = next(s for s in outline if s.name == "seam")
    edge = next(s for s in outline if s.name == "edge")
    assert seam.length == pytest.approx(0.38)
    assert edge.at(0.5) == pytest.approx((0.0, -0.05), abs=1e-6)
    assert edge.length > seam.length
    assert distance(outline[1].start, outline[1].end) > 0.05


def test_the_stretched_neckband_declares_what_it_is_shorter(woman: Measurements) -> None:
    pattern = draft("tee", woman, options={"band_ratio": 0.8})
    bands = [s for s in pattern.seams if s.kind == "stretch"]
    neckline = pattern.finished["neckline_girth"]
    assert sum(s.ease for s in bands) == pytest.approx(0.2 * neckline, abs=1e-6)
