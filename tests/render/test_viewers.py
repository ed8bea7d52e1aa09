"""Files for viewers: Draco, colourways, USDZ, and the rig of the mirror."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitting.errors import BadMesh
from fitting.records import Body, Drape, InternalLine, Placement
from fitting.render import Finish, prints, write_body, write_look, write_rigged, write_usdz
from fitting.render.colour import linear
from fitting.render.container import Reader
from fitting.render.figure import TONES, cut_out, suit_colour
from fitting.render.glb import tinted
from fitting.render.materials import skin_base
from fitting.render.rig import JOINTS, garment_shares, joint_shares, posed

from . import dressed

STRIPES = prints.stripes([(None, 2.0), ((0.8, 0.8, 0.7), 1.0)], turn=0.3)
WAYS = {
    "Red": {"tube": Finish(colour=(0.6, 0.1, 0.1))},
    "Striped": {"tube": Finish(print=STRIPES)},
}


@pytest.fixture(scope="module")
def mannequin(body: Body) -> Body:
    """The pillar with arms' and legs' joints, each vertex following the joint nearest to it."""
    sides = {"L": 1.0, "R": -1.0}
    places = {
        "pelvis": (0, 0.95, 0), "chest": (0, 1.35, 0), "head": (0, 1.6, 0),
        **{f"shoulder.{s}": (0.10 * x, 1.4, 0) for s, x in sides.items()},
        **{f"elbow.{s}": (0.12 * x, 1.15, 0) for s, x in sides.items()},
        **{f"wrist.{s}": (0.12 * x, 0.95, 0) for s, x in sides.items()},
        **{f"hip.{s}": (0.08 * x, 0.9, 0) for s, x in sides.items()},
        **{f"knee.{s}": (0.08 * x, 0.5, 0) for s, x in sides.items()},
        **{f"ankle.{s}": (0.08 * x, 0.08, 0) for s, x in sides.items()},
    }  # fmt: skip
    y = body.vertices[:, 1]
    arm = (np.abs(body.vertices[:, 0]) > 0.1) & (y > 0.9) & (y < 1.42)
    bones = ("spine01", "upperarm01.L", "upperarm01.R", "head")
    which = np.where(arm, np.where(body.vertices[:, 0] > 0, 1, 2), np.where(y > 1.55, 3, 0))
    arms = {s: np.flatnonzero(which == k) for k, s in ((1, "L"), (2, "R"))}
    return dataclasses.replace(
        body,
        joints={k: np.array(v, float) for k, v in places.items()},
        regions={"torso": np.flatnonzero(which == 0), "head": np.flatnonzero(which == 3)}
        | {f"arm.{s}": rows for s, rows in arms.items()},
        bone_names=bones,
        bone_indices=which[:, None].astype(np.int32),
        bone_weights=np.ones((len(which), 1)),
    )


def test_draco_files_are_a_third_of_plain_ones(body: Body, dress: Drape) -> None:
    plain = write_look(body, [dress])
    small = write_look(body, [dress], draco=True)
    assert len(small) < len(plain) / 2.5
    tree = Reader(small).tree
    assert tree["extensionsRequired"] == ["KHR_draco_mesh_compression"]
    assert [n["name"] for n in tree["nodes"]] == ["avatar", "tube"]
    assert write_look(body, [dress], draco=True) == small


def test_colourways_are_offered_in_their_order_with_the_default_first(
    body: Body, dress: Drape
) -> None:
    tree = Reader(write_look(body, [dress], colourways=WAYS, shaded=False)).tree
    titles = [v["name"] for v in tree["extensions"]["KHR_materials_variants"]["variants"]]
    assert titles == ["default", "Red", "Striped"]
    part = tree["meshes"][1]["primitives"][0]
    maps = part["extensions"]["KHR_materials_variants"]["mappings"]
    assert [m["variants"] for m in maps] == [[0], [1], [2]]
    assert maps[0]["material"] == part["material"]
    assert len(tree["images"]) == 2  # the weave once, the stripes once


def test_a_turned_print_has_coordinates_of_its_own(body: Body, dress: Drape) -> None:
    reader = Reader(write_look(body, [dress], finishes=WAYS["Striped"], shaded=False))
    where = reader.rows(
        reader.tree["meshes"][1]["primitives"][0]["attributes"]["TEXCOORD_1"]
    ).astype(float)
    fabric = dress.cloth.uv
    across = (np.cos(0.3) * fabric[:, 0] + np.sin(0.3) * fabric[:, 1]) / 0.03
    np.testing.assert_allclose(where[:, 0], across, atol=1e-4)


def test_viewer_files_pass_the_khronos_validator(
    mannequin: Body, dress: Drape, gltf_validator: Callable[[str, bytes], Any]
) -> None:
    for name, data in (
        ("draco", write_look(mannequin, [dress], draco=True)),
        ("ways", write_look(mannequin, [dress], colourways=WAYS)),
        ("rig", write_rigged(mannequin, [dress])),
        ("rig-body", write_rigged(mannequin, [dress], with_body=True)),
    ):
        issues = gltf_validator(name, data)
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), (name, issues["messages"])


def test_buttons_are_in_the_files_for_viewers(body: Body, dress: Drape) -> None:
    front, back = dress.cloth.pattern.panels
    hole = InternalLine("buttonhole", ((0.2, 0.4), (0.2, 0.42)))
    pattern = dataclasses.replace(
        dress.cloth.pattern, panels=(dataclasses.replace(front, lines=(hole,)), back)
    )
    buttoned = dataclasses.replace(dress, cloth=dataclasses.replace(dress.cloth, pattern=pattern))
    tree = Reader(write_look(body, [buttoned], draco=True)).tree
    assert [m["name"] for m in tree["materials"]] == ["skin", "tube-shell", "tube-trims"]
    assert b"tube_trims" in write_usdz(body, [buttoned])


# ---- USDZ ----------------------------------------------------------------------------------------


def test_a_usdz_passes_pixars_validators_at_its_real_size(
    body: Body, dress: Drape, tmp_path: Path
) -> None:
    from pxr import Usd, UsdGeom, UsdValidation

    path = tmp_path / "look.usdz"
    path.write_bytes(write_usdz(body, [dress], finishes=WAYS["Striped"]))
    stage = Usd.Stage.Open(str(path))
    every = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    found = UsdValidation.ValidationContext(every).Validate(stage)
    assert [(e.GetName(), e.GetMessage()) for e in found] == []
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(stage.GetPseudoRoot()).GetRange()
    assert box.GetMin()[1] == pytest.approx(0, abs=1e-3)
    assert box.GetMax()[1] == pytest.approx(1.7, abs=0.01)
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0


def test_a_usdz_is_an_uncompressed_zip_with_files_at_multiples_of_64_bytes(
    body: Body, dress: Drape
) -> None:
    data = write_usdz(body, [dress])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        first, *rest = package.infolist()
        assert first.filename == "look.usdc"
        for info in (first, *rest):
            assert info.compress_type == zipfile.ZIP_STORED
            name, extra = (
                int.from_bytes(data[info.header_offset + k :][:2], "little") for k in (26, 28)
            )
            assert (info.header_offset + 30 + name + extra) % 64 == 0
    assert write_usdz(body, [dress]) == data


# ---- the rig -------------------------------------------------------------------------------------


def test_joints_carry_the_names_and_numbers_of_mediapipes_landmarks(
    mannequin: Body, dress: Drape
) -> None:
    tree = Reader(write_rigged(mannequin, [dress])).tree
    numbers = {n["name"]: n["extras"]["mediapipe_landmark"] for n in tree["nodes"] if "extras" in n}
    assert numbers == {
        "nose": 0, "left_shoulder": 11, "right_shoulder": 12, "left_elbow": 13, "right_elbow": 14,
        "left_wrist": 15, "right_wrist": 16, "left_hip": 23, "right_hip": 24, "left_knee": 25,
        "right_knee": 26, "left_ankle": 27, "right_ankle": 28,
    }  # fmt: skip


def test_joints_stand_where_the_bodys_do(mannequin: Body, dress: Drape) -> None:
    tree = Reader(write_rigged(mannequin, [dress])).tree
    nodes = tree["nodes"]
    above = {child: k for k, node in enumerate(nodes) for child in node.get("children", ())}

    def world(k: int) -> np.ndarray:
        own = np.array(nodes[k]["translation"])
        return own + world(above[k]) if k in above else own

    at = {node["name"]: k for k, node in enumerate(nodes)}
    for joint in JOINTS:
        np.testing.assert_allclose(world(at[joint.name]), mannequin.joints[joint.place], atol=1e-6)


def test_weights_are_shares_of_at_most_four_joints(mannequin: Body, dress: Drape) -> None:
    reader = Reader(write_rigged(mannequin, [dress]))
    named = reader.tree["meshes"][0]["primitives"][0]["attributes"]
    weights = reader.rows(named["WEIGHTS_0"])
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    assert weights.min() >= 0


def test_cloth_of_the_trunk_does_not_follow_the_arm_beside_it(mannequin: Body) -> None:
    drape = dressed.tube(mannequin)
    arms = [k for k, joint in enumerate(JOINTS) if "shoulder" in joint.name]
    free = garment_shares(drape, mannequin, joint_shares(mannequin))
    assert free[:, arms].max() > 0.5
    pattern = drape.cloth.pattern
    panels = tuple(
        dataclasses.replace(p, placement=Placement(wrap="torso")) for p in pattern.panels
    )
    cloth = dataclasses.replace(drape.cloth, pattern=dataclasses.replace(pattern, panels=panels))
    held = garment_shares(
        dataclasses.replace(drape, cloth=cloth), mannequin, joint_shares(mannequin)
    )
    assert held[:, arms].max() == 0


def test_a_rigid_motion_of_all_joints_moves_everything_rigidly(mannequin: Body) -> None:
    turn = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    move = np.column_stack([turn, (0.1, 0.2, 0.3)])
    seen = posed(
        mannequin.vertices, joint_shares(mannequin), np.repeat(move[None], len(JOINTS), axis=0)
    )
    np.testing.assert_allclose(seen, mannequin.vertices @ turn.T + (0.1, 0.2, 0.3), atol=1e-12)


def test_a_body_without_a_skeleton_cannot_be_rigged(body: Body, dress: Drape) -> None:
    with pytest.raises(BadMesh, match="fitting avatar"):
        write_rigged(body, [dress])


def test_no_file_for_viewers_shows_anyone_naked(body: Body, dress: Drape) -> None:
    reader = Reader(write_body(body))
    tints = reader.rows(reader.tree["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"])
    assert len(np.unique(tints[:, 0])) == 2  # skin and underwear
    for tone in ("espresso", "mannequin"):
        base = np.array(skin_base(tone))
        skin = tinted(np.ones(2), np.array([-1.0, 1.0]), tone)[:, :3] / 255 * base
        np.testing.assert_allclose(skin[0], linear(TONES[tone]), atol=0.005)
        np.testing.assert_allclose(skin[1], suit_colour(tone), atol=0.005)
    assert b"underwear" in write_usdz(body, [dress])


def test_the_underwear_is_cut_out_along_a_straight_line_without_holes(body: Body) -> None:
    field = 0.803 - body.vertices[:, 1]
    cut = cut_out(body.faces, field)
    place = cut.spread(body.vertices)
    np.testing.assert_allclose(place[len(field) :, 1], 0.803, atol=1e-9)
    assert place[cut.suit][:, :, 1].max() <= 0.803 + 1e-9 <= place[cut.skin][:, :, 1].min() + 2e-9

    def area(faces: np.ndarray, points: np.ndarray) -> np.ndarray:
        a, b, c = (points[faces[:, k]] for k in range(3))
        return np.cross(b - a, c - a).sum(0), np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()

    whole = area(body.faces, body.vertices)
    both = area(np.vstack([cut.skin, cut.suit]), place)
    np.testing.assert_allclose(both[0], whole[0], atol=1e-9)
    assert both[1] == pytest.approx(whole[1], rel=1e-9)
