"""Finders: they find spans and have no opinion; what a check thinks of it is the judge's business.

A finder is a function of the frame, the operator whose turns count and its options. It answers with `Found`, or raises
CannotTell with the reason why nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from audit.address import find_address
from audit.empty import empty_reply
from audit.found import CannotTell, Found, Reason, act, whole
from audit.frame import Frame
from audit.further import (
    house_style,
    needless_apology,
    open_promise,
    redirect_benefit,
    repeated,
    shouting,
    silent_transfer,
    unanswered_claim,
)
from audit.model import Span
from audit.pending import find_pending
from audit.relaxed import allowed_channel, automatic, complete_request, other_end, wished_channel
from audit.slow import slow_reply
from audit.turns import Operator
from audit.waits import find_waits


def question(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Genuine on-topic questions or requests for something before the answer."""
    answer = frame.answer
    spans = [
        Span(turn, sentence.start, sentence.end)
        for turn in turns
        for sentence in frame.sentences(turn)
        if frame.clarifies(sentence) and (answer is None or (turn, sentence.first) < answer)
    ]
    if spans:
        return Found(tuple(spans[:1]))
    late = act(frame, frame.after_answer, frozenset(("clarifying",)))
    if late and answer is not None:
        return Found((), {"code": "asked-after-answer", "turn": late[0].turn})
    if frame.client_left and (not turns or frame.gone):
        raise CannotTell("client-left", turn=frame.client[-1])
    return Found()


def address(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """The client's name as an address; a wrong name; or being asked for it where it is not known."""
    where = str(options.get("where", "contact"))
    if where == "closing" and not frame.closing:
        return Found((), {"code": "no-farewell"})
    found = find_address(frame, turns, ask=bool(options.get("ask", False)))
    if found.refused is not None:
        raise CannotTell("name-refused", turn=found.refused)
    if found.wrong:
        span, said, expected = found.wrong[0]
        if not found.right or options.get("strict", True):
            return Found((), {"code": "wrong-name", "turn": span.turn, "said": said, "expected": expected})
    if found.right:
        return Found(tuple(found.right[:1]))
    if found.asked:
        return Found(tuple(found.asked[:1]), {"code": "asked-name", "turn": found.asked[0].turn})
    if found.name is None:
        return Found((), {"code": "name-unknown"})
    return Found((), {"code": "name-not-used", "name": found.name, "where": where})


def wait(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Waits that were not announced beforehand (spans: the late turn); CannotTell where there was none."""
    if frame.dialogue.thread == "email" and not options.get("email", False):
        raise CannotTell("email-thread")
    if not frame.has_times:
        raise CannotTell("no-times")
    channel = frame.dialogue.channel or ""
    limits = options.get("seconds_by_channel", {})
    waits = find_waits(frame, set(turns), float(limits.get(channel, options.get("seconds", 120))))
    if not waits:
        raise CannotTell("no-wait")
    silent = [w for w in waits if not w.announced]
    if silent:
        w = silent[0]
        return Found((), {"code": "silent-wait", "turn": w.turn, "after": w.since, "seconds": round(w.seconds)})
    return Found(
        tuple(dict.fromkeys(whole(frame, w.notice) for w in waits if w.notice is not None)),
        {"code": "announced", "turn": waits[0].notice},
    )


def pending(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Client questions that got no reply, or were skipped beside others; promised answers that never came."""
    return find_pending(frame, turns)


REFUSED = 0.7  # the probability from which a refusal outweighs an offer in the same turn


def handover(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """A way to a human offered or given by a bot."""
    if not frame.bots:
        raise CannotTell("no-bot")
    offered = [s for s in act(frame, frame.bots, frozenset(("human-offer",))) if not _refuses(frame, s.turn)]
    refusals = [bot for bot in frame.bots if _refuses(frame, bot)]
    joined = any(turn > frame.bots[0] for turn in frame.mine)
    if offered and (joined or not refusals or refusals[-1] < offered[-1].turn):
        return Found(tuple(offered[:1]), {"code": "human-offered", "turn": offered[0].turn})
    asked = [i for i in frame.client if "human-request" in frame.acts(i)]
    refused = act(frame, frame.bots, frozenset(("human-refusal",)))
    ignored = [bot for i in asked for bot in frame.bots if bot > i]
    if refused or ignored:
        return Found((), {"code": "human-refused", "turn": refused[0].turn if refused else ignored[0]})
    people = [
        i
        for i, t in enumerate(frame.turns)
        if t.role == "operator" and t.kind in ("text", "file") and i > frame.bots[0]
    ]
    if people:
        return Found((whole(frame, people[0]),), {"code": "human-offered", "turn": people[0]})
    return Found((), {"code": "human-not-offered"})


def _refuses(frame: Frame, turn: int) -> bool:
    """Whether a turn that speaks of a human rather refuses than offers one."""
    return any(s.acts.get("human-refusal", 0.0) >= REFUSED for s in frame.sentences(turn))


FINDERS: dict[str, Callable[[Frame, list[int], dict[str, Any]], Found]] = {
    "address": address,
    "question": question,
    "empty-reply": empty_reply,
    "wait": wait,
    "pending": pending,
    "handover": handover,
    "allowed-channel": allowed_channel,
    "automatic": automatic,
    "complete-request": complete_request,
    "house-style": house_style,
    "needless-apology": needless_apology,
    "open-promise": open_promise,
    "other-end": other_end,
    "redirect-benefit": redirect_benefit,
    "repeated": repeated,
    "shouting": shouting,
    "silent-transfer": silent_transfer,
    "slow-reply": slow_reply,
    "unanswered-claim": unanswered_claim,
    "wished-channel": wished_channel,
}


def client_left(frame: Frame, operator: Operator | None) -> Reason | None:
    """The client vanished before any answer."""
    return {"code": "client-left", "turn": frame.client[-1]} if frame.client_left else None


def client_left_open(frame: Frame, operator: Operator | None) -> Reason | None:
    """The client vanished before any answer and the operator did not close the chat himself."""
    if frame.client_left and frame.dialogue.closed_by != "operator" and not frame.closing:
        return {"code": "client-left", "turn": frame.client[-1]}
    return None


def success_reported(frame: Frame, operator: Operator | None) -> Reason | None:
    """The client reports success unprompted."""
    return {"code": "success-reported", "turn": frame.success} if frame.success is not None else None


def no_trouble(frame: Frame, operator: Operator | None) -> Reason | None:
    """Nothing went wrong for the client."""
    return {"code": "no-trouble"} if frame.trouble is None else None


FACTS: dict[str, Callable[[Frame, Operator | None], Reason | None]] = {
    "client-left": client_left,
    "client-left-open": client_left_open,
    "success-reported": success_reported,
    "no-trouble": no_trouble,
}

__all__ = ["FACTS", "FINDERS", "CannotTell", "Found", "act", "whole"]
