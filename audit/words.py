"""Words for people: the program's texts in Russian and English, numbers, durations, and a pack's own texts.

Program texts are English message ids in the code and gettext catalogs in `locale/<ui>/LC_MESSAGES/chataudit.po`.
A catalog is compiled when first needed and kept in the cache folder under the hash of its .po file: an edit in a
clone is seen at once, a wheel needs no build step, and start-up pays for a plain .mo.
`python audit/locale/update.py` brings the catalogs up to date with the code.

Words never reach machine-readable files; only an explicit `--ui` does (see writers/).
"""

from __future__ import annotations

import gettext
import hashlib
import io
import os
import struct
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from audit.errors import UsageError
from audit.paths import PACKAGE, cache_dir

LANGUAGES = ("ru", "en")
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def mark(message: str) -> str:
    """Mark a text for the catalogs where it stands; it is translated where it is shown."""
    return message


def language(chosen: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """`ru` or `en`: what was chosen, else what the locale says (Russian for ru, English for all others).

    Raises UsageError for a language there is no catalog of.
    """
    if chosen is not None:
        if chosen not in LANGUAGES:
            raise UsageError(f"--ui {chosen}: no such language; known: {', '.join(LANGUAGES)}")
        return chosen
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "") or _system()
    return "ru" if locale.lower().startswith(("ru_", "ru-", "ru.", "russian")) or locale.lower() == "ru" else "en"


def _system() -> str:
    """The user's language on Windows, where none of the variables is set as a rule; elsewhere nothing."""
    if os.name != "nt":
        return ""
    import locale

    return locale.getlocale()[0] or ""


class Words:
    """One language's words; `ui` is `ru` or `en`."""

    __slots__ = ("_catalog", "ui")

    def __init__(self, ui: str) -> None:
        self.ui = language(ui)
        self._catalog = _catalog(self.ui)

    def say(self, message: str, /, **values: object) -> str:
        """The text in this language, its {places} filled."""
        text = self._catalog.gettext(message) if message else ""
        return text.format_map(values) if values else text

    def plural(self, one: str, many: str, /, n: int, **values: object) -> str:
        """The text in the form that the number asks for; {n} is the number."""
        return self._catalog.ngettext(one, many, n).format_map({"n": self.number(n), **values})

    def number(self, value: float, digits: int = 0) -> str:
        """A number as the language writes it, with at most `digits` decimals."""
        if value == int(value) and 0 <= value < 1000:
            return f"{value:.0f}"  # the common case must not cost the import
        return self._decimal(value, "#,##0." + "#" * digits if digits else "#,##0")

    def score(self, value: float) -> str:
        """A score with one decimal, always, so that columns stand in line."""
        return self._decimal(value, "#,##0.0")

    def _decimal(self, value: float, form: str) -> str:
        from babel.numbers import format_decimal

        return format_decimal(value, format=form, locale=self.ui)

    def percent(self, share: float) -> str:
        """A share of 0–1 as a whole percentage."""
        from babel.numbers import format_percent

        return format_percent(share, locale=self.ui)

    def duration(self, seconds: float) -> str:
        """Seconds as the two largest units that are not zero: «4 мин 10 с»."""
        left = max(0, round(seconds))
        texts = {"d": self.say("{n} d"), "h": self.say("{n} h"), "min": self.say("{n} min"), "s": self.say("{n} s")}
        parts: list[str] = []
        for size, unit in _UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append(texts[unit].format(n=count))
            elif parts:
                break
        return " ".join(parts[:2]) or texts["s"].format(n=0)

    def moment(self, value: Any) -> str:
        """A datetime as the language writes it, without seconds."""
        from babel.dates import format_datetime

        return format_datetime(value, "short", locale=self.ui)

    def local(self, texts: Mapping[str, str]) -> str:
        """A pack's own text in this language, else in English, else in the first there is."""
        return texts.get(self.ui) or texts.get("en") or next(iter(texts.values()), "")

    def turns(self, turns: Iterable[int]) -> str:
        """Turn numbers as people count them, from 1."""
        return ", ".join(str(turn + 1) for turn in turns)

    def outcome(self, outcome: str) -> str:
        """An outcome's name; one that is not known stands as it is."""
        names = {"pass": self.say("pass"), "fail": self.say("fail"), "na": self.say("n/a"), "error": self.say("error")}
        return names.get(outcome, outcome)


@cache
def _catalog(ui: str) -> gettext.NullTranslations:
    source = PACKAGE / "locale" / ui / "LC_MESSAGES" / "chataudit.po"
    try:
        data = source.read_bytes()
    except OSError:
        return gettext.NullTranslations()  # English ids are better than no program
    compiled = cache_dir() / f"words-{ui}-{hashlib.sha256(data).hexdigest()[:16]}.mo"
    try:
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, IndexError, struct.error):
        body = _compile(data, ui)
        _store(body, compiled)
        return gettext.GNUTranslations(io.BytesIO(body))


def _compile(data: bytes, ui: str) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    out = io.BytesIO()
    write_mo(out, read_po(io.BytesIO(data), locale=ui))
    return out.getvalue()


def _store(body: bytes, path: Path) -> None:
    """Keep a compiled catalog whole or not at all; a cache that cannot be written costs time, nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".words-")
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        Path(name).replace(path)
    except OSError:
        return
