"""Synthetic Russian dialogues for benchmarks: templates filled with words of pymorphy3's dictionary.

About 18 turns and 3.6 KB of JSONL each, times, names, a typo in a quarter of the turns. Words are drawn with
Zipf–Mandelbrot weights 1/(rank + 2.7)^1.07 (function words first, then dictionary forms in random order), so that the
reuse of words, on which caches live, is that of real text: a few words are everywhere, most are rare. `CHATTER`
and `COURTEOUS` are set so that the engine finds as many acts in a dialogue as in those of corpora/ru/dev.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

SEED = 20261122
WORDS = 60_000
CHATTER = 0.5  # share of operator turns in the middle of a dialogue that are chatter and no template
COURTEOUS = 0.5  # share of all operator turns that begin with a courtesy
COURTEOUS_TURNS = ("answers", "asking", "operator_talk")
TYPO_SHARE = 0.25
TEMPLATES = Path(__file__).with_suffix(".txt")
TAILS = ("", "", "", "", "", ")", "!", " 🙂", "...", " 👍")
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф"


def sections(path: Path = TEMPLATES) -> dict[str, list[str]]:
    """The lines of every `[section]` of a text file; lines that begin with # are comments."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            lines.append(line)
    return found


class Maker:
    """Makes dialogues; one seed, one sequence."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)
        self.templates = sections()
        self.names = " ".join(self.templates["names"]).split()
        self.words = [*" ".join(self.templates["function"]).split(), *vocabulary(seed)]
        self._drawn = self._draw(seed)

    def _draw(self, seed: int) -> Iterator[str]:
        import numpy as np

        draw = np.random.default_rng(seed)
        weights = 1 / (np.arange(len(self.words)) + 2.7) ** 1.07
        edges = np.cumsum(weights / weights.sum())
        while True:
            for at in np.searchsorted(edges, draw.random(100_000)).tolist():
                yield self.words[min(at, len(self.words) - 1)]

    def phrase(self) -> str:
        """Some words in a row; a number now and then."""
        words = [next(self._drawn) for _ in range(self.random.randint(3, 12))]
        if self.random.random() < 0.08:
            words.append(str(self.random.randint(1, 99_999)))
        return " ".join(words)

    def fill(self, section: str, people: dict[str, str]) -> str:
        """A template with its places filled; one turn in four gets a typo."""
        chance = self.random
        text = chance.choice(self.templates[section])
        while "{f}" in text:
            text = text.replace("{f}", self.phrase(), 1)
        while "{w}" in text:
            text = text.replace("{w}", next(self._drawn), 1)
        while "{n}" in text:
            text = text.replace("{n}", str(chance.randint(1, 99_999)), 1)
        text = text.replace("{day}", chance.choice(self.templates["days"]))
        text = text.replace("{phone}", f"8 800 {chance.randint(100, 999)}-12-{chance.randint(10, 99)}")
        if section in COURTEOUS_TURNS and chance.random() < COURTEOUS:
            text = f"{chance.choice(self.templates['courtesies'])} {text}"
        for who, name in people.items():
            text = text.replace("{" + who + "}", name)
        if chance.random() < 0.7:
            text = text[:1].upper() + text[1:]
        if chance.random() < TYPO_SHARE:
            text = self.typo(text)
        return text + chance.choice(TAILS)

    def typo(self, text: str) -> str:
        """One slip of the finger inside one word of four letters or more."""
        places = [i for i in range(1, len(text) - 2) if text[i - 1 : i + 3].isalpha()]
        if not places:
            return text
        at = self.random.choice(places)
        kind = self.random.randrange(4)
        if kind == 0:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if kind == 1:
            return text[:at] + text[at + 1 :]
        return text[:at] + (text[at] if kind == 2 else self.random.choice(_LETTERS)) + text[at + (kind == 3) :]

    def plan(self) -> Iterator[tuple[str, str]]:
        """(speaker, section of templates) of the turns of one dialogue."""
        chance = self.random
        if chance.random() < 0.15:
            yield "bot", "bot"
        yield "client", "openings"
        yield "operator", "greetings"
        yield "operator", "asking"
        yield "client", "client_talk"
        if chance.random() < 0.6:
            yield "operator", "waiting"
        yield "operator", "answers"
        for _ in range(chance.randint(2, 6)):
            yield "client", "complaints" if chance.random() < 0.04 else "client_talk"
            if chance.random() < 0.08:
                yield "operator", "sighs"
            yield (
                "operator",
                "operator_talk" if chance.random() < CHATTER else chance.choice(("answers", "asking", "waiting")),
            )
        yield "client", "thanks"
        yield "operator", "endings"
        yield "client", "thanks"
        yield "operator", "farewells"

    def dialogue(self, number: int) -> dict[str, Any]:
        """One dialogue in the native shape."""
        chance = self.random
        client, operator = chance.sample(self.names, 2)
        people = {"client": client, "operator": operator}
        second = chance.choice(self.names) if chance.random() < 0.06 else operator
        time = datetime(2026, 3, 2, 8) + timedelta(seconds=chance.randrange(12 * 3600))
        turns: list[dict[str, Any]] = []
        for i, (role, section) in enumerate(self.plan()):
            name = {"client": client, "bot": "Бот"}.get(role, second if i > 8 else operator)
            turns.append({"role": role, "name": name, "time": time.isoformat(), "text": self.fill(section, people)})
            time += timedelta(seconds=min(1800, 3 + int(chance.expovariate(1 / 45))))
        head: dict[str, Any] = {
            "id": f"s-{number:06}",
            "lang": "ru",
            "channel": chance.choice(("site_chat", "telegram", "vk")),
            "thread": "chat",
        }
        if chance.random() < 0.7:
            head["client_name"] = client
        return {**head, "closed_by": "operator", "category": next(self._drawn), "turns": turns}


def vocabulary(seed: int, size: int = WORDS) -> list[str]:
    """`size` distinct dictionary forms of 3–13 letters in random order."""
    import pymorphy3

    chance = random.Random(seed)
    known = pymorphy3.MorphAnalyzer(lang="ru").dictionary.words
    found: dict[str, None] = {}
    while len(found) < size:
        prefix = "".join(
            chance.choice(letters) for letters in ("бвгдзклмнпрстх", "аеиоуря", "бвгджзклмнпрстхчш", "аеиоулнрт")
        )
        forms = sorted({form for form in known.keys(prefix) if 3 <= len(form) <= 13}) if prefix != "пере" else []
        found.update(dict.fromkeys(chance.sample(forms, min(len(forms), 40))))
    words = list(found)[:size]
    chance.shuffle(words)
    return words


def make(path: Path, count: int, seed: int = SEED) -> None:
    """Write `count` dialogues as JSONL."""
    maker = Maker(seed)
    with path.open("wb") as file:
        for number in range(count):
            file.write(orjson.dumps(maker.dialogue(number)) + b"\n")
