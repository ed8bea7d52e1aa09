"""The garments there are, each listed by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitting.pattern.design import Garment, Option, known, resolve
from fitting.pattern.garments import (
    a_line_dress,
    a_line_skirt,
    blouse,
    circle_skirt,
    coat,
    hoodie,
    jumpsuit,
    leggings,
    pencil_skirt,
    pleated_skirt,
    sheath_dress,
    shirt,
    shorts,
    tank,
    tee,
    trousers,
)

_ALL = (
    tee.GARMENT,
    tank.GARMENT,
    shirt.GARMENT,
    blouse.GARMENT,
    hoodie.GARMENT,
    pencil_skirt.GARMENT,
    a_line_skirt.GARMENT,
    circle_skirt.GARMENT,
    pleated_skirt.GARMENT,
    sheath_dress.GARMENT,
    a_line_dress.GARMENT,
    trousers.GARMENT,
    shorts.GARMENT,
    leggings.GARMENT,
    jumpsuit.GARMENT,
    coat.GARMENT,
)
_GARMENTS: dict[str, Garment] = {g.name: g for g in _ALL}


def garments() -> Mapping[str, Garment]:
    """All garments by name."""
    return dict(_GARMENTS)


def garment(name: str | Garment) -> Garment:
    """The garment of that name; a garment of one's own is given back.

    Raises:
        UnknownName: There is none; the message lists what there is.
    """
    if isinstance(name, Garment):
        return name
    return _GARMENTS[known(name, _GARMENTS, "garment")]


def check_options(name: str | Garment, options: Mapping[str, Any]) -> None:
    """Refuse options that a garment does not have or that are out of bounds.

    Raises:
        UnknownName, BadOption: With what there is, or the bounds.
    """
    resolve(garment(name), options, None)


def catalogue() -> dict[str, Any]:
    """All garments with their options, for programs; lengths in centimetres."""
    return {name: _told(g) for name, g in _GARMENTS.items()}


def _told(garment: Garment) -> dict[str, Any]:
    return {
        "title": garment.title,
        "title_ru": garment.title_ru,
        "description": garment.description,
        "method": garment.method,
        "fabric": garment.fabric,
        "measurements": list(garment.measurements),
        "options": {
            (f"{name}_cm" if option.kind == "length" else name): _option(option)
            for name, option in garment.options.items()
        },
    }


def _option(option: Option) -> dict[str, Any]:
    scale = 100.0 if option.kind == "length" else 1.0

    def number(value: Any) -> Any:
        return value if isinstance(value, str | bool) else round(float(value) * scale, 4)

    told: dict[str, Any] = {"kind": option.kind, "default": number(option.default)}
    if option.kind == "choice":
        told["choices"] = list(option.choices)
    elif option.kind != "flag":
        told |= {"low": number(option.low), "high": number(option.high)}
        told["unit"] = "cm" if option.kind == "length" else option.unit
    if option.by:
        told["default_by"] = {option.depends: {k: number(v) for k, v in option.by.items()}}
    if option.per_stretch:
        told["default_per_stretch"] = option.per_stretch
    return told | {"description": option.description, "description_ru": option.description_ru}
