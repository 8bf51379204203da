"""What a report says: operators, checks, groups, coverage and gate, as frozen structures.

Rates and their intervals are shares in 0–1, scores are 0–100; `None` stands where nothing can be told.
`tally.py` fills a report from a stream.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from audit.model import Dialogue, Rejected, Scorecard, Source
from audit.score import Interval

CARD_FIELDS = ("operator", "channel", "category", "lang", "subject")
DIALOGUE_FIELDS = ("thread", "client_id", "client_name", "assigned_operator", "closed_by", "operator_mark")


class Example(Struct, frozen=True):
    """A dialogue to look at; `turn` is the first turn of the verdict's evidence."""

    dialogue: str
    operator: str | None
    source: Source
    turn: int | None = None
    score: float | None = None
    failed: tuple[str, ...] = ()


class OperatorCheck(Struct, frozen=True):
    """One check of one operator (or group); `interval` is Wilson's for `pass_rate`."""

    check: str
    passed: int
    failed: int
    na: int
    error: int
    pass_rate: float | None
    interval: Interval | None


class OperatorRow(Struct, frozen=True):
    """One operator: `chats` scorecards, `n` of them scored; `rank` or `why_no_rank` (too-few-chats, overlap)."""

    operator: str | None
    operator_id: str | None
    chats: int
    n: int
    mean: float | None
    interval: Interval | None
    rank: int | None
    why_no_rank: str | None
    worst_checks: tuple[str, ...]
    checks: tuple[OperatorCheck, ...]


class CheckRow(Struct, frozen=True):
    """One check over all scorecards; `interval` is Wilson's for `fail_rate`."""

    check: str
    weight: float
    critical: bool
    passed: int
    failed: int
    na: int
    error: int
    unsure: int
    fail_rate: float | None
    interval: Interval | None
    examples: tuple[Example, ...]


class GroupRow(Struct, frozen=True):
    """The scorecards that share a value of the field asked for with `--by`."""

    by: str
    value: Any
    chats: int
    n: int
    mean: float | None
    interval: Interval | None
    worst_checks: tuple[str, ...]
    checks: tuple[OperatorCheck, ...]


class FoundRow(Struct, frozen=True):
    """An importer finding: how often, and where first (`path:line`, dialogue, turn)."""

    code: str
    count: int
    first: tuple[dict[str, Any], ...]


class Coverage(Struct, frozen=True):
    """What was read and judged and what was not; nothing is left out silently."""

    dialogues: int
    scored: int
    not_scored: int
    scorecards: int
    no_subject: int
    rejected: int
    rejected_by_code: dict[str, int]
    rejected_first: tuple[Rejected, ...]
    findings: tuple[FoundRow, ...]
    verdicts: dict[str, int]
    unsure: int
    na_by_reason: dict[str, int]
    error_by_reason: dict[str, int]
    languages: dict[str, int]


class Overall(Struct, frozen=True):
    """The mean over scored dialogues (a dialogue of several operators counts with their mean)."""

    n: int
    mean: float | None
    interval: Interval | None


class Gate(Struct, frozen=True):
    """What was asked with `--fail-under` and `--fail-on`, and whether it holds; `failed` names what does not."""

    passed: bool
    fail_under: float | None
    fail_on: tuple[str, ...]
    failed: tuple[str, ...]


class Report(Struct, frozen=True, tag_field="schema", tag="chataudit.report/1"):
    """Everything a report shows except the scorecards, which writers stream."""

    operators: tuple[OperatorRow, ...]
    checks: tuple[CheckRow, ...]
    coverage: Coverage
    overall: Overall
    groups: tuple[GroupRow, ...]
    gate: Gate | None
    worst: tuple[Example, ...]
    pack: str
    minimum_chats: int


class Asked(Struct, frozen=True):
    """What the caller wants of a report: a field to group by, and gates (`fail_under` is a score)."""

    by: str | None = None
    fail_under: float | None = None
    fail_on: tuple[str, ...] = ()


def exit_code(report: Report) -> int:
    """The contract's code for a run that ended: 2 nothing readable, 5 no dialogues, 3 incomplete, 1 gate, 0 done."""
    from audit.readers.findings import UNREADABLE

    coverage = report.coverage
    if coverage.dialogues == 0:
        return 2 if set(coverage.rejected_by_code) == {UNREADABLE} else 5
    if coverage.rejected or coverage.verdicts["error"]:
        return 3
    return 1 if report.gate and not report.gate.passed else 0


def dimension(field: str, card: Scorecard, dialogue: Dialogue) -> Any:
    """The value of a field of the scorecard, the dialogue or its own further keys; None where it has none."""
    if field in CARD_FIELDS:
        return getattr(card, field)
    if field in DIALOGUE_FIELDS:
        return getattr(dialogue, field)
    return card.dimensions.get(field, dialogue.extra.get(field))
