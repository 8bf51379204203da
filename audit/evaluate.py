"""Verdicts against gold labels: agreement per check and language, with intervals, and whether floors hold.

`kappa` is Cohen's over pass, fail and na; a label that got no verdict (`none`) or an `error` is a disagreement.
Precision, recall and F1 are of `fail`. Formulas and their sources: evaluate_measures.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from audit import evaluate_measures as m
from audit.compiled import CompiledPack
from audit.engine import audit
from audit.errors import ReadError
from audit.evaluate_floors import against_floors, floors_near
from audit.evaluate_table import error_lines, gap_table, table, to_json
from audit.evaluate_types import CheckScore, EvalResult, Gap, Pair, Totals
from audit.model import Audited, Dialogue, Rejected, Verdict


def evaluate(
    paths: Iterable[str | Path], pack: CompiledPack, subject: str = "operator", seed: int = m.SEED
) -> EvalResult:
    """Audit the labelled dialogues of some files or folders and compare.

    Floors of the nearest `floors.yaml` above the corpus are checked (`below`). Raises ReadError for a file that
    cannot be read and for labels that are not as the contract says; rejected records are counted.
    """
    from audit.readers import read

    chosen = [str(path) for path in paths]
    result = score_items(audit(read(chosen), pack, subject=subject), pack.label, subject, chosen, seed)
    floors = floors_near(chosen)
    return structs.replace(result, below=tuple(against_floors(result, floors))) if floors else result


def score_items(
    items: Iterable[Audited | Rejected], pack: str, subject: str, paths: Sequence[str], seed: int = m.SEED
) -> EvalResult:
    """The evaluation of verdicts that anything has given, the engine or a baseline."""
    pairs: list[Pair] = []
    rejected = 0
    for number, item in enumerate(items):
        if isinstance(item, Rejected):
            rejected += 1
        else:
            pairs.extend(compare(number, item))
    langs = sorted({pair.lang for pair in pairs})
    checks: list[CheckScore] = []
    totals: list[Totals] = []
    for lang in [*langs, None] if len(langs) > 1 else langs:
        scores, total = score_pairs([pair for pair in pairs if lang in (None, pair.lang)], lang, seed)
        checks.extend(scores if lang is not None else ())
        totals.append(total)
    errors = tuple(pair for pair in pairs if pair.gold != pair.got)
    return EvalResult(pack, subject, tuple(paths), rejected, tuple(checks), tuple(totals), errors)


def compare(number: int, item: Audited) -> Iterator[Pair]:
    """Every label of a dialogue beside the verdict it is about.

    An operator is found by name or id. A label without one takes the only verdict of its check; where several
    operators have one, the worst of theirs (fail, then pass).
    """
    lang = next((card.lang for card in item.scorecards if card.lang), None) or item.dialogue.lang or "?"
    for check, outcome, operator in labels(item.dialogue):
        found = [
            verdict
            for card in item.scorecards
            if operator is None or operator in (card.operator, card.operator_id)
            for verdict in card.verdicts
            if verdict.check == check
        ]
        got = min(found, key=_worst) if found else None
        reason = got.reason if got else {"code": "no-verdict"}
        yield Pair(
            number, item.dialogue.id, lang, check, operator, outcome, got.outcome if got else "none",
            got.sure if got else True, reason,
        )  # fmt: skip


def _worst(verdict: Verdict) -> int:
    return ("fail", "error", "pass", "na").index(verdict.outcome)


def labels(dialogue: Dialogue) -> Iterator[tuple[str, str, str | None]]:
    """(check, outcome, operator or None) of every gold label, in both shapes of the contract. Raises ReadError."""
    given = dialogue.labels
    if isinstance(given, dict):
        given = [{"check": check, **(body if isinstance(body, dict) else {})} for check, body in given.items()]
    for number, label in enumerate(given if isinstance(given, list) else [] if given is None else [given]):
        fields: dict[str, Any] = label if isinstance(label, dict) else {}
        check, outcome, operator = fields.get("check"), fields.get("outcome"), fields.get("operator")
        if not isinstance(check, str) or outcome not in m.GOLD or not isinstance(operator, str | None):
            remedy = f"a label has a check and an outcome ({', '.join(m.GOLD)}), and may name an operator"
            where = dialogue.source.path or dialogue.id
            raise ReadError(where, dialogue.source.line, f"labels.{check or number}", "is no gold label", remedy)
        yield check, str(outcome), operator


def score_pairs(pairs: Sequence[Pair], lang: str | None, seed: int = m.SEED) -> tuple[list[CheckScore], Totals]:
    """The scores of every check in some pairs, and their totals."""
    numbers = {number: i for i, number in enumerate(sorted({pair.number for pair in pairs}))}
    names = {name: i for i, name in enumerate(sorted({pair.check for pair in pairs}))}
    rows = [(numbers[pair.number], names[pair.check], pair.gold, pair.got) for pair in pairs]
    counts = m.tabulate(rows, len(numbers), len(names))
    drawn = m.resample(counts, seed)
    summed, kappas = counts.sum(0), m.kappa(drawn)
    scores = [
        _check(name, lang or "", summed[i], kappas[:, i], [pair for pair in pairs if pair.check == name])
        for name, i in names.items()
    ]
    return scores, _totals(lang, len(numbers), summed, drawn, pairs)


def _check(name: str, lang: str, counts: m.Array, kappas: m.Array, pairs: Sequence[Pair]) -> CheckScore:
    precision, recall, f1 = m.fail_scores(counts)
    return CheckScore(
        check=name,
        lang=lang,
        n=len(pairs),
        precision=m.known(precision),
        recall=m.known(recall),
        f1=m.known(f1),
        kappa=m.known(m.kappa(counts)),
        kappa_interval=m.interval(kappas),
        prevalence=float(counts[1].sum() / counts.sum()),
        coverage=m.known(m.coverage(counts)),
        unsure=_unsure(pairs),
        false_accusation=m.known(m.false_accusations(counts)),
    )


def _totals(lang: str | None, dialogues: int, counts: m.Array, drawn: m.Array, pairs: Sequence[Pair]) -> Totals:
    pooled, resampled = counts.sum(0), m.kappa(drawn)
    return Totals(
        lang=lang,
        dialogues=dialogues,
        n=len(pairs),
        pooled_kappa=m.known(m.kappa(pooled)),
        pooled_kappa_interval=m.interval(m.kappa(drawn.sum(1))),
        macro_kappa=m.known(m.mean(m.kappa(counts))),
        macro_kappa_interval=m.interval(m.mean(resampled)),
        macro_f1=m.known(m.mean(m.fail_scores(counts)[2])),
        macro_f1_interval=m.interval(m.mean(m.fail_scores(drawn)[2])),
        coverage=m.known(m.coverage(pooled)),
        unsure=_unsure(pairs),
        false_accusation=m.known(m.false_accusations(pooled)),
    )


def _unsure(pairs: Sequence[Pair]) -> float | None:
    return sum(not pair.sure for pair in pairs) / len(pairs) if pairs else None


def gap(dev: EvalResult, test: EvalResult) -> list[Gap]:
    """Every check that both results have, first minus second: what is lost on dialogues nobody tuned for."""
    other = {(score.check, score.lang): score for score in test.checks}
    found = []
    for one in dev.checks:
        two = other.get((one.check, one.lang))
        if two is not None:
            kappas, f1s = (one.kappa, two.kappa), (one.f1, two.f1)
            found.append(Gap(one.check, one.lang, kappas, f1s, _minus(*kappas), _minus(*f1s)))
    return found


def _minus(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else one - two


__all__ = [
    "CheckScore", "EvalResult", "Gap", "Pair", "Totals", "against_floors", "error_lines", "evaluate", "gap", "gap_table", "labels",
    "score_items", "score_pairs", "table", "to_json",
]  # fmt: skip
