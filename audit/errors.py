"""Every exception of the package.

ChatauditError
├── PackError       a rule pack cannot be loaded (file, line, field, remedy)
├── MapError        a column map cannot be used (file, line, field, remedy)
├── ReadError       a file cannot be read at all; a broken record is a Rejected item instead
├── WriteError      an output cannot be written
└── UsageError      arguments that do not fit together

Some never leave the package; they stand where they are raised, for whoever catches them knows the place:

ValueError
├── PatternError    a pattern cannot be read (pattern.py); becomes a PackError with its file
└── ExampleError    an example of a pack cannot be read (examples.py); becomes a failed example
Exception
├── BrokenError     a record cannot become a dialogue (readers/lenient.py); becomes a Rejected item
└── CannotTell      a finder cannot say anything (finders.py); becomes `na` with its reason
"""

from __future__ import annotations


class ChatauditError(Exception):
    """Base of all errors a user can mend; `str()` is the whole message."""


class _PlacedError(ChatauditError):
    def __init__(self, path: object, line: int | None, field: str | None, what: str, remedy: str = "") -> None:
        self.path, self.line, self.field, self.what, self.remedy = str(path), line, field, what, remedy
        place = self.path if line is None else f"{self.path}:{line}"
        parts = [place, *([field] if field else []), what]
        super().__init__(": ".join(parts) + (f"; {remedy}" if remedy else ""))


class PackError(_PlacedError):
    """A rule pack cannot be loaded."""


class MapError(_PlacedError):
    """A column map cannot be used."""


class ReadError(_PlacedError):
    """A file cannot be read at all."""


class WriteError(_PlacedError):
    """An output cannot be written."""


class UsageError(ChatauditError):
    """Arguments that do not fit together."""
