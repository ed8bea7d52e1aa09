"""A person and a T-shirt, made once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fitting.body import fit_body, infer
from fitting.cloth import sew
from fitting.drape import drape
from fitting.fabrics import fabric
from fitting.pattern import draft
from fitting.records import Body, ClothMesh, Drape, Fabric, Measurement, Pattern


@dataclass(frozen=True)
class Dressed:
    """A T-shirt on a body."""

    body: Body
    pattern: Pattern
    fabric: Fabric
    cloth: ClothMesh
    drape: Drape


@pytest.fixture(scope="session")
def dressed() -> Dressed:
    """The tee of triangles of 16 mm on a woman of 1.72 m and 68 kg."""
    stated = {"height": Measurement(1.72, 0.01, "stated")}
    person = infer(stated, sex="female", weight_kg=Measurement(68.0, 1.0, "stated"))
    body = fit_body(person)
    jersey = fabric("cotton_jersey")
    pattern = draft("tee", person, fabric=jersey)
    cloth = sew(pattern, body, edge_m=0.016)
    return Dressed(body, pattern, jersey, cloth, drape(cloth, body, jersey, device="cpu"))
