"""Whether a question got a reply: plain cases, and what a pack without the weights does."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from audit.compile import load_pack
from audit.engine import Engine
from audit.model import Dialogue, Turn
from audit.pending import UNANSWERED, asked, runs
from audit.replied import unanswered

ROOT = Path(__file__).resolve().parent.parent
PACK = load_pack(ROOT / "rules" / "standard")
ENGINE = Engine(PACK)
ROLES = {"C": "client", "O": "operator", "B": "bot"}


def chances(*lines: str, engine: Engine = ENGINE) -> list[float]:
    """The probability of no reply of every question of a chat, in order."""
    turns = tuple(Turn(ROLES[line[0]], line[3:]) for line in lines)
    frame = engine.frame(Dialogue("x", turns, "ru"))
    side, found = frame.mine or frame.bots, []
    for run in runs(frame, side):
        together = [s for turn in run for s in frame.sentences(turn) if asked(s)]
        found += [unanswered(frame, question, together, run, side) for question in together]
    return found


def test_a_plain_answer_is_a_reply_and_silence_is_none() -> None:
    (answered,) = chances("C: Сколько стоит доставка?", "O: Доставка стоит 300 рублей", "C: спасибо")
    (silent,) = chances("C: Сколько стоит доставка?", "O: Здравствуйте!")
    assert answered < 0.2 < UNANSWERED < silent


def test_one_of_two_questions_is_passed_over() -> None:
    cards, hours = chances("C: Вы принимаете карты? И до скольки работаете?", "O: Мы работаем до 21:00")
    assert cards >= UNANSWERED > hours


def test_an_operator_who_asks_back_has_not_kept_silent() -> None:
    assert chances("C: Сколько стоит ремонт экрана?", "O: Здравствуйте! Какая у вас модель?") == [0.0]


def test_what_needs_no_reply_is_no_question() -> None:
    assert chances("C: Да ладно?! Вы издеваетесь?", "O: Проверяю") == []


def test_the_chances_are_probabilities_over_every_gold_question() -> None:
    for line in ("C: ?", "C: а цена? а срок? а цвет? а вес?", "C: " + "почему? " * 40):
        assert all(0 <= chance <= 1 for chance in chances(line, "O: +", "C: ?", "O: да"))


@pytest.mark.parametrize(("reply", "left"), [("O: Завтра", 0.0), ("O: Здравствуйте!", 1.0)])
def test_a_pack_without_weights_only_asks_whether_anything_was_said(tmp_path: Path, reply: str, left: float) -> None:
    bare = Engine(structs.replace(PACK, path=str(tmp_path)))
    bare.recogniser = ENGINE.recogniser
    assert chances("C: Когда привезут?", reply, engine=bare) == [left]
