"""Finders of the further checks: house style, claims, apologies, hand-overs, repetitions, capitals, promises."""

from __future__ import annotations

import re
from typing import Any

from audit.found import NOTHING, CannotTell, Found, act, whole
from audit.frame import Frame
from audit.model import Span
from audit.pending import asked, held
from audit.phrases import listed, said
from audit.recognise import Sentence
from audit.replied import says

CLAIMS = frozenset(("complaint", "trouble", "unsolved"))
BENEFIT = frozenset(("benefit",))
REDIRECTS = frozenset(("channel-redirect", "send-to-phone", "call-offer"))
ASKED_FOR = frozenset(("call-request", "channel-request"))
HANDS_OVER = frozenset(("transfer", "takeover", "human-offer", "promise"))
# What somebody may apologise for: said by the client, and said by the side itself.
SUFFERED = frozenset(("trouble", "complaint", "unsolved", "urgent", "nudge"))
OWNED_UP = frozenset(
    "refusal wait-notice excuse cause not-understood human-refusal channel-redirect send-to-phone transfer".split()
)
_LATE = 120.0
_RUN = re.compile(r"(?<!\w)[^\W\d_a-zа-яё]+(?:[^\w\n.?!]+[^\W\d_a-zа-яё]+)+(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")


def house_style(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Departures from the house style: banned words that are used, required ones that are nowhere."""
    required, banned = options["required"], options["banned"]
    if not required and not banned:
        raise CannotTell("nothing-listed")
    used = said(frame, turns, banned)
    if used:
        first = used[0][0]
        word = frame.turns[first.turn].text[first.start : first.end]
        return Found(tuple(span for span, _ in used), {"code": "banned-word", "turn": first.turn, "said": word})
    heard = {phrase for _, phrase in said(frame, turns, required)}  # one may be hidden by another that overlaps it
    wanted = [phrase for phrase in listed(required, frame.lang) if phrase not in heard]
    missing = [phrase for phrase in wanted if not said(frame, turns, [phrase])]
    return Found((), {"code": "required-missing", "words": missing}, absent=True) if missing else NOTHING


def unanswered_claim(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """A complaint in so many words, without a question, after which the side says nothing."""
    claim = next((i for i in reversed(frame.client) if not frame.lines[i].acts.isdisjoint(CLAIMS)), None)
    side = frame.mine or frame.bots
    if claim is None or any(_speaks(frame, i) for i in side if i > claim):
        return NOTHING
    last = next((i for i in reversed(side) if i < claim and _speaks(frame, i)), -1)
    left = [s for i in frame.client if i > last for s in frame.sentences(i)]
    if any(asked(s) for s in left):
        return NOTHING  # a question left open is told by `pending`
    claims = [
        s
        for s in left
        if s.acts.keys() & CLAIMS and _words(frame, s.turn) >= options["minimum_words"] and held(s.turn, turns, side)
    ]
    if not claims:
        return NOTHING
    spans = tuple(map(_span, claims))
    return Found(spans, {"code": "claim-unanswered", "turn": claims[0].turn})


def _words(frame: Frame, turn: int) -> int:
    return sum(sentence.words for sentence in frame.sentences(turn))


def _speaks(frame: Frame, turn: int) -> bool:
    return frame.turns[turn].kind == "file" or any(says(frame, s) for s in frame.sentences(turn))


def needless_apology(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Apologies beyond the number that is enough, or one where nothing has gone wrong."""
    sorry = [turn for turn in turns if "apology" in frame.lines[turn].acts and not _asks_pardon(frame, turn)]
    if not sorry:
        return NOTHING
    enough = options["at_most"]
    if len(sorry) > enough:
        spans = act(frame, sorry[enough:], frozenset(("apology",)))
        return Found(tuple(spans), {"code": "apology-repeated", "turn": sorry[enough], "times": len(sorry)})
    if _grounds(frame, sorry[0]):
        return NOTHING
    return Found(tuple(act(frame, sorry[:1], frozenset(("apology",)))), {"code": "apology-needless", "turn": sorry[0]})


def _asks_pardon(frame: Frame, turn: int) -> bool:
    """«Простите, как вас зовут?» asks and does not apologise."""
    return all(s.question for s in frame.sentences(turn) if "apology" in s.acts)


def _grounds(frame: Frame, turn: int) -> bool:
    if frame.trouble is not None or any(not frame.lines[i].acts.isdisjoint(SUFFERED) for i in frame.client if i < turn):
        return True
    if any(not frame.lines[i].acts.isdisjoint(OWNED_UP) for i in frame.mine if i <= turn + 1):
        return True
    waited = max(frame.client_before(turn), default=None)
    seconds = frame.seconds(waited, turn) if waited is not None else None
    return seconds is not None and seconds > _LATE


def silent_transfer(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """The last words of an operator after whom another one speaks, when nobody says why."""
    if len(frame.operators) < 2:
        raise CannotTell("no-transfer")
    handed = False
    for newcomer in frame.operators[1:]:
        began = newcomer.turns[0]
        left = max(turn for turn in frame.mine if turn < began)
        if left not in turns:
            continue
        handed = True
        told = [*frame.block(left), *newcomer.turns[:2], *range(left + 1, began)]
        if all(frame.turns[i].role == "client" or frame.lines[i].acts.isdisjoint(HANDS_OVER) for i in told):
            return Found((whole(frame, left),), {"code": "silent-transfer", "turn": began, "after": left})
    if not handed:
        raise CannotTell("no-transfer")
    return NOTHING


def repeated(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """A message of the same operator that is word for word one of his earlier ones."""
    texts = [frame.turns[turn].text for turn in turns]
    if len(set(texts)) == len(texts):
        return NOTHING
    first: dict[str, int] = {}
    for turn, text in zip(turns, texts, strict=True):
        earlier = first.setdefault(text, turn)
        enough = len(_WORD.findall(text)) >= options["minimum_words"]
        if earlier != turn and enough and "wait-notice" not in frame.lines[turn].acts:
            return Found((whole(frame, turn),), {"code": "repeated", "turn": turn, "after": earlier})
    return NOTHING


def shouting(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Words in capitals that are no abbreviations: two long ones in a row, or four of any length."""
    for turn in turns:
        scanned = frame.lines[turn].scanned
        if scanned is None or sum(map(str.isupper, scanned.chunks)) < 2:
            continue  # far cheaper than to search
        for match in _RUN.finditer(frame.turns[turn].text):
            words = _WORD.findall(match.group())
            if sum(len(word) > 3 for word in words) >= 2 or len(words) >= 4:
                return Found((Span(turn, match.start(), match.end()),), {"code": "shouting", "turn": turn})
    return NOTHING


def redirect_benefit(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """What the client gains by a redirect, said beside it; no client asked for the redirect."""
    redirects = [turn for turn in turns if not frame.lines[turn].acts.isdisjoint(REDIRECTS)]
    if redirects:
        wished = next((i for i in frame.client if not frame.lines[i].acts.isdisjoint(ASKED_FOR)), len(frame.turns))
        redirects = [turn for turn in redirects if turn < wished]
    if not redirects:
        raise CannotTell("no-redirect")
    spans: list[Span] = []
    for turn in redirects:
        benefits = act(frame, frame.block(turn), BENEFIT)
        if not benefits:
            return Found((), {"code": "no-benefit", "turn": turn})
        spans.extend(benefits[:1])
    return Found(tuple(dict.fromkeys(spans)))


def open_promise(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Promises without a time by which they will be kept; those kept in the chat itself are left out."""
    spans: list[Span] = []
    for turn in turns:
        if "promise" in frame.lines[turn].acts and not _kept(frame, turn):
            promises = [s for s in frame.sentences(turn) if "promise" in s.acts and "wait-notice" not in s.acts]
            if promises and not said(frame, frame.block(turn), options["dates"]):
                spans.extend(_span(s) for s in promises)
    return Found(tuple(spans), {"code": "promise-without-date", "turn": spans[0].turn}) if spans else NOTHING


def _kept(frame: Frame, turn: int) -> bool:
    reply = frame.next_client(turn)
    return reply is not None and any(frame.answers(s) for i in frame.mine if i > reply for s in frame.sentences(i))


def _span(sentence: Sentence) -> Span:
    return Span(sentence.turn, sentence.start, sentence.end)
