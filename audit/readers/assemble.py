"""One dialogue from its rows: who spoke, when, and what the other columns say."""

from __future__ import annotations

from datetime import datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from audit.model import THREADS, Dialogue, Finding, Source, Turn
from audit.readers import findings as f
from audit.readers import times
from audit.readers.assume import assume
from audit.readers.columns import Layout, squeezed
from audit.readers.known import Known
from audit.readers.ratings import parse_rating
from audit.readers.roles import folded, given_role, split_role, word_role
from audit.readers.spill import Row

_TARGET = dict.fromkeys(["target", "целевой", "целевое", "целевая", "да", "yes", "1", "true", "mērķa"], "target")
_TARGET |= dict.fromkeys(["non-target", "нецелевой", "нецелевое", "нецелевая", "нет", "no", "0", "false"], "non-target")
_TARGET |= {"не целевой": "non-target", "не целевое": "non-target", "не целевая": "non-target"}
# 0 and 1 say a direction only under a header that asks for one.
_FLAGS = {"isoperator", "fromoperator", "out", "isout", "outgoing", "исходящее"}


class _Sides(Struct, frozen=True):
    """Names this dialogue's own columns give to the operator and to the client, case-folded."""

    operators: frozenset[str]
    clients: frozenset[str]


def assemble(key: str, rows: list[Row], apart: bool, path: Path, layout: Layout, known: Known) -> Dialogue:
    """The dialogue of rows that share an id; never raises: what is odd becomes a finding."""
    found = [Finding(f.SCATTERED_ROWS, line=rows[0].number)] if apart else []
    if "dialogue_id" not in layout.at:
        found.append(Finding(f.NO_ID_COLUMN))
    for row in rows:
        found.extend(Finding(code, line=row.number) for code in row.flags)
    records = [{name: _cell(row, place) for name, place in layout.at.items()} for row in rows]
    sides = _Sides(_names(records, "operator"), _names(records, "client_name"))
    turns = [_turn(record, row, layout, sides, known, found) for record, row in zip(records, rows, strict=True)]
    turns = _dated(turns, [_when(record, known) for record in records], records, known, found)
    turns = assume(turns, found)
    turns = _sorted(turns, found)
    return Dialogue(
        key,
        tuple(turns),
        source=Source(str(path), rows[0].number),
        findings=tuple(found),
        **_about(records, rows, layout),
    )


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _names(records: list[dict[str, str]], field: str) -> frozenset[str]:
    return frozenset(folded(record[field]) for record in records if record.get(field))


def _first(records: list[dict[str, str]], field: str) -> str | None:
    return next((record[field].strip() for record in records if record.get(field, "").strip()), None)


def _about(records: list[dict[str, str]], rows: list[Row], layout: Layout) -> dict[str, Any]:
    """The dialogue's own fields: the first value that is not empty; the assignee is the last one."""
    mark, thread = _first(records, "mark"), _first(records, "thread")
    closed = _first(records, "closed_by")
    role = split_role(closed) if closed else None
    about: dict[str, Any] = {
        name: _first(records, name) for name in ("lang", "channel", "client_name", "client_id", "category")
    }
    extra = {name: next((c for row in rows if (c := _cell(row, at).strip())), "") for name, at in layout.extra.items()}
    return about | {
        "thread": thread if thread in THREADS else "chat",
        "assigned_operator": _first(records[::-1], "operator"),
        "closed_by": role[0] if role else closed,
        "operator_mark": _TARGET.get(folded(mark), mark) if mark else None,
        "rating": parse_rating(_first(records, "rating"), _first(records, "rating_comment")),
        "extra": {name: value for name, value in extra.items() if value},
    }


def _turn(record: dict[str, str], row: Row, layout: Layout, sides: _Sides, known: Known, found: list[Finding]) -> Turn:
    word, author = record.get("role", "").strip(), record.get("author", "").strip()
    name = record.get("name", "").strip() or None
    role, kind, embedded = _who(word, author, name, layout, sides, known)
    said = record.get("kind", "").strip()
    if said:
        wanted = known.kinds.get(folded(said))
        if wanted is None:
            found.append(Finding(f.UNKNOWN_KIND, line=row.number, detail=said[:60]))
        kind = wanted or kind
    name = name or embedded
    if role == "operator":
        name = name or record.get("operator", "").strip() or None
    person = record.get("author_id", "").strip() or (
        record.get("operator_id", "").strip() if role == "operator" else ""
    )
    if role is None:
        found.append(Finding(f.UNKNOWN_ROLE, line=row.number, detail=(word or author or name or "")[:60]))
    return Turn(
        role or "unknown",
        record["text"],
        name,
        person or None,
        None,
        kind or ("event" if role == "system" else "text"),
        row.number,
    )


def _who(
    word: str, author: str, name: str | None, layout: Layout, sides: _Sides, known: Known
) -> tuple[str | None, str | None, str | None]:
    """(role, kind, name) of a row: the user's table, role words, then the dialogue's operator and client by name."""
    given = given_role((name, author, word), known.roles)
    split = next((s for label in (word, author) if label and (s := _understood(label, layout, known))), None)
    embedded = split[2] if split else None
    if author and not (split and not embedded and folded(author) == folded(word or author)):
        embedded = embedded or author
    if given or split:
        role, kind = given or (split[0] if split else None), split[1] if split else None
        return role, kind, embedded if embedded or split else (word or None)
    if word and folded(word) in known.kinds:  # a column «type» that says what kind of message it is
        return _by_name(author or name or "", sides), known.kinds[folded(word)], author or None
    person = author or word or name or ""
    return _by_name(person, sides), None, person or None


def _understood(label: str, layout: Layout, known: Known) -> tuple[str, str | None, str | None] | None:
    flags = label in ("0", "1") and "role" in layout.at and squeezed(layout.headers[layout.at["role"]]) in _FLAGS
    found = word_role(("client", "operator")[int(label)] if flags else label, known.roles)
    if found and found[2] is None and len(known.words) < 100:
        known.words[label] = found[0]
    return found


def _by_name(person: str, sides: _Sides) -> str | None:
    key = folded(person)
    if not key or (key in sides.operators) == (key in sides.clients):
        return None
    return "operator" if key in sides.operators else "client"


def _when(record: dict[str, str], known: Known) -> datetime | time | None:
    """The moment or time of day a row gives; None when it gives none that is understood."""
    if record.get("time", "").strip():
        return moment(record["time"], known)
    clock = moment(record.get("clock", ""), known)
    day = moment(record.get("date", ""), known)
    if isinstance(clock, time) and isinstance(day, datetime):
        return datetime.combine(day.date(), clock, day.tzinfo)
    return clock if isinstance(clock, datetime) else day or clock


def moment(value: str, known: Known) -> datetime | time | None:
    """A cell's time by the map's format, or by the known ones, or as an Excel serial."""
    value = value.strip()
    mapping = known.options.mapping
    if not value:
        return None
    if mapping and mapping.time_format:
        try:
            made = datetime.strptime(value, mapping.time_format)
        except ValueError:
            return None
        return made if made.tzinfo or not known.zone else made.replace(tzinfo=known.zone)
    if len(value) < 22 and (value[0] == "0" or 0 < value.find(".") < 6 or len(value) == 5):
        try:
            made_serial = times.serial(float(value.replace(",", ".")))
        except ValueError:
            made_serial = None
        if isinstance(made_serial, time) or (made_serial and 1980 < made_serial.year < 2100):
            return made_serial.replace(tzinfo=known.zone) if isinstance(made_serial, datetime) else made_serial
    return times.parse(value, known.zone, bool(mapping and mapping.date_order == "month"))


def _dated(
    turns: list[Turn],
    whens: list[datetime | time | None],
    records: list[dict[str, str]],
    known: Known,
    found: list[Finding],
) -> list[Turn]:
    """Turns with their times; a time of day gets the date of the dialogue and rolls over midnight."""
    day = known.day or next((when.date() for when in whens if isinstance(when, datetime)), None)
    last: datetime | None = None
    made: list[Turn] = []
    for turn, when, record in zip(turns, whens, records, strict=True):
        exact = when if isinstance(when, datetime) else None
        if isinstance(when, time):
            if day is None:
                day = times.NO_DAY
                found.append(Finding(f.NO_DATE, line=turn.line))
            exact = times.on_day(when, day, last, known.zone)
        elif when is None and (
            value := (record.get("time") or record.get("clock") or record.get("date") or "").strip()
        ):
            found.append(Finding(f.BAD_TIME, line=turn.line, detail=value[:60]))
        last = exact or last
        made.append(structs.replace(turn, time=exact) if exact else turn)
    return made


def _sorted(turns: list[Turn], found: list[Finding]) -> list[Turn]:
    """Turns by time when every one has a time; rows of one moment keep their order, newest-first files are turned."""
    moments = [turn.time for turn in turns if turn.time]
    if len(moments) < len(turns):
        return turns
    try:
        if all(a <= b for a, b in pairwise(moments)):
            return turns
        falling = all(a >= b for a, b in pairwise(moments))
        result = sorted(turns[::-1] if falling else turns, key=lambda turn: turn.time or datetime.min)
    except TypeError:  # with and without zones
        return turns
    found.append(Finding(f.TIME_ORDER, line=turns[0].line, detail="sorted"))
    return result
