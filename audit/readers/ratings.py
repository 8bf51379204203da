"""Ratings as clients leave them, in words, signs and numbers, brought to one shape."""

from __future__ import annotations

import re
from math import isnan
from typing import Any

_LIKE = "like лайк positive good хорошо отлично понравилось + 👍 👍🏻 patīk"
_DISLIKE = "dislike дизлайк negative bad плохо ужасно не_понравилось - − 👎 👎🏻 nepatīk"
_WORDS = dict.fromkeys(_LIKE.split(), "like") | dict.fromkeys(
    (word.replace("_", " ") for word in _DISLIKE.split()), "dislike"
)
_OF = re.compile(r"^(-?\d+(?:[.,]\d+)?)\s*(?:/|из|of)\s*(\d+)$")


def parse_rating(value: Any, comment: str | None = None) -> dict[str, Any] | None:
    """`{"scale", "value", "comment"}` or None when nothing was rated.

    Scales: `like` (value like or dislike), `1-5`, `1-10`, `number` for another number, `raw` for other words.
    """
    if value is None or isinstance(value, bool | list | dict):
        return None
    text = str(value).strip()
    if not text:
        return None
    rating: dict[str, Any] = {"scale": "raw", "value": text, "comment": comment or ""}
    word = _WORDS.get(text.casefold())
    if word:
        return rating | {"scale": "like", "value": word}
    of = _OF.match(text)
    try:
        number = float((of[1] if of else text).replace(",", "."))
    except ValueError:
        return rating
    if abs(number) > 1e6 or isnan(number):
        return rating
    return rating | {
        "scale": _scale(number, of[2] if of else None),
        "value": int(number) if number.is_integer() else number,
    }


def _scale(number: float, top: str | None) -> str:
    if top:
        return f"1-{top}"
    return "1-5" if 1 <= number <= 5 else "1-10" if 5 < number <= 10 else "number"
