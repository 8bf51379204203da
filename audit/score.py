"""From verdicts to a score, from scores to a mean with an interval, from means to a ranking.

A scoring policy is a function from verdicts to 0–100 or None; it names no check. POLICIES is the table of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import sqrt

from msgspec import Struct

from audit.model import Verdict

Interval = tuple[float, float]
Policy = Callable[[Iterable[Verdict]], "float | None"]

LEVEL = 0.95
_Z = 1.959963984540054  # the normal quantile of (1 + LEVEL) / 2


def weighted(verdicts: Iterable[Verdict]) -> float | None:
    """100 × passed weight / (passed + failed weight); a failed critical check gives 0, nothing scored gives None.

    `na` and `error` leave numerator and denominator alike (the weighted mean over applicable criteria that
    MaestroQA, Zendesk QA and Amazon Connect document). A weight of 0 does not count, unless the check is critical.
    """
    passed = failed = 0.0
    fatal = False
    for verdict in verdicts:
        if verdict.outcome == "pass":
            passed += verdict.weight
        elif verdict.outcome == "fail":
            failed += verdict.weight
            fatal = fatal or verdict.critical
    if fatal:
        return 0.0
    return 100 * passed / (passed + failed) if passed + failed > 0 else None


POLICIES: dict[str, Policy] = {"weighted": weighted}


def score(verdicts: Iterable[Verdict], policy: str = "weighted") -> float | None:
    """The score of one scorecard, 0–100 or None, by a policy of the table."""
    return POLICIES[policy](verdicts)


def wilson(successes: int, n: int) -> Interval | None:
    """The 95 % score interval of a share, both ends in 0–1; None for n = 0.

    Wilson (1927), JASA 22:209–212. It keeps its coverage with small n and shares near 0 and 1, where chats live.
    """
    if n == 0:
        return None
    share = successes / n
    z2 = _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - half)  # exact ends: rounding must not give 1e-17
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


@cache
def _student(df: int) -> float:
    """The 97.5 % quantile of Student's t; the import costs 0.3 s and is needed only where a mean has an interval."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + LEVEL) / 2))


class Running:
    """Count, mean and sum of squared deviations of a stream (Welford 1962): no value is kept."""

    __slots__ = ("m2", "mean", "n")

    def __init__(self) -> None:
        self.n, self.mean, self.m2 = 0, 0.0, 0.0

    def add(self, value: float) -> None:
        """Take one more value."""
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self.m2 += step * (value - self.mean)

    def interval(self, floor: float = 0.0, ceiling: float = 100.0) -> Interval | None:
        """Student's interval of the mean at 95 %, mean ± t·s/√n, cut to the scale's ends; None for fewer than two values."""
        if self.n < 2:
            return None
        half = _student(self.n - 1) * sqrt(self.m2 / (self.n - 1) / self.n)
        return max(floor, self.mean - half), min(ceiling, self.mean + half)


class Standing(Struct, frozen=True):
    """A place among operators (1 is best), or why there is none: `too-few-chats`, `overlap`."""

    rank: int | None
    why: str | None = None


def standings(means: Sequence[tuple[float, Interval | None, int]], minimum: int) -> list[Standing]:
    """Places of (mean, interval, n) that are sorted best first.

    Nobody is ranked below `minimum` chats, nor where the interval overlaps that of a neighbour in the ranking:
    the order of two such operators is chance as likely as not.
    """
    eligible = [i for i, (_, interval, n) in enumerate(means) if interval is not None and n >= minimum]
    found = [Standing(None, "too-few-chats")] * len(means)
    for place, i in enumerate(eligible):
        around = eligible[max(0, place - 1) : place] + eligible[place + 1 : place + 2]
        clash = any(_overlap(means[i][1], means[j][1]) for j in around)
        found[i] = Standing(None, "overlap") if clash else Standing(place + 1)
    return found


def _overlap(one: Interval | None, other: Interval | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])
