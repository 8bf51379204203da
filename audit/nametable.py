"""The table of personal names: lemmas with their short forms, and every form that a word may take from them.

`rules/<pack>/names/names*.tsv` lists lemmas with gender, origin, short forms and Latin spellings; case forms and the
clipped vocatives of spoken Russian («Наташ», «Оль») are derived by rule when a pack is compiled.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from audit.spelling import fold, spelt, variant_key

FULL, SHORT, VOCATIVE, OBLIQUE = 0, 1, 2, 3

# Peoples whose names come with other vowels in every spelling: Гюльнара and Гульнара, Мадина and Медина.
_EASTERN = ("names_turkic", "names_caucasus", "names_siberia")
_Readings = dict[str, dict[tuple[int, int], None]]


class Name(Struct, frozen=True):
    """One lemma: nominative as written, gender m/f/u, folded short forms; spellings with one key are one name."""

    lemma: str
    gender: str
    shorts: tuple[str, ...] = ()
    key: str = ""


class NameTable(Struct, dict=True, forbid_unknown_fields=True):
    """All names of a pack, packed as lines and numbers, since a program starts more often than it asks for a rare name.

    `spoken` are the names, a line each. `packed_forms` are folded forms, a line each, `form_numbers` the entries they
    have; `packed_sounds` and `sound_numbers` the same for script-free spellings. An entry is a run of `readings`.
    """

    spoken: str = ""
    packed_forms: str = ""
    form_numbers: bytes = b""
    packed_sounds: str = ""
    sound_numbers: bytes = b""
    readings: bytes = b""
    starts: bytes = b""
    words: set[str] = field(default_factory=set)  # ordinary words too («вера»): names only where they are addressed
    doubtful: set[str] = field(default_factory=set)  # every form that the dictionary knows as another word
    honorifics: set[str] = field(default_factory=set)  # words that stand beside a name: «апа», «бек», «господин»

    @cached_property
    def names(self) -> list[Name]:
        """Every lemma."""
        rows = (line.split("\t") for line in self.spoken.split("\n") if line)
        return [
            Name(lemma, gender, tuple(shorts.split(",")) if shorts else (), key) for lemma, gender, key, shorts in rows
        ]

    @cached_property
    def forms(self) -> dict[str, int]:
        """Folded form → number of its entry."""
        return dict(zip(self.packed_forms.split("\n"), _numbers(self.form_numbers), strict=False))

    @cached_property
    def sounds(self) -> dict[str, int]:
        """Script-free spelling of full and short forms → number of its entry."""
        return dict(zip(self.packed_sounds.split("\n"), _numbers(self.sound_numbers), strict=False))

    @cached_property
    def _runs(self) -> tuple[array[int], array[int]]:
        return _numbers(self.readings), _numbers(self.starts)

    @cached_property
    def people(self) -> dict[str, Any]:
        """Name fields that were cut into parts before; `person.py` keeps it small."""
        return {}

    def _entry(self, number: int) -> array[int]:
        readings, starts = self._runs
        return readings[starts[number] : starts[number + 1]]

    def entry(self, word: str) -> tuple[tuple[int, int], ...]:
        """The readings of a folded word as a name, (name, kind) pairs; empty if it is none."""
        number = self.forms.get(word)
        return () if number is None else tuple((value >> 2, value & 3) for value in self._entry(number))

    def named(self, word: str) -> set[int]:
        """The names that a folded word may call: as written, short or clipped, not in an oblique case."""
        number = self.forms.get(word)
        return set() if number is None else {value >> 2 for value in self._entry(number) if value & 3 != OBLIQUE}

    def full(self, word: str) -> set[int]:
        """The names whose full form a folded word is."""
        return {name for name, kind in self.entry(word) if kind == FULL}

    def sounding(self, word: str) -> set[int]:
        """The names that sound like a word in another script."""
        number = self.sounds.get(spelt(word))
        return set() if number is None else {value >> 2 for value in self._entry(number)}


def _numbers(packed: bytes) -> array[int]:
    """Numbers as a compiled pack has them, the lowest byte first."""
    values = array("I", packed)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _packed(values: Iterable[int]) -> bytes:
    numbers = array("I", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def load_names(folder: Path, ordinary: Callable[[str], bool]) -> NameTable:
    """Read every table of a pack's `names` folder; a pack without one has no names.

    `ordinary` tells whether a folded word is a word of the language besides a name («день», «роман»): such case forms
    and vocatives are not derived, such lemmas are names only where they stand as an address.
    """
    names: list[Name] = []
    readings: _Readings = {}
    for path in sorted(folder.glob("names*.tsv")):
        for row in _rows(path):
            _add(names, readings, row, path.stem.startswith(_EASTERN), ordinary)
    for form, number in list(_clipped(names)):
        if form not in readings and not ordinary(form):
            readings.setdefault(form, {})[number, VOCATIVE] = None
    always, words, honorifics = (
        {fold(row[0]) for row in _rows(folder / f"{name}.tsv")} for name in ("always", "common_nouns", "honorifics")
    )
    doubtful = words | {form for form in readings if ordinary(form)}
    return _table(names, readings, words - always, doubtful - always, honorifics)


def _table(
    names: list[Name], readings: _Readings, words: set[str], doubtful: set[str], honorifics: set[str]
) -> NameTable:
    """Everything packed; what reads the same has one entry."""
    sounds: _Readings = {}
    for form in sorted(readings):
        called = [pair for pair in readings[form] if pair[1] in (FULL, SHORT)]
        if called and len(form) > 2 and not form.isascii():
            sounds.setdefault(spelt(form), {}).update(dict.fromkeys(called))
    entries: dict[tuple[int, ...], int] = {}

    def numbers(table: _Readings) -> list[int]:
        runs = (tuple(sorted((name << 2) + kind for name, kind in table[form])) for form in sorted(table))
        return [entries.setdefault(run, len(entries)) for run in runs]

    form_numbers, sound_numbers = numbers(readings), numbers(sounds)
    return NameTable(
        "\n".join("\t".join((name.lemma, name.gender, name.key, ",".join(name.shorts))) for name in names),
        "\n".join(sorted(readings)), _packed(form_numbers), "\n".join(sorted(sounds)), _packed(sound_numbers),
        _packed(value for run in entries for value in run), _packed(accumulate(map(len, entries), initial=0)),
        words, doubtful, honorifics,
    )  # fmt: skip


def _rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def _add(
    names: list[Name], readings: _Readings, row: list[str], eastern: bool, ordinary: Callable[[str], bool]
) -> None:
    lemma, gender, origin, shorts, latin = (*row, "-", "-", "-", "-")[:5]
    listed = [part.strip() for part in shorts.split(",") if part.strip() not in ("", "-")]
    number = len(names)
    key = variant_key(lemma, eastern=eastern, drop_s=gender == "m" and origin in ("latvian", "lithuanian"))
    names.append(Name(lemma, gender, tuple(fold(short) for short in listed), key))
    for form, kind in [(lemma, FULL), *((short, SHORT) for short in listed)]:
        folded = fold(form)
        readings.setdefault(folded, {})[number, kind] = None
        short_gender = gender if gender != "u" else "f" if folded[-1] in "ая" else "m"
        for case in decline(folded, short_gender):
            if not ordinary(case):
                readings.setdefault(case, {})[number, OBLIQUE] = None
    for piece in fold(lemma).split("-") if "-" in lemma else ():
        if len(piece) > 2 and not ordinary(piece):
            readings.setdefault(piece, {})[number, SHORT] = None
    for spelling in latin.split(","):
        if spelling.strip() not in ("", "-"):
            readings.setdefault(fold(spelling.strip()), {})[number, FULL] = None


def _clipped(names: list[Name]) -> Iterator[tuple[str, int]]:
    for number, name in enumerate(names):
        for form in (fold(name.lemma), *name.shorts):
            clipped = vocative(form)
            if clipped:
                yield clipped, number


_IRREGULAR = {"петр": "петр", "павел": "павл", "лев": "льв"}


def decline(name: str, gender: str) -> set[str]:
    """Oblique case forms of a folded Cyrillic name by the regular declensions; empty where a name does not decline."""
    if not re.fullmatch("[а-я-]+", name):
        return set()
    stem, end = name[:-1], name[-1]
    if end == "а":
        soft = stem[-1:] in "гкхжчшщ"
        return {stem + e for e in ("и" if soft else "ы", "е", "у", "ой", "ою", "ей")}
    if end == "я":
        return {stem + e for e in ("и", "е", "ю", "ей", "ею")}
    if end == "й":
        return {stem + e for e in ("я", "ю", "ем", "е", "и")} if gender != "f" else set()
    if end == "ь":
        return {stem + e for e in (("и", "ью") if gender == "f" else ("я", "ю", "ем", "е"))}
    if end in "оеиуюэыё" or gender == "f":
        return set()
    base = _IRREGULAR.get(name, name)
    return {base + e for e in ("а", "у", "ом", "ем", "е")}


def vocative(name: str) -> str | None:
    """The clipped vocative of spoken Russian: Наташа → наташ, Оля → оль, Мариша → мариш; None where there is none."""
    if len(name) < 4 or not re.fullmatch("[а-я]+", name):
        return name[:-1] + "ь" if re.fullmatch("[а-я]ля|[а-я]ня", name) else None
    if name.endswith("а") and name[-2] not in "аеиоуыэюяь":
        return name[:-1]
    if name.endswith("я") and name[-2] not in "аеиоуыэюяьй":
        return name[:-1] + "ь"
    return None
