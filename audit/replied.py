"""Whether a question got a reply: a logistic regression over what was said after it, and what the client did then.

    p(no reply | question) = sigmoid(Σ weight · feature + shift)

What counts: whether anything was said at all, words in common and the kind of thing asked for (a time, a sum, a yes or
no), how many questions stood together and how many answers came, what else the side did instead (excused itself, sent
away, promised), and whether the client asked again. The weights stand in the pack's `models/<lang>.questions.npz`;
`audit/train_questions.py` fits them on dialogues whose questions are labelled one by one or by turn. A pack without
them holds a question for answered when anything is said after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, log1p
from pathlib import Path

from audit.frame import Frame
from audit.questions import STOP, asks_which, fits, kind_of
from audit.recognise import Sentence

_OPEN_ENDED = frozenset(("way", "reason"))  # what hardly any words fit, or nearly all
# What the side may do instead of answering, or beside it.
INSTEAD = (
    "excuse rudeness reproach clarifying wait-notice promise refusal transfer human-offer channel-redirect send-to-phone call-offer "
    "instruction cause farewell not-understood help-check final-check identification"
).split()
PASSED_OVER = 0.6  # the least probability for a question that was passed over; not so sure as to need no reader
CLEAR = 0.8  # the probability of a question that is one
_INSTEAD = [(f"instead: {act}", act) for act in INSTEAD]
LATER = 12  # sentences of the side that are still looked at after its next words
EVASIONS = ("excuse", "rudeness", "channel-redirect", "send-to-phone", "call-offer")
PEOPLE = ("call-request", "human-request", "channel-request")
_EMPTY_TALK = frozenset(
    "ownership apology takeover greeting farewell thanks final-check open-offer survey wait-notice self-introduction ask-name courtesy help-offer".split()
)
Features = dict[str, float]


def unanswered(frame: Frame, question: Sentence, questions: list[Sentence], run: list[int], side: list[int]) -> float:
    """The probability that a question got no reply; `questions` are all of its run of client turns, in order."""
    weights = _weights(frame.pack.path, frame.pack.digest, frame.lang)
    if weights is None:
        return float(not any(says(frame, s) for turn in side if turn > run[-1] for s in frame.sentences(turn)))
    features = describe(frame, question, questions, run, side)
    logit = weights["shift"] + sum([weights[name] * value for name, value in features.items() if value])
    chance = 1 / (1 + exp(-max(-30.0, min(30.0, logit))))
    if _asked_back(features):
        return 0.0
    return max(chance, PASSED_OVER) if _passed_over(features) else chance


def _asked_back(features: Features) -> bool:
    """An operator asked something genuine in return, and the client never came back: that is no silence."""
    genuine = (
        features["instead: clarifying"] > CLEAR and not features["evasion"] and features["instead: rudeness"] < CLEAR
    )
    return bool(features["only questions"] and features["last word"] and not features["bot"] and genuine)


def _passed_over(features: Features) -> bool:
    """Fewer replies than questions, and none, at once or later, that could be meant for this one."""
    if not features["lack"] or features["silence"] or features["overlap later"]:
        return False
    closed = features["yes or no"] or (features["kind"] and not features["open-ended"])
    return bool(closed and features["no overlap"] and not features["fits"] and features["is question"] > CLEAR)


@lru_cache(8)
def _weights(folder: str, _digest: str, lang: str) -> dict[str, float] | None:
    """The weights by feature; the digest makes an edited pack another one."""
    path = Path(folder) / "models" / f"{lang}.questions.npz"
    if not path.is_file():
        return None
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        names = bytes(arrays["features"]).decode().split("\n")
        return {"shift": float(arrays["shift"]), **dict(zip(names, map(float, arrays["weights"]), strict=True))}


def describe(frame: Frame, question: Sentence, questions: list[Sentence], run: list[int], side: list[int]) -> Features:
    """The features of one question, by name."""
    after = [turn for turn in side if turn > run[-1]]
    back = frame.next_client(after[0]) if after else None
    end = len(frame.turns) if back is None else back
    soon = [s for turn in after if turn < end for s in frame.lines[turn].sentences]
    if frame.told_by_side is None:
        frame.told_by_side = [s for turn in side for s in frame.lines[turn].sentences if says(frame, s)]
    told = [s for s in frame.told_by_side if s.turn > run[-1]]
    said_soon, said_later = [s for s in told if s.turn < end], [s for s in told if s.turn > end][:LATER]
    several, best, bot = len(questions) > 1, _tops(soon), frame.turns[side[0]].role == "bot" if side else True
    found = _own(question, questions)
    found |= _match(frame, question, said_soon, said_later)
    found |= {
        "nothing": not after, "silence": bool(after) and not said_soon,
        "silence for good": bool(after) and not said_soon and not said_later,
        "lack": max(0, len(questions) - len(said_soon)), "said later": log1p(len(said_later)),
        "lack of answers": max(0.0, len(questions) - sum(_chance(s, "answer") for s in said_soon)),
        "unmatched of several": several * found["no overlap"] * (1 - found["fits"]),
        "only questions": bool(soon) and all(s.question for s in said_soon),
        "bot": bot, "bot, no overlap": bot * found["no overlap"],
        "last word": back is None and bool(after),
    }  # fmt: skip
    found |= {name: best.get(act, 0.0) for name, act in _INSTEAD}
    evasion = max([best.get(act, 0.0) for act in EVASIONS]) * (found["answer"] < 0.5)
    found |= {"evasion": evasion, "evasion, no overlap": evasion * found["no overlap"]}
    return found | _afterwards(frame, question, run, side, end)


def _own(question: Sentence, questions: list[Sentence]) -> Features:
    """What the question itself tells."""
    at, several = questions.index(question), len(questions) > 1
    acts = ("question", "rhetorical", "complaint", "nudge", "trouble", "request", "success")
    return {
        "mark": question.question, "short": question.words <= 2, "long": question.words > 8,
        "two": len(questions) == 2, "three": len(questions) > 2,
        "first": several and at == 0, "last": several and at == len(questions) - 1,
        "wants a person": max(_chance(question, act) for act in PEOPLE),
        **{f"is {act}": _chance(question, act) for act in acts},
    }  # fmt: skip


def _match(frame: Frame, question: Sentence, soon: list[Sentence], later: list[Sentence]) -> Features:
    """How far what was said fits the question: at once, and later."""
    text, own = heard(frame, question), stems(frame, question)
    kind = kind_of(text)
    yes_no = kind is None and not asks_which(text)
    enough = max(1, min(3, len(own)))
    near, far = (
        max([len(own & stems(frame, s)) / enough for s in part], default=0.0) if own else 0.0 for part in (soon, later)
    )
    fits, fits_later = (any(_fits(frame, kind, s) for s in part if not s.question) for part in (soon, later))
    return {
        "overlap": near, "no overlap": near == 0, "overlap later": far,
        "fits": fits, "fits later": fits_later, "kind": kind is not None, "open-ended": kind in _OPEN_ENDED,
        "fits its kind": fits and kind is not None and kind != "way", "yes or no": yes_no, "yes or no said": fits and yes_no,
        "answers": min(sum(_chance(s, "answer") for s in soon), 3.0),
        "answer": _best(soon, "answer"), "answer later": _best(later, "answer"),
        "words": log1p(sum(s.words for s in soon)),
    }  # fmt: skip


def _fits(frame: Frame, kind: str | None, reply: Sentence) -> bool:
    if kind == "person":  # names are told by their capitals
        return fits(kind, frame.turns[reply.turn].text[reply.start : reply.end])
    return fits(kind, heard(frame, reply))


def _afterwards(frame: Frame, question: Sentence, run: list[int], side: list[int], end: int) -> Features:
    """What the client did after the side's next words: asked again, thanked, complained."""
    own = stems(frame, question)
    following = next((other for other in side if other > end), len(frame.turns))
    turns = [turn for turn in frame.client if turn > run[-1]][:LATER]
    told = [s for turn in turns if turn < following for s in frame.sentences(turn)]
    again = any(s.question and own & stems(frame, s) for turn in turns for s in frame.sentences(turn))
    best = _tops(told)
    return {
        "again soon": any(own & stems(frame, s) for s in told), "asked again": again,
        "thanks": best.get("thanks", 0.0), "content": max(best.get("confirm", 0.0), best.get("success", 0.0)),
        "asks on": any(s.question for s in told), "nudges": best.get("nudge", 0.0),
        "unhappy": max(best.get("complaint", 0.0), best.get("unsolved", 0.0)),
    }  # fmt: skip


def _chance(sentence: Sentence, act: str) -> float:
    return sentence.acts.get(act) or sentence.maybe.get(act, 0.0)


def _best(sentences: Sequence[Sentence], act: str) -> float:
    return max([_chance(sentence, act) for sentence in sentences], default=0.0)


def _tops(sentences: Sequence[Sentence]) -> Features:
    """The best chance of every act in some sentences."""
    found: Features = {}
    for sentence in sentences:
        for acts in (sentence.maybe, sentence.acts):
            for act, chance in acts.items():
                if chance > found.get(act, 0.0):
                    found[act] = chance
    return found


def says(frame: Frame, reply: Sentence) -> bool:
    """Whether a sentence of the side says something beyond greetings, thanks, notices and goodbyes."""
    if "not-understood" in frame.acts(reply.turn):
        return False
    return frame.answers(reply) or not reply.acts or not reply.acts.keys() <= _EMPTY_TALK


def heard(frame: Frame, sentence: Sentence) -> str:
    """The folded words of a sentence, one blank between; cheaper than its characters, which have to be found."""
    scanned = frame.lines[sentence.turn].scanned
    return " ".join(scanned.words[sentence.first : sentence.last]) if scanned is not None else ""


def stems(frame: Frame, sentence: Sentence) -> frozenset[str]:
    """The beginnings of the words of a sentence that mean something, worked out once."""
    place = sentence.turn, sentence.first
    known = frame.stems.get(place)
    if known is None:
        scanned = frame.lines[sentence.turn].scanned
        words = scanned.words[sentence.first : sentence.last] if scanned is not None else ()
        known = frozenset(
            [w[:5] if len(w) > 5 else w[:4] for w in words if len(w) > 2 and w.isalpha() and w not in STOP]
        )
        frame.stems[place] = known
    return known
