"""Fabrics and skin as glTF materials."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from fitting.records import FloatArray
from fitting.render.colour import linear
from fitting.render.container import Scene
from fitting.render.figure import suit_colour, tone
from fitting.render.finish import Look
from fitting.render.weaves import Weave, tile


def add_skin(scene: Scene, tone_name: str) -> int:
    """The avatar's material.

    Raises:
        UnknownName: There is no such tone.
    """
    return scene.add("materials", {
        "name": "skin",
        "pbrMetallicRoughness": {
            "baseColorFactor": [*(short(v) for v in skin_base(tone_name)), 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": 0.65,
        },
    })  # fmt: skip


def skin_base(tone_name: str) -> FloatArray:
    """Linear colour that the vertex colours of skin and underwear are shares of, shape (3,).

    Vertex colours only darken, so it is the brighter of the two.
    """
    return np.maximum(linear(tone(tone_name)), suit_colour(tone_name))


def add_button(scene: Scene, name: str) -> int:
    """The material of buttons; their colours are on their vertices."""
    surface = {"baseColorFactor": [1.0, 1.0, 1.0, 1.0], "metallicFactor": 0.0}
    return scene.add(
        "materials", {"name": name, "pbrMetallicRoughness": {**surface, "roughnessFactor": 0.3}}
    )


def add_plain(scene: Scene, name: str) -> int:
    """A matt white material, for colours that mean something."""
    surface = {"baseColorFactor": [1.0, 1.0, 1.0, 1.0], "metallicFactor": 0.0,
               "roughnessFactor": 1.0}  # fmt: skip
    return scene.add(
        "materials", {"name": name, "doubleSided": True, "pbrMetallicRoughness": surface}
    )


def add_cloth(scene: Scene, shown: Look, name: str) -> int:
    """A material for one look of cloth: colour or print, yarns as a normal map, sheen."""
    weave = shown.weave
    dye = linear(shown.colour)
    surface: dict[str, Any] = {
        "baseColorFactor": [*(short(v) for v in dye), short(shown.cover)],
        "metallicFactor": 0.0,
        "roughnessFactor": weave.roughness,
    }
    scene.extension("KHR_materials_sheen")
    scene.extension("KHR_texture_transform")
    material: dict[str, Any] = {
        "name": name,
        "doubleSided": True,
        "pbrMetallicRoughness": surface,
        "normalTexture": {
            "index": scene.image(normal_png(weave), "image/png"),
            # Texture v runs down the picture, fabric y runs up it.
            "extensions": {
                "KHR_texture_transform": {"scale": [short(1 / weave.side), short(-1 / weave.side)]}
            },
        },
        "extensions": {
            "KHR_materials_sheen": {
                "sheenColorFactor": [
                    short(v) for v in weave.sheen * (0.5 * dye + 0.5 * np.sqrt(dye))
                ],
                "sheenRoughnessFactor": weave.sheen_roughness,
            }
        },
    }
    if shown.cover < 1:
        material["alphaMode"] = "BLEND"
    if shown.print is not None:
        surface["baseColorFactor"][:3] = [1.0, 1.0, 1.0]
        surface["baseColorTexture"] = _printed(scene, shown)
    return scene.add("materials", material)


def _printed(scene: Scene, shown: Look) -> dict[str, Any]:
    """The print over the cloth's colour, as a texture turned and scaled to its repeat."""
    printed = shown.print
    assert printed is not None
    texture: dict[str, Any] = {"index": scene.image(print_png(shown), "image/png")}
    if printed.turn:
        # Viewers disagree on the order of rotation and unequal scale: three.js and the
        # specification of KHR_texture_transform do. A second set of coordinates settles it.
        texture["texCoord"] = 1
    else:
        x, y = printed.offset
        texture["extensions"] = {
            "KHR_texture_transform": {
                "offset": [short(-x / printed.width), short(1 + y / printed.height)],
                "scale": [short(1 / printed.width), short(-1 / printed.height)],
            }
        }
    return texture


def print_png(shown: Look) -> bytes:
    """A look's print over its cloth's colour, one repeat.

    At least 16 pixels a side: some viewers cannot repeat a texture of one row.
    """
    from PIL import Image

    printed = shown.print
    assert printed is not None
    ink, share = printed.pixels[..., :3] / 255.0, printed.pixels[..., 3:] / 255.0
    flat = np.round((ink * share + np.array(shown.colour) * (1 - share)) * 255).astype(np.uint8)
    for axis in (0, 1):
        flat = np.repeat(flat, -(-16 // flat.shape[axis]), axis=axis)
    out = io.BytesIO()
    Image.fromarray(flat).save(out, "PNG", optimize=True)
    return out.getvalue()


def normal_png(weave: Weave) -> bytes:
    """A weave's tile as a normal map of glTF's and USD's kind: y up the picture, z from x and y.

    Viewers filter it less well than the studio does: half of the relief looks right in them.
    """
    from PIL import Image

    pixels = tile(weave.kind, weave.yarns, weave.relief / 2)[::-1]
    xy = pixels[..., :2] / 127.5 - 1
    z = np.sqrt(np.clip(1 - (xy**2).sum(2), 0, 1))
    blue = np.round(127.5 + 127.5 * z).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.dstack([pixels[..., :2], blue])).save(out, "PNG", optimize=True)
    return out.getvalue()


def short(value: float) -> float:
    """Six digits are more than a viewer shows, and keep the file the same across libraries."""
    return float(f"{float(value):.6g}")
