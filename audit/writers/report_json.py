"""`.json`: one report, with the scorecards streamed into it."""

from __future__ import annotations

from typing import IO

from audit.model import Audited
from audit.report import Report
from audit.writers.base import Setting, Sink
from audit.writers.jsonl import dump

_HEAD = b'{"schema":"chataudit.report/1",'


def open_sink(file: IO[bytes], _setting: Setting) -> Sink:
    """Write scorecards as they come, then the rest of the report; nothing is kept."""
    file.write(_HEAD + b'"scorecards":[')
    between = b"\n"

    def add(item: Audited) -> None:
        nonlocal between
        for card in item.scorecards:
            file.write(between + dump(card))
            between = b",\n"

    def close(report: Report) -> None:
        file.write(b"],\n" + dump(report).removeprefix(_HEAD) + b"\n")

    return Sink(add, close)
