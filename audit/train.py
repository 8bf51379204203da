"""Train the learned acts: `python -m audit.train rules/standard corpora/ru/acts --lang ru` (needs the extra `train`).

Utterances come as lines `WHO<TAB>acts<TAB>text` in `*.tsv` (WHO: O operator, B bot, C client); a line `# acts: …`
says that a file was labelled for these acts only. An utterance of several sentences is split as the scanner splits it,
and each of its acts is given to the sentences that a first model finds it in (multiple-instance learning, two rounds).
A fourth field `dialogue.turn.sentence` marks the sentences of whole dialogues, in order: they weigh twice as much as
utterances written one by one, and on them, scored by models that have not seen their file, the second layer is
fitted (`context.py`): what the place in the dialogue adds, and true probabilities. Everything is deterministic, so the
same files give the same arrays.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from audit.compile import load_pack
from audit.context import Places
from audit.features import MARK, START, STOP, grams, keys
from audit.fit import fit_acts, fit_layer
from audit.lang import LANGUAGES
from audit.learned import SIDES, SMOOTH
from audit.scan import Scanner

ROUNDS, FOLDS = 2, 3
MIN_WORD, MIN_GRAM, MIN_PAIR = 2, 3, 2
WRITTEN = 0.5  # what an utterance written by itself weighs against a sentence of a dialogue
SPEAKERS = dict(zip(SIDES, ("OB", "C"), strict=True))

Array = np.ndarray[Any, Any]


class Utterance:
    """A line of a table; `labelled` are the acts it was labelled for, None for all; `place` is dialogue and turn."""

    __slots__ = ("acts", "file", "labelled", "place", "text", "who")

    def __init__(self, fields: Sequence[str], labelled: frozenset[str] | None, file: str) -> None:
        self.who, self.text, self.labelled, self.file = fields[0], fields[2], labelled, file
        self.acts = {act.replace("_", "-") for act in fields[1].split() if act != "-"}
        self.place = tuple(fields[3].rsplit(".", 2)[:2]) if len(fields) == 4 else None


class Example:
    """A sentence's words, whether it is a question, and its acts; `origin` numbers the utterance."""

    __slots__ = ("acts", "origin", "question", "utterance", "words")

    def __init__(self, words: list[str], question: bool, utterance: Utterance, origin: int) -> None:
        self.words, self.question, self.utterance, self.origin = words, question, utterance, origin
        self.acts = set(utterance.acts)

    def pairs(self) -> list[tuple[str, str]]:
        """The neighbouring words, the borders of the sentence included."""
        bare = [START, *(word.partition(MARK)[0] for word in self.words), STOP]
        return list(pairwise(bare))


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
            if len(parts) not in (3, 4) or parts[0] not in ("O", "B", "C"):
                raise SystemExit(f"{path}:{number}: three fields WHO, acts, text are needed, or four with the place")
            found.append(Utterance(parts, labelled, path.stem))
    return found


def sentences(scanner: Scanner, names: Any, utterance: Utterance, origin: int) -> list[Example]:
    """The sentences of one utterance, each with all of its acts for now."""
    words = list(chain.from_iterable(keys(scanner, names, chunk) for chunk in scanner.split(utterance.text)))
    pieces = scanner.scan(utterance.text).sentences()
    return [Example(words[first:last], question, utterance, origin) for first, last, question in pieces]


class Vectors:
    """Turns examples into a sparse matrix; the vocabulary is fixed by the training examples."""

    def __init__(self, examples: Sequence[Example]) -> None:
        pieces: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for example in examples:
            pieces.update(set(chain.from_iterable(map(grams, example.words))))
            pairs.update(set(example.pairs()))
        least = {"w ": MIN_WORD, "m ": MIN_WORD}
        self.features = sorted(p for p, n in pieces.items() if n >= least.get(p[:2], MIN_GRAM))
        self.pairs = sorted(p for p, n in pairs.items() if n >= MIN_PAIR)
        self.index = {feature: i for i, feature in enumerate(self.features)}
        self.pair_index = {pair: len(self.features) + i for i, pair in enumerate(self.pairs)}
        rare = np.log(1 + len(examples)) - np.log1p(
            [*(pieces[f] for f in self.features), *(pairs[p] for p in self.pairs), 0]
        )
        size = [1.0 if feature[:2] in least else 0.5 for feature in self.features]
        self.scale: Array = rare * np.array([*size, *([1.0] * (len(self.pairs) + 1))])
        self.scale[-1] = 3.0

    @property
    def width(self) -> int:
        """Number of columns: features, pairs, the question mark."""
        return len(self.features) + len(self.pairs) + 1

    def matrix(self, examples: Sequence[Example]) -> Any:
        """Examples × columns."""
        from scipy.sparse import csr_matrix

        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for example in examples:
            counts: Counter[int] = Counter()
            for word in example.words:
                counts.update(self.index[gram] for gram in grams(word) if gram in self.index)
            counts.update(self.pair_index[p] for p in example.pairs() if p in self.pair_index)
            if example.question:
                counts[self.width - 1] = 1
            columns.extend(counts)
            values.extend(np.array(list(counts.values())) / np.sqrt(len(example.words) + SMOOTH))
            ends.append(len(columns))
        scaled = np.array(values) * self.scale[columns]
        return csr_matrix((scaled.astype(np.float32), columns, ends), shape=(len(examples), self.width))


class Trainer:
    """Training of one side."""

    def __init__(self, examples: list[Example], acts: Sequence[str], strength: float) -> None:
        self.examples, self.acts, self.strength = examples, acts, strength
        known = np.array(
            [[e.utterance.labelled is None or act in e.utterance.labelled for act in acts] for e in examples]
        )
        self.weight = known * np.array([1.0 if e.utterance.place else WRITTEN for e in examples])[:, None]
        self.files = sorted({e.utterance.file for e in examples if e.utterance.place})
        talk = [i for i, e in enumerate(examples) if e.utterance.place and len(self.files) > 1]
        self.talk = np.array(talk, np.int64)  # a single file of dialogues leaves none to score unseen

    def labels(self) -> Array:
        """Examples × acts."""
        return np.array([[act in example.acts for act in self.acts] for example in self.examples])

    def words(self) -> tuple[Vectors, Array, Array]:
        """The first layer, and which sentences of an utterance carry its acts."""
        vectors = Vectors(self.examples)
        x = vectors.matrix(self.examples)
        weights, bias = fit_acts(x, self.labels(), self.weight, self.strength)
        for _round in range(ROUNDS):
            self.assign(x @ weights + bias)
            weights, bias = fit_acts(x, self.labels(), self.weight, self.strength, (weights, bias))
        return vectors, weights, bias

    def assign(self, logits: Array) -> None:
        """Give each act of an utterance to the sentences where it is likely, at least to the likeliest."""
        column = {act: i for i, act in enumerate(self.acts)}
        by_origin: dict[int, list[int]] = {}
        for number, example in enumerate(self.examples):
            by_origin.setdefault(example.origin, []).append(number)
        for members in by_origin.values():
            if len(members) == 1:
                continue
            for number in members:
                self.examples[number].acts = set()
            for act in self.examples[members[0]].utterance.acts & column.keys():
                best = max(members, key=lambda n, act=act: logits[n, column[act]])  # type: ignore[misc]
                for number in members:
                    if number == best or logits[number, column[act]] >= 0:
                        self.examples[number].acts.add(act)

    def unseen(self) -> Array:
        """Logits of the sentences of dialogues by models that have not seen their file."""
        files = self.files
        fold = np.array([files.index(e.utterance.file) % FOLDS if e.utterance.place else -1 for e in self.examples])
        found = np.zeros((len(self.examples), len(self.acts)), np.float32)
        labels = self.labels()
        for number in range(min(FOLDS, len(files)) if len(self.talk) else 0):
            seen, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            vectors = Vectors([self.examples[i] for i in seen])
            x = vectors.matrix([self.examples[i] for i in seen])
            weights, bias = fit_acts(x, labels[seen], self.weight[seen], self.strength)
            found[held] = vectors.matrix([self.examples[i] for i in held]) @ weights + bias
        return found[self.talk]


def layers(trainers: dict[str, Trainer]) -> dict[str, tuple[Array, Array, Array]]:
    """Slopes, shifts and context weights of each side, fitted on the sentences of dialogues."""
    talk = {side: [t.examples[i] for i in t.talk] for side, t in trainers.items()}
    logits = {side: trainer.unseen() for side, trainer in trainers.items()}
    scores = {side: 1 / (1 + np.exp(-logits[side])) for side in SIDES}
    order = sorted((e.origin, side, number) for side in SIDES for number, e in enumerate(talk[side]))
    numbers: dict[Any, int] = {}
    rows = []
    for _origin, side, at in order:
        example = talk[side][at]
        dialogue, turn = example.utterance.place or ("", "0")
        dialogue_number = numbers.setdefault(dialogue, len(numbers))
        client, bot = side == "client", example.utterance.who == "B"
        rows.append((dialogue_number, int(turn), client, bot, example.question, len(example.words)))
    places = Places(rows)
    found = {}
    for side, trainer in trainers.items():
        other = SIDES[1 - SIDES.index(side)]
        features = places.features(side == "client", scores[side], scores[other])
        found[side] = fit_layer(logits[side], trainer.labels()[trainer.talk], features)
    return found


def save(
    path: Path, vectors: Vectors, words: tuple[Array, Array], acts: Sequence[str], others: Sequence[str], layer: Any
) -> None:
    """Write a model as plain arrays; columns that weigh nothing are left out."""
    n = len(vectors.features)
    weights = words[0] * vectors.scale[:, None]
    keep = np.flatnonzero(np.abs(weights[:n]).max(axis=1) > 0.01)
    vocabulary = sorted({word for pair in vectors.pairs for word in pair})
    number = {word: i + 1 for i, word in enumerate(vocabulary)}
    pairs = np.array([number[a] * (len(vocabulary) + 1) + number[b] for a, b in vectors.pairs], np.int64)
    order = np.argsort(pairs)

    def text(lines: Iterable[str]) -> Any:
        return np.frombuffer("\n".join(lines).encode(), np.uint8)

    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        path, acts=text(acts), others=text(others),
        features=text(vectors.features[i] for i in keep), weights=weights[:n][keep].astype(np.float16),
        bias=words[1].astype(np.float32), question=weights[-1].astype(np.float32), vocabulary=text(vocabulary),
        pairs=pairs[order], pair_weights=weights[n:-1][order].astype(np.float16),
        slope=layer[0].astype(np.float32), shift=layer[1].astype(np.float32), context=layer[2].astype(np.float16),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("utterances", type=Path)
    parser.add_argument("--lang", default="ru")
    parser.add_argument("--strength", type=float, default=0.1)
    options = parser.parse_args(arguments)
    pack = load_pack(options.pack)
    scanner = Scanner(pack.tables[options.lang], LANGUAGES[options.lang])
    utterances = read_utterances(options.utterances)
    trainers, models = {}, {}
    for side in SIDES:
        chosen = [i for i, utterance in enumerate(utterances) if utterance.who in SPEAKERS[side]]
        examples = [e for i in chosen for e in sentences(scanner, pack.names, utterances[i], i)]
        acts = sorted({act for i in chosen for act in utterances[i].acts})
        trainers[side] = Trainer(examples, acts, options.strength)
        models[side] = trainers[side].words()
        sys.stdout.write(f"{side}: {len(chosen)} utterances, {len(examples)} sentences, {len(acts)} acts\n")
    fitted = layers(trainers)
    for side, other in (SIDES, SIDES[::-1]):
        vectors, weights, bias = models[side]
        path = options.pack / "models" / f"{options.lang}.{side}.npz"
        save(path, vectors, (weights, bias), trainers[side].acts, trainers[other].acts, fitted[side])


if __name__ == "__main__":
    main()
