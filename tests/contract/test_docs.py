"""The documents name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from fitting.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    shown = {name for name, command in commands.items() if not command.hidden}
    missing = {
        name for name in shown if f"`{name}`" not in readme and f"`fitting {name}`" not in readme
    }
    assert not missing


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_links_between_documents_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    lost = [t for t in targets if not (ROOT / page).parent.joinpath(t).exists()]
    assert not lost


def test_the_readme_says_the_python_that_the_example_runs() -> None:
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    example = (ROOT / "examples" / "preview.py").read_text()
    for line in block.group(1).splitlines():
        assert line in example
