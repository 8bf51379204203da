"""The client's questions: which got a reply, which were skipped, which promise was not kept."""

from __future__ import annotations

from typing import Any

from audit.frame import Frame
from audit.model import Span


def find_pending(frame: Frame) -> tuple[list[Span], dict[str, Any] | None]:
    """Spans of the client's questions that nobody answered, with the reason; nothing where all were answered."""
    side = frame.mine or frame.bots
    spans: list[Span] = []
    last_side = side[-1] if side else -1
    for turn in frame.client:
        if turn > last_side:
            spans.extend(
                Span(turn, sentence.start, sentence.end) for sentence in frame.sentences(turn) if asks(frame, turn, sentence.question, sentence.acts)
            )
    if spans:
        return spans, {"code": "unanswered", "turns": sorted({span.turn for span in spans})}
    return [], None


def asks(frame: Frame, turn: int, mark: bool, acts: dict[str, float]) -> bool:
    """Whether a client's sentence asks for a reply."""
    if "rhetorical" in acts:
        return False
    return mark or bool(acts.keys() & {"question", "request", "human-request", "nudge"})
