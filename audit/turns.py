"""Turns by who wrote them, by where they stand, by the acts in them, and by the clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from audit.model import Turn

Moment = tuple[bool, float]


class Operator:
    """One operator (or bot) of a dialogue and the turns written by them, in order."""

    __slots__ = ("id", "key", "name", "turns")

    def __init__(self, key: str, name: str | None, ident: str | None) -> None:
        self.key, self.name, self.id = key, name, ident
        self.turns: list[int] = []


class Turns(list[int]):
    """Numbers of turns in order, and the same as bits of a whole number."""

    __slots__ = ("bits",)

    def __init__(self, turns: Iterable[int]) -> None:
        super().__init__(turns)
        self.bits = 0
        for turn in self:
            self.bits |= 1 << turn


class ByAct(dict[str, int]):
    """act → the turns that carry it, as bits: which turns of a place carry which acts is asked of every check."""

    __slots__ = ()

    def having(self, acts: Iterable[str]) -> int:
        """The turns that carry any of the acts, as bits."""
        bits = 0
        for act in acts:
            if act in self:
                bits |= self[act]
        return bits

    def among(self, turns: Turns, acts: Iterable[str]) -> list[int]:
        """Those of the turns that carry any of the acts."""
        bits = self.having(acts) & turns.bits
        return [turn for turn in turns if bits >> turn & 1] if bits else []


def by_act(pairs: Iterable[tuple[int, str]]) -> ByAct:
    """Turns and their acts, gathered by act."""
    found = ByAct()
    for turn, act in pairs:
        found[act] = found.get(act, 0) | 1 << turn
    return found


def clock(turns: Sequence[Turn]) -> list[Moment | None]:
    """Of every turn: whether its time has a zone, and the seconds since the first such turn; None without a time."""
    begun: dict[bool, datetime] = {}
    found: list[Moment | None] = []
    for turn in turns:
        if turn.time is None:
            found.append(None)
        else:
            zoned = turn.time.tzinfo is not None
            found.append((zoned, (turn.time - begun.setdefault(zoned, turn.time)).total_seconds()))
    return found
