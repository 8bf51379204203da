"""Names that the client gives in the chat: «меня зовут …», a bare name as a reply, a signature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.frame import Frame
from audit.person import Person, is_spoken_patronymic, person
from audit.recognise import Mark
from audit.spelling import fold

_ASKS = frozenset(("ask-name", "identification"))
_SELF = re.compile(r"(?:^|[.,!?—]\s*|\s)[Яя],?\s+([А-ЯЁ][а-яё]{2,})\s+([А-ЯЁ][а-яё]{2,})(?=[.,!?;)]|\s*$)")
_FULL = re.compile(r"[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+")


def told(frame: Frame, turn: int) -> list[Person]:
    """Names the client gives in a turn, worked out once."""
    known = frame.told.get(turn)
    if known is None:
        known = frame.told[turn] = list(_told(frame, turn))
    return known


def _told(frame: Frame, turn: int) -> Iterator[Person]:
    """Names the client gives in a turn: «меня зовут …», a bare name as a reply to the question, a signature."""
    for hit in frame.lines[turn].of("name-given"):
        yield from _introduced(frame, turn, hit)
    text = frame.turns[turn].text
    found = _SELF.search(text)
    if found and (frame.pack.names.named(fold(found[1])) or _unheard(frame, fold(found[1]))):
        words = tuple(fold(word) for word in found.groups())
        yield Person(words[:1], None, words[1:], " ".join(found.groups()), sure=True)
    before = turn - 1 if frame.said.having(_ASKS) else -1
    while before >= 0 and frame.turns[before].role not in ("operator", "bot"):
        before -= 1
    if before >= 0 and not frame.acts(before).isdisjoint(_ASKS):
        yield from _replied(frame, text, "ask-name" in frame.acts(before))
    if "\n" not in text:
        return
    lines = [line.strip(" .,!-—") for line in text.strip().split("\n")]
    if len(lines) > 1 and 0 < len(lines[-1].split()) <= 6:
        signed = person(lines[-1].removeprefix("С уважением").strip(" ,"), frame.pack.names)
        if any(frame.pack.names.named(word) for word in signed.first) or (signed.surname and signed.initials):
            yield signed


def _introduced(frame: Frame, turn: int, hit: Mark) -> Iterator[Person]:
    """The name beside «меня зовут», «это», «беспокоит»: after the words or just before them."""
    scanned, names, text = frame.lines[turn].scanned, frame.pack.names, frame.turns[turn].text
    if scanned is None:
        return
    words, offsets = scanned.words, scanned.offsets
    sure = any(word.startswith(("зов", "зват", "им")) for word in words[hit.first : hit.last + 1])
    places = [*range(hit.first, min(hit.last + 4, len(words))), *([hit.first - 1] if sure and hit.first else [])]
    at = next((i for i in places if names.named(words[i])), None)
    if at is not None:
        follow = words[at + 1] if at + 1 < len(words) else ""
        patronymic = follow if is_spoken_patronymic(follow) else None
        last = at + bool(patronymic)
        surname = words[last + 1] if last + 1 < len(words) and _follows(text, offsets, last + 1) else ""
        start, end = offsets[at][0], offsets[last + bool(surname)][1]
        yield Person((words[at],), patronymic, (surname,) if surname else (), text[start:end], sure=sure)
    elif sure and hit.last + 1 < len(words) and text[offsets[hit.last + 1][0]].isupper():
        start, end = offsets[hit.last + 1]
        yield Person((fold(text[start:end]),), None, (), text[start:end], sure=True)


def _follows(text: str, offsets: list[tuple[int, int]], at: int) -> bool:
    """Whether a word with a capital follows with nothing but a blank between."""
    start = offsets[at][0]
    return text[start].isupper() and text[offsets[at - 1][1] : start] == " "


def _replied(frame: Frame, text: str, asked: bool) -> Iterator[Person]:
    """A bare name as the reply to the question for it; a word of the language is none, nor is a question.

    The reply to a question for other data names the client only in full: «+7 900 000-64-64, Любовь Ким».
    """
    names, size = frame.pack.names, len(text.split())
    if size > 8 or "?" in text:
        return
    given = person(text.strip(" .!)(\n"), names)
    listed = tuple(word for word in given.first if names.named(word))
    if not asked:
        if _FULL.search(text) and listed:
            yield Person(listed[:1], given.patronymic, given.surname, given.raw)
        return
    words = listed or (tuple(w for w in given.first[:1] if _unheard(frame, w)) if size <= 2 else ())
    if words or given.patronymic:
        yield Person(words[:2], given.patronymic, given.surname, given.raw, sure=True)


def _unheard(frame: Frame, word: str) -> bool:
    """Whether neither the pack nor the dictionary has the word."""
    return not any(word in tables.forms for tables in frame.pack.tables.values()) and not frame.compare.known(word)
