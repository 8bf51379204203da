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

    __slots__ = ("_scanned", "acts", "first", "free", "last", "maybe", "question", "turn", "vetoed", "words")

    def __init__(self, scanned: Scanned, turn: int, first: int, last: int, question: bool) -> None:
        self._scanned, self.turn, self.first, self.last, self.question = scanned, turn, first, last, question
        self.words = self.free = last - first
        self.acts: dict[str, float] = {}
        self.maybe: dict[str, float] = {}
        self.vetoed: set[str] | None = None

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


class Line:
    """One turn as recognised; `acts` are those of all its sentences."""

    __slots__ = ("acts", "hits", "scanned", "sentences")

    def __init__(self, scanned: Scanned | None, sentences: list[Sentence], hits: list[Hit]) -> None:
        self.scanned, self.sentences, self.hits = scanned, sentences, hits
        self.acts: set[str] = {hit.act for hit in hits}

    def of(self, act: str) -> list[Hit]:
        """The hits of one act, in order."""
        return [hit for hit in self.hits if hit.act == act] if act in self.acts else []


EMPTY = Line(None, [], [])


class Recogniser:
    """Recognises the acts of a pack; keeps nothing of a dialogue."""

    def __init__(self, pack: CompiledPack) -> None:
        self.pack = pack
        self.scanners = {lang: Scanner(tables, LANGUAGES[lang]) for lang, tables in pack.tables.items()}
        self.models: dict[str, Model] = load_models(pack, self.scanners)

    def language(self, dialogue: Dialogue) -> str | None:
        """The dialogue's language: as given, else by its letters."""
        return dialogue.lang[:2].casefold() if dialogue.lang else detect(turn.text for turn in dialogue.turns)

    def batch(self, dialogues: Sequence[Dialogue]) -> list[tuple[str | None, list[Line]]]:
        """Language and lines of every dialogue; the learned scorer runs once for the whole batch."""
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
        for scanner in self.scanners.values():
            scanner.trim()
        return found

    def _line(self, scanner: Scanner, lang: str, number: int, turn: Turn) -> Line:
        if turn.kind not in HEARD or not turn.text:
            return EMPTY
        scanned = scanner.scan(turn.text)
        if not scanned.codes:
            return Line(scanned, [], [])
        sentences = _sentences(scanned, number)
        found = self._hits(scanned, self.pack.tables[lang], sentences, turn.role) if scanned.matches else []
        dropped: list[Hit] = []
        for hit, first, last in found:
            for sentence in sentences:
                if sentence.first <= first < sentence.last:
                    if hit.act in self.pack.questions and not sentence.question:
                        dropped.append(hit)
                        break
                    sentence.acts[hit.act] = 1.0
                    if hit.act in CLOSED:
                        sentence.free -= last - first + 1
        return Line(scanned, sentences, [hit for hit, _first, _last in found if hit not in dropped])

    def _hits(self, scanned: Scanned, tables: Tables, sentences: list[Sentence], role: str) -> list[tuple[Hit, int, int]]:
        by_act: dict[int, tuple[list[Match], list[Match]]] = {}
        for match in scanned.matches:
            act, sign = tables.patterns[match.pattern]
            by_act.setdefault(act, ([], []))[sign].append(match)
        hits: list[tuple[Hit, int, int]] = []
        for act, (against, matches) in by_act.items():
            name = self.pack.acts[act]
            if not _heard_from(self.pack.speakers.get(name), role):
                continue
            for no in against:
                for sentence in sentences:
                    if sentence.first <= no.first < sentence.last:
                        sentence.veto(name)
            for first, last in _longest(matches, against):
                hits.append((Hit(sentences[0].turn, name, scanned.offsets[first][0], scanned.offsets[last][1]), first, last))
        hits.sort(key=lambda found: (found[0].start, found[0].act))
        return hits


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


def _sentences(scanned: Scanned, number: int) -> list[Sentence]:
    return [Sentence(scanned, number, first, last, question) for first, last, question in scanned.sentences()]
