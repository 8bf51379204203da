"""map.yaml: what it sets, and how it says what is wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from audit.errors import MapError, ReadError
from audit.readers import findings as f
from audit.readers import load_map

from .common import codes, dialogues, items, put

TABLE = (
    "Отчёт;;;\n"
    "Чей чат;Кто пишет;Что пишет;Когда;Город;Смена\n"
    "5;Смена А;Привет;03/02/2026 10.15;Рига;1\n"
    "5;Гражданин;Где?;03/02/2026 10.16;Рига;1\n"
)
MAP = """\
columns:
  dialogue_id: Чей чат
  role: кто пишет
  text: 3
  time: Когда
roles: {Смена А: operator, Гражданин: client}
date_order: month
extra: [Город]
"""


def test_a_map_names_columns_roles_and_times(tmp_path: Path) -> None:
    mapping = load_map(put(tmp_path / "map.yaml", MAP))
    (found,) = dialogues(put(tmp_path / "a.csv", TABLE), mapping=mapping)
    assert [(t.role, t.text) for t in found.turns] == [("operator", "Привет"), ("client", "Где?")]
    assert found.turns[0].time == datetime(2026, 3, 2, 10, 15) and found.extra == {"Город": "Рига"}


def test_the_command_line_wins_over_the_map(tmp_path: Path) -> None:
    mapping = load_map(put(tmp_path / "map.yaml", MAP))
    (found,) = dialogues(put(tmp_path / "a.csv", TABLE), mapping=mapping, roles={"гражданин": "bot"})
    assert found.turns[1].role == "bot"


def test_time_format_kinds_delimiter_header_row_and_date(tmp_path: Path) -> None:
    text = "чат,вид\nчат^роль^текст^время^вид\n1^клиент^а^10ч15^голос\n1^оператор Анна^б^нет^\n"
    said = (
        "delimiter: ^\nheader_row: 2\nkinds: {голос: file}\ntime_format: '%Hч%M'\nencoding: cp1251\ntz: Europe/Riga\n"
    )
    mapping = load_map(put(tmp_path / "map.yaml", said))
    (found,) = dialogues(put(tmp_path / "a.csv", text.encode("cp1251")), mapping=mapping)
    assert found.turns[0].kind == "file" and found.turns[0].time and found.turns[0].time.hour == 10
    assert codes(found) == {f.BAD_TIME}
    dated = load_map(put(tmp_path / "map.yaml", "date: 2026-03-02\n"))
    (found,) = dialogues(put(tmp_path / "b.csv", "чат;роль;текст;время\n1;бот;а;10:15\n"), mapping=dated)
    assert found.turns[0].time == datetime(2026, 3, 2, 10, 15)


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    mapping = load_map(put(tmp_path / "map.yaml", "columns: {text: Чо пишет}\n"))
    with pytest.raises(ReadError, match=r"columns\.text: no column «Чо пишет»; did you mean «Что пишет»\?"):
        items(put(tmp_path / "a.csv", TABLE), mapping=mapping)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns:\n  txt: Текст\n", r":2: columns\.txt: no such key; did you mean text\?"),
        ("\ncolunms: {}\n", r":2: colunms: no such key; did you mean columns\?"),
        ("roles:\n  Анна: operator\n  Пётр: опер\n", r":3: roles\.Пётр: no such value; one of 'operator'"),
        ("roles:\n  1: opr\n", r":2: roles\.1: no such value"),
        ("header_row: третья\n", r":1: header_row: Input should be a valid integer"),
        ("extra:\n- a\n- [b]\n", r":3: extra\.2: |:3: extra\.1: "),
        ("columns: [\n", r": not YAML: "),
        ("a: 1\na: 2\n", r":2: not YAML: "),
        ("просто слова\n", r":1: a map is keys and values"),
        ("", r":1: a map is keys and values"),
        ("x: \0\n", r"not YAML"),
    ],
)
def test_errors_say_file_line_field_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MapError, match=message):
        load_map(put(tmp_path / "map.yaml", text))


def test_a_map_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (
        tmp_path / "none.yaml",
        put(tmp_path / "x.yaml", "роли: {}".encode("cp1251")),
        put(tmp_path / "y.yaml", b"#" * 1_000_001),
    ):
        with pytest.raises(MapError):
            load_map(path)
