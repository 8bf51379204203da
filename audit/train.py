"""Train the learned acts: `python -m audit.train rules/standard corpora/ru/acts --lang ru` (needs the extra `train`).

Utterances come as lines `WHO<TAB>acts<TAB>text` in `*.tsv` (WHO: O operator, B bot, C client); a line `# acts: …`
says that a file was labelled for these acts only. An utterance of several
sentences is split as the scanner splits it, and each of its acts is given to the sentences that a first model, trained
on the rest, finds it in (multiple-instance learning, two rounds). One regularised logistic regression an act; the seed
is fixed, so the same files give the same arrays.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audit.compile import load_pack
from audit.lang import LANGUAGES
from audit.learned import grams, plain
from audit.scan import Scanner

ROUNDS = 2
MIN_WORD, MIN_GRAM, MIN_PAIR = 2, 3, 2


class Example:
    """A sentence's words, whether it is a question, and its acts; `origin` numbers the utterance."""

    __slots__ = ("acts", "labelled", "origin", "question", "words")

    def __init__(self, words: list[str], question: bool, utterance: Utterance, origin: int) -> None:
        self.words, self.question, self.origin = words, question, origin
        self.acts, self.labelled = set(utterance.acts), utterance.labelled


class Utterance:
    """A line of a table; `labelled` are the acts it was labelled for, None for all."""

    __slots__ = ("acts", "labelled", "text", "who")

    def __init__(self, who: str, acts: set[str], text: str, labelled: frozenset[str] | None) -> None:
        self.who, self.acts, self.text, self.labelled = who, acts, text, labelled


def read_utterances(folder: Path) -> list[Utterance]:
    """Every line of every table, in the order of names; a bad line stops the training."""
    found = []
    for path in sorted(folder.glob("*.tsv")):
        labelled: frozenset[str] | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("# acts:"):
                labelled = frozenset(line.removeprefix("# acts:").replace("_", "-").split())
            if not line or line.startswith("#"):
                continue
            parts = line.split("\t")
            if len(parts) != 3 or parts[0] not in ("O", "B", "C"):
                raise SystemExit(f"{path}:{number}: three fields WHO, acts, text are needed")
            acts = {act.replace("_", "-") for act in parts[1].split() if act != "-"}
            found.append(Utterance(parts[0], acts, parts[2], labelled))
    return found


def sentences(scanner: Scanner, names: Any, utterance: Utterance, origin: int) -> list[Example]:
    """The sentences of one utterance, each with all of its acts for now."""
    scanned = scanner.scan(utterance.text)
    words = [plain(scanner, names, utterance.text[a:b]) for a, b in scanned.offsets]
    return [Example(words[first:last], question, utterance, origin) for first, last, question in scanned.sentences()]


class Vectors:
    """Turns examples into a sparse matrix; the vocabulary is fixed by the training examples."""

    def __init__(self, examples: Sequence[Example]) -> None:
        words: Counter[str] = Counter()
        pieces: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for example in examples:
            words.update({"w " + word for word in example.words})
            pieces.update({gram for word in set(example.words) for gram in grams(word) if not gram.startswith("w ")})
            pairs.update(set(zip(example.words, example.words[1:], strict=False)))
        self.features = sorted([w for w, n in words.items() if n >= MIN_WORD] + [g for g, n in pieces.items() if n >= MIN_GRAM])
        self.pairs = sorted(p for p, n in pairs.items() if n >= MIN_PAIR)
        self.index = {feature: i for i, feature in enumerate(self.features)}
        self.pair_index = {pair: len(self.features) + i for i, pair in enumerate(self.pairs)}
        counts = {**words, **pieces}
        total = len(examples)
        self.idf = np.ones(self.width)
        for feature, i in self.index.items():
            self.idf[i] = np.log((1 + total) / (1 + counts[feature])) * (1.0 if feature.startswith("w ") else 0.5)
        for pair, i in self.pair_index.items():
            self.idf[i] = np.log((1 + total) / (1 + pairs[pair]))
        self.idf[-1] = 3.0

    @property
    def width(self) -> int:
        """Number of columns: features, pairs, the question mark."""
        return len(self.features) + len(self.pairs) + 1

    def matrix(self, examples: Sequence[Example]) -> Any:
        """Examples × columns."""
        from scipy.sparse import csr_matrix

        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for number, example in enumerate(examples):
            counts: Counter[int] = Counter()
            for word in example.words:
                counts.update(self.index[gram] for gram in grams(word) if gram in self.index)
            counts.update(self.pair_index[p] for p in zip(example.words, example.words[1:], strict=False) if p in self.pair_index)
            if example.question:
                counts[self.width - 1] = 1
            scale = np.sqrt(max(1, len(example.words)))
            for column, count in counts.items():
                rows.append(number)
                columns.append(column)
                values.append(count * self.idf[column] / scale)
        return csr_matrix((values, (rows, columns)), shape=(len(examples), self.width))


def fit(x: Any, examples: Sequence[Example], acts: Sequence[str], strength: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Weights (columns × acts) and biases of one-against-rest logistic regressions."""
    from joblib import Parallel, delayed
    from sklearn.linear_model import LogisticRegression

    def one(act: str) -> tuple[np.ndarray[Any, Any], float]:
        rows = [i for i, example in enumerate(examples) if example.labelled is None or act in example.labelled]
        y = np.array([act in examples[i].acts for i in rows])
        if y.sum() < 5:
            return np.zeros(x.shape[1]), -9.0
        weight = {True: min(2.0, float(np.sqrt((~y).sum() / y.sum()))), False: 1.0}
        model = LogisticRegression(C=strength, class_weight=weight, solver="liblinear", random_state=7, max_iter=200, tol=1e-3)
        model.fit(x[rows], y)
        return model.coef_[0], float(model.intercept_[0])

    fitted = Parallel(n_jobs=2)(delayed(one)(act) for act in acts)
    return np.stack([w for w, _b in fitted], axis=1), np.array([b for _w, b in fitted])


def assign(examples: Sequence[Example], utterances: dict[int, set[str]], scores: np.ndarray[Any, Any], acts: Sequence[str]) -> None:
    """Give each act of an utterance to the sentences where it is likely, at least to the likeliest."""
    column = {act: i for i, act in enumerate(acts)}
    by_origin: dict[int, list[int]] = {}
    for number, example in enumerate(examples):
        by_origin.setdefault(example.origin, []).append(number)
    for origin, members in by_origin.items():
        if len(members) == 1:
            continue
        for number in members:
            examples[number].acts = set()
        for act in utterances[origin]:
            if act not in column:
                continue
            values = {number: scores[number, column[act]] for number in members}
            best = max(members, key=lambda n: values[n])
            for number in members:
                if number == best or values[number] >= 0.5:
                    examples[number].acts.add(act)


def train_side(examples: list[Example], utterances: dict[int, set[str]], acts: Sequence[str], strength: float) -> tuple[Vectors, Any, Any]:
    """The model of one side."""
    vectors = Vectors(examples)
    x = vectors.matrix(examples)
    weights, bias = fit(x, examples, acts, strength)
    for _round in range(ROUNDS):
        scores = 1 / (1 + np.exp(-(x @ weights + bias)))
        assign(examples, utterances, scores, acts)
        weights, bias = fit(x, examples, acts, strength)
    return vectors, weights * vectors.idf[:, None], bias


def save(path: Path, vectors: Vectors, weights: Any, bias: Any, acts: Sequence[str]) -> None:
    """Write a model as plain arrays; columns that weigh nothing are left out."""
    n = len(vectors.features)
    keep = np.flatnonzero(np.abs(weights[:n]).max(axis=1) > 0.01)
    words = sorted({word for pair in vectors.pairs for word in pair})
    number = {word: i + 1 for i, word in enumerate(words)}
    keys = np.array([number[a] * (len(words) + 1) + number[b] for a, b in vectors.pairs], np.int64)
    order = np.argsort(keys)

    def text(lines: Iterable[str]) -> Any:
        return np.frombuffer("\n".join(lines).encode(), np.uint8)

    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        path, acts=text(acts), features=text(vectors.features[i] for i in keep), weights=weights[:n][keep].astype(np.float16),
        bias=bias.astype(np.float32), question=weights[-1].astype(np.float32), vocabulary=text(words),
        pairs=keys[order], pair_weights=weights[n:-1][order].astype(np.float16),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("utterances", type=Path)
    parser.add_argument("--lang", default="ru")
    parser.add_argument("--strength", type=float, default=0.3)
    options = parser.parse_args(arguments)
    pack = load_pack(options.pack)
    scanner = Scanner(pack.tables[options.lang], LANGUAGES[options.lang])
    utterances = read_utterances(options.utterances)
    for side, speakers in (("operator", "OB"), ("client", "C")):
        chosen = {i: utterance.acts for i, utterance in enumerate(utterances) if utterance.who in speakers}
        examples = [e for i in chosen for e in sentences(scanner, pack.names, utterances[i], i)]
        acts = sorted({act for acts in chosen.values() for act in acts})
        vectors, weights, bias = train_side(examples, chosen, acts, options.strength)
        save(options.pack / "models" / f"{options.lang}.{side}.npz", vectors, weights, bias, acts)
        sys.stdout.write(f"{side}: {len(chosen)} utterances, {len(examples)} sentences, {vectors.width} columns, {len(acts)} acts\n")


if __name__ == "__main__":
    main()
