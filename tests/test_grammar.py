"""Word forms: what each rule confirms and leaves alone; spaCy stays away until it is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from audit import grammar
from audit.grammar import RULES, readings, settle
from audit.model import Turn

ROOT = Path(__file__).resolve().parent.parent
BY_NAME = {rule.name: rule for rule in RULES}
CASES = {
    "number-for-call": (
        ["Скинь номерок, мастер тебя наберёт", "Номер для связи оставьте, мастер участка позвонит",
         "Дайте контакт, мастер с вами свяжется"],
        ["Мастер вам позвонит", "Курьер за час позвонит, оставьте номер подъезда", "Номер скинули, мастер позвонил",
         "Оставьте номер для курьера, он перезвонит", "Оставьте номер, мастер позвонит за час", "Напишите номер заказа"],
    ),
    "dated": (
        ["До 11:00 пришлю файл сюда", "Передам в отдел, ответят вам сегодня", "Пришлю после разговора"],
        ["Пришлите файл до 11:00", "Файл прислали сегодня", "Не пришлём сегодня", "Если пришлю до пяти, успеете", "Пришлю файл"],
    ),
}  # fmt: skip


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("ё", "е"))


def says(rule: str, text: str) -> bool:
    return [one.name for one in grammar.patterns().say([BY_NAME[rule]], words(text))] == [rule]


def test_every_rule_has_cases() -> None:
    assert set(CASES) == set(BY_NAME)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, (yes, _no) in CASES.items() for text in yes])
def test_a_rule_speaks(rule: str, text: str) -> None:
    assert says(rule, text)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, (_yes, no) in CASES.items() for text in no])
def test_a_rule_is_silent(rule: str, text: str) -> None:
    assert not says(rule, text)


@pytest.mark.parametrize(
    ("word", "forms", "lemma"),
    [
        ("уточню", "Form=Fut1", "уточнить"),
        ("уточните", "Form=Fut2,Imp", "уточнить"),
        ("звоните", "Form=Imp,Pres2", "звонить"),
        ("наберет", "Form=Fut3", "набрать"),
        ("перезвоним", "Form=Fut1", "перезвонить"),
        ("звонил", "Form=Past", "звонить"),
        ("позвонить", "Form=Inf", "позвонить"),
        ("три", "", "три"),
        ("почту", "", "почта"),
    ],
)
def test_readings_keep_what_is_ambiguous(word: str, forms: str, lemma: str) -> None:
    assert readings(word) == (forms, lemma)


def line(text: str, acts: dict[str, float], maybe: dict[str, float] | None = None, **more: Any) -> Any:
    """A line of one sentence, as the recogniser leaves it."""
    told = words(text)
    sentence = SimpleNamespace(
        turn=0, first=0, last=len(told), acts=dict(acts), maybe=dict(maybe or {}), vetoed=more.get("vetoed"),
        question=text.endswith("?"),
    )  # fmt: skip
    hits = [SimpleNamespace(act=act, first=0, last=len(told) - 1) for act in acts]
    return SimpleNamespace(scanned=SimpleNamespace(words=told), sentences=[sentence], hits=hits, acts=set(acts))


def settled(one: Any, role: str = "operator", lang: str = "ru") -> int:
    return settle(lang, [(Turn(role=role, text="…"), one)])


def test_an_act_in_doubt_is_confirmed() -> None:
    one = line("До 11:00 пришлю файл", {}, {"promise": 0.35})
    assert settled(one) == 1
    assert one.acts == {"promise"} and not one.sentences[0].maybe
    assert [(hit.act, hit.first, hit.last, hit.score) for hit in one.hits] == [("promise", 0, 4, grammar.SETTLED)]


def test_what_a_not_pattern_struck_out_may_come_back() -> None:
    one = line("Скинь номер, мастер тебя наберёт", {}, vetoed={"call-offer"})
    assert settled(one) == 1 and one.acts == {"call-offer"}


@pytest.mark.parametrize(
    "one",
    [
        line("До пяти пришлю файл", {"promise": 0.9}),  # found already
        line("До пяти завис платёж", {}, {"answer": 0.4}),  # no rule for this act
        line("Оставьте, пожалуйста, адрес", {}, vetoed={"call-offer"}),  # nothing begins with a stem
        line("Пришлю файл до пяти?", {}, {"promise": 0.35}),  # a question
    ],
)
def test_what_is_not_in_doubt_is_not_looked_at(one: Any) -> None:
    before = dict(one.sentences[0].acts)
    assert settled(one) == 0 and one.sentences[0].acts == before


def test_clients_and_other_languages_are_not_looked_at() -> None:
    assert settled(line("До 11:00 пришлю файл", {}, {"promise": 0.35}), role="client") == 0
    assert settled(line("До 11:00 пришлю файл", {}, {"promise": 0.35}), lang="lv") == 0


def test_a_plain_dialogue_does_not_import_spacy() -> None:
    code = """
import sys
from audit.compile import load_pack
from audit.engine import Engine
from audit.model import Dialogue, Turn
turns = (Turn(role="client", text="Добрый день!"), Turn(role="operator", text="Добрый день! Чем могу помочь?"))
Engine(load_pack("rules/standard")).batch([Dialogue(id="1", lang="ru", turns=turns)])
import audit.grammar
assert "spacy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
