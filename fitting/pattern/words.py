"""Words on sheets, in English and Russian."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "ru")

_RUSSIAN = {
    # pieces
    "front": "перед",
    "back": "спинка",
    "yoke": "кокетка",
    "sleeve": "рукав",
    "cuff": "манжета",
    "collar": "воротник",
    "stand": "стойка",
    "lapel": "лацкан",
    "placket": "планка",
    "button band": "нижняя планка",
    "hood": "капюшон",
    "pocket": "карман",
    "pocket bag": "мешковина кармана",
    "fly facing": "обтачка гульфика",
    "fly shield": "откосок",
    "belt loops": "шлёвки",
    "pocket facing": "подзор кармана",
    "sleeve placket": "планка шлицы рукава",
    "front facing": "обтачка переда",
    "back facing": "обтачка спинки",
    "neck binding": "окантовка горловины",
    "armhole binding": "окантовка проймы",
    "neckband": "бейка горловины",
    "waistband": "пояс",
    "rib.front": "подвяз переда",
    "rib.back": "подвяз спинки",
    "bodice front": "лиф, перед",
    "bodice back": "лиф, спинка",
    "skirt front": "переднее полотнище",
    "skirt back": "заднее полотнище",
    # on a piece
    "folded along the line": "со сгибом по линии",
    "shell": "основная ткань",
    "rib": "рибана",
    "lining": "подкладка",
    "fusing": "дублерин",
    "left": "лев.",
    "right": "прав.",
    # on a sheet
    "size": "размер",
    "made to measure": "по меркам",
    "options": "параметры",
    "finished measurements": "изделие в готовом виде",
    "body": "тело",
    "garment": "изделие",
    "page": "лист",
    "page map": "схема листов",
    "print at 100 %": "печатать в масштабе 100 %",
    "the square must measure 10 cm": "сторона квадрата должна быть 10 см",
    "fabric": "ткань",
    "pieces": "детали",
    "ease": "прибавка",
    "cm": "см",
    "in": "дюйма",
    "yes": "да",
    "no": "нет",
    # choices
    "slim": "плотно",
    "regular": "обычно",
    "loose": "свободно",
    "crew": "круглая",
    "v": "клин",
    "scoop": "глубокая круглая",
    "none": "без",
    "short": "короткий",
    "long": "длинный",
    "by sex": "по полу",
    "left over right": "левая на правой",
    "right over left": "правая на левой",
    "pleats": "складки",
    "gathers": "сборка",
    "quarter": "четверть",
    "half": "половина",
    "full": "полный круг",
    "elastic": "резинка",
    "fly": "гульфик",
    # measurements
    "height": "рост",
    "bust_girth": "обхват груди",
    "underbust_girth": "обхват под грудью",
    "waist_girth": "обхват талии",
    "hip_girth": "обхват бёдер",
    "neck_girth": "обхват шеи",
    "neck_base_girth": "обхват основания шеи",
    "shoulder_width": "ширина плеч",
    "shoulder_length": "длина плеча",
    "back_width": "ширина спины",
    "across_chest_width": "ширина груди",
    "back_waist_length": "длина спины до талии",
    "front_waist_length": "длина переда до талии",
    "arm_length": "длина руки",
    "upper_arm_girth": "обхват плеча",
    "wrist_girth": "обхват запястья",
    "thigh_girth": "обхват бедра",
    "knee_girth": "обхват колена",
    "calf_girth": "обхват икры",
    "ankle_girth": "обхват щиколотки",
    "inside_leg_length": "длина по шаговому шву",
    "outside_leg_length": "длина по боку",
    "waist_height": "высота талии",
    "hip_height": "высота бёдер",
    "crotch_length": "длина сидения",
    "knee_height": "высота колена",
    "bust_height": "высота груди",
    "bust_point_distance": "расстояние между центрами груди",
    "hem_girth": "ширина по низу",
    "back_length": "длина по спинке",
    "length": "длина",
    "armhole_girth": "длина проймы",
    "neckline_girth": "длина горловины",
    "collar_girth": "длина воротника",
    "sleeve_length": "длина рукава",
    "cuff_girth": "ширина манжеты",
}


def word(text: str, language: Language) -> str:
    """A word or phrase in the language; names of measurements lose their underscores."""
    if language == "ru" and text in _RUSSIAN:
        return _RUSSIAN[text]
    return text.replace("_", " ")


def panel_title(name: str, language: Language) -> str:
    """A panel's name for people: ``sleeve.L`` is "sleeve, left"."""
    if name.endswith(" fusing"):
        return f"{panel_title(name.removesuffix(' fusing'), language)}, {word('fusing', language)}"
    base, _, side = name.rpartition(".")
    if side in ("L", "R"):
        return f"{word(base, language)}, {word('left' if side == 'L' else 'right', language)}"
    return word(name, language)
