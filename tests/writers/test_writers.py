"""Every output byte for byte where others rely on it, and harmless where chats are shown."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from audit.errors import UsageError, WriteError
from audit.model import Audited, Turn
from audit.words import Words
from audit.writers import WRITERS, replacing, write
from audit.writers.safe import cell, terminal
from audit.writers.terminal import render
from audit.writers.transcript import render as transcript
from tests.writers.fakes import audited, card, pack, verdict

FOUND = {"code": "found", "acts": ["greeting"]}
ITEM = audited(card("d1", "Анна", 87.5, verdict("greeting", "pass", 10, FOUND, evidence=[(1, 0, 12)])))


def _written(tmp_path: Path, name: str, *items: Audited, ui: str | None = None) -> str:
    path = tmp_path / name
    write(items, pack(), [path], ui=ui)
    return path.read_bytes().decode("utf-8")


def test_jsonl_is_the_contracts_line(tmp_path: Path) -> None:
    expected = (
        '{"schema":"chataudit.scorecard/1","pack":"small@1.0.0+sha256:0123","dialogue":"d1","operator":"Анна",'
        '"operator_id":null,"subject":"operator","lang":"ru","channel":null,"category":null,"started_at":null,"score":87.5,'
        '"verdicts":[{"check":"greeting","outcome":"pass","weight":10,"critical":false,"sure":true,'
        '"evidence":[{"turn":1,"start":0,"end":12}],"reason":{"code":"found","acts":["greeting"]}}],'
        '"metrics":{"first_reply_s":46},"source":{"path":"chats.jsonl","line":1}}\n'
    )
    assert _written(tmp_path, "a.jsonl", ITEM) == expected
    assert _written(tmp_path, "b.JSONL", ITEM) == expected


def test_dimensions_come_last_where_there_are_any(tmp_path: Path) -> None:
    line = json.loads(_written(tmp_path, "a.jsonl", audited(card("d1", "Анна", None, dimensions={"region": "Riga"}))))
    assert list(line)[-1] == "dimensions"
    assert line["dimensions"] == {"region": "Riga"}


def test_jsonl_of_nothing_is_empty_and_json_of_nothing_is_a_report(tmp_path: Path) -> None:
    assert _written(tmp_path, "a.jsonl") == ""
    assert json.loads(_written(tmp_path, "a.json"))["scorecards"] == []


def test_lone_surrogates_do_not_stop_the_run(tmp_path: Path) -> None:
    item = audited(card("d\ud800", "Анна", 1, verdict(evidence=[(0, 0, 2)])), turns=(Turn("client", "a\ud800"),))
    for suffix in WRITERS:
        _written(tmp_path, f"a{suffix}", item)
    assert json.loads((tmp_path / "a.jsonl").read_text())["dialogue"] == "d\ud800"


def test_json_keeps_the_contracts_order(tmp_path: Path) -> None:
    data = json.loads(_written(tmp_path, "a.json", ITEM, ITEM))
    assert list(data)[:5] == ["schema", "scorecards", "operators", "checks", "coverage"]
    assert len(data["scorecards"]) == 2
    assert data["scorecards"][0] == json.loads(_written(tmp_path, "a.jsonl", ITEM))


def test_csv_rows(tmp_path: Path) -> None:
    text = _written(tmp_path, "a.csv", ITEM)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [
        {
            "dialogue": "d1",
            "operator": "Анна",
            "check": "greeting",
            "outcome": "pass",
            "weight": "10",
            "score": "87.5",
            "turn": "1",
            "quote": "Здравствуйте",
            "reason": "Реплика 2: «Здравствуйте».",
        }
    ]


def test_csv_language_is_asked_for_and_never_the_locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert "Реплика 2" in _written(tmp_path, "a.csv", ITEM)
    assert "Turn 2" in _written(tmp_path, "b.csv", ITEM, ui="en")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "\x00="])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    evil = start + "cmd|' /C calc'!A0"
    item = audited(card(evil, evil, 1, verdict(evidence=[(0, 0, len(evil))])), turns=(Turn("client", evil),))
    rows = list(csv.reader(io.StringIO(_written(tmp_path, "a.csv", item).removeprefix("\ufeff"))))
    assert [rows[1][i][0] for i in (0, 1, 7)] == ["'", "'", "'"]


def test_plain_cells_stay() -> None:
    assert cell("Где заказ? 1-2\nстрока") == "Где заказ? 1-2\nстрока"


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_repeat_is_byte_identical(tmp_path: Path, suffix: str) -> None:
    items = [audited(card(f"d{i}", f"оп{i % 3}", float(i), verdict("greeting", "fail"))) for i in range(30)]
    assert _written(tmp_path, f"a{suffix}", *items) == _written(tmp_path, f"b{suffix}", *items)


def test_unknown_suffix_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.jsonl \.json \.csv"):
        write([], pack(), [tmp_path / "a.doc"])


def test_a_failure_leaves_the_old_file_and_no_scraps(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")

    def items() -> object:
        yield ITEM
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(items(), pack(), [path])  # type: ignore[arg-type]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jsonl"]
    assert path.read_text() == "old"


def test_a_folder_that_is_not_there_is_a_write_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="check folder"):
        write([], pack(), [tmp_path / "no" / "a.csv"])
    with pytest.raises(WriteError, match="is a folder"), replacing(tmp_path):
        pass


def test_terminal_text_is_harmless() -> None:
    assert terminal("\x1b[31mred\x07 \u202eevil\u202c a\tb\nc \ud800") == "[31mred ‹RLO›evil‹PDF› a\tb\nc \ufffd"


def test_table_shows_markup_literally_and_no_colour_off_a_terminal() -> None:
    item = audited(
        card("d1", "[red]Анна[/red] :smile:\x1b[2J", 50, verdict("greeting", "fail"), verdict("shouting", "pass", 0))
    )
    text = render(write([item], pack()), pack(), Words("ru"), width=200)
    assert "[red]Анна[/red] :smile:[2J" in text
    assert "\x1b" not in text
    assert "мало чатов" in text
    assert "Ещё 1 проверка без веса" in text


def test_table_in_english_with_colour() -> None:
    text = render(write([ITEM], pack()), pack(), Words("en"), width=120, colour=True)
    assert "\x1b[" in text
    assert "too few chats" in text
    assert "1 dialogue was read (ru 1)" in text


def test_transcript_marks_evidence() -> None:
    silent = verdict("farewell", "fail", 5, {"code": "silent-wait", "turn": 3, "after": 6, "seconds": 250})
    cards = card("d1", "Анна", 66.7, verdict("greeting", "pass", 10, FOUND, evidence=[(1, 0, 12)]), silent)
    text = transcript(audited(cards), pack(), Words("ru"), width=100)
    assert "  2 оператор Анна: [[Здравствуйте]]!" in text
    assert "- нарушено  Прощание: Клиент ждал ответа 4 мин 10 с после реплики 7, предупреждения не было." in text
    assert "балл 66,7" in text
    assert "[[" not in transcript(audited(cards), pack(), Words("ru"), width=100, colour=True)


def test_transcript_of_overlapping_evidence_keeps_the_text_whole() -> None:
    both = card(
        "d1", "Анна", 0, verdict(evidence=[(1, 0, 12)]), verdict("farewell", "fail", evidence=[(1, 5, 13), (1, 0, 2)])
    )
    text = transcript(audited(both), pack(), Words("en"))
    assert "[[Зд]]рав[[ствуйте!]]" in text
