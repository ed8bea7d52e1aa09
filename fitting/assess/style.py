"""What counts as fitting: eases that styles ask for, and tolerances around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from fitting.assets import asset
from fitting.records import Pattern, Verdict
from fitting.units import CM

# A garment's measure -> the body's measure that it goes around, where the names differ.
BODY_MEASURE = {"neckline_girth": "neck_base_girth"}


# Finished and worn lines that differ by no more than this are the same line; chosen: a level cut
# through cloth that hangs askew is up to 1 % longer than the line drawn on the pattern.
_SAME_LINE = 0.02


@dataclass(frozen=True)
class Band:
    """Bounds of the ease of a girth, of the garment before it is worn [m].

    Attributes:
        least: Below it the garment is too tight; None where nothing can be said.
        low, high: Between them it is as designed; None where no style ease is known.
        most: Above it the garment is too loose.
        closer: Below it the garment is another style, even where it can be worn.
        step: Growth of the body's measure from size to size.
    """

    least: float | None
    low: float | None
    high: float | None
    most: float | None
    closer: float | None
    step: float

    def verdict(self, ease: float) -> Verdict | None:
        """What an ease is called; None where nothing can be said."""
        if self.least is not None and ease < self.least:
            return "too_tight"
        if self.low is None or self.high is None or self.most is None:
            # Nothing says how wide it should be: only that it has to stretch.
            return "snug" if ease < 0 and self.least is not None else None
        if ease > self.most:
            return "too_loose"
        if ease > self.high:
            return "loose"
        if ease < 0 and self.least is None:
            return None
        return "snug" if ease < self.low else "as_designed"

    def fits(self, ease: float) -> bool:
        """Whether a size with this ease fits: neither too tight, too loose nor another style."""
        tight = [b for b in (self.least, self.closer) if b is not None]
        return ease >= max(tight, default=float("-inf")) and (
            self.most is None or ease <= self.most
        )


@lru_cache(maxsize=1)
def style() -> Mapping[str, Any]:
    """The figures of assets/fit/style.yaml."""
    tree: Mapping[str, Any] = yaml.safe_load(asset("fit", "style.yaml").read_text("utf-8"))
    return tree


def step(measure: str) -> float | None:
    """How much a measurement grows from size to size [m]; None where no step is known."""
    steps = style()["step_cm"]
    return steps[measure] * CM if measure in steps else None


def band(measure: str, body: float, design: float | None, limit: float | None) -> Band:
    """The bounds of the ease at one girth.

    Stretchy cloth is too tight where going around the body would take it past its limit; if the
    style is meant to hang free, already where it has to stretch to a tenth of that. Cloth that
    does not stretch is too tight under the least wearing ease, but a style that is meant to be
    closer than that may be, down to the body itself and what its skin gives.

    Args:
        measure: Which girth of the body.
        body: Its length [m].
        design: The ease that the style asks for [m], if known.
        limit: Wearable stretch of the cloth along the girth, as a ratio; None: not stated.
    """
    figures = style()
    size = step(measure) or 0.04 * body
    near = figures["tolerance"]
    least: float | None = None
    if limit is not None:
        least = -body * limit / (1 + limit)
        if limit < figures["stretch_from"] and (design is None or design >= 0):
            wearing = figures["least_ease_share"].get(measure, 0.0) * body
            given = -figures["give_share"] * body
            meant = 0.0 if design is None else max(design - near["closer_steps"] * size, given)
            least = max(least, min(wearing, meant))
        elif limit >= figures["stretch_from"] and design is not None and design >= 0:
            felt = figures["felt_share"] * limit
            meant = design - near["loose_steps"] * size
            least = max(least, min(meant, -body * felt / (1 + felt)))
    if design is None:
        return Band(least, None, None, None, None, size)
    tolerance = max(near["as_designed_steps"] * size, near["as_designed_share"] * design)
    most = design + max(near["loose_steps"] * size, near["loose_share"] * design)
    closer = design - max(near["closer_steps"] * size, near["as_designed_share"] * design)
    return Band(least, design - tolerance, design + tolerance, most, closer, size)


def material_stretch(material: str) -> tuple[float, float] | None:
    """Wearable stretch of warp and weft of what is not the shell fabric; None if not known."""
    known = style()["material_stretch"].get(material)
    return None if known is None else (known["warp"], known["weft"])


def design_ease(pattern: Pattern, level: str, rest: float | None) -> float | None:
    """The ease that a garment's style asks for at a level [m]; None where nothing says.

    A pattern that tells for which body it was drafted tells its ease: its finished measure less
    that body. Where the finished measure was not taken on the line that lies at the level (a
    sleeve's is taken at the underarm), it is the cloth at the level less that body. Else the
    style's usual range is taken at its middle.

    Args:
        pattern: The garment.
        level: ``bust_girth`` ...
        rest: Length of the cloth at that level before it was worn [m].
    """
    body = pattern.measurements.get(BODY_MEASURE.get(level, level))
    if body is not None:
        finished = pattern.finished.get(level)
        if finished is not None and (rest is None or abs(finished - rest) <= _SAME_LINE * rest):
            return finished - body
        return None if rest is None else rest - body
    figures = style()
    ranges = figures["style_ease_cm"].get(figures["style_of"].get(pattern.name, ""), {})
    fit = str(pattern.options.get("fit", "regular"))
    if level not in ranges or fit not in ranges[level]:
        return None
    low, high = ranges[level][fit]
    return float(low + high) / 2 * CM
