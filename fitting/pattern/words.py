"""Words on sheets, in English and Russian."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "ru"]

_RUSSIAN = {
    "front": "перед",
    "back": "спинка",
    "sleeve": "рукав",
    "neckband": "бейка горловины",
    "L": "левый",
    "R": "правый",
    "cut": "крой",
    "on the fold": "со сгибом",
    "fold": "сгиб",
    "grain": "долевая",
    "shell": "основная ткань",
    "rib": "рибана",
    "lining": "подкладка",
    "fusing": "дублерин",
    "size": "размер",
    "made to measure": "по меркам",
    "options": "параметры",
    "body": "тело",
    "finished": "в готовом виде",
    "page": "лист",
    "page map": "схема листов",
    "join": "стык",
    "centre front": "середина переда",
    "centre back": "середина спинки",
}


def word(text: str, language: Language) -> str:
    """A word or phrase in the language; unknown words stay as they are."""
    return _RUSSIAN.get(text, text) if language == "ru" else text


def panel_title(name: str, language: Language) -> str:
    """A panel's name for people: ``sleeve.L`` is "sleeve, left"."""
    base, _, side = name.partition(".")
    if side in ("L", "R"):
        plain = {"L": "left", "R": "right"}[side] if language == "en" else word(side, language)
        return f"{word(base, language)}, {plain}"
    return word(name, language)
