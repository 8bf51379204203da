"""What a finder may be told: its options, what they hold, and what they are where nobody sets them.

An option is set in the check's own `options:` or for one finder (`wait: {seconds: 120}`), and by a pack for its
company under `options:` in pack.yaml. One that no finder of the check knows is a mistake.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from audit.pattern import PatternError, parse

_HOURS = re.compile(r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? )?(?P<opens>\d?\d:\d\d)-(?P<closes>\d?\d:\d\d)")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Option(Struct, frozen=True):
    """An option's default and the kind of thing it holds."""

    default: Any
    kind: str


class Hours(Struct, frozen=True):
    """Working hours: weekdays from Monday 0, and minutes of the day."""

    days: frozenset[int]
    opens: int
    closes: int


SECONDS, BY_CHANNEL, SWITCH = Option(120, "seconds"), Option({}, "seconds by channel"), Option(False, "switch")
PHRASES = Option((), "phrases")
OPTIONS: dict[str, dict[str, Option]] = {
    "address": {"where": Option("contact", "end"), "ask": SWITCH, "strict": Option(True, "switch")},
    "allowed-channel": {"allowed": Option((), "words"), "channels": Option({}, "phrases by name")},
    "automatic": {"templates_count": SWITCH, "acts": Option((), "words"), "name": SWITCH},
    "complete-request": {"only_if_incomplete": SWITCH, "details": PHRASES},
    "empty-reply": {"complete_s": Option(60, "seconds")},
    "handover": {},
    "house-style": {"required": PHRASES, "banned": PHRASES},
    "needless-apology": {"at_most": Option(2, "number")},
    "open-promise": {"dates": PHRASES},
    "other-end": {"name_once": SWITCH, "where": Option("contact", "end")},
    "pending": {},
    "question": {},
    "redirect-benefit": {},
    "repeated": {"minimum_words": Option(4, "number")},
    "shouting": {},
    "silent-transfer": {},
    "slow-reply": {
        "first": SWITCH, "seconds": SECONDS, "seconds_by_channel": BY_CHANNEL, "email": SWITCH,
        "working_hours": Option("", "working hours"),
    },
    "unanswered-claim": {"minimum_words": Option(8, "number")},
    "wished-channel": {"channels": Option({}, "phrases by name")},
    "wait": {"seconds": SECONDS, "seconds_by_channel": BY_CHANNEL, "email": SWITCH},
}  # fmt: skip


# Finders that find nothing while one of their options is as it was: they are not even asked.
GATES = {
    "allowed-channel": "allowed",
    "automatic": "templates_count",
    "complete-request": "only_if_incomplete",
    "other-end": "name_once",
}


def idle(finder: str, options: dict[str, Any]) -> bool:
    """Whether a finder with these options could find nothing at all."""
    return finder in GATES and not options[GATES[finder]]


def defaults(finder: str) -> dict[str, Any]:
    """A finder's options as they are where nobody sets them."""
    return {name: option.default for name, option in OPTIONS.get(finder, {}).items()}


def mistake(finders: Iterable[str], given: dict[str, Any]) -> tuple[str, str, str] | None:
    """The first option that is wrong for a check with these finders: its name, what is wrong, the remedy."""
    known = {name: option for finder in finders for name, option in OPTIONS.get(finder, {}).items()}
    for name, value in given.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            remedy = f"known: {', '.join(known)}" if known else "this check has no options"
            return name, "unknown option", f"did you mean '{close[0]}'?" if close else remedy
        fits, wanted = KINDS[known[name].kind]
        if not fits(value):
            return name, f"{value!r} is not {wanted}", f"write {wanted}"
    return None


def hours(text: str) -> Hours:
    """Working hours as they are written: `mon-fri 09:00-18:00`, the days may be missing. Raises ValueError."""
    match = _HOURS.fullmatch(text.casefold().strip())
    if not match:
        raise ValueError(text)
    first = DAYS.index(match["first"]) if match["first"] else 0
    last = DAYS.index(match["last"]) if match["last"] else first if match["first"] else 6
    opens, closes = _minutes(match["opens"]), _minutes(match["closes"])
    if opens >= closes or last < first:
        raise ValueError(text)
    return Hours(frozenset(range(first, last + 1)), opens, closes)


def _minutes(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise ValueError(clock)
    return hour * 60 + minute


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _words(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(word, str) and word for word in value)


def _phrases(value: Any) -> bool:
    lists = value.values() if isinstance(value, dict) else [value]
    return all(_words(phrases) and all(map(_readable, phrases)) for phrases in lists)


def _readable(phrase: str) -> bool:
    try:
        parse(phrase, str)
    except PatternError:
        return False
    return "<name>" not in phrase  # names belong to acts, which are compiled with the table of names


def _hours(value: Any) -> bool:
    try:
        return value == "" or bool(hours(value))
    except (ValueError, AttributeError):
        return False


KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "switch": (lambda value: isinstance(value, bool), "true or false"),
    "number": (lambda value: isinstance(value, int) and _number(value), "a whole number from 1"),
    "seconds": (_number, "a number of seconds above 0"),
    "seconds by channel": (
        lambda value: isinstance(value, dict) and all(map(_number, value.values())),
        "channels with seconds, as {vk: 600}",
    ),
    "words": (_words, "a list of words, as [e-mail, app]"),
    "phrases": (_phrases, "a list of words or patterns, as [пожалуйста, ~минуточка], or such lists by language"),
    "phrases by name": (
        lambda value: isinstance(value, dict) and all(map(_phrases, value.values())),
        "names with lists of words or patterns",
    ),
    "end": (lambda value: value in ("contact", "closing"), "contact or closing"),
    "working hours": (_hours, "working hours, as 'mon-fri 09:00-18:00'"),
}
