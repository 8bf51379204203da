"""Who begins to speak in a line of a transcript: labels with roles, names, times."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from audit.readers.known import Known
from audit.readers.roles import ROLE_KINDS, folded, split_role

_TS = (
    r"(?:\d{1,2}[./]\d{1,2}[./]\d{2,4},?\s+)?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?"
    r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\s?UTC|[+-]\d\d:?\d\d)?"
)
_STAMP = re.compile(
    rf"^[\s\u200e\u200f\ufeff]*(?P<open>[\[(]?)(?P<ts>{_TS})[\])]?\s*[-–—,:]?\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SPEAKER = re.compile(
    rf"^\s*(?:[-–—•*]\s+)?\**(?P<who>[^\W\d_][^:：\[\](){{}}<>\"«»?!]{{0,60}}?),?\**\s*(?:№\s?\d+\s*)?"
    rf"(?:[(\[](?P<inside>[^)\]]{{1,60}})[)\]]\s*)?(?:[(\[](?P<ts>{_TS})[)\]]\s*|,?\s(?P<bare>{_TS})\s*)?"
    r"(?P<sep>\**[:：](?!//)\**|\s?[—–-]\s|$)\s*(?P<text>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_CLOCK = re.compile(rf"^(?:{_TS})$", re.IGNORECASE)
_NAME = re.compile(r"^[A-ZА-ЯЁĀ-Ž][\w.'’-]*(?: [A-ZА-ЯЁĀ-Ž][\w.'’-]*){0,3}$")
# What often stands before a colon inside a message and is nobody's name.
_NOT_NAMES = frozenset(
    [
        "адрес",
        "телефон",
        "тел",
        "номер",
        "заказ",
        "итого",
        "сумма",
        "цена",
        "дата",
        "время",
        "имя",
        "фио",
        "город",
        "статус",
        "почта",
        "email",
        "e-mail",
        "сайт",
        "ссылка",
        "внимание",
        "важно",
        "примечание",
        "вопрос",
        "ответ",
        "тема",
        "код",
        "товар",
        "артикул",
        "размер",
        "цвет",
        "доставка",
        "оплата",
        "комментарий",
        "пример",
        "например",
        "также",
        "http",
        "https",
        "address",
        "phone",
        "number",
        "order",
        "total",
        "price",
        "date",
        "time",
        "name",
        "city",
        "status",
        "link",
        "note",
        "subject",
        "question",
        "answer",
        "code",
        "ps",
        "p.s",
        "п.с",
        "adrese",
        "tālrunis",
        "datums",
        "laiks",
        "cena",
    ]
)
_WEAK = frozenset(ROLE_KINDS) | {"in", "out", "event", "событие", "service", "контакт", "contact"}


class Line(Struct, frozen=True):
    """A physical line: its 1-based number, its text without the line end, finding codes about its bytes."""

    number: int
    text: str
    flags: list[str] = []


class Said(Struct):
    """A line that may begin a turn: label, name in brackets, time as written, text; `strong` when it surely does."""

    line: Line
    who: str
    name: str | None
    stamp: str | None
    text: str
    strong: bool


def said_in(line: Line, known: Known) -> Said | None:
    """The line as the beginning of a turn; None when it cannot be one."""
    stamp, rest, marked = None, line.text, False
    if found := _STAMP.match(line.text):
        stamp, rest = found["ts"], found["rest"]
        marked = bool(found["open"]) or len(stamp) > 8  # in brackets or with a date: no continuation looks so
    speaker = _SPEAKER.match(rest[:200])
    if speaker is None:
        return Said(line, "", None, stamp, rest, True) if marked else None
    who, inside = speaker["who"].strip(), speaker["inside"]
    after = speaker["ts"] or speaker["bare"]
    if inside and _CLOCK.match(inside.strip()):
        after, inside = inside, None
    stamp = stamp or after
    text = (speaker["text"] + rest[200:]).strip()
    said = Said(line, who, inside.strip() if inside else None, stamp, text, True)
    word = split_role(who)
    ends = not speaker["sep"].strip()  # no colon and no dash: the words go on in the next line
    if word and (stamp or not ends) and (stamp or folded(who) not in _WEAK):
        return said
    if (after or not ends) and {folded(who), folded(inside or "")} & known.roles.keys():
        return said
    named = bool(_NAME.match(who)) and folded(who) not in _NOT_NAMES
    if named and (":" in speaker["sep"] or "：" in speaker["sep"] or (ends and after)):
        said.strong = bool(stamp)
        return said
    return Said(line, "", None, stamp, rest, True) if marked else None


def speaking(starts: list[Said], about: dict[str, str], known: Known) -> set[str]:
    """Names that speak in this chunk, though their lines have no time: by what is known of both sides and by count."""
    sides = {word[0] for said in starts if (word := split_role(said.who))} & {"operator", "client"}
    names = Counter(folded(said.who) for said in starts if said.who and not split_role(said.who))
    told = {folded(about[field]) for field in ("operator", "client_name") if about.get(field)}
    told |= {folded(said.name) for said in starts if said.name and said.strong}
    told |= {folded(said.who) for said in starts if said.strong and said.stamp}
    few = 3 if not sides else 1 if len(sides) == 1 else 0
    return {name for name, count in names.items() if name in told or count > 1 or len(names) <= few} | set(known.roles)
