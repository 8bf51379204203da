"""XLSX: the archive's budget is checked before anything is parsed; then row by row, every sheet with a known header."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from audit.errors import ChatauditError, ReadError
from audit.readers import findings as f
from audit.readers.columns import SEARCHED_ROWS, find_layout
from audit.readers.known import prepare
from audit.readers.lines import spooled
from audit.readers.options import Item, ReadOptions
from audit.readers.spill import Lost, Row, Rows, replayable
from audit.readers.table import Sheet, read_sheet

_MAX_ENTRIES = 1_000
_SMALL = 100 * 1024
_EXCEL_CUT = 32_767
_OLE = b"\xd0\xcf\x11\xe0"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_xlsx(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Dialogues of every sheet that has a known header; ReadError for a bomb, a password or a broken file."""
    prepare(path, options)
    with spooled(path) as stream:
        _budget(path, stream, options)
        book = _open(path, stream)
        try:
            yield from _sheets(path, book, options)
        finally:
            book.close()


def _budget(path: Path, stream: Any, options: ReadOptions) -> None:
    """Refuse what would fill the memory, by what the archive declares; zipfile holds it to that when it reads."""
    if stream.read(4) == _OLE:
        raise ReadError(
            path, None, None, "an old .xls or a workbook with a password", "save it as .xlsx without a password"
        )
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError, EOFError) as error:
        raise ReadError(path, None, None, f"not an XLSX workbook: {error}", "save it as .xlsx or .csv") from None
    total = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES:
        raise ReadError(path, None, None, f"{len(entries)} parts, the limit is {_MAX_ENTRIES}", "save it as .csv")
    if total > options.max_workbook:
        what = f"{total} bytes unpacked, the limit is {options.max_workbook}"
        raise ReadError(path, None, None, what, "save it as .csv, or raise ReadOptions.max_workbook")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > options.max_ratio * max(entry.compress_size, 1):
            what = f"{entry.filename} is packed over {options.max_ratio}:1, as in a zip bomb"
            raise ReadError(path, None, None, what, "save it as .csv, or raise ReadOptions.max_ratio")


def _open(path: Path, stream: Any) -> Any:
    from openpyxl import load_workbook  # 0.2 s: only for who has a workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(stream, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - openpyxl lets out whatever a damaged part makes it stumble over
        raise _broken(path, error) from None


def _broken(path: Path, error: Exception) -> ReadError:
    return ReadError(
        path, None, None, f"a damaged workbook: {type(error).__name__}: {error}"[:300], "open and save it in Excel"
    )


def _sheets(path: Path, book: Any, options: ReadOptions) -> Iterator[Item]:
    wanted = options.mapping.sheet if options.mapping else None
    if wanted and wanted not in book.sheetnames:
        raise ReadError(path, None, "sheet", f"no sheet «{wanted}»", f"sheets are {', '.join(book.sheetnames)[:300]}")
    read, refused = 0, None
    for sheet in book.worksheets:
        if wanted and sheet.title != wanted:
            continue
        rows = replayable(_rows(path, sheet, options.max_columns))
        top = islice((row for row in rows() if isinstance(row, Row)), SEARCHED_ROWS * 5)
        try:
            layout = find_layout(((row.number, row.cells) for row in top), options.mapping, path)
        except ReadError as error:
            layout, refused = None, refused or error
        if layout is None:
            options.note(str(path), "sheet-skipped", {"sheet": sheet.title, "why": "no known header"})
            continue
        read += 1
        about = {"sheet": sheet.title, "row": layout.row, "columns": layout.named(), "extra": list(layout.extra)}
        options.note(str(path), "columns", about)
        name = sheet.title if len(book.worksheets) > 1 else None
        yield from read_sheet(Sheet(path, layout, rows, name, fill=True), prepare(path, options))
    if not read and refused:
        raise refused
    if not read and any(_filled(sheet) for sheet in book.worksheets):
        raise ReadError(
            path, None, None, "no sheet has known column names", "name the columns in a map.yaml and give it with --map"
        )


def _filled(sheet: Any) -> bool:
    return any(any(cell is not None for cell in row) for row in islice(sheet.iter_rows(values_only=True), 50))


def _rows(path: Path, sheet: Any, max_columns: int) -> Rows:
    """The sheet's rows as text, numbered as in Excel; rows of too many columns are Lost."""
    try:
        sheet.reset_dimensions()  # some exporters declare A1:A1
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            last = next((place for place in range(len(values), 0, -1) if values[place - 1] is not None), 0)
            if last > max_columns:
                yield Lost(number, f.BROKEN_ROW, f"{last} columns, the limit is {max_columns}")
            elif last:
                cells = [_text(value) for value in values[:last]]
                yield Row(number, cells, [f.CUT_CELL] if any(len(cell) == _EXCEL_CUT for cell in cells) else [])
    except ChatauditError:
        raise
    except Exception as error:  # noqa: BLE001 - as in _open: the parts are parsed while rows are read
        raise _broken(path, error) from None


def _text(value: Any) -> str:
    """A cell as text: whole numbers without .0, moments as ISO, Excel's `_x000D_` as the character it stands for."""
    if value is None:
        return ""
    if isinstance(value, str):
        if "_x" in value:
            value = _ESCAPE.sub(_character, value)
        return str(value).replace("\r\n", "\n").replace("\0", "\ufffd")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, timedelta):
        return str((datetime.min + value % timedelta(days=1)).time())
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
