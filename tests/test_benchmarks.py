"""The benchmarks run, and make what they say they make."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from synthetic import Maker, make  # noqa: E402

from audit.model import Audited, Dialogue, Turn  # noqa: E402
from audit.readers import read  # noqa: E402


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "made.jsonl"
    make(path, 200)
    return path


def run(*arguments: object) -> str:
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


def test_synthetic_dialogues_are_of_the_size_they_say(made: Path) -> None:
    items = list(read([made]))
    assert all(isinstance(item, Dialogue) for item in items) and len(items) == 200
    assert 16 <= statistics.mean(len(item.turns) for item in items if isinstance(item, Dialogue)) <= 20
    assert 3_000 <= made.stat().st_size / 200 <= 4_200


def test_synthetic_dialogues_are_the_same_every_time(made: Path, tmp_path: Path) -> None:
    make(tmp_path / "again.jsonl", 20)
    assert (tmp_path / "again.jsonl").read_bytes() == b"".join(made.read_bytes().splitlines(keepends=True)[:20])


def test_synthetic_words_are_reused_as_in_real_text(made: Path) -> None:
    words = [
        word
        for line in made.read_text().splitlines()
        for turn in json.loads(line)["turns"]
        for word in turn["text"].split()
    ]
    assert 0.1 < len(set(words)) / len(words) < 0.5


def test_a_typo_is_one_slip() -> None:
    maker = Maker()
    texts = [maker.typo("доставка") for _ in range(50)]
    assert all(abs(len(text) - 8) <= 1 and text[0] == "д" for text in texts) and len(set(texts)) > 10
    assert maker.typo("да") == "да"


@pytest.mark.parametrize("step", ["orjson", "spacy", "audit"])
def test_every_step_can_be_measured(made: Path, step: str) -> None:
    row = json.loads(run(BENCHMARKS / "throughput.py", "--measure", step, made))
    assert row["dialogues"] == 200 and row["rate"] > 0 and 5 < row["peak_mb"] < 2_000


def test_the_table_has_a_row_for_every_step(tmp_path: Path) -> None:
    out = run(BENCHMARKS / "throughput.py", "--sizes", 30, "--keep", tmp_path)
    assert "30 dialogues" in out and "synthetic:" in out
    for name in ("orjson.loads", "spaCy tokenizer", "full audit"):
        assert f"\n{name}" in out


def judged(*turns: Turn, client_name: str | None = None) -> dict[str, str]:
    from baseline import cards

    (card,) = cards(Dialogue("d", turns, "ru", client_name=client_name))
    return {verdict.check: verdict.outcome for verdict in card.verdicts}


def test_the_baseline_knows_keywords_and_places() -> None:
    found = judged(
        Turn("client", "Где заказ? До сих пор не пришло"),
        Turn("operator", "Добрый день, Ольга! Уточните номер", "Анна"),
        Turn("client", "77"),
        Turn("operator", "Простите, завтра", "Анна"),
        Turn("operator", "Остались вопросы? Всего доброго", "Анна"),
        client_name="Ольга",
    )
    assert len(found) == 16
    assert {name for name, out in found.items() if out == "fail"} == {"help-check", "name-in-farewell"}
    assert {name for name, out in found.items() if out == "na"} == {"wait-notice", "human-handover"}


def test_the_baseline_without_an_operator_judges_the_bot_alone() -> None:
    found = judged(Turn("client", "Где заказ?"), Turn("bot", "Я бот"))
    assert found.pop("human-handover") == "fail" and set(found.values()) == {"na"}


def test_the_baseline_is_measured_as_the_engine_is(tmp_path: Path) -> None:
    from baseline import audited

    chat = {
        "id": "a", "lang": "ru", "labels": {"greeting": {"outcome": "fail"}},
        "turns": [{"role": "client", "text": "привет"}, {"role": "operator", "name": "Анна", "text": "слушаю"}],
    }  # fmt: skip
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(chat, ensure_ascii=False) + "\n", encoding="utf-8")
    (item,) = audited([path])
    assert isinstance(item, Audited) and item.scorecards[0].operator == "Анна"
    out = run(BENCHMARKS / "baseline.py", path)
    assert "keywords and a clock" in out and "greeting" in out and "100.0 %" in out
