"""How late the replies were: seconds on the clock, or of the working hours only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from audit.found import NOTHING, CannotTell, Found, whole
from audit.frame import Frame
from audit.options import Hours, hours


def slow_reply(frame: Frame, turns: list[int], options: dict[str, Any]) -> Found:
    """Replies later than `seconds`: the first one, or all the others, each from the client's last message before it."""
    if frame.dialogue.thread == "email" and not options["email"]:
        raise CannotTell("email-thread")
    if not frame.has_times:
        raise CannotTell("no-times")
    channels, spans, reason, timed = options["seconds_by_channel"], [], None, False
    limit = channels.get(frame.dialogue.channel, options["seconds"]) if channels else options["seconds"]
    for since, reply in _first(frame, limit) if options["first"] else _later(frame):
        seconds = frame.seconds(since, reply) if reply in turns else None
        if seconds is None:
            continue
        timed = True
        if seconds > limit and frame.pends(since):
            seconds = _working(frame, since, reply, options["working_hours"]) if options["working_hours"] else seconds
            if seconds > limit:
                spans.append(whole(frame, reply))
                reason = reason or {
                    "code": "slow-reply", "turn": reply, "after": since, "seconds": round(seconds), "limit": limit
                }  # fmt: skip
    if not timed:
        raise CannotTell("nothing-timed")
    return Found(tuple(spans), reason) if spans else NOTHING


def _first(frame: Frame, limit: float) -> list[tuple[int, int]]:
    """The side's first reply, and the first of the client's messages that it replies to."""
    start = frame.client[0] if frame.client else len(frame.turns)
    reply = next((turn for turn in frame.mine if turn > start), None)
    if reply is None:
        return []
    seconds = frame.seconds(start, reply)
    if seconds is not None and seconds <= limit:
        return [(start, reply)]  # quick even from the very first message: no need to know which one it replies to
    run = frame.run_before(reply)
    return [(next((turn for turn in run if frame.pends(turn)), run[0]), reply)] if run else []


def _later(frame: Frame) -> Iterator[tuple[int, int]]:
    """(the client's last message before it, reply) of every reply but the first."""
    clients, number = frame.client, len(frame.client)
    at, before, first = 0, -1, True
    for turn in frame.mine:
        while at < number and clients[at] < turn:
            at += 1
        since = clients[at - 1] if at else -1
        if since > before:
            if not first:
                yield since, turn
            first = False
        before = turn


def _working(frame: Frame, since: int, reply: int, written: str) -> float:
    """The seconds between two turns that fall into the working hours, by the clock of the earlier one."""
    begin, end = frame.turns[since].time, frame.turns[reply].time
    assert begin is not None and end is not None  # noqa: PT018 — both were needed to get here
    return sum(
        _overlap(begin, end.astimezone(begin.tzinfo) if begin.tzinfo else end, day, hours(written))
        for day in _days(begin, end)
    )


def _days(begin: datetime, end: datetime) -> Iterator[datetime]:
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range((end - begin).days + 2):
        yield midnight + timedelta(days=number)


def _overlap(begin: datetime, end: datetime, midnight: datetime, open_: Hours) -> float:
    if midnight.weekday() not in open_.days:
        return 0.0
    opens, closes = midnight + timedelta(minutes=open_.opens), midnight + timedelta(minutes=open_.closes)
    return max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
