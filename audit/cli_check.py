"""`check` and `demo`: dialogues in, a table on stdout, results in files, the last words on stderr."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audit.cli_common import (
    Encoding,
    Format,
    Map,
    Roles,
    Rules,
    Session,
    Subject,
    dialogues,
    load,
    look,
    session,
    subject_of,
    suggestion,
    watched,
)
from audit.cli_help import command
from audit.errors import UsageError
from audit.words import Words, mark

if TYPE_CHECKING:
    from audit.compiled import CompiledPack
    from audit.model import Audited, Dialogue, Rejected
    from audit.report import Asked, Report

Paths = Annotated[
    list[str], typer.Argument(metavar="PATH", help=mark("Files or folders with chats."), show_default=False)
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help=mark("Write results here; the suffix picks the format; may be repeated."),
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    command(app, "demo", mark("Audit the demo chats that come with the program."))(demo)
    command(app, "check", mark("Audit chats: scores, verdicts with evidence, reports."))(check)


def check(
    context: typer.Context,
    paths: Paths,
    outputs: Outputs = None,
    rules: Rules = None,
    form: Format = None,
    column_map: Map = None,
    roles: Roles = None,
    subject: Subject = "operator",
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="N", help=mark("Exit code 1 when the mean score is below N (0–100).")),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on", metavar="CHECK", help=mark("Exit code 1 when this check fails anywhere; may be repeated.")
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="FIELD", help=mark("Group the report by a field: channel, category, …")),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", help=mark("Number of processes."))] = 1,
    encoding: Encoding = None,
) -> int:
    """The main job; gives the contract's exit code."""
    said = session(context)
    if jobs < 1:
        raise UsageError(f"--jobs {jobs}: at least 1")
    _check_outputs(paths, outputs or [])
    subject_of(subject)
    pack = load(rules)
    asked = _asked(pack, fail_under, fail_on or [], by)

    def note(path: str, code: str, params: dict[str, Any]) -> None:
        said.tell(note_text(path, code, params, said.words))

    items = dialogues(paths, form, column_map, roles or [], encoding, note)
    return run(said, items, pack, outputs or [], asked, subject, jobs)


def _asked(pack: CompiledPack, fail_under: float | None, fail_on: Sequence[str], by: str | None) -> Asked:
    from audit.report import Asked

    if fail_under is not None and not 0 <= fail_under <= 100:
        raise UsageError(f"--fail-under {fail_under:g}: a score is between 0 and 100")
    for name in fail_on:
        if name not in pack.checks:
            raise UsageError(f"--fail-on {name}: no such check; {suggestion(name, pack.checks)}")
    return Asked(by, fail_under, tuple(dict.fromkeys(fail_on)))


def demo(context: typer.Context, outputs: Outputs = None, rules: Rules = None) -> int:
    """Audit the shipped chats; without `-o` a report is left in the current folder."""
    from audit.paths import data_dir
    from audit.report import Asked
    from audit.writers import WRITERS

    said = session(context)
    chats = str(data_dir("corpora") / "demo" / "demo.jsonl")
    chosen = outputs or [Path("chataudit-demo" + (".html" if ".html" in WRITERS else ".csv"))]
    _check_outputs([chats], chosen)
    return run(said, dialogues([chats], None, None, (), None), load(rules), chosen, Asked(), "operator", 1)


def run(
    said: Session,
    items: Iterable[Dialogue | Rejected],
    pack: CompiledPack,
    outputs: Sequence[Path],
    asked: Asked,
    subject: str,
    jobs: int,
) -> int:
    """Audit, write, show; the exit code of what happened."""
    from audit.report import exit_code
    from audit.writers import write
    from audit.writers.terminal import render

    report = write(
        watched(_audited(items, pack, subject, jobs), said.words), pack, outputs, asked=asked, ui=said.chosen
    )
    if report.coverage.dialogues:
        said.out(render(report, pack, said.words, **look()))
    code = exit_code(report)
    said.tell("\n".join(last_lines(report, outputs, code, said.words)))
    return code


def _audited(
    items: Iterable[Dialogue | Rejected], pack: CompiledPack, subject: str, jobs: int
) -> Iterator[Audited | Rejected]:
    from audit import engine

    with engine.uncollected():
        yield from engine.audit(items, pack, subject=subject, jobs=jobs)


def _check_outputs(paths: Iterable[str], outputs: Sequence[Path]) -> None:
    """Every mistake about outputs is told before the work, not after it."""
    from audit.writers import writer_of

    inputs = {os.path.realpath(path) for path in paths}
    for output in outputs:
        writer_of(output)
        if os.path.realpath(output) in inputs:
            raise UsageError(f"-o {output}: this is an input; it would be overwritten")


def last_lines(report: Report, outputs: Sequence[Path], code: int, words: Words) -> list[str]:
    """How the run ended: counts, gate, where the results lie, what to do next."""
    coverage = report.coverage
    counts = {"read": coverage.dialogues, "rejected": coverage.rejected, "thin": coverage.not_scored}
    numbers = {key: words.number(value) for key, value in counts.items()}
    lines = [words.say("Audited: {read} · rejected: {rejected} · not scored: {thin}", **numbers)]
    if code == 5:
        return [*lines, words.say("There are no dialogues in what was read.")]
    if code == 2:
        first = coverage.rejected_first[0]
        return [*lines, words.say("Nothing could be read."), f"{first.path}: {first.detail or first.code}"]
    lines += _gate(report, words)
    if code == 3:
        lines.append(words.say("The run is incomplete: see what was rejected or not evaluated."))
    if report.groups and all(group.value is None for group in report.groups):
        lines.append(words.say("No dialogue has the field {field}.", field=report.groups[0].by))
    if outputs:
        lines.append(words.say("Results: {files}", files=", ".join(str(path) for path in outputs)))
    return [*lines, *_next(report, outputs, words)]


def _gate(report: Report, words: Words) -> list[str]:
    gate = report.gate
    if gate is None:
        return []
    if gate.passed:
        return [words.say("Gate: passed")]
    failed: list[str] = []
    for name in gate.failed:
        if name != "fail-under":
            failed.append(words.say("{check} failed", check=name))
        elif report.overall.mean is None:
            failed.append(words.say("nothing was scored"))
        else:
            mean, limit = words.number(report.overall.mean, 2), words.number(gate.fail_under or 0.0, 2)
            failed.append(words.say("mean {mean} is below {limit}", mean=mean, limit=limit))
    return [words.say("Gate: not passed: {why}", why="; ".join(failed))]


def _next(report: Report, outputs: Sequence[Path], words: Words) -> list[str]:
    """The worst dialogue is the one to look at."""
    if report.worst:
        worst = report.worst[0]
        target = f"chataudit show {shlex.quote(worst.source.path)} {shlex.quote(worst.dialogue)}"
        return [words.say("Next: {command}", command=target)]
    return [] if outputs else [words.say("Next: {command}", command="chataudit check … -o report.csv")]


def note_text(path: str, code: str, params: dict[str, Any], words: Words) -> str:
    """What a reader assumed, as a sentence; an unknown code stands as it is."""
    if code == "columns":
        pairs = ", ".join(f"{field} ← {header}" for field, header in params.get("columns", {}).items())
        extra = ", ".join(str(name) for name in params.get("extra", ()))
        text = words.say("columns: {pairs}", pairs=pairs)
        text += "; " + words.say("kept as they are: {extra}", extra=extra) if extra else ""
    elif code == "roles":
        pairs = ", ".join(f"{who} = {role}" for who, role in params.get("roles", {}).items())
        text = words.say("roles: {pairs}", pairs=pairs)
    elif code == "encoding":
        text = words.say("encoding: {name}", name=params.get("encoding"))
    elif code == "delimiter":
        text = words.say("delimiter: {sign}", sign=repr(params.get("delimiter")))
    elif code == "rows-not-contiguous":
        text = words.say("rows of a dialogue do not stand together; they were gathered")
    elif code == "sheet-skipped":
        text = words.say("sheet {sheet} was skipped: no header known", sheet=params.get("sheet"))
    else:
        text = " ".join((code, *(f"{key}={value}" for key, value in params.items())))
    return f"{path}: {text}"
