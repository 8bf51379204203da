"""Dialogues in, scorecards out, batch by batch; one dialogue is a batch of one and there is no other path."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from audit.compiled import CompiledPack
from audit.frame import Frame
from audit.judge import judge, ready
from audit.metrics import metrics
from audit.model import Audited, Dialogue, Hit, Rejected, Scorecard, Verdict
from audit.names import Compare
from audit.recognise import Line, Recogniser
from audit.score import score
from audit.turns import Operator

BATCH = 500


class Engine:
    """A pack ready to audit; keeps nothing of a dialogue, so the order and size of batches change nothing."""

    def __init__(self, pack: CompiledPack, subject: str = "operator") -> None:
        self.pack, self.subject = pack, subject
        self.recogniser = Recogniser(pack)
        self.compare = Compare(pack.names)
        self.checks = [ready(name, check) for name, check in pack.checks.items()]

    def batch(self, dialogues: list[Dialogue]) -> list[Audited]:
        """Audit some dialogues."""
        return [Audited(d, cards) for d, cards in zip(dialogues, self.cards(dialogues), strict=True)]

    def cards(self, dialogues: list[Dialogue]) -> list[tuple[Scorecard, ...]]:
        """The scorecards of every dialogue."""
        recognised = self.recogniser.batch(dialogues)
        return [tuple(self._cards(d, lang, lines)) for d, (lang, lines) in zip(dialogues, recognised, strict=True)]

    def frame(self, dialogue: Dialogue) -> Frame:
        """The frame of one dialogue, for looking at."""
        _lang, lines = self.recogniser.batch([dialogue])[0]
        return Frame(dialogue, lines, self.pack, self.subject, self.compare)

    def _cards(self, dialogue: Dialogue, lang: str | None, lines: list[Line]) -> Iterator[Scorecard]:
        frame = Frame(dialogue, lines, self.pack, self.subject, self.compare)
        operators: list[Operator | None] = [*frame.operators] or [None]
        for operator in operators:
            verdicts = self._verdicts(frame, operator, lang)
            yield Scorecard(
                pack=self.pack.label, dialogue=dialogue.id,
                operator=(operator.name or operator.id or "unnamed") if operator else None,
                operator_id=operator.id if operator else None, subject=self.subject, lang=lang,
                channel=dialogue.channel, category=dialogue.category, started_at=dialogue.turns[0].time if dialogue.turns else None,
                score=None if _thin(frame, self.pack.minimum_words) else score(verdicts), verdicts=verdicts,
                metrics=metrics(frame, operator), source=dialogue.source, dimensions=_dimensions(dialogue),
            )  # fmt: skip

    def _verdicts(self, frame: Frame, operator: Operator | None, lang: str | None) -> tuple[Verdict, ...]:
        if lang not in self.pack.tables:
            reason = {"code": "no-language", "lang": lang}
            return tuple(Verdict(c.name, "na", c.weight, c.critical, True, (), reason) for c in self.checks)
        mine = self.checks
        if operator is not None and len(frame.operators) > 1:
            mine = [check for check in mine if _owns(frame, operator, check.owner)]
        return tuple([judge(check, frame, operator) for check in mine])


def _owns(frame: Frame, operator: Operator, owner: str) -> bool:
    """Whether this operator is the one of several that the verdict belongs to."""
    owners = {
        "first": frame.first,
        "last": frame.last,
        "answerer": frame.answerer,
        "comforter": frame.comforter,
        "bot": frame.first,
    }
    return owner in ("author", "holder") or owners[owner] is operator


def _thin(frame: Frame, minimum: int) -> bool:
    words = sum(sentence.words for line in frame.lines for sentence in line.sentences)
    return not frame.mine or not frame.client or words < minimum


def _dimensions(dialogue: Dialogue) -> dict[str, Any]:
    return {key: value for key, value in dialogue.extra.items() if isinstance(value, str | int | float | bool)}


def audit(
    items: Iterable[Dialogue | Rejected],
    pack: CompiledPack,
    *,
    subject: str = "operator",
    batch: int = BATCH,
    jobs: int = 1,
) -> Iterator[Audited | Rejected]:
    """Audit a stream in batches, in its order; rejected records pass through.

    Memory holds one batch; with `jobs` over 1, two batches for each of so many processes, which do the same.
    """
    batches = _batches(items, batch)
    if jobs > 1 and len(first := list(islice(batches, 2))) > 1:
        yield from _shared(chain(first, batches), pack, subject, min(jobs, os.cpu_count() or 1))
        return
    batches = chain(first, batches) if jobs > 1 else batches
    engine = Engine(pack, subject)
    for waiting in batches:
        yield from _merged(waiting, engine.cards(_dialogues(waiting)))


def _batches(items: Iterable[Dialogue | Rejected], size: int) -> Iterator[list[Dialogue | Rejected]]:
    stream = iter(items)
    while waiting := list(islice(stream, size)):
        yield waiting


def _dialogues(waiting: list[Dialogue | Rejected]) -> list[Dialogue]:
    return [item for item in waiting if isinstance(item, Dialogue)]


def _merged(waiting: list[Dialogue | Rejected], cards: list[tuple[Scorecard, ...]]) -> Iterator[Audited | Rejected]:
    judged = iter(cards)
    for item in waiting:
        yield item if isinstance(item, Rejected) else Audited(item, next(judged))


def _shared(
    batches: Iterator[list[Dialogue | Rejected]], pack: CompiledPack, subject: str, jobs: int
) -> Iterator[Audited | Rejected]:
    """Batches handed to processes as they come, taken back in their order."""
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    from audit.errors import UsageError

    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(pack, subject, os.getpid())) as pool:
        running: deque[tuple[list[Dialogue | Rejected], Future[list[tuple[Scorecard, ...]]]]] = deque()
        try:
            for waiting in batches:
                running.append((waiting, pool.submit(_work, _dialogues(waiting))))
                if len(running) > 2 * jobs:
                    first, done = running.popleft()
                    yield from _merged(first, done.result())
            for first, done in running:
                yield from _merged(first, done.result())
        except BrokenProcessPool as broken:
            raise UsageError(
                "a process of --jobs was killed, perhaps for want of memory; try fewer of them"
            ) from broken
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_ENGINES: list[Engine] = []  # a worker process has one


def _begin(pack: CompiledPack, subject: str, parent: int) -> None:
    """Make a worker's engine; what it keeps is never part of a cycle, so it need not look for any.

    Ctrl-C is the parent's business, and a worker whose parent is gone goes too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    _ENGINES.append(Engine(pack, subject))
    gc.freeze()
    gc.disable()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent or os.name == "nt":
        time.sleep(1)
    os._exit(1)


def _work(dialogues: list[Dialogue]) -> list[tuple[Scorecard, ...]]:
    return _ENGINES[0].cards(dialogues)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for reference cycles, for a program that does nothing but audit.

    Nothing an audit makes holds itself, so there is nothing to find, and looking costs more the more words are known.
    It holds for the whole process: `chataudit check` uses it, the library never does so by itself.
    """
    was = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was:
            gc.enable()


def recognise(dialogue: Dialogue, pack: CompiledPack) -> list[Hit]:
    """Every act recognised in every turn of one dialogue, in order."""
    _lang, lines = Recogniser(pack).batch([dialogue])[0]
    return [mark.hit() for line in lines for mark in line.hits]
