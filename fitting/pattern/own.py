"""Garments of one's own: from a Python file, a package, or a pattern file.

Running a designer's Python is running a program. Callers that take names from strangers must use
`fitting.pattern.garment`, which knows the catalogue only.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from fitting.errors import BadInput, UnknownName
from fitting.pattern.design import Garment, Options
from fitting.pattern.exchange import read_pattern
from fitting.pattern.figure import Figure
from fitting.pattern.wardrobe import garment as garment_named
from fitting.records import Pattern


def garment_from(spec: str) -> Garment:
    """The garment that a word on the command line means.

    Args:
        spec: A name of the catalogue; ``path/to/garment.py``; ``package.module:name``; or
            ``pattern.json`` or ``pattern.dxf``, which is taken as it is.
    Raises:
        UnknownName: No such name, file or attribute.
        BadInput: The file or package cannot be run, or declares no garment.
    """
    path = Path(spec)
    if path.suffix == ".py":
        return _declared(_run_file(path), "", path.stem)
    if path.suffix in (".json", ".dxf"):
        return _as_it_is(path)
    if ":" in spec:
        package, _, name = spec.partition(":")
        return _declared(_import(package), name, package.rpartition(".")[2])
    return garment_named(spec)


def _run_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UnknownName(f"there is no file {path}; give the path of a garment's Python file")
    name = f"fitting_garment_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadInput(f"{path} cannot be run as Python")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up while it is being run.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise BadInput(f"{path} fails: {type(error).__name__}: {error}") from error
    return module


def _import(package: str) -> ModuleType:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise UnknownName(f"cannot import {package!r}: {error}; install the package") from error


def _declared(module: ModuleType, name: str, default: str) -> Garment:
    """The garment a module declares: a `Garment`, or a draft function with its declarations."""
    found: Any = getattr(module, name or "GARMENT", None)
    if found is None and not name:
        found = getattr(module, "draft", None)
    if isinstance(found, Garment):
        return found
    if not callable(found):
        raise UnknownName(
            f"{module.__name__} declares no {name or 'GARMENT'}; see docs/patterns.md"
        )
    for wanted in ("MEASUREMENTS", "OPTIONS"):
        if not hasattr(module, wanted):
            raise BadInput(f"{module.__name__} has no {wanted}; see docs/patterns.md")
    return Garment(
        name=getattr(module, "NAME", default),
        title=getattr(module, "TITLE", default.replace("_", " ").capitalize()),
        title_ru=getattr(module, "TITLE_RU", ""),
        description=(module.__doc__ or "").strip().partition("\n")[0],
        method=getattr(module, "METHOD", "the designer's own"),
        measurements=tuple(module.MEASUREMENTS),
        options=module.OPTIONS,
        draft=found,
        fabric=getattr(module, "FABRIC", "poplin"),
        stretch=float(getattr(module, "STRETCH", 0.03)),
        least_stretch=float(getattr(module, "LEAST_STRETCH", 0.0)),
        layer=int(getattr(module, "LAYER", 1)),
    )


def _as_it_is(path: Path) -> Garment:
    """A pattern file as a garment without options, whatever the measurements."""
    if not path.is_file():
        raise UnknownName(f"there is no file {path}; give the path of a pattern")
    pattern = read_pattern(path.read_bytes(), name=path.stem)

    def draft(figure: Figure, options: Options) -> Pattern:
        del figure, options
        return pattern

    return Garment(
        name=pattern.name,
        title=pattern.name,
        title_ru="",
        description=f"As in {path.name}.",
        method="as drawn",
        measurements=(),
        options={},
        draft=draft,
        fabric=pattern.fabric or "poplin",
        layer=pattern.layer,
    )
