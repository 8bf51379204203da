"""One pasted dialogue: which lines begin a turn, who speaks, when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from msgspec import Struct, structs

from audit.model import Dialogue, Finding, Rejected, Source, Turn
from audit.readers import findings as f
from audit.readers import times
from audit.readers.assume import assume
from audit.readers.known import Known
from audit.readers.options import Item
from audit.readers.ratings import parse_rating
from audit.readers.roles import folded, given_role, split_role, word_role
from audit.readers.speakers import Line, Said, said_in, speaking


class Chunk(Struct, frozen=True):
    """The lines of one dialogue and what its header said: `about` holds field → value."""

    path: Path
    id: str
    lines: list[Line]
    about: dict[str, str]
    day: date | None


def dialogue(chunk: Chunk, known: Known) -> Iterator[Item]:
    """The dialogue of a chunk; Rejected for lines that nobody said and for a chunk that is too large."""
    found = [Finding(code, line=line.number) for line in chunk.lines for code in line.flags]
    starts = [said_in(line, known) for line in chunk.lines]
    accepted = speaking([said for said in starts if said], chunk.about, known)
    groups: list[tuple[Said, list[str]]] = []
    lost: list[Line] = []
    for line, said in zip(chunk.lines, starts, strict=True):
        if said and (said.strong or folded(said.who) in accepted):
            groups.append((said, [said.text]))
        elif groups:
            groups[-1][1].append(line.text)
        elif line.text.strip():
            lost.append(line)
    if lost:
        detail = f"{len(lost)} lines: {lost[0].text.strip()[:60]}"
        yield Rejected(str(chunk.path), lost[0].number, f.NO_SPEAKER, detail)
    if len(groups) > known.options.max_turns:
        yield Rejected(str(chunk.path), chunk.lines[0].number, f.TOO_LARGE, f"{chunk.id}: {len(groups)} turns")
    elif groups:
        yield _dialogue(chunk, groups, known, found)


def _dialogue(chunk: Chunk, groups: list[tuple[Said, list[str]]], known: Known, found: list[Finding]) -> Dialogue:
    sides = _sides(groups, chunk)
    turns: list[Turn] = []
    unknown: set[str] = set()
    for said, texts in groups:
        turn = _turn(said, "\n".join(texts if texts[0] else texts[1:]).rstrip(), sides, known)
        if turn.role == "unknown" and (turn.name or "") not in unknown:
            unknown.add(turn.name or "")
            found.append(Finding(f.UNKNOWN_ROLE, turn=len(turns), line=turn.line, detail=(turn.name or "")[:60]))
        turns.append(turn)
    turns = assume(_timed(turns, [said.stamp for said, _ in groups], chunk, known, found), found)
    about = chunk.about
    return Dialogue(
        chunk.id,
        tuple(turns),
        lang=about.get("lang"),
        channel=about.get("channel"),
        client_name=about.get("client_name"),
        client_id=about.get("client_id"),
        assigned_operator=about.get("operator"),
        closed_by=about.get("closed_by"),
        category=about.get("category"),
        operator_mark=about.get("mark"),
        rating=parse_rating(about.get("rating")),
        source=Source(str(chunk.path), groups[0][0].line.number),
        findings=tuple(found),
    )


def _sides(groups: list[tuple[Said, list[str]]], chunk: Chunk) -> dict[str, str]:
    """Roles by case-folded name: from the header, and from labels that give both, «Оператор (Мария)»."""
    sides: dict[str, str] = {}
    for said, _ in groups:
        word = split_role(said.who)
        name = said.name or (word[2] if word else None)
        if word and name:
            sides.setdefault(folded(name), word[0])
    for field, role in (("operator", "operator"), ("client_name", "client")):
        if chunk.about.get(field):
            sides[folded(chunk.about[field])] = role
    return sides


def _turn(said: Said, text: str, sides: dict[str, str], known: Known) -> Turn:
    if not said.who:
        return Turn("system", text, None, None, None, "event", said.line.number)
    word = word_role(said.who, known.roles)
    name = said.name or (word[2] if word else said.who)
    given = given_role((name, said.who), known.roles)
    role = given or (word[0] if word else None) or sides.get(folded(name or ""))
    if word and len(known.words) < 100:
        known.words[said.who] = role or word[0]
    kind = (word[1] if word else None) or ("event" if role == "system" else "text")
    return Turn(role or "unknown", text, name, None, None, kind, said.line.number)


def _timed(turns: list[Turn], stamps: list[str | None], chunk: Chunk, known: Known, found: list[Finding]) -> list[Turn]:
    """Turns with their times; a time of day gets the chunk's date and rolls over midnight."""
    day, last = chunk.day or known.day, None
    made: list[Turn] = []
    for turn, stamp in zip(turns, stamps, strict=True):
        when: datetime | time | None = times.parse(stamp, known.zone) if stamp else None
        if isinstance(when, time):
            if day is None:
                day = times.NO_DAY
                found.append(Finding(f.NO_DATE, line=turn.line))
            when = times.on_day(when, day, last, known.zone)
        elif stamp and when is None:
            found.append(Finding(f.BAD_TIME, line=turn.line, detail=stamp[:60]))
        last = when or last
        made.append(structs.replace(turn, time=when) if when else turn)
    return made
