"""The languages a pack may speak, and telling which one a dialogue is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from audit.lang import ru
from audit.lang.base import Language

LANGUAGES: dict[str, Language] = {"ru": ru.LANGUAGE}

_LATVIAN = re.compile("[āčēģīķļņšūž]")


def detect(texts: Iterable[str]) -> str | None:
    """ru, lv or en by the letters used; None where there are no letters at all."""
    text = " ".join(texts).casefold()[:5000]
    cyrillic = sum("а" <= char <= "я" or char == "ё" for char in text)
    latin = sum("a" <= char <= "z" for char in text)
    if not cyrillic and not latin:
        return None
    if cyrillic * 2 >= latin:
        return "ru"
    return "lv" if len(_LATVIAN.findall(text)) * 40 >= latin else "en"


__all__ = ["LANGUAGES", "Language", "detect"]
