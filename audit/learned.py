"""Learned acts: a linear model over words, word pairs and character n-grams, scored as sums of per-word vectors.

    logit(act | words) = (Σ word vectors + Σ pair vectors + question · is_question) / √(words + 2) + bias

A word's vector is the sum of the weights of its character n-grams, of the word itself and of the marks written at it
(«)», «!», «…»). It is worked out once for every distinct word (`vectors.py`) and remembered under the word's number in
`chunks.py`; scoring the sentences of a batch is a look-up and a sum over rows of numbers. A second linear layer adds where the sentence stands in its dialogue (`context.py`) and makes the score a
probability, fitted on the sentences of whole dialogues:

    p(act | sentence, dialogue) = sigmoid(slope · logit + Σ context · weights + shift)

Models are plain arrays (`.npz`, never pickled) in the pack's `models` folder, one for each language and side;
`audit/train.py` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.compiled import CompiledPack
from audit.context import PLAIN, Places
from audit.features import START, STOP
from audit.model import Turn
from audit.vectors import Weights

if TYPE_CHECKING:
    import numpy as np

    from audit.chunks import Chunks
    from audit.recognise import Line, Sentence
    from audit.scan import Batch, Scanner

    Array = np.ndarray[Any, Any]

SIDES = ("operator", "client")
TALKERS = frozenset(("client", "operator", "bot"))
SMOOTH = 2.0  # added to the number of words: a sum over one word is no surer than one over three
SURE = 0.85  # what a question-shaped act must reach in a sentence without a question mark


class Side:
    """The model of one speaker side."""

    def __init__(self, arrays: Any, chunks: Chunks) -> None:
        import numpy as np

        def lines(name: str) -> list[str]:
            return bytes(arrays[name]).decode().split("\n")

        self.np, self.chunks = np, chunks
        self.acts = lines("acts")
        self.weights = Weights(lines("features"), arrays["weights"])
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
        self.vectors = np.zeros((0, len(self.acts)), np.float32)
        self.marks = np.zeros((0, len(self.acts)), np.float32)
        self.known = np.zeros(0, bool)  # words whose vectors are worked out
        self.paired = np.zeros(0, np.int64)  # numbers of words in word pairs

    def keep(self, left: Array) -> None:
        """Forget all words but these, which get new numbers in this order."""
        size = len(self.known)
        left = left[left < size]  # the others are not worked out yet; words keep their order
        self.vectors, self.known, self.paired = self.vectors[left], self.known[left], self.paired[left]

    def _learn(self, words: Array) -> None:
        """Work out the vectors of the words that are new."""
        np, count = self.np, len(self.chunks.vocabulary)
        more = count - len(self.known)
        if more > 0:
            self.vectors = np.concatenate([self.vectors, np.zeros((more, len(self.acts)), np.float32)])
            self.known = np.concatenate([self.known, np.zeros(more, bool)])
            self.paired = np.concatenate([self.paired, np.zeros(more, np.int64)])
        new = np.unique(words[~self.known[words]])
        if len(new):
            spelt = self.chunks.spelt
            fresh = [spelt[number] for number in new.tolist()]
            self.vectors[new], self.known[new] = self.weights.of_words(fresh), True
            self.paired[new] = [self.vocabulary.get(word, 0) for word in fresh]
        if len(self.marks) < len(self.chunks.written):
            self.marks = self.weights.of_marks(self.chunks.written)

    def logits(self, words: Array, marks: Array, sizes: Array, questions: Array) -> Array:
        """What the words say, sentences × acts; words and marks of all sentences stand one after another."""
        np = self.np
        if not len(sizes):
            none: Array = np.zeros((0, len(self.acts)), np.float32)
            return none
        self._learn(words)
        starts = np.cumsum(sizes) - sizes
        vectors = self.vectors[words]
        marked = np.flatnonzero(marks)
        vectors[marked] += self.marks[marks[marked]]
        self._add_pairs(vectors, self.paired[words], starts, starts + sizes - 1)
        sums = np.add.reduceat(vectors, starts, axis=0)
        sums += questions.astype(np.float32)[:, None] * self.question
        result: Array = sums / np.sqrt(sizes + SMOOTH)[:, None].astype(np.float32) + self.bias
        return result

    def _add_pairs(self, vectors: Array, words: Array, starts: Array, ends: Array) -> None:
        """Add what neighbouring words weigh to the first of the two; the borders of a sentence are words too."""
        np = self.np
        if not len(self.pairs):
            return
        after = np.append(words[1:], 0)
        after[ends] = self.vocabulary.get(STOP, 0)
        opening = np.full(len(starts), self.vocabulary.get(START, 0))
        for rows, one, two in ((np.arange(len(words)), words, after), (starts, opening, words[starts])):
            at = np.flatnonzero((one > 0) & (two > 0))
            found = one[at] * (len(self.vocabulary) + 1) + two[at]
            place = np.minimum(np.searchsorted(self.pairs, found), len(self.pairs) - 1)
            hit = self.pairs[place] == found
            vectors[rows[at[hit]]] += self.pair_weights[place[hit]]

    def adjusted(self, logits: Array, features: Array) -> Array:
        """Probabilities from what the words say and where the sentence stands."""
        return self.probable(logits * self.slope + self.shift + features @ self.context)

    def probable(self, logits: Array) -> Array:
        """Logits as probabilities."""
        result: Array = 1.0 / (1.0 + self.np.exp(-self.np.clip(logits, -30, 30)))
        return result


class Told:
    """The turns of a batch as the learned acts see them: whose they are, where they stand, and their sentences."""

    def __init__(self, batch: Batch, dialogues: Sequence[int], places: Sequence[int], turns: Sequence[Turn]) -> None:
        import numpy as np

        self.batch = batch
        apart = np.array([turn.kind != "text" or turn.role not in TALKERS for turn in turns], bool)
        rows = np.empty((len(turns), 4), np.int64)
        # what is not part of the talk is judged by itself, after all that is
        rows[:, 0] = np.where(apart, -1 - np.arange(len(turns)), dialogues)
        rows[:, 1] = places
        rows[:, 2] = [turn.role == "client" for turn in turns]
        rows[:, 3] = [turn.role == "bot" for turn in turns]
        self.rows, self.apart = rows, apart

    def order(self, sides: Sequence[str]) -> Array:
        """The sentences that these sides have said, the talk first."""
        import numpy as np

        client = self.rows[:, 2][self.batch.turn] > 0
        heard = np.where(client, "client" in sides, "operator" in sides)
        apart = self.apart[self.batch.turn]
        order: Array = np.concatenate([np.flatnonzero(heard & ~apart), np.flatnonzero(heard & apart)])
        return order

    def places(self, order: Array) -> Places:
        """Where these sentences stand."""
        import numpy as np

        batch = self.batch
        columns = self.rows[batch.turn[order]], batch.question[order], (batch.last - batch.first)[order]
        return Places(np.column_stack(columns))


class Model:
    """The models of one language: what operators and bots say, and what clients say."""

    def __init__(
        self, sides: dict[str, Side], thresholds: dict[str, tuple[float, float]], questions: frozenset[str]
    ) -> None:
        self.sides, self.thresholds, self.questions = sides, thresholds, questions

    def keep(self, left: Array) -> None:
        """Forget all words but these."""
        for side in self.sides.values():
            side.keep(left)

    def mark(self, told: Told, lines: Sequence[Line], sentences: Sequence[Sentence]) -> None:
        """Add the hits of learned acts to the lines, all sentences of a side in one go."""
        order = told.order(list(self.sides))
        if not len(order):
            return
        turns = told.batch.turn
        for side, (mine, scores) in self._probabilities(told, order).items():
            numbers = order[mine]
            self._mark(self.sides[side], scores, numbers.tolist(), turns[numbers].tolist(), lines, sentences)

    def _probabilities(self, told: Told, order: Array) -> dict[str, tuple[Array, Array]]:
        import numpy as np

        places, batch = told.places(order), told.batch
        mine, logits, scores = {}, {}, {}
        for side, model in self.sides.items():
            mine[side] = np.flatnonzero(places.client == (side == "client"))
            numbers = order[mine[side]]
            sizes = (batch.last - batch.first)[numbers]
            ends = np.cumsum(sizes)
            tokens = np.repeat(batch.first[numbers] - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)
            rows, chunks = batch.rows[tokens], model.chunks
            logits[side] = model.logits(chunks.known[rows], chunks.marks[rows], sizes, batch.question[numbers])
            scores[side] = model.probable(logits[side])
        found = {}
        for side, model in self.sides.items():
            columns = self._columns(model, SIDES[1 - SIDES.index(side)], scores, len(order) - len(mine[side]))
            features = places.features(side == "client", scores[side], columns)
            found[side] = mine[side], model.adjusted(logits[side], features)
        return found

    def _columns(self, model: Side, other: str, scores: dict[str, Array], count: int) -> Array:
        """The other side's scores in the columns that a model was made with."""
        import numpy as np

        if other not in self.sides:
            count = 0
        columns = np.zeros((count, len(model.others)), np.float32)
        if other in self.sides:
            place = {act: at for at, act in enumerate(self.sides[other].acts)}
            for at, act in enumerate(model.others):
                if act in place:
                    columns[:, at] = scores[other][:, place[act]]
        return columns

    def _mark(
        self, model: Side, scores: Array, numbers: list[int], turns: list[int], lines: Sequence[Line],
        sentences: Sequence[Sentence],
    ) -> None:  # fmt: skip
        from audit.recognise import Mark

        bounds = [self.thresholds.get(act, (2.0, 2.0)) for act in model.acts]
        acts = [(act, bound[0], act in self.questions) for act, bound in zip(model.acts, bounds, strict=True)]
        where, which = (scores >= model.np.array([bound[1] for bound in bounds], model.np.float32)).nonzero()
        likely = scores[where, which].tolist()
        for number, act_number, score in zip(where.tolist(), which.tolist(), likely, strict=True):
            sentence = sentences[numbers[number]]
            act, threshold, question = acts[act_number]
            if question and not sentence.question and score < SURE:
                continue
            free = sentence.free
            if (sentence.vetoed and act in sentence.vetoed) or (
                free <= 1 and free < sentence.words and act not in sentence.acts
            ):
                continue
            if score < threshold:
                sentence.maybe[act] = score
            elif act not in sentence.acts:
                sentence.acts[act] = score
                line = lines[turns[number]]
                line.acts.add(act)
                line.hits.append(
                    Mark(sentence.scanned, sentence.turn, act, sentence.first, sentence.last - 1, round(score, 4))
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
                    sides[side] = Side(dict(arrays), scanner.chunks)
        if sides:
            models[lang] = Model(sides, pack.learned, frozenset(pack.questions))
    return models
