"""Outputs: a table from file suffix to writer, and `write`, which feeds several of them from one stream.

A writer is a function that takes an open binary file and what is to be known beforehand, and returns two
functions: one for every audited dialogue, one for the report at the end. Each gets a temporary file beside its
goal, which is moved into place when everything is written: a file that is there is whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from audit.errors import UsageError, WriteError
from audit.model import Audited, Rejected
from audit.report import Asked, Report
from audit.tally import Reporter
from audit.words import Words
from audit.writers import jsonl, report_json, table_csv
from audit.writers.base import Setting, Sink, Writer, act_names

if TYPE_CHECKING:
    from audit.compiled import CompiledPack

WRITERS: dict[str, Writer] = {".jsonl": jsonl.open_sink, ".json": report_json.open_sink, ".csv": table_csv.open_sink}


def write(
    items: Iterable[Audited | Rejected],
    pack: CompiledPack,
    outputs: Sequence[str | Path] = (),
    *,
    asked: Asked | None = None,
    ui: str | None = None,
) -> Report:
    """Write every item to every output and give the report; the suffix of an output picks its writer.

    `ui` is the language of words in files for people; left out, it is the pack's first language, never the locale's.
    Raises UsageError for an unknown suffix and WriteError where a file cannot be written; nothing half-written stays.
    """
    chosen = [(Path(path), writer_of(Path(path))) for path in outputs]
    words = Words(ui or _language(pack))
    setting = Setting(pack, words, act_names(pack, words))
    reporter = Reporter(pack, asked)
    with ExitStack() as stack:
        sinks = [(path, writer(stack.enter_context(replacing(path)), setting)) for path, writer in chosen]
        for item in items:
            reporter.add(item)
            if isinstance(item, Audited):
                for path, sink in sinks:
                    with _placed(path):
                        sink.add(item)
        report = reporter.report()
        for path, sink in sinks:
            with _placed(path):
                sink.close(report)
    return report


def writer_of(path: Path) -> Writer:
    """The writer for a file's name: the longest suffix that the table has. Raises UsageError when it has none."""
    name = path.name.lower()
    for suffix in sorted(WRITERS, key=len, reverse=True):
        if name.endswith(suffix) and name != suffix:
            return WRITERS[suffix]
    raise UsageError(f"-o {path}: no writer for this suffix; known: {' '.join(WRITERS)}")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Raises WriteError when the file cannot be made, synced or moved.
    """
    temporary = path.with_name(f".chataudit-{os.urandom(6).hex()}.tmp")
    if path.is_dir():
        raise WriteError(path, None, None, "is a folder", "name a file")
    with _placed(path):
        file = temporary.open("xb")
    try:
        with file:
            yield file
            with _placed(path):
                file.flush()
                os.fsync(file.fileno())
        with _placed(path):
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            path, None, None, f"cannot be written ({error.strerror or error})", "check folder, rights and free space"
        ) from error


def _language(pack: CompiledPack) -> str:
    return next((lang for lang in pack.languages if lang in ("ru", "en")), "en")


__all__ = ["WRITERS", "Setting", "Sink", "Writer", "replacing", "write", "writer_of"]
