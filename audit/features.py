"""A word as the learned acts know it: masked, with its character n-grams and the marks written at it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit import text

if TYPE_CHECKING:
    from audit.names import NameTable
    from audit.scan import Scanner

NGRAMS = (2, 3, 4, 5)
NUMBER, NAME = "0", "@"
MARK = "\t"  # stands between a word and its marks
SHOUT = "A"  # the mark of a word in capitals
# Words that are always written in capitals, and so shout at nobody.
ACRONYMS = frozenset(
    (
        "снилс осаго каско дсаго огрн огрнип ндфл егрн егрип егаис гибдд фссп еирц оквэд окпо гост овир мрот мкад втэк мсэк "
        "html https wifi wlan voip imei iban swift sepa"
    ).split()
)
START, STOP = "<", ">"  # stand for the borders of a sentence in word pairs
_MARKS = (
    ("!", re.compile(r"!")), ("+", re.compile(r"[!?]{2}")), ("~", re.compile(r"\.\.|…")),
    (")", re.compile(r"^[^(]*\)")), ("}", re.compile(r"\)\)")), ("(", re.compile(r"\(\(|:\(")),
    ("e", re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")),
    (",", re.compile(r",$")), (":", re.compile(r":$")), (".", re.compile(r"[^.]\.$")), ("q", re.compile('[«»"]')),
)  # fmt: skip


def grams(key: str) -> list[str]:
    """The features of one word as the model knows it: itself, its character n-grams with borders, its marks."""
    word, _tab, marks = key.partition(MARK)
    found = ["w " + word, *("m " + mark for mark in marks)]
    if word not in (NUMBER, NAME):
        framed = f"^{word}$"
        for size in NGRAMS:
            found += [framed[at : at + size] for at in range(len(framed) - size + 1)]
    return found


def marks(chunk: str) -> str:
    """The marks written at a word: what the signs around it say."""
    return "".join(mark for mark, pattern in _MARKS if pattern.search(chunk))


def keys(scanner: Scanner, names: NameTable, chunk: str) -> list[str]:
    """The words of a chunk as the model knows them, the last with the chunk's marks; ends of sentences are empty."""
    fold = scanner.language.fold
    found = [
        plain(fold(chunk[start:end]), names, chunk[start:end]) if kind == text.WORD else ""
        for kind, start, end in text.tokens(chunk)
    ]
    words = [at for at, key in enumerate(found) if key]
    if words and (not chunk.isalnum() or chunk.isupper()):
        found[words[-1]] += MARK + marks(chunk) + SHOUT * shouts(chunk)
    return found


def shouts(chunk: str) -> bool:
    """Whether a chunk is a word of more than three letters, all of them capitals, that is not always written so."""
    if len(chunk) < 4 or not chunk.isupper() or any(map(str.isdigit, chunk)):
        return False
    return "".join(filter(str.isalpha, chunk)).casefold() not in ACRONYMS


def plain(word: str, names: NameTable, raw: str) -> str:
    """A folded word as the model knows it: numbers and personal names are masked, so that no name changes a verdict."""
    if not raw.isalpha() and any(map(str.isdigit, raw)):
        return NUMBER
    if word in names.forms and (word not in names.doubtful or (raw[:1].isupper() and word not in names.words)):
        return NAME
    return word
