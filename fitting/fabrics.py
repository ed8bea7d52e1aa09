"""The fabric library: what ships in assets/fabrics, and fabrics of the user's own.

A fabric is a YAML file with a `name`, words, and for each figure its `value` in SI and `source`;
`estimated: true` where nobody measured it. Instead of a value a rigidity may be given by a
cantilever test and a stiffness by a strip test; see docs/fabrics.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fitting.assets import asset
from fitting.errors import BadInput, BadOption, UnknownName
from fitting.records import Fabric
from fitting.units import CM, GRAVITY, MM

# Least and most of each figure that is believed, in SI. Wider by three to ten than the library.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "density": (0.01, 2.0),
    "warp": (1.0, 1e5),
    "weft": (1.0, 1e5),
    "shear": (0.5, 1e4),
    "bend_warp": (1e-7, 1e-2),
    "bend_weft": (1e-7, 1e-2),
    "thickness": (1e-5, 0.01),
    "friction_skin": (0.0, 2.0),
    "friction_self": (0.0, 2.0),
    "stretch_warp": (0.0, 2.0),
    "stretch_weft": (0.0, 2.0),
}


def fabrics(extra: Path | str | None = None) -> Mapping[str, Fabric]:
    """All fabrics by name.

    Args:
        extra: A YAML file of the user's, or a folder of them; a fabric there stands in for one
            of the same name in the library.

    Raises:
        BadInput: A file cannot be read, or a figure is missing or out of bounds.
    """
    return {**_library(), **(_read_all(Path(extra)) if extra is not None else {})}


def fabric(name: str, extra: Path | str | None = None) -> Fabric:
    """The fabric of that name, or the one in the YAML file of that path.

    Raises:
        UnknownName: There is none; the message lists what there is.
        BadInput: A file cannot be read, or a figure is missing or out of bounds.
    """
    if name.endswith((".yaml", ".yml")):
        return read_fabric(Path(name))
    known = fabrics(extra)
    try:
        return known[name.replace("-", "_")]
    except KeyError:
        have = ", ".join(sorted(known))
        raise UnknownName(f"there is no fabric {name!r}; there are: {have}") from None


def catalogue() -> dict[str, dict[str, Any]]:
    """The library for people and programs: SI figures by fabric, each with its source."""
    return {
        name: {
            "title": one.title,
            "title_ru": one.title_ru,
            "weave": one.weave,
            **{figure: getattr(one, figure) for figure in BOUNDS},
            "sources": dict(one.sources),
        }
        for name, one in fabrics().items()
    }


@cache
def _library() -> Mapping[str, Fabric]:
    return _read_all(asset("fabrics"))


def _read_all(path: Path) -> dict[str, Fabric]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    found = (read_fabric(file) for file in files)
    return {one.name: one for one in found}


def read_fabric(path: Path) -> Fabric:
    """A fabric from a YAML file.

    Raises:
        BadInput: The file cannot be read, or a figure is missing or out of bounds.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = str(error).splitlines()[0]
        raise BadInput(f"the fabric file {path} cannot be read as YAML: {why}") from None
    if not isinstance(content, dict):
        raise BadInput(f"the fabric file {path} must hold a mapping of names to values")
    return fabric_from(content, where=str(path))


def fabric_from(content: Mapping[str, Any], *, where: str = "the fabric") -> Fabric:
    """A fabric from the content of a YAML file; `where` names it in messages.

    Raises:
        BadInput: A figure is missing, unknown or out of bounds.
    """
    allowed = {f.name for f in fields(Fabric)} - {"sources"} | {"composition"}
    unknown = sorted(set(content) - allowed)
    if unknown:
        raise BadInput(
            f"{where} has the unknown entry {unknown[0]!r}; it may have: "
            f"{', '.join(sorted(allowed))}"
        )
    figures: dict[str, float] = {}
    sources: dict[str, str] = {}
    for figure in BOUNDS:
        if figure not in content:
            raise BadInput(f"{where} lacks {figure!r}; give its value in SI and its source")
        value, sources[figure] = _figure(figure, content[figure], figures, where)
        least, most = BOUNDS[figure]
        if not (math.isfinite(value) and least <= value <= most):
            raise BadOption(
                f"{where}: {figure} is {value:g}; it must be {least:g} to {most:g} (SI)"
            )
        figures[figure] = value
    name = str(content.get("name", "")).replace("-", "_")
    if not name.isidentifier():
        raise BadInput(f"{where} needs a name of letters, digits and underscores, not {name!r}")
    title = str(content.get("title", name.replace("_", " ")))
    return Fabric(
        name=name,
        title=title,
        title_ru=str(content.get("title_ru", title)),
        colour=_colour(content.get("colour", (0.8, 0.8, 0.8)), where),
        weave=str(content.get("weave", "plain")),
        sources=sources,
        **figures,
    )


def _figure(name: str, entry: Any, known: Mapping[str, float], where: str) -> tuple[float, str]:
    """The value of one figure in SI, and its source."""
    if not isinstance(entry, Mapping):
        return _number(entry, name, where), "stated by the user"
    source = str(entry.get("source", "stated by the user")).strip()
    if entry.get("estimated"):
        source = f"estimated: {source}"
    if "value" in entry:
        return _number(entry["value"], name, where), source
    if "cantilever" in entry and name.startswith("bend_"):
        test = entry["cantilever"]
        overhang = _number(test.get("overhang_cm"), f"{name} overhang_cm", where) * CM
        return rigidity_from_cantilever(known["density"], overhang), f"{source}; cantilever test"
    if "strip" in entry and name in ("warp", "weft"):
        keys = ("load_g", "width_mm", "length_mm", "stretched_mm")
        test = {k: _number(entry["strip"].get(k), f"{name} {k}", where) for k in keys}
        value = stiffness_from_strip(
            test["load_g"] / 1000.0, test["width_mm"] * MM,
            test["length_mm"] * MM, test["stretched_mm"] * MM,
        )  # fmt: skip
        return value, f"{source}; strip test"
    raise BadInput(
        f"{where}: {name} needs a value; a rigidity may have a cantilever test instead and a "
        "stiffness along warp or weft a strip test"
    )


def rigidity_from_cantilever(density: float, overhang: float) -> float:
    """Bending rigidity [N·m] from the fixed-angle cantilever test.

    A strip is pushed over an edge until its end touches a plane falling at 41.5°; its bending
    length c is then half the overhang, and B = w g c³.

    Args:
        density: Areal density w [kg/m²].
        overhang: Length hanging over the edge [m].

    Reference:
        F. T. Peirce, The handle of cloth as a measurable quantity, J. Textile Institute 21
        (1930) T377-T416; ISO 9073-7.
    """
    return density * GRAVITY * (0.5 * overhang) ** 3


def stiffness_from_strip(load: float, width: float, length: float, stretched: float) -> float:
    """Stiffness [N/m] from a strip with a weight hung from it: load per width over strain.

    Args:
        load: Mass hung from the strip [kg].
        width, length, stretched: Of the strip, its length before and under load [m].

    Raises:
        BadOption: The strip did not stretch.
    """
    if not (width > 0.0 and length > 0.0 and stretched > length):
        raise BadOption(
            f"a strip {width / MM:g} mm wide that goes from {length / MM:g} to "
            f"{stretched / MM:g} mm says nothing; it must get longer: hang more on it or use a "
            "longer strip"
        )
    return load * GRAVITY / width * length / (stretched - length)


def _number(value: Any, name: str, where: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadInput(f"{where}: {name} is {value!r}; it must be a number") from None


def _colour(value: Any, where: str) -> tuple[float, float, float]:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise BadInput(f"{where}: colour is {value!r}; it must be three numbers from 0 to 1")
    red, green, blue = (_number(v, "colour", where) for v in value)
    if not all(0.0 <= c <= 1.0 for c in (red, green, blue)):
        raise BadOption(f"{where}: colour is {value!r}; its parts must be from 0 to 1")
    return red, green, blue
