"""The command line from outside: what goes where, and which code it ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audit import cli, cli_check
from audit.cli_common import Session, role_table
from audit.errors import UsageError
from audit.model import Dialogue
from audit.words import Words
from tests.writers.fakes import real_pack

GOOD = (
    '{"id": "%s", "channel": "site", "turns": [{"role": "client", "text": "Где мой заказ, скажите?"}, '
    '{"role": "operator", "name": "Анна", "text": "Здравствуйте! Заказ в пути. До свидания!"}]}\n'
)
BAD = (
    '{"id": "bad", "turns": [{"role": "client", "text": "Где мой заказ, скажите?"}, '
    '{"role": "operator", "name": "[red]Анна", "text": "Заказ в \\u202eпути\\u001b[2J, ждите."}]}\n'
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a pack and some chats, in English."""
    real_pack(tmp_path / "pack")
    (tmp_path / "good.jsonl").write_text(GOOD % "one" + GOOD % "two", encoding="utf-8")
    (tmp_path / "mixed.jsonl").write_text(GOOD % "one" + BAD, encoding="utf-8")
    (tmp_path / "broken.jsonl").write_text(GOOD % "one" + "{oops\n", encoding="utf-8")
    (tmp_path / "oops.jsonl").write_text("{oops\n", encoding="utf-8")
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("CHATAUDIT_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _check(*arguments: str) -> int:
    return cli.run(["check", "--rules", "pack", *arguments])


def test_check_says_data_on_stdout_and_words_on_stderr(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check("good.jsonl", "-o", "a.jsonl", "-o", "a.json", "-o", "a.csv", "--by", "channel") == 0
    said = capsys.readouterr()
    assert "Mean score 100.0" in said.out
    assert "By channel" in said.out
    assert "Audited: 2 · rejected: 0 · not scored: 0" in said.err
    assert "Results: a.jsonl, a.json, a.csv" in said.err
    assert "\x1b" not in said.out + said.err
    cards = [json.loads(line) for line in (place / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(card["dialogue"], card["score"]) for card in cards] == [("one", 100.0), ("two", 100.0)]
    assert json.loads((place / "a.json").read_text(encoding="utf-8"))["schema"] == "chataudit.report/1"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good.jsonl"], 0),
        (["good.jsonl", "--fail-under", "100"], 0),
        (["mixed.jsonl"], 0),
        (["mixed.jsonl", "--fail-under", "99.5"], 1),
        (["mixed.jsonl", "--fail-on", "farewell"], 1),
        (["good.jsonl", "--fail-on", "farewell", "--fail-on", "greeting"], 0),
        (["broken.jsonl"], 3),
        (["broken.jsonl", "--fail-under", "100"], 3),
        (["empty.jsonl"], 5),
        (["oops.jsonl"], 5),
        (["no.jsonl"], 2),
        (["good.jsonl", "--fail-on", "greting"], 2),
        (["good.jsonl", "--fail-under", "101"], 2),
        (["good.jsonl", "--fail-under", "x"], 2),
        (["good.jsonl", "--subject", "client"], 2),
        (["good.jsonl", "--role", "Анна"], 2),
        (["good.jsonl", "--jobs", "0"], 2),
        (["good.jsonl", "-o", "a.doc"], 2),
        (["good.jsonl", "-o", "nowhere/a.csv"], 2),
        (["good.jsonl", "-o", "good.jsonl"], 2),
        (["good.jsonl", "--no-such-option"], 2),
        ([], 2),
    ],
)
def test_exit_codes(place: Path, arguments: list[str], code: int) -> None:
    assert _check(*arguments) == code
    assert (place / "good.jsonl").read_text(encoding="utf-8") == GOOD % "one" + GOOD % "two"


@pytest.mark.parametrize(
    "arguments", [[], ["chek"], ["check", "good.jsonl", "--rules", "nowhere"], ["--ui", "fr"], ["--ui"]]
)
def test_what_could_not_run_is_two(place: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err


def test_errors_suggest(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _check("good.jsonl", "--fail-on", "greting")
    assert "did you mean 'greeting'?" in capsys.readouterr().err
    cli.run(["chek", "--ui", "ru"])
    assert "Нет такой команды: 'chek'. Возможно, 'check'?" in capsys.readouterr().err
    _check("good.jsonl", "--rule", "x")
    assert "--rules" in capsys.readouterr().err


def test_gate_says_why(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _check("mixed.jsonl", "--fail-under", "99", "--fail-on", "farewell")
    assert "Gate: not passed: mean 50 is below 99; farewell failed" in capsys.readouterr().err
    _check("good.jsonl", "--fail-under", "99", "--ui", "ru")
    assert "Порог: пройден" in capsys.readouterr().err


def test_rejected_records_are_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _check("broken.jsonl")
    assert "broken.jsonl:2: IMP012 The line is not JSON or not an object; the record" in capsys.readouterr().out


def test_a_field_nobody_has_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check("good.jsonl", "--by", "region") == 0
    assert "No dialogue has the field region." in capsys.readouterr().err


def test_same_bytes_on_repeat_and_in_any_locale(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, locale in (("a", "C"), ("b", "ru_RU.UTF-8")):
        monkeypatch.setenv("LC_ALL", locale)
        for suffix in ("jsonl", "json", "csv"):
            assert _check("mixed.jsonl", "-o", f"{name}.{suffix}") == 0
    for suffix in ("jsonl", "json", "csv"):
        assert (place / f"a.{suffix}").read_bytes() == (place / f"b.{suffix}").read_bytes()


def test_chat_text_cannot_speak_to_the_terminal(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _check("mixed.jsonl")
    assert cli.run(["show", "mixed.jsonl", "bad", "--rules", "pack"]) == 0
    said = capsys.readouterr()
    assert "[red]Анна" in said.out
    assert "‹RLO›пути[2J" in said.out
    assert "\x1b" not in said.out + said.err


def test_show_marks_evidence_and_gives_reasons(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--ui", "ru", "show", "good.jsonl", "two", "--rules", "pack"]) == 0
    out = capsys.readouterr().out
    assert "  2 оператор Анна: [[Здравствуйте]]! Заказ в пути. [[До свидания]]!" in out
    assert "+ выполнено  Приветствие: Реплика 2: «Здравствуйте»." in out
    assert cli.run(["show", "good.jsonl", "twoo", "--rules", "pack"]) == 2
    assert "did you mean 'two'?" in capsys.readouterr().err


def test_acts_are_lines_of_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["acts", "good.jsonl", "--rules", "pack", "-o", "acts.jsonl"]) == 0
    lines = (place / "acts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {"dialogue": "one", "turn": 1, "act": "greeting", "start": 0, "end": 12}
    assert capsys.readouterr().out == ""
    assert cli.run(["acts", "good.jsonl", "--rules", "pack"]) == 0
    assert capsys.readouterr().out.splitlines() == lines
    assert cli.run(["acts", "broken.jsonl", "--rules", "pack"]) == 3
    assert cli.run(["acts", "empty.jsonl", "--rules", "pack"]) == 5
    assert cli.run(["acts", "good.jsonl", "--rules", "pack", "-o", "a.csv"]) == 2


@pytest.mark.parametrize(
    ("name", "text"), [("greeting", "It is polite."), ("IMP001", "--role WHO=operator"), ("imp012", "JSON")]
)
def test_explain(place: Path, capsys: pytest.CaptureFixture[str], name: str, text: str) -> None:
    assert cli.run(["explain", name, "--rules", "pack"]) == 0
    assert text in capsys.readouterr().out


def test_explain_of_nothing_known(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "greetng", "--rules", "pack"]) == 2
    assert "did you mean 'greeting'?" in capsys.readouterr().err


def test_rules_commands(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rules", "list", "pack"]) == 0
    assert "greeting    10  Greeting" in capsys.readouterr().out
    assert cli.run(["rules", "try", "Ну, здравствуйте", "--rules", "pack"]) == 0
    assert "greeting: Ну, [[здравствуйте]]" in capsys.readouterr().out
    assert cli.run(["rules", "test", "pack"]) == 1
    assert "failed" in capsys.readouterr().err


def test_doctor(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor", "--rules", "pack"]) == 0
    assert "small@1.0.0+sha256:" in capsys.readouterr().out
    (place / "pack" / "checks" / "greeting.yaml").write_text("titel: x\n", encoding="utf-8")
    assert cli.run(["doctor", "--rules", "pack"]) == 2
    assert "did you mean 'title'?" in capsys.readouterr().err


def test_role_words_keep_their_equal_signs() -> None:
    assert role_table(["assistant=operator", "a=b=client", "Анна (поддержка)=Operator"]) == {
        "assistant": "operator",
        "a=b": "client",
        "Анна (поддержка)": "operator",
    }
    with pytest.raises(UsageError, match="roles are"):
        role_table(["x=y"])


def test_notes_are_sentences() -> None:
    said = {"columns": {"text": "Сообщение"}, "extra": ["Город"], "row": 1}
    assert (
        cli_check.note_text("a.csv", "columns", said, Words("ru"))
        == "a.csv: столбцы: text ← Сообщение; оставлены как есть: Город"
    )
    assert cli_check.note_text("a.csv", "new", {"x": 1}, Words("ru")) == "a.csv: new x=1"


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt])
def test_interrupted_run_leaves_no_file(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], interrupt: type[BaseException]
) -> None:
    def stop(*_: object, **__: object) -> object:
        yield Dialogue("one", ())
        raise interrupt

    monkeypatch.setattr(cli_check, "dialogues", stop)
    assert _check("good.jsonl", "-o", "a.csv") == 130
    assert "Interrupted" in capsys.readouterr().err
    assert not list(place.glob("*.csv")) + list(place.glob(".chataudit-*"))


def test_a_defect_is_two_and_says_so(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_check, "load", lambda _: 1 / 0)
    assert _check("good.jsonl") == 2
    assert "defect of chataudit" in capsys.readouterr().err


def test_words_on_stderr_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    Session(Words("en"), None).tell("a\x1b[2Jb")
    assert capsys.readouterr().err == "a[2Jb\n"


def _run(*arguments: str, **more: str) -> tuple[subprocess.CompletedProcess[bytes], float]:
    start = time.perf_counter()
    root = str(Path(cli.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "audit", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root, **more},
    )
    return done, time.perf_counter() - start


def test_output_is_utf8_whatever_the_console_is(place: Path) -> None:
    done, _ = _run("check", "good.jsonl", "--rules", "pack", PYTHONIOENCODING="cp866", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0
    assert "Анна" in done.stdout.decode("utf-8")


def test_a_reader_that_goes_away_is_no_error(place: Path) -> None:
    root = str(Path(cli.__file__).parents[1])
    command = f"{sys.executable} -m audit acts good.jsonl --rules pack | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": root}
    )
    assert done.stdout.decode().strip() == "0"
    assert b"Traceback" not in done.stderr


def test_help_is_quick_and_imports_nothing_heavy(place: Path) -> None:
    done, first = _run("--help")
    _, second = _run("--help")
    assert done.returncode == 0
    assert min(first, second) < 1.0  # aim: 0.2 s; the bound leaves room for a busy machine
    heavy = ("pydantic", "rich", "babel", "numpy", "scipy", "msgspec")
    code = f"import sys, audit.cli; print([m for m in {heavy} if m in sys.modules])"
    listed = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )
    assert listed.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["check"],
        ["demo"],
        ["acts"],
        ["show"],
        ["explain"],
        ["eval"],
        ["doctor"],
        ["rules"],
        ["rules", "list"],
        ["rules", "test"],
        ["rules", "try"],
    ],
)
def test_help_in_russian_has_no_english_left(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--ui", "ru", *command, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Вызов: chataudit")
    for english in ("Show", "Options:", "Arguments:", "required", "default:", "Commands:", "file", "repeated"):
        assert english not in out
    assert cli.run(["--ui", "en", *command, "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: chataudit")


def test_demo_says_where_its_report_is(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "demo").mkdir()
    (place / "demo" / "demo.jsonl").write_text(GOOD % "one", encoding="utf-8")
    monkeypatch.setattr("audit.paths.data_dir", lambda kind: place)
    assert cli.run(["demo", "--rules", "pack"]) == 0
    assert "Results: chataudit-demo." in capsys.readouterr().err
    assert len(list(place.glob("chataudit-demo.*"))) == 1
