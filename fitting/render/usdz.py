"""Dressed avatars as USDZ, for AR Quick Look: one file a colourway.

Metres, +y up, origin on the floor between the feet, as in the GLB.

Reference:
    Pixar, USDZ file format specification: an uncompressed zip whose files begin at multiples of 64
    bytes, the scene first.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fitting.errors import BadMesh, NotSupported
from fitting.records import Body, Drape, IntArray
from fitting.render.colour import linear
from fitting.render.container import safe_name
from fitting.render.figure import suit_colour, tone
from fitting.render.finish import Finish, Look, look
from fitting.render.glb import (
    Arrays,
    by_material,
    cloth_arrays,
    figure_arrays,
    single,
    trim_arrays,
)
from fitting.render.light import AmbientLight
from fitting.render.materials import normal_png, print_png
from fitting.render.trims import trims

_STAMP = (2000, 1, 1, 0, 0, 0)  # of every file in the zip, so that the same look is the same bytes


def write_usdz(
    body: Body,
    drapes: Sequence[Drape],
    *,
    finishes: Mapping[str, Finish] | None = None,
    tone_name: str = "mannequin",
) -> bytes:
    """A dressed avatar as a USDZ.

    Args:
        body: The avatar.
        drapes: Garments, from the skin outwards.
        finishes: How garments are shown, by garment name.
        tone_name: The avatar's colour.

    Raises:
        BadMesh: Two garments of one name.
        UnknownName: There is no such tone.
        NotSupported: usd-core is not installed.
    """
    try:
        from pxr import Kind, Usd, UsdGeom
    except ImportError as error:
        raise NotSupported(f"USDZ needs usd-core ({error}): pip install usd-core") from None
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, "/look")
    stage.SetDefaultPrim(root.GetPrim())
    Usd.ModelAPI(root).SetKind(Kind.Tokens.component)
    UsdGeom.Scope.Define(stage, "/look/materials")
    scene = _Scene(stage)
    body = single(body)
    light = AmbientLight(body, drapes, rays=32)
    arrays, cut = figure_arrays(body, light, tone_name)
    skin = scene.material("skin", tuple(linear(tone(tone_name))), 0.65)
    suit = scene.material("underwear", tuple(suit_colour(tone_name)), 0.65)
    parts = {skin: cut.skin, suit: cut.suit}
    scene.mesh("avatar", arrays, {k: f for k, f in parts.items() if len(f)}, two_sided=False)
    taken = {"avatar"}
    for drape in drapes:
        name = safe_name(drape.cloth.pattern.name).replace("-", "_")
        if name in taken:
            raise BadMesh(f"two parts would be named {name!r}; name the garments differently")
        taken.add(name)
        finish = (finishes or {}).get(drape.cloth.pattern.name, Finish())
        faces = {
            scene.cloth(f"{name}_{kind}", look(drape.fabric, finish, kind)): drape.cloth.faces[rows]
            for kind, rows in by_material(drape).items()
        }
        scene.mesh(name, cloth_arrays(drape, None, [finish]), faces, two_sided=True)
        sewn_on = trims(drape, finish.colour or drape.fabric.colour)
        if sewn_on is not None:
            shell = scene.material(f"{name}_trims", tuple(linear(sewn_on.colours[0])), 0.3)
            arrays = trim_arrays(sewn_on)
            scene.mesh(f"{name}_trims", arrays, {shell: sewn_on.faces}, two_sided=False)
    return _zipped({"look.usdc": _crate(stage), **scene.files})


class _Scene:
    """A USD stage being written, and the pictures it refers to."""

    def __init__(self, stage: Any) -> None:
        self._stage = stage
        self.files: dict[str, bytes] = {}

    def mesh(
        self, name: str, arrays: Arrays, faces: Mapping[str, IntArray], *, two_sided: bool
    ) -> None:
        """A mesh whose faces are split among materials, by path."""
        from pxr import Sdf, UsdGeom, UsdShade, Vt

        mesh = UsdGeom.Mesh.Define(self._stage, f"/look/{name}")
        place = arrays["POSITION"]
        every = np.vstack(list(faces.values())).astype(np.int32)
        mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(place))
        mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([place.min(0), place.max(0)])))
        mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(every), 3, np.int32)))
        mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(every.ravel()))
        mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(arrays["NORMAL"]))
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
        mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
        mesh.CreateDoubleSidedAttr(two_sided)
        for primvar_name, rows in _coordinates(arrays).items():
            primvar = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(
                primvar_name, Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex
            )
            primvar.Set(Vt.Vec2fArray.FromNumpy(rows))
        if len(faces) == 1:
            _bind(self._stage, mesh.GetPrim(), next(iter(faces)))
            return
        at = 0
        for path, rows in faces.items():
            which = np.arange(at, at + len(rows), dtype=np.int32)
            at += len(rows)
            subset = UsdGeom.Subset.CreateGeomSubset(
                mesh, path.rsplit("/", 1)[1], UsdGeom.Tokens.face, Vt.IntArray.FromNumpy(which),
                UsdShade.Tokens.materialBind, UsdGeom.Tokens.partition,
            )  # fmt: skip
            _bind(self._stage, subset.GetPrim(), path)

    def material(
        self, name: str, colour: tuple[float, ...], rough: float, cover: float = 1.0
    ) -> str:
        """A plain material; its path."""
        from pxr import Gf, Sdf, UsdShade

        path = f"/look/materials/{name}"
        made = UsdShade.Material.Define(self._stage, path)
        surface = UsdShade.Shader.Define(self._stage, f"{path}/surface")
        surface.CreateIdAttr("UsdPreviewSurface")
        for key, value in (("roughness", rough), ("metallic", 0.0), ("opacity", cover)):
            surface.CreateInput(key, Sdf.ValueTypeNames.Float).Set(float(value))
        dye = Gf.Vec3f(*(float(c) for c in colour))
        surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(dye)
        out = surface.CreateOutput("surface", Sdf.ValueTypeNames.Token)
        made.CreateSurfaceOutput().ConnectToSource(out)
        return path

    def cloth(self, name: str, shown: Look) -> str:
        """A material for one look of cloth; its path."""
        from pxr import Gf, Sdf, UsdShade

        weave = shown.weave
        path = self.material(name, tuple(linear(shown.colour)), weave.roughness, shown.cover)
        surface = UsdShade.Shader.Get(self._stage, f"{path}/surface")
        yarns = self._picture(f"{weave.kind}_{weave.yarns}.png", normal_png(weave))
        normal = self._texture(path, "yarns", "st", yarns, "raw")
        self._placed(path, "yarns", (1 / weave.side, 1 / weave.side), (0.0, 0.0))
        for key, value in (("scale", (2, 2, 2, 1)), ("bias", (-1, -1, -1, 0))):
            normal.CreateInput(key, Sdf.ValueTypeNames.Float4).Set(Gf.Vec4f(*value))
        surface.CreateInput("normal", Sdf.ValueTypeNames.Normal3f).ConnectToSource(
            normal.CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
        )
        if shown.print is not None:
            ink = self._picture(f"{name}.png", print_png(shown))
            texture = self._texture(path, "ink", "st1" if shown.print.turn else "st", ink, "sRGB")
            if not shown.print.turn:
                across, up = 1 / shown.print.width, 1 / shown.print.height
                x, y = shown.print.offset
                self._placed(path, "ink", (across, up), (-x * across, -y * up))
            surface.GetInput("diffuseColor").ConnectToSource(
                texture.CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
            )
        return path

    def _picture(self, name: str, data: bytes) -> str:
        """A file name for a picture, the same for the same bytes."""
        key = f"textures/{zlib.crc32(data):08x}_{name}"
        self.files[key] = data
        return key

    def _texture(self, path: str, name: str, primvar: str, file: str, space: str) -> Any:
        """A repeating texture over a set of coordinates."""
        from pxr import Sdf, UsdShade

        reader = UsdShade.Shader.Define(self._stage, f"{path}/{name}_where")
        reader.CreateIdAttr("UsdPrimvarReader_float2")
        reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set(primvar)
        reader.CreateOutput("result", Sdf.ValueTypeNames.Float2)
        texture = UsdShade.Shader.Define(self._stage, f"{path}/{name}")
        texture.CreateIdAttr("UsdUVTexture")
        texture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(f"./{file}"))
        texture.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(
            reader.ConnectableAPI(), "result"
        )
        for key in ("wrapS", "wrapT"):
            texture.CreateInput(key, Sdf.ValueTypeNames.Token).Set("repeat")
        texture.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set(space)
        return texture

    def _placed(
        self, path: str, name: str, scale: tuple[float, float], offset: tuple[float, float]
    ) -> None:
        """Put a scale and an offset before a texture: repeats a metre of fabric."""
        from pxr import Gf, Sdf, UsdShade

        place = UsdShade.Shader.Define(self._stage, f"{path}/{name}_place")
        place.CreateIdAttr("UsdTransform2d")
        reader = UsdShade.Shader.Get(self._stage, f"{path}/{name}_where")
        place.CreateInput("in", Sdf.ValueTypeNames.Float2).ConnectToSource(
            reader.ConnectableAPI(), "result"
        )
        for key, value in (("scale", scale), ("translation", offset)):
            place.CreateInput(key, Sdf.ValueTypeNames.Float2).Set(Gf.Vec2f(*value))
        place.CreateOutput("result", Sdf.ValueTypeNames.Float2)
        texture = UsdShade.Shader.Get(self._stage, f"{path}/{name}")
        texture.GetInput("st").ConnectToSource(place.ConnectableAPI(), "result")


def _coordinates(arrays: Arrays) -> Arrays:
    """USD's texture coordinates by primvar: fabric metres, and prints that are turned, v up."""
    out: Arrays = {}
    if "TEXCOORD_0" in arrays:
        out["st"] = arrays["TEXCOORD_0"]
    if "TEXCOORD_1" in arrays:
        out["st1"] = arrays["TEXCOORD_1"] * np.array([1, -1], np.float32) + np.array(
            [0, 1], np.float32
        )
    return out


def _bind(stage: Any, prim: Any, path: str) -> None:
    from pxr import UsdShade

    material = UsdShade.Material.Get(stage, path)
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(material)


def _crate(stage: Any) -> bytes:
    """The stage as a binary USD file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "look.usdc"
        stage.GetRootLayer().Export(str(path))
        return path.read_bytes()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip with every file at a multiple of 64 bytes."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _STAMP)
            # Local header of 30 bytes, the name, and an extra field that fills up to 64.
            gap = -(out.tell() + 30 + len(name) + 4) % 64
            info.extra = b"\x86\x19" + gap.to_bytes(2, "little") + bytes(gap)
            package.writestr(info, data)
    return out.getvalue()
