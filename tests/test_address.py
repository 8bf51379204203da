"""Whether words address the client: a table of cases, `address.txt`, each judged by the two checks on names."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.compile import load_pack
from audit.engine import Engine
from audit.model import Audited, Dialogue, Turn, Verdict
from audit.paths import data_dir

ROLES = {"C": "client", "O": "operator", "B": "bot"}
CODES = {
    "name-not-used": "none",
    "name-unknown": "unknown",
    "asked-name": "asked",
    "name-refused": "refused",
    "no-farewell": "no farewell",
}


def rows() -> list[tuple[int, str, str, str, str]]:
    """Line number, outcome, client's name, operator's name, words of every case."""
    lines = (Path(__file__).parent / "address.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            outcome, client, operator, words = (part.strip() for part in line.split(" | ", 3))
            found.append((number, outcome, client, operator, words))
    return found


CASES = rows()


def dialogue(number: int, outcome: str, client: str, operator: str, words: str) -> Dialogue:
    """The case as a dialogue: words alone stand after a client's question, a farewell after the answer too."""
    parts = words.replace("\\n", "\n").split(" // ")
    if not parts[0].startswith(("C: ", "B: ")):
        began = ["C: Где мой заказ?"]
        if outcome.startswith("bye "):
            began += ["O: Заказ приедет завтра к обеду", "C: спасибо"]
        parts = [*began, "O: " + parts[0], *parts[1:]]
    names = {"C": None if client == "-" else client, "O": None if operator == "-" else operator, "B": "Бот"}
    turns = tuple(Turn(ROLES[part[0]], part[3:], names[part[0]]) for part in parts)
    return Dialogue(str(number), turns, "ru", client_name=names["C"], closed_by="operator")


@pytest.fixture(scope="module")
def judged() -> dict[str, Audited]:
    engine = Engine(load_pack(data_dir("rules") / "standard"))
    return {done.dialogue.id: done for done in engine.batch([dialogue(*case) for case in CASES])}


def outcome_of(verdict: Verdict) -> str:
    code = verdict.reason.get("code", "")
    if code == "wrong-name":
        return f"wrong:{verdict.reason['said']}"
    return CODES.get(code, "right" if verdict.outcome == "pass" else code)


def seen(done: Audited, outcome: str) -> str:
    check = "name-in-farewell" if outcome.startswith("bye ") else "name-in-greeting"
    card = done.scorecards[-1 if outcome.startswith("bye ") else 0]
    return outcome_of(next(verdict for verdict in card.verdicts if verdict.check == check))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[0]))
def test_a_careful_reader_agrees(judged: dict[str, Audited], case: tuple[int, str, str, str, str]) -> None:
    number, outcome, *_rest = case
    assert seen(judged[str(number)], outcome) == outcome.removeprefix("bye "), case


def test_the_table_is_large_and_says_nothing_twice() -> None:
    assert len(CASES) >= 250
    assert len({case[1:] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("form", [None, "Гость", "Посетитель 17"])
@pytest.mark.parametrize(("signed", "words", "outcome"), [
    ("Ирина", "Здравствуйте, Ирина!", "right"),
    ("Ирина", "Здравствуйте!", "none"),
    ("Ирина", "Здравствуйте, Ольга!", "wrong:Ольга"),
    ("Клиент", "Здравствуйте!", "unknown"),
    ("Apmeklētājs", "Здравствуйте!", "unknown"),
])  # fmt: skip
def test_the_client_is_also_known_by_the_turns(form: str | None, signed: str, words: str, outcome: str) -> None:
    turns = (Turn("client", "Где мой заказ?", signed), Turn("operator", words, "Анна"))
    (done,) = Engine(load_pack(data_dir("rules") / "standard")).batch([Dialogue("d", turns, "ru", client_name=form)])
    assert seen(done, outcome) == outcome
