"""The client's questions: which got a reply, which were skipped, which promise was not kept.

A question counts as answered when the side, anywhere after it, says something that fits it: a word in common, or the
kind of thing asked for (a time, a sum, a reason, a yes or no). One question alone is content with any reply that says
something; of several in one run each wants its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from audit.frame import Frame
from audit.model import Span
from audit.recognise import Sentence
from audit.turns import Turns

_STOP = frozenset(
    "про что как где кто чем чего там тут так для вот это эта эти оно она они все всё под над при без вас нас вам нам его её еще ещё раз "
    "здравствуйте добрый день вечер утро скажите подскажите пожалуйста можно нужно какой какая какие каких сколько когда почему зачем куда "
    "откуда если чтобы только тоже есть будет было быть этот этого меня мне вам вас вами наши ваши ваша ваше моего моей мой моя мое уже еще "
    "или ещё тогда потом просто хочу хотела хотел могу может можете ведь вообще очень совсем всего всех того этом такой такая такое спасибо".split()
)
_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "time",
        re.compile(
            r"\b(когда|во сколько|до скольки|со скольки|как долго|как скоро|срок\w*|сколько (\w+ )?(времени|ждать|дней|часов|минут|идти|идет|едет|ехать|лететь|добираться)|долго|времени)\b"
        ),
        re.compile(
            r"\d|сегодня|завтра|послезавтра|\b(день|дня|дней|дни|час\w*|минут\w*|недел\w+|месяц\w*|сутки|суток|утр\w+|вечер\w*|ноч\w+|скоро|понедельник|вторник|сред[уы]|четверг|пятниц\w|суббот\w|воскресень\w|сразу|круглосуточно|январ\w|феврал\w|март\w|апрел\w|ма[йя]|июн\w|июл\w|август\w|сентябр\w|октябр\w|ноябр\w|декабр\w)\b"
        ),
    ),
    (
        "price",
        re.compile(
            r"\b(сколько (\w+ )?(стоит|стоят|будет|выйдет|платить|обойдется|доплат\w*)|цен\w+|стоимост\w+|почем|платн\w+|бесплатн\w+|доплат\w+|скидк\w+|тариф\w*|дорого)\b"
        ),
        re.compile(
            r"\d{3}|\d+ ?(р|руб|тыс|к|eur|€|₽|тг|%)\b|бесплатн|рубл|руб\b|евро|₽|€|тенге|доплат|оплат|платн|скидк|цен[аеыу]|стоимост|тариф|стоит"
        ),
    ),
    (
        "count",
        re.compile(r"\bсколько\b"),
        re.compile(
            r"\d|\b(один|одна|одно|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|пара|пару|несколько|много|нисколько)\b"
        ),
    ),
    (
        "reason",
        re.compile(r"\b(почему|отчего|из-за чего|за что|по какой причине|на каком основании|зачем|с чего)\b"),
        re.compile(
            r"потому|так как|из-за|поскольку|связи с|причин|оказал|чтобы|ведь|дело в|\bза\b|согласно|по правил|сбой|ошибк|это же|значит"
        ),
    ),
    (
        "person",
        re.compile(r"\b(кто|кем|кому|чей|чья)\b"),
        re.compile(
            r"[А-ЯЁ][а-яё]+|\b(я|мы|он|она|они|мастер\w*|врач\w*|курьер\w*|менеджер\w*|специалист\w*|сотрудник\w*)\b"
        ),
    ),
    (
        "place",
        re.compile(r"\b(где|куда|откуда|адрес\w*)\b"),
        re.compile(r"\b(в|на|по|у|из|под|над|за|возле|около|напротив|там|тут|здесь|здание|улиц\w+|ул)\b|\d"),
    ),
    ("way", re.compile(r"\b(как|каким образом|что делать|что мне делать)\b"), re.compile(r"\w+")),
)
_YES_NO = re.compile(
    r"\b(да|нет|можно|нельзя|есть|нету|конечно|разумеется|обязательно|не|без|будет|будут|входит|можем|могу|сможете|увы|никак|любой|любая|любые|только|подойдет|положено|угу|ага|безусловно|возможно|невозможно|верно|именно|пока)\b"
)


_EMPTY_TALK = frozenset(
    "ownership apology takeover greeting farewell thanks final-check open-offer survey wait-notice self-introduction ask-name courtesy help-offer".split()
)
_ABOUT = re.compile(r"^(а|и|ну|но)? ?(что )?(про|насчет|по поводу|с|со)\b")
_REFERS = frozenset(
    "refusal channel-redirect send-to-phone call-offer promise transfer clarifying identification human-offer".split()
)
_WHICH = re.compile(r"\b(как(ой|ая|ое|ие|ого|ую|им|их)|что|чем|чего|ч[еёо]|каков\w*)\b")


def find_pending(frame: Frame, turns: list[int]) -> tuple[list[Span], dict[str, Any] | None]:
    """Spans of the client's questions left without a reply while `turns`' operator held the dialogue, and the reason."""
    side = frame.mine or frame.bots
    if frame.left is None:
        frame.left = list(_left(frame, side))
    found = [question for question in frame.left if held(question.turn, turns, side)]
    if found:
        return [Span(s.turn, s.start, s.end) for s in found], {
            "code": "unanswered",
            "turns": sorted({s.turn for s in found}),
        }
    promise = _promise(frame, side)
    if promise is not None and held(promise, turns, side):
        return [Span(promise, 0, len(frame.turns[promise].text))], {"code": "promise-not-kept", "turn": promise}
    return [], None


def _left(frame: Frame, side: list[int]) -> Iterator[Sentence]:
    """The client's questions that nobody of the side replied to."""
    said = [s for turn in side for s in frame.sentences(turn) if says(frame, s)]
    for run in _runs(frame, side):
        questions = [s for turn in run for s in frame.sentences(turn) if asked(s)]
        if questions:
            replies = [s for s in said if s.turn > run[-1]]
            yield from (q for q in questions if not _replied(frame, q, questions, replies, run))


def asked(sentence: Sentence) -> bool:
    """Whether a client's sentence asks for information."""
    acts, maybe = sentence.acts, sentence.maybe
    if not sentence.question and acts.get("question", 0.0) < 0.7:
        return False
    doubt = acts.get("rhetorical") or maybe.get("rhetorical", 0.0)
    if doubt >= 0.3 or (sentence.words < 5 and ("nudge" in acts or "greeting" in acts)):
        return False
    if acts.get("complaint", 0.0) > max(acts.get("question") or maybe.get("question", 0.0), 0.5):
        return False
    return sentence.question or sentence.words >= 3


def _runs(frame: Frame, side: list[int]) -> list[list[int]]:
    """The client's turns between the side's."""
    runs: list[list[int]] = []
    spoken = Turns(side).bits
    for turn in frame.client:
        if runs and not spoken >> runs[-1][-1] & (1 << turn - runs[-1][-1]) - 1:
            runs[-1].append(turn)
        else:
            runs.append([turn])
    return runs


def _replied(frame: Frame, question: Sentence, questions: list[Sentence], said: list[Sentence], run: list[int]) -> bool:
    """Whether any of what was said afterwards replies to a question; `questions` are all of its run."""
    if not said:
        return False
    text = _text(frame, question)
    if not frame.mine:
        return any(fits(text, frame, reply) for reply in said)  # a bot often replies to something else
    if question.words <= 5 and _ABOUT.match(text):
        return any(stems(frame, question) & stems(frame, reply) for reply in said)
    if len(questions) == 1 or question.words <= 1:
        again = _asked_again(frame, question, run)
        return again is None or any(fits(text, frame, reply) for reply in said if reply.turn != again)
    if any(fits(text, frame, reply) for reply in said):
        return True
    following = next((i for i in frame.client if i > run[-1]), len(frame.turns))
    return sum(reply.turn < following for reply in said) >= len(questions) + 1


def says(frame: Frame, reply: Sentence) -> bool:
    """Whether a sentence of the side says something beyond greetings, thanks, notices and goodbyes."""
    if "not-understood" in frame.acts(reply.turn):
        return False
    return frame.answers(reply) or not reply.acts or not reply.acts.keys() <= _EMPTY_TALK


def fits(text: str, frame: Frame, reply: Sentence) -> bool:
    """Whether a reply could be the answer to a question, by its words or by the kind of thing asked for."""
    if _stems(text) & stems(frame, reply):
        return True
    if reply.question:
        return False
    said = _text(frame, reply)
    for _kind, question, answer in _KINDS:
        if question.search(text):
            return bool(
                answer.search(frame.turns[reply.turn].text[reply.start : reply.end] if _kind == "person" else said)
            )
    return bool(_WHICH.search(text) or _YES_NO.search(" ".join(said.split()[:4])))


def _asked_again(frame: Frame, question: Sentence, run: list[int]) -> int | None:
    """The later client turn that asks for the same thing once more."""
    later = [turn for turn in frame.client if turn > run[-1] and any(s.question for s in frame.sentences(turn))]
    own = stems(frame, question) if later else frozenset()
    return next((i for i in later if any(s.question and own & stems(frame, s) for s in frame.sentences(i))), None)


def _text(frame: Frame, sentence: Sentence) -> str:
    return frame.turns[sentence.turn].text[sentence.start : sentence.end].casefold().replace("ё", "е")


def stems(frame: Frame, sentence: Sentence) -> frozenset[str]:
    """The beginnings of the words of a sentence that mean something, worked out once."""
    place = sentence.turn, sentence.first
    known = frame.stems.get(place)
    if known is None:
        known = frame.stems[place] = frozenset(_stems(_text(frame, sentence)))
    return known


def _stems(text: str) -> set[str]:
    return {word[:5] if len(word) > 5 else word[:4] for word in re.findall(r"[^\W\d_]{3,}", text) if word not in _STOP}


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
