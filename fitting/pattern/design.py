"""What a garment declares: the measurements it needs and its bounded options."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from fitting.errors import BadOption, UnknownName
from fitting.pattern.figure import Figure
from fitting.records import Fabric, Pattern
from fitting.units import CM

Kind = Literal["ratio", "length", "angle", "count", "choice", "flag"]
Fit = Literal["slim", "regular", "loose"]
FITS: tuple[Fit, ...] = ("slim", "regular", "loose")

_UNITS: dict[str, str] = {
    "ratio": "",
    "length": "m",
    "angle": "deg",
    "count": "",
    "choice": "",
    "flag": "",
}


@dataclass(frozen=True)
class Option:
    """One thing the customer or designer may choose.

    Attributes:
        kind: Ratios are plain numbers, lengths metres, angles degrees.
        default: What is used when nothing is said.
        description: For people, with what the number means.
        description_ru: The same in Russian.
        low, high: Bounds of numbers, both allowed.
        choices: Of a choice.
        by: Default by the value of another choice, instead of `default`.
        depends: That choice, usually the fit.
        per_stretch: Added to the default per unit of the fabric's wearable stretch; negative for
            garments that are cut smaller in stretchy cloth.
    """

    kind: Kind
    default: float | str | bool
    description: str
    description_ru: str = ""
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    by: Mapping[str, float] = field(default_factory=dict)
    depends: str = "fit"
    per_stretch: float = 0.0

    @property
    def unit(self) -> str:
        """``m``, ``deg`` or empty."""
        return _UNITS[self.kind]

    def default_for(self, chosen: str, stretch: float) -> float | str | bool:
        """The default for a value of the choice it depends on, in a fabric of that stretch."""
        if self.kind in ("choice", "flag"):
            return self.default
        number = self.by.get(chosen, float(self.default)) + self.per_stretch * stretch
        return min(self.high, max(self.low, number))


@dataclass(frozen=True)
class Options:
    """Checked option values, with typed access.

    Attributes:
        values: By name; lengths in metres.
        stretch: Wearable stretch of the fabric around the body, 0.25 is 25 %.
        given: Names of the options that were asked for; the others are defaults.
    """

    values: Mapping[str, float | str | bool]
    stretch: float = 0.0
    given: frozenset[str] = frozenset()

    def with_value(self, name: str, value: float) -> Options:
        """The same with one number changed."""
        return replace(self, values={**self.values, name: value})

    def number(self, name: str) -> float:
        """A ratio, length [m], angle [deg] or count."""
        return float(self.values[name])

    def choice(self, name: str) -> str:
        """A choice."""
        return str(self.values[name])

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return bool(self.values[name])


@dataclass(frozen=True)
class Garment:
    """A garment that can be drafted.

    Attributes:
        name: Identifier, e.g. ``tee``.
        title, title_ru: For people.
        description: One sentence.
        method: The published drafting practice it follows.
        measurements: Names of the body measurements it needs.
        options: By name.
        draft: From a figure and options to a pattern.
        fabric: Name of the fabric it is usually made of.
        stretch: That fabric's wearable stretch, taken when no fabric is told.
        least_stretch: The least wearable stretch it can be made in.
        layer: Order from the skin outwards.
        widen: For each opening, the options that make it wider.
    """

    name: str
    title: str
    title_ru: str
    description: str
    method: str
    measurements: tuple[str, ...]
    options: Mapping[str, Option]
    draft: Callable[[Figure, Options], Pattern]
    fabric: str
    stretch: float = 0.0
    least_stretch: float = 0.0
    layer: int = 1
    widen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


FIT = Option(
    "choice",
    "regular",
    "How closely it follows the body; sets the eases that are not given.",
    "Насколько изделие прилегает; задаёт прибавки, которые не указаны.",
    choices=FITS,
)


def known(name: str, names: Iterable[str], what: str) -> str:
    """The name, if it is one of the names.

    Raises:
        UnknownName: It is not; the message lists them and the closest.
    """
    names = list(names)
    if name in names:
        return name
    close = difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise UnknownName(f"there is no {what} {name!r}{hint} (there are: {', '.join(sorted(names))})")


def resolve(garment: Garment, asked: Mapping[str, Any], fabric: Fabric | None) -> Options:
    """Options with everything filled in.

    Lengths are metres under their own name; ``<name>_cm`` is accepted for centimetres.

    Raises:
        UnknownName: No such option.
        BadOption: Out of bounds or of the wrong kind, or the fabric stretches too little.
    """
    stretch = garment.stretch if fabric is None else fabric.stretch_weft
    if stretch < garment.least_stretch:
        raise BadOption(
            f"the fabric {fabric.name if fabric else ''!r} stretches {stretch:.0%}; "
            f"for {garment.name} it must be at least {garment.least_stretch:.0%}: choose a knit"
        )
    values: dict[str, float | str | bool] = {}
    for key, value in asked.items():
        name, scale = key, 1.0
        if key not in garment.options and key.endswith("_cm"):
            name, scale = key[:-3], CM
        known(name, garment.options, f"option of {garment.name}")
        option = garment.options[name]
        if scale != 1.0 and option.kind != "length":
            raise BadOption(f"{name} is a {option.kind}, not a length: write {name}, not {key}")
        values[name] = _checked(garment.name, name, option, value, scale)
    given = frozenset(values)
    for name, option in garment.options.items():
        if name not in values:
            master = garment.options.get(option.depends)
            chosen = values.get(option.depends, master.default if master else "")
            values[name] = option.default_for(str(chosen), stretch)
    return Options({name: values[name] for name in garment.options}, stretch, given)


def _checked(garment: str, name: str, option: Option, value: Any, scale: float) -> Any:
    """One option's value, inside its bounds."""
    where = f"option {name} of {garment}"
    if option.kind == "choice":
        if value not in option.choices:
            raise BadOption(f"{where} is {value!r}; it must be one of {', '.join(option.choices)}")
        return str(value)
    if option.kind == "flag":
        if isinstance(value, str) and value.lower() in ("true", "yes", "1", "false", "no", "0"):
            return value.lower() in ("true", "yes", "1")
        if not isinstance(value, bool | int):
            raise BadOption(f"{where} is {value!r}; it must be true or false")
        return bool(value)
    try:
        number = float(value) * scale
    except (TypeError, ValueError):
        raise BadOption(f"{where} is {value!r}; it must be a number") from None
    if option.kind == "count" and number != int(number):
        raise BadOption(f"{where} is {value!r}; it must be a whole number")
    slack = 1e-9  # bounds typed in centimetres may round outwards
    if not option.low - slack <= number <= option.high + slack:
        unit = f" {option.unit}" if option.unit else ""
        raise BadOption(
            f"{where} is {number:g}{unit}; it must be between {option.low:g} and "
            f"{option.high:g}{unit}"
        )
    return min(option.high, max(option.low, number))
