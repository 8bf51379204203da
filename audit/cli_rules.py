"""`rules list|test|try` and `eval`: a pack's contents, its own tests, a sentence against it, verdicts against gold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from audit.cli_common import Rules, Subject, load, pack_folder, session, subject_of
from audit.cli_help import command, group
from audit.errors import UsageError
from audit.words import Words, mark

Name = Annotated[
    str | None, typer.Argument(metavar="PACK", help=mark("A pack's folder or name; the standard pack by default."))
]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    rules = group(mark("Rule packs: what is in them, their tests, trying a sentence."))
    command(rules, "list", mark("The checks of a pack, and its acts."))(list_rules)
    command(rules, "test", mark("Run the examples of a pack: they are its tests."))(run_tests)
    command(rules, "try", mark("What a pack finds in a sentence."))(try_rules)
    app.add_typer(rules, name="rules")
    command(app, "eval", mark("Verdicts against gold labels: precision, recall, kappa with intervals."))(evaluate)


def list_rules(context: typer.Context, name: Name = None) -> int:
    """Name, weight and title of every check, then the acts, on stdout."""
    said = session(context)
    pack = load(name)
    said.out(f"{pack.label}\n")
    width = max((len(check) for check in pack.checks), default=0)
    for check, body in pack.checks.items():
        weight = said.words.number(body["weight"], 2)
        star = "*" if body["critical"] else " "
        said.out(f"{check:<{width}} {weight:>5}{star} {said.words.local(body['title'])}\n")
    said.out(said.words.say("acts: {names}", names=", ".join(pack.acts)) + "\n")
    return 0


def run_tests(context: typer.Context, name: Name = None) -> int:
    """Failed examples on stdout, the count on stderr; 1 when any failed, 5 when the pack has none."""
    from audit.examples import run_examples

    said = session(context)
    total = failed = 0
    for result in run_examples(pack_folder(name)):
        total += 1
        if not result.ok:
            failed += 1
            place = f"{result.kind} {result.name} {result.lang} {result.outcome} #{result.number}"
            said.out(f"{place}: {result.detail}\n")
    ran = said.words.plural("{n} example was run", "{n} examples were run", total)
    wrong = said.words.plural("{n} failed", "{n} failed", failed)
    said.tell(f"{ran}, {wrong}")
    return 5 if not total else 1 if failed else 0


def try_rules(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=mark("A sentence, in quotes."), show_default=False)],
    rules: Rules = None,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang", metavar="ru|lv|en", help=mark("The sentence's language; told from its letters otherwise.")
        ),
    ] = None,
) -> int:
    """The sentence with each hit marked, the pattern that made it, and what the pattern expands to."""
    from audit.examples import try_text

    said = session(context)
    found = try_text(text, pack_folder(rules), lang=lang)
    said.out("\n".join(_tried(text, found, said.words)) + "\n")
    return 0


def _tried(text: str, found: dict[str, Any], words: Words) -> Iterator[str]:
    from audit.writers.safe import line

    def marked(hit: dict[str, Any]) -> str:
        return f"{text[: hit['start']]}[[{text[hit['start'] : hit['end']]}]]{text[hit['end'] :]}"

    if not found["hits"]:
        yield words.say("Nothing is found in this sentence.")
    for hit in found["hits"]:
        yield line(f"{hit['act']}: {marked(hit)}")
        pattern = hit.get("pattern")
        if pattern:
            yield "  " + words.say("pattern: {pattern}", pattern=line(str(pattern)))
    for hit in found.get("nearly", ()):
        probability = words.number(hit["score"], 2)
        yield " ".join(
            (words.say("nearly, with probability {p}:", p=probability), line(f"{hit['act']}: {marked(hit)}"))
        )
    for hit in found.get("not", ()):
        yield " ".join(
            (words.say("looks like it and is not:"), line(f"{hit['act']}: {marked(hit)} ({hit['pattern']})"))
        )
    for pattern, forms in found.get("expands", {}).items():
        yield words.say("{pattern} expands to:", pattern=line(str(pattern)))
        yield "  " + line("; ".join(str(form) for form in forms))


def evaluate(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="CORPUS", help=mark("Files or folders with gold labels."), show_default=False),
    ],
    rules: Rules = None,
    subject: Subject = "operator",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.json", help=mark("Write all figures here."))
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help=mark("List the labels that got another verdict."))] = False,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="CORPUS", help=mark("Another corpus: how far its figures lie from these.")),
    ] = None,
) -> int:
    """The table on stdout; 5 when nothing has labels, 3 when records were rejected, 1 when a floor is not held."""
    from audit.evaluate import error_lines, gap, gap_table, table, to_json
    from audit.evaluate import evaluate as run
    from audit.writers import replacing
    from audit.writers.safe import terminal

    said = session(context)
    if output is not None and output.suffix.lower() != ".json":
        raise UsageError(f"-o {output}: figures are written as .json")
    pack = load(rules)
    result = run(paths, pack, subject_of(subject))
    gaps = gap(run([against], pack, subject_of(subject)), result) if against else []
    said.out(table(result, said.words.ui))
    if gaps:
        said.out("\n" + gap_table(gaps, str(against), said.words.ui))
    if errors:
        said.out("".join(f"{terminal(line)}\n" for line in error_lines(result)))
    if output is not None:
        with replacing(output) as file:
            file.write(to_json(result, gaps) + b"\n")
    for floor in result.below:
        said.tell(said.words.say("below its floor: {floor}", floor=floor))
    return 5 if not result.totals else 3 if result.rejected else 1 if result.below else 0
