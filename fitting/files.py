"""Writing results: all of them or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fitting.errors import BadInput


def read(path: Path) -> bytes:
    """The bytes of a file the caller named.

    Raises:
        BadInput: It is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from None


def require_writable(path: Path, *, folder: bool) -> None:
    """Check that a result can be written before time is spent on making it.

    Raises:
        BadInput: The path, or the nearest folder above it, cannot be written.
    """
    if path.exists() and path.is_dir() != folder:
        wanted, found = ("folder", "file") if folder else ("file", "folder")
        raise BadInput(f"{path} is a {found}; name a {wanted} to write to")
    above = path if folder and path.exists() else path.absolute().parent
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise BadInput(f"cannot write {path}: {above} is not a folder")
    try:
        # Asked of the file system itself: permission bits do not tell of read-only mounts.
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        raise BadInput(
            f"cannot write to {above}: {error.strerror}; choose another place with --out"
        ) from None


def write(files: Mapping[Path, bytes]) -> None:
    """Write files, making the folders they need; nothing is left half-written.

    Raises:
        BadInput: The disk refused.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            parts[path] = Path(part)
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            os.chmod(part, 0o644)
        for path, finished in parts.items():
            os.replace(finished, path)
    except OSError as error:
        for part_path in parts.values():
            part_path.unlink(missing_ok=True)
        raise BadInput(f"cannot write {error.filename}: {error.strerror}") from None
