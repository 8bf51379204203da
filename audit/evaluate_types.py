"""What an evaluation gives; shares and coefficients are 0–1 (kappa −1–1), None where nothing can be divided."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Interval = tuple[float, float]


class Pair(Struct, frozen=True):
    """One label beside what was judged; `number` tells dialogues apart even where ids do not."""

    number: int
    dialogue: str
    lang: str
    check: str
    operator: str | None
    gold: str
    got: str
    sure: bool
    reason: dict[str, Any]


class CheckScore(Struct, frozen=True):
    """One check in one language.

    prevalence        share of labels that are fail
    coverage          share of gold pass and fail that got pass or fail
    unsure            share of verdicts marked as not sure
    false_accusation  fail given where gold is pass or na, of all verdicts
    """

    check: str
    lang: str
    n: int
    precision: float | None
    recall: float | None
    f1: float | None
    kappa: float | None
    kappa_interval: Interval | None
    prevalence: float | None
    coverage: float | None
    unsure: float | None
    false_accusation: float | None


class Totals(Struct, frozen=True):
    """All checks of one language, or of all languages (`lang` None): pooled counts, and means over checks."""

    lang: str | None
    dialogues: int
    n: int
    pooled_kappa: float | None
    pooled_kappa_interval: Interval | None
    macro_kappa: float | None
    macro_kappa_interval: Interval | None
    macro_f1: float | None
    macro_f1_interval: Interval | None
    coverage: float | None
    unsure: float | None
    false_accusation: float | None


class EvalResult(Struct, frozen=True, tag_field="schema", tag="chataudit.eval/1"):
    """A whole evaluation; `errors` are the labels that got another verdict, `below` the floors that do not hold."""

    pack: str
    subject: str
    paths: tuple[str, ...]
    rejected: int
    checks: tuple[CheckScore, ...]
    totals: tuple[Totals, ...]
    errors: tuple[Pair, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def overall(self) -> Totals | None:
        """The totals over everything; None where nothing was labelled."""
        return self.totals[-1] if self.totals else None


class Gap(Struct, frozen=True):
    """One check on two corpora; a gap above zero means the first (dev) looks better than the second (test)."""

    check: str
    lang: str
    kappa: tuple[float | None, float | None]
    f1: tuple[float | None, float | None]
    kappa_gap: float | None
    f1_gap: float | None
