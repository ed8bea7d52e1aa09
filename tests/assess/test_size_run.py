"""A real garment in a run of sizes on one body, draped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitting import body, pattern
from fitting.assess import assess, sections_svg
from fitting.assess.drafted import drafted as laid
from fitting.assess.girths import shortest
from fitting.assess.levels import figure, levels
from fitting.assess.report import judge, measure
from fitting.cloth import sew
from fitting.drape import drape
from fitting.fabrics import fabric
from fitting.records import Drape, Measurement

SIZES = ("8", "12", "16")


def stated(label: str) -> dict[str, Measurement]:
    told = {"height": Measurement(1.66, 0.005, "stated")}
    return {**told, **pattern.size(f"uk-women:{label}").stated}


@pytest.fixture(scope="module")
def run() -> dict[str, Drape]:
    """A T-shirt in three sizes on the body of the middle one."""
    jersey = fabric("cotton_jersey")
    who = body.fit_body(body.infer(stated("12"), sex="female"))
    worn = {}
    for label in SIZES:
        drafted = pattern.draft("tee", body.infer(stated(label), sex="female"), fabric=jersey)
        cloth = sew(replace(drafted, size=label), who, edge_m=0.02)
        worn[label] = drape(cloth, who, jersey, device="cpu", time_limit_s=600)
    return worn


def test_over_a_run_of_sizes_ease_grows_and_stretch_falls(run: dict[str, Drape]) -> None:
    reports = [assess(run[label]) for label in SIZES]
    shared = set.intersection(*({(r.level, r.side) for r in one.girths} for one in reports))
    assert {("bust_girth", ""), ("waist_girth", ""), ("upper_arm_girth", "L")} <= shared
    for level in shared:
        rows = [next(r for r in one.girths if (r.level, r.side) == level) for one in reports]
        assert rows[0].ease < rows[1].ease < rows[2].ease, level
    stretches = [one.strain_weft_p95 for one in reports]
    assert stretches[0] > stretches[1] > stretches[2]


def test_the_body_is_measured_where_its_own_tape_lies(run: dict[str, Drape]) -> None:
    found = assess(run["12"])
    measured = body.measure_body(run["12"].body)
    for row in found.girths:
        if row.level in measured:
            assert row.body == pytest.approx(measured[row.level], abs=0.005), row.level


def test_the_bodys_own_size_fits_as_designed_and_others_do_not(run: dict[str, Drape]) -> None:
    verdicts = {label: assess(run[label]).verdict for label in SIZES}
    assert verdicts["12"] == "as_designed"
    assert verdicts["8"] in ("snug", "too_tight")
    assert verdicts["16"] in ("loose", "too_loose")


def test_tension_and_contact_forces_tell_the_same_pressure(run: dict[str, Drape]) -> None:
    tight = assess(run["8"]).pressure
    assert tight is not None
    assert tight.mean == pytest.approx(tight.contact_mean, rel=0.15)


def test_a_real_garment_has_sections_and_alterations_at_its_side_seams(
    run: dict[str, Drape],
) -> None:
    taken = measure(run["16"])
    assert set(sections_svg(taken.who, taken.girths)) >= {"bust_girth", "waist_girth"}
    changes = judge(taken).alterations
    assert {"side"} <= {change.seam for change in changes}
    assert {change.action for change in changes} == {"take_in"}


def sewn(garment: str, run: dict[str, Drape]) -> Drape:
    """A garment of the wearer's size as it is laid around her before it is draped."""
    who = run["12"].body
    cut = pattern.draft(garment, body.infer(stated("12"), sex="female"))
    cloth = sew(cut, who, edge_m=0.02)
    positions = np.zeros((cloth.nodes, 3))
    positions[cloth.node] = cloth.start
    return replace(run["12"], cloth=cloth, positions=positions)


def test_a_low_waistband_belongs_where_the_legs_end(run: dict[str, Drape]) -> None:
    made = sewn("shorts", run)
    marked = laid(made, figure(made.body))
    top = made.positions[:, 1] > made.positions[:, 1].max() - 0.01
    height = None if marked is None else marked.height(np.flatnonzero(top))
    assert height == pytest.approx(made.positions[top, 1].mean(), abs=0.02)


def test_a_circle_skirts_hip_is_a_ring_of_its_circle(run: dict[str, Drape]) -> None:
    made = sewn("circle_skirt", run)
    who, cut = made.body, made.cloth.pattern
    marked = laid(made, figure(who))
    hip = next(level for level in levels(figure(who)) if level.name == "hip_girth")
    line = None if marked is None else marked.line(hip)
    assert line is not None
    # Between waist and hem a ring grows in proportion to its radius.
    waist, hem = cut.finished["waist_girth"], cut.finished["hem_girth"]
    skirt = cut.finished["length"] - cut.options["band_height"]
    down = cut.measurements["waist_height"] - cut.measurements["hip_height"]
    ring = waist + (hem - waist) * down / skirt
    assert float(np.linalg.norm(line.flat, axis=1).sum()) == pytest.approx(ring, rel=0.01)


def test_a_waistband_is_measured_in_its_middle(run: dict[str, Drape]) -> None:
    made = sewn("circle_skirt", run)
    who = figure(made.body)
    marked = laid(made, who)
    waist = next(level for level in levels(who) if level.name == "waist_girth")
    assert marked is not None
    beside = [marked.line(waist, 0.005 * k) for k in range(-8, 9)]
    line = shortest([one for one in beside if one is not None], who.up)
    down = made.positions[:, 1].max() - line.points[..., 1].mean()
    assert down == pytest.approx(made.cloth.pattern.options["band_height"] / 2, abs=0.004)
