"""What the figures of the fit are called, in English and Russian."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from fitting.records import Balance, Caution, Verdict, ZoneFit
from fitting.units import CM

# What the eye forgives: making-up tolerances of lengths are 1 cm; lean and axis chosen.
HEM, LEAN, AXIS = 1.5 * CM, math.radians(4.0), 1.0 * CM

VERDICTS: dict[Verdict, tuple[str, str]] = {
    "too_tight": ("too tight", "слишком тесно"),
    "snug": ("snug", "плотнее, чем задумано"),
    "as_designed": ("as designed", "как задумано"),
    "loose": ("loose", "свободнее, чем задумано"),
    "too_loose": ("too loose", "слишком свободно"),
}
_NOT_JUDGED = ("not judged", "без оценки")

# English, Russian, and Russian for where something is: tight "in the hips", wide "along the hem".
ZONES: dict[str, tuple[str, str, str]] = {
    "neck": ("neck", "шея", "на шее"),
    "neckline": ("neckline", "горловина", "по горловине"),
    "neck_base": ("neck base", "основание шеи", "у основания шеи"),
    "bust": ("bust", "грудь", "в груди"),
    "underbust": ("underbust", "под грудью", "под грудью"),
    "waist": ("waist", "талия", "в талии"),
    "hip": ("hip", "бёдра", "в бёдрах"),
    "upper_arm": ("upper arm", "обхват плеча", "в верхней части рукава"),
    "elbow": ("elbow", "локоть", "в локте"),
    "wrist": ("wrist", "запястье", "в запястье"),
    "thigh": ("thigh", "обхват бедра", "в верхней части бедра"),
    "knee": ("knee", "колено", "в колене"),
    "calf": ("calf", "икра", "в икре"),
    "ankle": ("ankle", "щиколотка", "у щиколотки"),
    "hem": ("hem", "низ", "по низу"),
    "top": ("waistband", "пояс", "в поясе"),
    "upper_edge": ("upper edge", "верхний край", "по верхнему краю"),
    "sleeve_length": ("sleeve length", "длина рукава", "по длине рукава"),
    "inside_leg_length": ("inside leg", "шаговый шов", "по шаговому шву"),
    "arm_length": ("arm length", "длина руки", "по длине руки"),
}
_SIDES = {"L": ("left ", ", слева"), "R": ("right ", ", справа"), "": ("", "")}
_MOVES = {
    "sit": ("Sitting down", "Сесть"),
    "raise_arms": ("Raising the arms", "Поднять руки"),
    "bend_elbow": ("Bending the elbow", "Согнуть локоть"),
    "bend_knee": ("Bending the knee", "Согнуть колено"),
    "step": ("A walking step", "Шаг"),
}
_SEAMS = {
    "side": "боковые швы",
    "outseam": "боковые швы",
    "underarm": "нижние швы рукавов",
    "inseam": "шаговые швы",
    "princess": "рельефы",
    "centre back": "средний шов спинки",
    "centre front": "средний шов переда",
}
_ACTIONS = {
    "take_in": ("Take in", "Ушить"),
    "let_out": ("Let out", "Выпустить"),
    "shorten": ("Shorten", "Укоротить"),
    "lengthen": ("Lengthen", "Удлинить"),
}
_LIMBS = {
    "sleeve_length": ("the sleeves", "рукава"),
    "inside_leg_length": ("the legs", "брючины"),
}


# Field of the balance, what is forgiven, and what is said of a positive and a negative value.
_BALANCE = (
    (
        "hem_front_rise",
        HEM,
        ("the hem rises in front", "низ поднят спереди"),
        ("the hem rises at the back", "низ поднят сзади"),
    ),
    (
        "hem_left_rise",
        HEM,
        ("the hem rises on the left", "низ поднят слева"),
        ("the hem rises on the right", "низ поднят справа"),
    ),
    (
        "side_lean_left",
        LEAN,
        ("the left side seam swings forward", "левый боковой шов уходит вперёд"),
        ("the left side seam swings back", "левый боковой шов уходит назад"),
    ),
    (
        "side_lean_right",
        LEAN,
        ("the right side seam swings forward", "правый боковой шов уходит вперёд"),
        ("the right side seam swings back", "правый боковой шов уходит назад"),
    ),
    (
        "centre_front",
        AXIS,
        ("the centre front is off to the left", "середина переда смещена влево"),
        ("the centre front is off to the right", "середина переда смещена вправо"),
    ),
    (
        "centre_back",
        AXIS,
        ("the centre back is off to the left", "середина спинки смещена влево"),
        ("the centre back is off to the right", "середина спинки смещена вправо"),
    ),
)


def zone_of(level: str) -> str:
    """The zone of a level or measurement: ``bust`` of ``bust_girth``."""
    return level.removesuffix("_girth")


def named(zone: str, side: str = "") -> tuple[str, str]:
    """A zone in English and Russian."""
    english, russian, _ = ZONES.get(zone, (zone.replace("_", " "), zone, zone))
    before, after = _SIDES[side]
    return before + english, russian + after


def cm(metres: float, *, signed: bool = False) -> str:
    """Centimetres with one decimal, for people."""
    number = round(metres / CM, 1) + 0.0
    return f"{number:+.1f}" if signed else f"{number:.1f}"


def percent(ratio: float) -> str:
    """A ratio in per cent, for people."""
    return f"{100 * ratio:.1f}" if abs(ratio) < 0.1 else f"{100 * ratio:.0f}"


def comma(text: str) -> str:
    """Numbers as they are written in Russian."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)


def zone_words(
    zone: str,
    side: str,
    verdict: Verdict | None,
    ease: float,
    design: float | None,
    stretch: float,
    limit: float | None,
    pressure: float | None,
    discomfort: float,
    *,
    over: bool = False,
) -> tuple[str, str]:
    """A zone's verdict in a sentence with the number behind it; `over` other garments or not."""
    than = ("what is worn under it", "того, что под ним") if over else ("the body", "тела")
    english, russian = named(zone, side)
    says, says_ru = VERDICTS[verdict] if verdict else _NOT_JUDGED
    if ease < 0:
        less, far = cm(-ease), percent(stretch)
        why = f"the cloth is {less} cm smaller than {than[0]} and is stretched by {far} %"
        why_ru = f"ткань на {less} см меньше {than[1]} и растянута на {far} %"
        if limit is None:
            why += ", and the fabric states no wearable stretch"
            why_ru += ", а допустимое растяжение ткани не указано"
        else:
            why += f" of a wearable {percent(limit)} %"
            why_ru += f" при допустимых {percent(limit)} %"
    else:
        why, why_ru = f"{cm(ease)} cm of ease", f"прибавка {cm(ease)} см"
    if design is not None:
        asked, asked_ru = _asked(ease, design, than)
        why += asked
        why_ru += asked_ru
    elif verdict is None and ease >= 0:
        why += "; nothing says how much the style asks for"
        why_ru += "; сколько задумано, неизвестно"
    if pressure is not None and pressure >= discomfort:
        why += f"; it presses with {pressure / 1000:.1f} kPa, beyond comfort"
        why_ru += f"; давит с силой {pressure / 1000:.1f} кПа, это неудобно"
    return (
        f"{english[0].upper()}{english[1:]}: {says}; {why}.",
        comma(f"{russian[0].upper()}{russian[1:]}: {says_ru}; {why_ru}") + ".",
    )


def _asked(ease: float, design: float, than: tuple[str, str]) -> tuple[str, str]:
    """What the style asks for beside the ease that is there."""
    if cm(ease) == cm(design):
        return ", as the style asks", ", как и задумано"
    number = cm(abs(design))
    if number == "0.0":
        return "; the style asks for none", "; по замыслу без прибавки"
    if design < 0:
        return (
            f"; the style is cut {number} cm smaller than {than[0]}",
            f"; по замыслу на {number} см меньше {than[1]}",
        )
    # After how much smaller the cloth is a bare number would be read as that.
    if ease < 0:
        return f"; the style asks for {number} cm of ease", f"; по замыслу прибавка {number} см"
    return f"; the style asks for {number} cm", f"; по замыслу {number} см"


def fit_words(
    verdict: Verdict | None, zones: Sequence[ZoneFit], why: Caution | None
) -> tuple[str, str]:
    """The verdict of a garment in a sentence; without one, why there is none.

    Args:
        verdict: The worst of the zones.
        zones: As judged.
        why: The gravest caution.
    """
    if why is not None and why.code == "cannot_be_worn":
        return f"It cannot be worn: {why.text}.", f"Носить нельзя: {why.text_ru}."
    if verdict is None:
        reason, reason_ru = (
            (why.text, why.text_ru)
            if why
            else (
                "the cloth of a stretched zone states no wearable stretch",
                "для ткани натянутой зоны не указано допустимое растяжение",
            )
        )
        return f"The fit cannot be judged: {reason}.", f"Посадку оценить нельзя: {reason_ru}."
    if verdict == "as_designed":
        return "It fits as designed.", "Сидит так, как задумано."
    same = [z for z in zones if z.verdict == verdict]
    where, where_ru = places([z.zone for z in same])
    says, says_ru = VERDICTS[verdict]
    wearable = verdict in ("snug", "loose")
    number, number_ru = _number(verdict, same)
    start, start_ru = ("It can be worn, but is", "Носить можно, но ") if wearable else ("It is", "")
    english = f"{start} {says} at the {where}{number}."
    russian = comma(f"{start_ru}{where_ru} {says_ru}{number_ru}") + "."
    more, more_ru = _besides(verdict, zones)
    return english + more, russian[0].upper() + russian[1:] + more_ru


def _besides(verdict: Verdict, zones: Sequence[ZoneFit]) -> tuple[str, str]:
    """What is off in other ways than the worst zones are; empty where nothing is."""
    others: dict[Verdict, list[str]] = {}
    for zone in zones:
        if zone.verdict not in (None, "as_designed", verdict):
            others.setdefault(zone.verdict, []).append(zone.zone)
    if not others:
        return "", ""
    told = {found: places(at) for found, at in others.items()}
    english = [f"{VERDICTS[found][0]} at the {at}" for found, (at, _) in told.items()]
    russian = [f"{at} {VERDICTS[found][1]}" for found, (_, at) in told.items()]
    return f" It is also {listed(english, 'and')}.", f" Кроме того, {'; '.join(russian)}."


def _number(verdict: Verdict, zones: Sequence[ZoneFit]) -> tuple[str, str]:
    """The number behind a verdict that several zones share: that of the worst."""
    tight = verdict in ("too_tight", "snug")
    offs = [z.ease - z.design_ease for z in zones if z.design_ease is not None]
    way = [abs(off) for off in offs if (off < 0) == tight and abs(off) >= 0.0005]
    stretched = [z for z in zones if z.limit is not None and z.stretch > 0]
    if way:
        number = cm(max(way))
        several = len(zones) > 1 and cm(min(way)) != number
        english = f": {'up to ' if several else ''}{number} cm {'closer' if tight else 'wider'}"
        russian = f": {'до' if several else 'на'} {number} см {'уже' if tight else 'шире'}"
        if verdict in ("snug", "loose"):
            # The verdict itself says: than designed.
            return f"{english} than designed", russian.rsplit(" ", 1)[0]
        return f"{english} than designed", f"{russian} задуманного"
    if tight and stretched:
        most = max(stretched, key=lambda z: z.stretch - (z.limit or 0.0))
        far, limit = percent(most.stretch), percent(most.limit or 0.0)
        return (
            f": stretched by {far} % of a wearable {limit} %",
            f": растяжение {far} % при допустимых {limit} %",
        )
    return "", ""


def places(zones: Sequence[str]) -> tuple[str, str]:
    """Where something is, each zone told once; a waistband at the waist is the waist."""
    told = [zone for zone in dict.fromkeys(zones) if zone != "top" or "waist" not in zones]
    names = [ZONES.get(zone, (zone, zone, zone)) for zone in told]
    return listed([n[0] for n in names], "and"), listed([n[2] for n in names], "и")


def listed(names: Sequence[str], joint: str) -> str:
    """Names as a sentence lists them: the joint before the last."""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def movement_words(
    movement: str, verdict: str | None, zone: str, stretch: float, limit: float | None
) -> tuple[str, str]:
    """Whether a movement can be made, in a sentence."""
    move, move_ru = _MOVES.get(movement, (movement, movement))
    english, _, region = ZONES.get(zone, (zone, zone, zone))
    if verdict == "free":
        return f"{move}: free.", f"{move_ru}: свободно."
    need, need_ru = (
        f"the cloth at the {english} would have to stretch by {percent(stretch)} %",
        f"{region} ткани нужно растянуться на {percent(stretch)} %",
    )
    if limit is None:
        return (
            f"{move}: not judged; {need}, and the cloth states no wearable stretch.",
            comma(f"{move_ru}: без оценки; {need_ru}, а допустимое не указано") + ".",
        )
    says, says_ru = (
        ("restricted", "стесняет") if verdict == "held" else ("not possible", "не получится")
    )
    return (
        f"{move}: {says}; {need}, and it gives {percent(limit)} %.",
        comma(f"{move_ru}: {says_ru}; {need_ru} при допустимых {percent(limit)} %") + ".",
    )


def step_words(verdict: str, reach: float, stretch: float, limit: float) -> tuple[str, str]:
    """How far a step goes in a skirt that holds the legs, in a sentence."""
    need = f"a full one would stretch the cloth by {percent(stretch)} %, and it gives"
    need_ru = f"полный шаг растянул бы ткань на {percent(stretch)} % при допустимых"
    far = f"{reach / CM:.0f}"
    if verdict != "held":
        says, says_ru = f"not possible, {far} cm at most", f"не получится, самое большее {far} см"
    elif stretch > limit:
        says, says_ru = f"restricted to {far} cm", f"стеснён, не длиннее {far} см"
    else:
        says, says_ru = "restricted", "стеснён"
    return (
        f"A walking step: {says}; {need} {percent(limit)} %.",
        comma(f"Шаг: {says_ru}; {need_ru} {percent(limit)} %") + ".",
    )


def balance_words(of: Balance) -> tuple[str, str]:
    """What is out of balance; empty where nothing is beyond what the eye forgives."""
    english, russian = [], []
    for name, least, more, less in _BALANCE:
        value = getattr(of, name)
        if value is None or abs(value) <= least:
            continue
        turned = name.startswith("side_lean")
        number = f"{abs(math.degrees(value)):.0f}°" if turned else f"{cm(abs(value))} cm"
        says, says_ru = more if value > 0 else less
        english.append(f"{says} by {number}")
        russian.append(comma(f"{says_ru} на {number.replace('cm', 'см')}"))
    if not english:
        return "", ""
    first, first_ru = "; ".join(english), "; ".join(russian)
    return f"{first[0].upper()}{first[1:]}.", f"{first_ru[0].upper()}{first_ru[1:]}."


def alteration_words(
    action: str, seam: str, zone: str, total: float, each: float, spare: float | None = None
) -> tuple[str, str]:
    """An alteration in a sentence; `spare` is the allowance that a let-out seam has [m]."""
    does, does_ru = _ACTIONS[action]
    english, _, region = ZONES.get(zone, (zone, zone, zone))
    if action in ("shorten", "lengthen"):
        limb, limb_ru = _LIMBS.get(zone, (f"the {english}", ""))
        return (
            f"{does} {limb} by {cm(total)} cm at the {seam}.",
            comma(f"{does_ru} {limb_ru} на {cm(total)} см".replace("  ", " ")) + ".",
        )
    first = seam.split(".")[0].lower()
    seams = f"{seam}s" if seam.endswith("seam") else f"{seam} seams"
    said = (
        f"{does} the {seams} by {cm(each)} cm on each edge at the {english}, {cm(total)} cm in all"
    )
    said_ru = (
        f"{does_ru} {_SEAMS.get(first, f'швы «{seam}»')} на {cm(each)} см с каждой стороны "
        f"{region}, всего {cm(total)} см"
    )
    if spare is not None and each > spare:
        said += f"; the allowance is only {cm(spare)} cm, so cut it anew"
        said_ru += f"; припуск всего {cm(spare)} см, нужно кроить заново"
    return f"{said}.", comma(said_ru) + "."
