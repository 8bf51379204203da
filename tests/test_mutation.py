"""Deleting any pattern must change something: an example of the pack or a gold dialogue would be judged otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.compile import load_pack
from audit.examples import parse
from audit.lang import LANGUAGES
from audit.model import Dialogue, Turn
from audit.pack import load_pack_files
from audit.paths import data_dir
from audit.recognise import Recogniser, Sentence, _longest
from audit.scan import Scanner

STANDARD = data_dir("rules") / "standard"


def texts() -> Iterator[str]:
    pack = load_pack_files(STANDARD)
    for act in pack.acts.values():
        for lines in (*act.examples.hit.values(), *act.examples.miss.values()):
            yield from lines
    for check in pack.checks.values():
        for lines in (*check.examples.pass_.values(), *check.examples.fail.values(), *check.examples.na.values()):
            for line in lines:
                yield from (turn.text for turn in parse(line)[0].turns)
    for path in sorted(Path(data_dir("corpora")).rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from (turn["text"] for turn in json.loads(line)["turns"])


def test_every_pattern_is_needed() -> None:
    pack = load_pack(STANDARD)
    needless: list[str] = []
    for lang, tables in pack.tables.items():
        scanner = Scanner(tables, LANGUAGES[lang])
        needed: set[int] = set()
        for text in dict.fromkeys(texts()):
            by_act: dict[int, list] = {}
            for match in scanner.scan(text).matches:
                by_act.setdefault(tables.patterns[match.pattern][0], []).append(match)
            for matches in by_act.values():
                for pattern in {match.pattern for match in matches} - needed:
                    if hits(tables, matches) != hits(tables, [m for m in matches if m.pattern != pattern]):
                        needed.add(pattern)
        needed |= vetoing(pack, scanner, lang)
        for number in set(range(len(tables.patterns))) - needed:
            act, sign = tables.patterns[number]
            nth = sum(tables.patterns[other] == (act, sign) for other in range(number)) + 1
            needless.append(f"{lang} {pack.acts[act]}: {'patterns' if sign else 'not'} item {nth}")
    assert needless == [], "\n".join(needless)


def talks(lang: str) -> Iterator[Dialogue]:
    """Every text as a dialogue of one turn of either side, and the dialogues of the checks' examples."""
    for text in dict.fromkeys(texts()):
        for role in ("client", "operator"):
            yield Dialogue("x", (Turn(role, text),), lang)
    for check in load_pack_files(STANDARD).checks.values():
        for lines in (*check.examples.pass_.values(), *check.examples.fail.values(), *check.examples.na.values()):
            yield from (parse(line, lang)[0] for line in lines)


def vetoing(pack, scanner: Scanner, lang: str) -> set[int]:
    """The «not» patterns that keep the learned scorer from an act it would find: alone in a turn for their act."""
    tables, alone, dialogues = pack.tables[lang], [], []
    for dialogue in talks(lang):
        for at, turn in enumerate(dialogue.turns):
            against: dict[int, set[int]] = {}
            for match in scanner.scan(turn.text).matches:
                act, sign = tables.patterns[match.pattern]
                if not sign and pack.acts[act] in pack.learned:
                    against.setdefault(act, set()).add(match.pattern)
            for act, found in against.items():
                if len(found) == 1:
                    alone.append((at, pack.acts[act], *found))
                    dialogues.append(dialogue)
    recogniser = Recogniser(pack)
    with_it = recogniser.batch(dialogues)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sentence, "veto", lambda _self, _act: None)
        without = recogniser.batch(dialogues)
    return {
        pattern
        for (at, act, pattern), (_l, one), (_l2, two) in zip(alone, with_it, without, strict=True)
        if act in two[at].acts and act not in one[at].acts
    }


def hits(tables, matches) -> list[tuple[int, int]]:
    wanted = [m for m in matches if tables.patterns[m.pattern][1]]
    return _longest(wanted, [m for m in matches if not tables.patterns[m.pattern][1]])
