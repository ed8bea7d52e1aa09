"""Pattern files: our own JSON, GarmentCode's, the trade's DXF, and drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from fitting.errors import BadInput, BadOption
from fitting.pattern.exchange import json
from fitting.pattern.grading import grade_rules
from fitting.records import Pattern

SUFFIXES = (".json", ".svg", ".pdf", ".dxf")


@dataclass(frozen=True)
class Style:
    """How files are written.

    Attributes:
        paper: Of a PDF: ``A4``, ``Letter``, ``A0`` or ``projector``.
        language: Of drawings: ``en`` or ``ru``.
        dialect: Of a DXF, one of `fitting.pattern.exchange.dxf.DIALECTS`.
    """

    paper: Literal["A4", "Letter", "A0", "projector"] = "A4"
    language: Literal["en", "ru"] = "en"
    dialect: str = "astm"


PLAIN = Style()


def formats_by_suffix(style: Style = PLAIN) -> Mapping[str, Callable[[Pattern], bytes]]:
    """What a pattern can be written as, by the file's suffix."""

    def svg(pattern: Pattern) -> bytes:
        from fitting.pattern.drawing import svg

        return svg(pattern, language=style.language).encode()

    def pdf(pattern: Pattern) -> bytes:
        from fitting.pattern.pdf import pdf

        return pdf(pattern, paper=style.paper, language=style.language)

    def dxf(pattern: Pattern) -> bytes:
        from fitting.pattern.exchange import dxf

        return dxf.write(pattern, dialect=style.dialect)

    return {".json": json.write, ".svg": svg, ".pdf": pdf, ".dxf": dxf}


def beside(pattern: Pattern, suffix: str) -> Mapping[str, bytes]:
    """Files that belong beside one of that suffix, by their own suffix.

    DXF has no words for seams, so its pattern.json goes with it.
    """
    return {".json": json.write(pattern)} if suffix == ".dxf" else {}


def nest_files(
    nest: Mapping[str, Pattern], sample: str, suffix: str, style: Style = PLAIN
) -> Mapping[str, bytes]:
    """Several sizes of a pattern as files, by what is put after the name they are given.

    Drawings hold all sizes in one another; a DXF holds a block for each piece and size, with the
    sample's pattern.json and, where all sizes have the same points, a grade rule table beside it;
    a pattern.json is written for each size.

    Args:
        nest: Patterns by size label, smallest first.
        sample: Label of the sample size.
        suffix: One of `SUFFIXES`.
        style: How they are written.
    Raises:
        BadInput: No such kind of file.
    """
    if suffix == ".json":
        return {f"-{label}.json": json.write(pattern) for label, pattern in nest.items()}
    if suffix == ".svg":
        from fitting.pattern.drawing import nest_svg

        return {suffix: nest_svg(nest, sample, language=style.language).encode()}
    if suffix == ".pdf":
        from fitting.pattern.pdf import nest_pdf

        return {suffix: nest_pdf(nest, sample, paper=style.paper, language=style.language)}
    if suffix != ".dxf":
        raise BadInput(f"patterns are written as {', '.join(SUFFIXES)}, not {suffix!r}")
    from fitting.pattern.exchange import dxf, rul

    try:
        rules = grade_rules(nest, sample)
    except BadOption:
        rules = None  # a dart comes or goes between two sizes; the blocks still say all
    files = {
        suffix: dxf.write_nest(nest, sample, dialect=style.dialect, rules=rules),
        ".json": json.write(nest[sample]),
    }
    if rules is not None:
        english = dxf.DIALECTS[style.dialect].units == "ENGLISH"
        files[".rul"] = rul.write(rules, name=nest[sample].name, english=english)
    return files


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
