"""Size advice in English and Russian."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.assess.words import ZONES, cm, comma, listed, zone_of
from fitting.records import SizeFit, SizeZone

_SURE = 0.99  # nobody is told more than this: measurements are not all that there is
_OFF = {
    "too_tight": ("too tight", "слишком тесно"),
    "snug": ("close", "плотно"),
    "loose": ("wide", "свободно"),
    "too_loose": ("too wide", "слишком свободно"),
}
# Measurements that a finished length follows: short, long, and what is.
_LONG = {
    "arm_length": (("short", "коротки"), ("long", "длинны"), ("sleeves", "рукава")),
    "inside_leg_length": (("short", "коротки"), ("long", "длинны"), ("legs", "брюки")),
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
    sure = top.probability >= _SURE
    chance = f"over {100 * _SURE:.0f} %" if sure else f"{100 * top.probability:.0f} %"
    chance_ru = chance.replace("over", "более")
    if taken is None:
        english = [f"No size fits: the nearest is {top.size}, and it {_where(top, 0)}."]
        russian = [f"Ни один размер не подходит: ближайший {top.size}, {_where(top, 1)}."]
    elif unlikely:
        off = any(zone.verdict != "as_designed" for zone in top.zones)
        why, why_ru = (f": it {_where(top, 0)}", f": {_where(top, 1)}") if off else ("", "")
        english = [
            f"Size {top.size} is the nearest, but fits with a probability of {chance} only{why}."
        ]
        russian = [
            f"Ближе всего размер {top.size}, но подойдёт лишь с вероятностью {chance_ru}{why_ru}."
        ]
    else:
        english = [f"Take size {top.size}: it fits with a probability of {chance}."]
        russian = [f"Берите размер {top.size}: подойдёт с вероятностью {chance_ru}."]
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
            f"Если мерка «{name_ru}» на {cm(abs(by))} см {more_ru}, лучше подойдёт размер {then}: "
            f"{'снимите её ещё раз' if taped else 'снимите её'}."
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
        return ("would be as designed too", "тоже сядет как задумано")[language]
    off.sort(key=lambda z: (round(z.probability, 1), -abs(z.off)))
    # What is off in the same way by as much is said once.
    groups: dict[tuple[str, str], list[str]] = {}
    for zone in off[:3]:
        says, place = _off(zone)[language]
        number = cm(abs(zone.off))
        more = zone.off < 0
        cut = (
            f"cut for {number} cm {'more' if more else 'less'}",
            f"рассчитан на {number} см {'больше' if more else 'меньше'}",
        )[language]
        groups.setdefault((says, cut), []).append(place)
    joint = ("and", "и")[language]
    parts = [f"{says} {listed(places, joint)} ({cut})" for (says, cut), places in groups.items()]
    joined = ", ".join(parts)
    return joined if language else f"would be {joined}"


def _off(zone: SizeZone) -> tuple[tuple[str, str], tuple[str, str]]:
    """How a zone is off and where, in English and Russian."""
    if zone.measurement in _LONG:
        short, long, what = _LONG[zone.measurement]
        says, says_ru = short if zone.verdict in ("too_tight", "snug") else long
        return (f"{says} in the", what[0]), (says_ru, what[1])
    names = ZONES.get(zone_of(zone.measurement), (zone.measurement,) * 3)
    says, says_ru = _OFF[zone.verdict]
    return (f"{says} at the", names[0]), (says_ru, names[2])
