"""Write the demo chats as a help desk would export them: an XLSX and a cp1251 CSV with Russian headers.

`python benchmarks/demo_exports.py` makes both from `corpora/demo/demo.jsonl`; `--check` only says whether they are current.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

FOLDER = Path(__file__).resolve().parent.parent / "corpora" / "demo"
HEADER = [
    "ID диалога",
    "Канал",
    "Дата и время",
    "Роль",
    "Имя",
    "Текст",
    "Клиент",
    "Категория",
    "Закрыл",
    "Целевой",
    "Оценка",
    "Вид",
]
ROLES = {"client": "Клиент", "operator": "Оператор", "bot": "Бот", "system": "Система"}
MARKS = {"target": "целевой", "non-target": "нецелевой"}
RATINGS = {"like": "лайк", "dislike": "дизлайк"}
KINDS = {"auto": "автоответ", "note": "заметка", "text": ""}
CLOSED = {"operator": "оператор", "client": "клиент", "system": "система"}


def rows() -> list[list[str]]:
    """A row a message."""
    found = []
    for line in (FOLDER / "demo.jsonl").read_text(encoding="utf-8").splitlines():
        dialogue = json.loads(line)
        for turn in dialogue["turns"]:
            time = datetime.fromisoformat(turn["time"]).strftime("%d.%m.%Y %H:%M:%S") if "time" in turn else ""
            found.append([
                dialogue["id"], dialogue.get("channel", ""), time, ROLES[turn["role"]], turn.get("name", ""), turn["text"],
                dialogue.get("client_name", ""), dialogue.get("category", ""), CLOSED.get(dialogue.get("closed_by", ""), ""),
                MARKS.get(dialogue.get("operator_mark", ""), ""), RATINGS.get(dialogue.get("rating", {}).get("value", ""), ""),
                KINDS[turn.get("kind", "text")],
            ])  # fmt: skip
    return found


def as_csv(table: list[list[str]]) -> bytes:
    """Semicolons and cp1251, as Excel in Russian saves it; what cp1251 lacks (emoji) is left out."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([HEADER, *table])
    return out.getvalue().encode("cp1251", "ignore")


def as_xlsx(table: list[list[str]], path: Path) -> None:
    """One sheet, texts as texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Выгрузка")
    for row in [HEADER, *table]:
        sheet.append(row)
    book.save(path)


def main() -> None:
    """The command."""
    table = rows()
    target = FOLDER / "demo.csv"
    if "--check" in sys.argv:
        raise SystemExit(0 if target.is_file() and target.read_bytes() == as_csv(table) else "demo.csv is out of date")
    target.write_bytes(as_csv(table))
    as_xlsx(table, FOLDER / "demo.xlsx")


if __name__ == "__main__":
    main()
