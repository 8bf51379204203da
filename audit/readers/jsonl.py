"""Native JSONL, a dialogue a line: typed decoding in one go, the lenient path only for what does not fit.

Typed decoding of a line costs about what orjson costs, and the whole way to an examined dialogue two to three times
that. `decode` works on one line, so that raw lines can be handed to worker processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct, structs

from audit.model import KINDS, ROLES, Dialogue, Rejected, Source, Turn
from audit.readers import findings as f
from audit.readers.known import Known, prepare
from audit.readers.lenient import KEYS, MAX_DEPTH, read_record
from audit.readers.lines import open_binary, raw_lines
from audit.readers.options import Item, ReadOptions
from audit.readers.roles import folded


class _Record(Struct):
    """The contract's keys but the turns, which decode straight into the model's type.

    Not Dialogue itself: ids may be numbers here, and a record may have keys named like the model's own `extra`.
    """

    id: str | int
    lang: str | None = None
    channel: str | None = None
    thread: Literal["chat", "email", "public"] = "chat"
    client_name: str | None = None
    client_id: str | int | None = None
    assigned_operator: str | None = None
    closed_by: str | None = None
    category: str | None = None
    operator_mark: str | None = None
    rating: dict[str, Any] | None = None
    labels: Any = None


class _NumberedTurn(Struct):
    """A turn whose id may be a number."""

    role: str
    text: str
    name: str | None = None
    id: str | int | None = None
    time: datetime | None = None
    kind: str = "text"


_TURNS = msgspec.json.Decoder(tuple[Turn, ...])
_NUMBERED = msgspec.json.Decoder(tuple[_NumberedTurn, ...])
_TYPED = msgspec.json.Decoder(_Record)
_KEYS = msgspec.json.Decoder(dict[str, Raw])
_ANY = msgspec.json.Decoder()
_ROLES = frozenset(ROLES)
_KINDS = frozenset(KINDS)
_FREE = frozenset(("labels", "rating"))  # keys whose values may be anything
_BLANK = (b"\n", b"\r\n", b"")


def read_jsonl(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Dialogues of a JSONL file in its order; blank lines are skipped."""
    yield from decode_lines(path, open_binary(path), prepare(path, options))


def decode_lines(path: Path, stream: Any, known: Known) -> Iterator[Item]:
    """Dialogues of a stream of JSON lines; `path` only names them."""
    name, limit = str(path), known.options.max_record
    with stream:
        for number, raw in raw_lines(stream, limit):
            if raw is None:
                yield Rejected(name, number, f.TOO_LARGE, f"the line is over {limit} bytes")
            elif raw not in _BLANK and not raw.isspace():
                yield decode(raw, name, number, known)
    known.tell_words(name)


def decode(raw: bytes, path: str, line: int, known: Known) -> Item:
    """One line's dialogue, without the findings of `examine`; what typed decoding refuses goes the lenient way."""
    if known.options.encoding in (None, "utf-8"):
        try:
            keys = _KEYS.decode(raw)
            made = _fast(keys, _TYPED.decode(raw), _turns(keys["turns"]), Source(path, line), known)
        except (ValueError, KeyError, RecursionError):
            made = None
        if made is not None:
            return made
    return read_record(raw, path, line, known)


def _turns(raw: Raw) -> tuple[Turn, ...]:
    """The turns; where ids are numbers, they are decoded again as such, which costs half as much more."""
    try:
        return _TURNS.decode(raw)
    except msgspec.ValidationError:
        return tuple(Turn(t.role, t.text, t.name, _texted(t.id), t.time, t.kind) for t in _NUMBERED.decode(raw))


def _may_be_deep(value: Raw) -> bool:
    """Whether a value could nest over the limit, by its brackets: the lenient path looks closer."""
    data = bytes(value)
    return data.count(b"[") + data.count(b"{") > MAX_DEPTH


def _texted(key: str | int | None) -> str | None:
    return str(key) if isinstance(key, int) else key


def _fast(
    keys: dict[str, Raw], record: _Record, turns: tuple[Turn, ...], source: Source, known: Known
) -> Dialogue | None:
    """The dialogue, or None when something in it needs the lenient path."""
    key = _texted(record.id)
    if not key or len(turns) > known.options.max_turns or (known.roles and _mapped(turns, known.roles)):
        return None
    for turn in turns:
        if turn.role not in _ROLES or turn.kind not in _KINDS or "\0" in turn.text or turn.line is not None:
            return None
    if known.zone is not None:
        turns = tuple(_zoned(turn, known.zone) for turn in turns)
    if any(_may_be_deep(value) for name, value in keys.items() if name in _FREE or name not in KEYS):
        return None
    extra: dict[str, Any] = {}
    if not keys.keys() <= KEYS:
        # In the file's order, so that the same input gives the same bytes.
        extra = {name: _ANY.decode(value) for name, value in keys.items() if name not in KEYS}
    return Dialogue(
        key,
        turns,
        record.lang,
        record.channel,
        record.thread,
        record.client_name,
        _texted(record.client_id),
        record.assigned_operator,
        record.closed_by,
        record.category,
        record.operator_mark,
        record.rating,
        record.labels,
        extra,
        source,
    )


def _mapped(turns: tuple[Turn, ...], roles: dict[str, str]) -> bool:
    return any(folded(turn.role) in roles or (turn.name and folded(turn.name) in roles) for turn in turns)


def _zoned(turn: Turn, zone: tzinfo) -> Turn:
    if turn.time is None or turn.time.tzinfo is not None:
        return turn
    return structs.replace(turn, time=turn.time.replace(tzinfo=zone))
