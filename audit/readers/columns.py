"""Which column is what: header aliases in Russian, English and Latvian, and the search for the header row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from audit.errors import ReadError

if TYPE_CHECKING:
    from audit.readers.mapping import Mapping

# The first alias that stands in a header wins; letters and digits alone are compared: «ID диалога» is «iddialoga».
ALIASES: dict[str, tuple[str, ...]] = {
    "dialogue_id": (
        "dialogue id", "dialog id", "chat id", "conversation id", "thread id", "session id", "ticket id",
        "request id", "id диалога", "диалог id", "номер диалога", "id чата", "номер чата", "id обращения",
        "номер обращения", "номер заявки", "id сессии", "диалог", "чат", "обращение", "заявка", "тикет", "dialogue",
        "dialog", "chat", "conversation", "ticket", "№ диалога", "№ чата", "№ обращения", "dialoga id", "sarunas id",
        "saruna", "id",
    ),
    "text": (
        "text", "message text", "текст", "текст сообщения", "сообщение", "реплика", "message", "body", "content",
        "msg", "содержание", "содержимое", "plain body", "teksts", "ziņa", "ziņojums",
    ),
    "role": (
        "role", "роль", "author type", "sender type", "actor type", "user type", "тип автора", "тип отправителя",
        "роль автора", "direction", "направление", "loma", "тип", "type",
    ),
    "author": (
        "author", "автор", "sender", "отправитель", "from", "от кого", "кто", "автор сообщения", "author name",
        "sender name", "имя автора", "имя отправителя", "speaker", "username", "autors", "sūtītājs",
    ),
    "name": ("name", "имя", "фио", "display name", "vārds"),
    "author_id": ("author id", "sender id", "id автора", "id отправителя", "user id"),
    "time": (
        "time", "datetime", "date time", "timestamp", "дата и время", "дата время", "дата/время", "created at",
        "created", "sent at", "время отправки", "дата отправки", "дата сообщения", "время сообщения", "дата создания",
        "ts", "laiks", "datums un laiks",
    ),
    "date": ("date", "дата", "день", "datums"),
    "clock": ("время", "clock", "time of day", "час", "pulkstenis"),
    "kind": ("kind", "вид", "message type", "тип сообщения", "вид сообщения", "msg type", "veids"),
    "operator": (
        "operator", "оператор", "assigned operator", "operator name", "имя оператора", "фио оператора", "agent",
        "агент", "менеджер", "manager", "сотрудник", "employee", "ответственный", "assignee", "консультант",
        "agent name", "operators",
    ),
    "operator_id": (
        "operator id", "id оператора", "agent id", "employee id", "id сотрудника", "табельный номер", "operatora id",
    ),
    "client_name": (
        "client name", "имя клиента", "клиент", "customer name", "visitor name", "client", "customer", "visitor",
        "посетитель", "имя посетителя", "фио клиента", "покупатель", "klients", "klienta vārds",
    ),
    "client_id": ("client id", "id клиента", "customer id", "visitor id", "id посетителя", "klienta id"),
    "channel": ("channel", "канал", "источник", "канал связи", "transport", "source", "kanāls"),
    "category": (
        "category", "категория", "тема", "тематика", "topic", "категория обращения", "тема обращения", "kategorija",
    ),
    "mark": (
        "operator mark", "mark", "target", "целевой", "целевое", "целевое обращение", "отметка оператора", "отметка",
    ),
    "rating": (
        "rating", "оценка", "csi", "csat", "лайк", "оценка клиента", "оценка диалога", "score", "vote", "vērtējums",
    ),
    "rating_comment": ("rating comment", "комментарий к оценке", "комментарий клиента"),
    "closed_by": ("closed by", "кем закрыт", "кто закрыл", "закрыл", "закрыт"),
    "lang": ("lang", "language", "язык", "valoda"),
    "thread": ("thread", "вид канала"),
}  # fmt: skip
SEARCHED_ROWS = 20


class Layout(Struct, frozen=True):
    """Where each field stands: `at` is field → 0-based column, `extra` is kept header → column."""

    row: int
    headers: tuple[str, ...]
    at: dict[str, int]
    extra: dict[str, int]

    def named(self) -> dict[str, str]:
        """Field → header, as it is reported to the user."""
        return {field: self.headers[place] or f"#{place + 1}" for field, place in self.at.items()}


def squeezed(header: str) -> str:
    """A header as it is compared: its letters and digits, case-folded, ё as е."""
    return "".join(char for char in header.casefold().replace("ё", "е") if char.isalnum())


_KNOWN = {field: [squeezed(alias) for alias in aliases] for field, aliases in ALIASES.items()}


def find_layout(rows: Iterable[tuple[int, Sequence[str]]], mapping: Mapping | None, path: Path) -> Layout | None:
    """The layout of the first row that is a header: a text and who said it or in which dialogue; None without one.

    `rows` are (number, cells). ReadError when a column named by the map is in none of the first rows.
    """
    named = {k: v for k, v in mapping.columns.model_dump().items() if v is not None} if mapping else {}
    looked: list[Sequence[str]] = []
    for number, cells in rows:
        if mapping and mapping.header_row and number < mapping.header_row:
            continue
        looked.append(cells)
        layout = _layout(number, cells, named, mapping)
        if layout is not None:
            return layout
        if len(looked) >= SEARCHED_ROWS or (mapping and mapping.header_row):
            break
    if named:
        _complain(path, looked, named)
    return None


def _layout(number: int, cells: Sequence[str], named: dict[str, str], mapping: Mapping | None) -> Layout | None:
    keys = [squeezed(cell) for cell in cells]
    at: dict[str, int] = {}
    for field, header in named.items():
        place = _place(keys, header)
        if place is None:
            return None
        at[field] = place
    for field, aliases in _KNOWN.items():
        if field not in at:
            taken = set(at.values())
            place = next((p for a in aliases for p, key in enumerate(keys) if key == a and p not in taken), None)
            if place is not None:
                at[field] = place
    if "text" not in at or not at.keys() & {"dialogue_id", "role", "author", "name", "operator"}:
        return None
    _settle(at, set(named))
    return Layout(number, tuple(cells), at, _extra(cells, set(at.values()), mapping))


def _settle(at: dict[str, int], named: set[str]) -> None:
    """Date and clock are two halves of a time: only a pair stays a pair."""
    if "time" in at and "date" in at and "clock" not in at and "time" not in named:
        # «date» and «time» side by side: the second is a time of day unless its cells say otherwise
        at["clock"] = at.pop("time")
    elif "time" not in at and ("date" in at) != ("clock" in at):
        at["time"] = at.pop("date") if "date" in at else at.pop("clock")


def _extra(cells: Sequence[str], taken: set[int], mapping: Mapping | None) -> dict[str, int]:
    wanted = None if not mapping or mapping.extra is None else {squeezed(name) for name in mapping.extra}
    extra: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = cell.strip()
        if place not in taken and name and (wanted is None or squeezed(name) in wanted):
            extra[name if name not in extra else f"{name} ({place + 1})"] = place
    return extra


def _place(keys: Sequence[str], header: str) -> int | None:
    """The column of a header named by the user, or of a number from 1 when no header is that number."""
    key = squeezed(header)
    if key in keys:
        return keys.index(key)
    return int(header) - 1 if header.isdecimal() and 0 < int(header) <= len(keys) else None


def _complain(path: Path, looked: list[Sequence[str]], named: dict[str, str]) -> None:
    """Say which column of the map is missing in the row that looks most like the header."""

    def likeness(cells: Sequence[str]) -> tuple[int, int]:
        keys = [squeezed(cell) for cell in cells]
        return sum(_place(keys, header) is not None for header in named.values()), sum(map(bool, keys))

    best = max(looked, key=likeness, default=())
    keys = [squeezed(cell) for cell in best]
    for field, header in named.items():
        if _place(keys, header) is None:
            near = get_close_matches(header, [cell for cell in best if cell], 1, 0.5)
            names = ", ".join(cell for cell in best if cell)[:300]
            hint = f"did you mean «{near[0]}»?" if near else f"columns are {names}"
            raise ReadError(path, None, f"columns.{field}", f"no column «{header}»", hint)
