"""A bare body gets the parts and joints that cloth is laid around."""

import numpy as np
import pytest

from fitting.cloth.segments import segmented
from fitting.errors import BadMesh


@pytest.fixture(scope="module")
def bare(bare_woman):
    return segmented(bare_woman)


@pytest.mark.parametrize(
    ("joint", "most"),
    [("elbow.L", 0.05), ("wrist.R", 0.05), ("shoulder.L", 0.06), ("neck", 0.08), ("hip.R", 0.06)],
)
def test_joints_lie_where_the_avatar_has_them(avatar, bare, joint, most):
    assert np.linalg.norm(bare.joints[joint] - avatar.joints[joint]) < most


def test_the_crotch_and_the_armpits_are_found_to_two_centimetres(avatar, bare):
    assert bare.landmarks["crotch"][1] == pytest.approx(avatar.landmarks["crotch"][1], abs=0.02)
    for side in ("L", "R"):
        assert bare.landmarks[f"armpit.{side}"] == pytest.approx(
            avatar.landmarks[f"armpit.{side}"], abs=0.035
        )


def test_every_vertex_belongs_to_one_part(bare):
    rows = np.concatenate(list(bare.regions.values()))
    assert np.array_equal(np.sort(rows), np.arange(len(bare.vertices)))


def test_a_body_with_parts_keeps_its_own(avatar):
    assert segmented(avatar) is avatar


def test_a_body_without_arms_off_its_sides_is_refused(post):
    with pytest.raises(BadMesh, match=r"armpits|trunk|leg"):
        segmented(post)
