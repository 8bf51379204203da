"""Rows into dialogues, whatever file they stand in: grouping by id, in memory one dialogue at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from audit.model import Rejected
from audit.readers import findings as f
from audit.readers.assemble import assemble
from audit.readers.columns import Layout
from audit.readers.examine import SeenIds
from audit.readers.known import Known
from audit.readers.options import Item
from audit.readers.spill import Keyed, Lost, Row, Rows, gathered

_MAX_CHARS = 20_000_000


class Sheet(Struct, frozen=True):
    """A table to read: `rows()` gives its rows from the top, as often as asked; `fill` takes an empty id from above."""

    path: Path
    layout: Layout
    rows: Callable[[], Rows]
    name: str | None = None
    fill: bool = False


def read_sheet(sheet: Sheet, known: Known) -> Iterator[Item]:
    """Dialogues of a table in order of their first rows, and its rejected rows.

    A first pass looks at ids only: when the rows of each dialogue are together, they stream; when not, they are
    sorted on disk first.
    """
    rows: Iterator[Keyed | Rejected] = _keyed(sheet)
    if _scattered(_keyed(sheet)):
        known.options.note(str(sheet.path), "rows-not-contiguous", {"sheet": sheet.name})
        rows = gathered(rows)
    yield from _grouped(sheet, rows, known)
    known.tell_words(str(sheet.path), sheet.name)


def _keyed(sheet: Sheet) -> Iterator[Keyed | Rejected]:
    """(dialogue id, ordinal, row) of the rows below the header; Rejected for what has no id or cannot be read."""
    last: str | None = None
    place = 0
    for row in sheet.rows():
        if row.number <= sheet.layout.row:
            continue
        if isinstance(row, Lost):
            yield row.rejected(str(sheet.path))
        elif any(cell and not cell.isspace() for cell in row.cells):
            keyed = _key(sheet, row, last)
            if isinstance(keyed, Rejected):
                yield keyed
                continue
            last = keyed[0]
            yield last, place, keyed[1]
            place += 1


def _key(sheet: Sheet, row: Row, last: str | None) -> tuple[str, Row] | Rejected:
    """The row with its dialogue's id; `last` is the id of the row above."""
    at, cells = sheet.layout.at.get("dialogue_id"), row.cells
    width = len(sheet.layout.headers)
    if len(cells) > width and any(cells[width:]):
        return Rejected(str(sheet.path), row.number, f.BROKEN_ROW, f"{len(cells)} columns, the header has {width}")
    if at is None:
        return sheet.path.stem if sheet.name is None else f"{sheet.path.stem}-{sheet.name}", row
    key = cells[at].strip() if at < len(cells) else ""
    if key:
        return key, row
    if sheet.fill and last is not None:
        return last, Row(row.number, cells, [*row.flags, f.FILLED_DOWN])
    return Rejected(str(sheet.path), row.number, f.MISSING_VALUE, sheet.layout.headers[at])


def _scattered(keyed: Iterator[Keyed | Rejected]) -> bool:
    """Whether some id comes back after another one; costs 16 to 32 bytes a dialogue."""
    seen = SeenIds()
    last: str | None = None
    for item in keyed:
        if not isinstance(item, Rejected) and item[0] != last:
            last = item[0]
            if seen.add(last):
                return True
    return False


class _Group:
    """The rows of one dialogue; what is over a limit is only counted, so that it cannot fill the memory."""

    def __init__(self, key: str, line: int) -> None:
        self.key, self.line = key, line
        self.rows: list[Row] = []
        self.count = self.chars = 0
        self.apart = False

    def add(self, row: Row, max_turns: int) -> None:
        self.count += 1
        self.chars += sum(map(len, row.cells))
        if self.count <= max_turns and self.chars <= _MAX_CHARS:
            self.rows.append(row)

    def item(self, sheet: Sheet, known: Known) -> Item:
        if len(self.rows) < self.count:
            detail = f"{self.key}: {self.count} rows, the limit is {known.options.max_turns} or {_MAX_CHARS} characters"
            return Rejected(str(sheet.path), self.line, f.TOO_LARGE, detail)
        return assemble(self.key, self.rows, self.apart, sheet.path, sheet.layout, known)


def _grouped(sheet: Sheet, keyed: Iterator[Keyed | Rejected], known: Known) -> Iterator[Item]:
    """A dialogue for each run of rows with one id."""
    group: _Group | None = None
    previous = -1
    for item in keyed:
        if isinstance(item, Rejected):
            yield item
            continue
        key, place, row = item
        if group is None or key != group.key:
            if group is not None:
                yield group.item(sheet, known)
            group = _Group(key, row.number)
        elif place != previous + 1:
            group.apart = True
        previous = place
        group.add(row, known.options.max_turns)
    if group is not None:
        yield group.item(sheet, known)
