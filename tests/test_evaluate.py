"""Formulas against scikit-learn and figures by hand, labels, floors, the gap."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score

from audit import evaluate_measures as m
from audit.compile import load_pack
from audit.errors import ReadError
from audit.evaluate import (
    against_floors,
    compare,
    error_lines,
    evaluate,
    gap,
    gap_table,
    labels,
    score_items,
    score_pairs,
    table,
    to_json,
)
from audit.evaluate_types import EvalResult, Pair
from audit.model import Audited, Dialogue, Scorecard, Source, Verdict
from audit.paths import data_dir

PAIRS = st.lists(st.tuples(st.sampled_from(m.GOLD), st.sampled_from(m.GOT)), min_size=1, max_size=40)


def pair(number: int, gold: str, got: str, check: str = "greeting", lang: str = "ru") -> Pair:
    return Pair(number, f"d{number}", lang, check, None, gold, got, True, {"code": "x"})


def card(operator: str | None, outcomes: dict[str, str], ident: str | None = None, sure: bool = True) -> Scorecard:
    verdicts = tuple(Verdict(check, out, 1.0, False, sure, (), {"code": "x"}) for check, out in outcomes.items())
    return Scorecard("p", "d", operator, ident, "operator", "ru", None, None, None, None, verdicts, {}, Source())


def audited(gold: object, *cards: Scorecard) -> Audited:
    return Audited(Dialogue("d", (), "ru", labels=gold), cards)


def result(*items: Audited, paths: tuple[str, ...] = ("corpora/ru/dev",)) -> EvalResult:
    return score_items(items, "p", "operator", paths)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@given(PAIRS)
@settings(max_examples=150, deadline=None)
def test_formulas_agree_with_scikit_learn(rows: list[tuple[str, str]]) -> None:
    counts = m.tabulate([(0, 0, gold, got) for gold, got in rows], 1, 1)[0, 0]
    gold, got = [a for a, _b in rows], [b for _a, b in rows]
    with np.errstate(all="ignore"):
        theirs = cohen_kappa_score(gold, got, labels=list(m.GOT))
    ours = m.kappa(counts)
    assert (np.isnan(ours) and np.isnan(theirs)) or ours == pytest.approx(theirs, abs=1e-12)
    precision, recall, f1 = m.fail_scores(counts)
    for mine, function in ((precision, precision_score), (recall, recall_score), (f1, f1_score)):
        other = function(gold, got, labels=["fail"], average="macro", zero_division=np.nan)
        assert (np.isnan(mine) and np.isnan(other)) or mine == pytest.approx(other)


def test_by_hand() -> None:
    """20 pass-pass, 5 pass-fail, 10 fail-pass, 15 fail-fail: p_o 0.7, p_e 0.5, kappa 0.4 (the textbook example)."""
    rows = [("pass", "pass")] * 20 + [("pass", "fail")] * 5 + [("fail", "pass")] * 10 + [("fail", "fail")] * 15
    (score,), total = score_pairs([pair(i, *row) for i, row in enumerate(rows)], "ru")
    assert score.kappa == pytest.approx(0.4) and total.pooled_kappa == pytest.approx(0.4)
    assert score.precision == 0.75 and score.recall == 0.6 and score.f1 == pytest.approx(2 * 15 / 45)
    assert score.prevalence == 0.5 and score.coverage == 1.0 and score.false_accusation == 0.1
    assert score.kappa_interval is not None and score.kappa_interval[0] < 0.4 < score.kappa_interval[1]


def test_nothing_to_divide_by_is_none_and_not_zero() -> None:
    (score,), total = score_pairs([pair(0, "pass", "pass"), pair(1, "pass", "pass")], "ru")
    assert score.kappa is score.f1 is score.precision is score.recall is score.kappa_interval is None
    assert total.macro_kappa is total.macro_f1 is None and score.coverage == 1.0


def test_coverage_counts_what_was_not_decided() -> None:
    rows = [("pass", "na"), ("fail", "error"), ("fail", "none"), ("fail", "fail"), ("na", "na")]
    (score,), _ = score_pairs([pair(i, *row) for i, row in enumerate(rows)], "ru")
    assert score.coverage == 0.25 and score.n == 5


def test_na_that_is_failed_is_a_false_accusation() -> None:
    rows = [("na", "fail"), ("pass", "fail"), ("fail", "fail"), ("na", "na")]
    (score,), _ = score_pairs([pair(i, *row) for i, row in enumerate(rows)], "ru")
    assert score.false_accusation == 0.5


def test_pooled_and_macro_by_hand() -> None:
    good = [pair(i, out, out, "a") for i, out in enumerate(("pass", "fail") * 4)]
    bad = [pair(i, "pass" if i % 2 else "fail", "pass" if i % 4 < 2 else "fail", "b") for i in range(8)]
    scores, total = score_pairs(good + bad, "ru")
    assert [score.kappa for score in scores] == [1.0, 0.0]
    assert total.macro_kappa == 0.5 and total.pooled_kappa == 0.5 and total.macro_f1 == pytest.approx(0.75)


def test_the_interval_is_that_of_a_plain_bootstrap() -> None:
    chance = np.random.default_rng(3)
    counts = m.tabulate([(i, 0, *pick(chance)) for i in range(60)], 60, 1)
    ours = m.interval(m.kappa(m.resample(counts))[:, 0])
    plain = [m.kappa(counts[chance.integers(0, 60, 60)].sum(0)[0]) for _ in range(4000)]
    assert ours == pytest.approx(tuple(np.percentile(plain, (2.5, 97.5))), abs=0.05)


def pick(chance: np.random.Generator) -> tuple[str, str]:
    gold = m.GOLD[chance.integers(3)]
    return gold, gold if chance.random() < 0.7 else m.GOLD[chance.integers(3)]


def test_dialogues_are_drawn_whole() -> None:
    """Two verdicts of one dialogue always come together: resampled counts are even."""
    counts = m.tabulate([(i, 0, "pass", "pass") for i in range(10) for _ in range(2)], 10, 1)
    assert not (m.resample(counts) % 2).any()


def test_the_seed_is_fixed() -> None:
    pairs = [pair(i, "pass" if i % 3 else "fail", "pass" if i % 2 else "fail") for i in range(30)]
    assert score_pairs(pairs, "ru") == score_pairs(pairs, "ru")
    assert score_pairs(pairs, "ru", seed=1)[0] != score_pairs(pairs, "ru", seed=2)[0]


def test_both_shapes_of_labels() -> None:
    long = [{"check": "greeting", "outcome": "pass", "operator": "Анна", "turns": [1], "note": "…"}]
    assert list(labels(Dialogue("d", (), labels=long))) == [("greeting", "pass", "Анна")]
    assert list(labels(Dialogue("d", (), labels={"greeting": {"outcome": "na", "turns": [1]}}))) == [
        ("greeting", "na", None)
    ]
    assert list(labels(Dialogue("d", ()))) == []


@pytest.mark.parametrize(
    "bad", [{"greeting": "pass"}, [{"check": "greeting", "outcome": "maybe"}], ["greeting"], 7, [{"outcome": "pass"}]]
)
def test_a_broken_label_names_file_line_and_field(bad: object) -> None:
    dialogue = Dialogue("d", (), labels=bad, source=Source("gold.jsonl", 3))
    with pytest.raises(ReadError, match=r"gold\.jsonl:3: labels\.(greeting|0): is no gold label; a label has"):
        list(labels(dialogue))


@pytest.mark.parametrize("operator", ["Анна", "op-1"])
def test_an_operator_is_found_by_name_or_id(operator: str) -> None:
    gold = [{"check": "rudeness", "outcome": "fail", "operator": operator}]
    item = audited(gold, card("Олег", {"rudeness": "pass"}), card("Анна", {"rudeness": "fail"}, "op-1"))
    assert [one.got for one in compare(0, item)] == ["fail"]


def test_a_label_without_an_operator() -> None:
    gold = {"greeting": {"outcome": "pass"}, "rudeness": {"outcome": "fail"}}
    item = audited(gold, card("Анна", {"greeting": "pass", "rudeness": "pass"}), card("Олег", {"rudeness": "fail"}))
    assert [(one.check, one.got) for one in compare(0, item)] == [("greeting", "pass"), ("rudeness", "fail")]


def test_a_label_without_a_verdict_is_an_error() -> None:
    gold = [{"check": "farewell", "outcome": "na", "operator": "Нет такой"}, {"check": "unheard-of", "outcome": "pass"}]
    found = result(audited(gold, card("Анна", {"farewell": "na"})))
    assert [(one.check, one.got, one.reason["code"]) for one in found.errors] == [
        ("farewell", "none", "no-verdict"), ("unheard-of", "none", "no-verdict"),
    ]  # fmt: skip


def test_languages_have_rows_and_totals_of_their_own() -> None:
    pairs = [
        pair(i, out, out, lang=lang) for i, (out, lang) in enumerate([("pass", "ru"), ("fail", "ru"), ("na", "lv")])
    ]
    items = [
        Audited(
            Dialogue(one.dialogue, (), one.lang, labels={one.check: {"outcome": one.gold}}),
            (msgspec.structs.replace(card("A", {one.check: one.got}), lang=one.lang),),
        )
        for one in pairs
    ]
    found = result(*items)
    assert [(score.lang, score.n) for score in found.checks] == [("lv", 1), ("ru", 2)]
    assert [total.lang for total in found.totals] == ["lv", "ru", None] and found.overall is found.totals[-1]


def test_unsure_share_and_error_lines() -> None:
    item = audited(
        {"a": {"outcome": "pass"}, "b": {"outcome": "fail"}}, card("A", {"a": "fail", "b": "fail"}, sure=False)
    )
    found = result(item)
    assert [score.unsure for score in found.checks] == [1.0, 1.0]
    assert error_lines(found) == ['d\ta\t\tpass\tfail\t{"code": "x"}']


def small() -> EvalResult:
    gold = {"a": {"outcome": "pass"}, "b": {"outcome": "fail"}}
    other = {"a": {"outcome": "fail"}, "b": {"outcome": "fail"}}
    return result(
        audited(gold, card("A", {"a": "pass", "b": "fail"})), audited(other, card("A", {"a": "fail", "b": "pass"}))
    )


def floors(folder: Path, text: str) -> Path:
    path = folder / "floors.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_floors(tmp_path: Path) -> None:
    checks = "{a: {kappa: 1.0, f1: 1.0}, b: {kappa: 0.2}, c: {f1: 0.1}}"
    path = floors(tmp_path, f"ru/dev: {{pooled_kappa: 0.99, macro_f1: 0.1, checks: {checks}}}")
    below = against_floors(small(), path)
    assert [line.split(":")[0] for line in below] == ["ru/dev pooled_kappa", "ru/dev b kappa", "ru/dev c f1"]
    assert below[1] == "ru/dev b kappa: 0.0000, floor 0.2" and below[2] == "ru/dev c f1: undefined, floor 0.1"


def test_floors_bind_their_corpus_only(tmp_path: Path) -> None:
    path = floors(tmp_path, "ru/test: {pooled_kappa: 1.0}\nu/dev: {pooled_kappa: 1.0}\n")
    assert against_floors(small(), path) == []


BROKEN = (
    "- 1",
    "ru/dev: 3",
    "ru/dev: {pooled_kappa: high}",
    "ru/dev: {checks: {a: 3}}",
    "ru/dev: {",
    "ru/dev: {kapa: 1}",
    "ru/dev: {checks: {a: {kapa: 1}}}",
)


@pytest.mark.parametrize("text", BROKEN)
def test_broken_floors_stop_the_run(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReadError, match=r"floors\.yaml"):
        against_floors(small(), floors(tmp_path, text))


def test_gap() -> None:
    dev, test = small(), result(audited({"b": {"outcome": "fail"}}, card("A", {"b": "fail"})))
    (row,) = gap(dev, test)
    assert (row.check, row.lang, row.kappa, row.kappa_gap) == ("b", "ru", (0.0, None), None)
    assert row.f1 == (pytest.approx(2 / 3), 1.0) and row.f1_gap == pytest.approx(-1 / 3)


@pytest.mark.parametrize("ui", ["ru", "en", None])
def test_the_table_shows_every_check_and_total(ui: str | None) -> None:
    text = table(small(), ui)
    assert "\na " in text and "\nb " in text and "0.500" in text
    assert table(result())


def test_json_round_trip() -> None:
    body = to_json(small())
    assert json.loads(body)["schema"] == "chataudit.eval/1"
    assert msgspec.json.decode(body, type=EvalResult) == small()


def test_the_gap_to_another_corpus_is_a_table_and_json() -> None:
    pack = load_pack(data_dir("rules") / "standard")
    corpus = data_dir("corpora") / "ru" / "dev" / "d1.jsonl"
    result = evaluate([corpus], pack)
    gaps = gap(result, result)
    assert {one.check for one in gaps} == {score.check for score in result.checks}
    assert all(one.kappa_gap in (0, None) for one in gaps)
    assert "+0.000" in gap_table(gaps, "dev")
    assert len(json.loads(to_json(result, gaps))["gaps"]) == len(gaps)
    assert "gaps" not in json.loads(to_json(result))
