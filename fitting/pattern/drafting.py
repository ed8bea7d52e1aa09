"""From measurements and options to a pattern that passes the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fitting.errors import BadOption
from fitting.pattern import gate
from fitting.pattern.design import Garment, resolve
from fitting.pattern.figure import require
from fitting.pattern.wardrobe import garment as garment_named
from fitting.records import Fabric, Measurements, Pattern


def draft(
    garment: str | Garment,
    measurements: Measurements,
    *,
    options: Mapping[str, Any] = {},
    fabric: Fabric | None = None,
    size: str = "",
) -> Pattern:
    """Draft a garment to measure.

    Args:
        garment: Name from `garments`, or a garment of one's own.
        measurements: Of the wearer.
        options: By name; lengths in metres, or in centimetres under ``<name>_cm``.
        fabric: Its wearable stretch sets the default eases.
        size: Chart and label the measurements are of; empty for made to measure.
    Returns:
        A pattern that passes the sewability gate.
    Raises:
        UnknownName: No such garment or option.
        BadOption: An option out of bounds, or options that cannot be sewn or got into together.
        BadMeasurement: A measurement is missing or implausible.
    """
    if isinstance(garment, str):
        garment = garment_named(garment)
    chosen = resolve(garment, options, fabric)
    figure = require(measurements, garment.measurements)
    pattern = garment.draft(figure, chosen)
    pattern = replace(
        pattern,
        name=garment.name,
        fabric=fabric.name if fabric else "",
        options={**chosen.values, **pattern.options},
        size=size,
        measurements={n: measurements[n] for n in ("height", *garment.measurements)},
        layer=garment.layer,
    )
    _refuse(garment, pattern, measurements)
    return pattern


def _refuse(garment: Garment, pattern: Pattern, measurements: Measurements) -> None:
    """Turn what the gate finds into the option to change."""
    faults = gate.check(pattern, measurements=measurements)
    if not faults:
        return
    first = faults[0]
    if first.code == "opening" and garment.widen.get(first.edge):
        raise BadOption(f"{first.text} (options: {', '.join(garment.widen[first.edge])})")
    gate.require_sewable(pattern, measurements=measurements)
