"""What every record of a file needs, worked out once: the user's roles and kinds, the zone and the day."""

from __future__ import annotations

from datetime import date, tzinfo
from pathlib import Path

from msgspec import Struct, structs

from audit.errors import UsageError
from audit.readers import times
from audit.readers.lines import check_encoding
from audit.readers.options import ReadOptions, zone
from audit.readers.roles import KIND_WORDS, folded, role_table


class Known(Struct, frozen=True):
    """Tables are keyed by case-folded words; `words` collects role words as they were understood."""

    options: ReadOptions
    roles: dict[str, str]
    kinds: dict[str, str]
    zone: tzinfo | None
    day: date | None
    words: dict[str, str]

    def tell_words(self, path: str, sheet: str | None = None) -> None:
        """Note the role words met so far and what they were taken for."""
        if self.words:
            params = {"roles": dict(self.words)} | ({"sheet": sheet} if sheet else {})
            self.options.note(path, "roles", params)


def prepare(path: Path, options: ReadOptions) -> Known:
    """The knowledge for a file; UsageError for a bad role, zone, encoding or date."""
    mapping = options.mapping
    encoding = options.encoding or (mapping.encoding if mapping else None)
    if encoding:
        options = structs.replace(options, encoding=check_encoding(encoding))
    given = options.date or (mapping.date if mapping else None)
    day = times.find_date(given) if given else None
    if given and day is None:
        raise UsageError(f"date {given}: not a date; write it as 2026-03-02")
    kinds = {folded(word): kind for word, kind in mapping.kinds.items()} if mapping else {}
    return Known(options, role_table(options), KIND_WORDS | kinds, zone(options), day or times.find_date(path.stem), {})
