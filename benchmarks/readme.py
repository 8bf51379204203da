"""Runs the commands that stand in the README files and puts what they say where it is shown.

    python benchmarks/readme.py            refreshes README.md, README.ru.md and docs/tutorial.md
    python benchmarks/readme.py --check    only tells what would change (exit code 1: something would)

A transcript stands between `<!-- transcript: chataudit … -->` and `<!-- /transcript -->`, stdout before stderr; a file
between `<!-- file: path -->` and `<!-- /file -->`, of which `<!-- file (20): path -->` shows the first lines. Commands run in an empty
folder that has the demo chats and corpora under the paths they have in a clone. A command that ends with a code
other than 0 stops the run, unless it is written in the comment: `<!-- transcript (1): … -->`.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "README.ru.md", "docs/tutorial.md", "docs/tutorial.ru.md")
BLOCK = re.compile(r"(<!-- transcript(?: \((\d)\))?: (chataudit [^\n]*?) -->\n).*?(<!-- /transcript -->)", re.DOTALL)
FILE = re.compile(r"(<!-- file(?: \((\d+)\))?: ([^\n]*?) -->\n).*?(<!-- /file -->)", re.DOTALL)


def said(command: str, code: int, folder: Path) -> str:
    """What a command writes to a terminal that knows no colours, stdout before stderr; the folder's path left out."""
    environ = os.environ | {
        "COLUMNS": "110", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "CHATAUDIT_CACHE": str(folder / ".cache"),
    }  # fmt: skip
    arguments = [sys.executable, "-m", "audit", *shlex.split(command)[1:]]
    done = subprocess.run(arguments, cwd=folder, env=environ, capture_output=True, check=False)
    text = (done.stdout + done.stderr).decode()
    if done.returncode != code:
        raise SystemExit(f"{command}: exit code {done.returncode}\n{text}")
    lines = text.replace(f"{folder}/", "").replace(f"{ROOT}/", "").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def refreshed(text: str, folder: Path) -> str:
    """The page with every transcript run again and every file read again."""

    def block(match: re.Match[str]) -> str:
        head, code, command, tail = match.groups()
        return f"{head}\n```console\n$ {command}\n{said(command, int(code or 0), folder)}\n```\n\n{tail}"

    def shown(match: re.Match[str]) -> str:
        head, most, path, tail = match.groups()
        lines = (ROOT / path).read_text(encoding="utf-8").strip("\n").splitlines()
        body = "\n".join([*lines[: int(most)], "# and so on"] if most else lines)
        return f"{head}\n```{Path(path).suffix[1:]}\n{body}\n```\n\n{tail}"

    return FILE.sub(shown, BLOCK.sub(block, text))


def main(check: bool) -> int:
    """Refresh the pages, or with `check` show the difference."""
    stale = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "corpora").symlink_to(ROOT / "corpora")
        (folder / "rules").symlink_to(ROOT / "rules")
        for page in PAGES:
            path = ROOT / page
            old = path.read_text(encoding="utf-8")
            new = refreshed(old, folder)
            if new != old:
                stale = True
                print("\n".join(difflib.unified_diff(old.splitlines(), new.splitlines(), page, "now", "", "", 1, "")))
                if not check:
                    path.write_text(new, encoding="utf-8")
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
