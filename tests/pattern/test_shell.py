"""The command line of patterns: drafting, checking and converting as a designer types it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import ezdxf
import pytest
from typer.testing import CliRunner, Result

from fitting.cli import app
from fitting.errors import BadInput, UnknownName
from fitting.pattern.exchange import dxf_read, rul
from tests.pattern.test_sizes import worked_example


def shell(*words: str | Path) -> Result:
    """What `fitting` answers; errors it would print are raised."""
    done = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_draft_tells_finished_measurements_beside_the_bodys(tmp_path: Path) -> None:
    done = shell("draft", "tee", "--size", "gost-women:164-92-100", "--out", tmp_path / "tee.json")
    assert done.exit_code == 0
    assert re.search(r"bust girth +\d+\.\d +2\.0 +92\.0 +\+\d", done.output)


def test_a_draft_tells_programs_the_same_as_json(tmp_path: Path) -> None:
    done = shell("draft", "tank", "--size", "en13402-women:M", "--out", tmp_path / "t.svg",
                 "--json")  # fmt: skip
    told = json.loads(done.output)
    assert told["sewable"]
    assert told["files"] == [str(tmp_path / "t.svg")]
    assert {"name", "garment_cm", "tolerance_cm", "body_cm", "ease_cm"} <= set(told["finished"][0])


@pytest.mark.parametrize("how", ["file", "package", "pattern"])
def test_a_designers_garment_is_drafted_by_path_package_or_file(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "skirt_of_mine.py"
    file.write_text(worked_example(), encoding="utf-8")
    spec: str | Path = file
    if how == "package":
        monkeypatch.syspath_prepend(str(tmp_path))
        spec = "skirt_of_mine:draft"
    made = tmp_path / "made.json"
    shell("draft", spec, "--size", "uk-women:12", "--option", "length=0.4", "--out", made)
    if how == "pattern":
        shell("draft", made, "--size", "uk-women:12", "--out", tmp_path / "again.json")
        made = tmp_path / "again.json"
    assert set(json.loads(made.read_text())["pattern"]["panels"]) == {"front", "back", "waistband"}


def test_paper_and_language_are_chosen_where_it_is_printed(tmp_path: Path) -> None:
    sheets = {}
    for paper in ("A4", "Letter", "A0", "projector"):
        path = tmp_path / f"{paper}.pdf"
        shell("draft", "tank", "--size", "en13402-women:M", "--paper", paper, "--language", "ru",
              "--out", path)  # fmt: skip
        sheets[paper] = len(re.findall(rb"/Type /Page\b", path.read_bytes()))
    assert sheets["A4"] > 6
    assert sheets["Letter"] > 6
    assert sheets["A0"] == sheets["projector"] == 1


def test_a_dialect_is_chosen_by_name_and_an_unknown_one_refused(tmp_path: Path) -> None:
    made = tmp_path / "tank.dxf"
    shell("draft", "tank", "--size", "en13402-women:M", "--dialect", "inch", "--out", made)
    assert "Units: ENGLISH" in made.read_text()
    shell("convert", made, "--dialect", "aama", "--out", tmp_path / "again.dxf")
    assert "ANSI/AAMA" in (tmp_path / "again.dxf").read_text()
    with pytest.raises(BadInput, match=r"no dialect 'clo' \(there are: astm, aama"):
        shell("convert", made, "--dialect", "clo", "--out", tmp_path / "no.dxf")


def test_several_sizes_are_drawn_into_one_another(tmp_path: Path) -> None:
    made = tmp_path / "tee.svg"
    shell("draft", "tee", "--size", "en13402-men:S..L", "--out", made)
    text = made.read_text(encoding="utf-8")
    layer = text.split('<g id="cut"')[1].split("</g>")[0]
    assert {*re.findall(r'data-piece="front" data-size="(\w+)"', layer)} == {"S", "M", "L"}
    assert text.count(">tee: front<") == 1
    shell("draft", "tee", "--size", "en13402-men:S,M", "--out", tmp_path / "tee.pdf")
    shell("draft", "tee", "--size", "en13402-men:S,M", "--out", tmp_path / "t.json")
    assert {p.name for p in tmp_path.glob("t-*.json")} == {"t-S.json", "t-M.json"}


def test_a_nest_as_dxf_holds_every_size_and_the_rules_between_them(tmp_path: Path) -> None:
    made = tmp_path / "tank.dxf"
    shell("draft", "tank", "--size", "en13402-men:S,M,L", "--sample", "M", "--out", made)
    audit = ezdxf.readfile(made).audit()
    assert not audit.errors
    widths = []
    for label in ("S", "M", "L"):
        panel = dxf_read.read(made.read_bytes(), size=label).panel("front")
        widths.append(float(panel.vertices[:, 0].max()))
    assert widths == sorted(widths)
    table = rul.read((tmp_path / "tank.rul").read_bytes())
    assert (table.sizes, table.sample) == (("S", "M", "L"), "M")
    assert (tmp_path / "tank.json").exists()
    # Read without a size it is the sample, and its JSON brings the seams back.
    assert shell("check", made).exit_code == 0


def test_sizes_whose_darts_differ_come_without_rules(tmp_path: Path) -> None:
    made = tmp_path / "skirt.dxf"
    shell("draft", "pencil_skirt", "--size", "gost-women:164-92-94,164-92-110", "--out", made)
    assert made.exists()
    assert not (tmp_path / "skirt.rul").exists()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("en13402-women:L..S", "runs backwards"),
        ("gost-women:*", "1152 sizes; at most 24"),
        ("en13402-women:S,Q", "no size 'Q'"),
        ("en13402-women:S..Q", "no size 'Q'"),
    ],
)
def test_sizes_that_are_none_are_refused(size: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=re.escape(words)):
        shell("draft", "tank", "--size", size, "--out", tmp_path / "t.svg")
    with pytest.raises(BadInput, match="--sample 'XS' is none of"):
        shell("draft", "tank", "--size", "en13402-women:S,M", "--sample", "XS",
              "--out", tmp_path / "t.svg")  # fmt: skip


def test_check_tells_lengths_openings_and_cloth(tmp_path: Path) -> None:
    made = tmp_path / "tank.json"
    shell("draft", "tank", "--size", "en13402-women:M", "--out", made)
    done = shell("check", made)
    assert done.exit_code == 0
    assert re.search(r"neck +\d+\.\d +\d+\.\d +head_girth", done.output)
    assert re.search(r"0\.\d\d m² of shell; \d\.\d m of seams", done.output)


def test_a_broken_pattern_exits_with_2_and_names_the_panel(shared: Path) -> None:
    done = shell("check", shared / "patterns" / "bad_tshirt_00.json")
    assert done.exit_code == 2
    assert "left_btorso" in done.output + done.stderr


def test_a_broken_pattern_is_written_with_a_warning(shared: Path, tmp_path: Path) -> None:
    for suffix in ("svg", "pdf", "dxf", "json"):
        made = tmp_path / f"bad.{suffix}"
        done = shell("convert", shared / "patterns" / "bad_tshirt_00.json", "--out", made)
        assert done.exit_code == 0
        assert "left_btorso is self-intersecting" in done.output + done.stderr
        assert made.stat().st_size > 1000
