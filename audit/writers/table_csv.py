"""`.csv`: a row a verdict, for spreadsheets.

UTF-8 with a byte-order mark, or Excel takes Cyrillic for cp1251; commas, every text in quotes, CRLF. Text that a
spreadsheet would take for a formula gets an apostrophe (safe.py). `turn` is 0-based as in every machine-readable
file; the words of `reason` count turns from 1, as people do, and are in the language of `--ui`, else the pack's first.
"""

from __future__ import annotations

import csv
import io
from typing import IO

from audit.model import Audited, Dialogue, Scorecard, Verdict
from audit.reasons import sentence
from audit.report import Report
from audit.writers.base import Setting, Sink, quote
from audit.writers.safe import cell

COLUMNS = ("dialogue", "operator", "check", "outcome", "weight", "score", "turn", "quote", "reason")


def open_sink(file: IO[bytes], setting: Setting) -> Sink:
    """Write the rows of every dialogue as it comes; nothing is kept."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    rows.writerow(COLUMNS)

    def add(item: Audited) -> None:
        for card in item.scorecards:
            rows.writerows(_row(verdict, card, item.dialogue, setting) for verdict in card.verdicts)

    def close(_report: Report) -> None:
        text.flush()
        text.detach()  # the file is closed by who opened it

    return Sink(add, close)


def _row(verdict: Verdict, card: Scorecard, dialogue: Dialogue, setting: Setting) -> tuple[str | float | int, ...]:
    said = quote(verdict, dialogue)
    return (
        cell(card.dialogue),
        cell(card.operator or ""),
        cell(verdict.check),
        verdict.outcome,
        _short(verdict.weight),
        "" if card.score is None else _short(card.score),
        _turn(verdict),
        cell(said),
        cell(sentence(verdict, setting.words, quote=said, acts=setting.acts)),
    )


def _short(value: float) -> float | int:
    """10 rather than 10.0."""
    return int(value) if value == int(value) else value


def _turn(verdict: Verdict) -> int | str:
    """The first turn of the evidence, else the one the reason names."""
    if verdict.evidence:
        return verdict.evidence[0].turn
    turn = verdict.reason.get("turn", verdict.reason.get("after"))
    return turn if isinstance(turn, int) else ""
