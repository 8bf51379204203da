"""Learned acts: a linear model over words, word pairs and character n-grams, scored as sums of per-word vectors.

    logit(act | words) = (Σ word vectors + Σ pair vectors + question · is_question) / √(words + 2) + bias

A word's vector is the sum of the weights of its character n-grams, of the word itself and of the marks written at it
(«)», «!», «…»), so it is worked out once for every distinct word and remembered; scoring a sentence is a look-up and a
sum. A second linear layer adds where the sentence stands in its dialogue (`context.py`) and makes the score a
probability, fitted on the sentences of whole dialogues:

    p(act | sentence, dialogue) = sigmoid(slope · logit + Σ context · weights + shift)

Models are plain arrays (`.npz`, never pickled) in the pack's `models` folder, one for each language and side;
`audit/train.py` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.compile import END, QUESTION, CompiledPack
from audit.context import PLAIN, Places
from audit.features import MARK, START, STOP, grams, keys, plain
from audit.model import Turn
from audit.scan import Scanner

if TYPE_CHECKING:
    import numpy as np

    from audit.recognise import Line, Sentence

    Array = np.ndarray[Any, Any]

CACHE = 200_000
SIDES = ("operator", "client")
TALKERS = frozenset(("client", "operator", "bot"))
SMOOTH = 2.0  # added to the number of words: a sum over one word is no surer than one over three
SURE = 0.85  # what a question-shaped act must reach in a sentence without a question mark


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

        def lines(name: str) -> list[str]:
            return bytes(arrays[name]).decode().split("\n")

        self.np, self.scanner, self.names = np, scanner, names
        self.acts = lines("acts")
        self.index = {feature: i for i, feature in enumerate(lines("features"))}
        self.weights: Array = arrays["weights"].astype(np.float32)
        self.bias: Array = arrays["bias"]
        self.question: Array = arrays["question"]
        self.vocabulary = {word: i + 1 for i, word in enumerate(lines("vocabulary"))}
        self.pairs: Array = arrays["pairs"]
        self.pair_weights: Array = arrays["pair_weights"].astype(np.float32)
        self.others = lines("others")
        self.slope: Array = arrays["slope"]
        self.shift: Array = arrays["shift"]
        self.context: Array = arrays["context"].astype(np.float32)
        if len(self.context) != PLAIN + len(self.others) + 3 * len(self.acts):
            raise ValueError("the model was made for other context features; train it again")
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
        return tuple(self.row(key) if key else -1 for key in keys(self.scanner, self.names, chunk))

    def row(self, key: str) -> int:
        """The row of a word's vector; a new word's vector is worked out with those of its batch (`_settle`)."""
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = len(self.rows)
            index = self.index
            word = self.vocabulary.get(key.partition(MARK)[0], 0)
            self.fresh.append((row, [index[gram] for gram in grams(key) if gram in index], word))
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

    def logits(self, rows: Sequence[int], lengths: Sequence[int], questions: Sequence[bool]) -> Array:
        """What the words say, sentences × acts; `rows` are all sentences' rows one after another (none is empty)."""
        np = self.np
        if not len(lengths):
            none: Array = np.zeros((0, len(self.acts)), np.float32)
            return none
        self._settle()
        ids = np.fromiter(rows, np.int64, len(rows))
        sizes = np.fromiter(lengths, np.int64, len(lengths))
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        sums = np.add.reduceat(self.vectors[ids], starts, axis=0)
        self._add_pairs(sums, self.vocab[ids], sizes, starts)
        sums += np.asarray(questions, np.float32)[:, None] * self.question
        result: Array = sums / np.sqrt(sizes + SMOOTH)[:, None].astype(np.float32) + self.bias
        return result

    def _add_pairs(self, sums: Any, words: Any, sizes: Any, starts: Any) -> None:
        """Add the vectors of neighbouring words; the borders of a sentence are words too."""
        np = self.np
        numbers = np.arange(len(sizes))
        places = np.arange(len(words)) + 2 * np.repeat(numbers, sizes) + 1
        framed = np.zeros(len(words) + 2 * len(sizes), np.int64)
        framed[places] = words
        framed[starts + 2 * numbers] = self.vocabulary.get(START, 0)
        framed[starts + 2 * numbers + sizes + 1] = self.vocabulary.get(STOP, 0)
        at = np.flatnonzero((framed[:-1] > 0) & (framed[1:] > 0))
        found = framed[at] * (len(self.vocabulary) + 1) + framed[at + 1]
        if len(at) and len(self.pairs):
            place = np.minimum(np.searchsorted(self.pairs, found), len(self.pairs) - 1)
            hit = self.pairs[place] == found
            np.add.at(sums, np.repeat(numbers, sizes + 2)[at[hit]], self.pair_weights[place[hit]])

    def adjusted(self, logits: Any, features: Any) -> Array:
        """Probabilities from what the words say and where the sentence stands."""
        return self.probable(logits * self.slope + self.shift + features @ self.context)

    def probable(self, logits: Any) -> Array:
        """Logits as probabilities."""
        result: Array = 1.0 / (1.0 + self.np.exp(-self.np.clip(logits, -30, 30)))
        return result

    def scores(self, rows: Sequence[int], lengths: Sequence[int], questions: Sequence[bool]) -> Array:
        """Scores of sentences without a dialogue, by their words alone (not calibrated)."""
        return self.probable(self.logits(rows, lengths, questions))

    def trim(self) -> None:
        """Keep memory bounded."""
        if len(self.rows) > CACHE or len(self.chunks) > CACHE:
            self.reset()


class _Batch:
    """Sentences waiting to be scored: what they are, where they stand, and their words by side."""

    def __init__(self, sides: dict[str, Side]) -> None:
        self.sides = sides
        self.rows: dict[str, list[int]] = {side: [] for side in SIDES}
        self.lines: dict[str, list[tuple[Line, Sentence]]] = {side: [] for side in SIDES}
        self.places: list[tuple[int, int, bool, bool, bool, int]] = []

    def add(self, dialogue: int, turn: Turn, line: Line, chunks: Iterable[str]) -> None:
        side = "client" if turn.role == "client" else "operator"
        model = self.sides[side]
        tokens = list(chain.from_iterable(map(model.chunks.__getitem__, chunks)))
        client, bot = side == "client", turn.role == "bot"
        for sentence in line.sentences:
            self.lines[side].append((line, sentence))
            self.rows[side].extend(tokens[sentence.first : sentence.last])
            self.places.append((dialogue, sentence.turn, client, bot, sentence.question, sentence.words))

    def probabilities(self) -> dict[str, Array]:
        logits, scores = {}, {}
        for side, model in self.sides.items():
            sentences = [sentence for _line, sentence in self.lines[side]]
            logits[side] = model.logits(self.rows[side], [s.words for s in sentences], [s.question for s in sentences])
            scores[side] = model.probable(logits[side])
        places, found = Places(self.places), {}
        for side, model in self.sides.items():
            other = SIDES[1 - SIDES.index(side)]
            columns = model.np.zeros((len(self.lines[other]), len(model.others)), model.np.float32)
            if other in self.sides:
                place = {act: at for at, act in enumerate(self.sides[other].acts)}
                for at, act in enumerate(model.others):
                    if act in place:
                        columns[:, at] = scores[other][:, place[act]]
            found[side] = model.adjusted(logits[side], places.features(side == "client", scores[side], columns))
        return found


class Model:
    """The models of one language: what operators and bots say, and what clients say."""

    def __init__(
        self, sides: dict[str, Side], thresholds: dict[str, tuple[float, float]], questions: frozenset[str]
    ) -> None:
        self.sides, self.thresholds, self.questions = sides, thresholds, questions

    def mark(self, turns: Iterable[tuple[Turn, Line]]) -> None:
        """Add the hits of learned acts to every line, all sentences of a side in one go."""
        batch = _Batch(self.sides)
        apart = []
        for number, (turn, line) in enumerate(turns):
            side = "client" if turn.role == "client" else "operator"
            if not line.sentences or side not in self.sides or line.scanned is None:
                continue
            if turn.kind != "text" or turn.role not in TALKERS:  # not part of the talk: judged by itself
                apart.append((number, turn, line, line.scanned.chunks))
            else:
                batch.add(number - line.sentences[0].turn, turn, line, line.scanned.chunks)
        for number, turn, line, chunks in apart:
            batch.add(-1 - number, turn, line, chunks)
        if not batch.places:
            return
        for side, scores in batch.probabilities().items():
            self._mark(self.sides[side], batch.lines[side], scores)
            self.sides[side].trim()

    def _mark(self, model: Side, gathered: Sequence[tuple[Line, Sentence]], scores: Array) -> None:
        from audit.recognise import Mark

        floor = model.np.array([self.thresholds.get(act, (2.0, 2.0))[1] for act in model.acts], model.np.float32)
        where, which = (scores >= floor).nonzero()
        for number, act_number, score in zip(
            where.tolist(), which.tolist(), scores[where, which].tolist(), strict=True
        ):
            line, sentence = gathered[number]
            act = model.acts[act_number]
            if act in self.questions and not sentence.question and score < SURE:
                continue
            if (sentence.vetoed and act in sentence.vetoed) or (
                sentence.free <= 1 and act not in sentence.acts and sentence.free < sentence.words
            ):
                continue
            if score < self.thresholds[act][0]:
                sentence.maybe[act] = score
            elif act not in sentence.acts:
                sentence.acts[act] = score
                line.acts.add(act)
                line.hits.append(
                    Mark(line.scanned, sentence.turn, act, sentence.first, sentence.last - 1, round(score, 4))
                )


def load_models(pack: CompiledPack, scanners: dict[str, Scanner]) -> dict[str, Model]:
    """The models a pack ships, by language; a pack without models is judged by its patterns alone."""
    models: dict[str, Model] = {}
    for lang, scanner in scanners.items():
        sides = {}
        for side in SIDES:
            path = Path(pack.path) / "models" / f"{lang}.{side}.npz"
            if path.is_file():
                import numpy as np

                with np.load(path, allow_pickle=False) as arrays:
                    sides[side] = Side(dict(arrays), scanner, pack.names)
        if sides:
            models[lang] = Model(sides, pack.learned, frozenset(pack.questions))
    return models


__all__ = ["END", "QUESTION", "Model", "Side", "grams", "keys", "load_models", "plain"]
