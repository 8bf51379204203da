"""The vector of a word for the learned acts: the sum of the weights of the word itself and of its character n-grams.

Up to five letters fit one whole number (the place of each in the model's alphabet, side by side), so the n-grams of all
new words of a batch are worked out as arrays of numbers and looked up together; no n-gram ever becomes a string.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from audit.features import NAME, NGRAMS, NUMBER

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MANY = 1024  # words worked out at once
BITS = 20  # of the sieve
MIX = 0x9E3779B97F4A7C15


class Weights:
    """The weights of a model's features, by their names as `audit/train.py` writes them."""

    def __init__(self, features: Sequence[str], weights: Array) -> None:
        import numpy as np

        self.table = weights.astype(np.float32)
        self.words = {name[2:]: at for at, name in enumerate(features) if name.startswith("w ")}
        self.marks = {name[2:]: at for at, name in enumerate(features) if name.startswith("m ")}
        numbers = [at for at, name in enumerate(features) if name[:2] not in ("w ", "m ")]
        signs = sorted({ord(sign) for at in numbers for sign in features[at]} | {ord("^"), ord("$")})
        self.shift = len(signs).bit_length()
        if self.shift * max(NGRAMS) > 63:
            raise ValueError("the model's alphabet is too large")
        self.signs = np.zeros(signs[-1] + 2, np.int64)  # the last one is for all letters beyond the alphabet
        self.signs[signs] = np.arange(len(signs)) + 1
        codes = np.array([self._code(features[at]) for at in numbers], np.int64)
        order = np.argsort(codes)
        self.codes, self.places = codes[order], np.array(numbers, np.int64)[order]
        self.sieve = np.zeros(1 << BITS, bool)
        self.sieve[self._slots(self.codes)] = True

    def _code(self, gram: str) -> int:
        code = 0
        for sign in gram:
            code = code << self.shift | int(self.signs[ord(sign)])
        return code

    def _slots(self, codes: Array) -> Array:
        import numpy as np

        slots: Array = (codes.astype(np.uint64) * np.uint64(MIX)) >> np.uint64(64 - BITS)
        return slots.astype(np.int64)

    def of_marks(self, written: Iterable[str]) -> Array:
        """Vectors of marks, strings × acts."""
        import numpy as np

        rows = [[self.marks[mark] for mark in marks if mark in self.marks] for marks in written]
        return np.array([self.table[found].sum(axis=0) for found in rows], np.float32).reshape(-1, self.table.shape[1])

    def of_words(self, words: Sequence[str]) -> Array:
        """Vectors of words, words × acts."""
        import numpy as np

        vectors = np.zeros((len(words), self.table.shape[1]), np.float32)
        for at in range(0, len(words), MANY):
            part = words[at : at + MANY]
            self._add_grams(vectors[at : at + MANY], part)
            whole = [(number, self.words[word]) for number, word in enumerate(part) if word in self.words]
            if whole:
                numbers, rows = zip(*whole, strict=True)
                vectors[at + np.array(numbers)] += self.table[list(rows)]
        return vectors

    def _add_grams(self, vectors: Array, words: Sequence[str]) -> None:
        import numpy as np

        framed = [f"^{word}$" if word not in (NUMBER, NAME) else "" for word in words]
        sizes = np.fromiter(map(len, framed), np.int64, len(framed))
        points = np.frombuffer("".join(framed).encode("utf-32-le", "surrogatepass"), np.uint32)
        signs = self.signs[np.minimum(points, len(self.signs) - 1)]
        left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(signs))  # letters from here to the word's end
        codes = np.zeros((len(signs), len(NGRAMS)), np.int64)
        code, at = signs.copy(), 0
        for size in range(2, max(NGRAMS) + 1):
            code[: 1 - size] = code[: 1 - size] << self.shift | signs[size - 1 :]
            if size in NGRAMS:
                codes[:, at] = np.where((left >= size) & (signs > 0), code, 0)
                at += 1
        self._add(vectors, codes.ravel(), np.repeat(np.arange(len(words)), sizes * len(NGRAMS)))

    def _add(self, vectors: Array, codes: Array, owners: Array) -> None:
        """Add the weights of all features among the codes to the vectors of their owners, which stand in order."""
        import numpy as np

        maybe = np.flatnonzero(self.sieve[self._slots(codes)])
        codes, owners = codes[maybe], owners[maybe]
        place = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        hit = np.flatnonzero(self.codes[place] == codes) if len(self.codes) else maybe[:0]
        if len(hit):
            owners = owners[hit]
            starts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
            vectors[owners[starts]] += np.add.reduceat(self.table[self.places[place[hit]]], starts, axis=0)
