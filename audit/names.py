"""Which words call a person: every form of the name, clipped and affectionate, other spellings and scripts, one typo.

Who the person is tells `person.py`; names and their forms come from the table (`nametable.py`); names the table lacks
are compared letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from audit.nametable import NameTable, load_names, vocative
from audit.person import FEMALE, MALE, PARTS, Person, person
from audit.spelling import fold, skeleton, spelt

PEOPLE = 3_000  # people whose calls are remembered
WORDS = 2_000  # words remembered for one person
_LETTERS = {
    char: spelt(char)[:1] for char in "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщыэюяіїєґәғқңөұүһāčēģīķļņšūž"
}
_DOUBLE = re.compile(r"(.)\1+")

_AFFECTION = re.compile(
    "(оч|еч|юш|уш|ень|онь|ень|ун|юн|ус|юс|ул|юл|ик|ч|ок|ёк|ек|иш|ин|инь)?(ка|ек|ок|енька|онька|я|а|ша|чик|ик|чка|ик)?$"
)
_SUFFIXES = ("бек", "бай", "хан", "жан", "джан", "жон", "джон", "шах", "улла", "иддин", "мурат", "али")


def diminutive(said: str, meant: str, least: int = 3) -> bool:
    """Даримочка of Дарима, Алсушка of Алсу: the stem and an affectionate ending the table does not list."""
    stem = meant.rstrip("аяиоуеьй")
    if len(stem) < least or said == meant or not said.startswith(stem):
        return False
    rest = said[len(stem) :]
    return bool(_AFFECTION.fullmatch(rest) or _AFFECTION.fullmatch(rest.lstrip("аяуюи") or "я"))


def _suffixed(one: str, two: str) -> bool:
    """Жавлонбек and Жавлон: an eastern name with and without what is added to it out of respect."""
    short, long = sorted((one, two), key=len)
    return len(short) >= 3 and long.startswith(short) and long[len(short) :] in _SUFFIXES


class Calls:
    """What one person may be called by; `real` tells whether it is a personal name and not a nick nobody would say."""

    __slots__ = (
        "_forms",
        "_known",
        "_memo",
        "_ordinary",
        "_table",
        "ids",
        "initial",
        "person",
        "real",
        "unlisted",
        "words",
    )

    def __init__(self, someone: Person, compare: Compare) -> None:
        table = self._table = compare.table
        self.person, self._forms = someone, compare.forms
        self._known, self._ordinary = compare.known, compare.ordinary
        self._memo: dict[str, bool] = {}
        self.ids: set[int] = set()
        unlisted = []
        for word in someone.first:
            ids = compare.ids(word)
            self.ids |= ids
            if not ids:
                unlisted.append(word)
        self.unlisted = () if self.ids else tuple(unlisted)
        self.ids = compare.widened(_of_gender(self.ids, someone, table))
        self.words = {*someone.first, *(form for number in self.ids for form in compare.forms(number))}
        self.words.update(filter(None, map(vocative, self.unlisted)))
        letters = {_LETTERS.get(word[0]) for word in (*self.words, *someone.surname)}
        self.initial = frozenset(char for char, letter in _LETTERS.items() if letter in letters)
        self.real = bool(self.ids or someone.patronymic) or any(self._spoken(word) for word in self.unlisted)

    def _spoken(self, word: str) -> bool:
        """Whether a word the table lacks is a name all the same: capital and Cyrillic, and no word of the language."""
        raw = next((part for part in PARTS.findall(self.person.raw) if fold(part) == word), "")
        return self.person.sure or (
            raw[:1].isupper() and not raw.isascii() and raw[1:].islower() and not self._known(word)
        )

    def call(self, word: str) -> bool:
        """Whether a folded word calls this person."""
        if word in self.words:
            return True
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) > WORDS:
                self._memo.clear()
            known = self._memo[word] = self._calls(word)
        return known

    def _calls(self, word: str) -> bool:
        table = self._table
        named = table.named(word)
        if named:
            if named & self.ids:
                return True
            if any(_suffixed(word, name) and min(len(word), len(name)) > 4 for name in self.person.first):
                return True
            return self._doubled(word) or self._unlisted(word, named)
        if word in table.forms:
            return self._doubled(word)
        if len(word) < 3 or word[0] not in self.initial:
            return False
        bare = skeleton(word)
        if any(_suffixed(word, name) for name in self.person.first):
            return True
        if any(bare == skeleton(name) and len(bare) > 1 and not self._cased(word, name) for name in self.unlisted):
            return True
        if any(diminutive(word, name) for name in (*self.person.first, *self.unlisted)):
            return not self._ordinary(word)
        return any(
            _close(word, name) for name in self.words if name[0] == word[0] or word.isascii()
        ) and not self._ordinary(word)

    def _doubled(self, word: str) -> bool:
        """Ала for Алла: a letter left out of two, or one too many."""
        bare = _single(word)
        return any(name[0] == word[0] and _single(name) == bare for name in self.words)

    def _unlisted(self, word: str, named: set[int]) -> bool:
        """Ирина for a client who calls herself Ирусик."""
        return any(
            skeleton(word) == skeleton(nick)
            or any(diminutive(nick, form, 2) for one in named for form in self._forms(one))
            for nick in self.unlisted
        )

    def _cased(self, word: str, name: str) -> bool:
        """Хунзеи, Хунзее are oblique cases of Хунзея, not calls; between two scripts nothing can be told."""
        return word.isascii() == name.isascii() and word[-1] in "ыуеию" and word != name and name[-1] in "ая"


def _single(word: str) -> str:
    return _DOUBLE.sub(r"\1", word)


def _of_gender(ids: set[int], someone: Person, table: NameTable) -> set[int]:
    """Саша Иванова is no Александр; Женя Петрович is no Евгения."""
    if len(ids) < 2 or not (someone.patronymic or someone.surname):
        return ids
    ends = (someone.patronymic or "", *someone.surname)
    female = any(FEMALE.search(word) or word.endswith(("вна", "чна")) for word in ends)
    male = any(MALE.search(word) or word.endswith("ич") for word in ends)
    wrong = "m" if female and not male else "f" if male and not female else ""
    return {number for number in ids if table.names[number].gender != wrong} or ids


def _close(said: str, meant: str) -> bool:
    """One slip of the finger in a word of four letters, two in one of eight; doubled letters do not count."""
    short = min(len(said), len(meant))
    if short < 3 or len(said) + len(meant) < 7 or said[0] != meant[0] or said.isascii() != meant.isascii():
        return short > 2 and spelt(said) == spelt(meant)
    if said[-1] != meant[-1] and said[:-1].startswith(meant[: len(said) - 1]) and said[-1] in "ыуеию":
        return False
    limit = 2 if short >= 8 else 1
    return OSA.distance(said, meant, score_cutoff=limit) <= limit or spelt(said) == spelt(meant)


class Compare:
    """What people of a pack's table may be called by; keeps only bounded caches."""

    def __init__(self, table: NameTable) -> None:
        self.table = table
        self.known: Callable[[str], bool] = lru_cache(maxsize=5_000)(_known)
        self.ordinary: Callable[[str], bool] = lru_cache(maxsize=5_000)(_ordinary)
        self._people: dict[Person, Calls] = {}
        self._keys: dict[str, list[int]] | None = None
        self._forms: dict[int, tuple[str, ...]] = {}

    def calls(self, someone: Person) -> Calls:
        """What a person may be called by, worked out once."""
        known = self._people.get(someone)
        if known is None:
            if len(self._people) > PEOPLE:
                self._people.clear()
            known = self._people[someone] = Calls(someone, self)
        return known

    def same(self, said: str, meant: str) -> bool:
        """Whether two folded words are forms of one name: diminutive, vocative, script, one typo."""
        return said == meant or self.calls(Person((meant,), raw=meant)).call(said)

    def ids(self, word: str) -> set[int]:
        """The names that a folded word calls, in Latin letters by its sound."""
        named = self.table.named(word)
        if named or not word.isascii():
            return named
        found = self.table.sounding(word)
        return found | self.table.sounding("zh" + word[1:]) if word[0] == "j" else found

    def widened(self, ids: Iterable[int]) -> set[int]:
        """The names and their other spellings: Наталья and Наталия, Aleksejs and Алексей."""
        if self._keys is None:
            self._keys = {}
            for number, name in enumerate(self.table.names):
                self._keys.setdefault(name.key, []).append(number)
        names, found = self.table.names, set(ids)
        for number in ids:
            gender = names[number].gender
            for other in self._keys[names[number].key]:
                if gender == names[other].gender or "u" in (gender, names[other].gender):
                    found.add(other)
        return found

    def forms(self, number: int) -> tuple[str, ...]:
        """Everything that one name of the table is called: full, short and clipped."""
        known = self._forms.get(number)
        if known is None:
            name = self.table.names[number]
            lemma = fold(name.lemma)
            clipped = [c for form in name.shorts if (c := vocative(form))]
            voc = vocative(lemma)
            if voc and all(self.table.names[other].gender == name.gender for other in self.table.full(voc)):
                clipped.append(voc)
            known = self._forms[number] = (lemma, *name.shorts, *clipped)
        return known


def _known(word: str) -> bool:
    """Whether the dictionary has a word; it is loaded when first asked."""
    from audit.lang import LANGUAGES

    return word.isalpha() and not word.isascii() and LANGUAGES["ru"].known(word)


def _ordinary(word: str) -> bool:
    """Whether the dictionary has a word that is no name."""
    from audit.lang import LANGUAGES

    return word.isalpha() and not word.isascii() and LANGUAGES["ru"].ordinary(word)


__all__ = ["Calls", "Compare", "NameTable", "Person", "diminutive", "fold", "load_names", "person"]
