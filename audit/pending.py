"""The client's questions that nobody replied to (`replied.py` tells how likely that is), and promises not kept."""

from __future__ import annotations

from collections.abc import Iterator

from audit.found import Found, whole
from audit.frame import Frame
from audit.model import Span
from audit.recognise import Sentence
from audit.replied import unanswered
from audit.turns import Turns

DOUBTED, SURE = 0.38, 0.62  # probabilities that a question got no reply, between which a reader decides
UNANSWERED = 0.45
ASKS = 0.3  # the probability of a question in words that do not look like one


def find_pending(frame: Frame, turns: list[int]) -> Found:
    """The client's questions left without a reply while `turns`' operator held the dialogue, or a promise not kept."""
    side = frame.mine or frame.bots
    if frame.left is None:
        frame.left = list(_left(frame, side))
    mine = [(question, chance) for question, chance in frame.left if held(question.turn, turns, side)]
    found = [question for question, chance in mine if chance >= UNANSWERED]
    if found:
        reason = {"code": "unanswered", "turns": sorted({s.turn for s in found})}
        return Found(tuple(Span(s.turn, s.start, s.end) for s in found), reason, max(c for _q, c in mine) >= SURE)
    promise = _promise(frame, side)
    if promise is not None and held(promise, turns, side):
        return Found((whole(frame, promise),), {"code": "promise-not-kept", "turn": promise})
    return Found(sure=all(chance < DOUBTED for _question, chance in mine))


def _left(frame: Frame, side: list[int]) -> Iterator[tuple[Sentence, float]]:
    """The client's questions, and the probability that nobody of the side replied."""
    for run in runs(frame, side):
        questions = [s for turn in run for s in frame.sentences(turn) if asked(s)]
        yield from ((question, unanswered(frame, question, questions, run, side)) for question in questions)


def asked(sentence: Sentence) -> bool:
    """Whether a client's sentence may ask for something; how likely it wants a reply is part of `unanswered`."""
    if sentence.acts.get("rhetorical") == 1.0:
        return False
    return sentence.question or (sentence.acts.get("question") or sentence.maybe.get("question", 0.0)) >= ASKS


def runs(frame: Frame, side: list[int]) -> list[list[int]]:
    """The client's turns between the side's."""
    runs: list[list[int]] = []
    spoken = Turns(side).bits
    for turn in frame.client:
        if runs and not spoken >> runs[-1][-1] & (1 << turn - runs[-1][-1]) - 1:
            runs[-1].append(turn)
        else:
            runs.append([turn])
    return runs


def held(turn: int, turns: list[int], side: list[int]) -> bool:
    """Whether the operator of `turns` held the dialogue at the question: the next to speak, else the last who did."""
    if not turns:
        return True
    later = [other for other in side if other > turn]
    return (later[0] if later else side[-1]) in turns


def _promise(frame: Frame, side: list[int]) -> int | None:
    """The side's last words when they only announce an answer that never comes."""
    if not side:
        return None
    last = side[-1]
    sentences = frame.sentences(last)
    if "wait-notice" not in frame.acts(last) or any(frame.answers(s) or "farewell" in s.acts for s in sentences):
        return None
    return last if frame.dialogue.thread == "chat" else None
