"""Learned acts: a linear model over words, word pairs and character n-grams, scored as sums of per-word vectors.

    p(act | sentence) = sigmoid((Σ word vectors + Σ pair vectors + question · is_question) / √words + bias)

A word's vector is the sum of the weights of its character n-grams and of the word itself, so it is worked out once for
every distinct word and remembered; scoring a sentence is a look-up and a sum. Models are plain arrays (`.npz`, never
pickled) in the pack's `models` folder, one for each language and side; `audit/train.py` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.compile import END, QUESTION, CompiledPack
from audit.model import Turn
from audit.scan import Scanner

if TYPE_CHECKING:
    import numpy as np

    from audit.recognise import Line

NGRAMS = (2, 3, 4, 5)
CACHE = 200_000
NUMBER, NAME = "0", "@"
SURE = 0.85  # what a question-shaped act must reach in a sentence without a question mark


def grams(word: str) -> list[str]:
    """The features of one word: itself and its character n-grams with borders."""
    found = ["w " + word]
    if word not in (NUMBER, NAME):
        framed = f"^{word}$"
        for size in NGRAMS:
            found += [framed[at : at + size] for at in range(len(framed) - size + 1)]
    return found


def plain(scanner: Scanner, names: Any, raw: str) -> str:
    """The word as the model knows it: numbers and personal names are masked, so that no name changes a verdict."""
    if not raw.isalpha() and any(char.isdigit() for char in raw):
        return NUMBER
    word = scanner.language.fold(raw)
    if word in names.forms and (word not in names.doubtful or (raw[:1].isupper() and word not in names.words)):
        return NAME
    return word


class _Rows(dict[str, tuple[int, ...]]):
    """chunk → the vector rows of its words; the end of a sentence has row -1."""

    __slots__ = ("side",)

    def __init__(self, side: Side) -> None:
        super().__init__()
        self.side = side

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        rows = self[chunk] = self.side.chunk_rows(chunk)
        return rows


class Side:
    """The model of one speaker side."""

    def __init__(self, arrays: Any, scanner: Scanner, names: Any) -> None:
        import numpy as np

        self.np, self.scanner, self.names = np, scanner, names
        self.acts = bytes(arrays["acts"]).decode().split("\n")
        features = bytes(arrays["features"]).decode().split("\n")
        self.index = {feature: i for i, feature in enumerate(features)}
        self.weights: np.ndarray[Any, Any] = arrays["weights"].astype(np.float32)
        self.bias: np.ndarray[Any, Any] = arrays["bias"]
        self.question: np.ndarray[Any, Any] = arrays["question"]
        vocabulary = bytes(arrays["vocabulary"]).decode().split("\n")
        self.vocabulary = {word: i + 1 for i, word in enumerate(vocabulary)}
        self.pairs: np.ndarray[Any, Any] = arrays["pairs"]
        self.pair_weights: np.ndarray[Any, Any] = arrays["pair_weights"].astype(np.float32)
        self.reset()

    def reset(self) -> None:
        """Forget the remembered words."""
        np = self.np
        self.rows: dict[str, int] = {}
        self.fresh: list[tuple[int, list[int], int]] = []
        self.chunks = _Rows(self)
        self.vectors = np.zeros((4096, len(self.acts)), np.float32)
        self.vocab = np.zeros(4096, np.int64)

    def chunk_rows(self, chunk: str) -> tuple[int, ...]:
        """Rows of a chunk's tokens."""
        from audit import text

        return tuple(
            self.row(plain(self.scanner, self.names, chunk[start:end])) if kind == text.WORD else -1 for kind, start, end in text.tokens(chunk)
        )

    def row(self, word: str) -> int:
        """The row of a word's vector; a new word's vector is worked out with those of its batch (`_settle`)."""
        row = self.rows.get(word)
        if row is None:
            row = self.rows[word] = len(self.rows)
            index = self.index
            self.fresh.append((row, [index[gram] for gram in grams(word) if gram in index], self.vocabulary.get(word, 0)))
        return row

    def _settle(self) -> None:
        """Vectors of all new words: one gather and one sum for a thousand of them, not a call a word."""
        np = self.np
        while len(self.rows) > len(self.vectors):
            self.vectors = np.concatenate([self.vectors, np.zeros_like(self.vectors)])
            self.vocab = np.concatenate([self.vocab, np.zeros_like(self.vocab)])
        for at in range(0, len(self.fresh), 1000):
            part = self.fresh[at : at + 1000]
            self.vocab[[row for row, _found, _word in part]] = [word for _row, _found, word in part]
            part = [item for item in part if item[1]]
            if part:
                flat = np.fromiter(chain.from_iterable(found for _row, found, _word in part), np.int64)
                sizes = np.fromiter((len(found) for _row, found, _word in part), np.int64, len(part))
                starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
                self.vectors[[row for row, _found, _word in part]] = np.add.reduceat(self.weights[flat], starts, axis=0)
        self.fresh.clear()

    def scores(self, rows: Sequence[int], lengths: Sequence[int], questions: Sequence[bool]) -> np.ndarray[Any, Any]:
        """Probabilities, sentences × acts; `rows` are all sentences' rows one after another (none is empty)."""
        np = self.np
        self._settle()
        ids = np.fromiter(rows, np.int64, len(rows))
        sizes = np.fromiter(lengths, np.int64, len(lengths))
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        sums = np.add.reduceat(self.vectors[ids], starts, axis=0)
        words = self.vocab[ids]
        keys = words[:-1] * (len(self.vocabulary) + 1) + words[1:]
        keys[(words[:-1] == 0) | (words[1:] == 0)] = -1
        keys[starts[1:] - 1] = -1
        at = np.flatnonzero(keys >= 0)
        if len(at) and len(self.pairs):
            place = np.minimum(np.searchsorted(self.pairs, keys[at]), len(self.pairs) - 1)
            hit = self.pairs[place] == keys[at]
            sentence = np.searchsorted(starts, at[hit], side="right") - 1
            np.add.at(sums, sentence, self.pair_weights[place[hit]])
        sums += np.asarray(questions, np.float32)[:, None] * self.question
        logits = sums / np.sqrt(sizes)[:, None] + self.bias
        result: np.ndarray[Any, Any] = 1.0 / (1.0 + np.exp(-logits))
        return result

    def trim(self) -> None:
        """Keep memory bounded."""
        if len(self.rows) > CACHE or len(self.chunks) > CACHE:
            self.reset()


class Model:
    """The models of one language: what operators and bots say, and what clients say."""

    def __init__(self, sides: dict[str, Side], thresholds: dict[str, tuple[float, float]], questions: frozenset[str]) -> None:
        self.sides, self.thresholds, self.questions = sides, thresholds, questions

    def mark(self, turns: Iterable[tuple[Turn, Line]]) -> None:
        """Add the hits of learned acts to every line, all sentences of a side in one go."""
        gathered: dict[str, list[tuple[Line, Any]]] = {"client": [], "operator": []}
        rows: dict[str, list[int]] = {"client": [], "operator": []}
        for turn, line in turns:
            side = "client" if turn.role == "client" else "operator"
            if not line.sentences or side not in self.sides or line.scanned is None:
                continue
            model = self.sides[side]
            tokens = list(chain.from_iterable(map(model.chunks.__getitem__, line.scanned.chunks)))
            for sentence in line.sentences:
                gathered[side].append((line, sentence))
                rows[side].extend(tokens[sentence.first : sentence.last])
        for side, model in self.sides.items():
            if gathered[side]:
                self._mark(model, gathered[side], rows[side])
                model.trim()

    def _mark(self, model: Side, gathered: list[tuple[Line, Any]], rows: list[int]) -> None:
        scores = model.scores(rows, [s.words for _l, s in gathered], [s.question for _l, s in gathered])
        from audit.recognise import Mark

        floor = model.np.array([self.thresholds.get(act, (2.0, 2.0))[1] for act in model.acts], model.np.float32)
        where, which = (scores >= floor).nonzero()
        for number, act_number, score in zip(where.tolist(), which.tolist(), scores[where, which].tolist(), strict=True):
            line, sentence = gathered[number]
            act = model.acts[act_number]
            if act in self.questions and not sentence.question and score < SURE:
                continue
            if (sentence.vetoed and act in sentence.vetoed) or (sentence.free <= 1 and act not in sentence.acts and sentence.free < sentence.words):
                continue
            if score < self.thresholds[act][0]:
                sentence.maybe[act] = score
            elif act not in sentence.acts:
                sentence.acts[act] = score
                line.acts.add(act)
                line.hits.append(Mark(line.scanned, sentence.turn, act, sentence.first, sentence.last - 1, round(score, 4)))


def load_models(pack: CompiledPack, scanners: dict[str, Scanner]) -> dict[str, Model]:
    """The models a pack ships, by language; a pack without models is judged by its patterns alone."""
    models: dict[str, Model] = {}
    for lang, scanner in scanners.items():
        sides = {}
        for side in ("operator", "client"):
            path = Path(pack.path) / "models" / f"{lang}.{side}.npz"
            if path.is_file():
                import numpy as np

                with np.load(path, allow_pickle=False) as arrays:
                    sides[side] = Side(dict(arrays), scanner, pack.names)
        if sides:
            models[lang] = Model(sides, pack.learned, frozenset(pack.questions))
    return models


__all__ = ["END", "QUESTION", "Model", "Side", "grams", "load_models", "plain"]
