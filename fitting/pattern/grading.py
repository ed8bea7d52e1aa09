"""Grading: the same garment in several sizes, and what moves where between them.

Sizes are not enlarged from one another; each is drafted at its own measurements. Grade rules are
then read off: how far each point of a piece moves from the sample size to every other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitting.errors import BadOption, UnknownName
from fitting.pattern.design import Garment
from fitting.pattern.drafting import draft
from fitting.records import Fabric, Measurements, Panel, Pattern

_DIGITS = 5  # rules that agree to a hundredth of a millimetre are one


def graded(
    garment: str | Garment,
    people: Mapping[str, Measurements],
    *,
    options: Mapping[str, Any] = {},
    fabric: Fabric | None = None,
) -> dict[str, Pattern]:
    """The garment drafted for every size.

    Args:
        garment: Name or garment.
        people: Measurements by size label, smallest first.
        options, fabric: As for `draft`, the same for all sizes.
    """
    return {
        label: draft(garment, person, options=options, fabric=fabric, size=label)
        for label, person in people.items()
    }


@dataclass(frozen=True)
class GradeRules:
    """A grade rule table.

    Attributes:
        sizes: Labels in order.
        sample: The size the rules start from.
        rules: By number: how far a point moves from the sample to each size [m].
        numbers: Rule numbers of a panel's vertices, by panel name.
    """

    sizes: tuple[str, ...]
    sample: str
    rules: Mapping[int, tuple[tuple[float, float], ...]]
    numbers: Mapping[str, tuple[int, ...]]


def grade_rules(patterns: Mapping[str, Pattern], sample: str) -> GradeRules:
    """The rules that turn the sample size into the others.

    Args:
        patterns: By size label, as `graded` gives them.
        sample: Label of the sample size.
    Raises:
        UnknownName: The sample is none of the sizes.
        BadOption: The sizes differ in their pieces or in the number of their points, as where a
            dart comes in; they must be exchanged one by one.
    """
    if sample not in patterns:
        raise UnknownName(f"the sample size {sample!r} is none of {', '.join(patterns)}")
    base = patterns[sample]
    for label, pattern in patterns.items():
        _require_alike(sample, base, label, pattern)
    seen: dict[tuple[tuple[float, float], ...], int] = {}
    numbers = {}
    for k, panel in enumerate(base.panels):
        own = []
        for v in range(len(panel.vertices)):
            moves = tuple(_move(panel, p.panels[k], v) for p in patterns.values())
            own.append(seen.setdefault(moves, len(seen) + 1))
        numbers[panel.name] = tuple(own)
    rules = {number: moves for moves, number in seen.items()}
    return GradeRules(tuple(patterns), sample, rules, numbers)


def _move(base: Panel, other: Panel, vertex: int) -> tuple[float, float]:
    dx, dy = other.vertices[vertex] - base.vertices[vertex]
    return round(float(dx), _DIGITS) + 0.0, round(float(dy), _DIGITS) + 0.0


def _require_alike(sample: str, base: Pattern, label: str, pattern: Pattern) -> None:
    names, others = [p.name for p in base.panels], [p.name for p in pattern.panels]
    if names != others:
        raise BadOption(f"size {label} has other pieces than {sample}; exchange them one by one")
    for panel, other in zip(base.panels, pattern.panels, strict=True):
        if [e.name for e in panel.edges] != [e.name for e in other.edges]:
            raise BadOption(
                f"{panel.name} has other edges in size {label} than in {sample} (a dart comes or "
                "goes); grade fewer sizes together or exchange them one by one"
            )
