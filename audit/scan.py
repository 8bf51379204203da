"""Texts in, hits of all acts at once out; nothing else in the package matches text.

A turn is cut at white space; every distinct chunk is worked out once (`chunks.py`) and remembered as the codes of its
tokens, and one lazily built deterministic automaton reads the codes, however many patterns a pack has. It is asked only
where a word stands that begins a pattern. All turns of a batch are one row of tokens, with a stop after every turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, count
from operator import add
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from audit import text as texts
from audit.chunks import Chunks
from audit.compiled import END, QUESTION, Tables
from audit.lang import Language

if TYPE_CHECKING:
    import numpy as np

    from audit.names import NameTable

    Array = np.ndarray[Any, Any]

CACHE = 60_000  # chunks that are remembered; the half used last stays when there are more
STATES = 20_000
MAX_TEXT = 20_000
STOP = ("\n",)


class Match(Struct, eq=False, gc=False):
    """Pattern `pattern` over tokens `first..last` (inclusive) of a turn."""

    pattern: int
    first: int
    last: int


class _State(dict[int, "_State"]):
    """A state of the deterministic automaton: the running partial matches and how many tokens each has read."""

    __slots__ = ("accept", "machine", "running")

    def __init__(
        self, machine: _Machine, items: frozenset[tuple[int, int]], accept: tuple[tuple[int, int], ...]
    ) -> None:
        super().__init__()
        self.machine, self.running, self.accept = machine, items, accept

    def __missing__(self, code: int) -> _State:
        state = self[code] = self.machine.step(self.running, code)
        return state


class _Machine:
    """Builds deterministic states as they are met; forgets them all when there are too many."""

    def __init__(self, tables: Tables) -> None:
        import numpy as np

        self.tables = tables
        self.edges: list[dict[int, list[int]]] = []
        for row in tables.edges:
            by_element: dict[int, list[int]] = {}
            for element, target in row:
                by_element.setdefault(element, []).append(target)
            self.edges.append(by_element)
        self.first: dict[int, list[int]] = {}
        for start in tables.starts:
            for element, targets in self.edges[start].items():
                self.first.setdefault(element, []).extend(targets)
        self.states: dict[frozenset[tuple[int, int]], _State] = {}
        self.start = self.state(frozenset())
        begins = [any(element in self.first for element in elements) for elements in tables.codes]
        self.opens = np.array(begins, bool)  # codes that begin a pattern

    def state(self, items: frozenset[tuple[int, int]]) -> _State:
        found = self.states.get(items)
        if found is None:
            accept = sorted({(p, length) for state, length in items for p in self.tables.accepts[state]})
            found = self.states[items] = _State(self, items, tuple(accept))
        return found

    def step(self, items: frozenset[tuple[int, int]], code: int) -> _State:
        if code in (END, QUESTION):
            return self.start
        elements = self.tables.codes[code]
        reached = {(target, 1) for element in elements for target in self.first.get(element, ())}
        for state, length in items:
            edges = self.edges[state]
            for element in (-1, *elements):
                reached.update((target, length + 1) for target in edges.get(element, ()))
        return self.state(frozenset(reached))

    def trim(self) -> None:
        """Forget all states when there are too many; what is met again is built again."""
        if len(self.states) > STATES:
            for state in self.states.values():
                state.clear()  # they hold each other, and nobody looks for cycles while a stream is audited
            self.states.clear()
            self.start = self.state(frozenset())


class Scanned(Struct, eq=False, gc=False):
    """One turn's tokens: codes, and on demand exact offsets and folded words."""

    batch: Batch
    number: int
    text: str
    matches: list[Match]
    found: list[tuple[int, int]] | None = None  # the offsets, once somebody has asked
    read: list[str] | None = None  # and the words

    @property
    def chunks(self) -> list[str]:
        """What stands between white space, in order; a line break is a chunk of its own."""
        return self.batch.splits[self.number]

    @property
    def size(self) -> int:
        """The number of tokens."""
        bounds: list[int] = self.batch.bounds
        return bounds[self.number + 1] - bounds[self.number] - 1

    @property
    def codes(self) -> list[int]:
        """The codes of the tokens."""
        first, last = self.batch.bounds[self.number : self.number + 2]
        codes: list[int] = self.batch.codes[first : last - 1]
        return codes

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Start and end of every token in the raw text."""
        if self.found is None:
            self.found = self.batch.offsets(self.number, self.text)
        return self.found

    @property
    def words(self) -> list[str]:
        """The folded words of all tokens; empty for the end of a sentence."""
        if self.read is None:
            self.read = self.batch.words(self.number, self.text)
        return self.read

    def sentences(self) -> list[tuple[int, int, bool]]:
        """(first token, one past the last word, whether it ends in a question mark) of every sentence with words."""
        batch = self.batch
        mine = (batch.turn == self.number).nonzero()[0]
        begin = batch.bounds[self.number]
        columns = (batch.first[mine] - begin, batch.last[mine] - begin, batch.question[mine])
        return list(zip(*(column.tolist() for column in columns), strict=True))


class Batch:
    """The texts of a batch as one row of tokens.

    codes                        codes of all tokens, a stop after every turn
    rows                         the row of every token in the arrays of `chunks`
    bounds, begins               first token of every turn, and the end, as a list and as an array
    sentences_of                 first sentence of every turn, and the end
    turn, first, last, question  of every sentence: its turn, its tokens `first:last`, whether it ends in «?»
    matches                      of every turn
    """

    def __init__(self, chunks: Chunks, machine: _Machine, pieces: Sequence[str]) -> None:
        import numpy as np

        self._chunks, self._words, self._places = chunks, chunks.words, chunks.places
        self.splits = [texts.split(text if len(text) <= MAX_TEXT else text[:MAX_TEXT]) for text in pieces]
        every = chain.from_iterable(chain.from_iterable(zip(self.splits, [STOP] * len(pieces), strict=True)))
        sizes = np.fromiter(map(len, self.splits), np.int64, len(pieces)) + 1
        numbers = np.fromiter(map(chunks.__getitem__, every), np.int64, int(sizes.sum()))
        self._chunked = numbers.tolist()
        self._cuts = [0, *np.cumsum(sizes).tolist()]
        chunks.settle(numbers)
        size = chunks.size[numbers]
        ends = np.cumsum(size)
        self.rows = np.repeat(chunks.first[numbers] - ends + size, size) + np.arange(ends[-1] if len(ends) else 0)
        codes = chunks.codes[self.rows]
        bounds = np.append(0, ends[np.cumsum(sizes) - 1])
        self.codes, self.bounds = codes.tolist(), bounds.tolist()
        self._sentences(codes, bounds)
        self.matches: list[list[Match]] = [[] for _ in pieces]
        self._match(codes, bounds, machine)

    def _sentences(self, codes: Array, bounds: Array) -> None:
        import numpy as np

        word = codes > QUESTION
        word |= codes < END
        before, after = np.append(False, word[:-1])[: len(word)], np.append(word[1:], False)[: len(word)]
        self.first, self.last = np.flatnonzero(word & ~before), np.flatnonzero(word & ~after) + 1
        self.begins, self.sentences_of = bounds, np.searchsorted(self.first, bounds)
        self.turn = np.searchsorted(bounds, self.first, side="right") - 1
        stop = codes[self.last]
        second = np.append(codes, END)[self.last + 1]
        more = self.last + 1 < bounds[self.turn + 1] - 1  # the stop after a turn is not the turn's own
        self.question = (stop == QUESTION) | ((stop == END) & (second == QUESTION) & more)

    def _match(self, codes: Array, bounds: Array, machine: _Machine) -> None:
        """Run the automaton from every word that begins a pattern until nothing is open any more."""
        import numpy as np

        opening = np.flatnonzero(machine.opens[codes])
        turns = (np.searchsorted(bounds, opening, side="right") - 1).tolist()
        start, row, at, firsts = machine.start, self.codes, 0, self.bounds
        for begin, turn in zip(opening.tolist(), turns, strict=True):
            if begin < at:
                continue
            state, at = start[row[begin]], begin + 1
            while state is not start:
                if state.accept:
                    last = at - 1 - firsts[turn]
                    self.matches[turn].extend([Match(p, last - size + 1, last) for p, size in state.accept])
                state = state[row[at]]
                at += 1

    def offsets(self, number: int, text: str) -> list[tuple[int, int]]:
        """Places of the tokens of a turn."""
        split, places = self.splits[number], self._places
        numbers = self._chunked[self._cuts[number] : self._cuts[number + 1] - 1]
        starts = zip(_starts(split, text), map(places.__getitem__, numbers), strict=True)
        return [(at + start, at + end) for at, found in starts for start, end in found]

    def words(self, number: int, text: str) -> list[str]:
        """Folded words of the tokens of a turn."""
        rows = self.rows[self.bounds[number] : self.bounds[number + 1] - 1].tolist()
        known = self._words
        found = [known[row] for row in rows]
        if None in found:
            fold = self._chunks.language.fold
            places = self.offsets(number, text)
            return [fold(text[a:b]) if word is None else word for word, (a, b) in zip(found, places, strict=True)]
        return found


def _starts(split: Sequence[str], text: str) -> Iterable[int]:
    """Where every chunk begins: by adding up lengths where single blanks divide them, else by looking."""
    sizes = list(map(len, split))
    if sum(sizes) + len(sizes) == len(text) + 1 and "\n" not in text:
        return map(add, accumulate(sizes[:-1], initial=0), count())
    starts, at = [], 0
    for chunk in split:
        at = text.index(chunk, at)
        starts.append(at)
        at += len(chunk)
    return starts


class Scanner:
    """The scanner of one pack and language; keeps only bounded caches."""

    def __init__(
        self, tables: Tables, language: Language, names: NameTable | None = None, most: int | None = None
    ) -> None:
        self.tables, self.language, self.most = tables, language, most
        self.machine = _Machine(tables)
        self.chunks = Chunks(tables, language, names)

    split = staticmethod(texts.split)

    def scan(self, text: str) -> Scanned:
        """Cut one text and find every pattern in it."""
        return self.batch([text])[1][0]

    def batch(self, pieces: Sequence[str]) -> tuple[Batch, list[Scanned]]:
        """Cut texts and find every pattern in them; a batch does not know its turns, or they would hold each other."""
        batch = Batch(self.chunks, self.machine, pieces)
        turns = zip(range(len(pieces)), pieces, batch.matches, strict=True)
        return batch, [Scanned(batch, number, text, matches) for number, text, matches in turns]

    def trim(self) -> Array | None:
        """Keep memory bounded; called between batches. The old numbers of the words that are left, if some are not."""
        self.machine.trim()
        return self.chunks.trim(CACHE if self.most is None else self.most)

    def meant(self, word: str) -> str | None:
        """The pack's word that an unknown word was meant to be; None when unclear or known."""
        return self.chunks.typos.meant(word)
