"""Where the data files are: size charts, fabrics, anthropometry, body arrays, samples.

In a checkout and in an editable install they lie in `assets/` beside the packages;
`CYBERATELIER_ASSETS` names another folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from fitting.errors import NotSupported


def asset(*parts: str) -> Path:
    """The path of a data file that ships with the project.

    Raises:
        NotSupported: The file is missing from this installation.
    """
    root = os.environ.get("CYBERATELIER_ASSETS")
    folder = Path(root) if root else Path(__file__).resolve().parent.parent / "assets"
    path = folder.joinpath(*parts)
    if not path.exists():
        raise NotSupported(
            f"the data file assets/{'/'.join(parts)} is missing from {folder}; install from a "
            "checkout or set CYBERATELIER_ASSETS to the project's assets folder"
        )
    return path


def cache_dir() -> Path:
    """A folder for what can be computed again: compiled kernels and body arrays."""
    root = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(root) if root else Path.home() / ".cache") / "cyberatelier"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
