"""What importing the library costs and reaches."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "warp", "mediapipe", "pyrender", "cv2", "OpenGL", "fastapi", "sqlalchemy")


@pytest.mark.parametrize(
    "module", ["fitting", "fitting.pipeline", "fitting.cli", "fitting.pattern", "fitting.body"]
)
def test_importing_the_library_is_light(module: str) -> None:
    script = f"import sys, {module}; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "", "these were imported although nothing needed them yet"
