"""Poses of the avatar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from numpy.testing import assert_allclose
from scipy.spatial import cKDTree

from fitting.body import fit_body, infer, pose_body
from fitting.body.pose import movement_turns, poses_between, skinned
from fitting.errors import BadMesh, UnknownName
from fitting.records import Body, Measurement, Measurements


@pytest.mark.parametrize("pose", ["a", "t", "arms-down"])
def test_every_pose_keeps_the_skin_closed_and_the_feet_on_the_floor(her: Body, pose: str) -> None:
    posed = pose_body(her, pose)
    assert posed.pose == pose
    assert posed.vertices[:, 1].min() == pytest.approx(0, abs=1e-9)
    assert trimesh.Trimesh(posed.vertices, posed.faces, process=False).is_watertight
    feet = np.concatenate([her.regions["foot.L"], her.regions["foot.R"]])
    assert_allclose(posed.vertices[feet], her.vertices[feet], atol=1e-9)


def test_at_hip_width_the_ankles_are_under_the_hips_and_the_feet_flat(her: Body, him: Body) -> None:
    for body in (her, him):
        posed = pose_body(body, "hip-width")
        for side in ("L", "R"):
            hip, ankle = posed.joints[f"hip.{side}"], posed.joints[f"ankle.{side}"]
            assert ankle[0] == pytest.approx(hip[0], abs=1e-3)
            foot = body.regions[f"foot.{side}"]
            moved = posed.vertices[foot] - body.vertices[foot]
            assert np.ptp(moved[:, 1]) < 0.003
        arms = np.concatenate([body.regions["hand.L"], body.regions["hand.R"]])
        assert_allclose(posed.vertices[arms, 0], body.vertices[arms, 0], atol=1e-9)


def test_a_movement_leaves_the_legs_where_they_were(her: Body) -> None:
    closed = pose_body(her, "hip-width")
    way = poses_between(closed, "arms-up", 2)
    for posed in way:
        assert_allclose(posed.joints["ankle.L"], closed.joints["ankle.L"], atol=1e-6)
    assert way[0].joints["wrist.L"][1] > closed.joints["wrist.L"][1]


def test_the_t_pose_holds_the_arms_level_and_arms_down_lets_them_hang(him: Body) -> None:
    t, down = pose_body(him, "t"), pose_body(him, "arms-down")

    def drop(body: Body) -> float:
        arm = body.joints["elbow.L"] - body.joints["shoulder.L"]
        return float(np.rad2deg(np.arctan2(-arm[1], arm[0])))

    assert abs(drop(t)) < 6
    assert 70 < drop(down) < 85
    assert down.joints["wrist.L"][1] < down.landmarks["navel"][1]


def test_hanging_arms_stay_clear_of_the_hips(him: Body, her: Body) -> None:
    for body in (him, her):
        down = pose_body(body, "arms-down")
        hand = down.vertices[body.regions["hand.L"], 0]
        leg = down.vertices[body.regions["leg.L"], 0]
        assert np.median(hand) > np.quantile(leg, 0.98)


def test_hanging_arms_leave_room_for_sleeve_and_skirt_on_wide_hips() -> None:
    stated = {"height": Measurement(1.64, 0.01, "stated")}
    weight = Measurement(102.0, 1.0, "stated")
    down = fit_body(infer(stated, sex="female", weight_kg=weight), pose="arms-down")
    hand = down.vertices[down.regions["hand.L"]]
    trunk = np.concatenate([down.regions["torso"], down.regions["leg.L"]])
    gap, _ = cKDTree(down.vertices[trunk]).query(hand)
    assert gap.min() >= 0.03
    arm = down.joints["elbow.L"] - down.joints["shoulder.L"]
    assert 60 < np.rad2deg(np.arctan2(-arm[1], arm[0])) < 74


def test_movements_of_the_arms_leave_the_legs_as_they_stand(her: Body) -> None:
    closed = pose_body(her, "hip-width")
    down = poses_between(closed, "arms-down", 1)[-1]
    legs = np.concatenate([her.regions["foot.L"], her.regions["leg.L"]])
    assert_allclose(down.vertices[legs], closed.vertices[legs], atol=1e-6)


def test_legs_swing_from_where_they_stand(her: Body) -> None:
    closed, apart = (poses_between(b, "step", 1)[-1] for b in (pose_body(her, "hip-width"), her))

    def between_ankles(body: Body) -> float:
        return float(body.joints["ankle.L"][0] - body.joints["ankle.R"][0])

    assert between_ankles(closed) < between_ankles(apart) - 0.05


def test_who_sits_tips_the_pelvis_back_and_keeps_the_trunk_upright(her: Body) -> None:
    sits = poses_between(her, "sitting", 1)[-1]
    trunk, before = (b.joints["neck"] - b.joints["spine"] for b in (sits, her))
    assert_allclose(trunk, before, atol=1e-6)
    thigh, shank = (
        sits.joints[f"{a}.L"] - sits.joints[f"{b}.L"]
        for a, b in (("knee", "hip"), ("ankle", "knee"))
    )
    assert thigh[2] > 4 * abs(thigh[1])
    assert shank[1] < -5 * abs(shank[2])


def test_a_pose_is_the_mirror_image_of_itself(her: Body) -> None:
    down = pose_body(her, "arms-down")
    left, right = down.joints["wrist.L"], down.joints["wrist.R"]
    assert_allclose(left, right * [-1, 1, 1], atol=1e-3)


def test_no_turn_is_the_rest_pose(her: Body) -> None:
    assert_allclose(pose_body(her, {}).vertices, her.vertices, atol=1e-9)
    still = pose_body(her, {"knee.L": np.zeros(3)})
    assert_allclose(still.vertices, her.vertices, atol=1e-9)


def test_turning_the_root_turns_the_whole_body_rigidly(her: Body) -> None:
    assert her.bone_heads is not None
    vertices, _ = skinned(her.vertices, her.bone_heads, {"pelvis": np.array([0, np.pi / 2, 0])})
    before = np.linalg.norm(her.vertices[::50] - her.vertices[100], axis=1)
    after = np.linalg.norm(vertices[::50] - vertices[100], axis=1)
    assert_allclose(after, before, atol=1e-9)


def test_a_bent_elbow_moves_the_hand_and_not_the_shoulder(her: Body) -> None:
    bent = pose_body(her, {"elbow.L": np.array([-1.2, 0, 0])})
    assert np.linalg.norm(bent.joints["wrist.L"] - her.joints["wrist.L"]) > 0.1
    assert_allclose(bent.joints["shoulder.L"], her.joints["shoulder.L"], atol=1e-9)
    fore = her.joints["wrist.L"] - her.joints["elbow.L"]
    after = bent.joints["wrist.L"] - bent.joints["elbow.L"]
    assert np.linalg.norm(after) == pytest.approx(np.linalg.norm(fore))


def test_posing_a_posed_body_starts_from_rest(her: Body) -> None:
    twice = pose_body(pose_body(her, "t"), "arms-down")
    assert_allclose(twice.vertices, pose_body(her, "arms-down").vertices)


def test_fitting_in_a_pose_equals_fitting_and_posing(woman: Measurements, her: Body) -> None:
    assert_allclose(fit_body(woman, pose="t").vertices, pose_body(her, "t").vertices)


def test_unknown_poses_and_joints_are_refused(her: Body) -> None:
    with pytest.raises(UnknownName, match="handstand"):
        pose_body(her, "handstand")
    with pytest.raises(UnknownName, match="tail"):
        pose_body(her, {"tail": np.zeros(3)})


def test_a_body_from_a_file_has_no_bones_to_pose(her: Body) -> None:
    with pytest.raises(BadMesh, match="no bones"):
        pose_body(replace(her, parameters=None), "t")


def test_the_way_to_a_pose_ends_in_it(her: Body) -> None:
    way = poses_between(her, "arms-down", 3)
    assert len(way) == 3
    assert np.abs(way[-1].vertices - pose_body(her, "arms-down").vertices).max() < 1e-9
    hands = [one.joints["wrist.L"][1] for one in way]
    assert hands == sorted(hands, reverse=True)


@pytest.mark.parametrize(
    ("movement", "joint", "axis", "least"),
    [("arms-up", "wrist.L", 1, 1.4), ("step", "ankle.L", 2, 0.2), ("sitting", "knee.R", 2, 0.3)],
)
def test_a_movement_takes_limbs_where_its_name_says(
    her: Body, movement: str, joint: str, axis: int, least: float
) -> None:
    end = poses_between(her, movement, 1)[-1]
    assert end.joints[joint][axis] - (0.0 if axis == 1 else end.joints["pelvis"][axis]) > least


def test_an_unknown_movement_lists_what_there_is() -> None:
    with pytest.raises(UnknownName, match="arms-up"):
        movement_turns("handstand", np.zeros((1, 3)))
