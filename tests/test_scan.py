"""The scanner against the oracle, and properties that hold for any text."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import scan
from audit.compile import load_pack
from audit.engine import Engine, uncollected
from audit.examples import ExampleError, parse
from audit.lang import LANGUAGES
from audit.model import Dialogue, Turn
from audit.pack import load_pack_files
from audit.readers import read
from audit.recognise import Recogniser
from audit.writers.jsonl import dump
from tests.oracle import Oracle

ROOT = Path(__file__).parents[1]
RULES = ROOT / "rules" / "standard"
WRITTEN = load_pack_files(RULES)
PACK = load_pack(RULES)
LANGS = tuple(PACK.tables)
RECOGNISER = Recogniser(PACK)
RECOGNISER.models.clear()  # patterns alone: what the scanner is answerable for
ORACLES = {lang: Oracle(WRITTEN, PACK, lang, RECOGNISER.scanners[lang]) for lang in LANGS}
ENGINE = Engine(PACK)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SEPARATORS = (" ", " ", " ", " ", ", ", ". ", "? ", "! ", "\n", " — ", "-", "... ", ") ", " (", "  ")

Hit = tuple[str, int, int]


def scanned(text: str, role: str, lang: str) -> list[Hit]:
    with patch("audit.recognise.opened"):  # wishes that open a talk are no business of the scanner
        ((_lang, (line,)),) = RECOGNISER.batch([Dialogue("x", (Turn(role, text),), lang)])
    return sorted(((hit.act, hit.start, hit.end) for hit in line.hits), key=lambda hit: (hit[1], hit[0], hit[2]))


def example_texts() -> Iterator[tuple[str, str, str]]:
    """(lang, role, text) of every sentence and every turn of the pack's examples."""
    for act in WRITTEN.acts.values():
        for lines in (act.examples.hit, act.examples.miss):
            for lang, texts in lines.items():
                for text in texts:
                    yield from ((lang, role, text) for role in ("client", "operator"))
    for check in WRITTEN.checks.values():
        for lines in (check.examples.pass_, check.examples.fail, check.examples.na):
            for lang, texts in lines.items():
                for text in texts:
                    try:
                        turns = parse(text)[0].turns
                    except ExampleError:
                        continue  # `rules test` tells
                    yield from ((lang, turn.role, turn.text) for turn in turns)


def corpus_files() -> list[Path]:
    return sorted((ROOT / "corpora").rglob("*.jsonl"))


def differences(texts: Iterator[tuple[str, str, str]]) -> list[str]:
    found, seen = [], set()
    for lang, role, text in texts:
        if lang in ORACLES and (lang, role, text) not in seen:
            seen.add((lang, role, text))
            ours, theirs = scanned(text, role, lang), ORACLES[lang].hits(text, role)
            if ours != theirs:
                found.append(f"{role}: {text!r}: scanner {ours}, oracle {theirs}")
    return found


def test_the_oracle_agrees_on_every_example_of_the_pack() -> None:
    assert not differences(example_texts())


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_oracle_agrees_on_the_corpora(path: Path) -> None:
    heard = (
        (item.lang or "ru", turn.role, turn.text)
        for item in read([path])
        if isinstance(item, Dialogue)
        for turn in item.turns
        if turn.kind in ("text", "auto") and turn.text
    )
    assert not differences(heard)


def words(lang: str) -> st.SearchStrategy[str]:
    """Words of the pack's patterns in any form, names, numbers, strangers, typos."""
    forms = sorted(ORACLES[lang].known - PACK.names.forms.keys())
    spoilt = st.tuples(st.sampled_from(forms), st.integers(0, 20)).map(lambda pair: spoil(*pair))
    others = st.sampled_from(["слон", "бежит", "7", "15.03", "10:30", "ку-ку", "x5", "д.", "т.", "🙂", "№"])
    return st.one_of(
        st.sampled_from(forms), st.sampled_from(forms), spoilt, st.sampled_from(sorted(PACK.names.forms)), others
    )


def spoil(word: str, at: int) -> str:
    """A word with one letter left out."""
    at %= len(word)
    return word[:at] + word[at + 1 :] or word


@st.composite
def pattern_texts(draw: st.DrawFn, lang: str) -> str:
    """Pieces of examples and loose words of the pack, in any mixture."""
    pieces = [text for _lang, _role, text in example_texts() if _lang == lang and len(text) < 80]
    chosen = draw(st.lists(st.one_of(words(lang), words(lang), st.sampled_from(pieces)), min_size=1, max_size=9))
    return "".join(piece + draw(st.sampled_from(SEPARATORS)) for piece in chosen)


@st.composite
def chains(draw: st.DrawFn, lang: str) -> str:
    """What patterns themselves say: a walk through the token chains of one or two of them, loosely joined."""
    matcher = ORACLES[lang].matcher
    keys = sorted(lang_strings(lang))
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        _on, patterns = matcher.get(draw(st.sampled_from(keys)))
        for token in draw(st.sampled_from(patterns)):
            norm = token.get("NORM", "")
            if isinstance(norm, str):
                parts.append(norm or ("Анна" if "LEMMA" in token else "12"))
            elif "IN" in norm:
                parts.append(draw(st.sampled_from(norm["IN"])))
            else:
                parts.extend(draw(st.lists(words(lang), max_size=4)))
    return " ".join(part + draw(st.sampled_from(("", "", "", "", "", ",", ".", "?"))) for part in parts)


def lang_strings(lang: str) -> list[str]:
    acts = [sign + name for name in WRITTEN.acts for sign in "+-"]
    return [key for key in acts if key in ORACLES[lang].matcher]


@pytest.mark.parametrize("lang", LANGS)
def test_the_oracle_agrees_on_mixtures(lang: str) -> None:
    @SLOW
    @given(st.one_of(pattern_texts(lang), chains(lang), chains(lang)), st.sampled_from(("operator", "client", "bot")))
    def agrees(text: str, role: str) -> None:
        assert scanned(text, role, lang) == ORACLES[lang].hits(text, role)

    agrees()


@pytest.mark.parametrize("lang", LANGS)
def test_hits_are_exact_substrings(lang: str) -> None:
    @SLOW
    @given(chains(lang))
    def exact(text: str) -> None:
        for act, start, end in scanned(text, "operator", lang):
            quote = text[start:end]
            assert quote and quote == quote.strip() and quote[0].isalnum()
            asked = quote + "?" if WRITTEN.acts[act].question else quote
            assert (act, 0, len(quote)) in scanned(asked, "operator", lang)

    exact()


def said(text: str, lang: str) -> list[tuple[str, tuple[str, ...]]]:
    """Acts with the folded words that earned them: what must not change when a text only looks different."""
    fold = LANGUAGES[lang].fold
    offsets = RECOGNISER.scanners[lang].scan(text).offsets
    return [
        (act, tuple(fold(text[a:b]) for a, b in offsets if start <= a and b <= end))
        for act, start, end in scanned(text, "operator", lang)
    ]


LOOKS = {
    "upper case": str.upper,
    "capitals": str.title,
    "ё for е": lambda text: text.replace("е", "ё").replace("Е", "Ё"),
    "е for ё": lambda text: text.replace("ё", "е").replace("Ё", "Е"),
    "emoji around words": lambda text: " ".join(f"🙂{word}❤️" for word in text.split(" ")),
    "emoji between words": lambda text: text.replace(" ", " 👍🏽 "),
    "zero width in words": lambda text: "\u200b".join(text) if text.isalpha() else text.replace("о", "о\u200d"),
    "soft hyphens": lambda text: text.replace("и", "и\u00ad"),
    "byte order mark": lambda text: "\ufeff" + text + "\u2060",
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("lang", LANGS)
def test_looks_change_no_hit(look: str, lang: str) -> None:
    @SLOW
    @given(chains(lang))
    def same(text: str) -> None:
        assert said(LOOKS[look](text), lang) == said(text, lang)

    same()


@SLOW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("client", "operator", "bot", "system", "unknown")),
            st.text(st.characters(), max_size=60),  # lone surrogates too
            st.sampled_from(("text", "auto", "note", "event", "file")),
        ),
        max_size=6,
    ),
    st.sampled_from((*LANGS, None, "xx", "")),
    st.one_of(st.none(), st.text(st.characters(), max_size=20)),
)
def test_no_text_breaks_the_engine(turns: list[tuple[str, str, str]], lang: str | None, name: str | None) -> None:
    made = tuple(Turn(role, text, name, kind=kind) for role, text, kind in turns)
    (found,) = ENGINE.batch([Dialogue("x", made, lang, client_name=name)])
    for card in found.scorecards:
        dump(card)
        for verdict in card.verdicts:
            assert all(0 <= span.start <= span.end <= len(made[span.turn].text) for span in verdict.evidence)


@SLOW
@given(st.text(st.characters(), max_size=200), st.sampled_from(LANGS))
def test_no_text_breaks_the_scanner(text: str, lang: str) -> None:
    found = RECOGNISER.scanners[lang].scan(text)
    assert len(found.offsets) == len(found.codes)
    places = [place for offset in found.offsets for place in offset]
    assert places == sorted(places) and all(place <= len(text) for place in places)


def test_a_huge_text_is_cut_and_not_fatal() -> None:
    text = "Здравствуйте! " * 5_000 + "До свидания"
    turns = (Turn("client", text), Turn("operator", text, "Анна"), Turn("client", text))
    (found,) = ENGINE.batch([Dialogue("x", turns, LANGS[0], client_name="Ольга")])
    assert found.scorecards[0].verdicts


def some_dialogues() -> list[Dialogue]:
    """Dialogues of the corpora, else of the pack's examples and of its sentences set one after another."""
    found = [item for path in corpus_files()[:4] for item in read([path]) if isinstance(item, Dialogue)]
    if not found:
        turns = [Turn(role, text) for lang, role, text in example_texts() if lang == LANGS[0]]
        found = [Dialogue(f"x{i}", tuple(turns[i : i + 9]), LANGS[0]) for i in range(0, len(turns), 3)]
    return found[:300]


@pytest.mark.parametrize("size", [1, 7])
def test_the_size_of_a_batch_changes_nothing(size: int) -> None:
    chats = some_dialogues()
    whole = [dump(card) for item in Engine(PACK).batch(chats) for card in item.scorecards]
    engine = Engine(PACK)
    parts = [engine.batch(chats[i : i + size]) for i in range(0, len(chats), size)]
    assert [dump(card) for part in parts for item in part for card in item.scorecards] == whole


def test_the_order_of_dialogues_changes_nothing() -> None:
    chats = some_dialogues()
    forth = [item.scorecards for item in Engine(PACK).batch(chats)]
    back = [item.scorecards for item in Engine(PACK).batch(chats[::-1])]
    assert back[::-1] == forth


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches that overflow all the time cost time and nothing else."""
    chats = some_dialogues()[:60]
    whole = [item.scorecards for item in Engine(PACK).batch(chats)]
    for limit in ("CACHE", "STATES"):
        monkeypatch.setattr(scan, limit, 20)
    engine = Engine(PACK)
    parts = [engine.batch(chats[i : i + 20]) for i in range(0, len(chats), 20)]
    assert [item.scorecards for part in parts for item in part] == whole


def test_an_audit_leaves_no_reference_cycles() -> None:
    """What `uncollected` relies on: nobody would free them."""
    engine, chats = Engine(PACK), some_dialogues()
    engine.batch(chats)
    gc.collect()
    with uncollected():
        engine.batch(chats)
        assert gc.collect() == 0
