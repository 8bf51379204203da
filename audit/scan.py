"""Texts in, hits of all acts at once out; nothing else in the package matches text.

A turn is cut at white space; every distinct chunk is worked out once and remembered as the codes of its tokens, and
one lazily built deterministic automaton reads the codes: one look-up a token, however many patterns a pack has. A word
that neither the pack nor the dictionary knows is compared with the pack's own words at one edit's distance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import accumulate, chain

from rapidfuzz.distance import OSA

from audit import text as texts
from audit.compile import END, OTHER, QUESTION, Tables
from audit.lang import Language

CACHE = 40_000  # chunks of a generation; two are kept
STATES = 30_000
MIN_TYPO = 5
MAX_TEXT = 20_000


class Match:
    """Pattern `pattern` over tokens `first..last` (inclusive) of a turn."""

    __slots__ = ("first", "last", "pattern")

    def __init__(self, pattern: int, first: int, last: int) -> None:
        self.pattern, self.first, self.last = pattern, first, last


class _State(dict[int, "_State"]):
    """A state of the deterministic automaton: the running partial matches and how many tokens each has read."""

    __slots__ = ("accept", "machine", "running")

    def __init__(self, machine: _Machine, items: frozenset[tuple[int, int]], accept: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        self.machine, self.running, self.accept = machine, items, accept

    def __missing__(self, code: int) -> _State:
        state = self[code] = self.machine.step(self.running, code)
        return state


class _Machine:
    """Builds deterministic states as they are met; forgets them all when there are too many."""

    def __init__(self, tables: Tables) -> None:
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
            self.states.clear()
            self.start = self.state(frozenset())


Chunk = tuple[tuple[int, ...], tuple[tuple[int, int], ...], tuple[str, ...]]


class _Chunks(dict[str, tuple[int, ...]]):
    """chunk → codes of its tokens, worked out at the first meeting, with their places and folded words beside."""

    __slots__ = ("analyse", "older", "places", "words")

    def __init__(self, analyse: Callable[[str], Chunk]) -> None:
        super().__init__()
        self.analyse = analyse
        self.places: dict[str, tuple[tuple[int, int], ...]] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        self.older: dict[str, Chunk] = {}

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        known = self.older.pop(chunk, None) or self.analyse(chunk)
        self[chunk], self.places[chunk], self.words[chunk] = known
        return known[0]

    def trim(self) -> None:
        """Begin a new generation when this one is full: what is met again is kept, what is not is forgotten.

        Only between batches, since the turns of a batch refer to the chunks.
        """
        if len(self) > CACHE:
            self.older = {chunk: (codes, self.places[chunk], self.words[chunk]) for chunk, codes in self.items()}
            self.clear()
            self.places.clear()
            self.words.clear()


class Scanned:
    """One turn's tokens: codes, and on demand exact offsets and folded words."""

    __slots__ = ("_chunks", "_offsets", "_split", "codes", "matches", "text")

    def __init__(self, chunks: _Chunks, split: list[str], text: str, codes: list[int], matches: list[Match]) -> None:
        self._chunks, self._split, self.text, self.codes, self.matches = chunks, split, text, codes, matches
        self._offsets: list[tuple[int, int]] | None = None

    @property
    def chunks(self) -> list[str]:
        """What stands between white space, in order; a line break is a chunk of its own."""
        return self._split

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Start and end of every token in the raw text."""
        if self._offsets is None:
            places, found = self._chunks.places, []
            for chunk, at in zip(self._split, self._starts(), strict=True):
                for start, end in places[chunk]:
                    found.append((at + start, at + end))
            self._offsets = found
        return self._offsets

    def _starts(self) -> Iterable[int]:
        """Where every chunk begins: by adding up lengths where single blanks divide them, else by looking."""
        split, text = self._split, self.text
        starts = list(accumulate((len(chunk) + 1 for chunk in split), initial=0))
        if starts.pop() == len(text) + 1 and "\n" not in text:
            return starts
        starts, at = [], 0
        for chunk in split:
            at = text.index(chunk, at)
            starts.append(at)
            at += len(chunk)
        return starts

    @property
    def words(self) -> list[str]:
        """The folded words of all tokens; empty for the end of a sentence."""
        return list(chain.from_iterable(map(self._chunks.words.__getitem__, self._split)))

    def sentences(self) -> list[tuple[int, int, bool]]:
        """(first token, one past the last word, whether it ends in a question mark) of every sentence with words."""
        found: list[tuple[int, int, bool]] = []
        if END not in self.codes and QUESTION not in self.codes:
            return [(0, len(self.codes), False)]
        first = 0
        for at, code in enumerate(self.codes):
            if code in (END, QUESTION):
                if at > first:
                    found.append((first, at, code == QUESTION))
                elif code == QUESTION and found and not found[-1][2] and found[-1][1] == at - 1:
                    found[-1] = (found[-1][0], found[-1][1], True)
                first = at + 1
        if first < len(self.codes):
            found.append((first, len(self.codes), False))
        return found


class Scanner:
    """The scanner of one pack and language; keeps only bounded caches."""

    def __init__(self, tables: Tables, language: Language) -> None:
        self.tables, self.language = tables, language
        self.machine = _Machine(tables)
        self.chunks = _Chunks(self._analyse)
        self.words: dict[str, int] = {}
        self._near: dict[str, list[str]] | None = None

    split = staticmethod(texts.split)

    def scan(self, text: str) -> Scanned:
        """Cut one text and find every pattern in it."""
        split = self.split(text if len(text) <= MAX_TEXT else text[:MAX_TEXT])
        codes = list(chain.from_iterable(map(self.chunks.__getitem__, split)))
        state = self.machine.start
        matches: list[Match] = []
        for at, code in enumerate(codes):
            state = state[code]
            if state.accept:
                matches.extend(Match(pattern, at - length + 1, at) for pattern, length in state.accept)
        return Scanned(self.chunks, split, text, codes, matches)

    def trim(self) -> None:
        """Keep memory bounded; called between batches."""
        self.machine.trim()
        self.chunks.trim()
        if len(self.words) > CACHE:
            self.words.clear()

    def _analyse(self, chunk: str) -> Chunk:
        if chunk.isalpha():
            word = self.language.fold(chunk)
            return (self._code(chunk, word),), ((0, len(chunk)),), (word,)
        codes: list[int] = []
        places: list[tuple[int, int]] = []
        words: list[str] = []
        for kind, start, end in texts.tokens(chunk):
            places.append((start, end))
            if kind == texts.WORD:
                raw = chunk[start:end]
                word = self.language.fold(raw)
                codes.append(self._code(raw, word))
                words.append(word)
            else:
                codes.append(QUESTION if kind == texts.QUESTION else END)
                words.append("")
        return tuple(codes), tuple(places), tuple(words)

    def code(self, raw: str) -> int:
        """The code of one raw word."""
        return self._code(raw, self.language.fold(raw))

    def _code(self, raw: str, word: str) -> int:
        if raw.isdigit():
            return self.tables.forms.get(raw, self.tables.number_code)
        code = self.tables.forms.get(word)
        if code is None:
            code = self.words.get(word)
        if code is None:
            code = self.words[word] = self._unknown(word)
        return code

    def _unknown(self, word: str) -> int:
        if not word.isalpha() and any(char.isdigit() for char in word):
            return self.tables.number_code
        meant = self.meant(word)
        return self.tables.forms[meant] if meant else OTHER

    def meant(self, word: str) -> str | None:
        """The pack's word that an unknown word was meant to be, at one edit's distance; None when unclear or known."""
        if len(word) < MIN_TYPO:
            return None
        table = self._neighbours()
        keys = [key for key in _deletes(word) if key in table]
        if not keys:
            return None
        near = {form for key in keys for form in table[key]}
        close = [form for form in sorted(near) if OSA.distance(word, form, score_cutoff=1) <= 1]
        if not close or self.language.known(word):
            return None
        codes = {self.tables.forms[form] for form in close}
        if len(codes) > 1:
            close = [form for form in close if len(form) == max(map(len, close))][:1]
        return close[0]

    def _neighbours(self) -> dict[str, list[str]]:
        if self._near is None:
            self._near = {}
            plain = self.tables.name_code
            for form, code in self.tables.forms.items():
                if len(form) >= MIN_TYPO and code != plain:
                    for key in _deletes(form):
                        self._near.setdefault(key, []).append(form)
        return self._near


def _deletes(word: str) -> set[str]:
    return {word, *[word[:i] + word[i + 1 :] for i in range(len(word))]}
