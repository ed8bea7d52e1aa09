"""What several test folders share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of open data beside the checkout; tests of it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the open data (../shared/data) is not beside this checkout")
    return SHARED
