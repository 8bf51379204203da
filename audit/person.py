"""Who is named: what a name field holds, cut into first name, patronymic, surname and initials.

What a nick, a company's line or «Гость 51» holds besides a name is left aside.
"""

from __future__ import annotations

import re

from msgspec import Struct
from rapidfuzz.distance import OSA

from audit.nametable import NameTable
from audit.spelling import fold

FIELDS = 20_000  # name fields that are remembered

# Words of a name field that name nobody.
_NOBODY = frozenset(
    (
        "гость гостья гости guest visitor посетитель посетительница сайт сайта клиент клиента клиентка client customer user пользователь "
        "аноним анонимно анонимный anonymous unknown неизвестно неизвестный неизвестная без имени имя нет не name noname no покупатель "
        "абонент хозяин хозяйка test тест none null viesis новый новая чат чата chat whatsapp telegram viber vk вк вконтакте instagram web "
        "site заказ заказа заказчик контакт лид id номер тел телефон дом квартира от из для с по на и the my me "
        "указано указан указана удаленный удаленная аккаунт deleted account buyer member klients kliente klienta klientu apmeklētājs "
        "apmeklētāja lietotājs lietotāja pircējs pircēja anonīms anonīma"
    ).split()
)
_COMPANY = frozenset("ип ооо оао зао пао ао тоо тов фирма компания llc ltd sia ooo ип-ка чп".split())
_KIN = frozenset("мама мамочка папа жена муж сын дочь бабушка дедушка сестра брат подруга друг тетя дядя мамa".split())
_PARTICLES = frozenset("оглы оглу улы уулу кызы гызы кызи угли".split())
_PATRONYMIC = re.compile(
    r"(?:(?P<m>ов|ев|ь|кузьм|ильи|лук|фом|никит|савв|фок|мин)(?:ич(?:[ауе]|ем)?)|(?P<f>ов|ев|ильинич|кузьминич|лукинич|фоминич|никитич|саввич)н(?:[аыуе]|ой))$"
)
_SPOKEN = re.compile(r"[а-я]{2,}(?:ыч|еич|аич|иваныч|на)$")
_SPOKEN_ROOTS = {
    "пал": "павл",
    "сан": "александр",
    "алексан": "александр",
    "михал": "михайл",
    "ник": "никола",
    "дмитр": "дмитри",
}
_ENDS = re.compile(r"(?:ович|евич|овн|евн|иничн|ичн|ич|ыч|н)(?:[аыуе]|ем|ой)?$")
_SURNAME = re.compile(r"(?:[^л][оеё]ва?|[сц]кий|[сц]кая|енко|дзе|швили|янц|[^иь]чук)$")
FEMALE = re.compile(r"(?:[оеё]ва|[ыи]на|ская|цкая|ная)$")
MALE = re.compile(r"(?:[оеё]в|[ыи]н|ский|цкий)$")
PARTS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")


class Person(Struct, frozen=True):
    """Who a name field or a self-introduction names: folded words by their part.

    `initials` are those of first name and patronymic; `sure` tells that the client said so, in so many words.
    """

    first: tuple[str, ...] = ()
    patronymic: str | None = None
    surname: tuple[str, ...] = ()
    raw: str = ""
    initials: str = ""
    sure: bool = False

    @property
    def known(self) -> bool:
        """Whether there is anything to address the person by."""
        return bool(self.first or self.surname or self.patronymic)


def is_patronymic(word: str) -> bool:
    """Whether a folded word is a patronymic in any case, «оглы»-type particles included."""
    return word in _PARTICLES or (len(word) > 4 and bool(_PATRONYMIC.search(word)))


def is_spoken_patronymic(word: str) -> bool:
    """Whether a folded word may be a patronymic as it is spoken, after a first name: Палыч, Сергеич, Иванна."""
    return is_patronymic(word) or (len(word) > 4 and bool(_SPOKEN.fullmatch(word)))


def same_patronymic(said: str, meant: str, table: NameTable) -> bool:
    """Whether two patronymics come from one father, whoever's child: Палыч, Павловна and Павлович do."""
    one, two = (_SPOKEN_ROOTS.get(root, root) for root in (_ENDS.sub("", said), _ENDS.sub("", meant)))
    short = min(len(one), len(two))
    if short >= 3 and (one.startswith(two) or two.startswith(one)) and abs(len(one) - len(two)) <= 1:
        return True
    if one == two or short < 4 or one in table.forms:
        return one == two
    return min(OSA.distance(one, two), OSA.distance(said, meant)) <= 1


def person(raw: str | None, table: NameTable) -> Person:
    """What a name field holds: first name (or nick), patronymic, surname; «Гость 51» and the like hold nothing."""
    if not raw:
        return Person()
    known: Person | None = table.people.get(raw)
    if known is None:
        if len(table.people) > FIELDS:
            table.people.clear()
        known = table.people[raw] = _person(raw, table)
    return known


def _person(raw: str, table: NameTable) -> Person:
    text = raw.strip()
    if "@" in text.strip("@"):
        text = _mailbox(text, table)
    words = [fold(word) for word in PARTS.findall(text)]
    if not words or all(word in _NOBODY or len(word) < 2 for word in words):
        return Person()
    if not text.isascii() or " " in text or not table.named(words[0]):
        words = _unnicked(text, words, table)
    return _parted([word for word in words if word not in _NOBODY], raw, table)


def _mailbox(text: str, table: NameTable) -> str:
    """Of an e-mail address only a first name counts."""
    box = text.partition("@")[0]
    return " ".join(word for word in PARTS.findall(_CAMEL.sub(" ", box)) if table.named(fold(word)))


def _unnicked(text: str, words: list[str], table: NameTable) -> list[str]:
    """OlgaSmirnova in two words, where that yields a name."""
    if not any(table.named(word) for word in words):
        cut = [fold(word) for word in PARTS.findall(_CAMEL.sub(" ", text))]
        if len(cut) > len(words) and any(table.named(word) for word in cut):
            return cut
    return words


def _parted(words: list[str], raw: str, table: NameTable) -> Person:
    initials = "".join(word for word in words if len(word) == 1)
    words = [word for word in words if len(word) > 1 and word not in _PARTICLES]
    company = any(word in _COMPANY for word in words)
    words = [word for word in words if word not in _COMPANY]
    first = [word for word in words if table.named(word)]
    if words and words[0] in _KIN and not first:
        return Person(raw=raw)
    patronymic = _patronymic(words, first)
    first = list(dict.fromkeys(word for word in first if word != patronymic))
    rest = tuple(word for word in words if word not in first and word != patronymic)
    if len(first) > 1:
        first, rest = _surnamed(first, rest, raw)
    if first:
        return Person(tuple(first), patronymic, rest, raw)
    if company or initials:
        return Person((), patronymic, rest, raw, initials)
    surnames = tuple(word for word in rest if _SURNAME.search(word))
    return Person(tuple(word for word in rest if word not in surnames), patronymic, surnames, raw)


def _patronymic(words: list[str], first: list[str]) -> str | None:
    """A patronymic follows the first name or stands alone; «Абрамович Роман» has none."""
    for at, word in enumerate(words):
        after = at > 0 and words[at - 1] in first
        if is_patronymic(word) and (after or len(words) == 1):
            return word
        if after and is_spoken_patronymic(word) and (word not in first or word.endswith("ч")):
            return word
    return next((word for word in words[1:] if is_patronymic(word)), None)


def _surnamed(first: list[str], rest: tuple[str, ...], raw: str) -> tuple[list[str], tuple[str, ...]]:
    """Of several words that could be first names those that end like a surname are one: «Ольга Марина» keeps both."""
    if "-" in raw or "," in raw:
        return first, rest
    surnames = [word for word in first if re.search(r"(?:[оеё]в[а]?|ский|ская|дзе|швили)$", word)]
    if surnames and len(surnames) < len(first):
        return [word for word in first if word not in surnames], (*rest, *surnames)
    return first, rest
