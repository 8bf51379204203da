"""CSV and TSV: encoding and delimiter found by evidence, one bad row never swallows the next ones."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from audit.errors import ReadError
from audit.readers import findings as f
from audit.readers.columns import SEARCHED_ROWS, Layout, find_layout
from audit.readers.known import prepare
from audit.readers.lines import Encoding, decode, open_lines, raw_lines
from audit.readers.options import Item, ReadOptions
from audit.readers.spill import Lost, Row, Rows
from audit.readers.table import Sheet, read_sheet

_DELIMITERS = (";", ",", "\t", "|")
_MAX_LINES = 2_000  # physical lines in one quoted cell: more than that is a quote nobody closed


def read_csv(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Dialogues of a CSV or TSV with a row a message; ReadError when no header row is known."""
    known = prepare(path, options)
    stream, encoding = open_lines(path, known.options.encoding)
    with stream:
        start = stream.tell()
        delimiter, layout = _delimiter(path, stream, start, encoding, options)
        note, name = options.note, str(path)
        note(name, "encoding", {"encoding": encoding.name, "how": encoding.how, "score": encoding.score})
        note(name, "delimiter", {"delimiter": delimiter})
        note(
            name, "columns", {"sheet": None, "row": layout.row, "columns": layout.named(), "extra": list(layout.extra)}
        )
        rows = _factory(stream, start, encoding, delimiter, options.max_record)
        yield from read_sheet(Sheet(path, layout, rows), known)


def _factory(stream: BinaryIO, start: int, encoding: Encoding, delimiter: str, limit: int) -> Callable[[], Rows]:
    def rows() -> Rows:
        stream.seek(start)
        return parse_rows(_decoded(stream, encoding, limit), delimiter, limit)

    return rows


def _decoded(stream: BinaryIO, encoding: Encoding, limit: int) -> Iterator[tuple[int, str | None, list[str]]]:
    """(number, line or None when too long, flags) of each physical line."""
    for number, raw in raw_lines(stream, limit):
        if raw is None:
            yield number, None, []
            continue
        text, foreign = decode(raw, encoding.name)
        flags = [f.MIXED_ENCODING] if foreign else []
        if "\0" in text:
            text = text.replace("\0", "\ufffd")
            flags.append(f.REPLACED_CHARS)
        yield number, text, flags


class _Lines:
    """Physical lines with a way back: what an unterminated quote took is given again."""

    def __init__(self, lines: Iterator[tuple[int, str | None, list[str]]]) -> None:
        self._lines = lines
        self._back: list[tuple[int, str | None, list[str]]] = []
        self.taken: list[tuple[int, str | None, list[str]]] = []

    def next(self) -> tuple[int, str | None, list[str]] | None:
        item = self._back.pop() if self._back else next(self._lines, None)
        if item is not None:
            self.taken.append(item)
        return item

    def give_back(self, keep: int) -> None:
        self._back.extend(reversed(self.taken[keep:]))
        del self.taken[keep:]

    def record(self, limit: int) -> Iterator[str]:
        """The lines of one record for csv.reader, ended by the guard: too many lines, or too many characters."""
        size = 0
        for _, text, _ in list(self.taken):
            yield text or ""
        while len(self.taken) < _MAX_LINES and (item := self.next()) is not None:
            text = item[1]
            size += len(text or "")
            if text is None or size > limit:
                return
            yield text


def parse_rows(lines: Iterator[tuple[int, str | None, list[str]]], delimiter: str, limit: int) -> Rows:
    """Rows of decoded lines; a record that does not parse is Lost, and reading goes on with its second line."""
    csv.field_size_limit(max(limit, csv.field_size_limit()))
    source = _Lines(lines)
    opening = delimiter + '"'
    while True:
        source.taken.clear()
        item = source.next()
        if item is None:
            return
        number, text, flags = item
        if text is None:
            yield Lost(number, f.TOO_LARGE, f"the line is over {limit} bytes")
        elif '"' not in text or not (text.startswith('"') or opening in text):
            yield Row(number, text.rstrip("\r\n").split(delimiter), flags)
        else:
            yield _quoted(source, number, delimiter, limit)


def _quoted(source: _Lines, number: int, delimiter: str, limit: int) -> Row | Lost:
    try:
        cells = next(csv.reader(source.record(limit), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        source.give_back(1)
        return Lost(number, f.BROKEN_ROW, str(error) or "empty record")
    flags = [flag for _, _, more in source.taken for flag in more]
    return Row(number, [cell.replace("\r\n", "\n") for cell in cells], list(dict.fromkeys(flags)))


def _delimiter(
    path: Path, stream: BinaryIO, start: int, encoding: Encoding, options: ReadOptions
) -> tuple[str, Layout]:
    """The delimiter under which a header is found with most known columns, and that header."""
    mapping = options.mapping
    only = mapping.delimiter if mapping else None
    best: tuple[int, str, Layout] | None = None
    refused: ReadError | None = None
    for delimiter in (only,) if only else _DELIMITERS:
        head = _head(_factory(stream, start, encoding, delimiter, options.max_record)())
        try:
            layout = find_layout(head, mapping, path)
        except ReadError as error:
            refused = refused or error
            continue
        if layout and (best is None or len(layout.at) > best[0]):
            best = len(layout.at), delimiter, layout
    if best:
        return best[1], best[2]
    if refused:
        raise refused
    stream.seek(start)
    first = decode(stream.readline(2000), encoding.name)[0].strip()[:200]
    raise ReadError(
        path, 1, None, f"no known column names among the first {SEARCHED_ROWS} rows: {first!r}",
        "name the columns in a map.yaml and give it with --map",
    )  # fmt: skip


def _head(rows: Rows) -> Iterator[tuple[int, list[str]]]:
    for seen, row in enumerate(rows):
        if seen > SEARCHED_ROWS * 2:
            return
        if isinstance(row, Row):
            yield row.number, row.cells
