r"""The short form of dialogues in rule files, and the tests that a pack's examples are.

    # client_name=Ольга op=Анна op2=Олег channel=vk thread=email closed_by=client
    C 10:15:04: Где мой заказ?
    O +0:40: [[Здравствуйте]], Ольга! Сейчас посмотрю

Speakers: C client, O operator, O2 second operator, B bot, S system, A automatic greeting under the operator's name,
N internal note. A time is absolute (`10:15:04`, `10:15`) or since the line before (`+3:20`: minutes and seconds,
`+1:00:00`: an hour). Where any line has a time, a line without one follows the line before after 20 seconds: an untimed
line is never a wait. `check.option=value` in the header sets an option of a check for this example alone, as in
`wait-notice.seconds=60`; the value is YAML (`true`, `[a, b]`). `\n` is a line break inside a message; `[[ ]]` marks the evidence that the verdict must have.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from audit.compile import load_pack
from audit.engine import Engine
from audit.judge import ready
from audit.lang import LANGUAGES
from audit.model import THREADS, Audited, Dialogue, Span, Turn, Verdict
from audit.options import mistake
from audit.pack import Act, Check, Pack, load_pack_files
from audit.pattern import Alt, Opt, Seq, Word
from audit.pattern import parse as parse_pattern

SPEAKERS = {
    "C": ("client", "text"),
    "O": ("operator", "text"),
    "O2": ("operator", "text"),
    "B": ("bot", "text"),
    "S": ("system", "text"),
    "A": ("operator", "auto"),
    "N": ("operator", "note"),
}
HEADER = ("client_name", "op", "op2", "bot", "channel", "thread", "closed_by", "category", "lang")
# Finders that may answer that nothing can be said: a check with one of them shows an `na` among its examples.
DECLINING = frozenset(
    "address complete-request handover house-style question redirect-benefit silent-transfer slow-reply wait".split()
)
STEP = timedelta(seconds=20)
_START = datetime(2026, 3, 2, 10)
_LINE = re.compile(r"(C|O2|O|B|S|A|N)(?:[ \t]+(\+?\d{1,2}(?::\d\d){1,2}))?[ \t]*:[ \t]*(.*)")
_FIELD = re.compile(r"([\w-]+(?:\.\w+)?)=(.*?)(?=\s+[\w-]+(?:\.\w+)?=|\s*$)")
Settings = dict[str, dict[str, Any]]
_MARK = re.compile(r"\[\[|\]\]")


class ExampleError(ValueError):
    """An example cannot be read; `line` is the 1-based line of its text."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line


class ExampleResult(Struct, frozen=True):
    """One example run: `number` is its 1-based place in its list, 0 for a demand on the list itself."""

    kind: str
    name: str
    lang: str
    outcome: str
    number: int
    ok: bool
    detail: str = ""


def parse(text: str, lang: str | None = None) -> tuple[Dialogue, list[Span]]:
    """Read one example: the dialogue, and its marked spans in order. Raises ExampleError with the line."""
    header: dict[str, str] = {}
    spans: list[Span] = []
    turns: list[Turn] = []
    times: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line.startswith("#") and not turns and not header:
            header = _header(line, number)
        elif line:
            match = _LINE.fullmatch(line)
            if not match:
                raise ExampleError(
                    number, f"{line[:40]!r} does not begin with a speaker ({' '.join(SPEAKERS)}) and a colon"
                )
            words, marked = _unmarked(match.group(3).replace("\\n", "\n"), number)
            spans.extend(Span(len(turns), start, end) for start, end in marked)
            turns.append(_turn(match.group(1), words, header))
            times.append(match.group(2) or "")
            numbers.append(number)
    if not turns:
        raise ExampleError(1, "there is no turn; a turn is 'C: text' or 'O: text'")
    return _dialogue(header, _timed(turns, times, numbers), lang), spans


def settings(text: str) -> Settings:
    """The options that the header of an example sets, by check. Raises ExampleError."""
    line = text.lstrip().split("\n", 1)[0]
    found: Settings = {}
    for key, value in _header(line, 1).items() if line.startswith("#") else ():
        check, dot, option = key.partition(".")
        if dot:
            try:
                found.setdefault(check, {})[option] = YAML(typ="safe").load(value)
            except YAMLError as error:
                raise ExampleError(1, f"{key}={value}: the value is no YAML") from error
    return found


def _dialogue(header: dict[str, str], turns: tuple[Turn, ...], lang: str | None) -> Dialogue:
    closed_by = header.get("closed_by")
    return Dialogue(
        id="example", turns=turns, lang=header.get("lang", lang), channel=header.get("channel"),
        thread=header.get("thread", "chat"), client_name=header.get("client_name"),
        closed_by=None if closed_by == "unknown" else closed_by, category=header.get("category"),
    )  # fmt: skip


def _header(line: str, number: int) -> dict[str, str]:
    body = line.lstrip("# ").strip()
    fields = dict(_FIELD.findall(body))
    if body and (not fields or not _FIELD.match(body)):
        raise ExampleError(number, f"{body[:40]!r} is no key=value; known keys: {' '.join(HEADER)}")
    for key, value in fields.items():
        if key not in HEADER and "." not in key:
            close = difflib.get_close_matches(key, HEADER, 1)
            remedy = f"did you mean '{close[0]}'?" if close else f"known: {' '.join(HEADER)}"
            raise ExampleError(number, f"no key '{key}'; {remedy}")
        if not value:
            raise ExampleError(number, f"'{key}' has no value")
    _one_of(fields, "thread", THREADS, number)
    _one_of(fields, "closed_by", ("operator", "client", "system", "unknown"), number)
    return fields


def _one_of(fields: dict[str, str], key: str, known: Iterable[str], number: int) -> None:
    if key in fields and fields[key] not in known:
        raise ExampleError(number, f"{key}={fields[key]}: known: {', '.join(known)}")


def _turn(speaker: str, text: str, header: dict[str, str]) -> Turn:
    """A turn without its time; a second operator without a name is told apart by an id."""
    role, kind = SPEAKERS[speaker]
    name = header.get({"C": "client_name", "B": "bot", "S": "", "O2": "op2"}.get(speaker, "op"))
    return Turn(role, text, name, "op2" if speaker == "O2" and name is None else None, None, kind)


def _unmarked(text: str, number: int) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and the marked places in the text that is left."""
    parts, marked, at, opened = [], [], 0, -1
    length = 0
    for match in _MARK.finditer(text):
        parts.append(text[at : match.start()])
        length += len(parts[-1])
        at = match.end()
        if (match.group() == "[[") != (opened < 0):
            raise ExampleError(number, "'[[' and ']]' must come in turn")
        if opened >= 0:
            marked.append((opened, length))
        opened = length if opened < 0 else -1
    if opened >= 0:
        raise ExampleError(number, "'[[' without ']]'")
    return "".join((*parts, text[at:])), marked


def _timed(turns: list[Turn], times: list[str], numbers: list[int]) -> tuple[Turn, ...]:
    if not any(times):
        return tuple(turns)
    first = next(i for i, time in enumerate(times) if time)
    moment = _START if times[first].startswith("+") else _absolute(times[first], None, numbers[first]) - first * STEP
    timed: list[Turn] = []
    for turn, time, number in zip(turns, times, numbers, strict=True):
        if time.startswith("+"):
            moment += _clock(time[1:], number, minutes_first=True)
        elif time:
            moment = _absolute(time, moment if timed else None, number)
        elif timed:
            moment += STEP
        timed.append(Turn(turn.role, turn.text, turn.name, turn.id, moment, turn.kind))
    return tuple(timed)


def _absolute(time: str, before: datetime | None, number: int) -> datetime:
    """A time of day; one in the morning after one in the evening is that of the next day."""
    clock = _clock(time, number, minutes_first=False)
    if clock >= timedelta(days=1):
        raise ExampleError(number, f"{time} is no time of day")
    day = (before or _START).replace(hour=0, minute=0, second=0)
    moment = day + clock
    return moment + timedelta(days=1) if before is not None and before - moment > timedelta(hours=7) else moment


def _clock(time: str, number: int, *, minutes_first: bool) -> timedelta:
    parts = [int(part) for part in time.split(":")]
    if any(part > 59 for part in parts[1:]):
        raise ExampleError(number, f"{time} is no time: minutes and seconds go to 59")
    if len(parts) == 2:
        parts = [0, *parts] if minutes_first else [*parts, 0]
    return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


@lru_cache(4)
def _engine(folder: Path, label: str) -> Engine:  # noqa: ARG001 — the label, with its hash, is the cache's key
    """One engine a pack and content: building one costs more than all of its examples."""
    return Engine(load_pack(folder))


def engine_of(folder: Path) -> Engine:
    """The engine of a pack folder as it is now."""
    return _engine(folder, load_pack(folder).label)


def run_examples(folder: str | Path) -> list[ExampleResult]:
    """Run every example of a pack and every demand on its lists. Raises PackError where the pack cannot be loaded."""
    folder = Path(folder)
    pack, engine = load_pack_files(folder), engine_of(folder)
    results = list(_gaps(pack))
    results.extend(_run_acts(pack, engine))
    results.extend(_run_checks(pack, engine))
    return sorted(results, key=lambda r: (r.kind, r.name, r.lang, r.outcome, r.number))


def _gaps(pack: Pack) -> Iterator[ExampleResult]:
    """Lists that must not be empty and are, and languages that the pack does not speak."""
    for kind, name, outcome, lines, needed in _lists(pack):
        for lang in pack.file.languages:
            if needed and not lines.get(lang):
                yield ExampleResult(kind, name, lang, outcome, 0, False, f"no {outcome} example in {lang}")
        for lang in lines:
            if lang not in pack.file.languages:
                detail = f"examples in {lang}, but the pack's languages are {', '.join(pack.file.languages)}"
                yield ExampleResult(kind, name, lang, outcome, 0, False, detail)


def _lists(pack: Pack) -> Iterator[tuple[str, str, str, dict[str, list[str]], bool]]:
    for name, act in pack.acts.items():
        yield "act", name, "hit", act.examples.hit, True
        yield "act", name, "miss", act.examples.miss, True
    for name, check in pack.checks.items():
        yield "check", name, "pass", check.examples.pass_, True
        yield "check", name, "fail", check.examples.fail, True
        yield "check", name, "na", check.examples.na, can_decline(check)


def can_decline(check: Check) -> bool:
    """Whether a check can give `na` in a dialogue that has the subject in it."""
    items = [item if isinstance(item, str) else next(iter(item)) for item in (*check.expect, *check.forbid)]
    return bool(check.na_if) or not DECLINING.isdisjoint(items)


def _run_acts(pack: Pack, engine: Engine) -> Iterator[ExampleResult]:
    cases = [
        (name, act, lang, outcome, number, sentence)
        for name, act in pack.acts.items()
        for outcome, lines in (("hit", act.examples.hit), ("miss", act.examples.miss))
        for lang in pack.file.languages
        for number, sentence in enumerate(lines.get(lang, ()), 1)
    ]
    said = [Dialogue("", tuple(Turn(role, text) for role in roles(act)), lang) for _, act, lang, _, _, text in cases]
    heard = engine.recogniser.batch(said)
    for (name, _act, lang, outcome, number, sentence), (_lang, lines) in zip(cases, heard, strict=True):
        hits = [hit for line in lines for hit in line.hits]
        found = [hit for hit in hits if hit.act == name]
        ok = bool(found) == (outcome == "hit")
        detail = "" if ok else f"{sentence!r}: "
        if not ok and found:
            detail += f"found {sentence[found[0].start : found[0].end]!r} (score {found[0].score:g})"
        elif not ok:
            detail += "found " + (", ".join(sorted({hit.act for hit in hits})) or "nothing")
        yield ExampleResult("act", name, lang, outcome, number, ok, detail)


def roles(act: Act) -> tuple[str, ...]:
    """Who may say the act; what anyone may say is looked for in both mouths."""
    return ("operator", "client") if act.who == "any" else (act.who,)


def _run_checks(pack: Pack, engine: Engine) -> Iterator[ExampleResult]:
    read: list[tuple[str, str, str, int, Dialogue, list[Span]]] = []
    others: list[tuple[str, str, str, int, Dialogue, list[Span]]] = []
    engines: list[Engine] = []
    for kind, name, outcome, lists, _needed in _lists(pack):
        for lang in pack.file.languages if kind == "check" else ():
            for number, text in enumerate(lists.get(lang, ()), 1):
                try:
                    dialogue, spans = parse(text, lang)
                    if options := settings(text):
                        engines.append(_told(engine, pack, options))
                except ExampleError as error:
                    yield ExampleResult("check", name, lang, outcome, number, False, str(error))
                else:
                    (others if options else read).append((name, lang, outcome, number, dialogue, spans))
    heard = engine.batch([case[4] for case in read])
    heard += [told.batch([case[4]])[0] for told, case in zip(engines, others, strict=True)]
    for (name, lang, outcome, number, _d, spans), audited in zip([*read, *others], heard, strict=True):
        detail = mismatch(name, outcome, spans, audited)
        yield ExampleResult("check", name, lang, outcome, number, not detail, detail)


def _told(engine: Engine, pack: Pack, options: Settings) -> Engine:
    """The engine with other options, which costs next to nothing; raises ExampleError for what no check knows."""
    checks = dict(engine.pack.checks)
    for name, given in options.items():
        if name not in checks:
            close = difflib.get_close_matches(name, checks, 1)
            raise ExampleError(1, f"no check '{name}'" + (f"; did you mean '{close[0]}'?" if close else ""))
        finders = [finder for finder, _options in pack.checks[name].items()] + pack.checks[name].ignore.with_
        if wrong := mistake(finders, given):
            raise ExampleError(1, f"{name}.{wrong[0]}: {wrong[1]}; {wrong[2]}")
        checks[name] = {**checks[name], "options": {**checks[name]["options"], **given}}
    told = copy.copy(engine)
    told.checks = [ready(name, check) for name, check in checks.items()]
    return told


def mismatch(check: str, outcome: str, spans: list[Span], audited: Audited) -> str:
    """What is wrong with a check's verdicts, empty if nothing is.

    Where several operators have a verdict, one `fail` makes a fail, a `pass` is that of all whom the check applies to,
    and `na` must be everybody's.
    """
    verdicts = [v for card in audited.scorecards for v in card.verdicts if v.check == check]
    if not verdicts:
        return f"expected {outcome}, got no verdict"
    decided = [v for v in verdicts if v.outcome == outcome]
    beside = {"fail": ("pass", "na", "error"), "pass": ("na",)}.get(outcome, ())
    others = [_said(v, audited.dialogue) for v in verdicts if v.outcome != outcome and v.outcome not in beside]
    if not decided or others:
        others = others or [_said(v, audited.dialogue) for v in verdicts]
        return f"expected {outcome}, got {'; '.join(others)}"
    got = sorted({_place(span) for verdict in decided for span in verdict.evidence})
    wanted = sorted(map(_place, spans))
    if spans and got != wanted:
        return f"{outcome} with evidence {_quotes(got, audited.dialogue)}, expected {_quotes(wanted, audited.dialogue)}"
    return ""


def _place(span: Span) -> tuple[int, int, int]:
    return span.turn, span.start, span.end


def _said(verdict: Verdict, dialogue: Dialogue) -> str:
    places = _quotes(map(_place, verdict.evidence), dialogue) if verdict.evidence else ""
    reason = ", ".join(f"{key}={value}" for key, value in verdict.reason.items() if key != "code")
    code = f"{verdict.reason.get('code')}: {reason}" if reason else verdict.reason.get("code")
    return f"{verdict.outcome} ({code})" + (f" at {places}" if places else "")


def _quotes(places: Iterable[tuple[int, int, int]], dialogue: Dialogue) -> str:
    """Turns are counted from 1, as in what people read."""
    texts = [turn.text for turn in dialogue.turns]
    return " ".join(f"turn {turn + 1} «{texts[turn][start:end]}»" for turn, start, end in places) or "none"


def try_text(text: str, folder: str | Path, lang: str | None = None) -> dict[str, Any]:
    """What a pack finds in a text that anyone might have said.

    {"lang", "hits": [{"act", "who", "start", "end", "quote", "score", "pattern": its text or "learned"}],
    "not": [{"act", "start", "end", "quote", "pattern"}] for what looks like an act and is not,
    "nearly": [{"act", "who", "start", "end", "quote", "score"}] for learned acts below their threshold,
    "expands": {pattern: ["element: form form …"]}}. Raises PackError where the pack cannot be loaded.
    """
    folder = Path(folder)
    pack, engine = load_pack_files(folder), engine_of(folder)
    mouths = ("operator", "client")
    heard = engine.recogniser.batch([Dialogue("try", (Turn(role, text),), lang) for role in mouths])
    lang = heard[0][0]
    found: dict[str, Any] = {"lang": lang, "hits": [], "not": [], "nearly": [], "expands": {}}
    if lang not in engine.recogniser.scanners:
        return found
    matches = _matches(text, engine, pack, lang)
    hits: dict[tuple[int, int, str, float], list[str]] = {}
    nearly: dict[tuple[int, int, str, float], list[str]] = {}
    for role, (_lang, lines) in zip(mouths, heard, strict=True):
        for hit in lines[0].hits:
            hits.setdefault((hit.start, hit.end, hit.act, hit.score), []).append(role)
        for sentence in lines[0].sentences:
            for act, score in sentence.maybe.items():
                nearly.setdefault((sentence.start, sentence.end, act, round(score, 4)), []).append(role)
    for (start, end, act, score), who in sorted(hits.items()):
        pattern = matches.get((act, start, end, 1), "learned")
        found["hits"].append({**_found(text, act, start, end), "who": who, "score": score, "pattern": pattern})
    for (start, end, act, score), who in sorted(nearly.items()):
        found["nearly"].append({**_found(text, act, start, end), "who": who, "score": score})
    for (act, start, end, sign), pattern in matches.items():
        if not sign:
            found["not"].append({**_found(text, act, start, end), "pattern": pattern})
        found["expands"][pattern] = _expansion(pattern, lang)
    return found


def _found(text: str, act: str, start: int, end: int) -> dict[str, Any]:
    return {"act": act, "start": start, "end": end, "quote": text[start:end]}


def _matches(text: str, engine: Engine, pack: Pack, lang: str) -> dict[tuple[str, int, int, int], str]:
    """(act, start, end, 1 for a hit or 0 for `not`) → the text of the first pattern that matches there."""
    written = [
        (name, sign, str(pattern))  # in the order in which the compiler numbers them
        for name, act in pack.acts.items()
        for sign, lines in ((1, act.patterns), (0, act.not_))
        for pattern in lines.get(lang, ())
    ]
    scanned = engine.recogniser.scanners[lang].scan(text)
    matches: dict[tuple[str, int, int, int], str] = {}
    for match in sorted(scanned.matches, key=lambda m: (m.first, m.pattern)):
        name, sign, pattern = written[match.pattern]
        matches.setdefault((name, scanned.offsets[match.first][0], scanned.offsets[match.last][1], sign), pattern)
    return matches


def _expansion(pattern: str, lang: str) -> list[str]:
    """Every element of a pattern with the forms it stands for."""
    language = LANGUAGES[lang]
    lines: dict[str, None] = {}
    for word in _words(parse_pattern(pattern, language.fold)):
        forms = sorted(language.inflect(word.text)) if word.inflected else [word.text]
        lines[f"~{word.text}: {' '.join(forms)}" if word.inflected else word.text] = None
    return list(lines)


def _words(node: object) -> Iterator[Word]:
    match node:
        case Word():
            yield node
        case Seq(parts) | Alt(parts):
            for part in parts:
                yield from _words(part)
        case Opt(part):
            yield from _words(part)
