"""Personal names: their forms, whether two names are one, and what a pre-chat form's name field holds.

The table (`rules/<pack>/names/*.tsv`) lists lemmas with gender, short forms and Latin spellings; case forms, vocatives
(«Наташ», «Оль») and patronymics are derived by rule. Names the table lacks are compared by their consonant skeleton.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, field
from rapidfuzz.distance import OSA

FULL, SHORT, VOCATIVE, OBLIQUE = 0, 1, 2, 3
PAIRS = 50_000  # compared pairs of names that are remembered

_UNKNOWN = re.compile(
    r"^(гость|гостья|guest|visitor|посетитель|клиент\w*|client|customer|user|пользователь|аноним\w*|anonymous|unknown|неизвест\w*|"
    r"без имени|нет|имя|name|покупатель|абонент|хозяин|test|тест|none|null|no ?name|n/?a|viesis)\W*[\d№#_-]*$"
)
_PATRONYMIC = re.compile(r"(ович|евич|ьич|ович[аеу]|евич[аеу]|овн[аеуы]|овной|евн[аеуы]|евной|ичн[аеуы]|иничн[аы])$")
_PATRONYMIC_SHORT = re.compile(r"(?<=[а-я]{3})(ыч|ич|на|вна)$")
_OGLY = frozenset("оглы оглу улы уулу кызы гызы кызи угли".split())
_WORDS = re.compile(r"[^\W\d_]+")


class Name(Struct, frozen=True):
    """One lemma: nominative as written, gender m/f/u, folded short forms."""

    lemma: str
    gender: str
    shorts: tuple[str, ...] = ()


class NameTable(Struct):
    """All names of a pack.

    forms       folded form → number of its entry
    entries     entry → (name number, FULL | SHORT | VOCATIVE | OBLIQUE) pairs
    words       folded forms that are ordinary words too («вера», «роман»): names only where they are addressed
    doubtful    every form that the dictionary knows as another word: never a wrong name
    honorifics  folded word → whether it may stand alone as an address
    """

    names: list[Name] = field(default_factory=list)
    forms: dict[str, int] = field(default_factory=dict)
    entries: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    honorifics: dict[str, bool] = field(default_factory=dict)

    def entry(self, word: str) -> tuple[tuple[int, int], ...]:
        """The readings of a folded word as a name; empty if it is none."""
        number = self.forms.get(word)
        return () if number is None else self.entries[number]


class Person(Struct, frozen=True):
    """Who a name field or a self-introduction names: folded words by their part."""

    first: tuple[str, ...] = ()
    patronymic: str | None = None
    surname: tuple[str, ...] = ()
    raw: str = ""

    @property
    def known(self) -> bool:
        """Whether there is anything to address the person by."""
        return bool(self.first or self.surname)


def fold(word: str) -> str:
    """The form by which names are compared."""
    return word.casefold().replace("ё", "е")


def load_names(folder: Path, ordinary: Callable[[str], bool]) -> NameTable:
    """Read every table of a pack's `names` folder; a pack without one has no names.

    `ordinary` tells whether a folded word is a word of the language besides a name («день», «роман»): such case forms
    and vocatives are not derived, such lemmas are names only where they stand as an address.
    """
    table = NameTable()
    readings: dict[str, dict[tuple[int, int], None]] = {}
    for path in sorted(folder.glob("names*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                _add(table, readings, line.split("\t"), ordinary)
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    for form in sorted(readings):
        key = tuple(sorted(readings[form]))
        if key not in numbers:
            numbers[key] = len(table.entries)
            table.entries.append(key)
        table.forms[form] = numbers[key]
    table.words = {fold(row[0]) for row in _rows(folder / "common_nouns.tsv")}
    table.doubtful = table.words | {form for form in table.forms if ordinary(form)}
    table.honorifics = {fold(row[0]): row[-1] == "yes" for row in _rows(folder / "honorifics.tsv")}
    return table


def _rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def _add(table: NameTable, readings: dict[str, dict[tuple[int, int], None]], row: list[str], ordinary: Callable[[str], bool]) -> None:
    lemma, gender, _origin, shorts, latin = (*row, "-", "-", "-", "-")[:5]
    listed = [part.strip() for part in shorts.split(",") if part.strip() not in ("", "-")]
    number = len(table.names)
    table.names.append(Name(lemma, gender, tuple(fold(short) for short in listed)))
    for form, kind in [(lemma, FULL), *((short, SHORT) for short in listed)]:
        folded = fold(form)
        readings.setdefault(folded, {})[number, kind] = None
        short_gender = gender if gender != "u" else "f" if folded[-1] in "ая" else "m"
        for case in decline(folded, short_gender):
            if not ordinary(case):
                readings.setdefault(case, {})[number, OBLIQUE] = None
        voc = vocative(folded)
        if voc and voc not in readings and not ordinary(voc):
            readings.setdefault(voc, {})[number, VOCATIVE] = None
    for spelling in latin.split(","):
        if spelling.strip() not in ("", "-"):
            readings.setdefault(fold(spelling.strip()), {})[number, FULL] = None


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


def is_patronymic(word: str) -> bool:
    """Whether a folded word is a patronymic in any case, «оглы»-type particles included."""
    return word in _OGLY or (len(word) > 5 and bool(_PATRONYMIC.search(word)))


def person(raw: str | None, table: NameTable) -> Person:
    """What a name field holds: first name (or nick), patronymic, surname; «Гость 51» and the like hold nothing."""
    if not raw or _UNKNOWN.match(fold(raw.strip())) or "@" in raw or not _WORDS.search(raw):
        return Person()
    words = [fold(word) for word in _WORDS.findall(raw)]
    first = [word for word in words if table.entry(word) and not is_patronymic(word)]
    patronymic = next((word for word in words if is_patronymic(word) and word not in _OGLY), None)
    rest = [word for word in words if word not in first and word != patronymic and word not in _OGLY and len(word) > 1]
    first = list(dict.fromkeys(first))
    if not first:
        return Person(tuple(rest), patronymic, (), raw) if len(rest) <= 2 else Person((), patronymic, tuple(rest), raw)
    return Person(tuple(first), patronymic, tuple(rest), raw)


class Compare:
    """Compares names by the table, and beyond it by skeletons; `same` answers right, wrong or cannot be told."""

    def __init__(self, table: NameTable) -> None:
        self.table = table
        self._known: dict[tuple[str, str], bool] = {}

    def same(self, said: str, meant: str) -> bool:
        """Whether two folded words are forms of one name: case, diminutive, vocative, script, one typo."""
        if said == meant:
            return True
        known = self._known.get((said, meant))
        if known is None:
            if len(self._known) > PAIRS:
                self._known.clear()
            known = self._known[said, meant] = self._same(said, meant)
        return known

    def _same(self, said: str, meant: str) -> bool:
        ours, theirs = self._ids(said), self._ids(meant)
        if ours and theirs:
            return bool(ours & theirs) or any(self._variants(a, b) for a in ours for b in theirs) or _diminutive(said, meant)
        a, b = skeleton(said), skeleton(meant)
        if (a == b and len(a) > 1) or _diminutive(said, meant):
            return True
        if ours or theirs:
            named, other = (ours, b) if ours else (theirs, a)
            return any(_close(skeleton(fold(form)), other) for n in named for form in (self.table.names[n].lemma, *self.table.names[n].shorts))
        return _close(a, b)

    def _ids(self, word: str) -> set[int]:
        return {number for number, _kind in self.table.entry(word)}

    def _variants(self, a: int, b: int) -> bool:
        """Наталья and Наталия, Софья and София: same gender, a short form in common, almost the same letters."""
        one, two = self.table.names[a], self.table.names[b]
        if one.gender != two.gender:
            return False
        near = OSA.normalized_similarity(fold(one.lemma), fold(two.lemma))
        return near >= 0.8 or (near >= 0.55 and bool(set(one.shorts) & set(two.shorts)))


_AFFECTION = re.compile("(оч|еч|юш|уш|ень|онь|ень|ун|юн|ус|юс|ул|юл|ик|ч|ок|ёк|ек|иш|ин|инь)?(ка|ек|ок|енька|онька|я|а|ша|чик|ик|чка|ик)?$")


def _diminutive(said: str, meant: str) -> bool:
    """Даримочка of Дарима, Алсушка of Алсу: the stem and an affectionate ending the table does not list."""
    stem = meant.rstrip("аяиоуеьй")
    return len(stem) >= 3 and said.startswith(stem) and said != meant and bool(_AFFECTION.fullmatch(said[len(stem) :].lstrip("аяуюи") or "я"))


def _close(a: str, b: str) -> bool:
    return a == b or (min(len(a), len(b)) >= 5 and a[0] == b[0] and OSA.distance(a, b, score_cutoff=1) <= 1)


_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i", "й": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "c",
    "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "e", "ґ": "g",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
}  # fmt: skip
_DIGRAPHS = (
    ("shch", "s"), ("sch", "s"), ("sh", "s"), ("zh", "j"), ("kh", "h"), ("ch", "c"), ("ts", "c"), ("tz", "c"), ("ph", "f"), ("th", "t"),
    ("ck", "k"), ("x", "ks"), ("w", "v"), ("q", "k"), ("yo", "e"), ("ye", "e"), ("dj", "j"), ("dz", "j"), ("y", "i"), ("j", "i"),
)  # fmt: skip
_MARKS = str.maketrans("āčēģīķļņšūžäöüõşığçáéíóú", "acegiklnsuzaouosigcaeiou")


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """Script-free form: Юлия, Julija, Yulia and Юлии come out alike; doubled letters and end vowels do not count."""
    word = fold(word).translate(_MARKS)
    if re.search("[а-яіїєґ]", word):
        word = "".join(_LATIN.get(char, char) for char in word).replace("j", "i")
    else:
        for digraph, plain in _DIGRAPHS:
            word = word.replace(digraph, plain)
        word = word.replace("j", "i")
    word = re.sub(r"i+", "i", word)
    word = re.sub(r"(.)\1+", r"\1", word)
    return word.rstrip("aeiou") or word
