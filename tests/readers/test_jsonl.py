"""Native JSONL: the fast path, the lenient one, and every way a line can be wrong."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from audit.errors import ReadError, UsageError
from audit.model import Dialogue
from audit.readers import ReadOptions, read
from audit.readers import findings as f

from .common import codes, dialogues, items, put, put_json, record, rejected, turn

FULL = {
    "id": "c-1042", "lang": "ru", "channel": "site_chat", "thread": "chat", "client_name": "Ольга", "client_id": "u-7",
    "assigned_operator": "Анна", "closed_by": "operator", "category": "delivery", "operator_mark": "target",
    "rating": {"scale": "like", "value": "dislike", "comment": ""}, "region": "Riga",
    "labels": {"greeting": {"outcome": "pass"}},
    "turns": [
        {"role": "client", "name": "Ольга", "time": "2026-03-02T10:15:04", "text": "Где заказ?"},
        {"role": "operator", "name": "Анна", "id": "op-3", "time": "2026-03-02T10:15:50", "text": "Добрый день!",
         "kind": "text"},
    ],
}  # fmt: skip


def test_every_key_of_the_contract_arrives(tmp_path: Path) -> None:
    (found,) = dialogues(put_json(tmp_path / "a.jsonl", FULL))
    for key, value in FULL.items():
        if key not in ("turns", "region"):
            assert getattr(found, key) == value
    assert found.extra == {"region": "Riga"} and found.findings == ()
    assert found.source.path.endswith("a.jsonl") and found.source.line == 1
    assert found.turns[1].id == "op-3" and found.turns[0].time == datetime(2026, 3, 2, 10, 15, 4)


def test_lang_missing_stays_none_and_zones_are_kept(tmp_path: Path) -> None:
    (found,) = dialogues(
        put_json(tmp_path / "a.jsonl", record(turn(time="2026-03-02T10:15:04Z"), turn("operator", id="1")))
    )
    assert found.lang is None and found.turns[0].time == datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)


def test_numbers_as_ids_become_strings(tmp_path: Path) -> None:
    (found,) = dialogues(
        put_json(tmp_path / "a.jsonl", record(turn(), turn("operator", id=7), id=1042, client_id=5, x=1))
    )
    assert (found.id, found.turns[1].id, found.client_id, found.extra) == ("1042", "7", "5", {"x": 1})
    assert found.findings == ()


@pytest.mark.parametrize(
    ("bad", "code", "detail"),
    [
        ({"turns": []}, f.MISSING_VALUE, "id"),
        ({"id": "", "turns": []}, f.MISSING_VALUE, "id"),
        ({"id": ["x"], "turns": []}, f.WRONG_TYPE, "id"),
        ({"id": "x"}, f.MISSING_VALUE, "turns"),
        ({"id": "x", "turns": {}}, f.WRONG_TYPE, "turns"),
        ({"id": "x", "turns": ["да"]}, f.WRONG_TYPE, "turns[0]"),
        (record(turn(), {"role": "client"}), f.MISSING_VALUE, "turns[1].text"),
        (record({"text": "а"}), f.MISSING_VALUE, "turns[0].role"),
        (record({"role": 1, "text": "а"}), f.WRONG_TYPE, "turns[0].role"),
        ([1, 2], f.BROKEN_JSON, "the line is not an object"),
    ],
)
def test_a_broken_record_names_line_and_field(tmp_path: Path, bad: object, code: str, detail: str) -> None:
    first, lost, last = items(put_json(tmp_path / "a.jsonl", record(id="1"), bad, record(id="2")))
    assert isinstance(first, Dialogue) and isinstance(last, Dialogue)
    assert not isinstance(lost, Dialogue) and (lost.line, lost.code, lost.detail) == (2, code, detail)


@pytest.mark.parametrize("bad", [b"{", b'{"id": 1,}', b"[" * 100_000, b"1" * 5000, b"nonsense", b"\xff\xfe"])
def test_what_is_not_json_is_rejected(tmp_path: Path, bad: bytes) -> None:
    (lost,) = items(put(tmp_path / "a.jsonl", bad + b"\n"))
    assert not isinstance(lost, Dialogue) and lost.code == f.BROKEN_JSON


@pytest.mark.parametrize("key", ["x", "labels", "rating"])
def test_deep_nesting_is_rejected(tmp_path: Path, key: str) -> None:
    for depth, lost in ((50, 0), (100, 1)):
        line = '{"id": "1", "turns": [], "' + key + '": {"a": ' + "[" * depth + "]" * depth + "}}\n"
        found = rejected(put(tmp_path / "a.jsonl", line))
        assert [item.code for item in found] == [f.BROKEN_JSON] * lost


def test_a_bad_time_leaves_the_turn_without_one(tmp_path: Path) -> None:
    (found,) = dialogues(
        put_json(tmp_path / "a.jsonl", record(turn(time="вчера"), turn("operator", name="А", time=1772446504)))
    )
    assert found.turns[0].time is None and found.turns[1].time == datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)
    assert [(x.code, x.turn, x.detail) for x in found.findings] == [(f.BAD_TIME, 0, "вчера")]


def test_roles_unknown_derived_and_given(tmp_path: Path) -> None:
    path = put_json(
        tmp_path / "a.jsonl",
        record(turn("visitor"), turn("assistant"), turn("марсианин"), turn("operator", name="Бот Вася")),
    )
    notes: list[tuple[str, dict[str, object]]] = []
    (found,) = read([path], on_note=lambda _, code, params: notes.append((code, params)))
    assert isinstance(found, Dialogue)
    assert [t.role for t in found.turns] == ["client", "bot", "unknown", "operator"]
    assert notes == [("roles", {"roles": {"visitor": "client", "assistant": "bot"}})]
    assert [(x.turn, x.detail) for x in found.findings if x.code == f.UNKNOWN_ROLE] == [(2, "марсианин")]
    (given,) = dialogues(path, roles={"ASSISTANT": "operator", "бот вася": "bot"})
    assert [t.role for t in given.turns] == ["client", "operator", "unknown", "bot"]


def test_swapped_roles_are_told_and_can_be_swapped(tmp_path: Path) -> None:
    said = [
        turn("client", "Здравствуйте! Меня зовут Анна, магазин «Лён», чем могу помочь?"),
        turn("operator", "Где заказ?", name="О"),
    ]
    path = put_json(tmp_path / "a.jsonl", record(*said))
    assert codes(dialogues(path)[0]) == {f.SWAPPED_ROLES}
    (swapped,) = dialogues(path, roles={"client": "operator", "operator": "client"})
    assert [t.role for t in swapped.turns] == ["operator", "client"] and f.SWAPPED_ROLES not in codes(swapped)


@pytest.mark.parametrize(
    "words",
    [
        "Здравствуйте! Чем вы можете помочь с заказом?",
        "Здравствуйте, компания доставки потеряла мой заказ",
        "Добрый день, меня зовут Ольга, заказывала в вашем магазине чайник",
        "Добрый вечер! Помогите, пожалуйста, служба поддержки молчит",
        "Hello, can you help me?",
    ],
)
def test_a_client_who_greets_is_no_swap(tmp_path: Path, words: str) -> None:
    path = put_json(tmp_path / "a.jsonl", record(turn("client", words), turn("operator", "Уточню.", name="А")))
    assert not dialogues(path)[0].findings


@pytest.mark.parametrize(
    "words",
    [
        "Здравствуйте! Чем могу помочь?",
        "Добрый день! Меня зовут Анна, служба поддержки «Лён»",
        "Здравствуйте, это компания Лён, слушаю вас",
        "Hello! My name is Ann from Linen. How can I help you?",
        "Labdien! Kā varu Jums palīdzēt?",
    ],
)
def test_an_operator_in_the_client_s_place_is_told(tmp_path: Path, words: str) -> None:
    path = put_json(tmp_path / "a.jsonl", record(turn("client", words), turn("operator", "Где заказ?", name="А")))
    assert codes(dialogues(path)[0]) == {f.SWAPPED_ROLES}


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (record(turn(), turn("operator")), f.OPERATOR_UNNAMED),
        (
            record(turn(time="2026-03-02T10:15:04"), turn("operator", name="А", time="2026-03-02T10:00:00")),
            f.TIME_ORDER,
        ),
        (record(turn(time="2026-03-02T10:15:04"), turn("operator", name="А", time="2026-03-02T10:16:00Z")), f.BAD_TIME),
        ({"id": "x", "turns": []}, f.NO_TURNS),
        (record(turn(kind="стикер"), turn("operator", id="1")), f.UNKNOWN_KIND),
        (record(turn(kind=5), turn("operator", id="1")), f.UNKNOWN_KIND),
        (record(turn(text="а" * 20_001), turn("operator", id="1")), f.LONG_TEXT),
        (record(turn(), turn()), f.ONE_SIDED),
        (record(channel=["a"]), f.WRONG_TYPE),
        (record(thread="fax"), f.WRONG_TYPE),
        (
            record(
                turn(text="Подскажите, где мой заказ".encode().decode("cp1251", "replace")), turn("operator", id="1")
            ),
            f.MOJIBAKE,
        ),
        (
            record(turn(text="Подскажите, где мой заказ".encode("cp1251").decode("latin-1")), turn("operator", id="1")),
            f.MOJIBAKE,
        ),
        (record(turn(text="а\0б"), turn("operator", id="1")), f.REPLACED_CHARS),
    ],
)
def test_what_is_odd_becomes_a_finding(tmp_path: Path, made: dict[str, object], code: str) -> None:
    (found,) = dialogues(put_json(tmp_path / "a.jsonl", made))
    assert codes(found) == {code}


def test_duplicate_ids_are_both_kept(tmp_path: Path) -> None:
    first, second = dialogues(put_json(tmp_path / "a.jsonl", record(), record()))
    assert codes(first) == set() and codes(second) == {f.DUPLICATE_ID}


def test_surrogates_nul_and_a_byte_order_mark(tmp_path: Path) -> None:
    said = '{"role": "client", "text": "а\\ud83d\\u0000б"}, {"role": "bot", "text": "\\ud83d\\ude00"}'
    line = '\ufeff{"id": "1", "turns": [' + said + "]}"
    (found,) = dialogues(put(tmp_path / "a.jsonl", line))
    assert [t.text for t in found.turns] == ["а\ufffd\ufffdб", "😀"] and codes(found) == {f.REPLACED_CHARS}


def test_a_cp1251_line_in_a_utf8_file_is_read_and_counted(tmp_path: Path) -> None:
    good, bad = (
        f'{{"id": "{i}", "turns": [{{"role": "client", "text": "Где?"}}, {{"role": "bot", "text": "Да"}}]}}\n'
        for i in (1, 2)
    )
    notes: list[tuple[str, dict[str, object]]] = []
    path = put(tmp_path / "a.jsonl", good.encode() + bad.encode("cp1251"))
    found = list(read([path], on_note=lambda _, code, params: notes.append((code, params))))
    assert [d.turns[0].text for d in found if isinstance(d, Dialogue)] == ["Где?", "Где?"]
    assert isinstance(found[1], Dialogue) and codes(found[1]) == {f.MIXED_ENCODING}
    assert notes == [("mixed-encoding", {"lines": 1, "read_as": "cp1251"})]


def test_limits(tmp_path: Path) -> None:
    path = put_json(tmp_path / "a.jsonl", record(turn(text="а" * 3000)), record(id="2"))
    lost, kept = items(path, max_record=2000)
    assert not isinstance(lost, Dialogue) and (lost.line, lost.code) == (1, f.TOO_LARGE) and isinstance(kept, Dialogue)
    assert rejected(put_json(path, record()), max_turns=1)[0].code == f.TOO_LARGE


def test_times_get_the_zone_that_was_asked_for(tmp_path: Path) -> None:
    path = put_json(
        tmp_path / "a.jsonl", record(turn(time="2026-03-02T10:15:04"), turn("bot", time="2026-03-02 10:16"))
    )
    (found,) = dialogues(path, tz="Europe/Moscow")
    assert [t.time for t in found.turns] == [
        datetime(2026, 3, 2, 10, m, s, tzinfo=ZoneInfo("Europe/Moscow")) for m, s in ((15, 4), (16, 0))
    ]


def test_stdin_is_jsonl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = put_json(tmp_path / "a.jsonl", record()).read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    (found,) = read(["-"])
    assert isinstance(found, Dialogue) and found.source.path == "-"


def test_a_file_of_the_wrong_encoding_option(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"id": "1", "turns": [{"role": "bot", "text": "Да"}]}'.encode("cp1251"))
    assert dialogues(path, encoding="windows-1251")[0].turns[0].text == "Да"


@pytest.mark.parametrize(
    "options",
    [
        ReadOptions(encoding="cp12510"),
        ReadOptions(encoding="zlib"),
        ReadOptions(tz="Moscow/Europe"),
        ReadOptions(roles={"a": "opertor"}),
        ReadOptions(format="jsonnl"),
        ReadOptions(date="завтра"),
    ],
)
def test_bad_options_are_usage_errors(tmp_path: Path, options: ReadOptions) -> None:
    with pytest.raises(UsageError):
        read([put_json(tmp_path / "a.jsonl", record())], options)


def test_files_folders_and_what_cannot_be_read(tmp_path: Path) -> None:
    put_json(tmp_path / "b.jsonl", record(id="b"))
    (tmp_path / "a").mkdir()
    put_json(tmp_path / "a" / "z.ndjson", record(id="z"))
    put(tmp_path / "a" / "notes.md", "nothing")
    put_json(tmp_path / ".hidden.jsonl", record(id="h"))
    assert sorted(d.id for d in dialogues(tmp_path)) == ["b", "z"]
    with pytest.raises(ReadError, match=r"did you mean b\.jsonl"):
        read([tmp_path / "bb.jsonl"])
    with pytest.raises(ReadError, match=r"known suffixes: \.jsonl"):
        read([tmp_path / "a" / "notes.md"])
    assert items(put(tmp_path / "empty.jsonl", b"")) == [] == items(put(tmp_path / "blank.jsonl", b"\n \r\n"))


def test_one_unreadable_file_of_several_is_rejected(tmp_path: Path) -> None:
    put_json(tmp_path / "b.jsonl", record(id="b"))
    bad = put(tmp_path / "a.xlsx", b"no workbook")
    assert [type(item).__name__ for item in read([tmp_path])] == ["Rejected", "Dialogue"]
    assert rejected(tmp_path)[0].code == f.UNREADABLE
    with pytest.raises(ReadError, match="not an XLSX workbook"):
        list(read([bad]))
