"""Cross-sections as SVG, read back from their bytes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from fitting.assess import measure, section_svg, sections_svg

from .cylinders import TORSO, TURN, cylinder_body, tube

SVG = "{http://www.w3.org/2000/svg}"


def points(path: str) -> np.ndarray:
    return np.array([float(n) for n in re.findall(r"-?\d+\.\d+", path)]).reshape(-1, 2)


def test_a_section_is_drawn_in_true_millimetres() -> None:
    found = measure(tube(cylinder_body(), radius=0.18))
    waist = next(m for m in found.girths if m.row.level == "waist_girth")
    tree = ElementTree.fromstring(section_svg(found.who, waist))
    body, cloth = (points(p.get("d")) for p in tree.findall(f"{SVG}path")[:2])
    assert np.ptp(body, axis=0) == pytest.approx([2000 * TORSO] * 2, rel=5e-3)
    assert np.ptp(cloth, axis=0) == pytest.approx([360, 360], rel=5e-3)
    assert float(tree.get("width").removesuffix("mm")) == pytest.approx(390, rel=0.02)


def test_a_section_says_its_ease() -> None:
    found = measure(tube(cylinder_body(), radius=0.181))
    drawn = sections_svg(found.who, found.girths)
    assert set(drawn) == {"bust_girth", "waist_girth", "hip_girth"}
    ease = 100 * TURN * (0.181 - TORSO)
    assert f"ease +{ease:.1f} cm" in drawn["hip_girth"].decode()


def test_the_wearers_front_is_drawn_downwards_and_the_left_to_the_right() -> None:
    found = measure(
        tube(cylinder_body(), radius=0.18, warp=lambda p: p + np.array([0.01, 0, 0.02]))
    )
    waist = next(m for m in found.girths if m.row.level == "waist_girth")
    tree = ElementTree.fromstring(section_svg(found.who, waist))
    body, cloth = (points(p.get("d")) for p in tree.findall(f"{SVG}path")[:2])
    shift = (cloth.max(0) + cloth.min(0) - body.max(0) - body.min(0)) / 2
    assert shift == pytest.approx([10, 20], abs=0.5)
