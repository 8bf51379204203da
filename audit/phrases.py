"""Words and phrases that stand in an option of a check: found by the same patterns and the same scanner as acts.

They are no acts: a company's list of banned words must not change what a sentence does. So each list has a small
scanner of its own, which sees only the turns that a finder asks about.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from audit.compile import compile_phrases
from audit.frame import Frame
from audit.lang import LANGUAGES
from audit.model import Span
from audit.scan import Scanner

CHUNKS = 3_000  # that the scanner of one list remembers: it sees few turns, and there may be many lists


def listed(phrases: Any, lang: str) -> tuple[str, ...]:
    """The phrases of one language from an option: a list for all languages, or lists by language."""
    return tuple(phrases.get(lang, ()) if isinstance(phrases, dict) else phrases)


def said(frame: Frame, turns: Sequence[int], phrases: Any) -> list[tuple[Span, str]]:
    """Where some turns say a phrase, and which, in order; of phrases that overlap the first and longest."""
    lang = frame.lang
    wanted = listed(phrases, lang)
    if not wanted or not turns or lang not in LANGUAGES:
        return []
    scanner = _scanner(lang, wanted)
    scanner.trim()
    _batch, lines = scanner.batch([frame.turns[turn].text for turn in turns])
    found: list[tuple[Span, str]] = []
    for turn, line in zip(turns, lines, strict=True):
        last = -1
        for match in sorted(line.matches, key=lambda m: (m.first, -m.last)):
            if match.first > last:
                last = match.last
                place = Span(turn, line.offsets[match.first][0], line.offsets[match.last][1])
                found.append((place, wanted[match.pattern]))
    return found


@lru_cache(64)
def _scanner(lang: str, phrases: tuple[str, ...]) -> Scanner:
    return Scanner(compile_phrases(lang, phrases), LANGUAGES[lang], most=CHUNKS)
