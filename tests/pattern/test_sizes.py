"""Size charts, grading, and garments of one's own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from fitting.body import infer
from fitting.errors import BadInput, BadOption, BadPattern, UnknownName
from fitting.pattern import check, draft, garment_from, grade_rules, graded, size, summary
from fitting.pattern.charts import catalogue, size_charts
from fitting.pattern.exchange import dxf, rul
from fitting.pattern.exchange import json as pattern_json
from fitting.pattern.tolerances import finished, tolerance
from fitting.records import Measurements
from tests.pattern.conftest import person

DOCS = Path(__file__).resolve().parents[2] / "docs"


def wearer(spec: str) -> Measurements:
    """Somebody of a chart's size."""
    chosen = size(spec)
    return infer(chosen.stated, sex=chosen.sex)


# ---- charts --------------------------------------------------------------------------------------


def test_a_gost_label_states_height_bust_and_hip() -> None:
    chosen = size("gost-women:164-92-100")
    assert {n: m.value for n, m in chosen.stated.items()} == {
        "height": 1.64, "bust_girth": 0.92, "hip_girth": 1.00,
    }  # fmt: skip
    assert chosen.sex == "female"
    assert chosen.name == "gost-women:164-92-100"


def test_a_gost_label_of_men_states_height_chest_and_waist() -> None:
    assert size("gost-men:176-100-78").stated["waist_girth"].value == 0.78


def test_letters_state_the_middle_of_their_range_in_any_case() -> None:
    assert size("en13402-women:m").stated["bust_girth"].value == 0.94
    assert size("en13402-men:M").stated["bust_girth"].value == 0.98


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("gost-women", "is not CHART:LABEL"),
        ("gost:1", "did you mean 'gost-"),
        ("gost-women:164-93-100", r"did you mean 164-92-100\?"),
        ("gost-women:tall", "1152 sizes"),
        ("en13402-women:XM", "there are: XXS"),
    ],
)
def test_what_is_no_size_is_refused_with_the_nearest(spec: str, words: str) -> None:
    with pytest.raises(UnknownName, match=words):
        size(spec)


def test_every_label_of_every_chart_states_believable_centimetres() -> None:
    for chart in size_charts().values():
        assert chart.source
        assert chart.trust
        assert chart.title_ru
        for label in chart.labels():
            stated = chart.stated(label)
            assert set(stated) <= set(chart.dimensions)
            assert all(5 < cm < 210 for cm in stated.values())


def test_sizes_of_a_run_grow() -> None:
    for name in ("en13402-women", "en13402-men", "ru-women", "uk-women", "us-misses"):
        chart = size_charts()[name]
        busts = [chart.stated(label)["bust_girth"] for label in chart.labels()]
        assert busts == sorted(busts)


def test_the_catalogue_tells_sources_and_lists_what_can_be_listed() -> None:
    told = catalogue()
    assert told["en13402-women"]["labels"][3] == "M"
    assert told["gost-men"]["count"] == 1144
    assert all(chart["source"] for chart in told.values())


# ---- grading -------------------------------------------------------------------------------------


def test_grading_is_drafting_at_each_size() -> None:
    people = {label: wearer(f"en13402-women:{label}") for label in ("S", "M", "L")}
    nest = graded("tee", people)
    assert [p.size for p in nest.values()] == ["S", "M", "L"]
    assert nest["L"].finished == draft("tee", people["L"]).finished
    girths = [p.finished["bust_girth"] for p in nest.values()]
    assert girths == sorted(girths)


def test_grade_rules_turn_the_sample_into_the_other_sizes() -> None:
    people = {label: wearer(f"en13402-men:{label}") for label in ("S", "M", "L")}
    nest = graded("tee", people)
    rules = grade_rules(nest, "M")
    for panel in nest["M"].panels:
        for v, number in enumerate(rules.numbers[panel.name]):
            for k, label in enumerate(rules.sizes):
                moved = panel.vertices[v] + rules.rules[number][k]
                assert moved == pytest.approx(nest[label].panel(panel.name).vertices[v], abs=1e-5)
    assert all(moves[1] == (0.0, 0.0) for moves in rules.rules.values())


def test_a_rule_table_reads_back_and_its_numbers_stand_in_the_dxf() -> None:
    nest = graded("tank", {label: wearer(f"en13402-women:{label}") for label in ("S", "M")})
    rules = grade_rules(nest, "M")
    back = rul.read(rul.write(rules, name="tank"))
    assert (back.sizes, back.sample) == (("S", "M"), "M")
    for number, moves in rules.rules.items():
        assert np.array(back.rules[number]) == pytest.approx(np.array(moves), abs=1e-6)
    inches = rul.read(rul.write(rules, name="tank", english=True))
    assert np.array(inches.rules[2]) == pytest.approx(np.array(rules.rules[2]), abs=2e-5)
    text = dxf.write(nest["M"], rules=rules).decode()
    found = {int(n) for n in re.findall(r"# (\d+)", text)}
    assert found == set(rules.rules)
    assert "Grade Rule Table: tank.RUL" in text


def test_a_rule_table_that_is_cut_short_is_refused() -> None:
    nest = graded("tank", {label: wearer(f"en13402-women:{label}") for label in ("S", "M")})
    data = rul.write(grade_rules(nest, "M"), name="tank")
    with pytest.raises(BadPattern, match="no line UNITS"):
        rul.read(b"hello")
    with pytest.raises(BadPattern, match=r"rule \d+ has \d moves for 2 sizes"):
        rul.read(data[: data.rindex(b",") - 4])


def test_sizes_with_other_darts_cannot_share_a_table() -> None:
    people = {"a": person("female"), "b": person("female", waist_girth=98)}
    nest = graded("pencil_skirt", people)
    with pytest.raises(BadOption, match="a dart comes or goes"):
        grade_rules(nest, "a")
    with pytest.raises(UnknownName, match="sample size 'c'"):
        grade_rules(nest, "c")


# ---- figures -------------------------------------------------------------------------------------


def test_finished_measurements_stand_beside_the_bodys_with_tolerances(woman: Measurements) -> None:
    rows = {f.name: f for f in finished(draft("tee", woman), knit=True)}
    bust = rows["bust_girth"]
    assert bust.body == pytest.approx(0.92)
    assert bust.ease == pytest.approx(bust.garment - 0.92)
    assert bust.tolerance == 0.02
    assert rows["back_length"].ease is None
    assert tolerance("bust_girth", knit=False) < tolerance("bust_girth", knit=True)


def test_a_summary_tells_lengths_openings_and_cloth(woman: Measurements) -> None:
    told = summary(draft("tee", woman), measurements=woman)
    assert told["sewable"]
    assert 0.7 < told["fabric_m2"] < 1.6
    assert len(told["borders_cm"]) == 4
    neck = next(o for o in told["openings"] if o["name"] == "neck")
    assert neck["opens_to_cm"] > neck["length_cm"]
    sleeve = next(s for s in told["seams"] if "cap.front.upper" in s["a"])
    assert sleeve["a_cm"] - sleeve["b_cm"] == pytest.approx(sleeve["ease_cm"], abs=0.011)


def test_a_summary_of_a_broken_pattern_tells_the_faults(shared: Path) -> None:
    broken = pattern_json.read(shared / "patterns" / "bad_tshirt_00.json")
    told = summary(broken)
    assert not told["sewable"]
    assert told["faults"][0]["panel"] == "left_btorso"


# ---- garments of one's own -----------------------------------------------------------------------


def worked_example() -> str:
    """The skirt of docs/patterns.md."""
    text = (DOCS / "patterns.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    return next(b for b in blocks if b.startswith('"""'))


def test_the_worked_skirt_of_the_manual_is_sewable(tmp_path: Path) -> None:
    file = tmp_path / "elastic_skirt.py"
    file.write_text(worked_example(), encoding="utf-8")
    garment = garment_from(str(file))
    assert garment.name == "elastic_skirt"
    for sex in ("female", "male"):
        pattern = draft(garment, person(sex), options={"length": 0.4})
        assert check(pattern, measurements=person(sex)) == ()
        assert pattern.finished["length"] == pytest.approx(0.4 * person(sex)["waist_height"])


def test_a_garment_comes_from_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, woman: Measurements
) -> None:
    package = tmp_path / "atelier_of_tests"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "skirt.py").write_text(worked_example(), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert draft(garment_from("atelier_of_tests.skirt:draft"), woman).panels
    with pytest.raises(UnknownName, match="declares no coat"):
        garment_from("atelier_of_tests.skirt:coat")
    with pytest.raises(UnknownName, match="cannot import 'atelier_of_nobody'"):
        garment_from("atelier_of_nobody:draft")


def test_a_pattern_file_stands_for_a_garment(tmp_path: Path, woman: Measurements) -> None:
    file = tmp_path / "mine.json"
    made = draft("tank", woman)
    file.write_bytes(pattern_json.write(made))
    again = draft(garment_from(str(file)), woman)
    assert [p.name for p in again.panels] == [p.name for p in made.panels]


def test_a_name_of_the_catalogue_is_a_garment() -> None:
    assert garment_from("tee").title == "T-shirt"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("x = 1", UnknownName, "declares no GARMENT"),
        ("1 / 0", BadInput, "ZeroDivisionError"),
        ("def draft(figure, options): ...", BadInput, "has no MEASUREMENTS"),
    ],
)
def test_a_file_that_declares_no_garment_is_refused(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(error, match=words):
        garment_from(str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name in ("no.py", "no.json"):
        with pytest.raises(UnknownName, match="there is no file"):
            garment_from(str(tmp_path / name))


def test_the_pictures_in_the_manual_show_every_garment() -> None:
    from fitting.pattern import garments

    shown = {p.stem for p in (DOCS / "garments").glob("*.svg")}
    assert shown == {*garments(), "sizes"}
    text = (DOCS / "patterns.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in garments())
