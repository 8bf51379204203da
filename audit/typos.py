"""Which of the pack's words an unknown word was meant to be.

Two words are at one edit's distance only if they become equal when each loses at most one letter. So every form is kept
as the 64-bit hashes of itself without one letter; the hashes of all new words of a batch are worked out at once, and
only a word that shares one is compared. A hash shared by chance costs a comparison and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import OSA

from audit.compiled import OTHER, Tables
from audit.lang import Language

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MIN_TYPO = 5
MANY = 4096  # words worked out at once
BITS = 22  # of the sieve


class Typos:
    """The pack's words of one language, ready to be compared."""

    def __init__(self, tables: Tables, language: Language) -> None:
        self.tables, self.language = tables, language
        self._forms: list[str] = []
        self._keys: Array = ()  # type: ignore[assignment]  # made when first asked for

    def codes(self, words: Iterable[str]) -> dict[str, int]:
        """The code of every unknown folded word."""
        found: dict[str, int] = {}
        asked: list[str] = []
        for word in words:
            if not word.isalpha() and any(map(str.isdigit, word)):
                found[word] = self.tables.number_code
                continue
            found[word] = OTHER
            if len(word) >= MIN_TYPO:
                asked.append(word)
        for at in range(0, len(asked), MANY):
            part = asked[at : at + MANY]
            for number, near in self._near(part).items():
                meant = self._choose(part[number], near)
                if meant:
                    found[part[number]] = self.tables.forms[meant]
        return found

    def meant(self, word: str) -> str | None:
        """The pack's word that an unknown word was meant to be, at one edit's distance; None when unclear or known."""
        near = self._near([word]) if len(word) >= MIN_TYPO else {}
        return self._choose(word, near[0]) if near else None

    def _choose(self, word: str, near: list[str]) -> str | None:
        close = [form for form in sorted(near) if OSA.distance(word, form, score_cutoff=1) <= 1]
        if not close or self.language.known(word):
            return None
        codes = {self.tables.forms[form] for form in close}
        if len(codes) > 1:
            close = [form for form in close if len(form) == max(map(len, close))][:1]
        return close[0]

    def _near(self, words: Sequence[str]) -> dict[int, list[str]]:
        """Number of a word → the forms that share a hash with it."""
        import numpy as np

        if not len(self._keys):
            self._build()
        hashes, owners = _deletes(words)
        sieve = np.flatnonzero(self._sieve[hashes >> np.uint64(64 - BITS)])
        hashes, owners = hashes[sieve], owners[sieve]
        left = np.searchsorted(self._keys, hashes, "left")
        right = np.searchsorted(self._keys, hashes, "right")
        found: dict[int, set[str]] = {}
        for at in np.flatnonzero(right > left).tolist():
            forms = self._owners[left[at] : right[at]].tolist()
            found.setdefault(int(owners[at]), set()).update(self._forms[number] for number in forms)
        return {number: list(forms) for number, forms in found.items()}

    def _build(self) -> None:
        import numpy as np

        plain = self.tables.name_code
        self._forms = [form for form, code in self.tables.forms.items() if len(form) >= MIN_TYPO and code != plain]
        parts = [_deletes(self._forms[at : at + MANY]) for at in range(0, len(self._forms), MANY)]
        keys = np.concatenate([np.zeros(0, np.uint64), *(hashes for hashes, _owners in parts)])
        owners = np.concatenate(
            [np.zeros(0, np.int32), *((owners + n * MANY).astype(np.int32) for n, (_h, owners) in enumerate(parts))]
        )
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], owners[order]
        self._sieve = np.zeros(1 << BITS, bool)
        self._sieve[self._keys >> np.uint64(64 - BITS)] = True


def _deletes(words: Sequence[str]) -> tuple[Array, Array]:
    """Hashes of every word as it is and without each of its letters, and the numbers of their words.

    A hash is the sum of letter · power of the place, mixed at the end; a lost letter moves those after it by one place.
    """
    import numpy as np

    sizes = np.fromiter(map(len, words), np.int64, len(words))
    width = int(sizes.max(initial=1))
    letters = np.zeros(int(sizes.sum()), np.uint64)
    letters[:] = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    powers = np.cumprod(np.full(width + 1, 0x9E3779B97F4A7C15 | 1, np.uint64))
    owners = np.repeat(np.arange(len(words)), sizes)
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(letters)) - starts[owners]
    here = letters * powers[place + 1]
    moved = letters * powers[place]
    # without letter i: everything before it in its place, everything after it one place nearer
    sums, shifted = np.cumsum(here), np.cumsum(moved)
    ends = starts + sizes - 1
    before = sums - here - (sums[starts] - here[starts])[owners]
    after = shifted[ends][owners] - shifted
    whole = sums[ends] - (sums[starts] - here[starts])
    hashes = np.concatenate([whole, before + after])
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(32)
    return hashes, np.concatenate([np.arange(len(words)), owners])
