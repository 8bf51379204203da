"""CSV, TSV and XLSX: the same dialogue in every dress, and tables as they really come."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.errors import ReadError
from audit.model import Dialogue
from audit.readers import ReadOptions, load_map, read
from audit.readers import findings as f

from .common import HEADER, ROWS, SHAPE, codes, csv_text, dialogues, items, put, put_xlsx, rejected, shape


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "utf-16", "utf-16-le"])
def test_csv_in_any_dress_gives_the_same(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = put(tmp_path / "a.csv", csv_text(delimiter).encode(encoding, "replace"))
    notes: dict[str, dict[str, Any]] = {}
    found = list(read([path], on_note=lambda _, code, params: notes.update({code: params})))
    expected = (
        str(SHAPE)
        if encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le")
        else str(SHAPE).replace("«", "?").replace("»", "?")
    )
    assert str(shape([d for d in found if isinstance(d, Dialogue)])) == expected
    assert notes["delimiter"] == {"delimiter": delimiter}
    columns = {"dialogue_id": "ID диалога", "time": "Дата и время", "role": "Роль", "name": "Имя", "text": "Текст"}
    assert notes["columns"]["columns"] == columns and notes["encoding"]["encoding"]
    assert notes["roles"]["roles"] == {"Клиент": "client", "Оператор": "operator", "Бот": "bot"}


def test_tsv_and_lone_carriage_returns(tmp_path: Path) -> None:
    assert shape(dialogues(put(tmp_path / "a.tsv", csv_text("\t")))) == SHAPE
    rows = [row for row in ROWS if "\n" not in row[4]]
    old_mac = csv_text(rows=rows).replace("\r\n", "\r")
    assert [len(d.turns) for d in dialogues(put(tmp_path / "b.csv", old_mac.encode("cp1251")))] == [2, 2]


def test_xlsx_gives_the_same(tmp_path: Path) -> None:
    rows = [HEADER] + [(key, datetime.fromisoformat(when), *rest) for key, when, *rest in ROWS]
    assert shape(dialogues(put_xlsx(tmp_path / "a.xlsx", rows))) == SHAPE


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    (first, second) = dialogues(put(tmp_path / "a.csv", csv_text()))
    assert (first.source.line, [t.line for t in first.turns]) == (2, [2, 3, 5])  # the second text takes two lines
    assert second.source.line == 6


def test_english_headers_and_dialogue_columns(tmp_path: Path) -> None:
    text = (
        "chat_id,Sender Type,Author,Message,created_at,Operator ID,kind,client_name,channel,category,target,rating,"
        "closed_by,client_id,Region\n"
        "7,visitor,Olga,Where?,2026-03-02T10:15:04,,text,Olga,site,delivery,нецелевой,,,u-7,Riga\n"
        "7,agent,Anna,Hello,2026-03-02T10:16:04,op-3,,,,,,5,оператор,,Liepaja\n"
        "7,system,,closed,2026-03-02T10:17:04,,,,,,,,,,\n7,agent,Anna,psst,2026-03-02T10:18:04,op-3,private,,,,,,,,\n"
        "7,autoreply,,Thanks,2026-03-02T10:19:04,,,,,,,,,,\n"
    )
    (found,) = dialogues(put(tmp_path / "a.csv", text))
    said = [(t.role, t.name, t.id, t.kind) for t in found.turns]
    assert said == [
        ("client", "Olga", None, "text"), ("operator", "Anna", "op-3", "text"), ("system", None, None, "event"),
        ("operator", "Anna", "op-3", "note"), ("bot", None, None, "auto"),
    ]  # fmt: skip
    assert (found.client_name, found.client_id, found.channel, found.category) == ("Olga", "u-7", "site", "delivery")
    assert (found.operator_mark, found.closed_by) == ("non-target", "operator")
    assert found.rating == {"scale": "1-5", "value": 5, "comment": ""} and found.extra == {"Region": "Riga"}


def test_an_author_is_told_by_the_operator_and_client_columns(tmp_path: Path) -> None:
    text = "чат;автор;текст;оператор;клиент\n1;Анна;Здравствуйте;Анна;Ольга\n1;ольга;Где?;;\n1;Пётр;Я тут;;\n"
    (found,) = dialogues(put(tmp_path / "a.csv", text))
    assert [t.role for t in found.turns] == ["operator", "client", "unknown"]
    assert [(x.code, x.line, x.detail) for x in found.findings] == [(f.UNKNOWN_ROLE, 4, "Пётр")]
    assert [t.role for t in dialogues(tmp_path / "a.csv", roles={"пётр": "bot"})[0].turns][2] == "bot"


def test_a_role_column_may_hold_names(tmp_path: Path) -> None:
    text = "чат;роль;текст;оператор\n1;Анна;Здравствуйте;Анна\n1;Ольга;Где?;\n"
    (found,) = dialogues(put(tmp_path / "a.csv", text))
    assert [(t.role, t.name) for t in found.turns] == [("operator", "Анна"), ("client", "Ольга")]
    assert [(x.code, x.detail) for x in found.findings] == [(f.ROLES_ASSUMED, "Ольга=client")]


@pytest.mark.parametrize(
    ("word", "role"),
    [("in", "client"), ("исходящее", "operator"), ("Менеджер Иван", "operator"), ("Гость 51", "client")],
)
def test_role_words(tmp_path: Path, word: str, role: str) -> None:
    (found,) = dialogues(put(tmp_path / "a.csv", f"чат;роль;текст\n1;{word};да\n"))
    assert found.turns[0].role == role


def test_flags_are_directions_only_under_such_a_header(tmp_path: Path) -> None:
    text = "чат;is_operator;текст\n1;1;да\n1;0;да\n"
    path = put(tmp_path / "map.yaml", "columns: {role: is_operator}\n")
    found = dialogues(put(tmp_path / "a.csv", text), mapping=load_map(path))
    assert [t.role for t in found[0].turns] == ["operator", "client"]
    (other,) = dialogues(put(tmp_path / "b.csv", text.replace("is_operator", "роль")))
    assert [t.role for t in other.turns] == ["unknown", "unknown"]


def test_rows_apart_are_put_together_and_said(tmp_path: Path) -> None:
    mixed = [ROWS[0], ROWS[3], ROWS[1], ROWS[4], ROWS[2]]
    notes: list[str] = []
    path = put(tmp_path / "a.csv", csv_text(rows=mixed))
    found = list(read([path], on_note=lambda _, code, params: notes.append(code)))
    assert shape([d for d in found if isinstance(d, Dialogue)]) == SHAPE and "rows-not-contiguous" in notes
    assert all(isinstance(d, Dialogue) and codes(d) == {f.SCATTERED_ROWS} for d in found)
    lost = put(tmp_path / "b.csv", csv_text(rows=[*mixed, ("", "", "Клиент", "", "?")]))
    assert [type(item).__name__ for item in items(lost)] == ["Rejected", "Dialogue", "Dialogue"]


def test_newest_first_is_turned_and_said(tmp_path: Path) -> None:
    rows = [("1", f"02.03.2026 10:0{5 - n // 2}", "Клиент", "О", f"{9 - n}") for n in range(10)]
    (found,) = dialogues(put(tmp_path / "a.csv", csv_text(rows=rows)))
    assert [t.text for t in found.turns] == [str(n) for n in range(10)]
    assert (f.TIME_ORDER, "sorted") in [(x.code, x.detail) for x in found.findings]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('c-1;2026-03-02 10:20:00;Клиент;О;"не закрыто', f.BROKEN_ROW),
        ('c-1;2026-03-02 10:20:00;Клиент;О;"а"б', f.BROKEN_ROW),
        ("c-1;2026-03-02 10:20:00;Клиент;О;а;б;в", f.BROKEN_ROW),
        (";2026-03-02 10:20:00;Клиент;О;а", f.MISSING_VALUE),
        ("c-1;2026-03-02 10:20:00;Клиент;О;" + "а" * 1100, f.TOO_LARGE),
    ],
)
def test_a_broken_row_is_rejected_and_the_rest_is_read(tmp_path: Path, line: str, code: str) -> None:
    lines = csv_text().split("\r\n")
    lines.insert(1, line)
    found = items(put(tmp_path / "a.csv", "\r\n".join(lines)), max_record=1000)
    lost = [(item.line, item.code) for item in found if not isinstance(item, Dialogue)]
    assert lost == [(2, code)] and shape([d for d in found if isinstance(d, Dialogue)]) == SHAPE


def test_odd_cells_become_findings(tmp_path: Path) -> None:
    text = "чат;время;роль;текст;вид\n1;позавчера;клиент;а\0б;text\n1;10:15;оператор;да;стикер\n".encode()
    text += "1;10:16;оператор;Здравствуйте;\n".encode("cp1251")
    (found,) = dialogues(put(tmp_path / "a.csv", text))
    said = {(x.code, x.line) for x in found.findings}
    assert {(f.BAD_TIME, 2), (f.REPLACED_CHARS, 2), (f.UNKNOWN_KIND, 3), (f.NO_DATE, 3), (f.MIXED_ENCODING, 4)} <= said
    assert found.turns[2].text == "Здравствуйте" and found.turns[2].time == datetime(1970, 1, 1, 10, 16)


def test_a_clock_gets_its_date_and_rolls_over_midnight(tmp_path: Path) -> None:
    text = "чат;время;роль;текст\n1;23:58;клиент;а\n1;0:03;оператор Анна;б\n"
    (found,) = dialogues(put(tmp_path / "чаты 2026-03-02.csv", text))
    assert [t.time for t in found.turns] == [datetime(2026, 3, 2, 23, 58), datetime(2026, 3, 3, 0, 3)]
    pair = "чат;дата;время;роль;текст\n1;02.03.2026;23:58;клиент;а\n1;03.03.2026;00:03;оператор Анна;б\n"
    assert [t.time for t in dialogues(put(tmp_path / "b.csv", pair))[0].turns] == [t.time for t in found.turns]
    assert found.findings == ()


def test_no_id_column_is_one_dialogue_and_said(tmp_path: Path) -> None:
    (found,) = dialogues(put(tmp_path / "a.csv", "роль;текст\nклиент;а\nоператор Анна;б\n"))
    assert found.id == "a" and codes(found) == {f.NO_ID_COLUMN}


def test_a_table_without_known_names_stops(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"no known column names.*--map"):
        items(put(tmp_path / "a.csv", "один;два\n1;2\n"))


def test_too_many_rows_of_one_dialogue(tmp_path: Path) -> None:
    (lost,) = rejected(put(tmp_path / "a.csv", csv_text()), max_turns=2)
    assert (lost.code, lost.line) == (f.TOO_LARGE, 2)


def test_excel_as_it_really_comes(tmp_path: Path) -> None:
    rows: list[Any] = [
        ["Отчёт за март"], [], ["Номер чата", "Дата", "Время", "Роль", "Сообщение", "Оценка"],
        [1001.0, date(2026, 3, 2), time(10, 15, 4), "Клиент", "а_x000D_\nб_x005F_в", None],
        [None, 46083, 0.4271296296, "Оператор Анна", "да", "лайк"],
        [1002, "02.03.2026", timedelta(hours=10, minutes=15), "Клиент", "=1+1", 4],
    ]  # fmt: skip
    first, second = dialogues(put_xlsx(tmp_path / "a.xlsx", rows, Пусто=[["заметки", "тут"]]))
    assert (first.id, second.id, first.source.line) == ("1001", "1002", 4)
    assert [t.text for t in first.turns] == ["а\nб_в", "да"] and codes(first) == {f.FILLED_DOWN}
    assert [t.time for t in first.turns] == [datetime(2026, 3, 2, 10, 15, 4), datetime(2026, 3, 2, 10, 15, 4)]
    assert second.turns[0].time == datetime(2026, 3, 2, 10, 15)
    assert (
        first.rating == {"scale": "like", "value": "like", "comment": ""}
        and second.rating
        and second.rating["value"] == 4
    )


def test_every_sheet_is_read_and_others_are_noted(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS]
    notes: list[tuple[str, Any]] = []
    path = put_xlsx(tmp_path / "a.xlsx", rows, Март=[HEADER, ("c-9", *ROWS[0][1:])], Итоги=[["сумма", 5]])
    found = list(read([path], on_note=lambda _, code, params: notes.append((code, params["sheet"]))))
    assert [d.id for d in found if isinstance(d, Dialogue)] == ["c-1", "c-2", "c-9"]
    assert ("sheet-skipped", "Итоги") in notes and ("columns", "Март") in notes
    only = load_map(put(tmp_path / "map.yaml", "sheet: Март\n"))
    assert [d.id for d in dialogues(path, mapping=only)] == ["c-9"]
    with pytest.raises(ReadError, match="no sheet «Апрель»; sheets are Sheet, Март, Итоги"):
        items(path, mapping=load_map(put(tmp_path / "map.yaml", "sheet: Апрель\n")))


def test_a_cell_that_excel_cut(tmp_path: Path) -> None:
    (found,) = dialogues(put_xlsx(tmp_path / "a.xlsx", [HEADER, ("1", None, "Клиент", "О", "а" * 32_767)]))
    assert {f.CUT_CELL, f.LONG_TEXT} <= codes(found)


def test_workbooks_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"old \.xls or a workbook with a password"):
        items(put(tmp_path / "a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600)))
    with pytest.raises(ReadError, match="no sheet has known column names"):
        items(put_xlsx(tmp_path / "b.xlsx", [["сумма", 5]]))
    assert items(put_xlsx(tmp_path / "empty.xlsx", [])) == []
    book = put_xlsx(tmp_path / "c.xlsx", [HEADER, *ROWS])
    with pytest.raises(ReadError, match=r"unpacked, the limit is 100; .*max_workbook"):
        items(book, max_workbook=100)
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"0" * 1_000_000)
    with pytest.raises(ReadError, match=r"xl/bomb\.xml is packed over 100:1"):
        items(book)
    assert len(items(book, max_ratio=10_000)) == 2
    with zipfile.ZipFile(book, "a") as archive:
        for number in range(1001):
            archive.writestr(f"x{number}", b"")
    with pytest.raises(ReadError, match="parts, the limit is 1000"):
        items(book, max_ratio=10_000)


def test_a_workbook_with_damaged_parts(tmp_path: Path) -> None:
    book = put_xlsx(tmp_path / "a.xlsx", [HEADER, *ROWS])
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(ReadError, match="a damaged workbook"):
        items(broken)


def test_too_many_columns(tmp_path: Path) -> None:
    (lost,) = rejected(put_xlsx(tmp_path / "a.xlsx", [HEADER, *ROWS, ["x"] * 30]), max_columns=20)
    assert (lost.line, lost.code) == (7, f.BROKEN_ROW)


def test_reading_a_table_does_not_fill_the_memory(tmp_path: Path) -> None:
    import tracemalloc

    def peak(count: int, apart: bool) -> int:
        rows = [(f"c-{n % count if apart else n // 4}", "", "Клиент", "О", "а" * 400) for n in range(count * 4)]
        path = put(tmp_path / "a.csv", csv_text(rows=rows))
        del rows
        tracemalloc.start()
        assert sum(1 for _ in read([path], ReadOptions())) == count
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    for apart in (False, True):
        assert peak(2000, apart) < peak(200, apart) + 2_500_000
