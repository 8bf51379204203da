"""What is said in each turn: sentences, and the acts in them, by patterns and by the learned scorer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audit.compile import CompiledPack, Tables
from audit.lang import LANGUAGES, detect
from audit.learned import Model, load_models
from audit.model import Dialogue, Hit, Turn
from audit.scan import Match, Scanned, Scanner

CLOSED = frozenset(("greeting", "farewell", "thanks"))  # acts whose words carry nothing else
HEARD = frozenset(("text", "auto"))


class Sentence:
    """Words of one turn up to a stop: tokens `first..last`, whether it ends in «?», and its acts with probabilities.

    `free` is the number of words that no closed act («добрый день») accounts for; `vetoed` are acts whose «not»
    patterns stand in the sentence: the learned scorer may not find them there.
    """

    __slots__ = ("_scanned", "acts", "answering", "first", "free", "last", "maybe", "question", "turn", "vetoed", "words")

    def __init__(self, scanned: Scanned, turn: int, first: int, last: int, question: bool) -> None:
        self._scanned, self.turn, self.first, self.last, self.question = scanned, turn, first, last, question
        self.words = self.free = last - first
        self.acts: dict[str, float] = {}
        self.maybe: dict[str, float] = {}
        self.vetoed: set[str] | None = None
        self.answering: float | None = None

    @property
    def start(self) -> int:
        """The first character of the sentence."""
        return self._scanned.offsets[self.first][0]

    @property
    def end(self) -> int:
        """One past the last character of its last word."""
        return self._scanned.offsets[self.last - 1][1]

    def veto(self, act: str) -> None:
        """Rule out an act for the learned scorer."""
        self.vetoed = {act} if self.vetoed is None else self.vetoed | {act}


class Mark:
    """An act recognised in tokens `first..last` of a turn; its characters are worked out when somebody asks."""

    __slots__ = ("_scanned", "act", "first", "last", "score", "turn")

    def __init__(self, scanned: Scanned, turn: int, act: str, first: int, last: int, score: float = 1.0) -> None:
        self._scanned, self.turn, self.act, self.first, self.last, self.score = scanned, turn, act, first, last, score

    @property
    def start(self) -> int:
        """The first character."""
        return self._scanned.offsets[self.first][0]

    @property
    def end(self) -> int:
        """One past the last character."""
        return self._scanned.offsets[self.last][1]

    def hit(self) -> Hit:
        """The mark as it is written out."""
        return Hit(self.turn, self.act, self.start, self.end, self.score)


class Line:
    """One turn as recognised; `acts` are those of all its sentences."""

    __slots__ = ("acts", "hits", "scanned", "sentences")

    def __init__(self, scanned: Scanned | None, sentences: list[Sentence], hits: list[Mark]) -> None:
        self.scanned, self.sentences, self.hits = scanned, sentences, hits
        self.acts: set[str] = {hit.act for hit in hits}

    def of(self, act: str) -> list[Mark]:
        """The hits of one act, in order."""
        return [hit for hit in self.hits if hit.act == act] if act in self.acts else []


EMPTY = Line(None, [], [])


class Recogniser:
    """Recognises the acts of a pack; keeps nothing of a dialogue."""

    def __init__(self, pack: CompiledPack) -> None:
        self.pack = pack
        self.questions = frozenset(pack.questions)
        self.scanners = {lang: Scanner(tables, LANGUAGES[lang]) for lang, tables in pack.tables.items()}
        self.models: dict[str, Model] = load_models(pack, self.scanners)

    def language(self, dialogue: Dialogue) -> str | None:
        """The dialogue's language: as given, else by its letters."""
        return dialogue.lang[:2].casefold() if dialogue.lang else detect(turn.text for turn in dialogue.turns)

    def batch(self, dialogues: Sequence[Dialogue]) -> list[tuple[str | None, list[Line]]]:
        """Language and lines of every dialogue; the learned scorer runs once for the whole batch."""
        for scanner in self.scanners.values():
            scanner.trim()  # before a batch, never after it: its lines still look words up
        found: list[tuple[str | None, list[Line]]] = []
        waiting: dict[str, list[tuple[Turn, Line]]] = {}
        for dialogue in dialogues:
            lang = self.language(dialogue)
            scanner = self.scanners.get(lang or "")
            if scanner is None:
                found.append((lang, [EMPTY] * len(dialogue.turns)))
                continue
            lines = [self._line(scanner, lang or "", i, turn) for i, turn in enumerate(dialogue.turns)]
            waiting.setdefault(lang or "", []).extend(zip(dialogue.turns, lines, strict=True))
            found.append((lang, lines))
        for lang, turns in waiting.items():
            if lang in self.models:
                self.models[lang].mark(turns)
        return found

    def _line(self, scanner: Scanner, lang: str, number: int, turn: Turn) -> Line:
        if turn.kind not in HEARD or not turn.text:
            return EMPTY
        scanned = scanner.scan(turn.text)
        if not scanned.codes:
            return Line(scanned, [], [])
        sentences = [Sentence(scanned, number, first, last, question) for first, last, question in scanned.sentences()]
        return Line(scanned, sentences, self._hits(scanned, self.pack.tables[lang], sentences, turn.role) if scanned.matches else [])

    def _hits(self, scanned: Scanned, tables: Tables, sentences: list[Sentence], role: str) -> list[Mark]:
        by_act: dict[int, tuple[list[Match], list[Match]]] = {}
        for match in scanned.matches:
            act, sign = tables.patterns[match.pattern]
            by_act.setdefault(act, ([], []))[sign].append(match)
        hits: list[Mark] = []
        for act, (against, matches) in by_act.items():
            name = self.pack.acts[act]
            if not _heard_from(self.pack.speakers.get(name), role):
                continue
            for no in against:
                _sentence(sentences, no.first).veto(name)
            for first, last in _longest(matches, against) if matches else ():
                sentence = _sentence(sentences, first)
                if name in self.questions and not sentence.question:
                    continue
                sentence.acts[name] = 1.0
                if name in CLOSED:
                    sentence.free -= last - first + 1
                hits.append(Mark(scanned, sentence.turn, name, first, last))
        hits.sort(key=lambda hit: (hit.first, hit.act))
        return hits


def _sentence(sentences: list[Sentence], token: int) -> Sentence:
    """The sentence that holds a token."""
    return next(sentence for sentence in sentences if token < sentence.last)


def _heard_from(who: str | None, role: str) -> bool:
    if who is None:
        return True
    return role == "client" if who == "client" else role in ("operator", "bot", "system", "unknown")


def _longest(matches: Iterable[Match], against: Sequence[Match]) -> list[tuple[int, int]]:
    """Leftmost, longest, not overlapping; none that shares a token with what looks like it and is not."""
    chosen: list[tuple[int, int]] = []
    free = -1
    for match in sorted(matches, key=lambda m: (m.first, -m.last)):
        if match.first <= free or any(no.first <= match.last and match.first <= no.last for no in against):
            continue
        chosen.append((match.first, match.last))
        free = match.last
    return chosen
