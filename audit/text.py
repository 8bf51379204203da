"""Cutting a text into tokens: words with exact offsets, and the ends of sentences.

A *chunk* is what stands between white space; almost all chunks of a stream have been seen before, so
everything about a chunk is worked out once and remembered (`scan.py`). This module works one chunk out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_JOINERS = "\u00ad\u034f\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_TOKEN = re.compile(rf"[^\W_]+(?:[{_JOINERS}]+[^\W_]+)*[\u0300-\u036f]*|[?!]+[?!.]*|[.…]+|\n")
_ABBREVIATIONS = frozenset(
    "т д п г ул им стр руб тел кв корп пр пер эт доб мин сек др тыс млн обл р н см напр св проф".split()
)

WORD, END, QUESTION = "word", "end", "question"


def tokens(chunk: str) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, end) for the words and sentence ends of one chunk; other characters are nothing."""
    last = ""
    for match in _TOKEN.finditer(chunk):
        piece = match.group()
        if piece[0] in ".…":
            if _ends_sentence(chunk, match.end(), piece, last):
                yield END, match.start(), match.end()
        elif piece[0] in "?!":
            yield QUESTION if "?" in piece else END, match.start(), match.end()
        elif piece == "\n":
            yield END, match.start(), match.end()
        else:
            yield WORD, match.start(), match.end()
            last = piece


def _ends_sentence(chunk: str, after: int, piece: str, last: str) -> bool:
    """A point ends a sentence unless it stands in a number, an address, an initial or an abbreviation."""
    if len(piece) > 1:
        return True
    rest = chunk[after:].lstrip("\"'»”)]")
    if rest[:1].isalnum():
        return rest[0].isupper() and rest[0].isalpha() and len(last) > 2
    return not abbreviated(last)


def abbreviated(word: str) -> bool:
    """Whether a point after this word ends no sentence."""
    return word.casefold() in _ABBREVIATIONS


def split(text: str) -> list[str]:
    """The chunks of a text in order; a line break is a chunk of its own, because it ends a sentence."""
    if "\n" in text:
        return _split_lines(text)
    return text.split()


def _split_lines(text: str) -> list[str]:
    chunks: list[str] = []
    for line in text.split("\n"):
        chunks.extend(line.split())
        chunks.append("\n")
    chunks.pop()
    return chunks
