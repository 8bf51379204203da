"""Russian: folding, inflection and the dictionary, by pymorphy3."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from audit.lang.base import Language

# Latin and digit look-alikes are Cyrillic only inside a word that has Cyrillic letters: «Bас», «зaказ», «3дравствуйте».
_LOOKALIKES = str.maketrans(dict(zip("aceopxykmhtb30", "асеорхукмнтвзо", strict=True)))
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_LATIN_OR_DIGIT = re.compile("[a-z30]")
_CYRILLIC = re.compile("[а-яіїєґәғқңөұүһ]")
_PLAIN = re.compile(r"(?:([а-я])(?!\1\1))+")  # nearly every word: nothing to mend
_RUN = re.compile(r"(\w)\1{2,}")


def fold(word: str) -> str:
    """The form by which a word is compared; total over any string."""
    word = word.casefold().replace("ё", "е")
    if _PLAIN.fullmatch(word):
        return word
    if word.isascii():
        return _RUN.sub(r"\1", word) if _RUN.search(word) and not word.isdigit() else word
    word = unicodedata.normalize("NFC", _INVISIBLE.sub("", word)).replace("ё", "е")
    if _LATIN_OR_DIGIT.search(word) and len(_CYRILLIC.findall(word)) * 2 >= len(word):
        word = word.translate(_LOOKALIKES)
    return _RUN.sub(r"\1", word)


@cache
def _morph() -> Any:
    import pymorphy3  # the dictionary costs 0.1 s: only compiling and unknown words need it

    return pymorphy3.MorphAnalyzer(lang="ru")


def parses(word: str) -> list[Any]:
    """The dictionary's readings of a word, the likeliest first; a guess for a word that it does not have."""
    found: list[Any] = _morph().parse(word)
    return found


def inflect(word: str) -> frozenset[str]:
    """All forms of every dictionary reading of `word` with the part of speech it is written in.

    A verb keeps its aspect (ждать does not give подождать); short and long adjectives go together.
    """
    forms = {word}
    for parse in _morph().parse(word):
        if parse.is_known:
            forms.update(fold(form.word) for form in parse.lexeme)
    return frozenset(forms)


def known(word: str) -> bool:
    """Whether the dictionary has the word, with ё where the folded form has е."""
    return bool(_morph().word_is_known(word)) or _known_with_yo(word)


def _known_with_yo(word: str) -> bool:
    places = [i for i, char in enumerate(word) if char == "е"]
    return any(_morph().word_is_known(word[:i] + "ё" + word[i + 1 :]) for i in places)


def ordinary(word: str) -> bool:
    """Whether the dictionary has a reading of the word that is not a name, a patronymic or a surname."""
    if not _morph().word_is_known(word):
        return False
    return any(
        parse.is_known and not parse.tag.grammemes & {"Name", "Patr", "Surn", "Geox", "Orgn"}
        for parse in _morph().parse(word)
    )


LANGUAGE = Language("ru", fold, inflect, known, ordinary, "абвгдежзийклмнопрстуфхцчшщъыьэюя")
