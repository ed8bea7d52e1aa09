"""GLB files: records go in and come out; viewers find what the specification promises them."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from fitting.errors import BadInput, BadMesh
from fitting.records import Body, Drape, Measurement, Measurements
from fitting.render.container import Reader, safe_name
from fitting.scenes import read_body, read_look, write_body, write_look


@pytest.fixture(scope="module")
def rich_body(body: Body) -> Body:
    rng = np.random.default_rng(1)
    count = len(body.vertices)
    shares = rng.random((count, 6))
    return dataclasses.replace(
        body,
        joints={"neck": np.array([0.0, 1.5, 0.01]), "shoulder.L": np.array([0.2, 1.4, 0.0])},
        regions={f"part-{k}": rng.choice(count, 40, replace=False) for k in range(30)},
        measurements=Measurements(
            {"waist_girth": Measurement(0.81, 0.01, "photo")}, "female", age_years=31.0
        ),
        bone_names=("root", "spine"),
        bone_indices=rng.integers(0, 2, (count, 6)).astype(np.int32),
        bone_weights=shares / shares.sum(1, keepdims=True),
        bone_heads=np.zeros((2, 3)),
        parameters=np.array([0.1, -0.25]),
    )


def test_a_body_comes_back_as_it_was_to_single_precision(rich_body: Body) -> None:
    back = read_body(write_body(rich_body))
    np.testing.assert_array_equal(back.vertices, rich_body.vertices.astype(np.float32))
    np.testing.assert_array_equal(back.faces, rich_body.faces)
    assert back.measurements == rich_body.measurements
    assert back.bone_names == rich_body.bone_names
    assert back.pose == rich_body.pose
    np.testing.assert_array_equal(back.bone_indices[:, :6], rich_body.bone_indices)
    np.testing.assert_allclose(back.bone_weights[:, :6], rich_body.bone_weights, atol=1e-7)
    np.testing.assert_array_equal(back.parameters, rich_body.parameters)
    for name, where in rich_body.joints.items():
        np.testing.assert_array_equal(back.joints[name], where)
    assert set(back.regions) == set(rich_body.regions)
    for name, which in rich_body.regions.items():
        np.testing.assert_array_equal(back.regions[name], np.sort(which))


def test_a_look_comes_back_with_all_that_assess_needs(body: Body, dress: Drape) -> None:
    _, (back,) = read_look(write_look(body, [dress], shaded=False))
    cloth, was = back.cloth, dress.cloth
    for name in ("panel", "faces", "node", "seam_pairs"):
        np.testing.assert_array_equal(getattr(cloth, name), getattr(was, name), err_msg=name)
    np.testing.assert_array_equal(cloth.uv, was.uv.astype(np.float32))
    np.testing.assert_array_equal(back.positions, dress.positions.astype(np.float32))
    assert back.fabric == dress.fabric
    assert back.report == dress.report
    assert cloth.edge_m == was.edge_m
    assert cloth.pattern.name == was.pattern.name
    assert cloth.pattern.seams == was.pattern.seams
    assert cloth.pattern.options == was.pattern.options
    for panel, before in zip(cloth.pattern.panels, was.pattern.panels, strict=True):
        assert panel.edges == before.edges
        np.testing.assert_array_equal(panel.vertices, before.vertices)


def test_writing_what_was_read_gives_the_same_bytes(rich_body: Body, dress: Drape) -> None:
    once = write_look(rich_body, [dress])
    assert write_look(*read_look(once)) == once
    body = write_body(rich_body)
    assert write_body(read_body(body)) == body


def test_the_same_look_gives_the_same_bytes(body: Body, dress: Drape) -> None:
    assert write_look(body, [dress]) == write_look(body, [dress])


def test_nodes_are_named_and_measured_as_promised(body: Body, dress: Drape) -> None:
    reader = Reader(write_look(body, [dress]))
    tree = reader.tree
    assert [node["name"] for node in tree["nodes"]] == ["avatar", "tube"]
    assert not {"cameras", "lights"} & set(tree)
    part = tree["meshes"][1]["primitives"][0]
    uv = reader.rows(part["attributes"]["TEXCOORD_0"])
    np.testing.assert_allclose(np.ptp(uv, axis=0), [np.pi * 0.16, 0.75], rtol=1e-6)
    bounds = tree["accessors"][tree["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert bounds["min"][1] == pytest.approx(0, abs=1e-6)
    assert bounds["max"][1] == pytest.approx(1.7, abs=1e-6)
    assert "KHR_materials_sheen" in tree["extensionsUsed"]


def test_rib_and_shell_become_materials_of_their_own(body: Body, dress: Drape) -> None:
    front, back = dress.cloth.pattern.panels
    pattern = dataclasses.replace(
        dress.cloth.pattern, panels=(dataclasses.replace(front, material="rib"), back)
    )
    mixed = dataclasses.replace(dress, cloth=dataclasses.replace(dress.cloth, pattern=pattern))
    glb = write_look(body, [mixed], shaded=False)
    tree = Reader(glb).tree
    assert [m["name"] for m in tree["materials"]] == ["skin", "tube-rib", "tube-shell"]
    _, (back_again,) = read_look(glb)
    np.testing.assert_array_equal(back_again.cloth.faces, dress.cloth.faces)


def test_every_glb_passes_the_khronos_validator(
    rich_body: Body, dress: Drape, gltf_validator: Callable[[str, bytes], Any]
) -> None:
    for name, data in (
        ("look", write_look(rich_body, [dress])),
        ("body", write_body(rich_body)),
    ):
        issues = gltf_validator(name, data)
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_a_foreign_obj_is_read_as_a_bare_body(body: Body) -> None:
    mesh = trimesh.Trimesh(body.vertices, body.faces, process=False)
    back = read_body(mesh.export(file_type="obj").encode(), kind="obj")
    np.testing.assert_allclose(back.vertices, body.vertices, atol=1e-6)
    np.testing.assert_array_equal(back.faces, body.faces)
    assert not back.landmarks


def test_a_body_in_centimetres_is_refused_with_the_remedy(body: Body) -> None:
    mesh = trimesh.Trimesh(body.vertices * 100, body.faces, process=False)
    with pytest.raises(BadMesh, match="metres"):
        read_body(mesh.export(file_type="ply"))


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (b"", "glb", "not a GLB"),
        (b"glTF" + struct.pack("<II", 2, 9999) + b"\0" * 20, "glb", "cut short"),
        (b"glTF" + struct.pack("<IIII", 2, 22, 2, 0x4E4F534A) + b"{x", "glb", "broken"),
        (b"no mesh here", "obj", "no triangles"),
        (b"", "stl", "not from .stl"),
    ],
)
def test_a_file_that_is_no_body_is_refused(data: bytes, kind: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_body(data, kind=kind)


def test_a_body_alone_is_no_look(body: Body) -> None:
    with pytest.raises(BadMesh, match="no garment"):
        read_look(write_body(body))


def test_a_look_of_another_format_says_so(body: Body, dress: Drape) -> None:
    glb = write_look(body, [dress], shaded=False)
    with pytest.raises(BadMesh, match="make it again"):
        read_look(glb.replace(b'"format":1', b'"format":9'))


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_body(tmp_path / "nobody.glb")


def test_two_garments_of_one_name_are_refused(body: Body, dress: Drape) -> None:
    with pytest.raises(BadMesh, match="name the garments differently"):
        write_look(body, [dress, dress], shaded=False)


def test_names_keep_to_letters_digits_and_dashes() -> None:
    assert safe_name("Tee & Trouser_2") == "tee-trouser_2"
    assert safe_name("Ж") == "unnamed"
