"""The judge: a check and a frame in, a verdict out. All there is to judging stands on this page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, structs

from audit.finders import FACTS, FINDERS, CannotTell, Found, act
from audit.found import NOTHING
from audit.frame import Frame
from audit.model import Span, Verdict
from audit.options import defaults, idle
from audit.turns import Operator, Turns

CERTAIN = 0.62  # a find under this probability wants a reader

Finder = Callable[[Frame, list[int], dict[str, Any]], Found]
Fact = Callable[[Frame, Operator | None], "dict[str, Any] | None"]


class Ready(Struct, frozen=True):
    """A check of a compiled pack, looked up once: acts to find, finders with their options, facts that excuse."""

    name: str
    weight: float
    critical: bool
    owner: str
    where: str
    expects: bool
    acts: frozenset[str]
    finders: tuple[tuple[Finder, dict[str, Any]], ...]
    ignore_with: frozenset[str]
    ignore_after: frozenset[str]
    ignore_found: tuple[tuple[Finder, dict[str, Any]], ...]
    na_if: tuple[Fact, ...]
    excused_if: tuple[Fact, ...]


def ready(name: str, check: dict[str, Any]) -> Ready:
    """Prepare one check of a compiled pack."""
    items = [
        (item, {}) if isinstance(item, str) else next(iter(item.items())) for item in check["expect"] or check["forbid"]
    ]
    beside, set_here = check["ignore"]["with"], check["options"]
    return Ready(
        name, check["weight"], check["critical"], check["owner"], check["where"], bool(check["expect"]),
        frozenset(word for word, _options in items if word not in FINDERS),
        _finders(items, set_here),
        frozenset(beside), frozenset(check["ignore"]["after_client"]),
        _finders([(word, {}) for word in beside], set_here),
        tuple(FACTS[fact] for fact in check["na_if"]), tuple(FACTS[fact] for fact in check["excused_if"]),
    )  # fmt: skip


def _finders(
    items: list[tuple[str, dict[str, Any]]], set_here: dict[str, Any]
) -> tuple[tuple[Finder, dict[str, Any]], ...]:
    told = [(word, {**defaults(word), **options, **set_here}) for word, options in items if word in FINDERS]
    return tuple((FINDERS[word], options) for word, options in told if not idle(word, options))


def judge(check: Ready, frame: Frame, operator: Operator | None) -> Verdict:
    """One check for one operator's turns (None: the dialogue had no operator)."""
    if operator is None and check.owner not in ("bot", "holder"):
        return _verdict(check, "na", {"code": "no-subject"})
    try:
        return _judge(check, frame, operator)
    except CannotTell as cannot:
        return _verdict(check, "na", cannot.reason)
    except Exception as defect:  # noqa: BLE001 — one broken check must not cost the others; it is shown and counted
        return _verdict(check, "error", {"code": "defect", "error": f"{type(defect).__name__}: {defect}"})


def _judge(check: Ready, frame: Frame, operator: Operator | None) -> Verdict:
    for fact in check.na_if:
        if reason := fact(frame, operator):
            return _verdict(check, "na", reason)
    turns = frame.place(check.where, operator)
    found = _find(check, frame, turns)
    if check.acts and found.sure and not _sure(check, found, frame, turns):
        found = structs.replace(found, sure=False)
    if check.expects == (bool(found.spans) or found.absent):
        return _verdict(check, "pass", found.reason or _reason(check, found, frame, turns), found)
    for fact in check.excused_if:
        if reason := fact(frame, operator):
            return _verdict(check, "na", reason)
    return _verdict(check, "fail", found.reason or _reason(check, found, frame, turns), found)


def _sure(check: Ready, found: Found, frame: Frame, turns: Turns) -> bool:
    """Whether the words leave no doubt: a find well over its threshold, or nothing that comes near it."""
    if found.spans:
        if check.acts.isdisjoint(frame.pack.learned):
            return True
        scores = [hit.score for span in found.spans for hit in frame.lines[span.turn].hits if hit.act in check.acts]
        return not scores or max(scores) >= CERTAIN
    return not frame.doubted.having(check.acts) & turns.bits


def _verdict(check: Ready, outcome: str, reason: dict[str, Any], found: Found | None = None) -> Verdict:
    spans, sure = (found.spans, found.sure) if found else ((), True)
    return Verdict(check.name, outcome, check.weight, check.critical, sure, spans, reason)


def _find(check: Ready, frame: Frame, turns: Turns) -> Found:
    """Everything the check's items find; the first finder that has a reason of its own explains."""
    if not check.acts and len(check.finders) == 1:
        finder, options = check.finders[0]
        return finder(frame, turns, options)
    spans: list[Span] = []
    reason, sure, absent = None, True, False
    if check.acts:
        said = frame.said.among(turns, check.acts)
        if not said and not check.finders:
            return NOTHING
        if said and (check.ignore_with or check.ignore_after):
            said = [turn for turn in said if not _ignored(check, frame, turn)]
        spans.extend(act(frame, said, check.acts))
    for finder, options in check.finders:
        found = finder(frame, turns, options)
        spans.extend(found.spans)
        reason, sure, absent = reason or found.reason, sure and found.sure, absent or found.absent
    if len(spans) > 1:
        spans.sort(key=lambda span: (span.turn, span.start))
    return Found(tuple(spans), reason, sure, absent)


def _ignored(check: Ready, frame: Frame, turn: int) -> bool:
    """Whether what is said in a turn is fine: for its company, or because the client asked for it before."""
    if not frame.lines[turn].acts.isdisjoint(check.ignore_with):
        return True
    if any(finder(frame, [turn], options).spans for finder, options in check.ignore_found):
        return True
    return bool(check.ignore_after) and any(
        i < turn and not frame.lines[i].acts.isdisjoint(check.ignore_after) for i in frame.client
    )


def _reason(check: Ready, found: Found, frame: Frame, turns: Turns) -> dict[str, Any]:
    if found.spans:
        hits = [(hit, span) for span in found.spans for hit in frame.lines[span.turn].hits if hit.act in check.acts]
        return {"code": "found", "acts": sorted({hit.act for hit, span in hits if hit.start == span.start})}
    if check.expects:
        return {"code": "not-found", "where": check.where, "turns": len(turns)}
    return {"code": "none-found"}
