"""What keeps a fit from being judged, said plainly."""

from __future__ import annotations

from collections.abc import Sequence

from fitting.assess.girths import Measured
from fitting.assess.strain import limits
from fitting.records import Caution, Drape

_WHY = {
    "time_limit": ("its time ran out", "вышло время расчёта"),
    "diverged": ("the simulation came apart", "расчёт разошёлся"),
    "tangled": ("the cloth goes through itself in many places", "ткань запуталась"),
    "in_body": ("part of the cloth is stuck in the body", "часть ткани застряла в теле"),
}


def cautions(drape: Drape, measured: Sequence[Measured]) -> tuple[Caution, ...]:
    """What is missing for a verdict, the gravest first."""
    found = []
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
