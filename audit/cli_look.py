"""`acts`, `show` and `explain`: what was recognised, why a verdict is what it is, what a check means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audit.cli_common import (
    Encoding,
    Format,
    Map,
    Roles,
    Rules,
    Subject,
    dialogues,
    load,
    look,
    pack_folder,
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
    from audit.model import Dialogue, Rejected
    from audit.pack import Act, Check

_BATCH = 500


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    command(app, "acts", mark("What is recognised in each turn, a JSON line each."))(acts)
    command(app, "show", mark("One dialogue with its evidence marked and the reason of every verdict."))(show)
    command(app, "explain", mark("What a check, an act or an importer finding means."))(explain)


def acts(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help=mark("Files or folders with chats."), show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.jsonl", help=mark("Write here, not to stdout."))
    ] = None,
    rules: Rules = None,
    form: Format = None,
    column_map: Map = None,
    roles: Roles = None,
    encoding: Encoding = None,
) -> int:
    """`{"dialogue", "turn", "act", "start", "end"}` a line; `turn` is 0-based, offsets are code points."""
    from audit.writers import replacing
    from audit.writers.jsonl import dump

    said = session(context)
    if output is not None and output.suffix.lower() != ".jsonl":
        raise UsageError(f"-o {output}: acts are written as .jsonl")
    pack = load(rules)
    counts = {"dialogues": 0, "rejected": 0}
    items = watched(dialogues(paths, form, column_map, roles or [], encoding), said.words)
    with replacing(output) if output else nullcontext() as file:
        for hit in _hits(items, pack, counts):
            if file is None:
                said.out(dump(hit).decode() + "\n")
            else:
                file.write(dump(hit) + b"\n")
    numbers = {key: said.words.number(value) for key, value in counts.items()}
    said.tell(said.words.say("Dialogues: {dialogues} · rejected: {rejected}", **numbers))
    return 5 if not counts["dialogues"] else 3 if counts["rejected"] else 0


def _hits(items: Iterable[Dialogue | Rejected], pack: CompiledPack, counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    from itertools import islice

    from audit.model import Dialogue
    from audit.recognise import Recogniser

    recogniser, stream = Recogniser(pack), iter(items)
    while block := list(islice(stream, _BATCH)):
        read = [item for item in block if isinstance(item, Dialogue)]
        counts["dialogues"] += len(read)
        counts["rejected"] += len(block) - len(read)
        for dialogue, (_lang, lines) in zip(read, recogniser.batch(read), strict=True):
            for hit in (hit for line in lines for hit in line.hits):
                yield {"dialogue": dialogue.id, "turn": hit.turn, "act": hit.act, "start": hit.start, "end": hit.end}


def show(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=mark("A file or folder with chats."), show_default=False)],
    ident: Annotated[str, typer.Argument(metavar="ID", help=mark("The dialogue's id."), show_default=False)],
    rules: Rules = None,
    form: Format = None,
    column_map: Map = None,
    roles: Roles = None,
    subject: Subject = "operator",
    encoding: Encoding = None,
) -> int:
    """The transcript on stdout; a dialogue that is not there is a usage error that names near ids."""
    from audit.engine import audit
    from audit.model import Audited
    from audit.writers.transcript import render

    said = session(context)
    subject_of(subject)
    pack = load(rules)
    dialogue = _one(dialogues([file], form, column_map, roles or [], encoding), ident, file)
    for item in audit([dialogue], pack, subject=subject):
        if isinstance(item, Audited):
            said.out(render(item, pack, said.words, **look()))
    return 0


def _one(items: Iterable[Dialogue | Rejected], ident: str, file: str) -> Dialogue:
    from audit.model import Dialogue

    seen: list[str] = []
    for item in items:
        if isinstance(item, Dialogue):
            if item.id == ident:
                return item
            if len(seen) < 10_000:  # enough to guess a near one from
                seen.append(item.id)
    raise UsageError(f"{file}: no dialogue {ident}; {suggestion(ident, seen) if seen else 'there are no dialogues'}")


def explain(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=mark("A check, an act, or a finding such as IMP001."), show_default=False),
    ],
    rules: Rules = None,
) -> int:
    """The texts and examples of the pack, or the meaning of a finding, on stdout."""
    from audit.pack import load_pack_files
    from audit.readers import FINDINGS

    said = session(context)
    if name.upper() in FINDINGS:
        said.out(f"{name.upper()}\n{said.words.local(FINDINGS[name.upper()])}\n")
        return 0
    pack = load_pack_files(pack_folder(rules))
    if name in pack.checks:
        said.out("\n".join(_check(name, pack.checks[name], said.words)) + "\n")
    if name in pack.acts:
        said.out("\n".join(_act(name, pack.acts[name], said.words)) + "\n")
    if name not in pack.checks and name not in pack.acts:
        known = [*pack.checks, *pack.acts, *FINDINGS]
        raise UsageError(f"explain {name}: no check, act or finding of this name; {suggestion(name, known)}")
    return 0


def _check(name: str, check: Check, words: Words) -> Iterator[str]:
    yield f"{name}: {words.local(check.title)}"
    yield words.local(check.why)
    yield words.say("weight {weight}", weight=words.number(check.weight, 2)) + (
        ", " + words.say("critical") if check.critical else ""
    )
    polarity = (
        words.say("looks {where} for, wanted: {items}")
        if check.expect
        else words.say("looks {where} for, unwanted: {items}")
    )
    from audit.reasons import PLACES

    yield polarity.format(
        where=words.say(PLACES[check.where]), items=", ".join(_item(item) for item in check.expect or check.forbid)
    )
    if check.na_if:
        yield words.say("not applicable when: {facts}", facts=", ".join(check.na_if))
    for key, value in check.options.items():
        yield words.say("option {name}: {value}", name=key, value=value)
    kinds = (("pass", check.examples.pass_), ("fail", check.examples.fail), ("na", check.examples.na))
    for outcome, lines in kinds:
        for example in _examples(lines, words):
            yield "\n" + words.say("Example, {outcome}:", outcome=words.outcome(outcome))
            yield example.rstrip()


def _act(name: str, act: Act, words: Words) -> Iterator[str]:
    yield f"{name}: {words.local(act.what)}"
    for lang, patterns in ((lang, patterns) for lang, patterns in act.patterns.items() if patterns):
        yield words.say("patterns, {lang}:", lang=lang)
        yield from (f"  {pattern}" for pattern in patterns)
    if act.learned:
        yield words.say(
            "learned: counts from probability {threshold}", threshold=words.number(act.learned.threshold, 2)
        )
    for title, lines in ((words.say("found in:"), act.examples.hit), (words.say("not found in:"), act.examples.miss)):
        if found := _examples(lines, words):
            yield title
            yield from (f"  {example}" for example in found)


def _examples(lines: dict[str, list[str]], words: Words) -> list[str]:
    return [str(line) for line in lines.get(words.ui) or next(iter(lines.values()), [])]


def _item(item: str | dict[str, dict[str, Any]]) -> str:
    return item if isinstance(item, str) else next(iter(item))
