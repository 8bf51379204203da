"""Options of finders: one table, defaults, mistakes with file and line, and the words that stand in them."""

from __future__ import annotations

import inspect
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from audit import further, relaxed, slow
from audit.errors import PackError
from audit.examples import ExampleError, parse, run_examples, settings
from audit.finders import FINDERS
from audit.options import GATES, KINDS, OPTIONS, defaults, hours, mistake
from audit.pack import load_pack_files
from audit.paths import data_dir
from audit.phrases import listed

STANDARD = data_dir("rules") / "standard"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return shutil.copytree(STANDARD, tmp_path / "pack")


def add(pack: Path, text: str) -> None:
    with (pack / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_every_finder_has_a_table() -> None:
    assert set(OPTIONS) == set(FINDERS)
    assert set(GATES) <= set(FINDERS)


def test_every_option_is_read_by_its_finder() -> None:
    for module in (further, relaxed, slow):
        for name, finder in FINDERS.items():
            if finder.__module__ == module.__name__:
                read = set(re.findall(r'options\["(\w+)"\]', inspect.getsource(finder)))
                gate = {GATES[name]} if name in GATES else set()
                assert read | gate == set(OPTIONS[name]), name


def test_every_default_is_of_its_kind() -> None:
    for finder, options in OPTIONS.items():
        assert mistake([finder], defaults(finder)) is None
        assert all(option.kind in KINDS for option in options.values())


def test_every_option_of_the_standard_pack_is_shown_in_an_example() -> None:
    for name, check in load_pack_files(STANDARD).checks.items():
        lists = (check.examples.pass_, check.examples.fail, check.examples.na)
        texts = [text for lines in lists for examples in lines.values() for text in examples]
        shown = {option for text in texts for option in settings(text).get(name, {})}
        words = {"dates", "channels", "details"}  # lists that stand in the check and are met by its other examples
        if name != "slow-reply":  # the same finder as slow-first-reply, which shows them
            assert set(check.options) - words <= shown, name


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("options:\n  wait-notice: {secnds: 60}\n", "options.wait-notice.secnds", "did you mean 'seconds'?"),
        ("options:\n  wait-notice:\n    seconds: soon\n", "options.wait-notice.seconds", "a number of seconds"),
        ("options:\n  wait-notice: {seconds: 0}\n", "options.wait-notice.seconds", "above 0"),
        ("options:\n  farewell: {polite: true}\n", "options.farewell.polite", "this check has no options"),
        ("options:\n  house-style: {banned: ['(а']}\n", "options.house-style.banned", "words or patterns"),
        ("options:\n  house-style: {banned: [<name>]}\n", "options.house-style.banned", "words or patterns"),
        ("options:\n  slow-reply: {working_hours: 9-18}\n", "options.slow-reply.working_hours", "mon-fri 09:00-18:00"),
        ("options:\n  greeting: {templates_count: 1}\n", "options.greeting.templates_count", "true or false"),
    ],
)
def test_mistakes_in_a_pack(pack: Path, text: str, field: str, words: str) -> None:
    lines = (pack / "pack.yaml").read_text(encoding="utf-8").count("\n")
    add(pack, text)
    with pytest.raises(PackError) as caught:
        load_pack_files(pack)
    said = str(caught.value)
    assert field in said and words in said
    assert re.search(rf"pack\.yaml:({lines + 2}|{lines + 3})", said)


def test_a_mistake_in_a_check(pack: Path) -> None:
    path = pack / "checks" / "wait-notice.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[wait]", "[{wait: {second: 9}}]"), encoding="utf-8")
    with pytest.raises(PackError, match=r"wait-notice\.yaml:.*expect\.0\.wait\.second"):
        load_pack_files(pack)


def test_an_option_of_the_pack_is_obeyed(pack: Path) -> None:
    add(pack, "options:\n  wait-notice: {seconds: 3600}\n")
    failed = {(r.name, r.outcome) for r in run_examples(pack) if not r.ok and r.name == "wait-notice"}
    assert ("wait-notice", "fail") in failed


def test_settings_of_an_example() -> None:
    text = "# client_name=Анна Б wait-notice.seconds=60 house-style.banned=[а б, ~в]\nC: a"
    assert settings(text) == {"wait-notice": {"seconds": 60}, "house-style": {"banned": ["а б", "~в"]}}
    assert parse(text)[0].client_name == "Анна Б"
    assert settings("C: a=b") == {}
    with pytest.raises(ExampleError, match="no YAML"):
        settings("# wait-notice.seconds=[\nC: a")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("wait-notise.seconds=60", "did you mean 'wait-notice'"),
        ("wait-notice.second=60", "did you mean 'seconds'"),
        ("wait-notice.seconds=x", "number of seconds"),
    ],
)
def test_wrong_settings_of_an_example(pack: Path, header: str, words: str) -> None:
    path = pack / "checks" / "wait-notice.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("# wait-notice.seconds=30", f"# {header}"), encoding="utf-8"
    )
    assert any(words in r.detail for r in run_examples(pack) if not r.ok)


def test_working_hours() -> None:
    assert hours("mon-fri 9:00-18:30").days == frozenset(range(5))
    assert hours("sun 00:00-24:00") == hours("SUN 0:00-24:00")
    assert hours("10:00-22:00").days == frozenset(range(7))
    for wrong in ("18:00-9:00", "fri-mon 9:00-18:00", "9-18", "xyz 9:00-18:00", "9:00-25:00", "9:60-18:00"):
        with pytest.raises(ValueError):
            hours(wrong)


def test_seconds_of_working_hours() -> None:
    friday, monday = datetime(2026, 3, 6, 17, 59), datetime(2026, 3, 9, 9, 1)
    open_ = hours("mon-fri 09:00-18:00")
    assert sum(slow._overlap(friday, monday, day, open_) for day in slow._days(friday, monday)) == 120
    night = datetime(2026, 3, 6, 23, 50), datetime(2026, 3, 7, 0, 10)
    assert sum(slow._overlap(*night, day, hours("00:00-24:00")) for day in slow._days(*night)) == 1200


def test_phrases_for_all_languages_or_by_language() -> None:
    assert listed(["а"], "ru") == listed({"ru": ["а"], "en": ["b"]}, "ru") == ("а",)
    assert listed({"en": ["b"]}, "ru") == ()
