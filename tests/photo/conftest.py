"""Pictures for the photo tests: the sample customer, altered, and a few rendered on the spot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitting.assets import asset
from fitting.photo import read_photo
from fitting.records import Photo

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))


@pytest.fixture(scope="session")
def front() -> Photo:
    """The sample customer from the front."""
    return read_photo(asset("samples", "front.jpg").read_bytes())


@pytest.fixture(scope="session")
def side() -> Photo:
    """The sample customer from the side."""
    return read_photo(asset("samples", "side.jpg").read_bytes())


@pytest.fixture(scope="session")
def shoot() -> Callable[..., Photo]:
    """Takes a picture of the middle man in a stance: shoot(lowered=40, apart=-6)."""
    from customers import Stance, rest_body, stand
    from studio import Camera, Light, Look, Studio

    from fitting.body.model import load

    studio = Studio()
    rest = rest_body(np.zeros(len(load().names)), "male")

    def take(**stance: Any) -> Photo:
        camera = Camera(width=540, rows=960)
        backdrop = np.full((960, 540, 3), 205, np.uint8)
        person = stand(rest, Stance(**stance))
        rng = np.random.default_rng(1)
        return Photo(
            studio.photograph(person, rest, camera, Look(), Light(), rng, backdrop), focal_35mm=None
        )

    return take
