"""Fit the weights of `replied.py`: `python -m audit.train_questions rules/standard corpora/ru` (needs the extra `train`).

Two kinds of labels under the corpus folder: `questions/<file>.tsv` (`dialogue.turn.token<TAB>answered|unanswered|none`)
for the dialogues of `train/<file>.jsonl`, question by question; and the gold labels of `dev` and `regression`, which name
the turns of questions without a reply. Where such a turn holds several questions, the one that looks most like it is
meant, and the others do not count (four rounds). Deterministic; prints what leaving one file out at a time gives.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audit.compile import load_pack
from audit.engine import Engine
from audit.frame import Frame
from audit.model import Dialogue
from audit.pending import UNANSWERED, asked, runs
from audit.readers import read
from audit.recognise import Sentence
from audit.replied import Features, describe

STRENGTH, ROUNDS = 5.0, 4
GOLD = ("dev", "regression")
CHECK = "unanswered-question"

Array = np.ndarray[Any, Any]


class Row:
    """A question: its file, dialogue and turn, its features, whether it got no reply; `exact`: labelled by itself."""

    __slots__ = ("dialogue", "exact", "features", "file", "missing", "turn")

    def __init__(self, file: str, place: tuple[str, int], features: Features, *, missing: bool, exact: bool) -> None:
        self.file, self.features, self.missing, self.exact = file, features, missing, exact
        self.dialogue, self.turn = place


def questions(frame: Frame) -> Iterator[tuple[Sentence, Features]]:
    """Every question of a dialogue with its features."""
    side = frame.mine or frame.bots
    for run in runs(frame, side):
        together = [s for turn in run for s in frame.sentences(turn) if asked(s)]
        yield from ((question, describe(frame, question, together, run, side)) for question in together)


def rows(engine: Engine, corpus: Path) -> Iterator[Row]:
    """All labelled questions, files in the order of their names."""
    for path in sorted((corpus / "train").glob("*.jsonl")):
        labels = corpus / "questions" / f"{path.stem}.tsv"
        if labels.is_file():
            told = dict(line.split("\t") for line in labels.read_text(encoding="utf-8").splitlines())
            for dialogue, question, features in _all(engine, path):
                label = told.get(f"{dialogue.id}.{question.turn}.{question.first}")
                if label is not None:
                    place = dialogue.id, question.turn
                    yield Row(path.stem, place, features, missing=label == "unanswered", exact=True)
    for path in (path for part in GOLD for path in sorted((corpus / part).glob("*.jsonl"))):
        for dialogue, question, features in _all(engine, path):
            left = {
                turn for label in dialogue.labels or () if label["check"] == CHECK for turn in label.get("turns", ())
            }
            yield Row(path.stem, (dialogue.id, question.turn), features, missing=question.turn in left, exact=False)


def _all(engine: Engine, path: Path) -> Iterator[tuple[Dialogue, Sentence, Features]]:
    for dialogue in read([path]):
        if isinstance(dialogue, Dialogue):
            for question, features in questions(engine.frame(dialogue)):
                yield dialogue, question, features


def fit(x: Array, found: Sequence[Row]) -> Array:
    """Weights of standardised columns, the shift last."""
    y = np.array([row.missing for row in found])
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, row in enumerate(found):
        if row.missing and not row.exact:
            groups[row.dialogue, row.turn].append(number)
    counts = np.ones(len(found))
    weights = _regress(x, y, counts)
    for _round in range(ROUNDS):
        logits = x @ weights[:-1]
        counts = np.ones(len(found))
        for several in groups.values():
            meant = max(several, key=lambda number: float(logits[number]))
            counts[[number for number in several if number != meant]] = 0
        weights = _regress(x, y, counts)
    return weights


def _regress(x: Array, y: Array, counts: Array) -> Array:
    from scipy.optimize import minimize

    sign = np.where(y, 1.0, -1.0)

    def loss(flat: Array) -> tuple[float, Array]:
        z = (x @ flat[:-1] + flat[-1]) * sign
        small = np.exp(-np.abs(z))
        miss = -sign * counts * np.where(z >= 0, small, 1) / (1 + small)
        value = (counts * (np.maximum(-z, 0) + np.log1p(small))).sum() + STRENGTH * (flat[:-1] @ flat[:-1]) / 2
        return float(value), np.append(x.T @ miss + STRENGTH * flat[:-1], miss.sum())

    result: Array = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return result


def held_out(x: Array, found: Sequence[Row]) -> str:
    """Agreement by dialogue on the gold files, each judged by weights that have not seen it."""
    files = np.array([row.file for row in found])
    gold: dict[str, bool] = defaultdict(bool)
    got: dict[str, bool] = defaultdict(bool)
    for file in sorted({row.file for row in found if not row.exact}):
        mine = np.flatnonzero(files == file)
        others = np.flatnonzero(files != file)
        weights = fit(x[others], [found[number] for number in others.tolist()])
        chances = 1 / (1 + np.exp(-(x[mine] @ weights[:-1] + weights[-1])))
        for number, likely in zip(mine.tolist(), chances.tolist(), strict=True):
            gold[found[number].dialogue] |= found[number].missing
            got[found[number].dialogue] |= likely >= UNANSWERED
    right = np.array([[gold[name], got[name]] for name in gold])
    hit = int((right[:, 0] & right[:, 1]).sum())
    agreed, one, two = (right[:, 0] == right[:, 1]).mean(), right[:, 0].mean(), right[:, 1].mean()
    chance = one * two + (1 - one) * (1 - two)
    return (
        f"left out, {len(gold)} dialogues: kappa {(agreed - chance) / (1 - chance):.3f}, "
        f"precision {hit / max(1, int(right[:, 1].sum())):.2f}, recall {hit / max(1, int(right[:, 0].sum())):.2f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--lang", default="ru")
    options = parser.parse_args(arguments)
    found = list(rows(Engine(load_pack(options.pack)), options.corpus))
    names = list(found[0].features)
    x = np.array([[float(row.features[name]) for name in names] for row in found])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    x = (x - mean) / spread
    sys.stdout.write(f"{len(found)} questions, {sum(row.missing for row in found)} without a reply\n")
    sys.stdout.write(f"{held_out(x, found)}\n")
    weights = fit(x, found)
    np.savez_compressed(
        options.pack / "models" / f"{options.lang}.questions.npz",
        features=np.frombuffer("\n".join(names).encode(), np.uint8),
        weights=(weights[:-1] / spread).astype(np.float32),
        shift=np.float32(weights[-1] - (weights[:-1] * mean / spread).sum()),
    )


if __name__ == "__main__":
    main()
