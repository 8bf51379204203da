"""`doctor`: what this installation is made of, and whether it can work here."""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Iterator

import typer

from audit.cli_common import Rules, pack_folder, session
from audit.cli_help import command
from audit.errors import ChatauditError
from audit.words import Words, mark

PARTS = (
    "msgspec",
    "pydantic",
    "typer",
    "rich",
    "babel",
    "scipy",
    "numpy",
    "pymorphy3",
    "rapidfuzz",
    "ruamel.yaml",
    "spacy",
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    command(app, "doctor", mark("Versions, encodings, limits, and whether pack and cache are in order."))(doctor)


def doctor(context: typer.Context, rules: Rules = None) -> int:
    """Facts on stdout, a line each; 2 when a pack cannot be loaded."""
    said = session(context)
    for name, value in (*_versions(said.words), *_place(said.words), *_limits(said.words)):
        said.out(f"{name}: {value}\n")
    try:
        pack = _pack(rules, said.words)
    except ChatauditError as error:
        said.tell(": ".join((said.words.say("Error"), str(error))))
        return 2
    for name, value in pack:
        said.out(f"{name}: {value}\n")
    return 0


def _versions(words: Words) -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    from audit import __version__

    yield "chataudit", __version__
    yield "python", f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    for part in PARTS:
        try:
            yield part, version(part)
        except PackageNotFoundError:
            yield part, words.say("not installed")


def _place(words: Words) -> Iterator[tuple[str, str]]:
    yield words.say("language of words"), words.ui
    yield (
        words.say("encodings"),
        (
            f"stdout {sys.stdout.encoding}, files {sys.getfilesystemencoding()}, "
            f"locale {locale.getpreferredencoding(False)}"
        ),
    )
    yield words.say("processors"), str(os.cpu_count())
    yield words.say("cache"), _cache(words)


def _cache(words: Words) -> str:
    """Where compiled packs go, and whether they can."""
    import tempfile

    from audit.paths import cache_dir

    folder = cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            state = words.say("writable")
    except OSError as error:
        state = words.say("not writable ({why}): every start compiles anew", why=error.strerror)
    return f"{folder}, {state}"


def _limits(words: Words) -> Iterator[tuple[str, str]]:
    from audit.readers import ReadOptions

    limits = ReadOptions()
    yield words.say("limit: bytes in a record"), words.number(limits.max_record)
    yield words.say("limit: characters in a turn"), words.number(limits.max_text)
    yield words.say("limit: turns in a dialogue"), words.number(limits.max_turns)
    yield words.say("limit: bytes in a workbook"), words.number(limits.max_workbook)


def _pack(rules: str | None, words: Words) -> list[tuple[str, str]]:
    from audit.compile import load_pack

    folder = pack_folder(rules)
    pack = load_pack(folder)
    known = words.say(
        "{checks} checks, {acts} acts, languages: {languages}",
        checks=len(pack.checks),
        acts=len(pack.acts),
        languages=", ".join(pack.languages),
    )
    return [(words.say("pack"), f"{pack.label} ({folder})"), (words.say("pack holds"), known)]
