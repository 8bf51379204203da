"""What a report adds up, what it will not say, and the exit code it comes to."""

from __future__ import annotations

import json

import msgspec
import pytest

from audit.model import Audited, Finding, Rejected
from audit.readers.findings import UNREADABLE
from audit.report import Asked, Report, exit_code
from audit.tally import REJECTS, WORST, Reporter
from tests.writers.fakes import audited, card, pack, verdict


def _report(*items: Audited | Rejected, asked: Asked | None = None, minimum_chats: int = 3) -> Report:
    reporter = Reporter(pack(minimum_chats), asked)
    for item in items:
        reporter.add(item)
    return reporter.report()


def test_operator_means_and_rates() -> None:
    report = _report(
        audited(card("d1", "Анна", 100, verdict("greeting", "pass"), verdict("farewell", "fail", 5))),
        audited(card("d2", "Анна", 50, verdict("greeting", "fail"), verdict("farewell", "fail", 5))),
        audited(card("d3", "Анна", None, verdict("greeting", "na"))),
        audited(card("d4", "Олег", 80, verdict("greeting", "error"))),
    )
    oleg, anna = report.operators
    assert (anna.operator, anna.chats, anna.n, anna.mean) == ("Анна", 3, 2, 75)
    assert anna.worst_checks == ("farewell", "greeting")
    greeting = next(row for row in anna.checks if row.check == "greeting")
    assert (greeting.passed, greeting.failed, greeting.na, greeting.pass_rate) == (1, 1, 1, 0.5)
    assert (oleg.operator, oleg.mean, oleg.interval, oleg.why_no_rank) == ("Олег", 80, None, "too-few-chats")


def test_operators_are_told_apart_by_id_then_name() -> None:
    cards = [card("d1", "Анна", 1, operator_id="1"), card("d2", "Анна", 2, operator_id="2"), card("d3", "Анна", 3)]
    assert len(_report(*map(audited, cards)).operators) == 3


def test_no_subject_is_no_operator() -> None:
    report = _report(audited(card("d1", None, None, verdict("greeting", "na", reason={"code": "no-subject"}))))
    assert report.operators == ()
    assert (report.coverage.no_subject, report.coverage.not_scored, report.coverage.na_by_reason) == (
        1,
        1,
        {"no-subject": 1},
    )


def test_check_rows_follow_the_pack_and_carry_examples() -> None:
    fail = verdict("greeting", "fail", evidence=[(3, 0, 2)], sure=False)
    report = _report(*(audited(card(f"d{i}", "Анна", 0, verdict("farewell", "pass"), fail)) for i in range(5)))
    greeting, farewell = report.checks
    assert (greeting.check, greeting.failed, greeting.fail_rate, greeting.unsure) == ("greeting", 5, 1.0, 5)
    assert greeting.interval == pytest.approx((0.5655, 1.0), abs=1e-4)
    assert [(example.dialogue, example.turn) for example in greeting.examples] == [("d0", 3), ("d1", 3), ("d2", 3)]
    assert (farewell.fail_rate, farewell.examples) == (0.0, ())


def test_dialogue_of_two_operators_counts_once_in_the_mean() -> None:
    report = _report(audited(card("d1", "Анна", 100), card("d1", "Олег", 0)), audited(card("d2", "Анна", 100)))
    assert (report.overall.n, report.overall.mean) == (2, 75)
    assert (report.coverage.dialogues, report.coverage.scorecards) == (2, 3)


@pytest.mark.parametrize(
    ("field", "values"),
    [("channel", ["site", None]), ("operator", ["Анна"]), ("region", ["Riga", None]), ("size", [7, None])],
)
def test_groups(field: str, values: list[object]) -> None:
    report = _report(
        audited(card("d1", "Анна", 100, channel="site", dimensions={"region": "Riga"}), size=7),
        audited(card("d2", "Анна", 50)),
        asked=Asked(by=field),
    )
    assert sorted((row.value for row in report.groups), key=str) == sorted(values, key=str)
    assert sum(row.chats for row in report.groups) == 2


def test_coverage_names_what_was_not_read() -> None:
    rejects = [Rejected("a.jsonl", i, "IMP012", "broken") for i in range(REJECTS + 5)]
    found = (Finding("IMP002", line=9), Finding("IMP002", turn=1))
    report = _report(*rejects, audited(card("d1", "Анна", 1), findings=found))
    coverage = report.coverage
    assert (coverage.rejected, len(coverage.rejected_first), coverage.rejected_by_code) == (
        REJECTS + 5,
        REJECTS,
        {"IMP012": REJECTS + 5},
    )
    assert coverage.findings[0].count == 2
    assert coverage.findings[0].first[0] == {"path": "chats.jsonl", "line": 9, "dialogue": "d1"}
    assert coverage.languages == {"ru": 1}


def test_worst_dialogues_are_few_and_worst_first() -> None:
    cards = [card(f"d{i}", "Анна", float(i % 50), verdict("greeting", "fail")) for i in range(200)]
    worst = _report(*map(audited, cards)).worst
    assert len(worst) == WORST
    assert [(example.dialogue, example.score) for example in worst[:5]] == [
        ("d0", 0),
        ("d50", 0),
        ("d100", 0),
        ("d150", 0),
        ("d1", 1),
    ]
    assert worst[0].failed == ("greeting",)


def test_memory_does_not_grow_with_dialogues() -> None:
    reporter = Reporter(pack())
    for i in range(3000):
        reporter.add(audited(card(f"d{i}", f"op{i % 3}", float(i % 100), verdict("greeting", "fail"))))
    kept = (len(reporter.operators), len(reporter.worst), sum(map(len, reporter.examples.values())))
    assert kept == (3, WORST, 3)


_GOOD = audited(card("d1", "Анна", 90, verdict("greeting", "pass")))
_BAD = audited(card("d2", "Анна", 10, verdict("greeting", "fail")))
_BROKEN = audited(
    card("d3", "Анна", 90, verdict("greeting", "error", reason={"code": "defect", "error": "KeyError: 3"}))
)
_THIN = audited(card("d4", "Анна", None, verdict("greeting", "pass")))
_REJECTED, _FILE = Rejected("a", 3, "IMP012"), Rejected("b", None, UNREADABLE)


@pytest.mark.parametrize(
    ("items", "asked", "code"),
    [
        ([_GOOD], Asked(), 0),
        ([_GOOD], Asked(fail_under=90), 0),
        ([_GOOD, _BAD], Asked(fail_under=51), 1),
        ([_GOOD, _BAD], Asked(fail_on=("greeting",)), 1),
        ([_GOOD, _BAD], Asked(fail_on=("farewell",)), 0),
        ([_THIN], Asked(fail_under=1), 1),
        ([_GOOD, _BROKEN], Asked(), 3),
        ([_GOOD, _REJECTED], Asked(fail_under=99), 3),
        ([_GOOD, _FILE], Asked(), 3),
        ([], Asked(fail_under=99), 5),
        ([_REJECTED], Asked(), 5),
        ([_FILE, _FILE], Asked(), 2),
        ([_FILE, _REJECTED], Asked(), 5),
    ],
)
def test_exit_codes(items: list[Audited | Rejected], asked: Asked, code: int) -> None:
    assert exit_code(_report(*items, asked=asked)) == code


def test_report_is_json_with_its_schema_first() -> None:
    data = json.loads(msgspec.json.encode(_report(_GOOD, _REJECTED)))
    assert list(data)[:4] == ["schema", "operators", "checks", "coverage"]
    assert data["schema"] == "chataudit.report/1"
    assert data["coverage"]["rejected_first"][0]["path"] == "a"
