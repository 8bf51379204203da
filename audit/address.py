"""Whether the operator's words address the client, by the right name or a wrong one, or ask for the name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from audit.compiled import OTHER
from audit.frame import Frame
from audit.model import Span
from audit.names import Calls, Person
from audit.person import is_patronymic, same_patronymic
from audit.place import DEAR, MISTER, Place, Words
from audit.spelling import skeleton, spelt
from audit.told import told

# Words before a name that make it somebody spoken of, not spoken to.
_THIRD = frozenset(
    (
        "менеджер менеджеру менеджером менеджера мастер мастеру мастером мастера курьер курьера курьером курьеру доктор врач врачу врачом "
        "врача коллега коллеге коллегу специалист специалиста специалисту администратор администратору администратора водитель водителя "
        "тренер тренеру тренера бухгалтер юрист директор оператор консультант от для у с к ко имя получатель получателя имени фамилия "
        "отчество жена муж сын дочь мама папа сестра брат улица улице ул улицу магазин магазина салон салона бренд марка сорт город модель "
        "серия коллекция отель кафе роль фильм книга песня преподаватель репетитор хирург стоматолог инженер риелтор агент бригадир зовут "
        "тариф тарифа тарифе тарифом набор пакет модель это наш наша наше моя мой ваш ваша вашему вашей вашего ваше сотрудник сотрудница платье диван кресло цвет пицца торт сам сама"
    ).split()
)
_SELF_AFTER = frozenset(
    (
        "служба отдел компания магазин поддержка техподдержка специалист консультант менеджер оператор администратор ваш ваша "
        "зовут команда"
    ).split()
)
_SELF_BEFORE = frozenset("уважением вами меня я на это приветствует".split())


class Address:
    """What was found: spans of right addresses, wrong ones with both names, requests for the name."""

    __slots__ = ("asked", "guessed", "name", "refused", "right", "wrong")

    def __init__(self) -> None:
        self.right: list[Span] = []
        self.wrong: list[tuple[Span, str, str]] = []
        self.asked: list[Span] = []
        self.name: str | None = None
        self.refused: int | None = None
        self.guessed = False


def find_address(frame: Frame, turns: list[int], *, ask: bool) -> Address:
    """Look for the client's name in the given turns of an operator."""
    found = Address()
    heard, initial = -1, frozenset[str]()
    people: list[Person] = []
    calls: list[Calls] = []
    for turn in turns:
        if (before := bisect_left(frame.client, turn)) != heard:
            heard, people = before, known_names(frame, turn)
            calls = [frame.compare.calls(someone) for someone in people]
            initial = frozenset().union(*(call.initial for call in calls))
        found.name = next((p.raw or p.first[0] for p in people if p.known), found.name)
        for place in _places(frame, turn, calls, initial):
            _judge(frame, place, calls, found)
        if ask and not any(call.real for call in calls):
            found.asked.extend(Span(turn, hit.start, hit.end) for hit in frame.lines[turn].of("ask-name"))
    if not found.right and not found.wrong:
        last = turns[-1] if turns else 0
        reply = frame.next_client(last)
        refusals = (i for i in frame.client if (i <= last or i == reply) and "name-refused" in frame.acts(i))
        found.refused = next(refusals, None)
    return found


def known_names(frame: Frame, turn: int) -> list[Person]:
    """The client's names as known before `turn`: from the form, from the client's own words, which count for more."""
    form = frame.client_person
    given = [someone for i in frame.client if i < turn for someone in told(frame, i)]
    if not form.known:
        return given
    if any(someone.sure for someone in given) and not any(_one(frame, form, someone) for someone in given):
        return given
    return [form, *given]


def _one(frame: Frame, form: Person, said: Person) -> bool:
    calls = frame.compare.calls(form)
    return not calls.real or not said.sure or any(calls.call(word) for word in said.first)


def _places(frame: Frame, turn: int, calls: list[Calls], initial: frozenset[str]) -> Iterator[Place]:
    """The words that are in the table of names or begin like one of the client's."""
    scanned = frame.lines[turn].scanned
    if scanned is None:
        return
    words, codes, names = scanned.words, scanned.codes, frame.pack.names
    forms, beside = names.forms, names.honorifics
    fathered = any(call.person.patronymic for call in calls)
    places = [
        at
        for at, word in enumerate(words)
        if word in forms
        or (
            word[:1] in initial
            and any(word in call.words or (codes[at] == OTHER and call.call(word)) for call in calls)
        )
        or (at and (words[at - 1] in beside))
        or (fathered and word[-2:] in ("ич", "ыч", "на") and is_patronymic(word))
    ]
    if places:
        context = Words(frame, turn, words, scanned.offsets)
        for at in places:
            if len(words[at]) > 1 and not words[at].isdigit():
                yield Place(context, at)


def _judge(frame: Frame, place: Place, calls: list[Calls], found: Address) -> None:
    mine = any(_calls(place, call) for call in calls)
    named = frame.pack.names.named(place.word)
    if not (mine or named or is_patronymic(place.word) or place.turn.word(place.at - 1) in MISTER):
        return
    before = place.turn.word(place.at - 1)
    if (place.previous in _THIRD and not place.strong) or (before in _THIRD and before not in DEAR):
        return
    if place.spoken_of or _introduces(frame, place, mine):
        return
    if mine:
        _right(frame, place, calls, found)
    elif _stranger(frame, place, calls, named):
        _wrong(place, calls, named, found)


def _calls(place: Place, call: Calls) -> bool:
    """Whether the word calls the client: by first name, by patronymic, by surname after an honorific."""
    if call.call(place.word):
        return True
    someone = call.person
    if (
        someone.patronymic
        and is_patronymic(place.word)
        and same_patronymic(place.word, someone.patronymic, place.turn.frame.pack.names)
    ):
        return True
    if place.at == place.first and place.turn.word(place.at - 1) not in place.turn.frame.pack.names.honorifics:
        return False
    bare = skeleton(place.word)
    return any(bare[:5] == skeleton(name)[:5] and abs(len(place.word) - len(name)) <= 2 for name in someone.surname)


def _right(frame: Frame, place: Place, calls: list[Calls], found: Address) -> None:
    names = frame.pack.names
    plain = place.word in names.forms and place.word not in names.words
    if place.quoted or not (plain or (place.addressed and not place.listed)):
        return
    said = place.patronymic
    people = [*(call.person for call in calls), *(p for i in frame.client for p in told(frame, i))] if said else []
    fathers = [someone for someone in people if someone.patronymic]
    if said and fathers and not any(same_patronymic(said, p.patronymic or "", names) for p in fathers):
        found.wrong.append((_span(place), _text(place), fathers[0].raw or str(fathers[0].patronymic)))
    else:
        start, end = place.turn.offsets[place.at]
        found.right.append(Span(place.turn.number, start, end))


def _stranger(frame: Frame, place: Place, calls: list[Calls], named: set[int]) -> bool:
    """Whether the word, which does not call the client, plainly calls somebody."""
    names = frame.pack.names
    if not place.addressed or place.listed or _own(frame, place.word):
        return False
    if not named:
        capital = place.said[:1].isupper() and place.first == place.at - 1
        father = is_patronymic(place.word) and any(call.person.patronymic for call in calls)
        return place.said[:1].isupper() and (father or (capital and any(call.person.surname for call in calls)))
    if place.word in names.words and not place.strong:
        return False
    if place.word in names.doubtful and not place.said[:1].isupper():
        return False
    around = place.turn.words[place.first : place.last + 1]
    if any(call.call(word) for call in calls for word in around):
        return False
    return not (any(call.real for call in calls) and _mentioned(frame, place, named))


def _wrong(place: Place, calls: list[Calls], named: set[int], found: Address) -> None:
    start, end = place.turn.offsets[place.at]
    initials = next((call.person.initials for call in calls if call.person.initials), "")
    if (
        any(call.real for call in calls)
        or (initials and spelt(initials[0])[:1] != spelt(place.word[0])[:1])
        or not named
    ):
        expected = next((call.person.raw or call.person.first[0] for call in calls if call.person.known), "")
        found.wrong.append((_span(place), _text(place), expected))
    else:
        found.right.append(Span(place.turn.number, start, end))
        found.guessed = True


def _span(place: Place) -> Span:
    last = place.at + bool(place.patronymic)
    return Span(place.turn.number, place.turn.offsets[place.at][0], place.turn.offsets[last][1])


def _text(place: Place) -> str:
    span = _span(place)
    return place.turn.text[span.start : span.end]


def _mentioned(frame: Frame, place: Place, named: set[int]) -> bool:
    """Whether the client spoke of a person of that name before, so that the operator may speak of the same one."""
    for turn in frame.client:
        scanned = frame.lines[turn].scanned
        if turn < place.turn.number and scanned is not None:
            for word in scanned.words:
                if any(number in named for number, _kind in frame.pack.names.entry(word)):
                    return True
    return False


def _introduces(frame: Frame, place: Place, mine: bool) -> bool:
    """The speaker's own name: in an introduction, before his department, or as a signature."""
    words, own = place.turn, _own(frame, place.word)
    for hit in frame.lines[words.number].of("self-introduction"):
        # A learned introduction is a whole sentence: it may hold an address to a namesake.
        plain = hit.score == 1
        meant = not mine or (plain and (own or place.at > hit.first))
        if hit.first <= place.at <= hit.last and (own or plain) and meant:
            return True
    if not own:
        return False
    tail = words.text[words.offsets[place.last][1] :].strip(" .!)\n")
    start, follow = words.offsets[place.first][0], (place.next, words.word(place.last + 2))
    if (
        ("\n" in words.text[:start] and not tail)
        or place.previous in _SELF_BEFORE
        or place.next in _SELF_AFTER
        or follow == ("на", "связи")
    ):
        return True
    return not place.previous and not place.next and not (mine and not words.gap(place.last + 1).startswith("."))


def _own(frame: Frame, word: str) -> bool:
    named = frame.pack.names.named
    return any(
        word == part or (named(part) and frame.compare.same(word, part))
        for own in frame.own_names
        for part in own.split("-")
    )
