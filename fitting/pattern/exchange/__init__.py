"""Pattern files: our own JSON, GarmentCode's, and the trade's DXF."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fitting.pattern.exchange import json
from fitting.records import Pattern


def formats_by_suffix() -> Mapping[str, Callable[[Pattern], bytes]]:
    """What a pattern can be written as, by the file's suffix."""
    return {".json": json.write, ".svg": _svg}


def read_pattern(data: bytes, *, name: str = "") -> Pattern:
    """Read a pattern from a file's bytes.

    Raises:
        BadPattern: It is no pattern of a kind we know.
    """
    return json.read(data, name=name)


def _svg(pattern: Pattern) -> bytes:
    from fitting.pattern.drawing import svg

    return svg(pattern).encode()
