"""Results of stages, kept under a hash of what they were made from.

A stage is a pure function of its inputs and a version, so its result is stored under a hash of
both and found again: a job that died goes on at the first result that is missing.

Records are written as a zip of a JSON tree and raw arrays. Only the record types named here are
ever made from a file: unlike a pickle, a stored result cannot run code.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fitting import curves, records
from fitting.errors import BadInput

T = TypeVar("T")

_TYPES: dict[str, type] = {
    name: kind
    for module in (records, curves)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind)
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: same input, same bytes


def encode(value: Any) -> bytes:
    """A record, or a tree of records, mappings, tuples, arrays and plain values, as bytes."""
    arrays: list[np.ndarray[Any, Any]] = []
    tree = json.dumps(_plain(value, arrays), separators=(",", ":"), ensure_ascii=False)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("tree.json", _EPOCH), tree)
        for number, array in enumerate(arrays):
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{number}.npy", _EPOCH), buffer.getvalue())
    return out.getvalue()


def decode(data: bytes) -> Any:
    """What `encode` was given.

    Raises:
        BadInput: The bytes are not such a result.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tree = json.loads(archive.read("tree.json"))
            arrays = [
                np.load(io.BytesIO(archive.read(f"{n}.npy")), allow_pickle=False)
                for n in range(len(archive.namelist()) - 1)
            ]
        return _lively(tree, arrays)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise BadInput(f"a stored result cannot be read ({error}); delete it") from error


def fingerprint(*parts: Any) -> str:
    """A hash of records and plain values, 64 hexadecimal digits."""
    return hashlib.sha256(encode(parts)).hexdigest()


def _plain(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"$array": len(arrays) - 1}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        arrays.append(np.frombuffer(value, np.uint8))
        return {"$bytes": len(arrays) - 1}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name), arrays) for f in dataclasses.fields(value)}
        return {"$record": type(value).__name__, "fields": fields}
    if isinstance(value, Mapping):
        return {"$map": [[key, _plain(item, arrays)] for key, item in value.items()]}
    if isinstance(value, tuple | list):
        return [_plain(item, arrays) for item in value]
    return value


def _lively(tree: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if isinstance(tree, list):
        return tuple(_lively(item, arrays) for item in tree)
    if not isinstance(tree, dict):
        return tree
    if "$array" in tree:
        return arrays[tree["$array"]]
    if "$bytes" in tree:
        return arrays[tree["$bytes"]].tobytes()
    if "$map" in tree:
        return {key: _lively(item, arrays) for key, item in tree["$map"]}
    fields = {name: _lively(item, arrays) for name, item in tree["fields"].items()}
    return _TYPES[tree["$record"]](**fields)


class Store:
    """A folder of results by fingerprint; without a folder it remembers nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def remember(
        self, stage: str, version: str, inputs: tuple[Any, ...], make: Callable[[], T]
    ) -> T:
        """The stored result of a stage for these inputs, made and stored if it is not there.

        Photographs among the inputs enter the hash only; they are not stored.
        """
        if self.folder is None:
            return make()
        path = self.path(stage, version, inputs)
        if path.exists():
            found: T = decode(path.read_bytes())
            return found
        result = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and moved: a reader never sees half a result.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(encode(result))
        os.replace(part.name, path)
        return result

    def path(self, stage: str, version: str, inputs: tuple[Any, ...]) -> Path:
        """Where the result of a stage for these inputs is, or would be."""
        if self.folder is None:
            raise ValueError("a store without a folder has no paths")
        key = fingerprint(stage, version, inputs)
        return self.folder / stage / key[:2] / f"{key}.zip"
