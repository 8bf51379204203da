"""Pasted transcripts, cut into dialogues: by rules (`---`), headings (`# …`) and titles («Диалог №…»)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from audit.model import Rejected
from audit.readers import findings as f
from audit.readers import times
from audit.readers.columns import ALIASES, squeezed
from audit.readers.known import Known, prepare
from audit.readers.lines import decode, open_lines, raw_lines
from audit.readers.options import Item, ReadOptions
from audit.readers.speakers import Line
from audit.readers.transcript import Chunk, dialogue

_MAX_CHARS = 20_000_000
_RULE = re.compile(r"^\s*([-=*_~—–])(?:\s*\1){2,}\s*$")
_HEADING = re.compile(r"^\s*#{1,6}\s+(?P<body>\S.*?)\s*#*\s*$")
_BANNER = re.compile(r"^\s*([-=*_~—–])\1+\s*(?P<body>[^\s=*_~—–-].*?)\s*\1{2,}\s*$")
_TITLE = re.compile(
    r"^(?:диалог|чат|обращение|разговор|переписка|dialog(?:ue)?|chat|conversation|transcript|saruna)\s*"
    r"(?:№|#|n[o.]\s?|nr\.?|id\b)?\s*:?\s*(?P<id>[\w./-]*\d[\w./-]*)\s*(?P<rest>$|[,;:(|.—–=*-].*)$",
    re.IGNORECASE,
)
_PAIR = re.compile(r"^\s*(?P<key>[^:=]{2,40})\s*[:=]\s*(?P<value>.{1,200}?)\s*$")
_TOLD = ("channel", "category", "operator", "client_name", "client_id", "rating", "lang", "mark", "closed_by")
_FIELDS = {squeezed(alias): field for field in _TOLD for alias in ALIASES[field]}
# «Оператор: Мария» above the first turn may be a turn; these lines cannot.
_LOOSE = {key: field for key, field in _FIELDS.items() if field not in ("operator", "client_name")}


class _Open:
    """The dialogue being read: what is over the limit is counted and not kept."""

    def __init__(self, path: Path, line: int) -> None:
        self.path, self.line = path, line
        self.id: str | None = None
        self.about: dict[str, str] = {}
        self.day: date | None = None
        self.lines: list[Line] = []
        self.chars = 0
        self.filled = False

    def head(self, body: str) -> None:
        """Take id, date and fields of a header."""
        title = _TITLE.match(body)
        if title:
            self.id = title["id"].rstrip(".") or self.id
        elif " " not in body and ":" not in body:
            self.id = body[:64]
        self.day = times.find_date(title["rest"] if title else body) or self.day
        for part in re.split(r"[,;|]", title["rest"] if title else body):
            self.tell(part, _FIELDS)

    def tell(self, part: str, fields: dict[str, str]) -> bool:
        """Take «канал: сайт»; False when it is no such pair."""
        pair = _PAIR.match(part)
        if not pair:
            return False
        key = squeezed(pair["key"])
        if key in ("дата", "date", "datums"):
            self.day = times.find_date(pair["value"]) or self.day
            return self.day is not None
        if key in fields:
            self.about[fields[key]] = pair["value"]
        return key in fields

    def add(self, line: Line) -> None:
        """Take a line of the dialogue."""
        blank = not line.text.strip()
        if not self.filled and (blank or self.tell(line.text, _LOOSE)):
            return
        self.filled = True
        self.chars += len(line.text) + 1
        if self.chars <= _MAX_CHARS:
            self.lines.append(line)

    def close(self, number: int, known: Known) -> Iterator[Item]:
        """The dialogue, `number` from 1 in its file."""
        key = self.id or f"{self.path.stem}-{number}"
        if self.chars > _MAX_CHARS:
            yield Rejected(str(self.path), self.line, f.TOO_LARGE, f"{key}: over {_MAX_CHARS} characters")
        else:
            yield from dialogue(Chunk(self.path, key, self.lines, self.about, self.day), known)


def read_text(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Dialogues of a plain transcript; ids come from headers, else from the file's name and a number."""
    known = prepare(path, options)
    stream, encoding = open_lines(path, known.options.encoding)
    options.note(str(path), "encoding", {"encoding": encoding.name, "how": encoding.how, "score": encoding.score})
    current, count = _Open(path, 1), 1
    with stream:
        for number, raw in raw_lines(stream, options.max_record):
            if raw is None:
                yield Rejected(str(path), number, f.TOO_LARGE, f"the line is over {options.max_record} bytes")
                continue
            line = _line(number, raw, encoding.name)
            body = _header(line.text)
            if body is None:
                current.add(line)
                continue
            if current.filled:
                yield from current.close(count, known)
                current, count = _Open(path, number), count + 1
            current.head(body)
    if current.filled:
        yield from current.close(count, known)
    known.tell_words(str(path))


def _line(number: int, raw: bytes, encoding: str) -> Line:
    text, foreign = decode(raw, encoding)
    flags = [f.MIXED_ENCODING] if foreign else []
    if "\0" in text:
        flags.append(f.REPLACED_CHARS)
    return Line(number, text.rstrip("\r\n").replace("\0", "\ufffd"), flags)


def _header(text: str) -> str | None:
    """What a separating line says: empty for a rule; None for a line of a dialogue."""
    if _RULE.match(text):
        return ""
    for pattern in (_HEADING, _BANNER):
        if found := pattern.match(text):
            return found["body"]
    body = text.strip()
    return body if _TITLE.match(body) else None
