"""Words in both languages: every text has a translation, every reason a sentence, every number its form."""

from __future__ import annotations

import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from audit import words as module
from audit.errors import UsageError
from audit.model import Span, Verdict
from audit.paths import PACKAGE
from audit.reasons import SENTENCES, sentence
from audit.words import LANGUAGES, Words, language

RU, EN = Words("ru"), Words("en")


def _catalog(ui: str) -> dict[object, object]:
    with (PACKAGE / "locale" / ui / "LC_MESSAGES" / "chataudit.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale=ui) if message.id}


def _holes(text: str) -> set[str]:
    return {name.partition("!")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def test_catalogs_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, PACKAGE / "locale" / "update.py", "--check"], check=False)
    assert done.returncode == 0, "run: python audit/locale/update.py, and translate what is new"


def test_every_russian_text_is_there_and_keeps_its_places() -> None:
    for ident, text in _catalog("ru").items():
        one = ident[0] if isinstance(ident, tuple) else ident
        forms = text if isinstance(text, tuple) else (text,)
        assert len(forms) == (3 if isinstance(ident, tuple) else 1), ident
        for form in forms:
            assert form, ident
            assert _holes(form) == _holes(str(one)), ident


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru"}, "ru"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ru_RU"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "C"}, "en"),
        ({"LANG": "rue_UA"}, "en"),
        ({"LC_ALL": "", "LANG": "ru_RU"}, "ru"),
        ({}, "en"),
    ],
)
def test_language_of_the_locale(environ: dict[str, str], expected: str) -> None:
    assert language(None, environ) == expected
    assert language("en", environ) == "en"


def test_unknown_language_names_the_known() -> None:
    with pytest.raises(UsageError, match="ru, en"):
        language("fr")


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (1, "прочитан 1 диалог"),
        (2, "прочитано 2 диалога"),
        (5, "прочитано 5 диалогов"),
        (11, "прочитано 11 диалогов"),
        (21, "прочитан 21 диалог"),
        (112, "прочитано 112 диалогов"),
    ],
)
def test_russian_plurals(n: int, text: str) -> None:
    assert RU.plural("{n} dialogue was read", "{n} dialogues were read", n) == text


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (0, "0 с", "0 s"),
        (59, "59 с", "59 s"),
        (60, "1 мин", "1 min"),
        (250, "4 мин 10 с", "4 min 10 s"),
        (3600, "1 ч", "1 h"),
        (3605, "1 ч", "1 h"),
        (7384, "2 ч 3 мин", "2 h 3 min"),
        (180000, "2 д 2 ч", "2 d 2 h"),
        (-3, "0 с", "0 s"),
    ],
)
def test_durations(seconds: float, russian: str, english: str) -> None:
    assert (RU.duration(seconds), EN.duration(seconds)) == (russian, english)


def test_numbers() -> None:
    assert (RU.score(87.54), EN.score(100)) == ("87,5", "100.0")
    assert (RU.number(12345).replace("\xa0", " "), EN.number(12345), EN.number(7)) == ("12 345", "12,345", "7")
    assert EN.percent(0.125) == "12%"


REASONS = {
    "found": {"acts": ["greeting"]},
    "none-found": {},
    "not-found": {"where": "after-answer", "acts": ["farewell"], "turns": 3},
    "asked-name": {"turn": 1},
    "wrong-name": {"said": "Ира", "expected": "Ольга", "turn": 4},
    "name-not-used": {"name": "Ольга", "where": "closing"},
    "name-unknown": {},
    "name-refused": {"turn": 1},
    "no-farewell": {},
    "offer-not-question": {"turn": 8},
    "asked-after-answer": {"turn": 8},
    "no-subject": {},
    "no-operator": {},
    "no-times": {},
    "no-wait": {},
    "email-thread": {},
    "silent-wait": {"turn": 7, "after": 6, "seconds": 250},
    "late-notice": {"turn": 7, "after": 6, "seconds": 250},
    "announced": {"turn": 2},
    "client-left": {"turn": 2},
    "success-reported": {"turn": 2},
    "no-trouble": {},
    "no-bot": {},
    "no-answer": {},
    "human-refused": {"turn": 2},
    "human-not-offered": {},
    "human-offered": {"turn": 2},
    "unanswered": {"turns": [2, 4]},
    "promise-not-kept": {"turn": 2},
    "empty-reply": {"turn": 2},
    "operator-silent": {"turn": 2},
    "no-language": {"lang": None},
    "nothing-listed": {},
    "banned-word": {"turn": 2, "said": "минуточку"},
    "required-missing": {"words": ["спасибо", "пожалуйста"]},
    "claim-unanswered": {"turn": 2},
    "apology-repeated": {"turn": 2, "times": 3},
    "apology-needless": {"turn": 2},
    "slow-reply": {"turn": 7, "after": 6, "seconds": 250, "limit": 120},
    "nothing-timed": {},
    "no-transfer": {},
    "silent-transfer": {"turn": 7, "after": 6},
    "repeated": {"turn": 7, "after": 6},
    "shouting": {"turn": 2},
    "no-redirect": {},
    "no-benefit": {"turn": 2},
    "promise-without-date": {"turn": 2},
    "request-complete": {"turn": 2},
    "template-counts": {"turn": 2},
    "name-elsewhere": {"turn": 2},
    "defect": {"error": "KeyError: 3"},
}


def _verdict(code: str, params: dict[str, object], *turns: int) -> Verdict:
    return Verdict("x", "fail", 1, False, True, tuple(Span(turn, 0, 2) for turn in turns), {"code": code, **params})


def test_the_table_and_the_list_of_codes_agree() -> None:
    assert set(REASONS) == {*SENTENCES, "found", "not-found", "unanswered"}


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_a_sentence(code: str, ui: str) -> None:
    text = sentence(_verdict(code, REASONS[code]), Words(ui))
    assert text.endswith(".")
    assert "{" not in text
    assert code not in text
    turn = REASONS[code].get("after", REASONS[code].get("turn"))
    assert turn is None or str(int(str(turn)) + 1) in text


@pytest.mark.parametrize(
    ("verdict", "russian"),
    [
        (
            _verdict("silent-wait", REASONS["silent-wait"]),
            "Клиент ждал ответа 4 мин 10 с после реплики 7, предупреждения не было.",
        ),
        (_verdict("not-found", REASONS["not-found"]), "Не найдено после ответа: farewell. Просмотрены 3 реплики."),
        (
            _verdict("not-found", {"where": "contact", "turns": [0, 2]}),
            "Не найдено в первых сообщениях. Просмотрены реплики: 1, 3.",
        ),
        (_verdict("unanswered", {"turns": [2]}), "Реплика клиента 3 осталась без ответа."),
        (_verdict("unanswered", {"turns": [2, 4]}), "Реплики клиента 3, 5 остались без ответа."),
        (_verdict("found", {"acts": ["greeting"]}, 1), "Реплика 2: greeting."),
        (_verdict("found", {"acts": []}, 1, 3), "Найдено в репликах 2, 4."),
        (_verdict("no-bot", {"unsure": "p=0.4"}), "Бота в диалоге нет. (Не наверняка: p=0.4.)"),
    ],
)
def test_russian_sentences(verdict: Verdict, russian: str) -> None:
    assert sentence(verdict, RU) == russian


def test_quote_and_act_names() -> None:
    found = _verdict("found", {"acts": ["farewell"]}, 9)
    assert sentence(found, EN, quote="До {свидания}") == "Turn 10: “До {свидания}”."
    assert sentence(found, RU, acts={"farewell": "Говорящий прощается."}) == "Реплика 10: говорящий прощается."
    assert sentence(found, RU, acts={"farewell": "SMS не шлют"}) == "Реплика 10: SMS не шлют."


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ({"code": "brand-new", "turn": 4, "why": ["а"]}, 'brand-new (turn=4, why=["а"])'),
        ({"code": "silent-wait", "turn": 4}, "silent-wait (turn=4)"),
        (
            {"code": "silent-wait", "turn": "x", "after": None, "seconds": {}},
            'silent-wait (turn="x", after=null, seconds={})',
        ),
        ({"code": "unanswered", "turns": None}, "unanswered (turns=null)"),
        ({}, ""),
    ],
)
def test_unknown_reasons_show_as_they_are(reason: dict[str, object], text: str) -> None:
    assert sentence(Verdict("x", "na", 1, False, True, (), reason), RU) == text


def test_catalog_is_kept_in_the_cache_and_survives_a_torn_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATAUDIT_CACHE", str(tmp_path))
    for content in (None, b"", b"\xde\x12\x04\x95torn"):
        for kept in tmp_path.glob("words-ru-*.mo"):
            kept.write_bytes(content or b"")
        module._catalog.cache_clear()
        assert Words("ru").say("operator") == "оператор"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHATAUDIT_CACHE", str(tmp_path / "file" / "below"))
    module._catalog.cache_clear()
    assert Words("ru").say("client") == "клиент"
