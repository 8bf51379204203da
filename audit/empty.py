"""Answers that say nothing: «да», «не знаю», «угу», and what completes them."""

from __future__ import annotations

from typing import Any

from audit.found import Found, whole
from audit.frame import EMPTY_WORDS, Frame
from audit.person import is_patronymic
from audit.recognise import Sentence

_VERBS = tuple("м ю у ем им ете ите ет ит ут ют ат ят л ла ли ло ть тся ться".split())
_NOTED = frozenset("принято понял поняла понятно ясно хорошо ок окей ok ладно вижу".split())
_WANTS = frozenset(("question", "request"))
_POLITE = frozenset(("greeting", "farewell", "thanks"))


def empty_reply(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Answers empty of content as a whole, not completed within a minute and before the client's next turn."""
    within = float(options.get("complete_s", 60))
    empty = [turn for turn in turns if _is_empty(frame, turn) and _asked_before(frame, turn)]
    return Found(tuple(whole(frame, turn) for turn in empty if not _completed(frame, turn, within)))


def _is_empty(frame: Frame, turn: int) -> bool:
    """Whether nothing is left but «да», «не знаю» and the like, or an echo of the question, once courtesies are gone."""
    scanned = frame.lines[turn].scanned
    if scanned is None or scanned.size > 12:
        return False
    text, sentences = frame.turns[turn].text, frame.lines[turn].sentences
    if not sentences:
        return text.strip() in ("+", "-", "++", "👍", "👌", "👎")
    said = [s for s in sentences if _POLITE.isdisjoint(s.acts) or s.free - _names(frame, s) > 1]
    if not said or sum([sentence.words for sentence in said]) > 4 or "?" in text:
        return False
    words = [word for s in said for word in scanned.words[s.first : s.last]]
    words = [word for word in words if word in EMPTY_WORDS or not frame.pack.names.entry(word)]
    return bool(words) and (all(word in EMPTY_WORDS for word in words) or _echoes(frame, turn, words))


def _names(frame: Frame, sentence: Sentence) -> int:
    """How many words of a courtesy name somebody: «Здравствуйте, Лидия Готлибовна»."""
    scanned, names = frame.lines[sentence.turn].scanned, frame.pack.names
    words = scanned.words[sentence.first : sentence.last] if scanned is not None and sentence.free > 1 else ()
    return sum(bool(names.entry(word)) or is_patronymic(word) for word in words)


def _echoes(frame: Frame, turn: int, words: list[str]) -> bool:
    """Whether a one-word reply only gives the question's own verb back: «Примете?» — «Примем»."""
    if len(words) != 1 or len(words[0]) < 4 or not words[0].endswith(_VERBS):
        return False
    run = frame.run_before(turn)
    asked = frame.lines[run[-1]].scanned if run and "?" in frame.turns[run[-1]].text else None
    return asked is not None and any(word[:4] == words[0][:4] for word in asked.words)


def _asked_before(frame: Frame, turn: int) -> bool:
    run = frame.run_before(turn)
    if not run or frame.block(turn)[0] != turn:
        return False
    if _acknowledges(frame, turn):
        return any(map(frame.asks, run))
    return any(frame.pends(i) and not _thanks(frame, i) for i in run)


def _acknowledges(frame: Frame, turn: int) -> bool:
    """«Принято», «понял»: said to what was told, it is no answer."""
    scanned = frame.lines[turn].scanned
    return scanned is not None and any(word in _NOTED for word in scanned.words)


def _thanks(frame: Frame, turn: int) -> bool:
    """Thanks with nothing asked: what is said to them is no answer."""
    acts = frame.acts(turn)
    return "thanks" in acts and acts.isdisjoint(_WANTS) and not any(s.question for s in frame.sentences(turn))


def _completed(frame: Frame, turn: int, within: float) -> bool:
    after = [i for i in frame.block(turn) if i > turn]
    if not after or frame.author(after[0]) is not frame.author(turn):
        return False
    seconds = frame.seconds(turn, after[0])
    return (seconds is None or seconds <= within) and not _is_empty(frame, after[0]) and _has_content(frame, after[0])


_CHECKS = frozenset(("final-check", "help-check"))


def _has_content(frame: Frame, turn: int) -> bool:
    return any(
        frame.answers(sentence)
        or "wait-notice" in sentence.acts
        or (sentence.question and _CHECKS.isdisjoint(sentence.acts))
        for sentence in frame.sentences(turn)
    )
