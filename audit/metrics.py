"""Service numbers of one dialogue: first reply, reaction, duration, unanswered messages, transfers."""

from __future__ import annotations

import itertools
from typing import Any

from audit.frame import Frame
from audit.turns import Operator


def metrics(frame: Frame, operator: Operator | None) -> dict[str, Any]:
    """Numbers beside the score; seconds are rounded to whole ones, None where times are missing.

    first_reply_s    from the client's first turn to the first subject turn after it
    reaction_s_mean  mean over runs of client turns: from the last of the run to the first reply
    duration_s       from the first turn to the last
    unanswered       client turns after the subject's last one
    transfers        changes of operator
    """
    speakers = _speakers(frame)
    first = next(((c, m) for c in frame.client[:1] for m in frame.mine if m > c), None)
    reactions = [
        seconds
        for client, mine in _replies(frame)
        if operator is None or mine in operator.turns
        if (seconds := frame.seconds(client, mine)) is not None
    ]
    last = frame.mine[-1] if frame.mine else -1
    whole = frame.seconds(0, len(frame.turns) - 1) if frame.turns else None
    first_s = frame.seconds(*first) if first else None
    return {
        "first_reply_s": None if first_s is None else round(first_s),
        "reaction_s_mean": round(sum(reactions) / len(reactions)) if reactions else None,
        "duration_s": None if whole is None else round(whole),
        "unanswered": sum(turn > last for turn in frame.client),
        "transfers": sum(a != b for a, b in itertools.pairwise(speakers)),
    }


def _replies(frame: Frame) -> list[tuple[int, int]]:
    """(last client turn of a run, first subject turn after it), in order."""
    found: list[tuple[int, int]] = []
    mine, waiting = set(frame.mine), -1
    clients = set(frame.client)
    for turn in range(len(frame.turns)):
        if turn in clients:
            waiting = turn
        elif turn in mine and waiting >= 0:
            found.append((waiting, turn))
            waiting = -1
    return found


def _speakers(frame: Frame) -> list[str]:
    """The key of the operator of every subject turn, in order."""
    if len(frame.operators) < 2:
        return []
    by_turn = {turn: operator.key for operator in frame.operators for turn in operator.turns}
    return [by_turn[turn] for turn in frame.mine]
