"""The reference pages that the program itself can write: checks, importer findings and the command line.

python benchmarks/docs.py            writes docs/reference/{checks,findings,commands}{,.ru}.md
python benchmarks/docs.py --check    only tells whether they are up to date (exit code 1: they are not)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from audit.pack import Check, load_pack_files  # noqa: E402
from audit.readers import FINDINGS  # noqa: E402
from audit.words import Words  # noqa: E402

NOTE = "<!-- Made by `make docs` from the rules and the program; not edited by hand. -->"
UIS = ("en", "ru")
LANGUAGES = {
    "ru": {"en": "Russian", "ru": "русский"},
    "en": {"en": "English", "ru": "английский"},
    "lv": {"en": "Latvian", "ru": "латышский"},
}
COMMANDS = (
    "demo", "check", "acts", "show", "explain", "rules list", "rules test", "rules try", "eval", "doctor",
)  # fmt: skip
TEXTS = {
    "checks": {"en": "The checks of the standard pack", "ru": "Проверки стандартного чек-листа"},
    "checks-intro": {
        "en": (
            "`C:` is the client, `O:` the operator, `O2:` a second one, `B:` a bot, `A:` an automatic greeting, `S:` a system "
            "line; `+3:20` is the time since the line before; `# check.option=value` sets an option. `[[ ]]` marks the evidence. Every example is also a test: "
            "`chataudit rules test` runs them all. Weights are relative: only their proportions matter."
        ),
        "ru": (
            "`C:` — клиент, `O:` — оператор, `O2:` — второй оператор, `B:` — бот, `A:` — автоприветствие, `S:` — системная "
            "строка; `+3:20` — сколько прошло с предыдущей строки; `# проверка.настройка=значение` задаёт настройку. `[[ ]]` отмечает, на чём основан вердикт. Каждый пример — "
            "ещё и тест: все их прогоняет `chataudit rules test`. Веса относительны: важно только их соотношение."
        ),
    },
    "weight": {"en": "weight", "ru": "вес"},
    "critical": {"en": "critical", "ru": "критичный"},
    "pass": {"en": "pass", "ru": "выполнено"},
    "fail": {"en": "fail", "ru": "нарушено"},
    "na": {"en": "n/a, does not apply", "ru": "неприменимо"},
    "findings": {"en": "What the importer may find", "ru": "Что может обнаружить импорт"},
    "findings-intro": {
        "en": "Nothing odd in a file is passed over in silence. Each finding has a code that never changes its meaning; `chataudit explain IMP001` shows its text.",
        "ru": "Ничего странного в файле не обходится молчанием. У каждой находки есть код, смысл которого не меняется; `chataudit explain IMP001` покажет её текст.",
    },
    "commands": {"en": "The command line", "ru": "Командная строка"},
    "commands-intro": {
        "en": "Data goes to stdout, words to stderr. Exit codes stand in [formats.md](formats.md#exit-codes).",
        "ru": "Данные идут в stdout, слова — в stderr. Коды завершения описаны в [formats.md](formats.md#exit-codes) (на английском).",
    },
}


def checks(words: Words) -> Iterator[str]:
    """Every check of the standard pack with its reason and its examples in every language."""
    yield TEXTS["checks-intro"][words.ui] + "\n"
    for name, check in load_pack_files(ROOT / "rules" / "standard").checks.items():
        yield f"## {words.local(check.title)}\n"
        critical = f", {TEXTS['critical'][words.ui]}" if check.critical else ""
        yield f"`{name}`, {TEXTS['weight'][words.ui]} {words.number(check.weight, 2)}{critical}\n"
        yield words.local(check.why) + "\n"
        yield from _examples(check, words.ui)


def _examples(check: Check, ui: str) -> Iterator[str]:
    for outcome, lines in (("pass", check.examples.pass_), ("fail", check.examples.fail), ("na", check.examples.na)):
        for lang, examples in lines.items():
            if examples:
                body = "\n\n".join(str(example).strip() for example in examples)
                language = LANGUAGES.get(lang, {}).get(ui, lang)
                yield f"**{TEXTS[outcome][ui]}** ({language})\n\n```text\n{body}\n```\n"


def findings(words: Words) -> Iterator[str]:
    """Every finding with what it means and what to do."""
    yield TEXTS["findings-intro"][words.ui] + "\n"
    for code, texts in FINDINGS.items():
        yield f"## {code}\n\n{words.local(texts)}\n"


def commands(words: Words) -> Iterator[str]:
    """The help of every command as the terminal shows it."""
    yield TEXTS["commands-intro"][words.ui] + "\n"
    with tempfile.TemporaryDirectory() as cache:
        environ = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "CHATAUDIT_CACHE": cache, "PYTHONPATH": str(ROOT)}
        for name in COMMANDS:
            command = [sys.executable, "-m", "audit", *name.split(), "--help", "--ui", words.ui]
            said = subprocess.run(command, env=environ, capture_output=True, check=True).stdout.decode()
            body = "\n".join(line.rstrip() for line in said.strip().splitlines())
            yield f"## chataudit {name}\n\n```text\n{body}\n```\n"


PAGES: dict[str, Callable[[Words], Iterator[str]]] = {"checks": checks, "findings": findings, "commands": commands}


def main(check: bool) -> int:
    """Write the pages, or with `check` name those that would change."""
    stale = []
    for name, page in PAGES.items():
        for ui in UIS:
            path = ROOT / "docs" / "reference" / f"{name}{'' if ui == 'en' else f'.{ui}'}.md"
            body = (
                "\n".join((f"# {TEXTS[name][ui]}\n", NOTE + "\n", *page(Words(ui)))).replace("\n\n\n", "\n\n").rstrip()
                + "\n"
            )
            if not path.is_file() or path.read_text(encoding="utf-8") != body:
                stale.append(path.relative_to(ROOT).as_posix())
                if not check:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(body, encoding="utf-8")
    if stale:
        print("\n".join(f"{path}: {'out of date, run make docs' if check else 'written'}" for path in stale))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
