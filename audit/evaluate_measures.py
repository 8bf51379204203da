"""Agreement of verdicts with gold labels, in numbers; pure arithmetic over counts, vectorised over resamples.

Counts are arrays `[…, gold, got]` of 3 × 5: gold is pass, fail, na; got is these, error or none (no verdict at all).

    kappa     (p_o − p_e) / (1 − p_e), Cohen (1960), Educational and Psychological Measurement 20:37–46
    interval  2.5th to 97.5th percentile over 1000 resamples of whole dialogues (Efron & Tibshirani 1993, ch. 13):
              the verdicts of one dialogue hang together, so they are drawn together
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

GOLD = ("pass", "fail", "na")
GOT = (*GOLD, "error", "none")
RESAMPLES = 1000
SEED = 7
_PASS, _FAIL, _NA = 0, 1, 2

Array = np.ndarray[Any, Any]
Interval = tuple[float, float]


def kappa(counts: Array) -> Array:
    """Cohen's kappa of counts `[…, 3, 5]`; nan where chance agreement is total, so that nothing can be said."""
    counts = counts.astype(np.float64)
    n = counts.sum((-1, -2))
    agreed = np.trace(counts[..., :3], axis1=-2, axis2=-1)
    chance = (counts.sum(-1) * counts.sum(-2)[..., :3]).sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(n * n > chance, (n * agreed - chance) / (n * n - chance), np.nan)
    return result


def fail_scores(counts: Array) -> tuple[Array, Array, Array]:
    """Precision, recall and F1 of `fail`; nan where there is nothing to divide by."""
    hit = counts[..., _FAIL, _FAIL].astype(np.float64)
    said = counts[..., :, _FAIL].sum(-1)
    true = counts[..., _FAIL, :].sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return hit / said, hit / true, 2 * hit / (said + true)


def false_accusations(counts: Array) -> Array:
    """Share of all verdicts that fail what gold passes or finds not applicable."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = (counts[..., _PASS, _FAIL] + counts[..., _NA, _FAIL]) / counts.sum((-1, -2))
    return result


def coverage(counts: Array) -> Array:
    """Share of gold pass and fail that got pass or fail, and not na, error or nothing."""
    decided = counts[..., : _FAIL + 1, :].sum((-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = counts[..., : _FAIL + 1, : _FAIL + 1].sum((-1, -2)) / decided
    return result


def resample(counts: Array, seed: int = SEED, resamples: int = RESAMPLES) -> Array:
    """Counts `[dialogues, checks, 3, 5]` → `[resamples, checks, 3, 5]`, dialogues drawn with replacement."""
    dialogues = len(counts)
    if dialogues == 0:
        return np.zeros((resamples, *counts.shape[1:]))
    drawn = np.random.default_rng(seed).multinomial(dialogues, np.full(dialogues, 1 / dialogues), resamples)
    flat: Array = drawn.astype(np.float64) @ counts.reshape(dialogues, -1)
    return flat.reshape(resamples, *counts.shape[1:])


def mean(values: Array) -> Array:
    """Mean over the last axis of what is defined; nan where nothing is."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(known, values, 0).sum(-1) / known.sum(-1)
    return result


def interval(values: Array) -> Interval | None:
    """The 95 % percentile interval of resampled values; None where most resamples leave it undefined."""
    known = values[~np.isnan(values)]
    if len(known) * 2 <= len(values):
        return None
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)


def known(value: Any) -> float | None:
    """A plain number; None for nan."""
    return None if np.isnan(value) else float(value)


def tabulate(rows: Sequence[tuple[int, int, str, str]], dialogues: int, checks: int) -> Array:
    """(dialogue, check, gold, got) rows as counts `[dialogues, checks, 3, 5]`."""
    counts = np.zeros((dialogues, checks, len(GOLD), len(GOT)))
    for dialogue, check, gold, got in rows:
        counts[dialogue, check, GOLD.index(gold), GOT.index(got)] += 1
    return counts
