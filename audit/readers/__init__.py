"""Files of many kinds in, dialogues out: `read(paths)` is the one way in.

A reader is a function `(path, options) -> Iterator[Dialogue | Rejected]` in the table READERS. It derives
roles, never guesses them silently: what it assumed goes to `on_note`, what it found odd to `Dialogue.findings`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from audit.errors import ReadError, UsageError
from audit.model import Dialogue, Finding, Rejected
from audit.readers.delimited import read_csv
from audit.readers.examine import SeenIds, examine
from audit.readers.findings import DUPLICATE_ID, FINDINGS, MIXED_ENCODING, UNREADABLE
from audit.readers.jsonl import read_jsonl
from audit.readers.known import prepare
from audit.readers.options import Item, Note, Reader, ReadOptions
from audit.readers.text import read_text
from audit.readers.xlsx import read_xlsx

if TYPE_CHECKING:
    from audit.readers.mapping import Mapping

READERS: dict[str, Reader] = {
    "jsonl": read_jsonl,
    "csv": read_csv,
    "tsv": read_csv,
    "xlsx": read_xlsx,
    "text": read_text,
}
SUFFIXES: dict[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".txt": "text",
    ".text": "text",
}

_DEFAULT = ReadOptions()

__all__ = ["FINDINGS", "READERS", "SUFFIXES", "ReadOptions", "load_map", "read"]


def load_map(path: str | Path) -> Mapping:
    """The column map of a map.yaml; MapError with file, line and field when it cannot be used."""
    from audit.readers.mapping import load  # pydantic and ruamel cost 0.15 s: only for who has a map

    return load(Path(path))


def read(paths: Iterable[str | Path], options: ReadOptions = _DEFAULT, on_note: Note | None = None) -> Iterator[Item]:
    """Dialogues and rejected records of files and folders, in order; `-` is stdin as JSONL.

    ReadError is raised at once for a missing file or an unknown kind, and while reading when the only file cannot
    be read; of several files an unreadable one becomes a Rejected. `on_note(path, code, params)` hears assumptions.
    """
    if on_note is not None:
        options = structs.replace(options, note=on_note)
    prepare(Path(), options)  # bad options are told before any file is opened
    chosen = [(path, _reader(path, options)) for path in _files(paths)]
    return _read_all(chosen, options)


def _read_all(chosen: list[tuple[Path, Reader]], options: ReadOptions) -> Iterator[Item]:
    seen = SeenIds()
    for path, reader in chosen:
        try:
            yield from _read_one(path, reader, seen, options)
        except ReadError as error:
            if len(chosen) == 1:
                raise
            yield Rejected(str(path), error.line, UNREADABLE, str(error))


def _read_one(path: Path, reader: Reader, seen: SeenIds, options: ReadOptions) -> Iterator[Item]:
    foreign = 0
    for item in reader(path, options):
        if isinstance(item, Dialogue):
            for finding in item.findings:
                foreign += finding.code == MIXED_ENCODING
            yield _examined(item, seen, options)
        else:
            yield item
    if foreign:
        options.note(str(path), "mixed-encoding", {"lines": foreign, "read_as": "cp1251"})


def _examined(dialogue: Dialogue, seen: SeenIds, options: ReadOptions) -> Dialogue:
    found = examine(dialogue.turns, options.max_text)
    if seen.add(dialogue.id):
        found.append(Finding(DUPLICATE_ID, detail=dialogue.id))
    return structs.replace(dialogue, findings=dialogue.findings + tuple(found)) if found else dialogue


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Files as given, folders as their files of known suffixes in sorted order; ReadError for a missing one."""
    for given in [paths] if isinstance(paths, str | Path) else paths:
        path = Path(given)
        if str(given) == "-" or path.is_file():
            yield path
        elif path.is_dir():
            yield from _inside(path)
        elif path.exists():
            yield path  # a pipe, such as <(command)
        else:
            near = get_close_matches(path.name, _names(path.parent), 1)
            raise ReadError(path, None, None, "no such file or folder", f"did you mean {near[0]}?" if near else "")


def _inside(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # ~$ files are Excel's locks
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES:
                yield Path(root, name)


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _reader(path: Path, options: ReadOptions) -> Reader:
    name = options.format or (options.mapping.format if options.mapping else None)
    if name:
        if name not in READERS:
            near = get_close_matches(name, READERS, 1)
            hint = f"did you mean {near[0]}?" if near else f"formats are {', '.join(READERS)}"
            raise UsageError(f"--from {name}: no such format; {hint}")
        return READERS[name]
    if str(path) == "-":
        return READERS["jsonl"]
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(SUFFIXES)
        raise ReadError(
            path, None, None, "a file of unknown kind", f"known suffixes: {known}; or name it with --from FORMAT"
        )
    return READERS[kind]
