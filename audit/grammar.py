"""Word forms, where words alone leave an act in doubt: a few spaCy token patterns over morphology from pymorphy3.

«Мастер вам позвонит» is news, «Скинь номер, мастер тебя наберёт» asks for a number to call: who does what is in the forms.
A rule looks only at sentences in which its act is in doubt, and spaCy and pymorphy3 are imported when the first of
them comes. What every rule brings, and what was tried and brought nothing, stands in `docs/explanation/grammar.md`;
`benchmarks/grammar.py` measures it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from audit.model import Turn

if TYPE_CHECKING:
    from audit.recognise import Line, Sentence

SETTLED = 0.7  # the score of an act that word forms confirm
READING = 0.2  # a reading rarer than this is left out: «три» is a number, hardly ever the order to rub

CALL = "звонить позвонить перезвонить набрать связаться".split()
GIVE = "дать оставить написать писать указать продиктовать диктовать скинуть прислать назвать сообщить кинуть".split()
NUMBER = "номер номерок телефон телефончик контакт мобильный".split()
DATE = "сегодня завтра послезавтра вечером утром до после".split()

Token = dict[str, Any]
Pattern = list[Token]


def form(*forms: str, **more: Any) -> Token:
    """A word that has one of these forms among its likely readings."""
    return {"MORPH": {"INTERSECTS": [f"Form={one}" for one in forms]}, **more}


def word(*words: str) -> Token:
    """One of these words, as the scanner folds them."""
    return {"ORTH": {"IN": list(words)}}


def lemma(*words: str) -> Token:
    """Any form of one of these words."""
    return {"LEMMA": {"IN": list(words)}}


ANY: Token = {"OP": "*"}
FEW: Pattern = [{"OP": "?"}] * 3
GIVES, NUMBERS = form("Imp", LEMMA={"IN": GIVE}), lemma(*NUMBER)
CALLS = form("Fut1", "Fut3", LEMMA={"IN": CALL})


class Rule(Struct, frozen=True):
    """What word forms say of an act that is in doubt: where one of `has` stands and none of `lacks`, it is meant.

    In doubt is an act that the scorer just did not find (`maybe`) or that a «not» pattern struck out (`vetoed`).
    `question`: whether the sentence must end in «?»; `stems`: one of its words must begin so, which spares most
    sentences the morphology.
    """

    name: str
    act: str
    doubt: str
    has: list[Pattern]
    lacks: list[Pattern] = []
    question: bool | None = None
    stems: tuple[str, ...] = ("",)


RULES = (
    # «Скинь номер, мастер тебя наберёт»: a number wanted for a call; «мастер наберёт» alone is information
    Rule(
        "number-for-call", "call-offer", "vetoed",
        [[GIVES, *FEW, NUMBERS, ANY, CALLS], [NUMBERS, *FEW, GIVES, ANY, CALLS]],
        [[word(*"за перед курьер курьера курьеру водитель водителю подъезда квартиры домофона".split())]],
        stems=("номер", "телефон", "контакт", "мобильн"),
    ),
    # «До 11:00 пришлю файл», «Ответят вам сегодня»: own future with a date is a promise
    Rule(
        "dated", "promise", "maybe",
        [[form("Fut1"), ANY, word(*DATE)], [word(*DATE), ANY, form("Fut1")]],
        [[word("если")], [word("не"), form("Fut1")]], False, tuple(DATE),
    ),
)  # fmt: skip


def settle(lang: str, said: Iterable[tuple[Turn, Line]]) -> int:
    """Confirm what the learned scorer left in doubt; the number of turns that were looked at.

    Russian only, and nothing that clients say.
    """
    return sum(_settle(line) for turn, line in said if turn.role != "client") if lang == "ru" else 0


def _settle(line: Line) -> bool:
    seen = False
    for sentence in line.sentences:
        if sentence.maybe or sentence.vetoed:
            doubts = [rule for rule in RULES if _doubted(rule, sentence)]
            if doubts and line.scanned is not None:
                words = line.scanned.words[sentence.first : sentence.last]
                doubts = [rule for rule in doubts if any(map(str.startswith, words, repeat(rule.stems)))]
                seen = seen or bool(doubts)
                for rule in patterns().say(doubts, words) if doubts else ():
                    _confirm(line, sentence, rule.act)
    return seen


def _doubted(rule: Rule, sentence: Sentence) -> bool:
    if rule.question is not None and rule.question != sentence.question:
        return False
    if rule.doubt == "maybe":
        return rule.act in sentence.maybe
    return sentence.vetoed is not None and rule.act in sentence.vetoed and rule.act not in sentence.acts


def _confirm(line: Line, sentence: Sentence, act: str) -> None:
    from audit.recognise import Mark

    assert line.scanned is not None
    sentence.maybe.pop(act, None)
    sentence.acts[act] = SETTLED
    line.acts.add(act)
    line.hits.append(Mark(line.scanned, sentence.turn, act, sentence.first, sentence.last - 1, SETTLED))


@cache
def patterns() -> Patterns:
    """The patterns of all rules; the first call imports spaCy."""
    return Patterns()


class Patterns:
    """The patterns of all rules over one vocabulary."""

    def __init__(self) -> None:
        from spacy.matcher import Matcher
        from spacy.tokens import Doc
        from spacy.vocab import Vocab

        self.vocab, self.doc = Vocab(), Doc
        self.matchers: dict[str, list[Any]] = {}
        for rule in RULES:
            self.matchers[rule.name] = [Matcher(self.vocab), Matcher(self.vocab)]
            for matcher, patterns in zip(self.matchers[rule.name], (rule.has, rule.lacks), strict=True):
                if patterns:
                    matcher.add(rule.name, patterns)

    def say(self, rules: Sequence[Rule], words: Sequence[str]) -> Iterator[Rule]:
        """Those of the rules whose word forms are in a sentence; its tokens are the scanner's own."""
        doc: Any = self.doc(self.vocab, words=list(words))
        for token in doc:
            morph, token.lemma_ = readings(token.orth_)
            if morph:
                token.set_morph(morph)
        for rule in rules:
            has, lacks = self.matchers[rule.name]
            if has(doc) and not (len(lacks) and lacks(doc)):
                yield rule


@lru_cache(20_000)
def readings(text: str) -> tuple[str, str]:
    """The verb forms of all likely readings («Form=Fut2,Imp» of «уточните»), and a lemma: the verb's if there is one."""
    from audit.lang.ru import parses

    found = parses(text)
    likely = [parse for parse in found if parse.score >= READING] or found[:1]
    verbs = [parse for parse in likely if _form(parse.tag)]
    forms = sorted({_form(parse.tag) for parse in verbs})
    lemmas = [str(parse.normal_form) for parse in verbs or likely]
    return (f"Form={','.join(forms)}" if forms else ""), (lemmas or [text])[0]


def _form(tag: Any) -> str:
    """Inf, Imp (of the one spoken to), Past, or tense and person: Pres2, Fut1; nothing for other parts of speech."""
    if tag.POS == "INFN":
        return "Inf"
    if tag.POS != "VERB" or "incl" in tag:
        return ""
    if tag.mood == "impr":
        return "Imp"
    return "Past" if tag.tense == "past" else {"futr": "Fut", "pres": "Pres"}[tag.tense] + (tag.person or "0")[0]
