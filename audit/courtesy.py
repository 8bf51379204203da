"""Courtesies that are not what their words say: names of things, and wishes that open a talk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from audit.model import Turn

if TYPE_CHECKING:
    from audit.recognise import Line
    from audit.scan import Scanned

OPENING = ("«", "“", "„", '"')
CLOSING = frozenset("farewell thanks open-offer courtesy closing-notice survey self-introduction signature".split())


def named(scanned: Scanned, first: int) -> bool:
    """Whether quotation marks open right before a token and a word stands before them: the set «Доброе утро»."""
    text = scanned.text
    if not any(sign in text for sign in OPENING):
        return False
    before = text[: scanned.offsets[first][0]]
    return before.endswith(OPENING) and any(map(str.isalnum, before))


def opened(said: Iterable[tuple[int, Turn, Line]]) -> None:
    """Make the wish a greeting with which somebody of the side begins and then comes to business: «Доброй ночи! Да, …».

    `said` are the turns of dialogues in order: the dialogue's number, the turn, and its line.
    """
    heard: set[tuple[int, str, str]] = set()
    for number, turn, line in said:
        speaker = number, turn.role, turn.id or turn.name or ""
        if turn.role == "client" or speaker in heard:
            continue
        heard.add(speaker)
        if "farewell" in line.acts and "greeting" not in line.acts:
            _greet(line)


def _greet(line: Line) -> None:
    first, *others = line.sentences
    wishes = [hit for hit in line.hits if hit.act == "farewell"]
    if len(wishes) == 1 and wishes[0].last < first.last and any(s.acts.keys() - CLOSING for s in others):
        wishes[0].act = "greeting"
        first.acts["greeting"] = first.acts.pop("farewell", 1.0)
        line.acts ^= {"farewell", "greeting"}
