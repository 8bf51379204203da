"""What every writer is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, NamedTuple

from audit.model import Audited, Dialogue, Verdict
from audit.report import Report
from audit.words import Words

if TYPE_CHECKING:
    from audit.compiled import CompiledPack

MAX_QUOTE = 1000  # characters; a spreadsheet's cell holds 32,767


class Setting(NamedTuple):
    """What a writer knows before the first dialogue: the pack, the words of files for people, names of acts."""

    pack: CompiledPack
    words: Words
    acts: Mapping[str, str]


class Sink(NamedTuple):
    """An open output: `add` takes each audited dialogue in order, `close` the report after the last."""

    add: Callable[[Audited], None]
    close: Callable[[Report], None]


Writer = Callable[[IO[bytes], Setting], Sink]


def act_names(pack: CompiledPack, words: Words) -> dict[str, str]:
    """What each act is called in this language, where the compiled pack carries it; ids stand for the rest."""
    whats: Mapping[str, Mapping[str, str]] = getattr(pack, "whats", {})
    return {name: words.local(texts) for name, texts in whats.items()}


def quote(verdict: Verdict, dialogue: Dialogue) -> str:
    """The characters of the evidence, pieces joined by an ellipsis, cut at MAX_QUOTE."""
    pieces = (dialogue.turns[span.turn].text[span.start : span.end] for span in verdict.evidence)
    joined = " … ".join(piece for piece in pieces if piece)
    return joined if len(joined) <= MAX_QUOTE else joined[: MAX_QUOTE - 1] + "…"
