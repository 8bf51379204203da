"""Finders that make a check milder: what the client wished for, and options by which companies differ."""

from __future__ import annotations

import re
from typing import Any

from audit.address import find_address
from audit.found import NOTHING, CannotTell, Found, act, whole
from audit.frame import Frame
from audit.phrases import said

# An order number, a date or a sum, a model such as «iPhone 13» or «XR-200».
_DETAIL = re.compile(r"\d{3,}|\d[./:]\d|(?<![^\W\d_])[A-Za-z]+[ -]?\d+")


def complete_request(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """`only_if_incomplete`: no question is due where the client's first messages already give the details."""
    first = frame.mine[0] if frame.mine else len(frame.turns)
    early = [turn for turn in frame.client if turn < first]
    given = [turn for turn in early if _DETAIL.search(frame.turns[turn].text)]
    given = given or [span.turn for span, _phrase in said(frame, early, options["details"])]
    if given:
        raise CannotTell("request-complete", turn=given[0])
    return NOTHING


def automatic(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """`templates_count`: what an automatic message under the operator's name does at the start of the dialogue."""
    if not frame.contact:
        return NOTHING
    sent = [
        i
        for i, turn in enumerate(frame.turns[: frame.contact[-1]])
        if turn.kind == "auto" and turn.role == frame.subject
    ]
    spans = act(frame, sent, frozenset(options["acts"]))
    if options["name"]:
        spans.extend(find_address(frame, sent, ask=False).right)
    return Found(tuple(spans[:1]), {"code": "template-counts", "turn": spans[0].turn}) if spans else NOTHING


def other_end(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """`name_once`: the client's name where it was used at the other end of the dialogue, unless a wrong one is here."""
    here = find_address(frame, turns, ask=False)
    if here.wrong or here.right:
        return NOTHING
    elsewhere = frame.contact if options["where"] == "contact" else frame.closing
    right = find_address(frame, elsewhere, ask=False).right
    return Found(tuple(right[:1]), {"code": "name-elsewhere", "turn": right[0].turn}) if right else NOTHING


def wished_channel(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Turns that name the channel the client asked for before, or any where the client named none."""
    asked = [i for i in frame.client if i < turns[0] and "channel-request" in frame.acts(i)] if turns else []
    if not asked:
        return NOTHING
    channels = options["channels"]
    wished, named = _named(frame, asked, channels), _named(frame, turns, channels)
    if wished and named and wished.isdisjoint(named):
        return NOTHING
    return Found(tuple(whole(frame, turn) for turn in turns))


def _named(frame: Frame, turns: list[int], channels: dict[str, Any]) -> set[str]:
    return {name for name, words in channels.items() if said(frame, turns, words)}


def allowed_channel(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """`allowed`: the channels named in the turns, if a pack allows every one of them."""
    named = {name: said(frame, turns, words) for name, words in options["channels"].items()}
    if any(found and name not in options["allowed"] for name, found in named.items()):
        return NOTHING
    return Found(tuple(span for found in named.values() for span, _phrase in found))
