"""A verdict's reason as one plain sentence; a table from reason code to sentence.

Turn numbers are 0-based in a reason and 1-based in its sentence. A code that is not in the table, or one whose
parameters are not those the sentence needs, is shown as it stands: a sentence never fails and never hides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from audit.model import Verdict
from audit.words import Words, mark

SENTENCES: dict[str, str] = {
    "none-found": mark("Nothing of the kind was found."),
    "asked-name": mark("In turn {turn} the client is asked how to be addressed."),
    "wrong-name": mark("In turn {turn} the client is called “{said}”, but the name is “{expected}”."),
    "name-not-used": mark("The client's name, {name}, is not used {where}."),
    "name-unknown": mark("The client's name is not known, and nobody called the client by name."),
    "name-refused": mark("In turn {turn} the client does not want to give a name."),
    "no-farewell": mark("There is no farewell, hence no name in it."),
    "offer-not-question": mark("Turn {turn} offers help later but does not ask whether anything else is needed."),
    "asked-after-answer": mark("A question is asked only in turn {turn}, after the answer."),
    "no-subject": mark("Nobody whose work is judged took part in the dialogue."),
    "no-operator": mark("No operator joined the dialogue."),
    "no-times": mark("The turns have no times."),
    "no-wait": mark("The client did not have to wait."),
    "email-thread": mark("This is an e-mail thread: times are not judged."),
    "silent-wait": mark("The client waited {seconds} for a reply after turn {after}; there was no notice."),
    "late-notice": mark("The wait of {seconds} after turn {after} was announced only in turn {turn}."),
    "announced": mark("Turn {turn} announces the wait."),
    "client-left": mark("The client left: nothing came from the client after turn {turn}."),
    "success-reported": mark("In turn {turn} the client reports success unasked."),
    "no-trouble": mark("Nothing went wrong for the client."),
    "no-bot": mark("No bot speaks in the dialogue."),
    "no-answer": mark("The dialogue has no answer to the client's request."),
    "human-refused": mark("The client asked for a human and was refused in turn {turn}."),
    "human-not-offered": mark("No way to a human was offered."),
    "human-offered": mark("Turn {turn} offers a way to a human."),
    "promise-not-kept": mark("What was promised in turn {turn} never came."),
    "empty-reply": mark("The reply in turn {turn} has no content."),
    "operator-silent": mark("The operator fell silent after turn {turn}."),
    "no-language": mark("The rule pack does not speak the dialogue's language: {lang}."),
    "nothing-listed": mark("The pack lists neither required nor banned words."),
    "banned-word": mark("Turn {turn} says “{said}”, which the house style bans."),
    "required-missing": mark("Required words that were never said: {words}."),
    "claim-unanswered": mark("The complaint in turn {turn} got no reply."),
    "apology-repeated": mark("There are {times} messages with an apology; one too many is turn {turn}."),
    "apology-needless": mark("Turn {turn} apologises although nothing had gone wrong."),
    "slow-reply": mark("The reply in turn {turn} came {seconds} after turn {after}; the limit is {limit}."),
    "nothing-timed": mark("There is no reply whose time could be measured."),
    "no-transfer": mark("Nobody handed the dialogue over."),
    "silent-transfer": mark("After turn {after} another operator goes on in turn {turn}, and nobody says why."),
    "repeated": mark("Turn {turn} repeats turn {after} word for word."),
    "shouting": mark("In turn {turn} words are written in capitals."),
    "no-redirect": mark("The client was not sent elsewhere."),
    "no-benefit": mark("Turn {turn} sends the client elsewhere and does not say what for."),
    "promise-without-date": mark("Turn {turn} promises something and does not say by when."),
    "request-complete": mark("The client's turn {turn} already gives the details."),
    "template-counts": mark("The automatic message in turn {turn} counts, as the pack has it."),
    "name-elsewhere": mark("The client is called by name in turn {turn}, and once is enough for the pack."),
    "defect": mark("The check broke off: {error}. Please report it."),
}
QUOTED = 120  # characters of evidence in a sentence
PLACES: dict[str, str] = {
    "all": mark("anywhere in the dialogue"),
    "contact": mark("in the first messages"),
    "before-answer": mark("before the answer"),
    "after-answer": mark("after the answer"),
    "closing": mark("in the closing messages"),
}


def sentence(verdict: Verdict, words: Words, *, quote: str = "", acts: Mapping[str, str] | None = None) -> str:
    """The reason of a verdict in words; `quote` is its evidence, `acts` names of acts to show instead of their ids."""
    reason = {key: value for key, value in verdict.reason.items() if key not in ("code", "unsure")}
    code = str(verdict.reason.get("code", ""))
    try:
        text = (
            _found(reason, verdict, words, quote, acts or {})
            if code == "found"
            else _sentence(code, reason, words, acts or {})
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        text = _raw(code, reason)
    unsure = verdict.reason.get("unsure")
    return " ".join((text, words.say("(Not sure: {why}.)", why=unsure))) if unsure else text


def _found(reason: dict[str, Any], verdict: Verdict, words: Words, quote: str, acts: Mapping[str, str]) -> str:
    """What was found is best said by what was written; the names of acts stand in where there is no quote."""
    turns = sorted({span.turn for span in verdict.evidence})
    if turns and quote:
        short = quote if len(quote) <= QUOTED else quote[: QUOTED - 1] + "…"
        return words.plural(
            "Turn {turns}: “{quote}”.", "Turns {turns}: “{quote}”.", len(turns), turns=words.turns(turns), quote=short
        )
    named = _acts(reason.get("acts") or (), acts)
    if not turns:
        return words.say("Found: {acts}.", acts=named) if named else words.say("Found.")
    if named:
        return words.plural(
            "Turn {turns}: {acts}.", "Turns {turns}: {acts}.", len(turns), turns=words.turns(turns), acts=named
        )
    return words.plural("Found in turn {turns}.", "Found in turns {turns}.", len(turns), turns=words.turns(turns))


def _sentence(code: str, reason: dict[str, Any], words: Words, acts: Mapping[str, str]) -> str:
    if code == "unanswered":
        turns = _numbers(reason["turns"])
        return words.plural(
            "The client's turn {turns} got no reply.",
            "The client's turns {turns} got no reply.",
            len(turns),
            turns=words.turns(turns),
        )
    if code == "not-found":
        return _not_found(reason, words, acts)
    return words.say(SENTENCES[code]).format_map({key: _value(key, value, words) for key, value in reason.items()})


def _not_found(reason: dict[str, Any], words: Words, acts: Mapping[str, str]) -> str:
    where = _value("where", reason.get("where", "all"), words)
    sought = reason.get("acts")
    text = words.say("Not found {where}: {acts}.", where=where, acts=_acts(sought, acts)) if sought else ""
    text = text or words.say("Not found {where}.", where=where)
    turns = reason.get("turns")
    if isinstance(turns, int):
        return " ".join((text, words.plural("{n} turn was looked at.", "{n} turns were looked at.", turns)))
    return (
        " ".join((text, words.say("Turns looked at: {turns}.", turns=words.turns(_numbers(turns))))) if turns else text
    )


def _value(key: str, value: Any, words: Words) -> str:
    if key in ("turn", "after"):
        return str(int(value) + 1)
    if key in ("seconds", "limit"):
        return words.duration(float(value))
    if key == "where":
        return words.say(PLACES[value]) if value in PLACES else str(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return words.say("unknown") if value is None else str(value)


def _acts(names: Any, titles: Mapping[str, str]) -> str:
    """Act names in words; a title is a sentence of its own, so its first letter becomes small."""
    listed = [names] if isinstance(names, str) else list(names)
    return "; ".join(_small(titles[name]) if titles.get(name) else str(name) for name in listed)


def _small(title: str) -> str:
    second_small = len(title) < 2 or not title[1].isupper()  # an abbreviation keeps its capitals
    return (title[0].lower() + title[1:] if second_small else title).rstrip(".")


def _numbers(turns: Any) -> list[int]:
    return [int(turns)] if isinstance(turns, int) else [int(turn) for turn in turns]


def _raw(code: str, reason: Mapping[str, Any]) -> str:
    params = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False, default=str)}" for key, value in reason.items())
    return f"{code} ({params})" if params else code
