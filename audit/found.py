"""What finders answer with, and the small help they share."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from audit.frame import Frame
from audit.model import Span

Reason = dict[str, Any]


class Found(Struct, frozen=True):
    """What a finder found. `reason` replaces the judge's own words; `sure` is False near a boundary.

    `absent`: what was found is that something is missing, so that no characters show it.
    """

    spans: tuple[Span, ...] = ()
    reason: Reason | None = None
    sure: bool = True
    absent: bool = False


NOTHING = Found()


class CannotTell(Exception):  # noqa: N818 - it is an answer, not an error
    """Nothing can be said, for this reason."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason: Reason = {"code": code, **params}


def whole(frame: Frame, turn: int) -> Span:
    """A whole turn as evidence."""
    return Span(turn, 0, len(frame.turns[turn].text))


def act(frame: Frame, turns: list[int], names: frozenset[str]) -> list[Span]:
    """Spans of any of the acts in the given turns, in order."""
    return [Span(hit.turn, hit.start, hit.end) for turn in turns for hit in frame.lines[turn].hits if hit.act in names]
