"""`.jsonl`: a scorecard a line, in the order of the input; keys and shapes as in the contract."""

from __future__ import annotations

import json
from typing import IO

import msgspec

from audit.model import Audited
from audit.report import Report
from audit.writers.base import Setting, Sink

_ENCODER = msgspec.json.Encoder()  # keys stay in the order they were made in, `code` first


def open_sink(file: IO[bytes], _setting: Setting) -> Sink:
    """Write every scorecard as it comes; nothing is kept."""

    def add(item: Audited) -> None:
        for card in item.scorecards:
            file.write(dump(card) + b"\n")

    def close(_report: Report) -> None:
        return None

    return Sink(add, close)


def dump(value: object) -> bytes:
    """Any value as JSON in UTF-8, the same bytes for the same value.

    Lone surrogates, which UTF-8 does not have, are written as escapes.
    """
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode()
