"""The examples run, one after another, each on what those before it wrote."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CHAIN = {
    "measure": ["measurements.json"],
    "avatar": ["body.glb"],
    "draft": ["pattern.json", "pattern.svg", "pattern.pdf"],
    "drape": ["drape.glb"],
    "assess": [],
    "render": ["front.png", "back.png"],
    "preview": ["look.glb", "fit.json", "drape.json", "three-quarter.png"],
}


def test_each_stages_example_runs_on_what_the_last_one_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, written in CHAIN.items():
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
        assert all(Path(file).stat().st_size > 0 for file in written), name
    said = capsys.readouterr().out
    assert "height: " in said
    assert "at_rest" in said
    assert "as_designed" in said


def test_there_is_no_example_that_the_tests_do_not_run() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(CHAIN)
