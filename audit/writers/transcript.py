"""One dialogue for a terminal: numbered turns with the evidence marked, then every verdict with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from audit.model import Audited, Dialogue, Scorecard, Span, Turn, Verdict
from audit.reasons import sentence
from audit.words import Words
from audit.writers.base import act_names, quote
from audit.writers.safe import line, terminal
from audit.writers.terminal import check_titles, rendered

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from audit.compiled import CompiledPack

_STYLES = {"pass": "green", "fail": "red", "na": "dim", "error": "yellow"}
_SIGNS = {"pass": "+", "fail": "-", "na": "·", "error": "!"}
_EVIDENCE = {"pass": "bold green", "fail": "bold red", "na": "underline", "error": "underline"}


def render(item: Audited, pack: CompiledPack, words: Words, *, width: int | None = None, colour: bool = False) -> str:
    """The dialogue and its verdicts as text; without colour the evidence stands in [[ ]]."""
    parts: list[RenderableType] = [_head(item.dialogue)]
    marks = _marks(item.scorecards)
    parts.extend(_turn(i, turn, marks.get(i, []), words, colour) for i, turn in enumerate(item.dialogue.turns))
    titles, acts = check_titles(pack, words), act_names(pack, words)
    for card in item.scorecards:
        parts.extend(_card(card, item.dialogue, titles, acts, words))
    return rendered(parts, width, colour)


def _head(dialogue: Dialogue) -> Text:
    from rich.text import Text

    facts = [dialogue.id, dialogue.channel, dialogue.category, dialogue.client_name]
    place = f"{dialogue.source.path}:{dialogue.source.line}" if dialogue.source.line else dialogue.source.path
    return Text(" · ".join(line(str(fact)) for fact in (*facts, place) if fact), "bold")


def _marks(cards: Iterable[Scorecard]) -> dict[int, list[tuple[int, int, str]]]:
    """Turn → (start, end, outcome), in order and without overlaps; of overlapping spans a failed one stays."""
    by_turn: dict[int, list[tuple[Span, str]]] = {}
    for card in cards:
        for verdict in card.verdicts:
            for span in verdict.evidence:
                by_turn.setdefault(span.turn, []).append((span, verdict.outcome))
    return {turn: _apart(spans) for turn, spans in by_turn.items()}


def _apart(spans: list[tuple[Span, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for span, outcome in sorted(spans, key=lambda pair: (pair[1] != "fail", pair[0].start, -pair[0].end)):
        if span.start < span.end and all(span.end <= start or end <= span.start for start, end, _ in kept):
            kept.append((span.start, span.end, outcome))
    return sorted(kept)


def _turn(number: int, turn: Turn, marks: list[tuple[int, int, str]], words: Words, colour: bool) -> Text:
    from rich.text import Text

    roles = {
        "operator": words.say("operator"),
        "client": words.say("client"),
        "bot": words.say("bot"),
        "system": words.say("system"),
        "unknown": words.say("unknown"),
    }
    who = roles.get(turn.role, turn.role) + (f" {turn.name}" if turn.name else "")
    when = f" {turn.time:%H:%M:%S}" if turn.time else ""
    kind = f" ({turn.kind})" if turn.kind != "text" else ""
    text = Text(f"{number + 1:>3}{when} ", "dim")
    text.append(f"{line(who)}{line(kind)}: ", "cyan" if turn.role == "client" else "bold")
    at = 0
    for start, end, outcome in marks:
        text.append(terminal(turn.text[at:start]))
        piece = terminal(turn.text[start:end])
        text.append(piece if colour else f"[[{piece}]]", _EVIDENCE.get(outcome, ""))
        at = end
    text.append(terminal(turn.text[at:]))
    return text


def _card(
    card: Scorecard, dialogue: Dialogue, titles: Mapping[str, str], acts: Mapping[str, str], words: Words
) -> list[RenderableType]:
    from rich.text import Text

    who = words.say("unnamed") if card.operator == "unnamed" else card.operator or words.say("nobody")
    score = words.say("not scored") if card.score is None else words.score(card.score)
    head = words.say("{operator}: score {score}", operator=line(who), score=score)
    return [
        Text(""),
        Text(head, "bold"),
        *(
            _verdict(verdict, titles, sentence(verdict, words, quote=quote(verdict, dialogue), acts=acts), words)
            for verdict in card.verdicts
        ),
    ]


def _verdict(verdict: Verdict, titles: Mapping[str, str], reason: str, words: Words) -> Text:
    from rich.text import Text

    style = _STYLES.get(verdict.outcome, "")
    text = Text(f" {_SIGNS.get(verdict.outcome, '?')} {words.outcome(verdict.outcome)}  ", style)
    notes = [words.say("critical")] if verdict.critical else []
    notes += [words.say("not counted")] if not verdict.weight and not verdict.critical else []
    notes += [words.say("unsure")] if not verdict.sure else []
    text.append(titles.get(verdict.check, verdict.check), "bold" if verdict.outcome == "fail" else "")
    text.append(f" ({', '.join(notes)})" if notes else "", "dim")
    text.append(f": {line(reason)}")
    return text
