"""No verdict depends on what people are called, and hardly any on a slip of the finger or on capitals.

Twelve dialogues with places for names in the case they need; every check must come out as with the reference names.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

import audit
from audit.compile import load_pack
from audit.engine import Engine
from audit.model import Audited, Dialogue, Turn
from audit.paths import data_dir
from audit.spelling import fold

NAMES = 300
REFERENCE = {"client": ("Ольга", "f"), "operator": ("Кирилл", "m")}
NAME_CHECKS = frozenset(("name-in-greeting", "name-in-farewell"))
DIALOGUES = """
O: Здравствуйте, {client}! Меня зовут {operator}, чем могу помочь?
C: Где мой заказ 5512?
O: Одну минуту, проверю. Какой у вас город?
C: Рига
O: {client}, заказ приедет завтра к обеду. Подошло такое решение?
C: да, спасибо
O: Остались ещё вопросы?
C: нет
O: Всего доброго, {client}!

C: Добрый день, не пришёл возврат за чайник
O: Добрый день, {client}. {operator}, служба поддержки. Очень жаль, что так вышло. Назовите номер заказа
C: 7781
O: Деньги вернутся на карту 5 марта
C: хорошо
O: До свидания!

C: меня зовут {client}, почему не работает приложение?
O: {client}, здравствуйте! Обновите приложение, пожалуйста, и войдите снова
C: помогло
O: Рады помочь, {client}! Хорошего дня

C: Сколько стоит доставка?
O: позвоните нам, там скажут
C: мне удобнее здесь
O: нет
C: понятно

C: Здравствуйте! Заказ на имя {client_gen}, когда привезут?
O: На связи {operator}. Доставка завтра с 10 до 14
C: а оплата картой?
O: Да, картой можно. Всё ли понятно по доставке?
C: да
O: Спасибо за обращение, {client}, хорошего вечера!

C: Ужасно, третий раз ломается!
O: Приношу извинения, {client}, разберёмся. Что пишет экран?
C: ошибка 5
O: Перезагрузите и введите код 11. Получилось?
C: да!
O: До свидания, {client}

C: когда откроется магазин?
O: Добрый вечер! Я {operator}. Магазин откроется 3 мая
C: спасибо
O: Обращайтесь!

C: Вы обещали перезвонить {client_dat} вчера, никто не позвонил
O: Здравствуйте! Извините нас, {client}. Передам {client_dat} ответ сегодня до 18:00
C: жду
O: {client}, ответ готов: возврат одобрен. Помог ли вам ответ?
C: да
O: Всего хорошего! С уважением, {operator}

C: Можно поменять адрес?
O: {client}, добрый день! На какой адрес?
C: Лесная, 5
O: Готово, адрес изменили. Могу ещё чем-то помочь?
C: нет, всё
O: Спасибо, {client}. До встречи!

C: Здравствуйте, это {client}. Размер 44 есть?
O: Приветствую, {client}! Размер 44 есть, отложить?
C: да
O: Отложили до пятницы. Ещё что-нибудь подсказать?
C: нет
O: {client}, ждём вас! До свидания

C: Ваш оператор {operator} мне уже отвечал, где письмо?
O: Здравствуйте! Письмо ушло вчера, проверьте спам
C: нашлось, спасибо
O: Отлично! Хорошего дня!

C: Почему списали дважды?
O: Добрый день, {client}! Сожалею, что так случилось. Уточните дату платежа
C: 1 июня
O: Второй платёж вернётся за 3 дня. Вопрос решён?
C: да
O: Есть ещё вопросы?
C: нет
O: {client}, всего доброго!
"""
ROLES = {"C": "client", "O": "operator"}


def oblique(name: str, gender: str) -> tuple[str, str]:
    """Genitive and dative of a name."""
    stem, end = name[:-1], name[-1]
    if end == "а":
        return stem + ("и" if stem[-1:] in "гкхжчшщ" else "ы"), stem + "е"
    if end == "я":
        return stem + "и", stem + ("и" if stem.endswith("и") else "е")
    if gender == "m" and end in "йь":
        return stem + "я", stem + "ю"
    if gender == "m" and end not in "оеиуюэыё":
        return name + "а", name + "у"
    return (stem + "и", stem + "и") if end == "ь" else (name, name)


def built(client: tuple[str, str], operator: tuple[str, str]) -> list[Dialogue]:
    (one, gender), (two, _other) = client, operator
    genitive, dative = oblique(one, gender)
    slots = {"client": one, "client_gen": genitive, "client_dat": dative, "operator": two}
    names = {"C": one, "O": two}
    found = []
    for number, block in enumerate(DIALOGUES.strip().split("\n\n")):
        lines = block.format(**slots).split("\n")
        turns = tuple(Turn(ROLES[line[0]], line[3:], names[line[0]]) for line in lines)
        told = number in (2, 9)
        found.append(Dialogue(str(number), turns, "ru", client_name=None if told else one, closed_by="operator"))
    return found


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_pack(data_dir("rules") / "standard"))


@pytest.fixture(scope="module")
def people(engine: Engine) -> list[tuple[str, str]]:
    """Names of every file of the table, as many men's as women's, common words among them."""
    by_gender: dict[str, list[str]] = {"f": [], "m": []}
    for name in engine.pack.names.names:
        if name.gender in by_gender and name.lemma.isalpha() and len(name.lemma) > 2:
            by_gender[name.gender].append(name.lemma)
    picked = random.Random(7)
    return [(name, gender) for gender, names in by_gender.items() for name in picked.sample(names, NAMES // 2)]


def outcomes(audited: list[Audited]) -> dict[tuple[str, int, str], str]:
    return {
        (done.dialogue.id, number, verdict.check): verdict.outcome
        for done in audited
        for number, card in enumerate(done.scorecards)
        for verdict in card.verdicts
    }


def flips(engine: Engine, people: list[tuple[str, str]], who: str) -> Iterator[str]:
    before = outcomes(engine.batch(built(REFERENCE["client"], REFERENCE["operator"])))
    for person in people:
        pair = {**REFERENCE, who: person}
        if pair["client"][0] == pair["operator"][0]:
            continue
        for key, outcome in outcomes(engine.batch(built(pair["client"], pair["operator"]))).items():
            if outcome != before[key]:
                yield f"{person[0]}: dialogue {key[0]}, {key[2]}: {before[key]} → {outcome}"


def test_the_dialogues_say_something(engine: Engine) -> None:
    said = outcomes(engine.batch(built(REFERENCE["client"], REFERENCE["operator"])))
    assert len({dialogue for dialogue, _card, _check in said}) >= 12
    for check in NAME_CHECKS:
        assert {outcome for key, outcome in said.items() if key[2] == check} >= {"pass", "fail"}


@pytest.mark.parametrize("who", ["client", "operator"])
def test_no_verdict_depends_on_a_name(engine: Engine, people: list[tuple[str, str]], who: str) -> None:
    assert len(people) == NAMES
    found = list(flips(engine, people, who))
    # «Сервер» is a name and a word of many sentences: where the word decides, the name cannot be told from it.
    words = {name for name, _gender in people if fold(name) in engine.pack.names.words}
    of_names = [flip for flip in found if flip.partition(":")[0] not in words or "name-in" in flip]
    assert not of_names, f"{len(of_names)} flips: {of_names[:20]}"
    assert len(found) <= 2, found


def slipped(rng: random.Random, text: str) -> str:
    """The text with one slip of the finger in one of its longer words."""
    words = list(re.finditer(r"[А-Яа-яЁё]{4,}", text))
    if not words:
        return text
    match = rng.choice(words)
    word = match.group()
    at = rng.randrange(1, len(word) - 1)
    letter = rng.choice("абвгдежзийклмнопрстуфхцчшщыьэюя")
    slips = (word[at + 1] + word[at] + word[at + 2 :], word[at + 1 :], letter + word[at + 1 :], word[at] + word[at:])
    return text[: match.start()] + word[:at] + rng.choice(slips) + text[match.end() :]


def changed(dialogue: Dialogue, how: Callable[[str], str], role: str | None = None) -> Dialogue:
    turns = (replace(turn, text=how(turn.text)) if role in (None, turn.role) else turn for turn in dialogue.turns)
    return replace(dialogue, turns=tuple(turns))


@pytest.mark.parametrize("noise", ["capitals", "typos"])
def test_noise_flips_under_two_per_cent(engine: Engine, noise: str) -> None:
    rng = random.Random(1)
    paths = sorted((data_dir("corpora") / "ru" / "dev").glob("*.jsonl"))
    dialogues = [item for path in paths for item in audit.read(path) if isinstance(item, Dialogue)]
    if noise == "capitals":
        noisy = [changed(dialogue, str.lower) for dialogue in dialogues]
    else:
        noisy = [changed(dialogue, lambda text: slipped(rng, text), "operator") for dialogue in dialogues]
    before, after = outcomes(engine.batch(dialogues)), outcomes(engine.batch(noisy))
    flipped = [key for key, outcome in before.items() if after.get(key) != outcome]
    assert len(before) > 2_000
    assert len(flipped) < 0.02 * len(before), f"{len(flipped)} of {len(before)}: {flipped[:20]}"
