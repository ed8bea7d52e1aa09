"""Pattern files: our own JSON, GarmentCode's, the trade's DXF, and drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fitting.pattern.exchange import json
from fitting.records import Pattern


def formats_by_suffix() -> Mapping[str, Callable[[Pattern], bytes]]:
    """What a pattern can be written as, by the file's suffix."""
    return {".json": json.write, ".svg": _svg, ".pdf": _pdf, ".dxf": _dxf}


def beside(pattern: Pattern, suffix: str) -> Mapping[str, bytes]:
    """Files that belong beside one of that suffix, by their own suffix.

    DXF has no words for seams, so its pattern.json goes with it.
    """
    return {".json": json.write(pattern)} if suffix == ".dxf" else {}


def read_pattern(data: bytes, *, name: str = "", beside: bytes | None = None) -> Pattern:
    """Read a pattern from a file's bytes, whatever its kind.

    Args:
        data: A pattern.json of ours, GarmentCode's JSON, or a DXF-AAMA / ASTM D6673.
        name: What to call a pattern that does not say.
        beside: The JSON that was written beside a DXF.
    Raises:
        BadPattern: It is no pattern of a kind we know.
    """
    if data.lstrip()[:1] in (b"{", b"["):
        return json.read(data, name=name)
    from fitting.pattern.exchange import dxf_read

    return dxf_read.read(data, beside=beside)


def _svg(pattern: Pattern) -> bytes:
    from fitting.pattern.drawing import svg

    return svg(pattern).encode()


def _pdf(pattern: Pattern) -> bytes:
    from fitting.pattern.pdf import pdf

    return pdf(pattern)


def _dxf(pattern: Pattern) -> bytes:
    from fitting.pattern.exchange import dxf

    return dxf.write(pattern)
