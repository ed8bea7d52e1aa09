"""Options that many garments share, in the words of the trade."""

from __future__ import annotations

from collections.abc import Mapping

from fitting.pattern.design import Option


def by_fit(slim: float, regular: float, loose: float) -> Mapping[str, float]:
    """Defaults for the three fits."""
    return {"slim": slim, "regular": regular, "loose": loose}


def chest_ease(by: Mapping[str, float], per_stretch: float = 0.0, low: float = -0.15) -> Option:
    """Chest ease as a share of the girth."""
    return Option(
        "ratio",
        by["regular"],
        "Chest girth beyond the body's, as a share of it.",
        "Прибавка по груди, доля обхвата.",
        low,
        0.50,
        by=by,
        per_stretch=per_stretch,
    )


def waist_ease(by: Mapping[str, float], low: float = -0.15, high: float = 0.5) -> Option:
    """Waist ease as a share of the girth."""
    return Option(
        "ratio",
        by["regular"],
        "Waist girth beyond the body's, as a share of it.",
        "Прибавка по талии, доля обхвата.",
        low,
        high,
        by=by,
    )


def hip_ease(by: Mapping[str, float], per_stretch: float = 0.0, low: float = -0.15) -> Option:
    """Hip ease as a share of the girth."""
    return Option(
        "ratio",
        by["regular"],
        "Girth at the hip, or at a hem above it, beyond the body's, as a share of it.",
        "Прибавка по бёдрам, доля обхвата.",
        low,
        0.60,
        by=by,
        per_stretch=per_stretch,
    )


def hem_level(default: float, low: float, high: float) -> Option:
    """Where a top ends."""
    return Option(
        "ratio",
        default,
        "Where the hem lies: 0 at the waist, 1 at the hip.",
        "Уровень низа: 0 на талии, 1 на бёдрах.",
        low,
        high,
    )


def skirt_length(default: float, low: float = 0.22, high: float = 0.97) -> Option:
    """Where a skirt ends."""
    return Option(
        "ratio",
        default,
        "Skirt length as a share of the waist's height: 0.57 at the knee, 1 at the floor.",
        "Длина юбки, доля высоты талии: 0,57 до колена, 1 до пола.",
        low,
        high,
    )


def waist_shaping(by: Mapping[str, float]) -> Option:
    """How far plain sides follow the waist."""
    return Option(
        "ratio",
        by["regular"],
        "How far the side follows the waist: 0 straight, 1 as close as the chest.",
        "Прилегание по боку: 0 прямой, 1 как по груди.",
        0.0,
        1.0,
        by=by,
    )


def armhole_depth(by: Mapping[str, float]) -> Option:
    """Armhole depth beyond the block's."""
    return Option(
        "ratio",
        by["regular"],
        "Armhole deeper than the block's, as a share of it.",
        "Углубление проймы, доля её глубины.",
        -0.10,
        0.40,
        by=by,
    )


def neck_width(default: float, by: Mapping[str, float] | None = None) -> Option:
    """Neckline wider than the neck."""
    return Option(
        "ratio",
        default,
        "Neckline wider than the neck, as a share of the shoulder length.",
        "Расширение горловины, доля длины плеча.",
        0.0,
        0.55,
        by=by or {},
        depends="neck",
    )


def neck_depth(default: float, by: Mapping[str, float] | None = None) -> Option:
    """Depth of the front neckline."""
    return Option(
        "ratio",
        default,
        "Depth of the front neckline: 0 at the pit of the neck, 1 at the underarm.",
        "Глубина горловины: 0 у ярёмной ямки, 1 на уровне проймы.",
        0.0,
        0.9,
        by=by or {},
        depends="neck",
    )


def sleeve_length(default: float, by: Mapping[str, float] | None = None) -> Option:
    """Length of the sleeve."""
    return Option(
        "ratio",
        default,
        "Sleeve length as a share of the arm's.",
        "Длина рукава, доля длины руки.",
        0.25,
        1.12,
        by=by or {},
        depends="sleeve",
    )


def sleeve_ease(by: Mapping[str, float], per_stretch: float = 0.0) -> Option:
    """Least ease around the upper arm."""
    return Option(
        "ratio",
        by["regular"],
        "Least sleeve girth beyond the upper arm's, as a share of it.",
        "Наименьшая прибавка по обхвату плеча, доля обхвата.",
        -0.10,
        0.80,
        by=by,
        per_stretch=per_stretch,
    )


def cuff_ease(default: float) -> Option:
    """Ease around the wrist."""
    return Option(
        "ratio",
        default,
        "Wrist opening beyond the wrist's girth, as a share of it.",
        "Прибавка по запястью, доля обхвата.",
        0.0,
        1.5,
    )


def cap_height(by: Mapping[str, float]) -> Option:
    """Height of the sleeve cap."""
    return Option(
        "ratio",
        by["regular"],
        "Height of the sleeve cap as a share of the armhole's depth.",
        "Высота оката, доля глубины проймы.",
        0.35,
        0.85,
        by=by,
    )


def cap_ease(default: float) -> Option:
    """Ease of the sleeve cap."""
    return Option(
        "ratio",
        default,
        "Sleeve cap longer than the armhole, as a share of it.",
        "Посадка оката, доля длины проймы.",
        0.0,
        0.07,
    )


def length(default: float, low: float, high: float, what: str, what_ru: str) -> Option:
    """A plain length [m]."""
    return Option("length", default, what, what_ru, low, high)


def share(default: float, low: float, high: float, what: str, what_ru: str) -> Option:
    """A plain ratio."""
    return Option("ratio", default, what, what_ru, low, high)


def choice(default: str, choices: tuple[str, ...], what: str, what_ru: str) -> Option:
    """One of several."""
    return Option("choice", default, what, what_ru, choices=choices)


def flag(default: bool, what: str, what_ru: str) -> Option:
    """Yes or no."""
    return Option("flag", default, what, what_ru)


def count(default: int, low: int, high: int, what: str, what_ru: str) -> Option:
    """A whole number."""
    return Option("count", float(default), what, what_ru, float(low), float(high))


def share_by_fit(
    by: Mapping[str, float],
    low: float,
    high: float,
    what: str,
    what_ru: str,
    *,
    per_stretch: float = 0.0,
) -> Option:
    """A ratio whose default follows the fit and the fabric's stretch."""
    return Option("ratio", by["regular"], what, what_ru, low, high, by=by, per_stretch=per_stretch)
