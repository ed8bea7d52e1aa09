"""The service keeps what its OpenAPI document promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from service_under_test import Live


def test_schemathesis_finds_no_fault(bare: Live, tmp_path: Path) -> None:
    """Generated requests, valid and not, get answers that conform, and never a 500."""
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{bare.url}/openapi.json",
         "-H", f"Authorization: Bearer {bare.key}", "--checks", "all",
         "--exclude-checks", "positive_data_acceptance,unsupported_method",
         "--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "8"), "--request-timeout", "60",
         "--phases", "examples,fuzzing,stateful", "--seed", "1", "--suppress-health-check", "all"],
        capture_output=True, text=True, cwd=tmp_path, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
