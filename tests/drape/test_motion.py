"""A garment on a body that moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from fitting.body.pose import poses_between
from fitting.drape import drape_motion
from fitting.drape.collider import Collider
from fitting.drape.motion import Motion
from fitting.drape.quality import crossings, penetration
from fitting.errors import BadMesh, BadOption
from fitting.records import Body

from . import shapes
from .conftest import Dressed


@pytest.fixture(scope="module")
def lowered(dressed: Dressed) -> tuple[list[Body], Motion]:
    """Both arms 20° lower; all the way down is in `benchmarks/cloth.py --case motion`."""
    turn = np.radians(20.0)
    goal = {"shoulder.L": np.array([0, 0, -turn]), "shoulder.R": np.array([0, 0, turn])}
    poses = poses_between(dressed.body, goal, 4)
    return poses, drape_motion(dressed.drape, poses, device="cpu")


def test_the_tee_follows_the_arms_down_and_comes_to_rest(
    lowered: tuple[list[Body], Motion], dressed: Dressed
) -> None:
    poses, motion = lowered
    report = motion.drape.report
    assert report.stop_reason == "at_rest"
    assert report.self_intersections == 0
    assert report.penetration_max_mm <= 1.0
    assert motion.drape.body is poses[-1]
    # Each cuff is around the arm that it was around.
    cuff = dressed.drape.positions[:, 0].argmax()
    skin = cKDTree(dressed.body.vertices).query(dressed.drape.positions[cuff])[1]
    before = np.linalg.norm(dressed.drape.positions[cuff] - dressed.body.vertices[skin])
    after = np.linalg.norm(motion.drape.positions[cuff] - poses[-1].vertices[skin])
    moved = np.linalg.norm(poses[-1].vertices[skin] - dressed.body.vertices[skin])
    assert moved > 0.05
    assert after < before + 0.03


def test_the_cloth_is_whole_in_each_pose_on_the_way(
    lowered: tuple[list[Body], Motion], dressed: Dressed
) -> None:
    poses, motion = lowered
    assert len(motion.frames) == len(poses)
    faces = dressed.cloth.node_faces
    for nodes, body in zip(motion.frames, poses, strict=True):
        assert not len(crossings(nodes, faces)[0])
        assert penetration(nodes, faces, Collider(body.vertices, body.faces)) < 0.003


def test_another_body_is_refused(dressed: Dressed) -> None:
    with pytest.raises(BadMesh, match="give the same body in other poses"):
        drape_motion(dressed.drape, [shapes.pillar(0.1, 1.7)], device="cpu")


@pytest.mark.parametrize("seconds", [0.0, float("nan")])
def test_no_poses_and_no_time_between_them_are_refused(dressed: Dressed, seconds: float) -> None:
    with pytest.raises(BadOption, match="no poses"):
        drape_motion(dressed.drape, [], device="cpu")
    with pytest.raises(BadOption, match="above 0"):
        drape_motion(dressed.drape, [dressed.body], frame_s=seconds, device="cpu")


def test_a_collider_moves_with_the_body_in_its_own_order() -> None:
    body = shapes.pillar(0.1, 1.0)
    collider = Collider(body.vertices, body.faces)
    collider.move(body.vertices + np.array([1.0, 0.0, 0.0]))
    place, normal = collider.nearest(np.array([[1.5, 0.5, 0.0]]))
    assert place[0] == pytest.approx([1.1, 0.5, 0.0], abs=1e-3)
    assert normal[0] == pytest.approx([1.0, 0.0, 0.0], abs=0.05)
    turned = replace(body, vertices=body.vertices[:, [2, 1, 0]] * [1.0, 1.0, -1.0])
    collider.move(turned.vertices)
    assert collider.vertices.max(axis=0) == pytest.approx(turned.vertices.max(axis=0))
