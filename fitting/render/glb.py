"""Dressed avatars as GLB files: for viewers, and whole enough to be read back as records.

Metres, +y up, origin on the floor between the feet; one node ``avatar`` and one a garment. What a
viewer does not need but the next stage does travels in node extras and in attributes whose names
begin with an underscore, which viewers pass over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadMesh
from fitting.pleats import seen_corners
from fitting.records import Body, Drape, FloatArray, IntArray
from fitting.render import codec
from fitting.render.colour import linear
from fitting.render.container import INDICES, Scene, safe_name
from fitting.render.draco import add_primitive
from fitting.render.figure import Cut, calm_skin, cut_out, figure, suit_colour, tone, underwear
from fitting.render.finish import Finish, look
from fitting.render.light import AmbientLight
from fitting.render.maps import scale
from fitting.render.materials import add_button, add_cloth, add_plain, add_skin, skin_base
from fitting.render.surfaces import tangents, vertex_normals
from fitting.render.trims import Trims, trims

FORMAT = 1
# Regions are bits of a float32 attribute, which holds whole numbers up to 2**24 exactly.
_BITS = 24
_VARIANTS = "KHR_materials_variants"

Arrays = dict[str, NDArray[Any]]
Finishes = Mapping[str, Finish]


def write_look(
    body: Body,
    drapes: Sequence[Drape],
    *,
    finishes: Finishes | None = None,
    colourways: Mapping[str, Finishes] | None = None,
    tone_name: str = "mannequin",
    shaded: bool = True,
    draco: bool = False,
    heat: Mapping[str, FloatArray] | None = None,
    map: str = "none",
) -> bytes:
    """A dressed avatar as a GLB.

    Args:
        body: The avatar.
        drapes: Garments, from the skin outwards.
        finishes: How garments are shown, by garment name.
        colourways: More ways to show them, by title; a viewer lets one choose
            (KHR_materials_variants). The first is `finishes`, titled ``default``.
        tone_name: The avatar's colour.
        shaded: Bake the ambient light into vertex colours.
        draco: Compress it for viewers; such a file cannot be read back as records.
        heat: Linear colours of a map on the cloth's vertices, by garment name, shape (V, 3), as
            `fitting.render.stills.heat_of` makes them; the cloth is then shown plain and matt.
        map: Which map that is; its legend is put into the garments' extras.

    Raises:
        BadMesh: Two garments of one name, or a garment named ``avatar``.
        UnknownName: There is no such tone.
    """
    # Rounded first, so that what is read back is written as the same bytes again.
    body, drapes = single(body), [single_drape(d) for d in drapes]
    scene = Scene()
    light = AmbientLight(body, drapes, rays=32) if shaded or draco else None
    ways = {"default": finishes or {}, **(colourways or {})}
    if colourways:
        scene.extension(_VARIANTS)
        names = [{"name": title} for title in ways]
        scene.tree["extensions"] = {_VARIANTS: {"variants": names}}
    skin = add_skin(scene, tone_name)
    if draco:
        # For eyes only: the calm mannequin of the pictures.
        assert light is not None
        arrays, cut = figure_arrays(body, light, tone_name)
        faces = np.vstack([cut.skin, cut.suit])
        _place_mesh(scene, "avatar", [add_primitive(scene, arrays, faces, skin)])
    else:
        arrays = body_arrays(body)
        if light is not None:
            arrays["COLOR_0"] = tinted(light.body[:, 3], underwear(body), tone_name)
        _add_avatar(scene, body, skin, arrays)
    taken = {"avatar"}
    for k, drape in enumerate(drapes):
        seen = light.cloth[k][0][:, 3] if light is not None and shaded else None
        name = safe_name(drape.cloth.pattern.name)
        if name in taken:
            raise BadMesh(f"two nodes would be named {name!r}; name the garments differently")
        taken.add(name)
        own = [way.get(drape.cloth.pattern.name, Finish()) for way in ways.values()]
        worn = (heat or {}).get(drape.cloth.pattern.name)
        _add_garment(scene, drape, name, own, seen, draco=draco, heat=worn, map=map)
    return scene.dump()


def write_body(body: Body) -> bytes:
    """An avatar as a GLB that `fitting.scenes.read_body` reads back.

    Positions and skin weights come back in single precision, all else as it was.
    """
    scene = Scene()
    body = single(body)
    arrays = body_arrays(body) | _skin_shares(body)
    arrays["COLOR_0"] = tinted(np.ones(len(body.vertices)), underwear(body), "mannequin")
    _add_avatar(scene, body, add_skin(scene, "mannequin"), arrays)
    return scene.dump()


def single(body: Body) -> Body:
    """The body with vertices of single precision."""
    return dataclasses.replace(body, vertices=body.vertices.astype(np.float32))


def single_drape(drape: Drape) -> Drape:
    """The drape with positions and material coordinates of single precision."""
    cloth = dataclasses.replace(drape.cloth, uv=drape.cloth.uv.astype(np.float32))
    return dataclasses.replace(drape, cloth=cloth, positions=drape.positions.astype(np.float32))


def shade(open_share: FloatArray) -> NDArray[np.uint8]:
    """Vertex colours, shape (N, 4).

    A viewer multiplies its own light by them, so they darken only where little light comes in.
    """
    grey = np.clip(0.35 + 0.65 * np.clip(open_share / 0.8, 0, 1), 0, 1)
    steps = np.round(grey * 255).astype(np.uint8)
    return np.column_stack([steps, steps, steps, np.full(len(steps), 255, np.uint8)])


def indices(faces: IntArray, count: int) -> NDArray[Any]:
    """Triangle indices in the smallest type that holds them; 65535 marks a restart."""
    return np.asarray(faces, np.uint16 if count < 65535 else np.uint32).ravel()


def unit(rows: FloatArray) -> NDArray[np.float32]:
    """Vectors of unit length to float32's precision, as glTF asks for."""
    short = rows.astype(np.float32)
    length = np.linalg.norm(short, axis=1, keepdims=True)
    out: NDArray[np.float32] = short / np.where(length > 0, length, 1)
    return out


# ---- what is drawn -------------------------------------------------------------------------------


def body_arrays(body: Body) -> Arrays:
    """Vertex attributes of an avatar as it is."""
    return {
        "POSITION": body.vertices.astype(np.float32),
        "NORMAL": unit(vertex_normals(body.vertices, body.faces)),
    }


def figure_arrays(body: Body, light: AmbientLight, tone_name: str) -> tuple[Arrays, Cut]:
    """Vertex attributes of the calm mannequin that stands for an avatar, cut at its underwear."""
    shown = figure(calm_skin(body), light, tone_name)
    cut = cut_out(shown.faces, shown.suit)
    open_share = cut.spread(shown.open)[:, 3]
    arrays: Arrays = {
        "POSITION": cut.spread(shown.positions).astype(np.float32),
        "NORMAL": unit(cut.spread(shown.normals)),
        "COLOR_0": tinted(open_share, cut.worn, tone_name),
    }
    return arrays, cut


def tinted(open_share: FloatArray, suit: FloatArray, tone_name: str) -> NDArray[np.uint8]:
    """Vertex colours of an avatar: the room's light, and the underwear's colour."""
    base = skin_base(tone_name)
    worn = (suit > 0)[:, None]
    ratio = np.where(worn, suit_colour(tone_name) / base, linear(tone(tone_name)) / base)
    out = shade(open_share)
    out[:, :3] = np.round(out[:, :3] * ratio)
    return out


def cloth_arrays(drape: Drape, light: FloatArray | None, finishes: Sequence[Finish]) -> Arrays:
    """Vertex attributes of a garment that viewers draw."""
    cloth, place = drape.cloth, drape.vertex_positions
    seen = seen_corners(cloth.pattern, cloth.uv, cloth.panel, cloth.faces)
    normal = vertex_normals(place, cloth.faces, cloth.node, seen)
    weft = tangents(place, normal, cloth.uv, cloth.faces, seen)
    weft = np.column_stack([unit(weft[:, :3]), weft[:, 3]])
    arrays: Arrays = {
        "POSITION": place.astype(np.float32),
        "NORMAL": unit(normal),
        "TANGENT": weft.astype(np.float32),
        "TEXCOORD_0": cloth.uv.astype(np.float32),
    }
    for finish in finishes:
        if finish.print is not None and finish.print.turn:
            rows = np.array(finish.print.rows)
            across = cloth.uv @ rows[:, :2].T + rows[:, 2]
            across[:, 1] = 1 - across[:, 1]
            arrays["TEXCOORD_1"] = across.astype(np.float32)
    if light is not None:
        arrays["COLOR_0"] = shade(light)
    return arrays


def heated(heat: FloatArray) -> NDArray[np.uint8]:
    """A map's linear colours as they are, shape (V, 4): baked shade would change what they mean."""
    return np.column_stack([np.round(255 * heat), np.full(len(heat), 255)]).astype(np.uint8)


def legend_of(map: str) -> dict[str, Any]:
    """The scale of a map for a viewer: unit, values at the ends, sRGB colours between."""
    of = scale(map)
    return {
        "map": map, "title": of.title, "unit": of.unit, "low": of.low / of.shown,
        "high": of.high / of.shown, "stops": list(of.stops),
    }  # fmt: skip


def trim_arrays(trims: Trims) -> Arrays:
    """Vertex attributes of buttons and zip pulls."""
    tints = np.round(linear(trims.colours) * 255).astype(np.uint8)
    return {
        "POSITION": trims.positions.astype(np.float32),
        "NORMAL": unit(trims.normals),
        "COLOR_0": np.column_stack([tints, np.full(len(tints), 255, np.uint8)]),
    }


def accessors(scene: Scene, arrays: Arrays) -> dict[str, int]:
    """Accessors by attribute name."""
    return {
        name: scene.accessor(rows, bounds=name == "POSITION", normalized=name.startswith("COLOR"))
        for name, rows in arrays.items()
    }


def by_material(drape: Drape) -> dict[str, IntArray]:
    """Indices of the cloth's faces by the material of their panel."""
    kinds = [p.material for p in drape.cloth.pattern.panels]
    owner = np.array([sorted(set(kinds)).index(k) for k in kinds])[
        drape.cloth.panel[drape.cloth.faces[:, 0]]
    ]
    found = {k: np.flatnonzero(owner == i) for i, k in enumerate(sorted(set(kinds)))}
    return {k: rows.astype(np.int32) for k, rows in found.items() if len(rows)}


def cloth_materials(
    scene: Scene, drape: Drape, name: str, kind: str, finishes: Sequence[Finish]
) -> tuple[int, dict[str, Any]]:
    """The first finish's material, and the extension that offers the others."""
    made = []
    for k, finish in enumerate(finishes):
        label = f"{name}-{kind}" if k == 0 else f"{name}-{kind}-{k}"
        made.append(add_cloth(scene, look(drape.fabric, finish, kind), safe_name(label)))
    if len(made) == 1:
        return made[0], {}
    rows = [{"material": material, "variants": [k]} for k, material in enumerate(made)]
    return made[0], {_VARIANTS: {"mappings": rows}}


def _place_mesh(
    scene: Scene,
    name: str,
    primitives: list[dict[str, Any]],
    extras: dict[str, Any] | None = None,
) -> None:
    node: dict[str, Any] = {"name": name}
    node["mesh"] = scene.add("meshes", {"name": name, "primitives": primitives})
    if extras is not None:
        node["extras"] = {"cyberatelier": extras}
    scene.place(node)


def _add_avatar(scene: Scene, body: Body, material: int, arrays: Arrays) -> None:
    named = accessors(scene, arrays | _region_bits(body))
    faces = scene.accessor(indices(body.faces, len(body.vertices)), target=INDICES)
    primitive = {"attributes": named, "indices": faces, "material": material}
    _place_mesh(scene, "avatar", [primitive], _body_extras(body))


def _add_garment(
    scene: Scene,
    drape: Drape,
    name: str,
    finishes: Sequence[Finish],
    light: FloatArray | None,
    *,
    draco: bool,
    heat: FloatArray | None = None,
    map: str = "none",
) -> None:
    cloth = drape.cloth
    arrays = cloth_arrays(drape, light, finishes)
    plain = None
    if heat is not None:
        arrays["COLOR_0"] = heated(heat)
        plain = add_plain(scene, f"{name}-{map}")
    shared: dict[str, int] = {}
    if not draco:
        arrays["_NODE"] = cloth.node.astype(np.float32)
        arrays["_PANEL"] = cloth.panel.astype(np.float32)
        shared = accessors(scene, arrays)
    primitives = []
    for kind, rows in by_material(drape).items():
        if plain is None:
            material, extensions = cloth_materials(scene, drape, name, kind, finishes)
        else:
            material, extensions = plain, {}
        if draco:
            primitive = add_primitive(scene, arrays, cloth.faces[rows], material)
        else:
            faces = scene.accessor(indices(cloth.faces[rows], len(cloth.uv)), target=INDICES)
            primitive = {
                "attributes": shared, "indices": faces, "material": material,
                # Which faces of the cloth these are, so that reading restores their order.
                "extras": {"faces": _runs(rows)},
            }  # fmt: skip
        if extensions:
            primitive.setdefault("extensions", {}).update(extensions)
        primitives.append(primitive)
    sewn_on = trims(drape, finishes[0].colour or drape.fabric.colour) if draco else None
    if sewn_on is not None:
        shell = add_button(scene, f"{name}-trims")
        primitives.append(add_primitive(scene, trim_arrays(sewn_on), sewn_on.faces, shell))
    extras = {} if draco else _garment_extras(drape)
    if heat is not None:
        extras["legend"] = legend_of(map)
    _place_mesh(scene, name, primitives, extras or None)


# ---- what the next stage reads -------------------------------------------------------------------


def _region_bits(body: Body) -> Arrays:
    """Which regions each vertex is in, one bit each in the order of their names."""
    names, out = sorted(body.regions), {}
    for first in range(0, len(names), _BITS):
        bits = np.zeros(len(body.vertices), np.int64)
        for bit, name in enumerate(names[first : first + _BITS]):
            bits[body.regions[name]] |= 1 << bit
        out[f"_REGIONS_{first // _BITS}"] = bits.astype(np.float32)
    return out


def _skin_shares(body: Body) -> Arrays:
    """Skin weights four at a time, as glTF counts them, under names that ask for no skin."""
    if body.bone_indices is None or body.bone_weights is None:
        return {}
    columns = body.bone_indices.shape[1]
    spare = -columns % 4
    bones = np.pad(body.bone_indices, ((0, 0), (0, spare))).astype(np.uint16)
    shares = np.pad(body.bone_weights, ((0, 0), (0, spare))).astype(np.float32)
    out: Arrays = {}
    for k in range(0, columns, 4):
        out[f"_BONES_{k // 4}"] = bones[:, k : k + 4]
        out[f"_SHARES_{k // 4}"] = shares[:, k : k + 4]
    return out


def _body_extras(body: Body) -> dict[str, Any]:
    tree: dict[str, Any] = {"format": FORMAT, "kind": "body", "pose": body.pose}
    tree["joints"] = codec.plain(body.joints)
    tree["landmarks"] = codec.plain(body.landmarks)
    tree["regions"] = sorted(body.regions)
    if body.bone_names:
        tree["bone_names"] = list(body.bone_names)
    for key in ("measurements", "bone_heads", "parameters"):
        if getattr(body, key) is not None:
            tree[key] = codec.plain(getattr(body, key))
    return tree


def _garment_extras(drape: Drape) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": "garment",
        "pattern": codec.plain(drape.cloth.pattern),
        "fabric": codec.plain(drape.fabric),
        "report": codec.plain(drape.report),
        "edge_m": drape.cloth.edge_m,
        "seam_pairs": drape.cloth.seam_pairs.ravel().tolist(),
    }


def _runs(index: IntArray) -> list[list[int]]:
    """Rising whole numbers as runs [first, count]."""
    breaks = np.flatnonzero(np.diff(index) != 1) + 1
    return [[int(run[0]), len(run)] for run in np.split(index, breaks)]
