"""Size advice in English and Russian."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.assess.words import ZONES, cm, comma, zone_of
from fitting.records import SizeFit

_TIGHT, _LOOSE = ("too_tight", "snug"), ("too_loose", "loose")
_OFF = {
    "too_tight": ("too tight", "тесно"),
    "snug": ("close", "плотно"),
    "loose": ("wide", "свободно"),
    "too_loose": ("too wide", "слишком свободно"),
}


def advice_words(
    sizes: Sequence[SizeFit],
    best: int,
    taken: str | None,
    decisive: str | None,
    by: float,
    then: str | None,
    made: bool,
    unlikely: bool,
    taped: bool,
) -> tuple[str, str]:
    """The advice in a few sentences."""
    top = sizes[best]
    chance = f"{100 * top.probability:.0f} %"
    if taken is None:
        english = [f"No size fits: the nearest is {top.size}, {_where(top, 0)}."]
        russian = [f"Ни один размер не подходит: ближайший {top.size}, {_where(top, 1)}."]
    else:
        english = [f"Take size {top.size}: it fits with a probability of {chance}."]
        russian = [f"Берите размер {top.size}: подойдёт с вероятностью {chance}."]
    for side, (than, than_ru) in ((-1, ("smaller", "меньше")), (1, ("larger", "больше"))):
        if 0 <= best + side < len(sizes):
            other = sizes[best + side]
            english.append(f"One size {than}, {other.size}, {_where(other, 0)}.")
            russian.append(f"На размер {than_ru}, {other.size}: {_where(other, 1)}.")
    if decisive is not None and then is not None:
        name, name_ru, _ = ZONES.get(zone_of(decisive), (decisive,) * 3)
        more, more_ru = ("more", "больше") if by > 0 else ("less", "меньше")
        english.append(
            f"If the {name} measured {cm(abs(by))} cm {more}, size {then} would be better: "
            f"measure it{' again' if taped else ''}."
        )
        russian.append(
            f"Если мерка «{name_ru}» на {cm(abs(by))} см {more_ru}, лучше размер {then}: "
            f"{'измерьте её ещё раз' if taped else 'снимите её'}."
        )
    if made and unlikely:
        english.append("Made to measure is worth it: no size is likely to fit.")
        russian.append("Стоит шить по меркам: скорее всего, ни один размер не подойдёт.")
    elif made:
        designed = f"{100 * top.probability_as_designed:.0f} %"
        english.append(
            f"It can be worn, but is as designed in every zone with a probability of {designed} "
            "only: made to measure is worth it where that matters."
        )
        russian.append(
            f"Носить можно, но во всех зонах сядет как задумано лишь с вероятностью {designed}: "
            "если это важно, стоит шить по меркам."
        )
    return " ".join(english), comma(" ".join(russian))


def _where(fit: SizeFit, language: int) -> str:
    """What is off in a size, the worst first."""
    off = [z for z in fit.zones if z.verdict != "as_designed"]
    if not off:
        return ("would be as designed too", "тоже как задумано")[language]
    off.sort(key=lambda z: (round(z.probability, 1), -abs(z.off)))
    parts = []
    for zone in off[:3]:
        names = ZONES.get(zone_of(zone.measurement), (zone.measurement,) * 3)
        says = _OFF[zone.verdict][language]
        number = cm(abs(zone.off))
        parts.append(
            f"{says} at the {names[0]} by {number} cm"
            if language == 0
            else f"{says} в области {names[2]} на {number} см"
        )
    joined = ", ".join(parts)
    return joined if language else f"would be {joined}"
