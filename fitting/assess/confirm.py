"""Checking size advice, and made to measure against a size, on draped garments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fitting.assess.words import named
from fitting.assess.zones import SEVERITY
from fitting.errors import BadInput, UnknownName
from fitting.records import FitReport, SizeAdvice
from fitting.units import to_cm


def two_best(advice: SizeAdvice) -> tuple[str, ...]:
    """The sizes worth draping: the best, and of its neighbours the better one."""
    order = sorted(range(len(advice.sizes)), key=lambda k: advice.sizes[k].loss)
    best = order[0]
    beside = [k for k in order if abs(k - best) == 1]
    return tuple(advice.sizes[k].size for k in [best, *beside[:1]])


def misfit(report: FitReport) -> tuple[int, float]:
    """How badly a draped garment fits: its worst verdict, then how far its zones are off [m].

    Raises:
        BadInput: The report has no verdict; it says why.
    """
    if report.verdict is None:
        raise BadInput(f"the drape of size {report.size!r} cannot be compared: {report.text}")
    off = [abs(z.ease - z.design_ease) for z in report.zones if z.design_ease is not None]
    return SEVERITY[report.verdict], sum(off)


def confirmed(advice: SizeAdvice, draped: Mapping[str, FitReport]) -> SizeAdvice:
    """The advice after some of its sizes have been draped.

    Args:
        advice: From measurements alone.
        draped: Reports by size; sizes that were not draped are left as they are.
    Returns:
        The advice with the size that drapes best; the sentence says what the drape changed.
    Raises:
        UnknownName: A size that the advice does not know.
        BadInput: No report, or one without a verdict.
    """
    known = [size.size for size in advice.sizes]
    unknown = sorted(set(draped) - set(known))
    if unknown:
        raise UnknownName(f"there is no size {unknown[0]!r}; there are: {', '.join(known)}")
    if not draped:
        raise BadInput("no size was draped; drape those that `two_best` names")
    best = min(draped, key=lambda size: misfit(draped[size]))
    report = draped[best]
    if best == advice.best:
        says, says_ru = "The drape confirms it", "Драпировка это подтверждает"
    else:
        says, says_ru = f"Draped, size {best} sits better", f"На теле лучше сидит размер {best}"
    return replace(
        advice,
        best=best,
        text=f"{advice.text} {says}: {_lower(report.text)}",
        text_ru=f"{advice.text_ru} {says_ru}: {_lower(report.text_ru)}",
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def comparison(made: FitReport, size: FitReport) -> dict[str, Any]:
    """A made-to-measure garment beside its nearest size, zone by zone, with the cloth of each.

    Args:
        made: Drafted to the customer and draped.
        size: The nearest size, draped on the same customer.
    Returns:
        Plain values in centimetres and square metres; ``gain_cm`` is how much nearer to the
        designed ease the made-to-measure garment comes.
    """
    theirs = {(zone.zone, zone.side): zone for zone in size.zones}
    rows = []
    for mine in made.zones:
        other = theirs.get((mine.zone, mine.side))
        if other is None:
            continue
        # The size's own design ease is that of its chart body; the style is the same.
        asked = mine.design_ease if mine.design_ease is not None else other.design_ease
        off = None if asked is None else (abs(mine.ease - asked), abs(other.ease - asked))
        english, russian = named(mine.zone, mine.side)
        rows.append(
            {
                "zone": mine.zone,
                "side": mine.side or None,
                "name": {"en": english, "ru": russian},
                "made_to_measure": {"ease_cm": to_cm(mine.ease), "verdict": mine.verdict},
                "size": {"ease_cm": to_cm(other.ease), "verdict": other.verdict},
                "gain_cm": None if off is None else to_cm(off[1] - off[0]) + 0.0,
            }
        )
    return {
        "garment": made.garment,
        "size": size.size,
        "verdict": {"made_to_measure": made.verdict, "size": size.verdict},
        "fabric_area_m2": {
            "made_to_measure": round(made.fabric_area, 4),
            "size": round(size.fabric_area, 4),
        },
        "zones": rows,
    }
