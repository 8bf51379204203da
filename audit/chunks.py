"""What stands between white space, worked out once for every distinct one and remembered as rows of plain arrays.

A chunk gets a number when it is met; what its tokens are (codes, places, folded words, the words as the learned acts
know them, the marks written at them) is worked out for all new chunks of a batch together. Numbers are masked, so that
«12:30» and «09:45» are one entry: most distinct chunks of a stream are numbers.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from audit import text as texts
from audit.compiled import END, QUESTION, Tables
from audit.features import SHOUT, marks, plain, shouts
from audit.lang import Language
from audit.typos import Typos

if TYPE_CHECKING:
    import numpy as np

    from audit.names import NameTable

    Array = np.ndarray[Any, Any]

EDGES = " \"'«»„“”()[]{}<>,;:.!?…-–—*/\\|~+=#№%&^_`"  # what the quick way takes off a word
_STOPS = frozenset("?!.…")
_NUMERIC = re.compile(r"(?:[0-9]|[^\w])*[0-9](?:[0-9]|[^\w])*")
_DIGITS = str.maketrans("123456789", "000000000")
_CODES = {texts.END: END, texts.QUESTION: QUESTION}

Place = tuple[int, int]


class _Fresh:
    """The tokens of the new chunks of a batch, in order; `codes` of words and `known` are filled in last."""

    __slots__ = ("codes", "marks", "masked", "raws", "sizes", "words")

    def __init__(self) -> None:
        self.raws: list[str] = []  # "" for a stop
        self.codes: list[int] = []  # -1 for a word
        self.marks: list[int] = []
        self.sizes: list[int] = []
        self.masked: list[int] = []  # tokens of masked numbers, whose words must be read from the text
        self.words: list[str] = []

    def word(self, raw: str, mark: int) -> None:
        self.raws.append(raw)
        self.codes.append(-1)
        self.marks.append(mark)

    def stop(self, code: int) -> None:
        self.raws.append("")
        self.codes.append(code)
        self.marks.append(0)


class Chunks(dict[str, int]):
    """chunk → its number. The rows of chunk `n` are `first[n] .. first[n] + size[n]` of the arrays of tokens.

    codes   code of a token, as the automaton reads it
    known   number of the word as the learned acts know it (`vocabulary`), 0 for a stop
    marks   number of the marks written at a word (`written`), 0 for none
    """

    def __init__(self, tables: Tables, language: Language, names: NameTable | None) -> None:
        super().__init__()
        self.tables, self.language, self.names = tables, language, names
        self.typos = Typos(tables, language)
        self.unknown: dict[str, int] = {}
        self.written: dict[str, int] = {"": 0}
        self._tails: dict[tuple[str, bool], tuple[tuple[str, int, int], ...]] = {}
        self._skeletons: dict[str, str] = {}
        self._wholes: dict[int, tuple[Place, ...]] = {}
        numbers = [form for form in tables.forms if form.isdigit()]
        self._special = re.compile("|".join(map(re.escape, numbers)) or r"(?!)")
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        import numpy as np

        super().clear()
        self.fresh: list[str] = []
        self.places: list[tuple[Place, ...]] = []
        self.words: list[str | None] = []
        self.vocabulary: dict[str, int] = {"": 0}
        self.spelt: list[str] = [""]
        self.first, self.size = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.codes, self.known = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.marks, self.used, self.clock = np.zeros(0, np.int64), np.zeros(0, np.int64), 0

    def __missing__(self, chunk: str) -> int:
        """The number of a chunk that is new, or of the masked number it stands for."""
        if not chunk.isalpha() and _NUMERIC.fullmatch(chunk) and not self._special.search(chunk):
            masked = chunk.translate(_DIGITS)
            if masked != chunk and not self._special.search(masked):
                return self[masked]
        number = self[chunk] = len(self)
        self.fresh.append(chunk)
        return number

    def settle(self, numbers: Array) -> None:
        """Work out all chunks met since the last time; `numbers` are those of a batch."""
        import numpy as np

        self.clock += 1
        self.used = np.append(self.used, np.zeros(len(self.fresh), np.int64))
        self.used[numbers] = self.clock
        if not self.fresh:
            return
        fresh = _Fresh()
        for chunk in self.fresh:
            before = len(fresh.raws)
            self.places.append(self._cut(chunk, fresh))
            fresh.sizes.append(len(fresh.raws) - before)
        self.fresh = []
        known = self._read(fresh)
        size = np.array(fresh.sizes, np.int64)
        self.first = np.concatenate([self.first, len(self.codes) + np.cumsum(size) - size])
        self.size = np.concatenate([self.size, size])
        self.codes = np.concatenate([self.codes, np.array(fresh.codes, np.int64)])
        self.known = np.concatenate([self.known, np.array(known, np.int64)])
        self.marks = np.concatenate([self.marks, np.array(fresh.marks, np.int64)])

    def _cut(self, chunk: str, fresh: _Fresh) -> tuple[Place, ...]:
        """Add the tokens of one chunk; their places."""
        if chunk.isalpha():
            fresh.word(chunk, self._mark(SHOUT) if shouts(chunk) else 0)
            length = len(chunk)
            return self._wholes.get(length) or self._wholes.setdefault(length, ((0, length),))
        core = chunk.strip(EDGES)
        if core.isalpha():
            at = chunk.find(core)
            if not at or _STOPS.isdisjoint(chunk[:at]):
                return self._cut_word(chunk, at, core, fresh)
        return self._cut_any(chunk, fresh)

    def _cut_word(self, chunk: str, at: int, core: str, fresh: _Fresh) -> tuple[Place, ...]:
        """A word with signs around it and no stop before it: what the signs mean is remembered by the signs."""
        end = at + len(core)
        tail, short = chunk[end:], len(core) < 5 and texts.abbreviated(core)
        stops = self._tails.get((tail, short))
        if stops is None:
            cut = texts.tokens(("ул" if short else "слово") + tail)
            size = 2 if short else 5
            stops = self._tails[tail, short] = tuple(
                (kind, a - size, b - size) for kind, a, b in cut if kind != texts.WORD
            )
        skeleton = f"{chunk[:at]}x{tail}"
        said = self._skeletons.get(skeleton)
        if said is None:
            said = self._skeletons[skeleton] = marks(skeleton)
        if shouts(chunk):
            said += SHOUT
        fresh.word(core, self._mark(said))
        if not stops:
            return ((at, end),)
        for kind, _start, _end in stops:
            fresh.stop(_CODES[kind])
        return ((at, end), *((end + a, end + b) for _kind, a, b in stops))

    def _cut_any(self, chunk: str, fresh: _Fresh) -> tuple[Place, ...]:
        places, before, last = [], len(fresh.raws), -1
        for kind, start, end in texts.tokens(chunk):
            places.append((start, end))
            if kind == texts.WORD:
                last = len(fresh.raws)
                fresh.word(chunk[start:end], 0)
            else:
                fresh.stop(_CODES[kind])
        if last >= 0 and (not chunk.isalnum() or chunk.isupper()):
            fresh.marks[last] = self._mark(marks(chunk) + SHOUT * shouts(chunk))
        if last >= 0 and _NUMERIC.fullmatch(chunk):
            fresh.masked.extend(len(self.words) + at for at in range(before, len(fresh.raws)))
        return tuple(places)

    def _mark(self, written: str) -> int:
        return self.written.setdefault(written, len(self.written))

    def _read(self, fresh: _Fresh) -> list[int]:
        """Fold all new words, find their codes; their numbers as the learned acts know them."""
        fold, forms, unknown = self.language.fold, self.tables.forms, self.unknown
        vocabulary, names = self.vocabulary, self.names
        known, strange, codes = [], [], fresh.codes
        for at, raw in enumerate(fresh.raws):
            if not raw:
                self.words.append("")
                known.append(0)
                continue
            word = fold(raw)
            self.words.append(word)
            code = forms.get(raw, self.tables.number_code) if raw.isdigit() else forms.get(word)
            if code is None:
                code = unknown.get(word)
                if code is None:
                    strange.append((at, word))
                    code = -1
            codes[at] = code
            if names is not None:
                key = plain(word, names, raw)
                known.append(vocabulary.setdefault(key, len(vocabulary)))
            else:
                known.append(0)
        if strange:
            self._read_strange(strange, codes)
        for at in fresh.masked:
            self.words[at] = None if self.words[at] else ""
        self.spelt.extend(islice(vocabulary, len(self.spelt), None))
        return known

    def _read_strange(self, strange: list[tuple[int, str]], codes: list[int]) -> None:
        self.unknown.update(self.typos.codes({word for _at, word in strange}))
        for at, word in strange:
            codes[at] = self.unknown[word]

    def trim(self, most: int) -> Array | None:
        """Forget those used longest ago when there are more than `most`, so that half of that is left.

        The old numbers of the words that are left, in order of their new numbers; None where nothing was forgotten.
        """
        if len(self) <= most:
            return None
        import numpy as np

        kept = np.sort(np.argsort(self.used, kind="stable")[len(self) - most // 2 :])
        self.used = self.used[kept]
        return self._keep(kept)

    def _keep(self, kept: Array) -> Array:
        import numpy as np

        old, places, words = list(self), self.places, self.words
        first, size, codes, known, written = self.first[kept], self.size[kept], self.codes, self.known, self.marks
        super().clear()
        self.update((old[number], at) for at, number in enumerate(kept.tolist()))
        self.places = [places[number] for number in kept.tolist()]
        ends = np.cumsum(size)
        rows = np.repeat(first - ends + size, size) + np.arange(ends[-1] if len(ends) else 0)
        self.words = [words[row] for row in rows.tolist()]
        self.first, self.size = ends - size, size
        self.codes, self.marks = codes[rows], written[rows]
        left, self.known = np.unique(np.append(0, known[rows]), return_inverse=True)
        self.known = self.known[1:]
        self.spelt = [self.spelt[number] for number in left.tolist()]
        self.vocabulary = {word: at for at, word in enumerate(self.spelt)}
        self.unknown = {}
        return left
