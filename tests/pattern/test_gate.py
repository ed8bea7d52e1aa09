"""The gate names what keeps a pattern from being sewn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fitting import curves
from fitting.errors import BadPattern
from fitting.pattern import check, draft, require_sewable
from fitting.pattern.borders import reach
from fitting.pattern.outline import line, panel
from fitting.records import (
    Edge,
    EdgeRef,
    Measurements,
    Notch,
    Opening,
    Panel,
    Pattern,
    Seam,
)
from tests.pattern.conftest import person


def square(name: str, side: float = 0.2) -> Panel:
    """A square panel with edges low, right, high and left."""
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
    names = ("low", "right", "high", "left")
    ring = zip(corners, corners[1:] + corners[:1], names, strict=True)
    return panel(name, [line(a, b, n) for a, b, n in ring])


def tube(**changed: object) -> Pattern:
    """Two squares sewn to a tube at their left and right edges."""
    seams = (
        Seam(EdgeRef("front", 1), EdgeRef("back", 3)),
        Seam(EdgeRef("front", 3), EdgeRef("back", 1)),
    )
    pattern = Pattern("tube", (square("front"), square("back")), seams)
    return replace(pattern, **changed)  # type: ignore[arg-type]


def front(change: Callable[[Panel], Panel]) -> Pattern:
    """The tube with its front changed."""
    return tube(panels=(change(square("front")), square("back")))


def codes(pattern: Pattern, measurements: Measurements | None = None) -> list[str]:
    return [fault.code for fault in check(pattern, measurements=measurements)]


def test_a_tube_of_two_squares_can_be_sewn() -> None:
    assert check(tube()) == ()
    require_sewable(tube())


def test_an_outline_that_crosses_itself_is_named_with_its_edges() -> None:
    bow = np.array([(0.0, 0.0), (0.2, 0.0), (0.0, 0.2), (0.2, 0.2)])
    faults = check(front(lambda p: replace(p, vertices=bow)))
    crossing = next(f for f in faults if f.code == "self_intersecting")
    assert (crossing.panel, crossing.edge) == ("front", "right")
    assert "edge right crosses edge left" in crossing.text


def test_a_curve_that_loops_through_itself_is_found() -> None:
    loop = curves.Shape("cubic", ((0.6, 0.3), (-0.4, 0.3)))

    def looped(p: Panel) -> Panel:
        return replace(p, edges=(replace(p.edges[0], shape=loop), *p.edges[1:]))

    assert "self_intersecting" in codes(front(looped))


def test_an_open_loop_is_refused_with_the_gap() -> None:
    def broken(p: Panel) -> Panel:
        return replace(p, edges=p.edges[:3])

    fault = check(front(broken))[0]
    assert fault.code == "open_loop"
    assert "200.00 mm" in fault.text


def test_a_vertex_that_is_not_there_is_refused() -> None:
    def lost(p: Panel) -> Panel:
        return replace(p, edges=(*p.edges[:3], Edge(3, 9)))

    assert codes(front(lost))[0] == "open_loop"


def test_coordinates_that_are_not_numbers_are_refused() -> None:
    def blank(p: Panel) -> Panel:
        return replace(p, vertices=np.full((4, 2), np.nan))

    assert codes(front(blank))[0] == "not_finite"


def test_an_edge_without_length_is_refused() -> None:
    flat = np.array([(0.0, 0.0), (0.0, 0.0), (0.2, 0.2), (0.0, 0.2)])
    assert "no_length" in codes(front(lambda p: replace(p, vertices=flat)))


def test_a_panel_without_area_is_refused() -> None:
    thin = np.array([(0.0, 0.0), (0.2, 0.0), (0.2, 1e-9), (0.0, 1e-9)])
    assert "no_area" in codes(front(lambda p: replace(p, vertices=thin)))


def test_unequal_sides_need_a_declared_ease() -> None:
    longer = tube(panels=(square("front", 0.21), square("back")))
    fault = check(longer)[0]
    assert fault.code == "seam_length"
    assert "21.00 cm" in fault.text
    assert "20.00 cm" in fault.text
    declared = tuple(replace(s, ease=0.01, kind="ease") for s in longer.seams)
    assert check(replace(longer, seams=declared)) == ()


def test_half_a_millimetre_is_let_pass_and_more_is_not() -> None:
    assert codes(tube(panels=(square("front", 0.2004), square("back")))) == []
    assert "seam_length" in codes(tube(panels=(square("front", 0.2006), square("back"))))


def test_an_edge_takes_one_seam() -> None:
    twice = (*tube().seams, Seam(EdgeRef("front", 1), EdgeRef("back", 0)))
    fault = next(f for f in check(tube(seams=twice)) if f.code == "sewn_twice")
    assert (fault.panel, fault.edge) == ("front", "right")


@pytest.mark.parametrize(
    ("ref", "code"), [(EdgeRef("side", 0), "no_such_panel"), (EdgeRef("back", 7), "no_such_edge")]
)
def test_a_seam_to_nowhere_is_refused(ref: EdgeRef, code: str) -> None:
    assert codes(tube(seams=(Seam(EdgeRef("front", 1), ref),))) == [code]


def test_two_panels_of_one_name_are_refused() -> None:
    assert "duplicate_panel" in codes(tube(panels=(square("front"), square("front"))))[:1] or (
        "duplicate_panel" in codes(tube(panels=(square("front"), square("front"))))
    )


def test_a_piece_that_hangs_on_nothing_is_refused_unless_it_is_not_draped() -> None:
    loose = tube(panels=(*tube().panels, square("pocket")))
    assert codes(loose) == ["separate_piece"]
    cut_only = replace(square("pocket"), draped=False)
    assert codes(tube(panels=(*tube().panels, cut_only))) == []


def test_a_piece_that_is_not_draped_cannot_be_sewn_in_the_drape() -> None:
    flat = replace(square("back"), draped=False)
    assert "sewn_undraped" in codes(tube(panels=(square("front"), flat)))


def test_a_moebius_band_is_refused() -> None:
    turned = (tube().seams[0], replace(tube().seams[1], right_wrong=True))
    assert codes(tube(seams=turned)) == ["not_orientable"]


def test_a_notch_needs_a_partner_across_the_seam() -> None:
    marked = front(lambda p: replace(p, notches=(Notch(1, 0.25),)))
    fault = check(marked)[0]
    assert fault.code == "notch"
    assert "mark it at 0.75" in fault.text
    paired = tuple(
        replace(p, notches=(Notch(1, 0.25),) if p.name == "front" else (Notch(3, 0.75),))
        for p in marked.panels
    )
    assert check(replace(marked, panels=paired)) == ()


def test_single_and_double_notches_are_no_pair() -> None:
    panels = (
        replace(square("front"), notches=(Notch(1, 0.5, double=True),)),
        replace(square("back"), notches=(Notch(3, 0.5),)),
    )
    assert codes(tube(panels=panels)) == ["notch", "notch"]


def test_a_notch_on_a_free_edge_needs_none() -> None:
    assert codes(front(lambda p: replace(p, notches=(Notch(0, 0.5),)))) == []


def test_a_notch_off_its_edge_is_refused() -> None:
    assert codes(front(lambda p: replace(p, notches=(Notch(0, 1.5),)))) == ["notch"]


# ---- openings ------------------------------------------------------------------------------------


def necked(stretch: float) -> Pattern:
    """The tube, 40 cm around, with its upper border named the neck."""
    top = (EdgeRef("front", 2), EdgeRef("back", 2))
    return tube(openings=(Opening("neck", top, "head_girth", stretch),))


def test_an_opening_must_let_the_head_through() -> None:
    wearer = person("female", head_girth=56)
    fault = check(necked(1.0), measurements=wearer)[0]
    assert fault.code == "opening"
    assert "opens to 40.0 cm and head_girth is 56.0 cm" in fault.text
    assert check(necked(1.5), measurements=wearer) == ()
    assert check(necked(1.0)) == ()


def test_a_closure_that_runs_into_an_opening_widens_it_by_both_its_sides() -> None:
    closed = replace(necked(1.0), seams=(tube().seams[0], replace(tube().seams[1], kind="closure")))
    assert reach(closed, closed.openings[0]) == pytest.approx(0.4 + 2 * 0.2)


def test_a_zip_that_does_not_reach_the_opening_widens_nothing(woman: Measurements) -> None:
    skirt = draft("pencil_skirt", woman)
    hem = next(o for o in skirt.openings if o.name == "hem")
    waist = next(o for o in skirt.openings if o.name == "waist")
    assert reach(skirt, waist) > 1.1
    border = sum(skirt.panel(r.panel).edge_length(r.edge) for r in hem.edges)
    assert reach(skirt, hem) == pytest.approx(border)


def test_every_fault_is_told_at_once() -> None:
    worse = tube(panels=(square("front", 0.25), square("back"), square("pocket")))
    with pytest.raises(BadPattern, match=r"tube cannot be sewn: .*; .*pocket is not sewn"):
        require_sewable(worse)
