"""A garment on a body that moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from fitting.body.pose import poses_between
from fitting.drape import drape_motion
from fitting.drape.collider import Collider
from fitting.drape.motion import Motion, _spread
from fitting.drape.quality import crossings, distances, penetration
from fitting.drape.topology import adjacency
from fitting.errors import BadMesh, BadOption
from fitting.records import Body

from . import shapes
from .conftest import Dressed


@pytest.fixture(scope="module")
def lowered(dressed: Dressed) -> tuple[list[Body], Motion]:
    """Both arms 20° lower; all the way down is in `benchmarks/motion.py`."""
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


def test_what_is_under_a_place_is_the_nearest_place_of_the_skin() -> None:
    body = shapes.pillar(0.1, 1.0)
    collider = Collider(body.vertices, body.faces)
    points = np.array([[0.15, 0.5, 0.0], [0.0, 5.0, 0.0]])
    corners, weight, far = collider.beneath(points, 0.3)
    under = np.einsum("nk,nkx->nx", weight, collider.vertices[corners])
    assert under[0] == pytest.approx([0.1, 0.5, 0.0], abs=1e-3)
    assert far == pytest.approx([0.05, 0.3], abs=1e-3)


def test_where_a_body_goes_through_itself_or_leaves_no_room_nothing_is_inside() -> None:
    left, right = shapes.pillar(0.1, 1.0), shapes.pillar(0.1, 1.0)
    apart = {"through": 0.17, "close": 0.205, "clear": 0.24}
    found = {}
    for name, gap in apart.items():
        vertices = np.concatenate([left.vertices, right.vertices + np.array([gap, 0, 0])])
        faces = np.concatenate([left.faces, right.faces + len(left.vertices)])
        collider = Collider(vertices, faces)
        # Just under the skin of the left one where it is nearest to the right one, and behind.
        points = np.array([[0.095, 0.5, 0.0], [-0.095, 0.5, 0.0]])
        before = distances(points, collider)
        collider.room = 0.008
        found[name] = before, distances(points, collider)
    for before, after in found.values():
        assert before == pytest.approx([-0.005, -0.005], abs=5e-4)
        assert after[1] == pytest.approx(before[1])
    assert [found[name][1][0] > 0 for name in apart] == [True, True, False]


def test_cloth_that_hangs_free_goes_along_with_the_cloth_around_it() -> None:
    # A strip that lies on skin which moves at one end, hangs from there, and lies again on skin
    # that stays.
    count = 21
    ends = np.column_stack([np.arange(count - 1), np.arange(1, count)])
    rings = adjacency(ends, count).astype(np.float64)
    share, by = np.zeros(count), np.zeros((count, 3))
    share[[0, -1]] = 1.0
    by[0] = [0.004, 0.0, 0.0]
    by[10] = [0.0, 0.5, 0.0]  # skin far below
    moved = _spread(by, share, rings)
    assert moved[:, 0] == pytest.approx(np.linspace(0.004, 0.0, count), abs=1e-4)
    assert np.abs(moved[:, 1:]).max() < 1e-4


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
