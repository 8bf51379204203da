"""The report as text for a terminal: operators, checks, groups, coverage. Returned, never printed."""

from __future__ import annotations

import io
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from audit.report import CheckRow, Coverage, FoundRow, GroupRow, OperatorRow, Overall, Report
from audit.score import Interval
from audit.words import Words
from audit.writers.safe import line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from audit.compiled import CompiledPack

MOST_ROWS, MOST_REJECTS, MOST_CHECKS = 20, 5, 2
OFF_TERMINAL = 110  # columns where nobody tells


def console(width: int | None, colour: bool) -> Console:
    """A rich console that writes to memory; nothing in a chat is taken for markup, emoji or a link."""
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        width=width or OFF_TERMINAL,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        legacy_windows=False,
        soft_wrap=False,
    )


def rendered(parts: Iterable[RenderableType], width: int | None, colour: bool) -> str:
    """Renderables as text, without blanks at the ends of lines."""
    out = console(width, colour)
    for part in parts:
        out.print(part)
    assert isinstance(out.file, io.StringIO)
    return "\n".join(text.rstrip() for text in out.file.getvalue().splitlines()) + "\n"


def render(report: Report, pack: CompiledPack, words: Words, *, width: int | None = None, colour: bool = False) -> str:
    """The whole report as text of `width` columns."""
    titles = check_titles(pack, words)
    parts: list[RenderableType] = []
    if report.operators:
        parts.append(_operators(report.operators, titles, words))
    if report.groups:
        parts.append(_groups(report.groups, titles, words))
    if report.checks:
        parts.append(_checks(report.checks, titles, words))
    parts.extend(_lines(_coverage(report.coverage, words)))
    parts.extend(_lines([_overall(report.overall, words)]))
    return rendered(parts, width, colour)


def check_titles(pack: CompiledPack, words: Words) -> dict[str, str]:
    """What each check is called in this language."""
    return {name: words.local(check["title"]) for name, check in pack.checks.items()}


def _operators(rows: Sequence[OperatorRow], titles: Mapping[str, str], words: Words) -> Table:
    table = _table(
        words.say("Operators"),
        [
            words.say("operator"),
            words.say("score"),
            words.say("95 % interval"),
            words.say("chats"),
            words.say("place"),
            words.say("fails most often"),
        ],
        numbers=(1, 2, 3, 4),
    )
    why = {"too-few-chats": words.say("too few chats"), "overlap": words.say("not to be told apart")}
    for row in rows[:MOST_ROWS]:
        place = str(row.rank) if row.rank else why.get(row.why_no_rank or "", "–")
        _row(
            table,
            _who(row.operator, words),
            _mean(row.mean, words),
            _interval(row.interval, words),
            _count(row.n, row.chats, words),
            place,
            _titles(row.worst_checks, titles),
        )
    return _more(table, len(rows), words)


def _groups(rows: Sequence[GroupRow], titles: Mapping[str, str], words: Words) -> Table:
    table = _table(
        words.say("By {field}", field=line(rows[0].by)),
        [
            line(rows[0].by),
            words.say("score"),
            words.say("95 % interval"),
            words.say("chats"),
            words.say("fails most often"),
        ],
        numbers=(1, 2, 3),
    )
    for row in rows[:MOST_ROWS]:
        name = words.say("(none)") if row.value is None else str(row.value)
        _row(
            table,
            name,
            _mean(row.mean, words),
            _interval(row.interval, words),
            _count(row.n, row.chats, words),
            _titles(row.worst_checks, titles),
        )
    return _more(table, len(rows), words)


def _checks(rows: Sequence[CheckRow], titles: Mapping[str, str], words: Words) -> Table:
    counted = [row for row in rows if row.weight or row.critical]
    # what is seldom there has no column where it is not
    rare = [name for name in ("error", "unsure") if any(getattr(row, name) for row in counted)]
    heads = {"error": words.outcome("error"), "unsure": words.say("unsure")}
    columns = [
        words.say("check"),
        words.say("failed"),
        words.say("95 % interval"),
        words.say("of"),
        words.outcome("na"),
    ]
    table = _table(
        words.say("Checks, most often failed first"),
        [*columns, *(heads[name] for name in rare)],
        range(1, 5 + len(rare)),
    )
    for row in sorted(counted, key=lambda r: (-(r.fail_rate if r.fail_rate is not None else -1.0), r.check)):
        rate = words.percent(row.fail_rate) if row.fail_rate is not None else "–"
        interval = f"{row.interval[0] * 100:.0f}–{row.interval[1] * 100:.0f} %" if row.interval else "–"
        numbers = (row.failed + row.passed, row.na, *(getattr(row, name) for name in rare))
        _row(table, titles.get(row.check, row.check), rate, interval, *(words.number(number) for number in numbers))
    weightless = len(rows) - len(counted)
    if weightless:
        table.caption = words.plural(
            "{n} more check has no weight: judged, not counted.",
            "{n} more checks have no weight: judged, not counted.",
            weightless,
        )
    return table


def _coverage(coverage: Coverage, words: Words) -> list[str]:
    """What was read and what was not judged, a line each; only lines that say something."""
    lines = [
        words.plural("{n} dialogue was read", "{n} dialogues were read", coverage.dialogues)
        + _languages(coverage, words)
    ]
    if coverage.not_scored:
        lines.append(
            words.plural(
                "{n} dialogue was not scored: too thin, or without the one who is judged",
                "{n} dialogues were not scored: too thin, or without the one who is judged",
                coverage.not_scored,
            )
        )
    verdicts = coverage.verdicts
    lines.append(
        words.say(
            "verdicts: {passed} pass, {failed} fail, {na} not applicable, {error} not evaluated; unsure: {unsure}",
            passed=words.number(verdicts["pass"]),
            failed=words.number(verdicts["fail"]),
            na=words.number(verdicts["na"]),
            error=words.number(verdicts["error"]),
            unsure=words.number(coverage.unsure),
        )
    )
    lines += [_found(found, words) for found in coverage.findings]
    if coverage.rejected:
        lines.append(words.plural("{n} record was rejected:", "{n} records were rejected:", coverage.rejected))
        for item in coverage.rejected_first[:MOST_REJECTS]:
            place = item.path if item.line is None else f"{item.path}:{item.line}"
            detail = f" ({item.detail})" if item.detail else ""
            lines.append(f"  {place}: {item.code} {_meaning(item.code, words)}{detail}")
        if coverage.rejected > MOST_REJECTS:
            lines.append("  " + words.say("… and {n} more", n=words.number(coverage.rejected - MOST_REJECTS)))
    return lines


def _found(found: FoundRow, words: Words) -> str:
    """A finding with its meaning in a sentence and the first places; `explain` says what to do about it."""
    places = ", ".join(f"{place.get('path', '')}:{place.get('line', '')}".rstrip(":") for place in found.first)
    return words.say(
        "{code} × {count}. {meaning}: {places}",
        code=found.code,
        count=words.number(found.count),
        meaning=_meaning(found.code, words),
        places=places,
    )


def _meaning(code: str, words: Words) -> str:
    """What a finding says, in its first sentence."""
    from audit.readers.findings import FINDINGS

    return words.local(FINDINGS.get(code, {})).partition(". ")[0].partition(": ")[0].rstrip(".")


def _languages(coverage: Coverage, words: Words) -> str:
    known = {"unknown": words.say("language unknown")}
    return (
        " (" + ", ".join(f"{known.get(lang, lang)} {words.number(n)}" for lang, n in coverage.languages.items()) + ")"
        if coverage.languages
        else ""
    )


def _overall(overall: Overall, words: Words) -> str:
    if overall.mean is None:
        return words.say("Mean score: none, nothing was scored")
    values = {
        "mean": words.score(overall.mean),
        "interval": _interval(overall.interval, words),
        "n": words.number(overall.n),
    }
    if overall.interval is None:
        return words.say("Mean score {mean} (scored: {n}; too few for an interval)", **values)
    return words.say("Mean score {mean} (95 % interval {interval}; scored: {n})", **values)


def _table(title: str, columns: Sequence[str], numbers: Container[int]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title, "bold"), title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for i, column in enumerate(columns):
        table.add_column(
            Text(column), justify="right" if i in numbers else "left", overflow="fold", no_wrap=i in numbers
        )
    return table


def _row(table: Table, *cells: str) -> None:
    from rich.text import Text

    table.add_row(*(Text(line(cell)) for cell in cells))


def _more(table: Table, total: int, words: Words) -> Table:
    if total > MOST_ROWS:
        table.caption = words.say("… and {n} more; all are in -o report.json", n=words.number(total - MOST_ROWS))
    return table


def _lines(texts: Iterable[str]) -> list[RenderableType]:
    from rich.text import Text

    return [Text(" " * (len(text) - len(text.lstrip())) + line(text)) for text in texts]


def _who(name: str | None, words: Words) -> str:
    return words.say("unnamed") if name in (None, "", "unnamed") else str(name)


def _mean(mean: float | None, words: Words) -> str:
    return "–" if mean is None else words.score(mean)


def _interval(interval: Interval | None, words: Words) -> str:
    return "–" if interval is None else f"{words.score(interval[0])}–{words.score(interval[1])}"


def _count(n: int, chats: int, words: Words) -> str:
    return words.number(n) if n == chats else words.say("{n} of {all}", n=words.number(n), all=words.number(chats))


def _titles(checks: Sequence[str], titles: Mapping[str, str]) -> str:
    return ", ".join(titles.get(check, check) for check in checks[:MOST_CHECKS]) or "–"
