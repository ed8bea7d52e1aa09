"""GLB files as bytes: a JSON chunk and a binary chunk, and the accessors between them.

Written by hand rather than through a library so that the same scene gives the same bytes.

Reference:
    Khronos Group, glTF 2.0 specification, ISO/IEC 12113:2022, sections 3.6 and 4.
"""

from __future__ import annotations

import json
import re
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitting.errors import BadMesh

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_COMPONENTS = {"uint8": 5121, "uint16": 5123, "uint32": 5125, "float32": 5126}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
VERTICES, INDICES = 34962, 34963


def safe_name(name: str) -> str:
    """A node or material name of a-z, 0-9, _ and - only."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-") or "unnamed"


class Scene:
    """A glTF scene being written."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "cyberatelier"},
            "scene": 0,
            "scenes": [{"nodes": []}],
        }
        self._bytes = bytearray()
        self._images: dict[bytes, int] = {}

    def add(self, kind: str, item: dict[str, Any]) -> int:
        """Append to one of the tree's lists; its index."""
        rows = self.tree.setdefault(kind, [])
        rows.append(item)
        return len(rows) - 1

    def extension(self, name: str, *, required: bool = False) -> None:
        """Note that an extension is used."""
        for key in ("extensionsUsed", "extensionsRequired")[: 2 if required else 1]:
            names = self.tree.setdefault(key, [])
            if name not in names:
                names.append(name)
                names.sort()

    def view(self, data: bytes, target: int | None = None) -> int:
        """A buffer view of its own for some bytes."""
        self._bytes += bytes(-len(self._bytes) % 4)
        view: dict[str, Any] = {
            "buffer": 0, "byteOffset": len(self._bytes), "byteLength": len(data),
        }  # fmt: skip
        if target is not None:
            view["target"] = target
        self._bytes += data
        return self.add("bufferViews", view)

    def accessor(
        self,
        rows: NDArray[Any],
        *,
        target: int | None = VERTICES,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        """An accessor for rows of shape (N,) or (N, k), in their own component type."""
        flat = np.ascontiguousarray(rows).reshape(len(rows), -1)
        item: dict[str, Any] = {
            "bufferView": self.view(flat.tobytes(), target),
            "componentType": _COMPONENTS[str(flat.dtype)],
            "count": len(flat),
            "type": _TYPES[flat.shape[1]],
        }
        if normalized:
            item["normalized"] = True
        if bounds:
            item["min"] = [float(v) for v in flat.min(0)]
            item["max"] = [float(v) for v in flat.max(0)]
        return self.add("accessors", item)

    def image(self, data: bytes, mime: str) -> int:
        """A texture with a repeating sampler for an encoded picture; the same one again for the
        same picture."""
        if data in self._images:
            return self._images[data]
        if "samplers" not in self.tree:
            self.add(
                "samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}
            )
        source = self.add("images", {"bufferView": self.view(data), "mimeType": mime})
        self._images[data] = self.add("textures", {"sampler": 0, "source": source})
        return self._images[data]

    def place(self, node: dict[str, Any]) -> int:
        """A node at the scene's root."""
        index = self.add("nodes", node)
        self.tree["scenes"][0]["nodes"].append(index)
        return index

    def dump(self) -> bytes:
        """The file."""
        body = bytes(self._bytes) + bytes(-len(self._bytes) % 4)
        tree = dict(self.tree)
        if body:
            tree["buffers"] = [{"byteLength": len(body)}]
        text = json.dumps(tree, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), _JSON) + text
        if body:
            chunks += struct.pack("<II", len(body), _BIN) + body
        return struct.pack("<III", _MAGIC, 2, 12 + len(chunks)) + chunks


class Reader:
    """A GLB file being read.

    Raises:
        BadMesh: Not a GLB, cut short, or with a broken JSON chunk.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 20 or data[:4] != b"glTF":
            raise BadMesh("the file is not a GLB: it does not begin with 'glTF'")
        total = struct.unpack_from("<I", data, 8)[0]
        if total > len(data):
            raise BadMesh(f"the GLB is cut short: {len(data)} of {total} bytes; copy it again")
        size = struct.unpack_from("<I", data, 12)[0]
        try:
            self.tree: dict[str, Any] = json.loads(data[20 : 20 + size])
        except ValueError as error:
            raise BadMesh(f"the GLB's JSON chunk is broken ({error}); export it again") from None
        self._blob = data[28 + size : total]

    def rows(self, index: int) -> NDArray[Any]:
        """The rows of an accessor, shape (N,) or (N, k).

        Raises:
            BadMesh: There is no such accessor, or it reaches outside the file.
        """
        try:
            item = self.tree["accessors"][index]
            view = self.tree["bufferViews"][item["bufferView"]]
            dtype = {v: k for k, v in _COMPONENTS.items()}[item["componentType"]]
            width = {v: k for k, v in _TYPES.items()}[item["type"]]
            at = view.get("byteOffset", 0) + item.get("byteOffset", 0)
            flat = np.frombuffer(self._blob, dtype, item["count"] * width, at)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise BadMesh(f"the GLB's accessor {index} cannot be read ({error})") from None
        if view.get("byteStride", width * flat.itemsize) != width * flat.itemsize:
            raise BadMesh("the GLB has interleaved attributes, which only a viewer reads")
        return flat if width == 1 else flat.reshape(-1, width)
