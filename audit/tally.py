"""Adding up: from a stream of audited dialogues to one report.

Memory holds sums per operator and per group and short lists of examples, never the dialogues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import heappush, heapreplace
from typing import TYPE_CHECKING, Any

import msgspec

from audit.model import OUTCOMES, Audited, Dialogue, Rejected, Scorecard, Verdict
from audit.report import (
    Asked,
    CheckRow,
    Coverage,
    Example,
    FoundRow,
    Gate,
    GroupRow,
    OperatorCheck,
    OperatorRow,
    Overall,
    Report,
    dimension,
)
from audit.score import Running, standings, wilson

if TYPE_CHECKING:
    from audit.compiled import CompiledPack

PLACES, EXAMPLES, WORST, REJECTS = 3, 3, 20, 100
_COLUMN = {outcome: i for i, outcome in enumerate(OUTCOMES)}
_UNSURE = len(OUTCOMES)


class _Sums:
    """Sums of one operator or group: scores, and per check the counts of outcomes and of unsure verdicts."""

    __slots__ = ("chats", "checks", "ident", "name", "scores")

    def __init__(self, name: Any, ident: str | None = None) -> None:
        self.name, self.ident, self.chats = name, ident, 0
        self.scores = Running()
        self.checks: dict[str, list[int]] = {}

    def add(self, card: Scorecard) -> None:
        self.chats += 1
        if card.score is not None:
            self.scores.add(card.score)
        checks = self.checks
        for verdict in card.verdicts:
            row = checks.get(verdict.check)
            if row is None:
                row = checks[verdict.check] = [0] * (_UNSURE + 1)
            row[_COLUMN[verdict.outcome]] += 1
            if not verdict.sure:
                row[_UNSURE] += 1

    def mean(self) -> float | None:
        return self.scores.mean if self.scores.n else None

    def rows(self) -> tuple[OperatorCheck, ...]:
        return tuple(_operator_check(check, counts) for check, counts in self.checks.items())

    def worst(self, weights: dict[str, float]) -> tuple[str, ...]:
        """Up to three failed checks that count in the score, lowest share of passes first."""
        failed = [(c[0] / (c[0] + c[1]), -c[1], name) for name, c in self.checks.items() if c[1] and weights.get(name)]
        return tuple(name for _, _, name in sorted(failed)[:3])


class Reporter:
    """Takes what the engine yields, one item at a time, and gives the report at the end."""

    def __init__(self, pack: CompiledPack, asked: Asked | None = None) -> None:
        self.pack, self.asked = pack, asked or Asked()
        self.weights: dict[str, float] = {name: check["weight"] for name, check in pack.checks.items()}
        self.operators: dict[str | None, _Sums] = {}
        self.groups: dict[str, _Sums] = {}
        self.overall = Running()
        self.dialogues = self.scorecards = self.rejected = self.order = 0
        self.rejected_first: list[Rejected] = []
        self.rejected_codes: Counter[str] = Counter()
        self.findings: dict[str, tuple[list[int], list[dict[str, Any]]]] = {}
        self.reasons: dict[str, Counter[str]] = {"na": Counter(), "error": Counter()}
        self.languages: Counter[str] = Counter()
        self.examples: dict[str, list[Example]] = {}
        self.worst: list[tuple[float, int, Example]] = []

    def add(self, item: Audited | Rejected) -> None:
        """Count one dialogue or one rejected record."""
        if isinstance(item, Rejected):
            self.rejected += 1
            self.rejected_codes[item.code] += 1
            if len(self.rejected_first) < REJECTS:
                self.rejected_first.append(item)
            return
        self.dialogues += 1
        self._found(item.dialogue)
        self.languages[next((card.lang for card in item.scorecards if card.lang), None) or "unknown"] += 1
        scores = [card.score for card in item.scorecards if card.score is not None]
        if scores:
            self.overall.add(sum(scores) / len(scores))
        for card in item.scorecards:
            self._card(card, item.dialogue)

    def _card(self, card: Scorecard, dialogue: Dialogue) -> None:
        self.scorecards += 1
        key = card.operator_id or card.operator
        sums = self.operators.get(key)
        if sums is None:
            sums = self.operators[key] = _Sums(card.operator, card.operator_id)
        sums.add(card)
        if self.asked.by:
            value = dimension(self.asked.by, card, dialogue)
            name = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            self.groups.setdefault(name, _Sums(value)).add(card)
        failed: list[str] = []
        for verdict in card.verdicts:
            if verdict.outcome == "fail":
                if verdict.weight or verdict.critical:
                    failed.append(verdict.check)
                self._example(verdict, card)
            elif verdict.outcome != "pass":
                self.reasons[verdict.outcome][str(verdict.reason.get("code", ""))] += 1
        if card.score is not None and failed:
            self._worst(card, tuple(failed), card.score)

    def _example(self, verdict: Verdict, card: Scorecard) -> None:
        kept = self.examples.setdefault(verdict.check, [])
        if len(kept) < EXAMPLES:
            turn = verdict.evidence[0].turn if verdict.evidence else None
            kept.append(Example(card.dialogue, card.operator, card.source, turn))

    def _worst(self, card: Scorecard, failed: tuple[str, ...], score: float) -> None:
        self.order += 1
        if len(self.worst) == WORST and -score <= self.worst[0][0]:
            return  # the heap's head is the best of the worst; of equals the earlier one stays
        entry = (-score, -self.order, Example(card.dialogue, card.operator, card.source, None, score, failed))
        (heappush if len(self.worst) < WORST else heapreplace)(self.worst, entry)

    def _found(self, dialogue: Dialogue) -> None:
        for finding in dialogue.findings:
            count, first = self.findings.setdefault(finding.code, ([0], []))
            count[0] += 1
            if len(first) < PLACES:
                place = {
                    "path": dialogue.source.path,
                    "line": finding.line or dialogue.source.line,
                    "dialogue": dialogue.id,
                    "turn": finding.turn,
                    "detail": finding.detail,
                }
                first.append({key: value for key, value in place.items() if value not in (None, "")})

    def report(self) -> Report:
        """The report over everything added so far; the same input gives the same report."""
        checks = self._checks()
        return Report(
            operators=self._operators(),
            checks=checks,
            coverage=self._coverage(checks),
            groups=self._groups(),
            overall=Overall(self.overall.n, self.overall.mean if self.overall.n else None, self.overall.interval()),
            gate=self._gate(checks),
            pack=self.pack.label,
            minimum_chats=self.pack.minimum_chats,
            worst=tuple(entry[2] for entry in sorted(self.worst, key=lambda e: (-e[0], -e[1]))),
        )

    def _operators(self) -> tuple[OperatorRow, ...]:
        known = [sums for key, sums in self.operators.items() if key is not None]
        best_first = sorted(known, key=self._place)  # those with too few chats to be compared come last
        means = [(s.scores.mean, s.scores.interval(), s.scores.n) for s in best_first]
        places = standings(means, self.pack.minimum_chats)
        return tuple(
            OperatorRow(
                s.name,
                s.ident,
                s.chats,
                s.scores.n,
                s.mean(),
                mean[1],
                place.rank,
                place.why,
                s.worst(self.weights),
                s.rows(),
            )
            for s, mean, place in zip(best_first, means, places, strict=True)
        )

    def _place(self, sums: _Sums) -> tuple[bool, bool, float, str, str]:
        n = sums.scores.n
        return n < self.pack.minimum_chats, n == 0, -sums.scores.mean, str(sums.name), str(sums.ident)

    def _groups(self) -> tuple[GroupRow, ...]:
        by = self.asked.by or ""
        return tuple(
            GroupRow(by, s.name, s.chats, s.scores.n, s.mean(), s.scores.interval(), s.worst(self.weights), s.rows())
            for _, s in sorted(self.groups.items())
        )

    def _checks(self) -> tuple[CheckRow, ...]:
        total: dict[str, list[int]] = {}
        for sums in self.operators.values():
            for check, counts in sums.checks.items():
                row = total.setdefault(check, [0] * (_UNSURE + 1))
                total[check] = [a + b for a, b in zip(row, counts, strict=True)]
        ordered = [*(name for name in self.pack.checks if name in total), *sorted(set(total) - set(self.pack.checks))]
        return tuple(self._check(name, total[name]) for name in ordered)

    def _check(self, name: str, counts: Sequence[int]) -> CheckRow:
        passed, failed, na, error, unsure = counts
        n = passed + failed
        critical = bool(self.pack.checks.get(name, {}).get("critical"))
        return CheckRow(
            name,
            self.weights.get(name, 0.0),
            critical,
            passed,
            failed,
            na,
            error,
            unsure,
            failed / n if n else None,
            wilson(failed, n),
            tuple(self.examples.get(name, ())),
        )

    def _coverage(self, checks: Iterable[CheckRow]) -> Coverage:
        rows = list(checks)
        return Coverage(
            dialogues=self.dialogues,
            scored=self.overall.n,
            not_scored=self.dialogues - self.overall.n,
            scorecards=self.scorecards,
            no_subject=self.operators[None].chats if None in self.operators else 0,
            rejected=self.rejected,
            rejected_by_code=dict(sorted(self.rejected_codes.items())),
            rejected_first=tuple(self.rejected_first),
            findings=tuple(FoundRow(c, n[0], tuple(first)) for c, (n, first) in sorted(self.findings.items())),
            verdicts={
                "pass": sum(r.passed for r in rows),
                "fail": sum(r.failed for r in rows),
                "na": sum(r.na for r in rows),
                "error": sum(r.error for r in rows),
            },
            unsure=sum(r.unsure for r in rows),
            na_by_reason=_by_count(self.reasons["na"]),
            error_by_reason=_by_count(self.reasons["error"]),
            languages=_by_count(self.languages),
        )

    def _gate(self, checks: Iterable[CheckRow]) -> Gate | None:
        """Whether the gates hold; a mean that cannot be told does not hold one, for silence is never a pass."""
        under, on = self.asked.fail_under, self.asked.fail_on
        if under is None and not on:
            return None
        failed = [row.check for row in checks if row.check in on and row.failed]
        if under is not None and (self.overall.n == 0 or self.overall.mean < under):
            failed.insert(0, "fail-under")
        return Gate(not failed, under, on, tuple(failed))


def _operator_check(check: str, counts: Sequence[int]) -> OperatorCheck:
    passed, failed, na, error = counts[:_UNSURE]
    n = passed + failed
    return OperatorCheck(check, passed, failed, na, error, passed / n if n else None, wilson(passed, n))


def _by_count(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
