"""What a caller may set for reading, and how readers report what they assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from audit.errors import UsageError
from audit.model import Dialogue, Rejected

if TYPE_CHECKING:
    from audit.readers.mapping import Mapping

Note = Callable[[str, str, dict[str, Any]], None]


def no_note(path: str, code: str, params: dict[str, Any]) -> None:
    """Drop a note: what happens when the caller does not ask for them."""


class ReadOptions(Struct, frozen=True):
    """How to read; every field may be left out.

    `roles` maps a source's role word or an author's name to a role and is compared case-insensitively.
    `tz` (an IANA name) is given to times that have no zone. `date` (ISO) is the day of times without one.
    Sizes: bytes for records and workbooks, characters for texts.
    """

    format: str | None = None
    mapping: Mapping | None = None
    roles: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    tz: str | None = None
    date: str | None = None
    note: Note = no_note
    max_record: int = 2_000_000
    max_text: int = 20_000
    max_turns: int = 10_000
    max_workbook: int = 512_000_000
    max_ratio: int = 100
    max_columns: int = 2_000


Item = Dialogue | Rejected
Reader = Callable[[Path, ReadOptions], Iterator[Item]]


def zone(options: ReadOptions) -> tzinfo | None:
    """The zone for naive times; UsageError when it has no such name."""
    name = options.tz or (options.mapping.tz if options.mapping else None)
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"--tz {name}: no such time zone; give an IANA name such as Europe/Moscow") from error
