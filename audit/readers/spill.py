"""Rows kept on disk, so that memory does not grow with a table."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from audit.model import Rejected


class Row(Struct, frozen=True, array_like=True, tag="r"):
    """A row's cells as text; `number` is its 1-based line or row, `flags` are finding codes about its bytes."""

    number: int
    cells: list[str]
    flags: list[str] = []


class Lost(Struct, frozen=True, array_like=True, tag="x"):
    """A row that could not be read: why, for a Rejected."""

    number: int
    code: str
    detail: str

    def rejected(self, path: str) -> Rejected:
        """The same as the caller of a reader sees it."""
        return Rejected(path, self.number, self.code, self.detail)


Rows = Iterator[Row | Lost]
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Row | Lost).decode
_IN_MEMORY = 16_000_000
_BATCH = 1_000
_IN_ORDER = """
SELECT rows.id, place, data FROM rows
JOIN (SELECT id, min(place) AS first FROM rows GROUP BY id) AS firsts ON firsts.id = rows.id
ORDER BY first, place
"""


def replayable(rows: Iterable[Row | Lost]) -> Callable[[], Rows]:
    """Rows that are costly to read twice, written down once (on disk over 16 MB); the function gives them again."""
    kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - read by again(), as often as asked
    for row in rows:
        data = _ENCODE(row)
        kept.write(len(data).to_bytes(4, "big"))
        kept.write(data)

    def again() -> Rows:
        kept.seek(0)
        while size := kept.read(4):
            yield _DECODE(kept.read(int.from_bytes(size, "big")))

    return again


Keyed = tuple[str, int, Row]


def gathered(keyed: Iterable[Keyed | Rejected]) -> Iterator[Keyed | Rejected]:
    """(id, ordinal, row) with the rows of an id together, ids in order of first appearance: sorted on disk.

    Rejected rows come first, as they are met.
    """
    with tempfile.TemporaryDirectory(prefix="chataudit-") as folder:
        base = sqlite3.connect(Path(folder) / "rows")
        try:
            yield from _stored(base, keyed)
            for key, place, data in base.execute(_IN_ORDER):
                row = _DECODE(data)
                if isinstance(row, Row):
                    yield key, place, row
        finally:
            base.close()


def _stored(base: sqlite3.Connection, keyed: Iterable[Keyed | Rejected]) -> Iterator[Rejected]:
    base.execute("PRAGMA journal_mode = OFF")
    base.execute("PRAGMA synchronous = OFF")
    base.execute("CREATE TABLE rows (place INTEGER PRIMARY KEY, id TEXT, data BLOB)")
    batch: list[tuple[int, str, bytes]] = []
    for item in keyed:
        if isinstance(item, Rejected):
            yield item
            continue
        batch.append((item[1], item[0], _ENCODE(item[2])))
        if len(batch) == _BATCH:
            base.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
            batch.clear()
    base.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
