"""The engine: processes change nothing, and what breaks in one check is told and costs nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from audit.compile import load_pack
from audit.engine import Engine, audit
from audit.model import Audited, Dialogue, Rejected
from audit.readers import read
from audit.writers.jsonl import dump

ROOT = Path(__file__).resolve().parent.parent
PACK = load_pack(ROOT / "rules" / "standard")
DEMO = [item for item in read([ROOT / "corpora" / "demo" / "demo.jsonl"]) if isinstance(item, Dialogue)]


def lines(items: list[Audited | Rejected]) -> list[bytes]:
    return [dump(card) for item in items if isinstance(item, Audited) for card in item.scorecards]


def test_processes_change_neither_verdicts_nor_order() -> None:
    broken = Rejected("chats.jsonl", 3, "IMP002", "cut off")
    stream = [*DEMO[:3], broken, *DEMO[3:40]]
    alone, shared = list(audit(stream, PACK, batch=7)), list(audit(stream, PACK, batch=7, jobs=2))
    assert shared[3] == broken == alone[3] and len(shared) == len(stream)
    assert lines(shared) == lines(alone)


def test_a_reader_that_fails_stops_all_processes() -> None:
    def failing() -> list[Dialogue]:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(audit((item for part in (DEMO[:9], None) for item in (part or failing())), PACK, batch=2, jobs=2))


def test_a_check_that_breaks_is_an_error_and_the_others_are_judged() -> None:
    def breaks(*_arguments: object) -> None:
        raise KeyError(3)

    engine = Engine(PACK)
    whole = {v.check: v for v in engine.batch(DEMO[:1])[0].scorecards[0].verdicts}
    engine.checks = [
        structs.replace(c, finders=((breaks, {}),)) if c.name == "wait-notice" else c for c in engine.checks
    ]
    found = {v.check: v for v in engine.batch(DEMO[:1])[0].scorecards[0].verdicts}
    assert found["wait-notice"].outcome == "error"
    assert found["wait-notice"].reason == {"code": "defect", "error": "KeyError: 3"}
    assert {name: v for name, v in found.items() if name != "wait-notice"} == {
        name: v for name, v in whole.items() if name != "wait-notice"
    }
