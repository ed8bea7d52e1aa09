"""Writing results: all or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fitting import files
from fitting.errors import BadInput


def test_written_files_hold_what_was_given(tmp_path: Path) -> None:
    files.write({tmp_path / "new" / "a.txt": b"a", tmp_path / "new" / "b.txt": b"b"})
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["a.txt", "b.txt"]
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"a"


def test_nothing_is_left_when_one_of_the_files_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="cannot write"):
        files.write({tmp_path / "a.txt": b"a", tmp_path / "file" / "b.txt": b"b"})
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_folder_under_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="is not a folder"):
        files.require_writable(tmp_path / "file" / "deeper" / "out", folder=True)


def test_a_folder_that_cannot_be_written_is_refused_before_any_work() -> None:
    # /proc refuses new files to every user, root among them.
    if not os.path.isdir("/proc/self"):
        pytest.skip("there is no /proc here")
    with pytest.raises(BadInput, match="choose another place with --out"):
        files.require_writable(Path("/proc/self/out"), folder=True)


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(BadInput, match="is a file; name a folder"):
        files.require_writable(tmp_path / "out", folder=True)


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        files.read(tmp_path / "absent.jpg")
