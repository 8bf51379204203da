"""An evaluation as text for people and as JSON for programs. Returned, never printed."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from audit.evaluate_types import CheckScore, EvalResult, Gap, Interval, Totals
from audit.words import Words


def to_json(result: EvalResult, gaps: Sequence[Gap] = ()) -> bytes:
    """The whole result, with the gaps to another corpus; numbers are not rounded, undefined ones are null."""
    return msgspec.json.encode({**msgspec.to_builtins(result), **({"gaps": gaps} if gaps else {})})


def gap_table(gaps: Sequence[Gap], other: str, ui: str | None = "en") -> str:
    """Every check of two corpora: `other` minus this one; above zero it does better where it was tuned."""
    words = Words(ui or "en")
    head = [words.say("{other} minus this", other=other), "κ", "F1"]
    rows = [[one.check, _signed(one.kappa_gap), _signed(one.f1_gap)] for one in gaps]
    return "\n".join(_aligned([head, *rows])) + "\n"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}"


def table(result: EvalResult, ui: str | None = "en") -> str:
    """A table per language and its totals, in the language of the words `ui`."""
    words = Words(ui or "en")
    parts = []
    for total in result.totals:
        scores = [score for score in result.checks if score.lang == total.lang]
        parts.append(
            "\n".join(
                [_title(total, words), *(_aligned(_rows(scores, words)) if scores else ()), *_summary(total, words)]
            )
        )
    if not parts:
        parts.append(words.say("Nothing here has gold labels."))
    if result.rejected:
        parts.append(words.plural("{n} record was rejected.", "{n} records were rejected.", result.rejected))
    return "\n\n".join(parts) + "\n"


def error_lines(result: EvalResult) -> list[str]:
    """A line for every label that got another verdict: dialogue, check, operator, gold, got, reason; tab-separated."""
    lines = []
    for pair in result.errors:
        reason = json.dumps(pair.reason, ensure_ascii=False, default=str)
        lines.append("\t".join((pair.dialogue, pair.check, pair.operator or "", pair.gold, pair.got, reason)))
    return lines


def _title(total: Totals, words: Words) -> str:
    lang = total.lang or words.say("all languages")
    labels = words.plural("{n} label", "{n} labels", total.n)
    return f"{lang}: {words.plural('{n} dialogue', '{n} dialogues', total.dialogues)}, {labels}"


def _rows(scores: Sequence[CheckScore], words: Words) -> list[list[str]]:
    head = [
        words.say("check"), "n", words.say("fails"), words.say("precision"), words.say("recall"), "F1", "κ",
        words.say("95 % interval"), words.say("coverage"), words.say("unsure"), words.say("false accusations"),
    ]  # fmt: skip
    rows = [
        [
            score.check, str(score.n), _percent(score.prevalence), _number(score.precision), _number(score.recall),
            _number(score.f1), _number(score.kappa), _interval(score.kappa_interval), _percent(score.coverage),
            _percent(score.unsure), _percent(score.false_accusation),
        ]
        for score in scores
    ]  # fmt: skip
    return [head, *rows]


def _summary(total: Totals, words: Words) -> list[str]:
    lines = [
        (words.say("pooled κ"), total.pooled_kappa, total.pooled_kappa_interval),
        (words.say("mean κ of checks"), total.macro_kappa, total.macro_kappa_interval),
        (words.say("mean F1 of fail"), total.macro_f1, total.macro_f1_interval),
    ]
    shares = [
        (words.say("coverage"), total.coverage),
        (words.say("unsure"), total.unsure),
        (words.say("false accusations"), total.false_accusation),
    ]
    texts = [f"{name} {_number(value)} ({_interval(around)})" for name, value, around in lines]
    return ["; ".join(texts), "; ".join(f"{name} {_percent(share)}" for name, share in shares)]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(around: Interval | None) -> str:
    return "–" if around is None else f"{around[0]:.2f}…{around[1]:.2f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
