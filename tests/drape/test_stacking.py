"""Which panels of one garment lie on others."""

from __future__ import annotations

import numpy as np

from fitting.body import infer
from fitting.cloth import sew
from fitting.drape.stacking import nodes_on_top, on_top
from fitting.pattern import draft
from fitting.records import Measurement

from .conftest import Dressed


def test_a_collar_lies_on_top_but_not_at_the_seam_it_is_turned_over_at(dressed: Dressed) -> None:
    person = infer({"height": Measurement(1.72, 0.01, "stated")}, sex="female")
    cloth = sew(draft("shirt", person), dressed.body, edge_m=0.016, levels=1)
    vertices, nodes = on_top(cloth), nodes_on_top(cloth)
    assert vertices is not None
    assert nodes is not None
    seam = np.zeros(cloth.nodes, bool)
    seam[cloth.node[vertices == 0]] = True
    collar = cloth.node_faces[vertices[cloth.faces].min(axis=1) == 1]
    beside = np.unique(collar[seam[collar].any(axis=1)])
    assert (nodes[beside] == 0).all()
    assert (nodes[np.setdiff1d(collar, beside)] == 1).all()
    assert len(np.setdiff1d(collar, beside)) > 20
