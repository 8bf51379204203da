"""The table of names, what a name field holds, and which words call a person."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from audit.compile import load_pack
from audit.names import Compare, NameTable, Person, person
from audit.nametable import decline, load_names, vocative
from audit.paths import data_dir
from audit.person import is_patronymic, same_patronymic
from audit.spelling import spelt, variant_key

FOLDER = data_dir("rules") / "standard" / "names"


@pytest.fixture(scope="module")
def table() -> NameTable:
    return load_pack(FOLDER.parent).names


@pytest.fixture(scope="module")
def compare(table: NameTable) -> Compare:
    return Compare(table)


def rows() -> list[list[str]]:
    lines = [line for path in sorted(FOLDER.glob("names*.tsv")) for line in path.read_text("utf-8").splitlines()]
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def test_the_page_on_names_counts_them() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    told = {origin: int(count) for origin, count in re.findall(r"^\| ([a-z-]+) \| (\d+) \|$", page, re.MULTILINE)}
    counted = Counter(row[2] for row in rows())
    assert told == dict(counted)
    assert f"{sum(counted.values()):,} in all" in page


def test_every_row_is_whole() -> None:
    for row in rows():
        assert len(row) == 5 and row[1] in ("m", "f", "u"), row
        assert row[0][:1].isupper(), row


def test_packed_and_unpacked_say_the_same(table: NameTable) -> None:
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(table), type=NameTable)
    assert again.forms == table.forms and again.names == table.names
    assert again.entry("саши") == table.entry("саши") and table.entry("саши")
    assert again.sounding("Zhanna") >= table.named("жанна")


def test_a_table_without_files_is_empty(tmp_path: Path) -> None:
    empty = load_names(tmp_path, lambda _word: False)
    assert not empty.forms and not empty.names and not empty.named("ольга")
    assert NameTable().entry("ольга") == ()


@pytest.mark.parametrize(
    ("raw", "first", "patronymic", "surname"),
    [
        ("Ольга", ("ольга",), None, ()),
        ("Смирнова Ольга Петровна", ("ольга",), "петровна", ("смирнова",)),
        ("Абрамович Роман", ("роман",), None, ("абрамович",)),
        ("Пал Палыч", ("пал",), "палыч", ()),
        ("Гость 51", (), None, ()),
        ("+7 912 345-67-89", (), None, ()),
        ("", (), None, ()),
        ("ИП Магомадов", (), None, ("магомадов",)),
        ("Фельдман А. И.", (), None, ("фельдман",)),
        ("Рагимов Эльчин Гасан оглы", ("эльчин", "гасан"), None, ("рагимов",)),
        ("OlgaSmirnova", ("olga",), None, ("smirnova",)),
        ("olga.smirnova85@mail.ru", ("olga",), None, ()),
        ("мама_лёши", (), None, ()),
    ],
)
def test_parts(table: NameTable, raw: str, first: tuple[str, ...], patronymic: str | None, surname: tuple[str, ...]):
    found = person(raw, table)
    assert (found.first, found.patronymic, found.surname) == (first, patronymic, surname)
    assert found.known == bool(raw and (first or patronymic or surname))


@pytest.mark.parametrize("raw", ["\x00", "🌸", "а" * 5000, "-" * 50, "@", "@@@", "'\"", "оглы", "ИП", "А.", "І", "ıİ"])
def test_a_name_field_may_hold_anything(table: NameTable, compare: Compare, raw: str) -> None:
    assert not compare.calls(person(raw, table)).call("ольга")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("наташа", "наташ"), ("оля", "оль"), ("катя", "кать"), ("мариша", "мариш"), ("иван", None), ("мария", None),
        ("майя", None), ("olga", None),
    ],
)  # fmt: skip
def test_vocatives(name: str, called: str | None) -> None:
    assert vocative(name) == called


def test_declension() -> None:
    assert decline("ольга", "f") >= {"ольги", "ольге", "ольгу"}
    assert decline("павел", "m") >= {"павла", "павлу"}
    assert decline("любовь", "f") == {"любови", "любовью"}
    assert decline("алсу", "f") == decline("olga", "f") == decline("гюнель", "u") - decline("гюнель", "u")


def test_spelling() -> None:
    assert spelt("Юлия") == spelt("Yulia") == spelt("Julija")
    assert spelt("Жанна") == spelt("Zhanna") != spelt("Яна")
    assert variant_key("Наталья") == variant_key("Наталия") != variant_key("Натали")
    assert variant_key("Гульнара", eastern=True) == variant_key("Гюльнара", eastern=True)
    assert variant_key("Лала", eastern=True) != variant_key("Лейла", eastern=True)


def test_patronymics(table: NameTable) -> None:
    assert all(map(is_patronymic, ("петрович", "петровны", "ильич", "кузьминична", "никитична", "оглы")))
    assert not any(map(is_patronymic, ("москвич", "ольга", "рич", "лично", "обычно")))
    assert same_patronymic("палыч", "павлович", table) and same_patronymic("сергевна", "сергеевна", table)
    assert not same_patronymic("андреевна", "александровна", table)
    assert not same_patronymic("маратовна", "муратовна", table)


def test_both_ways(compare: Compare) -> None:
    for one, two in (("саша", "александра"), ("дима", "дмитрий"), ("olga", "ольга"), ("жавлон", "жавлонбек")):
        assert compare.same(one, two) and compare.same(two, one)
    for one, two in (("александр", "александра"), ("марина", "мария"), ("алина", "алена"), ("алина", "галина")):
        assert not compare.same(one, two) and not compare.same(two, one)


def test_what_is_remembered_is_bounded(table: NameTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.names.PEOPLE", 3)
    monkeypatch.setattr("audit.person.FIELDS", 3)
    fresh = Compare(table)
    for number in range(20):
        fresh.calls(Person((f"имя{number}",)))
        person(f"Имя{number}", table)
    assert len(fresh._people) <= 5 and len(table.people) <= 5
