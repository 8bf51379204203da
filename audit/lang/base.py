"""What a language must give: a few plain functions over words, gathered in one value."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Language(Struct, frozen=True):
    """A language as the compiler and the scanner see it.

    fold     one raw word → the form it is compared by (lower case, ё→е, look-alike letters …)
    inflect  a folded word → every folded form of it that keeps the part of speech (compile time only)
    known    whether a folded word is in the language's dictionary: known words are never "corrected"
    ordinary whether a folded word is a word of the language other than a personal name
    letters  characters by which the language is told from others
    """

    code: str
    fold: Callable[[str], str]
    inflect: Callable[[str], frozenset[str]]
    known: Callable[[str], bool]
    ordinary: Callable[[str], bool]
    letters: str
