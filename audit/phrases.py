"""Words and phrases that stand in an option of a check: found by the same patterns and the same scanner as acts.

They are no acts: a company's list of banned words must not change what a sentence does. So each list has a small
scanner of its own, which sees only the turns that a finder asks about.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from audit.compile import compile_phrases
from audit.frame import Frame
from audit.lang import LANGUAGES, detect
from audit.model import Span
from audit.scan import Scanner


def listed(phrases: Any, lang: str) -> tuple[str, ...]:
    """The phrases of one language from an option: a list for all languages, or lists by language."""
    return tuple(phrases.get(lang, ()) if isinstance(phrases, dict) else phrases)


def said(frame: Frame, turn: int, phrases: Any) -> Iterator[Span]:
    """Where a turn says one of the phrases, in order."""
    lang = language(frame)
    wanted = listed(phrases, lang)
    if not wanted or lang not in LANGUAGES:
        return
    scanner = _scanner(lang, wanted)
    scanner.trim()
    scanned = scanner.scan(frame.turns[turn].text)
    last = -1
    for match in sorted(scanned.matches, key=lambda m: (m.first, -m.last)):
        if match.first > last:
            last = match.last
            yield Span(turn, scanned.offsets[match.first][0], scanned.offsets[match.last][1])


def says(frame: Frame, turn: int, phrases: Any) -> bool:
    """Whether a turn says one of the phrases."""
    return next(said(frame, turn, phrases), None) is not None


def language(frame: Frame) -> str:
    """The language a dialogue is judged in: as given, else by its letters."""
    given = frame.dialogue.lang
    return given[:2].casefold() if given else detect(turn.text for turn in frame.turns) or ""


@lru_cache(64)
def _scanner(lang: str, phrases: tuple[str, ...]) -> Scanner:
    return Scanner(compile_phrases(lang, phrases), LANGUAGES[lang])
