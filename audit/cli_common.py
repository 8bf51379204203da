"""What all commands share: the session's words, saying things in the right stream, options, the way in.

Light on purpose: nothing here may import more than typer, for `--help` answers at once.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer

from audit.errors import UsageError
from audit.paths import data_dir
from audit.words import Words, mark

if TYPE_CHECKING:
    from audit.compiled import CompiledPack
    from audit.model import Dialogue, Rejected

_T = TypeVar("_T")

Rules = Annotated[
    str | None,
    typer.Option("--rules", metavar="PACK", help=mark("A rule pack: a folder, or the name of a shipped one.")),
]
Format = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help=mark("The input's format, where the suffix does not tell.")),
]
Map = Annotated[Path | None, typer.Option("--map", metavar="FILE", help=mark("A column map (YAML)."))]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="WHO=ROLE",
        help=mark("Give a role word or an author a role; may be repeated."),
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help=mark("The input's encoding, such as cp1251."))
]
Subject = Annotated[str, typer.Option("--subject", metavar="operator|bot", help=mark("Whose words are judged."))]


class Session(NamedTuple):
    """One run of the program: its words, and the language where it was asked for and not guessed."""

    words: Words
    chosen: str | None

    def out(self, text: str) -> None:
        """Data to stdout; a reader that went away is no error."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def tell(self, text: str) -> None:
        """Words to stderr."""
        from audit.writers.safe import terminal

        print(terminal(text), file=sys.stderr, flush=True)


def session(context: typer.Context) -> Session:
    """The session that `main` made."""
    found = context.obj
    assert isinstance(found, Session)
    return found


def look() -> dict[str, Any]:
    """Width and colour of stdout for the terminal writers: no colour off a terminal or with NO_COLOR."""
    tty = sys.stdout.isatty()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return {
        "width": shutil.get_terminal_size().columns if tty or os.environ.get("COLUMNS") else None,
        "colour": tty and not plain,
    }


def pack_folder(name: str | None) -> Path:
    """The folder of a pack given by path or by the name of a shipped one; the standard pack by default."""
    if name is None:
        return data_dir("rules") / "standard"
    path = Path(name)
    return (
        data_dir("rules") / name if not path.exists() and (data_dir("rules") / name / "pack.yaml").is_file() else path
    )


def load(name: str | None) -> CompiledPack:
    """The compiled pack for `--rules`."""
    from audit.compile import load_pack

    return load_pack(pack_folder(name))


def dialogues(
    paths: Iterable[str],
    form: str | None,
    column_map: Path | None,
    roles: Iterable[str],
    encoding: str | None,
    note: Callable[[str, str, dict[str, Any]], None] | None = None,
) -> Iterator[Dialogue | Rejected]:
    """What the readers make of the paths, with the options every reading command has."""
    from audit.readers import ReadOptions, load_map, read

    mapping = load_map(column_map) if column_map else None
    return read(
        list(paths), ReadOptions(format=form, mapping=mapping, roles=role_table(roles), encoding=encoding), note
    )


def role_table(pairs: Iterable[str]) -> dict[str, str]:
    """`WHO=ROLE` pairs as a table; the last `=` divides, for a name may have one. Raises UsageError."""
    from audit.model import ROLES

    table: dict[str, str] = {}
    for pair in pairs:
        who, sign, role = pair.rpartition("=")
        role = role.strip().casefold()
        if not sign or not who.strip() or role not in ROLES:
            raise UsageError(f"--role {pair}: not WHO=ROLE; roles are {', '.join(ROLES)}")
        table[who.strip()] = role
    return table


def subject_of(name: str) -> str:
    """A checked `--subject`. Raises UsageError."""
    from audit.model import SUBJECTS

    if name not in SUBJECTS:
        raise UsageError(f"--subject {name}: no such subject; known: {', '.join(SUBJECTS)}")
    return name


def suggestion(word: str, known: Iterable[str]) -> str:
    """«did you mean», or all that is known, for an error text."""
    import difflib

    names = list(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(names[:40])}"


def watched(items: Iterable[_T], words: Words) -> Iterator[_T]:
    """The items, with a count on stderr when it is a terminal and the work takes more than a second."""
    import time

    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    start, bar, task = time.monotonic(), None, None
    try:
        for count, item in enumerate(items, 1):
            yield item
            if bar is None and time.monotonic() - start > 1:
                bar, task = _bar(words)
            if bar is not None and task is not None and count % 100 == 0:
                bar.update(task, completed=count)
    finally:
        if bar is not None:
            bar.stop()


def _bar(words: Words) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn(words.say("dialogues: {n}", n="{task.completed}"), markup=False)
    bar = Progress(SpinnerColumn(), text, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task("", total=None)
