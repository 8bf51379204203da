"""How a name sounds, whatever it is written with: two scripts, several spellings, doubled letters."""

from __future__ import annotations

import re
from functools import lru_cache


def fold(word: str) -> str:
    """The form by which names are compared."""
    return word.casefold().replace("ё", "е")


_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "z", "з": "z", "и": "i", "й": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "c",
    "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "e", "ґ": "g",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
}  # fmt: skip
_DIGRAPHS = (
    ("shch", "s"), ("sch", "s"), ("sh", "s"), ("zh", "z"), ("kh", "h"), ("ch", "c"), ("ts", "c"), ("tz", "c"),
    ("ph", "f"), ("th", "t"), ("ck", "k"), ("x", "ks"), ("w", "v"), ("q", "k"), ("yo", "e"), ("ye", "e"), ("dj", "z"),
    ("dz", "z"), ("y", "i"), ("j", "i"),
)  # fmt: skip
_MARKS = str.maketrans("āčēģīķļņšūžäöüõşığçáéíóú", "acegiklnsuzaouosigcaeiou")
_PLAIN = str.maketrans({"я": "а", "ю": "у", "ь": "", "ъ": "", "қ": "к", "ғ": "г"})
_BROAD = str.maketrans("eo", "au")


@lru_cache(maxsize=20_000)
def spelt(word: str) -> str:
    """Script-free form: Юлия, Julija and Yulia come out alike, Наталья and Наталия too; doubled letters count once."""
    word = fold(word).translate(_MARKS)
    if re.search("[а-яіїєґ]", word):
        word = "".join(_LATIN.get(char, char) for char in word.replace("дж", "ж"))
    else:
        for digraph, plain in _DIGRAPHS:
            word = word.replace(digraph, plain)
    return re.sub(r"(.)\1+", r"\1", word)


def skeleton(word: str) -> str:
    """Like `spelt`, without end vowels: what remains in every case."""
    word = spelt(word)
    return word.rstrip("aeiou") or word


def variant_key(lemma: str, *, eastern: bool = False, drop_s: bool = False) -> str:
    """What spellings of one name have in common; Aleksejs is Алексей, and eastern vowels count by their class."""
    key = spelt(lemma)
    if drop_s and len(key) > 4:
        key = key.removesuffix("s")
    if not eastern:
        return key
    broad = spelt(fold(lemma).translate(_PLAIN).replace("дж", "ж").replace("ауы", "ау").replace("ж", "q"))
    broad = re.sub(r"([aiu])\1+", r"\1", broad.translate(_BROAD))
    return "~" + broad if len(broad) > 4 else key
