"""What keeps a fit from being judged, said plainly."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.assess.girths import Measured
from fitting.assess.strain import limits
from fitting.assess.words import comma, percent, places, zone_of
from fitting.records import Caution, Drape

_WHY = {
    "time_limit": (
        "it still moved when its time or its steps ran out",
        "за отведённое время и число шагов ткань не успокоилась",
    ),
    "diverged": ("the simulation came apart", "расчёт разошёлся"),
    "tangled": ("the cloth goes through itself in many places", "ткань запуталась"),
    "in_body": ("part of the cloth is stuck in the body", "часть ткани застряла в теле"),
}

# Cloth that would have to stretch by this much more than is wearable cannot be closed; chosen above
# the error of a tape.
_BEYOND = 0.02
# Borders that nothing has to close.
_FREE = ("hem_girth",)


def cautions(drape: Drape, measured: Sequence[Measured]) -> tuple[Caution, ...]:
    """What is missing for a verdict, the gravest first."""
    found = _too_small(measured)
    if drape.report.stop_reason != "at_rest":
        reason = drape.report.stop_reason
        why, why_ru = _WHY.get(reason, (reason, reason))
        found.append(
            Caution(
                "not_at_rest",
                f"the garment had not come to rest ({reason}: {why}); its figures are provisional",
                f"изделие не пришло в покой ({why_ru}); числа предварительные",
            )
        )
    if "torso" not in drape.body.regions:
        found.append(
            Caution(
                "no_regions",
                "the body does not say which of its parts is the torso; girths need its regions",
                "у тела не отмечены части; без них нельзя снять обхваты",
            )
        )
    elif not measured:
        found.append(
            Caution(
                "no_girths",
                "the garment closes around no level of the body that has a landmark",
                "изделие не охватывает ни одного отмеченного уровня тела",
            )
        )
    if limits(drape.fabric) is None:
        found.append(
            Caution(
                "no_limits",
                f"the fabric {drape.fabric.name!r} states no wearable stretch; stretched cloth "
                "cannot be judged",
                f"для ткани «{drape.fabric.title_ru}» не указано допустимое растяжение; "
                "натянутую ткань оценить нельзя",
            )
        )
    if measured and all(m.row.design_ease is None for m in measured):
        found.append(
            Caution(
                "no_style_ease",
                "nothing says how wide this style should be: the pattern names no body it was "
                "drafted for",
                "неизвестно, какой должна быть прибавка: в лекале нет мерок, по которым оно "
                "построено",
            )
        )
    return tuple(found)


def _too_small(measured: Sequence[Measured]) -> list[Caution]:
    """Whether the cloth cannot be closed around the body, judged by the lengths before it is worn:
    true of a garment that came to rest strained and of one that did not."""
    needed = {}
    for row in (m.row for m in measured):
        if row.level in _FREE or not row.rest or row.limit is None:
            continue
        stretch = row.body / row.rest - 1.0
        if stretch > row.limit + _BEYOND:
            # A top edge that hangs from no waist is no waistband.
            strapless = row.level == "top_girth" and row.design_ease is None
            zone = "upper_edge" if strapless else zone_of(row.level)
            needed[zone, row.side] = stretch, row.limit
    if not needed:
        return []
    where, where_ru = places([zone for zone, _ in needed])
    stretch, limit = max(needed.values(), key=lambda found: found[0] - found[1])
    return [
        Caution(
            "cannot_be_worn",
            f"it cannot be closed at the {where}: the cloth would have to stretch by "
            f"{percent(stretch)} %, and it gives {percent(limit)} %",
            comma(
                f"не сходится {where_ru}: ткани пришлось бы растянуться на "
                f"{percent(stretch)} %, а она тянется на {percent(limit)} %"
            ),
        )
    ]
