"""A word as the learned acts know it: masked, with its character n-grams and the marks written at it."""

from __future__ import annotations

import re
from typing import Any

from audit import text
from audit.scan import Scanner

NGRAMS = (2, 3, 4, 5)
NUMBER, NAME = "0", "@"
MARK = "\t"  # stands between a word and its marks
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


def keys(scanner: Scanner, names: Any, chunk: str) -> list[str]:
    """The words of a chunk as the model knows them, the last with the chunk's marks; ends of sentences are empty."""
    found = [
        plain(scanner, names, chunk[start:end]) if kind == text.WORD else "" for kind, start, end in text.tokens(chunk)
    ]
    words = [at for at, key in enumerate(found) if key]
    if words and (not chunk.isalnum() or chunk.isupper()):
        shouted = len(chunk) > 3 and chunk.isupper() and not any(map(str.isdigit, chunk))
        found[words[-1]] += MARK + "".join(mark for mark, pattern in _MARKS if pattern.search(chunk)) + "A" * shouted
    return found


def plain(scanner: Scanner, names: Any, raw: str) -> str:
    """The word as the model knows it: numbers and personal names are masked, so that no name changes a verdict."""
    if not raw.isalpha() and any(char.isdigit() for char in raw):
        return NUMBER
    word = scanner.language.fold(raw)
    if word in names.forms and (word not in names.doubtful or (raw[:1].isupper() and word not in names.words)):
        return NAME
    return word
