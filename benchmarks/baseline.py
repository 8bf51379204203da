"""What an afternoon's work gives: keyword lists and a clock for the sixteen checks, measured as the engine is.

    python benchmarks/baseline.py corpora/ru/dev [--engine rules/standard]

Honest, not a straw man: the lists (baseline.txt) are what somebody writes down who has read the checklist, matched as
parts of the lower-cased text; places are the obvious ones (first two messages, last three). Nothing was tuned against
labels. With `--engine` the engine's table follows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from synthetic import sections  # noqa: E402

from audit.evaluate import gap, score_items, table  # noqa: E402
from audit.model import Audited, Dialogue, Rejected, Scorecard, Source, Turn, Verdict  # noqa: E402
from audit.readers import read  # noqa: E402

KEYWORDS = sections(HERE / "baseline.txt")
EMPTY = frozenset(("да", "нет", "не знаю", "угу", "ага", "ок", "+", "хорошо", "возможно", "наверное"))
WAIT_S = 120


def has(text: str, kind: str) -> bool:
    """Whether any keyword of a list stands in the text."""
    text = text.lower().replace("ё", "е")
    return any(word in text for word in KEYWORDS[kind])


class Chat:
    """One operator's part of a dialogue: his turns and those of the client."""

    def __init__(self, dialogue: Dialogue, name: str | None) -> None:
        self.turns = dialogue.turns
        self.name = dialogue.client_name
        self.mine = [i for i, t in enumerate(self.turns) if speaks(t) and key(t) == name]
        self.client = [i for i, t in enumerate(self.turns) if t.role == "client"]
        self.bots = [i for i, t in enumerate(self.turns) if t.role == "bot"]

    def said(self, kind: str, where: Sequence[int]) -> bool:
        """Whether a keyword of a list was said in these turns."""
        return any(has(self.turns[i].text, kind) for i in where)

    def named(self, where: Sequence[int]) -> bool:
        """Whether the client's name, or a word that begins like it, stands in these turns."""
        stem = (self.name or "").split(" ")[0].lower()[:4]
        return bool(stem) and any(stem in self.turns[i].text.lower() for i in where)

    def silent_wait(self) -> bool | None:
        """A reply after more than 120 s without a wait word before; None where nobody waited or there are no times."""
        found = None
        for i in self.mine:
            one, two = self.turns[i - 1].time if i else None, self.turns[i].time
            if one is None or two is None or (two - one).total_seconds() <= WAIT_S:
                continue
            earlier = [j for j in self.mine if j < i]
            if not earlier or not self.said("wait", earlier[-1:]):
                return True
            found = False
        return found


def speaks(turn: Turn) -> bool:
    """Whether a turn was written by an operator himself."""
    return turn.role == "operator" and turn.kind == "text"


def key(turn: Turn) -> str | None:
    """How the baseline tells operators apart."""
    return turn.name or turn.id


def judge(chat: Chat) -> dict[str, str]:
    """The outcome of every check for one operator."""
    mine, client = chat.mine, chat.client
    last = mine[-3:]
    replied = bool(client) and bool(mine) and mine[-1] > client[-1]
    asked = bool(client) and "?" in chat.turns[client[-1]].text
    wait = chat.silent_wait()
    requested = chat.said("call-request", client)
    results: dict[str, bool | None] = {
        "greeting": chat.said("greeting", mine[:2]),
        "name-in-greeting": chat.named(mine[:2]) or chat.said("ask-name", mine[:2]),
        "clarifying-question": any("?" in chat.turns[i].text for i in mine[1:-1]) or chat.said("clarifying", mine[:3]),
        "one-word-answer": not any(chat.turns[i].text.lower().strip(" .!)") in EMPTY for i in mine),
        "phone-redirect": requested or not chat.said("phone", mine),
        "channel-redirect": not chat.said("channel", mine),
        "wait-notice": None if wait is None else not wait,
        "help-check": None if chat.said("success", client) else chat.said("help-check", last),
        "final-check": chat.said("final-check", last),
        "farewell": chat.said("farewell", last),
        "name-in-farewell": chat.named(last[-1:]),
        "excuse": not chat.said("excuse", mine),
        "empathy": chat.said("empathy", mine) if chat.said("trouble", client) else None,
        "rudeness": not chat.said("rude", mine),
        "unanswered-question": replied or not asked,
        "human-handover": (bool(mine) or chat.said("human", chat.bots)) if chat.bots else None,
    }
    return {check: "na" if good is None else "pass" if good else "fail" for check, good in results.items()}


def cards(dialogue: Dialogue) -> Iterator[Scorecard]:
    """A scorecard for every operator; where nobody joined all but the bot's check are `na`."""
    names: list[str | None] = list(dict.fromkeys(key(turn) for turn in dialogue.turns if speaks(turn)))
    for name in names or [None]:
        outcomes = judge(Chat(dialogue, name))
        if not names:
            outcomes = {check: out if check == "human-handover" else "na" for check, out in outcomes.items()}
        verdicts = tuple(
            Verdict(check, out, 1.0, False, True, (), {"code": "keywords"}) for check, out in outcomes.items()
        )
        ident = next((turn.id for turn in dialogue.turns if speaks(turn) and key(turn) == name), None)
        yield Scorecard(
            "baseline", dialogue.id, name, ident, "operator", dialogue.lang, dialogue.channel, dialogue.category,
            None, None, verdicts, {}, Source(),
        )  # fmt: skip


def audited(paths: Sequence[str | Path]) -> Iterator[Audited | Rejected]:
    """The baseline's verdicts on the dialogues of files or folders."""
    for item in read(list(paths)):
        yield item if isinstance(item, Rejected) else Audited(item, tuple(cards(item)))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--engine", type=Path, help="a rule pack: the engine's verdicts beside the baseline's")
    options = parser.parse_args()
    naive = score_items(audited(options.corpus), "baseline", "operator", list(map(str, options.corpus)))
    print("keywords and a clock\n" + table(naive))
    if options.engine:
        from audit.compile import load_pack
        from audit.evaluate import evaluate

        engine = evaluate(options.corpus, load_pack(options.engine))
        print("the engine\n" + table(engine))
        for row in gap(engine, naive):
            print(f"{row.check:22}" + "".join(f"{_signed(value):>10}" for value in (row.kappa_gap, row.f1_gap)))
        print(f"{'(engine − baseline)':22}{'κ':>10}{'F1':>10}")


def _signed(value: Any) -> str:
    return "–" if value is None else f"{value:+.3f}"


if __name__ == "__main__":
    main()
