"""What is said in each turn: sentences, and the acts in them, by patterns and by the learned scorer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from audit import grammar
from audit.compiled import CompiledPack
from audit.courtesy import named, opened
from audit.lang import LANGUAGES, detect
from audit.learned import Model, Told, load_models
from audit.model import Dialogue, Hit
from audit.scan import Match, Scanned, Scanner

CLOSED = frozenset(("greeting", "farewell", "thanks"))  # acts whose words carry nothing else
HEARD = frozenset(("text", "auto"))


class Sentence(Struct, eq=False, gc=False):
    """Words of one turn up to a stop: tokens `first..last`, whether it ends in «?», and its acts with probabilities.

    `free` is the number of words that no closed act («добрый день») accounts for; `vetoed` are acts whose «not»
    patterns stand in the sentence: the learned scorer may not find them there.
    """

    scanned: Scanned
    turn: int
    first: int
    last: int
    question: bool
    words: int
    free: int
    acts: dict[str, float] = {}
    maybe: dict[str, float] = {}
    vetoed: set[str] | None = None
    answering: float | None = None

    @property
    def start(self) -> int:
        """The first character of the sentence."""
        return self.scanned.offsets[self.first][0]

    @property
    def end(self) -> int:
        """One past the last character of its last word."""
        return self.scanned.offsets[self.last - 1][1]

    def veto(self, act: str) -> None:
        """Rule out an act for the learned scorer."""
        self.vetoed = {act} if self.vetoed is None else self.vetoed | {act}


class Mark(Struct, eq=False, gc=False):
    """An act recognised in tokens `first..last` of a turn; its characters are worked out when somebody asks."""

    scanned: Scanned
    turn: int
    act: str
    first: int
    last: int
    score: float = 1.0

    @property
    def start(self) -> int:
        """The first character."""
        return self.scanned.offsets[self.first][0]

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.scanned.offsets[self.last][1]

    def hit(self) -> Hit:
        """The mark as it is written out."""
        return Hit(self.turn, self.act, self.start, self.end, self.score)


class Line(Struct, eq=False, gc=False):
    """One turn as recognised; `acts` are those of all its sentences."""

    scanned: Scanned | None
    sentences: list[Sentence]
    hits: list[Mark]
    acts: set[str]

    def of(self, act: str) -> list[Mark]:
        """The hits of one act, in order."""
        return [hit for hit in self.hits if hit.act == act] if act in self.acts else []


EMPTY = Line(None, [], [], set())


class _Act(NamedTuple):
    """What a pattern stands for: its act, whether it is one for a hit, who may say it, and how."""

    name: str
    hit: bool
    who: str | None
    question: bool
    closed: bool


class Recogniser:
    """Recognises the acts of a pack; keeps nothing of a dialogue."""

    def __init__(self, pack: CompiledPack) -> None:
        self.pack = pack
        self.scanners = {lang: Scanner(tables, LANGUAGES[lang], pack.names) for lang, tables in pack.tables.items()}
        self.models: dict[str, Model] = load_models(pack, self.scanners)
        self._acts = {
            lang: [self._act(*pattern) for pattern in tables.patterns] for lang, tables in pack.tables.items()
        }

    def _act(self, number: int, sign: int) -> _Act:
        name = self.pack.acts[number]
        return _Act(name, bool(sign), self.pack.speakers.get(name), name in self.pack.questions, name in CLOSED)

    def language(self, dialogue: Dialogue) -> str | None:
        """The dialogue's language: as given, else by its letters."""
        return dialogue.lang[:2].casefold() if dialogue.lang else detect(turn.text for turn in dialogue.turns)

    def batch(self, dialogues: Sequence[Dialogue]) -> list[tuple[str | None, list[Line]]]:
        """Language and lines of every dialogue; scanner and learned scorer run once for the whole batch."""
        self._trim()
        found: list[tuple[str | None, list[Line]]] = []
        waiting: dict[str, list[tuple[Dialogue, list[Line]]]] = {}
        for dialogue in dialogues:
            lang = self.language(dialogue)
            lines = [EMPTY] * len(dialogue.turns)
            found.append((lang, lines))
            if lang in self.scanners:
                waiting.setdefault(lang, []).append((dialogue, lines))
        for lang, said in waiting.items():
            self._recognise(lang, said)
        return found

    def _trim(self) -> None:
        """Keep memory bounded; before a batch, never after it: its lines still look words up."""
        for lang, scanner in self.scanners.items():
            left = scanner.trim()
            if left is not None and lang in self.models:
                self.models[lang].keep(left)

    def _recognise(self, lang: str, said: list[tuple[Dialogue, list[Line]]]) -> None:
        """Fill the lines of the dialogues of one language."""
        heard = [
            (number, at, turn, lines)
            for number, (dialogue, lines) in enumerate(said)
            for at, turn in enumerate(dialogue.turns)
            if turn.text and turn.kind in HEARD
        ]
        batch, scanned = self.scanners[lang].batch([turn.text for _number, _at, turn, _lines in heard])
        turns = batch.turn.tolist()
        begins = batch.begins[batch.turn]
        first, last = (batch.first - begins).tolist(), (batch.last - begins).tolist()
        words = (batch.last - batch.first).tolist()
        places = [at for _number, at, _turn, _lines in heard]
        sentences = list(
            map(
                Sentence, map(scanned.__getitem__, turns), map(places.__getitem__, turns), first, last,
                batch.question.tolist(), words, words,
            )
        )  # fmt: skip
        made, ends = [], batch.sentences_of.tolist()
        for (_number, at, turn, lines), one, begin, end in zip(heard, scanned, ends, ends[1:], strict=False):
            line = lines[at] = Line(one, sentences[begin:end], [], set())
            if one.matches:
                self._hits(line, one.matches, self._acts[lang], turn.role)
            made.append(line)
        if lang in self.models and sentences:
            told = Told(
                batch, [number for number, _at, _turn, _lines in heard], places, [turn for _n, _a, turn, _l in heard]
            )
            self.models[lang].mark(told, made, sentences)
            grammar.settle(lang, zip((turn for _n, _a, turn, _l in heard), made, strict=True))
        opened((number, turn, line) for (number, _at, turn, _lines), line in zip(heard, made, strict=True))

    def _hits(self, line: Line, matches: list[Match], acts: list[_Act], role: str) -> None:
        by_act: dict[str, tuple[_Act, list[Match], list[Match]]] = {}
        for match in matches:
            act = acts[match.pattern]
            _act, against, found = by_act.get(act.name) or by_act.setdefault(act.name, (act, [], []))
            (found if act.hit else against).append(match)
        for name, (act, against, found) in by_act.items():
            if act.who is not None and not _heard_from(act.who, role):
                continue
            for no in against:
                _sentence(line.sentences, no.first).veto(name)
            for first, last in _longest(found, against):
                sentence = _sentence(line.sentences, first)
                if act.question and not sentence.question:
                    continue
                if act.closed and named(sentence.scanned, first):
                    sentence.veto(name)
                    continue
                sentence.acts[name] = 1.0
                line.acts.add(name)
                if act.closed:
                    sentence.free -= last - first + 1
                line.hits.append(Mark(sentence.scanned, sentence.turn, name, first, last))
        if len(line.hits) > 1:
            line.hits.sort(key=lambda hit: (hit.first, hit.act))


def _sentence(sentences: list[Sentence], token: int) -> Sentence:
    """The sentence that holds a token."""
    return next(sentence for sentence in sentences if token < sentence.last)


def _heard_from(who: str, role: str) -> bool:
    return role == "client" if who == "client" else role in ("operator", "bot", "system", "unknown")


def _longest(matches: Sequence[Match], against: Sequence[Match]) -> list[tuple[int, int]]:
    """Leftmost, longest, not overlapping; none that shares a token with what looks like it and is not."""
    chosen: list[tuple[int, int]] = []
    if len(matches) == 1 and not against:
        return [(match.first, match.last) for match in matches]
    free = -1
    for match in sorted(matches, key=lambda m: (m.first, -m.last)):
        if match.first <= free or any(no.first <= match.last and match.first <= no.last for no in against):
            continue
        chosen.append((match.first, match.last))
        free = match.last
    return chosen
