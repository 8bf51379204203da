"""The judge: a check and a frame in, a verdict out. All there is to judging stands on this page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit.finders import FACTS, FINDERS, CannotTell, Found, act
from audit.frame import Frame, Operator
from audit.model import Span, Verdict


def judge(name: str, check: dict[str, Any], frame: Frame, operator: Operator | None) -> Verdict:
    """One check for one operator's turns (None: the dialogue had no operator)."""

    def verdict(outcome: str, reason: dict[str, Any], evidence: Sequence[Span] = (), sure: bool = True) -> Verdict:
        return Verdict(name, outcome, check["weight"], check["critical"], sure, tuple(evidence), reason)

    if operator is None and check["owner"] not in ("bot", "holder"):
        return verdict("na", {"code": "no-subject"})
    for fact in check["na_if"]:
        reason = FACTS[fact](frame, operator)
        if reason is not None:
            return verdict("na", reason)
    turns = _turns(check, frame, operator)
    try:
        found = _find(check, frame, turns)
    except CannotTell as cannot:
        return verdict("na", cannot.reason)
    good = bool(found.spans) if check["expect"] else not found.spans
    if not good:
        for fact in check["excused_if"]:
            reason = FACTS[fact](frame, operator)
            if reason is not None:
                return verdict("na", reason)
    return verdict("pass" if good else "fail", found.reason or _reason(check, found, turns), found.spans, found.sure)


def _turns(check: dict[str, Any], frame: Frame, operator: Operator | None) -> list[int]:
    place = frame.place(check["where"])
    return [turn for turn in place if operator is None or turn in operator.turns]


def _find(check: dict[str, Any], frame: Frame, turns: list[int]) -> Found:
    """Everything the check's items find; the first item that has a reason of its own explains."""
    spans: list[Span] = []
    reason, sure = None, True
    acts = [item for item in check["expect"] or check["forbid"] if isinstance(item, str) and item not in FINDERS]
    if acts:
        ignore = check["ignore"]
        found_acts = act(frame, turns, acts, lambda turn, _act: _ignored(frame, turn, ignore))
        spans.extend(found_acts)
    for item in check["expect"] or check["forbid"]:
        finder, options = (item, {}) if isinstance(item, str) else next(iter(item.items()))
        if finder in FINDERS:
            found = FINDERS[finder](frame, turns, {**options, **check["options"]})
            spans.extend(found.spans)
            reason, sure = reason or found.reason, sure and found.sure
    spans.sort(key=lambda span: (span.turn, span.start))
    return Found(tuple(spans), reason, sure)


def _ignored(frame: Frame, turn: int, ignore: dict[str, Any]) -> bool:
    if frame.acts(turn) & set(ignore["with"]):
        return True
    asked = set(ignore["after_client"])
    return bool(asked) and any(frame.acts(i) & asked for i in frame.client_before(turn))


def _reason(check: dict[str, Any], found: Found, turns: list[int]) -> dict[str, Any]:
    if found.spans:
        wanted = [item for item in check["expect"] or check["forbid"] if isinstance(item, str)]
        return {"code": "found", "acts": wanted}
    if check["expect"]:
        return {"code": "not-found", "where": check["where"], "turns": len(turns)}
    return {"code": "none-found"}
