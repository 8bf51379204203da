"""Bring the catalogs up to date with the code: `python audit/locale/update.py`; `--check` only tells (1: not so).

Texts are the constant arguments of `say`, `mark` and `plural` calls, read from the syntax tree: a call inside an
f-string counts like any other, which token-based extraction misses before Python 3.12. New texts get an empty
translation, texts that nobody says any more are dropped.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
UIS = ("ru", "en")
Ident = str | tuple[str, str]


def texts(package: Path) -> set[Ident]:
    """Every text that the package's code says; a pair where it has a plural."""
    return {text for path in sorted(package.rglob("*.py")) for text in _said(path)}


def _said(path: Path) -> Iterator[Ident]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            given = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if name in ("say", "mark") and given and given[0]:
                yield given[0]
            elif name == "plural" and len(given) > 1:
                yield given[0], given[1]


def updated(path: Path, ui: str, found: set[Ident]) -> bytes:
    """The catalog file with exactly these texts; translations stay, English plurals translate themselves."""
    old: dict[object, Any] = {}
    if path.is_file():
        with path.open("rb") as file:
            old = {message.id: message.string for message in read_po(file, locale=ui) if message.id}
    catalog = Catalog(locale=ui)
    for ident in found:
        itself = ident if ui == "en" and isinstance(ident, tuple) else ""
        catalog.add(ident, old.get(ident) or itself)
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=True)
    head = (
        f'"Language: {ui}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"'
    )
    return f'msgid ""\nmsgstr ""\n{head}\n\n'.encode() + out.getvalue()


def main(check: bool) -> int:
    """Write the catalogs, or with `check` tell whether they would change."""
    found, stale = texts(HERE.parent), False
    for ui in UIS:
        path = HERE / ui / "LC_MESSAGES" / "chataudit.po"
        body = updated(path, ui, found)
        if not path.is_file() or path.read_bytes() != body:
            stale = True
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
