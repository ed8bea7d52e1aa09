"""Avatars and dressed avatars as files, and back as records.

A GLB of this project's own is read back whole. Any other GLB, OBJ or PLY is read as a bare body:
a closed mesh in metres, +y up, standing on the floor.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitting.errors import BadInput, BadMesh
from fitting.records import (
    Body,
    ClothMesh,
    Drape,
    DrapeReport,
    Fabric,
    FloatArray,
    IntArray,
    Measurements,
    Pattern,
)
from fitting.render.codec import record
from fitting.render.container import Reader
from fitting.render.glb import FORMAT, write_body, write_look

__all__ = ["read_body", "read_look", "write_body", "write_look"]

# An adult between these heights [m]: outside them the file is in another unit.
_STATURE = (1.0, 2.5)


def read_body(source: bytes | Path, *, kind: str | None = None) -> Body:
    """An avatar from the bytes or the path of a file.

    Args:
        source: A GLB, OBJ or PLY.
        kind: ``glb``, ``obj`` or ``ply``; by the path's suffix, or told from the bytes.

    Raises:
        BadInput: The file cannot be read, or its kind is not known.
        BadMesh: No mesh in it, not finite, or not a person's size in metres.
    """
    data, kind = _bytes(source, kind)
    if kind == "glb":
        reader = Reader(data)
        node = _own_node(reader, "body")
        if node is not None:
            return _body(reader, node)
    return _foreign(data, kind)


def read_look(source: bytes | Path) -> tuple[Body, tuple[Drape, ...]]:
    """The avatar and the garments of a GLB that `write_look` made.

    Raises:
        BadInput: The file cannot be read.
        BadMesh: Not such a GLB.
    """
    data, kind = _bytes(source, "glb" if isinstance(source, bytes) else None)
    if kind != "glb":
        raise BadMesh(f"a dressed avatar is read from a .glb, not from a .{kind}")
    reader = Reader(data)
    node = _own_node(reader, "body")
    if node is None:
        raise BadMesh("the GLB has no avatar of this project; `fitting drape` writes one")
    body = _body(reader, node)
    worn = [n for n in reader.tree.get("nodes", ()) if _extras(n).get("kind") == "garment"]
    if not worn:
        raise BadMesh("the GLB has an avatar but no garment; `fitting drape` writes both")
    return body, tuple(_drape(reader, n, body) for n in worn)


def _bytes(source: bytes | Path, kind: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, kind or ("glb" if source[:4] == b"glTF" else _told(source))
    try:
        data = Path(source).read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read {source}: {error.strerror}") from None
    return data, kind or Path(source).suffix.lower().lstrip(".")


def _told(data: bytes) -> str:
    return "ply" if data[:3] == b"ply" else "obj"


def _extras(node: Mapping[str, Any]) -> Mapping[str, Any]:
    found = node.get("extras")
    own = found.get("cyberatelier") if isinstance(found, dict) else None
    return own if isinstance(own, dict) else {}


def _own_node(reader: Reader, kind: str) -> dict[str, Any] | None:
    for node in reader.tree.get("nodes", ()):
        if _extras(node).get("kind") == kind:
            if _extras(node).get("format") != FORMAT:
                raise BadMesh(
                    f"the GLB has format {_extras(node).get('format')}, this version reads "
                    f"{FORMAT}; make it again"
                )
            return dict(node)
    return None


def _parts(reader: Reader, node: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        return list(reader.tree["meshes"][node["mesh"]]["primitives"])
    except (KeyError, IndexError, TypeError):
        raise BadMesh("a node of the GLB has no mesh; make the file again") from None


def _body(reader: Reader, node: Mapping[str, Any]) -> Body:
    extras = _extras(node)
    part = _parts(reader, node)[0]
    named = part["attributes"]
    faces = reader.rows(part["indices"]).reshape(-1, 3)
    regions: dict[str, IntArray] = {}
    for at, name in enumerate(extras.get("regions", ())):
        bits = reader.rows(named[f"_REGIONS_{at // 24}"]).astype(np.int64)
        regions[name] = np.flatnonzero(bits >> (at % 24) & 1).astype(np.int32)
    bones = [reader.rows(named[f"_BONES_{k}"]) for k in range(4) if f"_BONES_{k}" in named]
    shares = [reader.rows(named[f"_SHARES_{k}"]) for k in range(4) if f"_SHARES_{k}" in named]
    taken = extras.get("measurements")

    def array(key: str) -> FloatArray | None:
        return np.asarray(extras[key], float) if key in extras else None

    return Body(
        vertices=reader.rows(named["POSITION"]).astype(float),
        faces=faces,
        joints={k: np.asarray(v, float) for k, v in extras.get("joints", {}).items()},
        landmarks={k: np.asarray(v, float) for k, v in extras.get("landmarks", {}).items()},
        regions=regions,
        measurements=None if taken is None else record(Measurements, taken),
        pose=extras.get("pose", "a"),
        bone_names=tuple(extras.get("bone_names", ())),
        bone_indices=np.hstack(bones).astype(np.int32) if bones else None,
        bone_weights=np.hstack(shares).astype(float) if shares else None,
        bone_heads=array("bone_heads"),
        parameters=array("parameters"),
    )


def _drape(reader: Reader, node: Mapping[str, Any], body: Body) -> Drape:
    extras, parts = _extras(node), _parts(reader, node)
    named = parts[0]["attributes"]
    try:
        place = reader.rows(named["POSITION"]).astype(float)
        cell = reader.rows(named["_NODE"]).astype(np.int32)
        runs = [run for part in parts for run in part["extras"]["faces"]]
        pattern = record(Pattern, extras["pattern"])
        fabric = record(Fabric, extras["fabric"])
        report = record(DrapeReport, extras["report"])
        cloth = ClothMesh(
            pattern=pattern,
            uv=reader.rows(named["TEXCOORD_0"]),
            panel=reader.rows(named["_PANEL"]).astype(np.int32),
            faces=_ordered(reader, parts, runs),
            node=cell,
            start=place,
            edge_m=float(extras["edge_m"]),
            seam_pairs=np.asarray(extras["seam_pairs"], np.int32).reshape(-1, 2),
        )
    except KeyError as error:
        raise BadMesh(
            f"the garment {node.get('name')!r} lacks {error}; `fitting drape` writes all that is "
            "needed"
        ) from None
    positions = np.zeros((cloth.nodes, 3))
    positions[cell] = place
    return Drape(cloth, body, fabric, positions, report)


def _ordered(reader: Reader, parts: list[dict[str, Any]], runs: list[tuple[int, int]]) -> IntArray:
    """The cloth's triangles in their own order, from primitives by material."""
    faces = np.vstack([reader.rows(part["indices"]).reshape(-1, 3) for part in parts])
    order = np.concatenate([np.arange(first, first + count) for first, count in runs])
    out = np.empty((len(faces), 3), np.int32)
    out[order] = faces
    return out


def _foreign(data: bytes, kind: str) -> Body:
    """A bare body from another program's file."""
    import trimesh

    if kind not in ("glb", "obj", "ply"):
        raise BadInput(f"a body is read from .glb, .obj or .ply, not from .{kind}")
    try:
        loaded = trimesh.load(
            io.BytesIO(data), file_type=kind, process=False, maintain_order=True, force="mesh"
        )
    except Exception as error:  # every parser of trimesh has exceptions of its own
        raise BadMesh(f"the .{kind} cannot be read ({error}); export it again") from None
    faces = np.asarray(getattr(loaded, "faces", np.zeros((0, 3))))
    if not len(faces):
        raise BadMesh(f"the .{kind} has no triangles; export the body as a mesh")
    vertices = np.asarray(loaded.vertices, float)
    if not np.isfinite(vertices).all():
        raise BadMesh("the body has coordinates that are not finite; export it again")
    stature = float(np.ptp(vertices[:, 1]))
    if not _STATURE[0] <= stature <= _STATURE[1]:
        raise BadMesh(
            f"the body is {stature:.3g} high along y; it must be {_STATURE[0]} to {_STATURE[1]} m: "
            "export it in metres with +y up"
        )
    return Body(vertices, faces, pose="unknown")
