"""One dialogue in every format, and short ways to write and read a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from audit.model import Dialogue, Rejected
from audit.readers import ReadOptions, read

ROWS = [
    ("c-1", "2026-03-02 10:15:04", "Клиент", "Ольга", "Где заказ, скажите; пожалуйста?"),
    ("c-1", "2026-03-02 10:15:50", "Оператор", "Анна", "Здравствуйте, Ольга! Минуту,\nуточню «номер»."),
    ("c-1", "2026-03-02 10:17:00", "Бот", "Помощник", "Оцените ответ"),
    ("c-2", "2026-03-02 11:00:00", "Клиент", "Пётр", "Спасибо, ёлка приехала"),
    ("c-2", "2026-03-02 11:01:00", "Оператор", "Анна", "Пожалуйста!"),
]
HEADER = ("ID диалога", "Дата и время", "Роль", "Имя", "Текст")
ROLES = {"Клиент": "client", "Оператор": "operator", "Бот": "bot"}
SHAPE = [
    (key, [(ROLES[role], name, when.replace(" ", "T"), text) for k, when, role, name, text in ROWS if k == key])
    for key in ("c-1", "c-2")
]


def items(path: Path, options: ReadOptions | None = None, **fields: Any) -> list[Dialogue | Rejected]:
    return list(read([path], options or ReadOptions(**fields)))


def dialogues(path: Path, **fields: Any) -> list[Dialogue]:
    return [item for item in items(path, **fields) if isinstance(item, Dialogue)]


def rejected(path: Path, **fields: Any) -> list[Rejected]:
    return [item for item in items(path, **fields) if isinstance(item, Rejected)]


def codes(dialogue: Dialogue) -> set[str]:
    return {finding.code for finding in dialogue.findings}


def shape(found: list[Dialogue]) -> list[tuple[str, list[tuple[str, str | None, str | None, str]]]]:
    """What every format must give alike: ids, roles, names, times, texts."""
    return [(d.id, [(t.role, t.name, t.time.isoformat() if t.time else None, t.text) for t in d.turns]) for d in found]


def csv_text(delimiter: str = ";", rows: list[tuple[str, ...]] | None = None) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *(rows if rows is not None else ROWS)])
    return out.getvalue()


def put(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def put_json(path: Path, *records: Any) -> Path:
    return put(path, "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))


def put_xlsx(path: Path, rows: list[Any], **more: list[Any]) -> Path:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for title, others in more.items():
        other = book.create_sheet(title)
        for row in others:
            other.append(row)
    book.save(path)
    return path


def turn(role: str = "client", text: str = "Где заказ?", **more: Any) -> dict[str, Any]:
    return {"role": role, "text": text, **more}


def record(*turns: dict[str, Any], id: Any = "d", **more: Any) -> dict[str, Any]:
    said = list(turns) or [turn(), turn("operator", "Здравствуйте!", name="Анна")]
    return {"id": id, "turns": said, **more}
