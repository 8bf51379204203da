"""Service numbers of one dialogue: first reply, reaction, duration, unanswered messages, transfers."""

from __future__ import annotations

from typing import Any

from audit.frame import Frame, Operator


def metrics(frame: Frame, operator: Operator | None) -> dict[str, Any]:
    """Numbers beside the score; seconds are rounded to whole ones, None where times are missing.

    first_reply_s    from the client's first turn to the first subject turn after it
    reaction_s_mean  mean over runs of client turns: from the last of the run to the first reply
    duration_s       from the first turn to the last
    unanswered       client turns after the subject's last one
    transfers        changes of operator
    """
    turns = range(len(frame.turns))
    first = next(((c, m) for c in frame.client[:1] for m in frame.mine if m > c), None)
    reactions = []
    for mine in frame.mine:
        run = frame.run_before(mine)
        if run and not any(run[-1] < other < mine for other in frame.mine):
            seconds = frame.seconds(run[-1], mine)
            if seconds is not None and (operator is None or mine in operator.turns):
                reactions.append(seconds)
    last = frame.mine[-1] if frame.mine else -1
    whole = frame.seconds(turns[0], turns[-1]) if turns else None
    first_s = frame.seconds(*first) if first else None
    return {
        "first_reply_s": None if first_s is None else round(first_s),
        "reaction_s_mean": round(sum(reactions) / len(reactions)) if reactions else None,
        "duration_s": None if whole is None else round(whole),
        "unanswered": sum(turn > last for turn in frame.client),
        "transfers": sum(a.key != b.key for a, b in zip(_authors(frame), _authors(frame)[1:], strict=False)),
    }


def _authors(frame: Frame) -> list[Operator]:
    by_turn = {turn: operator for operator in frame.operators for turn in operator.turns}
    return [by_turn[turn] for turn in frame.mine]
