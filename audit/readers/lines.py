"""Bytes into lines: caps, byte order marks, encodings found by evidence, single lines in another one."""

from __future__ import annotations

import codecs
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from audit.errors import ReadError, UsageError

_HEAD = 65_536
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
# How often a letter stands in Russian text, in thousandths; a wrong code page gives rare letters and signs.
_THOUSANDTHS = (
    "о109 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14 й12 х10 ж9 ш7 "
    "ю6 ц5 щ4 э3 ф3"
)
_FREQUENT = {pair[0]: int(pair[1:]) for pair in _THOUSANDTHS.split()}
_INSIDE_LATIN = re.compile(rb"[a-zA-Z][\xc0-\xff]|[\xc0-\xff][a-z]")


class Encoding(Struct, frozen=True):
    """The encoding of a file: Python's name, whether it was given, marked or guessed, and the guess's score (0–1)."""

    name: str
    how: str
    score: float = 1.0


def open_binary(path: Path) -> BinaryIO:
    """The file's bytes (`-` is stdin); ReadError when it cannot be opened."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb", buffering=1 << 18)
    except OSError as error:
        raise ReadError(
            path, None, None, f"cannot be opened: {error.strerror or error}", "check the path and rights"
        ) from error


def spooled(path: Path) -> BinaryIO:
    """The file's bytes, seekable: stdin is copied to disk first."""
    stream = open_binary(path)
    if stream.seekable() and stream is not sys.stdin.buffer:
        return stream
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return copy


def raw_lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """(1-based number, line) pairs; a line longer than `limit` bytes is skipped and given as None."""
    number = 0
    while line := stream.readline(limit + 2):
        number += 1
        if len(line) <= limit or line.endswith(b"\n"):
            yield number, line
            continue
        while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def check_encoding(name: str) -> str:
    """Python's name of an encoding; UsageError when there is none."""
    try:
        known = codecs.lookup(name).name
        "a".encode(known)  # refuses zlib and the like, which are no encodings of text
    except (LookupError, ValueError) as error:
        raise UsageError(f"--encoding {name}: unknown encoding; try utf-8, cp1251, koi8-r, cp866 or utf-16") from error
    return known


def open_lines(path: Path, given: str | None) -> tuple[BinaryIO, Encoding]:
    r"""A stream of `\n`-ended lines and their encoding, with no byte order mark.

    UTF-16 and files with carriage returns only are rewritten to disk once, so that all else sees one kind of lines.
    """
    stream = spooled(path)
    head = stream.read(_HEAD)
    mark = next(((bom, name) for bom, name in _MARKS if head.startswith(bom)), None)
    encoding = Encoding(mark[1], "bom") if mark else Encoding(check_encoding(given), "given") if given else guess(head)
    stream.seek(len(mark[0]) if mark else 0)
    wide = encoding.name.startswith(("utf-16", "utf-32"))
    if wide or (b"\r" in head and b"\n" not in head):
        stream = _rewritten(stream, encoding.name if wide else None)
        encoding = Encoding(
            "utf-8" if wide else encoding.name, f"{encoding.how}: {encoding.name}" if wide else encoding.how
        )
    return stream, encoding


def _rewritten(stream: BinaryIO, wide: str | None) -> BinaryIO:
    """A copy on disk: UTF-16/32 becomes UTF-8, and a lone carriage return ends a line."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    decoder = codecs.getincrementaldecoder(wide or "latin-1")("replace")
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    target = "utf-8" if wide else "latin-1"
    with stream:
        while chunk := stream.read(1 << 20):
            copy.write(newlines.decode(decoder.decode(chunk)).encode(target, "replace"))
    copy.write(newlines.decode(decoder.decode(b"", True), True).encode(target, "replace"))
    copy.seek(0)
    return copy


def guess(head: bytes) -> Encoding:
    """The encoding of a file's first bytes: UTF-8 when most lines are, else a code page by its letters."""
    for name, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        # Every other byte is 0 (Latin) or 4 (Cyrillic): nothing else looks so.
        if 0 in high and (high.count(0) + high.count(4)) * 10 > len(high) * 9:
            return Encoding(name, "guessed", 0.9)
    lines = [line for line in head.splitlines() if not line.isascii()]
    if len(head) == _HEAD and len(lines) > 1:
        lines.pop()  # the last one is cut, perhaps inside a letter
    good = sum(1 for line in lines if _is_utf8(line, len(lines) == 1 and len(head) == _HEAD))
    if not lines or good * 2 > len(lines):
        return Encoding("utf-8", "checked")
    sample = b"\n".join(lines)
    letters = sum(1 for byte in sample if byte >= 0xC0)
    if letters and len(_INSIDE_LATIN.findall(sample)) * 10 > letters * 6:
        return Encoding("cp1257", "guessed", 0.5)
    scores = {name: _russian(sample.decode(name, "replace")) for name in _CYRILLIC}
    best = max(scores, key=lambda name: scores[name])
    return Encoding(best, "guessed", round(scores[best], 2))


def _is_utf8(line: bytes, cut: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line, not cut)
    except UnicodeDecodeError:
        return False
    return True


def _russian(text: str) -> float:
    """How Russian a text looks, about 0 to 1: frequent letters count, signs and capitals inside words count against."""
    letters = [char for char in text if ord(char) > 127]
    if not letters:
        return 0.0
    score = sum(_FREQUENT.get(char, 0) for char in letters) / 60
    score += sum(_FREQUENT.get(char.lower(), 0) for char in letters if char.isupper()) / 240
    return max(0.0, min(1.0, score / len(letters)))


def decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """(text, foreign): a line not in the file's encoding is read as cp1251 in a UTF-8 file, else with U+FFFD."""
    try:
        return raw.decode(encoding), False
    except UnicodeDecodeError:
        fallback = "cp1251" if encoding == "utf-8" else encoding
        return raw.decode(fallback, "replace"), True
