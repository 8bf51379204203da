"""Whatever the bytes are, nothing but a ChatauditError comes out; whatever the text is, it survives."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import ChatauditError
from audit.model import ROLES, Dialogue
from audit.readers import FINDINGS, ReadOptions, load_map, read
from audit.readers import findings as f

from .common import HEADER, csv_text, dialogues, put, put_json, put_xlsx, record, turn

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
WORDS = [
    '"',
    ";",
    ",",
    "текст",
    "роль",
    "id",
    "клиент",
    "---",
    "#",
    "[",
    "{",
    "}",
    "]",
    ":",
    "10:15",
    "02.03.2026",
    "\\ud83d",
    "é",
    "_xD83D_",
    "1e999",
    "NaN",
    "-",
]
WORDS += ["\t", "\n", "\r\n", "\0", "Оператор: ", '{"id": 1, "turns": ', '[{"role": "client", "text": "а"}]']
SPICE = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)
BYTES = st.one_of(
    st.binary(max_size=300),
    SPICE.map(str.encode),
    SPICE.map(lambda text: text.encode("cp1251", "replace")),
    SPICE.map(lambda text: text.encode("utf-16")),
    st.tuples(SPICE, st.binary(max_size=20)).map(lambda pair: b"\xef\xbb\xbf" + pair[0].encode() + pair[1]),
    SPICE.map(lambda text: ("чат;роль;текст\n" + text).encode()),
)


@QUICK
@given(BYTES, st.sampled_from(["jsonl", "csv", "xlsx", "text"]))
def test_arbitrary_bytes_raise_nothing_else(data: bytes, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(ChatauditError):
        for item in read([put(Path(folder) / "a", data)], ReadOptions(format=kind)):
            assert item.findings is not None if isinstance(item, Dialogue) else item.code in FINDINGS
            if isinstance(item, Dialogue):
                assert item.id and all(turn.role in ROLES for turn in item.turns)
                json.dumps([turn.text for turn in item.turns], ensure_ascii=False).encode()


@QUICK
@given(BYTES)
def test_arbitrary_maps_raise_nothing_else(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(ChatauditError):
        load_map(put(Path(folder) / "map.yaml", data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "turns", "role", "text", "time", "kind", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@QUICK
@given(
    st.fixed_dictionaries(
        {
            "id": JSON,
            "turns": JSON
            | st.lists(
                st.fixed_dictionaries(
                    {"role": JSON, "text": st.text() | JSON},
                    optional={"time": JSON, "kind": JSON, "name": JSON, "id": JSON},
                )
            ),
            "x": JSON,
        }
    )
)
def test_arbitrary_json_is_a_dialogue_or_rejected(value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert len(list(read([put(Path(folder) / "a.jsonl", json.dumps(value))]))) == 1


@QUICK
@given(TEXT)
def test_text_survives_json_and_csv(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (found,) = dialogues(put_json(Path(folder) / "a.jsonl", record(turn(text=text), id="1" + text)))
        assert found.turns[0].text == text and found.id == "1" + text
        for delimiter in (";", "\t"):
            path = put(
                Path(folder) / "a.csv",
                csv_text(delimiter, [("1", "", "Клиент", "О", text), ("1", "", "Бот", "Б", "да")]),
            )
            got = dialogues(path)[0].turns[0].text
            assert got == text.replace("\r\n", "\n")


@settings(QUICK, max_examples=30)
@given(TEXT)
def test_text_survives_xlsx(text: str) -> None:
    clean = "".join(char for char in text if char.isprintable() or char == "\n").replace("_x", "")
    with tempfile.TemporaryDirectory() as folder:
        (found,) = dialogues(put_xlsx(Path(folder) / "a.xlsx", [HEADER, ("1", None, "Клиент", "О", "т" + clean)]))
        assert found.turns[0].text == "т" + clean


def test_every_code_is_explained_in_both_languages() -> None:
    declared = {value for name, value in vars(f).items() if isinstance(value, str) and value.startswith("IMP")}
    assert set(FINDINGS) == declared and len(declared) >= 16
    for texts in FINDINGS.values():
        assert set(texts) == {"ru", "en"} and "Что делать" in texts["ru"] and "What to do" in texts["en"]


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_every_code_has_a_test(code: str) -> None:
    name = next(name for name, value in vars(f).items() if value == code)
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert f"f.{name}" in here
