"""Plain transcripts: labels, names, times, separators."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from audit.readers import findings as f

from .common import ROWS, SHAPE, codes, dialogues, items, put, rejected, shape

SEVERAL = """\
# диалог 1001, канал: сайт, 26.06.2017
[15:17] Клиент: Здравствуйте! Можно поменять адрес?
[15:19] Оператор (Мария): Добрый день! Напишите новый адрес.
Адрес: ул. Ленина

https://ya.ru
Клиент (23:59): ок
Мария (00:02): ага
---
Диалог №77
Оператор Мария: да
Клиент: привет
Клиент говорит: что всё ок
— Правда? — сказал он
=== Диалог 78-б ===
Анна: Здравствуйте! Чем могу помочь?
Ольга: где заказ?
Анна: сейчас
***
Клиент: а
Оператор — б
"""


def test_several_dialogues_of_a_file(tmp_path: Path) -> None:
    first, second, third, fourth = dialogues(put(tmp_path / "chats.txt", SEVERAL))
    assert [d.id for d in (first, second, third, fourth)] == ["1001", "77", "78-б", "chats-4"]
    assert (first.channel, first.source.line) == ("сайт", 2)
    assert [t.role for t in first.turns] == ["client", "operator", "client", "operator"]
    assert first.turns[1].text == "Добрый день! Напишите новый адрес.\nАдрес: ул. Ленина\n\nhttps://ya.ru"
    assert first.turns[1].name == "Мария" and first.turns[0].time == datetime(2017, 6, 26, 15, 17)
    assert first.turns[3].time == datetime(2017, 6, 27, 0, 2) and not first.findings
    assert second.turns[1].text == "привет\nКлиент говорит: что всё ок\n— Правда? — сказал он"
    assert [t.role for t in third.turns] == ["operator", "client", "operator"]
    assert [(x.code, x.detail) for x in third.findings] == [(f.ROLES_ASSUMED, "Анна=operator, Ольга=client")]
    assert [t.text for t in fourth.turns] == ["а", "б"]


def test_the_same_dialogue_as_in_tables(tmp_path: Path) -> None:
    lines = [f"# {ROWS[0][0]}"]
    for key, when, role, name, text in ROWS:
        if f"# {key}" not in lines:
            lines.append(f"# {key}")
        lines.append(f"[{when}] {role} ({name}): {text}")
    for encoding in ("utf-8", "cp1251", "utf-16"):
        assert shape(dialogues(put(tmp_path / "a.txt", "\n".join(lines).encode(encoding)))) == SHAPE


@pytest.mark.parametrize(
    ("line", "role", "name", "text"),
    [
        ("Оператор: да", "operator", None, "да"),
        ("оператор 12: да", "operator", None, "да"),
        ("Клиент (12:04): да", "client", None, "да"),
        ("Клиент [10:15]: да", "client", None, "да"),
        ("[15:19] Оператор (Мария): да", "operator", "Мария", "да"),
        ("12:34:05 Поддержка — да", "operator", None, "да"),
        ("26.06.2017 15:17 Гость: да", "client", None, "да"),
        ("2026-03-02T10:15:04 agent: yes", "operator", None, "yes"),
        ("Бот： да", "bot", None, "да"),
        ("Система: чат закрыт", "system", None, "чат закрыт"),
        ("**Оператор:** да", "operator", None, "да"),
        ("- Клиент: да", "client", None, "да"),
        ("13.03.2024, 21:25 - Иван Петров: да", "unknown", "Иван Петров", "да"),
        ("[13.03.2024, 21:25:10] Чат защищён", "system", None, "Чат защищён"),
        ("Анна, [02.03.2026 10:15]\nда", "unknown", "Анна", "да"),
    ],
)
def test_shapes_of_a_line(tmp_path: Path, line: str, role: str, name: str | None, text: str) -> None:
    (found,) = dialogues(put(tmp_path / "a.txt", line + "\n"))
    assert [(t.role, t.name, t.text) for t in found.turns] == [(role, name, text)]


def test_names_are_told_by_header_option_and_label(tmp_path: Path) -> None:
    text = "# чат 5, оператор: Мария\nМария: да\nОльга: нет\nПётр: что\nМария: то\n"
    (found,) = dialogues(put(tmp_path / "a.txt", text))
    assert [t.role for t in found.turns] == ["operator", "unknown", "unknown", "operator"]
    assert [x.detail for x in found.findings if x.code == f.UNKNOWN_ROLE] == ["Ольга", "Пётр"]
    given = dialogues(tmp_path / "a.txt", roles={"ольга": "client", "ПЁТР": "bot"})[0]
    assert [t.role for t in given.turns] == ["operator", "client", "bot", "operator"] and not given.findings


def test_two_names_without_a_greeting_stay_unknown(tmp_path: Path) -> None:
    (found,) = dialogues(put(tmp_path / "a.txt", "Анна: да\nОльга: нет\n"))
    assert {t.role for t in found.turns} == {"unknown"} and f.UNKNOWN_ROLE in codes(found)


def test_lines_of_nobody_are_rejected(tmp_path: Path) -> None:
    (lost,) = items(put(tmp_path / "a.txt", "просто текст\nбез авторов\n"))
    assert rejected(tmp_path / "a.txt") == [lost]
    kept = items(put(tmp_path / "b.txt", "Выгрузка из чата\nКлиент: да\nОператор Анна: да\n"))
    assert [type(item).__name__ for item in kept] == ["Rejected", "Dialogue"]
    assert rejected(tmp_path / "b.txt")[0].code == f.NO_SPEAKER


def test_fields_above_the_first_turn(tmp_path: Path) -> None:
    text = (
        "Чат 7\nДата: 02.03.2026\nКанал: Telegram\nОценка: дизлайк\n\nКлиент (10:15): да\nОператор Анна (10:16): да\n"
    )
    (found,) = dialogues(put(tmp_path / "a.txt", text))
    assert (found.id, found.channel, found.rating and found.rating["value"]) == ("7", "Telegram", "dislike")
    assert found.turns[0].time == datetime(2026, 3, 2, 10, 15)


def test_odd_lines(tmp_path: Path) -> None:
    data = (
        "Клиент (10:15): а\0б\n".encode()
        + "Оператор Анна (99:99): да\n".encode("cp1251")
        + "Клиент: ещё\n".encode() * 3
    )
    (found,) = dialogues(put(tmp_path / "a.txt", data))
    assert codes(found) == {f.REPLACED_CHARS, f.MIXED_ENCODING, f.BAD_TIME, f.NO_DATE}


def test_text_limits(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "Клиент: а\nОператор: б\nКлиент: " + "в" * 500 + "\n")
    assert [(x.line, x.code) for x in rejected(path, max_record=200)] == [(3, f.TOO_LARGE)]
    assert [(x.line, x.code) for x in rejected(path, max_turns=2)] == [(1, f.TOO_LARGE)]
