"""The frozen types everything passes through, from a file's record to a report's line.

Shapes and key names follow the contract (docs/reference/formats.md); a change there is a version bump.
All offsets are Unicode code points in the turn's raw text; all turn numbers are 0-based indices into
`Dialogue.turns`; all durations are seconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct, field

ROLES = ("operator", "client", "bot", "system", "unknown")
KINDS = ("text", "auto", "note", "event", "file")
THREADS = ("chat", "email", "public")
OUTCOMES = ("pass", "fail", "na", "error")
SUBJECTS = ("operator", "bot")


class Source(Struct, frozen=True, omit_defaults=True):
    """Where a dialogue stands in the input: file and 1-based line or row of its first record."""

    path: str = ""
    line: int | None = None


class Finding(Struct, frozen=True, omit_defaults=True):
    """Something odd the importer saw and did not hide; `code` is stable (`IMP001` …)."""

    code: str
    turn: int | None = None
    line: int | None = None
    detail: str = ""


class Rejected(Struct, frozen=True):
    """A record that could not become a dialogue: it is listed and counted, and the run goes on."""

    path: str
    line: int | None
    code: str
    detail: str = ""


class Turn(Struct, frozen=True):
    """One message as it was sent; `text` is raw and never changed."""

    role: str
    text: str
    name: str | None = None
    id: str | None = None
    time: datetime | None = None
    kind: str = "text"
    line: int | None = None


class Dialogue(Struct, frozen=True):
    """One conversation in its order of turns; `extra` keeps every key the contract does not name."""

    id: str
    turns: tuple[Turn, ...]
    lang: str | None = None
    channel: str | None = None
    thread: str = "chat"
    client_name: str | None = None
    client_id: str | None = None
    assigned_operator: str | None = None
    closed_by: str | None = None
    category: str | None = None
    operator_mark: str | None = None
    rating: dict[str, Any] | None = None
    labels: Any = None
    extra: dict[str, Any] = field(default_factory=dict)
    source: Source = Source()
    findings: tuple[Finding, ...] = ()


class Hit(Struct, frozen=True):
    """An act recognised in a turn, with the characters that earned it; `score` is 1.0 for a pattern."""

    turn: int
    act: str
    start: int
    end: int
    score: float = 1.0


class Span(Struct, frozen=True):
    """Characters `start:end` of turn `turn`: a verdict's evidence."""

    turn: int
    start: int
    end: int


class Verdict(Struct, frozen=True):
    """One check judged for one operator; `reason` is a code with parameters, rendered to words later."""

    check: str
    outcome: str
    weight: float
    critical: bool
    sure: bool
    evidence: tuple[Span, ...]
    reason: dict[str, Any]


class Scorecard(Struct, frozen=True, tag_field="schema", tag="chataudit.scorecard/1", omit_defaults=True):
    """The verdicts of one operator (or bot) in one dialogue; `score` is 0–100 or None; no `dimensions`, no key."""

    pack: str
    dialogue: str
    operator: str | None
    operator_id: str | None
    subject: str
    lang: str | None
    channel: str | None
    category: str | None
    started_at: datetime | None
    score: float | None
    verdicts: tuple[Verdict, ...]
    metrics: dict[str, Any]
    source: Source
    dimensions: dict[str, Any] = field(default_factory=dict)


class Audited(Struct, frozen=True):
    """A dialogue with its scorecards: one per operator, or one with `operator` None where no subject joined."""

    dialogue: Dialogue
    scorecards: tuple[Scorecard, ...]
