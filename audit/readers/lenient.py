"""The slow path of native records: says what is wrong with one, field by field, and saves what can be saved."""

from __future__ import annotations

import json
import re
from datetime import datetime, time, tzinfo
from typing import Any

from audit.model import ROLES, THREADS, Dialogue, Finding, Rejected, Source, Turn
from audit.readers import findings as f
from audit.readers import times
from audit.readers.known import Known
from audit.readers.lines import decode
from audit.readers.ratings import parse_rating
from audit.readers.roles import ROLE_KINDS, folded, given_role, word_role

KEYS = frozenset(Dialogue.__struct_fields__) - {"extra", "source", "findings"}
_TEXTS = ("lang", "channel", "client_name", "client_id", "assigned_operator", "closed_by", "category", "operator_mark")
_BAD = re.compile("[\ud800-\udfff\0]")
MAX_DEPTH = 64


class BrokenError(Exception):
    """A record that cannot become a dialogue: a finding's code and the place in the record."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def read_record(raw: bytes, path: str, line: int, known: Known) -> Dialogue | Rejected:
    """A dialogue with findings, or a Rejected that names line and field; never raises for what the bytes hold."""
    found: list[Finding] = []
    try:
        record = _load(raw, known.options.encoding, line, found)
        return build(record, Source(path, line), known, found)
    except BrokenError as broken:
        return Rejected(path, line, broken.code, broken.detail)


def _load(raw: bytes, encoding: str | None, line: int, found: list[Finding]) -> dict[str, Any]:
    text, foreign = decode(raw, encoding or "utf-8")
    if foreign:
        found.append(Finding(f.MIXED_ENCODING, line=line))
    text = text.removeprefix("\ufeff")
    try:
        value = json.loads(text.replace("\0", "\ufffd"), parse_constant=lambda _: None)
    except RecursionError:
        raise BrokenError(f.BROKEN_JSON, "nested too deeply") from None
    except ValueError as error:
        raise BrokenError(f.BROKEN_JSON, str(error)) from None
    if not isinstance(value, dict):
        raise BrokenError(f.BROKEN_JSON, "the line is not an object")
    cleaned, changed = _clean(value, 0)
    if changed or "\0" in text:
        found.append(Finding(f.REPLACED_CHARS, line=line))
    return cleaned  # type: ignore[no-any-return]


def _clean(value: Any, depth: int) -> tuple[Any, bool]:
    """The value with lone surrogates and NUL replaced, and whether there were any."""
    if isinstance(value, str):
        clean = _BAD.sub("\ufffd", value)
        return clean, clean != value
    if depth > MAX_DEPTH:
        raise BrokenError(f.BROKEN_JSON, f"nested over {MAX_DEPTH} levels")
    if isinstance(value, list):
        items = [_clean(item, depth + 1) for item in value]
        return [item for item, _ in items], any(bad for _, bad in items)
    if isinstance(value, dict):
        made = {key: _clean(item, depth + 1) for key, item in value.items()}
        keys = {key: _BAD.sub("\ufffd", key) for key in made}
        return {keys[k]: v for k, (v, _) in made.items()}, any(b for _, b in made.values()) or any(
            k != v for k, v in keys.items()
        )
    return value, False


def build(record: dict[str, Any], source: Source, known: Known, found: list[Finding]) -> Dialogue:
    """The dialogue of a decoded record; raises BrokenError when id, turns, role or text cannot be had."""
    key = _text_of(record.get("id"))
    if not key:
        raise BrokenError(f.MISSING_VALUE if record.get("id") in (None, "") else f.WRONG_TYPE, "id")
    turns = record.get("turns")
    if not isinstance(turns, list):
        raise BrokenError(f.MISSING_VALUE if turns is None else f.WRONG_TYPE, "turns")
    if len(turns) > known.options.max_turns:
        raise BrokenError(f.TOO_LARGE, f"{len(turns)} turns, the limit is {known.options.max_turns}")
    fields = {name: _optional(record, name, found) for name in _TEXTS}
    thread = record.get("thread") or "chat"
    if thread not in THREADS:
        found.append(Finding(f.WRONG_TYPE, detail=f"thread: {str(thread)[:60]}"))
        thread = "chat"
    made = tuple(_turn(turn, number, known, found) for number, turn in enumerate(turns))
    extra = {name: value for name, value in record.items() if name not in KEYS}
    rating = record.get("rating")
    return Dialogue(
        key,
        made,
        thread=thread,
        rating=rating if isinstance(rating, dict) else parse_rating(rating),
        labels=record.get("labels"),
        extra=extra,
        source=source,
        findings=tuple(found),
        **fields,
    )


def _turn(turn: Any, number: int, known: Known, found: list[Finding]) -> Turn:
    at = f"turns[{number}]"
    if not isinstance(turn, dict):
        raise BrokenError(f.WRONG_TYPE, at)
    text, word = turn.get("text"), turn.get("role")
    for field, value in (("text", text), ("role", word)):
        if not isinstance(value, str):
            raise BrokenError(f.MISSING_VALUE if value is None else f.WRONG_TYPE, f"{at}.{field}")
    name = _optional(turn, "name", found, number)
    role, kind = _role(str(word), name, known)
    if role is None:
        found.append(Finding(f.UNKNOWN_ROLE, turn=number, detail=str(word)[:60]))
    said = turn.get("kind")
    if said is not None:
        kind = known.kinds.get(folded(said), "") if isinstance(said, str) else ""
    if not kind:
        found.append(Finding(f.UNKNOWN_KIND, turn=number, detail=str(said)[:60]))
    when = native_time(turn.get("time"), known.zone)
    if when is None and turn.get("time") not in (None, ""):
        found.append(Finding(f.BAD_TIME, turn=number, detail=str(turn["time"])[:60]))
    return Turn(role or "unknown", str(text), name, _optional(turn, "id", found, number), when, kind or "text")


def _role(word: str, name: str | None, known: Known) -> tuple[str | None, str | None]:
    """(role or None, kind) by the user's table (name, then word), the contract's words, the known role words."""
    if known.roles and (given := given_role((name, word), known.roles)):
        return given, ROLE_KINDS.get(folded(word), "text")
    if word in ROLES:
        return word, "text"
    role = word_role(word, known.roles)
    if role is None:
        return None, "text"
    if len(known.words) < 100:
        known.words[word] = role[0]
    return role[0], role[1] or "text"


def native_time(value: Any, zone: tzinfo | None) -> datetime | None:
    """A moment from text or an epoch number; None when there is none or it is not understood."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return times.epoch(value)
    moment = times.parse(value, zone) if isinstance(value, str) else None
    return None if isinstance(moment, time) else moment


def _text_of(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return None if isinstance(value, bool | float) or not isinstance(value, int) else str(value)


def _optional(record: dict[str, Any], name: str, found: list[Finding], turn: int | None = None) -> str | None:
    value = record.get(name)
    if value is None:
        return None
    text = _text_of(value)
    if text is None:
        found.append(Finding(f.WRONG_TYPE, turn=turn, detail=name))
    return text
