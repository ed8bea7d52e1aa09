"""From measurements and options to a pattern that passes the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from fitting.errors import BadOption, BadPattern, FittingError
from fitting.pattern import gate
from fitting.pattern.design import Garment, Options, resolve
from fitting.pattern.figure import Figure, require
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
    faults = gate.check(pattern, measurements=measurements)
    if faults:
        _refuse(garment, pattern, faults, _culprit(garment, figure, chosen, fabric))
    return pattern


def _refuse(
    garment: Garment, pattern: Pattern, faults: Sequence[gate.Fault], culprit: Sequence[str]
) -> NoReturn:
    """Turn what the gate finds into the option to change."""
    first = faults[0]
    if first.code == "opening" and garment.widen.get(first.edge):
        raise BadOption(f"{first.text} (options: {', '.join(garment.widen[first.edge])})")
    if culprit:
        told = ", ".join(f"{name}={_short(pattern.options[name])}" for name in culprit)
        raise BadOption(
            f"{garment.name} cannot be sewn with {told}: {first.text}; change {', '.join(culprit)}"
        )
    raise BadPattern(f"{garment.name} cannot be sewn: {first.text}")


def _short(value: float | str | bool) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _culprit(
    garment: Garment, figure: Figure, chosen: Options, fabric: Fabric | None
) -> tuple[str, ...]:
    """The given option without which the garment could be sewn; all of them if none alone."""
    for name in sorted(chosen.given):
        others = {n: v for n, v in chosen.values.items() if n in chosen.given and n != name}
        try:
            pattern = garment.draft(figure, resolve(garment, others, fabric))
        except FittingError:
            continue
        if not gate.check(pattern, measurements=figure.measurements):
            return (name,)
    return tuple(sorted(chosen.given))
