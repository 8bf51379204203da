"""Where a word stands in a turn: set off as an address is, in a list, between quotes, beside a verb."""

from __future__ import annotations

import re

from audit.frame import Frame
from audit.person import is_spoken_patronymic

# Words that make what stands beside them somebody who is spoken to.
DEAR = frozenset("уважаемый уважаемая дорогой дорогая милая милый господин госпожа гражданин гражданка товарищ".split())
MISTER = frozenset("господин госпожа гражданин гражданка товарищ мистер миссис мисс пан пани".split())
_SOCIAL = frozenset(("greeting", "farewell", "thanks", "empathy"))
_AFTER = frozenset("здравствуйте привет приветствую добрый доброе доброго спасибо благодарю извините простите".split())
_BEFORE = _AFTER | frozenset(
    "день вечер утро дня вечера недели выходных да нет хорошо конечно понял поняла понятно свидания приятно".split()
)
_NO_VERB = frozenset(
    "нет ответ привет чат сайт билет кредит результат возврат адресат сертификат пакет совет счет предмет пусть спросят".split()
)
_VERB = re.compile(
    r"(?:[аеиоуыюя]?(?:ит|ет|ут|ют|ят|ат)(?:ся)?|(?:ал|ел|ил|ул|ыл|ял)[аи]?(?:с[ья])?|ышел|шла|ехала?|будет|есть)$"
)
_CLOSE, _OPEN, _QUOTES = frozenset(",!.?…;)(\n"), frozenset(",!.?…;)\n]"), frozenset("«\"“„'")


class Place:
    """A word of a turn that could call somebody, with what stands about it.

    `first..last` are the tokens of the whole address: «Уважаемая Ольга Петровна», «Мадина-джан», «Анна-Мария».
    """

    __slots__ = ("at", "closed", "first", "last", "next", "opened", "previous", "quoted", "said", "turn", "word")

    def __init__(self, turn: Words, at: int) -> None:
        words = turn.words
        self.turn, self.at, self.word = turn, at, words[at]
        self.first, self.last = turn.extent(at)
        self.previous = words[self.first - 1] if self.first else ""
        self.next = words[self.last + 1] if self.last + 1 < len(words) else ""
        before, after = turn.gap(self.first), turn.gap(self.last + 1)
        self.quoted = not _QUOTES.isdisjoint(before)
        dear = words[self.first] in DEAR and self.first < at
        self.opened = (
            not self.previous or dear or not _OPEN.isdisjoint(before) or " -" in before or "—" in before
            or (self.first - 1 in turn.social and at not in turn.social) or self.previous in _BEFORE
        )  # fmt: skip
        self.closed = (
            not self.next or not _CLOSE.isdisjoint(after) or " -" in after or "—" in after or _emoji(after)
            or (self.last + 1 in turn.social and at not in turn.social) or self.next in _AFTER
        )  # fmt: skip
        self.said = turn.text[turn.offsets[at][0] : turn.offsets[at][1]]

    @property
    def addressed(self) -> bool:
        """Whether it stands where an address stands: set off by commas, the borders of a sentence, a greeting."""
        return self.opened and self.closed and not self.quoted

    @property
    def strong(self) -> bool:
        """Whether nothing but a person can stand here: «Здравствуйте, Вера!», «уважаемая Роза»."""
        dear = self.first < self.at and self.turn.words[self.first] in DEAR
        social = self.turn.social
        greeted = (bool(self.previous) and self.first - 1 in social) or (bool(self.next) and self.last + 1 in social)
        return self.addressed and self.said[:1].isupper() and (dear or greeted)

    @property
    def spoken_of(self) -> bool:
        """Whether somebody else is meant: «вам перезвонит Ольга», «Ольга уже выехала»."""
        if self.turn.gap(self.first).strip() == "" and self.previous and _is_verb(self.previous):
            return self.first - 1 not in self.turn.social
        follow = self.next
        if self.turn.gap(self.last + 1).strip() == "" and follow:
            if follow in ("уже", "сейчас", "завтра", "сегодня", "вам", "вас", "не", "скоро"):
                follow = self.turn.word(self.last + 2)
            return _is_verb(follow) and self.last + 1 not in self.turn.social
        return False

    @property
    def listed(self) -> bool:
        """Whether it is one of several: «мастера: Марина, Олег», «Марина или Олег», «Анна, Вера и Роза»."""
        words, names = self.turn, self.turn.frame.pack.names
        started = self.turn.sentence_start(self.at)
        if ":" in words.text[started : words.offsets[self.first][0]]:
            return True
        beside = [(self.previous, words.gap(self.first)), (self.next, words.gap(self.last + 1))]
        if any("," in gap and word != self.word and names.named(word) for word, gap in beside):
            return True
        if (
            all("," in gap and word[:1].isalpha() for word, gap in beside)
            and words.capital(self.first - 1)
            and words.capital(self.last + 1)
        ):
            return self.first - 1 not in words.social
        joint = [words.word(self.first - 2)] * (self.previous in ("и", "или")) + [words.word(self.last + 2)] * (
            self.next in ("и", "или")
        )
        return any(names.named(word) for word in joint)

    @property
    def patronymic(self) -> str | None:
        """The patronymic said after the name."""
        follow = self.turn.word(self.at + 1)
        return follow if self.last > self.at and is_spoken_patronymic(follow) else None


class Words:
    """One turn of the operator as the search for names sees it."""

    __slots__ = ("_social", "frame", "number", "offsets", "text", "words")

    def __init__(self, frame: Frame, number: int, words: list[str], offsets: list[tuple[int, int]]) -> None:
        self.frame, self.number, self.text = frame, number, frame.turns[number].text
        self.words, self.offsets = words, offsets
        self._social: frozenset[int] | None = None

    @property
    def social(self) -> frozenset[int]:
        """The tokens of greetings, farewells and thanks: beside them a name needs no comma."""
        if self._social is None:
            hits = [hit for hit in self.frame.lines[self.number].hits if hit.act in _SOCIAL and hit.score == 1]
            self._social = frozenset(at for hit in hits for at in range(hit.first, hit.last + 1))
        return self._social

    def word(self, at: int) -> str:
        """The word at a place; none beyond the ends."""
        return self.words[at] if 0 <= at < len(self.words) else ""

    def capital(self, at: int) -> bool:
        """Whether a word has a capital that no sentence's beginning gives it."""
        return (
            bool(self.word(at - 1))
            and self.text[self.offsets[at][0]].isupper()
            and not self.words[at].startswith(("вы", "ва"))
        )

    def gap(self, at: int) -> str:
        """What stands between the token before and this one."""
        start = self.offsets[at - 1][1] if 0 < at <= len(self.offsets) else 0
        end = self.offsets[at][0] if at < len(self.offsets) else len(self.text)
        return self.text[start:end]

    def sentence_start(self, at: int) -> int:
        """The character where the sentence of a token begins."""
        while at > 0 and self.words[at - 1]:
            at -= 1
        return self.offsets[at][0]

    def extent(self, at: int) -> tuple[int, int]:
        """The tokens that belong to the address that a word makes."""
        table, first, last = self.frame.pack.names, at, at
        while last + 1 < len(self.words) and (follow := self.words[last + 1]):
            gap = self.gap(last + 1)
            joined = gap == "-" or (
                gap == " " and self.text[self.offsets[last + 1][0]].isupper() and self._surname(follow)
            )
            polite = gap == " " and follow in table.honorifics and follow not in MISTER
            if not (joined or polite or (gap == " " and is_spoken_patronymic(follow))) or last - at > 2:
                break
            last += 1
        while first > 0 and (before := self.words[first - 1]):
            gap = self.gap(first)
            name = table.named(before) and gap in (" ", "-") and self.text[self.offsets[first - 1][0]].isupper()
            if not (before in DEAR or before in table.honorifics or gap == "-" or name) or "," in gap:
                break
            first -= 1
        return first, last

    def _surname(self, word: str) -> bool:
        return word in self.frame.client_person.surname


def _emoji(gap: str) -> bool:
    return any(char > "\u2190" for char in gap)


def _is_verb(word: str) -> bool:
    return len(word) > 3 and word not in _NO_VERB and bool(_VERB.search(word))
