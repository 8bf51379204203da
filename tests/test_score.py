"""Scores by hand, intervals against scipy.stats and statsmodels, rankings that do not pretend."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from audit.model import Verdict
from audit.score import POLICIES, Running, score, standings, wilson
from tests.writers.fakes import verdict


def _verdicts(**outcomes: str) -> list[Verdict]:
    weights = {"a": 40, "b": 20, "c": 60}
    return [verdict(name, outcome, weights[name]) for name, outcome in outcomes.items()]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (_verdicts(a="pass", b="fail"), 100 * 40 / 60),
        (_verdicts(a="pass", b="na", c="error"), 100.0),
        (_verdicts(a="fail", b="fail"), 0.0),
        (_verdicts(a="na", b="error"), None),
        ([], None),
        ([verdict("x", "pass", 0)], None),
        ([verdict("x", "fail", 0), verdict("y", "pass", 5)], 100.0),
        ([verdict("x", "fail", 1, critical=True), verdict("y", "pass", 99)], 0.0),
        ([verdict("x", "fail", 0, critical=True), verdict("y", "pass", 99)], 0.0),
        ([verdict("x", "na", 1, critical=True), verdict("y", "pass", 99)], 100.0),
    ],
)
def test_weighted(verdicts: list[Verdict], expected: float | None) -> None:
    assert score(verdicts) == expected
    assert POLICIES["weighted"](verdicts) == expected


@pytest.mark.parametrize("n", [1, 2, 5, 10, 37, 1000])
def test_wilson_is_statsmodels(n: int) -> None:
    for successes in {0, 1, n // 3, n // 2, n - 1, n}:
        assert wilson(successes, n) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-12)


def test_wilson_of_nothing_is_none() -> None:
    assert wilson(0, 0) is None


def test_wilson_ends_are_exact() -> None:
    assert (wilson(0, 7) or (1, 0))[0] == 0.0
    assert (wilson(7, 7) or (1, 0))[1] == 1.0


@pytest.mark.parametrize("values", [[50.0, 60.0], [71.5, 80.0, 66.0, 92.0, 55.5], [40.0] * 9 + [41.0]])
def test_mean_interval_is_students(values: list[float]) -> None:
    running = Running()
    for value in values:
        running.add(value)
    mean = sum(values) / len(values)
    expected = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=stats.sem(values))
    assert running.mean == pytest.approx(mean)
    assert running.interval(-1e9, 1e9) == pytest.approx(expected)


def test_one_value_has_no_interval_and_two_are_cut_to_the_scale() -> None:
    running = Running()
    running.add(90)
    assert running.interval() is None
    running.add(100)
    low, high = running.interval() or (0, 0)
    assert (low, high) == (pytest.approx(31.469, abs=0.001), 100.0)


def test_operators_far_apart_are_ranked() -> None:
    places = standings([(90, (88, 92), 9), (70, (68, 72), 9), (50, (48, 52), 9)], 5)
    assert [place.rank for place in places] == [1, 2, 3]


def test_neighbours_that_overlap_are_not_ranked() -> None:
    places = standings([(90, (88, 92), 9), (70, (60, 80), 9), (69, (59, 79), 9), (10, (9, 11), 9)], 5)
    assert [(place.rank, place.why) for place in places] == [(1, None), (None, "overlap"), (None, "overlap"), (4, None)]


def test_too_few_chats_are_not_ranked_and_do_not_stand_between() -> None:
    places = standings([(99, None, 1), (90, (88, 92), 9), (89, (10, 100), 4), (70, (68, 72), 9)], 5)
    assert [(place.rank, place.why) for place in places] == [
        (None, "too-few-chats"),
        (1, None),
        (None, "too-few-chats"),
        (2, None),
    ]


def test_import_stays_light() -> None:
    code = "import sys, audit.score; sys.exit(any(m.startswith('scipy') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
