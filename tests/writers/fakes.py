"""A small pack, dialogues and scorecards made by hand: what writers and reports are tested with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audit.compiled import CompiledPack
from audit.model import Audited, Dialogue, Finding, Scorecard, Source, Span, Turn, Verdict
from audit.names import NameTable

CHECKS = {"greeting": 10, "farewell": 5, "shouting": 0}
TITLES = {
    "greeting": {"ru": "Приветствие", "en": "Greeting"},
    "farewell": {"ru": "Прощание", "en": "Farewell"},
    "shouting": {"ru": "Крик", "en": "Shouting"},
}


def pack(minimum_chats: int = 3) -> CompiledPack:
    """A compiled pack that recognises nothing and names three checks."""
    checks = {name: {"title": TITLES[name], "weight": weight, "critical": False} for name, weight in CHECKS.items()}
    known: dict[str, Any] = {
        "label": "small@1.0.0+sha256:0123",
        "name": "small",
        "version": "1.0.0",
        "languages": ["ru"],
        "acts": ["greeting"],
        "checks": checks,
        "names": NameTable(),
        "minimum_chats": minimum_chats,
    }
    # whatever else a compiled pack holds is of no interest to an output
    return CompiledPack(**{name: known.get(name, ()) for name in CompiledPack.__struct_fields__})


def verdict(
    check: str = "greeting",
    outcome: str = "pass",
    weight: float = 10,
    reason: dict[str, Any] | None = None,
    **more: Any,
) -> Verdict:
    """One verdict; `evidence` is (turn, start, end) triples."""
    spans = tuple(Span(*span) for span in more.get("evidence", ()))
    return Verdict(
        check,
        outcome,
        weight,
        more.get("critical", False),
        more.get("sure", True),
        spans,
        reason or {"code": "none-found"},
    )


def card(
    ident: str = "d1", operator: str | None = "Анна", score: float | None = 100, *verdicts: Verdict, **more: Any
) -> Scorecard:
    """One scorecard with the keys the contract names."""
    return Scorecard(
        pack="small@1.0.0+sha256:0123",
        dialogue=ident,
        operator=operator,
        operator_id=more.get("operator_id"),
        subject="operator",
        lang=more.get("lang", "ru"),
        channel=more.get("channel"),
        category=None,
        started_at=None,
        score=score,
        verdicts=verdicts,
        metrics={"first_reply_s": 46},
        source=Source("chats.jsonl", more.get("line", 1)),
        dimensions=more.get("dimensions", {}),
    )


def audited(
    *cards: Scorecard, turns: tuple[Turn, ...] = (), findings: tuple[Finding, ...] = (), **extra: Any
) -> Audited:
    """The dialogue of some scorecards."""
    said = turns or (Turn("client", "Где заказ?"), Turn("operator", "Здравствуйте!", name="Анна"))
    ident = cards[0].dialogue if cards else "d1"
    return Audited(Dialogue(ident, said, extra=extra, source=Source("chats.jsonl", 1), findings=findings), cards)


def real_pack(folder: Path) -> Path:
    """A pack on disk with two checks and two acts: enough for the whole way through the program."""
    files = {
        "pack.yaml": "name: small\nversion: 1.0.0\ntitle: {ru: Малый, en: Small}\nlanguages: [ru]\nminimum_words: 2\n",
        "acts/greeting.yaml": "what: {ru: Приветствие, en: A greeting}\npatterns:\n  ru: [здравствуйте, добрый день]\n"
        "examples: {hit: {ru: [Здравствуйте!]}, miss: {ru: [Пока]}}\n",
        "acts/farewell.yaml": "what: {ru: Прощание, en: A farewell}\npatterns:\n  ru: [до свидания]\n",
        "checks/greeting.yaml": "title: {ru: Приветствие, en: Greeting}\nwhy: {ru: Так вежливо., en: It is polite.}\n"
        "weight: 10\nowner: first\nwhere: contact\nexpect: [greeting]\n"
        'examples: {pass: {ru: ["C: Где заказ?\\nO: [[Здравствуйте]]! В пути."]}}\n',
        "checks/farewell.yaml": "title: {ru: Прощание, en: Farewell}\nwhy: {ru: Так вежливо., en: It is polite.}\n"
        "weight: 5\nowner: last\nexpect: [farewell]\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
