"""How soon the program answers: `--help`, and a check of one short file, with nothing and with everything cached.

    python benchmarks/startup.py [--runs 5]

Medians of whole processes, wall clock. Cold means an empty cache folder: the pack and the catalogs are compiled in
that run. The aim for `--help` is 0.2 s.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAT = {
    "id": "one",
    "turns": [
        {"role": "client", "text": "Добрый день! Где мой заказ 1042, подскажите, пожалуйста?"},
        {"role": "operator", "text": "Здравствуйте! Заказ приедет завтра до обеда. Остались вопросы? Всего доброго!"},
    ],
}


def seconds(cache: Path, *arguments: str) -> float:
    """One run of the program with this cache folder."""
    environ = os.environ | {"CHATAUDIT_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "audit", *arguments], check=True, capture_output=True, env=environ)
    return time.perf_counter() - start


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, metavar="N")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chat = folder / "chat.jsonl"
        chat.write_text(json.dumps(CHAT, ensure_ascii=False) + "\n", encoding="utf-8")
        warm = folder / "warm"
        for title, arguments in (("--help", ("--help",)), ("check of one chat", ("check", str(chat)))):
            cold = [seconds(folder / f"{title}-{run}", *arguments) for run in range(min(runs, 3))]
            seconds(warm, *arguments)
            again = [seconds(warm, *arguments) for _ in range(runs)]
            print(f"{title:<20} cold {statistics.median(cold):6.2f} s   warm {statistics.median(again):6.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
