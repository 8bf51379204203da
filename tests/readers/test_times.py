"""Times as exports write them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from audit.readers import times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T10:15:04", datetime(2026, 3, 2, 10, 15, 4)),
        ("2026-03-02 10:15", datetime(2026, 3, 2, 10, 15)),
        ("2026-03-02T10:15:04.123Z", datetime(2026, 3, 2, 10, 15, 4, 123000, UTC)),
        ("2026-03-02T10:15:04+0300", datetime(2026, 3, 2, 10, 15, 4, tzinfo=timezone(timedelta(hours=3)))),
        ("2026-05-21T10:44:31 UTC", datetime(2026, 5, 21, 10, 44, 31, tzinfo=UTC)),
        ("02.03.2026 10:15:04", datetime(2026, 3, 2, 10, 15, 4)),
        ("2.3.26 9:05", datetime(2026, 3, 2, 9, 5)),
        ("02/03/2026, 10:15 PM", datetime(2026, 3, 2, 22, 15)),
        ("02/03/2026 10:15\u202fpm", datetime(2026, 3, 2, 22, 15)),
        ("02.03.2026 в 10:15", datetime(2026, 3, 2, 10, 15)),
        ("02.03.2026", datetime(2026, 3, 2)),
        ("10:15", time(10, 15)),
        ("12:05 am", time(0, 5)),
        ("1772446504", datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)),
        ("1772446504000", datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)),
        ("1772446504000000", datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)),
        ("03/25/2026", None),
        ("31.02.2026", None),
        ("25:15", None),
        ("вчера", None),
        ("", None),
        ("99999999999999999", None),
        ("2026-03-02T10:15:04+99:99", None),
    ],
)
def test_parse(text: str, expected: datetime | time | None) -> None:
    assert times.parse(text) == expected


def test_month_first_when_asked() -> None:
    assert times.parse("03/25/2026 10:15", month_first=True) == datetime(2026, 3, 25, 10, 15)


def test_excel_serials() -> None:
    assert times.serial(46083.5) == datetime(2026, 3, 2, 12) and times.serial(0.75) == time(18)
    assert times.serial(-1) is None and times.serial(0.9999999) == time(23, 59, 59)


def test_small_steps_back_are_no_midnight() -> None:
    last = datetime(2026, 3, 2, 10, 15)
    assert times.on_day(time(10, 10), last.date(), last, None) == datetime(2026, 3, 2, 10, 10)
    assert times.on_day(time(0, 1), last.date(), datetime(2026, 3, 2, 23), None) == datetime(2026, 3, 3, 0, 1)
