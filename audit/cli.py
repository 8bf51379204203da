"""The command line: arguments in, text and exit code out. Commands live in cli_*.py; nothing heavy is imported here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from audit import cli_check, cli_doctor, cli_look, cli_rules
from audit.cli_common import Session
from audit.cli_help import Group, translated, usage_error
from audit.errors import ChatauditError, UsageError
from audit.words import Words, language, mark

DONE, GATE, COULD_NOT, INCOMPLETE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 5, 130

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=mark("Judge operator–client chats by a checklist, with evidence for every verdict."),
    epilog="chataudit demo · chataudit check chats.csv -o report.csv · chataudit show chats.csv ID",
)


def _version(asked: bool) -> None:
    if asked:
        from audit import __version__

        print(f"chataudit {__version__}")
        raise typer.Exit(DONE)


@app.callback()
def _root(
    ui: Annotated[
        str | None, typer.Option("--ui", metavar="ru|en", help=mark("Language of words; stands with any command."))
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=mark("Show the version and exit."))
    ] = False,
) -> None:
    """`--ui` is taken out before typer sees the arguments; it stands here for the help."""


for part in (cli_check, cli_look, cli_rules, cli_doctor):
    part.register(app)


def main() -> None:
    """The entry point of the command `chataudit`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; every failure that a user can mend is words on stderr and code 2."""
    _utf8()
    words = Words(language())
    try:
        chosen, rest = _ui(arguments)
        words = Words(language(chosen))
        session = Session(words, chosen)
        code = translated(app, words)(args=rest, prog_name="chataudit", standalone_mode=False, obj=session)
        # typer turns Ctrl-C into a code, which deserves a word all the same
        return _interrupted(words) if code == INTERRUPTED else int(code or DONE)
    except typer.TyperException as error:
        print(usage_error(error, words), file=sys.stderr)
        return COULD_NOT
    except (ChatauditError, OSError) as error:
        return _failed(error, words)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted(words)
    except Exception:  # noqa: BLE001 - whatever it was, a user sees what to do about it
        import traceback

        traceback.print_exc()
        print(
            words.say("This is a defect of chataudit, not of your data; please report it with the lines above."),
            file=sys.stderr,
        )
        return COULD_NOT


def _interrupted(words: Words) -> int:
    print(words.say("Interrupted; no output file was changed."), file=sys.stderr)
    return INTERRUPTED


def _failed(error: Exception, words: Words) -> int:
    Session(words, None).tell(": ".join((words.say("Error"), str(error))))
    return COULD_NOT


def _ui(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take `--ui X` out of the arguments wherever it stands before `--`: help needs the language first of all."""
    chosen: str | None = None
    rest: list[str] = []
    given = iter(arguments)
    for argument in given:
        if argument == "--":
            return chosen, [*rest, argument, *given]
        if argument == "--ui":
            chosen = next(given, "")
        elif argument.startswith("--ui="):
            chosen = argument.removeprefix("--ui=")
        else:
            rest.append(argument)
    if chosen == "":
        raise UsageError("--ui: a language is missing; give ru or en")
    return chosen, rest


def _utf8() -> None:
    """Chats are Unicode whatever the console's code page; what cannot be shown is escaped, never an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
