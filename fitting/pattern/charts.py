"""Size charts: what a label says about the body.

A chart gives stated measurements only; whoever drafts from it completes them.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import yaml

from fitting.assets import asset
from fitting.errors import UnknownName
from fitting.pattern.design import known
from fitting.records import Measurement, Sex

MOST_IN_A_NEST = 24  # sizes; more cannot be told apart on a sheet
SIGMA = 0.005  # [m] of a chart's figure: it is nominal, and people of a size vary by its interval


@dataclass(frozen=True)
class Leading:
    """A leading dimension of a grid [cm]; where `over` is given, counted from that dimension."""

    name: str
    low: float
    high: float
    step: float
    over: str = ""


@dataclass(frozen=True)
class Chart:
    """A size chart.

    Attributes:
        name, title, title_ru: Identifier and words for people.
        sex: Whose sizes.
        source, trust: Where the figures are from, and how far to trust them.
        sizes: Stated measurements [cm] by label, of charts that are a list.
        grid: Leading dimensions, of charts that are a system of type figures.
    """

    name: str
    title: str
    title_ru: str
    sex: Sex
    source: str
    trust: str
    sizes: Mapping[str, Mapping[str, float]]
    grid: tuple[Leading, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the measurements it states."""
        if self.grid:
            return tuple(d.name for d in self.grid)
        return tuple(dict.fromkeys(name for size in self.sizes.values() for name in size))

    def labels(self) -> tuple[str, ...]:
        """All labels."""
        return tuple(self.sizes) if not self.grid else tuple(_grid_labels(self.grid))

    def stated(self, label: str) -> dict[str, float]:
        """What a label says [cm].

        Raises:
            UnknownName: No such label; the message names the nearest.
        """
        if not self.grid:
            wanted = {k.casefold(): k for k in self.sizes}.get(label.casefold(), label)
            if wanted not in self.sizes:
                raise _unknown(self, label)
            return dict(self.sizes[wanted])
        parts = label.replace("/", "-").split("-")
        try:
            numbers = [float(p) for p in parts]
        except ValueError:
            numbers = []
        if len(numbers) != len(self.grid) or not _on_grid(self.grid, numbers):
            raise _unknown(self, label)
        return {d.name: n for d, n in zip(self.grid, numbers, strict=True)}


@dataclass(frozen=True)
class Size:
    """A size of a chart: what it states, with the spread of a nominal figure."""

    chart: str
    label: str
    sex: Sex
    stated: Mapping[str, Measurement]

    @property
    def name(self) -> str:
        """``chart:label``, as it is written."""
        return f"{self.chart}:{self.label}"


def size_charts() -> Mapping[str, Chart]:
    """All charts by name."""
    return dict(_charts())


def size(spec: str) -> Size:
    """The size written ``CHART:LABEL``, e.g. ``gost-women:164-92-100``.

    Raises:
        UnknownName: No such chart or label; the message lists what there is.
    """
    name, colon, label = spec.partition(":")
    if not colon:
        raise UnknownName(f"{spec!r} is not CHART:LABEL, e.g. en13402-women:M")
    chart = _charts()[known(name, _charts(), "size chart")]
    stated = chart.stated(label)
    return Size(
        name,
        label,
        chart.sex,
        {n: Measurement(cm / 100, SIGMA, "stated") for n, cm in stated.items()},
    )


def sizes(spec: str) -> tuple[Size, ...]:
    """The sizes written ``CHART:LABEL,LABEL``, a range ``CHART:S..XL``, or ``CHART:*`` for all.

    Raises:
        UnknownName: No such chart or label, or a range that runs backwards.
    """
    name, _, wanted = spec.partition(":")
    chart = _charts().get(name)
    if chart is None or not ("," in wanted or ".." in wanted or wanted == "*"):
        return (size(spec),)
    labels = chart.labels()
    found: list[str] = []
    for part in wanted.split(","):
        first, dots, last = part.partition("..")
        if part == "*":
            found += labels
        elif dots:
            i, j = (_index(chart, label) for label in (first, last))
            if i > j:
                raise UnknownName(f"{part!r} runs backwards: {last} comes before {first}")
            found += labels[i : j + 1]
        else:
            found.append(part)
    if len(found) > MOST_IN_A_NEST:
        raise UnknownName(
            f"{spec!r} is {len(found)} sizes; at most {MOST_IN_A_NEST} are drawn together"
        )
    return tuple(size(f"{name}:{label}") for label in dict.fromkeys(found))


def _index(chart: Chart, label: str) -> int:
    """Where a label stands in its chart."""
    chart.stated(label)
    return [known.casefold() for known in chart.labels()].index(label.casefold())


def catalogue() -> dict[str, Any]:
    """All charts for programs; of grids the first and last labels."""
    out: dict[str, Any] = {}
    for name, chart in _charts().items():
        labels = chart.labels()
        told: dict[str, Any] = {
            "title": chart.title,
            "title_ru": chart.title_ru,
            "sex": chart.sex,
            "dimensions": list(chart.dimensions),
            "trust": chart.trust,
            "source": chart.source,
        }
        if chart.grid:
            told |= {"first": labels[0], "last": labels[-1], "count": len(labels)}
        else:
            told["labels"] = list(labels)
        out[name] = told
    return out


@cache
def _charts() -> dict[str, Chart]:
    with asset("charts", "charts.yaml").open(encoding="utf-8") as handle:
        raw = yaml.safe_load(handle)
    return {name: _chart(name, facts) for name, facts in raw.items()}


def _chart(name: str, facts: Mapping[str, Any]) -> Chart:
    sizes: dict[str, Mapping[str, float]] = {}
    if "file" in facts:
        with asset("charts", facts["file"]).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                label = row.pop("label")
                sizes[label] = {k: float(v) for k, v in row.items() if v}
    return Chart(
        name,
        facts["title"],
        facts["title_ru"],
        facts["sex"],
        facts["source"],
        facts["trust"],
        sizes,
        tuple(Leading(**d) for d in facts.get("grid", ())),
    )


def _steps(d: Leading) -> list[float]:
    count = round((d.high - d.low) / d.step) + 1
    return [d.low + i * d.step for i in range(count)]


def _grid_labels(grid: tuple[Leading, ...]) -> Iterator[str]:
    for steps in product(*(_steps(d) for d in grid)):
        numbers: dict[str, float] = {}
        for d, step in zip(grid, steps, strict=True):
            numbers[d.name] = step + (numbers[d.over] if d.over else 0.0)
        yield "-".join(f"{n:g}" for n in numbers.values())


def _on_grid(grid: tuple[Leading, ...], numbers: list[float]) -> bool:
    found: dict[str, float] = {}
    for d, number in zip(grid, numbers, strict=True):
        found[d.name] = number
        step = number - (found[d.over] if d.over else 0.0)
        if step not in _steps(d):
            return False
    return True


def _nearest(grid: tuple[Leading, ...], label: str) -> str:
    """The label of a grid next to one that is not on it, or empty."""
    try:
        numbers = [float(p) for p in label.replace("/", "-").split("-")]
    except ValueError:
        return ""
    if len(numbers) != len(grid):
        return ""
    found: dict[str, float] = {}
    for d, number in zip(grid, numbers, strict=True):
        base = found[d.over] if d.over else 0.0
        found[d.name] = base + min(_steps(d), key=lambda step: abs(step + base - number))
    return "-".join(f"{n:g}" for n in found.values())


def _unknown(chart: Chart, label: str) -> UnknownName:
    labels = chart.labels()
    if chart.grid:
        close = _nearest(chart.grid, label)
        what = f"{len(labels)} sizes from {labels[0]} to {labels[-1]}"
    else:
        close = next(iter(difflib.get_close_matches(label, labels, 1, cutoff=0.3)), "")
        what = f"there are: {', '.join(labels)}"
    hint = f"; did you mean {close}?" if close else ""
    return UnknownName(f"there is no size {label!r} in {chart.name}{hint} ({what})")
