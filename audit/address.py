"""Whether the operator's words address the client, by the right name or a wrong one, or ask for the name."""

from __future__ import annotations

from collections.abc import Iterator

from audit.frame import Frame
from audit.model import Span
from audit.names import OBLIQUE, Person, fold, is_patronymic, person, skeleton

# Words before a name that make it somebody spoken of, not spoken to.
_THIRD = frozenset(
    "менеджер менеджеру менеджером менеджера мастер мастеру мастером курьер курьера курьером доктор врач врачу врачом коллега коллеге коллегу "
    "специалист специалиста специалисту администратор администратору администратора водитель водителя тренер тренеру тренера бухгалтер юрист "
    "директор оператор консультант от для у с к ко имя получатель получателя имени фамилия отчество жена муж сын дочь мама папа сестра брат "
    "улица улице ул улицу магазин бренд модель серия коллекция салон отель кафе роль фильм книга песня преподаватель репетитор хирург "
    "стоматолог инженер риелтор агент бригадир зовут это наш наша наша моя мой ваш ваша вашему вашей вашего сотрудник сотрудница".split()
)
_SELF_AFTER = frozenset("служба отдел компания магазин поддержка специалист консультант менеджер оператор администратор ваш зовут команда".split())
_DEAR = frozenset("уважаемый уважаемая дорогой дорогая милая милый господин госпожа гражданин здравствуйте привет приветствую добрый".split())


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


class _Token:
    """A word of a turn that could be a name: folded form, offsets, and the words and signs around it."""

    __slots__ = ("after", "before", "capital", "end", "next_char", "previous_char", "start", "word")

    def __init__(self, text: str, words: list[str], place: tuple[int, int], at: int) -> None:
        self.word = words[at]
        self.start, self.end = place
        self.before = words[at - 1] if at else ""
        self.after = words[at + 1] if at + 1 < len(words) else ""
        self.capital = text[self.start].isupper()
        self.next_char = text[self.end : self.end + 3].lstrip(" ")[:1]
        self.previous_char = text[max(0, self.start - 3) : self.start].rstrip(" ")[-1:]


def find_address(frame: Frame, turns: list[int], *, ask: bool) -> Address:
    """Look for the client's name in the given turns of an operator."""
    found = Address()
    for turn in turns:
        people = known_names(frame, turn)
        found.name = next((p.raw or p.first[0] for p in people if p.known), found.name)
        for token in _tokens(frame, turn, people):
            _judge(frame, turn, token, people, found)
        if ask:
            known = any(p.known and _real(frame, p) for p in people)
            found.asked.extend(Span(turn, hit.start, hit.end) for hit in frame.lines[turn].of("ask-name") if not known)
    last = turns[-1] if turns else 0
    reply = frame.next_client(last)
    if not found.right and not found.wrong:
        found.refused = next((i for i in frame.client if (i <= last or i == reply) and "name-refused" in frame.acts(i)), None)
    return found


def known_names(frame: Frame, turn: int) -> list[Person]:
    """The client's names as known before `turn`: from the form, from the client's own words."""
    people = [frame.client_person] if frame.client_person.known else []
    for i in frame.client:
        if i > turn:
            break
        people.extend(told(frame, i))
    return people


def told(frame: Frame, turn: int) -> list[Person]:
    """Names the client gives in a turn, worked out once."""
    if turn not in frame.told:
        frame.told[turn] = list(_told(frame, turn))
    return frame.told[turn]


def _told(frame: Frame, turn: int) -> Iterator[Person]:
    """Names the client gives in a turn: «меня зовут …», a bare name as a reply to the question, a signature."""
    text = frame.turns[turn].text
    for hit in frame.lines[turn].of("name-given"):
        given = person(text[hit.start :].split("\n")[0][:60], frame.pack.names)
        words = [w for w in given.first if frame.pack.names.entry(w)]
        yield Person(tuple(words[:1]) or _after_zovut(text, hit.end), given.patronymic, (), "")
    before = [i for i in frame.mine + frame.bots if i < turn]
    if before and "ask-name" in frame.acts(max(before)) and len(text.split()) <= 8:
        given = person(text.strip(" .!)(\n"), frame.pack.names)
        table = [w for w in given.first if frame.pack.names.entry(w)]
        if table or len(text.split()) <= 2:
            yield Person(tuple(table) or given.first[:1], given.patronymic, given.surname, "")
    lines = [line.strip(" .,!-—") for line in text.strip().split("\n")]
    if len(lines) > 1 and 0 < len(lines[-1].split()) <= 4:
        given = person(lines[-1].removeprefix("С уважением").strip(" ,"), frame.pack.names)
        if any(frame.pack.names.entry(w) for w in given.first):
            yield given


def _after_zovut(text: str, end: int) -> tuple[str, ...]:
    rest = text[end:].split()
    return (fold(rest[0].strip(".,!)")),) if rest and rest[0][:1].isupper() else ()


def _real(frame: Frame, someone: Person) -> bool:
    """Whether the known name is a personal name and not a nick that nobody would say."""
    return any(frame.pack.names.entry(word) for word in someone.first) or bool(someone.patronymic) or someone.raw.isalpha() and someone.raw[:1].isupper()


def _tokens(frame: Frame, turn: int, people: list[Person]) -> Iterator[_Token]:
    """The words that are in the table of names or begin like one of the client's."""
    scanned = frame.lines[turn].scanned
    if scanned is None:
        return
    text, words, forms = frame.turns[turn].text, scanned.words, frame.pack.names.forms
    begins = tuple({name[0] for p in people for name in (*p.first, *p.surname, p.patronymic or "") if name})
    letters = {skeleton(char)[:1] for char in begins}
    for at, word in enumerate(words):
        if word in forms or (len(word) > 1 and skeleton(word[0])[:1] in letters):
            yield _Token(text, words, scanned.offsets[at], at)


def _judge(frame: Frame, turn: int, token: _Token, people: list[Person], found: Address) -> None:
    if len(token.word) < 2 or token.word.isdigit():
        return
    readings = frame.pack.names.entry(token.word)
    mine = any(_matches(frame, token, p) for p in people)
    if not mine and not readings:
        return
    if _introduces(frame, turn, token) or (token.before in _THIRD and token.before not in _DEAR):
        return
    span = Span(turn, token.start, token.end)
    nominative = not readings or any(kind != OBLIQUE for _n, kind in readings)
    if mine and nominative:
        if token.word in frame.pack.names.words and not (_addressed(token) or token.capital and token.previous_char != ""):
            return
        wrong = _wrong_patronymic(token, [*people, *(p for i in frame.client for p in told(frame, i))]) if is_patronymic(token.after) else None
        if wrong:
            found.wrong.append((span, f"{token.word} {token.after}", wrong))
        else:
            found.right.append(span)
    elif readings and nominative and not mine and _addressed(token) and token.word not in frame.pack.names.doubtful and not _own(frame, turn, token):
        if people:
            expected = next((p.raw or p.first[0] for p in people if p.known), "")
            found.wrong.append((span, frame.turns[turn].text[token.start : token.end], expected))
        else:
            found.right.append(span)
            found.guessed = True


def _matches(frame: Frame, token: _Token, someone: Person) -> bool:
    if any(_same(frame, token.word, name) for name in someone.first):
        return True
    if someone.patronymic and is_patronymic(token.word) and token.word[:4] == someone.patronymic[:4]:
        return True
    honoured = token.before in _DEAR or token.before in frame.pack.names.honorifics
    return honoured and any(skeleton(token.word)[:4] == skeleton(name)[:4] for name in someone.surname)


def _same(frame: Frame, said: str, meant: str) -> bool:
    if said == meant:
        return True
    a, b = skeleton(said)[:1], skeleton(meant)[:1]
    if a != b and not (frame.pack.names.entry(said) and frame.pack.names.entry(meant)):
        return False
    if not frame.pack.names.entry(said) and abs(len(said) - len(meant)) > 3:
        return False
    return frame.compare.same(said, meant)


def _introduces(frame: Frame, turn: int, token: _Token) -> bool:
    """The speaker's own name: in an introduction, before his department, or as a signature."""
    if any(hit.start <= token.start < hit.end for hit in frame.lines[turn].of("self-introduction")):
        return True
    if not _own(frame, turn, token):
        return False
    text = frame.turns[turn].text
    tail = text[token.end :].strip(" .!)\n")
    alone = "\n" in text[: token.start] and not tail
    return alone or token.after in _SELF_AFTER or token.before in ("уважением", "вами", "меня", "я", "на", "это") or (token.previous_char == "" and token.next_char == "" )


def _own(frame: Frame, turn: int, token: _Token) -> bool:
    return any(token.word == name or _same(frame, token.word, name) for name in frame.own_names)


def _addressed(token: _Token) -> bool:
    """Whether the word stands where an address stands: set off by commas or the borders of a sentence."""
    closed = token.next_char in ("", ",", "!", ".", "?", ")", "(", "\n", "…", ";", "-", "—") or not token.next_char.isalnum() or is_patronymic(token.after)
    opened = token.previous_char in ("", ",", "!", ".", "?", ")", "\n", ";") or token.before in _DEAR or token.before in ("день", "вечер", "утро", "дня", "вечера")
    return closed and opened


def _wrong_patronymic(token: _Token, people: list[Person]) -> str | None:
    if not is_patronymic(token.after):
        return None
    known = [p.patronymic for p in people if p.patronymic]
    if known and all(p[:4] != token.after[:4] for p in known):
        return next(p.raw or str(p.patronymic) for p in people if p.patronymic)
    return None
