"""Times as exports write them: ISO, day first, epoch of three units, time of day alone, Excel serials."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

NO_DAY = date(1970, 1, 1)

_CLOCK_PART = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?"
_MARK = r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
_HALF = r"\s?([ap]\.?m\.?)?"
_ISO = re.compile(rf"^(\d{{4}})[-./](\d{{1,2}})[-./](\d{{1,2}})(?:[T ,]+{_CLOCK_PART})?{_MARK}", re.IGNORECASE)
_DAY = re.compile(
    rf"^(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:[T ,в]+{_CLOCK_PART}{_HALF})?{_MARK}", re.IGNORECASE
)
_CLOCK = re.compile(rf"^{_CLOCK_PART.replace('[:.]', ':')}{_HALF}$", re.IGNORECASE)
_EPOCH = re.compile(r"^-?\d{9,17}(?:[.,]\d{1,9})?$")
# A blank, a no-break blank and a narrow one all stand before PM or between date and time.
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ") | dict.fromkeys(map(ord, "\u200e\u200f\ufeff"), "")


def parse(value: str, zone: tzinfo | None = None, month_first: bool = False) -> datetime | time | None:
    """A moment, a time of day when no date is written, or None when it is not understood; naive without a zone.

    `value` is text; numbers of 9 to 17 digits are epoch seconds, milliseconds or microseconds by size.
    """
    value = value.translate(_BLANKS).strip()
    try:
        if found := _ISO.match(value):
            year, month, day, hour, minute, second, part, mark = found.groups()
            return _moment(int(year), int(month), int(day), hour, minute, second, part, None, mark, zone)
        if found := _DAY.match(value):
            first, _, other, year, hour, minute, second, part, half, mark = found.groups()
            day, month = (int(other), int(first)) if month_first else (int(first), int(other))
            return _moment(_century(year), month, day, hour, minute, second, part, half, mark, zone)
        if found := _CLOCK.match(value):
            hour, minute, second, part, half = found.groups()
            return time(_hour(hour, half), int(minute), int(second or 0), _micro(part))
        if _EPOCH.match(value):
            return epoch(float(value.replace(",", ".")))
    except (ValueError, OverflowError):
        return None
    return None


def epoch(number: float) -> datetime | None:
    """A moment in UTC from epoch seconds, milliseconds or microseconds, told apart by size; None when neither fits."""
    for limit, unit in ((1e8, 0.0), (1e11, 1.0), (1e14, 1e3), (1e17, 1e6)):
        if abs(number) < limit:
            if not unit:
                return None
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / unit)
    return None


def serial(number: float, base1904: bool = False) -> datetime | time | None:
    """An Excel serial: days since 1899-12-30 (or 1904-01-01); below 1 it is a time of day; rounded to a second."""
    if not 0 <= number < 2_958_466:
        return None
    seconds = round(number * 86400)
    if number < 1:
        return (datetime.min + timedelta(seconds=min(seconds, 86399))).time()
    start = datetime(1904, 1, 1) if base1904 else datetime(1899, 12, 30)
    try:
        return start + timedelta(seconds=seconds)
    except OverflowError:
        return None


def find_date(text: str) -> date | None:
    """The first date written in a header or a file's name; None when there is none."""
    for found in re.finditer(
        r"(?<!\d)(\d{4})[-._](\d{2})[-._](\d{2})(?!\d)|(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", text
    ):
        year, month, day, day2, month2, year2 = found.groups()
        try:
            return date(int(year or year2), int(month or month2), int(day or day2))
        except ValueError:
            continue
    return None


def on_day(clock: time, day: date, last: datetime | None, zone: tzinfo | None) -> datetime:
    """A time of day put on a day; it moves to the next day when the clock went back over midnight.

    `last` is the moment before it. Only a jump back of more than 12 hours is midnight; a smaller one is turns out
    of order.
    """
    base = max(day, last.date()) if last else day
    moment = datetime.combine(base, clock.replace(tzinfo=None), last.tzinfo if last else zone)
    if last and last - moment > timedelta(hours=12):
        moment += timedelta(days=1)
    return moment


def _moment(
    year: int, month: int, day: int, hour: str | None, minute: str | None, second: str | None, part: str | None,
    half: str | None, mark: str | None, zone: tzinfo | None,
) -> datetime:  # fmt: skip
    known = _zone(mark) or zone
    return datetime(year, month, day, _hour(hour or "0", half), int(minute or 0), int(second or 0), _micro(part), known)


def _zone(mark: str | None) -> tzinfo | None:
    if not mark:
        return None
    if mark[0] not in "+-":
        return UTC
    digits = mark[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if mark[0] == "+" else -offset)


def _hour(hour: str, half: str | None) -> int:
    number = int(hour)
    if half:
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return number


def _micro(part: str | None) -> int:
    return int(part[:6].ljust(6, "0")) if part else 0


def _century(year: str) -> int:
    return int(year) + 2000 if len(year) == 2 else int(year)
