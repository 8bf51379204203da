"""The structure of a dialogue, told once: who speaks when, the answer, what comes before and after it, the end.

Finders and checks ask the frame; nobody else decides what the answer or the closing is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from audit.answer import EVASIONS, HANDED, answering, clarifies
from audit.compiled import CompiledPack
from audit.lang import detect
from audit.model import Dialogue, Turn
from audit.names import Compare, Person, fold, person
from audit.recognise import Line, Sentence
from audit.turns import ByAct, Moment, Operator, Turns, by_act, clock

PLACES = {
    "all": "mine",
    "contact": "contact",
    "before-answer": "before_answer",
    "after-answer": "after_answer",
    "closing": "closing",
}
NOT_PENDING = frozenset("thanks farewell confirm success deny client-wait".split())
ASKS = frozenset(
    "question request trouble complaint unsolved call-request channel-request human-request nudge urgent".split()
)
# A turn that hands over, greets with an offer of help or asks for the name answers only where it plainly does.
LEADS_IN = frozenset(("transfer", "help-offer", "ask-name"))
LEAVES = frozenset(("farewell", "success"))
NEARLY = 0.35  # from this probability on an act that was not found may be there all the same: a reader decides
EMPTY_WORDS = frozenset(
    (
        "да нет неа не угу ага ок окей ok ладно хорошо знаю хз возможно наверное наверно может быть вроде видимо конечно верно "
        "точно так в курсе понятия без простите извините можете неизвестно непонятно потому что вижу мог могла могли бывает "
        "посмотрим плюс именно есть того сказать могу понятно ясно понял поняла принято йес yes no нету можно нельзя никак "
        "нормально норм ну и а к сожалению увы"
    ).split()
)


class Frame:
    """Facts about one dialogue, each worked out when first asked for."""

    def __init__(
        self, dialogue: Dialogue, lines: Sequence[Line], pack: CompiledPack, subject: str, compare: Compare
    ) -> None:
        self.dialogue, self.lines, self.pack, self.subject, self.compare = dialogue, lines, pack, subject, compare
        self.turns: tuple[Turn, ...] = dialogue.turns
        self.operators = self._operators(subject)
        self._asks: dict[int, bool] = {}
        self._places: dict[tuple[str, str | None], Turns] = {}
        self.told: dict[int, list[Person]] = {}
        self.left: list[tuple[Sentence, float]] | None = None  # questions with the chance of no reply, once asked for
        self.told_by_side: list[Sentence] | None = None  # what the side says beyond courtesies, once asked for
        self.stems: dict[tuple[int, int], frozenset[str]] = {}
        self.mine = sorted(turn for operator in self.operators for turn in operator.turns)
        self.client = [
            i for i, turn in enumerate(self.turns) if turn.role == "client" and turn.kind in ("text", "file")
        ]
        self.bots = [i for i, turn in enumerate(self.turns) if turn.role == "bot" and turn.kind == "text"]

    def _operators(self, subject: str) -> list[Operator]:
        found: dict[str, Operator] = {}
        for i, turn in enumerate(self.turns):
            if turn.role == subject and turn.kind in ("text", "file"):
                key = turn.id or turn.name or ""
                operator = found.setdefault(key, Operator(key, turn.name, turn.id))
                operator.turns.append(i)
        return list(found.values())

    # --- asking about single turns -------------------------------------------------------------------------------
    @cached_property
    def said(self) -> ByAct:
        """Which turns carry which acts."""
        return by_act((turn, act) for turn, line in enumerate(self.lines) for act in line.acts)

    @cached_property
    def doubted(self) -> ByAct:
        """Which turns nearly carry which acts: the learned scorer found them too unlikely, but not by much."""
        return by_act(
            (turn, act)
            for turn, line in enumerate(self.lines)
            for sentence in line.sentences
            if sentence.maybe
            for act, chance in sentence.maybe.items()
            if chance >= NEARLY
        )

    def acts(self, turn: int) -> set[str]:
        """The acts of a turn."""
        return self.lines[turn].acts

    def sentences(self, turn: int) -> list[Sentence]:
        """The sentences of a turn."""
        return self.lines[turn].sentences

    def seconds(self, earlier: int, later: int) -> float | None:
        """Seconds between two turns; None when a time is missing or the clocks cannot be compared."""
        one, two = self._clock[earlier], self._clock[later]
        return None if one is None or two is None or one[0] is not two[0] else two[1] - one[1]

    @cached_property
    def _clock(self) -> list[Moment | None]:
        return clock(self.turns)

    def client_before(self, turn: int) -> list[int]:
        """Client turns before `turn`."""
        return self.client[: bisect_left(self.client, turn)]

    def run_before(self, turn: int) -> list[int]:
        """The client's turns since the side's last word before `turn`."""
        run: list[int] = []
        for i in range(turn - 1, -1, -1):
            role = self.turns[i].role
            if role == "client" and self.turns[i].kind in ("text", "file"):
                run.append(i)
            elif role in ("operator", "bot") and self.turns[i].kind in ("text", "auto", "file") and run:
                break
        return run[::-1]

    def next_client(self, turn: int) -> int | None:
        """The first client turn after `turn`."""
        at = bisect_right(self.client, turn)
        return self.client[at] if at < len(self.client) else None

    @cached_property
    def has_times(self) -> bool:
        """Whether turns carry times at all."""
        return any(turn.time is not None for turn in self.turns)

    @cached_property
    def lang(self) -> str:
        """The language the dialogue is judged in: as given, else by its letters."""
        given = self.dialogue.lang
        return given[:2].casefold() if given else detect(turn.text for turn in self.turns) or ""

    @cached_property
    def own_names(self) -> set[str]:
        """The folded words of the operators' and bots' names."""
        words = {
            word for turn in self.turns if turn.role in ("operator", "bot") and turn.name for word in turn.name.split()
        }
        return {fold(word) for word in words if len(word) > 1}

    def asks(self, turn: int) -> bool:
        """Whether a client's turn wants a reply: a question, a request, a trouble told."""
        known = self._asks.get(turn)
        if known is None:
            known = self._asks[turn] = self._wants(turn)
        return known

    def _wants(self, turn: int) -> bool:
        for s in self.lines[turn].sentences:
            if (s.question or not ASKS.isdisjoint(s.acts)) and "rhetorical" not in s.acts:
                return True
        return False

    def pends(self, turn: int) -> bool:
        """Whether a client's turn waits for the side: thanks, goodbyes, «ok» and «I will have a look» do not."""
        if self.asks(turn):
            return True
        acts = self.acts(turn)
        return acts.isdisjoint(NOT_PENDING) if acts else not self._short(turn)

    def _short(self, turn: int) -> bool:
        return sum(sentence.words for sentence in self.sentences(turn)) < 1 and self.turns[turn].kind == "text"

    # --- the people ----------------------------------------------------------------------------------------------
    @cached_property
    def client_person(self) -> Person:
        """The client as the pre-chat form knew them; where it knew no name, as their own turns are signed."""
        names = (self.dialogue.client_name, *(self.turns[i].name for i in self.client))
        people = (person(name, self.pack.names) for name in dict.fromkeys(names))
        return next((someone for someone in people if someone.known), person(None, self.pack.names))

    # --- the answer ----------------------------------------------------------------------------------------------
    @cached_property
    def answer(self) -> tuple[int, int] | None:
        """(turn, token) where the answer begins: the first thing said that resolves, informs or refuses.

        Being sent to the phone or told whose fault it is counts only where nothing better comes.
        """
        return self._answer(evasions=False) or self._answer(evasions=True)

    def _answer(self, *, evasions: bool) -> tuple[int, int] | None:
        asked = self.client[0] if self.client else None
        taken = self.operators[-1].turns[0] if len(self.operators) > 1 and not evasions else -1
        for turn in self.mine:
            if asked is None or turn < asked:
                continue
            if self.unheard is not None and turn > self.unheard:
                break
            sentences = self.sentences(turn)
            for sentence in sentences:
                if turn < taken and ("transfer" in self.acts(turn) or not HANDED.isdisjoint(sentence.acts)):
                    continue
                good = (
                    self.answers(sentence, plain=False)
                    or (self.answers(sentence) and self._plain(turn))
                    or (evasions and not EVASIONS.isdisjoint(sentence.acts))
                )
                if good and not self.empty(sentence):
                    return turn, sentence.first
            if not sentences and self.turns[turn].kind == "file":
                return turn, 0
        return None

    def _plain(self, turn: int) -> bool:
        """Whether the side only states things around a turn.

        What asks or hands over answers only where it plainly does: «Поняла вас. Какой город?» asks.
        """
        around = [sentence for i in self.block(turn) for sentence in self.lines[i].sentences]
        return not any(not LEADS_IN.isdisjoint(s.acts) or self.clarifies(s) for s in around)

    @cached_property
    def unheard(self) -> int | None:
        """The subject's question after the client's last word: what is said after it is said to nobody."""
        last = self.client[-1] if self.client else len(self.turns)
        return next((i for i in self.mine if i > last and any(self.clarifies(s) for s in self.sentences(i))), None)

    def empty(self, sentence: Sentence) -> bool:
        """Whether a sentence is a bare «да», «не знаю», «можно»: it informs on nothing."""
        if sentence.words > 3:
            return False
        scanned = self.lines[sentence.turn].scanned
        words = scanned.words[sentence.first : sentence.last] if scanned else []
        return all(word in EMPTY_WORDS or word in self.pack.names.forms for word in words)

    def answers(self, sentence: Sentence, *, plain: bool = True) -> bool:
        """Whether a sentence of the subject resolves, informs on or refuses something.

        `plain` lets a statement that carries no other act pass for an answer; otherwise it takes positive evidence.
        """
        if sentence.answering is None:
            sentence.answering = answering(sentence)
        return sentence.answering >= (0.5 if plain else 0.6)

    def clarifies(self, sentence: Sentence) -> bool:
        """Whether a sentence of the subject asks a genuine on-topic thing."""
        return clarifies(sentence, told_apart="clarifying" in self.pack.learned)

    @property
    def answer_turn(self) -> int | None:
        """The turn of the answer."""
        return self.answer[0] if self.answer else None

    @cached_property
    def answerer(self) -> Operator | None:
        """Who gives the answer; nobody does: the first operator."""
        return self.author(self.answer_turn) if self.answer_turn is not None else self.first

    def author(self, turn: int) -> Operator | None:
        """Who of the subject wrote a turn."""
        return next((operator for operator in self.operators if turn in operator.turns), None)

    @property
    def first(self) -> Operator | None:
        """The first operator who speaks."""
        return self.operators[0] if self.operators else None

    @cached_property
    def last(self) -> Operator | None:
        """The operator who speaks last."""
        return self.author(self.mine[-1]) if self.mine else None

    @cached_property
    def trouble(self) -> int | None:
        """The client turn where something has gone wrong for the client; remarks on the operator's manners do not count.

        Where the side shows sympathy, a weaker sign of trouble is enough: the one explains the other.
        """
        sorry = any("empathy" in self.acts(turn) for turn in self.mine)
        first = next((turn for turn in self.mine if self.client and turn > self.client[0]), len(self.turns))
        chances = [(self._troubled(turn, first), turn) for turn in self.client]
        best, turn = max(chances, key=lambda pair: (pair[0], -pair[1]), default=(0.0, 0))
        return turn if best >= (0.35 if sorry else 0.6) else None

    def _troubled(self, turn: int, first: int) -> float:
        best = 0.0
        for sentence in self.sentences(turn):
            if sentence.words < 2 or not (sentence.acts or sentence.maybe):
                continue
            told = max(sentence.acts.get(act) or sentence.maybe.get(act, 0.0) for act in ("trouble", "urgent"))
            if turn < first:
                told = max(
                    told, 0.9 * (sentence.acts.get("complaint") or 0.0), 0.8 * (sentence.acts.get("unsolved") or 0.0)
                )
            best = max(best, told)
        return best

    @cached_property
    def comforter(self) -> Operator | None:
        """Who replies to the trouble: who first shows sympathy for it, else who speaks first after it."""
        if self.trouble is None:
            return self.first
        replies = [i for i in self.mine if i > self.trouble]
        if not replies:
            return self.last
        return self.author(next((i for i in replies if "empathy" in self.acts(i)), replies[0]))

    # --- places --------------------------------------------------------------------------------------------------
    @cached_property
    def contact(self) -> list[int]:
        """The first operator's turns up to the client's next one, at least the first two."""
        if self.first is None:
            return []
        mine = self.first.turns
        began = next((i for i in self.client if i > mine[0]), len(self.turns))
        block = [turn for turn in mine if turn < began]
        return mine[: max(2, len(block))]

    @cached_property
    def after_answer(self) -> list[int]:
        """The subject's turns from the answer's own on; those after the client's last word where the client left."""
        if self.answer:
            return self.mine[bisect_left(self.mine, self.answer[0]) :]
        return self.mine[bisect_right(self.mine, self.client[-1]) :] if self.client_left else []

    @cached_property
    def before_answer(self) -> list[int]:
        """The subject's turns up to the answer's own; all of them if there is no answer."""
        return self.mine[: bisect_right(self.mine, self.answer[0])] if self.answer else self.mine

    @cached_property
    def closing(self) -> list[int]:
        """The run of subject turns, no client turn between, that holds the farewell; empty without a farewell."""
        start = self.answer_turn if self.answer_turn is not None else -1
        said = [turn for turn in self.mine if turn >= start and "farewell" in self.acts(turn)]
        if not said:
            return []
        return self.block(said[-1])

    def block(self, turn: int) -> list[int]:
        """The subject's turns around `turn` with no client turn between."""
        client, mine = self.client, self.mine
        at = bisect_left(client, turn)
        before = client[at - 1] if at else -1
        at = bisect_right(client, turn)
        after = client[at] if at < len(client) else len(self.turns)
        return mine[bisect_right(mine, before) : bisect_left(mine, after)]

    def place(self, where: str, operator: Operator | None = None) -> Turns:
        """The subject's turns of a named place, of one operator where there are several."""
        key = where, operator.key if operator is not None and len(self.operators) > 1 else None
        known = self._places.get(key)
        if known is None:
            turns: list[int] = getattr(self, PLACES[where])
            mine = turns if operator is None or key[1] is None else [turn for turn in turns if turn in operator.turns]
            known = self._places[key] = Turns(mine)
        return known

    # --- how it ended --------------------------------------------------------------------------------------------
    @cached_property
    def client_left(self) -> bool:
        """The client never came back after the subject's question, and there was no answer yet."""
        if not self.mine or not self.client:
            return False
        return self.answer is None and self.mine[-1] > self.client[-1]

    @cached_property
    def gone(self) -> bool:
        """The client said goodbye, or the system says that the client left, before the subject's first word."""
        first = self.mine[0] if self.mine else len(self.turns)
        if any(turn < first and "client-gone" in self.acts(turn) for turn in range(first)):
            return True
        return bool(self.client) and self.client[-1] < first and not LEAVES.isdisjoint(self.acts(self.client[-1]))

    @cached_property
    def success(self) -> int | None:
        """The client turn that reports success unprompted: no help check stands before it after the answer."""
        start = self.answer_turn
        if start is None:
            return None
        for turn in self.client:
            if turn > start and "success" in self.acts(turn):
                asked = any("help-check" in self.acts(i) for i in self.mine if start <= i < turn)
                return None if asked else turn
        return None

    def spoken(self) -> Iterator[int]:
        """Turns that the client sees or writes, in order."""
        for i, turn in enumerate(self.turns):
            if turn.kind in ("text", "auto", "file") and turn.role in ("client", "operator", "bot"):
                yield i
