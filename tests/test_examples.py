"""The short form of dialogues, and the runner of a pack's examples on small packs of its own."""

from __future__ import annotations

import inspect
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from audit import finders
from audit.examples import DECLINING, ExampleError, ExampleResult, parse, run_examples, try_text
from audit.model import Span

PACK = """\
name: small
version: 1.0.0
title: {ru: Маленький}
languages: [ru]
"""
ACT = """\
what: {{ru: Говорящий здоровается}}
who: {who}
patterns: {{ru: [здравствуйте, (добрый|доброго) ~день, до <number>]}}
not: {{ru: [здравствуйте всем]}}
examples:
  hit: {{ru: [{hit}]}}
  miss: {{ru: [{miss}]}}
"""
CHECK = """\
title: {ru: Приветствие}
why: {ru: Так принято}
weight: 10
owner: first
where: contact
expect: [greeting]
"""
GOOD = """\
examples:
  pass: {ru: ["C: где заказ?\\nO: [[Добрый день]]!"]}
  fail: {ru: ["C: где заказ?\\nO: в пути"]}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack with one act and one check, all its examples right."""
    for folder in ("acts", "checks", "names"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    act(tmp_path)
    (tmp_path / "checks" / "greeting.yaml").write_text(CHECK + GOOD, encoding="utf-8")
    return tmp_path


def act(folder: Path, hit: str = "Здравствуйте", miss: str = "пока", who: str = "any") -> None:
    text = ACT.format(hit=hit, miss=miss, who=who)
    (folder / "acts" / "greeting.yaml").write_text(text, encoding="utf-8")


def check(folder: Path, examples: str, head: str = CHECK) -> None:
    (folder / "checks" / "greeting.yaml").write_text(head + "examples:\n" + examples, encoding="utf-8")


def failed(folder: Path) -> list[ExampleResult]:
    return [result for result in run_examples(folder) if not result.ok]


def times(text: str) -> list[str | None]:
    return [turn.time and turn.time.strftime("%d %H:%M:%S") for turn in parse(text)[0].turns]


def test_speakers() -> None:
    dialogue, _ = parse("C: a\nO: b\nO2: c\nB: d\nS: e\nA: f\nN: g")
    assert [(t.role, t.kind) for t in dialogue.turns] == [
        ("client", "text"), ("operator", "text"), ("operator", "text"), ("bot", "text"), ("system", "text"),
        ("operator", "auto"), ("operator", "note"),
    ]  # fmt: skip
    assert [t.text for t in dialogue.turns] == list("abcdefg")
    first, second = dialogue.turns[1], dialogue.turns[2]
    assert (first.id or first.name) != (second.id or second.name)


def test_header_names_everybody() -> None:
    dialogue, _ = parse(
        "# client_name=Ольга Петрова closed_by=client thread=email channel=vk op=Анна op2=Олег\nC: a\nO: b\nO2: c\nA: d"
    )
    assert (dialogue.client_name, dialogue.closed_by, dialogue.thread, dialogue.channel) == (
        "Ольга Петрова", "client", "email", "vk",
    )  # fmt: skip
    assert [turn.name for turn in dialogue.turns] == ["Ольга Петрова", "Анна", "Олег", "Анна"]


def test_unknown_closer_is_none() -> None:
    assert parse("# closed_by=unknown\nC: a")[0].closed_by is None


def test_no_times_where_none_is_written() -> None:
    assert times("C: a\nO: b") == [None, None]


def test_relative_times_count_from_the_line_before() -> None:
    assert times("C: a\nO +3:20: b\nC +1:00:00: c") == ["02 10:00:00", "02 10:03:20", "02 11:03:20"]


def test_absolute_times_and_midnight() -> None:
    assert times("C 23:59:50: a\nO 00:00:10: b\nC 9:05: c") == ["02 23:59:50", "03 00:00:10", "03 09:05:00"]


def test_an_untimed_line_is_never_a_wait() -> None:
    assert times("C: a\nO 10:15:04: b\nC: c\nO +0:05: d") == [
        "02 10:14:44", "02 10:15:04", "02 10:15:24", "02 10:15:29",
    ]  # fmt: skip


def test_a_time_in_the_text_is_text() -> None:
    dialogue, _ = parse("O: приедет в 10:15: ждите")
    assert dialogue.turns[0].text == "приедет в 10:15: ждите" and dialogue.turns[0].time is None


def test_marks_are_taken_out_and_become_spans() -> None:
    dialogue, spans = parse("C: a\nO: Ну, [[привет]] и [[пока]]!\\n[[да]]")
    assert dialogue.turns[1].text == "Ну, привет и пока!\nда"
    assert spans == [Span(1, 4, 10), Span(1, 13, 17), Span(1, 19, 21)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("C: a\nX: b", 2, "speaker"),
        ("C: a\n\nпросто текст", 3, "speaker"),
        ("# klient_name=Ольга\nC: a", 1, "did you mean 'client_name'"),
        ("# Ольга\nC: a", 1, "key=value"),
        ("# thread=post\nC: a", 1, "chat, email, public"),
        ("# op=\nC: a", 1, "no value"),
        ("C: [[a", 1, "without"),
        ("C: a]]", 1, "in turn"),
        ("C: [[a [[b]]", 1, "in turn"),
        ("C 25:00:00: a", 1, "time of day"),
        ("C: a\nO +1:75: b", 2, "59"),
        ("", 1, "no turn"),
    ],
)
def test_mistakes_name_the_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ExampleError) as caught:
        parse(text)
    assert caught.value.line == line and f"line {line}: " in str(caught.value) and words in str(caught.value)


def test_a_good_pack_has_no_failed_example(pack: Path) -> None:
    results = run_examples(pack)
    assert [(r.kind, r.outcome, r.number, r.ok) for r in results] == [
        ("act", "hit", 1, True), ("act", "miss", 1, True), ("check", "fail", 1, True), ("check", "pass", 1, True),
    ]  # fmt: skip


def test_a_hit_that_is_not_found(pack: Path) -> None:
    act(pack, hit="Здравствуйте, Салют")
    (result,) = failed(pack)
    assert (result.outcome, result.number) == ("hit", 2) and "found nothing" in result.detail


def test_a_miss_that_is_found_quotes_it(pack: Path) -> None:
    act(pack, miss="Всем добрый день")
    (result,) = failed(pack)
    assert result.outcome == "miss" and "'добрый день'" in result.detail


@pytest.mark.parametrize("who", ["client", "operator", "any"])
def test_sentences_are_said_by_who_may_say_them(pack: Path, who: str) -> None:
    act(pack, who=who)
    assert not [result for result in failed(pack) if result.kind == "act"]


def test_a_wrong_outcome_tells_what_came(pack: Path) -> None:
    check(pack, '  pass: {ru: ["C: a\\nO: b"]}\n  fail: {ru: ["C: a\\nO: Здравствуйте"]}\n')
    one, two = failed(pack)
    assert "expected fail, got pass" in one.detail and "expected pass, got fail (not-found" in two.detail


def test_wrong_evidence_is_shown_beside_the_right(pack: Path) -> None:
    check(pack, '  pass: {ru: ["C: a\\nO: Добрый [[день]]"]}\n  fail: {ru: ["C: a\\nO: b"]}\n')
    (result,) = failed(pack)
    assert "«Добрый день»" in result.detail and "expected turn 2 «день»" in result.detail


def test_unmarked_evidence_is_free(pack: Path) -> None:
    check(pack, '  pass: {ru: ["C: a\\nO: Добрый день"]}\n  fail: {ru: ["C: a\\nO: b"]}\n')
    assert not failed(pack)


def test_an_example_that_cannot_be_read_fails(pack: Path) -> None:
    check(pack, '  pass: {ru: ["C: a\\nкто: b", "O: Здравствуйте"]}\n  fail: {ru: ["C: a\\nO: b"]}\n')
    (result,) = failed(pack)
    assert result.number == 1 and "line 2" in result.detail


def test_missing_lists_fail(pack: Path) -> None:
    act(pack, hit="")
    check(pack, '  pass: {ru: ["O: Здравствуйте"]}\n', head=CHECK + "na_if: [client-left]\n")
    assert {(r.kind, r.outcome, r.number, r.detail) for r in failed(pack)} == {
        ("act", "hit", 0, "no hit example in ru"),
        ("check", "fail", 0, "no fail example in ru"),
        ("check", "na", 0, "no na example in ru"),
    }


def test_a_language_the_pack_does_not_speak_fails(pack: Path) -> None:
    check(pack, '  pass: {ru: ["O: Здравствуйте"], lv: ["O: Sveiki"]}\n  fail: {ru: ["C: a\\nO: b"]}\n')
    (result,) = failed(pack)
    assert (result.lang, result.number) == ("lv", 0) and "languages are ru" in result.detail


def test_an_edit_is_seen_at_once(pack: Path) -> None:
    assert not failed(pack)
    act(pack, hit="Салют")
    assert failed(pack)
    act(pack)
    assert not failed(pack)


def test_a_copied_pack_runs_alike(pack: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(pack, tmp_path / "copy")
    assert run_examples(copy) == run_examples(pack)


def test_finders_that_decline_are_those_that_can() -> None:
    """A finder that raises CannotTell must be in DECLINING: its checks need an example of `na`."""
    raising = {name for name, finder in finders.FINDERS.items() if "CannotTell(" in inspect.getsource(finder)}
    assert raising == DECLINING & finders.FINDERS.keys() and finders.FINDERS.keys() >= DECLINING


def test_trying_a_text(pack: Path) -> None:
    text = "Алло, доброго дня!"
    found = try_text(text, pack)
    (hit,) = found["hits"]
    assert text[hit["start"] : hit["end"]] == hit["quote"] == "доброго дня"
    assert hit["pattern"] == "(добрый|доброго) ~день" and hit["act"] == "greeting"
    assert hit["who"] == ["operator", "client"] and hit["score"] == 1.0
    words = found["expands"][hit["pattern"]]
    assert words[:2] == ["добрый", "доброго"] and "дням" in words[2] and words[2].startswith("~день: ")


def test_trying_what_only_looks_like_it(pack: Path) -> None:
    found = try_text("Здравствуйте всем", pack)
    assert not found["hits"] and [no["pattern"] for no in found["not"]] == ["здравствуйте всем"]


def test_trying_a_slot_and_another_language(pack: Path) -> None:
    assert try_text("до 15", pack)["expands"] == {"до <number>": ["до", "<number>"]}
    assert try_text("hello", pack) == {"lang": "en", "hits": [], "not": [], "nearly": [], "expands": {}}


def test_every_result_of_the_standard_pack_has_a_place() -> None:
    folder = Path(__file__).parents[1] / "rules" / "standard"
    results = run_examples(folder)
    assert results
    for result in results:
        assert result.kind in ("act", "check") and re.fullmatch("hit|miss|pass|fail|na", result.outcome)
        assert result.ok != bool(result.detail)


def test_times_are_naive_datetimes() -> None:
    assert parse("C 10:00:00: a")[0].turns[0].time == datetime(2026, 3, 2, 10)
